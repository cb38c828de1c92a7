"""The truth on disk: one SQLite file with papers, their sources, identities, imports and vectors.

The only module that knows tables. Knows nothing of FAISS, maps or screens. Always true: a paper once committed stays;
a paper's `key` (INTEGER) grows in the order of adding and never changes; a vector is kept under (text hash, encoder,
revision); writing needs `Store.open(..., write=True)`, which is held by one process at a time.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.errors import EmptyLibrary, LibraryError
from explorer.paper import (
    Paper,
    Problem,
    Source,
    canonical_arxiv,
    canonical_doi,
    embedding_text,
    identities,
    may_be_one,
    merge,
    text_hash,
)
from explorer.text import fold

FILE = "library.sqlite"
LOCK = "library.lock"

# Migrations: entry i takes a file from version i to i + 1. Never edit an entry that has been released.
_MIGRATIONS = (
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
)

_PAPER = "key, id, title, abstract, authors, year, venue, doi, arxiv, pmid, url, keywords"
# SQLite allows 32,766 variables in one statement since 3.32.
_MANY = 30_000


@dataclass(frozen=True, slots=True)
class Import:
    """One import as it is remembered: its files, when, and what came of its records."""

    number: int
    files: tuple[str, ...]
    started: str
    finished: str | None
    read: int
    added: int
    merged: int
    without_abstract: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What a paper must fulfil: years inclusive, either end open; parts of names without case and accents."""

    year: tuple[int | None, int | None] = (None, None)
    author: str = ""
    venue: str = ""
    topic: str = ""
    source: str = ""

    def __bool__(self) -> bool:
        return self != Filter()


