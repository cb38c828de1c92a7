"""Word documents (.docx) as prose, with the citations that Zotero, Mendeley and EndNote leave in them.

Holds how WordprocessingML marks paragraphs, styles, fields and tables. Knows nothing of what lies beside the file.
Always true: no part unpacks to more than `PART` bytes whatever the archive claims; a DOCTYPE is refused, so no entity
is expanded and nothing outside is opened; deleted text, tables and drawings leave no prose.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import ParseError, XMLParser

from explorer import readers
from explorer.drafts.manuscript.blocks import Block, assembled
from explorer.drafts.manuscript.citation import ENTRIES, Citation, Manuscript, is_references, of_list, unique
from explorer.errors import UnreadableFile
from explorer.paper import Paper

PART = 64 * 2**20  # bytes of one part: the text of 1,000 pages takes 20 MB of XML
_FIELD = 4 * 2**20  # characters of a field's code: a citation of 100 papers with abstracts has 500,000
_WORD = re.compile(
    r"\{http://(?:schemas\.openxmlformats\.org|purl\.oclc\.org)/[^}]*/(?:2006/)?main\}|\{[^}]*wordprocessingml[^}]*\}"
)
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop)\s?\d|title|subtitle", re.IGNORECASE)
_LIST_STYLE = re.compile(r"bibliograph|literaturverzeichnis|reference|endnote bibliography", re.IGNORECASE)
_LIST_FIELD = re.compile(
    r"ADDIN\s+(?:ZOTERO_BIBL|EN\.REFLIST|Mendeley\s+Bibliography|CitaviBibliography|CSL_BIBLIOGRAPHY)|\bBIBLIOGRAPHY\b"
)
_CONTENTS_FIELD = re.compile(r"\s*(?:TOC|INDEX)\b")
_CITATION_FIELD = re.compile(r"ADDIN\s+(?:ZOTERO_ITEM\s+)?(?:CSL_CITATION|Mendeley\s+Citation)[^{]{0,100}(?=\{)")
_ENDNOTE = re.compile(r"<EndNote>.*</EndNote>", re.DOTALL)
_MENDELEY = "MENDELEY_CITATION_v3_"
_DAMAGED = "is damaged or was not copied whole. Open it in Word, save it again, or paste its text"
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, KeyError)


def manuscript(data: bytes, name: str) -> Manuscript:
    """The draft in a Word document; raises UnreadableFile for other archives, and for damaged or swollen ones."""
    document, styles, notes = _parts(data, name)
    bodies = [_Body(_styles(styles)), *(_Body({}) for _ in notes)]
    for part, body in zip((document, *notes), bodies, strict=True):
        try:
            _parse(part, body)
        except (ParseError, ValueError, LookupError) as error:
            raise UnreadableFile(f"{name}: {_DAMAGED} ({error})") from error
    prose, references = assembled(bodies[0].blocks)
    cited = [citation for body in bodies for code in body.codes for citation in _of_field(code)]
    cited += [citation for body in bodies for tag in body.tags for citation in _of_csl(_unpacked(tag))]
    return Manuscript(name, prose, (*unique(cited), *of_list(name, references)))


# ----------------------------------------------------------------------------------------------------- the archive


def _parts(data: bytes, name: str) -> tuple[bytes, bytes, list[bytes]]:
    """The main part, the styles, and the notes of a document."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = {part.lower(): part for part in archive.namelist()}
            main = "word/document.xml"
            if main not in parts:
                main = next((part for part in sorted(parts) if re.fullmatch(r"word/document\d*\.xml", part)), "")
            if not main:
                raise UnreadableFile(
                    f"{name}: is {_what(set(parts))}, which cannot be read. Save the draft as .docx or PDF"
                )
            styles, *notes = (
                _part(archive, parts[part], name) if part in parts else None
                for part in ("word/styles.xml", "word/footnotes.xml", "word/endnotes.xml")
            )
            return _part(archive, parts[main], name), styles or b"", [note for note in notes if note is not None]
    except _BROKEN as error:
        raise UnreadableFile(f"{name}: {_DAMAGED} ({type(error).__name__})") from error


