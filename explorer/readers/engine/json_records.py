"""JSON: one object a line, a list of objects, or one object that holds either a paper or a list of papers.

Holds how records are found in such files, and a reader for the files of one format. Knows no service by name
(`Services`), nothing of what fields mean (`fields`) nor of bytes (`stream`).
Always true: a broken record costs that record only and is reported with its line; no more than one record is in
memory; what is no object, or an object that holds nothing, is no record and gets a note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple, TypeGuard

from explorer.paper import Paper, Problem
from explorer.readers.engine import fields, headers
from explorer.readers.engine.json_cut import beginning, elements
from explorer.readers.engine.json_format import Services, inner
from explorer.readers.engine.paper import paper_from
from explorer.readers.io.stream import Line, Stream
from explorer.tables import tables_of

_START = re.compile(r'\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[\[{"\]\d-]|$))')
# Where services put the list of papers in their answers.
_LISTS = tuple(tables_of(__file__)["lists"].split())
_OWN = frozenset(("abstract", "authors", "author", "doi", "DOI", "year", "creators", "journal"))
_INNER_IDS = ("externalIds", "identifiers", "ids")
_decode = json.JSONDecoder().decode  # `json.loads` asks about its options at every record
_SHOWN = 20  # records whose keys are shown as columns
_DEEPEST = 4  # objects around a list; Europe PMC, INSPIRE and dblp have two or three
_TOO_DEEP = "lists or objects are nested too deep to be a paper. Leave this record out"

_Object = dict[str, object]


class _Layout(NamedTuple):
    """Where the records of a file are. `path` and `mapping` as in `json_cut.Cutter`; `name` is the format's."""

    one_a_line: bool
    path: tuple[str, ...] = ()
    mapping: bool = False
    name: str = ""


class _Fault(NamedTuple):
    """What stands where a record cannot be read."""

    reason: str


@dataclass(frozen=True, slots=True)
class JsonReader:
    """The reader of one format: of files whose first record is one of its services', or nobody's."""

    services: Services
    name: str
    label: str
    suffixes: tuple[str, ...] = ()

    def recognises(self, name: str, head: str) -> bool:
        """Whether the file begins with records of this format."""
        return bool(_START.match(head)) and _layout(self.services, head).name == self.name

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        """The papers of all records, in order."""
        if stream.columns:
            fields.check(stream.columns, self._first_keys(stream)[0], stream.name)
        record = 0
        for line, value in self._values(stream):
            if not self._is_remark(stream, line, value):
                record += 1
                yield self._paper(stream, record, line, value)

    def columns(self, stream: Stream) -> tuple[headers.Column, ...]:
        """The keys of the first records, and what they would be taken for if no service were known."""
        names, records = self._first_keys(stream)
        where = fields.chosen(fields.plan(names), stream.columns)
        return headers.described(where, [[record.get(name) for name in names] for record in records])

    def _first_keys(self, stream: Stream) -> tuple[list[str], list[_Object]]:
        """The keys of the first records in the order they come up, and those records."""
        records = [_bare(value) for _, value in self._values(stream, _SHOWN) if isinstance(value, dict)]
        return list(dict.fromkeys(name for record in records for name in record)), records

    def _values(self, stream: Stream, at_most: int | None = None) -> Iterator[tuple[Line, object]]:
        """The values in the texts of a file, or in the first few texts, each with its text."""
        layout = _layout(self.services, stream.head())
        texts = stream.lines() if layout.one_a_line else elements(stream, layout.path, layout.mapping)
        for line in islice(texts, at_most):
            if line.fault or (line.text and not line.text.isspace()):
                yield from ((line, value) for value in self._values_of(line, layout.mapping))

    def _values_of(self, line: Line, mapping: bool) -> list[object]:
        value = _parsed(line)
        if isinstance(value, dict) and mapping:
            return [e if "id" in e else {"id": name, **e} for name, e in value.items() if isinstance(e, dict)]
        if isinstance(value, dict):
            return _unwrapped(self.services, value) if _may_wrap(tuple(value)) else [value]
        return list(value) if _is_list_of_objects(value) else [value]

    def _is_remark(self, stream: Stream, line: Line, value: object) -> bool:
        """Whether a value is no record at all; it is noted."""
        if isinstance(value, dict):
            what = self._no_record(value)
            if what:
                stream.note(line.number, f"{what} was passed over")
            return bool(what)
        if isinstance(value, _Fault):
            return False
        kind = "text" if isinstance(value, str) else "a list" if isinstance(value, list) else json.dumps(value)[:40]
        stream.note(line.number, f'{kind} found where a paper was expected, {{"title": …}}; passed over')
        return True

    def _no_record(self, value: _Object) -> str:
        """What an object is that stands for no paper; empty for a record."""
        if value.get("title"):
            return ""
        if all(fields.is_empty(member) for member in value.values()):
            return "an object that holds nothing"
        if any(value.get(name) == [] for name in _LISTS if name in value) and not _is_record(self.services, value):
            return "an answer without papers"
        service = self.services.of(value)
        return service.no_paper(value) if service else ""

    def _paper(self, stream: Stream, record: int, line: Line, value: object) -> Paper | Problem:
        if isinstance(value, _Fault):
            return Problem(stream.name, record, line.number, value.reason)
        assert isinstance(value, dict)
        value = _bare(value)
        service = None if stream.columns else self.services.of(value)  # a user's choice goes by the keys
        if service is not None:
            return paper_from(stream, record, line.number, service.values(value).items())
        for name in _INNER_IDS:
            value = {**inner(value, name), **value}
        where = fields.chosen(fields.plan_of(tuple(value)), stream.columns)
        became = [("notices", headers.notices_in(value.items()))]
        return paper_from(stream, record, line.number, chain(where.pairs(list(value.values())), became))


