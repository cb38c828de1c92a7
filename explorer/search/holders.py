"""The scores by words of the rows that are wanted, and the rows that hold the words best, in a large word index.

Holds how they are found without reading every paper that holds a common word. Knows segments and rows, not queries or
vectors. Always true: a score is that of `Bm25.query`, to the last bits of a float; the best are exactly the best
(MaxScore, Turtle & Flood 1995): what is not counted for a row could not bring it among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import places_in
from explorer.search.segment import Segment
from explorer.search.words import WordIndex

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
_COMMON = 10_000  # entries left from which on it pays to ask whether they can still change who is best


@dataclass(frozen=True)
class Counted:
    """A word of a query: its `weight`, and in each segment the numbers of its forms in texts and in names."""

    weight: float
    text: tuple[tuple[int, ...], ...]
    names: tuple[tuple[int, ...], ...]
    entries: int  # all that there are

    @property
    def most(self) -> float:
        """More than a paper can score by it, before the factor that all scores have."""
        return self.weight * (1 + any(map(bool, self.names)))


@dataclass(frozen=True)
class Held:
    """How well papers hold some words, where it is looked up: `words`, those with the fewest entries first.

    `norms` (r,) are added to counts in texts, `k1` to counts in names; `rows` (n,) are those of n papers in the index.
    """

    index: WordIndex
    words: Sequence[Counted]
    norms: Floats
    k1: float
    rows: Rows
    before: list[tuple[Rows, Floats]] = field(default_factory=list, repr=False)  # what was looked up last

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, papers: Rows) -> Floats:
        """The scores of `papers` (c,) ascending, (c,); those of the call before are not looked up again."""
        before, scores = self.before[-1] if self.before else (papers[:0], np.zeros(0, np.float32))
        at = places_in(before, papers)
        there = at >= 0
        result = np.empty(len(papers), np.float32)
        result[there] = scores[at[there]]
        result[~there] = self._added(papers[~there], self.words)
        self.before[:] = [(papers, result)]
        return result

    def best(self, depth: int, allowed: Mask | None = None) -> Rows:
        """The papers `allowed` (n,) with the `depth` highest scores above 0, ascending; equals of the last, too."""
        total = np.zeros(len(self.norms), np.float32)
        left = sum(word.most for word in self.words) * (self.k1 + 1)
        unread, fresh = sum(word.entries for word in self.words), len(total)
        for place, word in enumerate(self.words):
            # To ask costs as much as to read a tenth as many entries as there are papers.
            if place and unread > _COMMON and fresh > len(total) // 10:
                fresh = 0
                papers, least = self._so_far(total, depth, allowed)
                if left < least:  # who holds none of the words so far is not among them
                    return self._completed(papers[total[self.rows[papers]] + left >= least], total, place, depth)
            self._count(word, total)
            left -= word.most * (self.k1 + 1)
            unread, fresh = unread - word.entries, fresh + word.entries
        papers, least = self._so_far(total, depth, allowed)
        return papers[total[self.rows[papers]] >= least]

    def _so_far(self, total: Floats, depth: int, allowed: Mask | None) -> tuple[Rows, float]:
        """Papers with a score, ascending, and the lowest of the `depth` highest; 0 where they are fewer."""
        scores = total[self.rows] if not self._in_order else total
        papers = np.flatnonzero(scores > 0 if allowed is None else (scores > 0) & allowed)
        if len(papers) <= depth:
            return papers, 0.0
        return papers, float(np.partition(scores[papers], len(papers) - depth)[len(papers) - depth])

    def _completed(self, papers: Rows, total: Floats, place: int, depth: int) -> Rows:
        """Those of `papers` that are among the `depth` best when the words from `place` on are counted, too."""
        scores = total[self.rows[papers]] + self._added(papers, self.words[place:])
        if len(papers) <= depth:
            return papers
        least = np.partition(scores, len(papers) - depth)[len(papers) - depth]
        return np.asarray(papers[scores >= least])

    @cached_property
    def _in_order(self) -> bool:
        return len(self.rows) == len(self.norms) and bool((self.rows == np.arange(len(self.rows))).all())

    def _count(self, word: Counted, total: Floats) -> None:
        """Add what `word` says of all rows of the index to `total` (r,)."""
        factor = np.float32(word.weight * (self.k1 + 1))
        text = self.index.counted(lambda segment: word.text[self._number(segment)])
        names = self.index.counted(lambda segment: word.names[self._number(segment)])
        total[text[0]] += factor * text[1] / (text[1] + self.norms[text[0]])
        total[names[0]] += factor * names[1] / (names[1] + np.float32(self.k1))

    def _number(self, segment: Segment) -> int:
        return next(number for number, each in enumerate(self.index.segments) if each is segment)

    def _added(self, papers: Rows, words: Sequence[Counted]) -> Floats:
        """What `words` say of `papers` (c,), (c,)."""
        scores = np.zeros(len(papers), np.float32)
        order = np.argsort(self.rows[papers], kind="stable")
        wanted = self.rows[papers][order]
        cuts = np.searchsorted(wanted, self.index.starts)
        for number, segment in enumerate(self.index.segments):
            places, own = order[cuts[number] : cuts[number + 1]], wanted[cuts[number] : cuts[number + 1]]
            if not len(own):
                continue
            local = (own - self.index.starts[number]).astype(np.int32)
            for word in words:
                factor = np.float32(word.weight * (self.k1 + 1))
                if word.text[number]:
                    text = _times(segment, word.text[number], local)
                    scores[places] += factor * text / (text + self.norms[own])
                if word.names[number]:
                    names = _times(segment, word.names[number], local)
                    scores[places] += factor * names / (names + np.float32(self.k1))
        return scores


def _times(segment: Segment, numbers: Sequence[int], rows: NDArray[np.int32]) -> Floats:
    """How often a ranking counts any of some words in `rows` (c,) of a segment, which ascend, (c,)."""
    total = np.zeros(len(rows), np.float32)
    for number in numbers:
        holders = segment.rows_of(number)
        few, many = (holders, rows) if len(holders) < len(rows) else (rows, holders)
        at = places_in(many, few)
        there = np.flatnonzero(at >= 0)
        wanted, own = (at[there], there) if few is holders else (there, at[there])
        total[wanted] += segment.counts_of(number)[own]
    return total
