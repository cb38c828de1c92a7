"""Where a region ends: the topics beside it, and the papers between.

Knows rows, neighbours and topics as numbers. Always true: a border is where the nearest papers lead, not by
places on the map; the same input gives the same borders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
IntVector = NDArray[np.int32]
Rows = NDArray[np.int64]

_MOST = 6  # borders of a region
_BETWEEN = 5  # papers between
_WITHIN = 0.5  # a topic that lies within a region to this share is no neighbour of it
_LEAST = 0.1  # share of a paper's nearest that are of each side, for it to be between


@dataclass(frozen=True)
class Border:
    """A topic beside a region: its number, how many of the links that leave the region lead there, in [0, 1], and
    the rows of papers between, the most evenly between first."""

    topic: int
    share: float
    between: tuple[int, ...]


def level_beside(inside: Mask, assignments: Sequence[IntVector]) -> int:
    """The level whose topics are of the size of the region, most nearly: the number of its assignment."""
    size = int(inside.sum())
    sizes = [len(assignment) / (int(assignment.max()) + 1) for assignment in assignments]
    return int(np.argmin([abs(np.log(max(each, 1) / max(size, 1))) for each in sizes]))


def borders(inside: Mask, neighbours: IntVector, topics: IntVector) -> list[Border]:
    """The topics, of `topics` (n,), that the `neighbours` (n, k; -1: none) of the papers `inside` (n,) lead to."""
    count = int(topics.max()) + 1 if len(topics) else 0
    own = np.bincount(topics[inside & (topics >= 0)], minlength=count)
    whole = np.bincount(topics[topics >= 0], minlength=count)
    targets = neighbours[inside]
    targets = targets[targets >= 0]
    leaving = topics[targets[~inside[targets]]]
    links = np.bincount(leaving[leaving >= 0], minlength=count)
    links[own > _WITHIN * np.maximum(whole, 1)] = 0
    order = np.argsort(-links, kind="stable")[:_MOST]
    total = max(int(links.sum()), 1)
    return [
        Border(int(topic), links[topic] / total, tuple(between(inside, ~inside & (topics == topic), neighbours)))
        for topic in order.tolist()
        if links[topic]
    ]


def between(first: Mask, second: Mask, neighbours: IntVector, most: int = _BETWEEN) -> list[int]:
    """Rows of the papers whose nearest are of both sides, most evenly first; none of which either lacks."""
    rows = np.flatnonzero(first | second | _beside(first & ~second, neighbours) & _beside(second & ~first, neighbours))
    near = neighbours[rows]
    there = near >= 0
    counts = np.maximum(there.sum(axis=1), 1)
    both = np.minimum(*((side[near] & there).sum(axis=1) / counts for side in (first & ~second, second & ~first)))
    order = np.argsort(-both, kind="stable")[:most]
    return [int(rows[at]) for at in order.tolist() if both[at] >= _LEAST]


def _beside(side: Mask, neighbours: IntVector) -> Mask:
    """Which rows have a row of the side among their nearest."""
    return np.asarray(((neighbours >= 0) & side[neighbours]).any(axis=1))
