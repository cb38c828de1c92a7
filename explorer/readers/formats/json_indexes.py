"""Indexes of the whole literature as JSON: OpenAlex, Semantic Scholar, Crossref with CSL-JSON, DataCite, arXiv's list.

Holds where their records keep a paper's fields. Knows nothing of files.
Always true: an inverted abstract is put together in the order of its words' positions, whatever numbers those are, in
the memory of the words that are there; of a full text only title and abstract are taken; editors stand for authors only
where there are none.
"""

from __future__ import annotations

import json
import re

from explorer import notices
from explorer.arxiv import arxiv_in, canonical_arxiv
from explorer.paper import canonical_openalex
from explorer.readers.engine import ids as any_ids
from explorer.readers.engine.fields import is_empty
from explorer.readers.engine.json_format import (
    Record,
    Service,
    Values,
    digits,
    every,
    first,
    inner,
    marks,
    objects,
    table,
    texts,
    under,
)
from explorer.tables import tables_of

_TABLES = {name: table(**places) for name, places in tables_of(__file__).items()}

# -------------------------------------- OpenAlex: its API, its snapshot and programs on top of it


def abstract_of(index: object) -> str:
    """The text that an inverted index {"word": [positions]} was made from."""
    if isinstance(index, str) and index.lstrip().startswith("{"):
        index = _loaded(index)
    if isinstance(index, dict) and isinstance(index.get("InvertedIndex"), dict):  # as Microsoft Academic wrote it
        index = index["InvertedIndex"]
    if not isinstance(index, dict):
        return ""
    words = [
        (position, word)
        for word, positions in index.items()
        if isinstance(positions, list)
        for position in positions
        if isinstance(position, int) and position >= 0
    ]
    return " ".join(word for _, word in sorted(words))


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _openalex(work: Record) -> Values:
    key = canonical_openalex(work.get("id")) or canonical_openalex(under(work, "ids.openalex"))
    pmcid = digits(under(work, "ids.pmcid"))
    places = [*objects(work.get("primary_location")), *objects(work.get("locations"))]
    arxiv = filter(None, map(arxiv_in, texts(places, "landing_page_url pdf_url")))
    authors = (first(e, "author.display_name raw_author_name") for e in objects(work.get("authorships")))
    return _TABLES["openalex"](work) | {
        "key": key or work.get("id"),
        "abstract": abstract_of(work.get("abstract_inverted_index")) or work.get("abstract"),
        "authors": [author for author in authors if author],
        "notices": ["retracted"] * (work.get("is_retracted") is True) + notices.of_types(texts([work.get("type")])),
        "arxiv": next(arxiv, ""),
        "pmid": digits(under(work, "ids.pmid")),
        "pmcid": f"PMC{pmcid}" if pmcid else None,
        "openalex": key,
        "keywords": every(work.get("keywords"), "display_name", "keyword"),
    }


# ------------------------ Semantic Scholar: its API, its data sets (S2AG, S2ORC, CORD-19), programs on top of them


def _s2(record: Record) -> Values:
    for name in ("citingPaper", "citedPaper", "paper"):
        if isinstance(record.get(name), dict):
            return _s2(inner(record, name))
    values = _TABLES["s2"](record)
    named = next((n for n in ("externalIds", "externalids", "external_ids") if isinstance(record.get(n), dict)), "")
    ids = {name.casefold(): value for name, value in inner(record, named).items()}
    abstract = first(record, "abstract paperAbstract")
    if isinstance(abstract, list):  # paragraphs, each an object with its text
        abstract = "\n".join(texts(abstract, "text"))
    pmcid = ids.get("pubmedcentral") or ids.get("pmcid") or record.get("pmcid")
    return values | {
        "title": values["title"] or _span(record, "title"),
        "abstract": abstract or _span(record, "abstract"),
        "doi": ids.get("doi") or first(record, "doi DOI"),
        "arxiv": ids.get("arxiv") or first(record, "arXivId arxivId arxiv_id"),
        "pmid": ids.get("pubmed") or ids.get("pmid") or first(record, "pmid pubmed_id"),
        "pmcid": f"PMC{pmcid}" if str(pmcid).isdigit() else pmcid,
        "keywords": every(record.get("keywords"), "name") or every(record.get("entities"), "name"),
    }


def _span(record: Record, kind: str) -> str:
    """The part of a full text that its annotations call `kind`: S2ORC keeps places as JSON inside JSON."""
    text, spans = under(record, "content.text"), under(record, f"content.annotations.{kind}")
    spans = _loaded(spans) if isinstance(spans, str) else spans
    if not isinstance(text, str):
        return ""
    places = ([str(span.get("start")), str(span.get("end"))] for span in objects(spans))
    return "\n".join(text[slice(*map(_place, ends))] for ends in places)


