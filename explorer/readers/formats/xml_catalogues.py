"""What libraries, repositories and scholarly editors write of papers in XML: MODS, MARCXML and TEI.

Holds where a record keeps the fields of a paper. Knows nothing of how records are cut out of files (`xml`).
Always true: titles, names and ids come from the record itself; of what it relates to, only the journal or book it is in
counts, for the venue and for a missing date; references at the end of an article never do.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from explorer.doi import canonical_doi
from explorer.readers.engine.ids import arxiv_linked
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Root, attribute, has
from explorer.readers.engine.xml_format import Values, XmlReader, every, filled, find, first, inside, prose, sign
from explorer.readers.formats import xml_dublin

# ----------------------------------------------------------- MODS: single records and collections, in any wrapper

_AUTHORS = frozenset("aut author cre creator ctb contributor dis verfasser verfasserin autor auteur".split())
_EDITORS = frozenset(("edt", "editor", "com", "compiler"))
_DATES = ("dateIssued", "copyrightDate", "dateCreated", "dateOther", "dateCaptured")


def _is_mods(root: Root, head: str) -> bool:
    return root.name in ("mods", "modsCollection") or (
        "loc.gov/mods" in head and has(head, "mods") and root.name not in ("OAI-PMH", "RDF")
    )


def mods(record: Element) -> Values:
    """The fields of a paper in a `<mods>`."""
    host = record.find("relatedItem[@type='host']")
    ids = {place.get("type", "").lower(): line(place) for place in reversed(record.findall("identifier"))}
    urls = sorted(
        record.findall("location/url"), key=lambda url: url.get("usage") not in ("primary", "primary display")
    )
    addresses = [*map(line, urls), *(text for text in every(record, "identifier") if "://" in text)]
    key = ids.get("citekey") or attribute(record, "ID") or first(record, "recordInfo/recordIdentifier")
    return {
        "key": key or ids.get(""),
        "title": _mods_title(record),
        "abstract": prose(record.findall("abstract")),
        "authors": _mods_authors(record),
        "year": _mods_year(record) or _mods_year(host),
        "venue": _mods_title(host),
        "doi": ids.get("doi")
        or next((doi for text in addresses if "doi" in text and (doi := canonical_doi(text))), ""),
        "arxiv": ids.get("arxiv") or arxiv_linked(addresses),
        "pmid": ids.get("pmid") or ids.get("pubmed") or ids.get("medline"),
        "pmcid": ids.get("pmcid") or ids.get("pmc"),
        "url": next((url for url in addresses if url.startswith("http")), ""),
        "keywords": every(record, "subject/topic"),
    }


def _mods_title(place: Element | None) -> str:
    infos = [] if place is None else sorted(place.findall("titleInfo"), key=lambda info: bool(info.get("type")))
    for info in infos:
        if title := first(info, "nonSort+title"):
            subtitle, parts = first(info, "subTitle"), [line(part) for part in info if part.tag in _PARTS_OF_TITLE]
            title = f"{title.rstrip(' :')}: {subtitle}" if subtitle else title
            return ". ".join([title.rstrip(" ."), *parts]) if parts else title
    return ""


_PARTS_OF_TITLE = ("partNumber", "partName")


def _mods_authors(record: Element) -> list[object]:
    names = [(name, {role.lower().rstrip(".") for role in every(name, "role/roleTerm")} - {""})
             for name in record.findall("name")]  # fmt: skip
    authors = [name for name, roles in names if not roles or roles & _AUTHORS]
    editors = [name for name, roles in names if roles & _EDITORS]
    return [_mods_name(name) for name in authors or editors or [name for name, _ in names]]


def _mods_name(name: Element) -> object:
    parts: dict[str, list[str]] = {}
    for part in name.findall("namePart"):
        parts.setdefault(part.get("type", ""), []).append(line(part))
    family, given, title = (" ".join(parts.get(kind, [])) for kind in ("family", "given", "termsOfAddress"))
    if family:
        return {"family": family, "given": f"{given} {title}".strip()}
    whole = (". " if name.get("type") == "corporate" else " ").join(parts.get("", []))
    return whole or given or first(name, "displayForm")


def _mods_year(place: Element | None) -> str:
    if place is None:
        return ""
    texts = (text for kind in _DATES for text in every(place, f"originInfo/{kind}"))
    return next(filter(None, texts), "") or first(place, "part/date")


# ------------------------------------ MARCXML: MARC 21 and UNIMARC, plain or in the answer of a catalogue (SRU)

_ROLES = ("", "aut", "author", "cre", "creator", "dis", "verfasser", "verfasserin", "auteur", "joint author", "070")
_PUNCTUATION = " /:;,="  # what cataloguers put at the ends of fields
_ABBREVIATED = re.compile(r"(?:\b\w|\b(?:etc|Jr|Sr|Dr|St|Inc|Ltd))\.$")
_Field = list[tuple[str, str]]  # letters and texts of the subfields


def _is_marc(root: Root, head: str) -> bool:
    return has(head, "datafield") and has(head, "record") and root.name != "OAI-PMH"


def marc(record: Element) -> Values:
    """The fields of a paper in a `<record>`, or in one around it."""
    marc = _Marc(record)
    control = {field.get("tag", ""): line(field) for field in record.iter("controlfield")}
    unimarc = not marc.fields("245") and bool(marc.fields("200"))
    dates = (marc.all("210d 214d 219d") if unimarc else []) or marc.all("264c 260c")
    people = marc.people("700 701 702", "4", "b") if unimarc else marc.people("100 700", "4e")
    return xml_dublin.ids_of(marc.all("024a 017a 856u")) | {
        "key": control.get("001"),
        "title": marc.joined("200", "ae") if unimarc else marc.joined("245", "abnp"),
        "abstract": "\n".join(marc.texts("330", "a") if unimarc else marc.texts("520", "ab")),
        "authors": people or marc.all("710ab 711ab 712ab" if unimarc else "110ab 111ab 710ab 711ab"),
        "year": next(iter(dates), "") or control.get("008", "")[7:11],
        "venue": next(iter(marc.all("461t 463t 773t")), ""),
        "url": next((text for text in marc.all("856u") if text.startswith("http")), ""),
        "keywords": list(dict.fromkeys(marc.all("650a 653a 606a"))),
    }


class _Marc:
    """The fields of a record by tag and the letters of their subfields."""

    def __init__(self, record: Element) -> None:
        self._fields: dict[str, list[_Field]] = {}
        for field in record.iter("datafield"):
            parts = [(part.get("code", ""), line(part)) for part in field.findall("subfield")]
            self._fields.setdefault(field.get("tag", ""), []).append(parts)

    def fields(self, tag: str) -> list[_Field]:
        """The fields of a tag."""
        return self._fields.get(tag, [])

    def texts(self, tag: str, letters: str) -> list[str]:
        """The texts of the fields of a tag, as they stand."""
        texts = (" ".join(text for letter, text in field if letter in letters) for field in self.fields(tag))
        return list(filter(None, texts))

    def all(self, places: str) -> list[str]:
        """The texts of fields, each a tag with its letters, without the punctuation at their ends."""
        return [bare for place in places.split() for text in self.texts(place[:3], place[3:]) if (bare := _bare(text))]

    def joined(self, tag: str, letters: str) -> str:
        """The first field: title and remainder of the title, between them a colon."""
        for field in self.fields(tag):
            parts = [(letter, _bare(text)) for letter, text in field if letter in letters]
            return "".join((": " if letter in "be" else ". ") + text for letter, text in parts if text)[2:]
        return ""

    def people(self, tags: str, roles: str, given: str = "") -> list[str]:
        """Names of authors, or of all people where no role says author; `given` is the letter of a given name."""
        names = [field for tag in tags.split() for field in self.fields(tag)]
        authors = [field for field in names if _is_author(field, roles)]
        return [name for field in authors or names if (name := _marc_name(field, given))]


def _marc_name(field: _Field, letter_of_given: str) -> str:
    parts = dict(reversed(field))  # of several the first
    family, given = _bare(parts.get("a", "")), letter_of_given and parts.get(letter_of_given, "")
    return f"{family}, {_bare(given)}" if family and given and "," not in family else family


def _is_author(field: _Field, letters: str) -> bool:
    roles = {text.rstrip(" .,").lower().rpartition("/")[2] for letter, text in field if letter in letters}
    return not roles or bool(roles & set(_ROLES))


def _bare(text: str) -> str:
    text = text.strip(" ").rstrip(_PUNCTUATION)
    return text if not text.endswith(".") or _ABBREVIATED.search(text[-6:]) or ". " in text else text[:-1].rstrip()


# --------------------------- TEI: the headers that GROBID and HAL write, and lists of references as Zotero exports them

_TEI_ROOTS = "TEI teiCorpus listBibl biblStruct teiHeader TEI.2"
_LISTED = re.compile(
    r"<(?:\w+:)?body[^<>]*>\s*(?:<(?:\w+:)?div[^<>]*>\s*)?<(?:\w+:)?listBibl[\s>]|Exported from Zotero"
)


def _is_list(root: Root, head: str) -> bool:
    return root.name in ("listBibl", "biblStruct") or (root.name in _TEI_ROOTS.split() and bool(_LISTED.search(head)))


def tei(element: Element) -> Values | str:
    """The paper that an article's header, or an entry of a list, tells of."""
    header = element if element.tag != "TEI" else element.find("teiHeader")
    if header is None:
        return "a <TEI> without <teiHeader>. Mend or ignore this record"
    whole = next(element.iter("biblFull"), header)
    struct = element if element.tag == "biblStruct" else next(whole.iter("biblStruct"), Element("biblStruct"))
    monograph = struct.find("monogr")
    places = (struct.find("analytic"), monograph, find(whole, "titleStmt fileDesc/titleStmt"))
    parts = [part for part in places if part is not None]
    title, titled = next(((text, part) for part in parts if (text := _tei_title(part))), ("", monograph))
    ids = [line(number) for number in struct.iter("idno")] or every(whole, "idno")
    typed = {attribute(number, "type").lower(): line(number) for number in struct.iter("idno")}
    values = {
        "key": attribute(struct, "id") or typed.get("halid") or typed.get("doi"),
        "title": title,
        "abstract": prose([*whole.iter("abstract"), *struct.findall("note[@type='abstract']")]),
        "authors": next((names for part in parts if (names := _tei_authors(part))), []),
        "year": _tei_year(struct, whole),
        "venue": "" if monograph is None or titled is monograph else _tei_title(monograph),
        "arxiv": typed.get("arxiv"),
        "pmid": typed.get("pmid") or typed.get("pubmed"),
        "pmcid": typed.get("pmcid") or typed.get("pmc"),
        "keywords": [word for words in whole.iter("keywords") for word in every(words, "term list/item item")],
    }
    return filled(values, xml_dublin.ids_of([typed.get("doi", ""), *ids]))


