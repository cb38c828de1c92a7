"""JATS and its forerunner NLM: articles as publishers and PubMed Central give them, alone or in sets.

Holds where an article keeps the fields of a paper. Knows nothing of how articles are found (`xml`).
Always true: the author's own abstract comes before summaries, teasers and graphical abstracts, which count only where
there is no other; everything comes from the article's front, never from its body, references or responses.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from explorer.readers.engine import fields, markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, XmlReader, attribute, has

_DATES = ("ppub", "collection", "print", "pub", "epub-ppub", "epub", "electronic", "preprint", "")
_PLAIN_ABSTRACTS = ("", "abstract", "section", "sections", "structured", "full", "normal", "main", "author")
_NO_ABSTRACTS = ("graphical", "toc", "video", "teaser-image", "key-image", "images", "author-bio")
_AUTHORS = ("", "author", "collab", "corresp", "person")


def _fits(root: Root, head: str) -> bool:
    if root.name not in ("article", "articles", "pmc-articleset", "article-set", "front", "sub-article"):
        return False
    return has(head, "front", "article-meta", "journal-meta", "front-stub") or root.name == "pmc-articleset"


def fields_of(article: Element) -> dict[str, object]:
    """The fields of a paper in an `<article>`."""
    found = article.find("front")
    front = found if found is not None else article.find("front-stub")
    front = front if front is not None else article
    found = front.find("article-meta")
    meta = found if found is not None else front
    journal = front.find("journal-meta")
    ids = {attribute(given, "pub-id-type"): line(given) for given in meta.findall("article-id")}
    pmcid = ids.get("pmc") or ids.get("pmcid") or ids.get("pmc-id") or ""
    pmcid = f"PMC{pmcid}" if pmcid.isdecimal() else pmcid
    return {
        "key": pmcid
        or ids.get("pmid")
        or ids.get("doi")
        or ids.get("publisher-id")
        or attribute(article, "id")
        or ids.get("jstor"),
        "title": _title(meta),
        "abstract": _abstract(meta),
        "authors": list(_authors(meta)),
        "year": _year(meta),
        "venue": "" if journal is None else _venue(journal) or line(meta.find("conference/conf-name")),
        "doi": ids.get("doi", ""),
        "arxiv": ids.get("arxiv", ""),
        "pmid": ids.get("pmid", ""),
        "pmcid": pmcid,
        "url": next((href for link in meta.findall("self-uri") if "://" in (href := attribute(link, "href"))), ""),
        "keywords": list(_words(meta)),
    }


def _title(meta: Element) -> str:
    group = meta.find("title-group")
    place = group if group is not None else meta
    title, subtitle = line(place.find("article-title")), line(place.find("subtitle"))
    if not title:
        title = line(place.find("trans-title-group/trans-title")) or line(place.find("trans-title"))
    return f"{title.rstrip(':')}: {subtitle}" if title and subtitle else title


def _abstract(meta: Element) -> str:
    given = meta.findall("abstract")
    own = [abstract for abstract in given if attribute(abstract, "abstract-type").lower() in _PLAIN_ABSTRACTS]
    other = [abstract for abstract in given if abstract not in own]
    other = [abstract for abstract in other if attribute(abstract, "abstract-type").lower() not in _NO_ABSTRACTS]
    texts = map(markup.prose, [*own, *meta.findall("trans-abstract"), *other])
    return next((text for text in texts if not fields.is_empty(text)), "")


def _authors(meta: Element) -> Iterator[object]:
    people = [person for group in meta.findall("contrib-group") for person in group.findall("contrib")]
    people = people or meta.findall("contrib")
    authors = [person for person in people if attribute(person, "contrib-type").lower() in _AUTHORS]
    for person in authors or people:
        alternatives = person.find("name-alternatives")
        places = [person] if alternatives is None else [alternatives, person]
        found = next((name for place in places if (name := _name(place))), None)
        if found:
            yield found


def _name(place: Element) -> object:
    for kind in ("name", "string-name"):
        name = place.find(kind)
        if name is not None:
            given = f"{line(name.find('given-names'))} {line(name.find('suffix'))}".strip()
            return {"family": line(name.find("surname")), "given": given, "name": given or line(name)}
    collab = place.find("collab")
    if collab is None:
        return ""
    return (
        line(collab.find("institution")) or " ".join((collab.text or "").split()) or line(collab.find("named-content"))
    )


def _year(meta: Element) -> str:
    found: dict[str, str] = {}
    for date in meta.findall("pub-date"):
        kind = attribute(date, "pub-type") or attribute(date, "publication-format") or attribute(date, "date-type")
        year = line(date.find("year")) or line(date.find("string-date")) or attribute(date, "iso-8601-date")
        if year:
            found.setdefault(kind, year)
    return next((found[kind] for kind in _DATES if kind in found), next(iter(found.values()), ""))


def _venue(journal: Element) -> str:
    for path in ("journal-title-group/journal-title", "journal-title"):
        if title := line(journal.find(path)):
            return title
    ids = {attribute(given, "journal-id-type"): line(given) for given in journal.findall("journal-id")}
    return ids.get("nlm-ta") or ids.get("iso-abbrev") or line(journal.find("journal-title-group/abbrev-journal-title"))


def _words(meta: Element) -> Iterator[str]:
    for group in meta.findall("kwd-group"):
        if "abbrev" not in attribute(group, "kwd-group-type"):
            for word in group.iter("kwd"):
                yield line(word)


def _take(article: Element) -> list[Found]:
    return [dict(fields_of(article))]


READER = XmlReader(
    name="jats", label="JATS", suffixes=(".nxml",), fits=_fits, begin=lambda stream: _take, records=("article",)
)
