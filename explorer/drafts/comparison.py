"""A draft compared with the papers of a library, step by step; whoever has the library walks through the steps.

`passages_of` the text → vectors and a ranking each (`Draft`) → `best` rows → their results → `passage_results`, or
`suggestions`, which `with_pairs` gives the sentences that match. Knows vectors, rows and results, not encoders, tables
or screens. Always true: only the sentences of what is shown are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.drafts.passages import Encode, Passage, passages
from explorer.drafts.ranking import Match, Ranking, best_pair
from explorer.drafts.suggestions import PassageResult, PassageResults, SentencePair, Suggestion, Suggestions
from explorer.errors import EmptyDraft
from explorer.language.sentences import sentences
from explorer.paper import Paper
from explorer.search.answer import Result
from explorer.search.certainty import Evidence, Scale, judge
from explorer.text import readable

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Draft:
    """The passages of a text, their vectors (p, dimension), and the best rows for each."""

    passages: tuple[Passage, ...]
    vectors: Vectors
    rankings: tuple[Ranking, ...]

    def similarities(self, matches: Sequence[Match], vectors: Vectors) -> list[float]:
        """The similarity of each match to its best passage; `vectors` (n, dimension) are those of the library."""
        return [float(np.clip(vectors[match.row] @ self.vectors[match.passage], -1, 1)) for match in matches]


@dataclass(frozen=True)
class CitedPapers:
    """The papers of a library that a draft cites, and their rows (c,) int64."""

    papers: Sequence[Paper]
    rows: NDArray[np.int64]


def passages_of(text: str, encode: Encode) -> tuple[Passage, ...]:
    """The passages of a draft, whose sentences `encode` compares. Raises EmptyDraft when it has no prose."""
    if cut := tuple(passages(text, encode=encode)):
        return cut
    raise EmptyDraft("the draft holds no prose to compare with; give its text, not only headings or references")


def passage_results(
    draft: Draft, matches: Sequence[Match], results: Sequence[Result], vectors: Vectors, scale: Scale
) -> PassageResults:
    """The matches, whose results these are, each with the passages it is among the best for, the most similar first."""
    verdict = judge(scale, [result.similarity for result in results], [Evidence()] * len(results))
    return PassageResults(
        draft.passages,
        tuple(
            _passage_result(draft, match, result, draft.vectors @ vectors[match.row])
            for match, result in zip(matches, results, strict=True)
        ),
        verdict,
    )


def _passage_result(draft: Draft, match: Match, result: Result, similarities: Vectors) -> PassageResult:
    others = [number for number in match.passages if number != match.passage]
    numbers = (match.passage, *sorted(others, key=lambda number: -similarities[number]))
    return PassageResult(
        result,
        tuple(draft.passages[number] for number in numbers),
        tuple(float(np.clip(similarities[number], -1, 1)) for number in numbers),
    )


def suggestions(
    draft: Draft, matches: Sequence[Match], results: Sequence[Result], cited: CitedPapers, vectors: Vectors
) -> tuple[Suggestion, ...]:
    """The matches, whose results these are, each with its best passage and the nearest of the papers that are cited."""
    made = [Suggestion(result, draft.passages[match.passage]) for match, result in zip(matches, results, strict=True)]
    if cited.papers:
        cosines = vectors[[match.row for match in matches]] @ vectors[cited.rows].T
        nearest = zip(made, cosines.argmax(axis=1).tolist(), cosines.max(axis=1).tolist(), strict=True)
        made = [
            replace(suggestion, cited=cited.papers[place], cited_similarity=cosine)
            for suggestion, place, cosine in nearest
        ]
    return tuple(made)


def sentences_of(suggestions: Suggestions) -> list[str]:
    """Every sentence of the suggested papers and of their passages, once."""
    sides = (side for suggestion in suggestions.suggestions for side in _sides(suggestion))
    return sorted({sentence for side in sides for sentence in side})


def with_pairs(suggestions: Suggestions, vectors: Mapping[str, Vectors]) -> Suggestions:
    """The suggestions with the pair of sentences that are most alike; `vectors` (dimension,) are by sentence."""

    def compared(suggestion: Suggestion) -> Suggestion:
        ours, theirs = _sides(suggestion)
        first, second, cosine = best_pair(_rows(vectors, ours), _rows(vectors, theirs))
        return replace(suggestion, pair=SentencePair(ours[first], theirs[second], cosine))

    return replace(suggestions, suggestions=tuple(map(compared, suggestions.suggestions)))


def _rows(vectors: Mapping[str, Vectors], texts: Sequence[str]) -> Vectors:
    return np.stack([vectors[text] for text in texts])


def _sides(suggestion: Suggestion) -> tuple[list[str], list[str]]:
    """The sentences of the passage and of the paper."""
    texts = suggestion.passage.text, _prose(suggestion.result.paper)
    ours, theirs = ([span.of(text) for span in sentences(text)] for text in texts)
    return ours, theirs


def _prose(paper: Paper) -> str:
    return " ".join(readable(paper.abstract).split()) or paper.heading
