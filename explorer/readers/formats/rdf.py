"""RDF in XML: Zotero's exports, JaLC's records, and any other that tells of papers in Dublin Core's words.

Holds which nodes are papers and where they keep their fields. Knows nothing of how nodes are found (`xml`).
Always true: journals, collections, people, notes and attachments are no papers; what papers share (journals,
collections) is gathered first, in one pass over the file, and kept by name only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from explorer.paper import canonical_doi
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, Take, XmlReader, attribute, elements, local
from explorer.readers.formats import dublin_core
from explorer.readers.io.stream import Stream

_JOURNALS = ("Journal", "Periodical", "Newspaper", "Magazine", "CourtReporter", "Series")
_NO_PAPERS = (
    *_JOURNALS, "Collection", "Attachment", "Memo", "Person", "Organization", "Agent", "channel", "Seq", "Bag", "Alt",
    "UserItem", "Note", "Class", "Property", "ObjectProperty", "DatatypeProperty", "Ontology", "Concept",
    "ConceptScheme", "Image", "AutomaticTag",
)  # fmt: skip
_NO_ITEMS = ("attachment", "note", "annotation")
_WORDS_OF_PAPERS = (
    "title",
    "abstract",
    "description",
    "identifier",
    "doi",
    "creator",
    "authors",
    "itemType",
    "isPartOf",
)
_DEEP = 12  # folders in folders; Zotero's own limit is what the screen shows


@dataclass(slots=True)
class _Shared:
    """What papers refer to: titles of journals, their DOIs, names of folders and what lies in them."""

    titles: dict[str, str] = field(default_factory=dict)
    dois: dict[str, list[str]] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)

    def paths(self, about: str) -> list[str]:
        """The folders a paper lies in, each with those around it."""
        return [path for folder in self.places.get(about, []) if (path := self._path(folder))]

    def _path(self, folder: str) -> str:
        names: list[str] = []
        while folder and len(names) < _DEEP:
            names.insert(0, self.folders.get(folder, "").replace("/", "-"))
            folder = next(iter(self.places.get(folder, [])), "")
        return "/".join(name for name in names if name)


def _fits(root: Root, head: str) -> bool:
    return root.name == "RDF"


def _begin(stream: Stream) -> Take:
    shared = _shared(stream)

    def take(node: Element) -> list[Found]:
        if _kind(node) in _NO_PAPERS or line(node.find("itemType")) in _NO_ITEMS:
            return []
        if all(node.find(name) is None for name in _WORDS_OF_PAPERS):
            return []  # a person, a publisher, a link between others
        return [_paper(node, shared)]

    return take


def _shared(stream: Stream) -> _Shared:
    shared = _Shared()
    for name, _, node in elements(stream.again()):
        if isinstance(node, str):
            continue
        about = attribute(node, "about") or attribute(node, "ID")
        if local(name) == "Collection":
            shared.folders[about] = line(node.find("title"))
            for part in node.findall("hasPart"):
                shared.places.setdefault(attribute(part, "resource"), []).append(about)
        elif _kind(node) in _JOURNALS and about:
            shared.titles[about] = line(node.find("title"))
            shared.dois[about] = [doi for text in node.findall("identifier") if (doi := canonical_doi(line(text)))]
    return shared


def _kind(node: Element) -> str:
    """The class of a node, whether it is written as its name or as `rdf:type`."""
    if node.tag != "Description":
        return node.tag
    found = node.find("type")
    name = "" if found is None else attribute(found, "resource")
    return name.rstrip("/").rpartition("/")[2].rpartition("#")[2]


def _paper(node: Element, shared: _Shared) -> Found:
    about = attribute(node, "about") or attribute(node, "ID")
    given = dublin_core.fields_of(node)
    host, reference = _host(node)
    dois = [
        doi for text in (host.findall("identifier") if host is not None else []) if (doi := canonical_doi(line(text)))
    ]
    known = shared.dois.get(reference, [])
    addresses = [line(value) for path in ("identifier/URI/value", "URI/value", "link") for value in node.findall(path)]
    ids = dublin_core.ids_of([about, *addresses])
    people = list(_people(node))
    title = line(host.find("title")) if host is not None else ""
    return {
        **given,
        "key": about,
        "title": given["title"] or attribute(node, "title"),
        "authors": _in_one_script(people) if people else given["authors"],
        "venue": title or shared.titles.get(reference) or given["venue"],
        "doi": given["doi"] or ids["doi"] or next(iter(dois), "") or (known[0] if len(known) == 1 else ""),
        "arxiv": given["arxiv"] or ids["arxiv"],
        "url": given["url"] or ids["url"],
        "keywords": list(_words(node)),
        "collections": shared.paths(about),
    }


def _host(node: Element) -> tuple[Element | None, str]:
    """The journal or book a paper is in: as a node of its own, or the name of one."""
    parts = node.findall("isPartOf")
    for part in parts:
        for inner in part:
            if inner.tag != "Series" or len(parts) == 1:
                return inner, attribute(inner, "about")
    return None, next((name for part in parts if (name := attribute(part, "resource"))), "")


def _people(node: Element) -> Iterator[object]:
    for name in ("authors", "creator", "author", "contributors", "editors"):
        found = [
            person for place in node.findall(name) for person in place.iter() if person.tag in ("Person", "Description")
        ]
        if found:
            yield from (_name(person) for person in found)
            return


def _name(person: Element) -> object:
    families, givens = ("surname", "familyName", "family_name", "lastName"), ("givenName", "givenname", "firstName")
    family, given = (
        next((text for name in names if (text := line(person.find(name)))), "") for names in (families, givens)
    )
    return {"family": family, "given": given, "name": line(person.find("name")) or given}


def _in_one_script(people: list[object]) -> list[object]:
    """Japanese records name each author twice, in Latin and in their own letters: those of the first kind."""
    latin = [str(person.get("family") or person.get("name")).isascii() for person in people if isinstance(person, dict)]
    if sum(latin) * 2 != len(people) or latin != [latin[0], not latin[0]] * (len(latin) // 2):
        return people
    return people[::2]


def _words(node: Element) -> Iterator[str]:
    for subject in node.findall("subject"):
        value = subject.find("AutomaticTag/value")
        yield line(value if value is not None else subject)


READER = XmlReader(name="xml_other", label="RDF", suffixes=(".rdf",), fits=_fits, begin=_begin, nests=True)
