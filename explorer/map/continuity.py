"""Topics of a map that was drawn anew, with numbers, labels and colours of those that they go on with.

Knows topics as numbers and labels; no texts, no places. Always true: a topic goes on with another where more than half
of the papers of either are in both, so with no second, and by its name where seven tenths are; which papers are in
which topic changes nothing; no two topics of a level have a label in common; a label of an earlier recipe ends with its
map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.map.topics import Level, Topics
from explorer.text import fold

Rows = NDArray[np.int64]
Matches = dict[int, int]
"""By topic, which it goes on with."""
_STAY, _SAME = 0.5, 0.7
"""Of the papers of either topic those in both: beyond the first share it goes on, beyond the second by its name, too.

A name is made for papers: of a topic that lost a third of them it may name what is gone.
"""


def continued(topics: Topics, before: Topics, rows: Rows) -> Topics:
    """`topics` of n papers under numbers and labels of `before`; `rows` (n,): the row of each there, -1 for newcomers.

    Levels are compared from the coarsest on.
    """
    pairs = list(zip(topics.levels[::-1], before.levels[::-1], strict=False))[::-1]
    unmatched = len(topics.levels) - len(pairs)
    matches: list[Matches] = [{} for _ in range(unmatched)]
    matches += [matched(level.assignment, old.assignment, rows) for level, old in pairs]
    olds = [None] * unmatched + [old for _, old in pairs]
    numbers = [_numbers(len(level.labels), match) for level, match in zip(topics.levels, matches, strict=True)]
    levels = []
    for depth, (level, old, match, new) in enumerate(zip(topics.levels, olds, matches, numbers, strict=True)):
        named = matched(level.assignment, old.assignment, rows, _SAME) if old else {}
        labels, seconds = _labels(level, old, named) if old else (level.labels, level.seconds)
        order = np.argsort(new)
        hues = (
            [old.hues[match[topic]] if topic in match else -1 for topic in order.tolist()] if old and old.hues else []
        )
        above = numbers[depth + 1] if level.parents else None
        levels.append(
            replace(
                level,
                labels=tuple(labels[topic] for topic in order.tolist()),
                seconds=tuple(seconds[topic] for topic in order.tolist()) if seconds else (),
                assignment=np.where(level.assignment >= 0, new[level.assignment], -1).astype(np.int32),
                hues=tuple(hues),
                parents=() if above is None else tuple(int(above[level.parents[topic]]) for topic in order.tolist()),
            )
        )
    return Topics(tuple(levels))


def matched(assignment: NDArray[np.int32], before: NDArray[np.int32], rows: Rows, share: float = _STAY) -> Matches:
    """Of each topic that of before with more than `share` (at least half) of the papers of either, of those on both."""
    here = rows >= 0
    new, old = assignment[here], before[rows[here]]
    there = (new >= 0) & (old >= 0)
    new, old = new[there].astype(np.int64), old[there].astype(np.int64)
    if not len(new):
        return {}
    width = int(old.max()) + 1
    cells, both = np.unique(new * width + old, return_counts=True)
    first, second = cells // width, cells % width
    most = (both > share * np.bincount(new)[first]) & (both > share * np.bincount(old)[second])
    return dict(zip(first[most].tolist(), second[most].tolist(), strict=True))


def _numbers(count: int, match: Matches) -> NDArray[np.int32]:
    """A number for each topic: that of which it goes on with, if there are so many; the rest in their order."""
    taken = {topic: old for topic, old in match.items() if old < count}
    free = iter(sorted(set(range(count)) - set(taken.values())))
    return np.array([taken[topic] if topic in taken else next(free) for topic in range(count)], np.int32)


def _labels(level: Level, old: Level, match: Matches) -> tuple[Sequence[str], Sequence[str]]:
    """Labels and second phrases: those of topics nearly the same; a new topic of the same label takes another."""
    lasting = {topic: old.labels[number] for topic, number in match.items() if old.recipe == level.recipe}
    taken = {fold(label) for label in lasting.values()}
    labels, seconds = list(level.labels), list(level.seconds)
    for topic, label in enumerate(level.labels):
        if topic in lasting:
            labels[topic] = lasting[topic]
            if seconds:
                seconds[topic] = old.second(match[topic])
            continue
        forms = [label, level.second(topic), *(f"{label} {number}" for number in range(2, len(labels) + 2))]
        labels[topic] = next(form for form in forms if form and fold(form) not in taken)
        if seconds and labels[topic] == seconds[topic]:
            seconds[topic] = label
        taken.add(fold(labels[topic]))
    return labels, seconds
