"""Files of papers: `read` streams the papers of any file; `recognise`, `columns`, `preview` and `summary` look at one.

Knows nothing of libraries, vectors or screens. Below it lie `registry` (which format a file is of), `io` (bytes to
text), `engine` (text to records and values) and `formats` (what the records of each format mean).
Always true: `read` gives `Paper` and `Problem` only; a record is one of either, in the order of the file; a `Problem`
with record 0 is about the file and cost no record; the only exception is `UnreadableFile`, which says what to do.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from weakref import WeakSet

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine.headers import Column
from explorer.readers.foreign import AGAIN
from explorer.readers.io import files
from explorer.readers.io.files import Columns, Place, state_of
from explorer.readers.io.stream import Stream
from explorer.readers.parts import parts_of
from explorer.readers.registry import READERS, Reader, columns_of, reader_of

__all__ = [
    "READERS", "Column", "Columns", "Paper", "Preview", "Problem", "Reader", "Stream", "Summary", "UnreadableFile",
    "columns", "numbered", "preview", "read", "read_bytes", "recognise", "state_of", "summary",
]  # fmt: skip

Record = Paper | Problem
_AT_ONCE = 100  # files that wait with their first records read; systems open 256 or more, later ones are opened again
_open: WeakSet[Iterator[Record]] = WeakSet()
_FILES = 20  # of a folder that a preview looks at
_RECORDS = 1000  # problems among them, in which a preview looks for its papers


def read(path: str | Path, columns: Columns | None = None) -> Iterator[Record]:
    """The papers of a file, one at a time, and a `Problem` for each record that could not be read.

    `path` may also be a folder of files, a zip archive of files, or "-" for what is piped in. `columns` says for fields
    of a paper which column of a table to take, by its name or number: {"abstract": "AB", "title": 2}.
    Raises UnreadableFile at once, before the first paper, when there is nothing readable at all, or a chosen column is
    not there. In a folder or archive a file that cannot be read costs only itself. The file may stay open until the
    papers are taken or the iterator is given up.
    """
    place = files.at(path, columns)
    return _begun(place.file) if place.file else _begun_in(place)


def numbered(
    path: str | Path, columns: Columns | None = None, *, first: int = 0, name: str = ""
) -> Iterator[tuple[int, Record]]:
    """The records of `path` from its file number `first` on, each with the number of its file, from 0.

    They are those of `read`, but a file that cannot be read is always a `Problem`, and only what cannot even be opened
    raises UnreadableFile. A single file may be called by another `name`.
    """
    place = files.named(Path(path), name, columns) if name else files.at(path, columns)
    for number, stream in enumerate(place.streams()):
        if number >= first:
            yield from ((number, record) for record in _records_of(stream))


def read_bytes(data: bytes, name: str) -> Iterator[Record]:
    """The papers of one file that is not on the disk, called `name`; otherwise as `read`, but no archive."""
    return _begun(Stream(lambda: BytesIO(data), name))


def recognise(path: str | Path) -> str:
    """The name of the format of a file; raises UnreadableFile when it is none of `READERS`.

    For a folder or an archive it is the one format of all its files, or "mixed".
    """
    return _format(files.at(path))[0]


def columns(path: str | Path, columns: Columns | None = None) -> tuple[Column, ...]:
    """The columns of a table, or the keys of JSON records, and what each is taken for; empty for other formats.

    Of a folder or an archive, those of its first table.
    """
    return _columns(files.at(path, columns))


@dataclass(frozen=True, slots=True)
class Summary:
    """What reading a file comes to. `records` are its papers and the records that are problems."""

    format: str
    records: int
    with_abstract: int
    problems: tuple[Problem, ...]


def summary(path: str | Path, columns: Columns | None = None) -> Summary:
    """Read the whole file and count; raises UnreadableFile as `read` does."""
    papers = with_abstract = 0
    problems: list[Problem] = []
    for record in read(path, columns):
        if isinstance(record, Problem):
            problems.append(record)
        else:
            papers += 1
            with_abstract += bool(record.abstract)
    records = papers + sum(problem.record > 0 for problem in problems)
    return Summary(_format(files.at(path, columns))[0], records, with_abstract, tuple(problems))


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file begins: its format by name and for people, its first papers and columns, and whether it goes on."""

    format: str
    label: str
    papers: tuple[Paper, ...]
    columns: tuple[Column, ...]
    more: bool


