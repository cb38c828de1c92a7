"""Headings of drafts by what stands under them: references, thanks, the parts that most papers have.

Holds how the names of headings.toml become patterns. Knows no file formats. Always true: a pattern takes a heading in
capitals or not, whatever white space is between its words.
"""

from __future__ import annotations

import re

from explorer.tables import tables_of

_NAMES: dict[str, str] = tables_of(__file__)


def headings(kind: str, before: str, after: str) -> re.Pattern[str]:
    """The headings of a kind; `before` them may stand such a number, `after` them such a mark."""
    names = "|".join(_NAMES[kind].splitlines()).replace(" ", r"\s+")
    return re.compile(f"(?:{before})?(?:{names}){after}", re.IGNORECASE)
