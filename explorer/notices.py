"""What became of a paper: it was retracted, doubted or corrected; or it is itself the notice that says so of another.

Holds the words for both, as `Paper.notices` keeps them, and how titles and the types and notes of databases say them.
Knows nothing of files, tables or screens.
Always true: a notice is a word, then perhaps a blank and an id ("retracted pmid:123", "retracts doi:10.1000/x"); a word
of STATES is of the paper itself, a word of DEEDS of what it says about another; matched by ids alone, never by titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from explorer.doi import canonical_doi
from explorer.patterns import regex


class State(StrEnum):
    """What became of a paper, the gravest first."""

    RETRACTED = "retracted"
    CONCERN = "concern"
    CORRECTED = "corrected"


class Deed(StrEnum):
    """What a notice does to the paper it is about."""

    RETRACTS = "retracts"
    DOUBTS = "doubts"
    CORRECTS = "corrects"


STATES = frozenset(state.value for state in State)
DONE_BY = dict(zip(State, Deed, strict=True))
LABELS = {
    State.RETRACTED: "Retracted", State.CONCERN: "Expression of concern", State.CORRECTED: "Corrected",
    Deed.RETRACTS: "Notice of a retraction", Deed.DOUBTS: "Notice of a concern",
    Deed.CORRECTS: "Notice of a correction",
}  # fmt: skip
_OF_LABELS = {name.casefold(): word.value for word, name in LABELS.items()}
_NOTICE = regex(rf"({'|'.join([*State, *Deed])})(?: ((?:doi|pmid):\S+))?")

_CORRECTION = (
    r"(?:correction|erratum|errata|corrigendum|corrigenda|publisher(?:'s|’s)? (?:correction|note)|author correction"
    r"|fe de erratas?|errata corrige|rectificatif|berichtigung|勘误|勘誤|更正|訂正|正誤表|정정|исправление)"
)
# Titles of papers that were retracted, and of notices about others; what only speaks of retractions is neither.
_RETRACTED = regex(
    r"\s*(?:\[|\()?\s*(?:RETRACTED|RETRACTADO|ZURÜCKGEZOGEN|RÉTRACTÉ|已撤稿|撤稿)(?:\s+(?:ARTICLE|PAPER|CHAPTER|PUBLICATION))?\s*(?:[:：\])]|[-–—]\s)|"
    r".*[\[(]\s*retracted(?:\s+(?:article|paper|publication|chapter))?\s*(?:[.:;,\])]|see\b|in\b)",
    re.IGNORECASE | re.DOTALL,
)
_RETRACTS = regex(
    r"\s*(?:(?:notice|statement|note)\s+of\s+retraction|retraction\s+(?:notice|note|statement)|retraction|rétractation|retractación|retratação|ritrattazione)\b"
    r"\s*(?::|to\b\s*:?|for\b\s*:?|of\s*(?:[:\"“‘'«]|the\s+(?:article|paper)\b)|[-–—]\s|[\"“‘«])|"
    r".*\((?:partial )?retraction of\b",
    re.IGNORECASE | re.DOTALL,
)
_DOUBTS = regex(
    r"\s*(?:editorial\s+)?(?:notice\s+of\s+|expressions?\s+of\s+)concern\b\s*(?::|to\b|for\b|over\b|regarding\b|about\b|[-–—\"“‘«])|"
    r".*\(expression of concern (?:of|for)\b",
    re.IGNORECASE | re.DOTALL,
)
_CORRECTS = regex(
    rf"\s*\[?{_CORRECTION}\s*(?:[:：]|(?:to|zu|de|à)\b\s*[:\"“‘'«]|to:|[-–—]\s|[\"“‘«])|\s*(?:erratum|corrigendum)\s+to\b"
    # As Web of Science and Scopus name the correction of a paper: by its place in the journal.
    r"|.*\S\s\((?:vol(?:ume)?\.?\s*\d[\w-]*,\s*(?:pg|pp?|page|art(?:icle)?|no|e?id)\.?\s*\S[^()]*,\s*(?:19|20)\d\d)\)\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
# Types of publications as PubMed, Web of Science, Scopus, Crossref and others call them, in small letters.
_TYPES: dict[str, State | Deed] = {
    "retracted publication": State.RETRACTED, "retracted": State.RETRACTED, "retracted article": State.RETRACTED,
    "retraction of publication": Deed.RETRACTS, "retraction notice": Deed.RETRACTS, "retraction": Deed.RETRACTS,
    "expression of concern": Deed.DOUBTS, "published erratum": Deed.CORRECTS, "erratum": Deed.CORRECTS,
    "correction": Deed.CORRECTS, "corrigendum": Deed.CORRECTS, "correction, addition": Deed.CORRECTS,
}  # fmt: skip
_UPDATES: dict[str, State] = {
    "retraction": State.RETRACTED, "withdrawal": State.RETRACTED, "removal": State.RETRACTED,
    "partial_retraction": State.RETRACTED, "expression_of_concern": State.CONCERN, "correction": State.CORRECTED,
    "erratum": State.CORRECTED, "corrigendum": State.CORRECTED,
}  # fmt: skip
_NOTE = regex(
    r"\s*(?:retracted(?:\s+(?:article|publication|paper))?\s*(?:[.:;]|in\b|see\b|\Z)|retraction in\b|"
    r"this (?:article|paper|publication) (?:has been|was|is) retracted)",
    re.IGNORECASE,
)
# "Retraction of: 10.1000/x" stands with a notice, "Erratum in: J Moss 2020, doi: 10.1000/y" with the paper.
_POINTER = regex(
    r"\s*(retraction|expression of concern|erratum|corrigendum|correction)\s+(of|for|to|in)\s*"
    r"(?::|(?=https?:|doi|10\.))",
    re.IGNORECASE,
)
_POINTED = {
    "retra": State.RETRACTED, "expre": State.CONCERN, "errat": State.CORRECTED, "corri": State.CORRECTED,
    "corre": State.CORRECTED,
}  # fmt: skip


def of_title(title: str) -> tuple[str, ...]:
    """What a title says: "RETRACTED: …" of the paper itself, "Retraction to: …" of another."""
    for word, pattern in (
        (State.RETRACTED, _RETRACTED), (Deed.RETRACTS, _RETRACTS), (Deed.DOUBTS, _DOUBTS), (Deed.CORRECTS, _CORRECTS),
    ):  # fmt: skip
        if pattern.match(title[:2000]):
            return (word.value,)
    return (whole.value,) if (whole := _WHOLE_TITLES.get(title.strip(" .[]").casefold())) else ()


_WHOLE_TITLES = {
    "retraction": Deed.RETRACTS, "notice of retraction": Deed.RETRACTS, "retraction notice": Deed.RETRACTS,
    "statement of retraction": Deed.RETRACTS, "retraction note": Deed.RETRACTS, "expression of concern": Deed.DOUBTS,
    "editorial expression of concern": Deed.DOUBTS, "erratum": Deed.CORRECTS, "corrigendum": Deed.CORRECTS,
    "correction": Deed.CORRECTS, "errata": Deed.CORRECTS,
}  # fmt: skip


def of_types(texts: Iterable[str]) -> list[str]:
    """What types of publication say, several perhaps in a text: "Article; Retracted Publication"."""
    types = (part.strip(" .[]").casefold() for text in texts for part in [text, *re.split(r"[;|,]", text[:500])])
    return [_TYPES[name].value for name in types if name in _TYPES]


def of_notes(texts: Iterable[str]) -> list[str]:
    """What notes of databases say of the paper they stand with."""
    notes: list[str] = []
    for text in (text[:500] for text in texts):
        if (pointer := _POINTER.match(text)) and (doi := canonical_doi(text[pointer.end() :])):
            state = _POINTED[pointer[1][:5].casefold()]
            notes.append(about(state if pointer[2].casefold() == "in" else DONE_BY[state], f"doi:{doi}"))
            continue
        word = _OF_LABELS.get(text[:300].strip(" .").casefold())
        notes += [word] if word else [State.RETRACTED.value] if _NOTE.match(text[:300]) else []
    return notes


def of_update(kind: str, paper_id: str, *, updates: bool) -> list[str]:
    """What Crossref's update of this kind says: of the paper it `updates`, or of the paper that it is written in."""
    state = _UPDATES.get(kind.casefold().replace(" ", "_").replace("-", "_"))
    if state is None:
        return []
    doi = canonical_doi(paper_id)
    return [about(DONE_BY[state] if updates else state, f"doi:{doi}" if doi else "")]


