"""The snapshot a library shows now: the arrays as last built, joined with the papers of their rows.

Joins store and index; knows none of their insides. Always true: nothing is written here; what another process builds
is noticed and taken up; row i of every array is the paper of `arrays.keys[i]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from explorer.errors import AmbiguousPaper, LibraryError, UnknownPaper
from explorer.filter import Filter
from explorer.index import disk
from explorer.index.snapshot import Snapshot
from explorer.library.mask import Mask, inside, mask_of
from explorer.paper import Paper
from explorer.store import Store

T = TypeVar("T")
Area = Sequence[tuple[float, float]]
"""Corners (x, y) of a polygon on the map; empty for the whole map."""


class CurrentSnapshot:
    """What can be read of an open library as last built."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self._store = store
        self._arrays: Snapshot | None = None
        self._cache: dict[str, tuple[object, Any]] = {}

    @property
    def version(self) -> str:
        """Names the current state of index and map; changes when another process has built a new one."""
        return self._store.setting("build")

    @property
    def edition(self) -> str:
        """Names the state of the map and of all that is shown on it but marks; for caches."""
        build, _, finished, _, _ = self._store.state()
        return f"{build}-{finished}"

    @property
    def arrays(self) -> Snapshot:
        """Index, map and topics as last built. Raises LibraryError when nothing was built yet or it is damaged."""
        version = self.version
        if not version and not self._store.papers.count():
            raise LibraryError(f"the library in {self.folder} holds no papers; add some: explorer add FILE")
        if not version:
            raise LibraryError(f"nothing is built yet in {self.folder}; run: explorer build --library {self.folder}")
        if self._arrays is None or self._arrays.fingerprint != version:
            try:
                self._arrays = disk.read(self.folder, version)
            except LibraryError:
                if self.version == version:
                    raise
                return self.arrays  # another process has just built a new one and removed this
        return self._arrays

    def once(self, name: str, make: Callable[[], T], *, marked: bool = False) -> T:
        """What `make` gives, made anew only after an import or a build, or a mark if `marked`: pages ask often."""
        build, marks, *imports = self._store.state()
        state = (build, marks if marked else "", *imports)
        entry = self._cache.get(name)
        if entry is None or entry[0] != state:
            entry = self._cache[name] = state, make()
        value: T = entry[1]
        return value

    def papers(self, rows: Sequence[int] | None = None) -> list[Paper]:
        """The papers on the map, all or those at `rows`."""
        keys = self.arrays.keys
        return self._store.papers.fetch((keys if rows is None else keys[np.asarray(rows, np.int64)]).tolist())

    def paper(self, name: str) -> Paper:
        """The one paper that answers to an id, DOI, arXiv id, PMID or part of a title; also one not on the map yet.

        Raises UnknownPaper when there is none, AmbiguousPaper with the candidates when there are several.
        """
        return self._store.papers.fetch([self._only(name, self._store.papers.find(name))])[0]

    def _only(self, name: str, keys: Sequence[int]) -> int:
        """The one of `keys`, which answer to `name`; raises as `paper` does."""
        if not keys:
            raise unknown(name, self.folder)
        if len(keys) > 1:
            shown = "\n".join(f"  {paper.id}  {paper.heading}" for paper in self._store.papers.fetch(keys[:10]))
            more = f"\n  … and {len(keys) - 10} more" if len(keys) > 10 else ""
            raise AmbiguousPaper(f"{len(keys)} papers answer to {name!r}; say which by its id:\n{shown}{more}")
        return keys[0]

    def ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """Exact ids of the papers that answer to `names`, each once; raises as `paper` does."""
        return tuple(dict.fromkeys(self.paper(name).id for name in names))

    def row(self, paper_id: str) -> int:
        """Row on the map of the paper with this id, or with the one that it had before it was merged with another.

        Raises UnknownPaper when there is none, or it came after the map was last built.
        """
        row = self.arrays.row(self._only(paper_id, self._store.papers.by_id(paper_id)))
        if row is None:
            raise UnknownPaper(f"{paper_id!r} is not in the index yet; run: explorer build --library {self.folder}")
        return row

    def mask(self, within: Filter | None = None, area: Area = ()) -> Mask | None:
        """Rows (n,) bool that pass the filter and lie in the area; None when all do.

        Papers in the collection "hidden" pass only a filter that names a collection or a tag. Raises LibraryError for
        an unknown topic.
        """
        arrays, masks = self.arrays, list[Mask]()
        if not (within and within.names_marks()):
            hidden = self.once("hidden", self._store.marks.hidden, marked=True)
            masks += [~arrays.rows(hidden)] if hidden else []
        if within:
            masks.append(mask_of(within.tree, arrays, self._store))
        if area:
            masks.append(inside(arrays.positions, area))
        return np.logical_and.reduce(masks) if masks else None

    def years(self) -> NDArray[np.int16]:
        """Year of each paper on the map, (n,) int16, 0 when unknown."""

        def make() -> NDArray[np.int16]:
            years = self._store.papers.years()
            return np.array([years.get(int(key), 0) for key in self.arrays.keys], np.int16)

        return self.once("years", make)

    def venues(self) -> list[tuple[str, int]]:
        """Venues with their number of papers, the commonest first."""
        return self.once("venues", self._store.papers.venues)


def unknown(name: str, folder: Path) -> UnknownPaper:
    """The error for a name that no paper of the library in `folder` answers to."""
    return UnknownPaper(f"no paper with id, DOI or title {name!r} in {folder}; try: explorer search {name!r}")
