"""A file that several were put together in: where each of them begins, and each as a stream of its own.

Knows how formats begin a line, nothing of what they hold. Always true: a file of a single format has no parts; a part
begins where a record of a new format does and what stands before is closed, and only where a reader recognises each of
both; lines are numbered as in the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine import fields
from explorer.readers.io.stream import Start, Stream
from explorer.readers.registry import Reader, reader_of

_MOST = 100  # beginnings looked at in a file
_BINARY = (b"PK", b"PAR1", b"SQLi", b"\xd0\xcf\x11\xe0", b"%PDF")
# How a line begins with which a format does. Of each, what the text before it must end with, where that is certain.
_SIGNS = {
    "ris": rb"TY {1,2}- {0,2}[A-Z]{3,8}[ \t]*$",
    "nbib": rb"PMID- ?\d{1,9}[ \t]*$",
    "wos": rb"(?:FN (?:Clarivate|Thomson|ISI|Web of)|PT [JBSPC][ \t]*$)",
    "enw": rb"%0 [A-Z][A-Za-z ]{2,40}[ \t]*$",
    "refworks": rb"RT [A-Z][A-Za-z/,() ]{3,60}[ \t]*$",
    "bibtex": rb"@[A-Za-z]{3,20}\s?\{[^\s{}=\"]{1,200},",
    "xml": rb"<(?:\?xml\b|(?:PubmedArticleSet|records|modsCollection|OAI-PMH|feed)\b)",
    "list": rb"\[[ \t]*(?:\{[ \t]*\"[\w .:-]{1,60}\"[ \t]*:|\{?[ \t]*$)",
    "json": rb"\{[ \t]*\"[\w .:-]{1,60}\"[ \t]*:",
}
_TABLE = rb"\"?[^\W\d_][\w #./-]{0,30}\"?[,;\t]"
_BEGINS = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:"
    + b"|".join(b"(?P<%b>%b)" % (name.encode(), sign) for name, sign in _SIGNS.items())
    + rb"|(?P<table>"
    + _TABLE
    + rb"))",
    re.MULTILINE,
)
_CLOSED = {
    "ris": re.compile(r"^ER\b|^$"),
    "wos": re.compile(r"^E[RF]\b|^$"),
    "bibtex": re.compile(r"[})]$|^%|^$"),
    "xml": re.compile(r">$|^$"),
    "list": re.compile(r"\]$|^$"),
    "json": re.compile(r"\}$|^$"),
}
_DELIMITERS = ",;\t"
_LONGEST_NAME = 60  # characters that the name of a column does not have
_TAGGED = frozenset(_SIGNS) - {"json"}  # of these a reader reads any number in a row


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file, which begins at `line`; `reader` reads it."""

    stream: Stream
    line: int
    reader: Reader

    def records(self, last: int) -> Iterator[Paper | Problem]:
        """Its records as those of the whole file, numbered from `last` + 1."""
        for record in self.reader.read(self.stream):
            yield _shifted(record, last, self.line - 1)

    def notes(self) -> Iterator[Problem]:
        """What was noted of it, with the lines of the whole file."""
        for note in self.stream.notes:
            yield replace(note, line=note.line + self.line - 1)


def parts_of(stream: Stream) -> list[Part]:
    """The parts of a file of several formats, in order; none for a file of a single format."""
    if stream.magic().startswith(_BINARY):
        return []
    begins = _beginnings(stream)
    if len(begins) < 2:
        return []
    lines = [1, *(start.number for start in begins[1:]), 0]
    parts: list[Part] = []
    for first, after in pairwise(lines):
        part = stream.part(first, after)
        try:
            parts.append(Part(part, first, reader_of(part)))
        except UnreadableFile:
            return []
    names = [part.reader.name for part in parts]
    alike = any(first == second and first in _TAGGED for first, second in pairwise(names))
    return [] if alike else parts


def _beginnings(stream: Stream) -> list[Start]:
    """Where the format changes, the beginning of the file among them."""
    begins: list[Start] = []
    current = ""
    for start in stream.starts(_BEGINS):
        kind = _kind(start)
        if not kind or (kind == current and not (start.marked and kind in ("json", "list"))):
            continue
        closed = _CLOSED.get(current)
        if current and ((closed and not closed.search(start.before)) or (current[:5] == "table" and start.quotes % 2)):
            continue
        if not current and start.before:  # something else came first, of a format that no line begins
            return []
        begins.append(start)
        current = kind
        if len(begins) > _MOST:
            return []
    return begins


def _kind(start: Start) -> str:
    """The format that a line begins; of a table with its delimiter, empty for a row that names no columns."""
    if start.name != "table":
        return start.name
    text = start.text[:2000]
    low = text.casefold()
    if "title" not in low and "abstract" not in low:
        return ""
    for delimiter in _DELIMITERS:
        cells = [cell.strip().strip('"') for cell in text.split(delimiter)]
        if max(map(len, cells)) >= _LONGEST_NAME:
            continue  # looked at before the rest: every record whose text says "title" comes here
        where = fields.plan(cells)
        if len(where.fields) > 2 and where.fields & {"title", "abstract"}:
            return f"table{delimiter}"
    return ""


def _shifted(record: Paper | Problem, records: int, lines: int) -> Paper | Problem:
    if isinstance(record, Problem):
        number = record.record + records if record.record else 0
        return replace(record, record=number, line=record.line + lines)
    [source] = record.sources
    moved = replace(source, record=source.record + records, line=source.line + lines)
    return replace(record, sources=(moved,))
