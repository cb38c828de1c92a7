"""Which topics a name means, and the names that people gave them.

Joins topics, words and the store's names. Always true: a name that is written out means its topic before any label that
contains it; the name that a topic has by itself still means it after it was renamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.errors import UnknownTopic
from explorer.index.snapshot import Snapshot, with_topics
from explorer.map.nearest import nearest_topics
from explorer.map.renamed import renamed
from explorer.map.topics import Topics
from explorer.store import Store
from explorer.text import fold


@dataclass(frozen=True)
class Portion:
    """A topic, and how many of some papers it holds."""

    label: str
    papers: int


def portions(topics: Topics, rows: NDArray[np.int64]) -> list[Portion]:
    """The coarsest topics that tell the papers at `rows` apart, the largest first; none when no level does."""
    for level in topics.levels[::-1]:
        there = level.assignment[rows]
        sizes = np.bincount(there[there >= 0], minlength=len(level.labels))
        if np.count_nonzero(sizes) > 1:
            order = [topic for topic in np.argsort(-sizes, kind="stable").tolist() if sizes[topic]]
            return [Portion(level.labels[topic], int(sizes[topic])) for topic in order]
    return []


def named(arrays: Snapshot, store: Store) -> Snapshot:
    """The snapshot with its topics under the names that people gave them."""
    keys, called = arrays.keys, store.topic_names.all()
    return with_topics(arrays, lambda topics: renamed(topics, keys, called))


def in_topic(name: str, arrays: Snapshot) -> NDArray[np.bool_]:
    """Rows (n,) of a topic, on any level, that is called `name`, or was by itself; else of those whose label holds it.

    None where all its papers were removed. Raises UnknownTopic when no topic is meant.
    """
    levels, places = arrays.topics.levels, list(_called(name, arrays))
    if not places:
        labels = [
            (depth, topic, label) for depth, level in enumerate(levels) for topic, label in enumerate(level.labels)
        ]
        places = [(depth, topic) for depth, topic, label in labels if fold(name) in fold(label)]
    if not places:
        raise _unknown(name, arrays)
    inside = [np.isin(level.assignment, [t for d, t in places if d == depth]) for depth, level in enumerate(levels)]
    return np.asarray(np.logical_or.reduce(inside), bool)


def called(name: str, arrays: Snapshot) -> tuple[int, int]:
    """Level and number of the topic that is called `name`, or was by itself. Raises UnknownTopic when none is."""
    places = list(_called(name, arrays))
    if not places:
        raise _unknown(name, arrays)
    return places[-1]


def _called(name: str, arrays: Snapshot) -> Iterator[tuple[int, int]]:
    """Level and number of each topic that is called `name`, the finest first; else of those that were by themselves."""
    wanted, levels = fold(name), arrays.topics.levels
    for names in ([level.labels for level in levels], [level.written for level in levels]):
        places = [(d, t) for d, some in enumerate(names) for t, label in enumerate(some) if fold(label) == wanted]
        if places:
            yield from places
            return


def _unknown(name: str, arrays: Snapshot) -> UnknownTopic:
    scores = arrays.bm25.query
    return UnknownTopic(name, nearest_topics(arrays.topics, name, lambda phrase: scores(phrase, arrays.keys).scores))
