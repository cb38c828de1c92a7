"""What registries and repositories answer to programs in XML: Crossref, DataCite, OAI-PMH, Atom feeds (arXiv).

Holds where Crossref, DataCite, arXiv and DOAJ keep the fields of a paper, how a record of OAI-PMH is unwrapped, and
which format's fields its metadata has. Knows nothing of how records are cut out of files (`xml`).
Always true: each article, paper, chapter or dataset within a journal, conference, book or database is a paper; a
deleted record, an unknown DOI and an error of arXiv are problems; an answer without records is unreadable.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from explorer.arxiv import canonical_arxiv
from explorer.readers.engine import markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml_format import (
    Take,
    Values,
    XmlReader,
    every,
    filled,
    find,
    first,
    people,
    person,
    prose,
    sign,
    table,
)
from explorer.readers.formats import xml_articles, xml_catalogues, xml_dublin
from explorer.readers.io.stream import Stream
from explorer.tables import tables_of
from explorer.text import readable

_TABLES = {name: table(**places) for name, places in tables_of(__file__).items()}

# ------------------------------------------------------------ Crossref: unixref, query results, deposits

_WHOLES = "journal conference book posted_content dissertation report-paper standard database peer_review"
_PARTS = "journal_article conference_paper content_item posted_content dissertation dataset peer_review"
# What describes a whole of which no part is given; the most particular first.
_SELVES = (
    "report-paper_metadata report-paper_series_metadata standard_metadata book_metadata book_series_metadata "
    "book_set_metadata proceedings_metadata proceedings_series_metadata database_metadata journal_metadata"
)
_VENUES = (
    "journal_metadata/full_title", "proceedings_metadata/proceedings_title",
    "proceedings_series_metadata/proceedings_title", "book_metadata/titles/title", "book_series_metadata/titles/title",
    "book_set_metadata/titles/title", "book_series_metadata/series_metadata/titles/title",
    "database_metadata/titles/title", "journal_metadata/abbrev_title",
)  # fmt: skip
_DATES = ("publication_date", "posted_date", "approval_date", "review_date", "database_date", "creation_date")
_MATCHED = table("year doi", key="doi", title="article_title volume_title", venue="journal_title")


def crossref(element: Element) -> str | list[Values]:
    """The papers in a `<journal>`, `<book>` …, or in a `<doi_record>` or `<query>` around one."""
    parts = [part for name in _PARTS.split() for part in element.iter(name)]
    parts = parts or [part for name in _SELVES.split() for part in element.iter(name)][:1]
    if parts:
        return [_part(part, element) for part in parts]
    if find(element, "article_title volume_title") is not None:
        return [_matched(element)]
    errors = (line(error) for error in element.iter() if error.tag in ("error", "msg"))
    doi = first(element, "doi") or next(errors, "") or "no DOI given"
    return f"Crossref knows no paper for this entry ({doi[:100]}). Check the DOI, or ignore it"


def _part(part: Element, whole: Element) -> Values:
    title, titles = first(part, "full_title proceedings_title"), part.find("titles")
    if titles is not None:
        title, subtitle = first(titles, "title original_language_title"), first(titles, "subtitle")
        title = f"{title.rstrip(' :')}: {subtitle}" if title and subtitle else title
    venues = (line(find(whole, f"{path} .//{path}")) for path in _VENUES)
    return {
        "key": first(part, "doi_data/doi"),
        "title": title,
        "abstract": prose(part.findall("abstract")),
        "authors": _crossref_authors(part) or _crossref_authors(whole.find(".//book_metadata")),
        "year": _crossref_year(part) or _crossref_year(whole),
        "venue": next((text for text in venues if text and text != title), "") or first(part, "group_title"),
        "doi": first(part, "doi_data/doi"),
        "url": first(part, "doi_data/resource"),
    }


def _crossref_authors(part: Element | None) -> list[object]:
    if part is None:
        return []
    group = part.find("contributors")
    listed = list(group) if group is not None else part.findall("person_name")
    listed = [each for each in listed if each.tag in ("person_name", "organization", "anonymous")]
    authors = [each for each in listed if each.get("contributor_role", "author") in ("author", "first")]
    names = [(each.tag, person(each, "surname", "given_name+suffix", ".")) for each in authors or listed]
    return [name for tag, name in names if name["family"] or tag == "organization"]


def _crossref_year(place: Element) -> str:
    dates = [date for name in _DATES for date in place.iter(name)]
    dates.sort(key=lambda date: date.get("media_type", "print") != "print")
    return next((year for date in dates if (year := first(date, "year"))), "")


def _matched(query: Element) -> Values:
    """A paper as Crossref answers a question for a DOI: a few fields, no abstract."""
    values = _MATCHED(query)
    whole = first(query, "volume_title") if first(query, "article_title") else ""
    names = people(query, "contributors/contributor", "surname", "given_name")
    return values | {"authors": names or [first(query, "author")], "venue": values["venue"] or whole}


# ------------------------------------------------------------------------------------------------------ DataCite


def datacite(resource: Element) -> Values:
    """The paper in a `<resource>` of DataCite or OpenAIRE."""
    titles = sorted(resource.findall("titles/title"), key=lambda title: bool(title.get("titleType")))
    title = line(titles[0]) if titles else ""
    subtitle = next((line(title) for title in titles if title.get("titleType") == "Subtitle"), "")
    number = first(resource, "identifier")
    others = every(resource, "alternateIdentifiers/alternateIdentifier")
    hosts = every(resource, "relatedItems/relatedItem[@relationType='IsPublishedIn']/titles/title")
    values = {
        "key": number,
        "title": f"{title}: {subtitle}" if subtitle and subtitle != title else title,
        "abstract": prose(resource.findall("descriptions/description[@descriptionType='Abstract']")),
        "authors": people(resource, "creators/creator", "familyName", "givenName", "creatorName"),
        "year": first(resource, "publicationYear dates/date[@dateType='Issued']"),
        "venue": hosts[0] if hosts else first(resource, "publisher"),
        "keywords": every(resource, "subjects/subject"),
    }
    return filled(values, xml_dublin.dublin(resource) | xml_dublin.ids_of([number, *others]))


# --------------------------------------------------------- OAI-PMH: what repositories, arXiv among them, hand out

_ERROR = re.compile(r"<error(?:\s[^<>]*)?>([^<]{0,300})</error>")
_AFFILIATION = re.compile(r"\([^()]*\)")
_BETWEEN_AUTHORS = re.compile(r"\s*(?:;|,? and |,(?! ?(?:Jr|Sr|II|III|IV)\b))\s*")
_THIS_CENTURY_OR_LAST = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ARXIV = table("title abstract", venue="journal-ref", arxiv="id")


def _begin_oai(stream: Stream) -> Take:
    def take(record: Element) -> Values | str | list[Values]:
        if record.tag == "resumptionToken":
            if line(record):
                stream.note(0, "this is one page of a longer answer; ask the repository for the pages after it too")
            return []
        return _harvested(record)

    return take


def _harvested(record: Element) -> Values | str:
    header, metadata = record.find("header"), record.find("metadata")
    key = first(header, "identifier")
    if header is not None and header.get("status") == "deleted":
        return f"the repository has deleted this record ({key or 'without identifier'}). Ignore it"
    inner = list(metadata) if metadata is not None else [e for e in record if e.tag not in ("header", "about")]
    if not inner:
        return f"a record without metadata ({key or 'nor identifier'}). Ask for it again, or ignore it"
    values = _metadata(inner[0])
    if isinstance(values, str):
        return values
    return values | {"key": key.removeprefix("oai:arXiv.org:") or values.get("key")}


def _metadata(metadata: Element) -> Values | str:
    """What a known format says, looked for one or two levels down; or what is said in words like Dublin Core's."""
    for place in (metadata, *metadata, *(inner for child in metadata for inner in child)):
        if place.tag in _TAKES:
            values = _TAKES[place.tag](place)
            return values[0] if isinstance(values, list) else values
        if place.find("title") is not None:
            return xml_dublin.dublin(place)
    return xml_dublin.dublin(metadata)


