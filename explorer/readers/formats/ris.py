"""RIS: two letters, two blanks and a dash before each field, `TY` to begin a record and `ER` to end it.

Holds the lines and tags of RIS as Scopus, Ovid, ProQuest, JSTOR, Web of Science, Zotero, EndNote and publishers write
them, and of files that lost `TY` or `ER`. Knows nothing of how records are cut (`tagged`).
Always true: text before, between and after records costs none; editors are no authors.
"""

from __future__ import annotations

import re

from explorer.arxiv import canonical_arxiv
from explorer.readers.engine import ids, values
from explorer.readers.engine.html import plain
from explorer.readers.engine.tagged import Dialect, Entry, Tags, Values, lines, tagged_reader, tags
from explorer.tables import tables_of

_TABLES = tables_of(__file__)
_NAMED = tags(_TABLES["named"])
_NUMBERED = tags(_TABLES["numbered"])
_TAG = r"\s{0,8}([A-Z][A-Z0-9]|FAU|PMID|PMCID|DOI)"
_NARROW = _TAG + r"\s?[-–—](?:\s+(.*)|$)"
_wide = lines(_TAG + r"(?:[^\S\n]{2,8}|\t)[-–—]\s?(.*)")
# "C4 - C5" may begin a line of an abstract, so a narrow tag with a digit needs a file that writes all tags so.
_narrow = lines(_NARROW, _NAMED)
_narrow_throughout = lines(_NARROW, _NAMED | _NUMBERED)
_FIRST = re.compile(r"^[^\S\n\r]{0,8}\ufeff?TY([^\S\n\r]{0,8})[-–—](?=[^\S\n\r]*\w|[^\S\n\r]*$)", re.MULTILINE)
_ANY = re.compile(r"^[A-Z][A-Z0-9][^\S\n\r]{2}-(?: |$)", re.MULTILINE)
_EVERY = re.compile(r"^\ufeff?([A-Z][A-Z0-9])[^\S\n\r]{0,2}-(?: |$)", re.MULTILINE)
_LAST = re.compile(r"^[^\S\n\r]{0,8}ER[^\S\n\r]{0,8}[-–—]", re.MULTILINE)
_TITLES = ("TI", "T1", "ID", "AN")
_HEADER = 20_000  # characters: how long the free text may be that databases put before the first record
_WHOLE = tags("BOOK EDBOOK EBOOK JFULL SER CONF UNPB WHOLE")
_MEDLINE = re.compile(r"pubmed|medline|\bNLM\b", re.IGNORECASE)
_NOTED = re.compile(r"abstract:\s*(?=\S)", re.IGNORECASE)
_CUSTOM = "C1 C2 C3 C4 C5 C6 C7 C8 U1 U2"
_LINKS = "UR L2 LK L1 L3 AV"
_TAGS = Tags(**_TABLES["tags"])


def _begins(head: str) -> object:
    return _FIRST.search(head, 0, _HEADER) or len(_ANY.findall(head[:_HEADER])) > 3


def _dialect(head: str) -> Dialect:
    first = _FIRST.search(head)
    begin = _EVERY.search(head)
    # Without ER, and with TY behind more tags, a blank line or the first tag again begins a record.
    again = begin and begin[1] != "TY" and not _LAST.search(head)
    narrow = _narrow_throughout if first and first[1] in ("", " ") else _narrow
    return Dialect(
        split=lambda line: _wide(line) or narrow(line), needed=tags("TI T1 CT BT ST AB N2"), first=tags("TY"),
        last=tags("ER"), openers=tags("TY") if again else tags(""),
        once=tags(begin[1]) if again and begin and begin[1] in _TITLES else tags(""),
    )  # fmt: skip


def _values(entry: Entry) -> Values:
    written = _TAGS.values(entry)
    kind = entry.first("TY").upper()
    links = entry.all(_LINKS)
    alone = [line for text in entry.all(f"M3 L3 AN ID N1 {_CUSTOM}") for line in text.split("\n")]
    conference = kind.startswith(("CONF", "CPAPER"))
    return written | {
        "title": written["title"] or (entry.first("T2 JF JO T3") if kind in _WHOLE else ""),
        "abstract": _abstracts(entry),
        "authors": _authors(entry),
        "venue": (conference and entry.first("JF T2 JO C3")) or written["venue"],
        "doi": ids.doi(entry.all(_TAGS.doi), alone, links),
        "arxiv": written["arxiv"] or ids.arxiv_linked(links) or _arxiv(entry),
        "pmid": _pmid(entry) or ids.pmid([*links, *entry.all(f"N1 AN M1 M2 {_CUSTOM}")]),
        "openalex": ids.openalex(entry.all("ID AN UR L2")),
        "key": written["key"] or ids.scopus(links) or entry.first("ID"),
    }


def _arxiv(entry: Entry) -> str:
    """The id of a record whose journal or publisher is arXiv, which then stands as a number."""
    where = " ".join(entry.all("JO JF T2 PB DB DP")).casefold()
    numbers = entry.all("VL IS M1 AN SP C7 ID") if "arxiv" in where or "corr" in where.split() else []
    return next(filter(None, map(canonical_arxiv, numbers)), "")


def _abstracts(entry: Entry) -> list[str]:
    abstracts = entry.best(_TAGS.abstract)
    if any(values.abstract([text]) for text in abstracts):
        return abstracts
    return entry.all("N2") or [_NOTED.sub("", text, count=1) for text in entry.all("N1") if _NOTED.match(text)]


def _authors(entry: Entry) -> list[str] | str:
    names = max((entry.all(tag, "authors") for tag in ("AU", "A1", "FAU")), key=len)
    if len(names) == 1 and ";" not in names[0] and "\n" not in names[0] and names[0].count(",") > 2:
        return plain(names[0])  # all authors between commas in one field
    first = entry.all("A1")  # some write the first author here, and the others as AU
    families = {name.split(",")[0] for name in names}
    return first + names if len(first) == 1 and first[0].split(",")[0] not in families else names


def _pmid(entry: Entry) -> str:
    numbers = [entry.first("PMID")]
    if _MEDLINE.search(" ".join(entry.all("DB DP"))):
        numbers += [entry.first("AN"), entry.first("ID")]
    if entry.first("DB").lower() == "scopus":
        numbers.append(entry.first("C2"))  # where Scopus puts it
    if "embase.com" in " ".join(entry.all("LK L2 UR")):
        numbers.append(entry.first("C5"))
    return next((number for number in numbers if re.fullmatch(r"[1-9]\d{3,7}", number)), "")


READER = tagged_reader("ris", "RIS", (".ris",), _begins, _dialect, _values)