# ---------------------------------------------------------------------------------------------------------- layout


@lru_cache(maxsize=4)  # every reader asks about the same beginning
def _layout(services: Services, head: str) -> _Layout:
    value = _first_object(head)
    path, mapping, record = _records_at(services, value) if isinstance(value, dict) else ((), False, None)
    one_a_line = _one_a_line(head) and not path and not mapping
    name = services.format_of(record) if record else ""
    return _Layout(one_a_line, path, mapping, name or ("jsonl" if one_a_line else "json"))


def _one_a_line(head: str) -> bool:
    lines = [line for line in head.split("\n", 100) if line.strip()]
    if head.lstrip().startswith("["):
        return False
    if len(lines) < 2 or lines[0].rstrip().endswith("}") or lines[1].lstrip().startswith("{"):
        return True
    first = lines[0].rstrip(" \r,")
    return first.endswith("}") and isinstance(_parsed(Line(1, first)), dict)


def _first_object(head: str) -> object:
    """The first object of a file or of its list; where a file begins with broken ones, the first that is sound."""
    value = beginning(head)
    if value is None:
        lines = [line.lstrip() for line in head.split("\n", 100)]
        value = next(filter(None, (beginning(line) for line in lines if line.startswith("{"))), None)
    while isinstance(value, list):
        value = next((member for member in value if isinstance(member, (dict, list))), None)
    return value


def _records_at(services: Services, value: _Object) -> tuple[tuple[str, ...], bool, _Object | None]:
    """The names under which `value` keeps records, whether in an object instead of a list, and the first of them."""
    path: list[str] = []
    for _ in range(_DEEPEST):
        members = [member for name, member in value.items() if name != "uids"]
        alone = len(value) == 1 and next(iter(value)) in _LISTS
        if not _is_record(services, value) and members and not alone and all(isinstance(e, dict) for e in members):
            record = members[0]
            if isinstance(record, dict) and _is_record(services, record):
                return tuple(path), True, record
        name = _list_in(services, value)
        listed = value.get(name)
        if isinstance(listed, list):
            first = listed[0] if listed else None
            return ((*path, name), False, _bare(first)) if isinstance(first, dict) else ((), False, value)
        if not isinstance(listed, dict):
            break
        path.append(name)
        value = listed
    return (), False, value


def _bare(record: _Object) -> _Object:
    """The paper in a hit of Elasticsearch or OpenSearch, which keeps it under "_source"; any other record as it is."""
    source = record.get("_source")
    return {"id": record.get("_id"), **source} if isinstance(source, dict) and "title" not in record else record


def _list_in(services: Services, value: _Object) -> str:
    """The name under which an answer of a service keeps its papers; empty for a paper itself."""
    if _is_record(services, value):
        return ""
    return next((name for name in _LISTS if isinstance(value.get(name), (list, dict)) and value[name]), "")


def _is_record(services: Services, value: _Object) -> bool:
    if services.of(value) is not None:
        return True
    return "abstract" in value or (bool({"title", "Title"} & value.keys()) and bool(_OWN & value.keys()))


# --------------------------------------------------------------------------------------------------------- records


def _parsed(line: Line) -> object:
    """What a text says; of one that is no JSON, the fault."""
    try:
        return _decode(line.text)
    except RecursionError:
        return [] if line.text.lstrip().startswith("[") else _Fault(_TOO_DEEP)
    except ValueError as error:
        text = line.text.rstrip(" \r\n\t,")
        if text != line.text and not line.fault:  # lines cut out of a list
            return _parsed(Line(line.number, text))
        where = f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else str(error)
        return _Fault(line.fault or f"not valid JSON: {where}. Mend this record, or ignore it")


@lru_cache(maxsize=512)
def _may_wrap(names: tuple[str, ...]) -> bool:
    return not set(_LISTS).isdisjoint(names)


def _unwrapped(services: Services, whole: _Object) -> list[object]:
    """The papers in an answer of a service, `{"total": 2, "data": [{…}, {…}]}`, or the one paper that `whole` is."""
    value = whole
    for _ in range(_DEEPEST):
        listed = value.get(_list_in(services, value))
        if isinstance(listed, list):
            return list(listed) if _is_list_of_objects(listed) else [value]
        if not isinstance(listed, dict):
            return [value if _is_record(services, value) or fields.plan_of(tuple(value)).fields else whole]
        value = listed
    return [whole]


def _is_list_of_objects(value: object) -> TypeGuard[list[_Object]]:
    return isinstance(value, list) and bool(value) and all(isinstance(member, dict) for member in value)
