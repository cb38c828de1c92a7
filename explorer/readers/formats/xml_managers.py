"""What programs that keep references write in XML: EndNote, Citavi, Word, BibTeXML; and lists of dblp and Europe PMC.

Holds where each of them keeps the fields of a reference. Knows nothing of how references are cut out of files (`xml`).
Always true: text in EndNote's `<style>` wrappers reads as one run, raised and lowered characters included; people,
journals, keywords and categories of Citavi are gathered first, in one pass over the file, by name only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from explorer.doi import canonical_doi
from explorer.readers.engine import fields, ids, markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import elements
from explorer.readers.engine.xml_format import (
    Take,
    Values,
    XmlReader,
    every,
    first,
    folder_path,
    people,
    person,
    sign,
    table,
)
from explorer.readers.formats.xml_dublin import ids_of
from explorer.readers.io.stream import Stream
from explorer.tables import tables_of

_TABLES = {name: table(**places) for name, places in tables_of(__file__).items()}

# -------------------- EndNote, as it and others (Zotero, Mendeley, JabRef, Rayyan) write it; version 8 and those before

_MORE_AUTHORS = re.compile(r"[\n;]| and (?=[^,]{0,80},)")
_NUMBER = re.compile(r"\d{1,9}")
_PUBMED = re.compile(r"pubmed|medline|nlm", re.IGNORECASE)
_ENDNOTE_AUTHORS = "contributors/authors/author authors/author"
_ENDNOTE_EDITORS = "contributors/secondary-authors/author secondary-authors/secondary-author"
_ENDNOTE_VENUES = (
    "periodical/full-title titles/secondary-title secondary-title alt-periodical/full-title titles/alt-title "
    "periodical/abbr-1"
)


def _endnote(record: Element) -> Values:
    for element in record.iter():
        element.tag = element.tag.lower().replace("_", "-")

    def text(paths: str) -> str:
        return next(iter(_texts(record, paths)), "")

    links = _texts(record, "urls//url url")
    accession = text("accession-num accession-number")
    from_pubmed = _PUBMED.search(text("remote-database-name remote-database-provider database-provider"))
    own = [e for path in ("custom2", "custom1", "user16") for e in _texts(record, path)]  # the last is Bookends'
    doi = canonical_doi(text("electronic-resource-num doi"))
    return {
        "key": text("rec-number refnum foreign-keys/key label"),
        "title": text("titles/title title titles/translated-title titles/short-title"),
        "abstract": next((plain for element in record.findall("abstract") if (plain := _plain(element))), ""),
        "authors": list(_names(record, _ENDNOTE_AUTHORS)) or list(_names(record, _ENDNOTE_EDITORS)),
        "year": text("dates/year year dates/pub-dates/date date"),
        "venue": text(_ENDNOTE_VENUES),
        "doi": doi or next((doi for link in links if "doi" in link and (doi := canonical_doi(link))), ""),
        "arxiv": ids.arxiv_linked(links),
        "pmid": accession if from_pubmed and _NUMBER.fullmatch(accession) else ids.pmid(links),
        "pmcid": next((e for e in own if e.startswith("PMC")), ""),
        "url": next((link for link in links if link.lower().startswith("http")), ""),
        "keywords": [
            word for keyword in record.findall("keywords/keyword") for word in re.split(r"[\n;]", _plain(keyword))
        ],
    }


def _texts(record: Element, paths: str) -> list[str]:
    """All texts under the first of `paths` where there is any."""
    lists = ([" ".join(_plain(element).split()) for element in record.findall(path)] for path in paths.split())
    return next(
        filter(None, ([text for text in texts if not fields.is_empty(text, "abstract")] for texts in lists)), []
    )


def _names(record: Element, paths: str) -> Iterator[str]:
    for path in paths.split():
        for author in record.findall(path):
            yield from (name for name in _MORE_AUTHORS.split(_plain(author)) if name.strip(" ,"))


def _plain(element: Element) -> str:
    """The text of an element, in which a carriage return is EndNote's end of a paragraph."""
    styles = element.findall("style")
    if not styles:
        return markup.prose(element)
    parts = [element.text or ""] if (element.text or "").strip() else []
    for style in styles:
        face, text = style.get("face", ""), "".join(style.itertext())
        parts.append(markup.script(face != "subscript", text) if face in ("superscript", "subscript") else text)
        parts.append(style.tail or "" if (style.tail or "").strip() else "")
    return markup.string("".join(parts))


# ------------------------------------ Citavi 3 to 6: references, with the people and journals they name by number

_LINKS = ("ReferenceAuthors", "ReferenceEditors", "ReferenceKeywords", "ReferenceCategories", "CategoryCategories")
_NAMED = ("Person", "Periodical", "Keyword", "Category")


@dataclass(slots=True)
class _Shared:
    names: dict[str, dict[str, object]] = field(default_factory=lambda: {kind: {} for kind in _NAMED})
    links: dict[str, dict[str, list[str]]] = field(default_factory=lambda: {kind: {} for kind in _LINKS})
    parents: dict[str, str] = field(default_factory=dict)

    def linked(self, links: str, kind: str, reference: str) -> list[object]:
        """What a reference is linked to, by name."""
        names = self.names[kind]
        return [names[number] for number in self.links[links].get(reference, []) if number in names]

    def paths(self, reference: str) -> list[str]:
        """The categories of a reference, each with those around it."""
        categories = self.links["ReferenceCategories"].get(reference, [])
        return [folder_path(category, self.names["Category"], self._around) for category in categories]

    def _around(self, category: str) -> str:
        return self.parents.get(category, "")


