"""Imports: which files were read when, what came of their records, and how the latest is undone.

Knows the tables imports and problems; what a record is, `records` knows. Always true: counts and problems of an import
are committed together with the papers they count; only the latest change can be undone, once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from explorer.paper import Problem
from explorer.store.database import Database, Table
from explorer.store.records import RecordTable


@dataclass(frozen=True)
class Counts:
    """What came of the records of an import; read = added + merged + updated + unchanged + lost.

    merged: the paper was there from another record; updated: the same record said something new; unchanged: it said
    the same. removed: papers taken away.
    """

    read: int = 0
    added: int = 0
    merged: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    without_abstract: int = 0


_COUNTS = tuple(count.name for count in fields(Counts))
_PLACES = ", ".join(f"{name} = ?" for name in _COUNTS)


@dataclass(frozen=True, slots=True)
class Import:
    """One import as it is remembered: its files, when, and what came of its records."""

    number: int
    files: tuple[str, ...]
    started: str
    finished: str | None
    kind: str
    read: int
    added: int
    merged: int
    updated: int
    unchanged: int
    removed: int
    without_abstract: int
    undone: str | None


class ImportTable(Table):
    """The imports of an open library."""

    def __init__(self, database: Database, records: RecordTable) -> None:
        super().__init__(database)
        self._records = records

    def begin(self, files: Sequence[str], started: str, kind: str = "add") -> int:
        """Remember that an import of `files` began, or another change (`kind`: add, sync, remove); its number."""
        with self._database.transaction():
            latest = self.all()[:1]
            if not (latest and latest[0].finished is None and latest[0].files == tuple(files)):
                self._forget_replaced()  # else it is the same import going on, and is undone with it
            values = json.dumps(list(files)), started, kind
            cursor = self._run("INSERT INTO imports (files, started, kind) VALUES (?, ?, ?)", *values)
        return int(cursor.lastrowid or 0)

    def count(self, number: int, counts: Counts) -> None:
        """Bring the counts of an import up to date. Call inside the transaction that holds the papers counted."""
        self._run(f"UPDATE imports SET {_PLACES} WHERE import = ?", *astuple(counts), number)

    def end(self, number: int, finished: str, removed: int = 0) -> None:
        """Remember that an import read its files to the end, and how many papers it took away."""
        with self._database.transaction():
            self._run("UPDATE imports SET finished = ?, removed = ? WHERE import = ?", finished, removed, number)

    def undoable(self) -> list[Import]:
        """The latest import, if it can be undone, after those it went on with: all are undone together."""
        chain: list[Import] = []
        for done in self.all():
            if done.undone or (chain and (done.finished or done.files != chain[0].files)):
                break
            chain.append(done)
        return chain

    def undo(self, numbers: Sequence[int], now: str) -> None:
        """Undo these imports, the latest first, in one transaction."""
        with self._database.transaction():
            for number in numbers:
                self._records.undo(number)
                self._run("UPDATE imports SET undone = ? WHERE import = ?", now, number)

    def put_problem(self, number: int, problem: Problem) -> None:
        """Keep a problem of an import. Call inside a transaction."""
        self._run("INSERT INTO problems VALUES (?, ?, ?, ?, ?)", number, *astuple(problem))

    def problems(self, number: int) -> list[Problem]:
        """The problems of an import, in the order of reading."""
        sql = "SELECT file, record, line, reason FROM problems WHERE import = ? ORDER BY rowid"
        return [Problem(*row) for row in self._run(sql, number)]

    def all(self) -> list[Import]:
        """All imports, the latest first."""
        imports = self._run(
            """SELECT import, files, started, finished, kind, read, added, merged, updated, unchanged, removed,
                      without_abstract, undone
               FROM imports ORDER BY import DESC"""
        )
        return [Import(number, tuple(json.loads(files)), *values) for number, files, *values in imports]

    def _forget_replaced(self) -> None:
        """Give up undoing what came before, and the marks of papers that are gone."""
        self._run("DELETE FROM replaced")
        for table in ("marks", "notes"):
            self._run(f"DELETE FROM {table} WHERE paper NOT IN (SELECT key FROM papers)")
