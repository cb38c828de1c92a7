"""How much a file may ask of this machine before it is refused or cut off.

Holds every limit of the readers, each read from an environment variable when it is used: EXPLORER_LIMIT_LINE
(characters of a line or record), EXPLORER_LIMIT_EXPANDED (MB a packed file unpacks to), EXPLORER_LIMIT_RATIO (times the
packed size) and EXPLORER_LIMIT_FILES (files in one folder or archive).
Always true: each is a whole number of at least 1; a value that is none is told by `wrong`, and the default counts.
"""

from __future__ import annotations

import os

_DEFAULTS = {
    "LINE": 16 * 2**20,  # characters: three times the longest line met in the wild (5 MB, a book)
    "EXPANDED": 64 * 2**10,  # MB: all abstracts of OpenAlex are 250 GB in some hundred files
    "RATIO": 400,  # unpacked to packed: abstracts reach 3 to 10, a bomb of zeros 1030
    "FILES": 100_000,  # in a folder or archive: the directory of an archive is held in memory
}
_RATIO_FROM = 64 * 2**20  # bytes: below, even a bomb does no harm


def line() -> int:
    """Characters of one line or record."""
    return _limit("LINE")


def expanded() -> int:
    """Bytes that a packed file may unpack to."""
    return _limit("EXPANDED") * 2**20


def ratio() -> int:
    """How many times its packed size a file may unpack to."""
    return _limit("RATIO")


def files() -> int:
    """Files in one folder or archive."""
    return _limit("FILES")


def wrong() -> str:
    """What is wrong with the environment variables, or an empty string."""
    return "; ".join(
        f"EXPLORER_LIMIT_{name} is “{text[:40]}”, but must be a whole number above 0, like {default}"
        for name, default in _DEFAULTS.items()
        if (text := _setting(name)) and not _number(text)
    )


def too_long(what: str) -> str:
    """The reason for passing over a line or record that could exhaust the memory."""
    return (
        f"the {what} is longer than {line():,} characters and was passed over. Split or shorten it, or set "
        "EXPLORER_LIMIT_LINE higher"
    )


def unpacked(size: int, packed: int) -> str:
    """Why `packed` bytes that unpack to `size` (or more) are refused; empty when they are not."""
    most = expanded()
    if size > most:
        return f"unpacks to more than {most >> 20:,} MB; EXPLORER_LIMIT_EXPANDED, in MB, sets how much it may be"
    if size > _RATIO_FROM and size > ratio() * packed:
        return (
            f"unpacks to more than {min(size, ratio() * packed) >> 20:,} MB, {ratio():,} times its size, which no "
            "list of papers does; if it is sound, set EXPLORER_LIMIT_RATIO higher"
        )
    return ""


def _limit(name: str) -> int:
    return _number(_setting(name)) or _DEFAULTS[name]


def _setting(name: str) -> str:
    return os.environ.get(f"EXPLORER_LIMIT_{name}", "").strip().replace("_", "")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0