def preview(path: str | Path, columns: Columns | None = None, n: int = 5) -> Preview:
    """The first `n` papers, read from the beginning of the file only; raises UnreadableFile as `read` does."""
    first = files.at(path, columns)
    records = _records(first.file, whole=False) if first.file else read(path, columns)
    beginning = itertools.islice(records, _RECORDS)
    papers = tuple(itertools.islice((record for record in beginning if isinstance(record, Paper)), n + 1))
    place = files.at(path, columns)
    return Preview(*_format(place, _FILES), papers[:n], _columns(place, _FILES), len(papers) > n)


# ------------------------------------------------------------------------------------------------------------ files


def _begun(stream: Stream) -> Iterator[Record]:
    """The records of one file, of which the first is read at once: where there is none, UnreadableFile is raised."""
    records = _records(stream)
    return _going_on([next(records)], records, lambda: _records(stream.again()))


def _going_on(begun: list[Record], rest: Iterator[Record], again: Callable[[], Iterator[Record]]) -> Iterator[Record]:
    if len(_open) >= _AT_ONCE:
        return again()
    _open.add(rest)
    return itertools.chain(begun, rest)


def _records(stream: Stream, *, whole: bool = True) -> Iterator[Record]:
    """The records of one file, and then what was noted; parts that were put together are looked for in the `whole`."""
    empty = True
    last = 0
    parts = parts_of(stream.again()) if whole else []
    for record in () if parts else reader_of(stream).read(stream):
        empty = False
        yield record
    for part in parts:
        if part.line > 1:
            stream.note(part.line, f"{part.reader.label} begins here; what follows was read as that")
        for record in part.records(last):
            empty = False
            last = record.sources[0].record if isinstance(record, Paper) else max(last, record.record)
            yield record
        yield from part.notes()
    if empty:
        noted = "".join(f" ({note.reason})" for note in itertools.islice(stream.notes, 1))
        raise UnreadableFile(f"{stream.name}: holds no records{noted}. {AGAIN}")
    yield from stream.notes


def _reader(stream: Stream) -> Reader:
    """The reader of a file; of a file that was put together, that of its first part."""
    parts = parts_of(stream.again())
    return parts[0].reader if parts else reader_of(stream)


def _begun_in(place: Place) -> Iterator[Record]:
    """The records of the files of a folder or archive; raises UnreadableFile, saying why, when none holds any."""
    passed_over: list[Record] = []
    records = _records_in(place)
    for record in records:
        passed_over.append(record)
        if isinstance(record, Paper) or record.record:
            return _going_on(passed_over, records, lambda: _records_in(place))
    reasons = [
        f"{problem.file}: {problem.reason}" if problem.file != place.name else problem.reason
        for problem in passed_over
        if isinstance(problem, Problem)
    ]
    why = "; ".join(reasons[:3]) + (f"; and {len(reasons) - 3:,} more" if len(reasons) > 3 else "")
    raise UnreadableFile(f"{place.name}: {why or 'holds no files, so no records were found'}")


def _records_in(place: Place) -> Iterator[Record]:
    for stream in place.streams():
        yield from _records_of(stream)


def _records_of(stream: Stream | Problem) -> Iterator[Record]:
    """The records of a file of several: what keeps it from being read is a remark."""
    if isinstance(stream, Problem):
        yield stream
        return
    try:
        yield from _records(stream)
    except UnreadableFile as error:
        yield files.passed_over(stream.name, error)


def _format(place: Place, at_most: int | None = None) -> tuple[str, str]:
    """The name and label of the one format of all files of a place, or of the first few."""
    if place.file:
        reader = reader_of(place.file) if at_most else _reader(place.file)
        return reader.name, reader.label
    labels = {}
    for stream in itertools.islice(place.streams(), at_most):
        if isinstance(stream, Stream):
            with suppress(UnreadableFile):
                reader = reader_of(stream)
                labels[reader.name] = reader.label
    return next(iter(labels.items())) if len(labels) == 1 else ("mixed", " and ".join(labels.values()))


def _columns(place: Place, at_most: int | None = None) -> tuple[Column, ...]:
    """The columns of the first table among the files of a place, or among the first few."""
    streams = (stream for stream in itertools.islice(place.streams(), at_most) if isinstance(stream, Stream))
    return next((shown for stream in streams if (shown := columns_of(stream))), ())