def _arxiv(paper: Element) -> Values:
    names = [
        {part: readable(str(text)) for part, text in person(author, "keyname", "forenames+suffix").items()}
        for author in paper.findall("authors/author")
    ]
    listed = readable(first(paper, "authors"))
    for _ in range(3):  # affiliations may hold brackets themselves
        listed = _AFFILIATION.sub("", listed)
    dates = [text for path in ("created", "version/date", "date") for text in every(paper, path)]
    return _ARXIV(paper) | {
        "authors": names or _BETWEEN_AUTHORS.split(listed),
        "year": _year(dates[0]) if dates else "",
        "doi": first(paper, "doi").split(" ")[0],
        "keywords": first(paper, "categories").split(),
    }


def _doaj(paper: Element) -> Values:
    values = _TABLES["doaj"](paper)
    return values | {"year": _year(str(values["year"]))}


def _year(date: str) -> str:
    match = _THIS_CENTURY_OR_LAST.search(date)
    return match[0] if match else ""


def _why_no_records(stream: Stream) -> str:
    match = _ERROR.search(stream.head())
    reason = f"the repository answered “{' '.join(match[1].split())}”" if match else "it has no <record>"
    return f"{reason}. Ask the repository for ListRecords or GetRecord"


_TAKES: dict[str, Take] = {
    "arXiv": _arxiv,
    "arXivRaw": _arxiv,
    "arXivOld": _arxiv,
    "doajArticle": _doaj,
    "article": xml_articles.jats,
    "mods": xml_catalogues.mods,
    "record": xml_catalogues.marc,
    "TEI": xml_catalogues.tei,
    "resource": datacite,
    "crossref": crossref,
    "doi_record": crossref,
}


