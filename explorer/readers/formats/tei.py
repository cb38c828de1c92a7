"""TEI: the headers that GROBID and HAL write, and lists of references as Zotero exports them.

Holds where `<teiHeader>`, `<biblFull>` and `<biblStruct>` keep the fields of a paper. Knows nothing of how they are
found (`xml`).
Always true: of an article only what it says of itself counts, never the references at its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from explorer.readers.engine import fields, markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, XmlReader, attribute, has
from explorer.readers.formats import dublin_core

_LISTED = re.compile(
    r"<(?:\w+:)?body[^<>]*>\s*(?:<(?:\w+:)?div[^<>]*>\s*)?<(?:\w+:)?listBibl[\s>]|Exported from Zotero"
)


def take(element: Element) -> list[Found]:
    """The paper that an article's header, or an entry of a list, tells of."""
    header = element if element.tag != "TEI" else element.find("teiHeader")
    if header is None:
        return ["a <TEI> without <teiHeader>. Mend or ignore this record"]
    whole = next((full for full in element.iter("biblFull")), header)
    struct = element if element.tag == "biblStruct" else next(whole.iter("biblStruct"), Element("biblStruct"))
    parts = [struct.find("analytic"), struct.find("monogr"), _titles(whole)]
    told = [part for part in parts if part is not None]
    titled = [(text, part) for part in told if (text := _title(part))]
    title, monograph = titled[0][0] if titled else "", struct.find("monogr")
    in_monograph = monograph is not None and bool(titled) and titled[0][1] is not monograph
    abstracts = [*whole.iter("abstract"), *struct.findall("note[@type='abstract']")]
    ids = [line(number) for number in struct.iter("idno")] or [line(number) for number in whole.findall("idno")]
    typed = {attribute(number, "type").lower(): line(number) for number in struct.iter("idno")}
    found = dublin_core.ids_of([typed.get("doi", ""), *ids])
    return [
        {
            **found,
            "key": attribute(struct, "id") or typed.get("halid") or typed.get("doi", ""),
            "title": title,
            "abstract": next((text for text in map(markup.prose, abstracts) if not fields.is_empty(text)), ""),
            "authors": next((names for part in told if (names := list(_people(part)))), []),
            "year": next((year for year in _years(struct, whole) if year), ""),
            "venue": _title(monograph) if in_monograph and monograph is not None else "",
            "arxiv": typed.get("arxiv") or found["arxiv"],
            "pmid": typed.get("pmid") or typed.get("pubmed") or found["pmid"],
            "pmcid": typed.get("pmcid") or typed.get("pmc") or found["pmcid"],
            "keywords": [text for word in _words(whole) if (text := line(word))],
        }
    ]


def _titles(whole: Element) -> Element | None:
    found = whole.find("titleStmt")
    return found if found is not None else whole.find("fileDesc/titleStmt")


def _title(part: Element) -> str:
    titles = part.findall("title")
    chosen = sorted(titles, key=lambda title: (title.get("type") not in (None, "main"), title.get("level") == "s"))
    return next((text for title in chosen if (text := line(title))), "")


def _people(part: Element) -> Iterator[object]:
    people = [person for person in part.findall("author") if person.get("role") in (None, "aut", "crp", "author")]
    for person in people or part.findall("editor"):
        names = person.find("persName")
        place = names if names is not None else person
        surname = place.find("surname")
        given = " ".join(line(name) for name in place.findall("forename"))
        whole = person.find("name") if person.find("name") is not None else person.find("orgName")
        bare = "" if len(person) else line(person)
        yield {"family": line(surname), "given": given, "name": line(whole) or bare}


def _years(struct: Element, whole: Element) -> Iterator[str]:
    dates: list[Element] = [*struct.findall("monogr/imprint/date"), *whole.iter("date")]
    dates.sort(key=lambda date: date.get("type", "published") not in ("published", "datePub"))
    for date in dates:
        yield date.get("when", "")[:4] or line(date)


def _words(whole: Element) -> Iterable[Element]:
    for words in whole.iter("keywords"):
        terms = words.findall("term") or words.findall("list/item") or words.findall("item")
        yield from terms


def _fits(root: Root, head: str) -> bool:
    return root.name in ("TEI", "teiCorpus", "listBibl", "biblStruct", "teiHeader", "TEI.2")


def _is_list(root: Root, head: str) -> bool:
    return root.name in ("listBibl", "biblStruct") or (_fits(root, head) and bool(_LISTED.search(head)))


READERS = (
    XmlReader(
        name="xml_other",
        label="TEI",
        suffixes=(),
        fits=lambda root, head: _fits(root, head) and has(head, "biblFull"),
        begin=lambda stream: take,
        records=("biblFull",),
    ),
    XmlReader(
        name="xml_other",
        label="TEI",
        suffixes=(),
        fits=_is_list,
        begin=lambda stream: take,
        records=("biblStruct",),
        nests=True,
    ),
    XmlReader(
        name="xml_other",
        label="TEI",
        suffixes=(".tei",),
        fits=_fits,
        begin=lambda stream: take,
        records=("teiHeader",),
    ),
)
