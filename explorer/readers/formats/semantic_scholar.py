"""Papers of Semantic Scholar: its API, its data sets (S2AG, S2ORC, CORD-19) and programs on top of them.

Holds where such a record keeps a paper's fields. Knows nothing of files.
Always true: ids come from `externalIds` in whatever spelling; of a full text only title and abstract are taken.
"""

from __future__ import annotations

import json

from explorer.readers.engine.service import Record, Service, Values, every, first, marks, objects, under

_TITLE, _META = (("title",), ("metadata", "title")), ("metadata", "authors")


def _values(record: Record) -> Values:
    for name in ("citingPaper", "citedPaper", "paper"):
        if isinstance(inner := record.get(name), dict):
            return _values(inner)
    ids = {name.casefold(): value for name, value in _ids(record).items()}
    pmcid = ids.get("pubmedcentral") or ids.get("pmcid") or record.get("pmcid")
    return {
        "key": first(record, ("paperId",), ("corpusid",), ("corpusId",), ("ssId",), ("paper_id",), ("sha",), ("id",)),
        "title": first(record, *_TITLE) or _span(record, "title"),
        "abstract": _abstract(record) or _span(record, "abstract"),
        "authors": first(record, ("authors",), _META),
        "year": first(record, ("year",), ("publicationDate",), ("publicationdate",), ("metadata", "year")),
        "venue": first(
            record, ("publicationVenue", "name"), ("venue",), ("journal", "name"), ("journalName",), ("journal",)
        ),
        "doi": ids.get("doi") or first(record, ("doi",), ("DOI",)),
        "arxiv": ids.get("arxiv") or first(record, ("arXivId",), ("arxivId",), ("arxiv_id",)),
        "pmid": ids.get("pubmed") or ids.get("pmid") or first(record, ("pmid",), ("pubmed_id",)),
        "pmcid": f"PMC{pmcid}" if str(pmcid).isdigit() else pmcid,
        "url": first(record, ("url",), ("s2Url",), ("link",), ("openAccessPdf", "url")),
        "keywords": every(record.get("keywords"), "name") or every(record.get("entities"), "name"),
    }


def _ids(record: Record) -> Record:
    for name in ("externalIds", "externalids", "external_ids"):
        if isinstance(found := record.get(name), dict):
            return found
    return {}


def _abstract(record: Record) -> object:
    found = first(record, ("abstract",), ("paperAbstract",))
    if isinstance(found, list):  # paragraphs, each an object with its text
        return "\n".join(text for text in every(found, "text") if isinstance(text, str))
    return found


def _span(record: Record, kind: str) -> str:
    """The part of a full text that its annotations call `kind`: S2ORC keeps places as JSON inside JSON."""
    text, spans = under(record, ("content", "text")), under(record, ("content", "annotations", kind))
    try:
        placed = json.loads(spans) if isinstance(spans, str) else spans
    except (ValueError, RecursionError):
        return ""
    if not isinstance(text, str):
        return ""
    pairs = [(span.get("start"), span.get("end")) for span in objects(placed)]
    return "\n".join(_part(text, start, end) for start, end in pairs)


def _part(text: str, start: object, end: object) -> str:
    first, last = (int(place) if place.isdecimal() and len(place) < 12 else 0 for place in (str(start), str(end)))
    return text[first:last]


SERVICES = (
    Service(
        "s2",
        "Semantic Scholar",
        marks(
            "paperId", "externalIds", "externalids", "corpusid", "corpusId title", "ssId", "s2PdfUrl", "s2Url",
            "paperAbstract", "inCitations outCitations", "paper_id metadata", "paper_id pdf_parse", "citingPaper",
            "citedPaper", "snippet paper", "paper_id abstract body_text", "cord_uid",
        ),
        _values,
    ),
)  # fmt: skip
