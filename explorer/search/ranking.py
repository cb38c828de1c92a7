"""The ranking of all papers for a question: meaning and words, relevance feedback, and the scores of neighbours.

Pure: numbers in, numbers out. Knows rows of the index, not papers, text or files. Always true: a ranking holds every
row that passes, and none that asks; rows come best first, ties to the earlier row; a percentile is in [0, 100).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from embeddings.vectors import distinct

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
# Random pairs that calibrate the similarity of a library. The percentile's standard error at 99.9 % is then 0.007.
PAIRS = 200_000
# When even the best paper has less than this of what the words could score, the match is accidental: no result is
# labelled as holding the words.
_ACCIDENTAL = 0.4
_MIDDLE = 1.5  # the score of relevance 50; the best of a question scores 3 to 6, the average of the 300 best 0


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
    others are ranked by their words alone, and their neighbours are -1.
    """

    index: VectorIndex
    neighbours: NDArray[np.int32]
    pairs: Floats
    embedded: Mask | None = None


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

    Of all n papers: `similarities` (n,), the cosine with the probe whatever has brought a paper up, and `words` (n,),
    their share of the best holder's words.
    """

    rows: NDArray[np.int64]
    scores: Floats
    similarities: Floats
    words: Floats
    pairs: Floats

    def led_by(self, rows: Sequence[int]) -> Ranking:
        """The ranking with `rows`, those of them that pass, before all others, in this order."""
        scores, top = self.scores.copy(), float(self.scores.max(initial=0.0))
        for place, row in enumerate(reversed(rows)):
            scores[self.rows == row] = top + 1.0 + place
        return replace(self, scores=scores)

    def hits(self, k: int) -> list[Hit]:
        """The best `k`, best first."""
        places = top_rows(self.scores, k)
        best = self.rows[places]
        similarities = self.similarities[best]
        ranks = percentiles(similarities, self.pairs)
        columns = best, similarities, ranks, self.words[best], relevance(self.scores[places])
        return [Hit(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]


def relevance(scores: Floats) -> NDArray[np.float64]:
    """Scores of a ranking (m,) on a scale from 0 to 100 that keeps their order: a logistic curve, the same everywhere.

    A score tells by how many standard deviations a paper stands out from the 300 best of the library for this question.
    """
    return 100.0 / (1.0 + np.exp(np.clip(_MIDDLE - scores.astype(np.float64), -50.0, 50.0)))


def rank(corpus: Corpus, probe: Probe, *, allowed: Mask | None = None, weights: Weights = DEFAULT) -> Ranking:
    """The ranking for `probe` of the rows that are `allowed` (n,) bool; two passes over the vectors.

    A filter never changes an order: the scales and the feedback are the library's.
    """
    cosines = corpus.index.similarities(probe.vector)
    scores = _with_feedback(corpus, probe, cosines, weights)
    words = probe.words / np.float32(best_words(probe, weights))
    return ranking(corpus, scores, cosines, words, probe.exclude, allowed=allowed, weights=weights)


def score(corpus: Corpus, probe: Probe, weights: Weights = DEFAULT) -> Floats:
    """The scores (n,) of all papers for `probe`, before their neighbours bear on them."""
    return _with_feedback(corpus, probe, corpus.index.similarities(probe.vector), weights)


def _with_feedback(corpus: Corpus, probe: Probe, cosines: Floats, weights: Weights) -> Floats:
    """Scores (n,) by meaning and words, the vector of `probe` moved towards the best by its `cosines` (n,)."""
    index = corpus.index
    others = _others(len(index), probe.exclude)
    embedded = others if corpus.embedded is None else others & corpus.embedded
    nearest_rows = top_rows(cosines, weights.depth, embedded)
    holders = top_rows(probe.words, weights.depth, others)
    heads = distinct(nearest_rows, holders)
    by_words = standardise(probe.words, probe.words[holders])
    weight = weights.words * len(index) / (len(index) + weights.few)

    heads = heads[embedded[heads]]
    scores = (1 - weight) * _vector_scores(cosines, cosines[nearest_rows], probe) + weight * by_words
    best = heads[np.lexsort((heads, -scores[heads]))][: weights.feedback]
    moved = index.similarities(rocchio(probe.vector, index.vectors()[best], weights.pull))
    head = np.sort(moved[heads])[::-1][: weights.depth]
    scores = (1 - weight) * _vector_scores(moved, head, probe) + weight * by_words
    # Both are on the scale of their best, so words can stand for what is not there yet.
    return scores if corpus.embedded is None else np.where(corpus.embedded, scores, by_words)


def ranking(
    corpus: Corpus,
    scores: Floats,
    cosines: Floats,
    words: Floats,
    exclude: tuple[int, ...],
    *,
    allowed: Mask | None = None,
    weights: Weights = DEFAULT,
) -> Ranking:
    """The ranking by `scores` (n,), in which a paper's neighbours bear on it, of rows that pass."""
    others = _others(len(scores), exclude)
    rows = np.flatnonzero(others if allowed is None else others & allowed)
    around = corpus.neighbours[rows]
    counted = _counted(around, exclude)
    if corpus.embedded is not None:
        counted &= corpus.embedded[around] & corpus.embedded[rows][:, None]
    final = smooth_by_neighbours(scores[rows], scores[around], counted, weights.share)
    return Ranking(rows, final, cosines, words, corpus.pairs)


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


