"""Neighbours of a vector, ranked and calibrated. Pure: numbers in, numbers out.

Knows rows of the index, not papers, text or files. Always true: results come best first, never hold an excluded row,
and number k whenever k rows pass the filter; a percentile is in [0, 100).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from explorer.paper import Paper

# Random pairs that calibrate the similarity of a library. The percentile's standard error at 99.9 % is then 0.007.
PAIRS = 200_000
# When even the best paper holds less than this of what the words could score, it holds chance words: then no result is
# said to hold the words.
_TELLING = 0.4


@dataclass(frozen=True, slots=True)
class Recipe:
    """How meaning and words are weighed. One for all libraries: chosen on five tasks of four labelled sets together.

    Each value was varied alone: from half to twice of it the mean over the tasks changes by at most 0.4 points, and
    choosing it without a set never gains more than 0.2 on that set (`benchmarks/quality.py` takes the parts away).
    """

    depth: int = 300  # papers of each list whose scores set its scale
    words: float = 0.5  # weight of the words; the rest is the vectors'
    feedback: int = 3  # best papers that pull the query's vector, weighted 1, 1/2, 1/3
    pull: float = 0.5  # how far
    share: float = 0.25  # part that a paper's neighbours have in its score
    few: int = 30  # in a library of so few papers words weigh half: what is rare cannot be told yet


DEFAULT = Recipe()


@dataclass(frozen=True)
class Asked:
    """A question as numbers: a unit vector (dimension,), the BM25 scores of all papers (n,), and their bound.

    `own` are rows that ask themselves, and so are no answers. `name` says that the question is a name or an acronym,
    for which the words must tell.
    """

    vector: NDArray[np.float32]
    words: NDArray[np.float32]
    bound: float = 0.0
    own: tuple[int, ...] = ()
    name: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of the index, its similarity to the query, and how it ranks among random pairs (percent, 0 to 100).

    `words`: how well it holds the words of the query, as a share of the paper that holds them best (0 to 1).
    """

    row: int
    similarity: float
    percentile: float
    words: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """A paper found: its row on the map, and what `Hit` says of it."""

    paper: Paper
    row: int
    similarity: float
    percentile: float
    words: float = 0.0


def nearest(
    index: VectorIndex,
    vector: NDArray[np.float32],
    k: int,
    pairs: NDArray[np.float32],
    *,
    allowed: NDArray[np.bool_] | None = None,
    exclude: Iterable[int] = (),
) -> list[Hit]:
    """The `k` nearest rows to `vector` (dimension,) among `allowed` (n,) bool, without `exclude`, best first."""
    excluded = list(exclude)
    if excluded:
        allowed = np.ones(len(index), bool) if allowed is None else allowed.copy()
        allowed[excluded] = False
    rows, similarities = index.search(vector[None, :], k, allowed)
    return _hits(rows[0], similarities[0], pairs)


def answer(
    index: VectorIndex,
    neighbours: NDArray[np.int32],
    asked: Asked,
    k: int,
    pairs: NDArray[np.float32],
    *,
    allowed: NDArray[np.bool_] | None = None,
    recipe: Recipe = DEFAULT,
) -> list[Hit]:
    """The `k` best rows for a question among `allowed` (n,) bool, best first; ties go to the earlier row.

    `neighbours` (n, m) are the nearest other rows of each row. The similarity of a hit is its own cosine with the
    question, whatever has brought it. A filter never changes an order: the scales and the feedback are the library's.
    """
    others = np.ones(len(index), bool)
    others[list(asked.own)] = False
    cosines = index.similarities(asked.vector)
    near, held = top_rows(cosines, recipe.depth, others), top_rows(asked.words, recipe.depth, others)
    library = np.union1d(near, held)
    by_words = _standard(asked.words, asked.words[held])
    weight = recipe.words * len(index) / (len(index) + recipe.few)

    ranked = (1 - weight) * _by_meaning(cosines, cosines[near], asked) + weight * by_words
    best = library[np.lexsort((library, -ranked[library]))][: recipe.feedback]
    moved = index.similarities(_moved(asked.vector, index.vectors()[best], recipe.pull))
    head = np.sort(moved[library])[::-1][: recipe.depth]
    ranked = (1 - weight) * _by_meaning(moved, head, asked) + weight * by_words

    rows = np.flatnonzero(others if allowed is None else others & allowed)
    around = neighbours[rows]
    final = _shared(ranked[rows], ranked[around], _others(around, asked.own), recipe.share)
    order = top_rows(final, k)
    found = rows[order]
    top = max(float(asked.words[held].max(initial=0.0)), _TELLING * asked.bound, 1e-9)
    return _hits(found, cosines[found], pairs, asked.words[found] / top)


