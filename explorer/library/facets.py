"""What sets papers apart beside topics: venues, files that they came from, collections, each with its papers.

Knows rows and the store. Always true: a facet's size is the number of the given papers that pass a filter by it, so
that a click on it leaves just as many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import places_in
from explorer.library.snapshot import CurrentSnapshot
from explorer.store import HIDDEN
from explorer.store.papers import files_by_paper, venue_by_paper
from explorer.text import fold

_MOST = 12  # of each kind: more are looked for in the filters


@dataclass(frozen=True)
class Facet:
    """A value of a field of the filter ("venue" or "source"), and its number of papers."""

    field: str
    value: str
    size: int


@dataclass(frozen=True)
class _Venues:
    names: tuple[str, ...]  # as most papers write it
    folded: tuple[str, ...]
    codes: NDArray[np.int32]  # (n,) the venue of each row, -1 for none


@dataclass(frozen=True)
class Kinds:
    """What papers differ in: the names of the most common kinds, and of each row the number of its kind,
    counted from 1, (n,) uint8; 0 for what is of none of them.
    """

    names: tuple[str, ...]
    codes: NDArray[np.uint8]


def venues(snapshot: CurrentSnapshot) -> Kinds:
    """The twelve most common venues, the most common first."""
    read = _venues(snapshot)
    counts = np.bincount(read.codes[read.codes >= 0], minlength=len(read.names))
    common = np.argsort(-counts, kind="stable")[:_MOST].tolist()
    numbers = np.zeros(len(read.names) + 1, np.uint8)  # the last is that of no venue, -1
    numbers[common] = np.arange(1, len(common) + 1)
    return Kinds(tuple(read.names[code] for code in common), numbers[read.codes])


def collections(members: Mapping[str, NDArray[np.int64]], count: int) -> Kinds:
    """The twelve largest collections, the largest first, of `count` rows; a paper of several is of the smallest.

    `members` holds the rows of each.
    """
    inside = {name: rows for name, rows in members.items() if name != HIDDEN and len(rows)}
    names = sorted(inside, key=lambda name: (-len(inside[name]), name))[:_MOST]
    codes = np.zeros(count, np.uint8)
    for number, name in enumerate(names, 1):
        codes[inside[name]] = number
    return Kinds(tuple(names), codes)


def facets(snapshot: CurrentSnapshot, rows: NDArray[np.int64]) -> tuple[Facet, ...]:
    """The venues and files of the papers at `rows`, commonest first; none of a kind that all share."""
    return (*_venue_facets(snapshot, rows), *_file_facets(snapshot, rows))


def _venue_facets(snapshot: CurrentSnapshot, rows: NDArray[np.int64]) -> list[Facet]:
    read = _venues(snapshot)
    codes = read.codes[rows]
    counts = np.bincount(codes[codes >= 0], minlength=len(read.names))
    common = np.argsort(-counts, kind="stable")[:_MOST]
    there = np.flatnonzero(counts)
    names = [(code, read.folded[code]) for code in common.tolist() if counts[code]]
    # The filter takes a venue for every other that contains it, and so does the count.
    sizes = {code: sum(int(counts[part]) for part in there if name in read.folded[part]) for code, name in names}
    chosen = [Facet("venue", read.names[code], size) for code, size in sizes.items()]
    return sorted(chosen, key=lambda facet: -facet.size) if _apart(chosen, len(rows)) else []


def _file_facets(snapshot: CurrentSnapshot, rows: NDArray[np.int64]) -> list[Facet]:
    files = rows_of_files(snapshot)
    here = np.zeros(len(snapshot.arrays.keys), bool)
    here[rows] = True
    chosen = [Facet("source", file, int(np.count_nonzero(here[inside]))) for file, inside in files.items()]
    chosen = sorted((facet for facet in chosen if facet.size), key=lambda facet: -facet.size)[:_MOST]
    return chosen if _apart(chosen, len(rows)) else []


def _apart(chosen: Sequence[Facet], count: int) -> bool:
    return len(chosen) > 1 or any(facet.size < count for facet in chosen)


def _venues(snapshot: CurrentSnapshot) -> _Venues:
    return snapshot.once("venue of each row", lambda: _read_venues(snapshot))


def _read_venues(snapshot: CurrentSnapshot) -> _Venues:
    written = venue_by_paper(snapshot._store.papers)
    numbers: dict[str, int] = {}
    spellings: list[dict[str, int]] = []
    codes = np.full(len(snapshot.arrays.keys), -1, np.int32)
    for row, key in enumerate(snapshot.arrays.keys.tolist()):
        if venue := written.get(key):
            code = codes[row] = numbers.setdefault(fold(venue), len(numbers))
            if code == len(spellings):
                spellings.append({})
            spellings[code][venue] = spellings[code].get(venue, 0) + 1
    names = tuple(max(some, key=lambda name: some[name]) for some in spellings)
    return _Venues(names, tuple(numbers), codes)


def rows_of_files(snapshot: CurrentSnapshot) -> dict[str, NDArray[np.int64]]:
    """Rows of the papers that each source file holds, by its name, in the order of the alphabet."""
    return snapshot.once("rows of each file", lambda: _read_files(snapshot))


def _read_files(snapshot: CurrentSnapshot) -> dict[str, NDArray[np.int64]]:
    keys, rows = snapshot.arrays.keys, dict[str, NDArray[np.int64]]()
    for file, papers in files_by_paper(snapshot._store.papers).items():
        places = places_in(keys, papers)
        rows[file] = places[places >= 0]
    return rows
