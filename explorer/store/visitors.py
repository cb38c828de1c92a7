"""What visitors mark: people who may read a library and not change it, each under the name that a proxy checked.

A file for each in the folder `visitors`, with tables like those of the library's own marks, but papers by their ids:
keys are of a library's file, which may be put back from a copy. Always true: the library's file is never written;
what is read are the folders of its files and the marks of this visitor, nobody else's; reading makes no file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import disk_usage

from explorer.errors import LibraryError
from explorer.rights import may_write, reason_of, share
from explorer.store import Store, faults
from explorer.store.checksums import COLUMNS, SOUND
from explorer.store.connection import VISITORS, Connections, Identity, attach
from explorer.store.database import Database, Table, statements
from explorer.store.marks import MarkTable, count_up
from explorer.store.saved import SavedTable

_VERSION, _PAGE = 1, 4096
_SPARE = 1 << 20  # bytes: more than a transaction writes
_MOST = 64 << 20  # bytes of a file: notes on a thousand papers, or two hundred thousand papers that were looked at

# What a reading connection sees under the names of the library's own tables. A row keeps its checksum where it is what
# was written, of the id; else it gets a number that no row has.
_SOUND = "CASE checksum(own.{0}) WHEN own.checksum THEN checksum({1}) ELSE -1 END AS checksum"
_VIEWS = (
    f"""CREATE TEMP VIEW marks AS SELECT kind, name, paper, checksum FROM main.marks WHERE kind = 'folder'
        UNION ALL SELECT own.kind, own.name, papers.key,
            {_SOUND.format("kind, own.name, own.paper", "own.kind, own.name, papers.key")}
        FROM visitor.marks AS own JOIN main.papers ON papers.id = own.paper""",
    f"""CREATE TEMP VIEW notes AS SELECT papers.key AS paper, own.note, own.changed,
            {_SOUND.format("paper, own.note, own.changed", "papers.key, own.note, own.changed")}
        FROM visitor.notes AS own JOIN main.papers ON papers.id = own.paper""",
    "CREATE TEMP VIEW saved AS SELECT * FROM visitor.saved",
    "CREATE TEMP VIEW shown AS SELECT * FROM visitor.shown",
    """CREATE TEMP VIEW settings AS SELECT name, value, checksum FROM main.settings WHERE name != 'marks'
       UNION ALL SELECT name, value, checksum FROM visitor.settings WHERE name = 'marks'""",
)
_ANCHOR = """
    INSERT OR IGNORE INTO anchors
    SELECT papers.id, records.number, COALESCE(started, '') FROM library.papers
    JOIN library.records ON records.paper = papers.key LEFT JOIN library.imports ON import = records.added
    WHERE papers.id IN (SELECT paper FROM marks UNION SELECT paper FROM notes EXCEPT SELECT paper FROM anchors)"""
# Ids that are marked and no paper has any more, each with that of the paper that has its first record now.
_MOVED = """
    SELECT anchors.paper, papers.id, MIN(records.number) FROM {own}.anchors
    JOIN {library}.records ON records.number = anchors.record LEFT JOIN {library}.imports ON import = records.added
    JOIN {library}.papers ON papers.key = records.paper
    WHERE COALESCE(started, '') = came AND NOT EXISTS (SELECT 1 FROM {library}.papers WHERE id = anchors.paper)
    GROUP BY anchors.paper"""


def file_of(folder: Path, name: str) -> Path:
    """Where what a visitor of the library in `folder` marks lies: no name can lead anywhere else, or to another's."""
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return folder / VISITORS / f"{digest[:32]}.sqlite"


def may_mark(folder: Path) -> bool:
    """Whether this account may write what visitors mark."""
    own = folder / VISITORS
    return may_write(own if own.is_dir() else folder)


class VisitorStore(Store):
    """An open library as a visitor has it: all that it holds to read, and what he marks to read and to write."""

    def __init__(self, library: Store, name: str) -> None:
        path = file_of(library.path.parent, name)
        database = _Library(library._database, path)
        super().__init__(database)
        self._own = own = _VisitorFile(database, path, name)
        self.marks = MarkTable(own, self._ids)
        self.saved = SavedTable(own)
        self._followed: str | None = None

    def follow(self) -> None:
        """Mark what papers have become that were marked and are part of others since; if it cannot be now, later."""
        removals = self.setting("removals")
        if removals == self._followed:
            return
        with suppress(LibraryError):
            if self._row(_MOVED.format(own="visitor", library="main")):
                with self._own.moment():
                    pass  # which begins with it
            self._followed = removals

    def _ids(self, keys: Sequence[int]) -> list[str]:
        ids = dict(self._among("SELECT key, id FROM papers WHERE key IN ({})", keys))
        return [ids[key] for key in keys if key in ids]


class _Library(Database):
    """The library's file for a visitor: it can be read, with his marks in place of its own."""

    def __init__(self, library: Database, own: Path) -> None:
        super().__init__(library.path, write=False, identity=library.identity)
        self._connections = _Connections(library.path, library.identity, own)
        self.sealed = True


