"""Ovid's own text: records numbered `<1>`, of two-letter tags, or of labels with their values indented below.

Holds the lines, tags and labels of both, for MEDLINE, Embase, PsycINFO, BIOSIS and Ovid's journals. Knows nothing of
how records are cut (`tagged`).
Always true: what is added to names and titles in brackets ("[Author, Reprint Author]", "[Article]") is left out.
"""

from __future__ import annotations

import re

from explorer.readers.engine.tagged import Dialect, Entry, Tags, Values, lines, tagged_reader, tags
from explorer.readers.engine.values import flowing, initials_last
from explorer.tables import tables_of

_FIRST = re.compile(r"^\ufeff?\s{0,3}<\s{0,3}\d{1,7}\s{0,3}\.?\s{0,3}>\s*\n\s*[A-Z]", re.MULTILINE)
_VN = re.compile(r"^\ufeff?VN  ?- ", re.MULTILINE)
_SCORE = re.compile(
    r"^\ufeff?Score\s{0,9}\n[^\S\n]+[*\d][^\n]{0,20}\n(?:Accession Number|Authors?|Title)", re.MULTILINE
)
_TITLE = re.compile(r"^(?:(?:TI|AB|CT)  ?- |(?:(?:Chapter |Book )?Titles?|Abstract)(?:[:\t ]|$))", re.MULTILINE)
_INDENTED = re.compile(r"^(?:Title|Abstract|Authors?|Source|Institution)[: ]{0,3}\n[^\S\n]+\S", re.MULTILINE)
_TY = re.compile(r"^\s{0,3}TY ? ?- ", re.MULTILINE)
_HEADER = 20_000  # characters of search history that Ovid may put before the first record
_LABEL = re.compile(r"([A-Z][^\s:.;,<>]*(?: [^\s:.;,<>]+){0,6}):?\s*")
_LABELLED = re.compile(r"([A-Z][A-Za-z]*(?: [A-Za-z]+){0,6})(?::[^\S\n]+|\t|[^\S\n]{2,})(\S.*)", re.DOTALL)
_NOTE = re.compile(r"\s*\[[^\[\]]{1,200}\]")
_KIND = re.compile(r"(?<=\S)(?:\s?\[[A-Z0-9][A-Za-z0-9 ,;/&-]{2,80}\]\.?)+$")
_PLACE = re.compile(r"\(?(?:[\d,*+]+|[a-z])\)?,?")  # of an author's institution, after the name
_DEGREE = re.compile(
    r"(?:(?:M|Ed|Psy|Pharm|D|Ph|Sc)\.?D|R\.?N|M\.?P\.?H|[BMD]\.?Sc|MBBS|MBChB|F[A-Z]{3,6}|DrPH|DVM|DDS|MSN|BSN|MBA|MPhil|RPh)\.?"
)
_FULL_STOP = re.compile(r"(?<!Jr)(?<!Sr)(?<=[a-z]{2})\.$")
_SHORT_NAME = re.compile(r"[^.,;]{1,80} [A-Z]{1,4}")
_DATE = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Win|Spr|Sum|Aut|Fall)[\w/., -]{0,40}\d{4}\s?[;:]"
_JOURNAL = re.compile(
    rf"(.{{2,300}}?)\.?(?:\s{{2,}}|\.\s+(?=(?:Vol\.?\s*)?\d)|\.:|,?\s+\d+\s?\(\d|,?\s+(?:\d+,?\s)?{_DATE}|$)", re.DOTALL
)
_EDITED = re.compile(r"^.*\]\.\s+", re.DOTALL)

_TABLES = tables_of(__file__)
# Labels as two-letter tags; those of other databases mean the same. Others go by their own name.
_TAG_OF = {label: tag for tag, labels in _TABLES["labels"].items() for label in labels.split("|")}


def _begins(head: str) -> object:
    begins = any(pattern.search(head, 0, _HEADER) for pattern in (_FIRST, _VN, _SCORE))
    return begins and not _TY.search(head, 0, _HEADER) and _TITLE.search(head)


def _dialect(head: str) -> Dialect:
    tagged = re.search(r"^[A-Z][A-Z0-9]  ?- ", head, re.MULTILINE)
    split = _by_tag if tagged else _by_label if _INDENTED.search(head) else _by_known_label
    first = "<" if _FIRST.search(head, 0, _HEADER) else "VN" if tagged else "score"
    return Dialect(lambda line: _number(line) or split(line), needed=tags("TI CT AB"), first=tags(first))


_number = lines(r"\s{0,3}(<)\s{0,3}(\d{1,7})\s{0,3}\.?\s{0,3}>\s*\Z")
_by_tag = lines(r"([A-Z][A-Z0-9])[^\S\n]{1,4}-(?:\s(.*)|$)")


def _by_label(line: str) -> tuple[str, str] | None:
    if line[:2].isspace():
        return None
    if match := _LABEL.fullmatch(line):
        label = match[1].casefold()
        return _TAG_OF.get(label, label), ""
    return _by_known_label(line)


def _by_known_label(line: str) -> tuple[str, str] | None:
    """A line that begins with a label of Ovid, where values are not indented and any line might look like one."""
    if (alone := line.strip(" :\t\n").casefold()) in _TAG_OF:
        return _TAG_OF[alone], ""
    match = _LABELLED.fullmatch(line)
    label = match[1].casefold() if match else ""
    return (_TAG_OF[label], match[2]) if match and label in _TAG_OF else None


_TAGS = Tags(**_TABLES["tags"])


def _values(entry: Entry) -> Values:
    written = _TAGS.values(entry)
    source = entry.first("SO")
    number = entry.first("PM UI").rstrip(".")
    return written | {
        "title": _KIND.sub("", flowing(written["title"])),
        "authors": _names(max(entry.all("FA"), entry.all("AU"), key=len)),
        "year": written["year"] or _last_year(source) or entry.first("status"),
        "venue": written["venue"] or _journal(source),
        "pmid": number if re.fullmatch(r"\d{4,8}", number) else written["pmid"],
        "keywords": [word.rstrip(".") for word in written["keywords"]],
        "key": written["key"].rstrip("."),
    }


def _names(texts: list[str]) -> list[str]:
    names = []
    for text in texts:
        line = _NOTE.sub("", flowing(text.replace("\n", ";")))
        parts = line.rstrip(". ").split(". ")  # "Smith J. Jones AB."
        if not all(_SHORT_NAME.fullmatch(part) for part in parts):
            parts = line.split(";")
        names += [initials_last(_without_place(part)) for part in parts]
    return [name for name in names if not _DEGREE.fullmatch(name)]


def _without_place(name: str) -> str:
    words = name.split()
    while len(words) > 1 and _PLACE.fullmatch(words[-1].rstrip(".")):
        words.pop()
    given = next((at for at, word in enumerate(words, 1) if word.endswith(",")), len(words))
    while len(words) > given + 1 and _DEGREE.fullmatch(words[-1].rstrip(",")):
        words.pop()
    name = " ".join(words).rstrip(",")
    return name[:-1] if _FULL_STOP.search(name) else name


def _journal(source: str) -> str:
    match = _JOURNAL.match(_EDITED.sub("", source, count=1).strip())
    return flowing(match[1]).rstrip(".") if match else ""


def _last_year(source: str) -> str:
    years = re.findall(r"(?<!\d)(?:1[5-9]\d\d|20\d\d)(?!\d)", source)
    return years[-1] if years else ""


READER = tagged_reader("ovid", "Ovid", (".ovid",), _begins, _dialect, _values)
