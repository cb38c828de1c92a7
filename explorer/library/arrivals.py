"""When papers came: the imports that brought papers of the map, with how many and from which row on.

Knows the snapshot and the store's records. Always true: a paper came with the first of its records; hidden papers are
not counted; of undone imports nothing is left to count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.library.snapshot import CurrentSnapshot
from explorer.store.papers import first_imports

_MOST = 20  # imports, the latest


@dataclass(frozen=True)
class Arrival:
    """An import: when it began (UTC, as stored), its papers on the map, and the first row of them."""

    when: str
    papers: int
    row: int


def arrivals(snapshot: CurrentSnapshot) -> tuple[Arrival, ...]:
    """The latest imports that brought papers, the latest first; the first of all stands last."""
    return snapshot.once("arrivals", lambda: _read(snapshot), marked=True)


def _read(snapshot: CurrentSnapshot) -> tuple[Arrival, ...]:
    began, numbers = snapshot.once("imports of rows", lambda: _numbers(snapshot))
    if (visible := snapshot.mask()) is not None:
        numbers = np.where(visible, numbers, 0)
    made = []
    for number in np.unique(numbers[numbers > 0])[::-1].tolist():
        rows = np.flatnonzero(numbers == number)
        made.append(Arrival(began[number], len(rows), int(rows[0])))
    return tuple(made if len(made) <= _MOST else [*made[: _MOST - 1], made[-1]])


def _numbers(snapshot: CurrentSnapshot) -> tuple[dict[int, str], NDArray[np.int64]]:
    """When each import began, by number, and the import that each row came with, (n,); 0 where it is not known."""
    keys, store = snapshot.arrays.keys, snapshot._store
    began = {each.number: each.started for each in store.imports.all() if each.added and not each.undone}
    if len(began) == 1:  # as of most libraries, whose records need not be read for that
        return began, np.full(len(keys), next(iter(began)), np.int64)
    came = first_imports(store.papers)
    numbers = np.fromiter((came.get(key, 0) for key in keys.tolist()), np.int64, len(keys))
    numbers[~np.isin(numbers, list(began))] = 0
    return began, numbers
