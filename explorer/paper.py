"""A paper, where it was read, and the text that gets embedded.

Holds frozen values and pure functions on them. Knows nothing of files, tables, vectors or screens.
Always true: strings are repaired text, never `None`; authors keep the order and form of the source, each once; `doi`,
`arxiv`, `pmid`, `pmcid` and `openalex` are in their canonical form or empty; `year` is None or between 1500 and 2100.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from explorer import dates, notices
from explorer.arxiv import arxiv_in, arxiv_of_doi, canonical_arxiv
from explorer.boilerplate import without_boilerplate
from explorer.doi import canonical_doi
from explorer.patterns import regex
from explorer.placeholders import is_placeholder, uses_missing
from explorer.text import readable, repair

_SENTENCE = regex(r".{20,}?[.!?](?=\s|$)|.+", re.DOTALL)
_MAY_BE_NOTHING = frozenset(("title", "abstract", "venue", "url"))
_HEADING_LENGTH = 120  # characters; two lines of a card on a phone


@dataclass(frozen=True, slots=True)
class Source:
    """Where a paper was read: file name, 1-based record number and line, and the id it had there."""

    file: str
    record: int
    line: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A record that could not be read: where, what was found, and what to do.

    With `record` 0 it is about the file, or about something left out of a paper that was read: no record was lost.
    """

    file: str
    record: int
    line: int
    reason: str


@dataclass(frozen=True)
class Paper:
    """One scientific paper. `id` is given by the library; before that it is the id in the source, or empty.

    `notices` say what became of it ("retracted pmid:123") or that it is a notice about another, see `explorer.notices`.
    `collections` are the folders it lies in where it was read, each a path like "Thesis/Chapter 2".
    """

    title: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    doi: str = ""
    arxiv: str = ""
    pmid: str = ""
    pmcid: str = ""
    openalex: str = ""
    url: str = ""
    keywords: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    id: str = ""
    sources: tuple[Source, ...] = ()

    @property
    def has_title(self) -> bool:
        """Whether the source gave a title; otherwise `heading` is made from the abstract."""
        return bool(self.title)

    @cached_property
    def heading(self) -> str:
        """One readable line to call the paper by: its title, or the beginning of its first sentence."""
        if self.title:
            return readable(self.title)
        match = _SENTENCE.match(readable(self.abstract))
        sentence = match[0] if match else "(no title, no abstract)"
        if len(sentence) <= _HEADING_LENGTH:
            return sentence
        return sentence[:_HEADING_LENGTH].rsplit(" ", 1)[0] + " …"

    @property
    def links(self) -> dict[str, str]:
        """Addresses of the paper by name; only http and https, so that no file can smuggle in a script."""
        named = (
            ("DOI", "https://doi.org/", self.doi),
            ("arXiv", "https://arxiv.org/abs/", self.arxiv),
            ("PubMed", "https://pubmed.ncbi.nlm.nih.gov/", self.pmid and f"{self.pmid}/"),
        )
        links = {name: address + paper_id for name, address, paper_id in named if paper_id}
        web = re.match(r"https?://[^\s\"'<>]+$", self.url, re.IGNORECASE)
        return (links or ({"Link": self.url} if web else {})) | notices.links(self.notices)

    @property
    def status(self) -> str:
        """ "Retracted", "Expression of concern", "Corrected", or what kind of notice it is; mostly empty."""
        return notices.label(self.notices)


def embedding_text(paper: Paper) -> str:
    """The text that stands for the paper in the vector space: readable title and abstract, less what publishers add."""
    abstract = without_boilerplate(readable(paper.abstract))
    return " ".join(part for part in (_as_sentence(readable(paper.title)), abstract) if part)


def _as_sentence(title: str) -> str:
    return title if not title or title[-1] in ".!?" else title + "."


def text_hash(text: str) -> str:
    """Hex digest (32 characters) under which the vector of `text` is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


# ---------------------------------------------------------------------------------------------------- cleaning


def make_paper(source: Source, **fields: object) -> Paper:
    """A `Paper` from raw fields of a file: text repaired, ids canonical, years checked, authors made one form.

    Takes the field names of `Paper`; a value may be a string, number, list or None. Unknown names raise TypeError.
    """
    clean: dict[str, object] = {"sources": (source,), "id": source.key}
    missing = uses_missing(fields)
    for name, value in fields.items():
        clean[name] = _CLEANERS[name](value) if name in _CLEANERS else _one_line(value)
        if name in _MAY_BE_NOTHING and is_placeholder(name, str(clean[name]), missing):
            clean[name] = ""
    if missing and len(names := clean.get("authors") or ()) == 1 and is_placeholder("authors", names[0], missing):  # type: ignore[arg-type,index]
        clean["authors"] = ()
    if "/pmc" in (url := str(clean.get("url", ""))):
        clean["pmcid"] = clean.get("pmcid") or canonical_pmcid(url)
    clean["arxiv"] = clean.get("arxiv") or _implied_arxiv(clean, _one_line(fields.get("doi")))
    own = (f"{kind}:{value}" for kind in ("doi", "pmid") if (value := clean.get(kind)))
    clean["notices"] = notices.cleaned(_listed(fields.get("notices")), str(clean.get("title", "")), own)
    return Paper(**clean)  # type: ignore[arg-type]


def _implied_arxiv(clean: dict[str, object], doi: str) -> str:
    """The arXiv id that address, DOI or venue give; `doi` is that field as written, which may be arXiv's address."""
    url, venue = (str(clean.get(name, "")) for name in ("url", "venue"))
    arxiv = arxiv_in(url) or arxiv_of_doi(str(clean.get("doi", ""))) or arxiv_in(venue) or arxiv_in(doi)
    return arxiv or (canonical_arxiv(clean["id"]) if venue.casefold().strip(" .") in ("arxiv", "corr") else "")


