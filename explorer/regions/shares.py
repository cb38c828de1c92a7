"""Shares of two groups compared: how far apart they surely are, and how likely such a difference is by chance.

Pure numbers; knows no papers. Always true: an interval is of 95 %; of several tests made at once the chance that any
of them errs is below 5 %.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Doubles = NDArray[np.float64]

_SURE = 1.959964  # standard errors of an interval of 95 %
CLEAR = 0.05  # chance of a difference, corrected for the number of tests, below which it is called clear


def odds_ratio(
    here: Counts, size: int, there: Counts, others: int, errors: float = _SURE
) -> tuple[Doubles, Doubles, Doubles]:
    """Odds of `here` of `size` papers over those of `there` of `others`, (t,), and the ends of its interval.

    The interval reaches so many standard `errors` to each side, by default those of 95 %. By the logarithm of the odds
    with half a paper added to each count (Haldane 1956, Woolf 1955).
    """
    a, b = here + 0.5, size - here + 0.5
    c, d = there + 0.5, others - there + 0.5
    middle = np.log(a * d / (b * c))
    error = errors * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return np.exp(middle), np.exp(middle - error), np.exp(middle + error)


def chances(here: Counts, size: int, there: Counts, others: int) -> Doubles:
    """How likely counts at least so far apart are when both groups are alike, (t,): Fisher's exact test (1922)."""
    logs = np.array([math.lgamma(number + 1) for number in range(size + others + 1)])

    def choose(whole: int, part: Counts) -> Doubles:
        chosen: Doubles = logs[whole] - logs[part] - logs[whole - part]
        return chosen

    result = np.ones(len(here))
    for at, (own, foreign) in enumerate(zip(here.tolist(), there.tolist(), strict=True)):
        both = own + foreign
        possible = np.arange(max(0, both - others), min(both, size) + 1)
        likely = choose(size, possible) + choose(others, both - possible) - choose(size + others, np.array(both))
        seen = likely[own - possible[0]]
        result[at] = min(1.0, float(np.exp(likely[likely <= seen + 1e-7]).sum()))
    return result


def corrected(chance: Doubles) -> Doubles:
    """Chances of several tests as if each stood alone, (t,): Holm's step-down correction (1979)."""
    order = np.argsort(chance, kind="stable")
    stepped = np.maximum.accumulate(chance[order] * np.arange(len(chance), 0, -1))
    result = np.empty(len(chance))
    result[order] = np.minimum(stepped, 1.0)
    return result
