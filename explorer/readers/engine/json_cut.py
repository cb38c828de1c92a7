"""Where the records of a JSON file are: in a list, in a list inside an answer, or one after another.

Holds `Cutter` and `beginning`. Knows nothing of what records mean (`jsonl`) nor of bytes (`stream`).
Always true: no more than one record of at most `limits.line()` characters is in memory, however long the list; a record
that lost a bracket or a quote costs no other where the file has line breaks to find the next one by.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from explorer.readers.io import limits
from explorer.readers.io.stream import Line, Stream

# A string ends at the end of its line at the latest: so a lost quote costs one record, not the rest of the file.
_TOKEN = re.compile(r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|["\[\]{},]')
_BLANKS = re.compile(r"[ \t]*")
_OPENS = {"]": "[", "}": "{"}
_CLOSES = {"[": "]", "{": "}"}
_TRIES = 8  # places to end a text at that is broken somewhere behind its beginning
_DEEPEST = 64  # brackets inside one another that are looked into; answers of services have four to ten


def beginning(text: str) -> object:
    """The first JSON value in `text`; of one that goes on behind its end, what is there. None when it is no JSON."""
    text = text.lstrip()
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except RecursionError:
        return None
    except ValueError:
        pass
    opened: list[str] = []
    cuts: list[tuple[int, str]] = []  # the ends of the first few objects, then of all that is there
    last = (0, "")
    for token in _TOKEN.finditer(text):
        kind = token[0]
        if kind == '"' or len(opened) > _DEEPEST:
            break
        if kind in "[{":
            opened.append(_CLOSES[kind])
        elif kind in "]}" and opened:
            opened.pop()
        if kind in "[]{},":
            last = token.end() - (kind == ","), "".join(reversed(opened))
        if kind == "}" and len(cuts) < _TRIES:
            cuts.append(last)
    for end, closing in (last, *cuts):
        try:
            return json.loads(text[:end] + closing)
        except (ValueError, RecursionError):
            continue
    return None


def elements(stream: Stream, path: tuple[str, ...], mapping: bool) -> Iterator[Line]:
    """The texts of the records of a file, each with the line it begins on; `path` and `mapping` as in `Cutter`."""
    cutter = Cutter(path, mapping)
    for number, text, ends in stream.pieces():
        yield from cutter.cut(number, text, ends)
    yield from cutter.rest()


class Cutter:
    """Cuts JSON into the texts of its records.

    They are the elements of the list that lies under the names `path` in each outermost object, or, without `path`,
    of the outermost list, or the outermost objects themselves. With `mapping`, an object stands for that list; its
    members come as objects of one member.
    """

    def __init__(self, path: tuple[str, ...] = (), mapping: bool = False) -> None:
        self._path, self._mapping = path, mapping
        self._inside = self._loose = not path and not mapping
        self._outer = self._matched = 0  # brackets around the list, and how many of them are on the path
        self._name = ""  # the last string seen outside
        self._listed = False
        self._opened: list[str] = []  # brackets open in the record
        self._parts: list[str] = []
        self._size = self._line = self._last = 0
        self._limit = limits.line()
        self._indent: str | None = None  # blanks before a record that begins its line
        self._deeper = False
        self._carry = ""  # the beginning of a string that goes on in the next piece

    def cut(self, number: int, text: str, ends: bool) -> Iterator[Line]:
        """The records that end in this piece of text."""
        fresh = number != self._last
        self._last = number
        text, self._carry = self._carry + text + ("\n" if ends else ""), ""
        if fresh and self._opened and self._begins_anew(text):
            self._opened.clear()
            yield from self.rest()
        start = 0
        for token in _TOKEN.finditer(text):
            kind = token[0]
            if len(kind) > 1:
                self._name = kind
            elif kind == '"':
                if not ends:
                    text, self._carry = text[: token.start()], text[token.start() :]
                    break
            elif not self._inside:
                start = token.end()
                self._look_for_list(kind)
            elif (end := self._end(token)) is not None:
                self._take(number, text[start:end], fresh and not start)
                start = token.end()
                yield from self.rest()
        if self._inside:
            self._take(number, text[start:], fresh and not start)
        if len(self._carry) > self._limit:
            self._size, self._carry = self._size + len(self._carry), '"'

    def rest(self) -> Iterator[Line]:
        """The record taken so far, if there is one."""
        if self._size > self._limit:
            yield Line(self._line, "", limits.too_long("record"))
        elif self._size:
            text = "".join(self._parts)
            yield Line(self._line, "{" + text + "}" if self._mapping else text)
        self._parts, self._size = [], 0

    def _begins_anew(self, text: str) -> bool:
        """Whether this line begins a record though the one before has brackets open: it stands where that began."""
        if self._indent is None:
            return False
        if not self._deeper:
            blanks = _BLANKS.match(text)
            self._deeper = blanks is not None and blanks.end() > len(self._indent)
            return False
        return text.startswith(self._indent + "{") and not self._mapping

    def _look_for_list(self, kind: str) -> None:
        if kind in "[{":
            if kind == "[" and not self._outer:
                return  # a list of answers
            on_path = self._outer == self._matched + 1 and self._matched < len(self._path)
            self._outer += 1
            if on_path and self._name == f'"{self._path[self._matched]}"':
                self._matched += 1
            elif self._path or self._outer > 1:
                return
            at_end = self._matched == len(self._path) and self._outer == len(self._path) + 1
            self._inside = at_end and kind == ("{" if self._mapping else "[")
        elif kind in "]}" and self._outer:
            self._outer -= 1
            self._matched = min(self._matched, max(0, self._outer - 1))

    def _end(self, token: re.Match[str]) -> int | None:
        """Where the record ends if it ends with this bracket or comma."""
        kind = token[0]
        if kind in "[{":
            if kind == "[" and self._loose and not (self._listed or self._opened or self._size):
                self._listed = True
                return token.start()
            self._opened.append(kind)
            return None
        if kind == ",":
            return None if self._opened else token.start()
        if _OPENS[kind] in self._opened:
            while self._opened.pop() != _OPENS[kind]:
                pass
            return None if self._opened else token.end()
        if kind == ("}" if self._mapping else "]"):  # the list ends, and with it a record that lost a bracket
            self._opened.clear()
            self._listed = False
            if not self._loose:
                self._inside = False
                self._look_for_list(kind)
            return token.start()
        return None if self._opened else token.start()

    def _take(self, number: int, text: str, begins_line: bool) -> None:
        if not self._size:
            stripped = text.lstrip()
            self._line = number
            self._indent = text[: len(text) - len(stripped)] if begins_line else None
            self._deeper = len(stripped.rstrip()) > 1
            text = stripped
        if text:
            self._size += len(text)
            if self._size <= self._limit:
                self._parts.append(text)
