"""The two kinds of seed document: abstracts without titles, and one author's list of papers.

Holds how papers are found in them. Knows nothing of other formats.
Always true: every paper of the document comes out as a `Paper` or a `Problem`; LaTeX stays as written; the year is
unknown; authors keep their order, each named once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from explorer.paper import Paper, Problem, Source
from explorer.readers.engine.fields import plan
from explorer.readers.engine.paper import finished
from explorer.readers.engine.reader import FormatReader
from explorer.readers.io import limits
from explorer.readers.io.stream import Line, Stream

_ABSTRACT = re.compile(r"\s*Abstract:", re.IGNORECASE)
_NAME = re.compile(r"[^\s,;|\t\"{}@][^,;|\t\"{}@]{0,60}, [^,;|\t\"{}@]{1,60}")
_MEND = "An author's list is a name, then title, authors and abstract of each paper, a line each"


# Shape one: every paper begins with `Abstract:`; lines without it continue the abstract before them.


def _abstracts(stream: Stream) -> Iterator[Paper | Problem]:
    for record, lines in enumerate(_paragraphs(stream), 1):
        yield _abstract(stream, record, lines)


def _paragraphs(stream: Stream) -> Iterator[list[Line]]:
    taken: list[Line] = []
    limit = limits.line()
    for line in stream.lines():
        begins = _ABSTRACT.match(line.text)
        if taken and (begins or line.fault or sum(len(part.text) for part in taken) > limit):
            yield taken
            taken = []
        if line.text.strip():
            taken.append(line)
    if taken:
        yield taken


def _abstract(stream: Stream, record: int, lines: list[Line]) -> Paper | Problem:
    first = lines[0]
    text = "\n".join(line.text.strip() for line in lines)
    text = _ABSTRACT.sub("", text, count=1).strip()
    if first.fault:
        return Problem(stream.name, record, first.number, first.fault)
    if not text:
        reason = "nothing follows “Abstract:”. Put the abstract on the same line, or remove the line"
        return Problem(stream.name, record, first.number, reason)
    return finished(Source(stream.name, record, first.number), {"abstract": text})


# Shape two: the author's name ("Brown, Noam"), then title, authors and abstract of each paper, a line each.


def _begins_list(head: str) -> bool:
    lines = [line.strip() for line in head.split("\n", 50) if line.strip()]
    if not lines or not _NAME.fullmatch(lines[0]) or plan(lines[0].split(",")).fields:
        return False
    return len(lines) > 2 and _lists_authors(lines[2], lines[0])


def _listed(stream: Stream) -> Iterator[Paper | Problem]:
    lines = (line for line in stream.lines() if line.text.strip())
    owner = next(lines).text.strip()
    # Five lines are looked at: the three of a paper, and two more that show whether one of the three is missing.
    window: list[Line] = []
    record = 0
    while True:
        window += islice(lines, 5 - len(window))
        if not window:
            return
        record += 1
        taken = _lines_of_next(window, owner)
        yield _triple(stream, record, window[:taken], owner)
        del window[:taken]


def _lines_of_next(window: list[Line], owner: str) -> int:
    """How many lines belong to the first paper in `window`: 3, or fewer where a line is missing."""
    authored = [_names(line.text, owner) for line in window] + [False] * 5
    if authored[3] and not authored[4] and authored[1]:
        return 2
    return 1 if authored[2] and not authored[1] else 3


def _triple(stream: Stream, record: int, lines: list[Line], owner: str) -> Paper | Problem:
    line = lines[0].number
    fault = next((part.fault for part in lines if part.fault), "")
    if fault:
        return Problem(stream.name, record, line, fault)
    if len(lines) < 3:
        missing = "the abstract is" if len(lines) == 2 else "authors and abstract are"
        title = lines[0].text.strip()[:80]
        return Problem(stream.name, record, line, f"{missing} missing after “{title}”. {_MEND}")
    title, authors, abstract = (part.text.strip() for part in lines)
    if len(authors.split(", ")) % 2:
        stream.note(lines[1].number, "the authors are not pairs of family and given name; a name may be wrong")
    fields = {"title": title, "authors": author_pairs(authors), "abstract": abstract}
    return finished(Source(stream.name, record, line), fields)


def author_pairs(text: str) -> list[str]:
    """Names from `Family, Given, Family, Given`: `null` is a missing given name, `:` is nobody."""
    parts = [part.strip() for part in text.split(",")]
    parts += [""] * (len(parts) % 2)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [f"{family}, {given}" if given not in ("", "null") else family for family, given in pairs if family != ":"]


def _names(line: str, owner: str) -> bool:
    return f", {owner}," in f", {line.strip()},"


def _lists_authors(line: str, owner: str) -> bool:
    parts = line.split(", ")
    return _names(line, owner) or (len(parts) % 2 == 0 and all(len(part.split()) <= 4 for part in parts))


READERS = (
    FormatReader("abstracts", "abstracts", (), _ABSTRACT.match, _abstracts),
    FormatReader("author list", "author list", (), _begins_list, _listed),
)
