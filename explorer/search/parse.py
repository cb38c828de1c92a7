"""The language of the search box: words, exact phrases, words to leave out, and filters become a text and a filter.

Knows nothing of indexes, libraries or screens. Always true: a text of more than `PASTED` words is a pasted abstract,
in which quotes, minus signs and filters are taken literally; what does not parse raises `BadQuery`, which says why.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from explorer.errors import ExplorerError
from explorer.filter import All, Condition, Filter, Not, Phrase

VERSION = 1  # of this language: raise it when the same text would ask for something else
PASTED = 30  # words: the longest question of four test sets has 43, the shortest abstract worth pasting some 50

_FIELDS = {"author": "author", "venue": "venue", "topic": "topic", "in": "collection", "tag": "tag", "file": "source"}
_NAMES = "|".join(("year", *_FIELDS))
_PIECE = re.compile(
    rf"""(?<!\S)(?P<minus>-)?(?:(?P<field>{_NAMES}):)?
        (?:"(?P<quoted>[^"]*)"|(?P<word>[^\s"]+))(?!\S)""",
    re.VERBOSE | re.IGNORECASE,
)
# What other search boxes know; and a field of ours that begins or ends the question and is followed by nothing.
_STRANGE = re.compile(r"(?<!\S)-?(?:title|abstract|journal|keywords?|date):(?=\S)", re.IGNORECASE)
_BARE = re.compile(rf"^({_NAMES}):(?:\s|$)|(?<!\S)({_NAMES}):$", re.IGNORECASE)
_YEARS = re.compile(r"(\d{4})?(\.\.)?(\d{4})?")


class BadQuery(ExplorerError):
    """A question in the box that does not parse."""


@dataclass(frozen=True, slots=True)
class Query:
    """`text` to search by meaning and words, and the filter that the rest of the box asks for.

    The phrases in quotes and the words to leave out are conditions of the filter's `where`.
    """

    text: str
    within: Filter = field(default_factory=Filter)

    def as_json(self) -> str:
        """The query as JSON."""
        return json.dumps({"text": self.text, "filter": json.loads(self.within.as_json())})

    @classmethod
    def of_json(cls, text: str) -> Query:
        """The query that `as_json` wrote."""
        values = json.loads(text)
        return cls(values["text"], Filter.of_json(json.dumps(values["filter"])))


def parse(typed: str) -> Query:
    """What `typed` asks for.

    Raises BadQuery for an open quote, an impossible year, an unknown field or one without a value, and for filters
    without a word.
    """
    query = _parse(typed)
    if typed.strip() and not query.text:
        raise BadQuery(f"“{typed[:60]}” says where to look, but not for what; add a word, or use the filters instead")
    return query


def filters_alone(typed: str) -> Filter | None:
    """The filter that `typed` is when it says where to look, but not for what; else None. Raises as `parse`."""
    query = _parse(typed)
    return query.within if query.within and not query.text and query.within.where == All() else None


@lru_cache(maxsize=64)  # a question is parsed once: the box, the answer and the explanations ask for the same
def _parse(typed: str) -> Query:
    words = typed.split()
    if len(words) > PASTED:
        return Query(" ".join(words))
    typed = " ".join(words).translate({0x201C: '"', 0x201D: '"', 0x201E: '"', 0x00AB: '"', 0x00BB: '"'})
    _refuse(typed)
    text: list[str] = []
    where: list[Condition] = []
    within = Filter()
    end = 0
    for piece in _PIECE.finditer(typed):
        text.append(typed[end : piece.start()])
        end = piece.end()
        value = piece["word"] if piece["quoted"] is None else piece["quoted"].strip()
        if piece["field"] and not piece["minus"]:
            within = _narrowed(within, piece["field"].lower(), value)
        elif piece["minus"] and value and not piece["field"] and value[0].isalnum():
            where.append(Not(Phrase(value)))
        else:
            text.append(value if not piece["minus"] else piece[0])
            if piece["quoted"] is not None and value:
                where.append(Phrase(value))
    text.append(typed[end:])
    return Query(" ".join(" ".join(text).split()), replace(within, where=All(tuple(where))))


def _refuse(typed: str) -> None:
    """Raise BadQuery for what has no meaning in the box."""
    if typed.count('"') % 2:
        rest = typed[typed.rindex('"') + 1 :][:40]
        raise BadQuery(f"a quote is opened before “{rest}” and not closed; close it, or leave it out")
    if strange := _STRANGE.search(typed):
        fields = ", ".join(f"{name}:" for name in ("year", *_FIELDS))
        raise BadQuery(f"{strange[0]} is no filter here; there are {fields}")
    if bare := _BARE.search(typed):
        _narrowed(Filter(), (bare[1] or bare[2]).lower(), "")


def _narrowed(within: Filter, name: str, value: str) -> Filter:
    if not value:
        raise BadQuery(f"{name}: is followed by nothing; write {name}:{_EXAMPLE.get(name, 'name')}, or leave it out")
    if name != "year":
        named: dict[str, Any] = {_FIELDS[name]: value}
        return replace(within, **named)
    years = _YEARS.fullmatch(value)
    low, dots, high = years.groups() if years else (None, None, None)
    if not (low or high) or (high and not dots) or (low and high and low > high):
        raise BadQuery(
            f"year:{value} is no year or range; write year:2019, year:2018..2021, year:2018.. or year:..2010"
        )
    first = int(low) if low else None
    return replace(within, year=(first, (int(high) if high else None) if dots else first))


_EXAMPLE = {"year": "2019..2022", "author": '"Noam Brown"', "in": "liked"}
