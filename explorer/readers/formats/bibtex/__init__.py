"""BibTeX and BibLaTeX: what entries are papers, and what they take from others.

Knows nothing of braces (`entries`), of fields (`fields`) nor of LaTeX (`latex`).
Always true: every entry but comments, abbreviations and data for others is one `Paper` or one `Problem`; entries that
inherit from others, before or after them, get what they lack.

The splitter of bibtexparser 2.1 was tried for single entries: it gives up an entry where a field stands twice, a key
has a brace or a brace is missing, and takes the field after a missing comma into the value before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from explorer.paper import Paper, Problem
from explorer.readers.engine import table
from explorer.readers.engine.paper import paper_from
from explorer.readers.engine.reader import FormatReader
from explorer.readers.formats.bibtex.entries import COMMENT, Entry, Parsed, entries, parsed
from explorer.readers.formats.bibtex.fields import Fields, first, values
from explorer.readers.io.stream import Stream
from explorer.tables import tables_of

_KINDS = "|".join(tables_of(__path__[0])["kinds"].split())
_KNOWN = re.compile(rf"^[ \t\ufeff]{{0,40}}@\s{{0,9}}(?:{_KINDS})\s{{0,9}}[{{(]", re.IGNORECASE | re.MULTILINE)
_ANY = re.compile(
    r"\s{0,400}@[A-Za-z]{3,30}\s{0,9}[{(]\s{0,9}[^\s,{}=\"]{1,300}\s{0,9},\s{0,9}\n?\s{0,40}[\w\-]{1,40}\s{0,9}="
)
_NOT_THIS = re.compile(r"\s{0,400}(?:<|\{\s*[\"}]|\[\s*[\[{])")
_NO_ENTRIES = frozenset((COMMENT, "preamble", "string"))
_DATA_ONLY = frozenset(("xdata", "set", "control", "bibnote"))
_LENT = 50_000  # entries others may inherit from that are kept, and characters of each of their fields
_LENT_LENGTH = 5_000
_STRINGS = 100_000
_GENERATIONS = 5  # of wholes within wholes; a ring of them has no end

_LINK = re.compile(r"\b(?:crossref|xdata)\s{0,20}=", re.IGNORECASE)
_SHARED = ("year", "date", "editor", "publisher", "series", "eventtitle", "maintitle", "institution", "organization")


def _begins(head: str) -> bool:
    return not _NOT_THIS.match(head) and bool(_ANY.match(head) or (_KNOWN.search(head) and not _is_table(head)))


def _is_table(head: str) -> bool:
    """Whether names of columns stand first: what looks like an entry is then a line of a cell."""
    return head.lstrip("\ufeff \t\r\n")[:1] not in "@%" and any(reader.recognises("", head) for reader in table.READERS)


def _read(stream: Stream) -> Iterator[Paper | Problem]:
    lent = _lent(stream.again())
    strings: dict[str, str] = {}
    record = 0
    for entry in entries(stream):
        parts = parsed(entry.text, strings, entry.closed)
        if parts.kind == "string":
            _define(strings, parts)
        elif parts.kind in _DATA_ONLY and not parts.fields.get("title"):
            stream.note(entry.line, f"an entry of kind {parts.kind} holds data for other entries, and is no paper")
        elif parts.kind not in _NO_ENTRIES:
            record += 1
            yield _paper(stream, record, entry, parts, lent)


READER = FormatReader("bibtex", "BibTeX", (".bib", ".bibtex", ".biblatex"), _begins, _read)


def _define(strings: dict[str, str], parts: Parsed) -> None:
    if len(strings) < _STRINGS:
        strings.update({name: value[:_LENT_LENGTH] for name, value in parts.fields.items()})


def _paper(stream: Stream, record: int, entry: Entry, parts: Parsed, lent: Mapping[str, Fields]) -> Paper | Problem:
    if entry.fault:
        return Problem(stream.name, record, entry.line, entry.fault)
    fields = _with_inherited(parts.kind, parts.fields, lent)
    whole = entry.closed and parts.sound
    if not whole and not (fields.get("title") or fields.get("abstract")):
        reason = "a brace or quote of this entry is never closed, and no title could be read. Close it"
        return Problem(stream.name, record, entry.line, f"{reason}, and add the file again")
    paper = paper_from(stream, record, entry.line, values(parts.key, fields).items())
    if not whole and isinstance(paper, Paper):
        stream.note(entry.line, "a brace or quote of the entry is never closed; what could be read was, please check")
    return paper


# ------------------------------------------------------------------------------------------------------ inheritance


def _with_inherited(kind: str, fields: Fields, lent: Mapping[str, Fields]) -> Fields:
    own = dict(fields)
    seen: set[str] = set()
    sources = list(_sources(fields))
    while sources and len(seen) < _GENERATIONS:
        link, key = sources.pop(0)
        parent = lent.get(key)
        if key not in seen and parent is not None:
            seen.add(key)
            _inherit(own, parent, {name: (name,) for name in parent} if link == "xdata" else _shared(kind, own))
            sources += _sources(parent)
    return own


def _sources(fields: Fields) -> Iterator[tuple[str, str]]:
    for link in ("xdata", "crossref"):
        for key in fields.get(link, "")[:2000].split(","):
            if key.strip():
                yield link, key.strip(" {}").casefold()


def _shared(kind: str, own: Fields) -> dict[str, tuple[str, ...]]:
    """What a part takes from the whole it appeared in: its own field, and where the whole has it."""
    shared: dict[str, tuple[str, ...]] = {name: (name,) for name in _SHARED}
    if kind == "article":
        shared["journaltitle"] = ("journaltitle", "journal", "title")
    elif "journal" not in own:
        shared["booktitle"] = ("booktitle", "title")
    return shared


def _inherit(own: Fields, parent: Fields, wanted: Mapping[str, tuple[str, ...]]) -> None:
    never = {"xdata", "crossref", "ids", *(("year", "date") if own.get("year") or own.get("date") else ())}
    for name, places in wanted.items():
        if not own.get(name) and name not in never and (value := first(parent, *places)):
            own[name] = value


def _lent(stream: Stream) -> dict[str, Fields]:
    """The entries that others inherit from, by key in small letters; empty, and quick, where none does."""
    if not any("=" in line.text and _LINK.search(line.text) for line in stream.lines()):
        return {}
    wanted: set[str] = set()
    for entry in entries(stream):
        if _LINK.search(entry.text):
            wanted.update(key for _, key in _sources(parsed(entry.text, {}).fields))
        if len(wanted) > _LENT:
            break
    lent: dict[str, Fields] = {}
    strings: dict[str, str] = {}
    for entry in entries(stream):
        parts = parsed(entry.text, strings)
        if parts.kind == "string":
            _define(strings, parts)
        elif parts.key.casefold() in wanted:
            lent[parts.key.casefold()] = {name: value[:_LENT_LENGTH] for name, value in parts.fields.items()}
    return lent
