"""What sets papers apart beside topics: their venues and the files that they came from, each with its papers.

Knows rows and the store. Always true: a facet's size is the number of the given papers that pass a filter by it, so
that a click on it leaves just as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.library.snapshot import CurrentSnapshot
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


def facets(snapshot: CurrentSnapshot, rows: NDArray[np.int64]) -> tuple[Facet, ...]:
    """The venues and files of the papers at `rows`, commonest first; none of a kind that all share."""
    return (*_venue_facets(snapshot, rows), *_file_facets(snapshot, rows))


def _venue_facets(snapshot: CurrentSnapshot, rows: NDArray[np.int64]) -> list[Facet]:
    venues = snapshot.once("venue of each row", lambda: _read_venues(snapshot))
    codes = venues.codes[rows]
    counts = np.bincount(codes[codes >= 0], minlength=len(venues.names))
    common = np.argsort(-counts, kind="stable")[:_MOST]
    there = np.flatnonzero(counts)
    names = [(code, venues.folded[code]) for code in common.tolist() if counts[code]]
    # The filter takes a venue for every other that contains it, and so does the count.
    sizes = {code: sum(int(counts[part]) for part in there if name in venues.folded[part]) for code, name in names}
    chosen = [Facet("venue", venues.names[code], size) for code, size in sizes.items()]
    return sorted(chosen, key=lambda facet: -facet.size) if _apart(chosen, len(rows)) else []


def _file_facets(snapshot: CurrentSnapshot, rows: NDArray[np.int64]) -> list[Facet]:
    files = snapshot.once("rows of each file", lambda: _read_files(snapshot))
    here = np.zeros(len(snapshot.arrays.keys), bool)
    here[rows] = True
    chosen = [Facet("source", file, int(np.count_nonzero(here[inside]))) for file, inside in files.items()]
    chosen = sorted((facet for facet in chosen if facet.size), key=lambda facet: -facet.size)[:_MOST]
    return chosen if _apart(chosen, len(rows)) else []


def _apart(chosen: Sequence[Facet], count: int) -> bool:
    return len(chosen) > 1 or any(facet.size < count for facet in chosen)


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


def _read_files(snapshot: CurrentSnapshot) -> dict[str, NDArray[np.int64]]:
    keys = snapshot.arrays.keys
    return {
        file: np.flatnonzero(np.isin(keys, papers)) for file, papers in files_by_paper(snapshot._store.papers).items()
    }
