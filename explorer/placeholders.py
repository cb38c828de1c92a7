"""What a field holds that says nothing: NA, #N/A, "No abstract available", "[No author name available]", "Untitled".

Holds `is_placeholder`, by field, in the languages of its table, and `uses_missing`, which tells by a record's surer
fields whether "Na" or "None" means nothing in it. Knows nothing of files and formats.
Always true: a text with a word that is not in the table is no placeholder, nor is a text of over 300 characters; "Na",
"Nan" and "Null" with a single capital are people or journals unless the record shows otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from explorer.patterns import regex
from explorer.tables import tables_of
from explorer.text import fold

_TABLES = tables_of(__file__)
_LONGEST = 300  # characters; Cambridge's "An abstract is not available for this content …" has about 200
_SURE = ("title", "abstract", "doi", "pmid", "pmcid", "arxiv", "url", "year", "keywords", "key")


def _lines(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split("\n")))


_MISSING, _UNKNOWN = _lines(_TABLES["missing"]), _lines(_TABLES["unknown"])
_NAMES = frozenset(_TABLES["names"].split())
_ALONE = {"title": _lines(_TABLES["titles"]), "authors": _lines(_TABLES["nobody"])}
_ALONE |= {"abstract": _lines(_TABLES["abstracts"]), "venue": _lines(_TABLES["venues"])}
_NO_TEXT = frozenset(("title", "abstract"))  # in which "unknown" may be a word
# What Excel writes for a broken formula, in its languages: #N/A, #NAME?, #DIV/0!, #WERT!, #¿NOMBRE?, #NV.
_EXCEL = regex(
    r"(?:ERROR: ?)?#(?:[¿¡]?[^\W\d_a-z]{2,10}(?:[/_ ]?[^\W_a-z0-9]{0,8}|/0)[!?]|[^\W\d_a-z]/[^\W\d_a-z]!?|NV|NULL|NaN)"
)
_MARKS = regex(r"[\s\-‐-―−_.,;:?!¿¡*/\\|#~=+'\"`´<>(){}\[\]…·•]*")  # of no letter and no digit
_AROUND = " \t\r\n[](){}<>.,;:*-–—\"'“”„«»`|/"
_HEADING = regex(r"\A\W*(?:abstract|summary)\s*[:.]?\s+(?=\S)", re.IGNORECASE)


def is_placeholder(field: str, text: str, missing: bool = False) -> bool:
    """Whether `text` in `field` (a name of `Paper`, or "" for any) stands for nothing; of authors, a single name.

    With `missing`, the record writes NA for what it lacks: then "Na" is no journal and no author.
    """
    return len(text) <= _LONGEST and _is_placeholder(field, text, missing)


@lru_cache(maxsize=8192)
def _is_placeholder(field: str, text: str, missing: bool) -> bool:
    text = text.strip()
    if _MARKS.fullmatch(text) or _EXCEL.fullmatch(text):
        return True
    bare = text.strip(_AROUND).casefold()
    if not bare:
        return False
    if bare in _NAMES and field in ("authors", "venue") and not missing:
        return text in (bare, bare.upper(), "NaN") or text[:1] in "[(<" or "_" in text
    if bare in _MISSING or (bare in _UNKNOWN and field not in _NO_TEXT) or bare in _ALONE.get(field, ()):
        return True
    return field in _WORDS and _says_nothing(field, text)


def _says_nothing(field: str, text: str) -> bool:
    folded = fold(_COPYRIGHT.sub("", text) if field == "abstract" else text)
    if not folded:
        return False
    if field == "abstract" and any(folded.startswith(notice) for notice in _notices()):
        return True
    words = folded.split(" ")
    if len(words) > 40:
        return False
    absence, of_field, every = _vocabulary(field)
    if field == "abstract" and text.endswith((":", "：")) and of_field.issuperset(words):
        return True  # a heading without a text
    spoken: set[str] = set()
    for word in words:
        pieces = [word] if word in every else _cut(word, field)
        if not pieces:
            return False
        spoken.update(pieces)
    return bool(spoken & absence) and (field == "abstract" or bool(spoken & of_field))


# What a publisher hangs on "No abstract available": "© 2020 Elsevier Ltd. All rights reserved."
_COPYRIGHT = regex(r"(?<=\S)\s*(?:©|\([cC]\)|Copyright\b).*", re.DOTALL)


def _cut(word: str, field: str) -> list[str]:
    """The words that a word of a script without blanks is made of; none where a piece is no word of the table."""
    if word.isascii() or not _UNSPACED.match(word):
        return []
    pieces = _scriptio(field).findall(word)
    return pieces if "".join(pieces) == word else []


_UNSPACED = regex(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORDS = frozenset(_TABLES["words"]) - {"absence", "fillers"}


@cache
def _vocabulary(field: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    absence, of_field, fillers = (_folded(_TABLES["words"][name]) for name in ("absence", field, "fillers"))
    return absence, of_field, absence | of_field | fillers


def _folded(words: str) -> frozenset[str]:
    return frozenset(part for word in words.split() for part in fold(word).split(" ") if part)


@cache
def _scriptio(field: str) -> re.Pattern[str]:
    words = (word for word in _vocabulary(field)[2] if _UNSPACED.match(word))
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


@cache
def _notices() -> tuple[str, ...]:
    return tuple(fold(line) for line in _lines(_TABLES["notices"]["abstract"]))


def uses_missing(fields: Mapping[str, object]) -> bool:
    """Whether a record writes NA, Nan, None or Null where it has nothing: in a field that could not be so called."""
    values = (fields.get(name) for name in _SURE)
    return any(isinstance(value, str) and value.strip(_AROUND).casefold() in _NAMES for value in values)
