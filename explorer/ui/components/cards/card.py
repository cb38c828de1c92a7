"""One paper as the browser draws it: its facts, its marks, and how near it is.

Knows papers and results, not libraries or questions. Always true: every value is plain text or a number; a paper
that nothing was asked about has no closeness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from explorer.export import bibtex
from explorer.export.shapes import floor_percent
from explorer.paper import Paper, author_name
from explorer.search.answer import Answer, Result
from explorer.search.certainty import LEVELS, Certainty
from explorer.store import Marks, Record
from explorer.text import counted, readable

_BEGINNING = 140  # characters of a passage shown before it is unfolded: a line and a half


@dataclass(frozen=True)
class DraftPassage:
    """The passage of a draft that a result is shown for: its number from 1, heading and text.

    `ours` and `theirs` are the sentences of draft and paper that match, `note` a remark; all may be empty.
    """

    number: int
    heading: str
    text: str
    ours: str = ""
    theirs: str = ""
    note: str = ""


@dataclass(frozen=True)
class Closeness:
    """How near a result is: the `figure` of a card and the `share` of its bar (0 to 1), in a few words, and why.

    `words`: whether it holds those of the question; `copies`: its near-copies in words.
    """

    figure: str
    share: float
    rank: str
    why: str
    words: bool = False
    copies: str = ""


@dataclass(frozen=True)
class Entry:
    """A paper in a list, with its row on the map; `fresh`: it is new in the saved search that is open."""

    paper: Paper
    row: int
    closeness: Closeness | None = None
    passage: DraftPassage | None = None
    fresh: bool = False
    libraries: str = ""  # where it lies, in words, of a list over several libraries


def card(entry: Entry, marks: Marks, records: Sequence[Record]) -> dict[str, object]:
    """What cards.js draws a paper from."""
    paper, passage = entry.paper, entry.passage
    return {
        "id": paper.id,
        "row": entry.row,
        "title": paper.heading,
        "has_title": paper.has_title,
        "authors": [readable(author_name(author)) for author in paper.authors],
        "status": paper.status,
        "year": paper.year,
        "venue": readable(paper.venue),
        "abstract": readable(paper.abstract),
        "links": paper.links,
        "key": bibtex.citation_key(paper),
        "bibtex": bibtex.entry(replace(paper, abstract="", keywords=())),
        "sources": "From " + ", ".join(dict.fromkeys(f"{s.file} (record {s.record})" for s in paper.sources)),
        "keywords": [readable(word) for word in paper.keywords],
        "made_of": made_of(records),
        "libraries": entry.libraries,
        "records": [_record(record) for record in records] if len(records) > 1 else [],
        "fresh": entry.fresh,
        **asdict(marks),
        **(asdict(entry.closeness) if entry.closeness else {"figure": None}),
        **({"beside": {**asdict(passage), "begins": _beginning(passage.text)}} if passage else {}),
    }


def _beginning(text: str) -> str:
    return text if len(text) <= _BEGINNING else text[:_BEGINNING].rsplit(" ", 1)[0] + " …"


def made_of(records: Sequence[Record]) -> str:
    """How many records and versions a paper was made of, in words; empty when it is one record."""
    versions = 1 + sum(record.version for record in records)
    if versions > 1 and versions == len(records):
        return f"{versions} versions"
    return f"{len(records)} records" + (f", {versions} versions" if versions > 1 else "") if len(records) > 1 else ""


def _record(record: Record) -> dict[str, object]:
    paper, source = record.paper, record.source
    return {
        "facts": " · ".join(str(fact) for fact in (paper.year, readable(paper.venue)) if fact) or "no year, no venue",
        "title": paper.heading,
        "links": paper.links,
        "source": f"{source.file} (record {source.record})",
        "reason": record.reason or "the first that was read",
    }


# ------------------------------------------------------------------------------------------------------- closeness

_RELEVANCE = "Relevance, 0 to 100, is what the order best sorts by: meaning, words and the papers around it together"
_WORDS_ONLY = (
    "It waits for its vector, or the model cannot read its script or the question's: only the words that it has of the "
    "question are compared, and not its meaning"
)


def near_passage(result: Result) -> Closeness:
    """How near a result is to a passage of a draft, whose list relevance does not sort."""
    if not result.embedded:
        return Closeness("–", 0.0, "by its words", _WORDS_ONLY)
    rank = f"closer than {floor_percent(result.percentile)} of pairs"
    why = "Cosine similarity, and how it ranks among random pairs of papers of this library"
    return Closeness(f"{result.similarity:.2f}", max(0.0, result.similarity), rank, why)


def closeness(result: Result, answer: Answer) -> Closeness | None:
    """How near a result is to what was asked; None where nothing was."""
    if result.level is None or result.relevance is None:
        return None
    copies = len(result.copies)
    folded = f"and {counted(copies, 'near-copy', 'near-copies')}" if copies else ""
    figure, share = f"{result.relevance:.0f}", result.relevance / 100
    if not result.embedded:
        return Closeness(figure, share, f"by its words: {LEVELS[result.level]}", _WORDS_ONLY, result.holds, folded)
    _, close = answer.scale.bounds
    by_words = result.level is Certainty.CLOSE and result.similarity < close
    rank = "close by its words" if by_words else LEVELS[result.level]
    why = f"{_RELEVANCE}. {_similarity(result, answer)}"
    return Closeness(figure, share, rank, why, result.holds, folded)


def _similarity(result: Result, answer: Answer) -> str:
    """What the vectors say of a result, in sentences."""
    chance, close = answer.scale.bounds
    target = "the question" if not answer.question.like else "the paper"
    target = "the nearest paper you chose" if len(answer.question.like) > 1 else target
    return (
        f"Cosine similarity with {target} is {result.similarity:.2f}, closer than {floor_percent(result.percentile)} "
        f"of random pairs of papers here. Nearest neighbours usually have {answer.scale.usual:.2f}; from {close:.2f} "
        f"on, or when it holds the words, a paper counts as close; up to {chance:.2f} is chance."
    )
