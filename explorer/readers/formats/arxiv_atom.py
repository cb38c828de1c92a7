"""Atom feeds, above all the answers of arXiv's search interface.

Holds where an entry keeps the fields of a paper. Knows nothing of how entries are found (`xml`).
Always true: an answer of arXiv that is an error is told in arXiv's words; a feed without entries is told as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem, canonical_arxiv
from explorer.readers.engine import markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, XmlReader, root_of
from explorer.readers.io.stream import Stream

_TITLE = re.compile(r"<title[^<>]*>([^<]{1,300})</title>")


class _Atom:
    name = "arxiv_atom"
    label = "Atom feed (arXiv)"
    suffixes: tuple[str, ...] = (".atom",)

    def recognises(self, name: str, head: str) -> bool:
        root = root_of(head)
        return root is not None and _fits(root, head)

    def read(self, stream: Stream) -> Iterator[Paper | Problem]:
        empty = True
        for found in _ENTRIES.read(stream):
            empty = False
            yield found
        if empty:
            match = _TITLE.search(stream.head())
            about = f" of “{markup.string(match[1])}”" if match else ""
            raise UnreadableFile(f"{stream.name}: the feed{about} has no entries. Search again with other words")


def _fits(root: Root, head: str) -> bool:
    return root.name in ("feed", "entry")


def _take(entry: Element) -> list[Found]:
    address, title = line(entry.find("id")), line(entry.find("title"))
    summary = entry.find("summary")
    abstract = markup.prose(summary if summary is not None else entry.find("content"))
    if "arxiv.org/api/errors" in address:
        return [f"arXiv answered with an error instead of a paper: {abstract or title}. Mend the search"]
    arxiv = canonical_arxiv(address) if "arxiv.org" in address.lower() else ""
    links = {link.get("title") or link.get("rel") or "": link.get("href", "") for link in entry.findall("link")}
    web = links.get("alternate") or (address if address.startswith("http") else "")
    return [
        {
            "key": arxiv or address,
            "title": title,
            "abstract": abstract,
            "authors": [line(name) for name in entry.findall("author/name")],
            "year": line(entry.find("published")) or line(entry.find("updated")),
            "venue": line(entry.find("journal_ref")) or line(entry.find("publicationName")),
            "doi": line(entry.find("doi")) or links.get("doi", ""),
            "arxiv": arxiv,
            "url": web,
            "keywords": [word for category in entry.findall("category") if (word := category.get("term", ""))],
        }
    ]


_ENTRIES = XmlReader(
    name="arxiv_atom", label="Atom", suffixes=(), fits=_fits, begin=lambda stream: _take, records=("entry",)
)
READER = _Atom()
