"""Cuts the text of an XML file into its record elements, by their tags alone.

Holds what ends a record, and what happens when the end is missing. Knows nothing of parsing, encodings or formats.
Always true: time is linear in the text; no more than one record of `limits.line()` characters is kept; every start tag
of a record ends up in one `Cut`; tags in comments, CDATA sections and processing instructions are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from explorer.readers.io import limits

_LONGEST_TAG = 2**20  # characters
_TAIL = 300  # characters remembered of the text before
_SKIP = r"!--|!\[CDATA\[|\?(?=[A-Za-z_])"
_ENDS = {"!--": "-->", "![CDATA[": "]]>", "?": "?>"}
# The rest of a tag: quoted values may hold ">". With a quote lost it ends at the first ">", or where the next begins.
_REST = r"(?=[\s/>]|\Z)(?:(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>|[^<>]*+(?:>|(?=<)|\Z))"


class Cut(NamedTuple):
    """An element: its name as written, the line it begins on, its text; `fault`, empty if sound, says what is wrong."""

    name: str
    line: int
    text: str
    fault: str = ""


@lru_cache(maxsize=256)
def _pattern(names: str) -> re.Pattern[str]:
    return re.compile(rf"<(?:(?P<skip>{_SKIP})|(?P<end>/?)(?P<name>{names}){_REST})")


class Cutter:
    """Takes text in pieces, gives the elements of these local names; without names, the children of the root."""

    def __init__(self, names: tuple[str, ...], nests: bool) -> None:
        any_of = "|".join(map(re.escape, names))
        self._outside = _pattern(rf"(?:[\w.\-]+:)?(?:{any_of})" if names else r"[\w.\-]+(?::[\w.\-]+)?")
        self._inside = self._outside
        self._children = not names
        self._nests = nests
        self._root = ""
        self._buffer = ""
        self._taken = self._end = 0  # places in the buffer: how far it was counted, and from where on it is needed
        self._until = ""  # what ends the comment or section that is open
        self._until_line = 0
        self._open = ""
        self._depth = self._begun = self._size = 0
        self._limit = limits.line()
        self._parts: list[str] = []
        self.line = 1
        self.tail = ""
        self.sound = True  # whether the last record was

    def feed(self, text: str) -> Iterator[Cut]:
        """The elements that end in this piece of text."""
        self._buffer += text
        size, tag = len(self._buffer), self._buffer.rfind("<")  # the last tag may go on in the next piece
        return self._cut(tag if tag >= 0 and size - tag <= _LONGEST_TAG else size)

    def end(self) -> Iterator[Cut]:
        """What is left when the text is at its end."""
        yield from self._cut(len(self._buffer), True)
        if self._open:
            yield self._close(f"the file ends within this record, before </{self._open}>. Get the file again")
        elif self._until:
            self.sound = False
            reason = f"a comment or section that begins here has no “{self._until}”; what follows was not read. Mend it"
            yield Cut("", self._until_line, "", reason)

    def _cut(self, whole: int, last: bool = False) -> Iterator[Cut]:
        """The elements that end in the buffer, of which the tags that begin before `whole` are whole."""
        self._taken = position = 0
        while tag := self._tag(position, whole, last):
            position = tag.end()
            yield from self._inner(tag) if self._open else self._outer(tag)
        self._take(self._end)
        self.tail = (self.tail + self._buffer[max(0, self._end - _TAIL) : self._end])[-_TAIL:]
        self._buffer = self._buffer[self._end :]

    def _tag(self, position: int, whole: int, last: bool) -> re.Match[str] | None:
        """The next tag outside comments and sections; without one, `_end` is where the rest of the buffer begins."""
        while True:
            if self._until:
                at = self._buffer.find(self._until, position)
                if at < 0:
                    self._end = len(self._buffer) if last else max(position, len(self._buffer) - 2)
                    return None
                position, self._until = at + len(self._until), ""
            self._end = max(whole, position)
            match = (self._inside if self._open else self._outside).search(self._buffer, position, self._end)
            if match is None or not match["skip"]:
                return match
            position = match.end()
            self._take(match.start())
            self._until, self._until_line = _ENDS[match["skip"]], self.line

    def _outer(self, tag: re.Match[str]) -> Iterator[Cut]:
        """What a tag outside of all records means: the beginning of one, which an empty tag also ends."""
        if not tag["end"] and not self._is_root(tag["name"]):
            self._begin(tag)
            if tag[0].endswith("/>"):
                self._take(tag.end())
                yield self._close()

    def _inner(self, tag: re.Match[str]) -> Iterator[Cut]:
        """What a tag means that has the name of the record it stands in."""
        if tag["end"]:
            self._depth -= 1
            if not self._depth:
                self._take(tag.end())
                yield self._close()
        elif not tag[0].endswith("/>"):
            if self._is_part(tag):
                self._depth += 1
            else:
                self._take(tag.start())
                yield self._close(f"</{self._open}> is missing: another begins on line {self.line}. Mend this record")
                self._begin(tag)

    def _is_root(self, name: str) -> bool:
        if self._children and not self._root:
            self._root = name
        return self._children and name == self._root  # again where files were joined

    def _is_part(self, tag: re.Match[str]) -> bool:
        """Whether an element within one of its name belongs there: after a start tag, or after its like."""
        if not self._nests:
            return False
        start = tag.start()
        before = ((self.tail if start < _TAIL else "") + self._buffer[max(0, start - _TAIL) : start]).rstrip()
        last = before[before.rfind("<") :] if before.endswith(">") else ""
        return last == f"</{tag['name']}>" or not (last[:2] in ("", "</", "<!", "<?") or last.endswith("/>"))

    def _begin(self, tag: re.Match[str]) -> None:
        self._take(tag.start())
        self._open, self._depth, self._begun = tag["name"], 1, self.line
        self._inside = _pattern(re.escape(self._open))
        self._parts, self._size = [], 0

    def _take(self, end: int) -> None:
        """Count the lines of the buffer up to `end`, and keep its text if a record is open."""
        start, self._taken = self._taken, end
        self.line += self._buffer.count("\n", start, end)
        if self._open:
            self._size += end - start
            if self._size <= self._limit:
                self._parts.append(self._buffer[start:end])
            else:
                self._parts.clear()

    def _close(self, fault: str = "") -> Cut:
        if self._size > self._limit:
            fault = limits.too_long("record")
        cut = Cut(self._open, self._begun, "".join(self._parts), fault)
        self._open, self._parts, self.sound = "", [], not fault
        return cut
