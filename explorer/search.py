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


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of the index, its similarity to the query, and how it ranks among random pairs (percent, 0 to 100)."""

    row: int
    similarity: float
    percentile: float


@dataclass(frozen=True, slots=True)
class Result:
    """A paper found: its row on the map, cosine similarity, and the share of random pairs that are less similar."""

    paper: Paper
    row: int
    similarity: float
    percentile: float


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
    ranks = percentiles(similarities[0], pairs)
    return [
        Hit(int(row), float(similarity), float(rank))
        for row, similarity, rank in zip(rows[0], similarities[0], ranks, strict=True)
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
