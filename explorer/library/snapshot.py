"""The snapshot a library shows now: the arrays as last built less what was removed since, and the papers of their rows.

Joins store and index; knows none of their insides. Always true: nothing is written here; what another process builds
is noticed and taken up, but not in a `moment`; row i of every array is the paper of `arrays.keys[i]`, which is there.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from explorer.errors import AmbiguousPaper, EmptyLibrary, LibraryError, UnknownPaper
from explorer.filter import Field, Filter
from explorer.index import disk
from explorer.index.content import texts_of
from explorer.index.partial import without_rows
from explorer.index.snapshot import Snapshot
from explorer.library.authors import NameForm, name_forms
from explorer.library.mask import Mask, inside, mask_of
from explorer.library.topics import named
from explorer.paper import Paper
from explorer.store import Store
from explorer.store.papers import all_keys

T = TypeVar("T")
P = ParamSpec("P")
Area = Sequence[tuple[float, float]]
"""Corners (x, y) of a polygon on the map; empty for the whole map."""


_TRIES = 10  # of reading a snapshot that an undo may have built anew under its name while it was read


@dataclass(frozen=True)
class _Shown:
    """The arrays that were built, what is shown of them, and how many papers had been removed by then, if known.

    `place` tells their folder from what takes its place; `named` has topics as people call them, as of `names`.
    """

    whole: Snapshot
    place: tuple[int, int] | None
    part: Snapshot | None = None
    removals: str = ""
    named: Snapshot | None = None
    names: str = ""

    @property
    def arrays(self) -> Snapshot:
        return self.named or self.part or self.whole


class _Memory:
    """The arrays that are shown, what was made of them and for which state, and who is making what."""

    def __init__(self, store: Store) -> None:
        self.texts = store  # read with the arrays as long as they are shown
        self.shown: _Shown | None = None
        self.cache: dict[str, tuple[object, Any]] = {}
        self.making: dict[str, threading.Lock] = {}


class CurrentSnapshot:
    """What can be read of an open library as last built."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self._store = store
        self._moment = threading.local()
        self._common, self._marked = _Memory(store), _Memory(store)

    @property
    def version(self) -> str:
        """Names the current state of index and map; changes when another process has built a new one."""
        return self._store.setting("build")

    @property
    def edition(self) -> str:
        """Names the state of the map and of all that is shown on it but marks; for caches."""
        build, _, removals, names, finished, _, _, file = self._store.state()
        return f"{build}-{finished}-{removals}-{names}-{hashlib.sha256(repr(file).encode()).hexdigest()[:8]}"

    @property
    def arrays(self) -> Snapshot:
        """Index, map and topics as last built, less the papers removed since.

        Raises LibraryError when nothing was built yet or it is damaged.
        """
        changes, pinned = self._store.changes, getattr(self._moment, "pinned", None)
        if pinned is not None and pinned[1] == changes:
            return cast(Snapshot, pinned[0])
        with self._store.reading():
            arrays = self._read()
        if changes is not None and hasattr(self._moment, "pinned"):
            self._moment.pinned = arrays, changes
        return arrays

    def _read(self, tries: int = _TRIES) -> Snapshot:
        version, removals, shown = self.version, self._store.setting("removals") or "0", self._common.shown
        if not version:
            raise _nothing(self.folder, built=not self._store.papers.count())
        place = disk.place_of(self.folder, version)
        if shown is None or shown.whole.fingerprint != version or place not in (None, shown.place):
            try:
                fetch = self._common.texts.papers.fetch
                whole = disk.read(self.folder, version, lambda keys: texts_of(fetch, keys.tolist()))
                _ = whole.keywords if whole.has_words else None  # opened now, as long as its files are there
                if disk.place_of(self.folder, version) not in (None, place):
                    raise LibraryError(f"{whole.folder} was built anew while it was read; ask again")
            except LibraryError:
                self._store.renew()
                if not tries and self.version == version:
                    raise
                # Another process has just built a new one and removed this; an undo may have built this anew since.
                time.sleep(0.01)
                return self._read(max(tries - 1, 0))
            shown = _Shown(whole, place, removals=self._store.setting("built_after"))
        if shown.removals != removals:
            gone = ~np.isin(shown.whole.keys, all_keys(self._store.papers), assume_unique=True)
            part = without_rows(shown.whole, gone) if gone.any() else shown.whole
            shown = _Shown(shown.whole, shown.place, part, removals)
        if shown.names != (names := self._store.setting("topic_names")):
            shown = replace(shown, named=named(shown.part or shown.whole, self._store), names=names)
        if not len(shown.arrays.keys):
            raise _nothing(self.folder, built=not self._store.papers.count())
        self._common.shown = shown
        return shown.arrays

    @contextmanager
    def moment(self) -> Iterator[None]:
        """All that this thread reads inside is of one state: arrays, papers, marks. What it marks itself, it sees."""
        if hasattr(self._moment, "pinned"):
            yield
            return
        with self._store.reading():
            self._moment.pinned = None
            try:
                yield
            finally:
                del self._moment.pinned

    def once(self, name: str, make: Callable[[], T], *, marked: bool = False) -> T:
        """What `make` gives, made anew only after an import or a build, or a mark if `marked`: pages ask often.

        Threads that ask at once wait for the first of them. `make` must not ask for `name` again.
        """
        build, marks, *changes = self._store.state()
        state, memory = (build, marks if marked else "", *changes), self._marked if marked else self._common
        with memory.making.setdefault(name, threading.Lock()):
            entry = memory.cache.get(name)
            if entry is None or entry[0] != state:
                entry = memory.cache[name] = state, make()
        value: T = entry[1]
        return value

    def papers(self, rows: Sequence[int] | None = None) -> list[Paper]:
        """The papers on the map, all or those at `rows`."""
        keys = self.arrays.keys
        wanted = (keys if rows is None else keys[np.asarray(rows, np.int64)]).tolist()
        papers = self._store.papers.fetch(wanted)
        if len(papers) < len(wanted):
            raise LibraryError("papers were removed from the library just now; ask again")
        return papers

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

        Papers in the collection "hidden" pass only a filter that names a collection or a tag. Raises UnknownTopic for
        a topic that is not there.
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

    def authors(self, name: str) -> list[NameForm]:
        """How the authors whom `name` may mean are written here, the most frequent form first; nothing is merged."""
        mask = mask_of(Field("author", name), self.arrays, self._store)
        return name_forms(name, self.papers(np.flatnonzero(mask).tolist()))

    def years(self) -> NDArray[np.int16]:
        """Year of each paper on the map, (n,) int16, 0 when unknown."""

        def make() -> NDArray[np.int16]:
            years = self._store.papers.years()
            return np.array([years.get(int(key), 0) for key in self.arrays.keys], np.int16)

        return self.once("years", make)


