"""Vectors to neighbours: exact inner-product search through FAISS, and FAISS's k-means. The only importer of faiss.

Knows row numbers, not papers. Always true: similarities are cosine of unit vectors, best first; a filter is applied
inside the scan, so k results come back whenever k rows are allowed; a row number is never -1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix, Rows

Mask = NDArray[np.bool_]
_faiss: Any = faiss  # its type stubs know the C++ signatures, not those its Python layer adds


class VectorIndex:
    """Exact neighbours of unit vectors. Build one with `VectorIndex.build`, or read one with `VectorIndex.load`."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Matrix) -> VectorIndex:
        """An index over `vectors` (n, dimension) float32 unit rows; row i keeps number i."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """The index written by `save`. FAISS does not notice flipped bits: the caller checks the file's checksum."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write the index to `path`."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def vectors(self) -> Matrix:
        """All vectors, (n, dimension) float32, in row order; a read-only view of the index's own memory."""
        size = len(self) * self.dimension
        if not size:
            return np.zeros((0, self.dimension), np.float32)
        view = faiss.rev_swig_ptr(self._index.get_xb(), size).reshape(len(self), self.dimension)
        view.flags.writeable = False
        return np.asarray(view)

    def similarities(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine of every row with `query` (dimension,), (n,): for one query twice as fast as a scan by FAISS."""
        return np.asarray(self.vectors() @ query, np.float32)

    def search(self, queries: Matrix, k: int, allowed: Mask | None = None) -> tuple[Rows, Matrix]:
        """The `k` nearest rows of each query (m, dimension): rows (m, k') int64, similarities (m, k') float32.

        `allowed` (n,) bool limits the search to some rows. k' is `k`, or the number of allowed rows if that is less.
        Raises ValueError when the dimension of `queries` is not that of the index.
        """
        if queries.ndim != 2 or queries.shape[1] != self.dimension:
            raise ValueError(f"queries have shape {queries.shape}, the index wants (m, {self.dimension})")
        available = len(self) if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, available)
        if k <= 0:
            return np.zeros((len(queries), 0), np.int64), np.zeros((len(queries), 0), np.float32)
        parameters = None if allowed is None else _faiss.SearchParameters(sel=_selector(allowed))
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        similarities, rows = self._index.search(queries, k, params=parameters)
        return rows, np.clip(similarities, -1.0, 1.0)

    def neighbours(self, k: int) -> tuple[Rows, Matrix]:
        """The `k` nearest other rows of every row: (n, k') each, the row itself left out, k' = min(k, n - 1)."""
        n = len(self)
        k = min(k, n - 1)
        if k <= 0:
            return np.zeros((n, 0), np.int64), np.zeros((n, 0), np.float32)
        rows, similarities = self.search(self.vectors(), k + 1)
        # Identical vectors can push a row out of its own list; then the last of the list goes instead of itself.
        keep = rows != np.arange(n)[:, None]
        keep[keep.all(axis=1), -1] = False
        return rows[keep].reshape(n, k), similarities[keep].reshape(n, k)


def _selector(allowed: Mask) -> Any:
    return _faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))


def kmeans(vectors: Matrix, k: int, seed: int) -> NDArray[np.int32]:
    """Number of the nearest of `k` spherical k-means centres for each vector: (n,) int32; repeatable by `seed`."""
    # One thread: FAISS sums centres per thread, so the last bits would depend on the number of cores.
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        means = faiss.Kmeans(vectors.shape[1], k, niter=20, seed=seed, spherical=True, min_points_per_centroid=1)
        means.train(np.ascontiguousarray(vectors))
        assigned = means.index.search(np.ascontiguousarray(vectors), 1)[1]
    finally:
        faiss.omp_set_num_threads(threads)
    return np.asarray(assigned[:, 0], dtype=np.int32)
