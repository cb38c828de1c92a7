"""Drawings of the map: places and topics as they were last shown, so that people can go back to them.

Knows the table drawings as arrays, neither layouts nor labels. Always true: arrays come back to the bit; numbers grow;
of many drawings the latest stay. What is written here belongs in the transaction that shows another map.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.store.checksums import SOUND
from explorer.store.database import Table

_MOST = 5  # drawings: 110 KB each for 10,000 papers, 1 % of what their vectors take


@dataclass(frozen=True, slots=True)
class DrawingEntry:
    """A drawing in a list: its number, when it was drawn ("" for a map of an earlier version), from which seed, and the
    drawing shown before it (0: none); papers on it, and the percent of near papers near on it then, -1 if unknown."""

    number: int
    made: str
    seed: int
    before: int
    papers: int
    fit: int


@dataclass(frozen=True, eq=False, slots=True)
class DrawingArrays:
    """What a drawing shows: `keys` (n,) int64 ascending, `places` (n, 2) float32, `drawn` (n,) bool, of each level the
    topic of each paper, (levels, n) int32, and the `labels` as JSON."""

    keys: NDArray[np.int64]
    places: NDArray[np.float32]
    drawn: NDArray[np.bool_]
    topics: NDArray[np.int32]
    labels: str = field(repr=False)


_ENTRY = "number, made, seed, before, papers, fit"
_ARRAYS = "keys, places, drawn, topics, labels"


class DrawingTable(Table):
    """The drawings of an open library. What writes is called inside a transaction."""

    def all(self) -> list[DrawingEntry]:
        """All drawings, the latest first."""
        sql = f"SELECT {_ENTRY}, {SOUND['drawings']} FROM drawings ORDER BY number DESC"
        return [DrawingEntry(*row) for row in self._sound("drawings", self._run(sql))]

    def get(self, number: int) -> DrawingArrays | None:
        """What a drawing shows; None when there is none such."""
        sql = f"SELECT number, {_ARRAYS}, {SOUND['drawings']} FROM drawings WHERE number = ?"
        row = next(self._sound("drawings", self._run(sql, number)), None)
        if row is None:
            return None
        _, keys, places, drawn, topics, labels = row
        gaps = np.frombuffer(zlib.decompress(keys), "<i8")
        return DrawingArrays(
            np.cumsum(gaps).astype(np.int64),
            np.frombuffer(places, "<f4").reshape(-1, 2).astype(np.float32),
            np.frombuffer(zlib.decompress(drawn), np.uint8).astype(bool),
            np.frombuffer(zlib.decompress(topics), "<i4").reshape(-1, len(gaps)).astype(np.int32),
            labels,
        )

    def add(self, made: str, seed: int, before: int, fit: int, shows: DrawingArrays) -> int:
        """Remember a drawing; its number. The oldest go, but not the drawing `before`."""
        values = made, seed, before, len(shows.keys), fit, *_packed(shows)
        places = ", ".join("?" * len(values))
        sql = f"INSERT INTO drawings (made, seed, before, papers, fit, {_ARRAYS}) VALUES ({places})"
        number = int(self._run(sql, *values).lastrowid or 0)
        self._run("DELETE FROM drawings WHERE number <= ? AND number != ?", self._oldest(), before)
        return number

    def update(self, number: int, shows: DrawingArrays) -> None:
        """Remember a drawing as it is shown now: papers came and went."""
        values = len(shows.keys), *_packed(shows), number
        sql = f"UPDATE drawings SET papers = ?, {_ARRAYS.replace(', ', ' = ?, ')} = ? WHERE number = ?"
        self._run(sql, *values)

    def _oldest(self) -> int:
        row = self._row("SELECT number FROM drawings ORDER BY number DESC LIMIT 1 OFFSET ?", _MOST)
        return int(row[0]) if row else 0


def _packed(shows: DrawingArrays) -> tuple[bytes, bytes, bytes, bytes, str]:
    """The columns `_ARRAYS`."""
    gaps = np.diff(shows.keys, prepend=0).astype("<i8")
    return (
        zlib.compress(gaps.tobytes()), shows.places.astype("<f4").tobytes(),
        zlib.compress(shows.drawn.astype(np.uint8).tobytes()), zlib.compress(shows.topics.astype("<i4").tobytes()),
        shows.labels,
    )  # fmt: skip
