"""Three more kinds of tagged text: NoteExpress and CNKI, as Chinese databases write them, and the Cochrane Library.

Holds their lines and labels. Knows nothing of how records are cut (`tagged`).
Always true: a line is a field only where it begins with a label in the form of its format.
"""

from __future__ import annotations

import re

from explorer.readers.engine import ids
from explorer.readers.engine import tagged_values as values
from explorer.readers.engine.tagged import Dialect, Entry, Found, TaggedReader

_SEMICOLON = "\uff1b"  # of full width, as Chinese is typeset; so is the colon \\uff1a below
_BRACED = re.compile(r"\{([A-Z][^{}\n]{1,40})\}[:\uff1a]\s?(.*)", re.DOTALL)
_BRACED_FIRST = re.compile(r"\s*\ufeff?\{Reference Type\}[:\uff1a]")
_DOUBLED = re.compile(r"([A-Z][A-Za-z]{1,20})-[一-鿿]{1,16}\s?[:\uff1a]\s?(.*)", re.DOTALL)
_DOUBLED_FIRST = re.compile(
    r"(?:\s*[A-Z][A-Za-z]{1,20}\s?[:\uff1a][^\n]*\n)?\s*[A-Z][A-Za-z]{1,20}-[一-鿿]{1,16}\s?[:\uff1a]"
)
_COLON = re.compile(r"([A-Z]{2,3}): ?(.*)", re.DOTALL)
_NUMBERED = re.compile(r"Record #?(\d+) of \d+.*", re.DOTALL)
_COCHRANE = re.compile(r"\s*\ufeff?Record #?\d+ of \d+[^\n]*\n\s*[A-Z]{2,3}:")


def _braces(line: str) -> tuple[str, str] | None:
    match = _BRACED.match(line)
    return (match[1].casefold(), match[2]) if match else None


def _doubled(line: str) -> tuple[str, str] | None:
    match = _DOUBLED.match(line)
    return (match[1].casefold(), match[2]) if match else None


def _colon(line: str) -> tuple[str, str] | None:
    if number := _NUMBERED.fullmatch(line):
        return "#", number[1]
    match = _COLON.match(line)
    return (match[1], match[2]) if match else None


def _noteexpress(entry: Entry) -> Found:
    links = entry.all("url", "link")
    return Found(
        title=entry.first("title", "translated title"),
        abstracts=tuple(entry.best("abstract", "translated abstract")),
        authors=tuple(name.replace(_SEMICOLON, ";") for name in entry.all("author")),
        year=values.dated(entry.all("year", "date")),
        venue=entry.first("journal", "secondary title", "book title", "newspaper", "tertiary title", "publisher"),
        doi=ids.doi(entry.all("doi"), entry.all("accession number"), links),
        url=ids.link(links),
        keywords=values.words([text.replace(_SEMICOLON, ";") for text in entry.all("keywords")]),
        key=entry.first("accession number"),
    )


def _cnki(entry: Entry) -> Found:
    links = entry.all("link", "url")
    return Found(
        title=entry.first("title"),
        abstracts=tuple(entry.best("summary", "abstract")),
        authors=tuple(name.replace(_SEMICOLON, ";") for name in entry.all("author")),
        year=values.dated(entry.all("year", "pubtime")),
        venue=entry.first("source"),
        doi=ids.doi(entry.all("doi"), (), links),
        url=ids.link(links),
        keywords=values.words([text.replace(_SEMICOLON, ";") for text in entry.all("keyword")]),
    )


def _cochrane(entry: Entry) -> Found:
    names = [name.replace(",-", ", ").replace("-", " ") if ",-" in name else name for name in entry.all("AU")]
    return Found(
        title=values.flowing(entry.first("TI")),
        abstracts=tuple(values.flowing(text) for text in entry.best("AB")),
        authors=tuple(values.initials_last(part.strip()) for name in names for part in name.split(";")),
        year=values.dated(entry.all("YR", "PY", "SO")),
        venue=entry.first("SO", "JN").split(". ")[0],
        doi=ids.doi(entry.all("DOI"), (), entry.all("US")),
        pmid=ids.pmid(entry.all("PM", "XR")),
        url=ids.link(entry.all("US", "UR")),
        keywords=values.words([text.replace("*", "") for text in entry.all("KY", "DE")]),
        key=entry.first("ID", "AN"),
    )


READERS = (
    TaggedReader(
        "noteexpress",
        "NoteExpress",
        (".net",),
        lambda head: bool(_BRACED_FIRST.match(head)),
        lambda head: Dialect(_braces, frozenset(("title", "abstract")), first=frozenset(("reference type",))),
        _noteexpress,
    ),
    TaggedReader(
        "cnki",
        "CNKI",
        (),
        lambda head: bool(_DOUBLED_FIRST.match(head)),
        lambda head: Dialect(
            _doubled,
            frozenset(("title", "summary")),
            once=frozenset(("title", "srcdatabase")),
            openers=frozenset(("srcdatabase", "title")),
        ),
        _cnki,
    ),
    TaggedReader(
        "cochrane",
        "Cochrane Library",
        (),
        lambda head: bool(_COCHRANE.match(head)),
        lambda head: Dialect(_colon, frozenset(("TI", "AB")), first=frozenset("#")),
        _cochrane,
    ),
)
