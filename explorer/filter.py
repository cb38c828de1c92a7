"""The filter: what a paper must fulfil to be among the results, as a tree of conditions.

Holds values, and their JSON for keeping. Knows no tables and no index. Always true: an empty filter is false and lets
every paper pass; what `as_json` writes `of_json` reads, also what was written before conditions were a tree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

FIELDS = ("author", "venue", "topic", "source", "collection", "tag")
"""Fields of a paper that a `Field` may name; they are also the flat fields of a `Filter`, beside its years."""

ALSO = ("id", "is", "since")
"""What else a `Field` may name: an identifier (DOI, arXiv id, PMID …, the paper's id), any of STATES, and a day or time
(2026-11-20, in UTC) since which the paper is in the library."""

STATES = ("retracted", "concern", "corrected", "notice")
"""What may have become of a paper: it was retracted, an expression of concern or a correction was published; or it is
itself the notice of one."""

PLACES = ("", "title", "abstract", "text", "authors")
"""Where a word or phrase may be wanted: anywhere, or in a part of the paper; "text" is title or abstract."""


@dataclass(frozen=True, slots=True)
class Field:
    """The paper's `name`, of FIELDS or ALSO, is or holds `value`: case and accents of authors and venues do not count.

    A collection may be the user's own or a folder of the source, which includes the folders in it.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Years:
    """The paper is of a year from `first` to `last`, both included; None leaves an end open."""

    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Title, abstract or authors hold these words in a row; with a `field` of PLACES, there only."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Prefix:
    """Title, abstract or authors hold a word that begins with `text`; with a `field` of PLACES, there only.

    Of several words only the last is a beginning; the others stand before it.
    """

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Title, abstract or authors hold words that fit `text` in a row; with a `field` of PLACES, there only.

    In a word of `text`, "?" is exactly a single letter, "*" any number of them.
    """

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """Title or abstract hold all of `parts`, and among them, from the first to the last, at most `between` more words.

    In any order, or with `ordered` each behind the last. Parts are phrases, prefixes, patterns, what is near itself, or
    an `Either` of these; no two stand at the same word.
    """

    parts: tuple[Condition, ...]
    between: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Every one of `parts` holds; of no parts, always."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of `parts` holds; of no parts, never."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """`part` does not hold."""

    part: Condition


Condition = Field | Years | Phrase | Prefix | Pattern | Near | All | Either | Not
_KINDS = {kind.__name__.lower(): kind for kind in (Field, Years, Phrase, Prefix, Pattern, Near, All, Either, Not)}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a paper must fulfil: all of the flat fields that are set, and the condition `where`.

    `year` is a range, inclusive, either end open; a flat field means the `Field` of its name.
    """

    year: tuple[int | None, int | None] = (None, None)
    author: str = ""
    venue: str = ""
    topic: str = ""
    source: str = ""
    collection: str = ""
    tag: str = ""
    where: Condition = field(default=All(), kw_only=True)

    def __bool__(self) -> bool:
        return self != _EMPTY

    def __and__(self, other: Filter) -> Filter:
        """The filter that lets pass what passes both."""
        if not self or not other:
            return self or other
        return Filter(where=All((self.tree, other.tree)))

    @property
    def tree(self) -> Condition:
        """The whole filter as one condition."""
        parts: list[Condition] = [Years(*self.year)] if self.year != (None, None) else []
        parts += [Field(name, value) for name in FIELDS if (value := getattr(self, name))]
        parts += self.where.parts if isinstance(self.where, All) else [self.where]
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def demands(self) -> Iterator[Condition]:
        """The fields, years, phrases, prefixes and patterns that a paper may pass by; not those it must lack."""
        return _demands(self.tree)

    def names_marks(self) -> bool:
        """Whether it asks for a collection or a tag: only then do hidden papers pass."""
        return any(isinstance(part, Field) and part.name in ("collection", "tag") for part in self.demands())

    def as_json(self) -> str:
        """The filter as JSON: what is set of it."""
        values = {name.name: getattr(self, name.name) for name in fields(self) if name.name != "where"}
        kept = {name: value for name, value in values.items() if value != getattr(_EMPTY, name)}
        return json.dumps(kept | ({"where": _plain(self.where)} if self.where != _EMPTY.where else {}))

    @classmethod
    def of_json(cls, text: str) -> Filter:
        """The filter that `as_json` wrote."""
        values = json.loads(text)
        first, last = values.pop("year", (None, None))
        where = values.pop("where", None)
        return cls((first, last), **values, where=_condition(where) if where else All())


_EMPTY = Filter()


def _demands(part: Condition) -> Iterator[Condition]:
    if isinstance(part, (All, Either, Near)):
        for inner in part.parts:
            yield from _demands(inner)
    elif not isinstance(part, Not):
        yield part


def _plain(part: Condition) -> dict[str, Any]:
    """A condition as JSON can hold it: its kind, then what it says."""
    kind = type(part).__name__.lower()
    if isinstance(part, (All, Either)):
        return {kind: [_plain(inner) for inner in part.parts]}
    if isinstance(part, Not):
        return {kind: _plain(part.part)}
    if isinstance(part, Near):
        return {kind: [[_plain(inner) for inner in part.parts], part.between, part.ordered]}
    values = [getattr(part, value.name) for value in fields(part)]
    if isinstance(part, (Phrase, Prefix, Pattern)) and not part.field:
        values.pop()  # as it was written before there were fields
    return {kind: values}


def _condition(plain: dict[str, Any]) -> Condition:
    [(name, value)] = plain.items()
    kind = _KINDS[name]
    if kind in (All, Either):
        return kind(tuple(map(_condition, value)))
    if kind is Near:
        return Near(tuple(map(_condition, value[0])), *value[1:])
    return Not(_condition(value)) if kind is Not else kind(*value)
