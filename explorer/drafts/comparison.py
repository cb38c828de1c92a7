"""A draft against a library: what answers its passages, and what it may have missed.

Joins the passages, the ranking and the sentences; is given the ways to encode, to rank and to show rows, and knows no
tables, files or screens. Always true: passages are encoded in one batch, and so are sentences, of what is shown only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.drafts.passages import Passage, passages
from explorer.drafts.ranking import DEPTH, Place, Ranking, beside, best, pair
from explorer.drafts.suggestions import Answer, Answers, Missing, Reference, SentencePair, Suggestion
from explorer.errors import EmptyDraft
from explorer.language.sentences import sentences
from explorer.paper import Paper
from explorer.search.ranking import Hit, Result
from explorer.text import readable

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts → unit rows (n, dimension)."""
Rank = Callable[[NDArray[np.float32], str, int], Sequence[Hit]]
"""Vector (dimension,) and words of a passage, and how many → its best rows, best first."""
Show = Callable[[Sequence[int], Sequence[float]], list[Result]]
"""Rows and their similarities → results."""


@dataclass(frozen=True)
class Draft:
    """The passages of a text, their vectors (p, dimension), and the best rows for each."""

    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]
    rankings: tuple[Ranking, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """What a draft cites, and which rows (c,) of the library that is."""

    references: tuple[Reference, ...]
    rows: NDArray[np.int64]


def read(text: str, k: int, encode: Encode, rank: Rank) -> Draft:
    """The draft `text`, ranked deep enough for `k` answers. Raises EmptyDraft when it has no prose."""
    found = tuple(passages(text))
    if not found:
        raise EmptyDraft("the draft holds no prose to compare with; give its text, not only headings or references")
    vectors = encode([passage.text for passage in found])
    rankings = []
    for passage, vector in zip(found, vectors, strict=True):
        hits = rank(vector, passage.text, max(DEPTH, k))
        rows = np.array([hit.row for hit in hits], np.int64)
        rankings.append(Ranking(rows, np.array([hit.similarity for hit in hits], np.float32)))
    return Draft(found, vectors, tuple(rankings))


def answers(draft: Draft, k: int, vectors: NDArray[np.float32], show: Show) -> Answers:
    """The `k` best papers for the draft; `vectors` (n, dimension) are those of the library."""
    places = best(draft.rankings, k)
    results = _shown(draft, places, vectors, show)
    return Answers(
        draft.passages,
        tuple(
            _answer(draft, place, result, draft.vectors @ vectors[place.row])
            for place, result in zip(places, results, strict=True)
        ),
    )


def missing(draft: Draft, cited: Cited, k: int, vectors: NDArray[np.float32], allowed: NDArray[np.bool_], show: Show
            ) -> Missing:  # fmt: skip
    """The `k` papers nearest to the draft, of the rows `allowed` (n,), which must not hold what is cited."""
    evidence = beside(vectors, cited.rows, allowed) if len(cited.rows) else None
    places = best(draft.rankings, k, evidence)
    results = _shown(draft, places, vectors, show)
    suggestions = [
        Suggestion(result, draft.passages[place.passage]) for place, result in zip(places, results, strict=True)
    ]
    if len(cited.rows):
        near = vectors[[place.row for place in places]] @ vectors[cited.rows].T
        shown = show(cited.rows[near.argmax(axis=1)].tolist(), near.max(axis=1).tolist())
        suggestions = [
            replace(one, cited=other.paper, cited_similarity=other.similarity)
            for one, other in zip(suggestions, shown, strict=True)
        ]
    return Missing(draft.passages, tuple(suggestions), cited.references)


def with_pairs(found: Missing, encode: Encode) -> Missing:
    """`found`, where each suggestion has the sentence of the draft and the one of the paper that are most alike."""
    ours = {one.passage.number: _sentences(one.passage.text) for one in found.suggestions}
    theirs = {one.result.row: _sentences(_prose(one.result.paper)) for one in found.suggestions}
    texts = sorted({text for said in (*ours.values(), *theirs.values()) for text in said})
    place = {text: row for row, text in enumerate(texts)}
    vectors = encode(texts) if texts else np.zeros((0, 1), np.float32)

    def matched(one: Suggestion) -> Suggestion:
        mine, other = ours[one.passage.number], theirs[one.result.row]
        first, second, similarity = pair(vectors[[place[s] for s in mine]], vectors[[place[s] for s in other]])
        return replace(one, pair=SentencePair(mine[first], other[second], similarity))

    return replace(found, suggestions=tuple(map(matched, found.suggestions)))


def _answer(draft: Draft, place: Place, result: Result, similarities: NDArray[np.float32]) -> Answer:
    others = sorted((number for number in place.among if number != place.passage), key=lambda i: -similarities[i])
    numbers = (place.passage, *others)
    return Answer(
        result,
        tuple(draft.passages[number] for number in numbers),
        tuple(float(np.clip(similarities[number], -1, 1)) for number in numbers),
    )


def _shown(draft: Draft, places: Sequence[Place], vectors: NDArray[np.float32], show: Show) -> list[Result]:
    similarities = [float(np.clip(vectors[place.row] @ draft.vectors[place.passage], -1, 1)) for place in places]
    return show([place.row for place in places], similarities)


def _sentences(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text)]


def _prose(paper: Paper) -> str:
    return " ".join(readable(paper.abstract).split()) or paper.heading
