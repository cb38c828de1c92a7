"""Citavi's XML: references, with the people, journals and categories they name by number.

Holds where Citavi 3 to 6 keep the fields of a reference. Knows nothing of how references are found (`xml`).
Always true: people, journals, keywords and categories are gathered first, in one pass over the file, by name only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from explorer.readers.engine import markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, Take, XmlReader, elements
from explorer.readers.io.stream import Stream

_LINKS = ("ReferenceAuthors", "ReferenceEditors", "ReferenceKeywords", "ReferenceCategories", "CategoryCategories")
_NAMED = ("Person", "Periodical", "Keyword", "Category")
_DEEP = 12  # categories in categories


@dataclass(slots=True)
class _Shared:
    names: dict[str, dict[str, object]] = field(default_factory=lambda: {kind: {} for kind in _NAMED})
    links: dict[str, dict[str, list[str]]] = field(default_factory=lambda: {kind: {} for kind in _LINKS})
    parents: dict[str, str] = field(default_factory=dict)

    def linked(self, links: str, kind: str, reference: str) -> list[object]:
        """What a reference is linked to, by name."""
        names = self.names[kind]
        return [names[one] for one in self.links[links].get(reference, []) if one in names]

    def paths(self, reference: str) -> list[str]:
        """The categories of a reference, each with those around it."""
        found = []
        for category in self.links["ReferenceCategories"].get(reference, []):
            names: list[str] = []
            while category and len(names) < _DEEP:
                names.insert(0, str(self.names["Category"].get(category, "")).replace("/", "-"))
                category = self.parents.get(category, "")
            found.append("/".join(name for name in names if name))
        return found


def _person(person: Element) -> object:
    given = " ".join(filter(None, (line(person.find("FirstName")), line(person.find("MiddleName")))))
    return {"family": line(person.find("LastName")), "given": given, "name": given}


def _called(element: Element) -> object:
    return line(element.find("Name"))


_NAME_OF: dict[str, Callable[[Element], object]] = {"Person": _person}


def _shared(stream: Stream) -> _Shared:
    shared = _Shared()
    for name, _, element in elements(stream.again(), (*_NAMED, *_LINKS, "Reference")):
        if isinstance(element, str):
            continue
        if name in _LINKS:
            for link in element.findall("OnetoN"):
                one, *many = line(link).split(";")
                shared.links[name][one] = many
        elif name in _NAMED:
            shared.names[name][element.get("id") or line(element.find("ID"))] = _NAME_OF.get(name, _called)(element)
    for parent, inner in shared.links["CategoryCategories"].items():
        shared.parents.update((category, parent) for category in inner)
    return shared


def _begin(stream: Stream) -> Take:
    shared = _shared(stream)

    def take(reference: Element) -> list[Found]:
        key = reference.get("id") or line(reference.find("ID"))
        title, subtitle = line(reference.find("Title")), line(reference.find("Subtitle"))
        journal = line(reference.find("PeriodicalID")) or line(reference.find("Periodical"))
        years = (line(reference.find(name)) for name in ("Year", "YearResolved", "Date"))
        people = shared.linked("ReferenceAuthors", "Person", key) or shared.linked("ReferenceEditors", "Person", key)
        return [
            {
                "key": key,
                "title": f"{title}: {subtitle}" if title and subtitle else title or line(reference.find("ShortTitle")),
                "abstract": markup.prose(reference.find("Abstract")),
                "authors": people,
                "year": next((year for year in years if year), ""),
                "venue": shared.names["Periodical"].get(journal, ""),
                "doi": line(reference.find("DOI")) or line(reference.find("Doi")),
                "arxiv": line(reference.find("ArxivID")) or line(reference.find("ArxivId")),
                "pmid": line(reference.find("PubMedID")) or line(reference.find("PubMedId")),
                "url": line(reference.find("OnlineAddress")),
                "keywords": shared.linked("ReferenceKeywords", "Keyword", key),
                "collections": shared.paths(key),
            }
        ]

    return take


def _fits(root: Root, head: str) -> bool:
    return root.name in ("CitaviExchangeData", "CitaviProject", "SwissAcademicCitaviExchangeData")


READER = XmlReader(name="xml_other", label="Citavi", suffixes=(), fits=_fits, begin=_begin, records=("Reference",))
