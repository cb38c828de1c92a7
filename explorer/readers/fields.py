"""From the names a file gives its fields to a `Paper`.

Holds the usual names of fields in exports of databases and data sets, and their order of preference. Knows nothing of
files and how records are found in them.
Always true: one record in, one `Paper` or one `Problem` out; names are compared without case, blanks and punctuation;
of several fields that mean the same, the first that is not empty counts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from explorer.paper import Paper, Problem, Source, make_paper
from explorer.readers.stream import Stream
from explorer.text import repair

# Best name first. Scopus, IEEE, Springer, Embase, Web of Science, arXiv, Semantic Scholar, and German, French, Spanish.
_NAMES = {
    "title": "title documenttitle itemtitle articletitle papertitle primarytitle ti t1 titel titre titulo",
    "abstract": "abstract paperabstract abstracttext abstractnote abs ab n2 summary zusammenfassung kurzfassung resume "
    "resumen description text",
    "authors": "authors author authornames authorfullnames authorlist authortext creators creator au af a1 autoren "
    "auteurs autores firstauthors",
    "year": "year publicationyear pubyear py yr y1 published publicationdate publisheddate pubdate date issued jahr "
    "annee ano coverdate created",
    "venue": "venue journal journaltitle journalname booktitle containertitle publicationtitle sourcetitle publication "
    "conferencename conference jo jf t2 so zeitschrift journalref source",
    "doi": "doi itemdoi di",
    "arxiv": "arxiv arxivid eprint",
    "pmid": "pmid pubmedid medlinepmid pubmed pm",
    "url": "url link pdflink articleurl fulltexturl urls ur pdfurl openurllink",
    "keywords": "keywords keyword authorkeywords kw de schlagworter schlagworte indexkeywords ieeeterms tags",
    "key": "id paperid corpusid key citationkey citekey ssid eid uid ut recordid accessionnumber",
}
_FIELD = {name: (rank, field) for field, names in _NAMES.items() for rank, name in enumerate(names.split())}
_NOT_IN_NAMES = re.compile(r"[^\w,;|\t]|_")  # a delimiter stays: "a,b" is two columns, not "ab"
_NOTHING = frozenset(("no abstract available", "abstract not available", "no abstract", "null"))
_FLAGS = frozenset(("yes", "no", "y", "n", "true", "false", "0", "1"))
_KINDS = {dict: "an object", list: "a list", bool: "a truth value", int: "a number", float: "a number"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Which positions of a record hold which field, best first."""

    places: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields found at all."""
        return frozenset(field for field, _ in self.places)


def plan(names: Sequence[str]) -> Plan:
    """The plan of a record whose fields are named `names`."""
    found: dict[str, list[tuple[int, int]]] = {}
    for position, name in enumerate(names):
        rank, field = _FIELD.get(_NOT_IN_NAMES.sub("", name.strip().casefold()), (0, ""))
        if field:
            found.setdefault(field, []).append((rank, position))
    return Plan(tuple((field, tuple(position for _, position in sorted(at))) for field, at in found.items()))


plan_of = lru_cache(maxsize=64)(plan)  # records of one file share few sets of names


def paper_of(stream: Stream, record: int, line: int, where: Plan, values: Sequence[object]) -> Paper | Problem:
    """The paper that `values` make, or the problem that keeps them from being one."""
    given: dict[str, object] = {}
    wrong: list[str] = []
    for field, positions in where.places:
        for position in positions:
            if position < len(values) and not is_empty(value := values[position]):
                if field == "abstract" and position != positions[0] and str(value).strip().casefold() in _FLAGS:
                    continue  # "abs: yes" beside an empty "Abstract" says whether there is one
                if field in ("title", "abstract") and not isinstance(value := _only(value), str):
                    wrong.append(f"{field} is {_KINDS.get(type(value), 'no text')}")
                    continue
                given[field] = value
                break
    if "title" not in given and "abstract" not in given:
        return Problem(stream.name, record, line, _nothing(wrong))
    for reason in wrong:
        stream.note(line, f"{reason} and was left out; it should be text")
    return _paper(Source(stream.name, record, line, _key(given.pop("key", ""))), given)


def _paper(source: Source, given: dict[str, object]) -> Paper:
    for field, simplify in _SIMPLIFY.items():
        if field in given and not (field != "authors" and isinstance(given[field], str)):
            given[field] = simplify(given[field])
    keywords = given.get("keywords")
    if isinstance(keywords, str) and keywords.startswith("["):
        given["keywords"] = _listed(keywords)
    return make_paper(source, **given)


def _nothing(wrong: list[str]) -> str:
    found = ", ".join(wrong)
    return (
        f"{found or 'no title and no abstract found'}; a paper needs one of them, as text. Mend or ignore this record"
    )


def is_empty(value: object) -> bool:
    """Whether a field holds nothing: missing, blank, not a number, or the words databases put for nothing."""
    if isinstance(value, str):
        return not value or value.isspace() or (len(value) < 40 and value.strip(" [].").casefold() in _NOTHING)
    return value is None or value == [] or value == {} or value != value


def _only(value: object) -> object:
    """What a list of one holds (Crossref writes titles so), any other value as it is."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _key(value: object) -> str:
    return " ".join(repair(str(value)).split())[:500] if isinstance(value, (str, int, float)) else ""


def _scalar(value: object) -> object:
    """The first plain value in `value`, looking into lists and objects."""
    for _ in range(6):
        if isinstance(value, dict):
            value = next((value[name] for name in _INNER if value.get(name)), None)
        elif isinstance(value, list):
            value = next((inner for inner in value if not is_empty(inner)), None)
        else:
            return value
    return None


_INNER = ("date-parts", "name", "display_name", "title", "value", "url", "year", "raw", "$", "keyword", "term")


def _words(value: object) -> object:
    return [_scalar(word) for word in value] if isinstance(value, list) else _scalar(value)


def _authors(value: object) -> object:
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list):
        return [_author(author) for author in value]
    return _listed(value) if isinstance(value, str) and value.startswith("[") else value


def _author(value: object) -> object:
    if isinstance(value, list):  # arXiv's authors_parsed: family, given, suffix
        return ", ".join(part for part in value[:2] if isinstance(part, str) and part.strip())
    if not isinstance(value, dict):
        return value
    parts = {re.sub(r"[\W_]", "", name.casefold()): part for name, part in value.items()}
    if isinstance(inner := parts.get("author"), dict):  # OpenAlex
        return _author({name: part for name, part in inner.items() if name != "author"})
    family = next(
        (parts[name] for name in ("family", "last", "lastname", "surname", "familyname") if parts.get(name)), ""
    )
    given = [parts.get(name) for name in ("given", "first", "firstname", "forename", "givenname", "middle")]
    whole = next((parts[n] for n in ("name", "fullname", "displayname", "literal", "creatorname") if parts.get(n)), "")
    return {"family": family, "given": _joined(given), "name": whole}


def _joined(parts: list[object]) -> str:
    flat = [inner for part in parts for inner in (part if isinstance(part, list) else [part])]
    return " ".join(part for part in flat if isinstance(part, str) and part)


def _listed(text: str) -> object:
    """The list that `text` spells in Python's way, as pandas writes lists into CSV; else `text`."""
    try:
        found = ast.literal_eval(text) if len(text) < 100_000 else text
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else text


_SIMPLIFY = {
    "authors": _authors,
    "keywords": _words,
    "year": _scalar,
    "venue": _scalar,
    "doi": _scalar,
    "arxiv": _scalar,
    "pmid": _scalar,
    "url": _scalar,
}
