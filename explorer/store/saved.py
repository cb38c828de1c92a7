"""Saved searches: what was asked, and which papers were known when somebody last looked.

Knows the tables saved and shown; runs no search. Always true: a paper has come since only when neither it nor any of
its records was there, and it was never among the results that were looked at: not by an update, a merge, a split, an
undone removal, or by coming back after it was taken away. All changes can be made while an import runs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.filter import Filter
from explorer.store.database import Database
from explorer.store.marks import count_up


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved search: a question in the language of the box, or papers liked and unliked (ids), within a filter.

    `looked` is when its results were last looked at, in ISO 8601, UTC.
    """

    name: str
    text: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    within: Filter = field(default_factory=Filter)
    looked: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The papers known at some moment: keys and record numbers up to these."""

    paper: int
    record: int


class SavedTable:
    """The saved searches of an open library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def _db(self) -> sqlite3.Connection:
        return self._database.connection

    def all(self) -> list[Saved]:
        """All saved searches, by name."""
        found = self._db.execute("SELECT name, question, liked, unliked, filter, looked FROM saved ORDER BY name")
        return [
            Saved(name, text, tuple(json.loads(liked)), tuple(json.loads(unliked)), Filter.of_json(within), looked)
            for name, text, liked, unliked, within, looked in found
        ]

    def put(self, saved: Saved, known: Known, shown: Iterable[str]) -> bool:
        """Save a search whose results `shown` (ids) were looked at; False, and nothing is changed, for a taken name."""
        values = (saved.name, saved.text, json.dumps(saved.like), json.dumps(saved.unlike), saved.within.as_json())
        with self._database.moment() as db:
            made = db.execute(
                """INSERT OR IGNORE INTO saved (name, question, liked, unliked, filter, looked, paper, record)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                (*values, saved.looked, known.paper, known.record),
            )
            if made.rowcount:
                _show(db, saved.name, shown)
            return bool(made.rowcount)

    def drop(self, name: str) -> bool:
        """Forget a saved search; False when there is none of this name."""
        with self._database.moment() as db:
            count_up(db)
            return bool(db.execute("DELETE FROM saved WHERE name = ?", (name,)).rowcount)

    def look(self, name: str, known: Known, shown: Iterable[str], now: str) -> None:
        """Remember that its results were looked at: everything `known`, and `shown` (ids) for good."""
        with self._database.moment() as db:
            # Never backwards: a reader that opened the library long ago may look, too.
            looked = db.execute(
                "UPDATE saved SET looked = ?, paper = MAX(paper, ?), record = MAX(record, ?) WHERE name = ?",
                (now, known.paper, known.record, name),
            )
            if looked.rowcount:
                _show(db, name, shown)

    def known(self, newest: int) -> Known:
        """What is known to somebody who sees the papers with keys up to `newest`; an import may be going on."""
        (unseen,) = self._db.execute("SELECT MIN(number) FROM records WHERE paper > ?", (newest,)).fetchone()
        (last,) = self._db.execute("SELECT COALESCE(MAX(number), 0) FROM records").fetchone()
        return Known(newest, last if unseen is None else unseen - 1)

    def came(self, name: str) -> set[int]:
        """Keys of the papers that came into the library since the results were last looked at."""
        found = self._db.execute(
            """SELECT key FROM saved JOIN papers ON papers.key > saved.paper WHERE saved.name = ?
               AND (SELECT MIN(number) FROM records WHERE records.paper = papers.key) > saved.record
               AND papers.id NOT IN (SELECT id FROM shown WHERE search = saved.name)""",
            (name,),
        )
        return {row[0] for row in found}

    def vector(self, name: str, encoder: str, revision: str) -> NDArray[np.float32] | None:
        """The vector of the question, (dimension,), None while it is not known under this encoder and revision."""
        row = self._db.execute(
            "SELECT vector FROM saved WHERE name = ? AND encoder = ? AND revision = ?", (name, encoder, revision)
        ).fetchone()
        return np.frombuffer(row[0], dtype="<f4").astype(np.float32) if row else None

    def put_vector(self, name: str, encoder: str, revision: str, vector: NDArray[np.float32]) -> None:
        """Keep the vector of the question, so that asking again does not need the language model."""
        with self._database.moment() as db:
            db.execute(
                "UPDATE saved SET encoder = ?, revision = ?, vector = ? WHERE name = ?",
                (encoder, revision, vector.astype("<f4").tobytes(), name),
            )


def _show(db: sqlite3.Connection, name: str, ids: Iterable[str]) -> None:
    db.executemany("INSERT OR IGNORE INTO shown VALUES (?, ?)", [(name, paper_id) for paper_id in ids])
    count_up(db)
