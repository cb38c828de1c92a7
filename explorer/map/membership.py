"""Who belongs where: papers move to the topic that their neighbours are in and whose name they bear.

Knows topics as numbers, neighbours as rows and places; no texts. Always true: a paper moves only to a topic that
neighbours of it are in, none is left without papers; the same input gives the same topics.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix

Rows = NDArray[np.int64]
IntVector = NDArray[np.int32]
IntMatrix = NDArray[np.int32] | NDArray[np.int64]

# On 11,200 papers of arXiv 0.90 of a dot's ten nearest are of its topic, 0.82 before they move. On 5,600, twelve
# votes for a bearer of the name made agreement with the categories 0.005 less than four.
_ON_MAP = 10  # neighbours on the map, beside those by meaning
_STAYS = 3  # votes for the topic that a paper is in
_BEARS = 4  # votes for a topic whose name it holds, or is among the nearest to
_FEWEST = 3  # neighbours in a topic without which no name counts
_ROUNDS = 3
_BLOCK = 4096
_PLACES = 65_536  # papers at once whose nearest dots are looked up: their rows take 10 MB
_DOUBTFUL = 0.3  # share of its neighbours that are of a paper's topic, below which it may as well be of another


def surroundings(neighbours: IntMatrix, places: Matrix) -> IntMatrix:
    """Rows near to each by meaning and on the map, (n, k), -1 where there is none."""
    count = len(places)
    if count < 2:
        return neighbours
    return np.concatenate([neighbours, nearest_dots(places, np.arange(count), _ON_MAP)], axis=1)


def nearest_dots(places: Matrix, rows: Rows, k: int) -> IntMatrix:
    """The `k` other rows nearest on the map, (n, 2), to each of `rows` (m,): (m, k'), k' = min(k, n - 1)."""
    from scipy.spatial import cKDTree  # a third of a second to import, and a question needs none of it

    width = min(k, len(places) - 1)
    near = cKDTree(places).query(places[rows], width + 1, workers=-1)[1].reshape(len(rows), width + 1)
    own = near == rows[:, None]
    own[~own.any(axis=1), -1] = True  # others at the very same place came before it
    return np.asarray(near[~own].reshape(len(rows), width))


def settle(topics: IntVector, around: IntMatrix, bearers: Sequence[tuple[Rows, Rows]]) -> IntVector:
    """The topic of each paper, (n,), after all have voted for those around them, (n, k), a few times.

    `bearers`: for each topic the rows of the papers that hold its name, and of those nearest to it.
    """
    topics, count = topics.copy(), len(bearers)
    row = np.concatenate([rows for both in bearers for rows in both])
    name = np.repeat(np.arange(count), [len(a) + len(b) for a, b in bearers])
    order = np.argsort(row, kind="stable")
    row, name = row[order], name[order]
    for _ in range(_ROUNDS):
        before = topics.copy()
        for start in range(0, len(topics), _BLOCK):
            part = np.arange(start, min(start + _BLOCK, len(topics)))
            votes = _votes(before, around[part], count)
            low, high = np.searchsorted(row, [part[0], part[-1] + 1])
            bonus = np.zeros_like(votes)
            np.add.at(bonus, (row[low:high] - start, name[low:high]), _BEARS)
            votes += np.where(votes >= _FEWEST, bonus, 0)
            votes[np.arange(len(part)), before[part]] += _STAYS
            topics[part] = votes.argmax(axis=1)
        empty = np.flatnonzero(np.bincount(topics, minlength=count) == 0)
        stays = np.isin(before, empty)
        topics[stays] = before[stays]
    return topics


def doubtful(topics: IntVector, around: IntMatrix) -> NDArray[np.bool_]:
    """Which papers have less than `_DOUBTFUL` of those around them in their topic, (n,)."""
    return _in_doubt(topics, topics, around)


def doubts(levels: Sequence[IntVector], neighbours: IntMatrix, places: Matrix) -> NDArray[np.uint8]:
    """Of each paper the levels at which it is a doubtful member of its topic: bit l for the l-th of `levels`, (n,).

    `levels`: for each level the topic of each paper, (n,), -1 for none; `neighbours` (n, k) rows, -1 for none; `places`
    (n, 2), NaN for a paper without any, which is doubtful nowhere.
    """
    bits = np.zeros(len(places), np.uint8)
    placed = np.flatnonzero(np.isfinite(places[:, 0]))
    if len(placed) < 2:
        return bits
    on_map, some = places[placed], np.arange(len(placed))
    for start in range(0, len(placed), _PLACES):
        rows = placed[start : start + _PLACES]
        near = placed[nearest_dots(on_map, some[start : start + _PLACES], _ON_MAP)]
        around = np.concatenate([neighbours[rows], near], axis=1)
        for number, topics in enumerate(levels):
            bits[rows] |= (_in_doubt(topics, topics[rows], around) & (topics[rows] >= 0)).astype(np.uint8) << number
    return bits


def _in_doubt(topics: IntVector, own: IntVector, around: IntMatrix) -> NDArray[np.bool_]:
    """Which of m papers in the topics `own` (m,) have too few of those `around` (m, k) in them.

    Those of a topic that is smaller than what is around them cannot have more than its others, twice.
    """
    present = around >= 0
    same = present & (topics[around] == own[:, None])
    others = np.bincount(topics[topics >= 0], minlength=1 + int(own.max(initial=0)))[own] - 1
    return np.asarray(same.sum(axis=1) < _DOUBTFUL * np.minimum(present.sum(axis=1), 2 * others))


def _votes(topics: IntVector, around: IntMatrix, count: int) -> NDArray[np.float32]:
    """How many of those around each of m papers are in each topic, (m, topics)."""
    rows, columns = np.nonzero(around >= 0)
    cell = rows * count + topics[around[rows, columns]]
    votes = np.bincount(cell, minlength=len(around) * count).reshape(len(around), count)
    return votes.astype(np.float32)
