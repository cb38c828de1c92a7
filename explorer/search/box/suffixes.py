"""Fields that stand behind what they are about, and headings, as Ovid and Embase write them.

Knows their marks, not tokens or trees. Always true: a place is read as such only when the whole mark stands there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.search.box.dialects import (
    COCHRANE_HEADING,
    EMBASE,
    EMBASE_FIELDS,
    EMBASE_LIMIT,
    EMBASE_TAG,
    OVID,
    OVID_FIELDS,
    OVID_HEADING,
    OVID_TAG,
    Dialect,
)

_OVID_SIGNS = str.maketrans("?#$:", "$?**")  # signs for letters: Ovid's, as ours
_NOTE_OF_COCHRANE = "(Word variations have been searched)"
_QUOTED = re.compile(r"(?<![^\s(\[])'([^']*)'(?=[\s):/]|$)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark up to `end`: a field of ours behind its term, or before `term`, which it holds itself."""

    end: int
    text: str
    field: str
    term: str = ""


def suffix(dialect: Dialect, text: str, place: int) -> Mark | None:
    """The field that stands at `place` behind its term: ".ti,ab." of Ovid, ":ti,ab" and "/exp" of Embase."""
    if dialect is OVID and (match := OVID_TAG.match(text, place)):
        return Mark(match.end(), match[0].strip(), _field(match[1], OVID_FIELDS))
    if dialect is EMBASE and (match := EMBASE_TAG.match(text, place)):
        names = match[1] or match[2].partition("/")[0]
        return Mark(match.end(), match[0].strip(), _field(names, EMBASE_FIELDS))
    return None


def prefix(dialect: Dialect, text: str, place: int) -> Mark | None:
    """What is a field and its term at once: a subject heading of Ovid ("exp Asthma/"), a limit of Embase."""
    if dialect is OVID and (match := OVID_HEADING.match(text, place)):
        return Mark(match.end(), match[0].strip(), "headings", match["name"] or match["quoted"])
    if dialect is EMBASE and (match := COCHRANE_HEADING.match(text, place)):
        return Mark(match.end(), match[0], "headings", match["name"])
    if dialect is EMBASE and (match := EMBASE_LIMIT.match(text, place)):
        years = re.fullmatch(r"(\d{4})?\s*-?\s*(\d{4})?", match[1].strip())
        if match[2].lower() == "py" and years and years[0]:
            whole = match[1].strip()
            return Mark(match.end(), match[0], "year", whole.replace("-", "..") if "-" in whole else whole)
        return Mark(match.end(), match[0], "aside", match[1])
    return None


def signs(dialect: Dialect, word: str) -> str:
    """`word` with the signs for letters that we have."""
    if dialect is not OVID:
        return word
    return re.sub(r"(?<=[$*])\d{1,2}$", "", word).translate(_OVID_SIGNS)


def quoted(dialect: Dialect, text: str) -> str:
    """`text`, as long as before, with the quotes of its service as ours."""
    if dialect is not EMBASE:
        return text
    return _QUOTED.sub(r'"\1"', text.replace(_NOTE_OF_COCHRANE, " " * len(_NOTE_OF_COCHRANE)))


def _field(names: str, fields: dict[str, str]) -> str:
    """The field of ours that several names mean together: title and abstract are text."""
    meant = {fields[name.strip().lower()] for name in names.split(",")}
    if "" in meant:
        return ""
    if "text" in meant or {"title", "abstract"} <= meant:
        return "text"
    return next((field for field in ("title", "abstract", *sorted(meant)) if field in meant), "")
