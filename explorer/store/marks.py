"""Marks: in which collections and folders a paper lies, its tags, and the note on it.

Knows the tables marks and notes. Always true: folders come from the files and change only with them; collections, tags
and notes are the user's, survive every import, and can be set while an import runs; that a paper was seen is kept
beside them, is no collection, and leaves `Store.state` as it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from explorer.store.database import Table
from explorer.store.rows import parts


class Kind(StrEnum):
    """What a mark is: a folder of the source, the user's own collection or tag, or that its card was opened."""

    FOLDER = "folder"
    COLLECTION = "collection"
    TAG = "tag"
    SEEN = "seen"


LIKED, TO_READ, HIDDEN = "liked", "to read", "hidden"  # collections that every library has


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one paper."""

    folders: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    seen: bool = False


class MarkTable(Table):
    """The marks of an open library."""

    def put(self, kind: Kind, name: str, keys: Sequence[int]) -> None:
        """Mark papers."""
        with self._database.moment() as db:
            db.executemany("INSERT OR IGNORE INTO marks VALUES (?, ?, ?)", [(kind.value, name, key) for key in keys])
            count_up(db)

    def drop(self, kind: Kind, name: str, keys: Sequence[int]) -> None:
        """Take the mark away again."""
        with self._database.moment() as db:
            db.executemany(
                "DELETE FROM marks WHERE kind = ? AND name = ? AND paper = ?", [(kind.value, name, key) for key in keys]
            )
            count_up(db)

    def see(self, keys: Sequence[int]) -> None:
        """Remember that these papers were looked at. No count of marks: nothing that is cached depends on it."""
        with self._database.moment() as db:
            db.executemany("INSERT OR IGNORE INTO marks VALUES ('seen', '', ?)", [(key,) for key in keys])

    def forget_seen(self) -> int:
        """Forget which papers were looked at; how many they were."""
        with self._database.moment() as db:
            return db.execute("DELETE FROM marks WHERE kind = 'seen'").rowcount

    def count_seen(self) -> int:
        """How many papers were looked at."""
        return int(self._db.execute("SELECT COUNT(*) FROM marks WHERE kind = 'seen'").fetchone()[0])

    def note(self, key: int, text: str) -> None:
        """Write the note on a paper; an empty one is removed."""
        with self._database.moment() as db:
            if text.strip():
                now = datetime.now(UTC).isoformat(timespec="seconds")
                db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (key, text.strip(), now))
            else:
                db.execute("DELETE FROM notes WHERE paper = ?", (key,))
            count_up(db)

    def of(self, keys: Sequence[int]) -> list[Marks]:
        """The marks of these papers, in their order."""
        names: dict[int, dict[str, list[str]]] = {}
        notes: dict[int, str] = {}
        for part in parts(keys):
            places = ",".join("?" * len(part))
            for key, kind, name in self._db.execute(
                f"SELECT paper, kind, name FROM marks WHERE paper IN ({places}) ORDER BY name", part
            ):
                names.setdefault(key, {}).setdefault(kind, []).append(name)
            notes.update(self._db.execute(f"SELECT paper, note FROM notes WHERE paper IN ({places})", part))
        return [_marks(names.get(key, {}), notes.get(key, "")) for key in keys]

    def names(self) -> list[tuple[Kind, str, int]]:
        """Every mark in use with its number of papers: collections, then folders, then tags, by name."""
        rows = self._db.execute(
            """SELECT kind, name, COUNT(*) FROM marks WHERE kind != 'seen' AND paper IN (SELECT key FROM papers)
               GROUP BY kind, name ORDER BY kind, name"""
        )
        return [(Kind(kind), name, count) for kind, name, count in rows]

    def members(self, kind: Kind) -> dict[str, set[int]]:
        """Keys of the papers under each mark of a kind, by name."""
        members: dict[str, set[int]] = {}
        for name, key in self._db.execute("SELECT name, paper FROM marks WHERE kind = ?", (kind.value,)):
            members.setdefault(name, set()).add(key)
        return members

    def hidden(self) -> set[int]:
        """Keys of the papers the user does not want to see."""
        rows = self._db.execute("SELECT paper FROM marks WHERE kind = 'collection' AND name = ?", (HIDDEN,))
        return {row[0] for row in rows}


def _marks(names: dict[str, list[str]], note: str) -> Marks:
    folders, collections, tags, seen = (tuple(names.get(kind, ())) for kind in Kind)
    return Marks(folders, collections, tags, note, bool(seen))


def count_up(db: sqlite3.Connection) -> None:
    """Tell all who remember what they read that marks or saved searches have changed."""
    db.execute(
        """INSERT INTO settings VALUES ('marks', '1')
           ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1"""
    )
