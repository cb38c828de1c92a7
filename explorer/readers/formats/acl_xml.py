"""The ACL Anthology's XML: collections of volumes of papers, in its present and in its older form.

Holds where a paper keeps its fields. Knows nothing of how papers are found (`xml`).
Always true: what a volume says of itself (`<meta>`: title, year) counts for the papers after it; front matter, which
has neither title nor abstract, is no paper.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from explorer.readers.engine import markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, Take, XmlReader, has
from explorer.readers.io.stream import Stream


def _fits(root: Root, head: str) -> bool:
    if root.name not in ("collection", "volume", "anthology") or has(head, "datafield", "mods"):
        return False
    return has(head, "paper", "frontmatter") or (has(head, "volume") and has(head, "booktitle"))


def _begin(stream: Stream) -> Take:
    volume = {"venue": "", "year": ""}

    def take(element: Element) -> list[Found]:
        if element.tag == "meta":
            volume["venue"] = line(element.find("booktitle")) or line(element.find("journal-title"))
            volume["year"] = line(element.find("year"))
            return []
        return [_paper(element, volume["venue"], volume["year"])]

    return take


def _paper(paper: Element, venue: str, year: str) -> Found:
    address = line(paper.find("url"))
    number = address.rstrip("/").rpartition("/")[2].removesuffix(".pdf")
    authors = paper.findall("author") or paper.findall("editor")
    return {
        "key": number or line(paper.find("bibkey")) or paper.get("id", ""),
        "title": line(paper.find("title")),
        "abstract": markup.prose(paper.find("abstract")),
        "authors": [
            {"family": line(name.find("last")), "given": line(name.find("first")), "name": line(name)}
            for name in authors
        ],
        "year": line(paper.find("year")) or year,
        "venue": line(paper.find("booktitle")) or line(paper.find("journal")) or venue,
        "doi": line(paper.find("doi")),
        "url": address if "://" in address else f"https://aclanthology.org/{number}/" if number else "",
    }


READER = XmlReader(
    name="acl_xml",
    label="ACL Anthology XML",
    suffixes=(),
    fits=_fits,
    begin=_begin,
    records=("paper",),
    asides=("meta",),
)
