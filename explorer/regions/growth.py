"""Whether a region gains or loses ground: its share of a library over the years, with an interval.

Pure numbers of papers by year. Always true: the trend is of the share, so that a library that grows as a whole makes
nothing grow; there is no trend of too few papers or years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Years = NDArray[np.int16]

_FEWEST, _FEWEST_YEARS = 10, 4  # papers with a year, and years with papers, below which a trend is chance
_WIDEST = 2.0  # an interval that says nothing: from −50 to 150 % a year
_SLOPE = 1.0  # deviation of slopes to be expected: e-fold in a year; bounds that of years which part them wholly
_STEPS = 25  # of Newton's method; five are enough for real counts


@dataclass(frozen=True)
class Growth:
    """Papers of a region by year, and its trend.

    `years`: (year, papers of the region, papers of the library), every year from the region's first to its last; the
    trend is over all years of the library; `rate`: by how much the odds of a paper to be of the region change a year,
    0.1 for 10 % up; `low` and `high`: the ends of its 95 % interval. None where there are too few to say.
    """

    years: tuple[tuple[int, int, int], ...]
    rate: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def clear(self) -> bool:
        """Whether the whole interval is above or below no change."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def growth_of(inside: Years, everything: Years) -> Growth:
    """The growth of a region whose papers have the years `inside` (m,) in a library with `everything` (n,); 0: none.

    The trend is a logistic regression on the year, its interval widened by the scatter of the years around it
    (a quasi-binomial model, McCullagh & Nelder 1989), with Student's t for few years.
    """
    inside, everything = inside[inside > 0], everything[everything > 0]
    if not len(inside):
        return Growth(())
    first, last = int(everything.min()), int(everything.max())
    here, whole = (np.bincount(some - first, minlength=last - first + 1) for some in (inside, everything))
    there = np.flatnonzero(here)
    span = slice(int(there[0]), int(there[-1]) + 1)
    counts = zip(here[span].tolist(), whole[span].tolist(), strict=True)
    years = tuple((year, *both) for year, both in enumerate(counts, first + span.start))
    if len(inside) < _FEWEST or np.count_nonzero(whole) < _FEWEST_YEARS or (here == whole).all():
        return Growth(years)
    low, rate, high = _trend(here[whole > 0], whole[whole > 0], np.flatnonzero(whole))
    return Growth(years, rate, low, high) if high - low < _WIDEST else Growth(years)


def _trend(here: NDArray[np.int64], whole: NDArray[np.int64], time: NDArray[np.int64]) -> tuple[float, float, float]:
    from scipy.special import stdtrit  # a third of a second to import, which no question needs

    design = np.stack([np.ones(len(time)), time - time.mean()], axis=1)
    share = here.sum() / whole.sum()
    weights = np.array([np.log(share / (1 - share)), 0.0])
    for _ in range(_STEPS):
        expected = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        variance = np.maximum(whole * expected * (1 - expected), 1e-9)
        information = design.T @ (design * variance[:, None]) + np.diag([0, _SLOPE**-2])
        step = np.linalg.solve(information, design.T @ (here - whole * expected) - [0, weights[1] / _SLOPE**2])
        weights += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    freedom = len(time) - 2
    scatter = max(1.0, _deviance(here, whole, expected) / freedom)
    error = float(stdtrit(freedom, 0.975)) * np.sqrt(scatter * np.linalg.inv(information)[1, 1])
    low, middle, high = (float(np.expm1(value)) for value in (weights[1] - error, weights[1], weights[1] + error))
    return low, middle, high


def _deviance(here: NDArray[np.int64], whole: NDArray[np.int64], expected: NDArray[np.float64]) -> float:
    """How far counts are from what is expected; unlike the sum of squares, it bears years of nearly nothing."""
    from scipy.special import xlogy

    rest = whole - here
    return 2 * float((xlogy(here, here / (whole * expected)) + xlogy(rest, rest / (whole * (1 - expected)))).sum())
