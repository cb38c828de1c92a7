"""A format of XML as data: by which signs its files are known, which elements are its records, what they say.

Holds `XmlReader`, and the ways to ask an element: texts under paths, people, ids. Knows no format by name, and nothing
of how records are cut and parsed (`xml`).
Always true: a path is one of ElementTree ("Journal/Title"; "." is the element itself); of several in one string, parted
by blanks, the first that holds something counts; "First+Middle" is both in one text; of no element nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine import markup
from explorer.readers.engine.fields import is_empty
from explorer.readers.engine.markup import line
from explorer.readers.engine.paper import paper_from
from explorer.readers.engine.xml import Root, attribute, elements, has, local, root_of
from explorer.readers.io.stream import Stream

Values = dict[str, object]  # the fields of a paper, "key" among them
Take = Callable[[Element], Values | str | list[Values] | list[Values | str]]
Sign = Callable[[Root, str], bool]

_DEEPEST = 12  # folders in folders; more than a screen shows


def sign(roots: str = "", marks: str = "", text: str = "", attributes: str = "", any_case: bool = False) -> Sign:
    """The sign of files with one of `roots`, whose beginning has an element of `marks` and the words `text`.

    The root's attributes hold `attributes`. What is empty is not asked for; `any_case` is about the root's name.
    """
    names = frozenset(roots.split())

    def fits(root: Root, head: str) -> bool:
        name = root.name.lower() if any_case else root.name
        if (names and name not in names) or attributes not in root.attributes or text not in head:
            return False
        return not marks or has(head, *marks.split())

    return fits


@dataclass(frozen=True, slots=True)
class XmlReader:
    """A format of XML: one of `signs` is true of its files, elements named in `records` (words) are its papers.

    Without `records` all children of the root are. `take` gives the paper of an element, or why it is none, or a list
    of these; an empty list for what is no record. Where it needs more than the element, `begin` makes it anew for each
    file, and elements of `asides` are read for what they tell about others. `empty` says why a file has no records.
    """

    name: str
    label: str
    signs: tuple[Sign, ...]
    take: Take = lambda element: []
    records: str = ""
    suffixes: tuple[str, ...] = ()
    nests: bool = False
    begin: Callable[[Stream], Take] | None = None
    asides: str = ""
    empty: Callable[[Stream], str] | None = None

    def recognises(self, name: str, head: str) -> bool:
        """Whether the file begins with an outermost element of this format."""
        root = root_of(head)
        return root is not None and any(fits(root, head) for fits in self.signs)

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        """The papers of all record elements, in order."""
        record, asides = 0, self.asides.split()
        take = self.begin(stream) if self.begin else self.take
        for name, at, element in elements(stream, (*self.records.split(), *asides), self.nests):
            if isinstance(element, str) and local(name) in asides:
                stream.note(at, f"<{name}>, which tells about the papers after it, was passed over: {element}")
                continue
            given = element if isinstance(element, str) else take(element)
            for values in given if isinstance(given, list) else [given]:
                record += 1
                yield _made(stream, record, at, values)
        if self.empty and not record:
            raise UnreadableFile(f"{stream.name}: {self.empty(stream)}")


def _made(stream: Stream, record: int, at: int, values: Values | str) -> Paper | Problem:
    if isinstance(values, str):
        return Problem(stream.name, record, at, values)
    return paper_from(stream, record, at, values.items())


# ---------------------------------------------------------------------------------------------- what an element says


def find(place: Element | None, paths: str) -> Element | None:
    """The first element there is under one of `paths`."""
    if place is None:
        return None
    return next((element for path in paths.split() if (element := place.find(path)) is not None), None)


def inside(place: Element, paths: str) -> Element:
    """The first element under one of `paths`, or else `place` itself."""
    element = find(place, paths)
    return place if element is None else element


def first(place: Element | None, paths: str) -> str:
    """The first text under one of `paths`, on one line."""
    if place is None:
        return ""
    texts = (" ".join(filter(None, (line(place.find(part)) for part in path.split("+")))) for path in paths.split())
    return next(filter(None, texts), "")


def every(place: Element | None, paths: str) -> list[str]:
    """The texts of all elements under the first of `paths` that has some."""
    if place is None:
        return []
    return next((list(map(line, listed)) for path in paths.split() if (listed := place.findall(path))), [])


def prose(places: Iterable[Element]) -> str:
    """The first text of these elements, with its paragraphs, as `first_text` chooses."""
    return first_text(map(markup.prose, places))


def first_text(texts: Iterable[str]) -> str:
    """The first of `texts` that is not empty and says more than that there is none."""
    return next((text for text in texts if not is_empty(text, "abstract")), "")


def ids_of(places: Iterable[Element], kind: str) -> dict[str, str]:
    """Texts of elements by what their attribute `kind` says they are."""
    return {attribute(place, kind): line(place) for place in places}


def person(place: Element | None, family: str, given: str, whole: str = "") -> Values:
    """A name, from the paths of its parts; `whole` is for one without a family name."""
    return {"family": first(place, family), "given": first(place, given), "name": first(place, whole)}


def people(place: Element, path: str, family: str, given: str, whole: str = "") -> list[object]:
    """The names of all elements under `path`."""
    return [person(each, family, given, whole) for each in place.findall(path)]


def filled(*values: Mapping[str, object]) -> Values:
    """The fields of several, each from the first that has something for it."""
    return {field: value for each in reversed(values) for field, value in each.items() if value}


def folder_path(folder: str, names: Mapping[str, object], around: Callable[[str], str]) -> str:
    """A folder after those it lies in, "Thesis/Chapter 2"; `around` gives the one around another, or nothing."""
    path: list[str] = []
    while folder and len(path) < _DEEPEST:
        path.insert(0, str(names.get(folder, "")).replace("/", "-"))
        folder = around(folder)
    return "/".join(filter(None, path))


def table(same: str = "", **places: str) -> Callable[[Element], Values]:
    """What takes each field from its paths, those in `same` from their own name.

    Of authors and keywords it makes lists, and keeps the paragraphs of an abstract.
    """
    places = {name: name for name in same.split()} | places

    def values(element: Element) -> Values:
        return {field: _WAYS.get(field, first)(element, paths) for field, paths in places.items()}

    return values


def _abstract(place: Element, paths: str) -> str:
    return next((text for path in paths.split() if (text := markup.prose(place.find(path)))), "")


_WAYS: dict[str, Callable[[Element, str], object]] = {"authors": every, "keywords": every, "abstract": _abstract}
