"""Words that tell some papers from others: each with its share here and there.

Candidates are phrases of a sample of the texts; their papers are counted in the whole word index, so that a share is
exact. Knows rows, texts and who holds a phrase, not where these come from. Always true: no two terms of a list have
the same telling words; they rank by what is sure (the lower end of an interval), so that a rare word does not lead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.map.runs import count_runs, find_runs, phrase_of
from explorer.map.vocabulary import read_texts
from explorer.regions.shares import Counts, Doubles, odds_ratio

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
Holders = Callable[[str], Mask]
"""Which of all rows hold a phrase, (n,)."""
Texts = Callable[[Rows], Sequence[str]]

_READ = 500  # texts of each group that candidates are taken from
_WEIGHED = 45  # candidates whose papers are counted
_ERRORS = 4.0  # by so many standard errors a term must be commoner here: some ten thousand phrases are looked through
_FEWEST = 2  # papers here that hold it


@dataclass(frozen=True)
class Term:
    """A word or phrase, how many papers here and there hold it, and their shares in [0, 1]."""

    text: str
    papers: int
    share: float
    others: int
    share_of_others: float


def telling_terms(here: Mask, there: Mask, texts: Texts, holders: Holders, most: int = 12) -> list[Term]:
    """The `most` terms that tell the rows `here` (n,) best from those `there` (n,), the best first."""
    size, others = int(here.sum()), int(there.sum())
    if not size or not others:
        return []
    named = list(_candidates(np.flatnonzero(here), np.flatnonzero(there), texts))
    counts = [(mask & here, mask & there) for mask in map(holders, named)]
    own = np.array([a.sum() for a, _ in counts], np.int64)
    foreign = np.array([b.sum() for _, b in counts], np.int64)
    worth = _worth(own, size, foreign, others, _ERRORS)
    wanted = [at for at in np.argsort(-worth, kind="stable").tolist() if worth[at] > 0 and own[at] >= _FEWEST]
    return [
        Term(named[at], int(own[at]), own[at] / size, int(foreign[at]), foreign[at] / others) for at in wanted[:most]
    ]


def shared_terms(first: Mask, second: Mask, rest: Mask, texts: Texts, holders: Holders, most: int = 12) -> list[Term]:
    """Terms that tell both groups from the rest, and are about as common in the second as in the first."""
    terms = telling_terms(first | second, rest, texts, holders, 3 * most)
    size, others = int(first.sum()), int(second.sum())
    both = []
    for term in terms:
        mask = holders(term.text)
        own, foreign = int((mask & first).sum()), int((mask & second).sum())
        share, share_of_others = own / max(size, 1), foreign / max(others, 1)
        if min(share, share_of_others) >= 0.5 * max(share, share_of_others):
            both.append(Term(term.text, own, share, foreign, share_of_others))
    return both[:most]


def _candidates(here: Rows, there: Rows, texts: Texts) -> Iterator[str]:
    """Phrases that texts of the first rows hold more often than texts of the second, the most telling first."""
    some, others = _spread(here), _spread(there)
    text = read_texts([*texts(some), *texts(others)])
    group = np.repeat(np.array([0, 1], np.int32), [len(some), len(others)])
    table = count_runs(find_runs(text), group, 2)
    own, foreign = table.holders[:, 0].astype(np.int64), table.holders[:, 1].astype(np.int64)
    worth = _worth(own, len(some), foreign, len(others), _ERRORS / 2)
    lengths = (table.words > 0).sum(axis=1)
    seen: set[frozenset[str]] = set()
    for run in np.argsort(-worth, kind="stable").tolist():
        if len(seen) == _WEIGHED or worth[run] <= 0:
            break
        places = table.places[table.starts[run] : table.starts[run] + table.counts[run]]
        phrase = phrase_of(text, places, int(lengths[run]))
        if phrase.good and phrase.telling not in seen:
            seen.add(phrase.telling)
            yield phrase.spelling


def _worth(own: Counts, size: int, foreign: Counts, others: int, errors: float) -> Doubles:
    """How well terms tell a group, (t,): how much commoner they surely are here, and how common; 0 for none."""
    _, low, _ = odds_ratio(own, size, foreign, others, errors)
    worth: Doubles = np.log(np.maximum(low, 1.0)) * np.sqrt(own / size)
    return worth


def _spread(rows: Rows) -> Rows:
    """At most `_READ` of the rows, evenly."""
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(_READ, len(rows))).round().astype(np.int64))]
