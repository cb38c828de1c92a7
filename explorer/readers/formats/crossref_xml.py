"""Crossref's XML (unixref, query results, deposits) and DataCite's.

Holds where the two registries keep the fields of a paper. Knows nothing of how records are found (`xml`).
Always true: each article, paper, chapter or dataset within a journal, conference, book or database is a paper; a DOI
that Crossref does not know is told as a problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from explorer.readers.engine import fields, markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, XmlReader, attribute, has
from explorer.readers.formats import dublin_core

_WHOLES = (
    "journal", "conference", "book", "posted_content", "dissertation", "report-paper", "standard", "database",
    "peer_review",
)  # fmt: skip
_PARTS = (
    "journal_article", "conference_paper", "content_item", "posted_content", "dissertation", "dataset", "peer_review",
)  # fmt: skip
# What describes a whole of which no part is given; the most particular first.
_SELVES = (
    "report-paper_metadata", "report-paper_series_metadata", "standard_metadata", "book_metadata",
    "book_series_metadata", "book_set_metadata", "proceedings_metadata", "proceedings_series_metadata",
    "database_metadata", "journal_metadata",
)  # fmt: skip
_VENUES = (
    "journal_metadata/full_title", "proceedings_metadata/proceedings_title",
    "proceedings_series_metadata/proceedings_title", "book_metadata/titles/title", "book_series_metadata/titles/title",
    "book_set_metadata/titles/title", "book_series_metadata/series_metadata/titles/title",
    "database_metadata/titles/title", "journal_metadata/abbrev_title",
)  # fmt: skip
_DATES = ("publication_date", "posted_date", "approval_date", "review_date", "database_date", "creation_date")


def _fits(root: Root, head: str) -> bool:
    return root.name in ("doi_records", "doi_record", "crossref_result", "crossref", "doi_batch") or (
        "crossref.org/" in head and has(head, "doi_record", "query_result", "doi_batch")
    )


def take(element: Element) -> list[Found]:
    """The papers in a `<journal>`, `<book>` …, or in a `<doi_record>` or `<query>` around one."""
    found = [part for name in _PARTS for part in _all(element, name)]
    if not found:
        found = [part for name in _SELVES for part in _all(element, name)][:1]
    if found:
        return [_paper(part, element) for part in found]
    if element.find("article_title") is not None or element.find("volume_title") is not None:
        return [_matched(element)]
    reason = next((line(error) for error in element.iter() if error.tag in ("error", "msg")), "")
    doi = line(element.find("doi")) or reason or "no DOI given"
    return [f"Crossref knows no paper for this entry ({doi[:100]}). Check the DOI, or ignore it"]


def _all(element: Element, name: str) -> Iterator[Element]:
    return element.iter(name)


def _paper(part: Element, whole: Element) -> Found:
    titles = part.find("titles")
    title = line(part.find("full_title")) or line(part.find("proceedings_title"))
    if titles is not None:
        title = line(titles.find("title")) or line(titles.find("original_language_title"))
        subtitle = line(titles.find("subtitle"))
        title = f"{title.rstrip(' :')}: {subtitle}" if title and subtitle else title
    doi = line(part.find("doi_data/doi"))
    abstracts = (markup.prose(abstract) for abstract in part.findall("abstract"))
    return {
        "key": doi,
        "title": title,
        "abstract": next((text for text in abstracts if not fields.is_empty(text)), ""),
        "authors": list(_people(part)) or list(_people(whole.find(".//book_metadata"))),
        "year": _year(part) or _year(whole),
        "venue": next((text for path in _VENUES if (text := line(_inner(whole, path))) and text != title), "")
        or line(part.find("group_title")),
        "doi": doi,
        "url": line(part.find("doi_data/resource")),
    }


def _inner(whole: Element, path: str) -> Element | None:
    found = whole.find(path)
    return found if found is not None else whole.find(f".//{path}")


def _people(part: Element | None) -> Iterator[object]:
    if part is None:
        return
    group = part.find("contributors")
    people = list(group) if group is not None else part.findall("person_name")
    people = [person for person in people if person.tag in ("person_name", "organization", "anonymous")]
    authors = [person for person in people if person.get("contributor_role", "author") in ("author", "first")]
    for person in authors or people:
        family = line(person.find("surname"))
        given = f"{line(person.find('given_name'))} {line(person.find('suffix'))}".strip()
        if family or person.tag == "organization":
            yield {"family": family, "given": given, "name": line(person)}


def _year(place: Element) -> str:
    dates = [date for name in _DATES for date in place.iter(name)]
    for date in sorted(dates, key=lambda date: date.get("media_type", "print") != "print"):
        if year := line(date.find("year")):
            return year
    return ""


def _matched(query: Element) -> Found:
    """A paper as Crossref answers a question for a DOI: a few fields, no abstract."""
    article, volume = line(query.find("article_title")), line(query.find("volume_title"))
    people = [
        {"family": line(person.find("surname")), "given": line(person.find("given_name"))}
        for person in query.findall("contributors/contributor")
    ]
    return {
        "key": line(query.find("doi")),
        "title": article or volume,
        "authors": people or [line(query.find("author"))],
        "year": line(query.find("year")),
        "venue": line(query.find("journal_title")) or (volume if article else ""),
        "doi": line(query.find("doi")),
    }


CROSSREF = XmlReader(
    name="xml_other",
    label="Crossref",
    suffixes=(),
    fits=_fits,
    begin=lambda stream: take,
    records=("doi_record", "query", *_WHOLES),
)


# -------------------------------------------------------------------------------------------------------- DataCite


def take_datacite(resource: Element) -> list[Found]:
    """The paper in a `<resource>` of DataCite or OpenAIRE."""
    dublin = dublin_core.fields_of(resource)
    titles = sorted(resource.findall("titles/title"), key=lambda title: bool(title.get("titleType")))
    number = line(resource.find("identifier"))
    ids = [number] if "doi" in attribute(_first(resource, "identifier"), "identifierType").lower() else []
    others = [line(other) for other in resource.findall("alternateIdentifiers/alternateIdentifier")]
    found = dublin_core.ids_of([*ids, number, *others])
    subtitle = next((line(title) for title in titles if title.get("titleType") == "Subtitle"), "")
    title = line(titles[0]) if titles else ""
    hosts = resource.findall("relatedItems/relatedItem[@relationType='IsPublishedIn']/titles/title")
    return [
        {
            **dublin,
            **found,
            "key": number,
            "title": (f"{title}: {subtitle}" if subtitle and subtitle != title else title) or dublin["title"],
            "abstract": _description(resource) or dublin["abstract"],
            "authors": [_creator(person) for person in resource.findall("creators/creator")] or dublin["authors"],
            "year": line(resource.find("publicationYear"))
            or line(resource.find("dates/date[@dateType='Issued']"))
            or dublin["year"],
            "venue": line(hosts[0]) if hosts else line(resource.find("publisher")) or dublin["venue"],
            "keywords": [line(word) for word in resource.findall("subjects/subject")] or dublin["keywords"],
        }
    ]


def _first(place: Element, path: str) -> Element:
    found = place.find(path)
    return found if found is not None else Element("none")


def _description(resource: Element) -> str:
    given = resource.findall("descriptions/description")
    chosen = [text for text in given if text.get("descriptionType") == "Abstract"]
    texts = map(markup.prose, chosen)
    return next((text for text in texts if not fields.is_empty(text)), "")


def _creator(person: Element) -> object:
    name = _first(person, "creatorName")
    return {"family": line(person.find("familyName")), "given": line(person.find("givenName")), "name": line(name)}


DATACITE = XmlReader(
    name="xml_other",
    label="DataCite",
    suffixes=(),
    fits=lambda root, head: root.name in ("resource", "resources", "oai_datacite") and has(head, "titles", "creators"),
    begin=lambda stream: take_datacite,
    records=("resource",),
)
READERS = (CROSSREF, DATACITE)