def _what(names: set[str]) -> str:
    if "content.xml" in names and "mimetype" in names:
        return "an OpenDocument file"
    if any(name.startswith("ppt/") for name in names):
        return "a presentation"
    if any(name.startswith("xl/") for name in names):
        return "a table"
    if any(name.endswith(".tex") for name in names):
        return "an archive of LaTeX files; unpack it and give the main .tex file"
    return "an archive without a Word document in it"


def _part(archive: zipfile.ZipFile, part: str, name: str) -> bytes:
    with archive.open(part) as file:
        data = file.read(PART + 1)
    if len(data) > PART:
        raise UnreadableFile(
            f"{name}: unpacks to more than {PART >> 20} MB of text, which no draft does. Paste its text"
        )
    return data


def _parse(part: bytes, target: _NoDoctype) -> None:
    parser = XMLParser(target=target)
    parser.feed(part)
    parser.close()


def _styles(part: bytes) -> dict[str, str]:
    """The name of each paragraph style by its id; names are English in documents of every language."""
    target = _StyleNames()
    try:
        _parse(part, target)
    except (ParseError, ValueError, LookupError):
        return {}  # without styles the text can still be read
    return target.names


class _NoDoctype:
    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Refuse it: Word writes none, and only a DOCTYPE can declare entities."""
        raise ValueError("it declares a DOCTYPE, which Word never does")


class _StyleNames(_NoDoctype):
    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._id = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note the id of a style and the name in it."""
        local = _local(tag)
        if local == "style":
            self._id = _attribute(attributes, "styleId")
        elif local == "name" and self._id:
            self.names.setdefault(self._id, _attribute(attributes, "val"))


def _local(name: str) -> str:
    """A name of XML without its namespace."""
    return name.rsplit("}", 1)[-1]


def _attribute(attributes: dict[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if _local(key) == name), "")


# -------------------------------------------------------------------------------------------------------- the text

# What lies in these leaves no prose: tables, pictures, text that was deleted or moved away, second forms of the same.
_SKIPPED = frozenset("tbl del moveFrom drawing pict Fallback object rubyPr rt sectPr txbxContent".split())
_BREAKS = frozenset(("tab", "br", "cr"))


class _Body(_NoDoctype):
    """Takes the parser's events; holds the `blocks` so far, the `codes` of fields, the `tags` of content controls."""

    def __init__(self, styles: dict[str, str]) -> None:
        self.blocks: list[Block] = []
        self.codes: list[str] = []
        self.tags: list[str] = []
        self._styles = styles
        self._skipped = 0  # depth inside what leaves no prose
        self._taking = ""  # the element whose characters are taken: "t", "instrText", "fldData"
        self._style = ""
        self._text: list[str] = []
        self._bold: list[bool] = []  # of each run with text
        self._run_bold = self._in_run = False
        self._fields: list[_Field] = []
        self._data: list[str] = []
        self._outline = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """The beginning of an element."""
        local = _local(tag)
        if local in _SKIPPED:
            self._skipped += 1
        elif local in ("instrText", "fldData", "t"):  # codes also count in tables: papers are cited there too
            self._taking = local
        elif local == "fldChar":
            self._field(_attribute(attributes, "fldCharType"))
        elif local == "fldSimple":
            self.codes.append(_attribute(attributes, "instr")[:_FIELD])
        elif local == "tag" and _attribute(attributes, "val").startswith(_MENDELEY):
            self.tags.append(_attribute(attributes, "val").removeprefix(_MENDELEY))
        elif self._skipped:
            return
        elif local == "p":
            self._begin()
        elif local == "pStyle":
            self._style = self._styles.get(_attribute(attributes, "val"), _attribute(attributes, "val"))
        elif local == "outlineLvl":
            self._outline = _attribute(attributes, "val") in tuple("012345678")
        elif local == "r":
            self._in_run, self._run_bold = True, False
        elif local == "b" and self._in_run:
            self._run_bold = _attribute(attributes, "val") not in ("0", "false", "off")
        elif local in _BREAKS:
            self._text.append(" ")
        elif local == "noBreakHyphen":
            self._text.append("-")

    def end(self, tag: str) -> None:
        """The end of an element."""
        local = _local(tag)
        if local in _SKIPPED:
            self._skipped -= 1
        elif local in ("instrText", "t"):
            self._taking = ""
        elif local == "fldData":
            self._taking = ""
            self.codes.append(_unpacked("".join(self._data)))
            self._data.clear()
        elif local == "r":
            self._in_run = False
        elif local == "p" and not self._skipped:
            self._finish()

    def data(self, text: str) -> None:
        """Characters."""
        if self._taking == "instrText" and self._fields:
            self._fields[-1].take(text)
        elif self._taking == "fldData":
            self._data.append(text)
        elif self._taking == "t" and not self._skipped and not any(field.silent for field in self._fields):
            self._text.append(text)
            if text.strip():
                self._bold.append(self._run_bold)

    def _begin(self) -> None:
        self._style, self._outline = "", False
        self._text.clear()
        self._bold.clear()

    def _finish(self) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        if not text:
            return
        listed = any(field.lists for field in self._fields) or bool(_LIST_STYLE.match(self._style))
        bold = bool(self._bold) and all(self._bold) and len(text) < 90 and text[-1] not in ".,;"
        titled = bold or self._outline or bool(_HEADING.fullmatch(self._style))
        heading = is_references(text) or (titled and not listed)
        self.blocks.append(Block(text, heading=heading, reference=listed))

    def _field(self, kind: str) -> None:
        if kind == "begin" and len(self._fields) < 100:
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].settle()
        elif kind == "end" and self._fields:
            field = self._fields.pop()
            field.settle()
            self.codes.append(field.code)


