"""arXiv's ids: the bare form, out of a field that holds one and out of any text that names arXiv.

Holds pure functions from string to string. Knows nothing of papers, files or tables. Always true: no function raises on
any `str`; an id has neither prefix nor version; a number of five digits in another address or in a foreign DOI is none.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from explorer.patterns import regex

_LONGEST = 2_000  # characters looked at
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga"
    "|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph"
    "|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_NEW, _OLD = r"\d\d(?:0[1-9]|1[0-2])\.\d{4,5}", rf"(?:{_ARCHIVES})(?:\.[a-z]{{2}})?/\d{{7}}"
_ID = rf"(?P<id>{_NEW}|{_OLD})(?:v\d{{1,3}})?(?![\w-]|/\w)(?!\.\d)"
# What stands before an id within an address or a name; else a blank or a mark does.
_BEFORE = (
    r"(?<![\w./-])|(?<=arxiv[./])|(?<=\.org/)|(?<=abs/)|(?<=pdf/)|(?<=html/)|(?<=format/)|(?<=print/)|(?<=papers/)"
)
_FIELD = regex(rf"(?:{_BEFORE}|(?<=ps/)){_ID}", re.IGNORECASE)
_NAMES = r"arxiv|ar5iv|alphaxiv|huggingface\.co/papers|scirate\.com|(?<!\w)corr\W{1,3}abs/|(?<!\w)e-?print\s?:"
# The name, then no digit but a year in brackets, then the id.
_NAMED = regex(rf"(?:{_NAMES})[^\d\n]{{0,40}}?(?:\(?(?:19|20)\d\d\)?\W{{1,3}})?(?:{_BEFORE}){_ID}", re.IGNORECASE)
_FOREIGN_DOI = regex(r"10\.(?!48550/)\d{4,9}/\S*")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff{}"))


def canonical_arxiv(value: object) -> str:
    """The arXiv id in a `value` that should be one ("arXiv:2206.11795v2 [cs]" → "2206.11795"), or an empty string."""
    return _first(_FIELD, str(value)) if isinstance(value, (str, float)) else ""


def arxiv_in(text: str) -> str:
    """The arXiv id that `text`, of any kind, gives behind arXiv's name or in an address of it; or an empty string."""
    low = text[:_LONGEST].casefold()
    return _first(_NAMED, text) if any(name in low for name in _TOLD) else ""


_TOLD = ("xiv", "ar5iv", "corr", "huggingface.co/", "scirate", "print", "\uff58\uff49\uff56")


def arxiv_of_doi(doi: str) -> str:
    """The arXiv id that arXiv's own DOIs (10.48550/arXiv.…) carry, or an empty string."""
    prefix = "10.48550/arxiv."
    return canonical_arxiv(doi.removeprefix(prefix)) if doi.startswith(prefix) else ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    text = text[:_LONGEST].translate(_UNSEEN)
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    text = unquote(text) if "%" in text else text
    match = pattern.search(_FOREIGN_DOI.sub(" ", text))
    if not match:
        return ""
    archive, slash, number = match["id"].partition("/")
    if not slash:
        return archive
    archive, dot, subject = archive.lower().partition(".")
    return f"{archive}{dot}{subject.upper()}/{number}"
