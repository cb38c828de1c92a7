"""Where the theme of a long paragraph changes, by the vectors of its sentences. Pure: numbers in, numbers out.

After Marti A. Hearst, "TextTiling: Segmenting text into multi-paragraph subtopic passages", Computational Linguistics
23(1), 1997: at each gap between sentences the few before are compared with the few after; the deeper the valley of
their similarities, the likelier a new theme. Hers are counts of words, ours are vectors of sentences, and where she
takes every valley deeper than a bound, the cuts here are those that are deepest together while every part fits.
Knows no text. Always true: a part holds at least a sentence, and no more words than allowed unless a sentence has more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Of 60 paragraphs, each of five abstracts of conference papers, cuts into even parts meet 18 % of the borders, these
# 84 % (20 and 68 % where the five are neighbours), and 98 (96) instead of 84 (86) % of the words lie in a part that is
# mostly of their own abstract (`benchmarks/themes.py`). Blocks of two to four sentences differ by two points.
_BLOCK = 3  # sentences on either side that are compared
_LEAST = 60  # words of a part, where that is possible: shorter passages find less (`passages.MOST`)
_SHORT = 10.0  # what a shorter part costs, in depths: more than any valley is worth
_SPREADS = 0.5  # standard deviations above the mean that a valley must be for a cut which length does not force


def depths(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """How deep a valley of similarity lies at each gap: (s - 1,) from 0, for the unit rows (s, d) of s sentences."""
    gaps = range(1, len(vectors))
    sides = [(vectors[max(0, gap - _BLOCK) : gap].sum(axis=0), vectors[gap : gap + _BLOCK].sum(axis=0)) for gap in gaps]
    lengths = [float(np.linalg.norm(a) * np.linalg.norm(b)) or 1.0 for a, b in sides]
    likeness = np.array([float(a @ b) / length for (a, b), length in zip(sides, lengths, strict=True)])
    return _climbs(likeness) + _climbs(likeness[::-1])[::-1]


def _climbs(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the curve rises from each place going back, before it falls again."""
    climbs, peak = np.zeros(len(likeness)), -np.inf
    for place, value in enumerate(likeness.tolist()):
        peak = value if place == 0 or value > likeness[place - 1] else peak
        climbs[place] = peak - value
    return climbs


def bound(valleys: Sequence[NDArray[np.float64]]) -> float:
    """How deep a valley must be to be a change of theme, by all those of a draft."""
    every = np.concatenate([np.zeros(0), *valleys])
    return float(every.mean() + _SPREADS * every.std()) if len(every) else 0.0


def cuts(valleys: NDArray[np.float64], sizes: Sequence[int], most: int, least_depth: float) -> list[int]:
    """The numbers of the sentences that begin a part, but for the first; `sizes` (s,) are their words.

    Parts hold at most `most` words; of all such cuts, those whose valleys exceed `least_depth` most, in sum.
    """
    ends = np.cumsum([0, *sizes]).tolist()
    best, begins = [0.0], [0]
    for end in range(1, len(ends)):
        choices = []
        for start in range(end - 1, -1, -1):
            words = ends[end] - ends[start]
            if words > most and start < end - 1:
                break
            gain = float(valleys[start - 1]) - least_depth if start else 0.0
            choices.append((best[start] + gain - _SHORT * (words < _LEAST), start))
        worth, start = max(choices)
        best.append(worth)
        begins.append(start)
    made, start = [], begins[-1]
    while start:
        made.append(start)
        start = begins[start]
    return made[::-1]
