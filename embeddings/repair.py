"""A graph of neighbours after rows came, changed or went: mended by a comparison of those rows with all the others.

Knows vectors and row numbers. Always true: of so many rows that every pair was compared, the lists are those that a
comparison of all pairs would give; of more, a row that lost a neighbour looks for another among its neighbours'
neighbours, and what came is compared with every row; the same arrays give the same lists.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix, Rows, distinct

Mask = NDArray[np.bool_]
_ROWS, _COLUMNS = 8192, 1024  # compared at once: 32 MB
_PAIRS = 65_536  # pairs compared at once: 200 MB
_LOCAL = 2 / 3  # share of its neighbours that a row must have left to look for others around them
_AROUND = 128  # such rows at once: some 200 rows around each, 40 MB
_ROUNDED = 1e-6  # by how much a similarity differs with the shape of a product


class Mended(NamedTuple):
    """Lists of neighbours `graph` (n, k), and of the m rows that came or changed the nearest among those that were
    there: `near` (m, w) rows, best first, -1 where there are fewer, with their cosines `close` (m, w), NaN."""

    graph: NDArray[np.int32]
    near: Rows
    close: Matrix


def mended(
    vectors: Matrix, lists: NDArray[np.int32], moved: Rows, here: Mask, width: int, *, exact: bool = True
) -> Mended:
    """The graph of `vectors` (n, d) float32 unit rows: `lists` (n, k) are the neighbours of each as they were, best
    first, -1 for what went or is among `moved` (m,), the ascending rows that came or changed, whose own are -1.

    `width`: how many of the nearest of `moved` among `here` (n,) are wanted, more than k. `exact`: rows that lost any
    are compared with all, too.
    """
    graph = lists.astype(np.int32)
    if not exact:
        _around(vectors, graph)
    sought = np.flatnonzero((graph < 0).any(axis=1))
    came = np.zeros(len(vectors), bool)
    came[moved] = True
    near, close = np.full((len(moved), width), -1, np.int64), np.full((len(moved), width), np.nan, np.float32)
    offers = [np.zeros((2, 0), np.int64)]
    farthest = _farthest(vectors, graph)
    for start in range(0, len(sought), _COLUMNS):
        own = sought[start : start + _COLUMNS]
        among, everywhere, offered = _compared(vectors, own, came, here, farthest, width)
        offers.append(offered)
        graph[own] = everywhere[:, : graph.shape[1]]
        places = np.searchsorted(moved, own[came[own]])
        near[places] = among[came[own]]
    there = near >= 0
    close[there] = _cosines(vectors, np.repeat(moved, there.sum(axis=1)), near[there])
    _accept(vectors, graph, np.hstack(offers))
    return Mended(graph, near, close)


def _compared(
    vectors: Matrix, own: Rows, came: Mask, here: Mask, farthest: NDArray[np.float32], width: int
) -> tuple[Rows, Rows, Rows]:
    """Of the rows `own` (c,) the nearest among those `here` and among all, (c, width) each, -1 where there are fewer,
    and pairs (2, p) of a row and of a row of `own` that `came` and is nearer to it than its `farthest` (n,)."""
    queries, columns = vectors[own], np.flatnonzero(came[own])
    best, offers = _Best(len(own), width), [np.zeros((2, 0), np.int64)]
    for start in range(0, len(vectors), _ROWS):
        part = slice(start, start + _ROWS)
        table = vectors[part] @ queries.T
        rows, places = np.nonzero(table[:, columns] > farthest[part, None] - np.float32(_ROUNDED))
        offers.append(np.stack([rows + start, own[columns[places]]]))
        _without(table, own, start)
        rows = np.flatnonzero(here[part])
        best.take(table if len(rows) == len(table) else table[rows], rows + start)
    among = best.ordered(vectors, own)
    rest = np.flatnonzero(~here)
    for start in range(0, len(rest), _ROWS):
        rows = rest[start : start + _ROWS]
        table = vectors[rows] @ queries.T
        table[rows[:, None] == own] = -np.inf
        best.take(table, rows)
    return among, best.ordered(vectors, own), np.hstack(offers)


def _without(table: Matrix, own: Rows, start: int) -> None:
    """Let no row of a table that begins at row `start` be its own neighbour."""
    columns = np.flatnonzero((own >= start) & (own < start + len(table)))
    table[own[columns] - start, columns] = -np.inf


class _Best:
    """The best `width` rows of each of c columns so far."""

    def __init__(self, columns: int, width: int) -> None:
        self.rows = np.full((columns, width), -1, np.int64)
        self._close = np.full((columns, width), -np.inf, np.float32)

    def take(self, table: Matrix, rows: Rows) -> None:
        """Look at `rows` (r,), whose similarities are `table` (r, c)."""
        (columns, width), least = self.rows.shape, self._close[:, -1]
        if len(table) > width and not np.isfinite(least).all():  # at first, all of them would be looked at
            least = np.maximum(least, np.partition(table, len(table) - width, axis=0)[len(table) - width])
        places, owners = np.nonzero((table >= least) & np.isfinite(table))
        if not len(places):
            return
        there = self.rows >= 0
        every = np.concatenate([np.repeat(np.arange(columns), there.sum(axis=1)), owners])
        candidates = np.concatenate([self.rows[there], rows[places]])
        close = np.concatenate([self._close[there], table[places, owners]])
        self.rows, self._close = _best_of(every, candidates, close, columns, width)

    def ordered(self, vectors: Matrix, own: Rows) -> Rows:
        """The best of the rows `own` (c,), (c, width): best first by cosines that no product's shape bears on."""
        there = self.rows >= 0
        owners = np.repeat(np.arange(len(own)), there.sum(axis=1))
        close = _cosines(vectors, own[owners], self.rows[there])
        return _best_of(owners, self.rows[there], close, *self.rows.shape)[0]


