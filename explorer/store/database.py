"""The SQLite file itself: its tables, its migrations, its connections and the writer's lock.

Knows tables, not what their rows mean. Always true: a file is migrated in one transaction; a connection belongs
to one thread; big changes (imports, builds) need the lock, held by one process at a time; a mark or a note needs only
SQLite's own lock, for a moment, so that it can be set while an import runs.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from explorer.errors import EmptyLibrary, LibraryError

FILE = "library.sqlite"
LOCK = "library.lock"

_MIGRATIONS = Path(__file__).with_name("migrations")
_MANY = 30_000  # SQLite allows 32,766 variables in one statement since 3.32


@cache
def migrations() -> tuple[str, ...]:
    """SQL by version: script i takes a file from version i to i + 1. A script that was released is never changed."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(_MIGRATIONS.glob("*.sql")))


class Database:
    """Connections to one library file, one a thread."""

    def __init__(self, path: Path, *, write: bool, lock: object = None) -> None:
        self.path = path
        self.write = write
        self._lock = lock
        self._local = threading.local()

    @classmethod
    def open(cls, folder: Path, *, write: bool) -> Database:
        """The file in `folder`; for writing it is created when missing, and locked. Raises LibraryError."""
        path = folder / FILE
        if not write:
            if not path.is_file():
                raise LibraryError(f"no library in {folder}; make one with: explorer add FILE --library {folder}")
            database = cls(path, write=False)
            if database.version() == 0:
                raise EmptyLibrary(f"the library in {folder} holds nothing yet; add a file to it: explorer add FILE")
            return database
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"cannot make the folder {folder} for a library: {error.strerror}") from error
        database = cls(path, write=True, lock=_take_lock(folder))
        try:
            database.migrate()
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def is_old(cls, folder: Path) -> bool:
        """Whether the file in `folder` is there and of an earlier version."""
        if not (folder / FILE).is_file():
            return False
        with closing(cls(folder / FILE, write=False)) as database:
            return 0 < database.version() < len(migrations())

    def close(self) -> None:
        """Close this thread's connection and let go of the writer's lock."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection
        if self._lock is not None:
            self._lock.release()  # type: ignore[attr-defined]
            self._lock = None

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        mode = "rwc" if self.write else "ro"
        if not self.write and not os.access(self.path.parent, os.W_OK):
            mode += "&immutable=1"  # on a read-only disk nobody writes, and SQLite cannot make its -shm file
        connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode={mode}", uri=True, timeout=30)
        connection.isolation_level = None  # transactions are opened and closed by name, see `transaction`
        connection.execute("PRAGMA foreign_keys = ON")
        if self.write:
            connection.execute("PRAGMA journal_mode = WAL")
            # A commit survives the death of the process; FULL makes it survive a power cut as well.
            connection.execute("PRAGMA synchronous = FULL")
        return connection

    def version(self) -> int:
        """The file's version; 0 for a new one. Raises LibraryError when it is newer than this program or no library."""
        try:
            version = int(self.connection.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.DatabaseError as error:
            raise LibraryError(
                f"{self.path} is not a library or is damaged ({error}); put back a copy, or add your files again to "
                "another folder"
            ) from error
        if version > len(migrations()):
            raise LibraryError(f"{self.path} was written by a newer explorer (version {version}); upgrade this one")
        return version

    def migrate(self) -> None:
        """Bring the file to the newest version, in one transaction: a reader never sees it half done."""
        if self.version() == len(migrations()):
            return
        with self.transaction():
            for script in migrations()[self.version() :]:
                for statement in _statements(script):
                    self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {len(migrations())}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside; inside another transaction, a part of it."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @contextmanager
    def moment(self) -> Iterator[sqlite3.Connection]:
        """A connection that may write, for one short transaction, also while another process holds the writer's lock.

        Raises LibraryError when the file cannot be written or stays busy for half a minute.
        """
        if self.write:
            with self.transaction():
                yield self.connection
            return
        writer = Database(self.path, write=True)
        try:
            with closing(writer), writer.transaction():
                yield writer.connection
        except sqlite3.OperationalError as error:
            raise LibraryError(f"{self.path} cannot be written now ({error}); try again in a moment") from error


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: `executescript` would end the transaction."""
    code = "\n".join(line for line in script.splitlines() if not line.startswith("--"))
    yield from filter(str.strip, code.split(";"))


class Table:
    """The face of some tables of an open library file; its subclasses hold the SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def _db(self) -> sqlite3.Connection:
        return self._database.connection

    def _run(self, sql: str, *values: object) -> sqlite3.Cursor:
        """Run a statement; its cursor."""
        return self._db.execute(sql, values)

    def _row(self, sql: str, *values: object) -> Any:
        """The first row of a query, None when it has none."""
        return self._run(sql, *values).fetchone()

    def _column(self, sql: str, *values: object) -> list[Any]:
        """The first value of each row of a query."""
        return [row[0] for row in self._run(sql, *values)]

    def _among(self, sql: str, keys: Sequence[object]) -> Iterator[Any]:
        """The rows of a query that says IN ({}) of `keys`, asked in parts that one statement can hold."""
        for start in range(0, len(keys), _MANY):
            part = keys[start : start + _MANY]
            yield from self._run(sql.format(",".join("?" * len(part))), *part)


def _take_lock(folder: Path) -> object:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LibraryError(
            f"another explorer is writing to {folder} (an add, a build, or an import in the app); "
            "wait until it is done, then try again"
        ) from None
    return lock
