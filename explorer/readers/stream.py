"""A file as lines of text, whatever its compression, encoding and line ends.

Holds `Stream`. Knows nothing of papers' fields or of any file format above plain text.
Always true: memory is bounded by one line of at most `LINE_LIMIT` characters; text has no NULs and no byte order mark;
bytes that are no text never raise; what was lost or guessed on the way is in `notes`, one note a kind.
"""

from __future__ import annotations

import bz2
import codecs
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from explorer.errors import UnreadableFile
from explorer.paper import Problem
from explorer.text import repair

LINE_LIMIT = 16 * 2**20  # characters: three times the longest line met in the wild (5 MB, a book as an abstract)
EXPANDED_LIMIT = 64 * 2**30  # bytes: all abstracts of OpenAlex are about 250 GB in some hundred files
RATIO_LIMIT = 400  # expanded to packed: abstracts reach 3 to 10, a bomb of zeros 1030
HEAD = 2**16  # characters a format is recognised by
_BLOCK = 2**18
_RATIO_FROM = 64 * 2**20  # bytes: below, even a bomb does no harm
_XZ_MEMORY = 256 * 2**20  # bytes: `xz -9` needs 65 MB to unpack

# Bytes that are not UTF-8 arrive as lone surrogates (PEP 383). They are nearly always Windows-1252; the five bytes that
# code page leaves undefined are DOS letters ("J\x81rgen" is Jürgen in code page 850).
_NOT_UTF8 = {
    0xDC00 + byte: bytes([byte]).decode("cp850" if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "cp1252")
    for byte in range(0x80, 0x100)
}


class Line(NamedTuple):
    """One line without its end. `fault`, empty for a sound line, says why `text` may be only its beginning."""

    number: int
    text: str
    fault: str = ""


class Piece(NamedTuple):
    """A line or a part of a long one; `ends` says whether the line ends here."""

    number: int
    text: str
    ends: bool


class Stream:
    """One file, opened anew by each of `head`, `blocks`, `pieces` and `lines`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = repair(path.name)
        self._notes: dict[str, tuple[int, int]] = {}
        self._damaged = False
        self._cut_off = False  # becomes true with the last line

    def note(self, line: int, reason: str) -> None:
        """Remember something worth telling that cost no record; equal reasons are told once, with their number."""
        first, count = self._notes.get(reason, (line, 0))
        self._notes[reason] = (first, count + 1)

    @property
    def notes(self) -> Iterator[Problem]:
        """What was noted so far; `record` is 0 because no record was lost."""
        for reason, (line, count) in self._notes.items():
            yield Problem(self.name, 0, line, reason + (f" ({count:,} times from here on)" if count > 1 else ""))

    def head(self) -> str:
        """The first `HEAD` characters or fewer, decoded."""
        found = b""
        for block in self._utf8():
            found += block
            if len(found) >= HEAD:
                break
        self._notes.clear()
        return _decoded(found[:HEAD]).replace("\0", "")

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes as they are, for formats that declare their own encoding."""
        packed = _read_blocks(self.path)
        first = next(packed, b"")
        unpack = next((way for magic, way in _PACKED if first.startswith(magic)), None)
        if unpack is None:
            yield first
            yield from packed
        else:
            yield from self._unpacked(_again(first, packed), unpack)

    def _unpacked(self, packed: Iterator[bytes], unpack: Unpack) -> Iterator[bytes]:
        taken, given = [0], 0
        try:
            for block in unpack(_counted(packed, taken)):
                given += len(block)
                yield block
                if given > EXPANDED_LIMIT or (given > _RATIO_FROM and given > RATIO_LIMIT * taken[0]):
                    self._break(f"unpacks to more than {given >> 20:,} MB, which no list of papers does")
                    return
        except (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError):
            self._break("is damaged or was not copied whole")

    def _break(self, reason: str) -> None:
        self._damaged = True
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
        self._cut_off = self._damaged
        yield Piece(number, self._decode(rest, number), True)

    def lines(self) -> Iterator[Line]:
        """Decoded lines; of one longer than `LINE_LIMIT`, or cut off by damage, only the beginning and the fault."""
        parts: list[str] = []
        size = 0
        for number, text, ends in self.pieces():
            if ends and not parts and not self._cut_off:
                yield Line(number, text)
                continue
            size += len(text)
            if size <= LINE_LIMIT or not parts:
                parts.append(text)
            if ends:
                yield self._line(number, parts, size)
                parts, size = [], 0

    def _line(self, number: int, parts: list[str], size: int) -> Line:
        if size > LINE_LIMIT:
            return Line(number, parts[0][:200], too_long("line"))
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
        self._damaged = self._cut_off = False
        blocks = self.blocks()
        first = b""
        for block in blocks:
            first += block
            if len(first) >= 4096:
                break
        encoding, bom = _encoding(first)
        again = _again(first[bom:], blocks)
        return _line_feeds(again if encoding == "utf-8" else _recoded(again, encoding))


