"""The ranking of all papers for a question: meaning and words, relevance feedback, and the scores of neighbours.

Pure: numbers in, numbers out. Knows rows of the index, not papers, text or files. Always true: a ranking holds no row
that asks or does not pass; of a library that is not too large all the rest, else candidates, scored in the same way;
rows come best first, ties to the earlier row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from embeddings.parts import Gathered
from embeddings.vectors import Rows, distinct, places_in
from explorer.search import candidates
from explorer.search.feedback import counted, rocchio, smooth_by_neighbours
from explorer.search.pairs import percentiles, relevance

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
# When even the best paper has less than this of what the words could score, the match is accidental: no result is
# labelled as holding the words.
_ACCIDENTAL = 0.4
WHOLE = 100_000
"""Papers up to which all are scored for every question: two passes over so many vectors take some 20 ms."""
# Beyond: how many candidates each vector of a question has, by codes, and how many the words. With 5,000 the ten best
# are those of the whole ranking in 500 of 500 questions to 87,249 papers, but in 296 of 300 to a million made ones,
# with 8,000 in 298 (benchmarks/size.py).
_DEPTH, _HOLDERS = 8000, 1000
_FINALS = 500  # candidates whose neighbours are candidates, too
SHOWN = 50  # results that are wanted, where no number is named
_SAMPLE = 5_000  # candidates spread over the library, by which several examples are compared with it


@dataclass(frozen=True, slots=True)
class Weights:
    """How meaning and words are weighed. The same for all libraries: chosen on five tasks of four labelled sets.

    Each value was varied alone: from half to twice of it the mean over the tasks changes by at most 0.4 points, and
    choosing it without a set never gains more than 0.2 on that set (`benchmarks/quality.py` takes the parts away).
    """

    depth: int = 300  # papers of each list whose scores set its scale
    words: float = 0.5  # weight of the words; the rest is the vectors'
    feedback: int = 3  # best papers that pull the query's vector, weighted 1, 1/2, 1/3
    pull: float = 0.5  # how far
    share: float = 0.25  # part that a paper's neighbours have in its score
    few: int = 30  # in a library of so few papers words weigh half: what is rare cannot be told yet


DEFAULT = Weights()


@dataclass(frozen=True)
class Corpus:
    """What is ranked: n vectors, the nearest rows of each (n, m), best first, and similarities of random pairs (p,).

    The pairs are ascending; they calibrate similarity. `embedded` (n,): rows that have a vector, None where all do; the
    others are ranked by their words alone, and their neighbours are -1. Of more than `whole` papers (None: WHOLE)
    candidates are scored. A part of a library knows how many papers that has, `library`, and which of its own rows are
    spread evenly over it, `sample` (n,).
    """

    index: VectorIndex
    neighbours: NDArray[np.int32]
    pairs: Floats
    embedded: Mask | None = None
    whole: int | None = None
    library: int | None = None
    sample: Mask | None = None

    @property
    def papers(self) -> int:
        """Papers of the library."""
        return len(self.index) if self.library is None else self.library

    @property
    def is_large(self) -> bool:
        """Whether candidates are scored instead of all."""
        return len(self.index) > (WHOLE if self.whole is None else self.whole)

    def at(self, rows: Rows, vectors: Gathered, sample: Rows, *, near: bool = False) -> Corpus:
        """The part of `rows` (c,) ascending, of which `sample` are spread evenly over the library.

        Without neighbours, or with those that are `near`: outside of the part they are -1.
        """
        around = np.zeros((len(rows), 0), np.int32)
        if near:
            places = np.full(len(self.index) + 1, -1, np.int32)  # the last is that of no neighbour
            places[rows] = np.arange(len(rows))
            around = places[self.neighbours[rows]]
        embedded = None if self.embedded is None else self.embedded[rows]
        spread = places_in(sample, rows) >= 0
        return Corpus(vectors.part(rows), around, self.pairs, embedded, len(rows), self.papers, spread)


@dataclass(frozen=True)
class Probe:
    """What a ranking is made for, as numbers: a unit vector (dimension,), BM25 scores of all papers (n,), their bound.

    `exclude`: rows of the papers used as the query; never returned. `name`: the query is a name or an acronym, which
    the words decide.
    """

    vector: Floats
    words: Floats
    bound: float = 0.0
    exclude: tuple[int, ...] = ()
    name: bool = False

    @property
    def anchors(self) -> Floats:
        """What the similarity of a result is measured from, (1, dimension)."""
        return self.vector[None, :]

    @property
    def leads(self) -> Floats:
        """Vectors near to which good papers lie, (1, dimension)."""
        return self.vector[None, :]

    @property
    def holders(self) -> Sequence[Floats]:
        """Word scores of all papers, (n,) each, by which papers may be good."""
        return (self.words,)

    def at(self, rows: Rows) -> Self:
        """The same for the part of a library at `rows` (c,) ascending."""
        return replace(self, words=self.words[rows], exclude=_inside(rows, self.exclude))

    def scores(self, corpus: Corpus, cosines: Floats, weights: Weights) -> Floats:
        """The scores (n,) of all papers before their neighbours bear on them, from their `cosines` (n,)."""
        return _with_feedback(corpus, self, cosines, weights)

    def moved(self, corpus: Corpus, weights: Weights) -> Floats:
        """Vectors near to which good papers lie once the best papers are there, (m, dimension)."""
        return _fed(corpus, self, corpus.index.similarities(self.vector), weights).vector[None, :]

    def shares(self, weights: Weights) -> Floats:
        """How well papers hold the words, (n,), as a share of the best holder's."""
        return self.words / np.float32(best_words(self, weights))


