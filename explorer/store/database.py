"""The SQLite file itself: its tables, its migrations, its connections and the writer's lock.

Knows tables, not what their rows mean. Always true: a file is migrated in one transaction; a connection belongs
to one thread; big changes (imports, builds) need the lock, held by one process at a time; a mark or a note needs only
SQLite's own lock, for a moment, so that it can be set while an import runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from typing import Any

from explorer.errors import BusyLibrary, EmptyLibrary, LibraryError
from explorer.rights import SealedLibrary, may_write, reason_of, refused, share
from explorer.store import commits, faults
from explorer.store.commits import COUNTED
from explorer.store.connection import FILE, Connections, Identity

LOCK = "library.lock"

_MIGRATIONS = Path(__file__).with_name("migrations")
_SCHEMA, _SCHEMA_VERSION = "schema_0010.sql", 10  # what the first ten leave of a new file, in a third of the time
_MANY = 30_000  # SQLite allows 32,766 variables in one statement since 3.32


@cache
def migrations() -> tuple[str, ...]:
    """SQL by version: script i takes a file from version i to i + 1. A script that was released is never changed."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(_MIGRATIONS.glob("*.sql")))


@cache
def schema() -> tuple[int, str]:
    """A version, and the SQL that makes a new file of it, with the tables that the migrations up to it make."""
    return _SCHEMA_VERSION, _MIGRATIONS.with_name(_SCHEMA).read_text(encoding="utf-8")


