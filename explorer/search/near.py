"""What stands near what: the papers whose title or abstract hold several things with few words among them.

Knows segments and conditions, not how they were typed. Always true: positions are counted exactly, in places of the
word index; a stretch lies in a single paper; two parts stand at different words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from explorer.filter import Condition, Either, Near, Pattern, Phrase, Prefix
from explorer.language.plurals import forms
from explorer.language.tokens import is_pair, sought
from explorer.search.segment import ABSTRACT, LAST, Segment
from explorer.search.words import Keys, Mask, WordIndex, matching, pattern_words, standing, where

_AT_ONCE = 2_000_000  # pairs of stretches compared at once: some 100 MB
Places = NDArray[np.int64]


@dataclass(frozen=True)
class _Stretches:
    """Where something stands: from its first word to its last, (s,) each, as row · 2¹⁶ + place; by their first words.

    `own`, (s,): the words that belong to it; `loose`, (s,): more words may stand inside.
    """

    first: Places
    last: Places
    own: Places
    loose: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, rows: NDArray[np.bool_] | Places | slice) -> _Stretches:
        return _Stretches(self.first[rows], self.last[rows], self.own[rows], self.loose[rows])

    @property
    def longest(self) -> int:
        """The most words from a first to a last."""
        return int((self.last - self.first).max(initial=0)) + 1


def near(index: WordIndex, wanted: Near, keys: Keys) -> Mask:
    """Mask (n,) of the papers `keys` (n,) in whose title or abstract `wanted` holds."""

    def rows(segment: Segment) -> Mask:
        mask = np.zeros(len(segment), bool)
        mask[_of(segment, wanted).first >> 16] = True
        return mask

    return where(index, rows, keys)


def _of(segment: Segment, part: Condition) -> _Stretches:
    if isinstance(part, Either):
        return _union([_of(segment, inner) for inner in part.parts])
    if isinstance(part, Near):
        return _near(segment, part)
    assert isinstance(part, (Phrase, Prefix, Pattern))
    return _written(segment, part)


def _written(segment: Segment, part: Phrase | Prefix | Pattern) -> _Stretches:
    """Where words stand in a row."""
    if isinstance(part, Pattern):
        phrase = [(place, matching(segment, word, "")) for place, word in enumerate(pattern_words(part.text))]
    else:
        words = sought(part.text)
        phrase = [(place, segment.of_words(forms(word))) for place, word in words]
        if isinstance(part, Prefix) and words and not is_pair(words[-1][1]):
            phrase[-1] = (words[-1][0], segment.lexicon.beginning(words[-1][1]))
    if not phrase or part.field == "authors":
        return _union([])
    first = standing(segment, phrase)
    if part.field in ("title", "abstract"):
        first = first[((first & 0xFFFF) < ABSTRACT) == (part.field == "title")]
    last = first + (phrase[-1][0] + (is_pair(words[-1][1]) if not isinstance(part, Pattern) else 0))
    inside = (last & 0xFFFF) < LAST  # what stands behind it is all at a single place
    first, last = first[inside], last[inside]
    return _Stretches(first, last, last - first + 1, np.zeros(len(first), bool))


def _near(segment: Segment, part: Near) -> _Stretches:
    parts = [_of(segment, inner) for inner in part.parts]
    rows = reduce(np.intersect1d, (each.first >> 16 for each in parts))
    parts = [each[np.isin(each.first >> 16, rows)] for each in parts]
    longest = part.between + sum(each.longest for each in parts)
    joined = parts[0]
    for number, each in enumerate(parts[1:], 2):
        pairs = [_pairs(some, each, longest, ordered=part.ordered) for some in _portions(joined, each, longest)]
        joined = _union(pairs)
        if number == len(parts):
            joined = joined[joined.last - joined.first + 1 - joined.own <= part.between]
    return _Stretches(joined.first, joined.last, joined.last - joined.first + 1, joined.loose)


def _bounds(some: _Stretches, others: _Stretches, longest: int) -> tuple[Places, Places]:
    """For each of `some`, (s,), the first and the end of those `others` that may lie in a stretch with it."""
    starts = np.searchsorted(others.first, some.last - longest + 1)
    return starts, np.maximum(starts, np.searchsorted(others.first, some.first + longest))


def _portions(some: _Stretches, others: _Stretches, longest: int) -> Iterator[_Stretches]:
    """`some`, cut so that a portion has at most some _AT_ONCE pairs."""
    starts, ends = _bounds(some, others, longest)
    numbers = np.cumsum(ends - starts) // _AT_ONCE
    for number in np.unique(numbers):
        yield some[numbers == number]


def _pairs(some: _Stretches, others: _Stretches, longest: int, *, ordered: bool) -> _Stretches:
    """Of each of `some` with each of `others`, at different words, the stretch that holds both, of `longest` words."""
    starts, ends = _bounds(some, others, longest)
    sizes = ends - starts
    of = np.repeat(np.arange(len(some)), sizes)
    at = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(starts, sizes)
    a, b = some[of], others[at]
    apart = a.last < b.first
    if not ordered:
        apart |= (b.last < a.first) | _interlocked(a, b)
    first, last = np.minimum(a.first, b.first), np.maximum(a.last, b.last)
    fits = apart & (first >> 16 == last >> 16) & (last - first < longest)
    return _Stretches(first, last, a.own + b.own, np.ones(len(first), bool))[fits]


def _interlocked(a: _Stretches, b: _Stretches) -> NDArray[np.bool_]:
    """Whether either lies among the words of the second, neither on its first word nor on its last."""
    b_inside = a.loose & (a.first < b.first) & (b.last < a.last)
    a_inside = b.loose & (b.first < a.first) & (a.last < b.last)
    edges = (a.first != b.first) & (a.last != b.last) & (a.first != b.last) & (a.last != b.first)
    crossed = a.loose & b.loose & edges & (a.first < b.last) & (b.first < a.last)
    return np.asarray(b_inside | a_inside | crossed, bool)


def _union(parts: Sequence[_Stretches]) -> _Stretches:
    """All stretches, each once, by their first words."""
    if not parts:
        empty = np.zeros(0, np.int64)
        return _Stretches(empty, empty, empty, np.zeros(0, bool))
    table = np.stack(
        [np.concatenate([getattr(part, name) for part in parts]) for name in ("first", "last", "own", "loose")], axis=1
    ).astype(np.int64)
    table = np.unique(table, axis=0)
    return _Stretches(table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(bool))
