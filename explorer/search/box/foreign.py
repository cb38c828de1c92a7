"""What a text holds that the box does not read: lines of a search history, fields of services that it does not know.

Knows how those write, not what they ask for. Always true: what is refused is named, with its place and what to write
here; a text without operators, fields or quotes is refused for lines of a history only. The patterns mean the same in
JavaScript (`explorer.export.site.box`).
"""

from __future__ import annotations

import re

from explorer.search.box.dialects import OWN, Dialect
from explorer.search.box.query import BadQuery

_LINE = "stands for a line of a search history, which is not here; write what that line says"
ELSEWHERE = (
    (
        r"(?<!\S)\(?#\d{1,3}(?=\s+(?:AND|OR|NOT)\b)|(?:(?<=AND )|(?<=OR )|(?<=NOT ))#\d{1,3}(?=[\s)]|$)"
        r"|^limit \d{1,3} to(?= )|^\d{1,3}(?:\s+(?:and|or|not)\s+\d{1,3})+$"
        r"|(?<!\S)(?:[aA][nN][dD]|[oO][rR])/\d{1,3}(?:[-,]\d{1,3})*(?=[\s)]|$)",
        _LINE,
    ),
    (r"(?<!\S)(?:AROUND|NEAR)\s?\(\d{1,3}\)", "is written NEAR/5 here, with the number of words between"),
)
"""What no language of the box means, as a pattern, and why."""

_BEFORE = "before the term"
_EBSCO = "(?:TI|AB|TX|MH|MM|SU|DE|AU)"
FIELDS_OF_OTHERS = (
    (
        r'"(?:[dD]ocument [tT]itle|[aA]bstract|[aA]ll [mM]etadata|[aA]uthor [kK]eywords|[iI]ndex [tT]erms|[aA]uthors'
        r'|[pP]ublication (?:[tT]itle|[yY]ear))":',
        f"is a field of IEEE Xplore; write title:, abstract:, author: or year: {_BEFORE}",
    ),
    (
        r"\[(?:Title|Abstract|All|Keywords|Author|Full Text|Publication Title|Publication Date): ",
        f"is a field of the ACM; write title:, abstract:, author: or year: {_BEFORE}",
    ),
    (
        r"(?<![\w-])(?:[tT][iI]|[aA][bB]|[sS][uU]|noft|NOFT|TIAB|tiab|MAINSUBJECT(?:\.EXACT)?)"
        r"(?:,(?:[tT][iI]|[aA][bB]|[sS][uU]))*"
        r"\((?=[^()]{0,40}?[A-Za-z]{2})",
        "is a field of ProQuest; write title:(…), abstract:(…) or text:(…)",
    ),
    (
        rf"(?:^|(?<=\()|(?<=\( )|(?<=AND )|(?<=OR )|(?<=NOT )){_EBSCO}\s+"
        rf"(?=[\x22(]|[\w*]+\s+(?:AND|OR|NOT)\s+\(?(?:{_EBSCO}|PY)\s)",
        f"is a field of EBSCO; write title:, abstract:, text: or author: {_BEFORE}",
    ),
)
"""Fields of services that are not read; the first stands in quotes."""

_IN_SQUARE = re.compile(r"[\[{]([^\[\]{}]*\s(?:AND|OR|NOT)\s[^\[\]{}]*)[\]}]")
_ALL = tuple((re.compile(pattern, re.ASCII), reason) for pattern, reason in ELSEWHERE)
_OTHERS = tuple((re.compile(pattern, re.ASCII), reason) for pattern, reason in FIELDS_OF_OTHERS)


def refuse(dialect: Dialect, text: str, bare: str, typed: str, *, strategy: bool) -> None:
    """Raise BadQuery for what is not understood in `text`; `bare` is it without what is in quotes.

    `strategy`: whether it has operators, fields or quotes.
    """
    for pattern, reason in (*_ALL, *(_OTHERS if dialect is OWN and strategy else ())):
        if match := pattern.search(text if pattern.pattern.startswith('"') else bare):
            raise BadQuery(f"{match[0].strip(' (')} {reason}", typed, match.span())


def with_round(text: str, bare: str) -> str:
    """`text` with round brackets for square and curly ones around operators; `bare` is it without what is quoted."""
    chars = list(text)
    for group in _IN_SQUARE.finditer(bare):
        chars[group.start()], chars[group.end() - 1] = "()"
    return "".join(chars)
