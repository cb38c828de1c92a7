"""Where papers lie closest on the map: the place of a topic's label, and of its colour.

Knows places only. Always true: the same places give the same peak; papers that are few have their median.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FEW, _CELLS = 20, 20  # papers whose median will do, and cells along each axis of a topic's own grid


def peak(places: NDArray[np.float32]) -> tuple[float, float]:
    """Where places (n, 2) lie closest: the middle of those around the fullest cell of a smoothed grid.

    The median where they are few; it may fall between two halves of a topic, on papers of another.
    """
    middle = np.median(places, axis=0)
    low, high = np.quantile(places, (0.02, 0.98), axis=0)
    side = float((high - low).max())
    if len(places) < _FEW or side <= 0:
        return float(middle[0]), float(middle[1])
    cells = np.clip(((places - low) / side * _CELLS).astype(np.int64), 0, _CELLS - 1)
    counts = np.bincount(cells[:, 0] * _CELLS + cells[:, 1], minlength=_CELLS**2).reshape(_CELLS, _CELLS)
    density = np.pad(counts.astype(np.float64), 2)
    for axis in (0, 1, 0, 1):
        density = density + (np.roll(density, 1, axis) + np.roll(density, -1, axis)) / 2
    fullest = np.array(np.unravel_index(int(density.argmax()), density.shape)) - 2
    x, y = places[(np.abs(cells - fullest) <= 2).all(axis=1)].mean(axis=0)
    return float(x), float(y)
