"""Dublin Core, in whatever wrapper: oai_dc, qualified, in RDF, in the answers of publishers' interfaces.

Holds where its words keep the fields of a paper. Knows nothing of files.
Always true: of several descriptions the longest that is no remark is the abstract; `identifier`, `relation` and
`source` are searched for ids in all the ways repositories write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from explorer.paper import canonical_arxiv, canonical_doi, canonical_pmcid
from explorer.readers.engine import fields, markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import attribute

_REMARK = re.compile(
    r"(?:comments?|comment on|submitted|accepted|published|to appear|peer[ -]reviewed|international audience|"
    r"\d+ (?:pages|figures)|doi:|available at|non|n/a)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_PMID = re.compile(r"(?:pmid|pubmed|medline)\W*(?:https?://\S*/)?(\d{1,9})\b", re.IGNORECASE)
_ABSTRACT = ("abstract", "description.abstract")


def fields_of(dc: Element) -> dict[str, object]:
    """The fields of a paper in an element whose children are of Dublin Core."""
    ids = list(
        _texts(dc, "identifier", "identifier.uri", "identifier.doi", "doi", "URI", "URL", "url", "alternateIdentifier")
    )
    related = list(_texts(dc, "relation", "source", "isFormatOf", "isVersionOf", "hasVersion"))
    people = list(_texts(dc, "creator", "contributor.author", "author"))
    return {
        "title": next(_texts(dc, "title", "title.main"), ""),
        "abstract": _abstract(dc),
        "authors": people or list(_texts(dc, "contributor", "contributor.editor", "editor")),
        "year": _year(dc),
        "venue": venue(dc),
        **ids_of(ids, related),
        "keywords": list(_texts(dc, "subject", "subject.other", "keyword", "type.keyword")),
    }


def ids_of(texts: Iterable[str], related: Iterable[str] = ()) -> dict[str, object]:
    """The ids in texts, each of which may be an address, a bare id or one with its kind before it."""
    own = list(texts)
    all_of_them = [*own, *related]
    return {
        "doi": next((doi for text in all_of_them if (doi := canonical_doi(text))), ""),
        "arxiv": next((found for text in own if "arxiv" in text.lower() and (found := canonical_arxiv(text))), ""),
        "pmid": next((match[1] for text in own if (match := _PMID.search(text))), ""),
        "pmcid": next((found for text in own if (found := canonical_pmcid(text))), ""),
        "url": next((text for text in own if text.lower().startswith(("http://", "https://"))), ""),
    }


def venue(dc: Element) -> str:
    """Journal or book, where one is named."""
    names = ("publicationName", "journal", "bibliographicCitation.title", "isPartOf", "isPartOfSeries", "source")
    found = (text for text in _texts(dc, *names) if "://" not in text and not text.startswith(("urn:", "10.")))
    return next((text for text in found if any(char.isalpha() for char in text)), "")


def _abstract(dc: Element) -> str:
    for names in (_ABSTRACT, ("description", "summary", "content.encoded", "encoded")):
        texts = [markup.prose(element) for name in names for element in _named(dc, name)]
        texts = [text for text in texts if not fields.is_empty(text)]
        told = (
            [text for text in texts if not (_REMARK.match(text) and len(text) < 200)] if names != _ABSTRACT else texts
        )
        if told:
            return max(told, key=len) if names != _ABSTRACT else told[0]
    return ""


def _year(dc: Element) -> str:
    names = ("issued", "date.issued", "date", "publicationDate", "coverDate", "published", "pubDate", "created", "year")
    return next((match[0] for text in _texts(dc, *names) if (match := _YEAR.search(text[:40]))), "")


def _texts(dc: Element, *names: str) -> Iterator[str]:
    for name in names:
        for element in _named(dc, name):
            text = line(element) or attribute(element, "resource")
            if not fields.is_empty(text):
                yield text


def _named(dc: Element, name: str) -> list[Element]:
    if dc.tag == "dublin_core":  # DSpace: <dcvalue element="contributor" qualifier="author">
        element, _, qualifier = name.partition(".")
        return [
            value
            for value in dc.findall("dcvalue")
            if value.get("element") == element and (value.get("qualifier") or "none").replace("none", "") == qualifier
        ]
    return dc.findall(name)
