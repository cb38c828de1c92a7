"""The truth on disk: one SQLite file with papers, what each file said of them, marks, imports and vectors.

`Store` is its face; the rooms behind it are `database` (tables, connections), `rows` (papers), `records` (which record
is which paper), `filters`, `marks` and `saved` searches. Knows nothing of FAISS, maps or screens. Always true: a paper
once committed stays until it is removed by name; its `key` (INTEGER) grows in the order of adding and never changes; a
vector is kept under (text hash, encoder, revision).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.filter import Filter
from explorer.paper import Paper, Problem
from explorer.store import rows
from explorer.store.database import FILE, LOCK, Database
from explorer.store.marks import HIDDEN, LIKED, TO_READ, Kind, Marks, MarkTable
from explorer.store.records import Outcome, Record, Records
from explorer.store.saved import Known, Saved, SavedTable
from explorer.text import fold

__all__ = [
    "FILE", "HIDDEN", "LIKED", "LOCK", "TO_READ", "Filter", "Import", "Kind", "Known", "Marks", "Outcome", "Record",
    "Saved", "Store",
]  # fmt: skip

_IDENTITIES = "3"  # raise it when titles or names are folded otherwise


@dataclass(frozen=True, slots=True)
class Import:
    """One import as it is remembered: its files, when, and what came of its records."""

    number: int
    files: tuple[str, ...]
    started: str
    finished: str | None
    kind: str
    read: int
    added: int
    merged: int
    updated: int
    unchanged: int
    removed: int
    without_abstract: int
    undone: str | None


_COUNTS = {name: name for name in ("read", "added", "merged", "updated", "unchanged", "removed", "without_abstract")}


class Store:
    """An open library file. Reading works from any thread; writing from the one that opened it for writing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.path = database.path
        self.records = Records(database)
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
            for key, _ in self.texts():
                rows.put_identities(self._db, key, self.papers([key]))
            self._db.execute("INSERT OR REPLACE INTO settings VALUES ('identities', ?)", (_IDENTITIES,))

    def close(self) -> None:
        """Close this thread's connection and let go of the writer's lock."""
        self._database.close()

    @property
    def _db(self) -> sqlite3.Connection:
        return self._database.connection

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing of what is written inside."""
        return self._database.transaction()

    # ------------------------------------------------------------------------------------------------ papers

    def count(self) -> int:
        """Number of papers."""
        return int(self._db.execute("SELECT COUNT(*) FROM papers").fetchone()[0])

    def papers(self, keys: Sequence[int]) -> list[Paper]:
        """The papers with these keys, in their order; a key that is gone is left out."""
        return rows.fetch(self._db, keys)

    def find(self, name: str) -> list[int]:
        """Keys of the papers that answer to `name`: by id, else by a source's id, DOI, arXiv id, PMID …, else by title.

        A title counts when it equals `name` folded; otherwise every title that contains it.
        """
        return rows.find(self._db, name)

    def by_id(self, name: str) -> list[int]:
        """Keys of the papers with this id, id in a source, DOI, arXiv id or PMID; unlike `find`, never by title."""
        return rows.by_id(self._db, name)

    def titles(self) -> list[tuple[int, str]]:
        """Key and folded title of every paper, in the order of adding."""
        return self._db.execute("SELECT key, folded_title FROM papers ORDER BY key").fetchall()

    def key_of(self, paper_id: str) -> int | None:
        """Key of the paper with exactly this id."""
        row = self._db.execute("SELECT key FROM papers WHERE id = ?", (paper_id,)).fetchone()
        return int(row[0]) if row else None

    def matching(self, filter: Filter) -> set[int]:
        """Keys of the papers that pass all of `filter` but its topic, which the store does not know."""
        conditions, values = ["1"], list[object]()
        low, high = filter.year
        for condition, value in (
            ("year >= ?", low),
            ("year <= ?", high),
            ("instr(folded_authors, ?)", fold(filter.author) or None),
            ("instr(folded_venue, ?)", fold(filter.venue) or None),
            ("EXISTS (SELECT 1 FROM records WHERE paper = papers.key AND file = ?)", filter.source or None),
            (
                """EXISTS (SELECT 1 FROM marks WHERE paper = papers.key AND kind IN ('collection', 'folder')
                   AND instr(name || '/', ? || '/') = 1)""",
                filter.collection or None,
            ),
            ("EXISTS (SELECT 1 FROM marks WHERE paper = papers.key AND kind = 'tag' AND name = ?)", filter.tag or None),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        return {row[0] for row in self._db.execute(f"SELECT key FROM papers WHERE {' AND '.join(conditions)}", values)}

    def years(self) -> dict[int, int]:
        """Year by key, for the papers that have one."""
        return dict(self._db.execute("SELECT key, year FROM papers WHERE year IS NOT NULL").fetchall())

    def venues(self) -> list[tuple[str, int]]:
        """Venues with their number of papers, the commonest first."""
        return self._db.execute(
            "SELECT venue, COUNT(*) FROM papers WHERE venue != '' GROUP BY venue ORDER BY 2 DESC, 1"
        ).fetchall()

    def files(self) -> list[tuple[str, int]]:
        """Source files with their number of papers."""
        return self._db.execute("SELECT file, COUNT(DISTINCT paper) FROM records GROUP BY file ORDER BY 1").fetchall()

    def count_without(self, field: str) -> int:
        """Number of papers that lack `field` ("abstract" or "title")."""
        column = {"abstract": "abstract", "title": "title"}[field]
        return int(self._db.execute(f"SELECT COUNT(*) FROM papers WHERE {column} = ''").fetchone()[0])

    # ----------------------------------------------------------------------------------------------- vectors

    def texts(self) -> list[tuple[int, str]]:
        """(key, text hash) of every paper in the order of adding: what an index is built from."""
        return self._db.execute("SELECT key, text_hash FROM papers ORDER BY key").fetchall()

    def words(self) -> list[tuple[int, str]]:
        """(key, text hash and folded authors) of every paper in the order of adding: what keywords are made from."""
        return self._db.execute("SELECT key, text_hash || folded_authors FROM papers ORDER BY key").fetchall()

    def pending(self, encoder: str, revision: str) -> list[tuple[int, int]]:
        """(key, length of text) of one paper per text that has no vector yet, the longest text first.

        The order depends on the texts alone, so an interrupted embedding goes on with the same batches.
        """
        return self._db.execute(
            """SELECT MIN(key), MAX(text_length) FROM papers WHERE NOT EXISTS (
                   SELECT 1 FROM vectors v
                   WHERE v.text_hash = papers.text_hash AND v.encoder = ? AND v.revision = ?)
               GROUP BY text_hash ORDER BY MAX(text_length) DESC, text_hash""",
            (encoder, revision),
        ).fetchall()

    def put_vectors(self, encoder: str, revision: str, hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep `vectors` (n, dimension) under their texts' hashes, in one transaction."""
        rows = [(h, encoder, revision, v.astype("<f4").tobytes()) for h, v in zip(hashes, vectors, strict=True)]
        with self.transaction():
            self._db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?)", rows)

    def vectors(self, encoder: str, revision: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Keys (n,) and vectors (n, dimension) of all papers that have one, in the order of adding."""
        keys, parts = [], []
        for key, vector in self._db.execute(
            """SELECT key, vector FROM papers JOIN vectors USING (text_hash)
               WHERE encoder = ? AND revision = ? ORDER BY key""",
            (encoder, revision),
        ):
            keys.append(key)
            parts.append(vector)
        matrix = np.frombuffer(b"".join(parts), dtype="<f4").astype(np.float32, copy=False)
        return np.array(keys, np.int64), matrix.reshape(len(keys), -1 if keys else 0)

    def count_vectors(self, encoder: str, revision: str) -> int:
        """Number of papers that have a vector under this encoder and revision."""
        return int(
            self._db.execute(
                """SELECT COUNT(*) FROM papers JOIN vectors USING (text_hash) WHERE encoder = ? AND revision = ?""",
                (encoder, revision),
            ).fetchone()[0]
        )

    # ---------------------------------------------------------------------------------- imports and settings

    def begin_import(self, files: Sequence[str], started: str, kind: str = "add") -> int:
        """Remember that an import of `files` began, or another change (`kind`: add, sync, remove); its number."""
        names = json.dumps(list(files))
        with self.transaction():
            latest = self.imports()[:1]
            if not (latest and latest[0].finished is None and latest[0].files == tuple(files)):
                self.records.forget_replaced()  # else it is the same import going on, and is undone with it
            cursor = self._db.execute(
                "INSERT INTO imports (files, started, kind) VALUES (?, ?, ?)", (names, started, kind)
            )
        return int(cursor.lastrowid or 0)

    def note_import(self, number: int, **counts: int) -> None:
        """Bring the counts of an import up to date. Call inside the transaction that holds the papers counted."""
        for name in counts:
            self._db.execute(f"UPDATE imports SET {_COUNTS[name]} = ? WHERE import = ?", (counts[name], number))

    def undoable(self) -> list[Import]:
        """The latest import, if it can be undone, after those it went on with: all are undone together."""
        chain: list[Import] = []
        for done in self.imports():
            if done.undone or (chain and (done.finished or done.files != chain[0].files)):
                break
            chain.append(done)
        return chain

    def undo(self, numbers: Sequence[int], now: str) -> None:
        """Undo these imports, the latest first, in one transaction."""
        with self.transaction():
            for number in numbers:
                self.records.undo(number)
                self._db.execute("UPDATE imports SET undone = ? WHERE import = ?", (now, number))

    def put_problem(self, number: int, problem: Problem) -> None:
        """Keep a problem of an import. Call inside a transaction."""
        self._db.execute(
            "INSERT INTO problems VALUES (?, ?, ?, ?, ?)",
            (number, problem.file, problem.record, problem.line, problem.reason),
        )

    def end_import(self, number: int, finished: str, removed: int = 0) -> None:
        """Remember that an import read its files to the end, and how many papers it took away."""
        with self.transaction():
            self._db.execute(
                "UPDATE imports SET finished = ?, removed = ? WHERE import = ?", (finished, removed, number)
            )

    def imports(self) -> list[Import]:
        """All imports, the latest first."""
        found = self._db.execute(
            """SELECT import, files, started, finished, kind, read, added, merged, updated, unchanged, removed,
                      without_abstract, undone
               FROM imports ORDER BY import DESC"""
        )
        return [Import(row[0], tuple(json.loads(row[1])), *row[2:]) for row in found]

    def problems(self, number: int) -> list[Problem]:
        """The problems of an import, in the order of reading."""
        rows = self._db.execute(
            "SELECT file, record, line, reason FROM problems WHERE import = ? ORDER BY rowid", (number,)
        )
        return [Problem(*row) for row in rows]

    def state(self) -> tuple[object, ...]:
        """Changes with every import, build and mark."""
        row = self._db.execute(
            """SELECT COALESCE((SELECT value FROM settings WHERE name = 'build'), ''),
                      COALESCE((SELECT value FROM settings WHERE name = 'marks'), ''),
                      (SELECT COUNT(finished) + COUNT(undone) FROM imports), COALESCE(MAX(import), 0),
                      COALESCE(MAX(read), 0)
               FROM (SELECT import, read FROM imports ORDER BY import DESC LIMIT 1)"""
        ).fetchone()
        return tuple(row)

    def setting(self, name: str) -> str:
        """A setting's value, or an empty string."""
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set(self, **settings: str) -> None:
        """Write settings in one transaction."""
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", list(settings.items()))
