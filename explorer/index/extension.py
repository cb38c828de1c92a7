"""What a snapshot takes over from that before: places, topics and neighbours of the papers that both hold.

Holds how papers that came are placed among those that were there; knows no tables and draws no map. Always true: a
paper that was there stays where it was, to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.graph import Recall, recall
from embeddings.index import VectorIndex, compares_all
from embeddings.repair import Mended, mended
from embeddings.vectors import Matrix, Rows
from explorer.index.content import Content
from explorer.index.drawing import NEIGHBOURS, Drawing
from explorer.index.snapshot import Snapshot
from explorer.map import topics

# Share of newcomers from which on finding all neighbours anew is as fast as mending those at hand; and how many, where
# that takes time in proportion to the papers.
_MANY, _MOST = 0.1, 40_000
_AT_ONCE = 1024  # papers whose neighbours' vectors are compared at once: 24 MB
_NEAR = 0.95  # cosine of near-copies: of 10,000 papers 1 in 500 has one, and nine in ten of those share their text
STEPS = ("Indexing", "Drawing the map", "Finding topics", "Saving")

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Before:
    """What an earlier snapshot, cut down to its embedded papers, holds of the n papers of a `Content` with a vector."""

    snapshot: Snapshot
    rows: NDArray[np.int64]  # (n,) the row of each there, -1 for a newcomer
    stable: NDArray[np.bool_]  # (n,) whether it has the same vector there

    @classmethod
    def of(cls, content: Content, snapshot: Snapshot) -> Before:
        vectors = snapshot.index.vectors()
        stable = np.zeros(len(content.keys), bool)
        if not len(vectors) or vectors.shape[1] != content.vectors.shape[1]:
            return cls(snapshot, np.full(len(stable), -1), stable)
        rows = Drawing.of(snapshot).rows(content.keys)
        here = np.flatnonzero(rows >= 0)
        for start in range(0, len(here), 8192):
            part = here[start : start + 8192]
            stable[part] = (np.abs(vectors[rows[part]] - content.vectors[part]) <= 1e-6).all(axis=1)
        return cls(snapshot, rows, stable)

    @property
    def drawing(self) -> Drawing:
        return Drawing.of(self.snapshot)


@dataclass(frozen=True)
class Graph:
    """The neighbours of n papers: `rows` (n, k), the NEIGHBOURS others nearest to each, best first; `vectors` (n, d);
    `recall`: how nearly they are the nearest, None while papers wait for a vector. `mended`: how they came of those
    before, None where all were sought anew."""

    vectors: Matrix
    rows: NDArray[np.int32]
    recall: Recall | None
    mended: Mended | None = None

    @classmethod
    def of(cls, index: VectorIndex, content: Content, before: Before | None) -> Graph:
        """That of the snapshot before as far as it is still right."""
        vectors, made = content.vectors, None if before is None else _mended(content.vectors, before)
        if made and before:
            measured = None if content.partial else _measured(vectors, made.graph, before)
            if measured is None or measured.sure:
                return cls(vectors, made.graph, measured, made)
        rows = index.neighbours(NEIGHBOURS)[0].astype(np.int32)  # there were none, or what was mended had drifted
        return cls(vectors, rows, None if content.partial else recall(vectors, rows))

    @cached_property
    def similarities(self) -> Matrix:
        """Cosines of each with its neighbours, (n, k): the same bits wherever the rows are from."""
        return self._close(np.arange(len(self.rows)))

    @property
    def copies(self) -> Rows:
        """See `near_copies`."""
        return near_copies(np.arange(len(self.rows)), self.rows.astype(np.int64), self.similarities)

    def copies_of(self, some: Rows) -> Rows:
        """Those of the rows `some` (m,)."""
        return near_copies(some, self.rows[some].astype(np.int64), self._close(some))

    def _close(self, some: Rows) -> Matrix:
        """Cosines of the rows `some` (m,) with their neighbours, (m, k)."""
        close = np.empty((len(some), self.rows.shape[1]), np.float32)
        for start in range(0, len(some), _AT_ONCE):
            part = some[start : start + _AT_ONCE]
            near = self.vectors[self.rows[part]]
            close[start : start + _AT_ONCE] = np.einsum("id,ijd->ij", self.vectors[part], near)  # not BLAS, likewise
        return np.clip(close, -1.0, 1.0)


def extended(folder: Path, content: Content, before: Before, tell: Tell) -> Snapshot:
    """The earlier snapshot with the papers that came and without those that went; the others stay where they are.

    A newcomer gets the place and the topics of its neighbours. A paper whose text changed keeps its place.
    """
    keys, vectors, previous = content.keys, content.vectors, before.snapshot
    stable = before.stable
    tell(STEPS[0], 0, len(STEPS))
    index = VectorIndex.build(vectors)
    graph = Graph.of(index, content, before)
    tell(STEPS[1], 1, len(STEPS))
    new = (before.rows < 0)[~stable]
    near = (graph.mended.near[new], graph.mended.close[new]) if graph.mended else None
    places, rows, similarities = before.drawing.placed(before.rows, index, vectors, near)
    tell(STEPS[2], 2, len(STEPS))
    groups = topics.extend(previous.topics, before.rows, rows, similarities)
    tell(STEPS[3], 3, len(STEPS))
    drawn = np.zeros(len(keys), bool)
    drawn[stable] = previous.drawn[before.rows[stable]]
    copies = graph.copies_of(np.flatnonzero(~stable))
    still_near = previous.near[np.isin(previous.near, keys[stable]).all(axis=1)]
    copied = np.unique(np.concatenate([still_near, keys[copies]]), axis=0)
    return Snapshot(
        folder, keys, index, places, groups, previous.pair_similarities, drawn, copied, content.stamps, graph.rows,
        recall=graph.recall,
    )  # fmt: skip


def _measured(vectors: Matrix, rows: NDArray[np.int32], before: Before) -> Recall:
    """The recall of `rows`: that of the snapshot before where all is as it was there."""
    same = before.stable.all() and len(before.snapshot.keys) == len(rows)
    return (before.snapshot.recall if same else None) or recall(vectors, rows)


def _mended(vectors: NDArray[np.float32], before: Before) -> Mended | None:
    """The other rows nearest to each, as an index would find them, from those of the snapshot before.

    None where that holds too few, or too much has changed.
    """
    previous, stable = before.snapshot, before.stable
    width, moved = min(NEIGHBOURS, len(stable) - 1), np.flatnonzero(~stable)
    if previous.graph.shape[1] < width or len(moved) > min(_MANY * len(stable), _MOST):
        return None
    places = np.full(len(previous.keys) + 1, -1, np.int32)  # the last is for -1
    places[before.rows[stable]] = np.flatnonzero(stable)
    nearest = np.full((len(stable), width), -1, np.int32)
    nearest[stable] = places[previous.graph[before.rows[stable], :width]]
    return mended(vectors, nearest, moved, before.rows >= 0, NEIGHBOURS + 1, exact=compares_all(len(stable)))


def near_copies(of: Rows, rows: Rows, similarities: Matrix) -> Rows:
    """Pairs of rows, (p, 2), smaller first, that are near-copies: `rows` (m, k) are the neighbours of `of` (m,)."""
    close = (similarities >= _NEAR) & (rows >= 0) & (rows != of[:, None])
    pairs = np.stack([np.broadcast_to(of[:, None], rows.shape)[close], rows[close]], axis=1).astype(np.int64)
    return np.unique(np.sort(pairs, axis=1), axis=0).reshape(-1, 2)
