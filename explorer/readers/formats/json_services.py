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
from explorer.readers.formats.json_managers import OTHER, PAPERPILE, PAPERS

_INITIALS = re.compile(r"^(\S.*?)\s+([A-Z][A-Z\-]{0,4})$")
_EUROPE_PMC = table(
    "title doi pmid pmcid",
    key="id pmid pmcid",
    abstract="abstractText",
    year="pubYear firstPublicationDate journalInfo.yearOfPublication",
    venue="journalTitle journalInfo.journal.title bookOrReportDetails.publisher",
    keywords="keywordList.keyword",
    url="fullTextUrlList.fullTextUrl.url",
)
_ESUMMARY = table("title", key="uid", year="pubdate epubdate", venue="fulljournalname source")
_LENS = table(
    "title abstract keywords",
    key="lens_id",
    year="year_published date_published",
    venue="source.title",
    url="source_urls.url",
)
_ADS = table(
    "title abstract doi", key="bibcode", authors="author", year="year pubdate", venue="pub pub_raw", keywords="keyword"
)
_SCOPUS = table(
    key="eid dc:identifier",
    title="dc:title",
    abstract="dc:description",
    year="prism:coverDate",
    venue="prism:publicationName",
    doi="prism:doi",
    pmid="pubmed-id",
    url="prism:url",
    keywords="authkeywords",
)
_DBLP = table("info.key info.title info.year info.venue info.doi", url="info.ee info.url")
_SPRINGER = table(
    "title doi",
    key="doi identifier",
    year="publicationDate onlineDate",
    venue="publicationName",
    url="url.value",
    keywords="keyword subjects",
)
_INSPIRE = table(
    "metadata.authors metadata.keywords",
    key="id metadata.control_number",
    title="metadata.titles.title",
    abstract="metadata.abstracts.value",
    year="metadata.publication_info.year metadata.preprint_date metadata.earliest_date",
    venue="metadata.publication_info.journal_title",
    doi="metadata.dois.value",
    arxiv="metadata.arxiv_eprints.value",
)
_ZENODO = table(
    "metadata.title metadata.keywords",
    key="id recid",
    abstract="metadata.description",
    authors="metadata.creators",
    year="metadata.publication_date",
    venue="metadata.journal.title metadata.imprint.publisher",
    doi="doi metadata.doi pids.doi.identifier",
    url="links.html links.self_html",
)
_HAL = table(
    key="halId_s docid",
    title="title_s en_title_s",
    abstract="abstract_s en_abstract_s",
    authors="authFullName_s authLastNameFirstName_s",
    year="producedDateY_i publicationDateY_i producedDate_s publicationDate_s",
    venue="journalTitle_s bookTitle_s conferenceTitle_s",
    doi="doiId_s",
    arxiv="arxivId_s",
    pmid="pubmedId_s",
    url="uri_s",
    keywords="keyword_s",
)
_BIORXIV_LIST = table(
    key="rel_doi",
    title="rel_title",
    abstract="rel_abs",
    authors="rel_authors",
    year="rel_date",
    venue="rel_site",
    doi="rel_doi",
    url="rel_link",
)
_BIORXIV_PUBLISHED = table(
    key="preprint_doi",
    title="preprint_title",
    abstract="preprint_abstract",
    authors="preprint_authors",
    year="published_date preprint_date",
    venue="published_journal preprint_platform",
    doi="published_doi preprint_doi",
    keywords="preprint_category",
)
_SCHOLARLY = table(
    "bib.title bib.abstract",
    key="author_pub_id cites_id bib.ID",
    authors="bib.author",
    year="bib.pub_year bib.year",
    venue="bib.journal bib.venue bib.citation",
    url="pub_url",
)
_OSF = table(
    "attributes.title",
    key="id",
    abstract="attributes.description",
    year="attributes.date_published attributes.original_publication_date attributes.date_created",
    doi="attributes.doi links.preprint_doi",
    url="links.html",
    keywords="attributes.tags",
)
_PLOS = table(
    key="id",
    title="title_display title",
    abstract="abstract abstract_primary_display",
    authors="author_display author",
    year="publication_date",
    venue="journal",
    doi="id",
    keywords="subject",
)
_UNPAYWALL = table(
    "title doi", key="doi", authors="z_authors", year="year published_date", venue="journal_name", url="doi_url"
)
_IEEE = table(
    "title abstract doi",
    key="article_number",
    authors="authors.authors",
    year="publication_year publication_date",
    venue="publication_title",
    url="html_url abstract_url",
    keywords="index_terms.author_terms.terms",
)


