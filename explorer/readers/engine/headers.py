"""The columns of a table: what each was taken for, and what particular databases write into theirs.

Holds `Column` and `Header`, which turns rows of cells into papers for every kind of table. Knows nothing of how rows
are found in a file.
Always true: a cell is changed only where the names of the columns show whose export it is, or where its form leaves no
doubt; a header without a column of titles or abstracts is refused, with what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from urllib.parse import unquote

from explorer import notices
from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers.engine import fields
from explorer.readers.engine.fields import normal
from explorer.readers.engine.paper import paper_from, spelled
from explorer.readers.io.stream import Stream

EXAMPLES = 3
_SHOWN = 120  # characters of an example


@dataclass(frozen=True, slots=True)
class Column:
    """A column (or a key of JSON) by its name, the field of a paper it was taken for or "", and some of its values."""

    name: str
    field: str = ""
    examples: tuple[str, ...] = ()


class Header:
    """The names of a table's columns and what follows from them."""

    def __init__(self, stream: Stream, where: fields.Plan) -> None:
        names = where.names
        fields.check(stream.columns, names, stream.name)
        self.plan = fields.chosen(where, stream.columns)
        if not self.plan.fields & {"title", "abstract"}:
            raise UnreadableFile(
                f"{stream.name}: a table without a column of titles or abstracts; its first row is "
                f"{fields.listed(names)}. Name a column “title” or “abstract” in the first row, or say which it is: "
                "--column title=NAME (or its number)"
            )
        self._stream = stream
        self._mend = _mends(self.plan)
        normals = [normal(name) for name in names]
        self._ids = tuple(place for place, name in enumerate(normals) if name in _OF_IDS)
        self._kinds = tuple(place for place, name in enumerate(normals) if name in _OF_KINDS)
        self._hidden = tuple(
            (normals.index(column), field, pattern)
            for column, field, pattern in _HIDDEN
            if column in normals and field not in dict(stream.columns)
        )
        if where.nameless and not stream.columns:
            taken = ", ".join(f"{field} = {place + 1}" for field, (place, *_) in self.plan.places)
            cure = "Choose others with --column title=NUMBER"
            stream.note(1, f"the columns have no names and were guessed, {taken}. {cure}")
        twice = [normals[place] for _, places in self.plan.places for place in places]
        if len(set(twice)) < len(twice):
            stream.note(1, "some columns have the same name; of those, the first that is filled counts")

    def paper(self, record: int, line: int, cells: Sequence[object]) -> Paper | Problem:
        """The paper of a row, or what keeps it from being one."""
        mended = list(cells)
        for place, mend in self._mend:
            if place < len(mended) and isinstance(cell := mended[place], str) and cell:
                mended[place] = mend(cell)
        return paper_from(self._stream, record, line, chain(self.plan.pairs(mended), self._within(cells)))

    def _within(self, cells: Sequence[object]) -> Iterator[tuple[str, object]]:
        """Fields that stand within cells of another name."""
        if became := notices_in((self.plan.names[place], cells[place]) for place in self._kinds if place < len(cells)):
            yield "notices", became
        for place in self._ids:
            cell = cells[place] if place < len(cells) else None
            if isinstance(cell, str) and isinstance(named := spelled(cell), dict):
                yield from (
                    (fields.FIELD[at][1], named[name]) for name in named if (at := normal(name)) in fields.FIELD
                )
        for place, field, pattern in self._hidden:
            if place < len(cells) and isinstance(cell := cells[place], str) and (match := pattern.search(cell[:2000])):
                yield field, unquote(match[1])


def find(rows: Sequence[Sequence[str]], least: int = 2) -> tuple[int, fields.Plan] | None:
    """Which of the first rows of a table holds the names of its columns, and their plan.

    It is the first row when that names a title or an abstract, else a later one that names `least` fields at least:
    Dimensions and IEEE write a line about the search before.
    """
    for number, row in enumerate(rows):
        where = fields.plan(row)
        if where.fields & {"title", "abstract"} and (number == 0 or len(where.fields) >= least):
            return number, where
    if rows and (where := fields.plan(rows[0], guess=True)).fields & {"title", "abstract"}:
        return 0, where
    return None


_DATA = re.compile(r"\s*(?:\d[\d.,]*|10\.\d{4,9}/\S+|https?://\S+)\s*")


def is_data(row: Sequence[str]) -> bool:
    """Whether a first row holds values rather than names: a number, an address, a long text."""
    return any(len(cell) > 80 or _DATA.fullmatch(cell) for cell in row)


