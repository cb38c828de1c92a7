"""JSON: one object a line, a list of objects, or one object that holds either a paper or a list of papers.

Holds how records are found in such files. Knows nothing of what their fields mean (`fields`) nor of bytes (`stream`).
Always true: a broken record costs that record only and is reported with its line; no more than one record is in memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from explorer.paper import Paper, Problem
from explorer.readers import fields
from explorer.readers import stream as streams
from explorer.readers.stream import Line, Stream

_START = re.compile(r'\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[\[{"\]\d-]|$))')
# A string ends at the end of its line at the latest: so a lost quote costs one record, not the rest of the file.
_TOKEN = re.compile(r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|["\[\]{},]')
# Where services put the list of papers in their answers.
_LISTS = (
    "data",
    "items",
    "results",
    "papers",
    "works",
    "records",
    "articles",
    "documents",
    "message",
    "hits",
    "response",
)


class _Json:
    name = "jsonl"
    label = "JSON"
    suffixes = (".jsonl", ".ndjson", ".json")

    def recognises(self, name: str, head: str) -> bool:
        return bool(_START.match(head))

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        record = 0
        texts = stream.lines() if _one_a_line(stream.head()) else _elements(stream)
        for line in texts:
            if line.fault or (not line.text.isspace() and line.text):
                for found in _found(line):
                    record += 1
                    yield _paper(stream, record, line, found)


READER = _Json()


def _one_a_line(head: str) -> bool:
    lines = [line for line in head.split("\n", 100) if line.strip()]
    if head.lstrip().startswith("["):
        return False
    return len(lines) < 2 or lines[0].rstrip(" \r,").endswith("}") or lines[1].lstrip().startswith("{")


def _found(line: Line) -> list[object]:
    """The records in a text; of one that is no JSON, a message."""
    try:
        value = json.loads(line.text)
    except RecursionError:
        return [ValueError("lists or objects are nested too deep to be a paper. Leave this record out")]
    except ValueError as error:
        if line.fault:
            return [ValueError(line.fault)]
        return [ValueError(f"not valid JSON: {_explained(error)}. Mend this record, or ignore it")]
    return _unwrapped(value) or [value]


def _explained(error: ValueError) -> str:
    return f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else str(error)


def _unwrapped(value: object) -> list[object]:
    """The papers in an answer of a service, `{"total": 2, "data": [{…}, {…}]}`; an empty list for anything else."""
    for _ in range(3):
        if not isinstance(value, dict) or {"title", "abstract"} & value.keys():
            return []
        value = next((value[name] for name in _LISTS if isinstance(value.get(name), (list, dict))), None)
        if isinstance(value, list):
            return value if value and all(isinstance(item, dict) for item in value) else []
    return []


def _paper(stream: Stream, record: int, line: Line, found: object) -> Paper | Problem:
    if isinstance(found, dict):
        outer = found.get("externalIds")
        if isinstance(outer, dict):  # Semantic Scholar keeps DOI, ArXiv and PubMed there
            found = {**outer, **found}
        return fields.paper_of(stream, record, line.number, fields.plan_of(tuple(found)), list(found.values()))
    if isinstance(found, ValueError):
        return Problem(stream.name, record, line.number, str(found))
    kind = "text" if isinstance(found, str) else "a list" if isinstance(found, list) else f"{json.dumps(found)[:40]}"
    return Problem(
        stream.name, record, line.number, f'{kind} found where a paper was expected, {{"title": …}}; ignored'
    )


def _elements(stream: Stream) -> Iterator[Line]:
    """The texts of a list's elements, or of objects one after another, each with the line it begins on."""
    cutter = _Cutter()
    for number, text, ends in stream.pieces():
        yield from cutter.cut(number, text, ends)
    yield from cutter.rest()


class _Cutter:
    """Cuts a run of JSON at the brackets and commas of its outermost list; keeps `LINE_LIMIT` characters at most."""

    def __init__(self) -> None:
        self._begun = False
        self._carry = ""  # the beginning of a string that goes on in the next piece
        self._depth = self._size = self._line = 0
        self._parts: list[str] = []

    def cut(self, number: int, text: str, ends: bool) -> Iterator[Line]:
        """The elements that end in this piece of text."""
        text, self._carry = self._carry + text + ("\n" if ends else ""), ""
        if not self._begun and text.strip():
            self._begun, text = True, text.lstrip().removeprefix("[")
        start = 0
        for token in _TOKEN.finditer(text):
            if token[0] == '"' and not ends:
                text, self._carry = text[: token.start()], text[token.start() :]
                break
            end = self._end(token)
            if end is not None:
                self._take(number, text[start:end])
                start = token.end()
                yield from self.rest()
        self._take(number, text[start:])
        if len(self._carry) > streams.LINE_LIMIT:
            self._size, self._carry = self._size + len(self._carry), '"'

    def rest(self) -> Iterator[Line]:
        """The element taken so far, if there is one."""
        if self._size > streams.LINE_LIMIT:
            yield Line(self._line, "", streams.too_long("record"))
        elif self._size:
            yield Line(self._line, "".join(self._parts))
        self._parts, self._size = [], 0

    def _end(self, token: re.Match[str]) -> int | None:
        """Where the element ends if it ends with this bracket or comma."""
        kind = token[0]
        if kind in "[{":
            self._depth += 1
        elif kind in "]}" and self._depth:
            self._depth -= 1
            return None if self._depth else token.end()
        elif kind in "]}," and not self._depth:
            return token.start()
        return None

    def _take(self, number: int, text: str) -> None:
        if not self._size:
            text = text.lstrip()
            self._line = number
        if text:
            self._size += len(text)
            if self._size <= streams.LINE_LIMIT:
                self._parts.append(text)
