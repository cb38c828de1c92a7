"""The formats of XML in the order they are tried, and the one that is left for XML of no known format.

Holds the reader of the smaller formats, and how elements like papers are found in XML of no known format, whose parts
become fields by their usual names as the columns of a table do. Knows nothing of what is in the known formats.
Always true: the particular come before the general, so that a wrapper (OAI-PMH) is known before what it wraps; that a
format was guessed is noted; XML without elements like papers is not taken.
To add a format, write an `XmlReader` in the file of its family and name it in the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine import fields
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import attribute, local, root_of
from explorer.readers.engine.xml_format import Values, XmlReader, first, first_text, person, prose
from explorer.readers.formats.xml_articles import ACL, JATS, PUBMED
from explorer.readers.formats.xml_catalogues import MARC, MODS, TEI
from explorer.readers.formats.xml_dublin import DSPACE, DUBLIN_CORE, OPEN_URL, RDF, RSS
from explorer.readers.formats.xml_harvest import ATOM, CROSSREF, DATACITE, OAI
from explorer.readers.formats.xml_managers import BIBTEXML, CITAVI, DBLP, ENDNOTE, EUROPE_PMC, WORD
from explorer.readers.io.stream import Stream

# ------------------------------------------------------------------------------------------ XML of no known format

_TAG = re.compile(r"<!--(?s:.*?)(?:-->|\Z)|<!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)|<(/?)([\w.:\-]++)([^<>]*+)>")
_TELLING = frozenset(("abstract", "authors", "year", "doi", "venue", "keywords"))
_NEEDED = 2  # of these, beside a title; one will do if it is an abstract
_FAMILY = "family surname lastname last familyname last_name family_name lname lastName"
_GIVEN = "given forename firstname first givenname first_name given_name fname firstName"
_WHOLE = ("name", "full_name", "fullname", "fullName", "display_name", "Name", "label")


class _Plain:
    """Elements with a title and more that papers have, by usual names; asked last."""

    label = "plain XML"

    def recognises(self, name: str, head: str) -> bool:
        return bool(_record_name(head))

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        name = _record_name(stream.head())
        stream.note(0, f"XML of no known format: each <{name}> was taken for a paper, please check")
        reader = XmlReader("xml_other", self.label, (), _plain, name, nests=True)
        return reader.read(stream)


@lru_cache(maxsize=4)
def _record_name(head: str) -> str:
    """The local name of the elements most like a paper; of two alike the outer ones; empty when there are none."""
    if root_of(head) is None:
        return ""
    best, most = "", (0, 0)
    for depth, name, parts in _elements(head):
        named = fields.plan_of(parts).fields
        if "title" in named and len(named & _TELLING) + ("abstract" in parts or "Abstract" in parts) >= _NEEDED:
            score = (len(named & _TELLING), -depth)
            if not best or score > most:
                best, most = name, score
    return best


def _elements(head: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Depth, local name and the local names of the children of each element that ends or is open in `head`."""
    open_now: list[tuple[str, dict[str, None]]] = []
    for tag in _TAG.finditer(head):
        closing, name, rest = tag.groups()
        if name is None:
            continue
        name = local(name)
        if closing:
            if any(name == outer for outer, _ in open_now[-20:]):
                while (ended := open_now.pop())[0] != name:
                    pass
                yield len(open_now), ended[0], tuple(ended[1])
        else:
            if open_now and len(open_now[-1][1]) < 100:
                open_now[-1][1][name] = None
            if not rest.endswith("/"):
                open_now.append((name, {}))
    for depth, (name, parts) in enumerate(open_now):
        yield depth, name, tuple(parts)


def _plain(record: Element) -> Values:
    parts: dict[str, list[Element]] = {}
    for child in record:
        parts.setdefault(child.tag, []).append(child)
    values: Values = {"key": attribute(record, "id") or attribute(record, "key")}
    groups = list(parts.values())
    for field, places in fields.plan_of(tuple(parts)).places:
        texts = (_value(field, groups[place]) for place in places)
        values[field] = next((text for text in texts if not fields.is_empty(text, field)), values.get(field))
    return values


def _value(field: str, elements: list[Element]) -> object:
    if field == "authors":
        people = [person for element in elements for person in _people(element)]
        return people[0] if len(people) == 1 and isinstance(people[0], str) else people
    if field == "keywords":
        words = [line(word) for element in elements for word in (list(element) or [element])]
        return words[0] if len(words) == 1 else words
    return prose(elements) if field == "abstract" else first_text(map(line, elements))


def _people(element: Element) -> list[Values] | list[str]:
    names = (person(place, _FAMILY, _GIVEN) for place in element.iter())
    if people := [name for name in names if name["family"]]:
        return people
    named = [text for place in element.iter() for name in _WHOLE if (text := first(place, name))]
    return named or [text for child in (list(element) or [element]) if (text := line(child))]


# ------------------------------------------------------------------------------------------------------- all of them

_SMALLER = (
    CITAVI, CROSSREF, DATACITE, RDF, *TEI, BIBTEXML, DBLP, WORD, EUROPE_PMC, RSS, OPEN_URL, DSPACE, MARC, DUBLIN_CORE,
    _Plain(),
)  # fmt: skip


class _Other:
    name = "xml_other"
    label = f"other XML ({', '.join(dict.fromkeys(reader.label for reader in _SMALLER))})"
    suffixes: tuple[str, ...] = (".rdf",)

    def recognises(self, name: str, head: str) -> bool:
        return any(reader.recognises(name, head) for reader in _SMALLER)

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        head = stream.head()
        reader = next((reader for reader in _SMALLER if reader.recognises(stream.name, head)), None)
        if reader is None:
            raise UnreadableFile(f"{stream.name}: is no XML of a readable kind. Export the references as RIS")
        return reader.read(stream)


READERS = (PUBMED, ATOM, OAI, JATS, ACL, MODS, ENDNOTE, _Other())
