"""Databases and search services whose JSON calls a paper's fields by names of its own.

Holds where their records keep these. Knows nothing of files.
Always true: where a service needs no more than names, a table says it all.
"""

from __future__ import annotations

import re

from explorer.readers.engine.json_format import (
    Record,
    Service,
    Values,
    every,
    first,
    has,
    ids_of,
    inner,
    marks,
    objects,
    people,
    table,
    texts,
    under,
)
from explorer.readers.engine.values import initials_last
from explorer.readers.formats.json_managers import OTHER, PAPERPILE, PAPERS
from explorer.tables import tables_of

_TABLES = {name: table(**places) for name, places in tables_of(__file__).items()}

_ESUMMARY = table("title", key="uid", year="pubdate epubdate", venue="fulljournalname source")
_DBLP = table("info.key info.title info.year info.venue info.doi", url="info.ee info.url")


def _europe_pmc(record: Record) -> Values:
    listed = under(record, "authorList.author")
    names = people(listed, "lastName", "firstName initials", "collectiveName fullName")
    written = record.get("authorString")
    return _TABLES["europe_pmc"](record) | {
        "authors": names or (_initials_last(written) if isinstance(written, str) else None)
    }


def _initials_last(text: str) -> list[str]:
    """Names of "Guo W, Straub DW, de Souza A." as family and given."""
    names = [name.strip() for name in text.strip().rstrip(".").split(",")]
    return [initials_last(name) for name in names if name]


def _esummary(record: Record) -> Values:
    ids = ids_of(record.get("articleids"), "idtype", "value")
    return _ESUMMARY(record) | {
        "doi": ids.get("doi"),
        "pmid": ids.get("pubmed"),
        "pmcid": ids.get("pmc") or ids.get("pmcid"),
        "authors": [author for name in texts(record.get("authors"), "name") for author in _initials_last(name)],
    }


def _openreview(record: Record) -> Values:
    content = {name: e.get("value") if isinstance(e, dict) else e for name, e in inner(record, "content").items()}
    bib = str(first(content, "_bibtex bibtex") or "")
    year = re.search(r"\byear\s{0,3}=\s{0,3}[{\"]?(\d{4})", bib[:5000])
    stamps = [stamp for name in ("pdate", "odate", "cdate", "tcdate") if isinstance(stamp := record.get(name), int)]
    forum = record.get("forum")
    return {
        **{name: content.get(name) for name in ("title", "abstract", "authors", "keywords", "venue", "doi")},
        "key": first(record, "forum id"),
        "year": year[1] if year else (1970 + int(stamps[0] / 31_556_952_000) if stamps else None),
        "url": f"https://openreview.net/forum?id={forum}" if isinstance(forum, str) else None,
    }


def _lens(record: Record) -> Values:
    ids = ids_of(record.get("external_ids"), "type", "value")
    names = people(record.get("authors"), "last_name", "first_name initials", "collective_name display_name")
    return _TABLES["lens"](record) | {
        **{name: ids.get(name) for name in ("doi", "pmid", "pmcid", "openalex", "arxiv")},
        "authors": names,
    }


def _ads(record: Record) -> Values:
    ids = texts(record.get("identifier"))
    named = next((e for e in ids if e.casefold().startswith("arxiv:")), None)
    return _TABLES["ads"](record) | {
        "arxiv": named or next((e for e in ids if re.fullmatch(r"\d{4}\.\d{4,5}", e)), None)
    }


def _scopus(record: Record) -> Values:
    names = people(record.get("author"), "surname", "given-name", "authname")
    return _TABLES["scopus"](record) | {"authors": names or first(record, "dc:creator.$ dc:creator")}


def _dblp(record: Record) -> Values:
    names = texts(under(record, "info.authors.author"), "text")
    return _DBLP(record) | {"authors": [re.sub(r" \d{4}$", "", name) for name in names]}  # "Wei Wang 0001"


def _springer(record: Record) -> Values:
    abstract = record.get("abstract")
    if isinstance(abstract, dict):
        abstract = "\n".join(texts(abstract.get("p")))
    return _TABLES["springer"](record) | {"abstract": abstract, "authors": every(record.get("creators"), "creator")}


def _bioc(record: Record) -> Values:
    passages = objects(record.get("passages"))
    parts = [(str(under(e, "infons.type")), e.get("text")) for e in passages]
    abstract = [text for kind, text in parts if kind.startswith("abstract") and isinstance(text, str)]
    info = inner(passages[0], "infons") if passages else {}
    return {
        "key": record.get("id"),
        "title": next((text for kind, text in parts if kind in ("title", "front")), None),
        "abstract": "\n".join(abstract),
        "pmid": first(record, "pmid") or info.get("article-id_pmid") or record.get("id"),
        "doi": info.get("article-id_doi"),
        "year": info.get("year"),
        "venue": info.get("journal"),
    }


SERVICES = (
    Service(OTHER, "INSPIRE", marks("metadata"), _TABLES["inspire"], has("metadata.titles")),
    Service(OTHER, "Zenodo", marks("metadata"), _TABLES["zenodo"], has("metadata.creators")),
    Service(OTHER, "Europe PMC", marks("authorString", "abstractText", "pmid isOpenAccess"), _europe_pmc),
    Service(OTHER, "PubMed summary", marks("uid fulljournalname", "uid articleids", "uid pubtype"), _esummary),
    Service(OTHER, "lens.org", marks("lens_id"), _lens),
    Service(OTHER, "ADS", marks("bibcode"), _ads),
    Service(OTHER, "HAL", marks("halId_s", "title_s"), _TABLES["hal"]),
    Service(OTHER, "bioRxiv", marks("rel_title"), _TABLES["biorxiv_list"]),
    Service(OTHER, "bioRxiv", marks("preprint_title"), _TABLES["biorxiv_published"]),
    Service(OTHER, "OpenReview", marks("content forum", "content invitation", "content invitations"), _openreview),
    Service(OTHER, "Scopus", marks("dc:title"), _scopus),
    Service(OTHER, "dblp", marks("info"), _dblp, has("info.title")),
    Service(OTHER, "Springer", marks("creators publicationName"), _springer),
    Service(OTHER, "IEEE Xplore", marks("article_number publication_title"), _TABLES["ieee"]),
    Service(OTHER, "BioC", marks("passages"), _bioc),
    PAPERPILE,
    PAPERS,
    Service(OTHER, "PLOS", marks("title_display"), _TABLES["plos"]),
    Service(OTHER, "Unpaywall", marks("z_authors"), _TABLES["unpaywall"]),
    Service(OTHER, "Google Scholar", marks("bib"), _TABLES["scholarly"], has("bib.title")),
)
OSF = Service(OTHER, "OSF", marks("attributes"), _TABLES["osf"], has("attributes.title"))
# Files whose names mean what `fields` takes them for; they are told from others for the sake of their name only.
PLAIN = (
    *marks("article_url cites_url", "article_url related_url", "cites uid", "GSRank", "ECC title"),  # Google Scholar
    *marks("server jatsxml", "author_corresponding version"),  # bioRxiv
    *marks("concepts_scores title", "researchers title", "times_cited title"),  # Dimensions
    *marks("yearPublished title", "downloadUrl title"),  # CORE
    *marks("identifiers title", "last_modified title profile_id"),  # Mendeley
)
