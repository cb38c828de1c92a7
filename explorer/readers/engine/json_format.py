"""A service that gives papers as JSON, as data: by which names its records are recognised, where they keep the fields.

Holds `Service`, `Services`, and the ways to ask a record: values under paths, people, ids. Knows no service by name and
nothing of files.
Always true: a service recognises its records by their names and types alone; a value of a wrong type counts as none; a
path is names with dots ("metadata.titles.title"; in lists the first element that has the name counts); of several in
one string, parted by blanks, the first that holds something counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from explorer.readers.engine.fields import is_empty

Record = Mapping[str, object]
Values = dict[str, object]  # the fields of a paper; "key" is the record's id
Mark = frozenset[str]


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its records hold all names of one of `marks`, and `sure` agrees; `values` are a paper's fields.

    `name` is that of the format, `no_paper` says what a record is that is no paper: empty for one that is.
    """

    name: str
    label: str
    marks: tuple[Mark, ...]
    values: Callable[[Record], Values]
    sure: Callable[[Record], bool] = lambda record: True
    no_paper: Callable[[Record], str] = lambda record: ""


class Services:
    """All services, the surest first; `plain` are marks of those whose records mean what their names say."""

    def __init__(self, services: tuple[Service, ...], plain: tuple[Mark, ...], plain_name: str) -> None:
        self._services, self._plain, self._plain_name = services, plain, plain_name
        self._marked = lru_cache(maxsize=512)(self._with_marks)  # records of one file share few sets of names

    def of(self, record: Record) -> Service | None:
        """The service whose record this is, if one of them."""
        return next((service for service in self._marked(tuple(record)) if service.sure(record)), None)

    def format_of(self, record: Record) -> str:
        """The name of the format that a file with this record is of; empty when no service wrote it."""
        if service := self.of(record):
            return service.name
        return self._plain_name if any(mark <= record.keys() for mark in self._plain) else ""

    def _with_marks(self, names: tuple[str, ...]) -> tuple[Service, ...]:
        own = frozenset(names)
        return tuple(service for service in self._services if any(mark <= own for mark in service.marks))


def marks(*groups: str) -> tuple[Mark, ...]:
    """Sets of names, each written as words: a record that has all names of one set is the service's."""
    return tuple(frozenset(group.split()) for group in groups)


def has(path: str) -> Callable[[Record], bool]:
    """Whether a record holds something under a path."""
    return lambda record: not is_empty(under(record, path))


def table(same: str = "", **places: str) -> Callable[[Record], Values]:
    """What takes each field from its paths; `same` are paths that end with the name of their field."""
    places = {path.rpartition(".")[2]: path for path in same.split()} | places

    def values(record: Record) -> Values:
        return {field: first(record, paths) for field, paths in places.items()}

    return values


def first(record: object, paths: str) -> object:
    """The first value under `paths` that is not empty."""
    for path in _split(paths):
        value = _at(record, path)
        if not is_empty(value):
            return value
    return None


def under(record: object, path: str) -> object:
    """What lies under the names of `path`; None where there is nothing."""
    return _at(record, *_split(path))


@lru_cache(maxsize=1024)
def _split(paths: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(path.split(".")) for path in paths.split())


def _at(value: object, path: tuple[str, ...]) -> object:
    for name in path:
        if isinstance(value, list):
            value = next((e for e in value if isinstance(e, dict) and not is_empty(e.get(name))), None)
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def every(value: object, *names: str) -> list[object]:
    """What each object of the list `value` holds under the first of `names` it has; plain elements as they are."""
    listed = value if isinstance(value, list) else [value]
    values = [
        next((e[name] for name in names if not is_empty(e.get(name))), None) if isinstance(e, dict) else e
        for e in listed
    ]
    return [e for e in values if not is_empty(e)]


def texts(value: object, *names: str) -> list[str]:
    """As `every`, but only what is text."""
    return [e for e in every(value, *names) if isinstance(e, str)]


def objects(value: object) -> list[dict[str, object]]:
    """The objects in a list, or the one object `value` is."""
    return [e for e in (value if isinstance(value, list) else [value]) if isinstance(e, dict)]


def inner(record: Record, name: str) -> Record:
    """The object that a record holds under `name`; an empty one where it holds none."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def people(value: object, family: str, given: str, whole: str) -> list[object]:
    """The names of the objects in a list; `whole` is where one stands that has no family name, none without that."""
    names = (_person(e, family, given) or first(e, whole) for e in objects(value))
    return [name for name in names if name]


def _person(person: Record, *parts: str) -> Values | None:
    # Not by `is_empty`: Null is a family name, and Nan a given one.
    family, given = (next((person[name] for name in part.split() if person.get(name)), None) for part in parts)
    return {"family": family, "given": given} if family else None


def ids_of(value: object, kind: str, number: str) -> Values:
    """Ids by what kind the objects in a list say they are."""
    return {str(e.get(kind)).casefold(): e.get(number) for e in objects(value)}


def digits(value: object) -> str:
    """The digits that end an address: "https://pubmed.ncbi.nlm.nih.gov/6886630" → "6886630"."""
    match = re.search(r"(\d{1,12})(?:\.0)?/?$", str(value)[-200:]) if isinstance(value, (str, int)) else None
    return match[1] if match else ""
