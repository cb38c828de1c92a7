"""The candidates of a ranking: the rows that may come first, where a library is too large to score every paper.

Holds how they are chosen by codes of the vectors and by words. Knows rows and numbers, not questions. Always true: rows
ascend, each once; a filter that few papers pass keeps all of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from embeddings.vectors import Matrix, Rows, distinct
from explorer.search.holders import Held

Mask = NDArray[np.bool_]
# So few rows that pass a filter are all scored, 5 % of a million: they are read in 25 ms. Codes know no filter;
# for the 4,000 nearest that pass they are scanned for the 80,000 nearest, 60 ms, by two vectors.
_FEW = 50_000


def passing(allowed: Mask | None) -> Rows | None:
    """All rows that are `allowed` (n,), where they are few enough to be scored; else None."""
    if allowed is None or np.count_nonzero(allowed) > _FEW:
        return None
    return np.flatnonzero(allowed)


def nearest(index: VectorIndex, queries: Matrix, depth: int, allowed: Mask | None = None) -> Rows:
    """The rows that are `allowed` (n,) and, by codes, among the `depth` nearest such to any of `queries` (m, d)."""
    count = len(index) if allowed is None else int(np.count_nonzero(allowed))
    if not count or not len(queries):
        return np.zeros(0, np.int64)
    wide = min(len(index), depth * len(index) // count)  # as if what passes lay evenly
    while True:
        rows = index.nearly(queries, wide)
        if allowed is None:
            return distinct(*rows)
        visible = [each[allowed[each]] for each in rows]
        if wide == len(index) or min(map(len, visible)) >= min(depth, count):
            return distinct(*visible)
        wide = min(len(index), 4 * wide)


def holding(words: NDArray[np.float32], depth: int, allowed: Mask | None = None) -> Rows:
    """The rows that are `allowed` (n,) and among the `depth` such with the highest scores `words` (n,), above 0."""
    if isinstance(words, Held):
        return words.best(depth, allowed)
    rows = np.flatnonzero(words > 0 if allowed is None else (words > 0) & allowed)
    if len(rows) > depth:
        scores = words[rows]
        rows = rows[scores >= np.partition(scores, len(rows) - depth)[len(rows) - depth]]
    return rows


def with_neighbours(rows: Rows, neighbours: NDArray[np.int32]) -> Rows:
    """`rows` and those in their lists of `neighbours` (n, w), of which -1 is none."""
    around = neighbours[rows].ravel().astype(np.int64)
    return distinct(rows, around[around >= 0])


def evenly(count: int, sample: int) -> Rows:
    """A sample of `count` rows, spread evenly."""
    return distinct(np.linspace(0, count - 1, min(sample, count)).astype(np.int64))
