"""The truth on disk: one SQLite file with papers, what each file says of them, marks, imports and vectors.

`Store` opens it; each group of tables has a face of its own: papers, candidates, records (which record is which
paper), vectors, imports, marks, saved searches. Knows nothing of FAISS, maps or screens. Always true: a paper once
committed stays until it is removed by name; its `key` (INTEGER) grows in the order of adding and never changes.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from explorer.errors import LibraryError
from explorer.rights import may_write
from explorer.store import backups, rows
from explorer.store.candidates import Candidates
from explorer.store.checksums import SOUND
from explorer.store.cleanup import clean
from explorer.store.connection import FILE, Identity, identity_of
from explorer.store.database import LOCK, Database, Table
from explorer.store.drawings import DrawingArrays, DrawingEntry, DrawingTable
from explorer.store.imports import Counts, Import, ImportTable
from explorer.store.marks import HIDDEN, LIKED, TO_READ, Kind, Marks, MarkTable
from explorer.store.notices import NoticeTable
from explorer.store.papers import PaperTable
from explorer.store.records import BY_HAND, Outcome, Record, RecordTable
from explorer.store.saved import Known, SavedRow, SavedTable
from explorer.store.topic_names import TopicName, TopicNameTable
from explorer.store.vectors import Pending, VectorTable

__all__ = [
    "BY_HAND", "FILE", "HIDDEN", "LIKED", "LOCK", "TO_READ", "Counts", "DrawingArrays", "DrawingEntry", "Identity",
    "Import", "Kind", "Known", "Marks", "Outcome", "Pending", "Record", "SavedRow", "Store", "TopicName", "identity_of",
]  # fmt: skip

_AT_ONCE = 1000  # papers in memory
_VALUES = "2"  # raise it when more values mean nothing, or the text that is embedded is made otherwise
_IDENTITIES = "5"  # raise it when titles or names are folded otherwise


class Store(Table):
    """An open library file. Reading works from any thread; writing from the one that opened it for writing."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.path = database.path
        self.notices = NoticeTable(database)
        self.papers = PaperTable(database, self.notices)
        self._bare = bare = PaperTable(database)  # what records say, without the table of retractions
        self.candidates = Candidates(database, bare)
        self.records = RecordTable(database, bare, self.candidates)
        self.vectors = VectorTable(database)
        self.imports = ImportTable(database, self.records)
        self.marks = MarkTable(database)
        self.saved = SavedTable(database)
        self.topic_names = TopicNameTable(database)
        self.drawings = DrawingTable(database)

    @classmethod
    def open(cls, folder: Path, *, write: bool = False) -> Store:
        """The store in `folder`; for writing it is created or migrated when needed.

        Raises LibraryError when it is missing (reading), from a newer version, no SQLite file, or being written to.
        """
        old = Database.is_old(folder)
        if write and old:
            backups.before_change(folder, "the library is brought up to date")
        if not write and old:
            if not may_write(folder):
                raise LibraryError(
                    f"the library in {folder} is of an earlier version and has to be brought up to date once, but this "
                    "account may not write in that folder; let its owner give: explorer info, or use a copy"
                )
            cls.open(folder, write=True).close()  # a library of an earlier version is brought up to date first
        store = cls(Database.open(folder, write=write))
        if write and store.setting("identities") != _IDENTITIES:
            store._reindex()
        if write and store.setting("values") != _VALUES:
            if not old and store.papers.count():
                store.back_up("values that mean nothing are taken out of the papers")
            store._clean()
        return store

    def _reindex(self) -> None:
        """Write all identities anew, after a change of how they are made or kept."""
        with self.transaction():
            self._run("DELETE FROM identities")
            for key, _ in self.papers.titles():
                papers = [*self.candidates.statements(key), *self.papers.fetch([key])]
                rows.put_identities(self._db, key, papers)
            self.set(identities=_IDENTITIES)

    def _clean(self) -> None:
        """Take values that mean nothing out of the papers, after a change of what means nothing."""
        with self.transaction():
            keys = [key for key, _ in self.papers.titles()]
            for start in range(0, len(keys), _AT_ONCE):
                papers = self._bare.by_key(keys[start : start + _AT_ONCE])
                clean(self._db, papers.items(), self.records._refresh)
            self.set(values=_VALUES)

    def close(self) -> None:
        """Close this thread's connection and let go of the writer's lock."""
        self._database.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing of what is written inside."""
        return self._database.transaction()

    def settle(self) -> None:
        """Bring what was committed from the log into the library's file itself."""
        self._database.settle()

    def back_up(self, what: str, changed: int | None = None) -> None:
        """Copy the library as last committed before `what`, which removes or rewrites `changed` papers, if many.

        Raises LibraryError when the disk has no room for it.
        """
        if changed is None or backups.is_large(changed, self.papers.count()):
            backups.before_change(self.path.parent, what)

    @property
    def changes(self) -> int | None:
        """Grows with every row that this thread writes; None amid a transaction, which may yet be taken back."""
        return None if self._database.write and self._db.in_transaction else self._db.total_changes

    def reading(self) -> AbstractContextManager[None]:
        """All that this thread reads inside is of one commit."""
        return self._database.reading()

    def renew(self) -> None:
        """Let this thread see the latest commit, also while it is `reading`."""
        self._database.renew()

    def state(self) -> tuple[object, ...]:
        """Changes with every import, build, mark, removal and name of a topic, and with the file.

        Build, marks, removals and names come first.
        """
        row = self._row(
            """SELECT COALESCE((SELECT value FROM settings WHERE name = 'build'), ''),
                      COALESCE((SELECT value FROM settings WHERE name = 'marks'), ''),
                      COALESCE((SELECT value FROM settings WHERE name = 'removals'), ''),
                      COALESCE((SELECT value FROM settings WHERE name = 'topic_names'), ''),
                      (SELECT COUNT(finished) + COUNT(undone) FROM imports), COALESCE(MAX(import), 0),
                      COALESCE(MAX(read), 0)
               FROM (SELECT import, read FROM imports ORDER BY import DESC LIMIT 1)"""
        )
        return *row, self._database.identity

    def setting(self, name: str) -> str:
        """A setting's value, or an empty string."""
        sql = f"SELECT name, value, {SOUND['settings']} FROM settings WHERE name = ?"
        row = next(self._sound("settings", self._run(sql, name)), None)
        return str(row[1]) if row else ""

    def set(self, **settings: str) -> None:
        """Write settings in one transaction."""
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", settings.items())