def guessed(rows: Sequence[Sequence[str]]) -> fields.Plan | None:
    """The plan of a table without names, if one column is clearly the abstracts or the titles."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    width = len(rows[0]) if rows else 0
    if not 2 <= width <= 40 or any(len(row) != width for row in rows) or not is_data(rows[0]):
        return None
    typical = [sorted(len(row[place]) for row in rows)[len(rows) // 2] for place in range(width)]
    worded = [sum(cell.count(" ") > 2 for cell in column) * 2 > len(rows) for column in zip(*rows, strict=True)]
    places: dict[str, int] = {}
    longest = max(range(width), key=lambda place: typical[place])
    if typical[longest] > 250 and worded[longest]:
        places["abstract"] = longest
    title = next((place for place in range(width) if worded[place] and 20 <= typical[place] <= 250), None)
    if title is not None:
        places["title"] = title
    if not places or ("abstract" not in places and len(rows) < 3):
        return None
    for place, column in enumerate(zip(*rows, strict=True)):
        if all(_YEAR.fullmatch(cell.strip()) for cell in column):
            places.setdefault("year", place)
        elif all(_DOI.match(cell.strip()) for cell in column):
            places.setdefault("doi", place)
        elif len(set(column)) == len(rows) and all(0 < len(cell) < 60 and " " not in cell.strip() for cell in column):
            places.setdefault("key", place)
    return nameless(width, places)


_YEAR = re.compile(r"(?:18|19|20)\d\d(?:\.0)?")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S")


def nameless(width: int, places: Mapping[str, int]) -> fields.Plan:
    """The plan of a table without names, of so many columns, whose fields stand at these places."""
    names = tuple(f"column {number}" for number in range(1, width + 1))
    return fields.Plan(tuple((field, (place,)) for field, place in places.items()), names, nameless=True)


def described(where: fields.Plan, rows: Iterable[Sequence[object]]) -> tuple[Column, ...]:
    """The columns of a plan with values of the first rows that have one."""
    shown: list[list[str]] = [[] for _ in where.names]
    for row in rows:
        for examples, cell in zip(shown, row, strict=False):
            if len(examples) < EXAMPLES and not fields.is_empty(cell):
                examples.append(" ".join(str(cell)[: 4 * _SHOWN].split())[:_SHOWN])
    return tuple(Column(name, where.field_of(place), tuple(shown[place])) for place, name in enumerate(where.names))


# ---------------------------------------------------------------------------------------- what databases write

_Mend = Callable[[str], str]
_OTHERS = frozenset(
    "scopus|pubmed|medline|web of science|embase|crossref|google scholar|dimensions|med|ppr|pmc|wos|ieee|psycinfo|"
    "cinahl|lens|openalex|arxiv.org".split("|")
)
_EMBASE_SOURCE = re.compile(r"[^()]{3,300} \((?:\d{1,2} \w{3,9} )?((?:18|19|20)\d\d)\)")
_SCOPUS_ID = re.compile(r"\s*\(\d{6,}\)")
_INITIALS_LAST = re.compile(r"(?=.*[a-zà-ÿ])([^,;.\d]{2,40}) ((?:[A-ZÀ-Þ]\.?[-‐ ]?){1,4})\.?")
# What is kept of a cell that says more: of 20160615 the year, of the address of a record its id.
_MENDED = {
    "year": re.compile(r"^\s*((?:1[89]|20)\d\d)(?:0\d|1[0-2])[0-3]\d(?:\.0)?\s*$"),
    "pmid": re.compile(r"^\s*https?://\S+?/(?:pubmed/)?(\d{1,9})/?\s*$"),
    "key": re.compile(r"^https?://(?:api\.)?openalex\.org/(?:works/)?(W\d+)$"),
}
# Columns of types and notes, and those that say whether a paper was retracted.
_OF_KINDS = frozenset(
    "type documenttype doctype dt pt publicationtype publicationtypes articletype itemtype worktype subtype notes note "
    "comments extra isretracted retracted retractionstatus crossmarkupdate".split()
)


def notices_in(named: Iterable[tuple[str, object]]) -> list[str]:
    """What columns or keys of types and notes say became of a paper."""
    became: list[str] = []
    for name, value in named:
        if normal(name) in ("isretracted", "retracted"):
            became += ["retracted"] * (str(value).strip().casefold() in ("true", "1", "yes", "1.0"))
        elif isinstance(value, str) and normal(name) in _OF_KINDS:
            became += notices.of_notes([value]) if normal(name) in _OF_NOTES else notices.of_types([value])
    return became


_OF_NOTES = frozenset(("notes", "note", "comments", "extra"))
_OF_IDS = frozenset(("externalids", "identifiers", "ids", "paperids"))  # columns of ids by name, as text
# What stands within a cell of another name: column, field, where in the cell.
_HIDDEN = (
    ("source", "year", _EMBASE_SOURCE),
    ("openurllink", "doi", re.compile(r"\bid=doi:(10\.\d{4,9}(?:/|%2F)[^&\s]+)", re.IGNORECASE)),
    ("id", "openalex", re.compile(r"^https?://(?:api\.)?openalex\.org/(?:works/)?(W\d+)$")),
    ("extra", "pmid", re.compile(r"\bPMID: ?(\d+)")),
    ("extra", "pmcid", re.compile(r"\bPMCID: ?(PMC\d+)")),
    ("extra", "doi", re.compile(r"\bDOI: ?(10\.\S+)")),
    *(
        (column, "arxiv", re.compile(r"((?:\barxiv\W|\bcorr\W{1,3}abs/|^abs/).{5,60})", re.IGNORECASE))
        for column in "extra volume number issue note notes archivelocation locinarchive reportnumber".split()
    ),
)


def _mends(where: fields.Plan) -> tuple[tuple[int, _Mend], ...]:
    """What to do with the cells at some positions."""
    names = [normal(name) for name in where.names]
    mends: dict[str, _Mend] = {
        "authors": _unglued if {"itemtitle", "itemdoi"} <= set(names) else _authors,  # so Springer calls them
        "keywords": _keywords,
        **{field: partial(pattern.sub, r"\1") for field, pattern in _MENDED.items()},
    }
    return tuple(
        (place, _source if field == "venue" else mends[field])
        for field, positions in where.places
        for place in positions
        if field in mends or (field == "venue" and names[place] == "source")
    )


def _source(text: str) -> str:
    """The journal of "Endoscopic Ultrasound (2014) 3:3 (152-160)", as Embase writes; nothing for a database's name."""
    match = _EMBASE_SOURCE.match(text)
    return match[0].rpartition(" (")[0].rstrip(".,") if match else "" if text.strip().casefold() in _OTHERS else text


