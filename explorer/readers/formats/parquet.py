"""Parquet: the columnar tables of data science, and of our own export.

Holds how rows are found. Knows nothing of what columns mean (`columns`).
Always true: only the columns that are needed are read, a batch of rows at a time; a row is a `Paper` or a `Problem`;
damage is told with the row it begins at, and never raises.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from typing import Any, BinaryIO

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine import fields, headers
from explorer.readers.io import limits
from explorer.readers.io.stream import Stream

_BATCH = 256  # rows: abstracts are 1.5 kB, and row groups hold a million rows
_AGAIN = "Check that it was copied whole, or export it as CSV or JSON lines"


class _Parquet:
    name = "parquet"
    label = "Parquet"
    suffixes = (".parquet", ".pq")

    def recognises(self, name: str, head: str) -> bool:
        return head.startswith("PAR1")

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        with stream.open() as file:
            table = _table(file, stream.name)
            header = headers.Header(stream, fields.plan(table.schema_arrow.names, guess=True))
            limit = limits.line()
            for record, values in enumerate(_rows(stream, table, header.plan), 1):
                if any(isinstance(value, str) and len(value) > limit for value in values):
                    yield Problem(stream.name, record, record, limits.too_long("record"))
                else:
                    yield header.paper(record, record, values)

    def columns(self, stream: Stream) -> tuple[headers.Column, ...]:
        """The columns of the table with their first values."""
        with stream.open() as file:
            table = _table(file, stream.name)
            where = fields.chosen(fields.plan(table.schema_arrow.names, guess=True), stream.columns)
            whole = fields.Plan((("", tuple(range(len(where.names)))),), where.names)
            return headers.described(where, list(itertools.islice(_rows(stream, table, whole), 20)))


READER = _Parquet()


def _table(file: BinaryIO, name: str) -> Any:
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(file)
        groups = (table.metadata.row_group(number) for number in range(table.metadata.num_row_groups))
        size = sum(group.total_byte_size for group in groups)
    except Exception as error:  # pyarrow raises OSError, ValueError and kinds of its own
        raise UnreadableFile(
            f"{name}: looks like a Parquet file, but cannot be read ({_first(error)}). {_AGAIN}"
        ) from error
    if size > limits.expanded():
        raise UnreadableFile(f"{name}: {limits.unpacked(size, size)}")
    return table


def _rows(stream: Stream, table: Any, where: fields.Plan) -> Iterator[list[object]]:
    """The rows, as wide as the names of `where`; what it does not place is None."""
    names = where.names
    needed = sorted({place for _, places in where.places for place in places if place < len(names)})
    plain = len(set(names)) == len(names) and not any("." in name for name in names)  # else names mean other columns
    taken = [names[place] for place in needed] if plain else None
    row = 0
    try:
        for batch in table.iter_batches(_BATCH, columns=taken, use_threads=False):
            cells = [column.to_pylist() for column in batch.columns]
            for values in zip(*cells, strict=True):
                row += 1
                whole: list[object] = [None] * len(names)
                for place, value in zip(needed if plain else range(len(names)), values, strict=False):
                    whole[place] = _value(value)
                yield whole
    except Exception as error:  # see `_table`
        stream.note(row + 1, f"the table is damaged from here on ({_first(error)}). {_AGAIN}")


def _value(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return str(value)
    return value if value is None or isinstance(value, (str, int, float, list, dict)) else str(value)


def _first(error: Exception) -> str:
    return (str(error).strip().split("\n")[0] or type(error).__name__)[:120]
