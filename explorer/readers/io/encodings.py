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


def _signs(name: str, favourites: str, *groups: tuple[int, int, float]) -> _Likely:
    """Signs of two bytes: `groups` of codes of the encoding, each with the probability of one sign in it."""

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


# The characters met most in running text, in simplified form; those of titles and abstracts; and what of both is
# written otherwise in traditional form.
_SIMPLIFIED = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法"
    "所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那"
    "社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提"
)
_OF_ABSTRACTS = "研究基题论文图络网深习算像综述响应实验结果模型影细胞患临床"
_TRADITIONAL = (
    "這個國時來們對會發動過說產種後經進著電裡實現兩體當點從業應開還與關間樣線數質氣變條沒結問無者圖論網絡習綜響驗學習"
)
_HAN = _SIMPLIFIED + _OF_ABSTRACTS + _TRADITIONAL
_HANGUL = "이다의에을는가한지고기사로하대연구리시인정어분석자도해서상를과보수은용영학전장위"
_JOINS = "’‘–—\xad·"
_LATIN = "éèáíóúñçäöüßãâêà’“”–—"
_CENTRAL = "ąćęłńóśźżáčďéěíňřšťúůýžäöüő’“”–—"
_ODD_WESTERN = "ëïîìòõùûœšžýøåæôÉÖÜÄÅØÇÁÓÍÚŠŽ‘…°±×µ®«»§ðþ²³¹\xa0ªº™€†•£¡¿¼½¾"
_ODD_CENTRAL = "ôâăţşçëűÉÖÜÄÇÁÓÍÚŠŽČŁŚŐŘĚĎŤŇÝŻŹĆŃ„…°±×µ§\xa0"
_PUNCTUATION, _KANA, _KATAKANA, _COMMON, _RARE = 0.002, 0.006, 0.004, 0.00015, 0.00001
# For people, and what is likely. Of two-byte encodings: punctuation, the letters of Japanese, common signs, rare signs.
_ENCODINGS: dict[str, tuple[str, _Likely]] = {
    "cp1252": ("Windows-1252 (Western)", _western(_LATIN, _ODD_WESTERN)),
    "cp1250": ("Windows-1250 (Central European)", _western(_CENTRAL, _ODD_CENTRAL)),
    "iso8859_2": ("ISO-8859-2 (Central European)", _western(_CENTRAL, _ODD_CENTRAL)),
    "cp1254": ("Windows-1254 (Turkish)", _western("ışşğüöçİŞ’“”–—", "âîûÖÜÇĞéáíóñèäß‘…°±×µ®\xa0")),
    "mac_roman": ("Mac Roman", _western(_LATIN, _ODD_WESTERN.replace("ðþ²³¹", ""))),
    "cp1251": ("Windows-1251 (Cyrillic)", _alphabet("оеаинтсрвлкмд", "А", "я", "ёЁіїєґІЇЄўЎ")),
    "koi8_r": ("KOI8-R (Cyrillic)", _alphabet("оеаинтсрвлкмд", "А", "я", "ёЁ")),
    "cp1253": ("Windows-1253 (Greek)", _alphabet("αοιετσνηυρπκμλς", "Ά", "ώ")),
    "cp1255": ("Windows-1255 (Hebrew)", _alphabet("יוהלארתשמב", "א", "ת")),
    "cp1256": ("Windows-1256 (Arabic)", _alphabet("اليمنوترب", "ء", "ي", "پچژگکی،")),
    "gb18030": ("GB18030 (Chinese)", _signs("gb18030", _HAN,
        (0xA1A1, 0xA1FE, _PUNCTUATION), (0xA3A1, 0xA3FE, _PUNCTUATION),
        (0xB0A1, 0xD7F9, _COMMON), (0xD8A1, 0xF7FE, _RARE))),
    "big5hkscs": ("Big5 (Chinese)", _signs("big5hkscs", _HAN,
        (0xA140, 0xA1FE, _PUNCTUATION), (0xA440, 0xC67E, 0.00012), (0xC940, 0xF9FE, _RARE))),
    "cp932": ("Shift-JIS (Japanese)", _signs("cp932", "",
        (0x8140, 0x81FC, _PUNCTUATION), (0x829F, 0x82F1, _KANA), (0x8340, 0x8396, _KATAKANA), (0x8260, 0x829A, 0.001),
        (0x889F, 0x9872, _COMMON), (0x989F, 0xEAA4, _RARE))),
    "euc_jp": ("EUC-JP (Japanese)", _signs("euc_jp", "",
        (0xA1A1, 0xA1FE, _PUNCTUATION), (0xA4A1, 0xA4F3, _KANA), (0xA5A1, 0xA5F6, _KATAKANA),
        (0xB0A1, 0xCFD3, _COMMON), (0xD0A1, 0xF4A6, _RARE))),
    "cp949": ("EUC-KR (Korean)", _signs("cp949", _HANGUL,
        (0xA1A1, 0xA3FE, _PUNCTUATION), (0xB0A1, 0xC8FE, _COMMON), (0xCAA1, 0xFDFE, _RARE))),
}  # fmt: skip
