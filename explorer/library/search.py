"""One question to a library, answered: parsed once, masked once, ranked once, judged.

Joins snapshot, encoder and the pure modules of `explorer.search`; knows none of their insides. Always true: nothing is
written here; hidden papers are no results unless a filter names a mark of theirs; similarity is cosine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.errors import LibraryError
from explorer.library.encoder import LibraryEncoder
from explorer.library.snapshot import CurrentSnapshot
from explorer.map import layout
from explorer.paper import Paper, embedding_text
from explorer.search import certainty
from explorer.search.answer import Answer, Criteria, Result, answer
from explorer.search.certainty import Scale, judge
from explorer.search.examples import Background, Examples, rank_by_examples
from explorer.search.parse import Query
from explorer.search.question import Question
from explorer.search.ranking import Corpus, Hit, Probe, Ranking, percentiles, rank, top_rows
from explorer.search.words import words_of
from explorer.store import Store

_STAR = 10  # nearest papers that place a question on the map
Mask = NDArray[np.bool_] | None


class LibrarySearch:
    """What answers the questions to an open library."""

    def __init__(self, store: Store, snapshot: CurrentSnapshot, encoder: LibraryEncoder) -> None:
        self._store = store
        self._snapshot = snapshot
        self._encoder = encoder

    def ask(self, question: Question, k: int = 10, *, vector: NDArray[np.float32] | None = None) -> Answer:
        """The `k` best papers for a question, best first, and how sure they are.

        Likes and unlikes are exact ids. `vector` (dimension,) is that of the text, where it is known. A question that
        names an area and nothing to look for gives the most typical papers of the area; one of filters alone, none.
        Raises BadQuery when the text does not parse, UnknownPaper for an id that is not there, LibraryError when a
        paper is liked and unliked.
        """
        query = question.parsed()
        passing = self._snapshot.mask(question.within & query.within, question.area)
        examples = self._examples(question, query, vector)
        if examples is None:
            typical = self._typical(passing) if question.area and passing is not None else None
            hits = typical.hits(k) if typical else []
            papers = self._snapshot.papers([hit.row for hit in hits])
            results = tuple(
                Result(paper, hit.row, hit.similarity, hit.percentile) for paper, hit in zip(papers, hits, strict=True)
            )
            return Answer(question, results, judge(self.scale, (), ()), self.scale, passing, ranking=typical)
        corpus = self.corpus
        ranking = rank_by_examples(corpus, examples, self._background, allowed=passing)
        made = answer(question, ranking, k, self._criteria(query.text))
        place = self._place(ranking.similarities) if examples.text and examples.alone else None
        return replace(made, passing=passing, place=place)

    def rank(self, vector: NDArray[np.float32], text: str, k: int, passing: Mask = None) -> list[Hit]:
        """The best `k` rows for a text with this vector (dimension,) that are `passing` (n,), best first."""
        return rank(self.corpus, self._probe(vector, text), allowed=passing).hits(k)

    def results(self, rows: Sequence[int], similarities: Sequence[float]) -> list[Result]:
        """The papers at `rows` as results with these similarities, judged by them alone."""
        ranks = percentiles(np.asarray(similarities, np.float32), self.corpus.pairs).tolist()
        papers, level = self._snapshot.papers(rows), self.scale.level
        return [
            Result(paper, row, similarity, rank, level=level(similarity))
            for paper, row, similarity, rank in zip(papers, rows, similarities, ranks, strict=True)
        ]

    @property
    def corpus(self) -> Corpus:
        """What is ranked."""
        arrays = self._snapshot.arrays
        return Corpus(arrays.index, arrays.neighbours, arrays.pair_similarities)

    @property
    def scale(self) -> Scale:
        """What similarity means here, from the nearest neighbours of papers spread over the library."""

        def make() -> Scale:
            vectors, neighbours = self._snapshot.arrays.index.vectors(), self._snapshot.arrays.neighbours
            sample = np.unique(np.linspace(0, len(vectors) - 1, certainty.SAMPLE).astype(np.int64))
            pairs = vectors[sample], vectors[neighbours[sample, 0] if neighbours.shape[1] else sample]
            return certainty.scale(np.einsum("ij,ij->i", *pairs))

        return self._snapshot.once("scale", make)

    def similarities(self, question: Question, vector: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """The similarity of every paper, (n,), as results have it: to the nearest liked paper, else to the text."""
        vectors = self._snapshot.arrays.index.vectors()
        liked = [self._snapshot.row(name) for name in question.like]
        anchors = vectors[liked] if vector is None or liked else vector[None, :]
        return np.asarray((vectors @ anchors.T).max(axis=1))

    def _examples(self, question: Question, query: Query, vector: NDArray[np.float32] | None) -> Examples | None:
        """What the question is made of; None when it says only where to look."""
        liked, unliked = (
            list(dict.fromkeys(map(self._snapshot.row, names))) for names in (question.like, question.unlike)
        )
        if both := set(liked) & set(unliked):
            [paper] = self._snapshot.papers([min(both)])
            raise LibraryError(f"{paper.id} is both liked and unliked; leave one of them out")
        if not (liked or unliked or query.text):
            return None
        text = None
        if query.text:
            vector = self._encoder.encode_query(query.text) if vector is None else vector
            text = self._probe(vector, query.text)
        return Examples(tuple(map(self._probe_of, liked)), tuple(map(self._probe_of, unliked)), text)

    def _probe_of(self, row: int) -> Probe:
        """The paper at `row` as a query."""
        [paper] = self._snapshot.papers([row])
        return self._probe(self._snapshot.arrays.index.vectors()[row], embedding_text(paper), (row,))

    def _probe(self, vector: NDArray[np.float32], text: str, exclude: tuple[int, ...] = ()) -> Probe:
        words = self._snapshot.arrays.bm25.query(text)
        return Probe(vector, words.scores, words.bound, exclude, words.name)

    def _typical(self, passing: NDArray[np.bool_]) -> Ranking | None:
        """The papers that pass by how near they are to their middle; None when there are none."""
        corpus, rows = self.corpus, np.flatnonzero(passing)
        if not len(rows):
            return None
        similarities = corpus.index.similarities(corpus.index.vectors()[rows].mean(axis=0))
        return Ranking(rows, similarities[rows], similarities, np.zeros_like(similarities), corpus.pairs)

    def _place(self, similarities: NDArray[np.float32]) -> tuple[float, float] | None:
        """Where a question stands on the map: among the nearest of all papers that are not hidden."""
        rows = top_rows(similarities, _STAR, self._snapshot.mask())
        if not len(rows):
            return None
        x, y = layout.place(self._snapshot.arrays.positions[rows][None, :, :], similarities[rows][None, :])[0]
        return float(x), float(y)

    def _criteria(self, text: str) -> Criteria:
        arrays = self._snapshot.arrays
        frequency = arrays.bm25.frequency
        weights = certainty.weights(set(words_of(text)), frequency, len(arrays.keys)) if text else {}
        vectors = arrays.index.vectors()
        return Criteria(vectors, self.scale, self._copies(), weights, _words_in, self._snapshot.papers)

    def _copies(self) -> NDArray[np.int64]:
        """Pairs of rows (q, 2) that are near-copies and were not declared two papers."""
        arrays, apart = self._snapshot.arrays, self._store.records.apart()
        pairs = [pair for pair in arrays.near.tolist() if tuple(pair) not in apart]
        return np.searchsorted(arrays.keys, np.array(pairs, np.int64).reshape(-1, 2))

    def _background(self) -> Background:
        return self._snapshot.once("background", lambda: Background.of(self._snapshot.arrays.index.vectors()))


def _words_in(paper: Paper) -> frozenset[str]:
    return _words(" ".join((paper.title, paper.abstract, *paper.authors)))


@lru_cache(maxsize=1024)  # the same papers are shown again and again; a megabyte or two
def _words(text: str) -> frozenset[str]:
    return frozenset(words_of(text))
