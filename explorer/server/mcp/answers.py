"""What a tool answers: JSON that fits a number of tokens, with the library it is of and how to go on.

Knows shapes, neither the library nor the protocol. Always true: what does not fit is left out from the end, and
`next_offset` says the offset at which the rest begins; a text that alone is too long is cut and says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Shape = dict[str, Any]

LEAST, USUAL, MOST = 300, 4_000, 20_000
"""Tokens that an answer may have: at least, by default and at most."""
_CHARACTERS = 3  # of JSON a token: English text has about four, names, numbers and brackets fewer
_CUT = " […]"
_SHORT = 40  # characters: what is no longer is not cut


def tokens_of(text: str) -> int:
    """About how many tokens a text has for a language model: never less for English, too few for scripts of syllables.

    A character beyond Latin counts as a token.
    """
    beyond = sum(character > "\u024f" for character in text)
    return beyond + -(-(len(text) - beyond) // _CHARACTERS)


def written(shape: Shape) -> str:
    """An answer as the text that is sent."""
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":"))


def paged(head: Shape, name: str, items: Sequence[Shape], *, offset: int, total: int, budget: int) -> Shape:
    """`head` with as many `items` under `name` as fit `budget` tokens, at least the first.

    `items` begin at `offset` of `total`; `next_offset` is where the next page begins, None on the last.
    """
    fitting, left = list[Shape](), budget - tokens_of(written({**head, name: [], "total": total, "next_offset": total}))
    for item in items:
        left -= tokens_of(written(item)) + 1
        if left < 0:
            if not fitting:
                fitting.append(shortened(item, tokens_of(written(item)) + left))
            break
        fitting.append(item)
    end = offset + len(fitting)
    return {**head, name: fitting, "total": total, "next_offset": end if end < total else None}


def shortened(item: Shape, budget: int) -> Shape:
    """`item` with its longest text or list cut until it fits `budget` tokens, or nothing long is left."""
    shorter = item
    while (surplus := tokens_of(written(shorter)) - budget) > 0:
        less = _less(shorter, surplus)
        if less == shorter:
            break
        shorter = less | {"cut": "longer than the budget; ask for this alone with a larger budget"}
    return shorter


def _less(value: Any, surplus: int) -> Any:
    """`value` with its longest part shorter by about `surplus` tokens, or the same where nothing long is left."""
    if isinstance(value, str) and len(value) > _SHORT:
        return value[: max(_SHORT // 2, len(value) - surplus * _CHARACTERS - len(_CUT))].rstrip() + _CUT
    if isinstance(value, (list, tuple)) and value:
        return list(value[: len(value) // 2]) if len(value) > 1 else [_less(value[0], surplus)]
    if isinstance(value, dict) and value:
        for name in sorted(value, key=lambda name: -len(written({"": value[name]}))):
            if (less := _less(value[name], surplus)) != value[name]:
                return {**value, name: less}
    return value
