"""PDF files as prose, by PDFium: lines joined to paragraphs, columns one after the other, headings by their type.

Holds how a printed page shows what is a heading, a paragraph, a running title or a note; the only importer of
pypdfium2. Always true: one thread at a time is in PDFium, which allows no more; text stops where the references begin.

Of pypdf 7.1, pdfminer.six 20260107 and PDFium 5.15, read on 18 pages of two columns: PDFium took 0.06 s (0.55, 1.03),
kept the order of words in widely spaced lines, as pdfminer did not, and alone marks the hyphens that only end a line.
"""

from __future__ import annotations

import ctypes
import math
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from explorer.drafts.headings import headings
from explorer.drafts.manuscript import citation
from explorer.drafts.manuscript.blocks import Block, manuscript_of
from explorer.drafts.manuscript.citation import Manuscript
from explorer.errors import UnreadableFile

PAGES = 1_500  # a doctoral thesis has 300; each takes some milliseconds
_CHARACTERS = 4_000_000  # four times such a thesis
_SPARSE = 25  # characters a page below which the pages are pictures: a scan has none but perhaps a stamp
_MARGIN = 0.09  # share of the page's height in which running titles and page numbers stand
_SMALL = 0.86  # of the body's size: footnotes, labels in figures
_LARGE = 1.08  # of the body's size: headings
_HYPHEN = ("\ufffe", "\x02")  # PDFium's marks for a hyphen that ends a line
_ENDS = re.compile(r"[.!?:][\"'”’)\]]*$")
_NUMBERED = re.compile(r"(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5})\.?|[A-H]\.(?:\d{1,2}\.?)*)\s+[A-Z]\D{2,80}$")
_COMMON = headings("common", r"\d{1,2}\.?\s+|[IVX]{1,5}\.\s+", r"\.?")
_BOLD = re.compile(rb"[Bb]old|[Bb]lack|-[Bb]d|CMBX|NimbusRomNo9L-Medi")  # in names of fonts
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its text, place in points (x to the right, y upwards), size of type, and whether it is bold.

    `hyphen`: it ends with a hyphen that may only divide a word. `page` counts from 0; `height` is that of the page.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    size: float
    bold: bool
    height: float
    hyphen: bool = False


def manuscript(data: bytes, name: str) -> Manuscript:
    """The draft in a PDF; raises UnreadableFile for protected, scanned, damaged and endless ones."""
    with _LOCK:
        lines, pages = _lines(data, name)
    if sum(len(line.text) for line in lines) < _SPARSE * max(1, pages):
        raise UnreadableFile(
            f"{name}: holds hardly any text; its pages are empty, or pictures (a scan). Recognise the text first, with "
            "OCRmyPDF or in your scanner's program, or paste the text"
        )
    return manuscript_of(name, _blocks(_without_running(lines)), resumes=False)


# --------------------------------------------------------------------------------------------------- out of PDFium


def _lines(data: bytes, name: str) -> tuple[list[Line], int]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise UnreadableFile(f"{name}: is protected by a password. Save a copy without it") from error
        raise UnreadableFile(f"{name}: is damaged or was not copied whole ({error}). Get or print it again") from error
    try:
        pages = len(document)
        if pages > PAGES:
            raise UnreadableFile(f"{name}: has {pages:,} pages, more than {PAGES:,}. Give one part at a time")
        lines: list[Line] = []
        size = 0
        for number in range(pages):
            printed = _page(document, number)
            size += sum(len(line.text) for line in printed)
            if size > _CHARACTERS:
                raise UnreadableFile(f"{name}: has more than {_CHARACTERS:,} characters. Give one part at a time")
            lines += printed
        return lines, pages
    finally:
        document.close()


def _page(document: Any, number: int) -> list[Line]:
    import pypdfium2

    try:
        page = document[number]
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return []  # one damaged page of many costs only itself
    try:
        return list(_Print(pypdfium2.raw, text, number, float(page.get_height())).lines())
    finally:
        text.close()
        page.close()


