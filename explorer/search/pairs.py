"""What numbers mean to people: a similarity by its rank among random pairs of the library, a score as a relevance.

Pure: numbers in, numbers out. Always true: pairs ascend; a percentile is in [0, 100); a relevance keeps the order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# Random pairs that calibrate the similarity of a library. The percentile's standard error at 99.9 % is then 0.007.
PAIRS = 200_000
_MIDDLE = 1.5  # the score of relevance 50; the best of a question scores 3 to 6, the average of the 300 best 0


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


def relevance(scores: Floats) -> NDArray[np.float64]:
    """Scores of a ranking (m,) on a scale from 0 to 100 that keeps their order: a logistic curve, the same everywhere.

    A score tells by how many standard deviations a paper stands out from the 300 best of the library for this question.
    """
    return 100.0 / (1.0 + np.exp(np.clip(_MIDDLE - scores.astype(np.float64), -50.0, 50.0)))
