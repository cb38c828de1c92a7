"""A query written out again: every condition with its operator, all brackets set, in the language of the box.

Knows conditions, not where they came from. Always true: what is written here parses into the same conditions.
"""

from __future__ import annotations

import re
from dataclasses import replace

from explorer.filter import All, Condition, Either, Field, Filter, Near, Not, Pattern, Phrase, Prefix, Years
from explorer.search.box.conditions import bare
from explorer.search.box.dialects import OWN
from explorer.search.box.lexer import Kind, tokens
from explorer.search.box.query import BadQuery, Mode, Query
from explorer.search.box.small import SMALL

_SHOWN = 120  # characters of the text that ranks; the conditions are shown whole
_NAMES = {"collection": "in", "source": "file", "id": "doi"}


def sentence(query: Query) -> str:
    """How a query was read, for people; empty where bare words were read as bare words."""
    parts = []
    if query.mode is Mode.STRATEGY:
        by = f" by {query.service}’s rules" if query.service else ""
        order = f"ranked by “{_cut(query.text)}”" if query.text else "the most typical first"
        parts.append(f"Read{by} as {written(query.within)}, {order}")
    elif query.both and not query.remarks:
        parts.append("Read as plain text: quotes, operators and fields in it are words")
    return "".join(f"{part}. " for part in (*parts, *query.remarks)).strip()


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(' ', 1)[0]} …"


def typed_again(query: Query) -> str:
    """The query as a text that the box of today reads in the same way."""
    conditions, text = written(query.within), _bare_words(query.text)
    return " ".join(filter(None, (text, f"({conditions})" if text and conditions else conditions)))


def _bare_words(text: str) -> str:
    """`text`, which ranks, without what the box would take for operators, fields, brackets or quotes."""
    try:
        dialect, read = tokens(f"{text} (x)")  # a sign at its end may be an operator where a bracket follows
    except BadQuery:
        dialect, read = OWN, []
    words = read[:-4]  # without the bracket and the end
    bare_only = dialect is OWN and words and not re.search(r"[()\"]", text)
    if bare_only and all(part.kind is Kind.WORD and part.text.lower() not in SMALL for part in words):
        return text
    terms = [word for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*[+#]*", text) if not _OF_SERVICES.fullmatch(word)]
    terms = [word for word in terms if word.lower() not in SMALL]
    return " ".join(word.lower() if word.upper() in _OPERATORS or word in _CODES else word for word in terms)


def with_topic(query: Query, name: str, label: str) -> str:
    """The query as a text with the topic `label` in the place of the topic `name`."""
    where = _renamed(query.within.where, Field("topic", name), Field("topic", label))
    return typed_again(replace(query, within=replace(query.within, where=where)))


def _renamed(part: Condition, before: Field, after: Field) -> Condition:
    if isinstance(part, (All, Either)):
        return type(part)(tuple(_renamed(inner, before, after) for inner in part.parts))
    if isinstance(part, Not):
        return Not(_renamed(part.part, before, after))
    return after if part == before else part


_OPERATORS = frozenset(("AND", "OR", "NOT", "ANDNOT", "NEAR", "SAME"))
_CODES = frozenset(
    ("TI", "AB", "TX", "MH", "MM", "SU", "DE", "AU")
)  # of EBSCO's fields, in capitals and before a bracket
_OF_SERVICES = re.compile(r"adj\d{1,2}|pubyear", re.IGNORECASE | re.ASCII)  # bare words that tell another language


def written(within: Filter) -> str:
    """The filter as a text for the box; empty where it lets every paper pass."""
    tree = within.tree
    return "" if tree == All() else _written(tree, outer=True)


def _written(part: Condition, *, outer: bool = False) -> str:
    if isinstance(part, (All, Either)):
        sign = " AND " if isinstance(part, All) else " OR "
        text = sign.join(map(_written, part.parts))
        return text if outer or len(part.parts) == 1 else f"({text})"
    if isinstance(part, Near):
        text = _near(part)
        return text if outer or text.endswith(f"~{part.between}") else f"({text})"
    if isinstance(part, Not):
        return f"NOT {_written(part.part)}"
    if isinstance(part, Years):
        return f"year:{_years(part)}"
    if isinstance(part, Field):
        return f"{_NAMES.get(part.name, part.name)}:{_quoted(part.value)}"
    scope = "author" if part.field == "authors" else part.field
    text = f"{part.text}*" if isinstance(part, Prefix) else part.text
    text = (
        text
        if isinstance(part, Prefix) and " " not in text and text[0].isalnum() and bare(text) == text
        else f'"{text}"'
    )
    return f"{scope}:{text}" if scope else text


def _near(part: Near) -> str:
    if len(part.parts) == 2:
        return f" {'PRE' if part.ordered else 'NEAR'}/{part.between} ".join(map(_written, part.parts))
    texts = [inner for inner in part.parts if isinstance(inner, (Phrase, Prefix, Pattern))]
    words = " ".join(f"{text.text}*" if isinstance(text, Prefix) else text.text for text in texts)
    return f'{texts[0].field}:"{words}"~{part.between}'.removeprefix(":")


def _years(years: Years) -> str:
    first, last = years.first or "", years.last or ""
    return f"{first}" if first == last else f"{first}..{last}"


def _quoted(text: str) -> str:
    return text if text.replace("-", "").replace("_", "").isalnum() else f'"{text}"'