class _Print:
    """The characters of a page in PDFium, and what they are printed like."""

    def __init__(self, raw: Any, text: Any, page: int, height: float) -> None:
        self._raw = raw
        self._text = text
        self._page = page
        self._height = height

    def lines(self) -> Iterator[Line]:
        """The printed lines, in the order of the file."""
        chars: list[tuple[int, str]] = []  # place on the page and character, without line ends
        for at in range(min(self._raw.FPDFText_CountChars(self._text), _CHARACTERS)):
            code = self._raw.FPDFText_GetUnicode(self._text, at)
            char = chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else " "
            if char in "\r\n" or char in _HYPHEN:
                yield from self._line(chars, hyphen=char in _HYPHEN)
                chars = []
            elif char == "\t" or (char >= " " and char != "\xad"):
                chars.append((at, char))
        yield from self._line(chars)

    def _line(self, chars: list[tuple[int, str]], *, hyphen: bool = False) -> Iterator[Line]:
        inked = [at for at, char in chars if not char.isspace()]
        if not inked:
            return
        first, middle, last = inked[0], inked[len(inked) // 2], inked[-1]
        left, bottom, _ = self._box(first)
        yield Line(
            " ".join("".join(char for _, char in chars).split()), self._page, left, self._box(last)[2],
            min(bottom, self._box(middle)[1]), self._size(middle), self._is_bold(first) and self._is_bold(middle),
            self._height, hyphen,
        )  # fmt: skip

    def _box(self, at: int) -> tuple[float, float, float]:
        """Left, bottom and right of a character."""
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        self._raw.FPDFText_GetCharBox(self._text, at, left, right, bottom, top)
        return left.value, bottom.value, right.value

    def _size(self, at: int) -> float:
        """Size of type of a character in points, as it is drawn."""
        matrix = self._raw.FS_MATRIX()
        self._raw.FPDFText_GetMatrix(self._text, at, matrix)
        return round(float(self._raw.FPDFText_GetFontSize(self._text, at)) * math.hypot(matrix.b, matrix.d), 1) or 1.0

    def _is_bold(self, at: int) -> bool:
        font = ctypes.create_string_buffer(128)
        self._raw.FPDFText_GetFontInfo(self._text, at, font, 128, ctypes.c_int())
        return self._raw.FPDFText_GetFontWeight(self._text, at) >= 600 or bool(_BOLD.search(font.value))


# ------------------------------------------------------------------------------------------------------- the prose


def _without_running(lines: Sequence[Line]) -> list[Line]:
    """The lines without page numbers, and without running titles: what stands at the edge of several pages alike."""
    pages = 1 + max((line.page for line in lines), default=0)
    edges = [line for line in lines if not _MARGIN < line.bottom / max(line.height, 1) < 1 - _MARGIN]
    alike = Counter(key for key, _ in {(_pattern(line.text), line.page) for line in edges})
    often = 2 if pages < 5 else 3
    running = {key for key, count in alike.items() if count >= often}
    marked = {
        id(line)
        for line in edges
        if _pattern(line.text) in running or re.fullmatch(r"[\W\d]{0,9}|[ivxl]{1,6}", line.text)
    }
    return [line for line in lines if id(line) not in marked]


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "#", text.casefold())


def _blocks(lines: Sequence[Line]) -> Iterator[Block]:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 10.0
    words = Counter(word for line in lines for word in re.findall(r"[\w\-]+", line.text.casefold()))
    gap = _leading(lines, body)
    block: list[Line] = []
    listing = False
    for line in lines:
        if line.size < _SMALL * body and not listing:
            continue  # footnotes, labels in figures; the list of references is often set small, too
        if block and _begins(block, line, body, gap, listing=listing):
            yield from _block(block, body, words, listing=listing)
            block = []
        block.append(line)
        listing = listing or _is_list_heading(line, body)
    if block:
        yield from _block(block, body, words, listing=listing)


