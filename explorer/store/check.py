"""What is damaged in a library's file: SQLite's own check, every row's checksum, the commits; and saving the rest.

Knows the tables by their columns and what a damaged row belongs to. Always true: checking changes nothing; saving makes
a new file of the rows that are whole and leaves the damaged file beside the copies.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import LibraryError
from explorer.store import backups, commits, faults, log, mend
from explorer.store.checksums import COLUMNS, SOUND, register
from explorer.store.connection import FILE
from explorer.store.database import Database, migrations

_MOST = 100  # sentences of SQLite's own check
_BEHIND = 1000  # rows looked for, each by itself, behind the last that could be read


@dataclass(frozen=True, slots=True)
class Damage:
    """What is damaged: where, in words, and the ids of the papers that it belongs to."""

    place: str
    reason: str
    papers: tuple[str, ...] = ()


def damages(folder: Path) -> list[Damage]:
    """All that is damaged in the file of the library in `folder`; changes nothing."""
    wrong: list[Damage] = []
    path = folder / FILE
    try:
        log.check(path, lambda: _opened(path))
    except LibraryError as error:
        wrong.append(Damage(FILE, str(error)))
    for part in (_of_file, _of_commits, _of_rows):
        try:
            with closing(_readable_at(path)) as db:
                wrong.extend(part(db, folder))
        except LibraryError as error:
            wrong.append(Damage(FILE, str(error)))
    return list(dict.fromkeys(wrong))


def _opened(path: Path, how: str = "mode=ro") -> faults.Connection:
    with faults.translated(path):
        db = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, timeout=30, factory=faults.Connection)
    db.path = path
    register(db)
    return db


def _readable_at(path: Path) -> faults.Connection:
    """A connection to the file at `path`; where its log is of another, to the file alone."""
    try:
        log.check(path, lambda: _opened(path))
    except LibraryError:
        return _opened(path, "mode=ro&immutable=1")
    return _opened(path)


def _of_file(db: faults.Connection, folder: Path) -> Iterator[Damage]:
    """What SQLite finds, and whether its tables are those that were made."""
    for (line,) in db.execute(f"PRAGMA integrity_check({_MOST})"):
        if line != "ok":
            yield from (Damage(FILE, part) for part in str(line).splitlines())
    if version := int(db.execute("PRAGMA user_version").fetchone()[0]):
        if _schema(db) != _schema_of(version):
            yield Damage(FILE, "its tables, indexes or version are not those that were made")
        for table, row, *_ in db.execute("PRAGMA foreign_key_check").fetchmany(_MOST):
            yield Damage(f"{FILE}, table {table}", f"row {row} belongs to nothing")


def _of_commits(db: faults.Connection, folder: Path) -> Iterator[Damage]:
    """What the number of commits beside the file tells."""
    if commits.is_damaged(folder):
        yield Damage(commits.FILE, "it does not hold what was written; it is written anew with the next change")
    if db.execute("PRAGMA user_version").fetchone()[0]:
        Database.open(folder, write=False).close()


def _schema(db: sqlite3.Connection) -> list[tuple[str, ...]]:
    """The tables, indexes and triggers of a file but for what SQLite keeps for itself, without their blanks."""
    rows = db.execute(
        "SELECT type, name, tbl_name, COALESCE(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"
    )
    return sorted(tuple("".join(str(value).split()) for value in row) for row in rows)


def _schema_of(version: int) -> list[tuple[str, ...]]:
    """The same of a new file of a version."""
    with closing(sqlite3.connect(":memory:")) as db:
        register(db)
        for script in migrations()[:version]:
            db.executescript(script)
        return _schema(db)


def _of_rows(db: faults.Connection, folder: Path) -> Iterator[Damage]:
    """Rows that are not what was written, and tables that cannot be read to their end."""
    made = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for table in COLUMNS:
        if table not in made or "checksum" not in {row[1] for row in db.execute(f"PRAGMA table_xinfo({table})")}:
            continue
        columns = COLUMNS[table].split(", ")
        try:
            for row in db.execute(
                f"SELECT {columns[0]}, {columns[1]} FROM {table} WHERE NOT COALESCE({SOUND[table]}, 0)"
            ):
                yield Damage(
                    f"{FILE}, table {table}", f"what was written of {row[0]!r} has changed", _papers(db, table, row)
                )
        except LibraryError as error:
            yield Damage(f"{FILE}, table {table}", f"it cannot be read to its end ({error.__cause__})")


def _papers(db: sqlite3.Connection, table: str, row: tuple[object, ...]) -> tuple[str, ...]:
    """Ids of the papers that a damaged row belongs to, as far as that is clear."""
    condition = {
        "papers": "key = ?", "notes": "key = ?", "vectors": "text_hash = ?",
        "records": "key = (SELECT paper FROM records WHERE number = ?)",
    }.get(table)  # fmt: skip
    with suppress(LibraryError):
        if condition:
            return tuple(str(name) for (name,) in db.execute(f"SELECT id FROM papers WHERE {condition}", (row[0],)))
    return ()


# ----------------------------------------------------------------------------------------------------------- saving


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved of a damaged file: rows by table; ids of papers that were lost; where the damaged file lies."""

    rows: dict[str, int]
    lost: tuple[str, ...]
    aside: Path | None


