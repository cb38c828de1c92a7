"""Codes of vectors, by which the rows are chosen that are worth comparing: made and scanned by FAISS.

Knows vectors and row numbers, nothing of what is compared. Always true: the same vectors give the same codes, on any
number of cores; codes of earlier versions are read; faiss is loaded by the first use.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix, Rows

_TRAINED = 20_000  # vectors by which the codes are made
_NUMBERS = 4  # of a vector that have a code of four bits together
_TRAINABLE = 4096  # vectors from which on there are enough for its sixteen values
_AT_ONCE = 65_536  # vectors coded at once: 100 MB
_SCANNED = 1 << 20  # codes scanned by a core: 5 ms; a piece begins with a block of 32


class Codes:
    """Four bits for each four numbers of every vector, 48 bytes for 384 (product quantisation, Jégou et al. 2011, read
    as by André et al. 2015): scanned whole in 6 ms a million, they tell which rows are worth comparing. Never changed.

    Of few vectors or odd dimensions a bit for each number (RaBitQ, Gao & Long 2024), as of all in earlier versions:
    twice as slow; of the truly nearest 500 of a million 98.3 % are among the 4,000 nearest by these, 97.4 by those.
    """

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: Matrix) -> Codes:
        """Those of `vectors` (n, dimension) float32 unit rows; the same vectors give the same bytes."""
        faiss, (count, dimension) = faiss_module(), vectors.shape
        if count < _TRAINABLE or dimension % _NUMBERS:
            index = faiss.IndexRaBitQFastScan(dimension, faiss.METRIC_INNER_PRODUCT)
        else:
            index = faiss.IndexPQFastScan(dimension, dimension // _NUMBERS, 4, faiss.METRIC_INNER_PRODUCT)
        with single_threaded():
            index.train(np.ascontiguousarray(vectors[:: max(1, count // _TRAINED)]))
        for start in range(0, len(vectors), _AT_ONCE):
            index.add(np.ascontiguousarray(vectors[start : start + _AT_ONCE]))
        return cls(index)

    @classmethod
    def of_bytes(cls, data: NDArray[np.uint8]) -> Codes:
        """The codes that `save` wrote. FAISS notices no flipped bits: the caller compares checksums."""
        return cls(faiss_module().deserialize_index(data))

    def save(self, path: Path) -> None:
        """Write them to `path`, as FAISS reads them."""
        path.write_bytes(faiss_module().serialize_index(self._index).data)

    def nearest(self, queries: Matrix, k: int) -> Rows:
        """Rows (m, k) nearest to `queries` (m, dimension) by their codes, nearly best first; k is at most n."""
        queries = np.ascontiguousarray(queries, np.float32)
        if len(self._pieces) == 1:
            rows: Rows = self._index.search(queries, k)[1]
            return rows
        with ThreadPoolExecutor(min(len(self._pieces), os.cpu_count() or 1)) as pool:
            made = list(pool.map(lambda piece: piece[1].search(queries, min(k, piece[1].ntotal)), self._pieces))
        rows = np.hstack([near + start for (_, near), (start, _) in zip(made, self._pieces, strict=True)])
        best = np.argsort(-np.hstack([close for close, _ in made]), axis=1, kind="stable")[:, :k]
        return np.take_along_axis(rows, best, axis=1)

    @cached_property
    def _pieces(self) -> list[tuple[int, Any]]:
        """The codes in pieces that are scanned side by side, each with its first row; always the same pieces."""
        faiss, whole = faiss_module(), self._index
        if whole.ntotal <= _SCANNED:
            return [(0, whole)]
        blocks, stride = faiss.AlignedTable_to_array(whole.codes), whole.get_block_stride()
        made = []
        for start in range(0, whole.ntotal, _SCANNED):
            piece = _like(whole)
            piece.ntotal = min(_SCANNED, whole.ntotal - start)
            first, end = start // whole.bbs, -(-(start + piece.ntotal) // whole.bbs)
            faiss.copy_array_to_AlignedTable(blocks[first * stride : end * stride].copy(), piece.codes)
            piece.ntotal2 = (end - first) * whole.bbs
            made.append((start, piece))
        return made


def _like(whole: Any) -> Any:
    """Codes of the kind of FAISS's index `whole`, of no vectors yet."""
    faiss = faiss_module()
    if isinstance(whole, faiss.IndexPQFastScan):
        piece = faiss.IndexPQFastScan(whole.d, whole.M, whole.nbits, whole.metric_type)
        faiss.copy_array_to_vector(faiss.vector_to_array(whole.pq.centroids), piece.pq.centroids)
    else:
        piece = faiss.IndexRaBitQFastScan(whole.d, whole.metric_type)
        faiss.copy_array_to_vector(faiss.vector_to_array(whole.center), piece.center)
        piece.qb, piece.centered = whole.qb, whole.centered
    piece.is_trained = True
    return piece


@contextmanager
def single_threaded() -> Iterator[None]:
    """FAISS sums centres per thread: with several the last bits would depend on the number of cores."""
    faiss = faiss_module()
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def faiss_module() -> Any:
    """FAISS, which a library that only lists papers never loads."""
    import faiss  # its type stubs know the C++ signatures, not those its Python layer adds

    return faiss
