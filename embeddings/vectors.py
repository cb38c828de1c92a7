"""Matrices of unit vectors in plain numpy: the checks every vector passes, and the referee of exact search.

Always true: a matrix is float32, shape (n, dimension), rows of unit length or all zero; similarity is the inner
product of two rows, in [-1, 1], higher is closer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float32]
Rows = NDArray[np.int64]


def unit_rows(values: ArrayLike) -> Matrix:
    """`values` as float32 (n, dimension) with rows scaled to unit length; a zero row stays zero.

    Raises ValueError for anything but two dimensions, and for NaN or infinity (the row is named).
    """
    matrix = np.array(values, dtype=np.float32, order="C")
    if matrix.ndim != 2:
        raise ValueError(f"vectors must have two dimensions (n, dimension), not shape {matrix.shape}")
    bad = np.flatnonzero(~np.isfinite(matrix).all(axis=1))
    if bad.size:
        raise ValueError(f"vector {bad[0]} holds NaN or infinity ({bad.size} such of {len(matrix)})")
    lengths = np.sqrt(np.einsum("ij,ij->i", matrix, matrix, dtype=np.float64))
    return (matrix / np.where(lengths > 0, lengths, 1.0)[:, None]).astype(np.float32)


def distinct(*rows: Rows) -> Rows:
    """The numbers that stand in any of `rows`, each once, ascending: what `np.unique` gives, without numpy.ma."""
    values = np.sort(np.concatenate(rows))
    return values[np.flatnonzero(np.diff(values, prepend=values[:1] - 1))]


def places_in(rows: NDArray[np.integer[Any]], wanted: NDArray[np.integer[Any]]) -> Rows:
    """Where each of `wanted`, of any shape, stands in `rows` (c,) ascending; -1 for what is not there."""
    if not len(rows):
        return np.full(wanted.shape, -1)
    at = np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)
    return np.where(rows[at] == wanted, at, -1)


def exact_top(matrix: Matrix, query: Matrix, k: int, allowed: NDArray[np.bool_] | None = None) -> tuple[Rows, Matrix]:
    """Rows of the `k` most similar vectors to one `query` (dimension,) and their similarities, best first.

    Ties go to the lower row. Fewer than `k` come back when fewer are allowed. It stands here, not among the tests, as
    `explorer evaluate` compares the user's own index with it.
    """
    rows = np.arange(len(matrix)) if allowed is None else np.flatnonzero(allowed)
    similarities = matrix[rows] @ query
    best = np.lexsort((rows, -similarities))[:k]
    return rows[best].astype(np.int64), similarities[best].astype(np.float32)
