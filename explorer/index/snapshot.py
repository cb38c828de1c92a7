"""A snapshot: everything derived from one state of a library, as it lies in its folder.

Holds arrays, topics and the word index; knows neither tables nor papers. Always true: row i of every array
belongs to `keys[i]`, and keys grow; a snapshot is never changed, the next state of the library gets the next one; words
are those of all papers, also of those that wait for a vector while a large import is embedded (see `index.partial`);
what lies on disk is read at its first use, and then raises DamagedLibrary where it is not what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.graph import Recall
from embeddings.index import VectorIndex
from explorer.errors import LibraryError
from explorer.map import trust as measures
from explorer.map.membership import doubts
from explorer.map.topics import Topics
from explorer.search.answer import Coverage
from explorer.search.bm25 import Bm25
from explorer.search.certainty import Scale
from explorer.search.inversion import Text
from explorer.search.words import FOLDER, WordIndex

Texts = Callable[[NDArray[np.int64]], Iterable[Text]]
NEAREST = 10  # of each paper: how near they are on the map is how far to trust it


def _none() -> None:
    """What fields are by default that can be read later: a default of the class would hide what lies on disk."""


@dataclass(frozen=True)
class Snapshot:
    """Index, words, map and topics of n papers."""

    folder: Path  # where it lies; its name is the fingerprint
    keys: NDArray[np.int64]  # (n,) the store's key of each row
    index: VectorIndex  # n unit vectors
    positions: NDArray[np.float32]  # (n, 2) the map; NaN for a paper without a vector
    topics: Topics
    pair_similarities: NDArray[np.float32]  # (p,) of random pairs of papers, ascending
    drawn: NDArray[np.bool_]  # (n,) False where the place is provisional: found among neighbours, not by drawing
    near: NDArray[np.int64]  # (q, 2) keys of near-copies, the smaller first
    stamps: NDArray[np.uint64]  # (n,) changes with the words that are indexed
    graph: NDArray[np.int32]  # (n, k) the nearest other rows of each, best first: those that a map is drawn from
    neighbours: NDArray[np.int32] = field(init=False, repr=False)  # (n, k) of each the `NEAREST` first of them
    # (n,) what the model cannot read; None: nobody has looked
    illegible: NDArray[np.bool_] | None = field(default_factory=_none)
    scale: Scale | None = field(default_factory=_none)  # what similarity means in it; None: not measured
    shares: measures.Bytes | None = field(default_factory=_none)  # `trust`, None in snapshots of earlier versions
    typicality: measures.Bytes | None = field(default_factory=_none)  # `typical`, likewise
    doubt: measures.Bytes | None = field(default_factory=_none)  # `doubts`, likewise
    recall: Recall | None = field(default_factory=_none)  # of the graph that it was made with; None: not measured
    open_words: Callable[[Path], WordIndex] = field(default=WordIndex.load, repr=False)  # the index in a folder
    texts: Texts | None = field(default=None, repr=False)  # of papers by their keys, where no words lie
    words_damaged: bool = False
    damaged: bool = False  # in its words, or in its index, which was made of the store's vectors: the next is whole

    @classmethod
    def read_later(cls, folder: Path, later: Mapping[str, Callable[[], Any]], **now: Any) -> Snapshot:
        """The snapshot with the fields `now`, and those of `later`, each of which is read when it is first needed."""
        snapshot = cls.__new__(cls)
        snapshot.__dict__.update(now, folder=folder, _later=later)
        return snapshot

    if not TYPE_CHECKING:  # what it has is what the class says

        def __getattr__(self, name: str) -> Any:
            if name == "neighbours":
                return self.graph[:, :NEAREST]
            read = self.__dict__.get("_later", {}).get(name)
            if read is None:
                raise AttributeError(f"a snapshot has no {name}")
            return self.__dict__.setdefault(name, read())

    @property
    def fingerprint(self) -> str:
        """Names what it was built from."""
        return self.folder.name

    @cached_property
    def embedded(self) -> NDArray[np.bool_]:
        """(n,) whether a paper has a vector, and with it a place; False while it waits for it."""
        return np.isfinite(self.positions[:, 0])

    @cached_property
    def trust(self) -> measures.Bytes:
        """(n,) percent of each paper's `neighbours` that are near to it on the map, see `explorer.map.trust`."""
        return measures.near_shares(self.positions, self.neighbours) if self.shares is None else self.shares

    @cached_property
    def typical(self) -> measures.Bytes:
        """(n,) how typical each paper is of its finest topic, 0 to 255."""
        if self.typicality is not None:
            return self.typicality
        return measures.typical(self.index.vectors(), self.topics.levels[0].assignment if self.topics.levels else None)

    @cached_property
    def doubts(self) -> measures.Bytes:
        """(n,) the levels at which each paper may as well be of another topic: bit l for level l, the finest first."""
        levels = [level.assignment for level in self.topics.levels]
        return doubts(levels, self.neighbours, self.positions) if self.doubt is None else self.doubt

    @property
    def coverage(self) -> Coverage | None:
        """Of how many papers the meaning is there; None when it is of all."""
        count = int(np.count_nonzero(self.embedded))
        return Coverage(count, len(self.keys)) if count < len(self.keys) else None

    @cached_property
    def keywords(self) -> WordIndex:
        """The word index, opened at first use. Raises LibraryError when it is gone.

        A snapshot from before there was such an index makes it of its `texts`, for as long as it is open.
        """
        if not self.has_words and self.texts is not None:
            return WordIndex.of(self.texts(self.keys))
        try:
            return self.open_words(self.folder / FOLDER)
        except (ValueError, OSError) as error:
            raise LibraryError(f"the words of {self.folder} are gone; run: explorer build ({error})") from error

    @cached_property
    def bm25(self) -> Bm25:
        """The scores by words. Raises LibraryError as `keywords`."""
        return Bm25(self.keywords)

    @property
    def has_words(self) -> bool:
        """Whether its word index lies on disk, and is whole as far as was looked."""
        return not self.words_damaged and (self.folder / FOLDER).is_dir()

    def rows(self, keys: set[int]) -> NDArray[np.bool_]:
        """Mask (n,) of the rows whose key is in `keys`."""
        return np.isin(self.keys, np.fromiter(keys, np.int64, len(keys)))

    def row(self, key: int) -> int | None:
        """Row of a key, None when the paper came after this snapshot."""
        row = int(np.searchsorted(self.keys, key))
        return row if row < len(self.keys) and self.keys[row] == key else None


def with_topics(snapshot: Snapshot, call: Callable[[Topics], Topics]) -> Snapshot:
    """The snapshot with the same topics under other labels, as `call` gives when they are first needed.

    What was made of the snapshot, or read, stays.
    """
    made = Snapshot.__new__(Snapshot)
    later = {**vars(snapshot).get("_later", {}), "topics": lambda: call(snapshot.topics)}
    made.__dict__.update({name: value for name, value in vars(snapshot).items() if name != "topics"}, _later=later)
    return made
