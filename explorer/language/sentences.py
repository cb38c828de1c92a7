"""Where the sentences of an abstract or a draft begin and end.

Holds one rule of English, German and French print: a full stop before a blank and a capital, digit or quote ends a
sentence, unless an abbreviation or an initial stands before it. Knows no papers and no vectors. Always true: the spans
grow, do not overlap, and hold every character that is not white space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SHORTEST = 40  # characters: what is shorter ("Results:", "See [3].") says too little alone and joins what follows

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[^\W_a-z])|\n\s*\n\s*|[。！？]\s*")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\[])(?:e\.g|i\.e|cf|viz|vs|et al|etc|resp|approx|ca|Figs?|Eqs?|Refs?|Secs?|Tabs?|Chaps?|Nos?|Vols?|pp?|"
    r"Drs?|Profs?|Mrs?|Ms|St|Ltd|Inc|Jr|Sr|Univ|Dept|Proc|Int|Conf|bzw|z\.\s?B|d\.\s?h|u\.\s?a|vgl|Abb|Nr|[^\W\d_])\.\s*$"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: the characters from `start` to before `end`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The piece itself."""
        return text[self.start : self.end]


def sentences(text: str, shortest: int = SHORTEST) -> list[Span]:
    """Spans of the sentences of `text`, in order; one shorter than `shortest` characters joins its neighbour."""
    spans: list[Span] = []
    start = _skip(text, 0)
    for match in _END.finditer(text):
        paragraph = "\n" in match[0].strip(" \t") and match[0].count("\n") > 1
        if _ABBREVIATED.search(text, max(start, match.start() - 20), match.end()) and not paragraph:
            continue
        end = match.start() + len(match[0].rstrip())
        if end - start < shortest and not paragraph:
            continue
        if end > start:
            spans.append(Span(start, end))
        start = match.end()
    end = len(text.rstrip())
    if end - start >= shortest or (end > start and not spans):
        spans.append(Span(start, end))
    elif end > start:
        spans[-1] = Span(spans[-1].start, end)
    return spans


def _skip(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
