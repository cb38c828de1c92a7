"""Crossref's works and CSL-JSON, the form citation programs exchange: they share nearly all names.

Holds where such a record keeps a paper's fields. Knows nothing of files.
Always true: authors keep their order; editors stand for authors only where there are none; a name keeps its particles
("van der Waals") with the family name.
"""

from __future__ import annotations

import re

from explorer.paper import canonical_arxiv
from explorer.readers.engine import fields
from explorer.readers.engine.service import Record, Service, Values, every, first, marks, objects

_DATES = (
    "issued", "published", "published-print", "published-online", "event-date", "original-date", "posted", "submitted",
    "accepted", "deposited", "created",
)  # fmt: skip
_CSL_TYPES = frozenset(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset "
    "document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case legislation "
    "manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical "
    "personal_communication post post-weblog regulation report review review-book software song speech standard thesis "
    "treaty webpage".split()
)
_PMID = re.compile(r"\bPMID\s{0,3}[:=]?\s{0,3}(\d{1,9})", re.IGNORECASE)
_PMCID = re.compile(r"\b(PMC\d{1,9})\b", re.IGNORECASE)
_ARXIV = re.compile(r"arxiv(?:\.org/abs/|\s?[:=]\s{0,3})([\w.\-]{3,20}(?:/\d{7})?)", re.IGNORECASE)


def _values(record: Record) -> Values:
    note = _words(record, "note", "extra", "annote")
    pmid, pmcid = _PMID.search(note), _PMCID.search(note)
    people = next((found for role in ("author", "editor", "translator") if (found := _people(record.get(role)))), [])
    return {
        "key": first(record, ("id",), ("citation-key",), ("citekey",), ("citation-label",), ("DOI",)),
        "title": _text(record.get("title")) or _text(record.get("original-title")),
        "abstract": _text(record.get("abstract")),
        "authors": people,
        "year": next((year for name in _DATES if (year := _year(record.get(name)))), None),
        "venue": _text(first(record, ("container-title",), ("event-title",), ("institution", "name"), ("event",))),
        "doi": first(record, ("DOI",), ("doi",)),
        "arxiv": _arxiv(record, note),
        "pmid": record.get("PMID") or (pmid[1] if pmid else None),
        "pmcid": record.get("PMCID") or (pmcid[1] if pmcid else None),
        "url": first(record, ("URL",), ("url",), ("resource", "primary", "URL")),
        "keywords": first(record, ("keyword",), ("subject",), ("categories",), ("keywords",)),
    }


def _words(record: Record, *names: str) -> str:
    return " ".join(value[:5000] for name in names if isinstance(value := record.get(name), str))


def _text(value: object) -> object:
    """The first text of a list; what is no text stays, to be reported."""
    listed = value if isinstance(value, list) else [value]
    return next((text for text in listed if not fields.is_empty(text)), None)


def _people(value: object) -> list[object]:
    if isinstance(value, str):
        return [value]
    return [name for person in objects(value) if (name := _person(person))] or every(value, "name", "literal")


def _person(person: Record) -> object:
    if not person.get("family"):
        return first(person, ("literal",), ("name",), ("given",))
    particles = [person.get("non-dropping-particle"), person.get("dropping-particle"), person["family"]]
    given = [person.get("given"), person.get("suffix")]
    return {"family": _joined(particles), "given": _joined(given)}


def _joined(parts: list[object]) -> str:
    return " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())


def _year(value: object) -> object:
    if isinstance(value, dict):
        dated = value.get("date-parts")
        found = next((part for part in _flat(dated) if part), None) if isinstance(dated, list) else None
        return found or first(value, ("year",), ("raw",), ("literal",), ("date-time",))
    return value if isinstance(value, (str, int)) else None


def _flat(value: list[object]) -> list[object]:
    return [inner for part in value for inner in (part if isinstance(part, list) else [part])]


def _arxiv(record: Record, note: str) -> str:
    number = _words(record, "number", "archive_location", "publisher-place")
    match = _ARXIV.search(f"{note} {number} {_words(record, 'URL', 'container-title', 'arxiv')}")
    found = canonical_arxiv(match[1]) if match else ""
    archive = _words(record, "archive", "source", "publisher").casefold()
    return found or (canonical_arxiv(number) if "arxiv" in archive else "")


def _listed(record: Record) -> bool:
    return isinstance(record.get("title"), list)


def _is_csl(record: Record) -> bool:
    kind, issued = record.get("type"), record.get("issued")
    return (isinstance(kind, str) and kind in _CSL_TYPES) or (
        isinstance(issued, dict) and bool(issued.keys() & {"date-parts", "raw", "literal"})
    )


SERVICES = (
    Service(
        "crossref",
        "Crossref",
        marks(
            "DOI indexed", "DOI reference-count", "DOI is-referenced-by-count", "DOI content-domain", "DOI deposited",
            "DOI prefix member", "DOI short-container-title", "DOI references-count",
        ),
        _values,
    ),
    Service("crossref", "Crossref", marks("DOI title"), _values, _listed),
    Service("csljson", "CSL-JSON", marks("type", "issued", "id issued", "id type"), _values, _is_csl),
)  # fmt: skip
