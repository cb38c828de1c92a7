"""Spreadsheets of Excel: .xlsx, read row by row, and the older .xls, as Web of Science still writes it.

Holds how sheets and rows are found. Knows nothing of what columns mean (`columns`) nor of bytes (`stream`).
Always true: one sheet is read, the first whose columns are known, and the others are told; a row is a `Paper`, a
`Problem`, or holds nothing; formulas are never computed, only their stored results read; damage raises nothing but
UnreadableFile, or is told with the row it begins at.
"""

from __future__ import annotations

import datetime
import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine import fields, headers
from explorer.readers.io import limits
from explorer.readers.io.stream import Stream

_LOOKED_AT = 20  # rows in which the names of the columns are looked for
_XLS_LIMIT = 256 * 2**20  # bytes: the old format is read as a whole; it ends at 65,536 rows
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_AGAIN = "Open it in Excel and save it again, or save the sheet as CSV"

_Cells = list[object]
_Sheets = list[tuple[str, Callable[[], Iterator[_Cells]]]]


class _Spreadsheet:
    def __init__(self, name: str, label: str, suffixes: tuple[str, ...], magic: str, sheets: Any) -> None:
        self.name, self.label, self.suffixes = name, label, suffixes
        self._magic, self._sheets = magic, sheets

    def recognises(self, name: str, head: str) -> bool:
        if not head.startswith(self._magic):
            return False
        return self.name == "xls" or "xl/" in head or name.lower().endswith(self.suffixes)

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        with self._sheets(stream) as sheets:
            sheet = _sheet(stream, sheets)
            header = headers.Header(stream, sheet.where)
            if others := [name for name, _ in sheets if name != sheet.name]:
                cure = "Save those as files if needed"
                stream.note(1, f"only the sheet “{sheet.name}” was read, not {_listed(others)}. {cure}")
            record, names = 0, list(header.plan.names)
            for line, cells in _guarded(stream, sheet):
                if any(not fields.is_empty(cell) for cell in cells) and cells[: len(names)] != names:
                    record += 1
                    yield header.paper(record, line, cells)

    def columns(self, stream: Stream) -> tuple[headers.Column, ...]:
        """The columns of the sheet that would be read, with their first values."""
        with self._sheets(stream) as sheets:
            sheet = _sheet(stream, sheets)
            beginning = [cells for _, cells in itertools.islice(_guarded(stream, sheet), _LOOKED_AT)]
            return headers.described(fields.chosen(sheet.where, stream.columns), beginning)


class _Sheet(NamedTuple):
    """The sheet that is read: its rows, how many of them come before its records, and the plan of its columns."""

    name: str
    rows: Iterator[_Cells]
    before: int
    where: fields.Plan


def _sheet(stream: Stream, sheets: _Sheets) -> _Sheet:
    """The first sheet whose columns have names, else the first that holds anything."""
    first: _Sheet | None = None
    for name, rows in sheets:
        beginning = [[_text(cell) for cell in cells] for cells in itertools.islice(_safe(rows()), _LOOKED_AT)]
        filled = [(line, _trimmed(row)) for line, row in enumerate(beginning, 1) if any(row)]
        if not filled:
            continue
        lines, cells = zip(*filled, strict=True)
        if hit := headers.find(cells):
            return _Sheet(name, rows(), lines[hit[0]], hit[1])
        where = headers.guessed(cells) or fields.plan(cells[0], guess=True)
        first = first or _Sheet(name, rows(), lines[0] - where.nameless, where)
    if first is None:
        raise UnreadableFile(f"{stream.name}: holds no records, only empty sheets. {_AGAIN}")
    return first


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _safe(rows: Iterator[_Cells]) -> Iterator[_Cells]:
    try:
        yield from rows
    except Exception:  # told when the sheet is read
        return


def _guarded(stream: Stream, sheet: _Sheet) -> Iterator[tuple[int, _Cells]]:
    """The rows of the records, each with its number."""
    line = 0
    try:
        for line, cells in enumerate(sheet.rows, 1):
            if line > sheet.before:
                yield line, [_value(cell) for cell in cells]
    except Exception as error:  # openpyxl and xlrd raise many kinds on damaged files, and name no common one
        stream.note(line + 1, f"the sheet is damaged from here on ({type(error).__name__}); {_AGAIN.lower()}")


def _listed(sheets: list[str]) -> str:
    shown = ", ".join(f"“{name[:40]}”" for name in sheets[:5])
    return shown + (f" and {len(sheets) - 5} more" if len(sheets) > 5 else "")


def _value(cell: object) -> object:
    """A cell as text or number; dates as text, whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, (datetime.date, datetime.time, datetime.timedelta)):
        return str(cell).removesuffix(" 00:00:00")
    if isinstance(cell, str) and "_x" in cell:
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), cell)
    return cell if cell is None or isinstance(cell, (str, int, float)) else str(cell)


def _text(cell: object) -> str:
    value = _value(cell)
    return "" if value is None else str(value).strip()


# --------------------------------------------------------------------------------------------------------- formats


@contextmanager
def _xlsx(stream: Stream) -> Iterator[_Sheets]:
    with stream.open() as file:
        try:
            _check_size(file, stream.name)
            from openpyxl import load_workbook

            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheets = [(sheet.title, _rows_of(sheet)) for sheet in book.worksheets]
        except UnreadableFile:
            raise
        except Exception as error:  # see `_guarded`
            raise _damaged(stream.name, error) from error
        yield sheets


def _check_size(file: BinaryIO, name: str) -> None:
    packed = file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file) as archive:
        reason = limits.unpacked(sum(info.file_size for info in archive.infolist()), packed)
    if reason:
        raise UnreadableFile(f"{name}: {reason}")
    file.seek(0)


def _rows_of(sheet: Any) -> Callable[[], Iterator[_Cells]]:
    sheet.reset_dimensions()  # programs other than Excel store wrong ones
    return lambda: map(list, sheet.iter_rows(values_only=True))


@contextmanager
def _xls(stream: Stream) -> Iterator[_Sheets]:
    with stream.open() as file:
        raw = file.read(_XLS_LIMIT + 1)
    if len(raw) > _XLS_LIMIT:
        raise UnreadableFile(f"{stream.name}: is an .xls file of more than {_XLS_LIMIT >> 20} MB. Save it as CSV")
    try:
        import xlrd

        book = xlrd.open_workbook(file_contents=raw, ragged_rows=True, logfile=io.StringIO())
        sheets: _Sheets = [(sheet.name, partial(map, sheet.row_values, range(sheet.nrows))) for sheet in book.sheets()]
    except Exception as error:  # see `_guarded`
        raise _damaged(stream.name, error) from error
    yield sheets


def _damaged(name: str, error: Exception) -> UnreadableFile:
    return UnreadableFile(
        f"{name}: looks like an Excel file, but cannot be read ({error or type(error).__name__}). {_AGAIN}"
    )


READERS = (
    _Spreadsheet("xlsx", "Excel", (".xlsx", ".xlsm"), "PK\x03\x04", _xlsx),
    _Spreadsheet("xls", "Excel 97", (".xls",), "ÐÏ\x11\u0871\x1aá", _xls),
)
