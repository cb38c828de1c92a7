"""The scores by words of the rows that are wanted, and the rows that hold the words best, in a large word index.

Holds how they are found without scoring every paper that holds a common word. Knows segments and rows, not queries or
vectors. Always true: a score is that of `Bm25.query`, to the last bits of a float; the best are exactly the best
(MaxScore, Turtle & Flood 1995): what is not counted for a row, or is rounded up, could not bring it among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.search.words import WordIndex

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Counts = NDArray[np.uint8] | NDArray[np.uint16]
Numbers = tuple[tuple[int, ...], ...]
"""Numbers of words, in each segment."""
_LATE = 240_000_000  # bytes of entries that are remembered: of a million papers those of 120 common words
_SPARSE = 1 / 8  # share of the papers from which on a word has a count for all of them; a million hold some 150 such
_STEPS = 255  # of what a common word can say: rounded up to whole steps it takes a byte for each paper
_PIECE = 1 << 16  # papers at once whose steps are added up: they stay in the processor's cache
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
        self._spares: dict[type, list[NDArray[Any]]] = {}

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
        with self.spare(np.bool_) as marked:
            listed = [_counting(form)[0] for form in self.forms(numbers)]
            for at in listed:
                marked[at] = True
            marked[self._dead] = False
            count = int(np.count_nonzero(marked))
            for at in listed:
                marked[at] = False
        return count

    def add(self, sums: Floats, numbers: Numbers, factor: float, *, names: bool) -> None:
        """Add to `sums` (r,) what the words say of each row that holds any of them, `factor` at most."""
        forms, alone = self.forms(numbers), all(len(own) <= 1 for own in numbers)  # a row stands once in each form
        with self.spare(np.uint8 if _is_small(forms) else np.uint16) as times:
            marked = []
            for place, form in enumerate(sorted(forms, key=lambda form: -len(form.rows))):
                at, counts = _counting(form)
                norms, before = np.full(len(at), self.k1) if names else self.norms[at], None
                if place and not alone:
                    before = times[at]
                    counts = before + counts
                now = counts.astype(np.float32)
                shares = now / (now + norms)
                if before is not None:  # what the forms before say of a row is in the sum
                    twice = np.flatnonzero(before)
                    was = before[twice].astype(np.float32)
                    shares[twice] -= was / (was + norms[twice])
                if not alone and place < len(forms) - 1:
                    times[at] = counts
                    marked.append(at)
                shares *= np.float32(factor)
                np.add.at(sums, at, shares)
            for at in marked:
                times[at] = 0

    @contextmanager
    def spare(self, kind: type) -> Iterator[NDArray[Any]]:
        """An array (r,) of zeros, for as long as it is needed; it is left as zeros."""
        spares = self._spares.setdefault(kind, [])
        with self._lock:
            array = spares.pop() if spares else np.zeros(len(self.norms), kind)
        yield array
        with self._lock:
            if len(spares) < _SPARES:
                spares.append(array)

    def _read(self, numbers: Numbers, names: bool) -> Entries:
        index = self._index
        if not self.is_common(numbers):
            of = dict(zip(map(id, index.segments), numbers, strict=True))
            return Entries(*index.counted(lambda segment: of[id(segment)]))
        forms, begun = self.forms(numbers), -1
        counts: Any = np.zeros(len(index.live), np.uint8 if _is_small(forms) else np.uint16)
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


def _is_small(forms: Sequence[Form]) -> bool:
    """Whether what a row holds of some words together fits a byte."""
    return sum(int(form.counts.max(initial=0)) for form in forms) <= np.iinfo(np.uint8).max


def _counting(form: Form) -> tuple[Rows, NDArray[np.uint8]]:
    """The rows of the index, (h,), that a ranking counts the form in, and how often, (h,)."""
    rows, counts = form.rows.astype(np.int64), form.counts
    if form.start:
        rows += form.start
    if not counts.all():
        rows, counts = rows[counts > 0], counts[counts > 0]
    return rows, counts


def _size(entries: Entries) -> int:
    arrays = entries.counts, entries.rows, entries.steps
    return sum(array.nbytes for array in arrays if array is not None)


@dataclass(frozen=True)
class Held:
    """How well papers hold some words, where it is looked up: `words`.

    `rows` (n,) are those of n papers in the index, `papers` (r,) the paper of each row, -1 for none; None where each
    paper has its own number.
    """

    entries: Words
    words: Sequence[Counted]
    rows: Rows
    papers: Rows | None

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, papers: Rows) -> Floats:
        """The scores of `papers` (c,), (c,)."""
        return self._scores(self.rows[papers])

    def best(self, depth: int, allowed: Mask | None = None) -> Rows:
        """The papers `allowed` (n,) with the `depth` highest scores above 0, ascending; equals of the last, too."""
        passing, sums = self._passing(allowed), self._sums
        if self._common:
            sums = sums.copy()
            for part in self._common:
                part.raise_(sums)
        likely = _highest(sums, depth, passing)
        least = _least(self._scores(likely), depth)
        rows = _above(sums, least * (1 - _ROUNDED), passing)
        scores = self._scores(rows)
        best = (scores >= _least(scores, depth)) & (scores > 0)
        rows = rows[best]
        return rows if self.papers is None else np.sort(self.papers[rows])

    @cached_property
    def _parts(self) -> list[Part]:
        """The words in texts and in names."""
        parts = []
        for word in self.words:
            factor = float(np.float32(word.weight * (self.entries.k1 + 1)))
            parts += [Part.of(self.entries, word.text, factor, names=False)]
            if any(map(bool, word.names)):
                parts += [Part.of(self.entries, word.names, factor, names=True)]
        return parts

    @cached_property
    def _common(self) -> list[Part]:
        """The common words."""
        return [part for part in self._parts if part.of_all is not None]

    @cached_property
    def _sums(self) -> Floats:
        """The scores of all rows (r,) by the words that are not common."""
        sums = np.zeros(len(self.entries.norms), np.float32)
        for part in self._parts:
            if part.of_all is None:
                part.add(sums, self.entries)
        return sums

    def _passing(self, allowed: Mask | None) -> Mask | None:
        """The rows of papers that are `allowed` (n,), (r,); None where all are."""
        if self.papers is None:
            return allowed
        passing = np.zeros(len(self.papers), bool)
        passing[self.rows] = True if allowed is None else allowed
        return passing

    def _scores(self, rows: Rows) -> Floats:
        """The scores of rows of the index, (c,)."""
        scores, norms = self._sums[rows], self.entries.norms[rows]
        for part in self._common:
            times = part.times(rows)
            scores += np.float32(part.factor) * times / (times + (self.entries.k1 if part.names else norms))
        return scores


@dataclass(frozen=True)
class Part:
    """A word in texts or in `names` with what it is weighed by: its `numbers` in each segment, or, of a common word,
    its entries `of_all`."""

    factor: float
    names: bool
    numbers: Numbers
    of_all: Entries | None

    @classmethod
    def of(cls, words: Words, numbers: Numbers, factor: float, *, names: bool) -> Part:
        """That of the words with these numbers."""
        return cls(factor, names, numbers, words.of(numbers, names=names) if words.is_common(numbers) else None)

    def add(self, sums: Floats, words: Words) -> None:
        """Add to `sums` (r,) what the word says of each row."""
        words.add(sums, self.numbers, self.factor, names=self.names)

    def raise_(self, sums: Floats) -> None:
        """Add to `sums` (r,) what the common word says of each row, rounded up."""
        assert self.of_all is not None and self.of_all.steps is not None
        step, steps = np.float32(self.factor / _STEPS), self.of_all.steps
        for start in range(0, len(sums), _PIECE):
            sums[start : start + _PIECE] += steps[start : start + _PIECE] * step

    def times(self, rows: Rows) -> Floats:
        """How often a ranking counts the common word in some `rows` (c,), (c,)."""
        assert self.of_all is not None
        return self.of_all.counts[rows].astype(np.float32)


def _least(scores: Floats, depth: int) -> float:
    """The last of the `depth` highest scores, 0 where there are fewer."""
    return float(np.partition(scores, len(scores) - depth)[len(scores) - depth]) if len(scores) >= depth else 0.0


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
