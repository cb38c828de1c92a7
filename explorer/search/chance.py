"""What questions about something else reach in a library by chance, read from what general subjects reach there.

Knows vectors, not papers or words. Always true: all is on the model's own scale, so that it holds for an encoder whose
similarities are all high; to more papers than are measured it is carried on by the logarithm of their number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import distinct

# The same rule for all libraries, measured by benchmarks/verdict.py. What a question about something else reaches by
# chance grows with the library and differs by field; it is read from what general subjects (embeddings/subjects.txt)
# reach: the quarter of them that are furthest from the library, so that a broad library may hold many. All on the
# model's own scale, from the similarity of any two subjects to that of a subject and its nearest.
_FURTHEST = 0.25
_SLOPE, _ABOVE = 0.9, 0.29  # of what the furthest reach; how far above it, in parts of that scale
_LEAST = 0.38  # but never less, of that scale: twelve papers "learn the guitar" reaches to 0.36, "card game" to 0.6
_REACHED = 20_000  # papers in which this is measured; to more papers it is carried on by the logarithm of their number
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Chance:
    """What questions about something else get: `reach`, a similarity, and `spread`, the length of the model's scale."""

    reach: float = 0.12
    spread: float = 0.37

    @classmethod
    def of(cls, vectors: Floats, rows: NDArray[np.int64], subjects: Floats) -> Chance:
        """That of the unit vectors (n, d) at `rows` (m,), by general subjects (s, d) of the same encoder."""
        among = np.sort(subjects @ subjects.T, axis=1)[:, :-1]
        usual, any_two = float(np.median(among[:, -1])), float(np.median(among))
        reached = _reached(vectors, rows, subjects)
        spread = usual - any_two
        above = max(_SLOPE * (reached - any_two) + _ABOVE * spread, _LEAST * spread)
        return cls(any_two + above, spread)


NOBODY = Chance()
"""That of the bundled model in a library of no papers."""


def _reached(vectors: Floats, rows: NDArray[np.int64], subjects: Floats) -> float:
    """The similarity that a quarter of the subjects do not reach at any of `rows`."""

    def among(count: int) -> float:
        some = vectors[rows[distinct(np.linspace(0, len(rows) - 1, count).astype(np.int64))]]
        return float(np.quantile((some @ subjects.T).max(axis=0), _FURTHEST))

    if len(rows) <= _REACHED:
        return among(len(rows))
    measured = among(_REACHED)
    return measured + (measured - among(_REACHED // 10)) * float(np.log10(len(rows) / _REACHED))