def _authors(text: str) -> str:
    """Authors between semicolons, "Liu, R.; Adler, D.G.", where commas stand between "Liu R." and "Adler D.G."."""
    text = _SCOPUS_ID.sub("", text)
    if text.startswith(("[", "{", "c(")) or "\n" in text:
        return text
    ended = text[:-1] if text.find(".") == len(text) - 1 else text  # PubMed ends the list like a sentence
    listed = [
        name.strip() for name in (ended if "; " in text else _AND.sub(", ", ended)).split(";" if ";" in text else ",")
    ]
    names = [name for name in listed if name]
    parts = [_INITIALS_LAST.fullmatch(name) for name in names]
    fitting = sum(part is not None for part in parts)
    if not fitting or fitting * 3 < len(names) * 2:
        return text
    return "; ".join(
        f"{part[1].strip()}, {part[2].strip()}" if part else name for part, name in zip(parts, names, strict=True)
    ) + (";" if len(names) == 1 else "")


_AND = re.compile(r",?\s+(?:and|&)\s+")


def _unglued(text: str) -> str:
    """Springer's authors, between which nothing stands: "Mohammad BhuiyanMelissa C. Smith"."""
    if ";" in text:
        return text
    names, name = [], ""
    for part in _GLUE.split(text):
        last = name.rpartition(" ")[2]
        if len(name) > _LONGEST or (
            " " in name and last not in _FAMILY_BEGINS
        ):  # unlike in "Richard DeFrancisco" and "WenGuang Chen"
            names.append(name)
            name = part
        else:
            name += part
    if names and " " not in name:
        name = names.pop() + name
    return "; ".join([*names, name]) + ";"


# Where a small letter, a sign without capitals, or "Jr." meets a capital.
_GLUE = re.compile(r"(?<=[^\W\d_A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-ÞŠŽČŞĆŁŚŻĐ])|(?<= Jr\.)(?=[A-Z])")
_LONGEST = 300  # characters of a name
_FAMILY_BEGINS = frozenset("Mc Mac De Del Della Di Du Da La Le Van Von Fitz O’".split())


def _keywords(text: str) -> str:
    """Keywords between semicolons where commas stand, also within brackets: "cyst (diagnosis, surgery), human"."""
    if ";" in text or "(" not in text or len(text) > 100_000:
        return text
    depth, spelled = 0, []
    for char in text:
        depth = max(0, depth + (char == "(") - (char == ")"))
        spelled.append(";" if char == "," and not depth else char)
    return "".join(spelled)
