"""Tables: rows of cells between commas, tabs, semicolons or bars, with a first row of column names.

Holds how rows and cells are found. Knows nothing of what columns mean (`fields`) nor of bytes (`stream`).
Always true: a row is a `Paper`, a `Problem`, or holds nothing at all; a quote that is never closed costs no other row;
no more than one row is in memory, of at most `_ROW_LINES` lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from explorer.paper import Paper, Problem
from explorer.readers.engine import fields, headers
from explorer.readers.io import limits
from explorer.readers.io.stream import HEAD, Line, Lines, Stream

_DELIMITERS = "\t,;|"
_ROW_LINES = 1000  # lines of one quoted cell; the longest met in real exports is about 40
_FEWEST_LINES = 20  # lines that a quoted cell may always have, however many quotes were never closed before
_LOOKED_AT = 20  # rows in which the names of the columns are looked for
_SEP = re.compile(r"sep=([^\w\"\\]|\t)\s*", re.IGNORECASE)  # Excel's own way of naming the delimiter
_TEXTS = frozenset(("title", "abstract"))
_SUFFIXES = (".csv", ".tsv", ".tab")


class _Table:
    """Tables with any delimiter; two readers, so that a file is called by the name of its own."""

    def __init__(self, name: str, label: str, suffixes: tuple[str, ...]) -> None:
        self.name, self.label, self.suffixes = name, label, suffixes

    def recognises(self, name: str, head: str) -> bool:
        layout = _layout(head, ())
        if (layout.delimiter == "\t") != (self.name == "tsv"):
            return False
        if name.lower().endswith(_SUFFIXES):
            return bool(layout.where.fields & _TEXTS)
        names = () if layout.where.nameless else layout.where.names
        exact = fields.plan(names).fields
        return bool(exact & _TEXTS) and len(names) > 1 and (not layout.before or len(exact) > 2)

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        return _Rows(stream).records()

    def columns(self, stream: Stream) -> tuple[headers.Column, ...]:
        """The columns of the table with their first values."""
        layout = _layout(stream.head(), stream.columns)
        return headers.described(fields.chosen(layout.where, stream.columns), layout.rows)


READERS = (_Table("tsv", "TSV", (".tsv", ".tab")), _Table("csv", "CSV", (".csv",)))


# ---------------------------------------------------------------------------------------------------------- layout


class _Layout(NamedTuple):
    """How a table begins: its delimiter, the rows before the names of its columns, their plan, and rows after."""

    delimiter: str
    before: int
    where: fields.Plan
    rows: list[tuple[str, ...]]


@lru_cache(maxsize=4)  # asked for by each of two readers, and again when one reads
def _layout(head: str, chosen: tuple[tuple[str, str | int], ...]) -> _Layout:
    text, named = _without_sep(head)
    lines = text.split("\n", 500)
    if len(text) >= HEAD - 100 and len(lines) > 1:
        lines.pop()  # it may be cut off
    tables = {delimiter: _first_rows(lines, delimiter) for delimiter in named or _DELIMITERS}
    hits = {delimiter: hit for delimiter, rows in tables.items() if (hit := headers.find(rows))}
    if hits:
        delimiter = max(
            hits, key=lambda mark: (hits[mark][0] == 0, len(hits[mark][1].fields), len(hits[mark][1].names))
        )
        number, where = hits[delimiter]
        if number == 0 or not chosen:
            return _Layout(delimiter, number, where, tables[delimiter][number + 1 :])
    guesses = {delimiter: guess for delimiter, rows in tables.items() if (guess := headers.guessed(rows))}
    delimiter = max(
        guesses or tables, key=lambda mark: (mark in guesses and len(guesses[mark].places), _evenness(tables[mark]))
    )
    rows = tables[delimiter] or [("",)]
    if guess := guesses.get(delimiter):
        return _Layout(delimiter, 0, guess, rows)
    if chosen and headers.is_data(rows[0]) and all(str(name).isdecimal() for _, name in chosen):
        return _Layout(delimiter, 0, headers.nameless(max(len(row) for row in rows), {}), rows)
    return _Layout(delimiter, 0, fields.plan(rows[0], guess=True), rows[1:])


def _evenness(rows: list[tuple[str, ...]]) -> tuple[int, int]:
    """How many rows are as wide as the first, of more than one cell, and how wide."""
    width = len(rows[0]) if rows else 0
    return (sum(len(row) == width for row in rows) if width > 1 else 0), width


def _without_sep(head: str) -> tuple[str, str]:
    first, _, rest = head.lstrip().partition("\n")
    match = _SEP.fullmatch(first)
    return (rest, match[1]) if match else (head.lstrip("\r\n "), "")


def _first_rows(lines: list[str], delimiter: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    at = 0
    while at < len(lines) and len(rows) < _LOOKED_AT:
        end = at + 1
        row = _cells(lines[at], delimiter)
        while row.open and end < min(at + 40, len(lines)):
            end += 1
            row = _cells("\n".join(lines[at:end]), delimiter)
        if row.open or (row.broken and end > at + 1):
            row, end = _cells(lines[at], delimiter, literal=True), at + 1
        if any(not cell.isspace() and cell for cell in row.cells):
            rows.append(tuple(row.cells))
        at = end
    return rows


# ------------------------------------------------------------------------------------------------------------ rows


class _Cells(NamedTuple):
    """The cells of a row. `open`: a quote is opened and not closed in the text; `broken`: one is closed amid a cell."""

    cells: list[str]
    open: bool = False
    broken: bool = False
    quoted: frozenset[int] = frozenset()


class _Rows:
    """The rows of a table that follow its `header`."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._lines = Lines(stream.lines())
        self._patience = _ROW_LINES
        self._limit = limits.line()
        head = stream.head()
        layout = _layout(head, stream.columns)
        self._delimiter = layout.delimiter
        first = self._filled()
        for _ in range(layout.before + bool(_without_sep(head)[1])):
            if first is not None:
                self._row(first)
                first = self._filled()
        if layout.before and first is not None:
            stream.note(1, "what stands before the names of the columns was passed over")
        where = layout.where
        if where.nameless and first is not None:
            self._lines.back(first)
        elif first is not None:  # the head may have cut the names off
            where = fields.plan(self._row(first)[0].cells, guess=True)
        self._header = headers.Header(stream, where)
        self._names = list(where.names)

    def records(self) -> Iterator[Paper | Problem]:
        """A paper or a problem for each row that holds anything."""
        record = 0
        while (line := self._filled()) is not None:
            if line.fault:
                record += 1
                yield Problem(self._stream.name, record, line.number, line.fault)
                continue
            row, unclosed = self._row(line)
            while len(row.cells) > len(self._names) and not row.cells[-1].strip():
                row.cells.pop()
            if self._is_header(row.cells):  # of a table that was put behind this
                self._stream.note(line.number, "a second row of column names; what follows was read by it")
                self._header = headers.Header(self._stream, fields.plan(row.cells))
                self._names = list(row.cells)
                continue
            if row.cells != self._names and any(cell and not cell.isspace() for cell in row.cells):
                record += 1
                yield self._record(record, line.number, row, unclosed)

    def _is_header(self, cells: list[str]) -> bool:
        """Whether a row names columns, not those of this table: a title or an abstract, and mostly names of fields."""
        if self._stream.columns or len(cells) < 3 or cells == self._names or max(map(len, cells)) > 40:
            return False
        named = fields.plan(cells)
        names = sum(len(places) for _, places in named.places)
        return bool(named.fields & _TEXTS) and len(named.fields) > 2 and names * 2 > len(cells)

    def _record(self, record: int, line: int, row: _Cells, unclosed: bool) -> Paper | Problem:
        wanted = len(self._names)
        if len(row.cells) > wanted:
            row = self._realigned(row)
        cells, width = row.cells, len(row.cells)
        fault = ""
        if unclosed and width != wanted:
            fault = "a quote is opened on this line and never closed. Close it, and add the file again"
        elif width > wanted and not self._sure(row):
            cure = f"Put quotes around text that holds “{self._delimiter}”"
            fault = f"{width} cells in the row, but {wanted} column names. {cure}"
        if fault:
            return Problem(self._stream.name, record, line, fault)
        if unclosed:
            self._stream.note(line, "a quote is opened and never closed; it was taken as a plain character")
        if width > wanted:
            self._stream.note(line, f"the row has more cells than the {wanted} column names; its ids were left out")
            cells = self._without_ids(cells)
        if width < wanted:
            self._stream.note(line, f"the row has fewer cells than the {wanted} column names; what is there was read")
        return self._header.paper(record, line, cells)

    def _realigned(self, row: _Cells) -> _Cells:
        """The row; of Scopus without the funding texts that outnumber their columns, if its id shows that it fits."""
        surplus = len(row.cells) - len(self._names)
        last = max((at for at, name in enumerate(self._names) if name.startswith("Funding Text")), default=-1)
        if last < 0 or self._names[-1] != "EID" or not row.cells[-1].startswith("2-s2."):
            return row
        cells = row.cells[: last + 1] + row.cells[last + 1 + surplus :]
        return row._replace(cells=cells, quoted=frozenset(place for place in row.quoted if place <= last))

    def _sure(self, row: _Cells) -> bool:
        """Whether title and abstract of a row too long are where they should be: quoted, so no comma split them."""
        essential = self._header.plan.positions("title", "abstract")
        return all(place in row.quoted or fields.is_empty(row.cells[place], "abstract") for place in essential)

    def _without_ids(self, cells: list[str]) -> list[str]:
        ids = self._header.plan.positions("pmid", "pmcid", "key")
        return ["" if place in ids else cell for place, cell in enumerate(cells)]

    def _filled(self) -> Line | None:
        return next((line for line in self._lines if line.fault or (line.text and not line.text.isspace())), None)

    def _row(self, first: Line) -> tuple[_Cells, bool]:
        """The cells of the row that begins with `first`, and whether a quote of that line is never closed."""
        if '"' not in first.text:
            return _Cells(first.text.split(self._delimiter)), False
        row, taken, text = _cells(first.text, self._delimiter), [first], first.text
        while row.open:
            line = next(self._lines, None)
            if line is not None:
                taken.append(line)
            if line is None or line.fault or len(taken) > self._patience or len(text) > self._limit:
                break
            text += "\n" + line.text
            if '"' in line.text:
                row = _cells(text, self._delimiter)
        if row.open or (row.broken and len(taken) > 1):
            if len(taken) > _FEWEST_LINES:  # in vain; else a file of lone quotes is read 1000 times
                self._patience = max(_FEWEST_LINES, self._patience // 2)
            self._lines.back(*taken[1:])
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
