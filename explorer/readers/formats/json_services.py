"""Services and programs whose JSON calls a paper's fields by names of its own, and the list of all services.

Holds `SERVICES` and where their records keep a paper's fields. Knows nothing of files.
Always true: the services asked first are the ones that are surest; a record none of them knows is left to `fields`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from explorer.readers.engine import fields
from explorer.readers.engine.service import Record, Service, Values, every, first, marks, objects, table, under
from explorer.readers.formats import arxiv_json, bibjson, crossref, datacite, openalex, semantic_scholar, zotero_json

_OTHER = "json_other"


def _europe_pmc(record: Record) -> Values:
    values = table(
        key="id pmid pmcid",
        title="title",
        abstract="abstractText",
        year="pubYear firstPublicationDate journalInfo.yearOfPublication",
        venue="journalTitle journalInfo.journal.title bookOrReportDetails.publisher",
        doi="doi",
        pmid="pmid",
        pmcid="pmcid",
        keywords="keywordList.keyword",
        url="fullTextUrlList.fullTextUrl.url",
    )(record)
    listed = objects(under(record, ("authorList", "author")))
    people = [
        {"family": e.get("lastName"), "given": first(e, ("firstName",), ("initials",))}
        if e.get("lastName")
        else first(e, ("collectiveName",), ("fullName",))
        for e in listed
    ]
    written = record.get("authorString")
    return values | {"authors": people or (_initials_last(written) if isinstance(written, str) else None)}


def _initials_last(text: str) -> list[str]:
    """Names of "Guo W, Straub DW, de Souza A." as family and given."""
    names = [name.strip() for name in text.strip().rstrip(".").split(",")]
    return [re.sub(r"^(\S.*?)\s+([A-Z][A-Z\-]{0,4})$", r"\1, \2", name[:200]) for name in names if name]


def _esummary(record: Record) -> Values:
    values = table(
        key="uid", title="title", year="pubdate epubdate", venue="fulljournalname source", authors="authors"
    )(record)
    ids = {str(e.get("idtype")): e.get("value") for e in objects(record.get("articleids"))}
    names = [name for name in every(record.get("authors"), "name") if isinstance(name, str)]
    people = [author for name in names for author in _initials_last(name)]
    pmcid = ids.get("pmc") or ids.get("pmcid")
    return values | {"doi": ids.get("doi"), "pmid": ids.get("pubmed"), "pmcid": pmcid, "authors": people}


def _openreview(record: Record) -> Values:
    given = record.get("content")
    content = given if isinstance(given, dict) else {}
    plain = {name: e.get("value") if isinstance(e, dict) else e for name, e in content.items()}
    bib = str(first(plain, ("_bibtex",), ("bibtex",)) or "")
    year = re.search(r"\byear\s{0,3}=\s{0,3}[{\"]?(\d{4})", bib[:5000])
    stamps = [stamp for name in ("pdate", "odate", "cdate", "tcdate") if isinstance(stamp := record.get(name), int)]
    return {
        "key": first(record, ("forum",), ("id",)),
        "title": plain.get("title"),
        "abstract": plain.get("abstract"),
        "authors": plain.get("authors"),
        "keywords": plain.get("keywords"),
        "venue": plain.get("venue"),
        "year": year[1] if year else (1970 + int(stamps[0] / 31_556_952_000) if stamps else None),
        "doi": plain.get("doi"),
        "url": f"https://openreview.net/forum?id={record['forum']}" if isinstance(record.get("forum"), str) else None,
    }


def _lens(record: Record) -> Values:
    ids = {str(e.get("type")).casefold(): e.get("value") for e in objects(record.get("external_ids"))}
    people = [
        {"family": e.get("last_name"), "given": first(e, ("first_name",), ("initials",))}
        if e.get("last_name")
        else first(e, ("collective_name",), ("display_name",))
        for e in objects(record.get("authors"))
    ]
    values = table(
        key="lens_id",
        title="title",
        abstract="abstract",
        year="year_published date_published",
        venue="source.title",
        url="source_urls.url",
        keywords="keywords",
    )(record)
    return values | {
        "doi": ids.get("doi"),
        "pmid": ids.get("pmid"),
        "pmcid": ids.get("pmcid"),
        "openalex": ids.get("openalex"),
        "arxiv": ids.get("arxiv"),
        "authors": people,
    }


def _ads(record: Record) -> Values:
    values = table(
        key="bibcode",
        title="title",
        abstract="abstract",
        authors="author",
        year="year pubdate",
        venue="pub pub_raw",
        doi="doi",
        keywords="keyword",
    )(record)
    ids = [e for e in every(record.get("identifier")) if isinstance(e, str)]
    arxiv = next((e for e in ids if e.casefold().startswith("arxiv:")), None)
    return values | {"arxiv": arxiv or next((e for e in ids if re.fullmatch(r"\d{4}\.\d{4,5}", e)), None)}


def _scopus(record: Record) -> Values:
    values = table(
        key="eid dc:identifier",
        title="dc:title",
        abstract="dc:description",
        year="prism:coverDate",
        venue="prism:publicationName",
        doi="prism:doi",
        pmid="pubmed-id",
        url="prism:url",
        keywords="authkeywords",
    )(record)
    listed = objects(record.get("author"))
    people = [{"family": e.get("surname"), "given": e.get("given-name"), "name": e.get("authname")} for e in listed]
    return values | {"authors": people or first(record, ("dc:creator", "$"), ("dc:creator",))}


def _dblp(record: Record) -> Values:
    values = table(key="info.key", title="info.title", year="info.year", venue="info.venue", doi="info.doi")(record)
    named = every(under(record, ("info", "authors", "author")), "text")
    people = [re.sub(r" \d{4}$", "", name) for name in named if isinstance(name, str)]  # "Wei Wang 0001"
    return values | {"authors": people, "url": first(record, ("info", "ee"), ("info", "url"))}


def _springer(record: Record) -> Values:
    values = table(
        key="doi identifier",
        title="title",
        year="publicationDate onlineDate",
        venue="publicationName",
        doi="doi",
        url="url.value",
        keywords="keyword subjects",
    )(record)
    abstract = record.get("abstract")
    if isinstance(abstract, dict):
        abstract = "\n".join(text for text in every(abstract.get("p")) if isinstance(text, str))
    return values | {"abstract": abstract, "authors": every(record.get("creators"), "creator")}


def _bioc(record: Record) -> Values:
    parts = [(str(under(e, ("infons", "type"))), e.get("text"), e) for e in objects(record.get("passages"))]
    title = next((text for kind, text, _ in parts if kind in ("title", "front")), None)
    abstract = [text for kind, text, _ in parts if kind.startswith("abstract") and isinstance(text, str)]
    given = first(parts[0][2], ("infons",)) if parts else {}
    info = given if isinstance(given, dict) else {}
    return {
        "key": record.get("id"),
        "title": title,
        "abstract": "\n".join(abstract),
        "pmid": first(record, ("pmid",)) or info.get("article-id_pmid") or record.get("id"),
        "doi": info.get("article-id_doi"),
        "year": info.get("year"),
        "venue": info.get("journal"),
    }


def _paperpile(record: Record) -> Values:
    values = table(
        key="citekey _id",
        title="title",
        abstract="abstract",
        authors="author",
        year="published.year year",
        venue="journalfull journal booktitle",
        doi="doi",
        pmid="pmid",
        pmcid="pmc",
        arxiv="arxivid",
        url="url",
        keywords="keywords",
    )(record)
    return values | {"collections": every(record.get("foldersNamed"))}


_INSPIRE = table(
    key="id metadata.control_number",
    title="metadata.titles.title",
    abstract="metadata.abstracts.value",
    authors="metadata.authors",
    year="metadata.publication_info.year metadata.preprint_date metadata.earliest_date",
    venue="metadata.publication_info.journal_title",
    doi="metadata.dois.value",
    arxiv="metadata.arxiv_eprints.value",
    keywords="metadata.keywords",
)
_ZENODO = table(
    key="id recid",
    title="metadata.title",
    abstract="metadata.description",
    authors="metadata.creators",
    year="metadata.publication_date",
    venue="metadata.journal.title metadata.imprint.publisher",
    doi="doi metadata.doi pids.doi.identifier",
    url="links.html links.self_html",
    keywords="metadata.keywords",
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
    key="author_pub_id cites_id bib.ID",
    title="bib.title",
    abstract="bib.abstract",
    authors="bib.author",
    year="bib.pub_year bib.year",
    venue="bib.journal bib.venue bib.citation",
    url="pub_url",
)
_OSF = table(
    key="id",
    title="attributes.title",
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
    key="doi",
    title="title",
    authors="z_authors",
    year="year published_date",
    venue="journal_name",
    doi="doi",
    url="doi_url",
)
_READCUBE = table(
    key="id",
    title="article.title",
    abstract="article.abstract",
    authors="article.authors",
    year="article.year",
    venue="article.journal",
    doi="ext_ids.doi",
    pmid="ext_ids.pmid",
    arxiv="ext_ids.arxiv",
    keywords="user_data.tags",
)
_IEEE = table(
    key="article_number",
    title="title",
    abstract="abstract",
    authors="authors.authors",
    year="publication_year publication_date",
    venue="publication_title",
    doi="doi",
    url="html_url abstract_url",
    keywords="index_terms.author_terms.terms",
)


Told = Callable[[Record], Values]


def _other(label: str, values: Told, *names: str, has: str = "") -> Service:
    """A service whose records have `names` and, with `has`, something under that path of names."""
    path = tuple(has.split(".")) if has else ()
    return Service(_OTHER, label, marks(*names), values, lambda record: not fields.is_empty(under(record, path)))


SERVICES: tuple[Service, ...] = (
    *arxiv_json.SERVICES,
    *bibjson.SERVICES,
    *openalex.SERVICES,
    *zotero_json.SERVICES,
    _other("INSPIRE", _INSPIRE, "metadata", has="metadata.titles"),
    _other("Zenodo", _ZENODO, "metadata", has="metadata.creators"),
    _other("Europe PMC", _europe_pmc, "authorString", "abstractText", "pmid isOpenAccess"),
    _other("PubMed summary", _esummary, "uid fulljournalname", "uid articleids", "uid pubtype"),
    _other("lens.org", _lens, "lens_id"),
    _other("ADS", _ads, "bibcode"),
    _other("HAL", _HAL, "halId_s", "title_s"),
    _other("bioRxiv", _BIORXIV_LIST, "rel_title"),
    _other("bioRxiv", _BIORXIV_PUBLISHED, "preprint_title"),
    _other("OpenReview", _openreview, "content forum", "content invitation", "content invitations"),
    _other("Scopus", _scopus, "dc:title"),
    _other("dblp", _dblp, "info", has="info.title"),
    _other("Springer", _springer, "creators publicationName"),
    _other("IEEE Xplore", _IEEE, "article_number publication_title"),
    _other("BioC", _bioc, "passages"),
    _other("Paperpile", _paperpile, "foldersNamed", "labelsNamed", "pubtype citekey"),
    _other("Papers", _READCUBE, "article ext_ids", "article user_data", has="article.title"),
    _other("PLOS", _PLOS, "title_display"),
    _other("Unpaywall", _UNPAYWALL, "z_authors"),
    _other("Google Scholar", _SCHOLARLY, "bib", has="bib.title"),
    *semantic_scholar.SERVICES,
    *datacite.SERVICES,
    _other("OSF", _OSF, "attributes", has="attributes.title"),
    *crossref.SERVICES,
)
# Files whose names mean what `fields` takes them for; they are told from others for the sake of their name only.
NAMED = (
    ("Google Scholar", marks("article_url cites_url", "article_url related_url", "cites uid", "GSRank", "ECC title")),
    ("bioRxiv", marks("server jatsxml", "author_corresponding version")),
    ("Dimensions", marks("concepts_scores title", "researchers title", "times_cited title")),
    ("CORE", marks("yearPublished title", "downloadUrl title")),
    ("Mendeley", marks("identifiers title", "last_modified title profile_id")),
)


@lru_cache(maxsize=512)
def _asked(names: tuple[str, ...]) -> tuple[Service, ...]:
    held = frozenset(names)
    return tuple(service for service in SERVICES if any(mark <= held for mark in service.marks))


def service_of(record: dict[str, object]) -> Service | None:
    """The service whose record this is, if one of them."""
    for service in _asked(tuple(record)):
        if service.sure(record):
            return service
    return None


def name_of(record: dict[str, object]) -> str:
    """The name of the format that a file with this record is of; empty when no service wrote it."""
    service = service_of(record)
    if service is not None:
        return service.name
    return _OTHER if any(mark <= record.keys() for _, known in NAMED for mark in known) else ""
