"""Whose language a text is written in: ours, or that of PubMed, Scopus, Web of Science, Ovid, Embase, with their rules.

Holds which signs tell a service and how its operators bind. Knows no tree and no index. Always true: a text without
such a sign outside quotes is in ours; the names of fields are those of dialects.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from explorer.patterns import regex
from explorer.tables import tables_of


class Operator(StrEnum):
    """What joins two operands; SIDE: nothing but a blank stands between them."""

    AND = "and"
    OR = "or"
    NOT = "not"
    NEAR = "near"
    SAME = "same"
    SIDE = "side"


A, O, N, SIDE = Operator.AND, Operator.OR, Operator.NOT, Operator.SIDE  # noqa: E741


@dataclass(frozen=True)
class Dialect:
    """A language of search boxes: its name, empty for ours, and its operators from the loosest level to the closest.

    Operators of a level are taken from left to right. `bare`: words without quotes or operators are conditions, too;
    `anycase`: operators may be written in small letters; `runs`: words side by side are a phrase; `wild`: signs that
    stand for letters ("*" for any number, "?" for exactly a single letter, "$" for at most that); `adjacent`: the
    number behind NEAR of words side by side.
    """

    name: str
    levels: tuple[frozenset[Operator], ...]
    bare: bool = True
    anycase: bool = False
    runs: bool = False
    wild: str = "*?"
    adjacent: int = 0


def _levels(*levels: set[Operator]) -> tuple[frozenset[Operator], ...]:
    return tuple(map(frozenset, levels))


_NEAR, _SAME = {Operator.NEAR}, {Operator.SAME}
# In ours a NOT is the minus of its operand, so that it stands on no level.
OWN = Dialect("", _levels({O}, {A, SIDE}, _SAME, _NEAR), bare=False)
ARXIV = Dialect("arXiv", OWN.levels, bare=False)  # ours, with the names that arXiv gives to fields
PUBMED = Dialect("PubMed", _levels({A, O, N, SIDE}), runs=True, wild="*")
SCOPUS = Dialect("Scopus", _levels({N}, {A, SIDE}, {O}, _NEAR | _SAME), anycase=True)
WOS = Dialect("Web of Science", _levels({O}, {A, SIDE}, {N}, _SAME, _NEAR), anycase=True, wild="*?$")
_COMMON = _levels({O}, {A, SIDE}, {N}, _NEAR)
OVID = Dialect("Ovid", _COMMON, anycase=True, runs=True, wild="*?$", adjacent=1)
EMBASE = Dialect("Embase", _COMMON, anycase=True, wild="*?$", adjacent=1)

_TABLES: dict[str, dict[str, str]] = tables_of(__file__)


def _names(table: str, separator: str | None = None) -> dict[str, str]:
    """The names of a service's fields, in small letters → the field of ours."""
    return {name.lower(): field for field, names in _TABLES[table].items() for name in names.split(separator)}


FIELDS = _names("own")
REFUSED = frozenset(_TABLES["refused"]["names"].split())
TAGS, SCOPUS_FIELDS, WOS_FIELDS = _names("pubmed", "|"), _names("scopus"), _names("wos")

OVID_FIELDS, EMBASE_FIELDS = _names("ovid"), _names("embase")

_WITHIN = regex(r"\s*:\s*~\s*(\d{1,4})\s*\Z", re.ASCII)
_ANY_TAG = regex(r"\[([^\[\]]*)\]")


def _alternatives(names: dict[str, str]) -> str:
    return "|".join(sorted((re.escape(name.upper()) for name in names), key=len, reverse=True))


SCOPUS_FIELD = regex(
    rf"(?<![\w\u00c0-\u1fff\u3040-\ud7af-])(?P<name>{_alternatives(SCOPUS_FIELDS)})\s*(?=\()", re.ASCII
)
# A blank before the bracket tells Scopus only after a name that no sentence holds: not in "ABS (anti-lock brakes)".
_SURELY_SCOPUS = regex(
    rf"(?<![\w\u00c0-\u1fff\u3040-\ud7af-])(?:(?:{_alternatives(SCOPUS_FIELDS)})(?=\()|TITLE-ABS(?:-KEY(?:-AUTH)?)?\s*(?=\())",
    re.ASCII,
)
SCOPUS_YEAR = regex(
    r"(?<![\w\u00c0-\u1fff\u3040-\ud7af-])PUBYEAR\s*(?P<sign>[<>]=?|=|\b(?:AFT|BEF|IS)\b)\s*(?P<year>\d{4})",
    re.IGNORECASE | re.ASCII,
)
SCOPUS_LIMIT = regex(r"LIMIT-TO\s*\(\s*PUBYEAR\s*,\s*(?P<year>\d{4})\s*\)", re.IGNORECASE | re.ASCII)
WOS_FIELD = regex(
    rf"(?<![\w\u00c0-\u1fff\u3040-\ud7af-])(?P<name>{_alternatives(WOS_FIELDS)})(?:=(?=[\"(\w*$?])|\s*=\s*(?=[\"(])|\s*=\s*(?=\d{{4}}))",
    re.ASCII,
)
_SURELY_WOS = frozenset({"TS", "TI", "AB", "AU", "SO", "PY", "DO", "AK", "KP", "TOPIC", "ALL"})
_ARXIV_FIELD = regex(r"(?<![^\s(])-?(?:ti|au|abs|jr|cat|co|rn|all):\S")


