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

_HELD = 2**20  # characters: no tag is longer
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
        buffer = self._buffer + text
        held = buffer.rfind("<")
        return self._cut(buffer, held if 0 <= len(buffer) - held <= _HELD and held >= 0 else len(buffer))

    def end(self) -> Iterator[Cut]:
        """What is left when the text is at its end."""
        yield from self._cut(self._buffer, len(self._buffer), True)
        if self._open:
            yield self._close(f"the file ends within this record, before </{self._open}>. Get the file again")
        elif self._until:
            self.sound = False
            reason = f"a comment or section that begins here has no “{self._until}”; what follows was not read. Mend it"
            yield Cut("", self._until_line, "", reason)

    def _cut(self, buffer: str, held: int, last: bool = False) -> Iterator[Cut]:
        position = done = 0
        while True:
            if self._until:
                at = buffer.find(self._until, position)
                if at < 0:
                    end = len(buffer) if last else max(position, len(buffer) - 2)
                    break
                position, self._until = at + len(self._until), ""
            end = max(held, position)
            match = (self._inside if self._open else self._outside).search(buffer, position, end)
            if match is None:
                break
            position = match.end()
            if match["skip"]:
                self._consume(buffer, done, match.start())
                done = match.start()
                self._until, self._until_line = _ENDS[match["skip"]], self.line
            elif not self._open:
                if not match["end"] and not self._is_root(match["name"]):
                    self._consume(buffer, done, match.start())
                    done = match.start()
                    self._begin(match["name"])
                    if match[0].endswith("/>"):
                        self._consume(buffer, done, position)
                        done = position
                        yield self._close()
            elif match["end"]:
                self._depth -= 1
                if not self._depth:
                    self._consume(buffer, done, position)
                    done = position
                    yield self._close()
            elif match[0].endswith("/>"):
                continue
            elif self._is_part(buffer, match):
                self._depth += 1
            else:
                self._consume(buffer, done, match.start())
                done = match.start()
                yield self._close(f"</{self._open}> is missing: another begins on line {self.line}. Mend this record")
                self._begin(match["name"])
        self._consume(buffer, done, end)
        self.tail = (self.tail + buffer[max(0, end - _TAIL) : end])[-_TAIL:]
        self._buffer = buffer[end:]

    def _is_root(self, name: str) -> bool:
        if self._children and not self._root:
            self._root = name
        return self._children and name == self._root  # again where files were joined

    def _is_part(self, buffer: str, match: re.Match[str]) -> bool:
        """Whether an element within one of its name belongs there: after a start tag, or after its like."""
        if not self._nests:
            return False
        start = match.start()
        before = (self.tail if start < _TAIL else "") + buffer[max(0, start - _TAIL) : start]
        before = before.rstrip()
        tag = before[before.rfind("<") :] if before.endswith(">") else ""
        return tag == f"</{match['name']}>" or not (tag[:2] in ("", "</", "<!", "<?") or tag.endswith("/>"))

    def _begin(self, name: str) -> None:
        self._open, self._depth, self._begun = name, 1, self.line
        self._inside = _pattern(re.escape(name))
        self._parts, self._size = [], 0

    def _consume(self, buffer: str, start: int, end: int) -> None:
        self.line += buffer.count("\n", start, end)
        if self._open:
            self._size += end - start
            if self._size <= self._limit:
                self._parts.append(buffer[start:end])
            else:
                self._parts.clear()

    def _close(self, fault: str = "") -> Cut:
        if self._size > self._limit:
            fault = limits.too_long("record")
        cut = Cut(self._open, self._begun, "".join(self._parts), fault)
        self._open, self._parts, self.sound = "", [], not fault
        return cut
