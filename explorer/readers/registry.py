"""The formats that can be read, and the reader of a file.

Holds the `Reader` protocol, `READERS` and `reader_of`. Knows nothing of what formats hold, nor of folders and archives.
Always true: the first reader that recognises the beginning of a file reads it, whatever its name; the name decides only
where no reader recognises what is there.
To add a format, add a file with a `Reader` and name it in `READERS`, before those that would take it for theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine import table
from explorer.readers.engine.headers import Column
from explorer.readers.foreign import foreign, refusal
from explorer.readers.formats import (
    bibtex,
    json_formats,
    nbib,
    ovid,
    parquet,
    ris,
    seeds,
    spreadsheet,
    tagged,
    xml_formats,
    zotero,
)
from explorer.readers.io.stream import Stream


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


@runtime_checkable
class _TableReader(Protocol):
    def columns(self, stream: Stream) -> tuple[Column, ...]: ...


READERS: tuple[Reader, ...] = (
    *spreadsheet.READERS,
    parquet.READER,
    zotero.READER,
    *xml_formats.READERS,
    *seeds.READERS,
    *json_formats.READERS,
    bibtex.READER,
    tagged.WOS,
    ovid.READER,
    tagged.REFWORKS,
    nbib.READER,
    tagged.ENW,
    tagged.NOTEEXPRESS,
    tagged.CNKI,
    tagged.COCHRANE,
    ris.READER,
    *table.READERS,
)
_SUFFIXES_OF_PACKING = (".gz", ".bz2", ".xz")


def reader_of(stream: Stream) -> Reader:
    """The reader of a file; raises UnreadableFile, saying what the file seems to be, when there is none."""
    head = stream.head()
    name = stream.name.lower()
    for suffix in _SUFFIXES_OF_PACKING:
        name = name.removesuffix(suffix)
    reader = next((reader for reader in READERS if reader.recognises(name, head)), None)
    if reader is None and head.strip() and not foreign(head):
        reader = next((reader for reader in READERS if name.endswith(reader.suffixes or ("\0",))), None)
        if reader is None and stream.columns:  # whoever names columns knows that it is a table
            reader = table.READERS["\t" not in head.split("\n", 1)[0]]
    if reader is None:
        raise UnreadableFile(refusal(stream, head))
    if stream.columns and not isinstance(reader, _TableReader):
        raise UnreadableFile(f"{stream.name}: is {reader.label}, which has no columns to choose. Read it without")
    return reader


def columns_of(stream: Stream) -> tuple[Column, ...]:
    """The columns of a file; none if its format has no such thing or it cannot be read."""
    try:
        reader = reader_of(stream)
        return reader.columns(stream) if isinstance(reader, _TableReader) else ()
    except UnreadableFile:
        return ()
