"""BibTeX and BibLaTeX, in the dialects of JabRef, Zotero, Mendeley, databases and publishers.

Holds what entries and their fields mean. Knows nothing of braces (`entries`) nor of LaTeX (`latex`).
Always true: every entry but comments, abbreviations and data for others is one `Paper` or one `Problem`; fields of
files on somebody's disk are never kept; entries that inherit from others, before or after them, get what they lack.

The splitter of bibtexparser 2.1 was tried for single entries: it gives up an entry where a field stands twice, a key
has a brace or a brace is missing, and takes the field after a missing comma into the value before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from explorer.paper import Paper, Problem, canonical_arxiv
from explorer.readers.engine.paper import paper_from
from explorer.readers.formats.bibtex.entries import COMMENT, Entry, Parsed, entries, parsed
from explorer.readers.formats.bibtex.latex import address, names, plain
from explorer.readers.io.stream import Stream

_KINDS = (
    "article|book|booklet|collection|conference|dataset|electronic|inbook|incollection|inproceedings|manual|"
    "mastersthesis|misc|mvbook|online|patent|periodical|phdthesis|proceedings|reference|report|software|techreport|"
    "thesis|unpublished|www|string|comment|preamble"
)
_KNOWN = re.compile(rf"^[ \t\ufeff]{{0,40}}@\s{{0,9}}(?:{_KINDS})\s{{0,9}}[{{(]", re.IGNORECASE | re.MULTILINE)
_ANY = re.compile(
    r"\s{0,400}@[A-Za-z]{3,30}\s{0,9}[{(]\s{0,9}[^\s,{}=\"]{1,300}\s{0,9},\s{0,9}\n?\s{0,40}[\w\-]{1,40}\s{0,9}="
)
_NOT_THIS = re.compile(r"\s{0,400}(?:<|\{\s*[\"}]|\[\s*[\[{])")
_NO_ENTRIES = frozenset((COMMENT, "preamble", "string"))
_DATA_ONLY = frozenset(("xdata", "set", "control", "bibnote"))
_LENT = 50_000  # entries others may inherit from that are kept, and characters of each of their fields
_LENT_LENGTH = 5_000
_STRINGS = 100_000
_GENERATIONS = 5  # of wholes within wholes; a ring of them has no end

_VENUE = (
    "journaltitle journal fulljournal booktitle maintitle eventtitle conference publication howpublished series school "
    "institution organization"
).split()
_DOI_IN_ADDRESS = re.compile(
    r"(?:doi\.org|/doi(?:/(?:abs|full|pdf|epdf|pdfdirect|book|refs|10))?)/(10\.\d{4,9}/[^\s?#,;{}]+)", re.I
)
_DOI_IN_NOTE = re.compile(r"\b(?:doi\s{0,3}[:=]?\s{0,3}|doi\.org/)(10\.\d{4,9}/[^\s,;{}]+)", re.IGNORECASE)
_PMID = re.compile(r"\bPMID\s{0,3}[:=}]{0,3}\s{0,3}(\d{1,9})\b", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC\s?(\d{3,9})\b", re.IGNORECASE)
_ARXIV = re.compile(
    r"arxiv(?:\.org/(?:abs|pdf)/|\s?[:=]\s{0,3}|\s{1,3}e?-?prints?\s{0,3}(?:arxiv:)?)([\w.\-]{3,30}(?:/\d{7})?)", re.I
)
_WEB = re.compile(r"https?://[^\s{}\"<>]+")
# Journals as the Astrophysics Data System abbreviates them for LaTeX's AAS macros.
_MACROS = {
    "aj": "Astronomical Journal", "apj": "Astrophysical Journal", "apjl": "Astrophysical Journal Letters",
    "apjs": "Astrophysical Journal Supplement Series", "aap": "Astronomy and Astrophysics",
    "aapr": "Astronomy and Astrophysics Reviews", "aaps": "Astronomy and Astrophysics Supplement",
    "araa": "Annual Review of Astronomy and Astrophysics",
    "mnras": "Monthly Notices of the Royal Astronomical Society",
    "pasp": "Publications of the Astronomical Society of the Pacific",
    "pasj": "Publications of the Astronomical Society of Japan", "nat": "Nature", "prl": "Physical Review Letters",
    "pra": "Physical Review A", "prb": "Physical Review B", "prc": "Physical Review C", "prd": "Physical Review D",
    "pre": "Physical Review E", "physrep": "Physics Reports", "ssr": "Space Science Reviews",
    "jcap": "Journal of Cosmology and Astroparticle Physics", "icarus": "Icarus", "solphys": "Solar Physics",
    "jgr": "Journal of Geophysical Research", "grl": "Geophysical Research Letters",
    "planss": "Planetary and Space Science", "apss": "Astrophysics and Space Science",
}  # fmt: skip
_LINK = re.compile(r"\b(?:crossref|xdata)\s{0,20}=", re.IGNORECASE)
# What a part takes from the whole it appeared in: its own field, and where the whole has it.
_FROM_WHOLE = {"booktitle": ("booktitle", "title"), "journaltitle": ("journaltitle", "journal")}
_SHARED = ("year", "date", "editor", "publisher", "series", "eventtitle", "maintitle", "institution", "organization")

Fields = dict[str, str]


class _Bibtex:
    name = "bibtex"
    label = "BibTeX"
    suffixes = (".bib", ".bibtex", ".biblatex")

    def recognises(self, name: str, head: str) -> bool:
        if _NOT_THIS.match(head):
            return False
        return bool(_KNOWN.search(head) or _ANY.match(head))

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        lent = _lent(stream.again())
        strings: dict[str, str] = {}
        record = 0
        for entry in entries(stream):
            found = parsed(entry.text, strings, entry.closed)
            if found.kind == "string":
                _define(strings, found)
            elif found.kind in _DATA_ONLY and not found.fields.get("title"):
                stream.note(entry.line, f"an entry of kind {found.kind} holds data for other entries, and is no paper")
            elif found.kind not in _NO_ENTRIES:
                record += 1
                yield _paper(stream, record, entry, found, lent)


READER = _Bibtex()


def _define(strings: dict[str, str], found: Parsed) -> None:
    if len(strings) < _STRINGS:
        strings.update({name: value[:_LENT_LENGTH] for name, value in found.fields.items()})


def _paper(stream: Stream, record: int, entry: Entry, found: Parsed, lent: Mapping[str, Fields]) -> Paper | Problem:
    if entry.fault:
        return Problem(stream.name, record, entry.line, entry.fault)
    fields = _with_inherited(found.kind, found.fields, lent)
    whole = entry.closed and found.sound
    if not whole and not (fields.get("title") or fields.get("abstract")):
        reason = "a brace or quote of this entry is never closed, and no title could be read. Close it"
        return Problem(stream.name, record, entry.line, f"{reason}, and add the file again")
    paper = paper_from(stream, record, entry.line, _values(found.key, fields).items())
    if not whole and isinstance(paper, Paper):
        stream.note(entry.line, "a brace or quote of the entry is never closed; what could be read was, please check")
    return paper


# ---------------------------------------------------------------------------------------------------------- fields


def _values(key: str, fields: Fields) -> dict[str, object]:
    notes = " ".join(plain(fields.get(name, "")[:2000]) for name in ("note", "annotation", "addendum", "howpublished"))
    journal = _first(fields, "journaltitle", "journal")
    url = _url(fields)
    pmid = _PMID.search(notes)
    return {
        "key": " ".join(plain(key).split()),
        "title": _title(fields),
        "abstract": _text(_first(fields, "abstract", "abstractnote", "abstracts", "summary")),
        "authors": names(_first(fields, "author", "authors") or fields.get("editor", "")),
        "year": _year(fields, journal),
        "venue": _venue(fields),
        "doi": _doi(key, fields, url, notes),
        "arxiv": _arxiv(fields, f"{url} {journal} {notes}"),
        "pmid": _first(fields, "pmid", "pubmed") or _eprint(fields, "pubmed", "pmid") or (pmid[1] if pmid else ""),
        "pmcid": _pmcid(fields, notes),
        "openalex": _first(fields, "openalex", "openalexid"),
        "url": url,
        "keywords": _keywords(fields),
        "collections": _collections(fields),
    }


def _first(fields: Fields, *wanted: str) -> str:
    return next((fields[name] for name in wanted if fields.get(name, "").strip()), "")


def _title(fields: Fields) -> str:
    return _text(_first(fields, "title", "titel", "maintitle", "titleaddon"))


def _text(value: str) -> str:
    """`value` with paragraphs kept, lines of a paragraph joined."""
    parts = re.split(r"\n[ \t]*\n\s*|\\par(?![A-Za-z])", plain(value).replace("\\\\", "\n\n") if value else "")
    return "\n".join(part for part in (" ".join(part.split()) for part in parts) if part)


def _year(fields: Fields, journal: str) -> str:
    written = _first(fields, "year", "date", "origdate", "urldate") if "date" in fields else fields.get("year", "")
    found = address(written) or address(fields.get("eventdate", ""))
    if found:
        return found
    return journal if re.search(r"\((?:19|20)\d\d\)", journal) else ""


def _venue(fields: Fields) -> str:
    for name in _VENUE:
        value = fields.get(name, "").strip()
        if not value.strip(" {}") or (name == "howpublished" and (_WEB.search(value) or "\\url" in value)):
            continue
        macro = _MACROS.get(value.strip(" {}").removeprefix("\\")) if "\\" in value[:3] else None
        return macro or _text(value)
    return ""


def _url(fields: Fields) -> str:
    for name in ("url", "bdsk-url-1", "link", "ee", "weblink", "howpublished", "note", "adsurl"):
        value = fields.get(name, "")
        found = _WEB.search(address(value)) if "http" in value or "www." in value else None
        if found:
            return found[0].rstrip(".,;")
    return ""


def _doi(key: str, fields: Fields, url: str, notes: str) -> str:
    given = address(_first(fields, "doi", "doi-url", "digitalobjectidentifier"))
    if given:
        return given
    ids = address(fields.get("eprint", "")) if "doi" in fields.get("eprinttype", "").casefold() else ""
    others = " ".join(address(fields.get(name, "")) for name in ("ee", "bdsk-url-1", "bdsk-url-2", "link"))
    match = _DOI_IN_ADDRESS.search(f"{url} {others}") or _DOI_IN_NOTE.search(notes) or _DOI_IN_ADDRESS.search(key)
    return ids or (match[1].rstrip(".") if match else "")


def _eprint(fields: Fields, *kinds: str) -> str:
    kind = _first(fields, "eprinttype", "archiveprefix").casefold().strip(" {}")
    return address(fields.get("eprint", "")) if kind in kinds else ""


def _arxiv(fields: Fields, text: str) -> str:
    given = canonical_arxiv(address(_first(fields, "arxivid", "arxiv", "arxiv-id")))
    given = given or canonical_arxiv(_eprint(fields, "arxiv", ""))
    match = None if given else _ARXIV.search(address(text))
    return given or (canonical_arxiv(match[1].rstrip(".")) if match else "")


def _pmcid(fields: Fields, notes: str) -> str:
    given = address(_first(fields, "pmcid", "pmc") or _eprint(fields, "pmc", "pmcid"))
    match = _PMCID.search(notes)
    return (f"PMC{given}" if given.isdecimal() else given) or (f"PMC{match[1]}" if match else "")


def _keywords(fields: Fields) -> list[str]:
    found: list[str] = []
    for name in ("author_keywords", "author-keywords", "keywords", "keyword", "keywords-plus", "mendeley-tags"):
        value = " ".join(plain(fields.get(name, "")).split())
        mark = ";" if ";" in value else "," if "," in value else "|"
        found += [word.strip() for word in value.split(mark) if word.strip()]
    return list(dict.fromkeys(found))


def _collections(fields: Fields) -> list[str]:
    given = [fields.get(name, "") for name in ("groups", "mendeley-groups")]
    listed = [part for value in given for part in re.split(r"(?<!\\)[,;]", " ".join(value.split()))]
    return [name for part in listed if (name := plain(part.strip()).replace("\\", "").strip())]


# ------------------------------------------------------------------------------------------------------ inheritance


def _with_inherited(kind: str, fields: Fields, lent: Mapping[str, Fields]) -> Fields:
    if "crossref" not in fields and "xdata" not in fields:
        return fields
    own = dict(fields)
    seen: set[str] = set()
    sources = list(_sources(fields))
    while sources and len(seen) < _GENERATIONS:
        link, key = sources.pop(0)
        parent = lent.get(key)
        if key in seen or parent is None:
            continue
        seen.add(key)
        _inherit(kind, own, parent, all_of_it=link == "xdata")
        sources += _sources(parent)
    return own


def _sources(fields: Fields) -> Iterator[tuple[str, str]]:
    for link in ("xdata", "crossref"):
        for key in fields.get(link, "")[:2000].split(","):
            if key.strip():
                yield link, key.strip(" {}").casefold()


def _inherit(kind: str, own: Fields, parent: Fields, all_of_it: bool) -> None:
    if all_of_it:
        wanted: dict[str, tuple[str, ...]] = {
            name: (name,) for name in parent if name not in ("xdata", "crossref", "ids")
        }
    else:
        wanted = {name: (name,) for name in _SHARED}
        if kind == "article":
            wanted["journaltitle"] = (*_FROM_WHOLE["journaltitle"], "title")
        elif "journal" not in own:
            wanted["booktitle"] = _FROM_WHOLE["booktitle"]
    dated = own.get("year") or own.get("date")
    for name, places in wanted.items():
        if not own.get(name) and not (dated and name in ("year", "date")) and (value := _first(parent, *places)):
            own[name] = value


def _lent(stream: Stream) -> dict[str, Fields]:
    """The entries that others inherit from, by key in small letters; empty, and quick, where none does."""
    if not any("=" in line.text and _LINK.search(line.text) for line in stream.lines()):
        return {}
    wanted: set[str] = set()
    strings: dict[str, str] = {}
    for entry in entries(stream):
        if _LINK.search(entry.text):
            wanted.update(key for _, key in _sources(parsed(entry.text, {}).fields))
        if len(wanted) > _LENT:
            break
    lent: dict[str, Fields] = {}
    for entry in entries(stream):
        found = parsed(entry.text, strings)
        if found.kind == "string":
            _define(strings, found)
        elif found.key.casefold() in wanted:
            lent[found.key.casefold()] = {name: value[:_LENT_LENGTH] for name, value in found.fields.items()}
    return lent
