"""Tagged text: records of lines that begin with a tag, as databases have written since the 1980s.

Holds how records are cut out of such a file (`Dialect`, `entries`), and how what was found becomes a `Paper`. Knows
nothing of the tags of any one format.
Always true: every record gives one `Entry`, in the order of the file; at most two are in memory, of `limits.line()`
characters each; a line without a tag continues the field before it; a file is read in time linear in its size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from explorer import notices
from explorer.paper import Paper, Problem, Source
from explorer.readers.engine import ids, values
from explorer.readers.engine.fields import is_empty
from explorer.readers.engine.html import plain
from explorer.readers.engine.paper import finished
from explorer.readers.engine.reader import FormatReader
from explorer.readers.io import limits
from explorer.readers.io.stream import Stream

Split = Callable[[str], tuple[str, str] | None]
_NONE: frozenset[str] = frozenset()
_MEND = "Mend or ignore this record"


@cache
def _listed(names: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, names.split(",")))) if "," in names else tuple(names.split())


def tags(names: str) -> frozenset[str]:
    """The tags of these names: between blanks, "TI T1", or where one holds a blank after each a comma."""
    return frozenset(_listed(names))


def lines(pattern: str, of: frozenset[str] = _NONE, case: Callable[[str], str] = str) -> Split:
    """Splits lines that `pattern` matches: its first group that takes part is the tag, the second the value.

    With `of`, a line with a tag that is not among those has none.
    """
    compiled = re.compile(pattern, re.DOTALL)

    def split(line: str) -> tuple[str, str] | None:
        match = compiled.match(line)
        if match is None:
            return None
        tag, *value = (group for group in match.groups() if group is not None)
        return (case(tag), value[0] if value else "") if not of or tag in of else None

    return split


@dataclass(frozen=True)
class Dialect:
    """How one kind of tagged text marks its fields and records.

    `split` gives the tag and value of a line, or None for a line that has no tag. A tag of `first` begins a record and
    one of `last` ends it. A tag of `once` begins a record when the current one has it already. Where blank lines set
    records apart, a tag of `openers` after a blank line begins one. Tags `outside` belong to the file. A record without
    its `first` counts when it has a tag of `needed`.
    """

    split: Split
    needed: frozenset[str]
    first: frozenset[str] = _NONE
    last: frozenset[str] = _NONE
    once: frozenset[str] = _NONE
    openers: frozenset[str] = _NONE
    outside: frozenset[str] = _NONE


class Entry:
    """The fields of one record, each a list of values in the order of the file."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.fault = ""
        self.opened = False
        self.ended = False
        self.apart = True  # whether a blank line stands before, where records have an end
        self.tags: dict[str, list[list[str]]] = {}
        self._limit = limits.line()
        self._size = 0
        self._last: list[str] = []

    def begin(self, tag: str, value: str) -> None:
        """A new value of `tag`."""
        if self._fits(value):
            self._last = [value]
            self.tags.setdefault(tag, []).append(self._last)

    def go_on(self, text: str) -> None:
        """One more line of the value before."""
        if self._fits(text):
            self._last.append(text)

    def absorb(self, other: Entry) -> None:
        """Take over fields that followed the end of this record."""
        for tag, lines in other.tags.items():
            self.tags.setdefault(tag, []).extend(lines)
        self.fault = self.fault or other.fault

    def has(self, tags: frozenset[str]) -> bool:
        """Whether one of `tags` holds something."""
        return any(line.strip() for tag in tags & self.tags.keys() for value in self.tags[tag] for line in value)

    def all(self, tags: str, field: str | None = None) -> list[str]:
        """The values of `tags` that are not empty, those of the first tag first; lines stay lines.

        With `field`, without those that say nothing there: NA, "No abstract available".
        """
        values = ("\n".join(value).strip() for tag in _listed(tags) for value in self.tags.get(tag, ()))
        return [value for value in values if value and not (field is not None and is_empty(value, field))]

    def first(self, tags: str, field: str | None = None) -> str:
        """The first value that is not empty, of the first tag that has one."""
        return next(iter(self.all(tags, field)), "")

    def best(self, tags: str, field: str | None = None) -> list[str]:
        """The values of the first of `tags` that has any."""
        return next((values for tag in _listed(tags) if (values := self.all(tag, field))), [])

    def _fits(self, text: str) -> bool:
        self._size += len(text) + 16  # an empty line costs memory too
        if self._size > self._limit:
            self.fault = limits.too_long("record")
            self.tags.clear()
        return not self.fault


