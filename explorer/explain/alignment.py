"""Sentences of two texts that say something alike, by their vectors.

Pure arrays in, rows out. Always true: a sentence is in one pair at most, a text's only one in two; where nothing stands
out there is no pair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix
from explorer.explain.thresholds import THRESHOLDS

SAMPLE = 2000  # papers of the library that a sentence is tried on


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors, float32: of the sentences of the two texts, (m, d) and (n, d), of the texts themselves, (d,) each,
    and of papers of the library to compare with, (p, d)."""

    first: NDArray[np.float32]
    second: NDArray[np.float32]
    first_whole: NDArray[np.float32]
    second_whole: NDArray[np.float32]
    library: NDArray[np.float32]


def aligned(vectors: Vectors, named: NDArray[np.bool_] | None = None) -> list[tuple[int, int, float]]:
    """The sentences that belong together: row of the first text, row of the second, cosine; at most 3, best first.

    Pairs are taken greedily by their margin: the cosine less half the mean of what both sentences have with all others
    here (as the CSLS of Conneau et al. 2018 corrects for hubs), so that a sentence on everything does not win every
    time. A pair stands only if it is closer than the best of as many chance pairs, if it leads its row and column by a
    margin, and if each sentence is closer to the other text than to 95 % of the library: "experiments show that our
    method is better" is close to such a sentence anywhere, and to no paper in particular. `named` (m, n) says which
    pairs of sentences hold a rare term in common: these count for a little closer than they are.
    """
    if not len(vectors.first) or not len(vectors.second):
        return []
    cosines = vectors.first @ vectors.second.T
    scores = _scores(vectors, cosines, named if named is not None else np.zeros(cosines.shape, bool))
    pairs: list[tuple[int, int, float]] = []
    alone = min(cosines.shape) == 1  # a question of one sentence may be met by two
    while len(pairs) < (THRESHOLDS.pairs_of_one if alone else THRESHOLDS.pairs):
        i, j = np.unravel_index(int(np.argmax(scores)), scores.shape)
        if not np.isfinite(scores[i, j]) or (pairs and cosines[i, j] < THRESHOLDS.next_pair * pairs[0][2]):
            break
        pairs.append((int(i), int(j), float(cosines[i, j])))
        scores[i, j] = -np.inf
        if not alone:
            scores[i, :] = scores[:, j] = -np.inf
    return pairs


def _scores(vectors: Vectors, cosines: NDArray[np.float32], named: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The margin of each pair, (m, n), -inf where it does not stand."""
    close = cosines + np.float32(THRESHOLDS.named) * named
    usual = (_mean_of_others(cosines, 1) + _mean_of_others(cosines, 0)) / 2
    least = THRESHOLDS.chance + THRESHOLDS.chance_growth * math.log10(cosines.size)
    telling = np.outer(
        _points_to(vectors.first, vectors.second_whole, vectors.library),
        _points_to(vectors.second, vectors.first_whole, vectors.library),
    )
    stands = (close >= least) & (cosines - usual >= THRESHOLDS.margin) & telling
    return np.asarray(np.where(stands, close - usual / 2, -np.inf))


def _mean_of_others(cosines: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """For each cosine the mean of the others along an axis; where there are none, 0."""
    size = cosines.shape[axis]
    others = (cosines.sum(axis=axis, keepdims=True) - cosines) / max(size - 1, 1)
    return np.asarray(others if size > 1 else np.zeros_like(cosines))


def _points_to(sentences: Matrix, whole: Matrix, library: Matrix) -> NDArray[np.bool_]:
    """Which sentences (m, d) are closer to the text `whole` (d,) than to nearly all of the library (p, d), (m,)."""
    rivals = (sentences @ library.T > (sentences @ whole)[:, None] + 1e-6).sum(axis=1)
    return np.asarray(rivals <= max(THRESHOLDS.few_rivals, THRESHOLDS.rivals * len(library)))
