"""One question to a library, answered: parsed once, masked once, ranked once, judged.

Joins snapshot, encoder and the pure modules of `explorer.search`; knows none of their insides. Always true: nothing is
written here; hidden papers are no results unless a filter names a mark of theirs; similarity is cosine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from embeddings.bundled import vocabulary
from embeddings.subjects import subject_vectors
from explorer.errors import LibraryError
from explorer.index.build import BEARING
from explorer.language.names import name_tokens
from explorer.library.encoder import LibraryEncoder, illegible
from explorer.library.lookup import look_up, writers_first, writers_of
from explorer.library.snapshot import CurrentSnapshot, momentary
from explorer.library.unwanted import without_unwanted
from explorer.map import layout
from explorer.paper import Paper, embedding_text
from explorer.search import certainty, slips
from explorer.search.answer import Answer, Criteria, Result, answer
from explorer.search.bm25 import query_words
from explorer.search.certainty import Certainty, Scale, Verdict
from explorer.search.examples import SAMPLE, Background, Examples, rank_by_examples
from explorer.search.inversion import stem
from explorer.search.pairs import percentiles
from explorer.search.parse import Query
from explorer.search.question import Question
from explorer.search.ranking import Corpus, Hit, Probe, Ranking, rank
from explorer.search.slips import Spelling
from explorer.search.words import words_of
from explorer.store import Store

_STAR = 10  # nearest papers that place a question on the map
_MANY_ILLEGIBLE = 0.05  # share of papers that the model cannot read, from which on a line says so
Mask = NDArray[np.bool_] | None


class LibrarySearch:
    """What answers the questions to an open library."""

    def __init__(self, store: Store, snapshot: CurrentSnapshot, encoder: LibraryEncoder) -> None:
        self._store = store
        self._snapshot = snapshot
        self._encoder = encoder

    @momentary
    def ask(self, question: Question, k: int = 10, *, vector: NDArray[np.float32] | None = None) -> Answer:
        """The `k` best papers for a question, best first, and how sure they are.

        Likes and unlikes are exact ids. `vector` (dimension,) is that of the text, where it is known. A question that
        names an area, or whose text is nothing but conditions, gives the most typical papers that pass; filters
        alone, none. A text that is a title, an identifier or a link of a paper here gives that paper first.
        Raises BadQuery when the text does not parse, UnknownPaper for an id that is not there, LibraryError when a
        paper is liked and unliked.
        """
        lookup = look_up(question, self._store)
        query = lookup.query if lookup.keys else without_unwanted(lookup.query, self._snapshot.arrays.keywords)
        passing = self._snapshot.mask(question.within & query.within, question.area)
        leading = [row for key in lookup.keys if (row := self._snapshot.arrays.row(key)) is not None]
        examples = self._examples(question, query, vector, leading if lookup.alone else ())
        if examples is None:
            listed = question.area or query.within
            typical = self._typical(passing) if listed and passing is not None else None
            hits = typical.hits(k) if typical else []
            papers = self._snapshot.papers([hit.row for hit in hits])
            there = self._snapshot.arrays.embedded
            pairs = zip(papers, hits, strict=True)
            results = tuple(Result(p, h.row, h.similarity, h.percentile, embedded=bool(there[h.row])) for p, h in pairs)
            sure = Verdict(Certainty.CLOSE if hits else Certainty.NOTHING, 0.0, float(bool(hits)))
            made = Answer(question, results, sure, self.scale, passing, ranking=typical, query=query)
            return replace(made, coverage=self._snapshot.arrays.coverage)
        legible = self._is_legible(question, query, examples)
        embedded: Mask = self._embedded() if legible else np.zeros(len(self._snapshot.arrays.keys), bool)
        corpus = replace(self.corpus, embedded=embedded)
        named, writers = leading, writers_of(query, leading, self._snapshot.arrays, self._store)
        also = [*leading, *(row for writer in writers for row in writer.rows.tolist())]
        ranking = rank_by_examples(corpus, examples, self._background, allowed=passing, k=k, also=also)
        query, leading = writers_first(query, leading, ranking, writers)
        ranking = ranking.led_by(leading)
        criteria = self._criteria("" if lookup.alone else query.text)
        meant = frozenset(() if named else leading)  # by the name of an author
        made = answer(question, ranking, k, replace(criteria, embedded=embedded, writers=meant))
        if meant:
            made = replace(made, verdict=Verdict(Certainty.CLOSE, 0.0, 1.0))
        place = self._place(ranking) if examples.text and examples.alone and legible else None
        suggestion, coverage = "" if leading else self._suggestion(question.text), self._snapshot.arrays.coverage
        made = replace(made, suggestion=suggestion, language=self._language(legible))
        return replace(made, passing=passing, place=place, query=query, coverage=coverage)

    def rank(self, vector: NDArray[np.float32], text: str, k: int, passing: Mask = None) -> list[Hit]:
        """The best `k` rows for a text with this vector (dimension,) that are `passing` (n,), best first."""
        return rank(self.corpus, self._probe(vector, text), allowed=passing, k=k).hits(k)

    def results(self, rows: Sequence[int], similarities: Sequence[float]) -> list[Result]:
        """The papers at `rows` as results with these similarities, judged by them alone."""
        ranks = percentiles(np.asarray(similarities, np.float32), self.corpus.pairs).tolist()
        papers, level, embedded = self._snapshot.papers(rows), self.scale.level, self._snapshot.arrays.embedded
        return [
            Result(paper, row, similarity, rank, level=level(similarity), embedded=bool(embedded[row]))
            for paper, row, similarity, rank in zip(papers, rows, similarities, ranks, strict=True)
        ]

    @property
    def corpus(self) -> Corpus:
        """What is ranked."""
        arrays = self._snapshot.arrays
        return Corpus(arrays.index, arrays.neighbours[:, :BEARING], arrays.pair_similarities, self._embedded())

    @property
    def scale(self) -> Scale:
        """What similarity means here, from the nearest neighbours of papers spread over the library."""

        def make() -> Scale:
            if not self._snapshot.arrays.embedded.any():
                return certainty.scale(np.zeros(0, np.float32))
            arrays = self._snapshot.arrays
            rows = np.flatnonzero(arrays.embedded & ~self._illegible())
            rows = rows if len(rows) else np.flatnonzero(arrays.embedded)
            subjects = subject_vectors(self._encoder.current)
            return certainty.measured(arrays.index.vectors(), arrays.neighbours, rows, subjects)

        return self._snapshot.arrays.scale or self._snapshot.once("scale", make)

    def similarities(self, question: Question, vector: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """The similarity of every paper, (n,), as results have it: to the nearest liked paper, else to the text."""
        vectors = self._snapshot.arrays.index.vectors()
        liked = [self._vector(self._snapshot.row(name)) for name in question.like]
        anchors = np.stack(liked) if liked or vector is None else vector[None, :]
        return np.asarray((vectors @ anchors.T).max(axis=1))

    def _examples(
        self, question: Question, query: Query, vector: NDArray[np.float32] | None, named: Sequence[int]
    ) -> Examples | None:
        """What the question is made of; None when it says only where to look.

        Of a text that is nothing but names of papers, the rows `named`, the first is what the others are near to.
        """
        liked, unliked = (
            list(dict.fromkeys(map(self._snapshot.row, names))) for names in (question.like, question.unlike)
        )
        if both := set(liked) & set(unliked):
            [paper] = self._snapshot.papers([min(both)])
            raise LibraryError(f"{paper.id} is both liked and unliked; leave one of them out")
        if not (liked or unliked or query.text):
            return None
        text = None
        if named:
            text = replace(self._probe_of(named[0]), exclude=())
        elif query.text:
            vector = self._encoder.encode_query(query.text) if vector is None else vector
            text = self._probe(vector, query.text)
        return Examples(tuple(map(self._probe_of, liked)), tuple(map(self._probe_of, unliked)), text)

    def _probe_of(self, row: int) -> Probe:
        """The paper at `row` as a query."""
        [paper] = self._snapshot.papers([row])
        return self._probe(self._vector(row), embedding_text(paper), (row,))

    def _vector(self, row: int) -> NDArray[np.float32]:
        """The vector of the paper at `row`, (dimension,); made now where it has none yet."""
        arrays = self._snapshot.arrays
        if arrays.embedded[row]:
            return np.asarray(arrays.index.at(np.array([row]))[0])
        [paper] = self._snapshot.papers([row])
        return np.asarray(self._encoder.encode_sentences([embedding_text(paper)])[0])

    def _embedded(self) -> Mask:
        """Rows that have a vector which says something, (n,) bool; None when all do."""
        arrays, beyond = self._snapshot.arrays, self._illegible()
        if beyond.any():
            return arrays.embedded & ~beyond
        return arrays.embedded if arrays.coverage else None

    def _illegible(self) -> NDArray[np.bool_]:
        """Rows of papers that the model cannot read, (n,)."""

        def make() -> NDArray[np.bool_]:
            return self._snapshot.arrays.rows(illegible(self._store, self._encoder))

        stored = self._snapshot.arrays.illegible
        return self._snapshot.once("illegible", make) if stored is None else stored

    def _is_legible(self, question: Question, query: Query, examples: Examples) -> bool:
        """Whether the model can read what is asked: its text, or one of the liked papers."""
        if examples.text is not None and self._encoder.reads(query.text):
            return True
        liked = [self._snapshot.row(name) for name in question.like]
        return bool(liked) and not self._illegible()[liked].all()

    def _language(self, legible: bool) -> str:
        """What to say of a question or of papers that the model cannot read; empty when it reads all."""
        beyond = self._illegible()
        cure = (
            f"{self._encoder.name} cannot read; such texts are compared by their words only. A multilingual model can, "
            "in a new library: explorer add --model intfloat/multilingual-e5-small --library DIR FILE"
        )
        if not legible:
            return f"The question is in a language or script that the model {cure}"
        if beyond.mean() >= _MANY_ILLEGIBLE:
            return f"{beyond.sum():,} of {len(beyond):,} papers are in languages or scripts that the model {cure}"
        return ""

    def _probe(self, vector: NDArray[np.float32], text: str, exclude: tuple[int, ...] = ()) -> Probe:
        arrays = self._snapshot.arrays
        words = (arrays.bm25.lookup if self.corpus.is_large else arrays.bm25.query)(text, arrays.keys)
        return Probe(vector, words.scores, words.bound, exclude, words.name)

    def _typical(self, passing: NDArray[np.bool_]) -> Ranking | None:
        """The papers that pass by how near they are to their middle; None when there are none."""
        corpus, rows = self.corpus, np.flatnonzero(passing)
        if not len(rows):
            return None
        similarities = corpus.index.similarities(corpus.index.at(rows).mean(axis=0))
        its, words = similarities[rows], np.zeros(len(rows), np.float32)
        near = np.arange(len(similarities)), similarities
        return Ranking(rows, its, its, words, corpus.pairs, near, lambda: similarities)

    def _suggestion(self, text: str) -> str:
        """What was meant, where words of a text look like slips of the pen; else empty."""
        words, language = self._snapshot.arrays.keywords, vocabulary()
        if not slips.is_doubtful(text, words, language):
            return ""  # nearly always
        return self._snapshot.once("spelling", lambda: Spelling.of(words, language)).mended(text)

    def _place(self, ranking: Ranking) -> tuple[float, float] | None:
        """Where a question stands on the map: among the nearest of all papers that are not hidden."""
        embedded, visible = self._snapshot.arrays.embedded, self._snapshot.mask()
        rows, similarities = ranking.nearest(_STAR, embedded if visible is None else embedded & visible)
        if not len(rows):
            return None
        x, y = layout.place(self._snapshot.arrays.positions[rows][None, :, :], similarities[None, :])[0]
        return float(x), float(y)

    def _criteria(self, text: str) -> Criteria:
        arrays = self._snapshot.arrays
        words = query_words(text, arrays.keywords) if text else []
        weights = certainty.weights({*map(stem, words)}, arrays.keywords.frequency, len(arrays.keys))
        names = certainty.are_names(words, text, vocabulary())
        copies, papers, vectors = self._copies(), self._snapshot.papers, arrays.index.at
        return Criteria(vectors, self.scale, copies, weights, _words_in, papers, self._embedded(), names)

    def _copies(self) -> NDArray[np.int64]:
        """Pairs of rows (q, 2) that are near-copies and were not declared two papers."""
        arrays, apart = self._snapshot.arrays, self._store.records.apart()
        pairs = arrays.near[_not_among(arrays.near, apart)]
        rows = np.searchsorted(arrays.keys, pairs)
        return np.asarray(rows[~self._illegible()[rows].any(axis=1)])

    def _background(self) -> Background:
        def make() -> Background:
            arrays = self._snapshot.arrays
            rows = np.flatnonzero(arrays.embedded)
            return Background.of(arrays.index.at(rows[:: max(1, len(rows) // SAMPLE)]))

        return self._snapshot.once("background", make)


def _not_among(pairs: NDArray[np.int64], apart: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
    """Which of `pairs` (q, 2), the smaller key first, are not `apart`, (q,)."""
    there = np.array(sorted(apart), np.int64).reshape(-1, 2)
    least = int(pairs.max(initial=0)) + 1
    there = there[(there < least).all(axis=1)]
    return ~np.isin(pairs @ [least, 1], there @ [least, 1])


def _words_in(paper: Paper) -> tuple[frozenset[str], ...]:
    return _words(f"{paper.title}\n{paper.abstract}", paper.authors)


@lru_cache(maxsize=1024)  # the same papers are shown again and again; a megabyte or two
def _words(text: str, authors: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    names = tuple(frozenset(map(stem, name_tokens(author).words)) for author in authors)
    return frozenset(words_of(text)).union(*names), *names
