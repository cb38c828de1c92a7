"""Two groups of papers side by side on the topics of a library: where which is over-represented, and how surely.

Pure numbers. Always true: papers of both groups are left out of the tests; of all tests made at once the chance that
any calls a difference clear which is none is below 5 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.regions.shares import CLEAR, chances, corrected, odds_ratio

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Difference:
    """A topic, the papers of both groups in it, their shares of their groups, and the test.

    `ratio`: odds of the first over those of the second, with the ends of its 95 % interval; `chance`: how likely so
    large a difference is by chance, corrected for the number of tests.
    """

    topic: int
    first: int
    second: int
    share: float
    share_of_second: float
    ratio: float
    low: float
    high: float
    chance: float

    @property
    def clear(self) -> bool:
        """Whether it is hardly by chance."""
        return self.chance < CLEAR


def differences(first: Mask, second: Mask, topics: NDArray[np.int32]) -> list[Difference]:
    """A difference for each topic of `topics` (n,) that holds papers of either group, the least likely by chance first.

    Papers of both groups, and those in no topic, count for none.
    """
    alone = [side & (topics >= 0) for side in (first & ~second, second & ~first)]
    count = int(topics.max()) + 1 if len(topics) else 0
    own, foreign = (np.bincount(topics[side], minlength=count) for side in alone)
    there = np.flatnonzero(own + foreign)
    own, foreign = own[there].astype(np.int64), foreign[there].astype(np.int64)
    size, others = int(own.sum()), int(foreign.sum())
    if not size or not others:
        return []
    chance = corrected(chances(own, size, foreign, others))
    ratio, low, high = odds_ratio(own, size, foreign, others)
    order = np.lexsort((-np.abs(np.log(ratio)), chance))
    return [
        Difference(
            int(there[at]), int(own[at]), int(foreign[at]), own[at] / size, foreign[at] / others,
            float(ratio[at]), float(low[at]), float(high[at]), float(chance[at]),
        )
        for at in order.tolist()
    ]  # fmt: skip
