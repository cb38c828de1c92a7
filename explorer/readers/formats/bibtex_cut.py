"""Where the entries of a BibTeX file begin and end, and what fields they have.

Holds `entries` and `parsed`. Knows nothing of what fields mean (`bibtex`) nor of bytes (`stream`).
Always true: an entry that lost or gained a brace or a quote costs no other: the next line that begins "@type{key,"
begins an entry; memory is bounded by one entry of at most `limits.line()` characters; time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from explorer.readers.io import limits
from explorer.readers.io.stream import Line, Stream

COMMENT = "comment"
_COMMENT_LINES = 20_000  # JabRef's longest comment, the tree of its groups, has a line a group
_LONG = 10_000  # characters of a line that may hold many entries
_JOINED = 1000  # parts of one value; months, days and names make four or five
_WRONG = 20  # values without end after which an entry is given up

_BEGINS = re.compile(r"(?<![\w.+\-])@\s{0,9}([A-Za-z][\w\-]{0,40})\s{0,9}([{(])")
_BEGINS_LINE = re.compile(r"\s{0,40}@\s{0,9}[A-Za-z][\w\-]{0,40}\s{0,9}[{(]\s{0,9}(?:[^\s,{}=\"]{1,500}\s{0,9},|$)")
_SPECIAL = re.compile(r"\s{0,40}@\s{0,9}(?:string|preamble|comment)\s{0,9}[{(]", re.IGNORECASE)
_TYPE_ONLY = re.compile(r"\s{0,40}@[A-Za-z]{1,30}\s*$")
_FIELD_LINE = re.compile(r"[\s,}]{0,40}[A-Za-z][\w\-.]{0,40}\s{0,20}=\s{0,20}[{\"\w]")
_BETWEEN = re.compile(r"(?<=[})])\s{0,9}(?=@[A-Za-z]{1,30}\s{0,9}[{(])")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BRACE_OR_PAREN = re.compile(r"\\.|[{}()\"]", re.DOTALL)


class Entry(NamedTuple):
    """The text of an entry from "@" to its last brace, and the line it begins on; `closed` says whether that came."""

    line: int
    text: str
    closed: bool
    fault: str = ""


def entries(stream: Stream) -> Iterator[Entry]:
    """The entries of a file in order, those for comments and abbreviations among them."""
    cutter = _Cutter()
    waiting: list[Line] = []
    lines = stream.lines()
    while True:
        line = waiting.pop() if waiting else next(lines, None)
        if line is None:
            yield from cutter.end(waiting)
            if not waiting:
                return
            continue
        if len(line.text) > _LONG and len(parts := _BETWEEN.split(line.text)) > 1:  # else each entry copies the line
            waiting += [line._replace(text=part) for part in reversed(parts)]
        else:
            yield from cutter.add(line, waiting)


class _Cutter:
    """Gathers lines into entries. What follows an entry is looked at before the entry is given: it may still go on."""

    def __init__(self) -> None:
        self._taken: list[Line] = []  # the lines of an entry that is open, or closed and not yet given
        self._depth = self._size = 0
        self._open = self._quoted = self._comment = False
        self._paren = False
        self._patience = _COMMENT_LINES
        self._limit = limits.line()

    def add(self, line: Line, waiting: list[Line]) -> Iterator[Entry]:
        """The entries that end before or in this line; lines to be read again go to `waiting`, last first."""
        text = line.text
        if self._taken and self._open and not self._depth and text.strip():  # its brace should be here
            self._paren = text.lstrip().startswith("(")
            if not text.lstrip().startswith(("{", "(")):
                self._taken = []
        if self._taken and self._open:
            if not self._comment and "@" in text and (_BEGINS_LINE.match(text) or _SPECIAL.match(text)):
                yield self._given(closed=False)
            elif self._comment and (len(self._taken) > self._patience or self._size > self._limit):
                self._drop_comment(waiting, line)
                return
            else:
                self._go_on(line, 0, waiting)
                return
        elif self._taken:
            if not text.strip():
                return
            if _FIELD_LINE.match(text) and not self._comment and not line.fault:
                self._open, self._depth = True, 1  # one brace too many closed it early
                self._go_on(line, 0, waiting)
                return
            if line.number == self._taken[-1].number and not _BEGINS.search(text):
                return  # left over behind the closing brace; if that came too early, a field is on the next line
            yield self._given(closed=True)
        self._begin(line, waiting)

    def end(self, waiting: list[Line]) -> Iterator[Entry]:
        """What is left when the file ends."""
        if self._taken and self._open and self._comment:
            self._drop_comment(waiting)
        elif self._taken:
            yield self._given(closed=not self._open)

    def _begin(self, line: Line, waiting: list[Line]) -> None:
        text = line.text
        if "@" not in text or text.lstrip().startswith("%"):
            return
        match = _BEGINS.search(text)
        if match is None:
            if _TYPE_ONLY.match(text):
                self._type_alone(line, waiting)
            return
        self._depth, self._paren, self._quoted = 0, match[2] == "(", False
        self._comment = match[1].casefold() == COMMENT
        self._open, self._size = True, 0
        self._go_on(line._replace(text=text[match.start() :]), match.end() - match.start() - 1, waiting)

    def _type_alone(self, line: Line, waiting: list[Line]) -> None:
        # "@article" with its brace on the next line: the two are joined when that comes.
        self._taken, self._open, self._comment, self._depth = [line._replace(text=line.text.strip())], True, False, 0
        self._paren, self._quoted, self._size = False, False, len(line.text)

    def _go_on(self, line: Line, start: int, waiting: list[Line]) -> None:
        text = line.text
        end = self._end_in(text, start)
        if end is None:
            self._size += len(text) + 1
            if self._size <= self._limit or not self._taken or self._comment:
                self._taken.append(line)
            return
        self._open = False
        self._taken.append(line._replace(text=text[:end]))
        rest = text[end:]
        if rest.strip(" \t,}"):
            waiting.append(line._replace(text=rest, fault=""))

    def _end_in(self, text: str, start: int) -> int | None:
        """Where the entry ends in this line."""
        for token in (_BRACE_OR_PAREN if self._paren else _BRACE).finditer(text, start):
            kind = token[0]
            if kind == "{":
                self._depth += 1
            elif kind == "}":
                self._depth -= 1
            elif kind == '"' and self._depth == 1:
                self._quoted = not self._quoted
            elif self._paren and not self._quoted and kind == "(" and not self._depth:
                self._depth += 1
            elif self._paren and not self._quoted and kind == ")" and self._depth == 1:
                self._depth -= 1
            if self._depth <= 0 and kind in "})":
                return token.end()
        return None

    def _given(self, closed: bool) -> Entry:
        lines, size = self._taken, self._size
        self._taken, self._open, self._size = [], False, 0
        fault = next((line.fault for line in lines if line.fault), "")
        if size > self._limit:
            return Entry(lines[0].number, lines[0].text[:200], False, limits.too_long("entry"))
        return Entry(lines[0].number, "\n".join(line.text for line in lines), closed, fault)

    def _drop_comment(self, waiting: list[Line], *more: Line) -> None:
        """A comment without end was a line only; what follows is read again."""
        again = [*self._taken[1:], *more]
        self._patience = max(20, self._patience // 2)  # else a file of comments without end is read 20,000 times
        waiting += reversed(again)
        self._taken, self._open, self._comment, self._size = [], False, False, 0


# ---------------------------------------------------------------------------------------------------------- fields

_HEAD = re.compile(r"@\s{0,9}([A-Za-z][\w\-]*)\s*[{(]?\s*")
_KEY = re.compile(r"\s*([^,\n]{0,500}?)\s*(?:,|\n|[})]?\s*\Z)")
_NAME = re.compile(r"[\s,;})]*([^\s=,{}\"#@()%\\]{1,100})\s*=\s*")
_LOST_END = re.compile(r"[,\n][ \t,;})]{0,80}(?=[A-Za-z][\w\-.]{0,60}\s{0,40}=\s{0,40}[{\"\d])")
_NEXT_NAME = re.compile(r"\n[ \t,;})]{0,80}(?=[A-Za-z][\w\-.]{0,60}\s*=)")
_JOIN = re.compile(r"\s*#\s*")
_BARE = re.compile(r"[^,\n{}\"#]*")
_QUOTE = re.compile(r"\\.|[{}\"]", re.DOTALL)
_AFTER_QUOTE = re.compile(r"\s*(?:[,#})]|\Z|\n\s*[A-Za-z][\w\-.]{0,60}\s*=)")
MONTHS = {
    month[:3].casefold(): month
    for month in "January February March April May June July August September October November December".split()
}


class Parsed(NamedTuple):
    """An entry's type in small letters, its key, and its fields by name in small letters, as they were written.

    `sound` is false when a value has no end: what was found then is a guess.
    """

    kind: str
    key: str
    fields: dict[str, str]
    sound: bool


def parsed(text: str, strings: Mapping[str, str], closed: bool = True) -> Parsed:
    """The parts of an entry; `strings` are the abbreviations defined so far. The first of equal fields counts.

    In an entry that is not `closed`, a value that holds what looks like another field ends before that.
    """
    head = _HEAD.match(text)
    kind, at = (head[1].casefold(), head.end()) if head else ("", 0)
    key = ""
    first = _NAME.match(text, at)
    if first is None or "," in text[at : first.start(1)] or kind in ("string", "preamble"):
        first = None
    if kind not in ("string", "preamble") and first is None and (match := _KEY.match(text, at)):
        key, at = match[1], match.end()
    found, sound = _fields(text, at, strings, closed)
    return Parsed(kind, key.strip(" \t\"'{}"), found, sound)


def _fields(text: str, at: int, strings: Mapping[str, str], closed: bool) -> tuple[dict[str, str], bool]:
    found: dict[str, str] = {}
    wrong = 0
    while True:
        name = _NAME.match(text, at)
        if name is None:  # something between fields that is none: on to the next line that begins one
            after = _NEXT_NAME.search(text, at)
            if after is None:
                return found, not wrong
            at = after.end()
            continue
        value, at, ends = _value(text, name.end(), strings, closed)
        wrong += not ends
        if wrong > _WRONG:
            return found, False
        if not found.get(name[1].casefold()):
            found[name[1].casefold()] = value


def _value(text: str, at: int, strings: Mapping[str, str], closed: bool) -> tuple[str, int, bool]:
    """The value at a place, where it ends, and whether it has an end of its own."""
    parts: list[str] = []
    sound = True
    while True:
        opened = text[at : at + 1]
        if opened in ("{", '"') and opened:
            end = _end_of_braces(text, at) if opened == "{" else _end_of_quotes(text, at)
            if end is None or (not closed and _LOST_END.search(text, at, end)):
                sound = False
                after = _LOST_END.search(text, at)
                end = after.start() if after else len(text)
                parts.append(text[at + 1 : end].rstrip(" \t\n,})"))
            else:
                parts.append(text[at + 1 : end - 1])
            at = end
        else:
            bare = _BARE.match(text, at)
            word = bare[0].strip() if bare else ""
            at = bare.end() if bare else at
            known = strings.get(word.casefold())
            parts.append(MONTHS.get(word.casefold(), word) if known is None else known)
        joined = _JOIN.match(text, at)
        if joined is None:
            return "".join(parts), at, sound
        if sum(map(len, parts)) > limits.line() or len(parts) > _JOINED:
            return "", at, False  # a few abbreviations that stand for long texts, joined a million times
        at = joined.end()


def _end_of_braces(text: str, at: int) -> int | None:
    depth = 0
    for token in _BRACE.finditer(text, at):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if not depth:
            return token.end()
    return None


def _end_of_quotes(text: str, at: int) -> int | None:
    depth = 0
    for token in _QUOTE.finditer(text, at + 1):
        kind = token[0]
        depth += {"{": 1, "}": -1}.get(kind, 0)
        if depth < 0:
            return None
        if kind == '"' and not depth and _AFTER_QUOTE.match(text, token.end()):
            return token.end()
    return None