class Sought(Protocol):
    """What a ranking is made for: a probe, or examples together. The members are as those of `Probe`."""

    @property
    def exclude(self) -> tuple[int, ...]: ...
    @property
    def anchors(self) -> Floats: ...
    @property
    def leads(self) -> Floats: ...
    @property
    def holders(self) -> Sequence[Floats]: ...
    def at(self, rows: Rows) -> Sought: ...
    def scores(self, corpus: Corpus, cosines: Floats, weights: Weights) -> Floats: ...
    def moved(self, corpus: Corpus, weights: Weights) -> Floats: ...
    def shares(self, weights: Weights) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of the index, its similarity to the query, and its rank among random pairs (percent, 0 to 100).

    `words`: how well it holds the words of the query, as a share of the paper that holds them best (0 to 1);
    `relevance`: its score on the scale of `relevance`, 0 to 100.
    """

    row: int
    similarity: float
    percentile: float
    words: float = 0.0
    relevance: float = 0.0


@dataclass(frozen=True)
class Ranking:
    """The `rows` (m,) that pass with their `scores` (m,), higher is better; nothing is sorted or cut off yet.

    Of each row also: its cosine with what was sought, `cosines` (m,), whatever has brought it up, and `words` (m,), its
    share of the best holder's words. `near` are the rows (c,) and cosines (c,) of all that was scored, passing or
    not; `everything` gives the cosines of all n papers.
    """

    rows: Rows
    scores: Floats
    cosines: Floats
    words: Floats
    pairs: Floats
    near: tuple[Rows, Floats]
    everything: Callable[[], Floats]

    @property
    def similarities(self) -> Floats:
        """The cosine of all n papers, (n,); computed when it is wanted."""
        return self.everything()

    def nearest(self, k: int, among: Mask) -> tuple[Rows, Floats]:
        """The `k` rows `among` (n,) that are most similar to what was sought, pass or not, and their cosines."""
        rows, cosines = self.near
        places = top_rows(cosines, k, among[rows])
        return rows[places], cosines[places]

    def led_by(self, rows: Sequence[int]) -> Ranking:
        """The ranking with `rows`, those of them that pass, before all others, in this order."""
        scores, top = self.scores.copy(), float(self.scores.max(initial=0.0))
        for place, row in enumerate(reversed(rows)):
            scores[self.rows == row] = top + 1.0 + place
        return replace(self, scores=scores)

    def hits(self, k: int) -> list[Hit]:
        """The best `k`, best first."""
        places = top_rows(self.scores, k)
        similarities = self.cosines[places]
        ranks = percentiles(similarities, self.pairs)
        columns = self.rows[places], similarities, ranks, self.words[places], relevance(self.scores[places])
        return [Hit(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]


def rank(
    corpus: Corpus,
    sought: Sought,
    *,
    allowed: Mask | None = None,
    weights: Weights = DEFAULT,
    k: int = SHOWN,
    also: Sequence[int] = (),
) -> Ranking:
    """The ranking for `sought` of the rows that are `allowed` (n,) bool; two passes over the vectors.

    A filter never changes an order: the scales and the feedback are the library's. In a large library it is that of
    candidates, among them at least the `k` best and the rows `also`.
    """
    if not corpus.is_large:
        return _ranked(corpus, sought, np.arange(len(corpus.index)), allowed, weights)
    sample = candidates.evenly(len(corpus.index), _SAMPLE if len(sought.anchors) > 1 else 0)
    vectors = Gathered(corpus.index)
    first = distinct(_near(corpus, sought, k), np.array([*also, *sought.exclude], np.int64))
    moved = sought.at(first).moved(corpus.at(first, vectors, sample), weights)
    rows = distinct(first, sample, _passing(corpus, sought, moved, allowed, k))
    part, its = corpus.at(rows, vectors, sample, near=True), sought.at(rows)
    scores, passes = its.scores(part, _cosines(part, its), weights), None if allowed is None else allowed[rows]
    lifted = _final(part, scores, np.arange(len(rows)), its.exclude, weights)  # as far as neighbours are candidates
    most = max(_FINALS, 4 * k)
    finals = distinct(*(top_rows(each, most, among) for each in (scores, lifted) for among in (None, passes)))
    rows = distinct(rows, candidates.with_neighbours(rows[finals], corpus.neighbours))
    part, passes = corpus.at(rows, vectors, sample, near=True), None if allowed is None else allowed[rows]
    made = _ranked(part, sought.at(rows), rows, passes, weights)
    anchors, index = sought.anchors, corpus.index
    return replace(made, everything=lambda: np.max([index.similarities(anchor) for anchor in anchors], axis=0))


def _near(corpus: Corpus, sought: Sought, k: int) -> Rows:
    """Rows that may be among the `k` best, and those that set the scales, whatever passes."""
    rows = [candidates.nearest(corpus.index, sought.leads, _depth(corpus, k), corpus.embedded)]
    rows += [candidates.holding(words, _HOLDERS) for words in sought.holders]
    rows.append(np.arange(min(len(corpus.index), 2 * DEFAULT.depth)))  # the first without a word set the scale
    return distinct(*rows)


def _passing(corpus: Corpus, sought: Sought, moved: Floats, allowed: Mask | None, k: int) -> Rows:
    """Rows that may be among the `k` best of those that are `allowed` (n,), also by the vectors `moved` (m, d)."""
    index, embedded, depth = corpus.index, corpus.embedded, _depth(corpus, k)
    if allowed is None:
        return candidates.nearest(index, moved, depth // 2, embedded)
    if (few := candidates.passing(allowed)) is not None:
        return few
    visible = allowed if embedded is None else allowed & embedded
    holders = [candidates.holding(words, max(_HOLDERS, 4 * k), allowed) for words in sought.holders]
    return distinct(candidates.nearest(index, np.concatenate([sought.leads, moved]), depth, visible), *holders)


def _depth(corpus: Corpus, k: int) -> int:
    """How many of the nearest by codes are candidates for the `k` best."""
    return max(_DEPTH, 4 * k)


def _ranked(corpus: Corpus, sought: Sought, rows: Rows, allowed: Mask | None, weights: Weights) -> Ranking:
    """The ranking of all papers of `corpus`, which are the `rows` (c,) of the library."""
    cosines = _cosines(corpus, sought)
    scores, shares = sought.scores(corpus, cosines, weights), sought.shares(weights)
    others = _others(len(rows), sought.exclude)
    passing = np.flatnonzero(others if allowed is None else others & allowed)
    final = _final(corpus, scores, passing, sought.exclude, weights)
    return Ranking(
        rows[passing], final, cosines[passing], shares[passing], corpus.pairs, (rows, cosines), lambda: cosines
    )


def _cosines(corpus: Corpus, sought: Sought) -> Floats:
    """The similarity of every paper with the nearest of what was sought, (n,)."""
    each = [corpus.index.similarities(anchor) for anchor in sought.anchors]
    return each[0] if len(each) == 1 else np.asarray(np.max(each, axis=0))


def score(corpus: Corpus, probe: Probe, weights: Weights = DEFAULT) -> Floats:
    """The scores (n,) of all papers for `probe`, before their neighbours bear on them."""
    return _with_feedback(corpus, probe, corpus.index.similarities(probe.vector), weights)


@dataclass(frozen=True)
class _Fed:
    """A probe after feedback: its `vector` (dimension,), moved towards the best; rows whose scores set the scale."""

    vector: Floats
    heads: Rows
    by_words: Floats
    weight: float


def _fed(corpus: Corpus, probe: Probe, cosines: Floats, weights: Weights) -> _Fed:
    """`probe` after feedback, by the `cosines` (n,) of all papers with it."""
    others = _others(len(corpus.index), probe.exclude)
    embedded = others if corpus.embedded is None else others & corpus.embedded
    nearest_rows = top_rows(cosines, weights.depth, embedded)
    holders = top_rows(probe.words, weights.depth, others)
    heads = distinct(nearest_rows, holders)
    by_words = standardise(probe.words, probe.words[holders])
    weight = weights.words * corpus.papers / (corpus.papers + weights.few)

    heads = heads[embedded[heads]]
    scores = (1 - weight) * _vector_scores(cosines, cosines[nearest_rows], probe) + weight * by_words
    best = heads[np.lexsort((heads, -scores[heads]))][: weights.feedback]
    return _Fed(rocchio(probe.vector, corpus.index.at(best), weights.pull), heads, by_words, weight)


def _with_feedback(corpus: Corpus, probe: Probe, cosines: Floats, weights: Weights) -> Floats:
    """Scores (n,) by meaning and words, the vector of `probe` moved towards the best by its `cosines` (n,)."""
    fed = _fed(corpus, probe, cosines, weights)
    moved = corpus.index.similarities(fed.vector)
    head = np.sort(moved[fed.heads])[::-1][: weights.depth]
    scores = (1 - fed.weight) * _vector_scores(moved, head, probe) + fed.weight * fed.by_words
    # Both are on the scale of their best, so words can stand for what is not there yet.
    return scores if corpus.embedded is None else np.where(corpus.embedded, scores, fed.by_words)


def _final(corpus: Corpus, scores: Floats, rows: Rows, exclude: tuple[int, ...], weights: Weights = DEFAULT) -> Floats:
    """The scores of `rows` (m,) after their neighbours' `scores` (n,) bear on them."""
    around = corpus.neighbours[rows]
    bearing = counted(around, exclude)
    if corpus.embedded is not None:
        bearing &= corpus.embedded[around] & corpus.embedded[rows][:, None]
    return smooth_by_neighbours(scores[rows], scores[around], bearing, weights.share)


