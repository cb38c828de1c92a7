"""Which papers match a text of many passages, and which belong to what it cites. Pure: numbers in, numbers out.

Knows rows of the index and numbers of passages, not papers, text or files. Always true: matches come best first, each
row once; they number k whenever every ranking holds k rows; within one passage they keep the order of its ranking,
unless citations speak against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from explorer.search.ranking import Hit, top_rows

# Ranks that count, of each passage and of the citations; ranks beyond this depth are treated as equal.
DEPTH = 300
# How much a passage gains by the cosine of its nearest papers, so that the papers nearest to "we thank the reviewers"
# come last. In drafts of five passages about papers of the library and five about something else, recall@20 rose from
# 21 to 29 % (without citations) and from 29 to 30 % (with); 2 and 8 gave less.
_CLOSENESS = 4.0
# Part of the citations in the rank of a paper, the rest is the passage's. With one passage half is best (recall@20 of
# hidden citations 53 % without, 56 with 0.4, 59 with 0.5), with five of different subjects 0.3 (30, 31, 30, and 31.5).
_CITATIONS = 0.4
_NEAREST = 10  # papers of a passage that say how close the library is to it
# How fast a cited paper stops counting, per unit of cosine: between the mean of all cosines (which suits short lists)
# and the highest alone (which one odd reference decides). 10 to 40 differ by a point.
_SHARPNESS = 20.0
_BLOCK = 8192  # rows compared with the cited papers at once: 8 MB for a list of 250


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best rows for one passage, best first: rows (m,) int64 and their cosines (m,) float32."""

    rows: NDArray[np.int64]
    similarities: NDArray[np.float32]

    @classmethod
    def of(cls, hits: Sequence[Hit]) -> Self:
        """The ranking of a search's hits."""
        rows = np.array([hit.row for hit in hits], np.int64)
        return cls(rows, np.array([hit.similarity for hit in hits], np.float32))


@dataclass(frozen=True, slots=True)
class Match:
    """A row, the number (from 0) of the passage it ranks best for, and of all `passages` whose best it is among."""

    row: int
    passage: int
    passages: tuple[int, ...]


def best(rankings: Sequence[Ranking], k: int, citations: NDArray[np.float32] | None = None) -> list[Match]:
    """The `k` rows that match the passages best, best first; a row counts as much as for its best passage.

    `citations` (n,) says how near each row is to what is cited, -inf for rows that may not be returned. The maximum
    over the passages is the best of seven ways to join them (recall@20 of hidden citations 29 to 30 %, the next best
    26; `benchmarks/missing.py`). Ranks are joined, not scores: they lost nothing against standardised ones.
    """
    depth = max(DEPTH, k)
    nearest = top_rows(citations, depth, citations > -np.inf) if citations is not None else np.zeros(0, np.int64)
    rows = np.unique(np.concatenate([nearest, *(ranking.rows[:depth] for ranking in rankings)]))
    if not len(rows):
        return []
    ranks = np.stack([_ranks(ranking.rows[:depth], rows, depth) for ranking in rankings])  # (passages, rows)
    scores = -np.log(ranks)
    if citations is not None:
        scores = (1 - _CITATIONS) * scores - _CITATIONS * np.log(_ranks(nearest, rows, depth))
    near = [float(ranking.similarities[:_NEAREST].mean()) if len(ranking.rows) else -1.0 for ranking in rankings]
    scores += _CLOSENESS * np.array(near)[:, None]
    order = np.lexsort((rows, -scores.max(axis=0)))[:k]
    # It is shown with the passage it ranks best for, which need not be the one whose neighbourhood lifted it.
    passage = np.where(ranks == ranks.min(axis=0), scores, -np.inf).argmax(axis=0)
    among_best = ranks <= max(1, min(k, _NEAREST))
    return [Match(int(rows[i]), int(passage[i]), tuple(np.flatnonzero(among_best[:, i]).tolist())) for i in order]


def citation_closeness(
    vectors: NDArray[np.float32], cited: NDArray[np.int64], allowed: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """How near each of the rows `allowed` (n,) is to the rows `cited`, (n,) float32; -inf for the others.

    A soft maximum of the cosines with `vectors` (n, dimension), unit rows: on three sets the nearest cited paper alone
    gave up to 5 points of recall@20 less, the mean of the cited ones up to 3 (`benchmarks/missing.py`).
    """
    closeness = np.full(len(vectors), -np.inf, np.float32)
    rows = np.flatnonzero(allowed)
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        cosines = vectors[part] @ vectors[cited].T
        closeness[part] = np.log(np.exp(_SHARPNESS * (cosines - 1)).mean(axis=1)) / _SHARPNESS + 1
    return closeness


def best_pair(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> tuple[int, int, float]:
    """The most similar pair of unit rows, one of `ours` (a, d), one of `theirs` (b, d), and its cosine."""
    similarities = ours @ theirs.T
    first, second = np.unravel_index(int(similarities.argmax()), similarities.shape)
    return int(first), int(second), float(np.clip(similarities[first, second], -1, 1))


def _ranks(ranked: NDArray[np.int64], rows: NDArray[np.int64], depth: int) -> NDArray[np.float64]:
    """Rank from 1 of each of `rows` (ascending) among `ranked`; depth + 1 for those that are not."""
    ranks = np.full(len(rows), depth + 1.0)
    ranks[np.searchsorted(rows, ranked)] = np.arange(1, len(ranked) + 1)
    return ranks
