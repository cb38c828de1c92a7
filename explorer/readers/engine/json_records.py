"""JSON: one object a line, a list of objects, or one object that holds either a paper or a list of papers.

Holds how records are found in such files, and one reader a service (`json_services`), so that a file has the name of
who wrote it. Knows nothing of what their fields mean (`fields`, `json_services`) nor of bytes (`stream`).
Always true: a broken record costs that record only and is reported with its line; no more than one record is in
memory; what is no object, or an object that holds nothing, is no record: it is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from explorer.paper import Paper, Problem
from explorer.readers.engine import fields, headers
from explorer.readers.engine.json_cut import beginning, elements
from explorer.readers.engine.paper import paper_from
from explorer.readers.formats import json_services, zotero_json
from explorer.readers.io.stream import Line, Stream

_START = re.compile(r'\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[\[{"\]\d-]|$))')
# Where services put the list of papers in their answers.
_LISTS = tuple(
    "data items results papers works records articles documents publications references message hits response result "
    "resultList search-results entry entries docs hit collection notes rows recommendedPapers recommendations "
    "responses bibliography preprints list value content matches organic_results Papers Records Results".split()
)
_OWN = frozenset(("abstract", "authors", "author", "doi", "DOI", "year", "creators", "journal"))
_INNER_IDS = ("externalIds", "identifiers", "ids")
_decode = json.JSONDecoder().decode  # `json.loads` asks about its options at every record
_SHOWN = 20  # records whose keys are shown as columns
_DEEPEST = 4  # objects around a list; Europe PMC, INSPIRE and dblp have two or three


class _Layout(NamedTuple):
    """Where the records of a file are. `path` and `mapping` as in `json_text.Cutter`; `name` is the service's."""

    one_a_line: bool
    path: tuple[str, ...] = ()
    mapping: bool = False
    name: str = ""


class _Json:
    suffixes: tuple[str, ...] = ()

    def __init__(self, name: str, label: str) -> None:
        self.name, self.label = name, label

    def recognises(self, name: str, head: str) -> bool:
        return bool(_START.match(head)) and _layout(head).name == self.name

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        if stream.columns:
            fields.check(stream.columns, _first_keys(stream)[0], stream.name)
        layout = _layout(stream.head())
        texts = stream.lines() if layout.one_a_line else elements(stream, layout.path, layout.mapping)
        record = 0
        for line in texts:
            if line.fault or (line.text and not line.text.isspace()):
                for found in _found(line, layout.mapping):
                    if not _is_remark(stream, line, found):
                        record += 1
                        yield _paper(stream, record, line, found)

    def columns(self, stream: Stream) -> tuple[headers.Column, ...]:
        """The keys of the first records, and what they would be taken for if no service were known."""
        names, records = _first_keys(stream)
        where = fields.chosen(fields.plan(names), stream.columns)
        return headers.described(where, [[record.get(name) for name in names] for record in records])


class _PlainJson(_Json):
    suffixes = (".jsonl", ".ndjson", ".json")


READERS = (
    _Json("arxiv_jsonl", "arXiv list"),
    _Json("openalex", "OpenAlex"),
    _Json("crossref", "Crossref"),
    _Json("s2", "Semantic Scholar"),
    _Json("datacite", "DataCite"),
    _Json("csljson", "CSL-JSON"),
    _Json("json_other", "JSON of a service"),
    _Json("json", "JSON"),
    _PlainJson("jsonl", "JSON lines"),
)


# ---------------------------------------------------------------------------------------------------------- layout


@lru_cache(maxsize=4)  # every reader asks about the same beginning
def _layout(head: str) -> _Layout:
    value = _first_object(head)
    path, mapping, record = _records_at(value) if isinstance(value, dict) else ((), False, None)
    one_a_line = _one_a_line(head) and not path and not mapping
    name = json_services.name_of(record) if record else ""
    return _Layout(one_a_line, path, mapping, name or ("jsonl" if one_a_line else "json"))


def _one_a_line(head: str) -> bool:
    lines = [line for line in head.split("\n", 100) if line.strip()]
    if head.lstrip().startswith("["):
        return False
    if len(lines) < 2 or lines[0].rstrip().endswith("}") or lines[1].lstrip().startswith("{"):
        return True
    return lines[0].rstrip(" \r,").endswith("}") and _sound(lines[0].rstrip(" \r,"))


def _sound(text: str) -> bool:
    try:
        return isinstance(_decode(text), dict)
    except (ValueError, RecursionError):
        return False


def _first_object(head: str) -> object:
    """The first object of a file or of its list; where a file begins with broken ones, the first that is sound."""
    value = beginning(head)
    if value is None:
        lines = [line.lstrip() for line in head.split("\n", 100)]
        sound = (beginning(line) for line in lines if line.startswith("{"))
        value = next((found for found in sound if found), None)
    while isinstance(value, list):
        value = next((inner for inner in value if isinstance(inner, (dict, list))), None)
    return value


