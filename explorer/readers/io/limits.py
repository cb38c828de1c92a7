"""How much a file may ask of this machine before it is refused or cut off.

Holds every limit of the readers, each adjustable by an environment variable that is read once, at import:
EXPLORER_LIMIT_LINE (characters of a line or record), EXPLORER_LIMIT_EXPANDED (MB a packed file unpacks to),
EXPLORER_LIMIT_RATIO (times the packed size) and EXPLORER_LIMIT_FILES (files in one folder or archive).
Always true: each is a whole number of at least 1; a value that is none is told by `wrong`, and the default counts.
"""

from __future__ import annotations

import os

_WRONG: list[str] = []


def _limit(name: str, default: int) -> int:
    variable = f"EXPLORER_LIMIT_{name}"
    text = os.environ.get(variable, "").strip().replace("_", "")
    if not text:
        return default
    if text.isdecimal() and 0 < len(text) < 16 and int(text) > 0:
        return int(text)
    _WRONG.append(f"{variable} is “{text[:40]}”, but must be a whole number above 0, like {default}")
    return default


def wrong() -> str:
    """What is wrong with the environment variables, or an empty string."""
    return "; ".join(_WRONG)


LINE = _limit("LINE", 16 * 2**20)  # characters: three times the longest line met in the wild (5 MB, a book)
EXPANDED = _limit("EXPANDED", 64 * 2**10) * 2**20  # bytes: all abstracts of OpenAlex are 250 GB in some hundred files
RATIO = _limit("RATIO", 400)  # unpacked to packed: abstracts reach 3 to 10, a bomb of zeros 1030
FILES = _limit("FILES", 100_000)  # in a folder or archive: the directory of an archive is held in memory
RATIO_FROM = 64 * 2**20  # bytes: below, even a bomb does no harm


def unpacked(given: int, packed: int) -> str:
    """Why `packed` bytes that unpack to `given` (or more) are refused; empty when they are not."""
    if given > EXPANDED:
        return f"unpacks to more than {EXPANDED >> 20:,} MB; EXPLORER_LIMIT_EXPANDED, in MB, sets how much it may be"
    if given > RATIO_FROM and given > RATIO * packed:
        return (
            f"unpacks to more than {min(given, RATIO * packed) >> 20:,} MB, {RATIO:,} times its size, which no list of "
            "papers does; if it is sound, set EXPLORER_LIMIT_RATIO higher"
        )
    return ""
