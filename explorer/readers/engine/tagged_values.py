"""Values of tagged text: names, years, ids in addresses, and what is left of a text without its markup.

Holds pure functions from the strings of fields to the strings a paper is made of. Knows nothing of records and tags.
Always true: no function raises on any string, and each takes time linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from explorer.paper import canonical_arxiv, canonical_openalex, canonical_pmcid
from explorer.readers.engine import fields
from explorer.readers.engine.html import plain

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]\d\d|20\d\d)(?=\d{4}(?!\d)|(?!\d))")
_HEADING = re.compile(r"\A\s*(?:abstract|summary)[.:]?[^\S\n]*\n", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:et al\.?|others|\[?anon(?:ymous)?\.?\]?|no authors? (?:listed|identified)|\[?no author name available\]?|"
    r"\[?no author(?:ship)?,? (?:id found|indicated)\]?)",
    re.IGNORECASE,
)
_CLOSE_COMMA = re.compile(r",(?=[^\W\d_])")  # "Family,Given"
_INITIALS = re.compile(r"([^,;]+?),? ([A-Z](?:[.\- ]{0,2}[A-Z]){0,4}\.?)((?:,? (?:Jr|Sr|2nd|3rd|II|III|IV)\.?)?)")
_DOI_IN_LINK = re.compile(
    r"(?:doi\.org/|/doi/(?:[a-z]{2,8}/)?|doi[=:]\s?|rft_id=info:doi/)(10\.\d{4,9}(?:/|%2f)[^\s\"<>&?#]+)", re.IGNORECASE
)
_DOI_ALONE = re.compile(
    r"\s*(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:?\s*)?10\.\d{4,9}/\S+\s*(?:\[doi\])?\s*", re.IGNORECASE
)
_PMID = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|/pubmed/(?:\?term=)?|id=pmid:|\bpmid:?\s{0,3}(?:NLM)?|\bMEDLINE:|\bPUBMED )"
    r"(\d{1,8})(?!\d)",
    re.IGNORECASE,
)
_ARXIV_NAMED = re.compile(r"(?:e-?print:?\s{0,3})?arxiv:\s{0,3}", re.IGNORECASE)
_EID = re.compile(r"[?&]eid=(2-s2\.0-\d+)")
_LINK = re.compile(r"https?://[^\s\"<>]+", re.IGNORECASE)


def abstract(texts: Iterable[str]) -> str:
    """One text from the abstracts of a record: each once, in their order, without blank lines and the word Abstract."""
    found = dict.fromkeys(_paragraphs(plain(text)) for text in texts)
    # A template of a database says "Abstract" under its tag; a column of a table that does is only ticked.
    return "\n".join(text for text in found if text.strip(" .") == "Abstract" or not fields.is_empty(text))


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
    match = _YEAR.search(text[:200])
    return int(match[0]) if match else None


def dated(texts: Iterable[str]) -> str:
    """The first of `texts` that names a year."""
    return next((text for text in texts if year(text)), "")


def words(texts: list[str], several: str = ";") -> tuple[str, ...]:
    """Keywords from fields of one keyword each, or of several on lines or between semicolons; commas if all is one."""
    lines = [line for text in texts for line in text.split("\n")]
    found = [word.strip() for line in lines for word in line.split(several)]
    if len(found) == 1 and found[0].count(",") > 1:
        found = [word.strip() for word in found[0].split(",")]
    return tuple(word.lstrip("*") for word in found if word)  # Ovid and MEDLINE star the main ones


def doi(exact: Iterable[str], maybe: Iterable[str] = (), links: Iterable[str] = ()) -> str:
    """A DOI from fields that are one, from fields that may be one as a whole, or from addresses that hold one."""
    for text in exact:
        if "10." in text:
            return unquote(text) if "%" in text else text
    for text in maybe:
        if _DOI_ALONE.fullmatch(text):
            return text
    for text in links:
        if match := _DOI_IN_LINK.search(text):
            return unquote(match[1])
    return ""


def pmid(texts: Iterable[str]) -> str:
    """The PubMed id that an address of PubMed or "PMID: 123" holds."""
    return next((match[1] for text in texts if (match := _PMID.search(text))), "")


def pmcid(texts: Iterable[str]) -> str:
    """The PubMed Central id in one of `texts`."""
    return next((found for text in texts if (found := canonical_pmcid(text))), "")


def arxiv(texts: Iterable[str]) -> str:
    """The arXiv id in a text that begins with arXiv's name."""
    named = (text[match.end() :] for text in texts if (match := _ARXIV_NAMED.match(text)))
    return next((found for text in named if (found := canonical_arxiv(text))), "")


def arxiv_linked(texts: Iterable[str]) -> str:
    """The arXiv id in the first address of arXiv."""
    return next((found for text in texts if "arxiv.org/" in text and (found := canonical_arxiv(text))), "")


def openalex(texts: Iterable[str]) -> str:
    """The OpenAlex id in one of `texts`."""
    return next((found for text in texts if "openalex.org" in text and (found := canonical_openalex(text))), "")


def scopus(texts: Iterable[str]) -> str:
    """The id of Scopus in an address of it."""
    return next((match[1] for text in texts if (match := _EID.search(text))), "")


def link(texts: Iterable[str]) -> str:
    """The first web address in `texts`."""
    return next((match[0] for text in texts if (match := _LINK.search(text))), "")
