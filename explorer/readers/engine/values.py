"""Values as databases write them: names, years, keywords, and what is left of a text without its markup.

Holds pure functions from the strings of fields to the strings a paper is made of. Knows nothing of records and tags.
Always true: no function raises on any string, and each takes time linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from explorer.dates import year_in
from explorer.readers.engine import fields
from explorer.readers.engine.html import plain

_HEADING = re.compile(r"\A\s*(?:abstract|summary)[.:]?[^\S\n]*\n", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:et al\.?|others|\[?anon(?:ymous)?\.?\]?|no authors? (?:listed|identified)|\[?no author name available\]?|"
    r"\[?no author(?:ship)?,? (?:id found|indicated)\]?)",
    re.IGNORECASE,
)
_CLOSE_COMMA = re.compile(r",(?=[^\W\d_])")  # "Family,Given"
_INITIALS = re.compile(r"([^,;]+?),? ([A-Z](?:[.\- ]{0,2}[A-Z]){0,4}\.?)((?:,? (?:Jr|Sr|2nd|3rd|II|III|IV)\.?)?)")


def abstract(texts: Iterable[str]) -> str:
    """One text from the abstracts of a record: each once, in their order, without blank lines and the word Abstract."""
    abstracts = dict.fromkeys(_paragraphs(plain(text)) for text in texts)
    # A template of a database says "Abstract" under its tag; a column of a table that does is only ticked.
    return "\n".join(
        text for text in abstracts if text.strip(" .") == "Abstract" or not fields.is_empty(text, "abstract")
    )


def _paragraphs(text: str) -> str:
    lines = (line.strip() for line in text.split("\n"))
    return _HEADING.sub("", "\n".join(filter(None, lines)), count=1)


def flowing(text: str) -> str:
    """`text` of lines that were wrapped at a width, on one line."""
    return " ".join(text.split())


def people(names: Iterable[str]) -> list[str]:
    """Names from fields of one name, or of several between semicolons or on lines of their own."""
    parts = (part.strip() for name in names for line in plain(name).split("\n") for part in line.split(";"))
    return [_CLOSE_COMMA.sub(", ", part) for part in parts if part and not _NOBODY.fullmatch(part)]


def initials_last(name: str) -> str:
    """ "van Raaij MJ" as "van Raaij, MJ"; a name of another form as it is."""
    match = _INITIALS.fullmatch(name) if "," not in name[:-5] and len(name) < 100 else None
    return f"{match[1]}, {match[2]}{match[3]}" if match else name


def year(text: str) -> int | None:
    """The first year in a date of any form ("2018/03//", "1 Jan.-Feb. 2019", "20190102")."""
    return year_in(text[:200])


def dated(texts: Iterable[str]) -> str:
    """The first of `texts` that names a year."""
    return next((text for text in texts if year(text)), "")


def words(texts: list[str], several: str = ";") -> tuple[str, ...]:
    """Keywords from fields of one keyword each, or of several on lines or between semicolons; commas if all is one."""
    lines = [line for text in texts for line in text.split("\n")]
    keywords = [word.strip() for line in lines for word in line.split(several)]
    if len(keywords) == 1 and keywords[0].count(",") > 1:
        keywords = [word.strip() for word in keywords[0].split(",")]
    return tuple(word.lstrip("*") for word in keywords if word)  # Ovid and MEDLINE star the main ones
