"""What page/box.js needs to read a question as the app does: names of fields, signs of the services, lists of words.

Knows the tables of the box's languages, not their grammar. Always true: a pattern means in JavaScript what it means
here, for texts of ASCII.
"""

from __future__ import annotations

import re
from typing import Any

from explorer.language.lexicon import LISTS
from explorer.language.names import PARTICLES, SUFFIXES, SURNAMES
from explorer.search.box import dialects, foreign


def page_box() -> dict[str, Any]:
    """Tables by name: `fields` of ours, `refused` names, PubMed's `tags`, `signs` of services, lists of words."""
    return {
        "fields": dialects.FIELDS,
        "refused": sorted(dialects.REFUSED),
        "tags": sorted(dialects.TAGS),
        "elsewhere": [{"source": source, "reason": reason} for source, reason in foreign.ELSEWHERE],
        "others": [{"source": source, "reason": reason} for source, reason in foreign.FIELDS_OF_OTHERS],
        "signs": [_sign(dialect.name, pattern, only) for dialect, pattern, only in dialects.SIGNS],
        "names": {"particles": sorted(PARTICLES), "suffixes": sorted(SUFFIXES), "surnames": sorted(SURNAMES)},
        "plurals": {name: LISTS[name] for name in ("plurals", "not_plurals", "plurals_in_ics")},
    }


def _sign(name: str, pattern: re.Pattern[str], only: frozenset[str]) -> dict[str, Any]:
    """A pattern as JavaScript writes it; `only`: what its group `name` must be, empty for anything."""
    source = re.sub(r"\(\?P<", "(?<", pattern.pattern).replace(r"\Z", "$")
    return {
        "name": name, "source": source, "flags": "i" if pattern.flags & re.IGNORECASE else "",
        "only": sorted(only) or None,
    }  # fmt: skip
