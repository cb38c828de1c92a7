"""Regions of an open library: what a topic, an area, a collection or the papers of some years are about, and two of
them side by side.

Joins snapshot and store with the counting of `explorer.regions`. Always true: nothing is written; hidden papers are in
no region unless a collection or tag is named; all figures are of the same state of the library.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.errors import LibraryError
from explorer.filter import Filter, Pattern, Phrase, Prefix
from explorer.library.facets import Facet, facets
from explorer.library.snapshot import Area, CurrentSnapshot, momentary
from explorer.library.topics import Portion, portions
from explorer.paper import Paper
from explorer.search.parse import Query, parse
from explorer.store import Store

if TYPE_CHECKING:  # loaded by who asks for a region: a question needs none of it
    from explorer.regions.comparison import Difference
    from explorer.regions.growth import Growth
    from explorer.regions.terms import Term

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

_LISTED = 5  # papers, typical and newest
_AUTHORS = _PARTS = 8  # authors, and topics within a region
_SIGNED = 5_000  # papers whose authors are counted
_COMPARED = 60  # topics that two regions are compared on, about: more tests find less


@dataclass(frozen=True)
class Neighbour:
    """A topic beside a region: the share of the links out of the region that lead there, and papers between."""

    label: str
    share: float
    between: tuple[Paper, ...]


@dataclass(frozen=True)
class Portrait:
    """What the papers of a region are about, against all others of the library.

    `authors`: each with its number of papers, among the region's first `signed`; `facets`: its venues and files.
    """

    papers: int
    library: int
    terms: tuple[Term, ...]
    growth: Growth
    topics: tuple[Portion, ...]
    typical: tuple[Paper, ...]
    newest: tuple[Paper, ...]
    authors: tuple[tuple[str, int], ...]
    signed: int
    facets: tuple[Facet, ...]
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True)
class Contrast:
    """A topic and how differently two regions stand in it."""

    label: str
    difference: Difference


@dataclass(frozen=True)
class Comparison:
    """Two regions side by side; `common` is the number of papers in both, which count for neither.

    `contrasts` are about the topics of level number `level`, from the finest.
    """

    first: int
    second: int
    common: int
    terms_of_first: tuple[Term, ...]
    terms_of_second: tuple[Term, ...]
    terms_of_both: tuple[Term, ...]
    level: int
    contrasts: tuple[Contrast, ...]
    between: tuple[Paper, ...]


class LibraryRegions:
    """The regions of an open library. A region is a mask of rows, see `named` and `within`."""

    def __init__(self, store: Store, snapshot: CurrentSnapshot) -> None:
        self._store = store
        self._snapshot = snapshot

    @momentary
    def named(self, name: str) -> Mask:
        """The rows (n,) bool that `name` means: conditions as in the search box (topic:"…", year:2015..2018, in:"…",
        file:…, author:…), or plain words for a topic.

        Raises LibraryError for a topic that is not there, for a question, and when nothing passes; BadQuery when it
        does not parse.
        """
        query = parse(name)
        within = query.within if query.within else Filter(topic=name.strip())
        if not name.strip() or (query.within and _bare(query)):
            raise LibraryError(
                f'{name!r} is no set of papers; name a topic, or conditions: topic:"…", year:2015..2018, in:"…", file:…'
            )
        return self.within(within, named=name)

    @momentary
    def within(self, within: Filter, area: Area = (), *, named: str = "") -> Mask:
        """The rows (n,) bool that pass a filter and lie in an area of the map. Raises LibraryError when none do."""
        rows = self._passing(within, area)
        if not rows.any():
            raise LibraryError(f"no paper passes {named or 'the filters'}; widen it, or see: explorer topics")
        return rows

    @momentary
    def portrait(self, region: Mask) -> Portrait:
        """What the papers of `region` (n,) are about, against the others that are not hidden."""
        from explorer.regions.growth import growth_of
        from explorer.regions.terms import telling_terms

        snapshot, arrays = self._snapshot, self._snapshot.arrays
        rows, rest = np.flatnonzero(region), self._passing() & ~region
        papers = snapshot.papers(rows[:_SIGNED].tolist())
        names = Counter(author for paper in papers for author in paper.authors)
        years = snapshot.years()
        typical = rows[np.argsort(-arrays.typical[rows].astype(np.int64), kind="stable")[:_LISTED]]
        newest = rows[np.argsort(-years[rows], kind="stable")[:_LISTED]]
        newest = newest[years[newest] > 0]
        common, recent = (tuple(snapshot.papers(some.tolist())) for some in (typical, newest))
        return Portrait(
            len(rows), len(arrays.keys),
            tuple(telling_terms(region, rest, self._texts, self._holders)),
            growth_of(years[region], years[region | rest]),
            tuple(portions(arrays.topics, rows)[:_PARTS]), common, recent,
            tuple(names.most_common(_AUTHORS)), len(papers), facets(snapshot, rows), tuple(self._neighbours(region)),
        )  # fmt: skip

    @momentary
    def comparison(self, first: Mask, second: Mask) -> Comparison:
        """Two regions (n,) side by side. Raises LibraryError when either has no paper of its own."""
        from explorer.regions.borders import between
        from explorer.regions.terms import shared_terms, telling_terms

        both = first & second
        own, foreign = first & ~both, second & ~both
        if not own.any() or not foreign.any():
            raise LibraryError("all papers of a set are in the other, too; there is nothing to compare")
        rest = self._passing() & ~(first | second)
        shared = shared_terms(own, foreign, rest, self._texts, self._holders) if rest.any() else []
        level, contrasts = self._contrasts(own, foreign)
        papers = self._snapshot.papers
        return Comparison(
            int(first.sum()), int(second.sum()), int(both.sum()),
            tuple(telling_terms(own, foreign, self._texts, self._holders)),
            tuple(telling_terms(foreign, own, self._texts, self._holders)),
            tuple(shared), level, tuple(contrasts),
            tuple(papers(between(own, foreign, self._snapshot.arrays.neighbours, 8))),
        )  # fmt: skip

    # --------------------------------------------------------------------------------------------------- inside

    def _passing(self, within: Filter | None = None, area: Area = ()) -> Mask:
        """The rows that pass; without a filter, those that are not hidden."""
        mask = self._snapshot.mask(within, area)
        return np.ones(len(self._snapshot.arrays.keys), bool) if mask is None else mask

    def _texts(self, rows: Rows) -> Sequence[str]:
        return [f"{paper.title}. {paper.abstract}" for paper in self._snapshot.papers(rows.tolist())]

    def _holders(self, phrase: str) -> Mask:
        arrays = self._snapshot.arrays
        return np.logical_or(
            *(arrays.keywords.holding(_plain(phrase), arrays.keys, name) for name in ("title", "abstract"))
        )

    def _neighbours(self, region: Mask) -> list[Neighbour]:
        from explorer.regions.borders import borders, level_beside

        arrays = self._snapshot.arrays
        if not arrays.topics.levels:
            return []
        level = arrays.topics.levels[level_beside(region, [each.assignment for each in arrays.topics.levels])]
        return [
            Neighbour(level.labels[each.topic], each.share, tuple(self._snapshot.papers(each.between)))
            for each in borders(region, arrays.neighbours, level.assignment)
        ]

    def _contrasts(self, first: Mask, second: Mask) -> tuple[int, list[Contrast]]:
        """The number of the level whose topics are compared, and how differently the two stand in each."""
        from explorer.regions.comparison import differences

        levels = self._snapshot.arrays.topics.levels
        if not levels:
            return 0, []
        depth = min(range(len(levels)), key=lambda each: abs(np.log(len(levels[each].labels) / _COMPARED)))
        level = levels[depth]
        compared = differences(first, second, level.assignment)
        return depth, [Contrast(level.labels[each.topic], each) for each in compared]


def _bare(query: Query) -> set[str]:
    """The words of a question that are no part of a condition, as those of title:… are."""
    conditions = (part.text for part in query.within.demands() if isinstance(part, Phrase | Prefix | Pattern))
    return set(query.text.split()).difference(*(text.split() for text in conditions))


def _plain(phrase: str) -> str:
    """The words of a phrase without an acronym in brackets behind them."""
    return phrase.partition(" (")[0]