def _europe_pmc(record: Record) -> Values:
    listed = under(record, "authorList.author")
    names = people(listed, "lastName", "firstName initials", "collectiveName fullName")
    written = record.get("authorString")
    return _EUROPE_PMC(record) | {"authors": names or (_initials_last(written) if isinstance(written, str) else None)}


def _initials_last(text: str) -> list[str]:
    """Names of "Guo W, Straub DW, de Souza A." as family and given."""
    names = [name.strip() for name in text.strip().rstrip(".").split(",")]
    return [_INITIALS.sub(r"\1, \2", name[:200]) for name in names if name]


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
    return _LENS(record) | {
        **{name: ids.get(name) for name in ("doi", "pmid", "pmcid", "openalex", "arxiv")},
        "authors": names,
    }


def _ads(record: Record) -> Values:
    ids = texts(record.get("identifier"))
    named = next((e for e in ids if e.casefold().startswith("arxiv:")), None)
    return _ADS(record) | {"arxiv": named or next((e for e in ids if re.fullmatch(r"\d{4}\.\d{4,5}", e)), None)}


def _scopus(record: Record) -> Values:
    names = people(record.get("author"), "surname", "given-name", "authname")
    return _SCOPUS(record) | {"authors": names or first(record, "dc:creator.$ dc:creator")}


def _dblp(record: Record) -> Values:
    names = texts(under(record, "info.authors.author"), "text")
    return _DBLP(record) | {"authors": [re.sub(r" \d{4}$", "", name) for name in names]}  # "Wei Wang 0001"


def _springer(record: Record) -> Values:
    abstract = record.get("abstract")
    if isinstance(abstract, dict):
        abstract = "\n".join(texts(abstract.get("p")))
    return _SPRINGER(record) | {"abstract": abstract, "authors": every(record.get("creators"), "creator")}


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
    Service(OTHER, "INSPIRE", marks("metadata"), _INSPIRE, has("metadata.titles")),
    Service(OTHER, "Zenodo", marks("metadata"), _ZENODO, has("metadata.creators")),
    Service(OTHER, "Europe PMC", marks("authorString", "abstractText", "pmid isOpenAccess"), _europe_pmc),
    Service(OTHER, "PubMed summary", marks("uid fulljournalname", "uid articleids", "uid pubtype"), _esummary),
    Service(OTHER, "lens.org", marks("lens_id"), _lens),
    Service(OTHER, "ADS", marks("bibcode"), _ads),
    Service(OTHER, "HAL", marks("halId_s", "title_s"), _HAL),
    Service(OTHER, "bioRxiv", marks("rel_title"), _BIORXIV_LIST),
    Service(OTHER, "bioRxiv", marks("preprint_title"), _BIORXIV_PUBLISHED),
    Service(OTHER, "OpenReview", marks("content forum", "content invitation", "content invitations"), _openreview),
    Service(OTHER, "Scopus", marks("dc:title"), _scopus),
    Service(OTHER, "dblp", marks("info"), _dblp, has("info.title")),
    Service(OTHER, "Springer", marks("creators publicationName"), _springer),
    Service(OTHER, "IEEE Xplore", marks("article_number publication_title"), _IEEE),
    Service(OTHER, "BioC", marks("passages"), _bioc),
    PAPERPILE,
    PAPERS,
    Service(OTHER, "PLOS", marks("title_display"), _PLOS),
    Service(OTHER, "Unpaywall", marks("z_authors"), _UNPAYWALL),
    Service(OTHER, "Google Scholar", marks("bib"), _SCHOLARLY, has("bib.title")),
)
OSF = Service(OTHER, "OSF", marks("attributes"), _OSF, has("attributes.title"))
# Files whose names mean what `fields` takes them for; they are told from others for the sake of their name only.
PLAIN = (
    *marks("article_url cites_url", "article_url related_url", "cites uid", "GSRank", "ECC title"),  # Google Scholar
    *marks("server jatsxml", "author_corresponding version"),  # bioRxiv
    *marks("concepts_scores title", "researchers title", "times_cited title"),  # Dimensions
    *marks("yearPublished title", "downloadUrl title"),  # CORE
    *marks("identifiers title", "last_modified title profile_id"),  # Mendeley
)
