"""Which field of a paper a column or key holds, by the name a file gives it or by a user's choice.

Holds the names of fields in exports of databases and data sets, in several languages, and `Plan`: where in a record
each field stands. Knows nothing of files, nor of how values become a paper (`paper`).
Always true: names are compared without case, accents, blanks and punctuation; the best name of a field comes first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from explorer.errors import UnreadableFile
from explorer.placeholders import is_placeholder
from explorer.tables import tables_of

_TABLES = tables_of(__file__)
_FLAGS = frozenset(("yes", "no", "y", "n", "true", "false", "0", "1"))


def is_empty(value: object, field: str = "") -> bool:
    """Whether a field holds nothing: missing, blank, not a number, or the words databases put there for nothing."""
    if isinstance(value, str):
        return not value or value.isspace() or is_placeholder(field, value)
    return value is None or value == [] or value == {} or value != value


# ----------------------------------------------------------------------------------------------------------- names

_NAMES: dict[str, str] = _TABLES["names"]  # the names of each field, the best first
FIELDS = tuple(_NAMES)


def normal(name: str) -> str:
    """A column's name without case, accents, blanks and punctuation: "Año" → "ano"."""
    name = name.strip().casefold()
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name)
        name = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_IN_NAMES.sub("", name)


_NOT_IN_NAMES = re.compile(r"[^\w,;|\t]|_")  # a delimiter stays: "a,b" is two columns, not "ab"
FIELD = {normal(name): (rank, field) for field, names in _NAMES.items() for rank, name in enumerate(names.split())}
# Words in a name that is none of those above, by which it may still be guessed, and words that tell otherwise.
_GUESSED = {field: frozenset(names.split()) for field, names in _TABLES["guessed"].items()}
_NOT_GUESSED = frozenset(_TABLES["not_guessed"].split())
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")


def guessed(name: str) -> str:
    """The field that a name nobody knows may mean, by a word in it; "" when none."""
    words = {word.casefold() for word in _WORD.findall(name[:200])}
    if words & _NOT_GUESSED or len(words) > 6:
        return ""
    return next((field for field, wanted in _GUESSED.items() if words & wanted), "")


# ----------------------------------------------------------------------------------------------------------- plans


@dataclass(frozen=True, slots=True)
class Plan:
    """Which positions of a record, whose fields are named `names`, hold which field, best first.

    A `nameless` plan is of a table whose columns have no names; `names` then only number them.
    """

    places: tuple[tuple[str, tuple[int, ...]], ...]
    names: tuple[str, ...] = ()
    nameless: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """The fields that have a position."""
        return frozenset(field for field, _ in self.places)

    def pairs(self, record: Sequence[object]) -> Iterator[tuple[str, object]]:
        """Each value of a record with the field it may be, best first."""
        for field, positions in self.places:
            for position in positions:
                if position < len(record):
                    value = record[position]
                    if field == "abstract" and position != positions[0] and str(value).strip().casefold() in _FLAGS:
                        continue  # "abs: yes" beside an empty "Abstract" says whether there is one
                    yield field, value

    def positions(self, *fields: str) -> set[int]:
        """Where values of these fields stand."""
        return {position for field, positions in self.places if field in fields for position in positions}

    def field_of(self, position: int) -> str:
        """The field that the value at a position is taken for, or an empty string."""
        return next((field for field, positions in self.places if position in positions), "")


def _in_two_languages(name: str) -> tuple[int, str]:
    """Rank and field of a name that stands in two languages: "Title-题名", "DOI-DOI", "Titel (题名)"."""
    first, _, second = _BETWEEN.sub("\0", name.strip(" )]）】"), count=1).partition("\0")
    parts = normal(first), normal(second)
    if not all(parts) or (parts[0] != parts[1] and first.isascii() == second.isascii()):
        return 0, ""
    return next((FIELD[part] for part in sorted(parts, key=str.isascii, reverse=True) if part in FIELD), (0, ""))


_BETWEEN = re.compile(r"\s*[-–/|:：(（【\[]\s*")


def plan(names: Sequence[str], guess: bool = False) -> Plan:
    """The plan of a record whose fields are named `names`; with `guess`, a title may be called "Title of the paper"."""
    ranked: dict[str, list[tuple[int, int]]] = {}
    normals = [normal(name) for name in names]
    for position, name in enumerate(normals):
        rank, field = FIELD.get(name) or _in_two_languages(names[position])
        if name == "id" and "ut" in normals and "ti" in normals:  # Web of Science keeps its Keywords Plus there
            rank, field = 50, "keywords"
        if field:
            ranked.setdefault(field, []).append((rank, position))
    for position, name in enumerate(names if guess else ()):
        if (field := guessed(name)) and field not in ranked:
            ranked[field] = [(1000, position)]
    return Plan(
        tuple((field, tuple(position for _, position in sorted(at))) for field, at in ranked.items()), tuple(names)
    )


plan_of = lru_cache(maxsize=64)(plan)  # records of one file share few sets of names


def chosen(where: Plan, columns: tuple[tuple[str, str | int], ...]) -> Plan:
    """The plan with the columns a user chose, (field, name or number from 1); those that are not there are left out."""
    return _chosen(where, columns) if columns else where


@lru_cache(maxsize=64)
def _chosen(where: Plan, columns: tuple[tuple[str, str | int], ...]) -> Plan:
    at = {field: position for field, column in columns if (position := position_of(column, where.names)) is not None}
    others = [
        (field, tuple(position for position in positions if position not in at.values()))
        for field, positions in where.places
        if field not in at
    ]
    places = [place for place in others if place[1]] + [(field, (position,)) for field, position in at.items()]
    return replace(where, places=tuple(places))


def position_of(column: str | int, names: Sequence[str]) -> int | None:
    """Where the column of this name, or else of this number from 1, stands; None when there is none."""
    text = str(column).strip()
    for same in (str.strip, normal):
        wanted = same(text)
        position = next((place for place, name in enumerate(names) if wanted and same(name) == wanted), None)
        if position is not None:
            return position
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
