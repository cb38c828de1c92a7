"""A map turned onto that before: mirrored, rotated, scaled and moved, so that what people know stays where it was.

Holds a Procrustes fit in which papers that went elsewhere count little. Pure arrays. Always true: nothing but the whole
map is moved, so that who is near to whom stays as drawn; the same arrays give the same bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix

_Complex = NDArray[np.complex128]  # a place as x + iy: a turn is a product

_FEWEST = 3  # papers that tell how a map lies
_HALF = 0.5  # share of the papers that both maps must hold for the new to take the size of the old
_ROUNDS = 30  # of reweighting; the turn changes by less than a thousandth of a degree after 15


def aligned(places: Matrix, before: Matrix) -> Matrix:
    """`places` (n, 2) laid onto `before` (n, 2), where papers were, NaN for those that were nowhere; float32.

    Of the papers in both, those that moved more than most count little. Where these are fewer than half, the map is
    turned only, as it shows much else than the old; with fewer than three it stays as it is.
    """
    there = np.isfinite(before[:, 0])
    if np.count_nonzero(there) < _FEWEST:
        return places
    new, old = _complex(places), _complex(before[there])
    fits = [_fit(mirrored[there], old, mirrored) for mirrored in (new, np.conj(new))]
    gaps = [float(np.median(np.abs(fit[there] - old))) for fit in fits]
    best = fits[int(gaps[1] < gaps[0])]
    if np.count_nonzero(there) < _HALF * len(places):
        best = _turned_only(new, new if gaps[0] <= gaps[1] else np.conj(new), best)
    return np.stack([best.real, best.imag], axis=1).astype(np.float32)


def _complex(places: Matrix) -> _Complex:
    return places[:, 0].astype(np.float64) + 1j * places[:, 1].astype(np.float64)


def _fit(new: _Complex, old: _Complex, everyone: _Complex) -> _Complex:
    """`everyone` rotated, scaled and moved as brings `new` (m,) nearest to `old` (m,).

    The scale is the ratio of the spreads: that of least squares would make the map smaller with every drawing.
    """
    weights = np.ones(len(new))
    for _ in range(_ROUNDS):
        weights /= weights.sum()
        middle, target = (weights * new).sum(), (weights * old).sum()
        apart, wanted = new - middle, old - target
        turn = (weights * np.conj(apart) * wanted).sum()
        spread = (weights * np.abs(apart) ** 2).sum()
        size = np.sqrt((weights * np.abs(wanted) ** 2).sum() / spread) if spread > 0 else 1.0
        factor = size * (turn / np.abs(turn) if np.abs(turn) > 0 else 1.0)
        gaps = np.abs(factor * apart - wanted)
        weights = 1 / (1 + (gaps / max(float(np.median(gaps)), 1e-9)) ** 2)  # Cauchy's
    return np.asarray(factor * (everyone - middle) + target)


def _turned_only(places: _Complex, mirrored: _Complex, fitted: _Complex) -> _Complex:
    """The mirrored map with the rotation of the fit, about the origin and in its own size."""
    spread = mirrored - mirrored.mean()
    turn = (np.conj(spread) * (fitted - fitted.mean())).sum()
    return np.asarray(mirrored * (turn / np.abs(turn))) if np.abs(turn) > 0 else places
