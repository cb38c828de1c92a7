"""What is new for a saved search: which of the papers that came since last time are worth a report. Pure.

Knows results and the rows that came, not libraries, tables or screens. Always true: a paper that was there before is
never reported; a new one only when it ranks above the weakest older one that counts and is nearer to the question than
chance, so that a flood of papers on other things reports nothing, however many they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.search.answer import Result
from explorer.search.pairs import percentiles
from explorer.search.question import SavedSearch
from explorer.store import Known

# The weakest that counts is the twentieth of the papers that were there: two pages of results, what somebody reads of a
# search worth saving. Of fewer than 200 papers the twentieth is anything at all, so there it is the nearest tenth.
BEST = 20
_NEAREST = 10
# A paper must be related at all, too, as the twentieth may be related to nothing: its cosine is three standard
# deviations above the mean of the papers that were there. In a library on one thing that is out of reach; there, where
# the best paper is closer to the question than 95 % of random pairs are to each other, half-way from the mean to the
# best is enough. Measured on 154 questions of three sets, ranked without feedback and neighbours: of 5,000 to 9,000
# papers of other fields 13 searches told something (170 papers), mostly rightly; by rank alone 23 (328). Of 204
# relevant papers held back and added 123 were told, as many as by rank alone. As ranked today, on 95 of them: 9
# searches (176 papers) against 12 (315).
_SPREAD = 3.0
_CLOSE = 95.0
MOST = 200  # papers told of one search at most; nobody reads more, and the search for them stays quick


@dataclass(frozen=True, slots=True)
class News:
    """A saved search and the papers that are new in it since it was last looked at, best first.

    `shown` are the ids of all papers the search would show now, `known` what is seen by whoever sees them: both are
    remembered by `library.saved.look`. `problem` says why the search cannot be run any more, a topic that is gone say.
    """

    search: SavedSearch
    papers: tuple[Result, ...] = ()
    shown: tuple[str, ...] = ()
    known: Known | None = None
    problem: str = ""


def rank_bound(count: int, *, strict: bool) -> int:
    """Which of the `count` older papers that pass the filter, counted from the best, a new one must come before.

    A `strict` search, for a phrase or an author, has few results, each of them wanted: there the list is filled up.
    """
    return BEST if strict or not count else min(BEST, math.ceil(count / _NEAREST))


def similarity_bound(similarities: NDArray[np.float32], pairs: NDArray[np.float32]) -> float:
    """The similarity to the question above what chance gives.

    From the similarities of the papers that were there, (m,), and of random pairs of papers, (p,) ascending.
    """
    if not len(similarities):
        return -1.0
    mean, best = float(similarities.mean()), similarities.max(keepdims=True)
    least = mean + _SPREAD * float(similarities.std())
    return min(least, (mean + float(best[0])) / 2) if percentiles(best, pairs)[0] >= _CLOSE else least


def new_results(ranked: Sequence[Result], came: NDArray[np.bool_], place: int, least: float) -> tuple[Result, ...]:
    """Of `ranked`, best first, those whose row is in `came` (n,) and before the `place`-th other; MOST at most.

    Those less similar than `least` are left out.
    """
    fresh: list[Result] = []
    for result in ranked:
        if came[result.row]:
            if result.similarity >= least:
                fresh.append(result)
        else:
            place -= 1
        if not place:
            break
    return tuple(fresh[:MOST])


def headline(news: Sequence[News]) -> str:
    """How many saved searches have new papers, in words; empty when none has."""
    count = sum(bool(entry.papers) for entry in news)
    return f"{count:,} saved search{'es have' if count > 1 else ' has'} new papers" if count else ""
