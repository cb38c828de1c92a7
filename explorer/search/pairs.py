"""Random pairs of papers: what a similarity means in a library is its rank among theirs.

Pure: numbers in, numbers out. Always true: pairs ascend; a percentile is in [0, 100).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# Random pairs that calibrate the similarity of a library. The percentile's standard error at 99.9 % is then 0.007.
PAIRS = 200_000


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
