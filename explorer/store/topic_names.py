"""Names that people gave to topics, each with the papers by which its topic is known again.

Knows the table topic_names, neither maps nor labels of today. Always true: a name stands once; what a topic is called
by itself stands beside it; a change can be made while an import runs, and counts up the setting `topic_names`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.store.checksums import SOUND
from explorer.store.database import Table


@dataclass(frozen=True, eq=False, slots=True)
class TopicName:
    """A name for a topic that was called `label` by itself, on a `level` (0 is the finest), and had so many `papers`.

    `members` are keys of them, (m,) int64 ascending, all or some; `newest` is the last key of a paper there was then.
    """

    name: str
    label: str
    level: int
    newest: int
    papers: int
    members: NDArray[np.int64]


class TopicNameTable(Table):
    """The names that people gave to topics of an open library."""

    def all(self) -> list[TopicName]:
        """All names, in their order."""
        columns = "name, label, level, newest, papers, members"
        rows = self._sound(
            "topic_names", self._run(f"SELECT {columns}, {SOUND['topic_names']} FROM topic_names ORDER BY name")
        )
        return [
            TopicName(name, label, level, newest, papers, np.frombuffer(members, "<i8").astype(np.int64))
            for name, label, level, newest, papers, members in rows
        ]

    def put(self, new: TopicName, before: str = "") -> None:
        """Keep a name, in the place of the name `before`."""
        with self._database.moment() as db:
            db.execute("DELETE FROM topic_names WHERE name IN (?, ?)", (before, new.name))
            db.execute(
                "INSERT INTO topic_names (name, label, level, newest, papers, members) VALUES (?, ?, ?, ?, ?, ?)",
                (new.name, new.label, new.level, new.newest, new.papers, new.members.astype("<i8").tobytes()),
            )
            _count_up(db)

    def drop(self, name: str) -> bool:
        """Forget a name; False when there is none such."""
        with self._database.moment() as db:
            _count_up(db)
            return bool(db.execute("DELETE FROM topic_names WHERE name = ?", (name,)).rowcount)


def _count_up(db: sqlite3.Connection) -> None:
    db.execute(
        """INSERT INTO settings VALUES ('topic_names', '1')
           ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1"""
    )
