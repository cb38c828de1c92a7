"""Which rows of a snapshot pass a filter or lie in an area of the map.

Pure but for the store, which is asked for the fields it knows. Always true: a mask is (n,) bool, exact whatever the
size of the library; conditions that only the store knows are asked in one statement where they stand side by side.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.errors import LibraryError
from explorer.filter import All, Condition, Either, Field, Not, Phrase, Prefix, Years
from explorer.index.snapshot import Snapshot
from explorer.map.topics import Topics
from explorer.store import Store
from explorer.text import fold

Mask = NDArray[np.bool_]


def mask_of(condition: Condition, arrays: Snapshot, store: Store) -> Mask:
    """Rows (n,) that fulfil `condition`. Raises LibraryError for a topic that is not there."""
    match condition:
        case All(parts):
            return _all(parts, arrays, store)
        case Either(parts):
            masks = [mask_of(part, arrays, store) for part in parts]
            return np.logical_or.reduce(masks) if masks else np.zeros(len(arrays.keys), bool)
        case Not(part):
            return ~mask_of(part, arrays, store)
        case Phrase(text):
            return arrays.keywords.holding(text, arrays.keys)
        case Prefix(text):
            return arrays.keywords.beginning(text, arrays.keys)
        case Field("topic", name):
            return _in_topic(arrays.topics, name)
        case Field() | Years():
            return arrays.rows(store.papers.matching([condition]))


def _all(parts: Sequence[Condition], arrays: Snapshot, store: Store) -> Mask:
    stored = [part for part in parts if isinstance(part, Years) or (isinstance(part, Field) and part.name != "topic")]
    masks = [arrays.rows(store.papers.matching(stored))] if stored else []
    masks += [mask_of(part, arrays, store) for part in parts if part not in stored]
    return np.logical_and.reduce(masks) if masks else np.ones(len(arrays.keys), bool)


def _in_topic(topics: Topics, name: str) -> Mask:
    """Rows whose topic, on any level, is called `name`; else those whose label contains it."""
    wanted = fold(name)
    for matches in (wanted.__eq__, lambda label: wanted in label):
        levels = [
            np.isin(level.assignment, [i for i, label in enumerate(level.labels) if matches(fold(label))])
            for level in topics.levels
        ]
        mask = np.logical_or.reduce(levels)
        if mask.any():
            return np.asarray(mask, bool)
    raise LibraryError(f"no topic is called {name!r}; see: explorer topics")


def inside(points: NDArray[np.float32], polygon: Sequence[tuple[float, float]]) -> Mask:
    """Which points (n, 2) lie in a polygon, by the parity of edges crossed to the right."""
    x, y = points[:, 0], points[:, 1]
    inside = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        inside ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return inside
