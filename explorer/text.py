"""Text of papers: repaired, made readable, folded for comparison.

Holds pure functions from string to string. Knows nothing of papers, files or vectors.
Always true: no function raises on any `str`; the stored text is never changed by `readable`, only shown differently.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from explorer.patterns import regex

if TYPE_CHECKING:
    from pylatexenc.latex2text import LatexNodes2Text
    from pylatexenc.macrospec import LatexContextDb

# Characters no text needs: C0/C1 controls except tab and line breaks, lone surrogates, the byte order mark.
_USELESS = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
# Mojibake is nearly always two or more such characters in a row; these alone may be it, or are to be dropped.
_UNUSUAL = regex(r"[^\n\t\x20-\x7e]+")
_ALONE = regex("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u2028\u2029\u206a-\u206f\ufff9-\ufffcÂÃŒœØÙВГРСΒΓΞΟ]")
# One or two Thai letters hanging on a Latin letter are UTF-8 bytes that were read as the Thai code page 874.
# ftfy knows the Western and Cyrillic pages, not this one.
_THAI_IN_LATIN = regex(r"(?<=[A-Za-z])[ก-๛€…‘’“”•–—]{2,4}|[ก-๛€…‘’“”•–—]{2,4}(?=[A-Za-z])")

_LATEX = "\\${}"  # what looks like LaTeX holds any of these
_SUPERSCRIPT = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SCRIPT = regex(r"([_^])(\{[^{}]*\}|\\[A-Za-z]+|[0-9A-Za-z+\-*])")
_RAISED = regex(r"\\text(sub|super)script\s?\{([^{}\\]{1,40})\}")
_LOWERED_SIGN = regex("_(?=[⊙⊕☉♁])")  # M⊙, the mass of the sun
_MATH = regex(r"(?<!\\)\$\$(.+?)(?<!\\)\$\$|(?<!\\)\$([^$\n]{1,400}?)(?<!\\)\$", re.DOTALL)
# Letters that Unicode does not take apart into a letter and a mark, as those who cannot type them write them.
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_NOT_A_WORD = regex(r"[\W_]+")


def repair(text: str) -> str:
    """`text` with mojibake undone, control characters dropped, in Unicode normal form C, line ends as `\\n`."""
    if text.isascii():
        return text if text.isprintable() else _USELESS.sub("", _line_feeds(text))
    runs = list(_UNUSUAL.finditer(text))
    if any(len(run[0]) > 1 or _ALONE.match(run[0]) for run in runs):
        if _may_be_broken(text, runs):
            text = _fixed(text)
        text = _USELESS.sub("", _THAI_IN_LATIN.sub(_as_utf8, _line_feeds(text)))
    return unicodedata.normalize("NFC", text)


def _may_be_broken(text: str, runs: list[re.Match[str]]) -> bool:
    # ftfy reads whole texts at 20,000 a second; the few characters it could object to are faster to show it alone.
    from ftfy.badness import is_bad

    near = " ".join(text[max(0, run.start() - 3) : run.end() + 3] for run in runs)
    return bool(_ALONE.search(near)) or is_bad(near)


def _fixed(text: str) -> str:
    import ftfy  # takes 30 ms to import, and a question needs none of it

    wanted = ftfy.TextFixerConfig(
        unescape_html=False, fix_latin_ligatures=False, fix_character_width=False, uncurl_quotes=False
    )
    return ftfy.fix_text(text, wanted)


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _as_utf8(match: re.Match[str]) -> str:
    try:
        found = match[0].encode("cp874").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return match[0]
    return found if all(unicodedata.name(char, "").startswith("LATIN") for char in found) else match[0]


def fold(text: str) -> str:
    """`text` for comparison: readable, without case, accents and punctuation, words separated by one blank."""
    plain = readable(text).casefold()
    if plain.isascii():
        return _NOT_A_WORD.sub(" ", plain).strip()
    decomposed = unicodedata.normalize("NFKD", plain.translate(_STROKES))
    return _NOT_A_WORD.sub(" ", "".join(char for char in decomposed if not unicodedata.combining(char))).strip()


@lru_cache(maxsize=4096)
def readable(text: str) -> str:
    r"""`text` on one line with its LaTeX turned into plain characters: `$\pi_0$` → `π₀`, `\emph{so}` → `so`.

    Text without LaTeX only has its white space folded. An unbalanced brace is dropped; a lone `$` stays.
    """
    if any(map(text.__contains__, _LATEX)):
        text = _from_latex(text)
    return " ".join(text.split())


def _from_latex(text: str) -> str:
    # Abstracts are prose with islands of LaTeX: there, unlike in a .tex file, % & # ~ and a lone $ are themselves.
    pieces, start = [], 0
    for match in _MATH.finditer(text):
        inner = match[1] or match[2]
        if not _is_math(inner):
            continue
        pieces += [_prose(text[start : match.start()]), _math(inner)]
        start = match.end()
    pieces.append(_prose(text[start:]))
    return "".join(pieces)


def _is_math(inner: str) -> bool:
    """Whether what stands between two dollars is a formula, not "5 million and " between two prices."""
    if re.search(r"[\\^_={}<>]", inner):
        return True
    return not re.search(r"[A-Za-z]{3,}\s+[A-Za-z]{2,}", inner) and inner.strip() == inner and len(inner) < 60


@lru_cache(maxsize=4096)
def _math(inner: str) -> str:
    # Inner blanks of a formula carry no meaning except beside words; pylatexenc keeps them, which reads well.
    plain = _SCRIPT.sub(_script, _convert(_SCRIPT.sub(_script, inner))).replace("{", "").replace("}", "")
    return _LOWERED_SIGN.sub("", plain)


def _prose(text: str) -> str:
    if not re.search(r"[\\{}]|[_^]\{", text):
        return text
    text = _RAISED.sub(_as_script, text)
    escaped = re.sub(r"(?<!\\)([%&#$])", r"\\\1", text)
    escaped = re.sub(r"(?<=\s)~(?=\s|\d)", r"\\textasciitilde{}", escaped)
    return _convert(re.sub(r"([_^])(\{[^{}]*\})", _script, escaped)).replace("{", "").replace("}", "")


def _as_script(match: re.Match[str]) -> str:
    text = match[2].translate(_SUBSCRIPT if match[1] == "sub" else _SUPERSCRIPT)
    return text if not text.isascii() else match[2]


def _script(match: re.Match[str]) -> str:
    mark, body = match[1], match[2].strip("{}")
    table = _SUPERSCRIPT if mark == "^" else _SUBSCRIPT
    if body and all(ord(char) in table for char in body):
        return body.translate(table)
    if mark == "^" and body in {r"\circ", "circ"}:
        return "°"
    return match[0]


# pylatexenc takes time quadratic in a run of characters: 2 s for 50,000, and hours for a text of 10 MB.
_PIECE = regex(r".{1,5000}(?:\s|\Z)|.{1,5000}", re.DOTALL)


def _convert(text: str) -> str:
    return "".join(_converted(piece) for piece in (_PIECE.findall(text) if len(text) > 10_000 else [text]))


# Prose in which nothing is LaTeX, outside of braces: pylatexenc takes a millisecond for 150 signs.
_PLAIN = regex(r"(?:[\w ,.;:()/+=*@|\"](?<!_)|-(?!-)){90,}|(?P<sign>\\.|[{}])", re.DOTALL)
_BEFORE, _BEHIND = 40, 10  # characters of it that a macro before it may take
_STANDS = 0xE000  # the first of 6,400 characters that mean nothing


def _converted(text: str) -> str:
    pieces: list[str] = []
    try:
        short = text if r"\verb" in text or _has_private(text) else _shortened(text, pieces)
        made = _read(short)
        if any(made.count(chr(_STANDS + number)) != 1 for number in range(len(pieces))):
            return _read(text)  # a macro dropped or doubled a piece
    except Exception:  # pylatexenc raises many kinds on malformed input; its author documents no common base
        return re.sub(r"\\[A-Za-z]+\s?|\\(?=[^\w\s])", "", text)
    return made.translate({_STANDS + number: piece for number, piece in enumerate(pieces)}) if pieces else made


def _has_private(text: str) -> bool:
    return not text.isascii() and any("\ue000" <= char <= "\uf8ff" for char in text)


def _shortened(text: str, pieces: list[str]) -> str:
    """`text` with a single character in place of what is plain in it, which is appended to `pieces`."""
    depth = 0

    def short(match: re.Match[str]) -> str:
        nonlocal depth
        if match["sign"]:
            depth += (match[0] == "{") - (match[0] == "}")
            return match[0]
        inner = match[0][_BEFORE:-_BEHIND].strip()
        if depth or not inner or len(pieces) > 6000:
            return match[0]
        pieces.append(inner)
        begin = match[0].index(inner, _BEFORE)
        return match[0][:begin] + chr(_STANDS + len(pieces) - 1) + match[0][begin + len(inner) :]

    return _PLAIN.sub(short, text)


def _read(text: str) -> str:
    latex, macros = _latex()
    return str(latex.latex_to_text(text, latex_context=macros))


@cache
def _latex() -> tuple[LatexNodes2Text, LatexContextDb]:
    """What reads LaTeX, and the macros it knows, which it would look up anew for each formula."""
    from pylatexenc.latex2text import LatexNodes2Text
    from pylatexenc.latexwalker import get_default_latex_context_db

    # It warns of each odd formula; abstracts are full of them.
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)
    reader = LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=False)
    return reader, get_default_latex_context_db()


def counted(number: int, noun: str, plural: str = "") -> str:
    """ "1 paper", "1,200 papers"; `plural` where an s does not make it."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
