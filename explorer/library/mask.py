"""Which rows of a snapshot pass a filter or lie in an area of the map.

Pure but for the store, which is asked for the fields it knows. Always true: a mask is (n,) bool, exact whatever the
size of the library; conditions that only the store knows are asked in one statement where they stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explorer.filter import FIELDS, All, Condition, Either, Field, Near, Not, Pattern, Phrase, Prefix, Years
from explorer.index.snapshot import Snapshot
from explorer.language.names import name_of, names
from explorer.library.topics import in_topic
from explorer.search.near import near
from explorer.search.words import fitting
from explorer.store import Store

Mask = NDArray[np.bool_]
_STORED = frozenset(FIELDS) - {"topic", "author"}  # fields that the store knows, several in a statement


def mask_of(condition: Condition, arrays: Snapshot, store: Store) -> Mask:
    """Rows (n,) that fulfil `condition`. Raises UnknownTopic for a name that no topic has."""
    match condition:
        case All(parts):
            return _all(parts, arrays, store)
        case Either(parts):
            masks = [mask_of(part, arrays, store) for part in parts]
            return np.logical_or.reduce(masks) if masks else np.zeros(len(arrays.keys), bool)
        case Not(part):
            return ~mask_of(part, arrays, store)
        case Phrase(text, place):
            return _in_places(arrays.keywords.holding, text, place, arrays)
        case Prefix(text, place):
            return _in_places(arrays.keywords.beginning, text, place, arrays)
        case Field("author", name):
            return _by(name, arrays, store)
        case Pattern(text, place):
            return _in_places(partial(fitting, arrays.keywords), text, place, arrays)
        case Near():
            return near(arrays.keywords, condition, arrays.keys)
        case Field("topic", name):
            return in_topic(name, arrays)
        case Field("id", name):
            return arrays.rows(set(store.papers.by_id(name)))
        case Field("is", name):
            return arrays.rows(store.notices.matching(name))
        case Field() | Years():
            return arrays.rows(store.papers.matching([condition]))


def _all(parts: Sequence[Condition], arrays: Snapshot, store: Store) -> Mask:
    stored = [part for part in parts if isinstance(part, Years) or (isinstance(part, Field) and part.name in _STORED)]
    masks = [arrays.rows(store.papers.matching(stored))] if stored else []
    masks += [mask_of(part, arrays, store) for part in parts if part not in stored]
    return np.logical_and.reduce(masks) if masks else np.ones(len(arrays.keys), bool)


def _in_places(look: Callable[..., Mask], text: str, place: str, arrays: Snapshot) -> Mask:
    """Rows that hold `text`, as `look` asks for it, in a place of `PLACES`."""
    fields = ("title", "abstract") if place == "text" else (place or None,)
    return np.asarray(np.logical_or.reduce([look(text, arrays.keys, field) for field in fields]), bool)


def _by(name: str, arrays: Snapshot, store: Store) -> Mask:
    """Rows of papers with an author whom `name` may mean: the word index says which could be, their names which are."""
    mask = arrays.keywords.naming(name_of(name).families, arrays.keys)
    papers = store.papers.by_key(arrays.keys[mask].tolist())
    meant = {key for key, paper in papers.items() if names(name, paper.authors)}
    return mask & arrays.rows(meant)


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
