"""What can be read of a library: its papers, map and topics, marks and imports.

The first of three rooms of `Library` (reading, asking, saving). Joins store and build; knows none of their insides.
Always true: nothing is written here; what another process builds is noticed and taken up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.cache import Remembered
from embeddings.encoder import Encoder, encoder_named
from explorer.errors import AmbiguousPaper, LibraryError, UnknownPaper
from explorer.identity import abstract_overlap
from explorer.index import disk
from explorer.index.snapshot import Snapshot
from explorer.library.report import Collection, Info, Pair
from explorer.map.topics import Topics
from explorer.paper import Paper, Problem
from explorer.store import Filter, Kind, Marks, Record, Store
from explorer.text import fold

T = TypeVar("T")


class Reading:
    """An open library, for reading."""

    def __init__(self, folder: Path, store: Store, encoder: Encoder) -> None:
        self.folder = folder
        self._store = store
        self._chosen = encoder
        self._build: Snapshot | None = None
        self._remembered: dict[str, tuple[object, Any]] = {}
        self._sentences = Remembered()

    @property
    def _encoder(self) -> Encoder:
        """The encoder of the library's vectors; a reader that opened it before the first import follows the writer."""
        made_with = self._store.setting("encoder")
        if made_with and made_with != self._chosen.name:
            self._chosen = encoder_named(made_with)
        return self._chosen

    def close(self) -> None:
        """Let go of the files and of the writer's lock."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def version(self) -> str:
        """Names the current state of index and map; changes when another process has built a new one."""
        return self._store.setting("build")

    @property
    def current(self) -> Snapshot:
        """Index, map and topics as last built. Raises LibraryError when nothing was built yet or it is damaged."""
        version = self.version
        if not version and not self._store.count():
            raise LibraryError(f"the library in {self.folder} holds no papers; add some: explorer add FILE")
        if not version:
            raise LibraryError(f"nothing is built yet in {self.folder}; run: explorer build --library {self.folder}")
        if self._build is None or self._build.fingerprint != version:
            try:
                self._build = disk.read(self.folder, version)
            except LibraryError:
                if self.version == version:
                    raise
                return self.current  # another process has just built a new one and removed this
        return self._build

    @property
    def edition(self) -> str:
        """Names the state of the map and of all that is shown on it but marks; for caches."""
        build, _, finished, _, _ = self._store.state()
        return f"{build}-{finished}"

    def _once(self, name: str, make: Callable[[], T], *, marked: bool = False) -> T:
        """What `make` gives, made anew only after an import or a build, or a mark if `marked`: pages ask often."""
        build, marks, *imports = self._store.state()
        state = (build, marks if marked else "", *imports)
        known = self._remembered.get(name)
        if known is None or known[0] != state:
            known = self._remembered[name] = state, make()
        value: T = known[1]
        return value

    @property
    def map(self) -> NDArray[np.float32]:
        """The place of each paper, (n, 2) float32, in the order of `papers()`."""
        return self.current.positions

    @property
    def topics(self) -> Topics:
        """The topics, finest level first, in the order of `papers()`."""
        return self.current.topics

    def papers(self, rows: Sequence[int] | None = None) -> list[Paper]:
        """The papers on the map, all or those at `rows`."""
        build = self.current
        return papers_at(self._store, build, range(len(build.keys)) if rows is None else rows)

    def years(self) -> NDArray[np.int16]:
        """Year of each paper on the map, (n,) int16, 0 when unknown."""

        def make() -> NDArray[np.int16]:
            years = self._store.years()
            return np.array([years.get(int(key), 0) for key in self.current.keys], np.int16)

        return self._once("years", make)

    def paper(self, name: str) -> Paper:
        """The one paper that answers to an id, DOI, arXiv id, PMID or part of a title.

        Raises UnknownPaper when there is none, AmbiguousPaper with the candidates when there are several.
        """
        return self._store.papers([self._key(name)])[0]

    def row(self, name: str) -> int:
        """Row on the map of the paper that answers to `name`; raises as `paper` does."""
        key = self._key(name)
        row = self.current.row(key)
        if row is None:
            raise UnknownPaper(f"{name!r} is not in the index yet; run: explorer build --library {self.folder}")
        return row

    def row_of(self, paper_id: str) -> int:
        """Row on the map of the paper with exactly this id. Raises UnknownPaper when there is none."""
        key = self._store.key_of(paper_id)
        row = None if key is None else self.current.row(key)
        if row is None:
            raise UnknownPaper(f"no paper on the map has the id {paper_id!r}")
        return row

    def _key(self, name: str) -> int:
        keys = self._store.find(name)
        if not keys:
            raise UnknownPaper(
                f"no paper with id, DOI or title {name!r} in {self.folder}; try: explorer search {name!r}"
            )
        if len(keys) > 1:
            shown = "\n".join(f"  {paper.id}  {paper.heading}" for paper in self._store.papers(keys[:10]))
            more = f"\n  … and {len(keys) - 10} more" if len(keys) > 10 else ""
            raise AmbiguousPaper(f"{len(keys)} papers answer to {name!r}; say which by its id:\n{shown}{more}")
        return keys[0]

    def mask(self, within: Filter | None) -> NDArray[np.bool_] | None:
        """Rows (n,) bool that pass the filter; None when all do. Raises LibraryError for an unknown topic.

        Papers in the collection "hidden" pass only a filter for a collection or tag of theirs.
        """
        build = self.current
        if not within or not (within.collection or within.tag):
            hidden = self._once("hidden", self._store.marks.hidden, marked=True)
            if hidden:
                visible = ~build.rows(hidden)
                return visible & self._passing(within) if within else visible
        return self._passing(within) if within else None

    def _passing(self, within: Filter) -> NDArray[np.bool_]:
        build = self.current
        allowed = build.rows(self._store.matching(within))
        return allowed & _in_topic(build.topics, within.topic) if within.topic else allowed

    def marks(self, names: Sequence[str]) -> list[Marks]:
        """Folders, collections, tags and note of papers, and whether they were looked at, in their order."""
        return self._store.marks.of([self._key(name) for name in names])

    def collections(self) -> list[Collection]:
        """Every collection, folder and tag with its number of papers."""
        return self._once(
            "collections", lambda: [Collection(*found) for found in self._store.marks.names()], marked=True
        )

    def members(self, kind: Kind) -> dict[str, NDArray[np.int64]]:
        """Collections, folders or tags, whichever `kind` says, and the rows of the papers on the map in each, (m,)."""
        return {name: np.flatnonzero(self.current.rows(keys)) for name, keys in self._store.marks.members(kind).items()}

    def seen(self) -> int:
        """How many papers were looked at."""
        return self._store.marks.count_seen()

    def merged(self, k: int | None = None) -> list[Paper]:
        """Papers made of several records, the latest merge first, at most `k`."""
        return self._store.papers(self._store.records.merged()[:k])

    def records(self, name: str) -> list[Record]:
        """What each file said of the paper that answers to `name`, and why it was taken for the same."""
        return self._store.records.of(self._key(name))

    def review(self, k: int | None = None) -> list[Pair]:
        """Pairs of papers that may be one but were not merged, as their texts are near-copies; the likeliest first."""
        apart = self._store.records.apart()
        pairs = [(int(a), int(b)) for a, b in self.current.near if (int(a), int(b)) not in apart]
        papers = {key: found for pair in pairs for key in pair for found in self._store.papers([key])}
        offered = [
            (abstract_overlap(papers[a].abstract, papers[b].abstract) or 0.0, a, b)
            for a, b in pairs
            if a in papers and b in papers
        ]
        offered.sort(key=lambda pair: (-pair[0], pair[1:]))
        return [Pair(papers[a], papers[b], _why_near(shared)) for shared, a, b in offered[:k]]

    def info(self) -> Info:
        """Counts, encoder, files and imports."""
        info = self._once("info", self._info)
        return replace(info, hidden=len(self._once("hidden", self._store.marks.hidden, marked=True)))

    def _info(self) -> Info:
        encoder = self._store.setting("encoder") or self._encoder.name
        revision = self._store.setting("revision")
        version = self.version
        return Info(
            papers=self._store.count(),
            vectors=self._store.count_vectors(encoder, revision),
            without_abstract=self._store.count_without("abstract"),
            without_title=self._store.count_without("title"),
            encoder=encoder,
            revision=revision,
            on_map=len(self.current.keys) if version else 0,
            provisional=int((~self.current.drawn).sum()) if version else 0,
            merged=len(self._store.records.merged()),
            hidden=0,
            files=tuple(self._store.files()),
            imports=tuple(self._store.imports()),
        )

    def venues(self) -> list[tuple[str, int]]:
        """Venues with their number of papers, the commonest first."""
        return self._once("venues", self._store.venues)

    def problems(self, number: int | None = None) -> list[Problem]:
        """Problems of the import with this number, by default of the latest."""
        imports = self._store.imports()
        if number is None and not imports:
            return []
        return self._store.problems(imports[0].number if number is None else number)


def _why_near(shared: float) -> str:
    return f"{shared:.0%} of the shorter abstract’s words are in the other" if shared else "nearly the same meaning"


def papers_at(store: Store, build: Snapshot, rows: Sequence[int]) -> list[Paper]:
    return store.papers(build.keys[np.asarray(rows, np.int64)].tolist())


def _in_topic(topics: Topics, name: str) -> NDArray[np.bool_]:
    """Rows whose topic, on any level, is called `name`; else those whose label contains it."""
    wanted = fold(name)
    for matches in (wanted.__eq__, lambda label: wanted in label):
        found = [
            np.isin(level.assignment, [i for i, label in enumerate(level.labels) if matches(fold(label))])
            for level in topics.levels
        ]
        mask = np.logical_or.reduce(found)
        if mask.any():
            return np.asarray(mask, bool)
    raise LibraryError(f"no topic is called {name!r}; see: explorer topics")
