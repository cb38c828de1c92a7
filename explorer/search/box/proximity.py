"""Operators of proximity: what "NEAR/3" and its kin of each service ask for.

Knows the operators' numbers and what may stand beside them, not how papers are looked up. Always true: the numbers are
those of the service; what cannot stand near anything is refused with the place of the operator.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.filter import Condition, Either, Near, Pattern, Phrase, Prefix
from explorer.search.box.dialects import Dialect
from explorer.search.box.grammar import Joined
from explorer.search.box.query import BadQuery

_UNSAID = 15  # Web of Science's NEAR without a number
_MOST = 255
_ORDERED = frozenset(("pre", "onear", "next", "p", "adj"))


def proximity(node: Joined, parts: Sequence[Condition | None], dialect: Dialect, typed: str) -> Near:
    """The condition that `parts` of `node` stand close together. Raises BadQuery where they cannot."""
    sign, number = re.fullmatch(r"([a-z]+?)/?(\d*)", node.near.lower()).groups()  # type: ignore[union-attr]
    between = int(number) - dialect.adjacent if number else 0 if sign in _ORDERED else _UNSAID
    if between < 0 or between > _MOST:
        reason = f"the number behind {sign.upper()} goes from {dialect.adjacent} to {_MOST}"
        raise BadQuery(reason, typed, node.place)
    if not all(map(_stands, parts)):
        reason = f"beside {node.near} stand words, phrases in quotes, or several of these in brackets with OR"
        raise BadQuery(reason, typed, node.place)
    ordered = sign in _ORDERED and not (sign == "adj" and number)
    return Near(tuple(part for part in parts if part is not None), between, ordered)


def _stands(part: Condition | None) -> bool:
    """Whether a condition says where something stands in title or abstract."""
    if isinstance(part, (Either, Near)):
        return all(map(_stands, part.parts))
    return isinstance(part, (Phrase, Prefix, Pattern)) and part.field != "authors"