def _records_at(value: dict[str, object]) -> tuple[tuple[str, ...], bool, dict[str, object] | None]:
    """The names under which `value` keeps records, whether in an object instead of a list, and the first of them."""
    path: list[str] = []
    for _ in range(_DEEPEST):
        members = [member for name, member in value.items() if name != "uids"]
        alone = len(value) == 1 and next(iter(value)) in _LISTS
        if not _is_record(value) and members and not alone and all(isinstance(member, dict) for member in members):
            record = members[0]
            if isinstance(record, dict) and _is_record(record):
                return tuple(path), True, record
        name = _list_in(value)
        inner = value.get(name)
        if isinstance(inner, list):
            first = inner[0] if inner else None
            return ((*path, name), False, _bare(first)) if isinstance(first, dict) else ((), False, value)
        if not isinstance(inner, dict):
            break
        path.append(name)
        value = inner
    return (), False, value


def _bare(record: dict[str, object]) -> dict[str, object]:
    """The paper in a hit of Elasticsearch or OpenSearch, which keeps it under "_source"; any other record as it is."""
    inner = record.get("_source")
    return {"id": record.get("_id"), **inner} if isinstance(inner, dict) and "title" not in record else record


def _list_in(value: dict[str, object]) -> str:
    """The name under which an answer of a service keeps its papers; empty for a paper itself."""
    if _is_record(value):
        return ""
    return next((name for name in _LISTS if isinstance(value.get(name), (list, dict)) and value[name]), "")


def _is_record(value: dict[str, object]) -> bool:
    if json_services.service_of(value) is not None:
        return True
    return "abstract" in value or (bool({"title", "Title"} & value.keys()) and bool(_OWN & value.keys()))


# --------------------------------------------------------------------------------------------------------- records


def _first_keys(stream: Stream) -> tuple[list[str], list[dict[str, object]]]:
    """The keys of the first records in the order they come up, and those records."""
    layout = _layout(stream.head())
    texts = stream.lines() if layout.one_a_line else elements(stream, layout.path, layout.mapping)
    found = (value for line in islice(texts, _SHOWN) for value in _found(line, layout.mapping))
    records = [_bare(value) for value in found if isinstance(value, dict)]
    return list(dict.fromkeys(name for record in records for name in record)), records


def _found(line: Line, mapping: bool) -> list[object]:
    """The records in a text; of one that is no JSON, a message."""
    try:
        value = _decode(line.text)
    except RecursionError:
        if line.text.lstrip().startswith("["):
            return [[]]
        return [ValueError("lists or objects are nested too deep to be a paper. Leave this record out")]
    except ValueError as error:
        text = line.text.rstrip(" \r\n\t,")
        if text != line.text and not line.fault:  # lines cut out of a list
            return _found(Line(line.number, text), mapping)
        if line.fault:
            return [ValueError(line.fault)]
        return [ValueError(f"not valid JSON: {_explained(error)}. Mend this record, or ignore it")]
    if mapping and isinstance(value, dict):
        return [inner if "id" in inner else {"id": name, **inner} for name, inner in value.items() if _holds(inner)]
    if isinstance(value, dict):
        return _unwrapped(value) if _may_wrap(tuple(value)) else [value]
    if isinstance(value, list) and value and all(isinstance(inner, dict) for inner in value):
        return list(value)
    return [value]


def _holds(value: object) -> bool:
    return isinstance(value, dict)


@lru_cache(maxsize=512)
def _may_wrap(names: tuple[str, ...]) -> bool:
    return not set(_LISTS).isdisjoint(names)


def _explained(error: ValueError) -> str:
    return f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else str(error)


def _unwrapped(value: dict[str, object]) -> list[object]:
    """The papers in an answer of a service, `{"total": 2, "data": [{…}, {…}]}`, or the one paper that `value` is."""
    whole = value
    for _ in range(_DEEPEST):
        inner = value.get(_list_in(value))
        if isinstance(inner, list):
            return list(inner) if inner and all(isinstance(e, dict) for e in inner) else [value]
        if not isinstance(inner, dict):
            return [value if _is_record(value) or fields.plan_of(tuple(value)).fields else whole]
        value = inner
    return [whole]


def _is_remark(stream: Stream, line: Line, found: object) -> bool:
    """Whether what was found is no record at all; it is noted."""
    if isinstance(found, dict):
        what = _no_record(found)
        if what:
            stream.note(line.number, f"{what} was passed over")
        return bool(what)
    if isinstance(found, ValueError):
        return False
    kind = "text" if isinstance(found, str) else "a list" if isinstance(found, list) else json.dumps(found)[:40]
    stream.note(line.number, f'{kind} found where a paper was expected, {{"title": …}}; passed over')
    return True


def _no_record(found: dict[str, object]) -> str:
    """What an object is that stands for no paper; empty for a record."""
    if found.get("title"):
        return ""
    if all(fields.is_empty(value) for value in found.values()):
        return "an object that holds nothing"
    if any(found.get(name) == [] for name in _LISTS if name in found) and not _is_record(found):
        return "an answer without papers"
    return zotero_json.no_paper(found)


def _paper(stream: Stream, record: int, line: Line, found: object) -> Paper | Problem:
    if not isinstance(found, dict):
        return Problem(stream.name, record, line.number, str(found))
    found = _bare(found)
    service = None if stream.columns else json_services.service_of(found)  # a user's choice goes by the keys
    if service is not None:
        return paper_from(stream, record, line.number, service.values(found).items())
    for name in _INNER_IDS:
        if isinstance(ids := found.get(name), dict):
            found = {**ids, **found}
    where = fields.chosen(fields.plan_of(tuple(found)), stream.columns)
    return paper_from(stream, record, line.number, where.pairs(list(found.values())))
