"""Which papers of a library were retracted, doubted or corrected: by their records, and by a table the user has.

Always true: nothing is fetched; papers and table meet by DOI and PubMed id alone; no paper is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from explorer.filter import STATES
from explorer.paper import Paper
from explorer.store import Store


@dataclass(frozen=True, slots=True)
class Affected:
    """A paper of the library with its state (of `explorer.filter.STATES`), when it came about, and the reason."""

    paper: Paper
    state: str
    date: str = ""
    reason: str = ""


class LibraryNotices:
    """What became of the papers of an open library."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, file: str | Path) -> int:
        """Take in the table of Retraction Watch, in place of the one before; how many ids it tells something of.

        Raises UnreadableFile when the file is no such table.
        """
        from explorer.readers.retractions import events

        self._store.notices.put(chain.from_iterable(event.rows() for event in events(file)))
        return self._store.notices.count()

    def all(self, states: Sequence[str] = STATES) -> list[Affected]:
        """The papers in these states, the gravest state first, each once for its gravest."""
        seen: set[int] = set()
        affected: list[Affected] = []
        for state in states:
            keys = sorted(self._store.notices.matching(state) - seen)
            seen.update(keys)
            for paper in self._store.papers.fetch(keys):
                reasons = [(date, why) for word, date, why in self._store.notices.reasons(paper) if word == state]
                affected.append(Affected(paper, state, *(reasons[-1] if reasons else ())))
        return affected
