"""Records: what each file says of which paper, and how papers are made of them.

Which papers a record may join, `candidates` says; what is needed for undoing, `journal` keeps; knows the tables records
and apart. Always true: a paper is the merge of its records, in the order they came; a record joined its paper for a
reason that is kept; splitting it off again gives back what it says; a record is never overwritten by that of another
paper: the key it has in its file is the weakest sign of what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from enum import Enum

from explorer.errors import LibraryError
from explorer.identity import Match, abstract_overlap, authors_agree, ids, is_serial, merge, titles_agree, veto
from explorer.notices import cleaned
from explorer.paper import Paper, Source
from explorer.store import rows
from explorer.store.candidates import Candidates
from explorer.store.checksums import SOUND
from explorer.store.database import Database, Table
from explorer.store.journal import PLACES, ROW, Journal
from explorer.store.marks import count_up
from explorer.store.papers import PaperTable

BY_HAND = "joined by hand"
_AGREE, _COPIED = 0.6, 0.95  # shares of the words of two abstracts: of one text, of the very same text
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
    """What a file says of a paper; the reason it joined it, empty for the first; whether as another version."""

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

    def __init__(self, database: Database, papers: PaperTable, candidates: Candidates) -> None:
        super().__init__(database)
        self._papers = papers
        self._candidates = candidates
        self._journal = Journal(database)

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
        matches = list(self._candidates.matches(paper))
        old = self._matched_in_this_file(matches, paper, entry, number) if matches else self._akin(paper, entry, number)
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
            if self._candidates.may_join(home, other):
                self._absorb(other, home, reason, number)
        self._refresh(home)
        return Outcome.MERGED

    def _read_before(self, entry: _Entry, number: int) -> _Row | None:
        """The same record of the same file as an earlier import saw it, perhaps under another key."""
        return self._first("digest = ? AND file = ? AND seen < ?", (entry.digest, entry.file, number), entry.key)

    def _matched_in_this_file(
        self, matches: Sequence[tuple[int, Match]], paper: Paper, entry: _Entry, number: int
    ) -> _Row | None:
        """A record in the same file, which this import did not see yet, of a paper that `paper` is one with.

        Its key may be another by now; it is not taken for a record of another version of the work.
        """
        keys = [key for key, _ in matches]
        condition = f"paper IN ({','.join('?' * len(keys))}) AND file = ? AND seen < ?"
        old = self._first(condition, (*keys, entry.file, number), entry.key)
        return old if old and not _conflict(self._statement(old), paper) else None

    def _akin(self, paper: Paper, entry: _Entry, number: int) -> _Row | None:
        """The record with this key in this file before, unless it is of another paper: some keys are row numbers."""
        if not entry.key:
            return None
        old = self._first("key = ? AND file = ? AND seen < ?", (entry.key, entry.file, number), entry.key)
        return old if old and _is_akin(self._statement(old), paper) else None

    def _first(self, condition: str, values: Sequence[object], key: str) -> _Row | None:
        """The first record that fulfils a condition, one with this key before all others."""
        sql = f"""SELECT number, paper, said, {SOUND["records"]} FROM records WHERE {condition}
                  ORDER BY key != ?, number LIMIT 1"""
        row = next(self._sound("records", self._run(sql, *values, key)), None)
        return _Row(*row) if row else None

    def _statement(self, record: _Row) -> Paper:
        return rows.stated(record.statement) if record.statement else self._papers.fetch([record.paper])[0]

    def _see(self, record: int, entry: _Entry, number: int) -> None:
        (key,) = self._row("SELECT key FROM records WHERE number = ?", record)
        if key != entry.key:
            self._journal.keep([record], number)
        sql = "UPDATE records SET origin = ?, record = ?, line = ?, key = ?, digest = ?, seen = ? WHERE number = ?"
        self._run(sql, entry.origin, entry.record, entry.line, entry.key, entry.digest, number, record)

    def _insert(self, key: int, entry: _Entry, text: str | None, why: Match, number: int) -> None:
        values = (None, key, *astuple(entry), text, why.reason, why.version, number, number)  # None: the next number
        self._run(f"INSERT INTO records ({ROW}) VALUES ({PLACES})", *values)

    def _revise(self, old: _Row, paper: Paper, entry: _Entry, number: int, exact: bool) -> Outcome:
        before = self._statement(old)
        after = replace(paper, id="", sources=()) if exact else _overlaid(before, paper)
        text = rows.statement(after)
        if text == rows.statement(before):
            self._see(old.number, entry, number)
            return Outcome.UNCHANGED
        self._keep_statements(old.paper)
        self._journal.keep([old.number], number)
        self._see(old.number, entry, number)
        self._run("UPDATE records SET said = ? WHERE number = ?", text, old.number)
        self._refresh(old.paper)
        if ids(after) != ids(before):
            for other, reason in list(self._candidates.matches(after)):
                if self._candidates.may_join(old.paper, other):
                    self._absorb(other, old.paper, reason, number)
            self._refresh(old.paper)
        return Outcome.UPDATED

    # ------------------------------------------------------------------------------------- papers from records

    def _keep_statements(self, key: int) -> None:
        """Write down what the records of a paper say, before the paper says more than they."""
        if self._row("SELECT 1 FROM records WHERE paper = ? AND said IS NULL", key):
            text = rows.statement(self._papers.fetch([key])[0])
            self._run("UPDATE records SET said = ? WHERE paper = ? AND said IS NULL", text, key)

    def _refresh(self, key: int) -> None:
        """Make the paper anew from its records; without any it is gone."""
        sql = f"SELECT said, {SOUND['records']} FROM records WHERE paper = ? ORDER BY number"
        texts = [text for (text,) in self._sound("records", self._run(sql, key))]
        if not texts:
            self._run("DELETE FROM papers WHERE key = ?", key)
        if not texts or None in texts:
            return  # a single record says what the paper says
        papers = list(map(rows.stated, texts))
        merged = replace(merge(papers), notices=cleaned(notice for paper in papers for notice in paper.notices))
        rows.update(self._db, key, merged)
        self._run("DELETE FROM identities WHERE paper = ?", key)
        rows.put_identities(self._db, key, [*papers, merged])
        self._run("DELETE FROM marks WHERE kind = 'folder' AND paper = ?", key)
        self._put_folders(key, papers)

    def _put_folders(self, key: int, papers: Iterable[Paper]) -> None:
        names = {name for paper in papers for name in paper.collections}
        self._db.executemany("INSERT OR IGNORE INTO marks VALUES ('folder', ?, ?)", [(name, key) for name in names])

    def _absorb(self, other: int, home: int, why: Match, number: int) -> None:
        """Move all records of `other` to `home`."""
        if other == home or not self._papers.fetch([other]):
            return
        for key in (home, other):
            self._keep_statements(key)
        numbers = self._numbers(other)
        self._journal.keep(numbers, number)
        for table in ("marks", "notes"):  # what is copied gets a checksum of its own: damage must not
            list(self._sound(table, self._run(f"SELECT paper, {SOUND[table]} FROM {table} WHERE paper = ?", other)))
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
        sql = f"""SELECT paper, number, said, file, record, line, key, reason, version, {SOUND["records"]} FROM records
                  WHERE paper IN ({{}}) ORDER BY number"""
        for key, number, text, *source, reason, version in self._sound("records", self._among(sql, keys)):
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
        self._absorb(other, home, Match(BY_HAND), -1)
        self._refresh(home)

    def keep_apart(self, one: int, other: int, *, apart: bool = True) -> None:
        """Remember that two papers are not one, or forget it; also while an import runs."""
        sql = "INSERT OR IGNORE INTO apart VALUES (?, ?)" if apart else "DELETE FROM apart WHERE one = ? AND other = ?"
        with self._database.moment() as db:
            db.execute(sql, sorted((one, other)))
            count_up(db)

    def apart(self) -> set[tuple[int, int]]:
        """Pairs of keys that are not one, smaller key first."""
        return set(self._sound("apart", self._run(f"SELECT one, other, {SOUND['apart']} FROM apart")))

    # --------------------------------------------------------------------------------------- taking away, undoing

    def remove(self, keys: Sequence[int], number: int) -> None:
        """Take papers away, as import `number`."""
        for key in keys:
            self._keep_statements(key)
            self._journal.keep(self._numbers(key), number)
            self._run("DELETE FROM papers WHERE key = ?", key)

    def taken(self, number: int) -> list[Paper]:
        """The papers that change `number`, a removal, took away, as their records say."""
        return self._journal.taken(number)

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
            self._journal.keep([record], number)
            self._run("DELETE FROM records WHERE number = ?", record)
            self._refresh(key)
        return before - self._papers.count()

    def undo(self, number: int) -> None:
        """Bring everything back to what it was before import `number`, the latest."""
        for key in self._journal.restore(number):
            self._refresh(key)


def _conflict(old: Paper, new: Paper) -> bool:
    return any(a and b and a != b for a, b in zip(ids(old).values(), ids(new).values(), strict=True))


def _is_akin(old: Paper, new: Paper) -> bool:
    """Whether records of one key in one file are of one paper: an id, the title or the abstract is still the same."""
    shared = abstract_overlap(old.abstract, new.abstract) or 0
    same_year = old.year == new.year or not (old.year and new.year)
    if veto(old, new):  # an id that was corrected, and nothing else
        agree = same_year and shared >= _COPIED and not is_serial(new.title)
        return agree and titles_agree(old.title, new.title) and authors_agree(old, new)
    if any(a and a == b for a, b in zip(ids(old).values(), ids(new).values(), strict=True)):
        return titles_agree(old.title, new.title, loosely=True)
    alike = bool(old.title and new.title) and titles_agree(old.title, new.title) and (same_year or shared >= _AGREE)
    return authors_agree(old, new) and (alike or shared >= _AGREE)


def _overlaid(old: Paper, new: Paper) -> Paper:
    """`new`, with what only `old` says; the folders are the new ones."""
    missing = {field.name: getattr(old, field.name) for field in fields(Paper) if not getattr(new, field.name)}
    return replace(new, **{**missing, "collections": new.collections, "id": "", "sources": ()})


def home_of(records: RecordTable, record: Record) -> int | None:
    """The key of the paper here that holds a record of another library; None when there is none."""
    digest, source = rows.digest(rows.statement(record.paper)), record.source
    for condition, values in (
        ("digest = ? AND file = ?", (digest, source.file)),
        ("file = ? AND record = ? AND line = ? AND key = ?", (source.file, source.record, source.line, source.key)),
    ):
        if row := records._first(condition, values, source.key):
            return row.paper
    return None
