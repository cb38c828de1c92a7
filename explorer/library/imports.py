"""Reading files into a library: each record joins its paper, in transactions of some hundred records.

Knows readers and the store, not vectors or maps. Always true: a bad record is a `Problem` of the report and is kept in
the library's list of imports; what was committed survives a kill, and the same import goes on from there.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import UnreadableFile
from explorer.library.report import Progress, Report, Step, now
from explorer.paper import Paper, Problem
from explorer.store import Counts, Outcome, Store
from explorer.store.backups import is_large

_BATCH = 500  # records in one transaction while reading


@dataclass(frozen=True, slots=True)
class ImportSource:
    """The records of one argument of `add`, under the name they are remembered by."""

    origin: str
    records: Iterable[Paper | Problem]

    @classmethod
    def of(cls, file: str | Path | Iterable[Paper], columns: Mapping[str, str] | None) -> ImportSource:
        """The records of a file, or papers. Raises UnreadableFile for a file in no known format."""
        if isinstance(file, (str, Path)):
            from explorer.readers import read  # all formats: an open library that only answers needs none

            return cls(Path(file).resolve().name or str(file), read(file, columns))
        return cls("(papers)", iter(file))


def readable(
    files: Sequence[str | Path | Iterable[Paper]], columns: Mapping[str, str] | None
) -> tuple[list[ImportSource], list[Problem]]:
    """The sources that can be read, and why the rest cannot. Raises UnreadableFile when none can."""
    sources: list[ImportSource] = []
    refused: list[tuple[str, UnreadableFile]] = []
    for file in files:
        try:
            sources.append(ImportSource.of(file, columns))
        except UnreadableFile as error:
            refused.append((Path(str(file)).name or str(file), error))
    if refused and not sources:
        raise UnreadableFile("; ".join(str(error) for _, error in refused))
    return sources, [Problem(name, 0, 0, f"was not read. {error}") for name, error in refused]


class Importer:
    """Reads records into an open library; `unread` are the files that were to be read as well and cannot be."""

    def __init__(self, store: Store, unread: Sequence[Problem] = ()) -> None:
        self._store = store
        self._unread = unread

    def run(
        self,
        sources: Sequence[ImportSource],
        progress: Progress,
        *,
        sync: bool = False,
        committed: Callable[[int], None] | None = None,
    ) -> Report:
        """Take in all records; with `sync`, take away what these files gave earlier and do not hold any more.

        `committed` is called after each transaction with the number of papers added so far.
        """
        origins = [source.origin for source in sources]
        number = self._store.imports.begin(origins, now(), "sync" if sync else "add")
        counts: Counter[str] = Counter()
        problems = [*self._store.imports.problems(number), *self._unread]
        with self._store.transaction():
            for problem in self._unread:
                self._store.imports.put_problem(number, problem)
        records = ((source.origin, record) for source in sources for record in source.records)
        backed_up = False
        papers = self._store.papers.count()
        while batch := list(itertools.islice(records, _BATCH)):
            with self._store.transaction():
                for origin, record in batch:
                    counts.update(self._take(origin, record, number, problems, exact=sync))
                self._store.imports.count(number, Counts(**counts))
                rewritten = counts["updated"] + counts["merged"]
                if not backed_up and is_large(rewritten, papers):  # the copy is of what was committed before this
                    backed_up = True
                    self._store.back_up("so many papers are rewritten")
            progress(Step("Reading", counts["read"], 0, 0.0))
            if committed:
                committed(counts["added"])
        if sync:
            counts["removed"] = self._sweep(origins, number, problems)
        self._store.imports.end(number, now(), counts["removed"])
        repeats = min(self._store.imports.repeats(number), counts["merged"])
        unread = tuple(problem.file for problem in self._unread)
        return Report(**counts, problems=tuple(problems), unread=unread, repeats=repeats)

    def trial(self, sources: Sequence[ImportSource], progress: Progress, *, sync: bool = False) -> Report:
        """The report of an import that is rolled back."""
        reports: list[Report] = []
        with suppress(_RollBack), self._store.transaction():
            reports.append(self.run(sources, progress, sync=sync))
            raise _RollBack
        return reports[0]

    def _take(
        self, origin: str, record: Paper | Problem, number: int, problems: list[Problem], *, exact: bool
    ) -> dict[str, int]:
        """Take in one record; what it adds to the counts."""
        if isinstance(record, Problem):
            self._store.imports.put_problem(number, record)
            problems.append(record)
            return {"read": int(record.record > 0)}  # 0: a remark on the file, no record was lost
        outcome: Outcome = self._store.records.put(record, number, origin, exact=exact)
        return {"read": 1, outcome.value: 1, "without_abstract": int(not record.abstract)}

    def _sweep(self, origins: Sequence[str], number: int, problems: list[Problem]) -> int:
        """Remove what the files do not hold any more; nothing while a record of theirs could not be read."""
        with self._store.transaction():
            stale = self._store.records.stale(origins, number)
            if stale and any(problem.record for problem in problems):
                reason = (
                    f"{len(stale):,} records are not in the file any more, but were kept, as some of its records could "
                    "not be read. Mend those, and sync again"
                )
                problems.append(Problem(", ".join(origins), 0, 0, reason))
                self._store.imports.put_problem(number, problems[-1])
                return 0
            self._store.back_up("so many papers are removed", len(stale))
            return self._store.records.drop(stale, number)


class _RollBack(Exception):
    """Ends a trial."""
