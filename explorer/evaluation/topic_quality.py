"""How compact topics are on the map, and how well labels name them. Pure: arrays and texts in, figures out.

Knows numbers and texts, not papers. Always true: figures are shares in [0, 1]; nothing here asks a judge, so the same
topics get the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.map.concordance import Concordance
from explorer.map.membership import nearest_dots

NEAR = 10  # dots around a dot, for compactness
NEAREST = 20  # papers that a search by a label alone brings

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """Of each topic of a level, (topics,): `cover`, the share of its papers that hold its label, any part of it or a
    variant (its endings, hyphens or none, an acronym or its words);
    `sought`, the share of the `NEAREST` papers to its label alone that are its own."""

    cover: NDArray[np.float64]
    sought: NDArray[np.float64]


def compactness(places: NDArray[np.float32], assignment: NDArray[np.int32], rows: NDArray[np.int64]) -> Vector:
    """For each of `rows` (m,) the share of its ten nearest dots on the map (n, 2) that are of its topic, (m,)."""
    near = nearest_dots(places, rows, NEAR)
    same = (assignment[near] == assignment[rows, None]).sum(axis=1)
    return np.asarray(same / max(near.shape[1], 1), np.float32)


def label_figures(
    labels: Sequence[str],
    assignment: NDArray[np.int32],
    texts: Concordance,
    vectors: NDArray[np.float32],
    encode: Callable[[str], Vector],
) -> LabelFigures:
    """Cover and search by the label alone, for the `labels` of a level; `encode` gives the unit vector of a label."""
    sizes = np.maximum(np.bincount(assignment, minlength=len(labels)), 1)
    cover, sought = np.zeros(len(labels)), np.zeros(len(labels))
    for topic, label in enumerate(labels):
        cover[topic] = np.count_nonzero(assignment[texts.rows(label)] == topic) / sizes[topic]
        near = np.argsort(-(vectors @ encode(label)), kind="stable")[:NEAREST]
        sought[topic] = float((assignment[near] == topic).mean())
    return LabelFigures(cover, sought)


def duplicates(levels: Sequence[Sequence[str]]) -> int:
    """How many labels repeat an earlier label, over all levels."""
    labels = [label.lower() for level in levels for label in level]
    return len(labels) - len(set(labels))