def span_of_years(snapshot: CurrentSnapshot) -> tuple[int, int] | None:
    """The first and the last year of a paper on the map; None when none is known."""
    known = (years := snapshot.years())[years > 0]
    return (int(known.min()), int(known.max())) if len(known) else None


def arrays_or_none(snapshot: CurrentSnapshot) -> Snapshot | None:
    """The arrays; None when nothing was built yet, or all papers were removed and the build without them runs still.

    Raises LibraryError when they are damaged.
    """
    try:
        return snapshot.arrays if snapshot.version else None
    except EmptyLibrary:
        return None


def release(snapshot: CurrentSnapshot) -> None:
    """Let go of arrays and of what was made of them, and with them of the files in which they lie."""
    for memory in (snapshot._common, snapshot._marked):
        memory.shown = None
        memory.cache.clear()


def share(snapshot: CurrentSnapshot, base: CurrentSnapshot) -> None:
    """Let a snapshot have the arrays of a second of the same library, and what was made of them without marks."""
    snapshot._common = base._common


def venues(snapshot: CurrentSnapshot) -> list[tuple[str, int]]:
    """Venues with their number of papers, the commonest first."""
    return snapshot.once("venues", snapshot._store.papers.venues)


def momentary(method: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[Any, P], T]:
    """A method of a part of the library that reads everything of one state, see `CurrentSnapshot.moment`."""

    def in_a_moment(self: Any, *arguments: P.args, **options: P.kwargs) -> T:
        with self._snapshot.moment():
            return method(self, *arguments, **options)

    return cast(Callable[Concatenate[Any, P], T], wraps(method)(in_a_moment))


def _nothing(folder: Path, *, built: bool) -> LibraryError:
    if built:
        return EmptyLibrary(f"the library in {folder} holds no papers; add some: explorer add FILE")
    return LibraryError(f"nothing is built yet in {folder}; run: explorer build --library {folder}")


def unknown(name: str, folder: Path) -> UnknownPaper:
    """The error for a name that no paper of the library in `folder` answers to."""
    return UnknownPaper(f"no paper with id, DOI or title {name!r} in {folder}; try: explorer search {name!r}")