def _tei_title(part: Element) -> str:
    titles = part.findall("title")
    titles.sort(key=lambda title: (title.get("type") not in (None, "main"), title.get("level") == "s"))
    return next(filter(None, map(line, titles)), "")


def _tei_authors(part: Element) -> list[object]:
    authors = [author for author in part.findall("author") if author.get("role") in (None, "aut", "crp", "author")]
    return [_tei_name(author) for author in authors or part.findall("editor")]


def _tei_name(author: Element) -> object:
    name = inside(author, "persName")
    whole = line(find(author, "name orgName")) or ("" if len(author) else line(author))
    return {"family": first(name, "surname"), "given": " ".join(every(name, "forename")), "name": whole}


def _tei_year(struct: Element, whole: Element) -> str:
    dates: list[Element] = [*struct.findall("monogr/imprint/date"), *whole.iter("date")]
    dates.sort(key=lambda date: date.get("type", "published") not in ("published", "datePub"))
    return next(filter(None, (date.get("when", "")[:4] or line(date) for date in dates)), "")


MODS = XmlReader("mods_xml", "MODS", (_is_mods,), mods, "mods", suffixes=(".mods",), nests=True)
MARC = XmlReader("xml_other", "MARCXML", (_is_marc,), marc, "record", suffixes=(".marcxml", ".mrcx"), nests=True)
TEI = (
    XmlReader("xml_other", "TEI", (sign(_TEI_ROOTS, "biblFull"),), tei, "biblFull"),
    XmlReader("xml_other", "TEI", (_is_list,), tei, "biblStruct", nests=True),
    XmlReader("xml_other", "TEI", (sign(_TEI_ROOTS),), tei, "teiHeader", suffixes=(".tei",)),
)
