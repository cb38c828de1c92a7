"""Snapshots in which some papers wait for their vectors: cut down to the embedded ones for the steps that need vectors,
and filled up again with the others, which are searchable by their words already; and snapshots less removed papers.

Knows arrays only. Always true: a paper without a vector has a zero row in the index, no place (NaN), no topic (-1) and
no neighbours (-1); a snapshot in which none waits comes back as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from embeddings.parts import part_of
from explorer.index.snapshot import Snapshot
from explorer.map.topics import Topics
from explorer.map.trust import UNKNOWN
from explorer.search.words import WordIndex


def without_rows(snapshot: Snapshot, gone: NDArray[np.bool_]) -> Snapshot:
    """The snapshot less the rows `gone` (n,): its arrays are as if those papers had never been there.

    A paper that loses a neighbour is searched anew; the word index stays as it is, with rows of papers that are gone.
    """
    part = _at(snapshot, np.flatnonzero(~gone))
    embedded = part.embedded
    width = min(part.graph.shape[1], max(0, int(np.count_nonzero(embedded)) - 1))
    lost = np.flatnonzero((part.graph < 0).any(axis=1) & embedded)
    graph = part.graph[:, :width]
    for row, nearest in zip(lost, part.index.search(part.index.at(lost), width + 1, embedded)[0], strict=True):
        graph[row] = nearest[nearest != row][:width]
    near = snapshot.near[np.isin(snapshot.near, part.keys).all(axis=1)]
    part = replace(part, graph=graph, near=near)
    words = snapshot.keywords  # of its own, as it keeps where the rows of its papers are
    part.__dict__["keywords"] = WordIndex(words.segments, words.live)
    return part


def embedded_part(snapshot: Snapshot) -> Snapshot:
    """The arrays of the papers that have a vector alone; the word indexes in its folder are those of all papers."""
    rows = np.flatnonzero(snapshot.embedded)
    return snapshot if len(rows) == len(snapshot.keys) else _at(snapshot, rows)


def _at(snapshot: Snapshot, rows: NDArray[np.int64]) -> Snapshot:
    """The arrays at `rows` (m,), ascending; a neighbour that is not among them is -1."""
    new_rows = np.full(len(snapshot.keys) + 1, -1, np.int32)  # the last is for -1, no neighbour
    new_rows[rows] = np.arange(len(rows), dtype=np.int32)
    levels = (replace(level, assignment=level.assignment[rows]) for level in snapshot.topics.levels)
    return replace(
        snapshot, keys=snapshot.keys[rows], index=part_of(snapshot.index, rows),
        positions=snapshot.positions[rows], topics=Topics(tuple(levels)), drawn=snapshot.drawn[rows],
        stamps=snapshot.stamps[rows], graph=new_rows[snapshot.graph[rows]], illegible=None, scale=None,
        recall=None,
        shares=None if snapshot.shares is None else snapshot.shares[rows],
        typicality=None if snapshot.typicality is None else snapshot.typicality[rows],
        doubt=None if snapshot.doubt is None else snapshot.doubt[rows],
    )  # fmt: skip


def filled_up(part: Snapshot, keys: NDArray[np.int64], stamps: NDArray[np.uint64]) -> Snapshot:
    """`part` with rows for all `keys` (n,) ascending, among them its own, and their `stamps` (n,)."""
    count, rows = len(keys), np.searchsorted(keys, part.keys).astype(np.int32)
    if len(rows) == count:
        return part

    def spread(values: NDArray[Any], missing: float) -> NDArray[Any]:
        filled = np.full((count, *values.shape[1:]), missing, values.dtype)
        filled[rows] = values
        return filled

    levels = (replace(level, assignment=spread(level.assignment, -1)) for level in part.topics.levels)
    graph = np.where(part.graph >= 0, rows[part.graph], -1) if len(rows) else part.graph
    return replace(
        part, keys=keys, index=VectorIndex.build(spread(part.index.vectors(), 0)),
        positions=spread(part.positions, np.nan), topics=Topics(tuple(levels)), drawn=spread(part.drawn, False),
        stamps=stamps, graph=spread(graph, -1), shares=spread(part.trust, UNKNOWN),
        typicality=spread(part.typical, 0), doubt=spread(part.doubts, 0),
    )  # fmt: skip
