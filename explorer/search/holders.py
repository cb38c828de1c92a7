"""The scores by words of the rows that are wanted, and the rows that hold the words best, in a large word index.

Holds how they are found without reading every paper that holds a common word. Knows segments and rows, not queries or
vectors. Always true: a score is that of `Bm25.query`, to the last bits of a float; the best are exactly the best
(MaxScore, Turtle & Flood 1995): what is not counted for a row could not bring it among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import places_in
from explorer.search.words import WordIndex

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Numbers = tuple[tuple[int, ...], ...]
"""Numbers of words, in each segment."""
_LATE = 80_000_000  # bytes of entries that are remembered: of a million papers those of forty common words
_SPARSE = 1 / 64  # share of the papers from which on a word has a count for all of them
_COMMON = 10_000  # entries left from which on it pays to ask whether they can still change who is best


@dataclass(frozen=True)
class Counted:
    """A word of a query: its `weight`, and in each segment the numbers of its forms in texts and in names."""

    weight: float
    text: Numbers
    names: Numbers
    entries: int  # all that there are

    @property
    def most(self) -> float:
        """More than a paper can score by it, before the factor that all scores have."""
        return self.weight * (1 + any(map(bool, self.names)))


@dataclass(frozen=True)
class Entries:
    """Who of r papers holds a word in any of its forms, and how often a ranking counts it there: `rows` (h,) ascending
    with their `counts` (h,), or, of a common word, the counts of all, (r,), which are looked up at once."""

    rows: Rows | None
    counts: Floats | NDArray[np.uint16]

    @cached_property
    def holders(self) -> int:
        """How many papers."""
        return int(np.count_nonzero(self.counts)) if self.rows is None else len(self.rows)

    @property
    def listed(self) -> tuple[Rows, Floats]:
        """Rows (h,) ascending and counts (h,)."""
        if self.rows is not None:
            return self.rows, np.asarray(self.counts, np.float32)
        rows = np.flatnonzero(self.counts != 0)
        return rows, self.counts[rows].astype(np.float32)

    def times(self, rows: Rows) -> Floats:
        """The counts of some `rows` (c,), (c,)."""
        if self.rows is None:
            return self.counts[rows].astype(np.float32)
        at = places_in(self.rows, rows)
        return (
            np.where(at >= 0, self.counts[at], 0).astype(np.float32)
            if len(self.rows)
            else np.zeros(len(at), np.float32)
        )


class Words:
    """The entries of words: read from the index, those that were wanted of late remembered."""

    def __init__(self, index: WordIndex) -> None:
        self._index = index
        self._late: dict[Numbers, Entries] = {}  # what was wanted last stands last
        self._size = 0
        self._lock = Lock()

    def of(self, numbers: Numbers) -> Entries:
        """Those of the words with these `numbers` in each segment."""
        with self._lock:
            if (late := self._late.pop(numbers, None)) is not None:
                self._late[numbers] = late
                return late
        made = self._read(numbers)
        with self._lock:
            if numbers not in self._late:
                self._late[numbers] = made
                self._size += _size(made)
            while self._size > _LATE:
                self._size -= _size(self._late.pop(next(iter(self._late))))
        return made

    def _read(self, numbers: Numbers) -> Entries:
        index, of = self._index, dict(zip(map(id, self._index.segments), numbers, strict=True))
        entries = sum(len(segment.rows_of(number)) for segment in index.segments for number in of[id(segment)])
        if entries < _SPARSE * len(index.live):
            return Entries(*index.counted(lambda segment: of[id(segment)]))
        counts = np.zeros(len(index.live), np.uint16)
        for start, segment in zip(index.starts, index.segments, strict=False):
            own = counts[start : start + len(segment)]
            for number in of[id(segment)]:
                own[segment.rows_of(number)] += segment.counts_of(number)
        return Entries(None, counts if index.live.all() else counts * index.live)


def _size(entries: Entries) -> int:
    return entries.counts.nbytes + (0 if entries.rows is None else entries.rows.nbytes)


@dataclass(frozen=True)
class Held:
    """How well papers hold some words, where it is looked up: `words`, those with the fewest entries first.

    `norms` (r,) are added to counts in texts, `k1` to counts in names; `rows` (n,) are those of n papers in the index,
    `in_order` where each paper has its own number.
    """

    entries: Words
    words: Sequence[Counted]
    norms: Floats
    k1: float
    rows: Rows
    in_order: bool
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
        scores = total[self.rows] if not self.in_order else total
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

    def _count(self, word: Counted, total: Floats) -> None:
        """Add what `word` says of all rows of the index to `total` (r,)."""
        factor = np.float32(word.weight * (self.k1 + 1))
        rows, counts = self.entries.of(word.text).listed
        total[rows] += factor * counts / (counts + self.norms[rows])
        if any(map(bool, word.names)):
            rows, counts = self.entries.of(word.names).listed
            total[rows] += factor * counts / (counts + np.float32(self.k1))

    def _added(self, papers: Rows, words: Sequence[Counted]) -> Floats:
        """What `words` say of `papers` (c,), (c,)."""
        scores, rows = np.zeros(len(papers), np.float32), self.rows[papers]
        norms = self.norms[rows]
        for word in words:
            factor = np.float32(word.weight * (self.k1 + 1))
            text = self.entries.of(word.text).times(rows)
            scores += factor * text / (text + norms)
            if any(map(bool, word.names)):
                names = self.entries.of(word.names).times(rows)
                scores += factor * names / (names + np.float32(self.k1))
        return scores
