"""The scores by words of the rows that are wanted, and the rows that hold the words best, in a large word index.

Holds how they are found without scoring every paper that holds a common word. Knows segments and rows, not queries or
vectors. Always true: a score is that of `Bm25.query`, to the last bits of a float; the best are exactly the best
(MaxScore, Turtle & Flood 1995): what is not counted for a row, or is rounded up, could not bring it among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import places_in
from explorer.search.words import WordIndex

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Counts = NDArray[np.uint8] | NDArray[np.uint16]
Numbers = tuple[tuple[int, ...], ...]
"""Numbers of words, in each segment."""
_LATE = 120_000_000  # bytes of entries that are remembered: of a million papers those of sixty common words
_SPARSE = 1 / 8  # share of the papers from which on a word has a count for all of them; a million hold some sixty such
_ASKS = 2  # times as many entries left as papers from which on it pays to ask whether they can change who is best
_STEPS = 255  # of what a common word can say: rounded up to whole steps it takes a byte for each paper
_PIECE = 1 << 16  # papers at once whose steps are added up: they stay in the processor's cache
_FEWER = 12  # times as many entries as rows from which on each row is looked up among them
_MANY = 8  # times as many rows as are wanted, which are scored in less time than that takes
_SPARES = 4  # arrays of zeros that wait for the next question
_EVEN = 8192  # sums of which a bound for the best is taken
_ROUNDED = 1e-4  # share of a sum by which its order may move it


@dataclass(frozen=True)
class Counted:
    """A word of a query: its `weight`, and in each segment the numbers of its forms in texts and in names."""

    weight: float
    text: Numbers
    names: Numbers
    entries: int  # all that there are


@dataclass(frozen=True)
class Entries:
    """Who of r papers holds a word in any of its forms, and how often a ranking counts it there: `rows` (h,) ascending
    with their `counts` (h,), or, of a common word, the counts of all, (r,), which are looked up at once.

    What a common word says of a paper is a share of its weight: `steps` (r,), of which the whole has `_STEPS`, rounded
    up.
    """

    rows: Rows | None
    counts: Floats | Counts
    steps: NDArray[np.uint8] | None = None

    @property
    def listed(self) -> tuple[Rows, Floats]:
        """Rows (h,) ascending and counts (h,)."""
        if self.rows is not None:
            return self.rows, np.asarray(self.counts, np.float32)
        rows = np.flatnonzero(self.counts != 0)
        return rows, self.counts[rows].astype(np.float32)


class Words:
    """The entries of words: read from the index, those that were wanted of late remembered.

    `norms` (r,) are added to counts in texts, `k1` to counts in names.
    """

    def __init__(self, index: WordIndex, norms: Floats, k1: float) -> None:
        self._index = index
        self.norms, self.k1 = norms, np.float32(k1)
        self._late: dict[Numbers, Entries] = {}  # what was wanted last stands last
        self._size = 0
        self._lock = Lock()
        self._spares: dict[type, list[NDArray[Any]]] = {np.float32: [], np.bool_: []}

    def of(self, numbers: Numbers, *, names: bool = False) -> Entries:
        """Those of the words with these `numbers` in each segment, of texts or of `names`."""
        with self._lock:
            if (late := self._late.pop(numbers, None)) is not None:
                self._late[numbers] = late
                return late
        made = self._read(numbers, names)
        with self._lock:
            if numbers not in self._late:
                self._late[numbers] = made
                self._size += _size(made)
            while self._size > _LATE:
                self._size -= _size(self._late.pop(next(iter(self._late))))
        return made

    def forms(self, numbers: Numbers) -> list[Form]:
        """The entries of each of the words with these `numbers`, as they lie in the index, dead rows among them."""
        segments = zip(self._index.starts, self._index.segments, numbers, strict=False)
        return [
            Form(start, segment.rows_of(number), segment.counts_of(number))
            for start, segment, own in segments
            for number in own
        ]

    def is_common(self, numbers: Numbers) -> bool:
        """Whether so many papers hold a word that it has a count for all."""
        return sum(len(form.rows) for form in self.forms(numbers)) >= _SPARSE * len(self.norms)

    def holders(self, numbers: Numbers, *, names: bool = False) -> int:
        """How many papers hold any of the words, of texts or of `names`."""
        if self.is_common(numbers):  # it is wanted next
            return int(np.count_nonzero(self.of(numbers, names=names).counts))
        forms = self.forms(numbers)
        if not len(self._dead) and all(len(own) <= 1 for own in numbers):  # a paper stands once in each form
            return sum(int(np.count_nonzero(form.counts)) for form in forms)
        with self.spare(np.bool_) as holds:
            for form in forms:
                holds[form.start :][form.rows[form.counts > 0]] = True
            holds[self._dead] = False
            return int(np.count_nonzero(holds))

    @contextmanager
    def spare(self, kind: type) -> Iterator[NDArray[Any]]:
        """An array (r,) of zeros, for as long as it is needed."""
        spares = self._spares[kind]
        with self._lock:
            array = spares.pop() if spares else np.zeros(len(self.norms), kind)
        yield array
        array.fill(0)
        with self._lock:
            if len(spares) < _SPARES:
                spares.append(array)

    def _read(self, numbers: Numbers, names: bool) -> Entries:
        index = self._index
        if not self.is_common(numbers):
            of = dict(zip(map(id, index.segments), numbers, strict=True))
            return Entries(*index.counted(lambda segment: of[id(segment)]))
        forms, begun = self.forms(numbers), -1
        few = sum(int(form.counts.max(initial=0)) for form in forms) <= np.iinfo(np.uint8).max
        counts: Any = np.zeros(len(index.live), np.uint8 if few else np.uint16)
        for form in forms:
            own = counts[form.start :]
            own[form.rows] = (own[form.rows] + form.counts) if form.start == begun else form.counts
            begun = form.start
        counts[self._dead] = 0
        return self._common(counts, names)

    @cached_property
    def _dead(self) -> Rows:
        return np.flatnonzero(~self._index.live)

    def _common(self, counts: Counts, names: bool) -> Entries:
        """The entries of a common word by its `counts` (r,)."""
        steps = np.empty(len(counts), np.uint8)
        for start in range(0, len(counts), _PIECE):
            times = counts[start : start + _PIECE].astype(np.float32)
            times /= times + (self.k1 if names else self.norms[start : start + _PIECE])
            times *= np.float32(_STEPS)
            steps[start : start + _PIECE] = np.ceil(times, out=times)
        return Entries(None, counts, steps)


class Form(NamedTuple):
    """The entries of a form of a word in a segment that begins at row `start`: its `rows` there and their `counts`."""

    start: int
    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]


def _size(entries: Entries) -> int:
    arrays = entries.counts, entries.rows, entries.steps
    return sum(array.nbytes for array in arrays if array is not None)


@dataclass(frozen=True)
class Held:
    """How well papers hold some words, where it is looked up: `words`, those with the fewest entries first.

    `rows` (n,) are those of n papers in the index, `papers` (r,) the paper of each row, -1 for none; None where each
    paper has its own number.
    """

    entries: Words
    words: Sequence[Counted]
    rows: Rows
    papers: Rows | None
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
        rows = self.rows[papers[~there]]
        order = np.argsort(rows) if self.papers is not None else slice(None)
        result[np.flatnonzero(~there)[order]] = self._scores(rows[order])
        self.before[:] = [(papers, result)]
        return result

    def best(self, depth: int, allowed: Mask | None = None) -> Rows:
        """The papers `allowed` (n,) with the `depth` highest scores above 0, ascending; equals of the last, too."""
        passing = self._passing(allowed)
        left, unread = sum(part.factor for part in self._parts), sum(part.entries for part in self._parts)
        ask = float(unread)
        with self.entries.spare(np.float32) as sums:
            for part in self._parts:
                if ask > unread > _ASKS * len(sums):
                    ask = 0.75 * unread
                    surely = self._surely(sums, depth, passing)
                    enough = _enough(surely.least, left)
                    # Who holds none of the words so far is not among them, nor are most of the others.
                    if enough > 0 and np.count_nonzero(sums >= enough) < _MANY * depth:
                        break
                part.add(sums, self.entries)
                left, unread = left - part.factor, unread - part.entries
            surely = self._surely(sums, depth, passing)
            rows = _above(sums, _enough(surely.least, left), passing)
        scores = np.empty(len(rows), np.float32)
        at = places_in(surely.rows, rows)
        scores[at >= 0] = surely.scores[at[at >= 0]]
        scores[at < 0] = self._scores(rows[at < 0])
        least = np.partition(scores, len(rows) - depth)[len(rows) - depth] if len(rows) > depth else 0.0
        best = (scores >= least) & (scores > 0)
        rows, scores = rows[best], scores[best]
        if self.papers is not None:
            order = np.argsort(self.papers[rows])
            rows, scores = self.papers[rows][order], scores[order]
        self.before[:] = [(rows, scores)]  # they are wanted next
        return rows

    @cached_property
    def _parts(self) -> list[Part]:
        """The words in texts and in names, those with the fewest entries first."""
        parts = []
        for word in self.words:
            factor = float(np.float32(word.weight * (self.entries.k1 + 1)))
            parts += [Part.of(self.entries, word.text, factor, names=False)]
            if any(map(bool, word.names)):
                parts += [Part.of(self.entries, word.names, factor, names=True)]
        return sorted(parts, key=lambda part: part.entries)

    def _passing(self, allowed: Mask | None) -> Mask | None:
        """The rows of papers that are `allowed` (n,), (r,); None where all are."""
        if self.papers is None:
            return allowed
        passing = np.zeros(len(self.papers), bool)
        passing[self.rows] = True if allowed is None else allowed
        return passing

    def _surely(self, sums: Floats, depth: int, passing: Mask | None) -> _Surely:
        """The scores of those with the highest `sums` (r,) so far, and what the last of the `depth` best has."""
        rows = _highest(sums, 2 * depth, passing)
        scores = self._scores(rows)
        least = np.partition(scores, len(rows) - depth)[len(rows) - depth] if len(rows) >= depth else 0.0
        return _Surely(rows, scores, float(least))

    def _scores(self, rows: Rows) -> Floats:
        """The scores of rows of the index, (c,) ascending."""
        scores, norms = np.zeros(len(rows), np.float32), self.entries.norms[rows]
        with self.entries.spare(np.bool_) as wanted:
            wanted[rows] = True
            for part in self._parts:
                times = part.times(rows, wanted)
                scores += np.float32(part.factor) * times / (times + (self.entries.k1 if part.names else norms))
        return scores


class _Surely(NamedTuple):
    """Rows (c,) ascending with their scores (c,), and what the last of the best scores at least."""

    rows: Rows
    scores: Floats
    least: float


@dataclass(frozen=True)
class Part:
    """A word in texts or in `names` with what it is weighed by: its `forms` in the index, or, of a common word, its
    entries `of_all`."""

    factor: float
    names: bool
    forms: list[Form]
    of_all: Entries | None
    entries: int

    @classmethod
    def of(cls, words: Words, numbers: Numbers, factor: float, *, names: bool) -> Part:
        """That of the words with these numbers."""
        common = words.is_common(numbers)
        forms = words.forms(numbers)
        entries = sum(len(form.rows) for form in forms)
        return cls(factor, names, forms, words.of(numbers, names=names) if common else None, entries)

    def add(self, sums: Floats, words: Words) -> None:
        """Add to `sums` (r,) what the word says of each row, or a little more.

        Two forms of a word say more apart than together; what a common word says is rounded up.
        """
        if self.of_all is not None and self.of_all.steps is not None:
            step, steps = np.float32(self.factor / _STEPS), self.of_all.steps
            for start in range(0, len(sums), _PIECE):
                sums[start : start + _PIECE] += steps[start : start + _PIECE] * step
            return
        for start, rows, counts in self.forms:
            at = rows.astype(np.int64)  # once, not for each time that something is looked up by it
            shares = counts.astype(np.float32)
            shares /= shares + (words.k1 if self.names else words.norms[start:][at])
            shares *= np.float32(self.factor)
            sums[start:][at] += shares

    def times(self, rows: Rows, wanted: Mask) -> Floats:
        """How often a ranking counts the word in some `rows` (c,) ascending, (c,); they are `wanted` (r,)."""
        if self.of_all is not None:
            return self.of_all.counts[rows].astype(np.float32)
        times, short = np.zeros(len(rows), np.float32), rows.astype(np.int32)
        for start, own, counts in self.forms:
            if _FEWER * len(rows) < len(own):
                at = np.searchsorted(own, short - np.int32(start))
                at[at == len(own)] = 0
                times += np.where(own[at] == short - np.int32(start), counts[at], 0)
            else:
                here = np.flatnonzero(wanted[start:][own])
                times[np.searchsorted(short, own[here] + np.int32(start))] += counts[here]
        return times


def _enough(least: float, left: float) -> float:
    """What a row's sum is at least that scores `least` with what is `left` at most."""
    return max(least * (1 - _ROUNDED) - max(left, 0) * (1 + _ROUNDED), 0.0)


def _above(sums: Floats, bound: float, passing: Mask | None) -> Rows:
    """The rows that pass with a sum of at least `bound`, and above 0."""
    high = sums >= bound if bound > 0 else sums > 0
    return np.flatnonzero(high if passing is None else high & passing)


def _highest(sums: Floats, count: int, passing: Mask | None) -> Rows:
    """Some rows that pass, among them the `count` with the highest sums above 0, and hardly any more."""
    step = max(1, len(sums) // _EVEN)
    sample = sums[::step] if passing is None else sums[::step][passing[::step]]
    at = len(sample) - 1 - 2 * count // step
    rows = _above(sums, float(np.partition(sample, at)[at]) if at > 0 else 0.0, passing)
    if len(rows) < count:  # the sample was not like the rest
        rows = _above(sums, 0.0, passing)
    if len(rows) > count:
        some = sums[rows]
        rows = rows[some >= np.partition(some, len(rows) - count)[len(rows) - count]]
    return rows
