"""The vectors of a snapshot on disk: of a small library a file that is read whole, of a large library a file whose rows
are read as they are wanted, with a checksum for each, and the codes by which rows are chosen.

Knows files and vectors, no papers. Always true: a row that leaves here is what was written, or DamagedLibrary is
raised; codes that are missing or damaged are made anew in memory, and written by the next build.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.codes import Codes
from embeddings.index import HEADER, VectorIndex
from embeddings.vectors import Matrix, Rows
from explorer.errors import DamagedLibrary
from explorer.index.files import CheckedFile, Files, damaged
from explorer.search import ranking

INDEX, VECTORS, SUMS, CODES = "index.faiss", "vectors.npy", "sums.npy", "codes.faiss"
FILES = frozenset({INDEX, VECTORS, SUMS, CODES})
"""All that can be made of the vectors in the store."""
_AT_ONCE = 65_536  # rows whose checksums are made at once: 100 MB
_ODD = 0x9E3779B97F4A7C15  # multiples of it differ in all their bits


def save(index: VectorIndex, folder: Path) -> None:
    """Write the index into `folder`."""
    if len(index) <= ranking.WHOLE:
        index.save(folder / INDEX)
        return
    vectors = index.vectors()
    np.save(folder / VECTORS, vectors)
    starts = range(0, len(vectors), _AT_ONCE)
    np.save(folder / SUMS, np.concatenate([sums_of(vectors[start : start + _AT_ONCE]) for start in starts]))
    index.codes.save(folder / CODES)


def read(files: Files) -> VectorIndex:
    """The index that was written. Raises DamagedLibrary, KeyError or ValueError."""
    if VECTORS not in files:
        return VectorIndex.of_bytes(files[INDEX].read(HEADER))
    rows = _Stored(files[VECTORS], files[SUMS].array())

    def codes() -> Codes | None:
        try:
            return Codes.of_bytes(files[CODES].read())
        except (DamagedLibrary, KeyError):
            return None

    return VectorIndex(rows.vectors, check=rows.check, stored_codes=codes)


def sums_of(vectors: Matrix) -> NDArray[np.uint64]:
    """A checksum of each row of `vectors` (m, dimension), (m,): its words, each weighed by an odd number, in all.

    It changes with any single word, and where several change it stays the same once in 2⁶⁴.
    """
    words = np.ascontiguousarray(vectors).view("<u4" if vectors.shape[1] % 2 else "<u8").astype(np.uint64, copy=False)
    with np.errstate(over="ignore"):
        weights = np.arange(1, words.shape[1] + 1, dtype=np.uint64) * np.uint64(_ODD) | np.uint64(1)
        return np.asarray(words @ weights)


class _Stored:
    """Vectors that are read as they are needed, and the checksums (n,) of their rows."""

    def __init__(self, file: CheckedFile, sums: NDArray[np.uint64]) -> None:
        self._file = file
        self._sums = sums
        self._sound = np.zeros(len(sums), bool)
        self.vectors: Matrix = file.unchecked()
        if len(self.vectors) != len(sums):
            raise ValueError("it is not as long as its checksums")

    def check(self, rows: Rows | None, vectors: Matrix | None) -> None:
        """Compare the `vectors` (m, dimension) read at `rows` (m,), or all that there are. Raises DamagedLibrary."""
        if rows is None or vectors is None:
            self._file.check()
            return
        self._file.check(0, 1)
        new = np.flatnonzero(~self._sound[rows])
        wrong = new[sums_of(vectors[new]) != self._sums[rows[new]]]
        if len(wrong):
            raise damaged(self._file.path, f"the checksum of vector {rows[wrong[0]]} is not that of what was written")
        self._sound[rows[new]] = True
