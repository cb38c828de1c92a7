"""Springs between neighbours on the map: how strongly each paper draws those that are like it.

Holds the affinities of t-SNE and their pull. Pure arrays in, arrays out. Always true: affinities are symmetric and add
up to 1; the same arrays give the same bits, whatever the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix, Rows

IntMatrix = NDArray[np.int32] | NDArray[np.int64]
_Double = NDArray[np.float64]

_NEIGHBOURS = 15  # more neighbours cost time and bought no trustworthiness on 10,000 papers
_PERPLEXITY = 10.0  # 7 to 12 measured alike
_EDGES = 16_384  # pulled at once


@dataclass(frozen=True)
class Springs:
    """Symmetric affinities as edges sorted by row; they add up to 1. Those of row i begin at `starts[i]`."""

    rows: Rows
    columns: Rows
    weights: NDArray[np.float32]
    starts: Rows  # (n + 1,)

    @cached_property
    def _blocks(self) -> list[tuple[int, int]]:
        """Ranges of rows, some `_EDGES` edges in each; rows behind the last edge are in none."""
        bounds = np.searchsorted(self.starts, np.arange(0, len(self.rows) + _EDGES, _EDGES))
        return list(pairwise(np.unique(np.minimum(bounds, len(self.starts) - 1)).tolist()))

    def pull(self, places: _Double) -> NDArray[np.float32]:
        """Attraction on each paper, (2, n)."""
        places = places.astype(np.float32)
        pulled = np.zeros(places.shape, np.float32)
        for first, end in self._blocks:  # so few edges at once stay in the processor's cache: five times as fast
            edges = slice(self.starts[first], self.starts[end])
            rows, columns = self.rows[edges], self.columns[edges]
            across, along = (axis.take(columns) - axis.take(rows) for axis in places)
            strength = self.weights[edges] / (1 + across * across + along * along)
            tied = first + np.flatnonzero(np.diff(self.starts[first : end + 1]))  # reduceat wants no empty rows
            for axis, gap in enumerate((across, along)):
                pulled[axis, tied] = np.add.reduceat(gap * strength, self.starts[tied] - self.starts[first])
        return pulled


def springs_of(neighbours: IntMatrix, similarities: Matrix) -> Springs:
    """Of each row's nearest (n, k), -1 where there is none, the closer the stronger; 15 of them at most."""
    from scipy import sparse  # 0.15 s, and only a redrawn map needs it

    count = len(neighbours)
    width = min(neighbours.shape[1], _NEIGHBOURS, max(5, count // 8))
    neighbours, similarities = neighbours[:, :width], similarities[:, :width]
    present = (neighbours >= 0) & (neighbours != np.arange(count)[:, None])
    chances = _calibrated(np.where(present, similarities, -np.inf), min(_PERPLEXITY, 0.67 * width))
    rows = np.repeat(np.arange(count), width)[present.ravel()]
    one_way = sparse.coo_array((chances[present], (rows, neighbours[present])), shape=(count, count)).tocsr()
    both = (one_way + one_way.T).tocoo()
    order = np.lexsort((both.col, both.row))
    weights = (both.data[order] / max(float(both.data.sum()), 1e-300)).astype(np.float32)
    rows = both.row[order].astype(np.int64)
    return Springs(rows, both.col[order].astype(np.int64), weights, np.searchsorted(rows, np.arange(count + 1)))


def _calibrated(similarities: Matrix, perplexity: float) -> _Double:
    """Chances (n, k) of each neighbour, every row as uncertain as `perplexity` equal choices; missing ones get 0."""
    gaps = 2 - 2 * similarities.astype(np.float64)
    gaps -= gaps.min(axis=1, keepdims=True, initial=4)
    present = np.isfinite(gaps)
    gaps = np.where(present, gaps, 0)
    low, high = np.full(len(gaps), -5.0), np.full(len(gaps), 12.0)  # exponents of e
    wanted = np.log(np.minimum(perplexity, np.maximum(present.sum(axis=1) * 0.999, 1)))
    for _ in range(30):
        middle = (low + high) / 2
        weights = np.exp(-np.exp(middle)[:, None] * gaps) * present
        total = np.maximum(weights.sum(axis=1), 1e-300)
        entropy = np.log(total) + np.exp(middle) * (weights * gaps).sum(axis=1) / total
        blurred = entropy > wanted
        low, high = np.where(blurred, middle, low), np.where(blurred, high, middle)
    return np.asarray(weights / total[:, None])
