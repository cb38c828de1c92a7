"""Papers ranked in three ways: by words alone, by vectors alone, and as users get them.

Knows papers and an encoder, not libraries, labels or files. Always true: the paper that is the query is never among its
own results; where a query names its candidates only they are ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from embeddings.cache import VectorCache
from embeddings.encoder import Encoder
from embeddings.index import VectorIndex
from explorer.index.build import BEARING
from explorer.paper import Paper, embedding_text
from explorer.search.bm25 import Bm25, WordScores
from explorer.search.ranking import DEFAULT, Corpus, Probe, Weights, rank, top_rows
from explorer.search.words import WordIndex

Vectors = NDArray[np.float32]


class Method(StrEnum):
    """How papers are ranked: by words alone, by vectors alone, or as users get them."""

    BM25 = "bm25"
    VECTORS = "vectors"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class EvaluationQuery:
    """A text, or the `row` of a paper; `among` (n,) bool are the candidates, None for all papers."""

    id: str
    text: str = ""
    row: int | None = None
    among: NDArray[np.bool_] | None = None


class RankedPapers:
    """Papers with the vectors and words to rank them by; `vectors` (n, dimension), where they are known."""

    def __init__(self, papers: Sequence[Paper], encoder: Encoder, vectors: Vectors | None = None) -> None:
        self.papers = papers
        self.ids = [paper.id for paper in papers]
        if vectors is None:
            vectors = encoder.encode([embedding_text(paper) for paper in papers])
        index = VectorIndex.build(vectors)
        self.corpus = Corpus(index, index.neighbours(BEARING)[0].astype(np.int32), np.zeros(0, np.float32))
        texts = ((row, p.title, p.abstract, "\n".join(p.authors)) for row, p in enumerate(papers))
        self.bm25 = Bm25(WordIndex.of(texts))
        self._encoder = VectorCache(encoder, keep=None)

    @property
    def vectors(self) -> Vectors:
        """Vectors of the papers, (n, dimension) float32 unit rows."""
        vectors: Vectors = self.corpus.index.vectors()
        return vectors

    def rank(
        self, query: EvaluationQuery, method: Method, k: int, weights: Weights = DEFAULT
    ) -> list[tuple[int, float]]:
        """The best `k` rows with their scores, best first."""
        among = np.ones(len(self.papers), bool) if query.among is None else query.among.copy()
        if query.row is not None:
            among[query.row] = False
        if method is Method.VECTORS:
            rows, similarities = self.corpus.index.search(self._vector(query)[None, :], k, among)
            return list(zip(rows[0].tolist(), similarities[0].tolist(), strict=True))
        if method is Method.BM25:
            scores = self._words(query).scores
            best = top_rows(scores, k, among & (scores > 0))
            return list(zip(best.tolist(), scores[best].tolist(), strict=True))
        hits = rank(self.corpus, self.probe(query), allowed=among, weights=weights, k=k).hits(k)
        return [(hit.row, float(k - place)) for place, hit in enumerate(hits)]

    def probe(self, query: EvaluationQuery) -> Probe:
        """A query as numbers."""
        words = self._words(query)
        own = () if query.row is None else (query.row,)
        return Probe(self._vector(query), words.scores, words.bound, own, words.name)

    def _words(self, query: EvaluationQuery) -> WordScores:
        return self.bm25.query(query.text if query.row is None else embedding_text(self.papers[query.row]))

    def _vector(self, query: EvaluationQuery) -> Vectors:
        return self._encoder.encode_query(query.text) if query.row is None else np.asarray(self.vectors[query.row])
