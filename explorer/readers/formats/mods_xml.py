"""MODS, the libraries' format: single records and collections, in any wrapper.

Holds where a record keeps the fields of a paper. Knows nothing of how records are found (`xml`).
Always true: titles, names and ids come from the record itself; of what it relates to, only the host (its journal or
book) counts, for the venue and for a missing date.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from explorer.paper import canonical_arxiv, canonical_doi
from explorer.readers.engine import fields, markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, XmlReader, attribute, has

_AUTHORS = (
    "aut",
    "author",
    "cre",
    "creator",
    "ctb",
    "contributor",
    "dis",
    "verfasser",
    "verfasserin",
    "autor",
    "auteur",
)
_DATES = ("dateIssued", "copyrightDate", "dateCreated", "dateOther", "dateCaptured")


def _fits(root: Root, head: str) -> bool:
    return root.name in ("mods", "modsCollection") or (
        "loc.gov/mods" in head and has(head, "mods") and root.name not in ("OAI-PMH", "RDF")
    )


def fields_of(mods: Element) -> dict[str, object]:
    """The fields of a paper in a `<mods>`."""
    host = next((other for other in mods.findall("relatedItem") if other.get("type") == "host"), None)
    ids = {given.get("type", "").lower(): line(given) for given in reversed(mods.findall("identifier"))}
    addresses = [line(url) for url in _preferred(mods.findall("location/url"))]
    addresses += [line(given) for given in mods.findall("identifier") if "://" in line(given)]
    return {
        "key": ids.get("citekey")
        or attribute(mods, "ID")
        or line(mods.find("recordInfo/recordIdentifier"))
        or ids.get(""),
        "title": _title(mods),
        "abstract": _abstract(mods),
        "authors": list(_authors(mods)),
        "year": _year(mods) or ("" if host is None else _year(host)),
        "venue": "" if host is None else _title(host),
        "doi": ids.get("doi")
        or next((doi for text in addresses if "doi" in text and (doi := canonical_doi(text))), ""),
        "arxiv": ids.get("arxiv") or next((canonical_arxiv(url) for url in addresses if "arxiv.org" in url), ""),
        "pmid": ids.get("pmid") or ids.get("pubmed") or ids.get("medline", ""),
        "pmcid": ids.get("pmcid") or ids.get("pmc", ""),
        "url": next((url for url in addresses if url.startswith("http")), ""),
        "keywords": [text for topic in mods.findall("subject/topic") if (text := line(topic))],
    }


def _preferred(urls: list[Element]) -> list[Element]:
    return sorted(urls, key=lambda url: url.get("usage") not in ("primary", "primary display"))


def _title(place: Element) -> str:
    infos = sorted(place.findall("titleInfo"), key=lambda info: bool(info.get("type")))
    for info in infos:
        title = " ".join(filter(None, (line(info.find("nonSort")), line(info.find("title")))))
        subtitle = line(info.find("subTitle"))
        if title:
            parts = [line(part) for part in info if part.tag in ("partNumber", "partName")]
            title = f"{title.rstrip(' :')}: {subtitle}" if subtitle else title
            return ". ".join([title.rstrip(" ."), *parts]) if parts else title
    return ""


def _abstract(mods: Element) -> str:
    texts = map(markup.prose, mods.findall("abstract"))
    return next((text for text in texts if not fields.is_empty(text)), "")


def _authors(mods: Element) -> Iterator[object]:
    names = [(name, {line(role).lower().rstrip(".") for role in name.findall("role/roleTerm")} - {""})
             for name in mods.findall("name")]  # fmt: skip
    chosen = [name for name, roles in names if not roles or roles & set(_AUTHORS)]
    editors = [name for name, roles in names if roles & {"edt", "editor", "com", "compiler"}]
    for name in chosen or editors or [name for name, _ in names]:
        yield _name(name)


def _name(name: Element) -> object:
    parts: dict[str, list[str]] = {}
    for part in name.findall("namePart"):
        parts.setdefault(part.get("type", ""), []).append(line(part))
    family, given = (" ".join(parts.get(kind, [])) for kind in ("family", "given"))
    if family:
        return {"family": family, "given": f"{given} {' '.join(parts.get('termsOfAddress', []))}".strip()}
    whole = (". " if name.get("type") == "corporate" else " ").join(parts.get("", []))
    return whole or given or line(name.find("displayForm"))


def _year(place: Element) -> str:
    origins = place.findall("originInfo")
    found = (line(date) for kind in _DATES for origin in origins for date in origin.findall(kind))
    return next((year for year in found if year), "") or line(place.find("part/date"))


def _take(mods: Element) -> list[Found]:
    return [fields_of(mods)]


READER = XmlReader(
    name="mods_xml",
    label="MODS",
    suffixes=(".mods",),
    fits=_fits,
    begin=lambda stream: _take,
    records=("mods",),
    nests=True,
)
