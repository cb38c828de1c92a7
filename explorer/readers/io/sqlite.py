"""Rows of an SQLite database that may be of any version of its program, damaged, or made to do harm.

Holds `Tables`. Knows nothing of what the tables are about.
Always true: nothing is written; only real tables are read, so that no view can compute without end; one answer takes
at most `limits.line()` characters and `DEADLINE` seconds; every failure is `Damaged`, and says in a few words why.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explorer.readers.io import limits

MAGIC = "SQLite format 3\0"
DEADLINE = 60.0  # seconds for one question; a batch of entries takes milliseconds
_STEPS = 200_000  # of SQLite's machine between two looks at the clock; some milliseconds
_PER_ROW = 100  # characters a row counts for at least; it is about what Python needs to hold one


class Damaged(Exception):
    """A question the database could not answer."""


class TooLong(Damaged):
    """An answer of more characters than a record may have."""


class Tables:
    """The tables of one database file."""

    def __init__(self, path: Path) -> None:
        self._until = 0.0
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.text_factory = _text
        self._limit = max(limits.line(), 2**20)  # characters; the tables' own definitions must fit
        self._database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 4 * self._limit)  # bytes, up to 4 a character
        self._database.set_progress_handler(lambda: time.monotonic() > self._until, _STEPS)
        self._columns: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def open(self) -> None:
        """Look at what tables there are; raises Damaged when even that cannot be read."""
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
            self.rows(f"PRAGMA {pragma}")
        for name, sql in self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
            if isinstance(name, str) and isinstance(sql, str) and not sql.upper().startswith("CREATE VIRTUAL"):
                quoted = name.replace('"', '""')
                columns = (str(row[1]) for row in self.rows(f'PRAGMA table_info("{quoted}")'))
                self._columns[name.casefold()] = {column.casefold(): column for column in columns}

    @property
    def names(self) -> list[str]:
        """The tables, in lower case."""
        return sorted(self._columns)

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        return table.casefold() in self._columns

    def column(self, table: str, *names: str) -> str:
        """The first of `names` that is a column of `table`, as `table.name`; else `NULL`."""
        there = self._columns.get(table.casefold(), {})
        return next((f"{table}.{name}" for name in names if name.casefold() in there), "NULL")

    def whole(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """All rows of a small table; none if it is missing, None for a missing column."""
        if not self.has(table):
            return []
        return self.rows(f"SELECT {', '.join(self.column(table, *name.split('|')) for name in columns)} FROM {table}")

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows that answer `sql`."""
        rows, fault = self.begin(sql, values)
        if fault:
            raise (TooLong if fault == limits.too_long("entry") else Damaged)(fault)
        return rows

    def begin(self, sql: str, values: Sequence[object] = ()) -> tuple[list[tuple[Any, ...]], str]:
        """The rows that could be read until the first fault, and that fault in words, or an empty string."""
        self._until = time.monotonic() + DEADLINE
        rows: list[tuple[Any, ...]] = []
        size = 0
        try:
            for row in self._database.execute(sql, values):
                rows.append(row)
                size += _PER_ROW + (len(row[-1]) if isinstance(row[-1], str) else 0)
                if size > self._limit:
                    return rows, limits.too_long("entry")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT and time.monotonic() <= self._until:
                raise KeyboardInterrupt from error  # it came while SQLite looked at the clock, and was dropped
            return rows, self._why(error)
        except UnicodeDecodeError:  # SQLite's own message quotes the damaged bytes
            return rows, "its description of the tables is damaged"
        return rows, ""

    def damage(self, *tables: str) -> str:
        """What SQLite's own check finds wrong with `tables`, in few words; empty if nothing or if it takes too long."""
        for table in tables:
            rows, fault = self.begin(f"PRAGMA quick_check({table})") if self.has(table) else ([("ok",)], "")
            words = fault or "".join(str(row[0]) for row in rows[:1])
            if words not in ("ok", _TOO_SLOW):
                return " ".join(words.removeprefix("*** in database main ***").split())[:120]
        return ""

    def _why(self, error: sqlite3.Error) -> str:
        if time.monotonic() > self._until:
            return _TOO_SLOW
        return limits.too_long("entry") if isinstance(error, sqlite3.DataError) else str(error)[:120]


_TOO_SLOW = "reading it takes too long"


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
