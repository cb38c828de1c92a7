"""Headings and paragraphs of a draft, in order, and the manuscript they make.

Holds `Block`, and which parts of a draft are no prose: thanks, declarations, the references. Knows no file formats.
Always true: the text holds no line of white space only but those between paragraphs, and no heading without "# ".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from explorer.drafts.headings import headings
from explorer.drafts.manuscript import citation
from explorer.drafts.manuscript.citation import Manuscript
from explorer.text import repair

_ASIDE = headings("aside", r"\d{1,2}\.?\s+", r"\s*[:.]?")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a heading. `reference`: it is known to belong to the list of references."""

    text: str
    heading: bool = False
    reference: bool = False


def manuscript_of(name: str, blocks: Iterable[Block], *, resumes: bool = True) -> Manuscript:
    """The draft that blocks make, which cites what its list of references holds; see `assembled`."""
    prose, references = assembled(blocks, resumes=resumes)
    return Manuscript(name, prose, citation.of_list(name, references))


def assembled(blocks: Iterable[Block], *, resumes: bool = True) -> tuple[str, list[str]]:
    """The prose of a draft, and the lines of its list of references.

    With `resumes`, prose goes on at the heading after the references; else nothing after them is read.
    """
    prose: list[str] = []
    references: list[str] = []
    aside = listing = False
    for block in blocks:
        text = clean(block.text)
        if not text:
            continue
        if block.heading:
            if listing and not resumes:
                break
            listing = citation.is_references(text)
            aside = bool(_ASIDE.fullmatch(text))
            if not listing and not aside:
                prose.append(f"# {text}")
        elif block.reference or listing:
            references += [clean(line) for line in block.text.split("\n")]
        elif not aside:
            prose.append(text.lstrip("# "))
    return "\n\n".join(prose), references


def without(text: str, opens: str, closes: str) -> str:
    """`text` without what stands between each `opens` and the next `closes`; an `opens` without one stays."""
    pieces, start = [], 0
    while (begin := text.find(opens, start)) >= 0 and (end := text.find(closes, begin + len(opens))) >= 0:
        pieces += [text[start:begin], " "]
        start = end + len(closes)
    return "".join([*pieces, text[start:]])


def clean(text: str) -> str:
    """`text` repaired, on one line."""
    return _SPACE.sub(" ", repair(text)).strip()