def _leading(lines: Sequence[Line], body: float) -> float:
    """The usual way from one line down to the next, in points."""
    ways = [
        above.bottom - below.bottom
        for above, below in pairwise(lines)
        if above.page == below.page and above.size == below.size == body and 0 < above.bottom - below.bottom < 4 * body
    ]
    return float(median(ways)) if ways else 1.2 * body


def _is_list_heading(line: Line, body: float) -> bool:
    return citation.is_references(line.text) and (
        line.bold or line.size >= body or line.text.isupper() or line.text.istitle()
    )


def _begins(above: list[Line], line: Line, body: float, gap: float, *, listing: bool) -> bool:
    """Whether `line` begins a new paragraph or heading below these lines."""
    last = above[-1]
    if _is_list_heading(line, body) or _is_list_heading(last, body):
        return True
    if abs(line.size - last.size) > 0.6 or _heads(line, body) != _heads(last, body):
        return True
    way = last.bottom - line.bottom
    if _heads(line, body) and line.page == last.page and 0 < way < 1.7 * line.size:
        return False  # a title of several lines
    onward = line.page == last.page and 0 < way < 3 * gap
    if listing:  # entries hang: their first line stands out to the left
        return bool(re.match(r"\[?\d{1,4}[\].]\s", line.text)) or (onward and line.left < last.left - 0.6 * body)
    if not onward:  # the next column or page: a sentence may go on
        return bool(_ENDS.search(last.text)) and (
            line.left > min(line.left for line in above[-3:]) + 0.6 * body or _is_short(above, body)
        )
    if way > 1.45 * gap:
        return True
    if not _ENDS.search(last.text):
        return False
    indented = line.left > last.left + 0.6 * body and len(above) > 1
    return indented or _is_short(above, body)


def _is_short(lines: list[Line], body: float) -> bool:
    """Whether the last line ends well before those above it."""
    return len(lines) > 1 and lines[-1].right < max(line.right for line in lines[:-1]) - 2 * body


def _heads(line: Line, body: float) -> bool:
    text = line.text
    if len(text) > 110 or not any(char.isalpha() for char in text):
        return False
    if _COMMON.fullmatch(text) and (line.bold or line.size > body or text[0].isupper()):
        return True
    if line.size > _LARGE * body:
        return True
    return (line.bold and not _ENDS.search(text)) or (line.bold and bool(_NUMBERED.match(text)))


def _block(lines: list[Line], body: float, words: Counter[str], *, listing: bool) -> Iterator[Block]:
    text = _joined(lines, words)
    heading = _heads(lines[0], body) and len(lines) <= 4
    letters = sum(char.isalpha() for char in text)
    if not heading and not listing and (letters < 0.55 * len(text) or (len(text) < 30 and not _ENDS.search(text))):
        if not citation.is_references(text):
            return  # rows of a table, formulas on a line of their own
        heading = True
    yield Block(text, heading=heading or citation.is_references(text))


def _joined(lines: list[Line], words: Counter[str]) -> str:
    """The lines as one text; a hyphen at a line's end goes, unless the word is written with it elsewhere."""
    text = ""
    for line, following in zip(lines, [*(line.text for line in lines[1:]), ""], strict=True):
        text += line.text
        after = re.match(r"\w+", following)
        if not line.hyphen and not (line.text.endswith(("-", "\u2010")) and after):
            text += " "
            continue
        text = text if line.hyphen else text[:-1]
        before = re.search(r"\w+$", line.text if line.hyphen else text)
        first, second = (match[0].casefold() if match else "" for match in (before, after))
        written = words[f"{first}-{second}"] or not second.isalpha() or following[:1].isupper()
        text += "-" if written and not words[first + second] else ""
    return text.strip()
