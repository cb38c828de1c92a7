"""What the verbs of a library tell: progress, what came of an import, what is in it, what is marked.

Holds frozen values only. Always true: of an import, read = added + merged + updated + unchanged + lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from embeddings.graph import Recall
from explorer.map.drift import Drift
from explorer.paper import Paper, Problem
from explorer.store import Counts, Import, Kind, Record


@dataclass(frozen=True, slots=True)
class Step:
    """Progress of slow work: what is being done, how many of how many, and the share of the work (0 to 1).

    `note`: what has become of it for whoever searches meanwhile, in words; mostly empty.
    """

    stage: str
    done: int
    total: int
    share: float
    note: str = ""


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class Report(Counts):
    """What came of the records of an import: its counts, its problems, and the files that could not be read.

    A problem with record 0 is a remark on the file; no record was lost by it. `repeats`: those of the merged that were
    not there before, but twice in what was read.
    """

    problems: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()
    repeats: int = 0

    @property
    def lost(self) -> int:
        """Number of records that could not be read."""
        return sum(problem.record > 0 for problem in self.problems)

    @property
    def words(self) -> str:
        """The counts in a sentence; what is nought is left out, but for the first two."""
        parts = [f"{self.added:,} added", f"{self.merged + self.unchanged - self.repeats:,} already here"]
        parts += [f"{self.repeats:,} twice in what was read"] * bool(self.repeats)
        parts += [f"{self.updated:,} updated"] * bool(self.updated)
        parts += [f"{self.removed:,} removed"] * bool(self.removed)
        parts += [f"{self.lost:,} could not be read"] * bool(self.lost)
        without = f"; {self.without_abstract:,} without an abstract" if self.without_abstract else ""
        without += f"; not read: {', '.join(self.unread)}" if self.unread else ""
        return f"{', '.join(parts)}, of {self.read:,} record{'' if self.read == 1 else 's'}{without}"


@dataclass(frozen=True)
class Info:
    """What is in a library; `precisions`: how many papers have a vector of each precision; `drift`: of the map, None
    where all papers are drawn; `recall`: of the neighbours that map and search use, None where it was not measured."""

    papers: int
    vectors: int
    precisions: tuple[tuple[str, int], ...]
    without_abstract: int
    without_title: int
    encoder: str
    revision: str
    on_map: int
    provisional: int
    merged: int
    hidden: int
    files: tuple[tuple[str, int], ...]
    imports: tuple[Import, ...] = field(repr=False)
    drift: Drift | None = None
    recall: Recall | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection, folder or tag with its number of papers."""

    kind: Kind
    name: str
    papers: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A record that was merged into a paper and seems to be of another, and why it seems so."""

    paper: Paper
    record: Record
    reason: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two papers that may be one, and why it is thought so."""

    one: Paper
    other: Paper
    reason: str


def now() -> str:
    """The time in UTC, as it is stored."""
    return datetime.now(UTC).isoformat(timespec="seconds")