class _Field:
    """A field between its marks: its code, and what that makes of the text it shows."""

    def __init__(self) -> None:
        self._code: list[str] = []
        self._size = 0
        self._settled = False
        self.code = ""
        self.silent = True  # until its result begins: what stands before that is no text
        self.lists = False

    def take(self, text: str) -> None:
        """A piece of its code."""
        self._size += len(text)
        if self._size <= _FIELD:
            self._code.append(text)

    def settle(self) -> None:
        """The code is complete."""
        if not self._settled:
            self._settled = True
            self.code = "".join(self._code)
            self.lists = bool(_LIST_FIELD.search(self.code[:300]))
            self.silent = bool(_CONTENTS_FIELD.match(self.code))


# --------------------------------------------------------------------------------------------------- the citations


def _of_field(code: str) -> Iterator[Citation]:
    if match := _CITATION_FIELD.search(code[:2000]):
        yield from _of_csl(code[match.end() :])
    elif "<EndNote>" in code:
        yield from _of_endnote(code)
    elif "&lt;EndNote&gt;" in code:
        yield from _of_endnote(html.unescape(code))


def _of_csl(text: str) -> Iterator[Citation]:
    """The works of a citation that holds CSL-JSON, as Zotero and Mendeley write them."""
    try:
        value, _ = json.JSONDecoder().raw_decode(text.strip())
    except (ValueError, RecursionError):
        return
    items = value.get("citationItems") if isinstance(value, dict) else None
    for item in items if isinstance(items, list) else ():
        data = item.get("itemData") if isinstance(item, dict) else None
        if isinstance(data, dict):
            key = str(data.get("citation-key") or item.get("id") or data.get("id") or "")
            yield from _papers(json.dumps([data]).encode(), "citation.json", key)


def _unpacked(data: str) -> str:
    """What Mendeley keeps in a tag and EndNote beside a field: a citation, as base64."""
    try:
        raw = base64.b64decode("".join(data.split()) + "==")
    except (binascii.Error, ValueError):
        return ""
    return raw.decode("utf-16" if b"\0" in raw[:4] else "utf-8", "replace").replace("\0", "")[:_FIELD]


def _of_endnote(code: str) -> Iterator[Citation]:
    for record in re.findall(r"<record>.*?</record>", code, re.DOTALL)[:ENTRIES]:
        number = re.search(r"<rec-number>\s*(\w{1,20})", record)
        whole = f"<?xml version='1.0'?><xml><records>{record}</records></xml>"
        yield from _papers(whole.encode("utf-8", "replace"), "citation.xml", number[1] if number else "")


def _papers(data: bytes, name: str, key: str) -> Iterator[Citation]:
    try:
        for record in readers.read_bytes(data, name):
            if isinstance(record, Paper):
                yield Citation(key or record.title, record)
    except UnreadableFile:
        return  # a citation whose work has neither title nor abstract names nothing to look for