def best_words(probe: Probe, weights: Weights = DEFAULT) -> float:
    """The most that a paper scores by the words of `probe`, or, where that is little of what is possible, more."""
    holders = top_rows(probe.words, weights.depth, _others(len(probe.words), probe.exclude))
    return max(float(probe.words[holders].max(initial=0.0)), _ACCIDENTAL * probe.bound, 1e-9)


def _others(count: int, exclude: tuple[int, ...]) -> Mask:
    others = np.ones(count, bool)
    others[list(exclude)] = False
    return others


def _vector_scores(cosines: Floats, head: Floats, probe: Probe) -> Floats:
    """Cosines (n,) on the scale of the best.

    The model knows nothing of a person's name: the papers that hold it may be the least similar of all. So for names,
    what is below the best counts little the less for it.
    """
    scores = standardise(cosines, head)
    if not probe.name or not len(head):
        return scores
    floor = float(standardise(head.min(keepdims=True), head)[0]) - 1
    return np.where(scores < floor, floor + (scores - floor) / 10, scores).astype(np.float32)


def standardise(scores: Floats, head: Floats) -> Floats:
    """`scores` (n,) on the scale of the best of them, `head`: their mean is 0, their deviation 1.

    So equal weights serve small and large libraries alike. Convex combination after Bruch, Gai & Ingber 2023; fusing
    ranks instead loses half a point to two.
    """
    if not len(head):
        return np.zeros_like(scores)
    deviation = float(head.std())
    return np.asarray((scores - head.mean()) / (deviation if deviation > 1e-6 else 1.0), np.float32)


def _inside(rows: Rows, wanted: Sequence[int]) -> tuple[int, ...]:
    """Where those of `wanted` that are there stand in `rows` (c,) ascending."""
    places = places_in(rows, np.array(wanted, np.int64))
    return tuple(places[places >= 0].tolist())


def top_rows(scores: Floats, k: int, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Rows of the `k` highest `scores` (n,) among `allowed` (n,), best first, ties to the earlier row."""
    rows = np.arange(len(scores)) if allowed is None else np.flatnonzero(allowed)
    if len(rows) > k:
        least = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
        rows = rows[scores[rows] >= least]
    return np.asarray(rows[np.lexsort((rows, -scores[rows]))][:k])
