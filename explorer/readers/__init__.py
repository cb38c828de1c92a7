"""Files of papers: picks the reader of a file by what the file holds, and streams its papers.

Holds the `Reader` protocol, the list of readers and `read`. Knows nothing of libraries, vectors or screens.
Always true: `read` gives `Paper` and `Problem` only; a record is one of either, in the order of the file; a `Problem`
with record 0 is about the file and cost no record; the only exception is `UnreadableFile`, which says what to do.
To add a format, add a file with a `Reader` and name it in `READERS`, before those that would take it for theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers import jsonl, seeds, table
from explorer.readers.stream import Stream

__all__ = ["READERS", "Paper", "Problem", "Reader", "Stream", "UnreadableFile", "read", "recognise"]


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


READERS: tuple[Reader, ...] = (*seeds.READERS, jsonl.READER, table.READER)

_READABLE = "Readable are JSON and JSON lines, CSV, TSV and the seed lists, plain or packed with gzip, bzip2 or xz"
_AGAIN = "Check that the export finished, and export it again"
_SUFFIX_OF_PACKING = (".gz", ".bz2", ".xz")
# How files begin that people take for a list of papers: pattern, what it is, what to do.
_FOREIGN = tuple(
    (re.compile(pattern, re.IGNORECASE), what, cure)
    for pattern, what, cure in (
        (r"%PDF", "a PDF", "Export the references from your reference manager as CSV"),
        (r"PK\x03\x04", "a zip archive (or an Excel or Word file)", "Unpack it, or save the table as CSV"),
        (r"PK\x05\x06", "an empty zip archive", "Pack it again with its files"),
        (r"7z\xbc\xaf|Rar!", "a packed archive", "Unpack it first"),
        (r"SQLite format 3", "an SQLite database", "Export it as CSV or JSON lines"),
        (r"PAR1", "a Parquet file", "Export it as CSV or JSON lines"),
        (r"\{\\rtf", "a rich text document", "Save it as plain text or CSV"),
        (r"\s*<(?:!doctype\s+html|html|head|body)\b", "a web page, perhaps one that asks you to log in",
         "Open it in a browser, and download the list again"),
        (r"\s*(?:%[^\n]*\n\s*)*@[a-z]+\s*[{(]", "BibTeX", ""),
        (r"(?:[^\n]*\n){0,20}?\s*TY  ?- ", "RIS", ""),
        (r"\s*PMID ?- ", "a PubMed export (nbib)", ""),
        (r"\s*(?:FN |PT [JBSP]\b|VR 1\.0)", "a Web of Science export", ""),
        (r"\s*%[0A-Z] ", "an EndNote export", ""),
        (r"\s*<(?:\?xml|!doctype|[a-z][\w:.-]*[\s>/])", "XML", ""),
    )
)  # fmt: skip


def read(path: str | Path) -> Iterator[Paper | Problem]:
    """The papers of a file, one at a time, and a `Problem` for each record that could not be read.

    Raises UnreadableFile at once, before the first paper, when the file is missing, of no readable format, or holds
    nothing. The file is open only while the papers are taken.
    """
    stream = Stream(Path(path))
    reader = _reader_of(stream)
    next(_records(reader, stream))  # raises if there is no record
    return _records(reader, Stream(stream.path))


def recognise(path: str | Path) -> str:
    """The name of the format of a file; raises UnreadableFile when it is none of `READERS`."""
    return _reader_of(Stream(Path(path))).name


def _records(reader: Reader, stream: Stream) -> Iterator[Paper | Problem]:
    found = False
    for item in reader.read(stream):
        found = True
        yield item
    for note in stream.notes:
        found = True
        yield note
    if not found:
        raise UnreadableFile(f"{stream.name}: holds no records. {_AGAIN}")


def _reader_of(stream: Stream) -> Reader:
    head = stream.head()
    name = stream.name.lower()
    for suffix in _SUFFIX_OF_PACKING:
        name = name.removesuffix(suffix)
    chosen = next((reader for reader in READERS if reader.recognises(name, head)), None)
    if chosen is None and head.strip() and not _foreign(head):
        chosen = next((reader for reader in READERS if name.endswith(reader.suffixes or ("\0",))), None)
    if chosen is None:
        raise UnreadableFile(_why_not(stream.name, head))
    return chosen


def _foreign(head: str) -> tuple[str, str] | None:
    for pattern, what, cure in _FOREIGN:
        if pattern.match(head):
            return what, cure
    binary = sum(not char.isprintable() and not char.isspace() for char in head[:4096])
    return ("no text", "Export the references as CSV or JSON lines") if binary * 20 > len(head[:4096]) else None


def _why_not(name: str, head: str) -> str:
    if not head.strip():
        return f"{name}: is empty or begins with blanks only, so no records were found. {_AGAIN}"
    what, cure = _foreign(head) or (f"text that begins “{' '.join(head[:200].split())[:60]}”", "")
    return f"{name}: looks like {what}, which cannot be read. {_READABLE}.{' ' + cure + '.' if cure else ''}"
