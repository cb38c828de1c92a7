"""What the verbs of a library tell: progress, what came of an import, what is in it, what is marked.

Holds frozen values only. Always true: of an import, read = added + merged + updated + unchanged + lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from explorer.paper import Paper, Problem
from explorer.store import Counts, Import, Kind


@dataclass(frozen=True, slots=True)
class Step:
    """Progress of slow work: what is being done, how many of how many, and the share of the work (0 to 1)."""

    stage: str
    done: int
    total: int
    share: float


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class Report(Counts):
    """What came of the records of an import: its counts and its problems.

    A problem with record 0 is a remark on the file; no record was lost by it.
    """

    problems: tuple[Problem, ...] = ()

    @property
    def lost(self) -> int:
        """Number of records that could not be read."""
        return sum(problem.record > 0 for problem in self.problems)

    @property
    def words(self) -> str:
        """The counts in a sentence; what is nought is left out, but for the first two."""
        parts = [f"{self.added:,} added", f"{self.merged + self.unchanged:,} already here"]
        parts += [f"{self.updated:,} updated"] * bool(self.updated)
        parts += [f"{self.removed:,} removed"] * bool(self.removed)
        parts += [f"{self.lost:,} could not be read"] * bool(self.lost)
        without = f"; {self.without_abstract:,} without an abstract" if self.without_abstract else ""
        return f"{', '.join(parts)}, of {self.read:,} record{'' if self.read == 1 else 's'}{without}"


@dataclass(frozen=True)
class Info:
    """What is in a library."""

    papers: int
    vectors: int
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


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection, folder or tag with its number of papers."""

    kind: Kind
    name: str
    papers: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two papers that may be one, and why it is thought so."""

    one: Paper
    other: Paper
    reason: str
