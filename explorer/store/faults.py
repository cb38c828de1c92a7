"""Faults of the library file: SQLite's errors as sentences, and connections that raise nothing else.

Knows SQLite's codes, no tables. Always true: whoever reads or writes through a `Connection` meets `LibraryError`,
never an error of sqlite3; the sentence names the file, what is wrong with it, and the next step.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from explorer import interruption
from explorer.errors import BusyLibrary, DamagedLibrary, LibraryError

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# What else may be wrong, and what helps.
_ELSE = {
    sqlite3.SQLITE_FULL: ("the disk is full", "make room on it, then give the command again"),
    sqlite3.SQLITE_READONLY: ("it may not be written", "ask its owner for the right to write in this folder"),
    sqlite3.SQLITE_PERM: ("access was refused", "ask its owner for the rights on this folder"),
    sqlite3.SQLITE_AUTH: ("access was refused", "ask its owner for the rights on this folder"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "look whether it is still there, and who may read this folder"),
    sqlite3.SQLITE_IOERR: ("the disk failed", "look whether the disk is connected and has room, then try again"),
    sqlite3.SQLITE_NOMEM: ("the memory is used up", "close some programs, then try again"),
    sqlite3.SQLITE_INTERRUPT: ("it was interrupted", "try again"),
}

# How SQLite tells that a checksum failed: of a text that is none, or by Ctrl-C. The exception itself is dropped.
_IN_A_FUNCTION = "user-defined function raised exception"


def damaged(path: Path, reason: object) -> DamagedLibrary:
    """The error for a library file that does not hold what was written, or for that of a visitor."""
    if path.parent.name == "visitors":
        return DamagedLibrary(
            f"{path} is damaged ({reason}). It holds what a reader has marked, nothing of the library; put back a "
            "copy of it, or move it away: then the reader begins anew"
        )
    return DamagedLibrary(
        f"{path} is not a library or is damaged ({reason}). See what is whole: explorer check --library {path.parent}; "
        "or put back a copy: explorer restore"
    )


def altered(path: Path, table: str, row: object) -> DamagedLibrary:
    """The error for a row that is not what was written; `row` is its first value."""
    return damaged(path, f"what was written of {row!r} in its table {table} has changed")


def shortened(path: Path, commits: int) -> DamagedLibrary:
    """The error for a library that lacks its latest commits."""
    return DamagedLibrary(
        f"{path} lacks the latest {commits} of its commits: the log {path.name}-wal beside it was lost or is damaged. "
        f"Put the log back, or go on with what is there: explorer check --repair --library {path.parent}"
    )


def foreign(path: Path) -> DamagedLibrary:
    """The error for a library file beside which the log of another lies."""
    return DamagedLibrary(
        f"the log {path.name}-wal in {path.parent} is not of the file {path.name} beside it: another file was copied "
        "over that which it belongs to. Nothing was changed. Put that file back, or go on with the file that lies "
        f"there, while the log goes to the backups: explorer check --repair --library {path.parent}"
    )


def orphaned(path: Path) -> DamagedLibrary:
    """The error for the log of a library file that is gone."""
    return DamagedLibrary(
        f"{path} is gone, but its log {path.name}-wal is there, with changes that are nowhere else. Put the file back, "
        "or a copy: explorer restore; to begin a new library, move the log away"
    )


def as_library_error(error: sqlite3.Error, path: Path) -> LibraryError:
    """What to tell of an error of SQLite about the file at `path`. Raises KeyboardInterrupt when it comes of Ctrl-C."""
    code = getattr(error, "sqlite_errorcode", None)
    if str(error) == _IN_A_FUNCTION and interruption.wanted():
        raise KeyboardInterrupt from error
    code = code & 0xFF if isinstance(code, int) else None  # the rest tells apart kinds of the same
    if code in _BUSY:
        return BusyLibrary(f"{path} cannot be used now ({error}): another program is writing to it; try again later")
    if code in _ELSE:
        what, then = _ELSE[code]
        return LibraryError(f"{path}: {what} ({error}). Nothing that was stored is lost; {then}")
    if isinstance(error, (sqlite3.ProgrammingError, sqlite3.InterfaceError)):  # closed in another thread, say
        return LibraryError(f"{path} cannot be used ({error}); open the library again, then try again")
    # A malformed page, text that is no text, a table or a column that is not there, a value that may not be.
    return damaged(path, error)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Errors of SQLite inside become those of the library at `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise as_library_error(error, path) from error


class Connection(sqlite3.Connection):
    """A connection whose errors are `LibraryError`; its `path` is the file's. `execute` gives a `Cursor`."""

    path = Path()
    lacking = False  # whether a further file that it reads is not there yet

    def cursor(self, factory: Any = None) -> Cursor:  # type: ignore[override]
        return super().cursor(Cursor)

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        return self.cursor().executemany(sql, parameters)


class Cursor(sqlite3.Cursor):
    """Rows of a query; raises LibraryError."""

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        try:
            super().execute(sql, parameters)
        except sqlite3.Error as error:
            raise self._named(error) from error
        return self

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        try:
            super().executemany(sql, parameters)
        except sqlite3.Error as error:
            raise self._named(error) from error
        return self

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except sqlite3.Error as error:
            raise self._named(error) from error

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except sqlite3.Error as error:
            raise self._named(error) from error

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except sqlite3.Error as error:
            raise self._named(error) from error

    def close(self) -> None:
        with suppress(sqlite3.Error):  # a query that was left in the middle, of a connection that is closed
            super().close()

    def _named(self, error: sqlite3.Error) -> LibraryError:
        connection = self.connection
        return as_library_error(error, connection.path if isinstance(connection, Connection) else Path())