def save(folder: Path) -> Saved:
    """Put a file with all rows that are whole in place of the damaged one. Call under the writer's lock.

    A paper whose row is damaged is made anew from its records, else taken from a copy that has it whole. Raises
    LibraryError when nothing can be read.
    """
    path, part = folder / FILE, folder / f".{FILE}.part"
    for end in ("", "-wal", "-shm"):
        part.with_name(f"{part.name}{end}").unlink(missing_ok=True)
    with closing(_readable_at(path)) as old, closing(Database(part, write=True)) as new:
        if not old.execute("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'papers'").fetchone()[0]:
            raise LibraryError(f"nothing in {path} can be read; put back a copy: explorer restore --library {folder}")
        new.migrate()
        db = new.connection
        db.execute("PRAGMA foreign_keys = OFF")
        lost = dict(_damaged_papers(old))
        with new.transaction():
            rows = {table: _fill(old, db, table) for table in COLUMNS}
            lost |= {key: name for key, name in mend.missing(db).items() if key not in lost}
            mend.mend(old, db, lost)
            for copy in backups.of(folder):
                _take_from(copy, db, lost)
            for table in ("records", "identities"):
                db.execute(f"DELETE FROM {table} WHERE paper NOT IN (SELECT key FROM papers)")
            db.execute("DELETE FROM shown WHERE search NOT IN (SELECT name FROM saved)")
            db.execute("DELETE FROM problems WHERE import NOT IN (SELECT import FROM imports)")
            db.execute("INSERT OR REPLACE INTO settings VALUES ('identities', '')")  # they are made anew
            db.execute("INSERT OR REPLACE INTO settings VALUES ('content', '')")
            _keep_encoder(db)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode = DELETE")
    aside = backups.replace(folder, part)
    (folder / f".{commits.FILE}.part").unlink(missing_ok=True)
    return Saved(rows, tuple(lost.values()), aside)


def _damaged_papers(old: faults.Connection) -> Iterator[tuple[int, str]]:
    """Key and id of the papers whose rows are damaged, as far as they can be read."""
    with suppress(LibraryError):
        for key, name in old.execute(f"SELECT key, id FROM papers WHERE NOT COALESCE({SOUND['papers']}, 0)"):
            yield int(key), str(name)


def _fill(old: faults.Connection, new: sqlite3.Connection, table: str) -> int:
    """Copy the rows of a table that are whole; how many they are."""
    places = ", ".join("?" * len(COLUMNS[table].split(", ")))
    sql = f"INSERT OR REPLACE INTO {table} ({COLUMNS[table]}) VALUES ({places})"
    count = 0
    for *row, sound in _readable(old, table):
        if sound:
            new.execute(sql, row)
            count += 1
    return count


def _readable(old: faults.Connection, table: str) -> Iterator[tuple[object, ...]]:
    """The rows of a table as far as they can be read, forwards and backwards; last whether each is what was written."""
    columns = f"{COLUMNS[table]}, COALESCE({SOUND[table]}, 0)"
    order = COLUMNS[table].split(", ")[0]
    try:
        yield from old.execute(f"SELECT {columns} FROM {table}")
        return
    except LibraryError:
        pass
    with suppress(LibraryError):
        yield from old.execute(f"SELECT {columns} FROM {table} NOT INDEXED ORDER BY {order} DESC")
    if table in ("papers", "records", "imports", "notes"):
        yield from _one_by_one(old, table, order, columns)


def _one_by_one(old: faults.Connection, table: str, key: str, columns: str) -> Iterator[tuple[object, ...]]:
    """Rows by their numbers, on either side of what cannot be read."""
    last = missing = 0
    while missing < _BEHIND:
        last += 1
        try:
            rows = old.execute(f"SELECT {columns} FROM {table} WHERE {key} = ?", (last,)).fetchall()
        except LibraryError:
            rows = []
        missing = 0 if rows else missing + 1
        yield from rows


def _take_from(copy: Path, new: sqlite3.Connection, lost: dict[int, str]) -> None:
    """Take papers that were lost from a copy that has them whole."""
    with suppress(LibraryError), closing(_opened(copy)) as db:
        for key in list(lost):
            sql = f"SELECT {COLUMNS['papers']} FROM papers WHERE key = ? AND {SOUND['papers']}"
            if row := db.execute(sql, (key,)).fetchone():
                places = ", ".join("?" * len(row))
                new.execute(f"INSERT OR IGNORE INTO papers ({COLUMNS['papers']}) VALUES ({places})", row)
                del lost[key]


def _keep_encoder(new: sqlite3.Connection) -> None:
    """Where the names of the model were lost, take them from the vectors."""
    row = new.execute("SELECT encoder, revision FROM vectors GROUP BY 1, 2 ORDER BY COUNT(*) DESC").fetchone()
    for name, value in zip(("encoder", "revision"), row or (), strict=False):
        new.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, value))
