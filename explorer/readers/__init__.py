"""Files of papers: picks the reader of a file by what the file holds, and streams its papers.

Holds the `Reader` protocol, the list of readers, `read`, and ways to look at a file: `columns`, `preview`, `summary`.
Knows nothing of libraries, vectors or screens.
Always true: `read` gives `Paper` and `Problem` only; a record is one of either, in the order of the file; a `Problem`
with record 0 is about the file and cost no record; the only exception is `UnreadableFile`, which says what to do.
To add a format, add a file with a `Reader` and name it in `READERS`, before those that would take it for theirs.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Protocol, runtime_checkable

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine import json_records, table
from explorer.readers.engine.headers import Column
from explorer.readers.formats import (
    bibtex,
    enw,
    labelled,
    nbib,
    ovid,
    parquet,
    refworks,
    ris,
    seeds,
    spreadsheet,
    wos,
    xml_formats,
    zotero,
)
from explorer.readers.io import files
from explorer.readers.io.files import Columns
from explorer.readers.io.stream import Stream

__all__ = [
    "READERS",
    "Column",
    "Columns",
    "Paper",
    "Preview",
    "Problem",
    "Reader",
    "Stream",
    "Summary",
    "UnreadableFile",
    "columns",
    "preview",
    "read",
    "read_bytes",
    "recognise",
    "summary",
]


class Reader(Protocol):
    """One file format."""

    @property
    def name(self) -> str:
        """One lower-case word by which programs know the format; never changes."""

    @property
    def label(self) -> str:
        """What people call the format."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Ends of file names that make this the reader to complain when no content is recognised."""

    def recognises(self, name: str, head: str) -> bool:
        """Whether a file of this name that begins with `head` (up to 65,536 characters) is of this format."""

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        """The records in order, one at a time; what is worth telling but cost no record goes to `stream.note`."""


READERS: tuple[Reader, ...] = (
    *spreadsheet.READERS,
    parquet.READER,
    zotero.READER,
    *xml_formats.READERS,
    *seeds.READERS,
    *json_records.READERS,
    bibtex.READER,
    wos.READER,
    ovid.READER,
    refworks.READER,
    nbib.READER,
    enw.READER,
    *labelled.READERS,
    ris.READER,
    *table.READERS,
)

_LOOKED_AT = 20  # files of a folder that a preview looks at
_READABLE = (
    "Readable are BibTeX, RIS, PubMed, Web of Science, EndNote, a Zotero folder, tables (CSV, TSV, Excel, Parquet), "
    "and JSON and XML of the usual databases; plain, packed with gzip, bzip2 or xz, in a zip archive or in a folder"
)
_AGAIN = "Check that the export finished, and export it again"
_SUFFIX_OF_PACKING = (".gz", ".bz2", ".xz")
# How files begin that people take for a list of papers: pattern, what it is, what to do.
_FOREIGN = tuple(
    (re.compile(pattern, re.IGNORECASE), what, cure)
    for pattern, what, cure in (
        (r"%PDF", "a PDF", "Export the references from your reference manager as CSV"),
        (r"PK\x03\x04", "an office document", "Save its table as .xlsx or CSV"),
        (r"PK\x05\x06", "an empty zip archive", "Pack it again with its files"),
        (r"7z\xbc\xaf|Rar!", "a packed archive", "Unpack it first"),
        (r"\{\\rtf", "a rich text document", "Save it as plain text or CSV"),
        (r"\s*<(?:!doctype\s+html|html|head|body)\b", "a web page, perhaps one that asks you to log in",
         "Open it in a browser, and download the list again"),
    )
)  # fmt: skip


def read(path: str | Path, columns: Columns | None = None) -> Iterator[Paper | Problem]:
    """The papers of a file, one at a time, and a `Problem` for each record that could not be read.

    `path` may also be a folder of files, a zip archive of files, or "-" for what is piped in. `columns` says for fields
    of a paper which column of a table to take, by its name or number: {"abstract": "AB", "title": 2}.
    Raises UnreadableFile at once, before the first paper, when there is nothing readable at all, or a chosen column is
    not there. In a folder or archive a file that cannot be read costs only itself. Files are open only while the papers
    are taken.
    """
    place = files.at(path, columns)
    if place.several:
        _check(place)
        return _all(place)
    stream = _only(place)
    reader = _reader_of(stream)
    next(_records(reader, stream))  # raises if there is no record
    return _records(reader, stream.again())


def read_bytes(data: bytes, name: str) -> Iterator[Paper | Problem]:
    """The papers of one file that is not on the disk, called `name`; otherwise as `read`, but no archive."""
    stream = Stream(lambda: BytesIO(data), name)
    reader = _reader_of(stream)
    next(_records(reader, stream))  # raises if there is no record
    return _records(reader, stream.again())


def recognise(path: str | Path) -> str:
    """The name of the format of a file; raises UnreadableFile when it is none of `READERS`.

    For a folder or an archive it is the one format of all its files, or "mixed".
    """
    return _format(files.at(path))[0]