def _best_of(owners: Rows, rows: Rows, close: NDArray[np.float32], count: int, width: int) -> tuple[Rows, Matrix]:
    """Of pairs of an owner, 0 to `count` - 1, and a row, with how close they are, (p,) each, the best `width` rows of
    each owner, best first, and how close they are; -1 and -inf where there are fewer. Of equals the earlier row."""
    order = np.lexsort((rows, -close, owners))
    owners, rows, close = owners[order], rows[order], close[order]
    rank = np.arange(len(owners)) - np.searchsorted(owners, owners)
    first = rank < width
    best, how = np.full((count, width), -1, np.int64), np.full((count, width), -np.inf, np.float32)
    best[owners[first], rank[first]], how[owners[first], rank[first]] = rows[first], close[first]
    return best, how


def _accept(vectors: Matrix, graph: NDArray[np.int32], offers: Rows) -> None:
    """Take the rows `offers[1]` (p,) into the lists of the rows `offers[0]` as far as they are nearer."""
    rows, width = distinct(offers[0]), graph.shape[1]
    places = np.repeat(np.arange(len(rows)), width)
    owners = np.concatenate([places, np.searchsorted(rows, offers[0])])
    candidates = np.concatenate([graph[rows].ravel().astype(np.int64), offers[1]])
    close = _cosines(vectors, rows[owners], candidates)
    graph[rows] = _best_of(owners, candidates, close, len(rows), width)[0]


def _farthest(vectors: Matrix, graph: NDArray[np.int32]) -> NDArray[np.float32]:
    """The cosine of each row with the last of its neighbours, (n,); infinite where it lacks any."""
    farthest = np.full(len(graph), np.inf, np.float32)
    rows = np.flatnonzero((graph >= 0).all(axis=1)) if graph.shape[1] else np.zeros(0, np.int64)
    farthest[rows] = _cosines(vectors, rows, graph[rows, -1].astype(np.int64)) if len(rows) else 0
    return farthest


def _cosines(vectors: Matrix, rows: Rows, others: Rows) -> NDArray[np.float32]:
    """The cosine of each of `rows` (p,) with the row beside it, (p,): the same bits for the same pair."""
    close = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _PAIRS):
        part = slice(start, start + _PAIRS)
        close[part] = np.einsum("id,id->i", vectors[rows[part]], vectors[others[part]])
    return close


def _around(vectors: Matrix, graph: NDArray[np.int32]) -> None:
    """Let rows that lost a few neighbours take others from the lists of those that they have left."""
    left = (graph >= 0).sum(axis=1)
    lost = np.flatnonzero((left < graph.shape[1]) & (left >= _LOCAL * graph.shape[1]))
    for start in range(0, len(lost), _AROUND):
        own = lost[start : start + _AROUND]
        lists = graph[own]
        beyond = np.where(lists[:, :, None] >= 0, graph[lists], -1).reshape(len(own), -1)
        pairs = np.concatenate([lists, beyond], axis=1).astype(np.int64)
        owners = np.repeat(np.arange(len(own)), pairs.shape[1])
        pair = distinct((owners * len(graph) + pairs.ravel())[(pairs.ravel() >= 0)])
        owners, rows = pair // len(graph), pair % len(graph)
        others = rows != own[owners]
        owners, rows = owners[others], rows[others]
        best = _best_of(owners, rows, _cosines(vectors, own[owners], rows), len(own), graph.shape[1])[0]
        graph[own] = best