def entries(stream: Stream, dialect: Dialect) -> Iterator[Entry]:
    """The records of a file, one at a time."""
    cutter = _Cutter(dialect, _double_spaced(stream.head(), dialect.split))
    for line in stream.lines():
        for text in line.text.split("\r"):  # files joined from several may mix the ends of lines
            yield from cutter.take(line.number, text.lstrip("\ufeff"), line.fault)
    yield from cutter.rest()
    for number, reason in cutter.left_out:
        stream.note(number, reason)


def _double_spaced(head: str, split: Split) -> bool:
    """Whether blank lines stand between most fields, and so cannot mean the end of a record."""
    lines = head.split("\n", 400)[:400]
    tags = [number for number, text in enumerate(lines) if text.strip() and split(text)]
    apart = sum(number > 0 and not lines[number - 1].strip() for number in tags)
    return len(tags) > 3 and apart > 0.6 * len(tags)


class _Cutter:
    """Takes lines and gives records; the last one is held back, for fields may follow its end."""

    def __init__(self, dialect: Dialect, double_spaced: bool) -> None:
        self.left_out: list[tuple[int, str]] = []
        self._dialect = dialect
        self._apart = bool(dialect.openers) and not double_spaced
        self._openers = dialect.openers
        self._ended: Entry | None = None
        self._entry: Entry | None = None
        self._blank = True
        self._begun = False

    def take(self, number: int, text: str, fault: str = "") -> Iterator[Entry]:
        """The record before this line, if the line ends it."""
        if not text.strip():
            self._blank = True
            if self._entry:
                self._entry.go_on("")
            return
        if field := self._dialect.split(text):
            yield from self._field(number, *field)
        elif self._entry:
            self._entry.go_on(text)
        if fault:
            self._fail(number, fault)
        self._blank = False

    def rest(self) -> Iterator[Entry]:
        """What is left at the end of the file."""
        yield from self._close()
        if self._ended:
            yield self._ended

    def _field(self, number: int, tag: str, value: str) -> Iterator[Entry]:
        if tag in self._dialect.outside:
            return
        if self._begins(tag):
            yield from self._close()
        if not self._begun:
            self._begun, self._openers = True, self._openers | {tag}
        if not self._entry:
            self._entry = Entry(number)
            self._entry.apart = self._blank or not self._dialect.last
        entry = self._entry
        entry.opened |= tag in self._dialect.first
        entry.begin(tag, value)
        if tag in self._dialect.last:
            entry.ended = True
            yield from self._close()
            again = self._dialect.split(value)  # "ER  - TY  - JOUR": a line end was lost
            if again and again[0] in self._dialect.first:
                yield from self._field(number, *again)

    def _begins(self, tag: str) -> bool:
        entry = self._entry
        if not entry:
            return False
        if tag in self._dialect.first:  # some write it amid the record's tags, and some twice
            if entry.opened:
                return self._blank or entry.has(self._dialect.needed)
            return self._blank and entry.has(self._dialect.needed)
        if tag in self._dialect.once and tag in entry.tags:
            return True
        alone = entry.has(self._dialect.needed | self._dialect.once)
        return self._apart and self._blank and tag in self._openers and alone

    def _close(self) -> Iterator[Entry]:
        entry, self._entry = self._entry, None
        marks = self._dialect.first | self._dialect.last
        if not entry:
            return
        if not (entry.tags.keys() - marks or entry.fault):
            if self._ended and not self._ended.opened:
                self._ended.absorb(entry)  # its kind stands behind its end
                return
            if not (entry.opened and entry.ended):  # a beginning and an end with nothing between are a record
                return
        if self._ended and not (self._ended.ended or entry.apart or entry.has(self._dialect.needed)):
            self._ended.absorb(entry)  # the kind stood twice
            self._ended.ended |= entry.ended
            return
        if self._dialect.first and not (entry.opened or entry.ended or entry.has(self._dialect.needed)):
            if self._ended:
                self._ended.absorb(entry)
            else:
                names = ", ".join(entry.tags)[:60]
                self.left_out.append((entry.line, f"fields before the first record were left out: {names}"))
            return
        if self._ended:
            yield self._ended
        self._ended = entry

    def _fail(self, number: int, fault: str) -> None:
        if self._entry:
            self._entry.fault = fault
        else:
            self.left_out.append((number, fault))