_OVIDS, _EMBASES = "|".join(OVID_FIELDS), "|".join(name for name in EMBASE_FIELDS)
# Only letters of ASCII are alike in both cases where a name is looked up: elsewhere "İ" is an "i", too.
OVID_TAG = regex(rf"\.((?ai:(?:{_OVIDS})(?:,\s?(?:{_OVIDS}))*))\.?(?:\s*\[(?i:mp)=[^\]]*\])?(?=[\s)]|\Z)")
OVID_HEADING = regex(
    r"(?:exp\s+\*?\"(?P<quoted>[^\"]{2,80})\"|(?:exp\s+)?\*?(?P<name>(?:(?!(?i:and|or|not|adj\d*)\s)[^\s()/\"]+\s+){0,9}[^\s()/\".]+))/(?:[a-z]{2}(?:,\s?[a-z]{2})*)?"
    r"(?:\s\[[^\]]*\])?(?=[\s)]|\Z)"
)
_SURELY_OVID = regex(
    rf"(?<=[\w)*$#?\"])\.(?:{_OVIDS})(?:,(?:{_OVIDS}))*\.(?=[\s)]|\Z)"
    r"|(?<![^\s(])exp\s+[A-Z*][\w ,'-]{1,80}/|(?<=\s)adj\d{1,2}\s",
    re.IGNORECASE,
)
EMBASE_TAG = regex(
    rf"\s?:((?ai:(?:{_EMBASES})(?:,\s?(?:{_EMBASES}))*))(?=[\s)]|\Z)|/((?ai:(?:exp|de|mj|syn|br|dm)(?:/mj)?))(?=[\s)]|\Z)"
)
COCHRANE_HEADING = regex(r"\[mh\s+\^?\"?(?P<name>[^\[\]\"]{2,80})\"?\](?=[\s)]|\Z)", re.IGNORECASE)
EMBASE_LIMIT = regex(r"\[([^\[\]]{1,60})\]/(lim|py|sd)(?=[\s)]|\Z)", re.IGNORECASE)
_SURELY_EMBASE = regex(
    r"'[^']{1,150}'(?:/(?:exp|de|mj|syn|br)\b|:(?:ti|ab|kw|de|au|tt|py)\b)|\]/(?:lim|py)\b"
    rf"|(?:\)|(?<![\w*-])(?!(?:{'|'.join(FIELDS)}):)[\w*-]*[\w*]):(?:ti|ab)(?:,\w\w)*(?=[\s)]|\Z)"  # author:ti is ours
    r"|\w/(?:exp|de|mj)(?=[\s)]|\Z)|\[mh\s+\^?[\w\"]",
    re.IGNORECASE,
)


SIGNS: tuple[tuple[Dialect, re.Pattern[str], frozenset[str]], ...] = (
    (SCOPUS, _SURELY_SCOPUS, frozenset()),
    (SCOPUS, SCOPUS_YEAR, frozenset()),
    (WOS, WOS_FIELD, _SURELY_WOS),
    (OVID, _SURELY_OVID, frozenset()),
    (EMBASE, _SURELY_EMBASE, frozenset()),
    (ARXIV, _ARXIV_FIELD, frozenset()),
)
"""What tells a language but PubMed's, the first first; where a set stands, the group "name" must be of it."""


def dialect_of(typed: str) -> Dialect:
    """The language of `typed`, in which nothing in quotes is left."""
    if any(tag_of(match[1]) is not None for match in _ANY_TAG.finditer(typed)):
        return PUBMED
    for dialect, pattern, names in SIGNS:
        if any(match["name"] in names for match in pattern.finditer(typed)) if names else pattern.search(typed):
            return dialect
    return OWN


def tag_of(tag: str) -> str | None:
    """The field of ours that a tag of PubMed names: "tiab", "tiab:~2" → "text"; None for what is no tag."""
    name = " ".join(_WITHIN.sub("", tag).lower().split())
    return TAGS.get(name)


def within_of(tag: str) -> int | None:
    """How many more words a tag allows among those before it: "tiab:~2" → 2; None for other tags."""
    match = _WITHIN.search(tag)
    return int(match[1]) if match else None
