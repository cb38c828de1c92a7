"""The truth on disk: one SQLite file with papers, what each file said of them, marks, imports and vectors.

`Store` opens it; each group of tables has a face of its own: papers, records (which record is which paper), vectors,
imports, marks, saved searches. Knows nothing of FAISS, maps or screens. Always true: a paper once committed stays until
it is removed by name; its `key` (INTEGER) grows in the order of adding and never changes.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from explorer.store import rows
from explorer.store.database import FILE, LOCK, Database, Table
from explorer.store.imports import Counts, Import, ImportTable
from explorer.store.marks import HIDDEN, LIKED, TO_READ, Kind, Marks, MarkTable
from explorer.store.papers import PaperTable
from explorer.store.records import Outcome, Record, RecordTable
from explorer.store.saved import Known, SavedRow, SavedTable
from explorer.store.vectors import VectorTable

__all__ = [
    "FILE", "HIDDEN", "LIKED", "LOCK", "TO_READ", "Counts", "Import", "Kind", "Known", "Marks", "Outcome", "Record",
    "SavedRow", "Store",
]  # fmt: skip

_IDENTITIES = "3"  # raise it when titles or names are folded otherwise


class Store(Table):
    """An open library file. Reading works from any thread; writing from the one that opened it for writing."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.path = database.path
        self.papers = PaperTable(database)
        self.records = RecordTable(database, self.papers)
        self.vectors = VectorTable(database)
        self.imports = ImportTable(database, self.records)
        self.marks = MarkTable(database)
        self.saved = SavedTable(database)

    @classmethod
    def open(cls, folder: Path, *, write: bool = False) -> Store:
        """The store in `folder`; for writing it is created or migrated when needed.

        Raises LibraryError when it is missing (reading), from a newer version, no SQLite file, or being written to.
        """
        if not write and Database.is_old(folder):
            cls.open(folder, write=True).close()  # a library of an earlier version is brought up to date first
        store = cls(Database.open(folder, write=write))
        if write and store.setting("identities") != _IDENTITIES:
            store._reindex()
        return store

    def _reindex(self) -> None:
        """Write all identities anew, after a migration that changed how they are kept."""
        with self.transaction():
            for key, _ in self.papers.titles():
                rows.put_identities(self._db, key, self.papers.fetch([key]))
            self.set(identities=_IDENTITIES)

    def close(self) -> None:
        """Close this thread's connection and let go of the writer's lock."""
        self._database.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing of what is written inside."""
        return self._database.transaction()

    def state(self) -> tuple[object, ...]:
        """Changes with every import, build and mark."""
        row = self._row(
            """SELECT COALESCE((SELECT value FROM settings WHERE name = 'build'), ''),
                      COALESCE((SELECT value FROM settings WHERE name = 'marks'), ''),
                      (SELECT COUNT(finished) + COUNT(undone) FROM imports), COALESCE(MAX(import), 0),
                      COALESCE(MAX(read), 0)
               FROM (SELECT import, read FROM imports ORDER BY import DESC LIMIT 1)"""
        )
        return tuple(row)

    def setting(self, name: str) -> str:
        """A setting's value, or an empty string."""
        row = self._row("SELECT value FROM settings WHERE name = ?", name)
        return str(row[0]) if row else ""

    def set(self, **settings: str) -> None:
        """Write settings in one transaction."""
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", settings.items())
