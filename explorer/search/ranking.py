"""The ranking of all papers for a question: meaning and words, relevance feedback, and the scores of neighbours.

Pure: numbers in, numbers out. Knows rows of the index, not papers, text or files. Always true: a ranking holds every
row that passes, and none that asks; rows come best first, ties to the earlier row; a percentile is in [0, 100).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
# Random pairs that calibrate the similarity of a library. The percentile's standard error at 99.9 % is then 0.007.
PAIRS = 200_000
# When even the best paper has less than this of what the words could score, the match is accidental: no result is
# labelled as holding the words.
_ACCIDENTAL = 0.4


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

    The pairs are ascending; they calibrate similarity.
    """

    index: VectorIndex
    neighbours: NDArray[np.int32]
    pairs: Floats


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

    `words`: how well it holds the words of the query, as a share of the paper that holds them best (0 to 1).
    """

    row: int
    similarity: float
    percentile: float
    words: float = 0.0


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

    def hits(self, k: int) -> list[Hit]:
        """The best `k`, best first."""
        best = self.rows[top_rows(self.scores, k)]
        similarities = self.similarities[best]
        columns = best, similarities, percentiles(similarities, self.pairs), self.words[best]
        return [Hit(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]


def rank(corpus: Corpus, probe: Probe, *, allowed: Mask | None = None, weights: Weights = DEFAULT) -> Ranking:
    """The ranking for `probe` of the rows that are `allowed` (n,) bool; two passes over the vectors.

    A filter never changes an order: the scales and the feedback are the library's.
    """
    index = corpus.index
    others = np.ones(len(index), bool)
    others[list(probe.exclude)] = False
    cosines = index.similarities(probe.vector)
    nearest_rows = top_rows(cosines, weights.depth, others)
    holders = top_rows(probe.words, weights.depth, others)
    heads = np.union1d(nearest_rows, holders)
    by_words = standardise(probe.words, probe.words[holders])
    weight = weights.words * len(index) / (len(index) + weights.few)

    scores = (1 - weight) * _vector_scores(cosines, cosines[nearest_rows], probe) + weight * by_words
    best = heads[np.lexsort((heads, -scores[heads]))][: weights.feedback]
    moved = index.similarities(rocchio(probe.vector, index.vectors()[best], weights.pull))
    head = np.sort(moved[heads])[::-1][: weights.depth]
    scores = (1 - weight) * _vector_scores(moved, head, probe) + weight * by_words

    rows = np.flatnonzero(others if allowed is None else others & allowed)
    around = corpus.neighbours[rows]
    final = smooth_by_neighbours(scores[rows], scores[around], _counted(around, probe.exclude), weights.share)
    top = max(float(probe.words[holders].max(initial=0.0)), _ACCIDENTAL * probe.bound, 1e-9)
    return Ranking(rows, final, cosines, probe.words / np.float32(top), corpus.pairs)


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
    """Which neighbours count: not the papers of the query, which would only say their own similarity again."""
    return ~np.isin(around, exclude) if exclude else np.ones(around.shape, bool)


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
