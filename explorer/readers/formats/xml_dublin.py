"""XML in the words of Dublin Core: plain in whatever wrapper, DSpace's, RSS, RDF as Zotero and JaLC write it, OpenURL.

Holds where these words keep the fields of a paper, and which nodes of RDF are papers. Knows nothing of how records are
found (`xml`).
Always true: of several descriptions the longest that is no remark is the abstract; `identifier`, `relation` and
`source` are searched for ids in all the ways repositories write them; what papers of RDF share (journals, collections)
is gathered first, in one pass over the file, and kept by name only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from explorer.arxiv import arxiv_in
from explorer.doi import canonical_doi
from explorer.paper import canonical_pmcid
from explorer.readers.engine import fields, markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import attribute, elements, local
from explorer.readers.engine.xml_format import Take, Values, XmlReader, every, filled, first, folder_path, person, sign
from explorer.readers.io.stream import Stream

# ------------------------------------------------------------------------------------------------------ Dublin Core

_REMARK = re.compile(
    r"(?:comments?|comment on|submitted|accepted|published|to appear|peer[ -]reviewed|international audience|"
    r"\d+ (?:pages|figures)|doi:|available at|non|n/a)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_PMID = re.compile(r"(?:pmid|pubmed|medline)\W*(?:https?://\S*/)?(\d{1,9})\b", re.IGNORECASE)
_YEARS = "issued date.issued date publicationDate coverDate published pubDate created year"
_VENUES = "publicationName journal bibliographicCitation.title isPartOf isPartOfSeries source"


def dublin(dc: Element) -> Values:
    """The fields of a paper in an element whose children are of Dublin Core."""
    own = _texts(dc, "identifier identifier.uri identifier.doi doi URI URL url alternateIdentifier")
    related = _texts(dc, "relation source isFormatOf isVersionOf hasVersion")
    people = list(_texts(dc, "creator contributor.author author"))
    return {
        "title": next(_texts(dc, "title title.main"), ""),
        "abstract": _abstract(dc),
        "authors": people or list(_texts(dc, "contributor contributor.editor editor")),
        "year": next((match[0] for text in _texts(dc, _YEARS) if (match := _YEAR.search(text[:40]))), ""),
        "venue": next(filter(_is_venue, _texts(dc, _VENUES)), ""),
        **ids_of(own, related),
        "keywords": list(_texts(dc, "subject subject.other keyword type.keyword")),
    }


def ids_of(texts: Iterable[str], related: Iterable[str] = ()) -> Values:
    """The ids in texts, each of which may be an address, a bare id or one with its kind before it."""
    own = list(texts)
    return {
        "doi": next((doi for text in (*own, *related) if (doi := canonical_doi(text))), ""),
        "arxiv": next(filter(None, map(arxiv_in, own)), ""),
        "pmid": next((match[1] for text in own if (match := _PMID.search(text))), ""),
        "pmcid": next((pmcid for text in own if (pmcid := canonical_pmcid(text))), ""),
        "url": next((text for text in own if text.lower().startswith(("http://", "https://"))), ""),
    }


def _is_venue(text: str) -> bool:
    return "://" not in text and not text.startswith(("urn:", "10.")) and any(char.isalpha() for char in text)


def _abstract(dc: Element) -> str:
    if abstract := next(_prose(dc, "abstract description.abstract"), ""):
        return abstract
    texts = _prose(dc, "description summary content.encoded encoded")
    return max((text for text in texts if len(text) >= 200 or not _REMARK.match(text)), key=len, default="")


def _prose(dc: Element, names: str) -> Iterator[str]:
    texts = (markup.prose(element) for name in names.split() for element in _elements(dc, name))
    return (text for text in texts if not fields.is_empty(text, "abstract"))


def _texts(dc: Element, names: str) -> Iterator[str]:
    places = (element for name in names.split() for element in _elements(dc, name))
    texts = (line(element) or attribute(element, "resource") for element in places)
    return (text for text in texts if not fields.is_empty(text))


def _elements(dc: Element, name: str) -> list[Element]:
    if dc.tag != "dublin_core":
        return dc.findall(name)
    element, _, qualifier = name.partition(".")  # DSpace: <dcvalue element="contributor" qualifier="author">
    wanted = (element, qualifier)
    return [
        e for e in dc.findall("dcvalue") if (e.get("element"), (e.get("qualifier") or "").replace("none", "")) == wanted
    ]


def _dublin(dc: Element) -> Values:
    values = dublin(dc)
    return values | {"key": values["doi"] or values["url"]}


# -------------------------------------------------------------------------------------------------- RSS and OpenURL

_NOT_ABSTRACT = re.compile(r"^arXiv:\S+\s+(?:Announce Type: \S+\s+)?Abstract: ")


def _rss(item: Element) -> Values:
    values, links = dublin(item), [first(item, name) for name in ("link", "guid", "doi")]
    ids = {name: value for name, value in ids_of(links).items() if value}
    abstract = _NOT_ABSTRACT.sub("", " ".join(str(values["abstract"]).split()))
    return values | ids | {"key": links[1] or links[0], "abstract": abstract}


def _open_url(context: Element) -> Values:
    texts: dict[str, list[str]] = {}
    for element in context.iter():
        if not len(element) and line(element):
            texts.setdefault(element.tag, []).append(line(element))

    def text(names: str) -> str:
        return next((texts[name][0] for name in names.split() if name in texts), "")

    people = [person(e, "aulast", "aufirst auinit") for e in context.iter() if e.find("aulast") is not None]
    part, whole = text("atitle title btitle"), text("jtitle title stitle btitle")
    return ids_of(texts.get("identifier", [])) | {
        "key": context.get("identifier") or text("identifier"),
        "title": part,
        "abstract": text("description abstract"),
        "authors": people or texts.get("au"),
        "year": text("date"),
        "venue": whole if whole != part else "",
    }


# ------------------------------------------------------------------------------------------------------------- RDF

_JOURNALS = ("Journal", "Periodical", "Newspaper", "Magazine", "CourtReporter", "Series")
_NO_PAPERS = (
    *_JOURNALS, "Collection", "Attachment", "Memo", "Person", "Organization", "Agent", "channel", "Seq", "Bag", "Alt",
    "UserItem", "Note", "Class", "Property", "ObjectProperty", "DatatypeProperty", "Ontology", "Concept",
    "ConceptScheme", "Image", "AutomaticTag",
)  # fmt: skip
_NO_ITEMS = ("attachment", "note", "annotation")
_WORDS_OF_PAPERS = frozenset("title abstract description identifier doi creator authors itemType isPartOf".split())


@dataclass(slots=True)
class _Shared:
    """What papers refer to: titles of journals, their DOIs, names of folders and what lies in them."""

    titles: dict[str, str] = field(default_factory=dict)
    dois: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)

    def paths(self, about: str) -> list[str]:
        """The folders a paper lies in, each with those around it."""
        return [folder_path(folder, self.folders, self._around) for folder in self.places.get(about, [])]

    def _around(self, folder: str) -> str:
        return next(iter(self.places.get(folder, [])), "")


def _begin_rdf(stream: Stream) -> Take:
    shared = _shared(stream)

    def take(node: Element) -> Values | list[Values]:
        if _kind(node) in _NO_PAPERS or first(node, "itemType") in _NO_ITEMS:
            return []
        if _WORDS_OF_PAPERS.isdisjoint(child.tag for child in node):
            return []  # a person, a publisher, a link between others
        return _rdf(node, shared)

    return take


def _shared(stream: Stream) -> _Shared:
    shared = _Shared()
    for name, _, node in elements(stream.again()):
        if isinstance(node, str):
            continue
        about = _name_of(node)
        if local(name) == "Collection":
            shared.folders[about] = first(node, "title")
            for part in node.findall("hasPart"):
                shared.places.setdefault(attribute(part, "resource"), []).append(about)
        elif _kind(node) in _JOURNALS and about:
            shared.titles[about] = first(node, "title")
            shared.dois[about] = dois[0] if len(dois := _dois(node)) == 1 else ""
    return shared


def _name_of(node: Element) -> str:
    return attribute(node, "about") or attribute(node, "ID")


def _kind(node: Element) -> str:
    """The class of a node, whether it is written as its name or as `rdf:type`."""
    if node.tag != "Description":
        return node.tag
    kind = node.find("type")
    name = "" if kind is None else attribute(kind, "resource")
    return name.rstrip("/").rpartition("/")[2].rpartition("#")[2]


def _dois(node: Element | None) -> list[str]:
    return [doi for text in every(node, "identifier") if (doi := canonical_doi(text))]


def _rdf(node: Element, shared: _Shared) -> Values:
    about, (host, reference) = _name_of(node), _host(node)
    addresses = (text for path in ("identifier/URI/value", "URI/value", "link") for text in every(node, path))
    ids, people = ids_of([about, *addresses]), _people(node)
    own = {
        "key": about,
        "authors": _in_one_script(people) if people else [],
        "venue": first(host, "title") or shared.titles.get(reference),
        "collections": shared.paths(about),
    }
    words = {"keywords": [first(subject, "AutomaticTag/value .") for subject in node.findall("subject")]}
    rest = {
        "title": attribute(node, "title"),
        "doi": ids["doi"] or next(iter(_dois(host)), "") or shared.dois.get(reference),
        "arxiv": ids["arxiv"],
        "url": ids["url"],
    }
    return filled(own, dublin(node) | words, rest)


def _host(node: Element) -> tuple[Element | None, str]:
    """The journal or book a paper is in: as a node of its own, or the name of one."""
    parts = node.findall("isPartOf")
    for part in parts:
        for inner in part:
            if inner.tag != "Series" or len(parts) == 1:
                return inner, attribute(inner, "about")
    return None, next((name for part in parts if (name := attribute(part, "resource"))), "")


def _people(node: Element) -> list[Values]:
    for name in ("authors", "creator", "author", "contributors", "editors"):
        inner = (element for place in node.findall(name) for element in place.iter())
        if people := [element for element in inner if element.tag in ("Person", "Description")]:
            return [person(element, _FAMILY, _GIVEN, f"name {_GIVEN}") for element in people]
    return []


_FAMILY, _GIVEN = "surname familyName family_name lastName", "givenName givenname firstName"


def _in_one_script(people: list[Values]) -> list[Values]:
    """Japanese records name each author twice, in Latin and in their own letters: those of the first kind."""
    latin = [str(name["family"] or name["name"]).isascii() for name in people]
    if sum(latin) * 2 != len(people) or latin != [latin[0], not latin[0]] * (len(latin) // 2):
        return people
    return people[::2]


RDF = XmlReader("xml_other", "RDF", (sign("RDF"),), suffixes=(".rdf",), begin=_begin_rdf, nests=True)
RSS = XmlReader("xml_other", "RSS", (sign("rss"),), _rss, "item")
OPEN_URL = XmlReader("xml_other", "OpenURL", (sign("context-objects context-object"),), _open_url, "context-object")
DSPACE = XmlReader("xml_other", "DSpace", (sign("dublin_core"),), _dublin, "dublin_core")
DUBLIN_CORE = XmlReader(
    "xml_other", "Dublin Core", (sign(marks="dc qualifieddc simpledc", text="purl.org/dc/"),), _dublin,
    "dc qualifieddc simpledc",
)  # fmt: skip
