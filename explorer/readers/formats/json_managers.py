"""What programs that keep references write as JSON: Zotero, BibJSON (DOAJ too), Paperpile, Papers.

Holds where their entries keep a paper's fields. Knows nothing of files, nor of Zotero's database.
Always true: notes, attached files and annotations are no papers; local paths are never kept; a record is BibJSON's by
the form of its lists, for other formats use the same names.
"""

from __future__ import annotations

import re

from explorer.readers.engine.json_format import (
    Record,
    Service,
    Values,
    every,
    has,
    ids_of,
    inner,
    marks,
    objects,
    people,
    table,
    under,
)
from explorer.tables import tables_of

_TABLES = {name: table(**places) for name, places in tables_of(__file__).items()}

OTHER = "json_other"  # the format of all services without one of their own

# ------------------------------------ Zotero: its API, and Better BibTeX's export of a library

_NO_PAPERS = {"attachment": "an attached file", "note": "a note", "annotation": "an annotation"}
_AUTHORS = ("author", "inventor", "presenter", "director", "programmer", "artist", "cartographer", "podcaster")
_EXTRA = re.compile(r"^\s{0,3}(DOI|PMID|PMCID|arXiv)(?: ID)?\s{0,3}:\s{0,3}(\S+)", re.IGNORECASE | re.MULTILINE)
_KEY = re.compile(r"[A-Z0-9]{8}")  # by which the API names collections: nothing that people know


def _zotero(record: Record) -> Values:
    entry = _entry(record)
    notes = [text for name in ("extra", "archiveID") if isinstance(text := entry.get(name), str)]
    extra = {name.casefold(): value for name, value in _EXTRA.findall("\n".join(notes)[:20_000])}
    archive, creators, values = entry.get("archiveID"), objects(entry.get("creators")), _TABLES["zotero"](entry)
    authors = [creator for role in _AUTHORS for creator in creators if creator.get("creatorType") == role]
    return values | {
        "key": values["key"] or record.get("key"),
        "authors": people(authors or creators, "lastName", "firstName", "name firstName"),
        "doi": entry.get("DOI") or extra.get("doi"),
        "arxiv": extra.get("arxiv") or (archive if "arxiv" in str(archive).casefold() else None),
        "pmid": extra.get("pmid"),
        "pmcid": extra.get("pmcid"),
        "keywords": every(entry.get("tags"), "tag", "name"),
        "collections": [name for name in every(entry.get("collections"), "name") if not _KEY.fullmatch(str(name))],
    }


def _entry(record: Record) -> Record:
    return inner(record, "data") or record


def _no_paper(record: Record) -> str:
    return _NO_PAPERS.get(str(_entry(record).get("itemType")), "")


# ------------------- BibJSON, as BibServer and citation.js write it, and as DOAJ does, which keeps it under "bibjson"


def _bibjson(record: Record) -> Values:
    ids = ids_of(record.get("identifier"), "type", "id")
    words = record.get("keywords")
    return _TABLES["bibjson"](record) | {
        "authors": people(record.get("author"), "lastname lastName", "firstname firstName", "name"),
        "keywords": words[0] if isinstance(words, list) and len(words) == 1 else words,
        **{name: ids.get(name) for name in ("doi", "pmid", "pmcid", "arxiv")},
    }


def _doaj(record: Record) -> Values:
    return _bibjson(inner(record, "bibjson")) | {"key": record.get("id")}


def _is_bibjson(record: Record) -> bool:
    ids, authors = objects(record.get("identifier")), objects(record.get("author"))
    identified = bool(ids) and all("type" in e and "id" in e for e in ids)
    named = any({"name", "lastname"} & author.keys() for author in authors)
    strange = any("family" in author for author in authors)  # CSL-JSON
    return named and not strange and (identified or bool(under(record, "journal.name")))


# -------------------------------------------------------------------------------------------- Paperpile and Papers


def _paperpile(record: Record) -> Values:
    return _TABLES["paperpile"](record) | {"collections": every(record.get("foldersNamed"))}


ZOTERO = (
    Service(OTHER, "Zotero", marks("data"), _zotero, lambda record: "itemType" in inner(record, "data"), _no_paper),
    Service(OTHER, "Zotero", marks("itemType"), _zotero, no_paper=_no_paper),
)
BIBJSON = (
    Service(OTHER, "DOAJ", marks("bibjson"), _doaj, lambda record: bool(under(record, "bibjson.title"))),
    Service(OTHER, "BibJSON", marks("title identifier author", "title journal author"), _bibjson, _is_bibjson),
)
PAPERPILE = Service(OTHER, "Paperpile", marks("foldersNamed", "labelsNamed", "pubtype citekey"), _paperpile)
PAPERS = Service(
    OTHER, "Papers", marks("article ext_ids", "article user_data"), _TABLES["readcube"], has("article.title")
)
