"""From the values of a record to a `Paper`: the one road that every reader takes.

Holds the shapes that JSON, tables and XML give to names, dates and lists, as the texts and lists a paper is made of.
Knows nothing of files, nor of what formats call their fields (`fields`).
Always true: one record in, one `Paper` or one `Problem` out; of several values of a field the first that is not empty
counts; a title or an abstract that is no text is left out and told.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping

from explorer.dates import year_in
from explorer.paper import Paper, Problem, Source, make_paper
from explorer.readers.engine import markup
from explorer.readers.engine.fields import is_empty
from explorer.readers.io.stream import Stream
from explorer.text import repair

_TEXTS = frozenset(("title", "abstract"))
_KEYS = ("pmid", "arxiv", "doi")  # ids that stand for the record's own where it has none
_MISSING = "{}; a paper needs one of them, as text. Mend or ignore this record"
_UNREADABLE = "title and abstract hold no readable character; a paper needs one of them. Mend or ignore this record"
_KINDS = {dict: "an object", list: "a list", bool: "a truth value", int: "a number", float: "a number"}


def paper_from(stream: Stream, record: int, line: int, values: Iterable[tuple[str, object]]) -> Paper | Problem:
    """The paper of a record, or why it is none; `values` are pairs of a field and what it may hold, best first."""
    fields: dict[str, object] = {}
    wrong: list[str] = []
    wrong_year = ""
    for field, value in values:
        if field in fields or is_empty(value, field):
            continue
        if field == "year" and year_in(str(_scalar(value))) is None:  # "2566" beside a date of our calendar
            wrong_year = wrong_year or str(value)[:200]
            continue
        if field in _TEXTS and not isinstance(value, str):
            value = value[0] if isinstance(value, list) and len(value) == 1 else value  # so Crossref writes titles
            if not isinstance(value, str):
                wrong.append(f"{field} is {_KINDS.get(type(value), 'no text')}")
                continue
            if is_empty(value, field):
                continue
        fields[field] = value
    if _TEXTS.isdisjoint(fields):
        return Problem(stream.name, record, line, _MISSING.format(", ".join(wrong) or "no title and no abstract found"))
    for reason in wrong:
        stream.note(line, f"{reason} and was left out; it should be text")
    key = _key(fields.pop("key", None)) or next((_key(fields[name]) for name in _KEYS if name in fields), "")
    paper = finished(Source(stream.name, record, line, key), _simplified(fields))
    if wrong_year and "year" not in fields:
        stream.note(line, "the year is no year between 1500 and 2100 and was left out", wrong_year)
    return paper


def finished(source: Source, fields: Mapping[str, object]) -> Paper | Problem:
    """The paper of fields as `make_paper` takes them, unless nothing is left of title and abstract when repaired."""
    paper = make_paper(source, **fields)
    return paper if paper.title or paper.abstract else Problem(source.file, source.record, source.line, _UNREADABLE)


def _simplified(fields: dict[str, object]) -> dict[str, object]:
    for field, value in fields.items():
        if isinstance(value, str) and field not in _TEXTS:
            value = spelled(value)
            if field == "authors" and isinstance(value, str) and (names := _BARE_LIST.fullmatch(value.strip())):
                value = names[1] if "," in names[1] and not is_empty(value, field) else value  # [John Smith, Karin Doe]
        if field in _SIMPLIFY and not isinstance(value, (str, tuple, int)):
            value = _SIMPLIFY[field](value)
        if isinstance(value, str) and field in _TEXTS and ("<" in value or "&" in value):
            value = markup.string(value)
        fields[field] = value
    return fields


def _key(value: object) -> str:
    """The id of a record on a single line; none where a spreadsheet wrote 27552985 as 2.75E+07, which others share."""
    text = " ".join(repair(str(value)).split())[:500] if isinstance(value, (str, int, float)) else ""
    return "" if _ROUNDED.fullmatch(text) else _POINT_ZERO.sub(r"\1", text)


_ROUNDED = re.compile(r"\d[.,]\d+E\+?\d{1,2}|\dE\+\d{1,2}", re.IGNORECASE)
_POINT_ZERO = re.compile(r"\A(\d{4,15})\.0\Z")


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
        inner = value.get("authors", value.get("author"))
        value = inner if isinstance(inner, list) else [value]
    if isinstance(value, list):
        return [_author(author) for author in value]
    return value


def _author(value: object) -> object:
    if isinstance(value, list):  # arXiv's authors_parsed: family, given, suffix
        return ", ".join(part for part in value[:2] if isinstance(part, str) and part.strip())
    if not isinstance(value, dict):
        return value
    parts = {re.sub(r"[\W_]", "", name.casefold()): part for name, part in value.items()}
    if isinstance(inner := parts.get("author"), dict):  # OpenAlex
        return _author({name: part for name, part in inner.items() if name != "author"})
    family, whole = (next((parts[name] for name in names if parts.get(name)), "") for names in (_FAMILY, _WHOLE))
    return {"family": family, "given": _joined([parts.get(name) for name in _GIVEN]), "name": whole}


_FAMILY = "family last lastname surname familyname".split()
_GIVEN = "given first firstname forename forenames givenname middle".split()
_WHOLE = "name fullname displayname literal creatorname authorname authname creator text formatted".split()


def _joined(parts: list[object]) -> str:
    flat = [inner for part in parts for inner in (part if isinstance(part, list) else [part])]
    return " ".join(part for part in flat if isinstance(part, str) and part)


def spelled(text: str) -> object:
    """The list or object that `text` spells in the way of JSON, of Python (pandas), of numpy or of R; else `text`."""
    bare = text.strip()
    if not bare.endswith(("]", "}", ")")) or len(bare) > 100_000:
        return text
    if match := _WRAPPED.fullmatch(bare):
        bare = f"[{match[1] or match[2]}]"
    if "Author(" in bare:
        bare = _OBJECT.sub(lambda name: name[1] if name[1][:1] in "'\"" else f'"{name[1]}"', bare)
    if not bare.startswith(("[", "{", "(")):
        return text
    if bare.startswith("{") and _SET.match(bare):  # Python's set, as which it would lose its order
        bare = f"[{bare[1:-1]}]"
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(_NUMPY.sub(r"\1, \2", bare) if read is ast.literal_eval else bare)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        value = list(value) if isinstance(value, (tuple, set)) else value
        return value if isinstance(value, (list, dict)) else text
    return text


# c("Smith, J.", "Doe, K.") of R; array(['Smith, J.', 'Doe, K.'], dtype=object) of numpy.
_WRAPPED = re.compile(
    r"(?:c|list)\((\".*\"|'.*')\)|(?:np\.|numpy\.)?array\(\[(.*)\](?:,\s*dtype=[^\[\]()]{1,30})?\)", re.DOTALL
)
_OBJECT = re.compile(r"(?:\w+\.)*Author\(([^()\"]{1,200})\)")  # arxiv.Result.Author('John Smith'), as Python shows it
_BARE_LIST = re.compile(r"\[([^\[\]{}'\":]{3,})\]", re.DOTALL)
_SET = re.compile(r"\{\s*(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*[,}]")
_NUMPY = re.compile(r"(['\"])\s+(['\"])")  # ['Smith, J.' 'Doe, K.']


_SIMPLIFY = {
    "authors": _authors,
    "keywords": _words,
    **dict.fromkeys(("year", "venue", "doi", "arxiv", "pmid", "url"), _scalar),
}
