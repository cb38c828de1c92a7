"""The snapshot of several libraries together: their arrays end to end, each paper once.

Knows arrays, keys and rows; asks no question. Always true: words are weighed and vectors compared as if all papers lay
in a single library; a paper that several libraries hold has the row of the first of them; keys grow by library, then by
paper. The neighbours of a row are those of its own library until `complete` has looked for them in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from embeddings.joined import Joined
from embeddings.parts import part_of
from embeddings.vectors import Rows
from explorer.index.build import BEARING
from explorer.index.snapshot import Snapshot
from explorer.map.topics import Topics
from explorer.search.certainty import SAMPLE, Scale, measured
from explorer.search.ranking import WHOLE
from explorer.search.words import WordIndex

Pairs = Sequence[tuple[int, int]]
Mask = NDArray[np.bool_]
_PAIRS = 50_000  # random pairs that calibrate similarities: at 99.9 % the percentile's standard error is 0.014
_NEARLY = 64  # rows that are near by their codes, of which the nearest are taken where libraries are large
_NEAR = 0.95  # cosine of near-copies, as in a single library


@dataclass(frozen=True)
class Part:
    """A library as a part: its arrays, the rows that the model cannot read (m,), pairs of keys that are two papers."""

    arrays: Snapshot
    illegible: Mask
    apart: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Together:
    """Several libraries' papers as n rows.

    `places`: for each library the row here of each of its papers, (m,). `library` and `own` (n,): which library a row
    is shown from, and its row there. `holders`: of a row that several libraries hold, all (library, row there).
    `offsets`: what is added to the keys of each library. `apart`: pairs of keys that are two papers.
    """

    arrays: Snapshot
    places: tuple[Rows, ...]
    library: NDArray[np.int16]
    own: Rows
    holders: dict[int, tuple[tuple[int, int], ...]]
    offsets: tuple[int, ...]
    illegible: Mask
    apart: set[tuple[int, int]]
    _complete: Mask = field(repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def complete(self, rows: Rows) -> bool:
        """Give `rows` (m,) their neighbours among all libraries; whether any lacked them."""
        arrays = self.arrays
        with self._lock:
            rows = rows[~self._complete[rows] & arrays.embedded[rows]]
            if not len(rows):
                return False
            nearest, close = _nearest(arrays.index, rows, arrays.embedded)
            arrays.graph[rows] = nearest[:, : arrays.graph.shape[1]]
            copies = [
                (min(row, near), max(row, near))
                for row, others, cosines in zip(rows.tolist(), nearest.tolist(), close.tolist(), strict=True)
                for near, cosine in zip(others, cosines, strict=False)
                if cosine >= _NEAR
            ]
            if copies:
                pairs = np.unique(np.concatenate([arrays.near, arrays.keys[np.array(copies)]]), axis=0)
                arrays.__dict__["near"] = pairs
            self._complete[rows] = True
        return True

    def spread(self, masks: Sequence[Mask | None]) -> Mask | None:
        """The rows (n,) that pass in any library, by what passes in each, (m,) or None for all; None when all do."""
        passing = np.zeros(len(self.own), bool)
        for places, mask in zip(self.places, masks, strict=True):
            passing[places if mask is None else places[mask]] = True
        return None if passing.all() else passing

    def held_by(self, row: int) -> tuple[tuple[int, int], ...]:
        """The libraries that hold the paper of a row, and its row in each."""
        return self.holders.get(row) or ((int(self.library[row]), int(self.own[row])),)


def together(parts: Sequence[Part], same: dict[tuple[int, int], Pairs], subjects: NDArray[np.float32]) -> Together:
    """Libraries end to end; `same` has the pairs of keys that are the same paper in libraries i < j, by (i, j).

    `subjects` (s, d) are general subjects, of the encoder of all.
    """
    home = _homes([part.arrays for part in parts], same)
    stays = [np.ones(len(part.arrays.keys), bool) for part in parts]
    for number, row in home:
        stays[number][row] = False
    starts = np.cumsum([0, *(int(mask.sum()) for mask in stays)])
    places = tuple(np.where(mask, np.cumsum(mask) - 1 + start, -1) for mask, start in zip(stays, starts, strict=False))
    holders: dict[int, list[tuple[int, int]]] = {}
    for (number, row), (first, its) in home.items():
        place = int(places[first][its])
        places[number][row] = place
        holders.setdefault(place, [(first, its)]).append((number, row))
    library = np.repeat(np.arange(len(parts), dtype=np.int16), np.diff(starts))
    own = np.concatenate([np.flatnonzero(mask) for mask in stays])
    offsets = tuple(np.cumsum([0, *(int(part.arrays.keys.max(initial=0)) + 1 for part in parts[:-1])]).tolist())
    arrays = _arrays([part.arrays for part in parts], stays, places, offsets)
    illegible = np.concatenate([part.illegible[mask] for part, mask in zip(parts, stays, strict=True)])
    apart = {(a + offset, b + offset) for part, offset in zip(parts, offsets, strict=True) for a, b in part.apart}
    sorted_holders = {row: tuple(sorted(each)) for row, each in holders.items()}
    made = Together(
        arrays, places, library, own, sorted_holders, offsets, illegible, apart, np.zeros(len(own), bool)
    )  # fmt: skip
    arrays.__dict__["illegible"] = illegible
    arrays.__dict__["scale"] = _scale(made, subjects)
    return made


def _homes(arrays: Sequence[Snapshot], same: dict[tuple[int, int], Pairs]) -> dict[tuple[int, int], tuple[int, int]]:
    """Where each paper that an earlier library holds, too, is shown: (library, row) → (library, row).

    A chain of likenesses over three libraries joins two papers of a single library never.
    """
    home: dict[tuple[int, int], tuple[int, int]] = {}
    taken: set[tuple[tuple[int, int], int]] = set()
    for (first, second), pairs in sorted(same.items()):
        for ours, theirs in pairs:
            a, b = arrays[first].row(ours), arrays[second].row(theirs)
            if a is None or b is None or (second, b) in home:
                continue
            root = home.get((first, a), (first, a))
            if (root, second) not in taken and root[0] != second:
                home[second, b] = root
                taken.add((root, second))
    return home


def _arrays(
    arrays: Sequence[Snapshot], stays: Sequence[Mask], places: Sequence[Rows], offsets: Sequence[int]
) -> Snapshot:
    """One snapshot of what stays of several: no map of its own, and no topics."""
    rows = [np.flatnonzero(mask) for mask in stays]
    indexes = [
        each.index if mask.all() else part_of(each.index, its)
        for each, mask, its in zip(arrays, stays, rows, strict=True)
    ]
    index = Joined(indexes)
    graphs = [_graph(each, its, where) for each, its, where in zip(arrays, rows, places, strict=True)]
    near = [_near(each, its, offset) for each, its, offset in zip(arrays, rows, offsets, strict=True)]
    positions = np.concatenate([each.positions[its] for each, its in zip(arrays, rows, strict=True)])
    keys = [each.keys[its] + offset for each, its, offset in zip(arrays, rows, offsets, strict=True)]
    made = Snapshot(
        Path("together"), np.concatenate(keys), index, positions, Topics(()), np.zeros(0, np.float32),
        np.ones(len(positions), bool), np.concatenate(near), np.zeros(len(positions), np.uint64),
        np.concatenate(graphs),
    )  # fmt: skip
    made.__dict__["keywords"] = _words(arrays, keys, offsets)
    made.__dict__["pair_similarities"] = _random_pairs(index, np.flatnonzero(made.embedded))
    return made


def _graph(arrays: Snapshot, rows: Rows, places: Rows) -> NDArray[np.int32]:
    """The neighbours (m, BEARING) of `rows` of a library, as rows of all; -1 for none."""
    graph = np.asarray(arrays.graph[rows][:, :BEARING])
    moved = np.where(graph >= 0, places[graph], -1) if len(places) else graph
    wide = np.full((len(rows), BEARING), -1, np.int32)
    wide[:, : moved.shape[1]] = moved
    return wide


def _near(arrays: Snapshot, rows: Rows, offset: int) -> NDArray[np.int64]:
    """The pairs of near-copies among `rows` of a library, as keys of all."""
    near = arrays.near.reshape(-1, 2)
    return np.asarray(near[np.isin(near, arrays.keys[rows]).all(axis=1)] + offset, np.int64)


def _words(arrays: Sequence[Snapshot], keys: Sequence[NDArray[np.int64]], offsets: Sequence[int]) -> WordIndex:
    """The words of all: of each library the segments as they are, less the papers that are not shown from it."""
    segments, live = [], []
    for each, its, offset in zip(arrays, keys, offsets, strict=True):
        words = each.keywords
        moved = [replace(segment, keys=np.asarray(segment.keys) + offset) for segment in words.segments]
        segments += moved
        live.append(words.live & np.isin(words.all_keys + offset, its))
    return WordIndex(segments, np.concatenate(live))


def _nearest(index: VectorIndex, rows: Rows, allowed: Mask) -> tuple[Rows, NDArray[np.float32]]:
    """The rows (m, BEARING) nearest to each of `rows`, itself left out, -1 where there are too few; their cosines."""
    vectors = index.at(rows)
    if len(index) <= WHOLE:
        near, close = index.search(vectors, BEARING + 1, allowed)
    else:
        near = index.nearly(vectors, _NEARLY)
        close = np.stack([index.at(some) @ vector for some, vector in zip(near, vectors, strict=True)])
        close = np.where(allowed[near], close, -2)
    close = np.where(near == rows[:, None], -2, close)
    best = np.argsort(-close, axis=1, kind="stable")[:, :BEARING]
    near, close = np.take_along_axis(near, best, axis=1), np.take_along_axis(close, best, axis=1)
    wide = np.full((len(rows), BEARING), -1, np.int64)
    wide[:, : near.shape[1]] = np.where(close > -2, near, -1)
    return wide, close


def _random_pairs(index: VectorIndex, rows: Rows) -> NDArray[np.float32]:
    """Similarities of random pairs of different `rows`, ascending."""
    if len(rows) < 2:
        return np.zeros(0, np.float32)
    random = np.random.default_rng(0)
    first = random.integers(0, len(rows), _PAIRS)
    second = (first + random.integers(1, len(rows), _PAIRS)) % len(rows)
    each = [
        np.einsum("ij,ij->i", index.at(rows[first[at : at + 8192]]), index.at(rows[second[at : at + 8192]]))
        for at in range(0, _PAIRS, 8192)
    ]
    return np.sort(np.concatenate(each)).astype(np.float32)


class _Vectors:
    """The vectors of an index, read as they are needed."""

    def __init__(self, index: VectorIndex) -> None:
        self._index = index

    def __getitem__(self, rows: Rows) -> NDArray[np.float32]:
        return self._index.at(rows)


def _scale(made: Together, subjects: NDArray[np.float32]) -> Scale | None:
    """What similarity means in all together."""
    embedded = made.arrays.embedded
    rows = np.flatnonzero(embedded & ~made.illegible)
    rows = rows if len(rows) else np.flatnonzero(embedded)
    if len(rows) < 2:
        return None
    made.complete(rows[np.unique(np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64))])
    vectors: Any = _Vectors(made.arrays.index)
    return measured(cast(NDArray[np.float32], vectors), made.arrays.graph, rows, subjects)