def rocchio(vector: Floats, best: Floats, pull: float) -> Floats:
    """The query's vector moved towards the best papers (m, dimension), the first most (Rocchio 1971)."""
    towards = (1.0 / np.arange(1, len(best) + 1, dtype=np.float32)) @ best
    moved = vector + pull * towards / max(float(np.linalg.norm(towards)), 1e-9)
    return np.asarray(moved / max(float(np.linalg.norm(moved)), 1e-9), np.float32)


def smooth_by_neighbours(scores: Floats, around: Floats, counted: NDArray[np.bool_], share: float) -> Floats:
    """Scores (m,) averaged with those of the papers' neighbours (m, w): papers near to good ones are good.

    Score regularisation (Diaz 2005) after the cluster hypothesis (Jardine & van Rijsbergen 1971).
    """
    number = counted.sum(axis=1)
    mean = (around * counted).sum(axis=1) / np.maximum(number, 1)
    return np.asarray(np.where(number > 0, (1 - share) * scores + share * mean, scores))


def _counted(around: NDArray[np.int32], exclude: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which neighbours count: those there are, less the papers of the query, which would say their own similarity."""
    present = around >= 0
    return present & ~np.isin(around, exclude) if exclude else present


def top_rows(scores: Floats, k: int, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Rows of the `k` highest `scores` (n,) among `allowed` (n,), best first, ties to the earlier row."""
    rows = np.arange(len(scores)) if allowed is None else np.flatnonzero(allowed)
    if len(rows) > k:
        least = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
        rows = rows[scores[rows] >= least]
    return np.asarray(rows[np.lexsort((rows, -scores[rows]))][:k])


def percentiles(similarities: Floats, pairs: Floats) -> NDArray[np.float64]:
    """Percent of `pairs` (ascending) that are less similar; never 100, as a sample cannot show that."""
    if not len(pairs):
        return np.zeros(len(similarities))
    below = np.searchsorted(pairs, similarities, side="left").astype(np.float64)
    return 100.0 * np.minimum(below, len(pairs) - 0.5) / len(pairs)


def random_pairs(vectors: Floats, seed: int = 0) -> Floats:
    """Similarities of random pairs of different rows, ascending, (p,) float32; of all pairs when they are few."""
    n = len(vectors)
    if n * (n - 1) // 2 <= PAIRS:
        first, second = np.triu_indices(n, k=1)
    else:
        random = np.random.default_rng(seed)
        first = random.integers(0, n, PAIRS)
        second = (first + random.integers(1, n, PAIRS)) % n
    parts = [
        np.einsum("ij,ij->i", vectors[first[start : start + 8192]], vectors[second[start : start + 8192]])
        for start in range(0, len(first), 8192)
    ]
    return np.sort(np.concatenate([np.zeros(0, np.float32), *parts])).astype(np.float32)
