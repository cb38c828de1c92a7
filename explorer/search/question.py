"""A question to a library: the one value that the box, the basket, `--like`, a saved search, the URL and HTTP are.

Holds values only; knows neither how it is parsed nor how it is answered. Always true: papers are named by exact ids;
a question that says only where to look is false.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from explorer.filter import Filter
from explorer.search.parse import Mode, Query, parse


class Order(StrEnum):
    """How results are ordered; by year (the newest first), author, title and venue the best of them are sorted."""

    BEST = "best"
    SPREAD = "spread"
    NEWEST = "newest"
    YEAR = "year"
    AUTHOR = "author"
    TITLE = "title"
    VENUE = "venue"

    @property
    def sorts(self) -> bool:
        """Whether it sorts the best results by what stands in them."""
        return self in (Order.YEAR, Order.AUTHOR, Order.TITLE, Order.VENUE)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a text as typed, papers liked and unliked (ids), within a filter and an area of the map.

    `area` is a polygon of places (x, y); the empty one is the whole map. `mode` is how the text is to be read.
    """

    text: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    within: Filter = field(default_factory=Filter)
    order: Order = Order.BEST
    area: tuple[tuple[float, float], ...] = ()
    mode: Mode = Mode.AUTO
    query: Query | None = field(default=None, compare=False)  # of `text`, where it is not to be parsed anew

    def __bool__(self) -> bool:
        """Whether it says what to look for, and not only where."""
        return bool(self.text or self.like)

    def parsed(self) -> Query:
        """What the text asks for. Raises BadQuery when it does not parse."""
        return self.query or parse(self.text, self.mode)


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A question kept under a name; `looked` is when its results were last looked at, in ISO 8601, UTC."""

    name: str
    question: Question
    looked: str = ""
