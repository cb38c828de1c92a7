"""Names of authors, compared: family names, whether two lists may be of the same paper, who is a body, who is nobody.

Holds pure functions on names as files write them. Always true: a placeholder such as "NA" or "Anonymous" names nobody,
so two of them agree in nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from explorer.identity.abstracts import script
from explorer.paper import Paper
from explorer.patterns import regex
from explorer.text import fold

_SHARE = 0.6  # of the shorter list's family names that must be in the longer: lists get cut and misspelt
_FIRST = 100  # authors compared; of a thousand the first hundred, as lists get cut
_NOBODY = regex(
    r"(?:n a|na|nan|null|none|nil|anon|anonymous|unknown|unbekannt|anonyme|anonimo|author|authors|et al|no name"
    r"|ohne autor|(?:no|not|without) (?:\w+ )*(?:author|authors|available|listed|stated|supplied)(?: .*)?"
    r"|author s? ?(?:unknown|not .*))?"
)
_BODY = regex(
    r"\b(?:administration|agency|alliance|association|authorit(?:y|ies)|bank|board|bureau|centers?|centres?|collaboration"
    r"|college|commission|committee|consortium|council|department|federation|foundation|fund|group|institut\w*|ministr\w*"
    r"|nations|network|office|organi[sz]ation\w*|panel|programme|secretariat|service|society|study|survey|team|trust"
    r"|union|university|who|unesco|unicef|fao|oecd|ipcc|gesellschaft|ministerium|verband|comite|societe|organisacion)\b"
)
_INITIALS = regex(r"(?:[A-Z]\.?-?){1,3}")


def is_nobody(author: str) -> bool:
    """Whether an author's name is a placeholder: "NA", "Anonymous", "[No author name available]"."""
    return bool(_NOBODY.fullmatch(fold(author)))


def first_family(authors: tuple[str, ...]) -> str:
    """The folded family name of the first author who is somebody, or an empty string."""
    return next((name for author in authors[:3] if not is_nobody(author) and (name := family(author))), "")


def family(author: str) -> str:
    """The last word of the family name, folded: "van der Berg, J." and "Jan van der Berg" and "Berg J" → "berg"."""
    name, comma, _ = author.partition(",")
    words = name.split()
    if not comma:  # "Smith JA" as MEDLINE writes it, else "John A. Smith"
        while len(words) > 1 and re.fullmatch(r"(?:[A-Z]\.?-?){1,3}|Jr\.?|Sr\.?|I{2,3}", words[-1]):
            words.pop()
    folded = fold(words[-1] if words else "").split()
    return folded[-1] if folded else ""


@lru_cache(maxsize=1024)
def families(authors: tuple[str, ...]) -> frozenset[str]:
    """Folded family names of the first hundred authors, without placeholders."""
    return frozenset(name for author in authors[:_FIRST] if not is_nobody(author) and (name := family(author)))


def authors_agree(first: Paper, second: Paper, *, unknown: bool = True) -> bool:
    """Whether most family names of the shorter list are in the longer; `unknown` when a list is empty."""
    ours, theirs = families(first.authors), families(second.authors)
    if not ours or not theirs:
        return unknown
    fewer = min(len(ours), len(theirs))
    if len(ours & theirs) >= _SHARE * fewer:
        return True
    ours, theirs = (frozenset(map(spelt, names)) for names in (ours, theirs))  # Mueller and Müller
    if len(ours & theirs) >= _SHARE * fewer:
        return True
    whole, others = (_whole_names(paper.authors) for paper in (first, second))  # "Weber Hanna" and "Hanna Weber"
    if len(whole & others) >= _SHARE * fewer:
        return True
    alphabets = [script(" ".join(names)) for names in (ours, theirs)]  # 王伟 may be Wang Wei
    return unknown and "LATIN" in alphabets and alphabets[0] != alphabets[1]


def spelt(folded: str) -> str:
    """Folded words with ue, oe, ae as the umlauts fold: "mueller" → "muller"."""
    return _UMLAUT.sub(r"\1", folded)


_UMLAUT = re.compile(r"([auo])e")


@lru_cache(maxsize=1024)
def _whole_names(authors: tuple[str, ...]) -> frozenset[frozenset[str]]:
    """The words of names in full, in whatever order: {"hanna", "weber"}."""
    words = (frozenset(fold(author).split()) for author in authors[:_FIRST] if not is_nobody(author))
    return frozenset(name for name in words if len(name) > 1 and all(len(word) > 1 for word in name))


def initials_differ(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether the first authors, of one family name, have other initials: "Hill, M." and "Hill, T."."""
    ours, theirs = (_initial(authors[0]) if authors else "" for authors in (first, second))
    return bool(ours and theirs and ours != theirs)


def _initial(author: str) -> str:
    name, comma, rest = author.partition(",")
    if not comma:
        words = name.split()
        if len(words) < 2:
            return ""
        rest = words[-1] if _INITIALS.fullmatch(words[-1]) else words[0]
    return fold(rest)[:1]


@lru_cache(maxsize=1024)
def is_body(author: str) -> bool:
    """Whether an author is an organisation, whose reports share title and author year after year."""
    return "," not in author and bool(_BODY.search(fold(author)))
