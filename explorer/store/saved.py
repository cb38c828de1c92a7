"""Saved searches: what was asked, and which papers existed when it was last viewed.

Knows the tables saved and shown; runs no search and reads no question. Always true: a paper has come since only when
neither it nor any of its records was there, and it was never among the results that were viewed: not by an update, a
merge, a split, an undone removal, or by coming back after it was taken away. All changes can be made in an import.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.store.checksums import SOUND
from explorer.store.database import Table
from explorer.store.marks import count_up


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A saved search as it is kept: the text as typed, ids liked and unliked, and the filter beside it as JSON.

    `tree` is the JSON of the filter that the text asked for, read in version `language` of the box's language; None
    for searches saved before it was kept. `looked` is when its results were last viewed, in ISO 8601, UTC.
    """

    name: str
    text: str
    like: tuple[str, ...]
    unlike: tuple[str, ...]
    within: str
    looked: str
    language: int | None = None
    tree: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The papers there were at some moment: keys and record numbers up to these."""

    paper: int
    record: int


class SavedTable(Table):
    """The saved searches of an open library."""

    def seal(self) -> None:
        """From now on nothing in the file can be changed, marks neither: SealedLibrary is raised."""
        self._database.sealed = True

    def all(self) -> list[SavedRow]:
        """All saved searches, by name."""
        columns = "name, question, liked, unliked, filter, looked, language, tree"
        rows = self._sound("saved", self._run(f"SELECT {columns}, {SOUND['saved']} FROM saved ORDER BY name"))
        return [
            SavedRow(name, text, tuple(json.loads(liked)), tuple(json.loads(unliked)), *rest)
            for name, text, liked, unliked, *rest in rows
        ]

    def put(self, saved: SavedRow, known: Known, shown: Iterable[str]) -> bool:
        """Save a search whose results `shown` (ids) were viewed; False, and nothing is changed, for a taken name."""
        values = (saved.name, saved.text, json.dumps(saved.like), json.dumps(saved.unlike), saved.within)
        with self._database.moment() as db:
            made = db.execute(
                """INSERT OR IGNORE INTO saved
                   (name, question, liked, unliked, filter, looked, language, tree, paper, record)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (*values, saved.looked, saved.language, saved.tree, known.paper, known.record),
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
        """Remember that its results were viewed: everything `known`, and `shown` (ids) for good."""
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
        (unseen,) = self._row("SELECT MIN(number) FROM records WHERE paper > ?", newest)
        (last,) = self._row("SELECT COALESCE(MAX(number), 0) FROM records")
        return Known(newest, last if unseen is None else unseen - 1)

    def came(self, name: str) -> set[int]:
        """Keys of the papers that came into the library since the results were last viewed."""
        sql = """SELECT key FROM saved JOIN papers ON papers.key > saved.paper WHERE saved.name = ?
               AND (SELECT MIN(number) FROM records WHERE records.paper = papers.key) > saved.record
               AND papers.id NOT IN (SELECT id FROM shown WHERE search = saved.name)"""
        return set(self._column(sql, name))

    def fresh(self) -> set[str]:
        """Names of the searches since whose last view any paper came, see `came`."""
        sql = """SELECT name FROM saved WHERE EXISTS (
                   SELECT 1 FROM papers WHERE papers.key > saved.paper
                   AND (SELECT MIN(number) FROM records WHERE records.paper = papers.key) > saved.record
                   AND papers.id NOT IN (SELECT id FROM shown WHERE search = saved.name))"""
        return set(self._column(sql))

    def vector(self, name: str, encoder: str, revision: str) -> NDArray[np.float32] | None:
        """The vector of the question, (dimension,), None while it is not known under this encoder and revision."""
        sql = f"SELECT name, vector, {SOUND['saved']} FROM saved WHERE name = ? AND encoder = ? AND revision = ?"
        row = next(self._sound("saved", self._run(sql, name, encoder, revision)), None)
        return np.frombuffer(row[1], dtype="<f4").astype(np.float32) if row else None

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
