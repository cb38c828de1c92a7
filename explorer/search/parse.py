"""The door of the search box: what is typed becomes a `Query`, a text and a filter, and how it was read.

Knows the ways to read a text and chooses; `explorer.search.box` does the work. Knows nothing of indexes, libraries or
screens. Always true: a text with operators, fields or quotes is read as a strategy whatever its length, unless it is
written in sentences; what does not parse raises `BadQuery`, which shows the place.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from explorer.filter import FIELDS, All, Field, Filter, Years
from explorer.search.box.conditions import meaning
from explorer.search.box.dialects import Dialect
from explorer.search.box.grammar import tree
from explorer.search.box.lexer import Kind, Token, tokens
from explorer.search.box.prose import PASTED, is_prose, left_out, unwanted
from explorer.search.box.query import BadQuery, Mode, Query
from explorer.search.box.small import with_operators

__all__ = ["PASTED", "VERSION", "BadQuery", "Mode", "Query", "filters_alone", "parse"]

VERSION = 3  # of this language: raise it when the same text would ask for something else
_BLANKS = re.compile("[\x1c-\x1f\x85\ufeff]")  # blanks, though not all who read them agree


@lru_cache(maxsize=64)  # a question is parsed once: the box, the answer and the explanations ask for the same
def parse(typed: str, mode: Mode = Mode.AUTO) -> Query:
    """What `typed` asks for, read as `mode` says.

    Raises BadQuery for a text that has the signs of a strategy and is none: an open quote or bracket, an operator
    without an operand, an impossible year, a field that is unknown or without a value.
    """
    return _read(_BLANKS.sub(" ", typed), mode)


def _read(typed: str, mode: Mode) -> Query:
    words = " ".join(typed.split())
    if mode is Mode.TEXT:
        return Query(words, both=_may_be_strategy(typed))
    try:
        dialect, parts = tokens(typed)
        parts = with_operators(dialect, parts)
    except BadQuery:
        if mode is Mode.AUTO and _is_long_prose(words):
            return Query(words, both=True)
        raise
    signs = any(part.kind is not Kind.WORD for part in parts[:-1])
    if mode is Mode.AUTO and is_prose(parts[:-1]):
        return Query(words, both=signs)
    return _strategy(typed, dialect, parts)


def _strategy(typed: str, dialect: Dialect, parts: list[Token]) -> Query:
    words = " ".join(typed.split())
    node = tree(dialect, parts, typed)
    if node is None:
        return Query(words)
    meant = meaning(node, dialect, typed)
    if meant.condition is None:
        if dialect.name:
            raise BadQuery(f"nothing to look for is left: {'; '.join(meant.remarks)}")
        return _sentence(words)
    where = meant.condition
    within = Filter(where=where if isinstance(where, All) else All((where,)))
    text = " ".join(dict.fromkeys(meant.words)) if dialect.bare else " ".join(meant.words)
    return Query(text, within, dialect.name, tuple(meant.remarks), Mode.STRATEGY, both=True)


def _sentence(words: str) -> Query:
    """Bare words: what they want to be without does not pull such papers up."""
    text, names = unwanted(words)
    if not names:
        return Query(words)
    return Query(text, remarks=(left_out(names),), both=True)


def _may_be_strategy(typed: str) -> bool:
    try:
        return _read(typed, Mode.AUTO) != Query(" ".join(typed.split()))
    except BadQuery:
        return False


def _is_long_prose(words: str) -> bool:
    return is_prose([Token(Kind.WORD, word, 0, 0) for word in words.split()])


def filters_alone(typed: str) -> Filter | None:
    """The filter that `typed` is when it is nothing but different fields that a filter has; else None.

    Raises as `parse`.
    """
    query = parse(typed, Mode.AUTO)
    parts = query.within.where.parts if isinstance(query.within.where, All) else (query.within.where,)
    if query.text or query.remarks or not parts:
        return None
    flat = Filter()
    for part in parts:
        if isinstance(part, Years) and flat.year == (None, None):
            flat = replace(flat, year=(part.first, part.last))
        elif isinstance(part, Field) and part.name in FIELDS and not getattr(flat, part.name):
            named = {part.name: part.value}
            flat = replace(flat, **named)  # type: ignore[arg-type]
        else:
            return None
    return flat