def _by_meaning(cosines: NDArray[np.float32], head: NDArray[np.float32], asked: Asked) -> NDArray[np.float32]:
    """Cosines (n,) on the scale of the best.

    Of a person's name the model knows nothing: the papers that hold it may be the least similar of all. So for names,
    what is below the best counts little the less for it.
    """
    scores = _standard(cosines, head)
    if not asked.name or not len(head):
        return scores
    floor = float(_standard(head.min(keepdims=True), head)[0]) - 1
    return np.where(scores < floor, floor + (scores - floor) / 10, scores).astype(np.float32)


def _standard(scores: NDArray[np.float32], head: NDArray[np.float32]) -> NDArray[np.float32]:
    """`scores` (n,) on the scale of the best of them, `head`: their mean is 0, their deviation 1.

    So equal weights serve small and large libraries alike. Convex combination after Bruch, Gai & Ingber 2023; fusing
    ranks instead loses half a point to two.
    """
    if not len(head):
        return np.zeros_like(scores)
    deviation = float(head.std())
    return np.asarray((scores - head.mean()) / (deviation if deviation > 1e-6 else 1.0), np.float32)


def _moved(vector: NDArray[np.float32], best: NDArray[np.float32], pull: float) -> NDArray[np.float32]:
    """The query's vector moved towards the best papers (m, dimension), the first most (Rocchio 1971)."""
    towards = (1.0 / np.arange(1, len(best) + 1, dtype=np.float32)) @ best
    moved = vector + pull * towards / max(float(np.linalg.norm(towards)), 1e-9)
    return np.asarray(moved / max(float(np.linalg.norm(moved)), 1e-9), np.float32)


def _shared(
    own: NDArray[np.float32], around: NDArray[np.float32], counted: NDArray[np.bool_], share: float
) -> NDArray[np.float32]:
    """Scores (m,) averaged with those of the papers' neighbours (m, w): papers near to good ones are good.

    Score regularisation (Diaz 2005) after the cluster hypothesis (Jardine & van Rijsbergen 1971).
    """
    number = counted.sum(axis=1)
    mean = (around * counted).sum(axis=1) / np.maximum(number, 1)
    return np.asarray(np.where(number > 0, (1 - share) * own + share * mean, own))


def _others(around: NDArray[np.int32], own: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which neighbours count: not the papers that ask, which would only say their own similarity again."""
    return ~np.isin(around, own) if own else np.ones(around.shape, bool)


def top_rows(scores: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Rows of the `k` highest `scores` (n,) among `allowed` (n,), best first, ties to the earlier row."""
    rows = np.arange(len(scores)) if allowed is None else np.flatnonzero(allowed)
    if len(rows) > k:
        least = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
        rows = rows[scores[rows] >= least]
    return np.asarray(rows[np.lexsort((rows, -scores[rows]))][:k])


def _hits(
    rows: NDArray[np.int64],
    similarities: NDArray[np.float32],
    pairs: NDArray[np.float32],
    words: NDArray[np.float32] | None = None,
) -> list[Hit]:
    ranks = percentiles(similarities, pairs)
    shares = np.zeros(len(rows)) if words is None else words
    return [
        Hit(int(a), float(b), float(c), float(d)) for a, b, c, d in zip(rows, similarities, ranks, shares, strict=True)
    ]


def percentiles(similarities: NDArray[np.float32], pairs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Percent of `pairs` (ascending) that are less similar; never 100, as a sample cannot show that."""
    if not len(pairs):
        return np.zeros(len(similarities))
    below = np.searchsorted(pairs, similarities, side="left").astype(np.float64)
    return 100.0 * np.minimum(below, len(pairs) - 0.5) / len(pairs)


def random_pairs(vectors: NDArray[np.float32], seed: int = 0) -> NDArray[np.float32]:
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