def columns(path: str | Path, columns: Columns | None = None) -> tuple[Column, ...]:
    """The columns of a table, or the keys of JSON records, and what each is taken for; empty for other formats.

    Of a folder or an archive, those of its first table.
    """
    for stream in files.at(path, columns).streams():
        if isinstance(stream, Stream) and (found := _columns(stream)):
            return found
    return ()


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
    for found in read(path, columns):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            papers += 1
            with_abstract += bool(found.abstract)
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
    found = (item for item in itertools.islice(read(path, columns), 1000) if isinstance(item, Paper))
    papers = tuple(itertools.islice(found, n + 1))
    name, label = _format(files.at(path, columns), _LOOKED_AT)
    shown = next(
        (shown for stream in itertools.islice(files.at(path, columns).streams(), _LOOKED_AT)
         if isinstance(stream, Stream) and (shown := _columns(stream))), ()
    )  # fmt: skip
    return Preview(name, label, papers[:n], shown, len(papers) > n)


def _only(place: files.Place) -> Stream:
    stream = next(place.streams())
    assert isinstance(stream, Stream)
    return stream


def _format(place: files.Place, at_most: int | None = None) -> tuple[str, str]:
    """The name and label of the one format of all files of a place, or of the first few."""
    if not place.several:
        reader = _reader_of(_only(place))
        return reader.name, reader.label
    known = {}
    for stream in itertools.islice(place.streams(), at_most):
        if isinstance(stream, Stream):
            with suppress(UnreadableFile):
                reader = _reader_of(stream)
                known[reader.name] = reader.label
    return next(iter(known.items())) if len(known) == 1 else ("mixed", " and ".join(known.values()))


def _all(place: files.Place) -> Iterator[Paper | Problem]:
    for found in place.streams():
        if isinstance(found, Problem):
            yield found
            continue
        try:
            yield from _records(_reader_of(found), found)
        except UnreadableFile as error:
            yield files.passed_over(found.name, error)


def _check(place: files.Place) -> None:
    """Raise UnreadableFile, saying why, when a folder or archive holds no record at all."""
    reasons: list[str] = []
    for found in _all(place):
        if isinstance(found, Paper) or found.record:
            return
        reasons.append(f"{found.file}: {found.reason}" if found.file != place.name else found.reason)
    why = "; ".join(reasons[:3]) + (f"; and {len(reasons) - 3:,} more" if len(reasons) > 3 else "")
    raise UnreadableFile(f"{place.name}: {why or 'holds no files, so no records were found'}")


def _records(reader: Reader, stream: Stream) -> Iterator[Paper | Problem]:
    found = False
    for item in reader.read(stream):
        found = True
        yield item
    if not found:
        noted = "".join(f" ({note.reason})" for note in itertools.islice(stream.notes, 1))
        raise UnreadableFile(f"{stream.name}: holds no records{noted}. {_AGAIN}")
    yield from stream.notes


@runtime_checkable
class _WithColumns(Protocol):
    def columns(self, stream: Stream) -> tuple[Column, ...]: ...


def _columns(stream: Stream) -> tuple[Column, ...]:
    """The columns of a file; none if its format has no such thing or it cannot be read."""
    try:
        reader = _reader_of(stream)
        return reader.columns(stream) if isinstance(reader, _WithColumns) else ()
    except UnreadableFile:
        return ()


def _reader_of(stream: Stream) -> Reader:
    head = stream.head()
    name = stream.name.lower()
    for suffix in _SUFFIX_OF_PACKING:
        name = name.removesuffix(suffix)
    chosen = next((reader for reader in READERS if reader.recognises(name, head)), None)
    if chosen is None and head.strip() and not _foreign(head):
        chosen = next((reader for reader in READERS if name.endswith(reader.suffixes or ("\0",))), None)
        if chosen is None and stream.columns:  # whoever names columns knows that it is a table
            chosen = table.READERS["\t" not in head.split("\n", 1)[0]]
    if chosen is None:
        raise UnreadableFile(_why_not(stream, head))
    if stream.columns and not isinstance(chosen, _WithColumns):
        raise UnreadableFile(f"{stream.name}: is {chosen.label}, which has no columns to choose. Read it without")
    return chosen


def _foreign(head: str) -> tuple[str, str] | None:
    for pattern, what, cure in _FOREIGN:
        if pattern.match(head):
            return what, cure
    if xml := xml_formats.foreign(head):
        return xml
    binary = sum(not char.isprintable() and not char.isspace() for char in head[:4096])
    return ("no text", "Export the references as CSV or JSON lines") if binary * 20 > len(head[:4096]) else None


def _why_not(stream: Stream, head: str) -> str:
    name = stream.name
    if not head.strip() and stream.damaged:
        return f"{name}: is damaged or was not copied whole, so no records were found. Get the file again"
    if not head.strip():
        return f"{name}: is empty or begins with blanks only, so no records were found. {_AGAIN}"
    what, cure = _foreign(head) or (f"text that begins “{' '.join(head[:200].split())[:60]}”", "")
    return f"{name}: looks like {what}, which cannot be read. {_READABLE}.{' ' + cure + '.' if cure else ''}"
