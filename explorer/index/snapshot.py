"""A snapshot: everything derived from one state of a library, as it lies in its folder.

Holds arrays, topics and the two word indexes; knows neither tables nor papers. Always true: row i of every array
belongs to `keys[i]`, and keys grow; a snapshot is never changed, the next state of the library gets the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from explorer.errors import LibraryError
from explorer.map.topics import Topics
from explorer.search import bm25, words
from explorer.search.bm25 import Bm25
from explorer.search.words import Keywords


@dataclass(frozen=True)
class Snapshot:
    """Index, words, map and topics of n papers."""

    folder: Path  # where it lies; its name is the fingerprint
    keys: NDArray[np.int64]  # (n,) the store's key of each row
    index: VectorIndex  # n unit vectors
    positions: NDArray[np.float32]  # (n, 2) the map
    topics: Topics
    pair_similarities: NDArray[np.float32]  # (p,) of random pairs of papers, ascending
    drawn: NDArray[np.bool_]  # (n,) False where the place is provisional: found among neighbours, not by drawing
    near: NDArray[np.int64]  # (q, 2) keys of near-copies, the smaller first
    stamps: NDArray[np.uint64]  # (n,) changes with the words that are indexed
    neighbours: NDArray[np.int32]  # (n, k) the nearest other rows of each, best first

    @property
    def fingerprint(self) -> str:
        """Names what it was built from."""
        return self.folder.name

    @cached_property
    def keywords(self) -> Keywords:
        """The keyword index, opened at first use. Raises LibraryError when it is gone."""
        try:
            return Keywords.load(self.folder / words.FOLDER)
        except (ValueError, OSError) as error:
            raise LibraryError(f"the keyword index of {self.folder} is gone; run: explorer build ({error})") from error

    @cached_property
    def bm25(self) -> Bm25:
        """The words of all papers, opened at first use. Raises LibraryError when they are gone."""
        try:
            return Bm25.load(self.folder / bm25.FOLDER)
        except (ValueError, OSError) as error:
            raise LibraryError(f"the words of {self.folder} are gone; run: explorer build ({error})") from error

    def rows(self, keys: set[int]) -> NDArray[np.bool_]:
        """Mask (n,) of the rows whose key is in `keys`."""
        return np.isin(self.keys, np.fromiter(keys, np.int64, len(keys)))

    def row(self, key: int) -> int | None:
        """Row of a key, None when the paper came after this snapshot."""
        row = int(np.searchsorted(self.keys, key))
        return row if row < len(self.keys) and self.keys[row] == key else None
