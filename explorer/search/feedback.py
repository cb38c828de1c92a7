"""What good papers say of others: they pull the query's vector, and neighbours bear on a paper's score.

Pure: numbers in, numbers out. Always true: the pulled vector has unit length; without neighbours a score stays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def rocchio(vector: Floats, best: Floats, pull: float) -> Floats:
    """The query's vector moved towards the best papers (m, dimension), the first most (Rocchio 1971)."""
    towards = (1.0 / np.arange(1, len(best) + 1, dtype=np.float32)) @ best
    moved = vector + pull * towards / max(float(np.linalg.norm(towards)), 1e-9)
    return np.asarray(moved / max(float(np.linalg.norm(moved)), 1e-9), np.float32)


def smooth_by_neighbours(scores: Floats, around: Floats, counted: NDArray[np.bool_], share: float) -> Floats:
    """Scores (m,) averaged with those of the papers' neighbours (m, w): papers near to good ones are good.

    Score regularisation (Diaz 2005) after the cluster hypothesis (Jardine & van Rijsbergen 1971).
    """
    number = counted.sum(axis=1)
    mean = (around * counted).sum(axis=1) / np.maximum(number, 1)
    return np.asarray(np.where(number > 0, (1 - share) * scores + share * mean, scores))


def counted(around: NDArray[np.int32], exclude: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which neighbours count: those there are, less the papers of the query, which would say their own similarity."""
    present = around >= 0
    return present & ~np.isin(around, exclude) if exclude else present
