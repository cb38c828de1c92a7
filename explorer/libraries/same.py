"""Which papers of two libraries are the same: by the rules by which an import joins records.

Knows papers and their identities, neither rows nor vectors. Always true: a paper of a library is the same as at most a
single paper of another; what its owner holds apart within a library stays two papers.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from explorer.identity import identities, match, veto
from explorer.paper import Paper
from explorer.store import Store
from explorer.store.candidates import Identified, identified
from explorer.store.rows import number

_MOST = 50  # papers of a library that share an identity: more share only boilerplate
_AT_ONCE = 1000  # papers in memory


def same_papers(ours: Store, theirs: Store) -> list[tuple[int, int]]:
    """Pairs of keys, of `ours` and of `theirs`, that are the same paper."""
    first, second = identified(ours.candidates), identified(theirs.candidates)
    pairs = _sharing(first, second)
    equal, rest = list[tuple[int, int]](), list[tuple[int, int]]()
    for pair in pairs:
        (equal if first.alike(pair[0]) == second.alike(pair[1]) else rest).append(pair)
    joined = list[tuple[int, int]]()
    taken: tuple[set[int], set[int]] = set(), set()
    for pair in (*equal, *_matching(rest, ours, theirs)):
        if pair[0] not in taken[0] and pair[1] not in taken[1]:
            joined.append(pair)
            taken[0].add(pair[0])
            taken[1].add(pair[1])
    return joined


def _sharing(first: Identified, second: Identified) -> list[tuple[int, int]]:
    """Pairs of keys that share an identity, ascending."""
    shared = np.intersect1d(first.numbers, second.numbers)
    pairs = set[tuple[int, int]]()
    for ours, theirs in zip(_keys(first, shared), _keys(second, shared), strict=True):
        if len(ours) <= _MOST and len(theirs) <= _MOST:
            pairs.update((int(a), int(b)) for a in ours for b in theirs)
    return sorted(pairs)


def _keys(where: Identified, numbers: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The keys of the papers with each of `numbers`."""
    starts = np.searchsorted(where.numbers, numbers, side="left")
    ends = np.searchsorted(where.numbers, numbers, side="right")
    return [where.keys[start:end] for start, end in zip(starts, ends, strict=True)]


def _matching(pairs: list[tuple[int, int]], ours: Store, theirs: Store) -> Iterable[tuple[int, int]]:
    """Those of `pairs` that the rules join."""
    for start in range(0, len(pairs), _AT_ONCE):
        some = pairs[start : start + _AT_ONCE]
        left = _statements(ours, sorted({pair[0] for pair in some}))
        right = _statements(theirs, sorted({pair[1] for pair in some}))
        yield from (pair for pair in some if _joins(left.get(pair[0], []), right.get(pair[1], [])))


def _statements(store: Store, keys: list[int]) -> dict[int, list[Paper]]:
    """What the records of each paper say."""
    return {
        key: [record.paper for record in records] for key, records in zip(keys, store.records.of(keys), strict=True)
    }


def _joins(ours: list[Paper], theirs: list[Paper]) -> bool:
    """Whether a record of either paper matches a record of the second, and none forbids it."""
    if any(veto(first, second) for first in ours for second in theirs):
        return False
    there = {number(identity) for paper in ours for identity in identities(paper)}
    shared = [(paper, identity) for paper in theirs for identity in identities(paper) if number(identity) in there]
    return any(match(first, second, identity) for second, identity in shared for first in ours)
