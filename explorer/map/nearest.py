"""The topics of today that are nearest to a name that none of them has: it is of an earlier drawing, or misspelt.

Knows labels, topics as numbers and how well papers hold words; no library. Always true: what is proposed is a label of
today, each once, the nearest first; where nothing speaks for a topic, none is proposed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from explorer.map.topics import Topics, sizes_of
from explorer.text import fold

Scores = Callable[[str], NDArray[np.float32]]

MOST = 3  # names that somebody reads before deciding
# Of 90 names of 10,000 papers that another seed took away, the topic likest to the old by its papers is first for 51 %
# and among three for 83 %; the likest of the three is 0.96 times as like as that (by the papers' middle: 0.93).
_HOLDERS = 20  # papers that hold a phrase of the name best, and vote
_SIZE = 0.25  # power of a topic's size that its votes are divided by: the largest would always win
_ALIKE = 0.85  # from here on a label is the name with a slip, or a word more


def nearest_topics(topics: Topics, name: str, scores: Scores) -> tuple[str, ...]:
    """Labels of at most `MOST` topics, the nearest first.

    `scores(phrase)` (n,): how well each paper holds the words of a phrase of the name, 0 for not at all.
    """
    sizes, wanted = sizes_of(topics), fold(name)
    alike = {label: SequenceMatcher(None, wanted, fold(label)).ratio() for label in sizes}
    spelt = sorted((label for label in alike if alike[label] >= _ALIKE), key=lambda label: (-alike[label], label))
    votes: Counter[str] = Counter()
    for phrase in name.split(", "):
        worth = scores(phrase)
        holders = np.argsort(-worth, kind="stable")[:_HOLDERS]
        holders = holders[worth[holders] > 0]
        for level in topics.levels:
            among = level.assignment[holders]
            for topic in among[among >= 0].tolist():
                label = level.labels[topic]
                votes[label] += 1 / len(holders) / sizes[label] ** _SIZE
    meant = sorted(votes, key=lambda label: (-votes[label], label))
    return tuple(dict.fromkeys([*spelt, *meant]))[:MOST]
