"""From a ranking to the answer a user gets: copies folded, put into an order, cut at k, and judged.

Holds `Answer` and the one function that makes it. Knows results and numbers, not libraries, indexes or screens. Always
true: an answer has k results when the ranking has k different ones; `levels` and `copies` go by the results' rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.identity import same_text
from explorer.paper import Paper
from explorer.search import diversity
from explorer.search.certainty import HELD, Certainty, Scale, Verdict, judge, share_held
from explorer.search.diversity import POOL, Order
from explorer.search.ranking import Result

_JUDGED = 10  # the best by meaning is rarely further down a ranking, whatever k


@dataclass(frozen=True)
class Answer:
    """Results in their order, how sure they are together and one by one, and the near-copies each stands for."""

    results: tuple[Result, ...]
    verdict: Verdict
    levels: Mapping[int, Certainty]
    copies: Mapping[int, tuple[Paper, ...]]
    scale: Scale
    holding: frozenset[int] = frozenset()  # rows of the results that hold the words of the question


@dataclass(frozen=True)
class Ground:
    """What answers are measured by: vectors (n, d), the library's scale, near-copies (q, 2) as rows, words of papers.

    `weights` are those of the question's words; `words` gives the words of a paper as these are written.
    """

    vectors: NDArray[np.float32]
    scale: Scale
    near: NDArray[np.int64]
    weights: Mapping[str, float]
    words: Callable[[Paper], frozenset[str]]

    def level(self, result: Result) -> Certainty:
        """How near a result is."""
        return self.scale.level(result.similarity, self.held(result), len(self.weights))

    def held(self, result: Result) -> float:
        """Share of the question's words that a result holds."""
        return share_held(self.weights, self.words(result.paper)) if self.weights else 0.0


def arrange(find: Callable[[int], Sequence[Result]], k: int, order: Order, ground: Ground) -> Answer:
    """The answer of `k` results; `find(k)` gives the best k of a ranking, fewer when there are no more."""
    wanted = max(k, _JUDGED if order is Order.BEST else POOL)
    asked = wanted + _JUDGED
    while True:
        found = find(asked)
        kept = diversity.collapse([result.row for result in found], _copies(found, ground.near))
        if len(kept) >= wanted or len(found) < asked:
            break
        asked *= 2
    by_row = {result.row: result for result in found}
    pool = [by_row[row] for row in kept][:wanted]
    results = [pool[place] for place in _ordered(pool, k, order, ground)][:k]
    judged = pool[:_JUDGED]
    verdict = judge(
        ground.scale, [one.similarity for one in judged], [ground.held(one) for one in judged], len(ground.weights)
    )
    return Answer(
        tuple(results),
        verdict,
        {result.row: ground.level(result) for result in results},
        {result.row: tuple(by_row[row].paper for row in kept[result.row]) for result in results},
        ground.scale,
        frozenset(result.row for result in results if ground.held(result) >= HELD),
    )


def _ordered(pool: Sequence[Result], k: int, order: Order, ground: Ground) -> Sequence[int]:
    if order is Order.SPREAD:
        return diversity.spread(ground.vectors[[result.row for result in pool]], k)
    if order is Order.NEWEST:
        near = [ground.level(result) is Certainty.CLOSE for result in pool]
        return diversity.newest([result.paper.year for result in pool], near)
    return range(len(pool))


def _copies(found: Sequence[Result], near: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of rows among the results that are one text."""
    papers = {result.row: result.paper for result in found}
    both = near[np.isin(near, list(papers)).all(axis=1)].tolist()
    return [(one, other) for one, other in both if same_text(papers[one], papers[other])]
