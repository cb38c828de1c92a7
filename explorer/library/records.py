"""What the files said: which records are one paper, which might be, what an import changed, and how to take it back.

Takes exact ids and record numbers. Always true: a change is committed whole before index and map follow it; what is
taken away can be brought back until the next import.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from explorer.errors import LibraryError
from explorer.identity import abstract_overlap, doubtful, unsure
from explorer.library.encoder import LibraryEncoder
from explorer.library.marks import keys_of
from explorer.library.report import Doubt, Info, Pair, Progress, now
from explorer.library.snapshot import CurrentSnapshot, arrays_or_none, momentary
from explorer.map.drift import drift_of
from explorer.paper import Paper, Problem
from explorer.store import BY_HAND, Import, Record, Store
from explorer.store.candidates import Refusal

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

    @momentary
    def review(self, k: int | None = None) -> list[Pair]:
        """Pairs of papers that may be one but were not merged: those with an id in common first, then those whose texts
        are near-copies, the likeliest first, then those with the same title and author.
        """
        apart = self._store.records.apart()
        refused = {each.pair: each for each in self._store.candidates.refused() if each.pair not in apart}
        pairs = [pair for pair in map(tuple, self._snapshot.arrays.near.tolist()) if pair not in apart]
        pairs = list(dict.fromkeys([*pairs, *refused]))
        papers = self._store.papers.by_key(sorted({key for pair in pairs for key in pair}))
        here = [(a, b) for a, b in pairs if a in papers and b in papers]
        overlaps = {(a, b): abstract_overlap(papers[a].abstract, papers[b].abstract) or 0.0 for a, b in here}
        by_id = {pair for pair, refusal in refused.items() if refusal.by_id}
        best = sorted(here, key=lambda pair: (pair not in by_id, -overlaps[pair], pair))[:k]
        return [Pair(papers[a], papers[b], _why(overlaps[a, b], refused.get((a, b)))) for a, b in best]

    @momentary
    def doubts(self) -> list[Doubt]:
        """Merges in doubt: those that the rules of today would not make, then those on little evidence, latest first.

        A library of an earlier version may hold some of the former. Nothing is split by itself; what was joined by hand
        is left out.
        """
        wrong, weak = list[Doubt](), list[Doubt]()
        for key in self._store.records.merged():
            records = self._store.records.of([key])[0]
            papers = [record.paper for record in records]
            for doubts, reasons in ((wrong, against := doubtful(papers)), (weak, unsure(papers))):
                doubts += [
                    Doubt(self._store.papers.fetch([key])[0], records[place], why)
                    for place, why in reasons.items()
                    if records[place].reason != BY_HAND and not (doubts is weak and place in against)
                ]
        return wrong + weak

    def split(self, number: int, *, progress: Progress | None = None) -> Paper:
        """Make a paper of its own of record `number` (see `of`), for good. Raises LibraryError when it is none."""
        return self._corrected(f"split {number}", lambda: self._store.records.split(number), progress)

    def join(self, paper_id: str, other_id: str, *, progress: Progress | None = None) -> Paper:
        """Make one paper of two; `split` undoes it. Raises LibraryError when they are one already."""

        def join() -> int:
            home, second = keys_of(self._store, [paper_id, other_id])
            if home == second:
                raise LibraryError(f"{paper_id!r} and {other_id!r} are the same paper already")
            self._store.records.join(home, second)
            return home

        return self._corrected(f"join {json.dumps([paper_id, other_id])}", join, progress)

    def _corrected(self, name: str, correct: Callable[[], int], progress: Progress | None) -> Paper:
        """The paper whose key `correct` gives; what a kill ended before index and map followed goes on."""
        with self._store.transaction():
            before, _, key = self._store.setting("correction").rpartition(" ")
            if before != name:
                key = str(correct())
                self._store.set(correction=f"{name} {key}")
        self._build(progress)
        return self._store.papers.fetch([int(key)])[0]

    def keep_apart(self, paper_id: str, other_id: str, *, apart: bool = True) -> None:
        """Remember that two papers are not one: they are not offered for review again; without `apart`, forget it."""
        self._store.records.keep_apart(*keys_of(self._store, [paper_id, other_id]), apart=apart)

    def remove(self, *ids: str, progress: Progress | None = None) -> list[Paper]:
        """Take papers out of the library; they are returned. `undo` brings them back until the next import."""
        ids = tuple(dict.fromkeys(ids))
        before = self._store.imports.interrupted()
        if before and (before.kind, before.files) == ("remove", ids):  # the same command, which was killed
            papers = self._store.records.taken(before.number)
        else:
            keys = keys_of(self._store, ids)
            papers = self._store.papers.fetch(keys)
            self._store.back_up("so many papers are removed", len(keys))
            with self._store.transaction():
                number = self._store.imports.begin(ids, now(), "remove")
                self._store.records.remove(keys, number)
                self._store.imports.end(number, now(), len(keys))
        self._build(progress)
        return papers

    def undo(self, *, progress: Progress | None = None) -> Import:
        """Bring the library back to what it was before the latest import, sync or removal, which is returned.

        Marks and notes stay. Raises LibraryError when there is nothing to undo: only the latest change can be.
        """
        verb, number = self._store.imports.underway
        if verb == "undo":  # the same command, which was killed
            self._build(progress)
            return next(change for change in self._store.imports.all() if change.number == number)
        chain = self._store.imports.undoable()
        if not chain:
            raise LibraryError("there is nothing to undo: only the latest import, sync or removal can be, and once")
        self._store.back_up("so much is undone", sum(each.added + each.updated + each.removed for each in chain))
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

    @momentary
    def info(self) -> Info:
        """Counts, encoder, files and imports."""
        hidden = self._snapshot.once("hidden", self._store.marks.hidden, marked=True)
        return replace(self._snapshot.once("info", self._info), hidden=len(hidden))

    def _info(self) -> Info:
        store, (encoder, revision) = self._store, self._encoder.stored
        encoder = encoder or self._encoder.name
        arrays = arrays_or_none(self._snapshot)
        provisional = arrays.embedded & ~arrays.drawn if arrays else np.zeros(0, bool)
        precisions = store.vectors.precisions(encoder, revision)
        return Info(
            papers=store.papers.count(), vectors=sum(precisions.values()), precisions=tuple(precisions.items()),
            without_abstract=store.papers.count("abstract"), without_title=store.papers.count("title"),
            encoder=encoder, revision=revision, on_map=int(arrays.embedded.sum()) if arrays else 0,
            provisional=int(provisional.sum()), merged=len(store.records.merged()), hidden=0,
            files=tuple(store.papers.files()), imports=tuple(store.imports.all()),
            drift=drift_of(arrays.trust, arrays.drawn, arrays.embedded) if arrays and provisional.any() else None,
            recall=arrays.recall if arrays else None,
        )  # fmt: skip


def _why(overlap: float, refusal: Refusal | None) -> str:
    """Why two papers may be the same."""
    words = f"{overlap:.0%} of the shorter abstract’s words are in the other" if overlap else ""
    return "; ".join(filter(None, (words, refusal.why if refusal else ""))) or "nearly the same meaning"


def repeats_of(records: LibraryRecords, done: Import) -> int:
    """How many records of an import joined a paper that it had brought itself: they were not in the library before."""
    return records._store.imports.repeats(done.number)