# ------------------------------------------------- Atom feeds, above all the answers of arXiv's search interface

_TITLE = re.compile(r"<title[^<>]*>([^<]{1,300})</title>")
_ATOM = table("title", authors="author/name", year="published updated", venue="journal_ref publicationName")


def _atom(entry: Element) -> Values | str:
    values, address = _ATOM(entry), first(entry, "id")
    abstract = markup.prose(find(entry, "summary content"))
    if "arxiv.org/api/errors" in address:
        return f"arXiv answered with an error instead of a paper: {abstract or values['title']}. Mend the search"
    arxiv = canonical_arxiv(address) if "arxiv.org" in address.lower() else ""
    links = {link.get("title") or link.get("rel") or "": link.get("href", "") for link in entry.findall("link")}
    return values | {
        "key": arxiv or address,
        "abstract": abstract,
        "doi": first(entry, "doi") or links.get("doi"),
        "arxiv": arxiv,
        "url": links.get("alternate") or (address if address.startswith("http") else ""),
        "keywords": [word for category in entry.findall("category") if (word := category.get("term", ""))],
    }


def _why_no_entries(stream: Stream) -> str:
    match = _TITLE.search(stream.head())
    about = f" of “{markup.string(match[1])}”" if match else ""
    return f"the feed{about} has no entries. Search again with other words"


CROSSREF = XmlReader(
    "xml_other",
    "Crossref",
    (
        sign("doi_records doi_record crossref_result crossref doi_batch"),
        sign(marks="doi_record query_result doi_batch", text="crossref.org/"),
    ),
    crossref,
    f"doi_record query {_WHOLES}",
)
DATACITE = XmlReader(
    "xml_other", "DataCite", (sign("resource resources oai_datacite", "titles creators"),), datacite, "resource"
)
OAI = XmlReader(
    "oai_xml",
    "OAI-PMH",
    (
        sign("OAI-PMH ListRecords GetRecord"),
        sign("records record harvest repository", "metadata header", "openarchives.org/OAI/2.0/", any_case=True),
    ),
    begin=_begin_oai,
    records="record Record",
    asides="resumptionToken",
    nests=True,
    empty=_why_no_records,
)
ATOM = XmlReader(
    "arxiv_atom", "Atom feed (arXiv)", (sign("feed entry"),), _atom, "entry", suffixes=(".atom",),
    empty=_why_no_entries,
)  # fmt: skip
