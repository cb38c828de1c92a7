"""The first version of the box's language, for searches that were saved before their conditions were stored, too.

Always true: a text is read here as version 1 read it; nothing that is typed today comes here.
"""

from __future__ import annotations

import re
from typing import Any

from explorer.filter import All, Condition, Filter, Not, Phrase
from explorer.patterns import regex
from explorer.search.box.query import Mode, Query

_PASTED = 30
_FIELDS = {"author": "author", "venue": "venue", "topic": "topic", "in": "collection", "tag": "tag", "file": "source"}
_PIECE = regex(
    rf"""(?<!\S)(?P<minus>-)?(?:(?P<field>year|{"|".join(_FIELDS)}):)?
        (?:"(?P<quoted>[^"]*)"|(?P<word>[^\s"]+))(?!\S)""",
    re.VERBOSE | re.IGNORECASE,
)


def parse(typed: str) -> Query:
    """What a text of version 1 meant; what it would have refused is words."""
    words = typed.split()
    if len(words) > _PASTED:
        return Query(" ".join(words))
    typed = " ".join(words).translate({0x201C: '"', 0x201D: '"', 0x201E: '"', 0x00AB: '"', 0x00BB: '"'})
    text, where, flat, end = list[str](), list[Condition](), dict[str, Any](), 0
    for piece in _PIECE.finditer(typed):
        text.append(typed[end : piece.start()])
        end = piece.end()
        value = piece["word"] if piece["quoted"] is None else piece["quoted"].strip()
        if piece["field"] and not piece["minus"]:
            name = piece["field"].lower()
            flat |= {"year": _years(value)} if name == "year" else {_FIELDS[name]: value}
        elif piece["minus"] and value and not piece["field"] and value[0].isalnum():
            where.append(Not(Phrase(value)))
        else:
            text.append(value if not piece["minus"] else piece[0])
            if piece["quoted"] is not None and value:
                where.append(Phrase(value))
    text.append(typed[end:])
    within = Filter(**flat, where=All(tuple(where)))
    return Query(" ".join(" ".join(text).split()), within, mode=Mode.STRATEGY if within else Mode.TEXT)


def _years(value: str) -> tuple[int | None, int | None]:
    low, dots, high = value.partition("..")
    first = int(low) if low.isdecimal() else None
    return first, (int(high) if high.isdecimal() else None) if dots else first