def _shared(stream: Stream) -> _Shared:
    shared = _Shared()
    for name, _, element in elements(stream.again(), (*_NAMED, *_LINKS, "Reference")):
        if isinstance(element, str):
            continue
        if name in _LINKS:
            for link in every(element, "OnetoN"):
                reference, *numbers = link.split(";")
                shared.links[name][reference] = numbers
        elif name == "Person":
            given = "FirstName+MiddleName"
            shared.names[name][_number(element)] = person(element, "LastName", given, given)
        elif name in _NAMED:
            shared.names[name][_number(element)] = first(element, "Name")
    for parent, inner in shared.links["CategoryCategories"].items():
        shared.parents.update((category, parent) for category in inner)
    return shared


def _number(element: Element) -> str:
    return element.get("id") or first(element, "ID")


def _begin_citavi(stream: Stream) -> Take:
    shared = _shared(stream)

    def take(reference: Element) -> Values:
        values, key, subtitle = _TABLES["citavi"](reference), _number(reference), first(reference, "Subtitle")
        title = values["title"]
        return values | {
            "key": key,
            "title": f"{title}: {subtitle}" if title and subtitle else title or first(reference, "ShortTitle"),
            "authors": shared.linked("ReferenceAuthors", "Person", key)
            or shared.linked("ReferenceEditors", "Person", key),
            "venue": shared.names["Periodical"].get(first(reference, "PeriodicalID Periodical")),
            "keywords": shared.linked("ReferenceKeywords", "Keyword", key),
            "collections": shared.paths(key),
        }

    return take


# ------------------------------------------------------------------------ BibTeXML, Word's sources, dblp, Europe PMC

_DBLP_RECORDS = "article inproceedings proceedings book incollection phdthesis mastersthesis data info"
_HOMONYM = re.compile(r" \d{4}$")  # dblp's "Wei Wang 0001"
_DBLP = table("title abstract year", venue="journal booktitle venue")


def _bibtexml(entry: Element) -> Values:
    inner = next(iter(entry), entry)
    parts = {child.tag.lower(): child for child in inner}
    texts = {name: line(part) for name, part in parts.items()}
    authors = (line(name) for name in inner.iter("author") if not len(name))
    return {
        "key": entry.get("id"),
        "title": texts.get("title"),
        "abstract": markup.prose(parts.get("abstract")),
        "authors": [name for listed in authors for name in listed.split(" and ")],
        "year": texts.get("year") or texts.get("date"),
        "venue": texts.get("journal") or texts.get("booktitle"),
        "doi": texts.get("doi"),
        "arxiv": texts.get("eprint"),
        "pmid": texts.get("pmid"),
        "url": texts.get("url"),
        "keywords": texts.get("keywords"),
    }


def _word(source: Element) -> Values:
    names = people(source, "Author/Author/NameList/Person", "Last", "First+Middle")
    return _TABLES["word"](source) | {"authors": names or [first(source, "Author/Author/Corporate")]}


def _dblp(entry: Element) -> Values:
    names = every(entry, "author authors/author editor")
    return (
        ids_of(every(entry, "ee") + every(entry, "doi"))
        | _DBLP(entry)
        | {"key": entry.get("key") or first(entry, "key"), "authors": [_HOMONYM.sub("", name) for name in names]}
    )


def _europe_pmc(result: Element) -> Values:
    names = people(result, "authorList/author", "lastName", "firstName", "collectiveName fullName")
    return _TABLES["europe_pmc"](result) | {"authors": names or first(result, "authorString").rstrip(".")}


ENDNOTE = XmlReader(
    "endnote_xml",
    "EndNote XML",
    (
        sign(
            "xml records record endnote endnotexml",
            "ref-type rec-number contributors REFERENCE_TYPE REFNUM secondary-title source-app",
            any_case=True,
        ),
        sign("xml", "records RECORDS record RECORD", any_case=True),
    ),
    _endnote,
    "record RECORD",
)
CITAVI = XmlReader(
    "xml_other", "Citavi", (sign("CitaviExchangeData CitaviProject SwissAcademicCitaviExchangeData"),),
    begin=_begin_citavi, records="Reference",
)  # fmt: skip
BIBTEXML = XmlReader("xml_other", "BibTeXML", (sign(attributes="bibtexml"),), _bibtexml, "entry")
DBLP = XmlReader(
    "xml_other", "dblp", (sign("result", "hits"), sign("dblp dblpperson"), sign(_DBLP_RECORDS, attributes="mdate=")),
    _dblp, _DBLP_RECORDS,
)  # fmt: skip
WORD = XmlReader("xml_other", "Word", (sign("Sources", "Source SourceType"),), _word, "Source")
EUROPE_PMC = XmlReader(
    "xml_other", "Europe PMC", (sign("responseWrapper resultList", "resultList"),), _europe_pmc, "result"
)
