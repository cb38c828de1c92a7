"""A file as lines of text, whatever its compression, encoding and line ends.

Holds `Stream`. Knows nothing of papers' fields or of any file format above plain text.
Always true: memory is bounded by one line of at most `limits.line()` characters; text has no NULs and no byte order
mark; bytes that are no text never raise; what was lost or guessed on the way is in `notes`, one note a kind.
"""

from __future__ import annotations

import codecs
import io
import itertools
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from explorer.errors import UnreadableFile
from explorer.paper import Problem
from explorer.readers.io import encodings, limits, packing
from explorer.readers.io.encodings import Encoding
from explorer.text import repair

HEAD = 2**16  # characters a format is recognised by
_BLOCK = packing.BLOCK
_IN_MEMORY = 8 * 2**20  # bytes of an unpacked file kept in memory before it goes to the disk
_BAD_BYTES = (*packing.ERRORS, zipfile.BadZipFile, NotImplementedError, RuntimeError)

# Bytes that are not UTF-8 arrive as lone surrogates (PEP 383). They are nearly always Windows-1252; the five bytes that
# code page leaves undefined are DOS letters ("J\x81rgen" is Jürgen in code page 850).
NOT_UTF8 = {
    0xDC00 + byte: bytes([byte]).decode("cp850" if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "cp1252")
    for byte in range(0x80, 0x100)
}

Opener = Callable[[], BinaryIO]


class Line(NamedTuple):
    """One line without its end. `fault`, empty for a sound line, says why `text` may be only its beginning."""

    number: int
    text: str
    fault: str = ""


