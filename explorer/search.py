"""Neighbours of a vector, ranked and calibrated. Pure: numbers in, numbers out.

Knows rows of the index, not papers, text or files. Always true: results come best first, never hold an excluded row,
and number k whenever k rows pass the filter; a percentile is in [0, 100).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from explorer.paper import Paper

# Random pairs that calibrate the similarity of a library. The percentile's standard error at 99.9 % is then 0.007.
PAIRS = 200_000
_POOL = 200  # rows of each ranking that are fused at first; more, until no other row can be among the best
_WORDS = 0.4  # weight of the words; 0.35 to 0.45 differ by half a point of nDCG@10 on every set
# When even the best paper holds less than this of what the words could score, it holds chance words: then they count
# less. Costs nothing on long questions and keeps a lone "from" in a small library from deciding.
_LITTLE = 0.4


class Words(Protocol):
    """The words of a query."""

    @property
    def bound(self) -> float:
        """The score that holding all words to the full would give."""

    def best(self, k: int, allowed: NDArray[np.bool_] | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and scores of the `k` best among `allowed` (n,), best first; fewer when no others hold a word."""

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Scores of `rows` (m,)."""


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
    vector: NDArray[np.float32],
    words: Words,
    k: int,
    pairs: NDArray[np.float32],
    *,
    allowed: NDArray[np.bool_] | None = None,
) -> list[Hit]:
    """The `k` best rows for a question among `allowed` (n,) bool: by meaning (`vector`) and by `words` together.

    The similarity of a hit is its cosine alone, wherever its words have brought it; ties go to the earlier row.
    """
    pool = max(_POOL, 2 * k)
    while True:
        near, close = index.search(vector[None, :], pool, allowed)
        held, scores = words.best(pool, allowed)
        top = max(float(scores.max(initial=0.0)), _LITTLE * words.bound, 1e-9)
        rows = np.union1d(near[0], held)
        similarities = index.vectors()[rows] @ vector
        shares = words.scores(rows) / top
        ranked = fused(similarities, shares)
        best = np.lexsort((rows, -ranked))[:k]
        # Fagin's threshold (2001): no row outside both rankings can be better than their last ones together.
        least = fused(close[0][-1:], scores[-1:] / top if len(held) == pool else np.zeros(1, np.float32))
        if len(near[0]) < pool or (len(best) == k and ranked[best[-1]] >= least[0]):
            return _hits(rows[best], similarities[best], pairs, shares[best])
        pool *= 4


def fused(similarities: NDArray[np.float32], scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """What rows are ranked by, (n,): their cosine and their BM25 score as a share of the query's best.

    Convex combination after Bruch et al. 2023. Of seven ways to fuse (ranks, z-scores, minima to maxima …) at five
    weights, measured on four sets, this one was within a point of the best on each, and keeps the cosine as it is.
    """
    return (1 - _WORDS) * similarities + _WORDS * scores


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
