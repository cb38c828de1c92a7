"""The SQLite file itself: its tables, its migrations, its connections and the writer's lock.

Knows tables, not what their rows mean. Always true: a file is migrated in one transaction; a connection belongs
to one thread; big changes (imports, builds) need the lock, held by one process at a time; a mark or a note needs only
SQLite's own lock, for a moment, so that it can be set while an import runs.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.errors import EmptyLibrary, LibraryError

FILE = "library.sqlite"
LOCK = "library.lock"

# Migrations: entry i takes a file from version i to i + 1. Never edit an entry that has been released.
MIGRATIONS = (
    """
    CREATE TABLE papers (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL, abstract TEXT NOT NULL, authors TEXT NOT NULL, year INTEGER, venue TEXT NOT NULL,
        doi TEXT NOT NULL, arxiv TEXT NOT NULL, pmid TEXT NOT NULL, url TEXT NOT NULL, keywords TEXT NOT NULL,
        folded_title TEXT NOT NULL, folded_authors TEXT NOT NULL, folded_venue TEXT NOT NULL,
        text_hash TEXT NOT NULL, text_length INTEGER NOT NULL
    );
    CREATE INDEX papers_by_text ON papers (text_hash);
    CREATE TABLE sources (
        paper INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
        file TEXT NOT NULL, record INTEGER NOT NULL, line INTEGER NOT NULL, key TEXT NOT NULL,
        PRIMARY KEY (paper, file, record)
    ) WITHOUT ROWID;
    CREATE INDEX sources_by_key ON sources (key);
    CREATE TABLE identities (
        identity TEXT NOT NULL, paper INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
        PRIMARY KEY (identity, paper)
    ) WITHOUT ROWID;
    CREATE TABLE vectors (
        text_hash TEXT NOT NULL, encoder TEXT NOT NULL, revision TEXT NOT NULL, vector BLOB NOT NULL,
        UNIQUE (text_hash, encoder, revision)
    );
    CREATE TABLE imports (
        import INTEGER PRIMARY KEY AUTOINCREMENT, files TEXT NOT NULL, started TEXT NOT NULL, finished TEXT,
        read INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0, merged INTEGER NOT NULL DEFAULT 0,
        without_abstract INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE problems (
        import INTEGER NOT NULL REFERENCES imports ON DELETE CASCADE,
        file TEXT NOT NULL, record INTEGER NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL
    );
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """,
    # A record is what one file said of a paper; `said` is its JSON, or NULL while the paper says the same. `replaced`
    # holds the records that the latest import changed or took away, for undoing it. `marks` outlive their paper until
    # the next import, so that an undone removal brings them back.
    """
    ALTER TABLE papers ADD COLUMN pmcid TEXT NOT NULL DEFAULT '';
    ALTER TABLE papers ADD COLUMN openalex TEXT NOT NULL DEFAULT '';
    CREATE TABLE records (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        paper INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
        origin TEXT NOT NULL, file TEXT NOT NULL, record INTEGER NOT NULL, line INTEGER NOT NULL, key TEXT NOT NULL,
        digest BLOB NOT NULL, said TEXT, reason TEXT NOT NULL, version INTEGER NOT NULL,
        added INTEGER NOT NULL, seen INTEGER NOT NULL
    );
    INSERT INTO records (paper, origin, file, record, line, key, digest, said, reason, version, added, seen)
        SELECT paper, file, file, record, line, key, x'', NULL, '', 0, 0, 0 FROM sources ORDER BY paper, file, record;
    DROP TABLE sources;
    CREATE INDEX records_by_paper ON records (paper);
    CREATE INDEX records_by_digest ON records (digest);
    CREATE INDEX records_by_key ON records (key, file);
    DROP TABLE identities;
    CREATE TABLE identities (
        identity INTEGER NOT NULL, paper INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
        PRIMARY KEY (identity, paper)
    ) WITHOUT ROWID;
    CREATE INDEX identities_by_paper ON identities (paper);
    CREATE TABLE replaced (import INTEGER NOT NULL, number INTEGER NOT NULL, paper_id TEXT NOT NULL, row TEXT NOT NULL);
    CREATE TABLE apart (one INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (one, other)) WITHOUT ROWID;
    CREATE TABLE marks (
        kind TEXT NOT NULL, name TEXT NOT NULL, paper INTEGER NOT NULL, PRIMARY KEY (kind, name, paper)
    ) WITHOUT ROWID;
    CREATE INDEX marks_by_paper ON marks (paper);
    CREATE TABLE notes (paper INTEGER PRIMARY KEY, note TEXT NOT NULL, changed TEXT NOT NULL);
    ALTER TABLE imports ADD COLUMN kind TEXT NOT NULL DEFAULT 'add';
    ALTER TABLE imports ADD COLUMN updated INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE imports ADD COLUMN unchanged INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE imports ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE imports ADD COLUMN undone TEXT;
    """,
    # `paper` and `record` are the last key and record number known when a saved search was last looked at; `shown` are
    # ids of papers that were among its results: one that is taken away and comes back has a new key, but is not new.
    """
    CREATE TABLE saved (
        name TEXT PRIMARY KEY, question TEXT NOT NULL, liked TEXT NOT NULL, unliked TEXT NOT NULL, filter TEXT NOT NULL,
        looked TEXT NOT NULL, paper INTEGER NOT NULL, record INTEGER NOT NULL,
        encoder TEXT, revision TEXT, vector BLOB
    ) WITHOUT ROWID;
    CREATE TABLE shown (
        search TEXT NOT NULL REFERENCES saved ON DELETE CASCADE, id TEXT NOT NULL, PRIMARY KEY (search, id)
    ) WITHOUT ROWID;
    """,
    # The filter that the text of a saved search asks for, as a tree, and the version of the box's language it was read
    # in: a later language that would read the text otherwise takes the tree. NULL: saved before there was one.
    """
    ALTER TABLE saved ADD COLUMN language INTEGER;
    ALTER TABLE saved ADD COLUMN tree TEXT;
    """,
)


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
        database = cls(folder / FILE, write=False)
        try:
            return 0 < database.version() < len(MIGRATIONS)
        finally:
            database.close()

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
        if version > len(MIGRATIONS):
            raise LibraryError(f"{self.path} was written by a newer explorer (version {version}); upgrade this one")
        return version

    def migrate(self) -> None:
        """Bring the file to the newest version, in one transaction: a reader never sees it half done."""
        if self.version() == len(MIGRATIONS):
            return
        with self.transaction():
            for script in MIGRATIONS[self.version() :]:
                for statement in script.split(";"):
                    self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

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
            with writer.transaction():
                yield writer.connection
        except sqlite3.OperationalError as error:
            raise LibraryError(f"{self.path} cannot be written now ({error}); try again in a moment") from error
        finally:
            writer.close()


class Table:
    """The face of some tables of an open library file; its subclasses hold the SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def _db(self) -> sqlite3.Connection:
        return self._database.connection


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
