"""Nearly the nearest rows of every row, in time that grows with the rows and not with their square; and how nearly.

Holds the search within cells of rows that lie together and among neighbours' neighbours (Dong et al. 2011), and recall
measured on a sample. Knows vectors and row numbers, nothing of an index on disk; the k-means is the caller's. Always
true: no row is its own neighbour, none stands twice in a list, best first; the same vectors give the same rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from embeddings.vectors import Matrix, Rows, distinct

_Small = NDArray[np.int32]
KMeans = Callable[[Matrix, int, int], NDArray[np.int32]]

_CELL, _MOST = 100, 400  # rows of a cell: usually, at most
_WIDTH = 15  # neighbours that a row has while they are sought, at least: few lead nowhere
_BACKWARD = 10  # of how many of a row's nearest it is looked at as a neighbour in turn


class _Round(NamedTuple):
    cells: int  # in whose rows a cell's rows seek their nearest: its own and those around it
    hops: int  # of how many nearest of each neighbour


# Each with cells of its own: what lies at the border of a cell lies within another. Of 87,249 papers 74, 94 and 98 in
# 100 of the fifteen nearest are found in the first, second and third.
_ROUNDS = (_Round(12, 0), _Round(6, 8), _Round(2, 8))
_FURTHER = _Round(2, 8)  # what follows while too few are found, at most so often; each finds a third of what lacks
_MOST_FURTHER = 4

_SURE = 0.98  # share from which on a graph is as good as the exact graph: map, topics and search come out alike
_SAMPLE = 1000  # rows on which it is measured; its standard error is then 0.002
_AT_ONCE = 8192  # rows compared with the sample at once: 32 MB


@dataclass(frozen=True, slots=True)
class Recall:
    """Which `share`, in [0, 1], of the truly `nearest` rows of each the lists of a graph hold."""

    share: float
    nearest: int

    @property
    def sure(self) -> bool:
        """Whether the graph is as good as the exact graph."""
        return self.share >= _SURE

    @property
    def words(self) -> str:
        """In words: 98.4 % of the nearest 15."""
        return f"{100 * self.share:.1f} % of the nearest {self.nearest}"


def recall(vectors: Matrix, rows: NDArray[np.integer[Any]]) -> Recall:
    """That of `rows` (n, k), the neighbours of `vectors` (n, d) float32 unit rows.

    Measured against all rows on an even sample of them; of rows that are equally near either is right.
    """
    count, k = rows.shape
    if not count or not k:
        return Recall(1.0, k)
    sample = distinct(np.linspace(0, count - 1, min(_SAMPLE, count)).astype(np.int64))
    queries = vectors[sample]
    similarities = np.einsum("id,ijd->ij", queries, vectors[rows[sample]])
    least = similarities.min(axis=1, keepdims=True)
    of, closeness = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for start in range(0, count, _AT_ONCE):
        table = queries @ vectors[start : start + _AT_ONCE].T
        own = np.flatnonzero((sample >= start) & (sample < start + _AT_ONCE))
        table[own, sample[own] - start] = -np.inf
        close = table > least  # the others change nothing
        of.append(np.nonzero(close)[0])
        closeness.append(table[close])
    owners, close = np.concatenate(of), np.concatenate(closeness)
    order = np.lexsort((-close, owners))
    begins = np.searchsorted(owners[order], np.arange(len(sample) + 1))
    full = np.diff(begins) >= k
    bound = np.full(len(sample), -np.inf, np.float32)
    bound[full] = close[order][begins[:-1][full] + k - 1]
    return Recall(float((similarities >= bound[:, None] - 1e-6).mean()), k)


def near_rows(vectors: Matrix, k: int, kmeans: KMeans) -> tuple[Rows, Matrix]:
    """Nearly the `k` nearest rows of each of `vectors` (n, d) float32 unit rows, n > k, itself left out: rows (n, k)
    int64 and their similarities (n, k) float32. `kmeans(vectors, groups, seed)` returns the group of each row."""
    known: Rows | None = None
    for seed, step in enumerate(_ROUNDS + (_FURTHER,) * _MOST_FURTHER):
        order, starts = _cells(vectors, kmeans, seed)
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        sweep = _Sweep(vectors[order], starts, None if known is None else place[known[order]], step)
        rows, similarities = sweep.run(max(k, min(_WIDTH, len(vectors) - 1)))
        known = np.empty(rows.shape, np.int64)
        known[order] = order[rows]
        nearest = np.empty_like(similarities)
        nearest[order] = similarities
        if seed + 1 >= len(_ROUNDS) and recall(vectors, known[:, :k]).sure:
            break
    assert known is not None
    return known[:, :k], nearest[:, :k]


def _cells(vectors: Matrix, kmeans: KMeans, seed: int) -> tuple[Rows, Rows]:
    """Rows in the order of cells that hold what lies together, and where each cell starts, the end included."""
    coarse = kmeans(vectors, max(1, round((len(vectors) / _CELL) ** 0.5)), seed)
    cells = np.zeros(len(vectors), np.int64)
    for group in np.unique(coarse).tolist():
        rows = np.flatnonzero(coarse == group)
        parts = max(1, round(len(rows) / _CELL))
        fine = kmeans(vectors[rows], parts, seed) if parts > 1 else np.zeros(len(rows), np.int32)
        cells[rows] = group * len(vectors) + fine
    order = np.argsort(cells, kind="stable")
    begins = np.flatnonzero(np.diff(cells[order], prepend=-1))
    whole = np.repeat(begins, np.diff(np.append(begins, len(order))))
    pieces = (np.arange(len(order)) - whole) % _MOST == 0  # of a cell of copies, which k-means cannot part
    return order, np.append(np.flatnonzero(pieces), len(order))


@dataclass(frozen=True)
class _Sweep:
    """One round; rows are numbered in the order of the cells."""

    vectors: Matrix
    starts: Rows  # of each cell, and the end
    known: _Small | None  # (n, k) near rows of the round before
    step: _Round

    def run(self, k: int) -> tuple[_Small, Matrix]:
        sizes = np.diff(self.starts)
        centres = np.add.reduceat(self.vectors, self.starts[:-1], axis=0) / sizes[:, None]
        centres /= np.maximum(np.sqrt((centres**2).sum(axis=1, keepdims=True)), 1e-12)
        backward = None if self.known is None else _Backward.of(self.known)
        rows = np.empty((len(self.vectors), k), np.int32)
        similarities = np.empty((len(self.vectors), k), np.float32)

        def seek(cell: int) -> None:
            first, end = int(self.starts[cell]), int(self.starts[cell + 1])
            closeness = centres @ centres[cell]
            closeness[cell] = np.inf
            wide = min(len(centres), max(self.step.cells, k + 2))
            near = np.sort(np.argpartition(-closeness, wide - 1)[:wide])
            near = near[np.argsort(-closeness[near], kind="stable")]
            enough = int(np.searchsorted(np.cumsum(sizes[near[: k + 2]]), k + 2)) + 1
            wanted = near[: max(self.step.cells, enough)].tolist()
            candidates = np.concatenate([np.arange(self.starts[c], self.starts[c + 1], dtype=np.int32) for c in wanted])
            if self.known is not None and backward is not None:
                beside = np.unique(np.concatenate([self.known[first:end].ravel(), backward.of_rows(first, end)]))
                candidates = np.concatenate([candidates, beside, self.known[beside, : self.step.hops].ravel()])
            rows[first:end], similarities[first:end] = self._best(first, end, np.unique(candidates), k)

        # Cells on all cores, the products of each on its own: so the last bits are the same on any number of cores.
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(seek, range(len(sizes))):
                pass
        return rows, similarities

    def _best(self, first: int, end: int, candidates: _Small, k: int) -> tuple[_Small, Matrix]:
        """The `k` of `candidates`, ascending rows, nearest to each of the rows from `first` to before `end`."""
        table = self.vectors[first:end] @ self.vectors[candidates].T
        table[
            np.arange(end - first), np.searchsorted(candidates, np.arange(first, end))
        ] = -np.inf  # a row is in its cell
        best = np.argpartition(table, len(candidates) - k, axis=1)[:, len(candidates) - k :]
        close = np.take_along_axis(table, best, axis=1)
        order = np.argsort(-close, axis=1, kind="stable")
        return candidates[np.take_along_axis(best, order, axis=1)], np.take_along_axis(close, order, axis=1)


@dataclass(frozen=True)
class _Backward:
    """Which rows have a row among their nearest: `rows[starts[i] : starts[j]]` are those of the rows i to j - 1."""

    rows: _Small
    starts: Rows

    @classmethod
    def of(cls, known: _Small) -> _Backward:
        width = min(_BACKWARD, known.shape[1])
        order = np.argsort(known[:, :width].ravel(), kind="stable")
        starts = np.searchsorted(known[:, :width].ravel()[order], np.arange(len(known) + 1))
        return cls((order // width).astype(np.int32), starts)

    def of_rows(self, first: int, end: int) -> _Small:
        return self.rows[self.starts[first] : self.starts[end]]
