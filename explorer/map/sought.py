"""Which texts are nearest to a label, as a reader would find who searches by it alone.

Knows vectors and labels, no topics. Always true: no label is encoded or looked for twice; texts come nearest first,
ties by row; the same labels in the same order give the same texts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from embeddings.vectors import Matrix

Encode = Callable[[Sequence[str]], Matrix]
Rows = NDArray[np.int32]

THREADS = min(os.cpu_count() or 1, 8)
DEEP = 400  # texts for a label at most
_AT_ONCE = 64  # labels that a thread compares with all texts at once: of 30,000 texts 7 MB
_SAMPLE = 1500  # similarities of which a bound is taken for those of the nearest


class Sought:
    """The texts nearest to labels; `vectors` (n, d) of the texts, `encode` makes such of labels."""

    def __init__(self, vectors: Matrix, encode: Encode) -> None:
        self._vectors, self._encode = vectors, encode
        self._near: dict[str, Rows] = {}
        self._known: dict[str, NDArray[np.float32]] = {}

    def alike(self, label: str, again: str) -> float:
        """The cosine of two labels, 0 where either was not looked for."""
        first, second = self._known.get(label), self._known.get(again)
        return 0.0 if first is None or second is None else float(first @ second)

    def near(self, label: str) -> Rows:
        """At most `DEEP` texts, the nearest first; none where the label was not looked for."""
        return self._near.get(label, np.zeros(0, np.int32))

    def seek(self, labels: Iterable[str]) -> None:
        """Find the texts nearest to each label."""
        new = [label for label in dict.fromkeys(labels) if label not in self._near]
        if not new:
            return
        sought = self._encode(new)
        self._known.update(zip(new, sought, strict=True))
        parts = [slice(start, start + _AT_ONCE) for start in range(0, len(new), _AT_ONCE)]
        # Each product on a thread of its own, so that sums come out the same on any number of cores.
        with threadpool_limits(1), ThreadPoolExecutor(THREADS) as pool:
            rows = pool.map(lambda part: nearest(sought[part] @ self._vectors.T, DEEP), parts)
            self._near.update(zip(new, chain.from_iterable(rows), strict=True))


def nearest(close: Matrix, count: int) -> list[Rows]:
    """The `count` columns of each row of `close` (m, n) where it is greatest, the greatest first.

    What is above a bound is sorted, the rest is not; the bound is that of an even sample, a little lower.
    """
    width = close.shape[1]
    count = min(count, width)
    step = max(1, width // _SAMPLE)
    rank = count / step
    rank += 1 + 4 * rank**0.5 if step > 1 else 0
    sample = close[:, ::step]
    at = max(sample.shape[1] - round(rank), 0)
    bounds = np.partition(sample, at, axis=1)[:, at] if at else np.full(len(close), -np.inf)
    columns = []
    for row, bound in zip(close, bounds.tolist(), strict=True):
        some = np.flatnonzero(row >= bound)
        if len(some) < count:  # the sample was not like the rest
            some = np.arange(width)
        order = np.argsort(-row[some], kind="stable")[:count]
        columns.append(some[order].astype(np.int32))
    return columns
