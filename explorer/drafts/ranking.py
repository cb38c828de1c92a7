"""Which papers answer a text of many passages, and which belong beside what it cites. Pure: numbers in, numbers out.

Knows rows of the index and numbers of passages, not papers, text or files. Always true: answers come best first, each
row once; they number k whenever every ranking holds k rows; within one passage they keep the order of its ranking,
unless evidence speaks against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.search.ranking import top_rows

# Ranks that count, of each passage and of the evidence: a paper below all of them is as good as the next one.
DEPTH = 300
# How much a passage gains by the cosine of its nearest papers: answers to "we thank the reviewers" come last. In drafts
# of five passages about papers of the library and five about something else, recall@20 rose from 21 to 29 % (without
# evidence) and from 29 to 30 % (with); 2 and 8 gave less, and where all passages matter nothing changes.
_CLOSENESS = 4.0
# Part of the evidence in the rank of a paper, the rest is the passage's. With one passage half is best (recall@20 of
# hidden citations 53 % without, 56 with 0.4, 59 with 0.5), with five of different subjects 0.3 (30, 31, 30, and 31.5).
_EVIDENCE = 0.4
_NEAREST = 10  # papers of a passage that say how close the library is to it
# How fast what lies beside a cited paper stops counting, per unit of cosine: between the mean of all cosines (which
# suits short lists) and the highest alone (which one odd reference decides). 10 to 40 differ by a point.
_SHARPNESS = 20.0
_BLOCK = 8192  # rows compared with the cited papers at once: 8 MB for a list of 250


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best rows for one passage, best first: rows (m,) int64 and their cosines (m,) float32."""

    rows: NDArray[np.int64]
    similarities: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Place:
    """A row, the number (from 0) of the passage it ranks best for, and those of all passages whose best it is among."""

    row: int
    passage: int
    among: tuple[int, ...]


def best(rankings: Sequence[Ranking], k: int, evidence: NDArray[np.float32] | None = None) -> list[Place]:
    """The `k` rows that answer the passages best, best first; a row counts as much as for its best passage.

    `evidence` (n,) says how likely each row is wanted at all (higher is likelier, -inf: never). Of seven ways to join
    passages, measured on drafts of five abstracts from CACM, the maximum was the best (recall@20 of hidden citations 29
    to 30 %; mean of the two best 26, reciprocal ranks 10 to 27, mean 14, one vector for the whole 10). Ranks are
    joined, not scores: they lost nothing against standardised ones.
    """
    depth = max(DEPTH, k)
    judged = top_rows(evidence, depth, evidence > -np.inf) if evidence is not None else np.zeros(0, np.int64)
    rows = np.unique(np.concatenate([judged, *(ranking.rows[:depth] for ranking in rankings)]))
    if not len(rows):
        return []
    ranks = np.stack([_ranks(ranking.rows[:depth], rows, depth) for ranking in rankings])  # (passages, rows)
    scores = -np.log(ranks)
    if evidence is not None:
        scores = (1 - _EVIDENCE) * scores - _EVIDENCE * np.log(_ranks(judged, rows, depth))
    near = [float(ranking.similarities[:_NEAREST].mean()) if len(ranking.rows) else -1.0 for ranking in rankings]
    scores += _CLOSENESS * np.array(near)[:, None]
    order = np.lexsort((rows, -scores.max(axis=0)))[:k]
    # It is shown with the passage it ranks best for, which need not be the one whose neighbourhood lifted it.
    answered = np.where(ranks == ranks.min(axis=0), scores, -np.inf).argmax(axis=0)
    return [
        Place(int(rows[i]), int(answered[i]), tuple(np.flatnonzero(ranks[:, i] <= max(1, min(k, _NEAREST))).tolist()))
        for i in order
    ]


def beside(vectors: NDArray[np.float32], cited: NDArray[np.int64], allowed: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How near each of the rows `allowed` (n,) is to the rows `cited`, (n,) float32; -inf for the others.

    A soft maximum of the cosines with `vectors` (n, dimension), unit rows. The nearest cited paper alone gave up to 5
    points of recall@20 less on three sets, the mean of the cited ones 0 to 3. Through `Library.missing` it raised
    recall@20 of a hidden fifth from 48 to 53 % (CACM), 62 to 63 (Cranfield), 64 to 64 (CSFCube), and in drafts of five
    texts from 30 to 30, 18 to 24 and 27 to 31 (benchmarks/missing.py).
    """
    found = np.full(len(vectors), -np.inf, np.float32)
    rows = np.flatnonzero(allowed)
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        found[part] = np.log(np.exp(_SHARPNESS * (vectors[part] @ vectors[cited].T - 1)).mean(axis=1)) / _SHARPNESS + 1
    return found


def pair(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> tuple[int, int, float]:
    """The most similar pair of unit rows, one of `ours` (a, d), one of `theirs` (b, d), and its cosine."""
    similarities = ours @ theirs.T
    one, other = np.unravel_index(int(similarities.argmax()), similarities.shape)
    return int(one), int(other), float(np.clip(similarities[one, other], -1, 1))


def _ranks(ranked: NDArray[np.int64], rows: NDArray[np.int64], depth: int) -> NDArray[np.float64]:
    """Rank from 1 of each of `rows` (ascending) among `ranked`; depth + 1 for those that are not."""
    ranks = np.full(len(rows), depth + 1.0)
    ranks[np.searchsorted(rows, ranked)] = np.arange(1, len(ranked) + 1)
    return ranks
