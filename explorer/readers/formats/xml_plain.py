"""XML of no known format that plainly holds papers: elements with a title and more that papers have, by usual names.

Holds how such elements are found in the beginning of a file, and how their parts become fields (by `fields`, as the
columns of a table do). Knows nothing of any particular format.
Always true: that the format was guessed is told; XML without such elements is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

from explorer.paper import Paper, Problem
from explorer.readers.engine import fields, markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, XmlReader, attribute, local, root_of
from explorer.readers.io.stream import Stream

_TAG = re.compile(r"<!--(?s:.*?)(?:-->|\Z)|<!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)|<(/?)([\w.:\-]+)([^<>]*)>")
_TELLING = frozenset(("abstract", "authors", "year", "doi", "venue", "keywords"))
_NEEDED = 2  # of these, beside a title; one will do if it is an abstract
_FAMILY = ("family", "surname", "lastname", "last", "familyname", "last_name", "family_name", "lname", "lastName")
_GIVEN = ("given", "forename", "firstname", "first", "givenname", "first_name", "given_name", "fname", "firstName")
_WHOLE = ("name", "full_name", "fullname", "fullName", "display_name", "Name", "label")


class PlainReader:
    """The reader of what is left; asked last."""

    label = "plain XML"

    def recognises(self, name: str, head: str) -> bool:
        """Whether the file begins with elements like papers."""
        return bool(_record_name(head))

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        """The papers, with a note that their format was guessed."""
        name = _record_name(stream.head())
        stream.note(0, f"XML of no known format: each <{name}> was taken for a paper, please check")
        yield from XmlReader(
            name="xml_other",
            label=self.label,
            suffixes=(),
            fits=lambda root, head: True,
            begin=lambda stream: _take,
            records=(name,),
            nests=True,
        ).read(stream)


READER = PlainReader()


@lru_cache(maxsize=4)
def _record_name(head: str) -> str:
    """The local name of the elements most like a paper; of two alike the outer ones; empty when there are none."""
    if root_of(head) is None:
        return ""
    best, most = "", (0, 0)
    for depth, name, parts in _elements(head):
        found = fields.plan_of(parts).fields
        told = found & _TELLING
        if "title" in found and len(told) + ("abstract" in parts or "Abstract" in parts) >= _NEEDED:
            score = (len(told), -depth)
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
            if any(name == other for other, _ in open_now[-20:]):
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


def _take(record: Element) -> list[Found]:
    parts: dict[str, list[Element]] = {}
    for child in record:
        parts.setdefault(child.tag, []).append(child)
    given: dict[str, object] = {"key": attribute(record, "id") or attribute(record, "key")}
    groups = list(parts.values())
    for field, places in fields.plan_of(tuple(parts)).places:
        values = (_value(field, groups[place]) for place in places)
        given[field] = next((value for value in values if not fields.is_empty(value)), given.get(field))
    return [given]


def _value(field: str, elements: list[Element]) -> object:
    if field == "authors":
        people = [person for element in elements for person in _people(element)]
        return people[0] if len(people) == 1 and isinstance(people[0], str) else people
    if field == "keywords":
        words = [line(word) for element in elements for word in (list(element) or [element])]
        return words[0] if len(words) == 1 else words
    said = (markup.prose(element) if field == "abstract" else line(element) for element in elements)
    return next((text for text in said if not fields.is_empty(text)), "")


def _people(element: Element) -> Iterator[object]:
    found = False
    for place in element.iter():
        family = next((text for name in _FAMILY if (text := line(place.find(name)))), "")
        if family:
            given = next((text for name in _GIVEN if (text := line(place.find(name)))), "")
            found = True
            yield {"family": family, "given": given}
    if found:
        return
    named = [text for place in element.iter() for name in _WHOLE if (text := line(place.find(name)))]
    yield from named or [text for child in (list(element) or [element]) if (text := line(child))]
