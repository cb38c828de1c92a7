"""What the box asks for, as values: the query, the ways to read a text, and the error of a text that cannot be read.

Knows no grammar and no index. Always true: what `Query.as_json` writes `of_json` reads, also what earlier languages
of the box wrote; an error shows the place in the text that it speaks of.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum

from explorer.errors import ExplorerError
from explorer.filter import Filter

_AROUND = 24  # characters shown on each side of a place


class BadQuery(ExplorerError):
    """A question in the box that does not parse; `place` is where (from, to) in the text as typed."""

    def __init__(self, reason: str, typed: str = "", place: tuple[int, int] | None = None) -> None:
        self.place = place
        super().__init__(f"{reason}: {marked(typed, *place)}" if place else reason)


def marked(typed: str, start: int, end: int) -> str:
    """The part of `typed` around a place, which stands between two marks: “lidar ▸OR◂ visual”."""
    before, after = typed[max(0, start - _AROUND) : start], typed[end : end + _AROUND]
    before = f"…{before}" if start > _AROUND else before
    after = f"{after}…" if len(typed) > end + _AROUND else after
    return f"“{before}▸{typed[start:end]}◂{after}”"


class Mode(StrEnum):
    """How a text is to be read: as it looks, word for word, or as a strategy with operators, fields and quotes."""

    AUTO = "auto"
    TEXT = "text"
    STRATEGY = "strategy"


@dataclass(frozen=True, slots=True)
class Query:
    """`text` to search by meaning and words, and the filter that the rest of the box asks for.

    Quoted phrases, fields, prefixes and operands are conditions of the filter's `where`. `service`: whose language the
    text is written in, empty for ours. `remarks`: sentences on what is read otherwise than it may look. `mode` is how
    the text was read, TEXT or STRATEGY, and `both` whether it could be read in the opposite mode as well.
    """

    text: str
    within: Filter = field(default_factory=Filter)
    service: str = field(default="", compare=False)
    remarks: tuple[str, ...] = field(default=(), compare=False)
    mode: Mode = field(default=Mode.TEXT, compare=False)
    both: bool = field(default=False, compare=False)

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return bool(self.text or self.within)

    def as_json(self) -> str:
        """The query as JSON."""
        values = {"text": self.text, "filter": json.loads(self.within.as_json())}
        return json.dumps(values | ({"service": self.service} if self.service else {}) | {"mode": self.mode.value})

    @classmethod
    def of_json(cls, text: str) -> Query:
        """The query that `as_json` wrote."""
        values = json.loads(text)
        within = Filter.of_json(json.dumps(values["filter"]))
        mode = Mode(values.get("mode", Mode.STRATEGY if within else Mode.TEXT))
        return cls(values["text"], within, values.get("service", ""), mode=mode)
