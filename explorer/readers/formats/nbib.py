"""MEDLINE text (.nbib): a tag of up to four letters, blanks up to the fourth place and a dash before each field.

Holds the lines and tags of PubMed, and of ERIC, which writes the same without PubMed's ids. Knows nothing of how
records are cut (`tagged`).
Always true: lines wrapped at a width are one line again; full names of authors are preferred to initials.
"""

from __future__ import annotations

import re

from explorer.readers.engine import ids
from explorer.readers.engine import tagged_values as values
from explorer.readers.engine.tagged import Dialect, Entry, Found, TaggedReader

_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3})\s{0,4}-(?:\s(.*)|$)|(PMID|PMC) ?-(\d.*)", re.DOTALL)
_BEGINS = re.compile(
    r"(?:PMID ?- ?\d|(?:OWN|STAT|FAU|JID|DCOM|EDAT|CRDT|BTI|PMC|LID|OID|PST|PHST|PMCR) ?- ?|UI  - \d{7,8}$)",
    re.MULTILINE,
)
_RIS = re.compile(r"TY ?[^\S\n]?- ", re.MULTILINE)
_MARK = re.compile(r"\[(?:doi|pii|bookaccession|ed|isbn)\]\s*$", re.IGNORECASE)


def _begins(head: str) -> bool:
    for line in head.split("\n", 60)[:60]:
        line = line.lstrip("\ufeff")
        if _RIS.match(line):
            return False
        if _BEGINS.match(line):
            return True
    return False


def _dialect(head: str) -> Dialect:
    return Dialect(
        split=_split,
        needed=frozenset(("TI", "BTI", "AB")),
        once=frozenset(("PMID", "OWN")),
        openers=frozenset(("PMID", "OWN", "STAT", "UI", "TI", "FAU", "AU")),
    )


def _split(line: str) -> tuple[str, str] | None:
    match = _LINE.match(line)
    return (match[1] or match[3], match[2] or match[4] or "") if match else None


def _found(entry: Entry) -> Found:
    located = entry.all("LID", "AID", "SO")
    title = entry.first("TI")
    return Found(
        title=values.flowing(title or entry.first("TT", "BTI", "CTI")),
        abstracts=tuple(_paragraphs(text) for text in entry.best("AB", "OAB", "OABL")),
        authors=_authors(entry),
        year=values.dated(entry.all("DP", "DEP", "YR", "EDAT", "CRDT", "DA")),
        venue=values.flowing(entry.first("JT", *(("BTI", "CTI") if title else ()), "TA")),
        doi=_doi(entry.all("LID", "AID", "DO"), located),
        arxiv=ids.arxiv([_MARK.sub("", text) for text in located]) or _arxiv_in(entry.first("SO")),
        pmid=entry.first("PMID") or _number(entry.first("UI")),
        pmcid=ids.pmcid([f"PMC{text}" if text.isdigit() else text for text in entry.all("PMC", "OID")]),
        url=ids.link(entry.all("UR", "URL4", "LID", "AID")),
        keywords=tuple(_keywords(entry)),
        key=entry.first("PMID", "OID", "UI", "PMC", "AN"),
    )


def _paragraphs(text: str) -> str:
    """Wrapped lines as one; a blank line ends a paragraph."""
    return "\n".join(values.flowing(part) for part in text.split("\n\n"))


def _authors(entry: Entry) -> tuple[str, ...]:
    full, short = entry.all("FAU"), entry.all("AU")
    named = full if len(full) >= len(short) else short
    people = [values.initials_last(values.flowing(name)) for name in named]
    return tuple(people + [values.flowing(name) for name in entry.all("CN")])


def _doi(marked: list[str], others: list[str]) -> str:
    sure = [text for text in marked if text.endswith("[doi]")]
    return ids.doi(sure, [text for text in marked if not _MARK.search(text)], [*marked, *others])


def _arxiv_in(source: str) -> str:
    match = re.search(r"arXiv:\S+", source)
    return ids.arxiv([match[0].rstrip(".")]) if match else ""


def _number(text: str) -> str:
    return text if re.fullmatch(r"\d{1,8}", text) else ""


def _keywords(entry: Entry) -> list[str]:
    headings = (text.replace("*", "").split("/")[0] for text in entry.all("MH"))
    return [values.flowing(word).lstrip("*") for word in (*entry.all("OT", "KW"), *headings)]


READER = TaggedReader("nbib", "PubMed (MEDLINE)", (".nbib", ".medline"), _begins, _dialect, _found)
