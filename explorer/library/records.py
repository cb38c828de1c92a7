"""What the files said: which records are one paper, which might be, what an import changed, and how to take it back.

Takes exact ids and record numbers. Always true: a change is committed whole before index and map follow it; what is
taken away can be brought back until the next import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from explorer.errors import LibraryError
from explorer.identity import abstract_overlap
from explorer.library.encoder import LibraryEncoder
from explorer.library.marks import keys_of
from explorer.library.report import Info, Pair, Progress
from explorer.library.snapshot import CurrentSnapshot
from explorer.paper import Paper, Problem
from explorer.store import Import, Record, Store

Build = Callable[[Progress | None], None]
"""Brings index, map and topics up to date."""


class LibraryRecords:
    """The records and imports of an open library. All ids are exact; UnknownPaper for one that is not there."""

    def __init__(self, store: Store, snapshot: CurrentSnapshot, encoder: LibraryEncoder, build: Build) -> None:
        self._store = store
        self._snapshot = snapshot
        self._encoder = encoder
        self._build = build

    def of(self, ids: Sequence[str]) -> list[list[Record]]:
        """What each file said of these papers, and why it was taken for the same, in their order."""
        return self._store.records.of(keys_of(self._store, ids))

    def merged(self, k: int | None = None) -> list[Paper]:
        """Papers made of several records, the latest merge first, at most `k`."""
        return self._store.papers.fetch(self._store.records.merged()[:k])

    def review(self, k: int | None = None) -> list[Pair]:
        """Pairs of papers that may be one but were not merged, as their texts are near-copies; the likeliest first."""
        apart = self._store.records.apart()
        pairs = [pair for pair in map(tuple, self._snapshot.arrays.near.tolist()) if pair not in apart]
        papers = self._store.papers.by_key(sorted({key for pair in pairs for key in pair}))
        here = [(a, b) for a, b in pairs if a in papers and b in papers]
        overlaps = {(a, b): abstract_overlap(papers[a].abstract, papers[b].abstract) or 0.0 for a, b in here}
        best = sorted(here, key=lambda pair: (-overlaps[pair], pair))[:k]
        return [Pair(papers[a], papers[b], _why_near(overlaps[a, b])) for a, b in best]

    def split(self, number: int, *, progress: Progress | None = None) -> Paper:
        """Make a paper of its own of record `number` (see `of`), for good. Raises LibraryError when it is none."""
        with self._store.transaction():
            key = self._store.records.split(number)
        self._build(progress)
        return self._store.papers.fetch([key])[0]

    def join(self, paper_id: str, other_id: str, *, progress: Progress | None = None) -> Paper:
        """Make one paper of two; `split` undoes it. Raises LibraryError when they are one already."""
        home, second = keys_of(self._store, [paper_id, other_id])
        if home == second:
            raise LibraryError(f"{paper_id!r} and {other_id!r} are the same paper already")
        with self._store.transaction():
            self._store.records.join(home, second)
        self._build(progress)
        return self._store.papers.fetch([home])[0]

    def keep_apart(self, paper_id: str, other_id: str) -> None:
        """Remember that two papers are not one: they are not offered for review again."""
        self._store.records.keep_apart(*keys_of(self._store, [paper_id, other_id]))

    def remove(self, *ids: str, progress: Progress | None = None) -> list[Paper]:
        """Take papers out of the library; they are returned. `undo` brings them back until the next import."""
        keys = keys_of(self._store, list(dict.fromkeys(ids)))
        papers = self._store.papers.fetch(keys)
        number = self._store.imports.begin([paper.id for paper in papers], now(), "remove")
        with self._store.transaction():
            self._store.records.remove(keys, number)
        self._store.imports.end(number, now(), len(keys))
        self._build(progress)
        return papers

    def undo(self, *, progress: Progress | None = None) -> Import:
        """Bring the library back to what it was before the latest import, sync or removal, which is returned.

        Marks and notes stay. Raises LibraryError when there is nothing to undo: only the latest change can be.
        """
        chain = self._store.imports.undoable()
        if not chain:
            raise LibraryError("there is nothing to undo: only the latest import, sync or removal can be, and once")
        self._store.imports.undo([change.number for change in chain], now())
        self._build(progress)
        return chain[-1]

    def undoable(self) -> list[Import]:
        """The latest import, if it can be undone, after those it went on with: all are undone together."""
        return self._store.imports.undoable()

    def problems(self, number: int | None = None) -> list[Problem]:
        """Problems of the import with this number, by default of the latest."""
        imports = self._store.imports.all()
        if number is None and not imports:
            return []
        return self._store.imports.problems(imports[0].number if number is None else number)

    def info(self) -> Info:
        """Counts, encoder, files and imports."""
        hidden = self._snapshot.once("hidden", self._store.marks.hidden, marked=True)
        return replace(self._snapshot.once("info", self._info), hidden=len(hidden))

    def _info(self) -> Info:
        store, (encoder, revision) = self._store, self._encoder.stored
        encoder = encoder or self._encoder.name
        arrays = self._snapshot.arrays if self._snapshot.version else None
        return Info(
            papers=store.papers.count(), vectors=store.vectors.count(encoder, revision),
            without_abstract=store.papers.count("abstract"), without_title=store.papers.count("title"),
            encoder=encoder, revision=revision, on_map=len(arrays.keys) if arrays else 0,
            provisional=int((~arrays.drawn).sum()) if arrays else 0, merged=len(store.records.merged()), hidden=0,
            files=tuple(store.papers.files()), imports=tuple(store.imports.all()),
        )  # fmt: skip


def now() -> str:
    """The time in UTC, as it is stored."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _why_near(overlap: float) -> str:
    return f"{overlap:.0%} of the shorter abstract’s words are in the other" if overlap else "nearly the same meaning"