class Database:
    """Connections to one library file, one a thread."""

    def __init__(self, path: Path, *, write: bool, lock: object = None, identity: Identity | None = None) -> None:
        self.path = path
        self.write = write
        self.sealed = False  # whether marks and saved searches cannot be changed either
        self._lock = lock
        self._connections = Connections(path, write=write, identity=identity)

    @classmethod
    def open(cls, folder: Path, *, write: bool) -> Database:
        """The file in `folder`; for writing it is created when missing, and locked. Raises LibraryError."""
        path = folder / FILE
        if not write:
            if not path.is_file():
                raise LibraryError(f"no library in {folder}; make one with: explorer add FILE --library {folder}")
            database = cls(path, write=False)
            database._check_commits()
            if database.version() == 0:
                raise EmptyLibrary(f"the library in {folder} holds nothing yet; add a file to it: explorer add FILE")
            database._connections.anchor()
            return database
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"cannot make the folder {folder} for a library: {reason_of(error)}") from error
        if not may_write(folder):
            raise refused(folder)
        database = cls(path, write=True, lock=_take_lock(folder))
        try:
            database._check_commits()
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
        """Let go of the file and of the writer's lock."""
        if self.write:
            with suppress(LibraryError):  # its log stays, and is read by whoever comes next
                self.settle()
        self._connections.close()
        if self._lock is not None:
            self._lock.release()  # type: ignore[attr-defined]
            self._lock = None

    @property
    def connection(self) -> faults.Connection:
        """This thread's connection. Raises ReplacedLibrary when it has none yet and another file lies at the path."""
        return self._connections.own

    @property
    def identity(self) -> Identity | None:
        """That of the file which was opened; None until it is there."""
        return self._connections.identity

    def version(self) -> int:
        """The file's version; 0 for a new one. Raises LibraryError when it is newer than this program or no library."""
        version = int(self.connection.execute("PRAGMA user_version").fetchone()[0])
        if version > len(migrations()):
            raise LibraryError(f"{self.path} was written by a newer explorer (version {version}); upgrade this one")
        return version

    def migrate(self) -> None:
        """Bring the file to the newest version, in one transaction: a reader never sees it half done."""
        if self.version() == len(migrations()):
            return
        self.connection.execute("PRAGMA foreign_keys = OFF")  # a table that is made anew takes nothing with it
        with self.transaction():
            start, made = (self.version(), ()) if self.version() else (schema()[0], schema()[1:])
            for script in (*made, *migrations()[start:]):
                for statement in statements(script):
                    self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {len(migrations())}")
        self.connection.execute("PRAGMA foreign_keys = ON")

    def settle(self) -> None:
        """Bring what was committed from the log into the file itself, as far as no reader needs the file as it was.

        Raises ReplacedLibrary when the path names another file by now, whose commits have other numbers.
        """
        self._connections.check()
        number = self._commit_number()
        db = self.connection
        patience = db.execute("PRAGMA busy_timeout").fetchone()[0]
        db.execute("PRAGMA busy_timeout = 0")  # what is read at this moment is not waited for
        _, pages, moved = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        db.execute(f"PRAGMA busy_timeout = {patience}")
        if number and pages == moved:
            commits.write(self.path.parent, commits.Commits(number, number))

    def _commit_number(self) -> int:
        """The number of the latest commit that the file and its log hold; 0 before they were counted."""
        if self.version() < COUNTED:
            return 0
        return commits.number(self.connection)

    def _check_commits(self) -> None:
        """Raise DamagedLibrary when what is here is less than was committed, as the number beside the file says."""
        beside = commits.read(self.path.parent)  # first: what it says was committed before
        if beside and beside.latest > beside.settled and beside.lacks(number := self._commit_number()):
            raise faults.shortened(self.path, beside.latest - number)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside; inside another transaction, a part of it."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            self._connections.check()
            before = self.connection.total_changes
            if self.version() >= COUNTED:
                commits.count_from(self.path.parent, self._commit_number())
            yield
            self._connections.check()
            changed = self.connection.total_changes > before and self.version() >= COUNTED
            number = commits.count(self.connection) if changed else 0
            self.connection.execute("COMMIT")
        except BaseException:
            with suppress(LibraryError):  # a full disk has rolled it back already
                self.connection.execute("ROLLBACK")
            raise
        if number:
            commits.committed(self.path.parent, number)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that this thread reads inside is of a single commit; while it writes, it sees its own changes."""
        with nullcontext() if self.write else self._connections.reading():
            yield

    def renew(self) -> None:
        """Let this thread see the latest commit, also while it is `reading`."""
        if not self.write:
            self._connections.renew()

    @contextmanager
    def moment(self) -> Iterator[sqlite3.Connection]:
        """A connection that may write, for one short transaction, also while another process holds the writer's lock.

        Raises LibraryError when the file cannot be written, must not be, or stays busy for half a minute.
        """
        if self.sealed:
            raise SealedLibrary
        if self.write:
            with self.transaction():
                yield self.connection
            return
        writer = Database(self.path, write=True, identity=self.identity)
        with closing(writer), writer.transaction():
            yield writer.connection
        self.renew()


@cache
def statements(script: str) -> tuple[str, ...]:
    """The statements of a script, one by one: `executescript` would end the transaction."""
    statements, statement = [], ""
    for line in script.splitlines(keepends=True):
        statement += "" if line.startswith("--") else line
        if sqlite3.complete_statement(statement):  # the semicolons inside a trigger end none
            statements.append(statement)
            statement = ""
    return tuple(statements)


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

    def _sound(self, table: str, rows: Iterable[Any]) -> Iterator[Any]:
        """The rows of a query whose last column is SOUND of `table`, without it. Raises DamagedLibrary."""
        for row in rows:
            if not row[-1]:
                raise faults.altered(self._database.path, table, row[0])
            yield row[:-1]

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


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """The writer's lock of the library in `folder`, which need not be whole. Raises LibraryError as `Database.open`."""
    lock = _take_lock(folder)
    try:
        yield
    finally:
        lock.release()  # type: ignore[attr-defined]


def _take_lock(folder: Path) -> object:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
        share(folder / LOCK, folder)
    except Timeout:
        raise BusyLibrary(
            f"another explorer is writing to {folder} (an add, a build, or an import in the app); "
            "wait until it is done, then try again"
        ) from None
    except OSError as error:
        raise LibraryError(f"the library in {folder} cannot be changed: {reason_of(error)}") from error
    return lock