def about(word: State | Deed, paper_id: str = "") -> str:
    """A notice of these parts; the id is that of the paper at its far end."""
    return f"{word.value} {paper_id}".strip()


def cleaned(values: Iterable[object], title: str = "", own: Iterable[str] = ()) -> tuple[str, ...]:
    """The notices among `values` and in a title, each once; those that point at an id of their `own` paper nowhere."""
    own = set(own)
    notices: dict[str, None] = {}
    for text in (*map(str, values), *of_title(title)):
        if match := _NOTICE.fullmatch(text):
            word, paper_id = match[1], match[2] or ""
            if paper_id in own:
                if word in set(Deed):
                    continue
                paper_id = ""
            notices[f"{word} {paper_id}".strip()] = None
    pointing = {text.partition(" ")[0] for text in notices if " " in text}
    return tuple(text for text in notices if " " in text or text not in pointing)


def states(notices: Iterable[str]) -> list[State]:
    """What became of a paper with these notices, the gravest first."""
    words = {text.partition(" ")[0] for text in notices}
    return [state for state in State if state.value in words]


def deeds(notices: Iterable[str]) -> list[Deed]:
    """What a paper with these notices says of others; empty for one that is no notice."""
    words = {text.partition(" ")[0] for text in notices}
    return [deed for deed in Deed if deed.value in words]


def label(notices: Iterable[str]) -> str:
    """What to write beside a title: the gravest of what became of the paper, else what kind of notice it is; or ""."""
    notices = tuple(notices)
    words: list[State | Deed] = [*states(notices), *deeds(notices)]
    return LABELS[words[0]] if words else ""


def links(notices: Iterable[str]) -> dict[str, str]:
    """The addresses at the ends of notices: of the notices about a paper, of the papers that it is a notice about."""
    places = {"doi": "https://doi.org/", "pmid": "https://pubmed.ncbi.nlm.nih.gov/"}
    addresses: dict[str, str] = {}
    for text in notices:
        word, _, paper_id = text.partition(" ")
        kind, _, value = paper_id.partition(":")
        if kind in places:
            addresses.setdefault(
                f"{label([word])}: the {'notice' if word in STATES else 'paper'}", places[kind] + value
            )
    return addresses