class _VisitorFile(Database):
    """What a visitor marks: read by the connections to the library, written by short transactions of its own."""

    def __init__(self, library: Database, path: Path, name: str) -> None:
        super().__init__(path, write=False)
        self._library, self._name = library, name

    @property
    def connection(self) -> faults.Connection:
        return self._library.connection

    @contextmanager
    def moment(self) -> Iterator[sqlite3.Connection]:
        """A connection to this file alone that may write; it begins by following papers, see `VisitorStore.follow`."""
        folder = self.path.parent
        try:
            if not folder.is_dir():
                folder.mkdir(exist_ok=True)
                share(folder, folder.parent)
        except OSError as error:
            raise LibraryError(f"cannot make the folder {folder} for what readers mark: {reason_of(error)}") from error
        with closing(Database(self.path, write=True)) as own:
            db = own.connection
            db.execute(f"PRAGMA max_page_count = {_MOST // _PAGE}")
            attach(db, self._library.path, "library")
            try:
                with self._room(db), own.transaction():
                    _make(db, self._name, self.path)
                    _follow(own)
                    yield db
                    db.execute(_ANCHOR)
            finally:
                with suppress(LibraryError):
                    db.execute("DETACH library")  # its log is not for us to settle
        self._library.renew()

    @contextmanager
    def _room(self, db: sqlite3.Connection) -> Iterator[None]:
        try:
            yield
        except LibraryError as error:
            if getattr(error.__cause__, "sqlite_errorcode", 0) != sqlite3.SQLITE_FULL:
                raise
            if disk_usage(self.path.parent).free < _SPARE:
                raise  # it is the disk that is full
            raise LibraryError(
                f"all that you have marked here takes {_MOST >> 20} MB, which is the most; take notes or marks away "
                "first"
            ) from error


class _Connections(Connections):
    """Connections that read the library's file together with a visitor's."""

    def __init__(self, path: Path, identity: Identity | None, beside: Path) -> None:
        super().__init__(path, write=False, identity=identity)
        self._beside = beside

    @property
    def own(self) -> faults.Connection:
        idle = self._idle.connection
        if idle is not None and self._moment.connection is None and (idle.lacking and self._beside.is_file()):
            self._idle.connection = None  # not closed: somebody may be reading rows of it
        return super().own

    def _connect(self) -> faults.Connection:
        connection = super()._connect()
        try:
            self._attach(connection)
            for view in _VIEWS:
                connection.execute(view)
        except BaseException:
            connection.close()
            raise
        return connection

    def _attach(self, connection: faults.Connection) -> None:
        """Read the visitor's file, or until it is there tables that hold nothing."""
        connection.lacking = True
        if self._beside.is_file():
            try:
                attach(connection, self._beside, "visitor")
                connection.lacking = _version(connection, self._beside, "visitor") == 0
            except LibraryError as error:
                raise _named(error, self._beside) from error
            if not connection.lacking:
                return
            connection.execute("DETACH visitor")
        connection.execute("ATTACH ':memory:' AS visitor")
        for statement in _tables("visitor."):
            connection.execute(statement)

    def _renewed(self, connection: faults.Connection) -> None:
        if connection.lacking and self._beside.is_file():
            connection.execute("DETACH visitor")
            self._attach(connection)


@cache
def _tables(at: str = "") -> tuple[str, ...]:
    """The statements that make the tables, in a schema with a dot behind its name."""
    script = Path(__file__).with_name("schema_visitors.sql").read_text(encoding="utf-8")
    return statements(script.replace("{at}", at))


def _version(db: sqlite3.Connection, path: Path, schema: str = "main") -> int:
    """The version of a visitor's file, 0 before it has tables; raises LibraryError for a newer than this program's."""
    version = int(db.execute(f"PRAGMA {schema}.user_version").fetchone()[0])
    if version > _VERSION:
        raise LibraryError(f"{path} was written by a newer explorer (version {version}); upgrade yours")
    return version


def _named(error: LibraryError, path: Path) -> LibraryError:
    """The error of SQLite as of the visitor's file: a connection names that of the library."""
    cause = error.__cause__
    return faults.as_library_error(cause, path) if isinstance(cause, sqlite3.Error) else error


def _make(db: sqlite3.Connection, name: str, path: Path) -> None:
    """The tables of a new file. Call inside a transaction."""
    if _version(db, path) == 0:
        for statement in _tables():
            db.execute(statement)
        db.execute("INSERT INTO settings VALUES ('visitor', ?)", (name,))
        db.execute(f"PRAGMA user_version = {_VERSION}")


def _follow(own: Database) -> None:
    """Give papers the marks and notes of those that have become part of them, as an owner's go along."""
    db, table = own.connection, Table(own)
    moved = db.execute(_MOVED.format(own="main", library="library")).fetchall()
    for old, new, _ in moved:
        for name in ("marks", "notes"):  # what is copied gets a checksum of its own: damage must not
            list(table._sound(name, db.execute(f"SELECT paper, {SOUND[name]} FROM {name} WHERE paper = ?", (old,))))
        db.execute("INSERT OR IGNORE INTO marks SELECT kind, name, ? FROM marks WHERE paper = ?", (new, old))
        db.execute(
            """INSERT INTO notes SELECT ?, note, changed FROM notes WHERE paper = ?
               ON CONFLICT (paper) DO UPDATE SET note = notes.note || char(10) || excluded.note""",
            (new, old),
        )
        db.execute("DELETE FROM anchors WHERE paper = ?", (old,))
    if moved:
        count_up(db)


def damages(folder: Path) -> Iterator[tuple[Path, str]]:
    """What is damaged in the files of the visitors of the library in `folder`: the file, and what is wrong."""
    for path in sorted((folder / VISITORS).glob("*.sqlite")):
        try:
            with closing(Database(path, write=False)) as database:
                db = database.connection
                for (line,) in db.execute("PRAGMA integrity_check(10)"):
                    if line != "ok":
                        yield path, str(line)
                for table in ("marks", "notes", "saved", "shown", "settings") if _version(db, path) else ():
                    sql = f"SELECT {COLUMNS[table].split(', ')[0]} FROM {table} WHERE NOT COALESCE({SOUND[table]}, 0)"
                    for (row,) in db.execute(sql):
                        yield path, f"what was written of {row!r} in its table {table} has changed"
        except LibraryError as error:
            yield path, str(error)
