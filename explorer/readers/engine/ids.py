"""Ids of a paper where files put them: in a field of their own, in addresses, among other words.

Holds pure functions from texts to one id as written, or an empty string; `make_paper` gives it its canonical form.
Always true: the first text that holds an id counts; no function raises on any string; time is linear in the texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from explorer.arxiv import arxiv_in
from explorer.paper import canonical_openalex, canonical_pmcid

_DOI_IN_LINK = re.compile(
    r"(?:doi\.org/|/doi/(?:[a-z]{2,8}/)?|doi[=:]\s?|rft_id=info:doi/)(10\.\d{4,9}(?:/|%2f)[^\s\"<>&?#]+)", re.IGNORECASE
)
_DOI_ALONE = re.compile(
    r"\s*(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:?\s*)?10\.\d{4,9}/\S+\s*(?:\[doi\])?\s*", re.IGNORECASE
)
_PMID = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|/pubmed/(?:\?term=)?|id=pmid:|\bpmid:?\s{0,3}(?:NLM)?|\bMEDLINE:|\bPUBMED )"
    r"(\d{1,8})(?!\d)|(?<!\d)(\d{1,8})\s?\[pmid\]",
    re.IGNORECASE,
)
_ARXIV_NAMED = re.compile(
    r"\W{0,3}(?:(?:e-?)?prints?\W{0,3}|preprints?\W{1,3})?(?:arxiv|corr\W{1,3}abs)", re.IGNORECASE
)
_EID = re.compile(r"[?&]eid=(2-s2\.0-\d+)")
_LINK = re.compile(r"https?://[^\s\"<>]+", re.IGNORECASE)


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
    return next((match[1] or match[2] for text in texts if (match := _PMID.search(text))), "")


def pmcid(texts: Iterable[str]) -> str:
    """The PubMed Central id in one of `texts`."""
    return _first(map(canonical_pmcid, texts))


def arxiv(texts: Iterable[str]) -> str:
    """The arXiv id in a text that begins with arXiv's name."""
    return _first(arxiv_in(text) for text in texts if _ARXIV_NAMED.match(text))


def arxiv_linked(texts: Iterable[str]) -> str:
    """The arXiv id in the first address of arXiv."""
    return _first(map(arxiv_in, texts))


def openalex(texts: Iterable[str]) -> str:
    """The OpenAlex id in one of `texts`."""
    return _first(canonical_openalex(text) for text in texts if "openalex.org" in text)


def scopus(texts: Iterable[str]) -> str:
    """The id of Scopus in an address of it."""
    return next((match[1] for text in texts if (match := _EID.search(text))), "")


def link(texts: Iterable[str]) -> str:
    """The first web address in `texts`."""
    return next((match[0] for text in texts if (match := _LINK.search(text))), "")


def _first(ids: Iterable[str]) -> str:
    return next(filter(None, ids), "")
