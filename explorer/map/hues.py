"""Which colour each topic has, a number of a palette: topics side by side differ, and a topic keeps its own.

Knows how alike the palette's colours look, not the colours: they are of the browser (`colour.js`), which spreads them
the same way over maps of earlier versions. Always true: what has a colour stays with it; the same map gives the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix
from explorer.map.peaks import peak
from explorer.map.topics import Level, Topics

_BESIDE = 0.1  # topics closer on the map count alike
_FEWEST = 4  # topics whose colours tell something; of fewer, the next finer level is coloured
_ROUNDS = 3
# How alike two of the colours look, in either theme, to whoever tells them apart least: 1 for the same.
_ALIKE = np.array((
    (1, 0.008062, 0.430649, 0.044576, 0.861202, 0.073102, 0.013693, 0.108415, 0.244492, 0.038802, 0.041282, 0.024029),
    (0.008062, 1, 0.345284, 0.086012, 0.017039, 0.054296, 0.701152, 0.395423, 0.69923, 0.10546, 0.025306, 0.312471),
    (0.430649, 0.345284, 1, 0.490415, 0.120708, 0.120598, 0.136239, 0.089748, 0.444896, 0.264153, 0.073986, 0.563432),
    (0.044576, 0.086012, 0.490415, 1, 0.052608, 0.04676, 0.022585, 0.039809, 0.306383, 0.488591, 0.019711, 0.232004),
    (0.861202, 0.017039, 0.120708, 0.052608, 1, 0.0234, 0.012443, 0.04718, 0.207581, 0.139566, 0.019559, 0.019518),
    (0.073102, 0.054296, 0.120598, 0.04676, 0.0234, 1, 0.054653, 0.734604, 0.083039, 0.023426, 0.615363, 0.065868),
    (0.013693, 0.701152, 0.136239, 0.022585, 0.012443, 0.054653, 1, 0.3169, 0.283862, 0.017708, 0.057911, 0.307698),
    (0.108415, 0.395423, 0.089748, 0.039809, 0.04718, 0.734604, 0.3169, 1, 0.080814, 0.037498, 0.472586, 0.147449),
    (0.244492, 0.69923, 0.444896, 0.306383, 0.207581, 0.083039, 0.283862, 0.080814, 1, 0.231478, 0.126956, 0.504978),
    (0.038802, 0.10546, 0.264153, 0.488591, 0.139566, 0.023426, 0.017708, 0.037498, 0.231478, 1, 0.012693, 0.541431),
    (0.041282, 0.025306, 0.073986, 0.019711, 0.019559, 0.615363, 0.057911, 0.472586, 0.126956, 0.012693, 1, 0.031488),
    (0.024029, 0.312471, 0.563432, 0.232004, 0.019518, 0.065868, 0.307698, 0.147449, 0.504978, 0.541431, 0.031488, 1),
))  # fmt: skip


def coloured(topics: Topics, places: Matrix, drawn: NDArray[np.bool_]) -> Topics:
    """The topics of n papers, with colours on the level that colours the dots; those that have some keep them.

    `places` (n, 2), `drawn` (n,) whether a place was drawn: what came since changes no colour.
    """
    number = len(topics.levels) - 1
    while number > 0 and len(np.unique(_there(topics.levels[number]))) < _FEWEST:
        number -= 1
    if number < 0:
        return topics
    levels = list(topics.levels)
    levels[number] = replace(levels[number], hues=_hues(levels[number], places, drawn))
    return Topics(tuple(levels))


def _there(level: Level) -> NDArray[np.int32]:
    return level.assignment[level.assignment >= 0]


def _hues(level: Level, places: Matrix, drawn: NDArray[np.bool_]) -> tuple[int, ...]:
    """A colour for each topic, -1 for an empty topic without any."""
    hues = list(level.hues or (-1,) * len(level.labels))
    lasting = {topic for topic, hue in enumerate(hues) if hue >= 0}
    spots: dict[int, tuple[int, float, float]] = {}
    for topic in np.unique(_there(level)).tolist():
        inside = np.flatnonzero(level.assignment == topic)
        own = inside[drawn[inside]] if drawn[inside].any() else inside
        spots[topic] = (len(own), *peak(places[own]))
    order = sorted(spots, key=lambda topic: (-spots[topic][0], topic))
    for _ in range(_ROUNDS):
        for topic in order:
            if topic in lasting:
                continue
            cost = np.zeros(len(_ALIKE))
            for near in order:
                if near != topic and hues[near] >= 0:
                    away = (spots[near][1] - spots[topic][1]) ** 2 + (spots[near][2] - spots[topic][2]) ** 2
                    cost += _ALIKE[:, hues[near]] / (away + _BESIDE**2)
            hues[topic] = int(cost.argmin())
    return tuple(hues)
