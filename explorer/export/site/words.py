"""The words of the papers of a page: stems and names with the papers that hold them, and how often.

Knows the word index, not papers or screens. Always true: rows are those of the page; what page/words.js scores by them
is what `explorer.search.bm25` scores.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.index.snapshot import Snapshot
from explorer.language.lexicon import FUNCTIONS_BY_LANGUAGE
from explorer.search.segment import AUTHOR, MOST, Segment
from explorer.search.words import WordIndex

Rows = NDArray[np.int64]


def page_words(arrays: Snapshot) -> dict[str, Any]:
    """What page/words.js takes: of all n papers the `lengths`, of stems and of names their entries."""
    index, count = arrays.keywords, len(arrays.keys)
    rows = index.rows_in(arrays.keys)
    lengths = np.zeros(count + 1, np.float32)
    lengths[rows] = np.concatenate([np.zeros(0, np.float32), *(segment.lengths[0] for segment in index.segments)])
    stems, sizes, deltas, counts = _entries(index, rows, count, names=False)
    names, name_sizes, name_deltas, name_counts = _entries(index, rows, count, names=True)
    return {
        "lengths": lengths[:-1].astype(np.uint32),
        "functions": {language: sorted(words) for language, words in FUNCTIONS_BY_LANGUAGE.items()},
        "stems": stems, "sizes": sizes, "deltas": deltas, "counts": counts,
        "names": names, "name_sizes": name_sizes, "name_deltas": name_deltas, "name_counts": name_counts,
    }  # fmt: skip


def _entries(
    index: WordIndex, rows: Rows, count: int, *, names: bool
) -> tuple[list[str], NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint8]]:
    """The stems of texts, or the words of names, that papers hold; how many hold each; rows as gaps; how often."""
    numbers: dict[str, int] = {}
    parts = [
        _of_segment(segment, rows[start : start + len(segment)], numbers, names=names)
        for start, segment in zip(index.starts, index.segments, strict=False)
    ]
    words, holders, times = (np.concatenate([np.zeros(0, np.int64), *part]) for part in zip(*parts, strict=True))
    here = (holders < count) & (times > 0)
    words, holders, times = words[here], holders[here], times[here]
    pairs, where = np.unique(words * (count + 1) + holders, return_inverse=True)
    total = np.bincount(where, weights=times, minlength=len(pairs)).clip(max=MOST).astype(np.uint8)
    words, holders = pairs // (count + 1), pairs % (count + 1)
    sizes = np.bincount(words, minlength=len(numbers))
    kept = sizes > 0
    first = np.ones(len(words), bool)
    first[1:] = words[1:] != words[:-1]
    gaps = np.where(first, holders, np.diff(holders, prepend=0) - 1)
    chosen = [word for word, used in zip(numbers, kept.tolist(), strict=True) if used]
    return chosen, sizes[kept].astype(np.uint32), _variable(gaps), total


def _of_segment(segment: Segment, rows: Rows, numbers: dict[str, int], *, names: bool) -> tuple[Rows, Rows, Rows]:
    """Of each entry of a segment the number of its stem or name, the row on the page, and how often it counts there."""
    spelled = segment.lexicon.words()
    named = np.fromiter((word.startswith(AUTHOR) for word in spelled), bool, len(spelled))
    of_word = np.full(len(spelled), -1, np.int64)
    if names:
        chosen = np.flatnonzero(named).tolist()
        of_word[chosen] = [numbers.setdefault(spelled[number].removeprefix(AUTHOR), len(numbers)) for number in chosen]
    else:
        roots = np.array([numbers.setdefault(stem, len(numbers)) for stem in segment.stem_lexicon.words()], np.int64)
        of_word[segment.members] = np.repeat(roots, np.diff(segment.member_starts))
        of_word[named] = -1
    word = np.repeat(of_word, np.diff(segment.entries))
    here = word >= 0
    return word[here], rows[segment.rows[here]], segment.counts[here].astype(np.int64)


def _variable(values: Rows) -> NDArray[np.uint8]:
    """Whole numbers as bytes of seven bits, the lowest first; the eighth says that more follow."""
    values = values.astype(np.uint64)
    lengths = np.ones(len(values), np.int64)
    for bits in (7, 14, 21, 28):
        lengths += values >= 2**bits
    starts = np.cumsum(lengths) - lengths
    made = np.zeros(int(lengths.sum()), np.uint8)
    for place in range(5):
        here = lengths > place
        more = (lengths[here] > place + 1) * 128
        made[starts[here] + place] = (values[here] >> np.uint64(7 * place)).astype(np.uint64) % 128 + more
    return made
