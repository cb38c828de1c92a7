"""What the user puts on papers: collections, tags, notes, and which papers were looked at.

Takes exact ids and labels; knows no names. Always true: each change is one short transaction, which works while an
import runs; no paper is added, changed or removed here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.errors import LibraryError
from explorer.library.report import Collection
from explorer.library.snapshot import CurrentSnapshot, unknown
from explorer.store import Kind, Marks, Store


class LibraryMarks:
    """The marks of an open library. All ids are exact; UnknownPaper is raised for one that is not there."""

    def __init__(self, store: Store, snapshot: CurrentSnapshot) -> None:
        self._store = store
        self._snapshot = snapshot

    def put(self, kind: Kind, label: str, *ids: str) -> None:
        """Put papers into a collection of the user's, or tag them.

        Raises LibraryError for a label that is empty or for a folder, which only the source can change.
        """
        self._store.marks.put(kind, _label(kind, label), self._keys(ids))

    def drop(self, kind: Kind, label: str, *ids: str) -> None:
        """Take papers out of a collection, or a tag off them."""
        self._store.marks.drop(kind, _label(kind, label), self._keys(ids))

    def note(self, paper_id: str, text: str) -> None:
        """Write the note on a paper; an empty text removes it."""
        [key] = self._keys([paper_id])
        self._store.marks.note(key, text)

    def see(self, *ids: str) -> None:
        """Remember that papers were looked at: their titles are dimmed in later lists."""
        self._store.marks.see(self._keys(ids))

    def forget_seen(self) -> int:
        """Forget which papers were looked at; how many they were."""
        return self._store.marks.forget_seen()

    def count_seen(self) -> int:
        """How many papers were looked at."""
        return self._store.marks.count_seen()

    def of(self, ids: Sequence[str]) -> list[Marks]:
        """Folders, collections, tags and note of papers, and whether they were looked at, in their order."""
        return self._store.marks.of(self._keys(ids))

    def collections(self) -> list[Collection]:
        """Every collection, folder and tag with its number of papers."""
        names = self._store.marks.names
        return self._snapshot.once("collections", lambda: [Collection(*name) for name in names()], marked=True)

    def members(self, kind: Kind) -> dict[str, NDArray[np.int64]]:
        """Collections, folders or tags, whichever `kind` says, and the rows of the papers on the map in each, (m,)."""
        arrays = self._snapshot.arrays
        return {name: np.flatnonzero(arrays.rows(keys)) for name, keys in self._store.marks.members(kind).items()}

    def _keys(self, ids: Sequence[str]) -> list[int]:
        return keys_of(self._store, ids)


def keys_of(store: Store, ids: Sequence[str]) -> list[int]:
    """Keys of the papers with exactly these ids, in their order. Raises UnknownPaper for one that is not there."""
    keys = store.papers.keys_of(ids)
    for paper_id in ids:
        if paper_id not in keys:
            raise unknown(paper_id, store.path.parent)
    return [keys[paper_id] for paper_id in ids]


def _label(kind: Kind, label: str) -> str:
    name = " ".join(label.split())[:200]
    if kind is Kind.SEEN:
        raise LibraryError("a paper is seen when its card is opened; that is no mark to be set by name")
    if kind is Kind.FOLDER:
        raise LibraryError(f"the folder {name!r} comes from a file; change it there and add the file again")
    if not name:
        raise LibraryError(f"a {kind.value} needs a name")
    return name
