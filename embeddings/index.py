"""Vectors to neighbours: exact inner-product search through FAISS, and FAISS's k-means. With `codes` its only importer.

Knows row numbers, not papers. Always true: similarities are cosine of unit vectors, best first; a filter is applied
inside the scan, so k results come back whenever k rows are allowed; a row number is never -1; faiss is loaded by the
first search, a scan by a single vector needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.codes import Codes, faiss_module, single_threaded
from embeddings.graph import near_rows
from embeddings.vectors import Matrix, Rows

Mask = NDArray[np.bool_]
Check = Callable[[Rows | None, Matrix | None], None]
_PER_CENTRE = 64  # vectors that a centre is the mean of, at most: with 256 the groups agree with categories no better
_ALL_PAIRS = 30_000  # rows up to which every pair is compared: 6 s of one core
_AT_ONCE = 65_536  # vectors compared at once: 100 MB
_COPIED = 100_000  # vectors of which FAISS may have a copy, 150 MB; of more what is compared is copied piece by piece
_INNER_PRODUCT = 0  # FAISS's number of this measure
_HEADER = np.dtype(  # of FAISS's file of a flat index; behind it lie the vectors
    [("kind", "S4"), ("dimension", "<i4"), ("count", "<i8"), ("unused", "<i8", 2), ("trained", "u1"), ("metric", "<i4"),
     ("size", "<u8")]
)  # fmt: skip
HEADER = _HEADER.itemsize
"""Bytes before the vectors in a saved index."""


class VectorIndex:
    """Exact neighbours of unit vectors. Made by `VectorIndex.build`, read by `VectorIndex.load`.

    Of vectors that lie on disk, what is read goes through `check`: rows (m,) and their vectors, or None for all.
    """

    def __init__(
        self, vectors: Matrix, *, check: Check | None = None, stored_codes: Callable[[], Codes | None] = lambda: None
    ) -> None:
        self._vectors = vectors
        self._vectors.flags.writeable = False
        self._check = check
        self._stored_codes = stored_codes

    @classmethod
    def build(cls, vectors: Matrix) -> VectorIndex:
        """An index over `vectors` (n, dimension) float32 unit rows, which it shares; row i keeps number i."""
        return cls(vectors.astype(np.float32, order="C", copy=False).view())

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """The index written by `save`, as `of_bytes`."""
        return cls.of_bytes(np.fromfile(path, np.uint8))

    @classmethod
    def of_bytes(cls, data: NDArray[np.uint8]) -> VectorIndex:
        """The index in these bytes, which `save` wrote; vectors at an address of their kind are not copied.

        Nobody notices flipped bits: the caller compares checksums. Raises ValueError when it is no such index.
        """
        header = data[:HEADER].view(_HEADER) if len(data) >= HEADER else np.zeros(0, _HEADER)
        if not len(header) or header["kind"][0] != b"IxFI":
            raise ValueError("it is not an index of vectors")
        shape = int(header["count"][0]), int(header["dimension"][0])
        return cls(np.require(data[HEADER:].view(np.float32).reshape(shape), requirements="A"))

    def save(self, path: Path) -> None:
        """Write the index to `path`, as FAISS reads it."""
        header = np.zeros(1, _HEADER)
        header[0] = (
            b"IxFI",
            self.dimension,
            len(self),
            (1 << 20, 1 << 20),
            1,
            _INNER_PRODUCT,
            len(self) * self.dimension,
        )
        with path.open("wb") as file:
            file.write(header.tobytes())
            file.write(self.vectors().data)

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        return int(self._vectors.shape[1])

    def vectors(self) -> Matrix:
        """All vectors, (n, dimension) float32, in row order; a read-only view of the index's own memory."""
        if self._check:
            self._check(None, None)
        return self._vectors.view()

    def at(self, rows: Rows) -> Matrix:
        """The vectors of `rows` (m,), (m, dimension) float32; of the others nothing is read."""
        vectors = np.asarray(self._vectors[rows])
        if self._check:
            self._check(rows, vectors)
        return vectors

    def nearly(self, queries: Matrix, k: int) -> Rows:
        """Rows (m, k) that are by their codes the nearest to each of `queries` (m, dimension), k at most n."""
        return self.codes.nearest(queries, k)

    @cached_property
    def codes(self) -> Codes:
        """The codes of the vectors, made now where none are stored."""
        return self._stored_codes() or Codes.of(self.vectors())

    @cached_property
    def _flat(self) -> Any:
        """FAISS's index, of a copy of the vectors."""
        index = faiss_module().IndexFlatIP(self.dimension)
        index.add(self.vectors())
        return index

    def similarities(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine of every row with `query` (dimension,), (n,): for a single query twice as fast as a scan by FAISS."""
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
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        if len(self) > _COPIED:
            return self._search_in_pieces(queries, k, allowed)
        parameters = None if allowed is None else faiss_module().SearchParameters(sel=_selector(allowed))
        similarities, rows = self._flat.search(queries, k, params=parameters)
        return rows, np.clip(similarities, -1.0, 1.0)

    def _search_in_pieces(self, queries: Matrix, k: int, allowed: Mask | None) -> tuple[Rows, Matrix]:
        """As `search`, for `k` rows that are there."""
        faiss, vectors = faiss_module(), self.vectors()
        rows, close = np.zeros((len(queries), 0), np.int64), np.zeros((len(queries), 0), np.float32)
        for start in range(0, len(self), _AT_ONCE):
            piece = np.ascontiguousarray(vectors[start : start + _AT_ONCE])
            own = np.arange(len(piece)) if allowed is None else np.flatnonzero(allowed[start : start + _AT_ONCE])
            if not len(own):
                continue
            some = piece if len(own) == len(piece) else piece[own]
            similarities, places = faiss.knn(queries, some, min(k, len(own)), faiss.METRIC_INNER_PRODUCT)
            rows, close = np.hstack([rows, own[places] + start]), np.hstack([close, similarities])
            best = np.argsort(-close, axis=1, kind="stable")[:, :k]
            rows, close = np.take_along_axis(rows, best, axis=1), np.take_along_axis(close, best, axis=1)
        return rows, np.clip(close, -1.0, 1.0)

    def neighbours(self, k: int) -> tuple[Rows, Matrix]:
        """The `k` nearest other rows of every row: (n, k') each, the row itself left out, k' = min(k, n - 1).

        Of more than 30,000 rows nearly the nearest, at least 98 in 100 by what is measured on a sample: all pairs would
        take an hour of a million papers.
        """
        n = len(self)
        k = min(k, n - 1)
        if k <= 0:
            return np.zeros((n, 0), np.int64), np.zeros((n, 0), np.float32)
        if not compares_all(n):
            rows, similarities = near_rows(self.vectors(), k, kmeans)
            return rows, np.clip(similarities, -1.0, 1.0)
        rows, similarities = self.search(self.vectors(), k + 1)
        # Identical vectors can push a row out of its own list; then the last of the list goes instead of itself.
        keep = rows != np.arange(n)[:, None]
        keep[keep.all(axis=1), -1] = False
        return rows[keep].reshape(n, k), similarities[keep].reshape(n, k)


def compares_all(count: int) -> bool:
    """Whether of `count` rows every pair is compared when their neighbours are sought."""
    return count <= _ALL_PAIRS


def _selector(allowed: Mask) -> Any:
    return faiss_module().IDSelectorBitmap(np.packbits(allowed, bitorder="little"))


def kmeans(vectors: Matrix, k: int, seed: int) -> NDArray[np.int32]:
    """Number of the nearest of `k` k-means centres (Lloyd 1982) for each vector: (n,) int32; repeatable by `seed`.

    Any vectors, not only unit ones; centres are found on at most `_PER_CENTRE` vectors for each.
    """
    faiss = faiss_module()
    with single_threaded():
        means = faiss.Kmeans(
            vectors.shape[1], k, niter=20, seed=seed, min_points_per_centroid=1, max_points_per_centroid=_PER_CENTRE
        )
        means.train(np.ascontiguousarray(vectors))
        assigned = means.index.search(np.ascontiguousarray(vectors), 1)[1]
    return np.asarray(assigned[:, 0], dtype=np.int32)
