"""Packed bytes unpacked: gzip, bzip2 and xz, block by block.

Holds one unpacker a way of packing. Knows nothing of files, lines or limits.
Always true: no block is longer than `BLOCK` by much, whatever the packed bytes claim; what comes before damage is given
before an error is raised, which is one of `ERRORS`; files packed one by one and joined are one file.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator

BLOCK = 2**18
ERRORS = (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)
_XZ_MEMORY = 256 * 2**20  # bytes: `xz -9` needs 65 MB to unpack

Unpack = Callable[[Iterator[bytes]], Iterator[bytes]]


def _gzip(packed: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(31)
    for block in packed:
        while block:
            if inflate.eof:
                inflate = zlib.decompressobj(31)  # files packed one by one and joined are one file
            before = inflate.copy()
            try:
                data = inflate.decompress(block, BLOCK)
            except zlib.error:
                yield from _until_damage(before, block)
                raise
            if data:
                yield data
            block = inflate.unconsumed_tail or inflate.unused_data.lstrip(b"\0")  # tapes pad with zeros
    while not inflate.eof and (data := inflate.decompress(inflate.unconsumed_tail, BLOCK)):
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
                data = unpacker.decompress(block, BLOCK)
                if data:
                    yield data
                block = unpacker.unused_data.lstrip(b"\0") if unpacker.eof else b""
        if not unpacker.eof:
            raise EOFError

    return unpack


PACKED: tuple[tuple[bytes, Unpack], ...] = (
    (b"\x1f\x8b", _gzip),
    (b"BZh", _stepwise(bz2.BZ2Decompressor)),
    (b"\xfd7zXZ\x00", _stepwise(lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY))),
)
