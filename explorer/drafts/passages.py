"""The passages of a long text: a few sentences each, that are about one thing and fit the encoder.

Holds how a draft, an abstract or a related-work section is cut. Knows no papers or files, and vectors only as what
`themes` cuts long paragraphs by. Always true: passages come in order and do not overlap; none crosses a heading;
together they hold every word but those of headings, references and thanks; none is longer than `MOST` words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.drafts import themes
from explorer.drafts.headings import headings
from explorer.language.sentences import Span, sentences

# Words. The encoder reads 256 pieces of words, some 190 words of print with its names and formulas. Shorter passages
# find less (recall@20 of hidden citations in drafts of five abstracts: 30 % with 160, 29 with 80, 26 with 50).
MOST = 160
LEAST = 25  # words: a shorter paragraph ("We make three contributions.") joins its neighbour
# A text of more words than this is a draft to search passage by passage; the longest of 1,000 abstracts looked at in
# each of four fields have about 300, and few have more than 250.
LONG = 250
# Sentences of long paragraphs whose themes are compared, of a draft: some 30,000 words and ten seconds of encoding.
# Beyond them parts are even.
_COMPARED = 1500

_PARAGRAPH = re.compile(r"[^\S\n]*\n(?:[^\S\n]*\n)+\s*|\n(?=#{1,6}[^\S\n])|(?<=\n)(?=#{1,6}[^\S\n])")
_HEADING = re.compile(r"#{1,6}[^\S\n]+([^\n]*?)(?:[^\S\n]+#+)?[^\S\n]*(?:\n|$)")
_NOT_PROSE = headings("no_prose", r"\d+\W*", r"\W*")
# Chinese, Japanese and Korean print has no blanks: there a character counts as a word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text: its number from 1, the heading it stands under ("" for none), its words on one line.

    `start` and `end` are its characters in the text that was cut.
    """

    number: int
    heading: str
    text: str
    start: int
    end: int


Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Sentences → their unit vectors (n, dimension)."""


def passages(text: str, most: int = MOST, encode: Encode | None = None) -> list[Passage]:
    """The passages of `text`, whose paragraphs are separated by blank lines and whose headings begin with "# ".

    A paragraph is a passage; one of more than `most` words is cut at the ends of sentences, where its theme changes, or
    without `encode` into parts about equally long. A passage of less than `LEAST` words joins the next of its section,
    or the one before. A list of references gives none.
    """
    sections = [(heading, [_paragraph(text, span, most) for span in spans]) for heading, spans in _sections(text)]
    places = _places([paragraph for _, inside in sections for paragraph in inside], text, most, encode)
    parts = (
        (heading, part)
        for heading, inside in sections
        for part in _joined(text, [part for each in inside for part in each.parts(places.get(id(each), []))], most)
    )
    return [
        Passage(number, heading, " ".join(part.of(text).split()), part.start, part.end)
        for number, (heading, part) in enumerate(parts, start=1)
    ]


def count_words(text: str) -> int:
    """Number of words; of Chinese, Japanese and Korean, of characters."""
    return sum(1 for _ in _WORD.finditer(text))


def _sections(text: str) -> Iterator[tuple[str, list[Span]]]:
    """Headings, each with the paragraphs under it."""
    heading, spans = "", list[Span]()
    for block in _blocks(text):
        if match := _HEADING.match(text, block.start, block.end):
            yield heading, spans
            heading, spans = " ".join(match[1].split()), []
            block = Span(match.end(), block.end)
        if not _NOT_PROSE.fullmatch(heading) and text[block.start : block.end].strip():
            spans.append(block)
    yield heading, spans


def _blocks(text: str) -> Iterator[Span]:
    start = 0
    for match in _PARAGRAPH.finditer(text):
        if match.start() > start:
            yield Span(start, match.start())
        start = match.end()
    if start < len(text):
        yield Span(start, len(text))


@dataclass(frozen=True)
class _Paragraph:
    """The sentences of a paragraph, and how many words each has."""

    spans: list[Span]
    sizes: list[int]

    def parts(self, cuts: Sequence[int]) -> list[Span]:
        """The paragraph cut before the sentences of these numbers."""
        ends = [*cuts, len(self.spans)] if self.spans else []
        return [Span(self.spans[start].start, self.spans[end - 1].end) for start, end in pairwise([0, *ends])]

    def even(self, most: int) -> list[int]:
        """Cuts into parts of at most `most` words, about equally long."""
        target = sum(self.sizes) / max(1, math.ceil(sum(self.sizes) / most))
        cuts, size = [], 0
        for number, length in enumerate(self.sizes):
            # A sentence goes where more of it lies, but never makes a part too long.
            if number and (size + length / 2 > target or size + length > most):
                cuts.append(number)
                size = 0
            size += length
        return cuts


def _paragraph(text: str, paragraph: Span, most: int) -> _Paragraph:
    spans = [
        Span(paragraph.start + piece.start, paragraph.start + piece.end)
        for sentence in sentences(paragraph.of(text))
        for piece in _cut(paragraph.of(text), sentence, most)
    ]
    return _Paragraph(spans, [count_words(span.of(text)) for span in spans])


def _places(paragraphs: Sequence[_Paragraph], text: str, most: int, encode: Encode | None) -> dict[int, list[int]]:
    """Where the paragraphs of more than `most` words are cut, by their identity in memory."""
    long = [paragraph for paragraph in paragraphs if sum(paragraph.sizes) > most]
    if encode is None or sum(len(paragraph.spans) for paragraph in long) > _COMPARED:
        return {id(paragraph): paragraph.even(most) for paragraph in long}
    texts = [" ".join(span.of(text).split()) for paragraph in long for span in paragraph.spans]
    vectors = np.split(encode(texts), np.cumsum([len(paragraph.spans) for paragraph in long])[:-1]) if long else []
    valleys = [themes.depths(part) for part in vectors]
    bound = themes.bound(valleys)
    return {
        id(paragraph): themes.cuts(valley, paragraph.sizes, most, bound)
        for paragraph, valley in zip(long, valleys, strict=True)
    }


def _cut(text: str, sentence: Span, most: int) -> Iterator[Span]:
    """The sentence, or if it has more than `most` words (a table, a list without full stops), pieces of it."""
    words = list(_WORD.finditer(text, sentence.start, sentence.end))
    for first in range(0, len(words), most):
        last = min(first + most, len(words)) - 1
        yield Span(words[first].start(), words[last].end())


def _joined(text: str, parts: Sequence[Span], most: int) -> list[Span]:
    """`parts` of one section, where one of less than `LEAST` words has joined the next, or the one before."""
    joined: list[Span] = []
    sizes: list[int] = []
    for part in parts:
        size = count_words(part.of(text))
        if joined and min(sizes[-1], size) < LEAST and sizes[-1] + size <= most:
            joined[-1], sizes[-1] = Span(joined[-1].start, part.end), sizes[-1] + size
        else:
            joined.append(part)
            sizes.append(size)
    return joined
