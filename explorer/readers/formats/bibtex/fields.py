"""What the fields of BibTeX say of a paper, in the dialects of JabRef, Zotero, Mendeley, databases and publishers.

Holds which field holds what, and where ids hide in addresses and notes. Knows nothing of entries nor of inheritance.
Always true: names of fields are in small letters; fields of files on somebody's disk are never kept.
"""

from __future__ import annotations

import re

from explorer import notices
from explorer.arxiv import arxiv_in, canonical_arxiv
from explorer.readers.formats.bibtex.latex import address, names, plain
from explorer.tables import tables_of

Fields = dict[str, str]

_TABLES = tables_of(__file__)
_VENUE: list[str] = _TABLES["venue"]
_DOI_IN_ADDRESS = re.compile(
    r"(?:doi\.org|/doi(?:/(?:abs|full|pdf|epdf|pdfdirect|book|refs|10))?)/(10\.\d{4,9}/[^\s?#,;{}]+)", re.I
)
_DOI_IN_NOTE = re.compile(r"\b(?:doi\s{0,3}[:=]?\s{0,3}|doi\.org/)(10\.\d{4,9}/[^\s,;{}]+)", re.IGNORECASE)
_PMID = re.compile(r"\bPMID\s{0,3}[:=}]{0,3}\s{0,3}(\d{1,9})\b", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC\s?(\d{3,9})\b", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s{}\"<>]+")
_MACROS: dict[str, str] = _TABLES["journals"]


def values(key: str, fields: Fields) -> dict[str, object]:
    """The fields of a paper, of an entry of this key."""
    notes = " ".join(plain(fields.get(name, "")[:2000]) for name in ("note", "annotation", "addendum", "howpublished"))
    journal = first(fields, "journaltitle", "journal")
    url = _url(fields)
    return {
        "key": " ".join(plain(key).split()),
        "title": _text(first(fields, "title", "titel", "maintitle", "titleaddon")),
        "abstract": _text(first(fields, "abstract", "abstractnote", "abstracts", "summary")),
        "authors": names(first(fields, "author", "authors", "editor")),
        "year": _year(fields, journal),
        "venue": _venue(fields),
        "doi": _doi(key, fields, url, notes),
        "arxiv": _arxiv(fields, f"{url} {journal} {notes}"),
        "pmid": first(fields, "pmid", "pubmed") or _eprint(fields, "pubmed", "pmid") or _within(_PMID, notes),
        "pmcid": _pmcid(fields, notes),
        "openalex": first(fields, "openalex", "openalexid"),
        "url": url,
        "keywords": _keywords(fields),
        "collections": _collections(fields),
        "notices": notices.of_types([fields.get("type", ""), fields.get("document_type", "")])
        + notices.of_notes(plain(fields.get(name, "")[:2000]) for name in ("note", "annotation", "annote", "addendum")),
    }


def first(fields: Fields, *wanted: str) -> str:
    """The first of the `wanted` fields that is not blank."""
    return next((fields[name] for name in wanted if fields.get(name, "").strip()), "")


def _text(value: str) -> str:
    """`value` with paragraphs kept, lines of a paragraph joined."""
    parts = re.split(r"\n[ \t]*\n\s*|\\par(?![A-Za-z])", plain(value).replace("\\\\", "\n\n") if value else "")
    return "\n".join(part for part in (" ".join(part.split()) for part in parts) if part)


def _year(fields: Fields, journal: str) -> str:
    date = first(fields, "year", "date", "origdate") if "date" in fields else fields.get("year", "")
    dated = journal if re.search(r"\((?:19|20)\d\d\)", journal) else ""
    return address(date) or address(fields.get("eventdate", "")) or dated


def _venue(fields: Fields) -> str:
    for name in _VENUE:
        value = fields.get(name, "").strip()
        if not value.strip(" {}") or (name == "howpublished" and (_WEB.search(value) or "\\url" in value)):
            continue
        macro = _MACROS.get(value.strip(" {}").removeprefix("\\")) if "\\" in value[:3] else None
        return macro or _text(value).removeprefix("\\")
    return ""


def _url(fields: Fields) -> str:
    for name in ("url", "bdsk-url-1", "link", "ee", "weblink", "howpublished", "note", "adsurl"):
        value = fields.get(name, "")
        if ("http" in value or "www." in value) and (match := _WEB.search(address(value))):
            return match[0].rstrip(".,;")
    return ""


def _within(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1].rstrip(".") if match else ""


def _doi(key: str, fields: Fields, url: str, notes: str) -> str:
    doi = address(first(fields, "doi", "doi-url", "digitalobjectidentifier"))
    if not doi and "doi" in fields.get("eprinttype", "").casefold():
        doi = address(fields.get("eprint", ""))
    if doi:
        return doi
    links = " ".join(address(fields.get(name, "")) for name in ("ee", "bdsk-url-1", "bdsk-url-2", "link"))
    in_links = _within(_DOI_IN_ADDRESS, f"{url} {links}")
    return in_links or _within(_DOI_IN_NOTE, notes) or _within(_DOI_IN_ADDRESS, key)


def _eprint(fields: Fields, *kinds: str) -> str:
    kind = first(fields, "eprinttype", "archiveprefix").casefold().strip(" {}") or "arxiv"
    return address(fields.get("eprint", "")) if kind in kinds else ""


def _arxiv(fields: Fields, text: str) -> str:
    exact = first(fields, "arxivid", "arxiv", "arxiv-id", "arxiv_id"), _eprint(fields, "arxiv", "")
    arxiv = next((arxiv for value in exact if (arxiv := canonical_arxiv(address(value)))), "")
    numbers = [address(fields.get(name, "")) for name in ("volume", "number", "eid", "pages", "issue")]
    preprint = any(name in text.casefold() for name in ("arxiv", "corr"))
    for value in numbers if not arxiv else ():  # journal={ArXiv}, volume={abs/2101.00001}
        if value.startswith("abs/") or "arxiv" in value.casefold() or preprint:
            arxiv = arxiv or canonical_arxiv(value)
    return arxiv or arxiv_in(address(text))


def _pmcid(fields: Fields, notes: str) -> str:
    pmcid = address(first(fields, "pmcid", "pmc") or _eprint(fields, "pmc", "pmcid")) or _within(_PMCID, notes)
    return f"PMC{pmcid}" if pmcid.isdecimal() else pmcid


def _keywords(fields: Fields) -> list[str]:
    keywords: list[str] = []
    for name in ("author_keywords", "author-keywords", "keywords", "keyword", "keywords-plus", "mendeley-tags"):
        value = " ".join(plain(fields.get(name, "")).split())
        mark = ";" if ";" in value else "," if "," in value else "|"
        keywords += [word.strip() for word in value.split(mark) if word.strip()]
    return list(dict.fromkeys(keywords))


def _collections(fields: Fields) -> list[str]:
    groups = [" ".join(fields.get(name, "").split()) for name in ("groups", "mendeley-groups")]
    names = (name for value in groups for name in re.split(r"(?<!\\)[,;]", value))
    return [path for name in names if (path := plain(name.strip()).replace("\\", "").strip())]
