"""Candidates: the papers that a record may be part of, by what the records of each say.

Decides by `explorer.identity`; reads the tables identities and records, changes nothing. Always true: a record joins a
paper only when some record of the paper matches it and none forbids it, so that no chain of likenesses joins two works.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from explorer.identity import ID_NAMES, Match, identities, match, veto
from explorer.paper import Paper
from explorer.store import rows
from explorer.store.checksums import SOUND
from explorer.store.database import Database, Table
from explorer.store.papers import PaperTable

_CROWD = 5  # papers that share an identity: a wrong DOI on a whole volume is no sign of anything
_MOST = 50  # papers looked at for one identity; more share only boilerplate, "No abstract is available" say


@dataclass(frozen=True, slots=True)
class Refusal:
    """Two papers that might have been merged and were not: their keys, the smaller first; `by_id`: they share an id."""

    pair: tuple[int, int]
    by_id: bool
    why: str


@dataclass(frozen=True)
class Identified:
    """The identities of all papers of a library as `numbers` (m,) ascending with the `keys` (m,) of the papers.

    `texts` are hashes of the papers' texts, by key.
    """

    numbers: NDArray[np.int64]
    keys: NDArray[np.int64]
    texts: dict[int, str]

    def alike(self, key: int) -> tuple[str, tuple[int, ...]]:
        """What two papers have in common that say the same: text and identities."""
        return self.texts.get(key, ""), self._sets.get(key, ())

    @cached_property
    def _sets(self) -> dict[int, tuple[int, ...]]:
        sets: dict[int, tuple[int, ...]] = {}
        for identity, key in zip(self.numbers.tolist(), self.keys.tolist(), strict=True):
            sets[key] = (*sets.get(key, ()), identity)
        return sets


class Candidates(Table):
    """Which papers a record may be part of, in an open library."""

    def __init__(self, database: Database, papers: PaperTable) -> None:
        super().__init__(database)
        self._papers = papers

    def of(self, paper: Paper) -> list[int]:
        """Keys of the papers that a record like `paper` would join, strongest reason first."""
        return [key for key, _ in self.matches(paper)]

    def matches(self, paper: Paper) -> Iterator[tuple[int, Match]]:
        """Keys of the papers that `paper` is the same as, strongest reason first."""
        done: set[int] = set()
        for identity in identities(paper):
            sql = "SELECT paper FROM identities WHERE identity = ? ORDER BY paper LIMIT ?"
            for key in self._column(sql, rows.number(identity), _MOST):
                if key in done:
                    continue
                records = self.statements(key)
                if any(veto(record, paper) for record in records):
                    done.add(key)
                elif why := next(filter(None, (match(record, paper, identity) for record in records)), None):
                    done.add(key)
                    yield key, why

    def may_join(self, first: int, second: int) -> bool:
        """Whether no record of either paper forbids that the two are joined, nor the user."""
        if self._row("SELECT 1 FROM apart WHERE one = ? AND other = ?", *sorted((first, second))):
            return False
        theirs = self.statements(second)
        return not any(veto(record, other) for record in self.statements(first) for other in theirs)

    def refused(self) -> list[Refusal]:
        """Pairs of papers that share an id, or title and first author, and are two; those that share an id first.

        What more than _CROWD papers share tells nothing.
        """
        sql = """SELECT DISTINCT identity, paper FROM identities WHERE identity IN
                 (SELECT identity FROM identities GROUP BY identity HAVING COUNT(DISTINCT paper) BETWEEN 2 AND ?)
                 ORDER BY identity, paper"""
        sharing: dict[int, list[int]] = {}
        for identity, key in self._run(sql, _CROWD):
            sharing.setdefault(identity, []).append(key)
        pairs = sorted({pair for keys in sharing.values() for pair in combinations(keys, 2)})
        refusals = [refusal for pair in pairs if (refusal := self._refusal(pair))]
        return sorted(refusals, key=lambda refusal: not refusal.by_id)

    def _refusal(self, pair: tuple[int, int]) -> Refusal | None:
        ours, theirs = map(self.statements, pair)
        keys = {key for paper in theirs for key in identities(paper)}
        shared = next((key for paper in ours for key in identities(paper) if key in keys), "")
        kind, _, value = shared.partition(":")
        if kind in ("", "text", "bare"):
            return None
        forbids = next(filter(None, (veto(a, b) for a in ours for b in theirs)), "too little else agrees")
        common = "same title and first author" if kind == "title" else f"same {ID_NAMES[kind]}, {value}"
        return Refusal(pair, kind != "title", f"{common}, but: {forbids}")

    def statements(self, key: int) -> list[Paper]:
        """What the records of a paper say, in the order they came; of a paper of a single record, the paper."""
        sql = f"SELECT said, {SOUND['records']} FROM records WHERE paper = ? ORDER BY number"
        texts = [text for (text,) in self._sound("records", self._run(sql, key))]
        return self._papers.fetch([key]) if None in texts else [rows.stated(text) for text in texts]


def identified(candidates: Candidates) -> Identified:
    """The identities of all papers."""
    table = np.array(candidates._run("SELECT identity, paper FROM identities ORDER BY 1, 2").fetchall(), np.int64)
    table = table.reshape(-1, 2)
    texts = dict(candidates._run("SELECT key, text_hash FROM papers").fetchall())
    return Identified(table[:, 0], table[:, 1], texts)
