"""How much of the neighbourhoods a map keeps. Pure: vectors and places in, figures a paper out.

Knows numbers, not papers. Always true: 1 is a map that keeps every neighbourhood; figures are per row, so that their
mean has a standard error.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 15  # as many as the map is drawn from
_BLOCK = 4_000_000  # similarities in memory at once: 16 MB, and 32 more for their order


def preservation(
    vectors: NDArray[np.float32], places: NDArray[np.float32], rows: NDArray[np.int64], k: int = NEIGHBOURS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Trustworthiness (Venna and Kaski 2001) and recall of the `k` nearest, (m,) each, for `rows` (m,) of a map.

    Trustworthiness: 1 less a penalty for each of the k nearest on the map that is not among the k nearest by its vector
    (n, d), the greater the further it is; recall: share of the k nearest by the vectors that are so on the map (n, 2).
    Raises ValueError when k is not less than half of n, where the first is not defined.
    """
    count = len(vectors)
    if not 0 < k < count / 2:
        raise ValueError(f"{k} neighbours of {count} papers: trustworthiness needs more than twice as many papers")
    trust, recall = np.zeros(len(rows)), np.zeros(len(rows))
    size = max(1, _BLOCK // count)
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        high = vectors[part] @ vectors.T
        low = -((places[part, None, :] - places[None, :, :]) ** 2).sum(axis=2)
        mine = np.arange(len(part))
        high[mine, part] = low[mine, part] = -np.inf
        rank = np.empty(high.shape, np.int32)
        rank[mine[:, None], np.argsort(-high, axis=1)] = np.arange(1, count + 1)
        near = np.argpartition(-low, k, axis=1)[:, :k]
        ranks = np.take_along_axis(rank, near, axis=1)
        worst = k * (2 * count - 3 * k - 1) / 2
        trust[start : start + size] = 1 - np.maximum(ranks - k, 0).sum(axis=1) / worst
        recall[start : start + size] = (ranks <= k).mean(axis=1)
    return trust, recall
