"""Smaller formats of XML: plain Dublin Core, BibTeXML, dblp, Word's sources, Europe PMC, RSS, OpenURL, DSpace.

Holds, for each, its records and where they keep the fields of a paper; and the one reader for these and for those with
a module of their own (RDF, Crossref, DataCite, MARC, TEI, Citavi). Knows nothing of how records are found (`xml`).
Always true: the dialects are tried in order, the particular before the general.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine import markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, XmlReader, has
from explorer.readers.formats import citavi_xml, crossref_xml, dublin_core, marc_xml, rdf, tei, xml_plain
from explorer.readers.io.stream import Stream

_DBLP = (
    "article",
    "inproceedings",
    "proceedings",
    "book",
    "incollection",
    "phdthesis",
    "mastersthesis",
    "data",
    "info",
)
_NUMBERED = re.compile(r" \d{4}$")
_NOT_ABSTRACT = re.compile(r"^arXiv:\S+\s+(?:Announce Type: \S+\s+)?Abstract: ")


def _bibtexml(entry: Element) -> list[Found]:
    inner = next(iter(entry), entry)
    text = {child.tag.lower(): child for child in inner}
    authors = [line(name) for name in inner.iter("author") if not len(name)]
    names = [name for listed in authors for name in listed.split(" and ")]
    return [
        {
            "key": entry.get("id", ""),
            "title": line(text.get("title")),
            "abstract": markup.prose(text.get("abstract")),
            "authors": names,
            "year": line(text.get("year")) or line(text.get("date")),
            "venue": line(text.get("journal")) or line(text.get("booktitle")),
            "doi": line(text.get("doi")),
            "arxiv": line(text.get("eprint")),
            "pmid": line(text.get("pmid")),
            "url": line(text.get("url")),
            "keywords": line(text.get("keywords")),
        }
    ]


def _dblp(entry: Element) -> list[Found]:
    people = entry.findall("author") or entry.findall("authors/author") or entry.findall("editor")
    links = [line(link) for link in (*entry.findall("ee"), *entry.findall("doi"))]
    return [
        {
            **dublin_core.ids_of(links),
            "key": entry.get("key") or line(entry.find("key")),
            "title": line(entry.find("title")),
            "abstract": markup.prose(entry.find("abstract")),
            "authors": [_NUMBERED.sub("", line(name)) for name in people],
            "year": line(entry.find("year")),
            "venue": line(entry.find("journal")) or line(entry.find("booktitle")) or line(entry.find("venue")),
        }
    ]


def _word(source: Element) -> list[Found]:
    people = source.findall("Author/Author/NameList/Person")
    names = [
        {
            "family": line(person.find("Last")),
            "given": f"{line(person.find('First'))} {line(person.find('Middle'))}".strip(),
        }
        for person in people
    ]
    return [
        {
            "key": line(source.find("Tag")),
            "title": line(source.find("Title")),
            "abstract": markup.prose(source.find("Abstract")) or markup.prose(source.find("BIBTEX_Abstract")),
            "authors": names or [line(source.find("Author/Author/Corporate"))],
            "year": line(source.find("Year")),
            "venue": next((text for name in _WORD_VENUES if (text := line(source.find(name)))), ""),
            "doi": line(source.find("DOI")) or line(source.find("StandardNumber")),
            "url": line(source.find("URL")),
        }
    ]


_WORD_VENUES = ("JournalName", "ConferenceName", "BookTitle", "PublicationTitle", "PeriodicalTitle")


def _europe_pmc(result: Element) -> list[Found]:
    people = [
        {"family": line(name.find("lastName")), "given": line(name.find("firstName")), "name": _own_name(name)}
        for name in result.findall("authorList/author")
    ]
    return [
        {
            "key": line(result.find("id")),
            "title": line(result.find("title")),
            "abstract": markup.prose(result.find("abstractText")),
            "authors": people or line(result.find("authorString")).rstrip("."),
            "year": line(result.find("pubYear")) or line(result.find("journalInfo/yearOfPublication")),
            "venue": line(result.find("journalInfo/journal/title")) or line(result.find("journalTitle")),
            "doi": line(result.find("doi")),
            "pmid": line(result.find("pmid")),
            "pmcid": line(result.find("pmcid")),
            "keywords": [line(word) for word in result.findall("keywordList/keyword")],
        }
    ]


def _own_name(name: Element) -> str:
    return line(name.find("collectiveName")) or line(name.find("fullName"))


def _rss(item: Element) -> list[Found]:
    found = dublin_core.fields_of(item)
    links = [line(item.find(name)) for name in ("link", "guid", "doi")]
    abstract = str(found["abstract"])
    given = {**found, **{name: value for name, value in dublin_core.ids_of(links).items() if value}}
    return [{**given, "key": links[1] or links[0], "abstract": _NOT_ABSTRACT.sub("", " ".join(abstract.split()))}]


def _open_url(context: Element) -> list[Found]:
    texts: dict[str, list[str]] = {}
    for element in context.iter():
        if not len(element) and (text := line(element)):
            texts.setdefault(element.tag, []).append(text)
    people = [
        {"family": line(person.find("aulast")), "given": line(person.find("aufirst")) or line(person.find("auinit"))}
        for person in context.iter()
        if person.find("aulast") is not None
    ]
    part = next((texts[name][0] for name in ("atitle", "title", "btitle") if name in texts), "")
    whole = next((texts[name][0] for name in ("jtitle", "title", "stitle", "btitle") if name in texts), "")
    return [
        {
            **dublin_core.ids_of(texts.get("identifier", [])),
            "key": context.get("identifier") or next(iter(texts.get("identifier", [])), ""),
            "title": part,
            "abstract": next(iter(texts.get("description", []) or texts.get("abstract", [])), ""),
            "authors": people + [{"name": name} for name in texts.get("au", []) if not people],
            "year": next(iter(texts.get("date", [])), ""),
            "venue": whole if whole != part else "",
        }
    ]


def _dublin(dc: Element) -> list[Found]:
    found = dublin_core.fields_of(dc)
    return [{**found, "key": found["doi"] or found["url"]}]


def _is_word(root: Root, head: str) -> bool:
    return root.name == "Sources" and has(head, "Source", "SourceType")


def _is_dblp(root: Root, head: str) -> bool:
    if root.name == "result":
        return has(head, "hits")
    return root.name in ("dblp", "dblpperson") or (root.name in _DBLP and "mdate=" in root.attributes)


_DIALECTS: tuple[XmlReader | xml_plain.PlainReader, ...] = (
    citavi_xml.READER,
    *crossref_xml.READERS,
    rdf.READER,
    *tei.READERS,
    *(
        XmlReader("xml_other", label, (), fits, begin, records)
        for label, fits, begin, records in (
            ("BibTeXML", lambda root, head: "bibtexml" in root.attributes, lambda stream: _bibtexml, ("entry",)),
            ("dblp", _is_dblp, lambda stream: _dblp, _DBLP),
            ("Word", _is_word, lambda stream: _word, ("Source",)),
            (
                "Europe PMC",
                lambda root, head: root.name in ("responseWrapper", "resultList") and has(head, "resultList"),
                lambda stream: _europe_pmc,
                ("result",),
            ),
            ("RSS", lambda root, head: root.name == "rss", lambda stream: _rss, ("item",)),
            (
                "OpenURL",
                lambda root, head: root.name in ("context-objects", "context-object"),
                lambda stream: _open_url,
                ("context-object",),
            ),
            ("DSpace", lambda root, head: root.name == "dublin_core", lambda stream: _dublin, ("dublin_core",)),
        )
    ),
    marc_xml.READER,
    XmlReader(
        name="xml_other",
        label="Dublin Core",
        suffixes=(),
        fits=lambda root, head: has(head, "dc", "qualifieddc", "simpledc") and "purl.org/dc/" in head,
        begin=lambda stream: _dublin,
        records=("dc", "qualifieddc", "simpledc"),
    ),
    xml_plain.READER,
)


class _Other:
    name = "xml_other"
    label = f"other XML ({', '.join(dict.fromkeys(dialect.label for dialect in _DIALECTS))})"
    suffixes: tuple[str, ...] = (".rdf",)

    def recognises(self, name: str, head: str) -> bool:
        return any(dialect.recognises(name, head) for dialect in _DIALECTS)

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        head = stream.head()
        dialect = next((dialect for dialect in _DIALECTS if dialect.recognises(stream.name, head)), None)
        if dialect is None:
            raise UnreadableFile(f"{stream.name}: is no XML of a readable kind. Export the references as RIS")
        return dialect.read(stream)


READER = _Other()
