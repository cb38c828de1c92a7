"""RIS: two letters, two blanks and a dash before each field, `TY` to begin a record and `ER` to end it.

Holds the lines and tags of RIS as Scopus, Ovid, ProQuest, JSTOR, Web of Science, Zotero, EndNote and publishers write
them, and of files that lost `TY` or `ER`. Knows nothing of how records are cut (`tagged`).
Always true: text before, between and after records costs none; editors are no authors.
"""

from __future__ import annotations

import re
from itertools import chain

from explorer.readers.engine import ids
from explorer.readers.engine import tagged_values as values
from explorer.readers.engine.html import plain
from explorer.readers.engine.tagged import Dialect, Entry, Found, TaggedReader

_NAMED = frozenset(
    "TY ER ID TI CT BT TT ST AU ED AB KW PY DA JO JF JA SP EP VL IS VO CY PB SN UR DO DI AD AN AV CN CP DB DP ET LA LB "
    "LK NV OP PP RN RP SE SV TA YR PMID PMCID DOI FAU".split()
)
_NUMBERED = frozenset(
    "T1 T2 T3 A1 A2 A3 A4 N1 N2 Y1 Y2 J1 J2 J9 L1 L2 L3 L4 M1 M2 M3 U1 U2 U3 U4 U5 C1 C2 C3 C4 C5 C6 C7 C8".split()
)
_TAG = r"\s{0,8}([A-Z][A-Z0-9]|FAU|PMID|PMCID|DOI)"
_WIDE = re.compile(_TAG + r"(?:[^\S\n]{2,8}|\t)[-–—](?:\s(.*)|(.*))", re.DOTALL)
_NARROW = re.compile(_TAG + r"\s?[-–—](?:\s+(.*)|$)", re.DOTALL)
_FIRST = re.compile(r"^[^\S\n\r]{0,8}\ufeff?TY([^\S\n\r]{0,8})[-–—](?=[^\S\n\r]*\w|[^\S\n\r]*$)", re.MULTILINE)
_ANY = re.compile(r"^[A-Z][A-Z0-9][^\S\n\r]{2}-(?: |$)", re.MULTILINE)
_HEADER = 20_000  # characters: how long the free text may be that databases put before the first record
_WHOLE = frozenset(("BOOK", "EDBOOK", "EBOOK", "JFULL", "SER", "CONF", "UNPB", "WHOLE"))
_MEDLINE = re.compile(r"pubmed|medline|\bNLM\b", re.IGNORECASE)
_NOTED = re.compile(r"abstract:\s*(?=\S)", re.IGNORECASE)


def _begins(head: str) -> bool:
    return bool(_FIRST.search(head, 0, _HEADER)) or len(_ANY.findall(head[:_HEADER])) > 3


def _dialect(head: str) -> Dialect:
    first = _FIRST.search(head)
    return Dialect(
        split=_split_narrow if first and first[1] in ("", " ") else _split,
        needed=frozenset(("TI", "T1", "CT", "BT", "ST", "AB", "N2")),
        first=frozenset(("TY",)),
        last=frozenset(("ER",)),
    )


def _split(line: str) -> tuple[str, str] | None:
    # "C4 - C5" may begin a line of an abstract, so a narrow tag with a digit needs a file that writes all tags so.
    return _wide(line) or _narrow(line, _NAMED)


def _split_narrow(line: str) -> tuple[str, str] | None:
    return _wide(line) or _narrow(line, _NAMED | _NUMBERED)


def _wide(line: str) -> tuple[str, str] | None:
    match = _WIDE.match(line)
    return (match[1], match[2] or match[3] or "") if match else None


def _narrow(line: str, known: frozenset[str]) -> tuple[str, str] | None:
    match = _NARROW.match(line)
    return (match[1], match[2] or "") if match and match[1] in known else None


def _found(entry: Entry) -> Found:
    kind = entry.first("TY").upper()
    links = entry.all("UR", "L2", "LK", "L1", "L3", "AV")
    notes = entry.all("N1", "AN", "M1", "M2", *_CUSTOM)
    maybe = [line for text in entry.all("M3", "L3", "AN", "ID", "N1", *_CUSTOM) for line in text.split("\n")]
    return Found(
        title=entry.first("TI", "T1", "CT", "BT", "TT", "ST") or (_whole(entry) if kind in _WHOLE else ""),
        abstracts=tuple(_abstracts(entry)),
        authors=_authors(entry),
        year=values.dated(entry.all("PY", "Y1", "YR", "DA")),
        venue=entry.first(
            "JF", "T2", "JO", *(("C3",) if kind.startswith(("CONF", "CPAPER")) else ()), "BT", "T3", *_SHORT
        ),
        doi=ids.doi(entry.all("DO", "DI", "DOI"), maybe, links),
        arxiv=ids.arxiv(entry.all("AN", "ID", "M1", "M3", "N1", "T2", "JO", "JF", "VL", "SN", "SP", *_CUSTOM))
        or ids.arxiv_linked(links),
        pmid=_pmid(entry, chain(links, notes)),
        pmcid=ids.pmcid(entry.all("PMCID", *_CUSTOM, "UR", "L2", "L1")),
        openalex=ids.openalex(entry.all("ID", "AN", "UR", "L2")),
        url=ids.link(links),
        keywords=values.words(entry.all("KW", "DE")),
        key=entry.first("AN", "PMID") or ids.scopus(links) or entry.first("ID"),
    )


_CUSTOM = ("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "U1", "U2")
_SHORT = ("JA", "J2", "J1", "JI", "J9")


def _whole(entry: Entry) -> str:
    """The title of a whole journal, series or proceedings."""
    return entry.first("T2", "JF", "JO", "T3")


def _abstracts(entry: Entry) -> list[str]:
    found = entry.best("AB", "N2")
    if any(values.abstract([text]) for text in found):
        return found
    noted = [_NOTED.sub("", text, count=1) for text in entry.all("N1") if _NOTED.match(text)]
    return entry.all("N2") or noted


def _authors(entry: Entry) -> tuple[str, ...] | str:
    found = max((entry.all("AU"), entry.all("A1"), entry.all("FAU")), key=len)
    if len(found) == 1 and ";" not in found[0] and "\n" not in found[0] and found[0].count(",") > 2:
        return plain(found[0])  # all authors between commas in one field
    first = entry.all("A1")  # some write the first author here, and the others as AU
    families = {name.split(",")[0] for name in found}
    return tuple(first + found if len(first) == 1 and first[0].split(",")[0] not in families else found)


def _pmid(entry: Entry, texts: chain[str]) -> str:
    numbers = [entry.first("PMID")]
    if _MEDLINE.search(" ".join(entry.all("DB", "DP"))):
        numbers += [entry.first("AN"), entry.first("ID")]
    if entry.first("DB").lower() == "scopus":
        numbers.append(entry.first("C2"))  # where Scopus puts it
    if "embase.com" in " ".join(entry.all("LK", "L2", "UR")):
        numbers.append(entry.first("C5"))
    return next((number for number in numbers if re.fullmatch(r"[1-9]\d{3,7}", number)), "") or ids.pmid(texts)


READER = TaggedReader("ris", "RIS", (".ris",), _begins, _dialect, _found)
