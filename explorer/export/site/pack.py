"""Arrays by name → the bytes of a file, and those as the text of a script that any browser loads from a folder.

Knows neither papers nor models. Always true: equal arrays give equal bytes; little endian, every array begins at a
multiple of eight bytes; a script holds any bytes, and its text is read a byte a letter.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[Any] | object]
_KINDS = {"|u1": "u1", "|i1": "i1", "<u2": "u2", "<i2": "i2", "<u4": "u4", "<i4": "i4", "<f4": "f4"}
_BEGIN, _END = b"'", b"'"
_ESCAPES = {b"\\": b"\\\\", b"'": b"\\'", b"\n": b"\\n", b"\r": b"\\r"}
_MARK = b"explorerSite.take("


def pack(values: Values) -> bytes:
    """Arrays of the kinds that browsers have, and values of JSON, as page/pack.js takes them apart."""
    head, blocks, start = [], list[bytes](), 0
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            array = np.ascontiguousarray(value.astype(value.dtype.newbyteorder("<"), copy=False))
            kind, data, length = _KINDS[array.dtype.str], array.tobytes(), array.size
        else:
            data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
            kind, length = "json", len(data)
        head.append({"name": name, "kind": kind, "start": start, "length": length})
        blocks.append(data + b"\0" * (-len(data) % 8))
        start += len(blocks[-1])
    return _headed(head) + b"".join(blocks)


def _headed(head: list[dict[str, Any]]) -> bytes:
    """The head of a file; places in it count from the beginning of the file, so that its own length matters."""
    size = 0
    while True:
        placed = [{**entry, "start": entry["start"] + size} for entry in head]
        text = json.dumps(placed, separators=(",", ":")).encode()
        needed = 4 + len(text) + (-(4 + len(text)) % 8)
        if needed == size:
            return len(text).to_bytes(4, "little") + text + b"\0" * (size - 4 - len(text))
        size = max(size, needed) if needed > size else needed


def squeezed(data: bytes, *, text: bool = True) -> bytes:
    """`data` gzipped, the same whenever it is written; numbers (`text` False) repeat nothing but what is frequent."""
    if text:
        return gzip.compress(data, 9, mtime=0)
    coder = zlib.compressobj(6, zlib.DEFLATED, 31, 9, zlib.Z_HUFFMAN_ONLY)
    return coder.compress(data) + coder.flush()


def script(name: str, data: bytes) -> bytes:
    r"""`data` as a script that hands it over under `name`.

    Each byte is a letter of the encoding x-user-defined, whose lowest eight bits are the byte: a third smaller than
    base64. Only what would end the string is escaped.
    """
    body = re.sub(rb"[\\'\n\r]", lambda match: _ESCAPES[match[0]], data)
    return _MARK + json.dumps(name).encode() + b"," + _BEGIN + body + _END + b");\n"


def script_data(text: bytes) -> bytes:
    """The data in what `script` wrote; raises ValueError where there is none."""
    match = re.fullmatch(rb"explorerSite\.take\(\"[^\"]*\",'(.*)'\);\n", text, re.DOTALL)
    if match is None:
        raise ValueError("no data of a page stands in this script")
    letters = {escape[1:]: letter for letter, escape in _ESCAPES.items()}
    return re.sub(rb"\\(.)", lambda found: letters[found[1]], match[1])