class Lines:
    """Lines, of which some may be given back to be read again."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._back: list[Line] = []  # last first

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self._back.pop() if self._back else next(self._lines)

    def back(self, *lines: Line) -> None:
        """Take lines to be given next."""
        self._back += reversed(lines)


class Piece(NamedTuple):
    """A line or a part of a long one; `ends` says whether the line ends here."""

    number: int
    text: str
    ends: bool


class Start(NamedTuple):
    """A line that begins as a pattern has it: by which `name`, the last line `before` it that is not blank, how many
    straight `quotes` stand before it in the file, and whether it is `marked` by a byte order mark.
    """

    number: int
    text: str
    name: str
    before: str
    quotes: int
    marked: bool


class Stream:
    """One file, opened anew by each of `head`, `blocks`, `pieces`, `lines` and `open`.

    It is given by its path, or by what opens it and the name it is to be called by. `path` is where it lies on the
    disk; of one that lies in an archive it names no file. `columns` are those the user chose, by field.
    """

    def __init__(self, source: Path | Opener, name: str = "", columns: Mapping[str, str | int] | None = None) -> None:
        if limits.wrong():
            raise UnreadableFile(limits.wrong())
        self._source = source
        self.path = source if isinstance(source, Path) else Path(os.devnull) / (name or "-")
        self.name = name or repair(self.path.name)
        self.columns = tuple((columns or {}).items())
        self._notes: dict[str, tuple[int, int, str]] = {}
        self._encoding: Encoding | None = None
        self._packed = 0  # bytes read of the file since it was last opened
        self.damaged = False  # whether the bytes ended early when they were last read
        self._cut_off = False  # becomes true with the last line

    def again(self) -> Stream:
        """The same file, with nothing noted yet."""
        twin = Stream(self._source, self.name, dict(self.columns))
        twin._encoding = self._encoding
        return twin

    def note(self, line: int, reason: str, example: str = "") -> None:
        """Remember something worth telling that cost no record; equal reasons are told once, with their number."""
        first, count, shown = self._notes.get(reason, (line, 0, example))
        self._notes[reason] = (first, count + 1, shown)

    @property
    def notes(self) -> Iterator[Problem]:
        """What was noted so far; `record` is 0 because no record was lost."""
        for reason, (line, count, example) in self._notes.items():
            shown = f", here “{' '.join(example.split())[:60]}”" if example else ""
            times = f" ({count:,} times from here on)" if count > 1 else ""
            yield Problem(self.name, 0, line, reason + shown + times)

    def head(self) -> str:
        """The first `HEAD` characters or fewer, decoded; a line ends with a line feed, as in `lines`."""
        first = sampled(self._utf8(), HEAD)
        self._notes.clear()
        return _decoded(first[:HEAD]).replace("\0", "").replace("\r\n", "\n")

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes as they are, for formats that declare their own encoding."""
        packed = self._raw()
        first = next(packed, b"")
        packed = itertools.chain((first,), packed)
        unpack = next((way for magic, way in packing.PACKED if first.startswith(magic)), None)
        yield from self._unpacked(packed, unpack) if unpack else packed

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The unpacked bytes as a file in which one can seek, for formats that need it."""
        with closing(self.opened()) as file:
            first = file.read(8)
            if isinstance(self._source, Path) and not any(first.startswith(magic) for magic, _ in packing.PACKED):
                file.seek(0)
                yield file
                return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
            copy.writelines(self.blocks())
            copy.seek(0)
            yield cast(BinaryIO, copy)

    def opened(self) -> BinaryIO:
        """The file as it is, packed or not; raises UnreadableFile when it cannot be opened."""
        try:
            return self._source.open("rb") if isinstance(self._source, Path) else self._source()
        except (*_BAD_BYTES, OSError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or error
            raise UnreadableFile(f"{self.name}: cannot be opened ({why}). Check the name and your rights") from error

    def magic(self) -> bytes:
        """The first bytes as they are, packed or not; none of a file that cannot be read."""
        first = next(self._raw(), b"")[:8]
        self._notes.clear()
        return first

    def _raw(self) -> Iterator[bytes]:
        self._packed = 0
        with closing(self.opened()) as file:
            while block := self._block(file):
                self._packed += len(block)
                yield block

    def _block(self, file: BinaryIO) -> bytes:
        try:
            return file.read(_BLOCK)
        except IsADirectoryError as error:
            raise UnreadableFile(f"{self.name}: is a folder, not a file") from error
        except _BAD_BYTES:  # an archive whose checksum is wrong, a disk that fails
            self._break("is damaged or was not copied whole")
            return b""

    def _unpacked(self, packed: Iterator[bytes], unpack: packing.Unpack) -> Iterator[bytes]:
        size = 0
        try:
            for block in unpack(packed):
                size += len(block)
                yield block
                if reason := limits.unpacked(size, self._packed):
                    self._break(reason)
                    return
        except packing.ERRORS:
            self._break("is damaged or was not copied whole")

    def _break(self, reason: str) -> None:
        self.damaged = True
        self.note(0, f"the packed file {reason}; what came before was read. Get the file again, or unpack it yourself")

    def pieces(self) -> Iterator[Piece]:
        """Decoded lines; one longer than a block comes in pieces, so that a file of one line can be read."""
        number, rest = 1, b""
        for block in self._utf8():
            raw_lines = (rest + block).split(b"\n")
            rest = raw_lines.pop()
            for raw in raw_lines:
                yield Piece(number, self._decode(raw, number), True)
                number += 1
            if len(rest) > _BLOCK:
                cut = _character_boundary(rest)
                yield Piece(number, self._decode(rest[:cut], number), False)
                rest = rest[cut:]
        self._cut_off = self.damaged
        yield Piece(number, self._decode(rest, number), True)

    def lines(self) -> Iterator[Line]:
        """Decoded lines; of one longer than the limit, or cut off by damage, only the beginning and the fault."""
        parts: list[str] = []
        size, limit = 0, limits.line()
        for number, text, ends in self.pieces():
            if ends and not parts and not self._cut_off:
                yield Line(number, text)
                continue
            size += len(text)
            if size <= limit or not parts:
                parts.append(text)
            if ends:
                yield self._line(number, parts, size > limit)
                parts, size = [], 0

    def starts(self, pattern: re.Pattern[bytes]) -> Iterator[Start]:
        """The lines that begin as `pattern` has it (of many lines, with groups that have names), in order."""
        number, quotes, rest, before = 1, 0, b"", b""
        for block in itertools.chain(self._utf8(), (None,)):
            text = rest if block is None else rest + block
            end = len(text) if block is None else text.rfind(b"\n") + 1
            text, rest = text[:end], text[end:]
            if len(rest) > _BLOCK:  # a line without an end: its beginning is enough
                quotes += rest.count(b'"', 2000)
                rest = rest[:2000].rstrip(b"\n")
            place = 0
            for match in pattern.finditer(text):
                at = match.start()
                number += text.count(b"\n", place, at)
                quotes += text.count(b'"', place, at)
                between = text[max(place, at - 2000) : at].strip()
                before = between.rpartition(b"\n")[2] if between else before
                line = text[at : text.find(b"\n", at) if text.find(b"\n", at) >= 0 else end]
                place = at
                shown, marked = _decoded(line).strip("\r"), line.startswith(codecs.BOM_UTF8)
                closed = _decoded(before).strip()
                yield Start(number, shown.lstrip("\ufeff"), match.lastgroup or "", closed, quotes, marked)
            number += text.count(b"\n", place)
            quotes += text.count(b'"', place)
            before = text[place:].strip().rpartition(b"\n")[2][-2000:] or before

    def part(self, first: int, after: int) -> Stream:
        """The lines from `first` up to the line `after`, or to the end for 0, as a file of its own."""
        return Stream(lambda: cast(BinaryIO, io.BufferedReader(_Lines(self.again(), first, after))), self.name)

    def _line(self, number: int, parts: list[str], too_long: bool) -> Line:
        if too_long:
            return Line(number, parts[0][:200], limits.too_long("line"))
        text = "".join(parts)
        if self._cut_off and text.strip():
            return Line(number, text, "the line is cut off where the packed file breaks. Get the file again")
        return Line(number, text)

    def _decode(self, raw: bytes, number: int) -> str:
        if b"\0" in raw:
            raw = raw.replace(b"\0", b"")
        try:
            return raw.decode().rstrip("\r")
        except UnicodeDecodeError:
            self.note(number, "the line holds bytes that are not UTF-8; they were read as Windows-1252, please check")
            return _decoded(raw).rstrip("\r")

    def _utf8(self) -> Iterator[bytes]:
        self.damaged = self._cut_off = False
        blocks = self.blocks()
        first = sampled(blocks, encodings.SAMPLE)
        if self._encoding is None:
            self._encoding = encodings.guess(first[: encodings.SAMPLE])
        name, mark, label = self._encoding
        if label:
            self.note(1, f"the file does not say how its letters are encoded; it was read as {label}, please check")
        blocks = itertools.chain((first[mark:],), blocks)
        return _line_feeds(blocks if name == "utf-8" else self._recoded(blocks, name))

    def _recoded(self, blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        for block in itertools.chain(blocks, (b"",)):
            try:
                text = decoder.decode(block, not block)
            except UnicodeError:  # an escape sequence that never ends (ISO 2022): begin anew
                decoder.reset()
                text = block.decode("ascii", "replace")
            if "\ufffd" in text:
                self.note(1, "some bytes are no letters in the encoding of the file; they are shown as \ufffd")
            yield text.encode("utf-8", "replace")


class _Lines(io.RawIOBase):
    """Some lines of a stream, in UTF-8."""

    def __init__(self, stream: Stream, first: int, after: int) -> None:
        lines = itertools.dropwhile(lambda line: line.number < first, stream.lines())
        self._rest = itertools.takewhile(lambda line: not after or line.number < after, lines)
        self._text = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        while len(self._text) < len(buffer) and (line := next(self._rest, None)) is not None:
            self._text += line.text.encode("utf-8", "surrogatepass") + b"\n"
        size = min(len(buffer), len(self._text))
        buffer[:size], self._text = self._text[:size], self._text[size:]
        return size


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape").translate(NOT_UTF8)


def sampled(blocks: Iterator[bytes], size: int) -> bytes:
    """The first blocks joined, as many as make `size` bytes or all."""
    first = b""
    for block in blocks:
        first += block
        if len(first) >= size:
            break
    return first


def _line_feeds(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks; when the first has carriage returns but no line feed, with line feeds in their place."""
    first = next(blocks, b"")
    blocks = itertools.chain((first,), blocks)
    if b"\n" in first or b"\r" not in first:
        yield from blocks
        return
    waiting = b""
    for block in blocks:
        block = waiting + block
        waiting = b"\r" if block.endswith(b"\r") else b""
        yield block[: len(block) - len(waiting)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    yield waiting.replace(b"\r", b"\n")


def _character_boundary(raw: bytes) -> int:
    """The end of `raw`, or where its last UTF-8 character begins if that may be incomplete."""
    for back in range(1, 5):
        if raw[-back] & 0xC0 != 0x80:
            return len(raw) - back if raw[-back] >= 0xC0 else len(raw)
    return len(raw)