def _place(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else 0


# ---------------------- Crossref's works and CSL-JSON, the form citation programs exchange: nearly all names are shared

_DATES = (
    "issued published published-print published-online event-date original-date posted submitted accepted deposited "
    "created"
).split()
_CSL_TYPES = frozenset(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset "
    "document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case legislation "
    "manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical "
    "personal_communication post post-weblog regulation report review review-book software song speech standard thesis "
    "treaty webpage".split()
)
_ROLES = ("author", "editor", "translator")
_PMID = re.compile(r"\bPMID\s{0,3}[:=]?\s{0,3}(\d{1,9})", re.IGNORECASE)


def _crossref(record: Record) -> Values:
    note = _words(record, "note", "extra", "annote")
    pmid = _PMID.search(note)
    return _TABLES["crossref"](record) | {
        "title": _text(record.get("title")) or _text(record.get("original-title")),
        "abstract": _text(record.get("abstract")),
        "authors": next((names for role in _ROLES if (names := _crossref_people(record.get(role)))), []),
        "year": next((year for name in _DATES if (year := _crossref_year(record.get(name)))), None),
        "venue": _text(first(record, "container-title event-title institution.name event")),
        "arxiv": _crossref_arxiv(record, note),
        "pmid": record.get("PMID") or (pmid[1] if pmid else None),
        "pmcid": record.get("PMCID") or any_ids.pmcid([note]),
        "notices": _crossref_notices(record),
    }


def _crossref_notices(record: Record) -> list[str]:
    """What a work updates, and what updates it: retractions, concerns and corrections, and the DOIs at their ends."""
    return [
        notice
        for name in ("update-to", "updated-by")
        for update in objects(record.get(name))
        for notice in notices.of_update(str(update.get("type")), str(update.get("DOI")), updates=name == "update-to")
    ]


def _words(record: Record, *names: str) -> str:
    return " ".join(value[:5000] for name in names if isinstance(value := record.get(name), str))


def _text(value: object) -> object:
    """The first text of a list; what is no text stays, to be reported."""
    return next(
        (text for text in (value if isinstance(value, list) else [value]) if not is_empty(text, "abstract")), None
    )


def _crossref_people(value: object) -> list[object]:
    if isinstance(value, str):
        return [value]
    return [name for e in objects(value) if (name := _crossref_name(e))] or every(value, "name", "literal")


def _crossref_name(person: Record) -> object:
    if not person.get("family"):
        return first(person, "literal name given")
    family, given = (
        " ".join(part.strip() for name in names if isinstance(part := person.get(name), str) and part.strip())
        for names in (("non-dropping-particle", "dropping-particle", "family"), ("given", "suffix"))
    )
    return {"family": family, "given": given}


def _crossref_year(value: object) -> object:
    if not isinstance(value, dict):
        return value if isinstance(value, (str, int)) else None
    parts = value.get("date-parts")
    listed = parts if isinstance(parts, list) else []
    flat = (e for part in listed for e in (part if isinstance(part, list) else [part]))
    return next(filter(None, flat), None) or first(value, "year raw literal date-time")


def _crossref_arxiv(record: Record, note: str) -> str:
    number = _words(record, "number", "archive_location", "publisher-place")
    named = arxiv_in(f"{note} {number} {_words(record, 'URL', 'container-title', 'arxiv')}")
    archive = _words(record, "archive", "source", "publisher").casefold()
    return named or (canonical_arxiv(number) if "arxiv" in archive else "")


def _is_csl(record: Record) -> bool:
    kind, issued = record.get("type"), inner(record, "issued")
    return (isinstance(kind, str) and kind in _CSL_TYPES) or bool(issued.keys() & {"date-parts", "raw", "literal"})


# ------------------------------- DataCite's records of data sets, software and preprints: its API, its monthly files

_PROSE = 100  # characters: shorter notes are "Download und Nutzung frei", "Climate Models", "available on request"
_NOBODY = ("(:un", "(:tba", "(:null", ":unav", ":null")  # DataCite's codes for an unknown person


def _datacite(record: Record) -> Values:
    attributes = inner(record, "attributes") or record
    values = _TABLES["datacite"](attributes)
    named = [name for creator in objects(attributes.get("creators")) if (name := _creator(creator))]
    others = texts(attributes.get("alternateIdentifiers"), "alternateIdentifier")
    return values | {
        "key": first(record, "id doi identifier.identifier identifiers.identifier"),
        "title": _datacite_title(attributes.get("titles")) or attributes.get("title"),
        "abstract": _description(attributes.get("descriptions")) or attributes.get("description"),
        "authors": named or every(attributes.get("creators"), "name"),
        "doi": values["doi"] or record.get("id"),
        "arxiv": next((e for e in others if "arxiv" in e.casefold()), None),
        "keywords": every(attributes.get("subjects"), "subject"),
    }


def _datacite_title(titles: object) -> object:
    listed = sorted(objects(titles), key=lambda title: bool(title.get("titleType")))
    return next((title["title"] for title in listed if not is_empty(title.get("title"), "title")), None)


def _description(descriptions: object) -> object:
    """The abstracts; without any, a description that is long enough to say what the thing is."""
    listed = [(e.get("descriptionType"), e.get("description")) for e in objects(descriptions)]
    typed = [(kind, text) for kind, text in listed if isinstance(text, str)]
    if abstracts := [text for kind, text in typed if kind == "Abstract" and text.strip()]:
        return "\n".join(dict.fromkeys(abstracts))
    others = (text for kind, text in typed if kind in ("Other", "Methods", "TechnicalInfo", None))
    return next((text for text in others if len(text) >= _PROSE), None)


def _creator(creator: Record) -> object:
    whole = first(creator, "name creatorName.creatorName creatorName.content creatorName")
    if isinstance(whole, str) and whole.casefold().startswith(_NOBODY):
        return None
    family, given = creator.get("familyName"), creator.get("givenName")
    return {"family": family, "given": given} if isinstance(family, str) and family.strip() else whole


# ----------------------------- arXiv's own list of all its papers, one a line, as Kaggle and others pass it on

_SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "2nd", "3rd"))
_ARXIV_LIST = table("title doi", key="id", venue="journal-ref", arxiv="id")


