"""What a service that gives papers as JSON calls the fields of a paper.

Holds `Service`, and how a value is found under a path of names. Knows no service by name and nothing of files.
Always true: a service recognises its records by their names and types alone; a value of a wrong type counts as none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from explorer.readers.engine import fields

Record = Mapping[str, object]
Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its records hold all names of one of `marks` (and `sure` agrees); `values` are a paper's fields.

    The field "key" of `values` is the record's id.
    """

    name: str
    label: str
    marks: tuple[frozenset[str], ...]
    values: Callable[[Record], Values]
    sure: Callable[[Record], bool] = field(default=lambda record: True)


def marks(*groups: str) -> tuple[frozenset[str], ...]:
    """Sets of names, each written as words: a record that has all names of one set is the service's."""
    return tuple(frozenset(group.split()) for group in groups)


def table(**places: str) -> Callable[[Record], Values]:
    """A function that takes each field from the first of its places that holds something.

    A place is a path of names with dots: "metadata.titles.title"; on lists, the first element that has the name counts.
    """
    paths = {name: [tuple(place.split(".")) for place in text.split()] for name, text in places.items()}

    def values(record: Record) -> Values:
        return {name: first(record, *wanted) for name, wanted in paths.items()}

    return values


def first(record: object, *paths: tuple[str, ...]) -> object:
    """The first value found under `paths` that is not empty."""
    for path in paths:
        value = under(record, path)
        if not fields.is_empty(value):
            return value
    return None


def under(value: object, path: tuple[str, ...]) -> object:
    """What lies under the names of `path` in `value`; None where there is nothing."""
    for name in path:
        if isinstance(value, list):
            value = next((e for e in value if isinstance(e, dict) and not fields.is_empty(e.get(name))), None)
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def every(value: object, *names: str) -> list[object]:
    """What each object of the list `value` holds under the first of `names` it has; plain elements as they are."""
    listed = value if isinstance(value, list) else [value]
    found = [
        next((e[name] for name in names if not fields.is_empty(e.get(name))), None) if isinstance(e, dict) else e
        for e in listed
    ]
    return [e for e in found if not fields.is_empty(e)]


def objects(value: object) -> list[dict[str, object]]:
    """The objects in a list, or the one object `value` is."""
    return [e for e in (value if isinstance(value, list) else [value]) if isinstance(e, dict)]


def number(value: object) -> str:
    """The digits that end an address: "https://pubmed.ncbi.nlm.nih.gov/6886630" → "6886630"."""
    match = re.search(r"(\d{1,12})(?:\.0)?/?$", str(value)[-200:]) if isinstance(value, (str, int)) else None
    return match[1] if match else ""
