"""Tables: rows of cells between commas, tabs, semicolons or bars, with a first row of column names.

Holds how rows and cells are found. Knows nothing of what columns mean (`fields`) nor of bytes (`stream`).
Always true: a row is a `Paper`, a `Problem`, or holds nothing at all; a quote that is never closed costs no other row;
no more than one row is in memory, of at most `_ROW_LINES` lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers import fields
from explorer.readers import stream as streams
from explorer.readers.stream import Line, Stream

_DELIMITERS = ",\t;|"
_ROW_LINES = 1000  # lines of one quoted cell; the longest met in real exports is about 40
_SEP = re.compile(r"sep=([^\w\"\\]|\t)\s*", re.IGNORECASE)  # Excel's own way of naming the delimiter


class _Table:
    name = "table"
    label = "table"
    suffixes = (".csv", ".tsv", ".tab")

    def recognises(self, name: str, head: str) -> bool:
        text, delimiter = _without_sep(head)
        names = _header(text, delimiter)[0]
        known = fields.plan(names).fields & {"title", "abstract"}
        return bool(known) and (len(names) > 1 or name.lower().endswith(self.suffixes))

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        rows = _Rows(stream)
        where = rows.where
        if not where.fields & {"title", "abstract"}:
            raise UnreadableFile(_no_columns(stream.name, rows.names))
        for record, (line, cells, reason) in enumerate(rows, 1):
            if reason:
                yield Problem(stream.name, record, line, reason)
            else:
                yield fields.paper_of(stream, record, line, where, cells)


READER = _Table()


def _no_columns(name: str, names: list[str]) -> str:
    found = ", ".join(f"“{column[:40]}”" for column in names[:8]) + (" …" if len(names) > 8 else "")
    return (
        f"{name}: a table without a column of titles or abstracts; its first row is {found}. "
        "Name a column “title” or “abstract” in the first row"
    )


def _without_sep(head: str) -> tuple[str, str]:
    first, _, rest = head.lstrip().partition("\n")
    match = _SEP.fullmatch(first)
    return (rest, match[1]) if match else (head.lstrip("\r\n "), "")


def _header(head: str, delimiter: str = "") -> tuple[list[str], str]:
    """Column names and delimiter: the one that gives the most known columns, then the most columns."""
    best: tuple[int, int, list[str], str] = (-1, 0, [], ",")
    for candidate in delimiter or _DELIMITERS:
        names = _names(head.split("\n", 20)[:20], candidate)
        known = len(fields.plan(names).fields)
        if (known, len(names)) > best[:2]:
            best = (known, len(names), names, candidate)
    return best[2], best[3]


def _names(lines: list[str], delimiter: str) -> list[str]:
    for end in range(1, len(lines) + 1):
        row = _cells("\n".join(lines[:end]), delimiter)
        if not row.open:
            return row.cells
    return _cells(lines[0], delimiter, literal=True).cells


# ------------------------------------------------------------------------------------------------------------ rows


class _Cells(NamedTuple):
    """The cells of a row. `open`: a quote is opened and not closed in the text; `broken`: one is closed amid a cell."""

    cells: list[str]
    open: bool = False
    broken: bool = False
    quoted: frozenset[int] = frozenset()


class _Row(NamedTuple):
    """Line a row begins on, its cells, and why it cannot be read (empty when it can)."""

    line: int
    cells: list[str]
    reason: str = ""


class _Rows:
    """The rows of a table; `names` are the cells of its first."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._lines = stream.lines()
        self._back: list[Line] = []  # lines taken too many, last first
        self._patience = _ROW_LINES
        head, given = _without_sep(stream.head())
        self._delimiter = _header(head, given)[1]
        first = self._filled()
        if given and first is not None:
            first = self._filled()
        self.names = self._row(first)[0].cells if first is not None else []
        self.where = fields.plan(self.names)

    def __iter__(self) -> Iterator[_Row]:
        while (line := self._filled()) is not None:
            if line.fault:
                yield _Row(line.number, [], line.fault)
                continue
            row, unclosed = self._row(line)
            while len(row.cells) > len(self.names) and not row.cells[-1].strip():
                row.cells.pop()
            if row.cells != self.names and any(cell and not cell.isspace() for cell in row.cells):
                yield self._checked(line.number, row, unclosed)

    def _checked(self, line: int, row: _Cells, unclosed: bool) -> _Row:
        cells, found, wanted = row.cells, len(row.cells), len(self.names)
        if unclosed and found != wanted:
            return _Row(
                line, cells, "a quote is opened on this line and never closed. Close it, and add the file again"
            )
        if unclosed:
            self._stream.note(line, "a quote is opened and never closed; it was taken as a plain character")
        if found > wanted and not self._sure(row):
            cure = f"Put quotes around text that holds “{self._delimiter}”"
            return _Row(line, cells, f"{found} cells in the row, but {wanted} column names. {cure}")
        if found > wanted:
            self._stream.note(line, f"the row has more cells than the {wanted} column names; its ids were left out")
            cells = self._without_ids(cells)
        if found < wanted:
            self._stream.note(line, f"the row has fewer cells than the {wanted} column names; what is there was read")
        return _Row(line, cells)

    def _sure(self, row: _Cells) -> bool:
        """Whether title and abstract of a row too long are where they should be: quoted, so no comma split them.

        Scopus writes such rows when funding texts outnumber their columns; what follows the surplus cell is shifted.
        """
        essential = [place for field, places in self.where.places for place in places if field in ("title", "abstract")]
        return all(place in row.quoted or fields.is_empty(row.cells[place]) for place in essential)

    def _without_ids(self, cells: list[str]) -> list[str]:
        ids = {place for field, places in self.where.places for place in places if field in ("pmid", "key")}
        return ["" if place in ids else cell for place, cell in enumerate(cells)]

    def _filled(self) -> Line | None:
        while (line := self._next()) is not None:
            if line.fault or (line.text and not line.text.isspace()):
                return line
        return None

    def _next(self) -> Line | None:
        return self._back.pop() if self._back else next(self._lines, None)

    def _row(self, first: Line) -> tuple[_Cells, bool]:
        """The cells of the row that begins with `first`, and whether a quote of that line is never closed."""
        if '"' not in first.text:
            return _Cells(first.text.split(self._delimiter)), False
        row, taken, text = _cells(first.text, self._delimiter), [first], first.text
        while row.open:
            line = self._next()
            if line is not None:
                taken.append(line)
            if line is None or line.fault or len(taken) > self._patience or len(text) > streams.LINE_LIMIT:
                self._patience = max(20, self._patience // 2)  # else a file of lone quotes is read 1000 times
                break
            text += "\n" + line.text
            if '"' in line.text:
                row = _cells(text, self._delimiter)
        if row.open or (row.broken and len(taken) > 1):
            self._back += reversed(taken[1:])
            return _cells(first.text, self._delimiter, literal=True), True
        return row, False


def _cells(text: str, delimiter: str, literal: bool = False) -> _Cells:
    """The cells of `text`; with `literal`, a quote that is not closed is a character like others."""
    cells: list[str] = []
    quoted = set()
    at, broken, pattern = 0, False, _cell(delimiter)
    while match := pattern.match(text, at):
        inside, plain, end = match.groups()
        if inside is not None:
            quoted.add(len(cells))
            cells.append(inside.replace('""', '"'))
        elif not plain.lstrip(" ").startswith('"'):
            cells.append(plain)
        elif not literal and not _QUOTED.match(text, text.index('"', at)):
            return _Cells(cells, open=True, broken=True)
        else:
            broken = True
            cells.append(plain.replace('"', "", 1) if plain.count('"') % 2 else plain)
        if not end:
            break
        at = match.end()
    return _Cells(cells, False, broken, frozenset(quoted))


_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    return re.compile(rf'(?: *+"([^"]*+(?:""[^"]*+)*+)" *+(?={mark}|\Z)|([^{mark}]*+))({mark}|\Z)')
