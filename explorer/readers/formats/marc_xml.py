"""MARCXML, the catalogues' format: MARC 21 and UNIMARC, plain or in the answer of a catalogue (SRU).

Holds which numbered field keeps what of a paper. Knows nothing of how records are found (`xml`).
Always true: the punctuation that cataloguers put at the ends of fields is taken off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, XmlReader, has
from explorer.readers.formats import dublin_core

_AUTHORS = ("", "aut", "author", "cre", "creator", "dis", "verfasser", "verfasserin", "auteur", "joint author", "070")
_PUNCTUATION = " /:;,="
_ABBREVIATED = re.compile(r"(?:\b\w|\b(?:etc|Jr|Sr|Dr|St|Inc|Ltd))\.$")


def _fits(root: Root, head: str) -> bool:
    return has(head, "datafield") and has(head, "record") and root.name != "OAI-PMH"


def take(record: Element) -> list[Found]:
    """The paper in a `<record>`, or in one around it."""
    marc = _Marc(record)
    united = not marc.has("245") and marc.has("200")
    title = marc.joined("200", "ae") if united else marc.joined("245", "abnp")
    people = _people(marc, ("700", "701", "702"), "4") if united else _people(marc, ("100", "700"), "4e")
    bodies = ("710", "711", "712") if united else ("110", "111", "710", "711")
    ids = marc.all("024", "a") + marc.all("017", "a") + marc.all("856", "u")
    dates = marc.all("210", "d") + marc.all("214", "d") + marc.all("219", "d") if united else []
    found = dublin_core.ids_of(ids)
    return [
        {
            **found,
            "key": marc.control("001"),
            "title": title,
            "abstract": "\n".join(marc.texts("330", "a") if united else marc.texts("520", "ab")),
            "authors": list(people) or [name for tag in bodies for name in marc.all(tag, "ab")],
            "year": next(iter(dates or marc.all("264", "c") + marc.all("260", "c")), "") or marc.control("008")[7:11],
            "venue": next(iter(marc.all("461", "t") + marc.all("463", "t") + marc.all("773", "t")), ""),
            "url": next((text for text in marc.all("856", "u") if text.startswith("http")), ""),
            "keywords": list(dict.fromkeys(marc.all("650", "a") + marc.all("653", "a") + marc.all("606", "a"))),
        }
    ]


class _Marc:
    """The fields of a record by tag and the letters of their subfields."""

    def __init__(self, record: Element) -> None:
        self._fields: dict[str, list[list[tuple[str, str]]]] = {}
        for field in record.iter("datafield"):
            parts = [(part.get("code", ""), line(part)) for part in field.findall("subfield")]
            self._fields.setdefault(field.get("tag", ""), []).append(parts)
        self._control = {field.get("tag", ""): line(field) for field in record.iter("controlfield")}

    def has(self, tag: str) -> bool:
        """Whether there is a field of this tag."""
        return tag in self._fields

    def control(self, tag: str) -> str:
        """A field without subfields."""
        return self._control.get(tag, "")

    def fields(self, tag: str) -> list[list[tuple[str, str]]]:
        """Letters and texts of each field of this tag."""
        return self._fields.get(tag, [])

    def texts(self, tag: str, letters: str) -> list[str]:
        """The texts of the fields of a tag, as they stand."""
        texts = (" ".join(text for letter, text in field if letter in letters) for field in self.fields(tag))
        return [text for text in texts if text]

    def all(self, tag: str, letters: str) -> list[str]:
        """The texts of the fields of a tag, without the punctuation at their ends."""
        return [text for raw in self.texts(tag, letters) if (text := _bare(raw))]

    def joined(self, tag: str, letters: str) -> str:
        """The first field: title and remainder of the title, between them a colon."""
        for field in self.fields(tag):
            parts = [(letter, _bare(text)) for letter, text in field if letter in letters]
            said = "".join((": " if letter in "be" else ". ") + text for letter, text in parts if text)
            return said[2:]
        return ""


def _people(marc: _Marc, tags: tuple[str, ...], roles: str) -> Iterator[str]:
    named = [field for tag in tags for field in marc.fields(tag)]
    authors = [field for field in named if _is_author(field, roles)]
    for field in authors or named:
        family = next((text for letter, text in field if letter == "a"), "")
        given = next((text for letter, text in field if letter == "b"), "") if roles == "4" else ""
        family = _bare(family)
        if family:
            yield f"{family}, {_bare(given)}" if given and "," not in family else family


def _is_author(field: list[tuple[str, str]], letters: str) -> bool:
    given = {text.rstrip(" .,").lower().rpartition("/")[2] for letter, text in field if letter in letters}
    return not given or bool(given & set(_AUTHORS))


def _bare(text: str) -> str:
    text = text.strip(" ").rstrip(_PUNCTUATION)
    return text if not text.endswith(".") or _ABBREVIATED.search(text[-6:]) or ". " in text else text[:-1].rstrip()


READER = XmlReader(
    name="xml_other",
    label="MARCXML",
    suffixes=(".marcxml", ".mrcx"),
    fits=_fits,
    begin=lambda stream: take,
    records=("record",),
    nests=True,
)