def too_long(what: str) -> str:
    """The reason for passing over a line or record that could exhaust the memory."""
    return f"the {what} is longer than {LINE_LIMIT >> 20} million characters and was passed over. Split or shorten it"


# ------------------------------------------------------------------------------------------------- bytes and packing


Unpack = Callable[[Iterator[bytes]], Iterator[bytes]]


def _read_blocks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
    except OSError as error:
        raise UnreadableFile(
            f"{path}: cannot be opened ({error.strerror or error}). Check the name and your rights."
        ) from error


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _counted(blocks: Iterator[bytes], taken: list[int]) -> Iterator[bytes]:
    for block in blocks:
        taken[0] += len(block)
        yield block


def _gzip(packed: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(31)
    for block in packed:
        while block:
            if inflate.eof:
                inflate = zlib.decompressobj(31)  # files packed one by one and joined are one file
            before = inflate.copy()
            try:
                data = inflate.decompress(block, _BLOCK)
            except zlib.error:
                yield from _until_damage(before, block)
                raise
            if data:
                yield data
            block = inflate.unconsumed_tail or inflate.unused_data.lstrip(b"\0")  # tapes pad with zeros
    while not inflate.eof and (data := inflate.decompress(inflate.unconsumed_tail, _BLOCK)):
        yield data
    if not inflate.eof:
        raise EOFError


def _until_damage(inflate: zlib._Decompress, block: bytes) -> Iterator[bytes]:
    # zlib drops what it had unpacked of the block in which it meets the damage; byte by byte nothing is lost.
    for at in range(len(block)):
        try:
            data = inflate.decompress(block[at : at + 1])
        except zlib.error:
            return
        if data:
            yield data


def _stepwise(make: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]) -> Unpack:
    def unpack(packed: Iterator[bytes]) -> Iterator[bytes]:
        unpacker = make()
        for block in packed:
            while block or not (unpacker.needs_input or unpacker.eof):
                if unpacker.eof:
                    unpacker = make()
                data = unpacker.decompress(block, _BLOCK)
                if data:
                    yield data
                block = unpacker.unused_data.lstrip(b"\0") if unpacker.eof else b""
        if not unpacker.eof:
            raise EOFError

    return unpack


_PACKED: tuple[tuple[bytes, Unpack], ...] = (
    (b"\x1f\x8b", _gzip),
    (b"BZh", _stepwise(bz2.BZ2Decompressor)),
    (b"\xfd7zXZ\x00", _stepwise(lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY))),
)


# ------------------------------------------------------------------------------------------------------- encodings


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape").translate(_NOT_UTF8)


def _encoding(first: bytes) -> tuple[str, int]:
    """Encoding by the beginning of a file, and how many bytes of it are a byte order mark."""
    for bom, name in _BOMS:
        if first.startswith(bom):
            return name, len(bom)
    even, odd = (first[start:4096:2].count(0) * 2 / (min(len(first), 4096) or 1) for start in (0, 1))
    if even > 0.4 and odd < 0.05:
        return "utf-16-be", 0
    return ("utf-16-le", 0) if odd > 0.4 and even < 0.05 else ("utf-8", 0)


_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _recoded(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")


def _line_feeds(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks; when the first has carriage returns but no line feed, with line feeds in their place."""
    first = next(blocks, b"")
    if b"\n" in first or b"\r" not in first:
        yield from _again(first, blocks)
        return
    held = b""
    for block in _again(first, blocks):
        block = held + block
        held = b"\r" if block.endswith(b"\r") else b""
        yield block[: len(block) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    yield held.replace(b"\r", b"\n")


def _character_boundary(raw: bytes) -> int:
    """The end of `raw`, or where its last UTF-8 character begins if that may be incomplete."""
    for back in range(1, 5):
        if raw[-back] & 0xC0 != 0x80:
            return len(raw) - back if raw[-back] >= 0xC0 else len(raw)
    return len(raw)
