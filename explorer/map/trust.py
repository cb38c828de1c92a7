"""How far to believe the map: for each paper the share of its nearest papers that lie near to it there.

Holds the measures that need no labels, and which papers are typical. Pure arrays, linear in the papers but for a tree
of the places. Always true: a share is a whole number of percent, `UNKNOWN` for a paper without a place; the same arrays
give the same figures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix
from explorer.map.tree import sums_of

Bytes = NDArray[np.uint8]

UNKNOWN = 255
_CROWD = 50  # dots that count as near: about as many as one sees around a dot at the zoom where titles begin
_SHARE = 10  # of few papers, this part of them is near, and never fewer than the neighbours of each
_BLOCK = 65_536  # papers at once: their neighbours' places take 10 MB
_TRIPLETS = 20_000  # standard error of the share that is in order: 0.3 points


def crowd(count: int, width: int = 10) -> int:
    """How many of `count` dots around a dot count as near, for `width` neighbours."""
    return max(0, min(count - 1, max(width, min(_CROWD, count // _SHARE))))


def near_shares(places: NDArray[np.float32], neighbours: NDArray[np.int32]) -> Bytes:
    """Percent of the papers nearest to each by meaning that are near to it on the map, (n,) uint8.

    `places` (n, 2), NaN for a paper without a vector; `neighbours` (n, k) their rows, best first, -1 for none.
    """
    shares = np.full(len(places), UNKNOWN, np.uint8)
    rows = np.flatnonzero(np.isfinite(places[:, 0]))
    near = crowd(len(rows), neighbours.shape[1])
    if not near or not neighbours.shape[1]:
        return shares
    from scipy.spatial import cKDTree  # 0.15 s, and a question needs none

    tree = cKDTree(places[rows])
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        reach = tree.query(places[part], [near + 1])[0]  # the nearest is the paper itself
        there = neighbours[part] >= 0
        away = np.sqrt(((places[neighbours[part]].astype(np.float64) - places[part, None]) ** 2).sum(axis=2))
        count = there.sum(axis=1)
        inside = (there & (away <= reach * (1 + 1e-6))).sum(axis=1)
        shares[part] = np.where(count > 0, np.rint(100 * inside / np.maximum(count, 1)), UNKNOWN)
    return shares


def typical(vectors: Matrix, assignment: NDArray[np.int32] | None) -> Bytes:
    """How typical each paper is of its topic: cosine of its vector with the topic's mean, 0 to 255, (n,) uint8.

    `vectors` (n, d) unit rows; `assignment` (n,) the topic of each, -1 or None for none, which is typical of nothing.
    """
    assignment = np.full(len(vectors), -1, np.int32) if assignment is None else assignment
    groups = int(assignment.max(initial=-1)) + 1
    means = np.zeros((groups + 1, vectors.shape[1]), np.float64)  # the last is for none
    means[:groups] = sums_of(vectors, assignment, groups)
    means /= np.maximum(np.sqrt((means**2).sum(axis=1, keepdims=True)), 1e-12)
    values = np.zeros(len(vectors), np.uint8)
    for start in range(0, len(vectors), _BLOCK):
        part = slice(start, start + _BLOCK)
        cosines = np.einsum("ij,ij->i", vectors[part], means[assignment[part]])
        values[part] = np.where(assignment[part] >= 0, 255 * np.clip(cosines, 0, 1), 0)
    return values


def in_order(vectors: Matrix, places: NDArray[np.float32], seed: int = 0) -> NDArray[np.bool_]:
    """Of random triplets of papers, whether the map keeps which of two is nearer to the first, (m,) bool.

    Chance is one half; it tells of the map as a whole what neighbours do not. Empty for fewer than three papers with a
    place.
    """
    rows = np.flatnonzero(np.isfinite(places[:, 0]))
    if len(rows) < 3:
        return np.zeros(0, bool)
    first, second, third = rows[np.random.default_rng(seed).integers(0, len(rows), (3, _TRIPLETS))]
    apart = (first != second) & (first != third) & (second != third)
    first, second, third = first[apart], second[apart], third[apart]
    closer = np.einsum("ij,ij->i", vectors[first], vectors[second] - vectors[third]) > 0
    away = [((places[first] - places[end]) ** 2).sum(axis=1) for end in (second, third)]
    return np.asarray(closer == (away[0] < away[1]))
