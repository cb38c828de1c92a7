"""Web of Science text (.ciw, .isi, .txt): two letters and a blank before each field, three blanks to go on.

Holds the lines and tags of the plain text that Web of Science and, before it, ISI write for all their databases.
Knows nothing of how records are cut (`tagged`).
Always true: full names (AF) are preferred to initials (AU); editors are no authors.
"""

from __future__ import annotations

import re

from explorer.readers.engine import ids
from explorer.readers.engine import tagged_values as values
from explorer.readers.engine.tagged import Dialect, Entry, Found, TaggedReader

_LINE = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|\s*$)|(A[UF])([A-Z][^A-Z].*)", re.DOTALL)  # "AUGilles, H" was met
_FIRST = re.compile(r"(?:FN (?=\S)(?!- )|VR \d|PT (?:[A-Z](?:\s|$)|Journal|Book|Conference|Patent))", re.IGNORECASE)
_OTHER = re.compile(r"^(?:AU|TI|SO|UT|PY|ER|AB|PT|VR)(?: [^\s-]|\s*$)", re.MULTILINE)
_NEW = re.compile(r"(?:[A-Z]|Journal|Book|Conference|Patent|Books in series)\s*", re.IGNORECASE)


def _begins(head: str) -> bool:
    start = head.lstrip("\ufeff\n\r\t ")
    return bool(_FIRST.match(start) and _OTHER.search(head))


def _dialect(head: str) -> Dialect:
    return Dialect(
        split=_split,
        needed=frozenset(("TI", "AB")),
        first=frozenset(("PT",)),
        last=frozenset(("ER",)),
        outside=frozenset(("FN", "VR", "EF")),
    )


def _split(line: str) -> tuple[str, str] | None:
    match = _LINE.match(line)
    if not match:
        return None
    tag, value = match[1] or match[3], match[2] or match[4] or ""
    # MEDLINE's records hold kinds of publication under PT too; they begin no record.
    return ("DT" if tag == "PT" and not _NEW.fullmatch(value) else tag), value


def _found(entry: Entry) -> Found:
    names = entry.first("AF", "AU", "BF", "BA")
    return Found(
        title=values.flowing(entry.first("TI", "FT", "Z1", "BT")),
        abstracts=tuple(values.flowing(text) for text in entry.best("AB", "FA", "Z4")),
        authors=tuple(name for text in (names, entry.first("CA")) for name in text.split("\n")),
        year=values.dated(entry.all("PY", "YR", "EY", "PD", "EA")),
        venue=values.flowing(entry.first("SO", "CT", "SE", "JI", "J9")),
        doi=ids.doi(map(values.flowing, entry.all("DI"))),
        arxiv=ids.arxiv(entry.all("UT", "AR", "DI", "AN")),
        pmid=entry.first("PM") or ids.pmid(entry.all("UT")),
        url=ids.link(entry.all("UR", "DL", "DA")),
        keywords=tuple(word for text in entry.all("DE", "ID", "MH") for word in values.words([values.flowing(text)])),
        key=entry.first("UT", "AN", "UI", "GA"),
    )


READER = TaggedReader("wos", "Web of Science", (".ciw", ".isi"), _begins, _dialect, _found)
