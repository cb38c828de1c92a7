"""Parts of an index without a copy of its vectors: what is left of it where some rows went, and the small parts that
follow in turn while a question is answered, for which every vector is read once and compared with a query once.

Knows rows and vectors, not what they are wanted for. Always true: a part answers as an index of its rows would.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from embeddings.vectors import Matrix, Rows

Floats = NDArray[np.float32]
_FEW = 0.05  # share of the rows that may have gone: by codes so many more are sought, as any of them may be near


def part_of(index: VectorIndex, rows: Rows) -> VectorIndex:
    """The index of `rows` (m,) of `index`, which ascend; its vectors are not copied, unless many rows went."""
    if len(rows) >= (1 - _FEW) * len(index):
        return _Rest(index, rows)
    return VectorIndex.build(index.vectors()[rows])


class _Rest(VectorIndex):
    """An index less some rows: `rows` (m,) are left."""

    def __init__(self, index: VectorIndex, rows: Rows) -> None:
        self._index = index
        self._left = rows
        self._places = np.full(len(index), -1)
        self._places[rows] = np.arange(len(rows))

    def __len__(self) -> int:
        return len(self._left)

    @property
    def dimension(self) -> int:
        return self._index.dimension

    def vectors(self) -> Matrix:
        return self._index.vectors()[self._left]

    def at(self, rows: Rows) -> Matrix:
        return self._index.at(self._left[rows])

    def similarities(self, query: Floats) -> Floats:
        return self._index.similarities(query)[self._left]

    def nearly(self, queries: Matrix, k: int) -> Rows:
        went = len(self._index) - len(self)
        places = self._places[self._index.nearly(queries, k + went)]
        return np.stack([each[each >= 0][:k] for each in places])

    def search(self, queries: Matrix, k: int, allowed: NDArray[np.bool_] | None = None) -> tuple[Rows, Matrix]:
        mask = np.zeros(len(self._index), bool)
        mask[self._left] = True if allowed is None else allowed
        rows, similarities = self._index.search(queries, k, mask)
        return self._places[rows], similarities


class Gathered:
    """The vectors of some rows of `index`: those of all parts so far."""

    def __init__(self, index: VectorIndex) -> None:
        self.index = index
        self._places = np.full(len(index), -1, np.int32)  # of each row in the blocks, end to end
        self._blocks: list[Matrix] = []  # as they were read
        self._starts: list[int] = [0]  # of each block, and the end
        self._cosines: dict[bytes, list[Floats]] = {}  # with each query, block by block

    def part(self, rows: Rows) -> VectorIndex:
        """The index of `rows` (c,), each once; only vectors that no part had so far are read."""
        new = rows[self._places[rows] < 0]
        if len(new):
            self._blocks.append(self.index.at(new))
            self._starts.append(self._starts[-1] + len(new))
            self._places[new] = np.arange(*self._starts[-2:])
        return _Part(self, self._places[rows])

    def at(self, places: NDArray[np.int32]) -> Matrix:
        """The vectors at `places` (m,) of what was read, (m, dimension)."""
        vectors = np.empty((len(places), self.index.dimension), np.float32)
        for start, block in zip(self._starts, self._blocks, strict=False):
            inside = (places >= start) & (places < start + len(block))
            vectors[inside] = block[places[inside] - start]
        return vectors

    def similarities(self, query: Floats) -> Floats:
        """Cosine of every vector that was read with `query` (dimension,), in the order of reading."""
        known = self._cosines.setdefault(query.tobytes(), [])
        known += [block @ query for block in self._blocks[len(known) :]]
        return np.concatenate([np.zeros(0, np.float32), *known])


class _Part(VectorIndex):
    """An index of what stands at `places` (c,) of what was gathered."""

    def __init__(self, gathered: Gathered, places: NDArray[np.int32]) -> None:
        self._gathered = gathered
        self._own = places

    def __len__(self) -> int:
        return len(self._own)

    @property
    def dimension(self) -> int:
        return self._gathered.index.dimension

    def vectors(self) -> Matrix:
        return self._gathered.at(self._own)

    def at(self, rows: Rows) -> Matrix:
        return self._gathered.at(self._own[rows])

    def similarities(self, query: Floats) -> Floats:
        return np.asarray(self._gathered.similarities(query)[self._own], np.float32)
