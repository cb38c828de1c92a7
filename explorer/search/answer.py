"""From a ranking to the answer a user gets: near-copies folded, put into an order, cut at k, and judged.

Holds `Result` and `Answer`, and the one function that makes them. Knows rankings and papers, not libraries, indexes or
screens. Always true: an answer has k results when the ranking has k different ones; what a result is, it says itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from explorer.identity import same_text
from explorer.paper import Paper
from explorer.search import diversity
from explorer.search.certainty import HELD, Certainty, Scale, Verdict, judge, share_held
from explorer.search.diversity import POOL
from explorer.search.question import Order, Question
from explorer.search.ranking import Hit

_JUDGED = 10  # the best by meaning is rarely further down a ranking, whatever k


@dataclass(frozen=True, slots=True)
class Result:
    """A paper of an answer: its row on the map, and what `Hit` says of it.

    `level`: how near it is, None where nothing was asked; `holds`: whether it holds the words of the query; `copies`:
    the near-copies it stands for.
    """

    paper: Paper
    row: int
    similarity: float
    percentile: float
    words: float = 0.0
    level: Certainty | None = None
    holds: bool = False
    copies: tuple[Paper, ...] = ()


class Rankable(Protocol):
    """A ranking, of one interest or of several."""

    @property
    def similarities(self) -> NDArray[np.float32]: ...

    def hits(self, k: int) -> list[Hit]: ...


@dataclass(frozen=True)
class Answer:
    """The results of a question in their order, and how sure they are together.

    Of all n papers: `passing` (n,) bool, None when all pass filter and area, and `similarities` (n,) to what was asked,
    None where nothing was. `place` (x, y) is the question's on the map, for one that is a text alone.
    """

    question: Question
    results: tuple[Result, ...]
    verdict: Verdict
    scale: Scale
    passing: NDArray[np.bool_] | None = None
    place: tuple[float, float] | None = None
    ranking: Rankable | None = field(default=None, repr=False)

    @property
    def similarities(self) -> NDArray[np.float32] | None:
        """Cosine of every paper with what was asked, (n,); computed only when it is wanted."""
        return None if self.ranking is None else self.ranking.similarities


@dataclass(frozen=True)
class Criteria:
    """What results are judged by: vectors (n, d), the library's scale, near-copies (q, 2) as rows, words of papers.

    `weights` are those of the query's words; `words` gives the words of a paper as these are written; `papers` gives
    the papers at some rows.
    """

    vectors: NDArray[np.float32]
    scale: Scale
    copies: NDArray[np.int64]
    weights: Mapping[str, float]
    words: Callable[[Paper], frozenset[str]]
    papers: Callable[[Sequence[int]], list[Paper]]

    def result(self, hit: Hit, paper: Paper) -> Result:
        """A hit as a result, judged."""
        share = self.share(paper)
        level = self.scale.level(hit.similarity, share, len(self.weights))
        return Result(paper, hit.row, hit.similarity, hit.percentile, hit.words, level, share >= HELD)

    def share(self, paper: Paper) -> float:
        """Share of the weight of the query's words that a paper holds."""
        return share_held(self.weights, self.words(paper)) if self.weights else 0.0

    def verdict(self, pool: Sequence[Result]) -> Verdict:
        """How sure an answer is whose best results these are."""
        shares = [self.share(result.paper) for result in pool]
        return judge(self.scale, [result.similarity for result in pool], shares, len(self.weights))


def answer(question: Question, ranking: Rankable, k: int, criteria: Criteria) -> Answer:
    """The answer of `k` results to `question`, from its ranking."""
    pool = _pool(ranking, max(k, _JUDGED if question.order is Order.BEST else POOL), criteria)
    results = [pool[place] for place in _places(pool, k, question.order, criteria)][:k]
    verdict = criteria.verdict(pool[:_JUDGED])
    return Answer(question, tuple(results), verdict, criteria.scale, ranking=ranking)


def _pool(ranking: Rankable, size: int, criteria: Criteria) -> list[Result]:
    """The best `size` results, copies folded; fewer when there are no more.

    Papers are fetched for a few hits more than that, and for twice as many where copies leave too little.
    """
    count = size + _JUDGED
    while True:
        hits = ranking.hits(count)
        papers = dict(zip((hit.row for hit in hits), criteria.papers([hit.row for hit in hits]), strict=True))
        folded = diversity.collapse(list(papers), _copies(papers, criteria.copies))
        if len(folded) >= size or len(hits) < count:
            break
        count *= 2
    by_row = {hit.row: hit for hit in hits}
    return [
        replace(criteria.result(by_row[row], papers[row]), copies=tuple(papers[copy] for copy in copies))
        for row, copies in list(folded.items())[:size]
    ]


def _places(pool: Sequence[Result], k: int, order: Order, criteria: Criteria) -> Sequence[int]:
    if order is Order.SPREAD:
        return diversity.spread(criteria.vectors[[result.row for result in pool]], k)
    if order is Order.NEWEST:
        near = [result.level is Certainty.CLOSE for result in pool]
        return diversity.newest([result.paper.year for result in pool], near)
    return range(len(pool))


def _copies(papers: Mapping[int, Paper], near: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of rows among these papers that are one text."""
    pairs = near[np.isin(near, list(papers)).all(axis=1)].tolist()
    return [(first, second) for first, second in pairs if same_text(papers[first], papers[second])]
