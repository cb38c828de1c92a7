"""Records: what each file said of which paper, and how papers are made of them.

Decides which record belongs to which paper by `explorer.identity`; knows the tables records, replaced and apart. Always
true: a paper is the merge of its records, in the order they came; a record joined its paper for a reason that is kept;
splitting it off again gives back what it said; what the latest import changed or took away can be brought back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from enum import Enum

from explorer.errors import LibraryError
from explorer.identity import Match, abstract_overlap, identities, ids, match, merge, titles_agree
from explorer.paper import Paper, Source
from explorer.store import rows
from explorer.store.database import Database, Table
from explorer.store.marks import count_up
from explorer.store.papers import PaperTable

_CANDIDATES = 50  # papers looked at for one identity; more share only boilerplate, "No abstract is available" say
_ROW = "number, paper, origin, file, record, line, key, digest, said, reason, version, added, seen"
_PLACES = ", ".join("?" * 13)


# What gives one paper (first) the records, marks and notes of another (second).
_MOVES = (
    "UPDATE records SET paper = ? WHERE paper = ?",
    "INSERT OR IGNORE INTO marks SELECT kind, name, ? FROM marks WHERE paper = ? AND kind != 'folder'",
    """INSERT INTO notes SELECT ?, note, changed FROM notes WHERE paper = ?
       ON CONFLICT (paper) DO UPDATE SET note = notes.note || char(10) || excluded.note""",
)


class Outcome(Enum):
    """What became of a record: a new paper; part of a known one; the change of a known record; unchanged."""

    ADDED = "added"
    MERGED = "merged"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Record:
    """What one file said of a paper; the reason it joined it, empty for the first; whether as another version."""

    number: int
    paper: Paper
    source: Source
    reason: str
    version: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A record in the table: its number, its paper's key, and its statement (None: what the paper says)."""

    number: int
    paper: int
    statement: str | None


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a record stands: the argument it was read from, its file, number, line and key, and its digest."""

    origin: str
    file: str
    record: int
    line: int
    key: str
    digest: bytes


class RecordTable(Table):
    """The records of an open library. All methods that change something are called inside a transaction."""

    def __init__(self, database: Database, papers: PaperTable) -> None:
        super().__init__(database)
        self._papers = papers

    # ------------------------------------------------------------------------------------------------ reading in

    def put(self, paper: Paper, number: int = 0, origin: str = "", *, exact: bool = False) -> Outcome:
        """Take in a record that import `number` read from the argument `origin`.

        A changed record keeps what the new one no longer says, unless `exact`.
        """
        source = paper.sources[0] if paper.sources else Source("(papers)", 0, 0, paper.id)
        text = rows.statement(paper)
        place = (origin or source.file, source.file, source.record, source.line, source.key)
        entry = _Entry(*place, rows.digest(text))
        if same := self._read_before(entry, number):
            self._see(same.number, entry, number)
            return Outcome.UNCHANGED
        old = self._under_its_key(paper, source, number)
        matches = [] if old else list(self._matches(paper))
        if matches and old is None:
            old = self._in_this_file(matches[0][0], source, number)
        if old:
            return self._revise(old, paper, entry, number, exact)
        if not matches:
            key = rows.insert(self._db, paper)
            self._insert(key, entry, None, Match(""), number)
            rows.put_identities(self._db, key, [paper])
            self._put_folders(key, [paper])
            return Outcome.ADDED
        home, why = matches[0]
        self._keep_statements(home)
        self._insert(home, entry, text, why, number)
        for other, reason in matches[1:]:
            self._absorb(other, home, reason, number)
        self._refresh(home)
        return Outcome.MERGED

    def _read_before(self, entry: _Entry, number: int) -> _Row | None:
        """The same record of the same file as an earlier import saw it."""
        values = (entry.digest, entry.file, entry.key, number)
        return self._first("digest = ? AND file = ? AND key = ? AND seen < ?", values)

    def _under_its_key(self, paper: Paper, source: Source, number: int) -> _Row | None:
        """The record with this key in this file before, unless it is of another paper: some keys are row numbers."""
        if not source.key:
            return None
        old = self._first("key = ? AND file = ? AND seen < ?", (source.key, source.file, number))
        return old if old and _is_akin(self._statement(old), paper) else None

    def _in_this_file(self, key: int, source: Source, number: int) -> _Row | None:
        """A record without a key of the paper `key`, in the same file, which this import did not see yet."""
        return self._first("paper = ? AND file = ? AND seen < ? AND key = ''", (key, source.file, number))

    def _first(self, condition: str, values: Sequence[object]) -> _Row | None:
        sql = f"SELECT number, paper, said FROM records WHERE {condition} ORDER BY number LIMIT 1"
        row = self._row(sql, *values)
        return _Row(*row) if row else None

    def _statement(self, record: _Row) -> Paper:
        return rows.stated(record.statement) if record.statement else self._papers.fetch([record.paper])[0]

    def _see(self, record: int, entry: _Entry, number: int) -> None:
        sql = "UPDATE records SET origin = ?, record = ?, line = ?, digest = ?, seen = ? WHERE number = ?"
        self._run(sql, entry.origin, entry.record, entry.line, entry.digest, number, record)

    def _insert(self, key: int, entry: _Entry, text: str | None, why: Match, number: int) -> None:
        values = (None, key, *astuple(entry), text, why.reason, why.version, number, number)  # None: the next number
        self._run(f"INSERT INTO records ({_ROW}) VALUES ({_PLACES})", *values)

    def candidates(self, paper: Paper) -> list[int]:
        """Keys of the papers that a record like `paper` would join, strongest reason first. Changes nothing."""
        return [key for key, _ in self._matches(paper)]

    def _matches(self, paper: Paper) -> Iterator[tuple[int, Match]]:
        """Keys of the known papers that `paper` is one with, strongest reason first."""
        seen: set[int] = set()
        for identity in identities(paper):
            sql = "SELECT paper FROM identities WHERE identity = ? ORDER BY paper LIMIT ?"
            candidates = [key for key in self._column(sql, rows.number(identity), _CANDIDATES) if key not in seen]
            for key in candidates:
                present = self._papers.fetch([key])
                if present and (why := match(present[0], paper, identity)):
                    seen.add(key)
                    yield key, why

    def _revise(self, old: _Row, paper: Paper, entry: _Entry, number: int, exact: bool) -> Outcome:
        before = self._statement(old)
        after = replace(paper, id="", sources=()) if exact else _overlaid(before, paper)
        text = rows.statement(after)
        if text == rows.statement(before):
            self._see(old.number, entry, number)
            return Outcome.UNCHANGED
        self._keep_statements(old.paper)
        self._journal([old.number], number)
        self._see(old.number, entry, number)
        self._run("UPDATE records SET said = ? WHERE number = ?", text, old.number)
        self._refresh(old.paper)
        if ids(after) != ids(before):
            for other, reason in list(self._matches(after)):
                self._absorb(other, old.paper, reason, number)
            self._refresh(old.paper)
        return Outcome.UPDATED

    # ------------------------------------------------------------------------------------- papers from records

    def _keep_statements(self, key: int) -> None:
        """Write down what the records of a paper said, before the paper says more than they."""
        if self._row("SELECT 1 FROM records WHERE paper = ? AND said IS NULL", key):
            text = rows.statement(self._papers.fetch([key])[0])
            self._run("UPDATE records SET said = ? WHERE paper = ? AND said IS NULL", text, key)

    def _refresh(self, key: int) -> None:
        """Make the paper anew from its records; without any it is gone."""
        texts = self._column("SELECT said FROM records WHERE paper = ? ORDER BY number", key)
        if not texts:
            self._run("DELETE FROM papers WHERE key = ?", key)
        if not texts or None in texts:
            return  # a single record says what the paper says
        papers = list(map(rows.stated, texts))
        merged = merge(papers)
        rows.update(self._db, key, merged)
        self._run("DELETE FROM identities WHERE paper = ?", key)
        rows.put_identities(self._db, key, [*papers, merged])
        self._run("DELETE FROM marks WHERE kind = 'folder' AND paper = ?", key)
        self._put_folders(key, papers)

    def _put_folders(self, key: int, papers: Iterable[Paper]) -> None:
        names = {name for paper in papers for name in paper.collections}
        self._db.executemany("INSERT OR IGNORE INTO marks VALUES ('folder', ?, ?)", [(name, key) for name in names])

    def _absorb(self, other: int, home: int, why: Match, number: int) -> None:
        """Move all records of `other` to `home`, unless somebody said that the two are not one."""
        apart = self._row("SELECT 1 FROM apart WHERE one = ? AND other = ?", *sorted((home, other)))
        if other == home or apart or not self._papers.fetch([other]):
            return
        for key in (home, other):
            self._keep_statements(key)
        numbers = self._numbers(other)
        self._journal(numbers, number)
        self._run("UPDATE records SET reason = ?, version = ? WHERE number = ?", why.reason, why.version, numbers[0])
        for sql in _MOVES:
            self._run(sql, home, other)
        self._run("DELETE FROM papers WHERE key = ?", other)

    def _numbers(self, key: int) -> list[int]:
        return self._column("SELECT number FROM records WHERE paper = ? ORDER BY 1", key)

    # ------------------------------------------------------------------------------------------- by the user's hand

    def of(self, keys: Sequence[int]) -> list[list[Record]]:
        """The records of each of these papers, in the order they came."""
        papers = self._papers.by_key(keys)
        records: dict[int, list[Record]] = {key: [] for key in keys}
        sql = """SELECT paper, number, said, file, record, line, key, reason, version FROM records
                 WHERE paper IN ({}) ORDER BY number"""
        for key, number, text, *source, reason, version in self._among(sql, keys):
            paper = rows.stated(text) if text else replace(papers[key], id="", sources=())
            records[key].append(Record(number, paper, Source(*source), reason, bool(version)))
        return [records[key] for key in keys]

    def merged(self) -> list[int]:
        """Keys of the papers made of several records, the latest merge first."""
        return self._column("SELECT paper FROM records GROUP BY paper HAVING COUNT(*) > 1 ORDER BY MAX(number) DESC")

    def split(self, number: int) -> int:
        """Make a paper of its own of a record that was merged; the new paper's key. They stay apart from now on.

        Raises LibraryError when there is no such record, or it is the only one of its paper.
        """
        row = self._row("SELECT paper, file, record, line, key FROM records WHERE number = ?", number)
        if row is None or len(self._numbers(row[0])) < 2:
            raise LibraryError(f"record {number} is not merged with another; see: explorer merges")
        home, source = row[0], Source(*row[1:])
        self._keep_statements(home)
        (text,) = self._row("SELECT said FROM records WHERE number = ?", number)
        key = rows.insert(self._db, rows.stated(text, source.key))
        self._run("UPDATE records SET paper = ? WHERE number = ?", key, number)
        for first in (number, self._numbers(home)[0]):
            self._run("UPDATE records SET reason = '', version = 0 WHERE number = ?", first)
        self.keep_apart(home, key)
        self._refresh(home)
        self._refresh(key)
        return key

    def join(self, home: int, other: int) -> None:
        """Make one paper of two because the user says so."""
        self._run("DELETE FROM apart WHERE one = ? AND other = ?", *sorted((home, other)))
        self._absorb(other, home, Match("joined by hand"), -1)
        self._refresh(home)

    def keep_apart(self, one: int, other: int) -> None:
        """Remember that two papers are not one; also while an import runs."""
        with self._database.moment() as db:
            db.execute("INSERT OR IGNORE INTO apart VALUES (?, ?)", sorted((one, other)))
            count_up(db)

    def apart(self) -> set[tuple[int, int]]:
        """Pairs of keys that are not one, smaller key first."""
        return set(self._run("SELECT one, other FROM apart"))

    # --------------------------------------------------------------------------------------- taking away, undoing

    def remove(self, keys: Sequence[int], number: int) -> None:
        """Take papers away, as import `number`."""
        for key in keys:
            self._keep_statements(key)
            self._journal(self._numbers(key), number)
            self._run("DELETE FROM papers WHERE key = ?", key)

    def stale(self, origins: Sequence[str], number: int) -> list[int]:
        """Records of these files that import `number` did not see."""
        places = ",".join("?" * len(origins))
        sql = f"SELECT number FROM records WHERE origin IN ({places}) AND seen < ? ORDER BY number"
        return self._column(sql, *origins, number)

    def drop(self, numbers: Sequence[int], number: int) -> int:
        """Take records away, as import `number`; how many papers went with them."""
        before = self._papers.count()
        for record in numbers:
            (key,) = self._row("SELECT paper FROM records WHERE number = ?", record)
            self._keep_statements(key)
            self._journal([record], number)
            self._run("DELETE FROM records WHERE number = ?", record)
            self._refresh(key)
        return before - self._papers.count()

    def undo(self, number: int) -> None:
        """Bring everything back to what it was before import `number`, the latest."""
        touched = set(self._column("SELECT paper FROM records WHERE added = ?", number))
        self._run("DELETE FROM records WHERE added = ?", number)
        back = self._run("SELECT paper_id, row FROM replaced WHERE import = ? ORDER BY rowid DESC", number)
        for paper_id, text in back.fetchall():
            values = json.loads(text)
            record, key, added = values[0], values[1], values[11]
            if added == number:
                continue  # it came with this import, and was moved by it
            touched |= {key, *self._column("SELECT paper FROM records WHERE number = ?", record)}
            self._restore_paper(key, paper_id)
            values[7] = bytes.fromhex(values[7])
            self._run(f"INSERT OR REPLACE INTO records ({_ROW}) VALUES ({_PLACES})", *values)
        self._run("DELETE FROM replaced WHERE import = ?", number)
        for key in touched:
            self._refresh(key)

    def _restore_paper(self, key: int, paper_id: str) -> None:
        if not self._row("SELECT 1 FROM papers WHERE key = ?", key):
            new = rows.insert(self._db, Paper(id=paper_id))  # `_refresh` fills it
            self._run("UPDATE papers SET key = ? WHERE key = ?", key, new)

    def _journal(self, numbers: Sequence[int], number: int) -> None:
        """Keep these records as they are now, for `undo`; -1 when it is no import that changes them."""
        if number < 0:
            return
        for record in numbers:
            row = self._row(f"SELECT {_ROW} FROM records WHERE number = ?", record)
            (paper_id,) = self._row("SELECT id FROM papers WHERE key = ?", row[1])
            values = [value.hex() if isinstance(value, bytes) else value for value in row]
            self._run("INSERT INTO replaced VALUES (?, ?, ?, ?)", number, record, paper_id, json.dumps(values))


def _is_akin(old: Paper, new: Paper) -> bool:
    """Whether records of one key in one file are of one paper: an id, the title or the abstract is still the same."""
    shared = any(a and a == b for a, b in zip(ids(old).values(), ids(new).values(), strict=True))
    alike = bool(old.title and new.title) and titles_agree(old.title, new.title)
    return shared or alike or (abstract_overlap(old.abstract, new.abstract) or 0) >= 0.6


def _overlaid(old: Paper, new: Paper) -> Paper:
    """`new`, with what only `old` says; the folders are the new ones."""
    missing = {field.name: getattr(old, field.name) for field in fields(Paper) if not getattr(new, field.name)}
    return replace(new, **{**missing, "collections": new.collections, "id": "", "sources": ()})
