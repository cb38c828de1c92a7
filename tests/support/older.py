"""Libraries as earlier versions of the explorer left them. No test stands here."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from explorer.store import checksums
from explorer.store.database import migrations
from support.damage import settle


def make_older(folder: Path, version: int) -> None:
    """Give a library the tables of an earlier version, and of its rows what they can hold."""
    path = settle(folder)
    newest = path.rename(path.with_suffix(".newest"))
    with closing(sqlite3.connect(path)) as db, db:
        checksums.register(db)
        for script in migrations()[:version]:
            db.executescript(script)
        db.execute("ATTACH ? AS newest", (str(newest),))
        for table, of_newest in ((table, columns(db, "newest", table)) for table in tables(db)):
            shared = ", ".join(name for name in columns(db, "main", table) if name in of_newest)
            db.execute(f"DELETE FROM {table}")
            db.execute(f"INSERT INTO {table} ({shared}) SELECT {shared} FROM newest.{table}" if shared else "SELECT 1")
        db.execute(f"PRAGMA user_version = {version}")
    newest.unlink()


def tables(db: sqlite3.Connection) -> list[str]:
    """The tables of a file, sqlite_sequence among them."""
    return [name for (name,) in db.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'")]


def columns(db: sqlite3.Connection, schema: str, table: str) -> list[str]:
    """The columns of a table that can be written."""
    return [name for (name, hidden) in db.execute(f"SELECT name, hidden FROM pragma_table_xinfo('{table}', '{schema}')")
            if not hidden]  # fmt: skip
