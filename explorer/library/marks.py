"""What the user puts on papers: collections, tags, notes, which papers were looked at; and the names of topics.

Takes exact ids and labels; knows no names. Always true: each change is one short transaction, which works while an
import runs; no paper is added, changed or removed here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.errors import LibraryError
from explorer.library.report import Collection
from explorer.library.snapshot import CurrentSnapshot, momentary, unknown
from explorer.library.topics import called
from explorer.map.renamed import name_for
from explorer.store import HIDDEN, LIKED, TO_READ, Kind, Marks, Store
from explorer.text import fold

_LONGEST = 60  # characters of the name of a topic: three lines on the map


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

    def rename(self, kind: Kind, label: str, new: str) -> int:
        """Call a collection or tag otherwise; how many papers it holds then. It joins one that is called so already.

        Raises LibraryError when there is none called `label`, for a folder, and for the collections that every library
        has (liked, to read, hidden).
        """
        name, wanted = self._own(kind, label), _label(kind, new)
        return (
            self._store.marks.rename(kind, name, wanted)
            if name != wanted
            else len(self._store.marks.members(kind)[name])
        )

    def delete(self, kind: Kind, label: str) -> int:
        """Take a collection or tag off all its papers, which stay; how many they were. Raises as `rename`."""
        return self._store.marks.delete(kind, self._own(kind, label))

    def _own(self, kind: Kind, label: str) -> str:
        """The name of a collection or tag of the user's that is there."""
        name = _label(kind, label)
        if kind is Kind.COLLECTION and name in (LIKED, TO_READ, HIDDEN):
            raise LibraryError(f"the collection {name!r} belongs to every library; take papers out of it instead")
        names = sorted(self._store.marks.members(kind))
        if name not in names:
            there = ", ".join(map(repr, names[:10])) or "none"
            raise LibraryError(f"no {kind.value} is called {name!r}; there are: {there}")
        return name

    @momentary
    def rename_topic(self, label: str, new: str = "") -> str:
        """Call a topic otherwise, or by its own name again; what it is called then.

        The name stays with the topic over imports, and over redraws as long as more than half of its papers stay
        together. Raises UnknownTopic when none is called `label`, LibraryError for a name that another topic has.
        """
        arrays, wanted = self._snapshot.arrays, " ".join(new.split())[:_LONGEST]
        level, topic = called(label, arrays)
        at = arrays.topics.levels[level]
        now, own = at.labels[topic], at.own(topic)
        if wanted == now:
            return now
        if not wanted or fold(wanted) == fold(own):
            self._store.topic_names.drop(now)
            return own
        for depth, some in enumerate(arrays.topics.levels):
            for number, name in enumerate(some.labels):
                if (depth, number) != (level, topic) and fold(name) == fold(wanted):
                    raise LibraryError(f"a topic is called {name!r} already; take another name")
        self._store.topic_names.put(name_for(arrays.topics, arrays.keys, level, topic, wanted), now)
        return wanted

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

    @momentary
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