class Store:
    """An open library file. Reading works from any thread; writing from the one that opened it for writing."""

    def __init__(self, path: Path, *, write: bool, lock: object = None) -> None:
        self.path = path
        self._write = write
        self._lock = lock
        self._local = threading.local()

    @classmethod
    def open(cls, folder: Path, *, write: bool = False) -> Store:
        """The store in `folder`; for writing it is created or migrated when needed.

        Raises LibraryError when it is missing (reading), from a newer version, no SQLite file, or being written to.
        """
        path = folder / FILE
        if not write:
            if not path.is_file():
                raise LibraryError(f"no library in {folder}; make one with: explorer add FILE --library {folder}")
            store = cls(path, write=False)
            if store._check_version() == 0:
                raise EmptyLibrary(f"the library in {folder} holds nothing yet; add a file to it: explorer add FILE")
            return store
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"cannot make the folder {folder} for a library: {error.strerror}") from error
        store = cls(path, write=True, lock=_take_lock(folder))
        try:
            store._check_version()
            store._migrate()
        except BaseException:
            store.close()
            raise
        return store

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
    def _db(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        mode = "rwc" if self._write else "ro"
        if not self._write and not os.access(self.path.parent, os.W_OK):
            mode += "&immutable=1"  # on a read-only disk nobody writes, and SQLite cannot make its -shm file
        connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode={mode}", uri=True, timeout=30)
        connection.isolation_level = None  # transactions are opened and closed by name, see `transaction`
        connection.execute("PRAGMA foreign_keys = ON")
        if self._write:
            connection.execute("PRAGMA journal_mode = WAL")
            # A commit survives the death of the process; FULL makes it survive a power cut as well.
            connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _check_version(self) -> int:
        try:
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise LibraryError(
                f"{self.path} is not a library or is damaged ({error}); put back a copy, or add your files again to "
                "another folder"
            ) from error
        if version > len(_MIGRATIONS):
            raise LibraryError(f"{self.path} was written by a newer explorer (version {version}); upgrade this one")
        return int(version)

    def _migrate(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        for number, script in enumerate(_MIGRATIONS[version:], start=version + 1):
            with self.transaction():
                for statement in script.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {number}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # ------------------------------------------------------------------------------------------------ papers

    def put(self, paper: Paper) -> bool:
        """Add a paper, or merge it into the one it is; True when it was new. Call inside a transaction."""
        keys = identities(paper)
        known = self._same(paper, keys)
        if known is None:
            key = self._insert(paper)
        else:
            key, old = known
            merged = merge(old, paper)
            if merged != old:
                self._update(key, merged)
            keys = identities(merged)
        self._db.executemany("INSERT OR IGNORE INTO identities VALUES (?, ?)", [(k, key) for k in keys])
        self._db.executemany(
            "INSERT OR IGNORE INTO sources VALUES (?, ?, ?, ?, ?)",
            [(key, s.file, s.record, s.line, s.key) for s in paper.sources],
        )
        return known is None

    def _same(self, paper: Paper, keys: Sequence[str]) -> tuple[int, Paper] | None:
        for identity in keys:
            found = self._db.execute("SELECT paper FROM identities WHERE identity = ? ORDER BY paper", (identity,))
            for (key,) in found.fetchall():
                known = self.papers([key])[0]
                if may_be_one(known, paper, identity):
                    return key, known
        return None

    def _insert(self, paper: Paper) -> int:
        columns = {"id": self._free_id(paper), **_columns(paper)}
        cursor = self._db.execute(
            f"INSERT INTO papers ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            tuple(columns.values()),
        )
        return int(cursor.lastrowid or 0)

    def _update(self, key: int, paper: Paper) -> None:
        columns = _columns(paper)
        assignments = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(f"UPDATE papers SET {assignments} WHERE key = ?", (*columns.values(), key))

    def _free_id(self, paper: Paper) -> str:
        """The source's own id while it is free, else with a number; without one, an id from the text."""
        wanted = paper.id or paper.doi or paper.arxiv or f"p{text_hash(embedding_text(paper))[:8]}"
        free, number = wanted, 1
        while self._db.execute("SELECT 1 FROM papers WHERE id = ?", (free,)).fetchone():
            number += 1
            free = f"{wanted}~{number}"
        return free

    def count(self) -> int:
        """Number of papers."""
        return int(self._db.execute("SELECT COUNT(*) FROM papers").fetchone()[0])

    def papers(self, keys: Sequence[int]) -> list[Paper]:
        """The papers with these keys, in their order; a key that is gone is left out."""
        found: dict[int, Paper] = {}
        for part in _parts(keys):
            marks = ",".join("?" * len(part))
            sources: dict[int, list[Source]] = {}
            for key, *source in self._db.execute(
                f"SELECT paper, file, record, line, key FROM sources WHERE paper IN ({marks}) ORDER BY file, record",
                part,
            ):
                sources.setdefault(key, []).append(Source(*source))
            for row in self._db.execute(f"SELECT {_PAPER} FROM papers WHERE key IN ({marks})", part):
                found[row[0]] = _paper(row, tuple(sources.get(row[0], ())))
        return [found[key] for key in keys if key in found]

    def find(self, name: str) -> list[int]:
        """Keys of the papers that answer to `name`: by id, else by a source's id, DOI, arXiv id, PMID, else by title.

        A title counts when it equals `name` folded; otherwise every title that contains it.
        """
        name = name.strip()
        exact = (
            ("SELECT key FROM papers WHERE id = ?", name),
            ("SELECT DISTINCT paper FROM sources WHERE key = ? AND key != ''", name),
            *(("SELECT paper FROM identities WHERE identity = ?", key) for key in _id_keys(name)),
        )
        for query, value in exact:
            if keys := [row[0] for row in self._db.execute(f"{query} ORDER BY 1", (value,))]:
                return keys
        folded = fold(name)
        if not folded:
            return []
        same = self._db.execute("SELECT key FROM papers WHERE folded_title = ? ORDER BY key", (folded,)).fetchall()
        part = same or self._db.execute("SELECT key FROM papers WHERE instr(folded_title, ?) ORDER BY key", (folded,))
        return [row[0] for row in part]

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
            ("EXISTS (SELECT 1 FROM sources WHERE paper = papers.key AND file = ?)", filter.source or None),
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
        return self._db.execute("SELECT file, COUNT(DISTINCT paper) FROM sources GROUP BY file ORDER BY 1").fetchall()

    def count_without(self, field: str) -> int:
        """Number of papers that lack `field` ("abstract" or "title")."""
        column = {"abstract": "abstract", "title": "title"}[field]
        return int(self._db.execute(f"SELECT COUNT(*) FROM papers WHERE {column} = ''").fetchone()[0])

    # ----------------------------------------------------------------------------------------------- vectors

    def texts(self) -> list[tuple[int, str]]:
        """(key, text hash) of every paper in the order of adding: what an index is built from."""
        return self._db.execute("SELECT key, text_hash FROM papers ORDER BY key").fetchall()

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

    def begin_import(self, files: Sequence[str], started: str) -> int:
        """Remember that an import of `files` began; its number."""
        with self.transaction():
            cursor = self._db.execute(
                "INSERT INTO imports (files, started) VALUES (?, ?)", (json.dumps(list(files)), started)
            )
        return int(cursor.lastrowid or 0)

    def note_import(self, number: int, *, read: int, added: int, merged: int, without_abstract: int) -> None:
        """Bring the counts of an import up to date. Call inside the transaction that holds the papers counted."""
        self._db.execute(
            "UPDATE imports SET read = ?, added = ?, merged = ?, without_abstract = ? WHERE import = ?",
            (read, added, merged, without_abstract, number),
        )

    def put_problem(self, number: int, problem: Problem) -> None:
        """Keep a problem of an import. Call inside a transaction."""
        self._db.execute(
            "INSERT INTO problems VALUES (?, ?, ?, ?, ?)",
            (number, problem.file, problem.record, problem.line, problem.reason),
        )

    def end_import(self, number: int, finished: str) -> None:
        """Remember that an import read its files to the end."""
        with self.transaction():
            self._db.execute("UPDATE imports SET finished = ? WHERE import = ?", (finished, number))

    def imports(self) -> list[Import]:
        """All imports, the latest first."""
        rows = self._db.execute(
            """SELECT import, files, started, finished, read, added, merged, without_abstract
               FROM imports ORDER BY import DESC"""
        )
        return [Import(row[0], tuple(json.loads(row[1])), *row[2:]) for row in rows]

    def problems(self, number: int) -> list[Problem]:
        """The problems of an import, in the order of reading."""
        rows = self._db.execute(
            "SELECT file, record, line, reason FROM problems WHERE import = ? ORDER BY rowid", (number,)
        )
        return [Problem(*row) for row in rows]

    def state(self) -> tuple[str, int, int, int]:
        """Changes with every import and build: the build, finished imports, the latest import and its records."""
        row = self._db.execute(
            """SELECT COALESCE((SELECT value FROM settings WHERE name = 'build'), ''),
                      (SELECT COUNT(finished) FROM imports), COALESCE(MAX(import), 0), COALESCE(MAX(read), 0)
               FROM (SELECT import, read FROM imports ORDER BY import DESC LIMIT 1)"""
        ).fetchone()
        return str(row[0]), int(row[1]), int(row[2]), int(row[3])

    def setting(self, name: str) -> str:
        """A setting's value, or an empty string."""
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set(self, **settings: str) -> None:
        """Write settings in one transaction."""
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", list(settings.items()))


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


def _columns(paper: Paper) -> dict[str, object]:
    text = embedding_text(paper)
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": json.dumps(paper.authors, ensure_ascii=False),
        "year": paper.year,
        "venue": paper.venue,
        "doi": paper.doi,
        "arxiv": paper.arxiv,
        "pmid": paper.pmid,
        "url": paper.url,
        "keywords": json.dumps(paper.keywords, ensure_ascii=False),
        "folded_title": fold(paper.heading),
        # Both orders of a name, so that "noam brown" and "brown, noam" find it.
        "folded_authors": " | ".join(f"{fold(a)} {fold(a.partition(',')[0])}" for a in paper.authors),
        "folded_venue": fold(paper.venue),
        "text_hash": text_hash(text),
        "text_length": len(text),
    }


def _paper(row: Sequence[object], sources: tuple[Source, ...]) -> Paper:
    _, paper_id, title, abstract, authors, year, venue, doi, arxiv, pmid, url, keywords = row
    return Paper(
        title=str(title),
        abstract=str(abstract),
        authors=tuple(json.loads(str(authors))),
        year=year if isinstance(year, int) else None,
        venue=str(venue),
        doi=str(doi),
        arxiv=str(arxiv),
        pmid=str(pmid),
        url=str(url),
        keywords=tuple(json.loads(str(keywords))),
        id=str(paper_id),
        sources=sources,
    )


def _id_keys(name: str) -> Iterator[str]:
    if doi := canonical_doi(name):
        yield f"doi:{doi}"
    if arxiv := canonical_arxiv(name):
        yield f"arxiv:{arxiv.lower()}"
    if name.lower().removeprefix("pmid:").strip().isdigit():
        yield f"pmid:{name.lower().removeprefix('pmid:').strip()}"


def _parts(keys: Sequence[int]) -> Iterable[list[int]]:
    for start in range(0, len(keys), _MANY):
        yield [int(key) for key in keys[start : start + _MANY]]
