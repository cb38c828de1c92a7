"""From the names a file gives its fields to a `Paper`.

Holds plans: which values of a record are which field, by the names a file gives them (`names`) or a user's choice.
Knows nothing of files and how records are found in them.
Always true: one record in, one `Paper` or one `Problem` out; of several fields that mean the same, the first that is
not empty counts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem, Source, make_paper
from explorer.readers.engine import markup
from explorer.readers.engine.names import FIELD, FIELDS, guessed, normal
from explorer.readers.io.stream import Stream
from explorer.text import repair

_NOTHING = frozenset(
    "no abstract available|abstract not available|no abstract|null|nan|none|n/a|not available|no abstract provided|"
    "no abstract supplied|no abstract is available|abstract unavailable".split("|")
)
_FLAGS = frozenset(("yes", "no", "y", "n", "true", "false", "0", "1"))
_KINDS = {dict: "an object", list: "a list", bool: "a truth value", int: "a number", float: "a number"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Which positions of a record, whose fields are named `names`, hold which field, best first."""

    places: tuple[tuple[str, tuple[int, ...]], ...]
    names: tuple[str, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The fields found at all."""
        return frozenset(field for field, _ in self.places)

    def field_of(self, position: int) -> str:
        """The field that the value at a position is taken for, or an empty string."""
        return next((field for field, positions in self.places if position in positions), "")


def plan(names: Sequence[str], guess: bool = False) -> Plan:
    """The plan of a record whose fields are named `names`; with `guess`, a title may be called "Title of the paper"."""
    found: dict[str, list[tuple[int, int]]] = {}
    normals = [normal(name) for name in names]
    for position, name in enumerate(normals):
        rank, field = FIELD.get(name, (0, ""))
        if name == "id" and "ut" in normals and "ti" in normals:  # Web of Science keeps its Keywords Plus there
            rank, field = 50, "keywords"
        if field:
            found.setdefault(field, []).append((rank, position))
    for position, name in enumerate(names if guess else ()):
        if (field := guessed(name)) and field not in found:
            found[field] = [(1000, position)]
    return Plan(
        tuple((field, tuple(position for _, position in sorted(at))) for field, at in found.items()), tuple(names)
    )


plan_of = lru_cache(maxsize=64)(plan)  # records of one file share few sets of names


@lru_cache(maxsize=64)
def chosen(where: Plan, columns: tuple[tuple[str, str | int], ...]) -> Plan:
    """The plan with the columns a user chose, (field, name or number from 1); those that are not there are left out."""
    at = {field: position for field, column in columns if (position := position_of(column, where.names)) is not None}
    kept = [
        (field, tuple(position for position in positions if position not in at.values()))
        for field, positions in where.places
        if field not in at
    ]
    places = [place for place in kept if place[1]] + [(field, (position,)) for field, position in at.items()]
    return Plan(tuple(places), where.names)


def position_of(column: str | int, names: Sequence[str]) -> int | None:
    """Where the column of this name, or else of this number from 1, stands; None when there is none."""
    text = str(column).strip()
    for same in (str.strip, normal):
        wanted = same(text)
        found = next((place for place, name in enumerate(names) if wanted and same(name) == wanted), None)
        if found is not None:
            return found
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    return number - 1 if 0 < number <= len(names) else None


def check(columns: Sequence[tuple[str, str | int]], names: Sequence[str], file: str) -> None:
    """Raise UnreadableFile when a chosen field or column does not exist."""
    for field, column in columns:
        if field not in FIELDS:
            raise UnreadableFile(f"“{field}” is no field of a paper. Fields are {', '.join(FIELDS)}")
        if position_of(column, names) is None:
            raise UnreadableFile(f"{file}: has no column “{column}” to take for {field}. There are {listed(names)}")


def listed(names: Sequence[str]) -> str:
    """Names of columns for people, the first dozen with their numbers."""
    shown = ", ".join(f"{number} “{' '.join(name.split())[:40]}”" for number, name in enumerate(names[:12], 1))
    return shown + (f" and {len(names) - 12:,} more" if len(names) > 12 else "")


def paper_of(stream: Stream, record: int, line: int, where: Plan, values: Sequence[object]) -> Paper | Problem:
    """The paper that `values` make, or the problem that keeps them from being one."""
    given: dict[str, object] = {}
    wrong: list[str] = []
    for field, positions in (chosen(where, stream.columns) if stream.columns else where).places:
        for position in positions:
            if position < len(values) and not is_empty(value := values[position]):
                if field == "abstract" and position != positions[0] and str(value).strip().casefold() in _FLAGS:
                    continue  # "abs: yes" beside an empty "Abstract" says whether there is one
                if field in ("title", "abstract") and not isinstance(value := _only(value), str):
                    wrong.append(f"{field} is {_KINDS.get(type(value), 'no text')}")
                    continue
                given[field] = value
                break
    return _paper_or_problem(stream, record, line, given, wrong)


def paper_from(stream: Stream, record: int, line: int, values: Mapping[str, object]) -> Paper | Problem:
    """The paper that the values of fields make, or the problem that keeps them from being one."""
    given: dict[str, object] = {}
    wrong: list[str] = []
    for field, value in values.items():
        if value is None or is_empty(value):
            continue
        if not isinstance(value, str) and field in ("title", "abstract"):
            value = _only(value)
            if not isinstance(value, str):
                wrong.append(f"{field} is {_KINDS.get(type(value), 'no text')}")
                continue
            if is_empty(value):
                continue
        given[field] = value
    return _paper_or_problem(stream, record, line, given, wrong)


def _paper_or_problem(
    stream: Stream, record: int, line: int, given: dict[str, object], wrong: list[str]
) -> Paper | Problem:
    if "title" not in given and "abstract" not in given:
        return Problem(stream.name, record, line, _nothing(wrong))
    for reason in wrong:
        stream.note(line, f"{reason} and was left out; it should be text")
    key = given.pop("key", None) or next((given[name] for name in ("pmid", "arxiv", "doi") if name in given), "")
    paper = _paper(Source(stream.name, record, line, _key(key)), given)
    if paper.year is None and "year" in given:
        stream.note(line, "the year is no year between 1500 and 2100 and was left out", str(given["year"])[:200])
    return paper


def _paper(source: Source, given: dict[str, object]) -> Paper:
    for field in ("title", "abstract"):
        if isinstance(text := given.get(field), str):
            given[field] = markup.string(text) if "<" in text or "&" in text else text
    for field, value in given.items():
        if not isinstance(value, (str, tuple, int)) and field in _SIMPLIFY:
            given[field] = _SIMPLIFY[field](value)
    authors = given.get("authors")
    if isinstance(authors, str) and authors.startswith("["):
        given["authors"] = _listed(authors)
    keywords = given.get("keywords")
    if isinstance(keywords, str) and keywords.startswith("["):
        given["keywords"] = _listed(keywords)
    return make_paper(source, **given)


def _nothing(wrong: list[str]) -> str:
    found = ", ".join(wrong)
    return (
        f"{found or 'no title and no abstract found'}; a paper needs one of them, as text. Mend or ignore this record"
    )


def is_empty(value: object) -> bool:
    """Whether a field holds nothing: missing, blank, not a number, or the words databases put for nothing."""
    if isinstance(value, str):
        return not value or value.isspace() or (len(value) < 40 and value.strip(" [].").casefold() in _NOTHING)
    return value is None or value == [] or value == {} or value != value


def _only(value: object) -> object:
    """What a list of one holds (Crossref writes titles so), any other value as it is."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _key(value: object) -> str:
    return " ".join(repair(str(value)).split())[:500] if isinstance(value, (str, int, float)) else ""


def _scalar(value: object) -> object:
    """The first plain value in `value`, looking into lists and objects."""
    for _ in range(6):
        if isinstance(value, dict):
            value = next((value[name] for name in _INNER if value.get(name)), None)
        elif isinstance(value, list):
            value = next((inner for inner in value if not is_empty(inner)), None)
        else:
            return value
    return None


_INNER = ("date-parts", "name", "display_name", "title", "value", "url", "year", "raw", "$", "keyword", "term")


def _words(value: object) -> object:
    return [_scalar(word) for word in value] if isinstance(value, list) else _scalar(value)


def _authors(value: object) -> object:
    if isinstance(value, dict):
        inner = value.get("authors", value.get("author"))
        value = inner if isinstance(inner, list) else [value]
    if isinstance(value, list):
        return [_author(author) for author in value]
    return value


def _author(value: object) -> object:
    if isinstance(value, list):  # arXiv's authors_parsed: family, given, suffix
        return ", ".join(part for part in value[:2] if isinstance(part, str) and part.strip())
    if not isinstance(value, dict):
        return value
    parts = {re.sub(r"[\W_]", "", name.casefold()): part for name, part in value.items()}
    if isinstance(inner := parts.get("author"), dict):  # OpenAlex
        return _author({name: part for name, part in inner.items() if name != "author"})
    family = next(
        (parts[name] for name in ("family", "last", "lastname", "surname", "familyname") if parts.get(name)), ""
    )
    given = [
        parts.get(name) for name in ("given", "first", "firstname", "forename", "forenames", "givenname", "middle")
    ]
    whole = next((parts[name] for name in _WHOLE if parts.get(name)), "")
    return {"family": family, "given": _joined(given), "name": whole}


_WHOLE = "name fullname displayname literal creatorname authorname authname creator text formatted".split()


def _joined(parts: list[object]) -> str:
    flat = [inner for part in parts for inner in (part if isinstance(part, list) else [part])]
    return " ".join(part for part in flat if isinstance(part, str) and part)


def _listed(text: str) -> object:
    """The list that `text` spells in Python's way, as pandas writes lists into CSV; else `text`."""
    try:
        found = ast.literal_eval(text) if len(text) < 100_000 else text
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else text


_SIMPLIFY = {
    "authors": _authors,
    "keywords": _words,
    "year": _scalar,
    "venue": _scalar,
    "doi": _scalar,
    "arxiv": _scalar,
    "pmid": _scalar,
    "url": _scalar,
}
