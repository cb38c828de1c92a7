"""Marks: in which collections and folders a paper lies, its tags, and the note on it.

Knows the tables marks and notes. Always true: folders come from the files and change only with them; collections, tags
and notes are the user's, survive every import, and can be set while an import runs; that a paper was seen is kept
beside them, is no collection, and leaves `Store.state` as it was.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from explorer.store.checksums import SOUND
from explorer.store.database import Database, Table


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
    """The marks of an open library. What is written names papers as `refer` says of their keys."""

    def __init__(
        self, database: Database, refer: Callable[[Sequence[int]], Sequence[int] | Sequence[str]] = lambda keys: keys
    ) -> None:
        super().__init__(database)
        self._refer = refer

    def put(self, kind: Kind, name: str, keys: Sequence[int]) -> None:
        """Mark papers."""
        self._change("INSERT OR IGNORE INTO marks VALUES (?, ?, ?)", kind, name, keys)

    def drop(self, kind: Kind, name: str, keys: Sequence[int]) -> None:
        """Take the mark away again."""
        self._change("DELETE FROM marks WHERE kind = ? AND name = ? AND paper = ?", kind, name, keys)

    def rename(self, kind: Kind, name: str, new: str) -> int:
        """Call a collection or tag otherwise; it joins one that is called so. How many papers it holds then.

        Raises DamagedLibrary, and changes nothing, when any of its marks is not what was written.
        """
        with self._database.moment() as db:
            sql = f"SELECT paper, {SOUND['marks']} FROM marks WHERE kind = ? AND name = ?"
            marked = list(self._sound("marks", db.execute(sql, (kind.value, name))))  # a copy would count as whole
            db.executemany(
                "INSERT OR IGNORE INTO marks VALUES (?, ?, ?)", [(kind.value, new, paper) for (paper,) in marked]
            )
            db.execute("DELETE FROM marks WHERE kind = ? AND name = ?", (kind.value, name))
            count_up(db)
            count = db.execute("SELECT COUNT(*) FROM marks WHERE kind = ? AND name = ?", (kind.value, new)).fetchone()
        return int(count[0])

    def delete(self, kind: Kind, name: str) -> int:
        """Take a collection or tag off all papers; how many they were. The papers stay."""
        with self._database.moment() as db:
            count = db.execute("DELETE FROM marks WHERE kind = ? AND name = ?", (kind.value, name)).rowcount
            count_up(db)
        return count

    def see(self, keys: Sequence[int]) -> None:
        """Remember that these papers were looked at. No count of marks: nothing that is cached depends on it."""
        papers = self._refer(keys)
        with self._database.moment() as db:
            db.executemany("INSERT OR IGNORE INTO marks VALUES ('seen', '', ?)", [(paper,) for paper in papers])

    def forget_seen(self) -> int:
        """Forget which papers were looked at; how many they were."""
        with self._database.moment() as db:
            return db.execute("DELETE FROM marks WHERE kind = 'seen'").rowcount

    def count_seen(self) -> int:
        """How many papers were looked at."""
        return int(self._row("SELECT COUNT(*) FROM marks WHERE kind = 'seen'")[0])

    def note(self, key: int, text: str) -> None:
        """Write the note on a paper; an empty one is removed."""
        papers, now = self._refer([key]), datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.moment() as db:
            for paper in papers:
                if text.strip():
                    db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (paper, text.strip(), now))
                else:
                    db.execute("DELETE FROM notes WHERE paper = ?", (paper,))
            count_up(db)

    def of(self, keys: Sequence[int]) -> list[Marks]:
        """The marks of these papers, in their order."""
        names: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        sql = f"SELECT paper, kind, name, {SOUND['marks']} FROM marks WHERE paper IN ({{}}) ORDER BY name"
        for key, kind, name in self._sound("marks", self._among(sql, keys)):
            names[key, kind].append(name)
        sql = f"SELECT paper, note, {SOUND['notes']} FROM notes WHERE paper IN ({{}})"
        notes = dict(self._sound("notes", self._among(sql, keys)))
        marks = []
        for key in keys:
            folders, collections, tags, seen = (tuple(names[key, kind.value]) for kind in Kind)
            marks.append(Marks(folders, collections, tags, notes.get(key, ""), bool(seen)))
        return marks

    def names(self) -> list[tuple[Kind, str, int]]:
        """Every mark in use with its number of papers: collections, then folders, then tags, by name."""
        rows = self._run(
            f"""SELECT name, kind, COUNT(*), MIN({SOUND["marks"]}) FROM marks
                WHERE kind != 'seen' AND EXISTS (SELECT 1 FROM papers WHERE key = paper)
                GROUP BY kind, name ORDER BY kind, name"""
        )
        return [(Kind(kind), name, count) for name, kind, count in self._sound("marks", rows)]

    def members(self, kind: Kind) -> dict[str, set[int]]:
        """Keys of the papers under each mark of a kind, by name."""
        members: dict[str, set[int]] = {}
        sql = f"SELECT name, paper, {SOUND['marks']} FROM marks WHERE kind = ?"
        for name, key in self._sound("marks", self._run(sql, kind.value)):
            members.setdefault(name, set()).add(key)
        return members

    def hidden(self) -> set[int]:
        """Keys of the papers the user does not want to see."""
        sql = f"SELECT paper, {SOUND['marks']} FROM marks WHERE kind = 'collection' AND name = ?"
        return {key for (key,) in self._sound("marks", self._run(sql, HIDDEN))}

    def _change(self, sql: str, kind: Kind, name: str, keys: Sequence[int]) -> None:
        papers = self._refer(keys)
        with self._database.moment() as db:
            db.executemany(sql, [(kind.value, name, paper) for paper in papers])
            count_up(db)


def count_up(db: sqlite3.Connection) -> None:
    """Tell all who keep what they read that a mark, a saved search or a pair to keep apart has changed.

    The letters behind the count make it another than that of a copy of the library which was put back since.
    """
    db.execute(
        """INSERT INTO settings VALUES ('marks', '1')
           ON CONFLICT (name) DO UPDATE SET value = (CAST(value AS INTEGER) + 1) || ' ' || hex(randomblob(6))"""
    )
