"""Imports: which files were read when, what came of their records, and how the latest is undone.

Knows the tables imports and problems; what a record is, `records` knows. Always true: counts and problems of an import
are committed together with the papers they count; only the latest change can be undone, once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from explorer.paper import Problem
from explorer.store.checksums import SOUND
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
        """Remember that an import of `files` began, or another change (`kind`: add, sync, remove); its number.

        What was interrupted goes on if it is the same, and both are undone together; else it is over: a remark says so.
        """
        with self._database.transaction():
            before = self.interrupted()
            goes_on = before is not None and (before.kind, before.files) == (kind, tuple(files))
            if not goes_on:
                self._forget_replaced()
            values = json.dumps(list(files)), started, kind
            number = int(
                self._run("INSERT INTO imports (files, started, kind) VALUES (?, ?, ?)", *values).lastrowid or 0
            )
            self._set_underway(f"{kind} {number}")
            if before is not None:
                finished = None if goes_on else before.finished or started
                self._run("UPDATE imports SET finished = ? WHERE import = ?", finished, before.number)
            if before is not None and not goes_on:
                self.put_problem(number, Problem(", ".join(before.files), 0, 0, _over(before)))
        return number

    def interrupted(self) -> Import | None:
        """The latest change, if it did not come to its end: what it reads, embeds or draws is still to be done."""
        latest = next(iter(self.all()), None)
        if latest is None or latest.undone:
            return None
        return latest if latest.finished is None or self.underway == (latest.kind, latest.number) else None

    @property
    def underway(self) -> tuple[str, int]:
        """Verb and number of the change that index and map do not show yet; ("", 0) when they show all."""
        sql = f"SELECT name, value, {SOUND['settings']} FROM settings WHERE name = 'underway'"
        _, value = next(self._sound("settings", self._run(sql)), ("", ""))
        verb, _, number = value.partition(" ")
        return verb, int(number or 0)

    def _set_underway(self, what: str) -> None:
        self._run("INSERT OR REPLACE INTO settings VALUES ('underway', ?)", what)

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
            if done.undone:
                break
            if chain and (done.finished or (done.kind, done.files) != (chain[0].kind, chain[0].files)):
                break
            chain.append(done)
        return chain

    def undo(self, numbers: Sequence[int], now: str) -> None:
        """Undo these imports, the latest first, in one transaction."""
        with self._database.transaction():
            for number in numbers:
                self._records.undo(number)
                self._run("UPDATE imports SET undone = ? WHERE import = ?", now, number)
            self._set_underway(f"undo {numbers[-1]}")

    def put_problem(self, number: int, problem: Problem) -> None:
        """Keep a problem of an import. Call inside a transaction."""
        self._run("INSERT INTO problems VALUES (?, ?, ?, ?, ?)", number, *astuple(problem))

    def problems(self, number: int) -> list[Problem]:
        """The problems of an import, in the order of reading."""
        sql = f"SELECT file, record, line, reason, {SOUND['problems']} FROM problems WHERE import = ? ORDER BY rowid"
        return [Problem(*row) for row in self._sound("problems", self._run(sql, number))]

    def repeats(self, number: int) -> int:
        """How many records of an import joined a paper that it had brought itself."""
        sql = """SELECT COUNT(*) FROM records AS own WHERE added = :number AND EXISTS (
                     SELECT 1 FROM records WHERE paper = own.paper AND added = :number AND number < own.number)
                 AND NOT EXISTS (SELECT 1 FROM records WHERE paper = own.paper AND added < :number)"""
        return int(self._db.execute(sql, {"number": number}).fetchone()[0])

    def all(self) -> list[Import]:
        """All imports, the latest first."""
        imports = self._run(
            f"""SELECT import, files, started, finished, kind, read, added, merged, updated, unchanged, removed,
                       without_abstract, undone, {SOUND["imports"]}
                FROM imports ORDER BY import DESC"""
        )
        rows = self._sound("imports", imports)
        return [Import(number, tuple(json.loads(files)), *values) for number, files, *values in rows]

    def _forget_replaced(self) -> None:
        """Give up undoing what came before, and the marks of papers that are gone."""
        self._run("DELETE FROM replaced")
        for table in ("marks", "notes"):
            self._run(f"DELETE FROM {table} WHERE paper NOT IN (SELECT key FROM papers)")


def _over(change: Import) -> str:
    rest = "; to read what is left of it, give the same command again" if change.finished is None else ""
    return f"this {change.kind} ({change.started}) was interrupted. It is over now, and cannot be undone any more{rest}"