# ------------------------------------------------------------------------------------------------------------- papers

Values = dict[str, Any]  # the fields of a paper as written; `abstract`, `authors` and `keywords` are lists


@dataclass(frozen=True)
class Tags:
    """Which tags hold which field of a paper, best first.

    An id stands in a field of its own, may be all that a field says (`doi_alone`), or stands within an address.
    `flow` joins the lines of an abstract where they were wrapped at a width.
    """

    title: str
    abstract: str
    year: str
    authors: str = ""
    venue: str = ""
    doi: str = ""
    doi_alone: str = ""
    doi_within: str = ""
    arxiv: str = ""
    pmid: str = ""
    pmid_within: str = ""
    pmcid: str = ""
    url: str = ""
    keywords: str = ""
    key: str = ""
    kind: str = ""
    notes: str = ""
    flow: Callable[[str], str] = str

    def values(self, entry: Entry) -> Values:
        """The fields of an entry."""
        return {
            "title": entry.first(self.title, "title"),
            "abstract": [self.flow(text) for text in entry.best(self.abstract, "abstract")],
            "authors": entry.best(self.authors, "authors"),
            "year": values.dated(entry.all(self.year)),
            "venue": entry.first(self.venue, "venue"),
            "doi": ids.doi(entry.all(self.doi), entry.all(self.doi_alone), entry.all(self.doi_within)),
            "arxiv": ids.arxiv(entry.all(self.arxiv)),
            "pmid": entry.first(self.pmid) or ids.pmid(entry.all(self.pmid_within)),
            "pmcid": ids.pmcid(entry.all(self.pmcid)),
            "url": ids.link(entry.all(self.url)),
            "keywords": values.words(entry.all(self.keywords)),
            "notices": notices.of_types(entry.all(self.kind)) + notices.of_notes(entry.all(self.notes)),
            "key": entry.first(self.key, "key"),
        }


def tagged_reader(
    name: str,
    label: str,
    suffixes: tuple[str, ...],
    begins: Callable[[str], object],
    dialect: Callable[[str], Dialect],
    values: Callable[[Entry], Values],
) -> FormatReader:
    """A reader of one format of tagged text: what begins it, how it is cut, and what its tags mean."""

    def read(stream: Stream) -> Iterator[Paper | Problem]:
        for record, entry in enumerate(entries(stream, dialect(stream.head())), 1):
            fault = entry.fault
            fields = {} if fault else _fields(values(entry))
            if not fault and not fields["title"] and not fields["abstract"]:
                tags = ", ".join([tag for tag in entry.tags if tag not in "<#"][:12]) or "nothing"
                fault = f"no title and no abstract found, only {tags}; a paper needs one of them. {_MEND}"
            if fault:
                yield Problem(stream.name, record, entry.line, fault)
            else:
                yield finished(Source(stream.name, record, entry.line, fields.pop("key")), fields)

    return FormatReader(name, label, suffixes, begins, read)


def _fields(written: Values) -> Values:
    title, venue, authors = written["title"], written["venue"], written["authors"]
    return written | {
        "title": plain(title),
        "abstract": values.abstract(written["abstract"]),
        "authors": authors if isinstance(authors, str) else values.people(authors),
        "year": values.year(written["year"]),
        "venue": "" if values.flowing(venue) == values.flowing(title) else plain(venue),
        "keywords": [plain(word) for word in dict.fromkeys(written["keywords"])],
        "key": values.flowing(plain(written["key"]))[:500],
    }