def _arxiv(record: Record) -> Values:
    parsed, abstract, categories = record.get("authors_parsed"), record.get("abstract"), record.get("categories")
    return _ARXIV_LIST(record) | {
        "abstract": _unwrapped(abstract) if isinstance(abstract, str) else abstract,
        "authors": tuple(map(_arxiv_name, parsed)) if isinstance(parsed, list) and parsed else record.get("authors"),
        "year": _arxiv_year(record),
        "keywords": tuple(categories.split()) if isinstance(categories, str) else categories,
    }


def _unwrapped(text: str) -> str:
    """Without the line ends within paragraphs."""
    text = text.strip().replace("\r", "")
    if "\n  " in text:
        return "\n".join(" ".join(part.split()) for part in text.split("\n  "))
    text = text.replace("\n", " ")
    return " ".join(text.split()) if "  " in text else text


def _arxiv_name(name: object) -> object:
    if not isinstance(name, list) or len(name) < 2:
        return name[0] if isinstance(name, list) and name else name
    family, given, *rest = name
    if rest and rest[0] and str(rest[0]).casefold() in _SUFFIXES:  # else it is where somebody works
        given = f"{given} {rest[0]}".strip()
    if not (family and given):
        return family or given
    return f"{family}, {given.replace('. -', '.-') if isinstance(given, str) else given}"


def _arxiv_year(record: Record) -> object:
    """That of the first version: "Mon, 2 Apr 2007 19:18:42 GMT"; else that of the id."""
    versions = record.get("versions")
    created = first(versions[:1], "created") if isinstance(versions, list) else None
    if isinstance(created, str):
        parts = created.split(" ", 4)
        return int(parts[3]) if len(parts) > 3 and len(parts[3]) == 4 and parts[3].isdecimal() else created
    key = str(record.get("id")).rpartition("/")[2]
    if key[:4].isdigit():
        return (1900 if key[0] == "9" else 2000) + int(key[:2])
    return record.get("update_date")


ARXIV = Service(
    "arxiv_jsonl",
    "arXiv list",
    marks("id authors_parsed", "id submitter categories", "id journal-ref report-no", "id journal-ref categories"),
    _arxiv,
)
OPENALEX = (
    Service(
        "openalex",
        "OpenAlex",
        marks("abstract_inverted_index", "authorships", "ids host_venue", "primary_location display_name"),
        _openalex,
    ),
    Service(
        "openalex",
        "OpenAlex",
        marks("id title", "id display_name"),
        _openalex,
        lambda work: str(work.get("id")).startswith(("https://openalex.org/W", "http://openalex.org/W")),
    ),
)
SEMANTIC_SCHOLAR = Service(
    "s2",
    "Semantic Scholar",
    marks(
        "paperId", "externalIds", "externalids", "corpusid", "corpusId title", "ssId", "s2PdfUrl", "s2Url",
        "paperAbstract", "inCitations outCitations", "paper_id metadata", "paper_id pdf_parse", "citingPaper",
        "citedPaper", "snippet paper", "paper_id abstract body_text", "cord_uid",
    ),
    _s2,
)  # fmt: skip
DATACITE = (
    Service(
        "datacite",
        "DataCite",
        marks("attributes"),
        _datacite,
        lambda record: isinstance(under(record, "attributes.titles"), list),
    ),
    Service("datacite", "DataCite", marks("titles creators", "titles publicationYear"), _datacite),
)
CROSSREF = (
    Service(
        "crossref",
        "Crossref",
        marks(
            "DOI indexed", "DOI reference-count", "DOI is-referenced-by-count", "DOI content-domain", "DOI deposited",
            "DOI prefix member", "DOI short-container-title", "DOI references-count",
        ),
        _crossref,
    ),
    Service("crossref", "Crossref", marks("DOI title"), _crossref, lambda work: isinstance(work.get("title"), list)),
    Service("csljson", "CSL-JSON", marks("type", "issued", "id issued", "id type"), _crossref, _is_csl),
)  # fmt: skip