def author_name(author: str) -> str:
    """The name as read aloud: "Brown, Noam" → "Noam Brown"; a name without a comma stays."""
    family, comma, given = author.partition(", ")
    return f"{given} {family}" if comma else author


def _text(value: object) -> str:
    if isinstance(value, str):
        return repair(value).strip()
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _one_line(value: object) -> str:
    if isinstance(value, str) and value.isascii() and value.isprintable():  # nothing to repair: nine of ten fields
        folded = "  " not in value and value[:1] != " " and value[-1:] != " "
        return value if folded else " ".join(value.split())
    return " ".join(_text(value).split())


def _year(value: object) -> int | None:
    if isinstance(value, int) and 1500 <= value <= 2100:
        return int(value)
    return dates.year_in(_one_line(value)[:60])


def _pmid(value: object) -> str:
    text = _one_line(value)
    match = re.fullmatch(r"'?(?:pmid:?\s*)?([1-9]\d{0,8})(?:[.,]0+)?", text, re.IGNORECASE)
    if match:
        return match[1]
    whole = re.fullmatch(r"([1-9])[.,](\d{3,8})E\+?0?(\d)", text, re.IGNORECASE)  # 2.7552985e+07, no digit lost
    return whole[1] + whole[2] if whole and len(whole[2]) == int(whole[3]) else ""


def canonical_pmcid(value: object) -> str:
    """The PubMed Central id in `value` in capitals ("pmc3468560" → "PMC3468560"), or an empty string."""
    match = re.search(r"(?<![A-Za-z0-9])PMC\s?(\d{1,9})(?!\d)", _one_line(value), re.IGNORECASE)
    return f"PMC{match[1]}" if match else ""


def canonical_openalex(value: object) -> str:
    """The id of an OpenAlex work in `value` ("https://openalex.org/W2741809807" → "W2741809807"), or empty."""
    match = re.fullmatch(
        r"(?:https?://(?:api\.)?openalex\.org/(?:works/)?)?(W\d{2,12})", _one_line(value), re.IGNORECASE
    )
    return match[1].upper() if match else ""


def _collections(value: object) -> tuple[str, ...]:
    given = value if isinstance(value, (list, tuple)) else [value]
    return tuple(dict.fromkeys(name for name in map(_one_line, given) if name))


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _authors(value: object) -> tuple[str, ...]:
    """Authors from a list of names (or of mappings with family/given/name) or from one string; repeated names once."""
    from explorer import authors  # its patterns take 25 ms, which a command that only answers has no use for

    if isinstance(value, (list, tuple)):
        return authors.unique(name for person in value for name in _author(person))
    return authors.unique(authors.authors(_text(value)))


def _author(value: object) -> list[str]:
    from explorer import authors

    if not isinstance(value, str) and isinstance(value, dict):
        family, given = (_one_line(value.get(a) or value.get(b)) for a, b in (("family", "last"), ("given", "first")))
        if family:
            return [authors.cleaned(f"{family}, {given}".strip(", "))]
        return _author(value.get("name") or value.get("literal") or "")
    return [authors.cleaned(name) for name in authors.several(_text(value))]


def _keywords(value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        words = [word for item in value for word in _LISTED.split(_text(item))]
    else:
        text = _text(value)
        words = _LISTED.split(text) if _LISTED.search(text) else re.split(r"[,，،]", text)
    words = [folded for word in words if (folded := _one_line(word))]
    return () if all(is_placeholder("keywords", word) for word in words) else tuple(words)


_LISTED = regex(r"[;；؛|、\n]|\s[·•]\s")  # what stands between keywords where commas may stand within a word


_CLEANERS = {
    "abstract": _text, "authors": _authors, "year": _year, "keywords": _keywords, "collections": _collections,
    "doi": canonical_doi, "arxiv": canonical_arxiv, "pmid": _pmid, "pmcid": canonical_pmcid,
    "openalex": canonical_openalex,
}  # fmt: skip
