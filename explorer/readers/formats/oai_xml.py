"""OAI-PMH: what repositories, arXiv among them, hand out to harvesters.

Holds how a record is unwrapped and which reader's fields its metadata has; and arXiv's two formats of its own.
Knows nothing of how records are found (`xml`).
Always true: a deleted record is told as a problem, since it has no paper; an answer that is one page of many is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine import markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, Take, XmlReader, has, root_of
from explorer.readers.formats import crossref_xml, dublin_core, jats, marc_xml, mods_xml, tei
from explorer.readers.io.stream import Stream
from explorer.text import readable

_ERROR = re.compile(r"<error(?:\s[^<>]*)?>([^<]{0,300})</error>")
_AFFILIATION = re.compile(r"\([^()]*\)")
_AUTHORS = re.compile(r"\s*(?:;|,? and |,(?! ?(?:Jr|Sr|II|III|IV)\b))\s*")


class _Oai:
    name = "oai_xml"
    label = "OAI-PMH"
    suffixes: tuple[str, ...] = ()

    def recognises(self, name: str, head: str) -> bool:
        root = root_of(head)
        return root is not None and _fits(root, head)

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        empty = True
        for found in _RECORDS.read(stream):
            empty = False
            yield found
        if empty:
            match = _ERROR.search(stream.head())
            reason = f"the repository answered “{' '.join(match[1].split())}”" if match else "it has no <record>"
            raise UnreadableFile(f"{stream.name}: {reason}. Ask the repository for ListRecords or GetRecord")


def _fits(root: Root, head: str) -> bool:
    if root.name in ("OAI-PMH", "ListRecords", "GetRecord"):
        return True
    return root.name.lower() in ("records", "record", "harvest", "repository") and (
        "openarchives.org/OAI/2.0/" in head and has(head, "metadata", "header")
    )


def _begin(stream: Stream) -> Take:
    def take(record: Element) -> list[Found]:
        if record.tag == "resumptionToken":
            if line(record):
                stream.note(0, "this is one page of a longer answer; ask the repository for the pages after it too")
            return []
        return _paper(record)

    return take


def _paper(record: Element) -> list[Found]:
    header, metadata = record.find("header"), record.find("metadata")
    key = "" if header is None else line(header.find("identifier"))
    if header is not None and header.get("status") == "deleted":
        return [f"the repository has deleted this record ({key or 'without identifier'}). Ignore it"]
    told = list(metadata) if metadata is not None else [e for e in record if e.tag not in ("header", "about")]
    if not told:
        return [f"a record without metadata ({key or 'nor identifier'}). Ask for it again, or ignore it"]
    found = next(iter(_METADATA.get(told[0].tag, _other)(told[0])), None)
    if not isinstance(found, dict):
        return [found or "no title and no abstract found; a paper needs one of them. Ignore this record"]
    return [{**found, "key": key.removeprefix("oai:arXiv.org:") or found.get("key")}]


def _arxiv(paper: Element) -> list[Found]:
    people = [
        {
            "family": _plain(name.find("keyname")),
            "given": f"{_plain(name.find('forenames'))} {_plain(name.find('suffix'))}".strip(),
        }
        for name in paper.findall("authors/author")
    ]
    listed = people or _AUTHORS.split(_without_affiliations(_plain(paper.find("authors"))))
    dates = [line(date) for date in (*paper.findall("created"), *paper.findall("version/date"), *paper.findall("date"))]
    return [
        {
            "title": line(paper.find("title")),
            "abstract": markup.prose(paper.find("abstract")),
            "authors": listed,
            "year": next((_year(date) for date in dates), ""),
            "venue": line(paper.find("journal-ref")),
            "doi": line(paper.find("doi")).split(" ")[0],
            "arxiv": line(paper.find("id")),
            "keywords": line(paper.find("categories")).split(),
        }
    ]


def _doaj(paper: Element) -> list[Found]:
    people = [line(name) for author in paper.findall("authors/author") for name in author.findall("name")]
    return [
        {
            "title": line(paper.find("title")),
            "abstract": markup.prose(paper.find("abstract")),
            "authors": people,
            "year": _year(line(paper.find("publicationDate"))),
            "venue": line(paper.find("journalTitle")),
            "doi": line(paper.find("doi")),
            "url": line(paper.find("fullTextUrl")),
            "keywords": [line(word) for word in paper.findall("keywords/keyword")],
        }
    ]


def _year(date: str) -> str:
    match = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", date)
    return match[0] if match else ""


def _plain(element: Element | None) -> str:
    return readable(line(element))


def _without_affiliations(names: str) -> str:
    for _ in range(3):  # they may hold brackets themselves
        names = _AFFILIATION.sub("", names)
    return names


def _other(metadata: Element) -> list[Found]:
    """Dublin Core, or something whose words are like it; looked for one or two levels down."""
    for place in (metadata, *metadata, *(inner for child in metadata for inner in child)):
        if place.tag in _METADATA:
            return list(_METADATA[place.tag](place))
        if place.find("title") is not None:
            return [dublin_core.fields_of(place)]
    return [dublin_core.fields_of(metadata)]


_METADATA: dict[str, Callable[[Element], list[Found]]] = {
    "arXiv": _arxiv,
    "arXivRaw": _arxiv,
    "arXivOld": _arxiv,
    "doajArticle": _doaj,
    "article": lambda article: [jats.fields_of(article)],
    "mods": lambda mods: [mods_xml.fields_of(mods)],
    "record": marc_xml.take,
    "resource": crossref_xml.take_datacite,
    "TEI": tei.take,
    "crossref": crossref_xml.take,
    "doi_record": crossref_xml.take,
}
_RECORDS = XmlReader(
    name="oai_xml",
    label="OAI-PMH",
    suffixes=(),
    fits=_fits,
    begin=_begin,
    records=("record", "Record"),
    asides=("resumptionToken",),
    nests=True,
)
READER = _Oai()
