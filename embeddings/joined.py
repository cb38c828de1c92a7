"""Several indexes end to end, as a single index: none of their vectors is copied.

Knows rows and vectors, not whose they are. Always true: it answers as an index of all their vectors in this order
would; rows of a later part come after all rows of an earlier part.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.index import Mask, VectorIndex
from embeddings.vectors import Matrix, Rows


class Joined(VectorIndex):
    """The index of `parts`, at least a single part, all of a single dimension."""

    def __init__(self, parts: Sequence[VectorIndex]) -> None:
        self._parts = tuple(parts)
        self._starts = np.cumsum([0, *map(len, parts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def dimension(self) -> int:
        return self._parts[0].dimension

    def vectors(self) -> Matrix:
        """All vectors, (n, dimension) float32: a copy."""
        return np.concatenate([part.vectors() for part in self._parts])

    def at(self, rows: Rows) -> Matrix:
        rows = np.asarray(rows, np.int64)
        vectors = np.empty((len(rows), self.dimension), np.float32)
        for start, part in self._each():
            inside = (rows >= start) & (rows < start + len(part))
            if inside.any():
                vectors[inside] = part.at(rows[inside] - start)
        return vectors

    def similarities(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.concatenate([part.similarities(query) for part in self._parts])

    def nearly(self, queries: Matrix, k: int) -> Rows:
        """Rows (m, k') that are by their codes among the `k` nearest of each part: at least `k`, if there are."""
        return np.hstack([part.nearly(queries, min(k, len(part))) + start for start, part in self._each() if len(part)])

    def search(self, queries: Matrix, k: int, allowed: Mask | None = None) -> tuple[Rows, Matrix]:
        rows, close = np.zeros((len(queries), 0), np.int64), np.zeros((len(queries), 0), np.float32)
        for start, part in self._each():
            own = None if allowed is None else allowed[start : start + len(part)]
            places, similarities = part.search(queries, k, own)
            rows, close = np.hstack([rows, places + start]), np.hstack([close, similarities])
        best = np.argsort(-close, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(rows, best, axis=1), np.take_along_axis(close, best, axis=1)

    def _each(self) -> list[tuple[int, VectorIndex]]:
        return list(zip(self._starts.tolist(), self._parts, strict=False))
