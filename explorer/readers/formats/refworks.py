"""RefWorks tagged text: two letters and a blank before each field, `RT` to begin a record.

Holds its lines and tags, as RefWorks itself and databases (CNKI among them) write them. Knows nothing of how records
are cut (`tagged`).
Always true: only RefWorks' own tags begin a field, so that a line of text in capitals goes on the field before.
"""

from __future__ import annotations

import re

from explorer.readers.engine import ids
from explorer.readers.engine import tagged_values as values
from explorer.readers.engine.tagged import Dialect, Entry, Found, TaggedReader

_TAGS = frozenset(
    "RT SR ID A1 A2 A3 A4 A5 A6 A7 T1 T2 T3 TI AU JF JO JA YR FD VO IS SP OP K1 AB NO PB PP ED SN AV AD AN LA CL SF OT "
    "LK DO CN DB DS IP RD ST UL SL LL CR WT WV WP OL PM CA FR TA U1 U2 U3 U4 U5 U6 U7 U8 U9 C1 C2 C3 C4 C5 PI "
    "U10 U11 U12 U13 U14 U15 PMID PMCID".split()
)
_LINE = re.compile(r"([A-Z][A-Z0-9]|[a-z]{2}|U1\d|PMC?ID)(?:[^\S\n]+(.*)|$)", re.DOTALL)
_FIRST = re.compile(r"^\ufeff?RT[ \t]+(?![-~] )\S", re.MULTILINE)
_OTHER = re.compile(r"^(?:SR|ID|A1|T1|JF|K1|YR|AB)[ \t]+(?!- )\S", re.MULTILINE)
_HEADER = 4000  # characters of free text before the first record


def _begins(head: str) -> bool:
    return bool(_FIRST.search(head, 0, _HEADER)) and len(_OTHER.findall(head)) > 1


def _dialect(head: str) -> Dialect:
    return Dialect(split=_split, needed=frozenset(("T1", "TI", "AB")), first=frozenset(("RT",)))


def _split(line: str) -> tuple[str, str] | None:
    match = _LINE.match(line)
    tag = match[1] if match else ""
    if tag == "vo":  # CNKI writes this one in small letters
        tag = "VO"
    return (tag, match[2] or "") if match and tag in _TAGS else None


def _found(entry: Entry) -> Found:
    links = entry.all("UL", "LK", "L1")
    return Found(
        title=entry.first("T1", "TI", "OT", "T2"),
        abstracts=tuple(entry.best("AB")),
        authors=tuple(entry.best("A1", "AU")),
        year=values.dated(entry.all("YR", "FD")),
        venue=entry.first("JF", "T2", "T3", "JO", "JA") if entry.first("T1", "TI", "OT") else "",
        doi=ids.doi(entry.all("DO"), entry.all("AN", "NO", "U1", "U2", "U3", "U4", "U5"), links),
        arxiv=ids.arxiv(entry.all("AN", "NO", "JF")),
        pmid=entry.first("PMID") or ids.pmid(entry.all("PM", "AN", "UL", "LK", "NO")),
        pmcid=ids.pmcid(entry.all("PMCID", "C1", "C2", "U1", "U2", "UL", "LK")),
        url=ids.link(links),
        keywords=values.words(entry.all("K1")),
        key=entry.first("AN", "ID"),
    )


READER = TaggedReader("refworks", "RefWorks", (), _begins, _dialect, _found)
