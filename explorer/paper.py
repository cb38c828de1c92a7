"""A paper, where it was read, and the text that gets embedded.

Holds frozen values and pure functions on them. Knows nothing of files, tables, vectors or screens.
Always true: strings are repaired text, never `None`; authors keep the order and form of the source, each once; `doi`,
`arxiv`, `pmid`, `pmcid` and `openalex` are in their canonical form or empty; `year` is None or between 1500 and 2100.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from explorer.text import readable, repair

_DOI = re.compile(r"10\.\d{4,9}/\S+", re.IGNORECASE)
_ARXIV = re.compile(r"(?:\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z][a-z.\-]+/\d{7})(?=v\d+$|$)", re.IGNORECASE)
_ARXIV_PREFIX = re.compile(r"^.*?(?:arxiv\.org/(?:abs|pdf)/|arxiv:)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d|2100)(?!\d)")
_SENTENCE = re.compile(r".{20,}?[.!?](?=\s|$)|.+", re.DOTALL)
_INITIALS = re.compile(r"(?:[^\W\d_](?:\.[\s\-]*|[\s\-]+|$))+")
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
        return links or ({"Link": self.url} if web else {})


def embedding_text(paper: Paper) -> str:
    """The text that stands for the paper in the vector space: readable title and abstract."""
    return " ".join(part for part in (_as_sentence(readable(paper.title)), readable(paper.abstract)) if part)


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
    for name, value in fields.items():
        clean[name] = _CLEANERS[name](value) if name in _CLEANERS else _one_line(value)
    clean["arxiv"] = clean.get("arxiv") or _implied_arxiv(clean)
    return Paper(**clean)  # type: ignore[arg-type]


def _implied_arxiv(clean: dict[str, object]) -> str:
    url, doi, venue = (str(clean.get(name, "")) for name in ("url", "doi", "venue"))
    given = (canonical_arxiv(url) if "arxiv.org" in url else "") or arxiv_of_doi(doi)
    return given or (canonical_arxiv(clean["id"]) if venue.casefold().strip(" .") == "arxiv" else "")


def canonical_doi(value: object) -> str:
    """The bare lower-case DOI in `value` ("https://doi.org/10.1/X" → "10.1/x"), or an empty string."""
    match = _DOI.search(_one_line(value))
    found = match[0].rstrip(".,;").lower() if match else ""
    return found if found.count("(") >= found.count(")") else found.rstrip(".,;)")


def canonical_arxiv(value: object) -> str:
    """The arXiv id in `value` without prefix and version ("arXiv:2206.11795v2" → "2206.11795"), or an empty string."""
    tail = _one_line(value)
    if match := _ARXIV.match(tail):
        return match[0]
    if "iv" in tail or "IV" in tail:  # a prefix, however "arXiv" is written; lists of bare ids need no search for it
        tail = _ARXIV_PREFIX.sub("", tail)
    match = _ARXIV.match(tail.removesuffix(".pdf").strip().split(" ")[0])
    return match[0] if match else ""


def arxiv_of_doi(doi: str) -> str:
    """The arXiv id that arXiv's own DOIs (10.48550/arXiv.…) carry, or an empty string."""
    prefix = "10.48550/arxiv."
    return canonical_arxiv(doi.removeprefix(prefix)) if doi.startswith(prefix) else ""


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
    match = _YEAR.search(_one_line(value)[:60])
    return int(match[0]) if match else None


def _pmid(value: object) -> str:
    match = re.fullmatch(r"(?:pmid:?\s*)?([1-9]\d{0,8})(?:\.0)?", _one_line(value), re.IGNORECASE)
    return match[1] if match else ""


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


def _authors(value: object) -> tuple[str, ...]:
    """Authors from a list of names (or of mappings with family/given/name) or from one string; repeated names once."""
    names = value if isinstance(value, (list, tuple)) else list(_split_authors(_one_line(value)))
    cleaned = (_author(name) for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if name))


def _author(value: object) -> str:
    if not isinstance(value, str) and isinstance(value, dict):
        family, given = (_one_line(value.get(a) or value.get(b)) for a, b in (("family", "last"), ("given", "first")))
        return f"{family}, {given}".strip(", ") if family else _author(value.get("name") or value.get("literal") or "")
    name = _one_line(value).strip(" ,;")
    if not name[:1].isalnum() and not any(char.isalnum() for char in name):
        return ""
    return "" if len(name) == 4 and name.lower() == "null" else name


def _split_authors(text: str) -> Iterator[str]:
    for separator in (";", "|"):
        if separator in text:
            yield from text.split(separator)
            return
    parts = text.split(" and ")
    if len(parts) > 1 and "," in text and "," not in parts[-1].rstrip(","):  # "A. Smith, B. Jones, and C. White"
        parts = [part for listed in parts for part in _between_commas(listed.strip(" ,"))]
    elif len(parts) == 1:
        parts = list(_between_commas(text))
    yield from parts


def _between_commas(text: str) -> Iterator[str]:
    # "Smith, John A." is one author, "J. Smith, A. Jones" and "Smith, J., Jones, A." are two.
    names = [name.strip() for name in text.split(",") if name.strip()]
    spaced = sum(" " in name for name in names)
    if len(names) % 2 == 0 and (all(_INITIALS.fullmatch(name) for name in names[1::2]) or not spaced):
        yield from (f"{family}, {given}" for family, given in zip(names[::2], names[1::2], strict=True))
    elif len(names) == 2 and spaced < 2:
        yield text
    else:
        yield from names


def _keywords(value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(word for word in map(_one_line, value) if word)
    text = _one_line(value)
    return tuple(word.strip() for word in re.split(r"[;|]" if re.search("[;|]", text) else ",", text) if word.strip())


_CLEANERS = {
    "abstract": _text, "authors": _authors, "year": _year, "keywords": _keywords, "collections": _collections,
    "doi": canonical_doi, "arxiv": canonical_arxiv, "pmid": _pmid, "pmcid": canonical_pmcid,
    "openalex": canonical_openalex,
}  # fmt: skip
