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
from explorer.readers.io.stream import Line, Lines, Stream

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
    lines = Lines(_parted(stream))
    patience = _COMMENT_LINES
    for line in lines:
        begun = _begun(line, lines)
        if begun is None:
            continue
        for after in lines:
            if not begun.goes_on(after, patience):
                lines.back(after)
                break
            if begun.open:
                begun.take(after, lines)
        if begun.comment and begun.open:  # it has no end, so it was a line only, and what follows is read again
            lines.back(*begun.lines[1:])
            patience = max(20, patience // 2)  # else a file of such comments is read 20,000 times
        else:
            yield begun.entry()


def _parted(stream: Stream) -> Iterator[Line]:
    """The lines of a file, long ones cut between their entries: else each entry would copy the line."""
    for line in stream.lines():
        if len(line.text) > _LONG:
            yield from (line._replace(text=part) for part in _BETWEEN.split(line.text))
        else:
            yield line


class _Begun:
    """The lines of an entry: `open` until its last bracket, which may have come too early."""

    def __init__(self, kind: str, paren: bool) -> None:
        self.lines: list[Line] = []
        self.comment = kind.casefold() == COMMENT
        self.paren = paren
        self.open = True
        self._size = 0
        self._depth = 0
        self._quoted = False
        self._limit = limits.line()

    def take(self, line: Line, lines: Lines, start: int = 0) -> None:
        """Go on with this line from `start`; what stands in it behind the end of the entry is given back."""
        end = self._end_in(line.text, start)
        if end is None:
            self._size += len(line.text) + 1
            if self._size <= self._limit or not self.lines or self.comment:
                self.lines.append(line)
            return
        self.open = False
        self.lines.append(line._replace(text=line.text[:end]))
        if line.text[end:].strip(" \t,}"):
            lines.back(line._replace(text=line.text[end:], fault=""))

    def goes_on(self, line: Line, patience: int) -> bool:
        """Whether a line belongs to the entry; a comment of more lines than `patience` has none."""
        text = line.text
        if self.open and self.comment:
            return len(self.lines) <= patience and not self.too_long
        if self.open:
            return "@" not in text or not (_BEGINS_LINE.match(text) or _SPECIAL.match(text))
        if _FIELD_LINE.match(text) and not self.comment and not line.fault:
            self.open, self._depth = True, 1  # one bracket too many closed it early
        left_over = line.number == self.lines[-1].number and not _BEGINS.search(text)  # behind the last bracket
        return self.open or left_over or not text.strip()

    @property
    def too_long(self) -> bool:
        """Whether the lines are longer than a record may be."""
        return self._size > self._limit

    def entry(self) -> Entry:
        """The entry of the lines."""
        first = self.lines[0]
        if self.too_long:
            return Entry(first.number, first.text[:200], False, limits.too_long("entry"))
        fault = next((line.fault for line in self.lines if line.fault), "")
        return Entry(first.number, "\n".join(line.text for line in self.lines), not self.open, fault)

    def _end_in(self, text: str, start: int) -> int | None:
        """Where the entry ends in this line."""
        for token in (_BRACE_OR_PAREN if self.paren else _BRACE).finditer(text, start):
            kind = token[0]
            if kind == "{" or (kind == "(" and not self._quoted and not self._depth):
                self._depth += 1
            elif kind == "}" or (kind == ")" and not self._quoted and self._depth == 1):
                self._depth -= 1
            elif kind == '"' and self._depth == 1:
                self._quoted = not self._quoted
            if self._depth <= 0 and kind in "})":
                return token.end()
        return None


def _begun(line: Line, lines: Lines) -> _Begun | None:
    """The entry that begins in this line, or in it and the next: its bracket may stand there."""
    text = line.text
    if "@" not in text or text.lstrip().startswith("%"):
        return None
    if match := _BEGINS.search(text):
        begun = _Begun(match[1], match[2] == "(")
        begun.take(line._replace(text=text[match.start() :]), lines, match.end() - match.start() - 1)
        return begun
    if not _TYPE_ONLY.match(text):
        return None
    begun = _Begun("", False)
    begun.take(line._replace(text=text.strip()), lines)
    for after in lines:
        if after.text.strip():
            lines.back(after)
            begun.paren = after.text.lstrip().startswith("(")
            return begun if after.text.lstrip().startswith(("(", "{")) else None
        begun.take(after, lines)
    return begun


# ---------------------------------------------------------------------------------------------------------- fields

_HEAD = re.compile(r"@\s{0,9}([A-Za-z][\w\-]*)\s*[{(]?\s*")
_KEY = re.compile(r"\s*([^,\n]{0,500}?)\s*(?:,|\n|[})]?\s*\Z)")
_KEY_ALONE = re.compile(r"\s*([^\s,={}\"#()]{1,200})[ \t]{1,80}(?=[A-Za-z][\w\-]{0,60}\s{0,40}=\s{0,40}[{\"\d])")
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
    if kind not in ("string", "preamble"):
        field = _NAME.match(text, at)
        nameless = field and "," not in text[at : field.start(1)]
        if not nameless and (match := _KEY_ALONE.match(text, at) or _KEY.match(text, at)):
            key, at = match[1], match.end()
    fields, sound = _fields(text, at, strings, closed)
    return Parsed(kind, key.strip(" \t\"'{}"), fields, sound)


def _fields(text: str, at: int, strings: Mapping[str, str], closed: bool) -> tuple[dict[str, str], bool]:
    fields: dict[str, str] = {}
    wrong = 0
    while True:
        name = _NAME.match(text, at)
        if name is None:  # something between fields that is none: on to the next line that begins one
            after = _NEXT_NAME.search(text, at)
            if after is None:
                return fields, not wrong
            at = after.end()
            continue
        value, at, ends = _value(text, name.end(), strings, closed)
        wrong += not ends
        if wrong > _WRONG:
            return fields, False
        if not fields.get(name[1].casefold()):
            fields[name[1].casefold()] = value


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
            parts.append(strings.get(word.casefold(), MONTHS.get(word.casefold(), word)))
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
