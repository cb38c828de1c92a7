"""What a search reads of a library, for several together: the store's names of papers, and the snapshot of now.

Knows the parts of open libraries and `Together`. Always true: a key, a row and a name have the meaning that they have
in `Together`; a name that several libraries give to different papers is refused with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from explorer.errors import AmbiguousPaper, EmptyLibrary, UnknownPaper, UnknownTopic
from explorer.filter import Filter
from explorer.index.snapshot import Snapshot
from explorer.libraries.joined import Mask, Together
from explorer.paper import Paper

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.store import Store

T = TypeVar("T")
_LISTED = 10  # candidates that are listed for a name that several papers answer to


class Papers:
    """The papers of several stores, under the keys of all together."""

    def __init__(self, stores: Sequence[Store], offsets: Sequence[int]) -> None:
        self._stores = stores
        self._offsets = np.array(offsets, np.int64)

    def titled(self, title: str) -> list[int]:
        """Keys of the papers whose title equals `title` folded."""
        return self._of_all(lambda store: store.papers.titled(title))

    def by_id(self, name: str) -> list[int]:
        """Keys of the papers with this id, DOI, arXiv id, PMID or link."""
        return self._of_all(lambda store: store.papers.by_id(name))

    def by_key(self, keys: Sequence[int]) -> dict[int, Paper]:
        """The papers with these keys, by key."""
        all_keys = np.array(sorted(map(int, keys)), np.int64)
        whose = np.searchsorted(self._offsets, all_keys, side="right") - 1
        papers: dict[int, Paper] = {}
        for number, (store, offset) in enumerate(zip(self._stores, self._offsets.tolist(), strict=True)):
            its = (all_keys[whose == number] - offset).tolist()
            papers |= {key + offset: paper for key, paper in store.papers.by_key(its).items()}
        return papers

    def _of_all(self, look: Callable[[Store], list[int]]) -> list[int]:
        pairs = zip(self._stores, self._offsets.tolist(), strict=True)
        return [key + offset for store, offset in pairs for key in look(store)]


class Stores:
    """Several stores as a search reads a single store; its `records` say which papers are two."""

    def __init__(self, stores: Sequence[Store], shared: Together) -> None:
        self.papers = Papers(stores, shared.offsets)
        self.records = self
        self._apart = shared.apart

    def apart(self) -> set[tuple[int, int]]:
        """Pairs of keys that are not a single paper."""
        return self._apart


@contextmanager
def moment_of(libraries: Sequence[tuple[str, Library]]) -> Iterator[None]:
    """What this thread reads of these libraries inside is of a single state."""
    with ExitStack() as stack:
        for _, library in libraries:
            stack.enter_context(library.snapshot.moment())
        yield


class Snapshots:
    """The snapshots of several libraries as a search reads a single snapshot."""

    def __init__(self, libraries: Sequence[tuple[str, Library]], stores: Sequence[Store], shared: Together) -> None:
        self._libraries = libraries
        self._papers = Papers(stores, shared.offsets)
        self._shared = shared
        self._cache: dict[str, Any] = {}
        self.chosen: frozenset[str] = frozenset()  # names of the libraries whose papers pass; empty: all

    @property
    def arrays(self) -> Snapshot:
        """The arrays of all."""
        return self._shared.arrays

    def moment(self) -> AbstractContextManager[None]:
        """What this thread reads inside is of a single state."""
        return moment_of(self._libraries)

    def once(self, name: str, make: Callable[[], T], *, marked: bool = False) -> T:
        """What `make` gives, for as long as nothing changes."""
        if name not in self._cache:
            self._cache[name] = make()
        value: T = self._cache[name]
        return value

    def papers(self, rows: Sequence[int]) -> list[Paper]:
        """The papers at `rows`."""
        keys = self.arrays.keys[np.asarray(rows, np.int64)].tolist()
        papers = self._papers.by_key(keys)
        if missing := sum(key not in papers for key in keys):
            raise EmptyLibrary(f"{missing} papers were removed from the libraries just now; ask again")
        return [papers[key] for key in keys]

    def mask(self, within: Filter | None = None, area: Sequence[tuple[float, float]] = ()) -> Mask | None:
        """Rows (n,) that pass the filter in a library that is chosen; None when all do.

        A topic is that of each library's own map; raises UnknownTopic when none has it. There is no common map, so
        that no area is looked at.
        """
        masks, errors = list[Mask | None](), list[UnknownTopic]()
        for name, library in self._libraries:
            nothing = np.zeros(len(library.snapshot.arrays.keys), bool)
            if self.chosen and name not in self.chosen:
                masks.append(nothing)
                continue
            try:
                masks.append(library.snapshot.mask(within))
            except UnknownTopic as error:
                errors.append(error)
                masks.append(nothing)
        if errors and len(errors) == (len(self.chosen) or len(self._libraries)):
            raise errors[0]
        return self._shared.spread(masks)

    def row(self, name: str) -> int:
        """The row of the paper that is called `name`: NAME:ID with the name of its library, or its id alone.

        Raises UnknownPaper when there is none, AmbiguousPaper when libraries call different papers so.
        """
        if (row := self._prefixed(name)) is not None:
            return row
        return self._only(name, [self._papers.by_id(name)])

    def ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of each name (an id, DOI, part of a title, perhaps behind LIBRARY:) the paper as NAME:ID, each once."""
        rows = []
        for name in names:
            if (row := self._prefixed(name)) is None:
                titled = self._papers._of_all(lambda store, name=name: store.papers.find(name))  # type: ignore[misc]
                row = self._only(name, [self._papers.by_id(name), self._papers.titled(name), titled])
            rows.append(row)
        return tuple(self.name_of(row) for row in dict.fromkeys(rows))

    def name_of(self, row: int) -> str:
        """The paper of a row as NAME:ID."""
        [paper] = self.papers([row])
        return f"{self._libraries[int(self._shared.library[row])][0]}:{paper.id}"

    def _prefixed(self, name: str) -> int | None:
        """The row of NAME:ID; None where it is not written so."""
        for number, (library, opened) in enumerate(self._libraries):
            if not name.startswith(f"{library}:"):
                continue
            keys = self._papers._stores[number].papers.by_id(name[len(library) + 1 :])
            row = opened.snapshot.arrays.row(keys[0]) if len(keys) == 1 else None
            if row is not None:
                return int(self._shared.places[number][row])
        return None

    def _only(self, name: str, candidates: Sequence[list[int]]) -> int:
        """The row of the first `candidates` (keys) that are any; raises as `row`."""
        keys = next(filter(None, candidates), [])
        rows = sorted({row for key in keys if (row := self._row_of(key)) is not None})
        if len(rows) > 1:
            shown = "\n".join(f"  {self.name_of(row)}  {self.papers([row])[0].heading}" for row in rows[:_LISTED])
            more = f"\n  … and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
            raise AmbiguousPaper(f"{len(rows)} papers answer to {name!r}; say which by LIBRARY:ID:\n{shown}{more}")
        if not rows:
            where = ", ".join(library for library, _ in self._libraries)
            raise UnknownPaper(f"no paper with id, DOI or title {name!r} in any of: {where}")
        return rows[0]

    def _row_of(self, key: int) -> int | None:
        """The row of a key of all together, which may be that of a paper that is shown from an earlier library."""
        number = int(np.searchsorted(self._papers._offsets, key, side="right")) - 1
        row = self._libraries[number][1].snapshot.arrays.row(key - int(self._papers._offsets[number]))
        return None if row is None else int(self._shared.places[number][row])
