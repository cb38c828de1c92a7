"""Names that people gave to topics, put on the topics of today: a topic is known again by its papers.

Knows topics as numbers and papers as keys; no library. Always true: no label stands twice; of two names for a topic
that stands whose papers are more like it; a name whose topic is not there any more stands nowhere, and waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from explorer.map.topics import Level, Topics
from explorer.store import TopicName
from explorer.text import fold

_SAME = 0.5  # share that two topics have in common, below which they differ in more than they agree
_MOST = 2000  # papers that stand for a topic, spread over it: enough for its share to be known to a percent


def name_for(topics: Topics, keys: NDArray[np.int64], level: int, topic: int, name: str) -> TopicName:
    """The `name` for a topic of papers with `keys` (n,) ascending, with all by which it will be known again."""
    at = topics.levels[level]
    members = keys[at.assignment == topic]
    some = members[np.unique(np.linspace(0, len(members) - 1, min(_MOST, len(members))).astype(np.int64))]
    return TopicName(name, at.own(topic), level, int(keys[-1]), len(members), some)


def renamed(topics: Topics, keys: NDArray[np.int64], names: Sequence[TopicName]) -> Topics:
    """The same topics, of papers with `keys` (n,) ascending, under the names that people gave them."""
    chosen: dict[tuple[int, int], str] = {}
    for _, name, place in sorted(_likest(topics, keys, names), key=lambda like: (-like[0], like[1])):
        chosen.setdefault(place, name)
    if not chosen:
        return topics
    taken = {fold(name) for name in chosen.values()}
    levels: list[Level] = []
    for depth, level in enumerate(topics.levels):
        labels = []
        for topic, label in enumerate(level.labels):
            new = chosen.get((depth, topic)) or _free(label, taken)
            taken.add(fold(new))
            labels.append(new)
        levels.append(replace(level, labels=tuple(labels), written=level.labels))
    return Topics(tuple(levels))


def _free(label: str, taken: set[str]) -> str:
    """The label, with a number where a name that somebody gave is the same."""
    forms = (label if number == 1 else f"{label} {number}" for number in count(1))
    return next(form for form in forms if fold(form) not in taken)


def _likest(
    topics: Topics, keys: NDArray[np.int64], names: Sequence[TopicName]
) -> Iterator[tuple[float, str, tuple[int, int]]]:
    """For each name whose topic is there: how much it has in common with it, the name, and level and number.

    That is Jaccard's share, among the papers that there were when the topic was named: newcomers change nothing.
    """
    for name in names:
        rows = np.searchsorted(keys, name.members)
        rows = rows[rows < len(keys)]
        rows = rows[np.isin(keys[rows], name.members)]
        if not len(rows):
            continue
        then, left = keys <= name.newest, name.papers * len(rows) / len(name.members)
        best: tuple[float, bool, int, int] | None = None
        for depth, level in enumerate(topics.levels):
            among = level.assignment[rows]
            counts = np.bincount(among[among >= 0], minlength=1)
            topic = int(counts.argmax())
            both = left * counts[topic] / len(rows)
            share = both / max(left + int(((level.assignment == topic) & then).sum()) - both, 1e-9)
            best = max(best or (-1.0, False, 0, 0), (float(share), depth == name.level, depth, topic))
        if best and best[0] >= _SAME:
            yield best[0], name.name, (best[2], best[3])
