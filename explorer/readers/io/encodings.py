"""Which encoding the bytes of a file are in, judged by a sample from its beginning.

Holds marks, patterns of zeros, and what is likely in each encoding: which letters, and in what company. Knows nothing
of lines, records or papers.
Always true: any bytes get an answer; text that may be UTF-8 in part is called UTF-8 (its odd lines are Windows-1252);
an encoding is chosen against Windows-1252 only where it explains the sample far better.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import cache
from math import log
from typing import NamedTuple

from explorer.tables import tables_of

SAMPLE = 2**18  # bytes looked at; a list of papers shows its letters sooner
_WEIGHED = 2**13  # bytes weighed of lines that are not ASCII: 100 words of one language are sure
_MARGIN = 6.0  # an encoding must be e^6 = 400 times as likely as Windows-1252
_UNLIKELY = {"koi8_r": 10.0, "mac_roman": 10.0, "iso8859_2": 4.0}  # and these, hardly met today, as much more


class Encoding(NamedTuple):
    """`name` for Python's codecs, the length of the byte order mark, and what to tell people if it was guessed."""

    name: str
    mark: int = 0
    label: str = ""


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_UTF8 = Encoding("utf-8")
_BINARY = (b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0", b"SQLite format 3", b"%PDF")  # no text, so not in question


def guess(sample: bytes) -> Encoding:
    """The encoding of a file that begins with `sample`, of `SAMPLE` bytes or fewer."""
    if sample.startswith(_BINARY):
        return _UTF8
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return Encoding(name, len(mark))
    if wide := _by_zeros(sample[:4096]):
        return Encoding(wide, 0, wide.upper())
    if b"\x1b$B" in sample or b"\x1b$@" in sample:
        return Encoding("iso2022_jp", 0, "ISO-2022-JP")
    lines = [] if is_utf8(sample) else [line for line in sample.split(b"\n") if not line.isascii()]
    if not lines or _in_part_utf8(lines):
        return _UTF8
    name = _likeliest(_shortened(lines))
    return Encoding(name, 0, _ENCODINGS[name][0]) if name else _UTF8


def _by_zeros(first: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: Latin letters, digits and line ends have zeros for their other bytes."""
    length = len(first) // 4 * 4
    if length < 8:
        return ""
    share = [first[at:length:4].count(0) * 4 / length for at in range(4)]
    if share[1] > 0.9 and share[2] > 0.9 and min(share[0], share[3]) < 0.1:
        return "utf-32-le" if share[3] > share[0] else "utf-32-be"
    even, odd = (share[0] + share[2]) / 2, (share[1] + share[3]) / 2
    if max(even, odd) < 0.2 or min(even, odd) > 0.05 * max(even, odd) + 0.02:
        return ""
    name = "utf-16-be" if even > odd else "utf-16-le"
    try:
        text = first[:length].decode(name, "surrogatepass")
    except UnicodeDecodeError:
        return ""
    return name if sum(char.isprintable() or char.isspace() for char in text) > 0.9 * len(text) else ""


def is_utf8(sample: bytes) -> bool:
    """Whether `sample` is UTF-8; its last character may be cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _in_part_utf8(lines: list[bytes]) -> bool:
    """Whether lines that are not ASCII are UTF-8 often enough to be so on purpose."""
    sound = broken = 0
    for line in lines[:20_000]:
        odd = sum(byte > 0x7F for byte in line[:2000])
        try:
            line.decode()
            sound += odd
        except UnicodeDecodeError as error:
            cut = line is lines[-1] and error.end == len(line) and error.reason.startswith("unexpected end")
            sound, broken = (sound + odd, broken) if cut else (sound, broken + odd)
    return sound * 10 > sound + broken


def _shortened(lines: list[bytes]) -> bytes:
    taken, size = [], 0
    for line in lines:
        taken.append(line[:2048])
        size += len(taken[-1])
        if size > _WEIGHED:
            break
    return b"\n".join(taken)


# ------------------------------------------------------------------------------------------------- what is likely
# The logarithm of the probability of a character, given the one before. Rough figures are enough: what tells encodings
# apart is that the right one gives common letters in company of their kind, the wrong one rare signs amid words.

_ASCII = log(1 / 30)
_ODD = log(1e-5)
_JOINS = "’‘–—\xad·"
_TABLES = tables_of(__file__)
_Likely = Callable[[str, str, str], float]


def _likeliest(sample: bytes) -> str:
    """The name of the encoding that makes `sample` most likely; empty for Windows-1252 and for what is close to it."""
    best, most = "", _weight(sample, "cp1252", _ENCODINGS["cp1252"][1]) + _MARGIN
    for name, (_, likely) in _ENCODINGS.items():
        weight = _weight(sample, name, likely) - _UNLIKELY.get(name, 0.0)
        if weight > most:
            best, most = name, weight
    return "" if best and sample.decode(best, "replace") == sample.decode("cp1252", "replace") else best


def _weight(sample: bytes, name: str, likely: _Likely) -> float:
    text = sample.decode(name, "replace")
    broken = log(0.002) if name == "cp1252" else log(1e-7)  # its gaps are DOS letters, as in "J\x81rgen"
    total, before = 0.0, " "
    for char, after in zip(text, text[1:] + " ", strict=True):
        if char < "\x80":
            total += _ASCII
        elif char == "\ufffd":
            total += broken
        else:
            total += likely(before, char, after)
        before = char
    return total


def _western(frequent: str, occasional: str) -> _Likely:
    """Latin letters, mostly alone among those of ASCII. A sign amid a word ("g³êboki") or a capital is no English."""

    def likely(before: str, char: str, after: str) -> float:
        share = 0.02 if char in frequent else 0.005 if char in occasional else 0.0001
        if char in _JOINS:
            return log(share)
        if not char.isalpha():
            return log(share * (0.02 if before.isalpha() and after.isalpha() else 1))
        if char.isupper() and before.islower():
            return log(share * 0.02)
        return log(share * (0.05 if before > "\x7f" and before.isalpha() else 1))

    return likely


def _alphabet(frequent: str, first: str, last: str, others: str = "") -> _Likely:
    """Letters of another alphabet: in words of their own, small after small."""

    def likely(before: str, char: str, after: str) -> float:
        if not (first <= char <= last or char in others):
            return log(0.002) if char in "«»–—“”„’№… \xa0" else _ODD
        alone = (before < "\x80" and before.isalpha()) or (after < "\x80" and after.isalpha())
        if alone or (char.isupper() and before.islower()):
            return _ODD
        share = 0.06 if char in frequent else 0.004 if char.isupper() else 0.01
        return log(share * (1 if before.isalpha() or after.isalpha() else 0.1))

    return likely


def _signs(name: str, language: str, *groups: tuple[int, int, float]) -> _Likely:
    """Signs of two bytes: `groups` of codes of the encoding, each with the probability of one sign in it."""
    favourites = _TABLES["favourites"].get(language, "")

    @cache
    def chance(char: str) -> float:
        if char in favourites:
            return log(0.004)
        try:
            raw = char.encode(name)
        except UnicodeEncodeError:
            return _ODD
        code = int.from_bytes(raw, "big")
        return next((log(share) for first, last, share in groups if first <= code <= last), _ODD)

    def likely(before: str, char: str, after: str) -> float:
        alone = before < "\x80" and after < "\x80" and (before.isalpha() or after.isalpha())
        return chance(char) + (_ODD if alone else 0.0)  # "it’s" is a Japanese sign between letters in Shift-JIS

    return likely


_WAYS: dict[str, Callable[..., _Likely]] = {"western": _western, "alphabet": _alphabet, "signs": _signs}
# For people, and what is likely.
_ENCODINGS = {name: (label, _WAYS[way](*of)) for name, (label, way, *of) in _TABLES["encodings"].items()}
