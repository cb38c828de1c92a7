"""EndNote's XML, as EndNote and others (Zotero, Mendeley, JabRef, Rayyan) write it.

Holds where a record keeps the fields of a paper, in the words of EndNote 8 and later and of those before. Knows nothing
of how records are found (`xml`).
Always true: text in `<style>` wrappers reads as one run, raised and lowered characters included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from explorer.paper import canonical_arxiv, canonical_doi
from explorer.readers.engine import fields, markup
from explorer.readers.engine.xml import Found, Root, XmlReader, has

_MORE_AUTHORS = re.compile(r"[\n;]| and (?=[^,]{0,80},)")
_PUBMED_LINK = re.compile(r"(?:/pubmed/|pubmed\.ncbi\.nlm\.nih\.gov/)(\d{1,8})(?!\d)")
_CUSTOM = ("custom2", "custom1", "user16")  # Bookends writes the last
_NUMBER = re.compile(r"\d{1,9}")
_PUBMED = re.compile(r"pubmed|medline|nlm", re.IGNORECASE)


def _fits(root: Root, head: str) -> bool:
    name = root.name.lower()
    if name not in ("xml", "records", "record", "endnote", "endnotexml"):
        return False
    marks = ("ref-type", "rec-number", "contributors", "REFERENCE_TYPE", "REFNUM", "secondary-title", "source-app")
    return has(head, *marks) or (name == "xml" and has(head, "records", "RECORDS", "record", "RECORD"))


def _take(record: Element) -> list[Found]:
    for element in record.iter():
        element.tag = element.tag.lower().replace("_", "-")
    text = _Texts(record)
    authors = list(_names(record, "contributors/authors/author", "authors/author"))
    editors = _names(record, "contributors/secondary-authors/author", "secondary-authors/secondary-author")
    links = text.all("urls//url", "url")
    accession = text.one("accession-num", "accession-number")
    from_pubmed = _PUBMED.search(text.one("remote-database-name", "remote-database-provider", "database-provider"))
    return [
        {
            "key": text.one("rec-number", "refnum", "foreign-keys/key", "label"),
            "title": text.one("titles/title", "title", "titles/translated-title", "titles/short-title"),
            "abstract": text.prose("abstract"),
            "authors": authors or list(editors),
            "year": text.one("dates/year", "year", "dates/pub-dates/date", "date"),
            "venue": text.one(
                "periodical/full-title", "titles/secondary-title", "secondary-title", "alt-periodical/full-title",
                "titles/alt-title", "periodical/abbr-1",
            ),
            "doi": _doi(text.one("electronic-resource-num", "doi"), links),
            "arxiv": next((found for link in links if "arxiv.org" in link and (found := canonical_arxiv(link))), ""),
            "pmid": accession if from_pubmed and _NUMBER.fullmatch(accession) else _pmid(links),
            "pmcid": next((own for path in _CUSTOM for own in text.all(path) if own.startswith("PMC")), ""),
            "url": next((link for link in links if link.lower().startswith("http")), ""),
            "keywords": list(_words(record)),
        }
    ]  # fmt: skip


class _Texts:
    """The texts of a record by the path of their elements."""

    def __init__(self, record: Element) -> None:
        self._record = record

    def all(self, *paths: str) -> list[str]:
        """All texts at the first of the paths where there is any."""
        for path in paths:
            found = [text for element in self._record.findall(path) if (text := " ".join(_plain(element).split()))]
            if found := [text for text in found if not fields.is_empty(text)]:
                return found
        return []

    def one(self, *paths: str) -> str:
        """The first text."""
        return next(iter(self.all(*paths)), "")

    def prose(self, path: str) -> str:
        """The first text, with its paragraphs."""
        return next((text for element in self._record.findall(path) if (text := _plain(element))), "")


def _plain(element: Element) -> str:
    """The text of an element, in which a carriage return is EndNote's end of a paragraph."""
    styles = element.findall("style")
    if not styles:
        return markup.prose(element)
    parts = [element.text or ""] if (element.text or "").strip() else []
    for style in styles:
        face = style.get("face", "")
        text = "".join(style.itertext())
        parts.append(markup.script(face != "subscript", text) if face in ("superscript", "subscript") else text)
        parts.append(style.tail or "" if (style.tail or "").strip() else "")
    return markup.string("".join(parts))


def _names(record: Element, *paths: str) -> Iterator[str]:
    for path in paths:
        for author in record.findall(path):
            for name in _MORE_AUTHORS.split(_plain(author)):
                if name.strip(" ,"):
                    yield name


def _words(record: Element) -> Iterator[str]:
    for keyword in record.findall("keywords/keyword"):
        yield from (word for word in re.split(r"[\n;]", _plain(keyword)) if word.strip())


def _pmid(links: list[str]) -> str:
    return next((match[1] for link in links if (match := _PUBMED_LINK.search(link))), "")


def _doi(number: str, links: list[str]) -> str:
    return canonical_doi(number) or next((doi for link in links if "doi" in link and (doi := canonical_doi(link))), "")


READER = XmlReader(
    name="endnote_xml",
    label="EndNote XML",
    suffixes=(),
    fits=_fits,
    begin=lambda stream: _take,
    records=("record", "RECORD"),
)
