"""The connections to a library file, each of a thread, and which file that is.

Knows files and threads, not tables. Always true: a connection belongs to a single thread; a file that takes the place
of the opened file is neither read nor written; after `close` no thread keeps the file, but for the moment it is in.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.errors import ReplacedLibrary
from explorer.rights import may_write, refused, share
from explorer.store import checksums, faults, log

FILE, VISITORS = "library.sqlite", "visitors"  # the file, and the folder of those of visitors
_SHARED = "mode=ro"
_ALONE = f"mode=ro&vfs={'win32' if os.name == 'nt' else 'unix'}-none"  # a log that a kill left is read, too
_PATIENCE = 30.0  # seconds to wait for another writer
Identity = tuple[int, int]
"""Device and number of a file."""


def identity_of(folder: Path) -> Identity | None:
    """What tells the library file in `folder` from all that lay or will lie there; None while there is none."""
    return _identity(folder / FILE)


def _identity(path: Path) -> Identity | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class _Idle(threading.local):
    """The connection of each thread, and what the file was like when it was opened."""

    connection: faults.Connection | None = None
    stamp: object = None
    fixed = False  # whether it does not see what is written after it was opened


class _Moment(threading.local):
    """The connection of each thread that is reading of a single commit."""

    connection: faults.Connection | None = None


class Connections:
    """Connections to the file at `path`; the first says which file that is, unless `identity` does."""

    def __init__(self, path: Path, *, write: bool, identity: Identity | None = None) -> None:
        self.path = path
        self.write = write
        self.identity = identity or _identity(path)
        self._idle = _Idle()
        self._moment = _Moment()
        self._anchor: faults.Connection | None = None

    @property
    def own(self) -> faults.Connection:
        """This thread's connection. Raises ReplacedLibrary when it has none yet and the path names another file."""
        if self._moment.connection is not None:
            return self._moment.connection
        if self._idle.fixed and self._idle.stamp != self._stamp():
            self._idle.connection = None  # not closed: somebody may be reading rows of it
        if self._idle.connection is None:
            self._idle.fixed = not self.write and self._reading_mode() != _SHARED
            self._idle.stamp = self._stamp()
            self._idle.connection = self._connect()
        return self._idle.connection

    def anchor(self) -> None:
        """Keep the file open, so that none else gets its number until `close`."""
        if self._anchor is None:
            self._check_log()
            self._anchor = self._open(check_same_thread=False)

    def close(self) -> None:
        """Let go of the file; a thread that is reading of a single commit does so at its end."""
        idle = self._idle.connection
        if idle is not None and idle is not self._moment.connection:
            idle.close()
        if self._anchor is not None:
            self._anchor.close()
            self._anchor = None
        self._idle = _Idle()  # with it go the connections of all threads that are not in use

    def check(self) -> None:
        """Raise ReplacedLibrary when the path names another file than the opened, or none."""
        if self.identity is not None and _identity(self.path) != self.identity:
            raise ReplacedLibrary(
                f"{self.path} is not the file any more that was opened: it was moved or deleted, or a copy was put in "
                "its place. Nothing was written to it; give the command again, or reload the page"
            )

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that this thread reads inside is of a single commit."""
        if self._moment.connection is not None:
            yield
            return
        if self._idle.connection is not None and self._idle.stamp != self._stamp():
            self._idle.connection.close()  # pages that it remembers may be those of a file that was copied over
            self._idle.connection = None
        connection, idle = self.own, self._idle
        self._moment.connection = connection
        try:
            _begin(connection)
            yield
        finally:
            self._moment.connection = None
            if connection.in_transaction:
                connection.execute("COMMIT")
            if self._idle is not idle:  # closed meanwhile
                connection.close()

    def renew(self) -> None:
        """Let this thread see the latest commit, also while it is `reading`."""
        if self._moment.connection is not None:
            self._moment.connection.execute("COMMIT")
            self._renewed(self._moment.connection)
            _begin(self._moment.connection)

    def _renewed(self, connection: faults.Connection) -> None:
        """For connections that read further files, between two commits."""

    def _connect(self) -> faults.Connection:
        self.check()
        self._check_log()
        connection = self._open()
        connection.isolation_level = None  # transactions are opened and closed by name
        connection.execute("PRAGMA foreign_keys = ON")
        if self.write:
            share(self.path, self.path.parent)  # its log gets the rights that it has
            connection.execute("PRAGMA journal_mode = WAL")
            # A commit survives the death of the process; FULL makes it survive a power cut as well.
            connection.execute("PRAGMA synchronous = FULL")
            self.identity = self.identity or _identity(self.path)
        try:
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()  # with the first page its log is opened
            self.check()
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_log(self) -> None:
        """Raise DamagedLibrary when the log is not of this file; before anything is opened that might write."""
        log.check(self.path, Connections(self.path, write=False)._open)

    def _open(self, *, check_same_thread: bool = True) -> faults.Connection:
        if self.write and not may_write(self.path.parent):
            raise refused(self.path.parent)
        mode = "mode=rwc" if self.write else self._reading_mode()
        address = f"{self.path.resolve().as_uri()}?{mode}"
        with faults.translated(self.path):
            connection = sqlite3.connect(
                address, uri=True, timeout=_PATIENCE, check_same_thread=check_same_thread, factory=faults.Connection
            )
        connection.path = self.path
        if mode == _ALONE:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # the index of the log is in memory then
        checksums.register(connection)
        return connection

    def _reading_mode(self) -> str:
        """How a reader opens the file: in a folder that it may not write, SQLite cannot make the index of a log."""
        index = self.path.with_name(f"{self.path.name}-shm")
        if may_write(self.path.parent) or index.exists():
            return _SHARED  # who made that index may be writing
        return _ALONE if log.holds_something(self.path) else "mode=ro&immutable=1"

    def _stamp(self) -> object:
        """Changes with the file at the path, and when it is written over, as each checkpoint does."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, self.write or self._reading_mode()


def _begin(connection: faults.Connection) -> None:
    connection.execute("BEGIN")
    connection.execute("SELECT 1 FROM sqlite_schema").fetchone()  # with this it begins indeed


def attach(connection: sqlite3.Connection, path: Path, name: str) -> None:
    """Let a connection read the tables of the file at `path`, too, under the schema `name`; they are not written."""
    mode = Connections(path, write=False)._reading_mode()
    usual = "" if "vfs=" in mode else f"&vfs={'win32' if os.name == 'nt' else 'unix'}"
    connection.execute(f"ATTACH ? AS {name}", (f"{path.resolve().as_uri()}?{mode}{usual}",))
    connection.execute(f"PRAGMA {name}.locking_mode = {'EXCLUSIVE' if mode == _ALONE else 'NORMAL'}")
