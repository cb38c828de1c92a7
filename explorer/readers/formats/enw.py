"""EndNote tagged text (.enw), and refer, its ancestor: a percent sign and one character before each field.

Holds its lines and tags as EndNote, Google Scholar, ACM, CNKI and bepress repositories write them. Knows nothing of
how records are cut (`tagged`).
Always true: a blank line sets records apart only where a field follows that may begin one; editors are no authors.
"""

from __future__ import annotations

import re

from explorer.readers.engine import ids
from explorer.readers.engine import tagged_values as values
from explorer.readers.engine.tagged import Dialect, Entry, Found, TaggedReader

_LINE = re.compile(r"\s{0,3}%([0-9A-Z~!@#$&*()+=\[\]{}\\|:;'\"<>,.?/^_-])(?:[^\S\n](.*)|$)", re.DOTALL)
_FIRST = re.compile(r"\s*%[0A-Z](?:[^\S\n]\S|\s*\n)")
_MORE = re.compile(r"^\s{0,3}%(?:[0ADJTXB])(?: |\t)\S", re.MULTILINE)
_TITLE_FIRST = re.compile(r"\ufeff?\s*%T\s")  # so do bepress repositories, where some records have no %0
_NOT_THIS = re.compile(r"^\s*(?:@[A-Za-z]+\s*[{(]|\\[a-z]+[\[{])", re.MULTILINE)  # comments of LaTeX and BibTeX
_MEDLINE = re.compile(r"pubmed|medline|\bNLM\b", re.IGNORECASE)


def _begins(head: str) -> bool:
    start = head.lstrip("\ufeff")
    return bool(_FIRST.match(start)) and len(_MORE.findall(start)) > 1 and not _NOT_THIS.search(start)


def _dialect(head: str) -> Dialect:
    return Dialect(
        split=_split,
        needed=frozenset("TBX"),
        once=frozenset("T" if _TITLE_FIRST.match(head) else "0"),
        openers=frozenset("0TAF"),
    )


def _split(line: str) -> tuple[str, str] | None:
    match = _LINE.match(line)
    return (match[1], match[2] or "") if match else None


def _found(entry: Entry) -> Found:
    links = entry.all("U", ">")
    number = entry.first("M")
    medline = _MEDLINE.search(" ".join(entry.all("W", "~"))) and re.fullmatch(r"\d{4,8}", number)
    return Found(
        title=entry.first("T", "!", "Q") or entry.first("B", "J"),
        abstracts=tuple(entry.best("X")),
        authors=tuple(entry.all("A")),
        year=values.dated(entry.all("D", "8", "7")),
        venue=entry.first("J", "B", "S") if entry.first("T") else "",
        doi=ids.doi(entry.all("R"), entry.all("M", "1", "2", "3", "4", "L", "Z"), links),
        arxiv=ids.arxiv(entry.all("M", "R", "J", "1", "2", "Z")),
        pmid=number if medline else ids.pmid(links),
        pmcid=ids.pmcid(entry.all("1", "2", "3", "4", "U")),
        url=ids.link(links),
        keywords=values.words(entry.all("K")),
        key=entry.first("M", "F", "L"),
    )


READER = TaggedReader("enw", "EndNote", (".enw", ".enl.txt", ".refer"), _begins, _dialect, _found)
