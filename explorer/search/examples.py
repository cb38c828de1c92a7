"""Questions of several parts: liked papers, unliked papers and a text become questions that `search.answer` takes.

Knows vectors and word scores row by row, not papers, files or screens. Always true: a part that stands alone asks
exactly as it does without this module; no liked or unliked paper is an answer; likes that have nothing to do with each
other ask apart and take turns in the results. `benchmarks/parts.py` holds the measurements behind each choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from explorer.errors import LibraryError
from explorer.search import ranking
from explorer.search.ranking import DEFAULT, Asked, Hit, percentiles

Floats = NDArray[np.float32]

# Likes of one question see each other above 60 % of the library 9 times in 10, likes of two questions 4 times in 10.
_AGREE = 0.6
# Half the library's covariance, half a sphere: 0.3 to 0.7 are alike, 0.1 and 1 (the plain mean) lose a point or two.
_SHRUNK = 0.5
# Pushes about a sixth of the unliked kind out of the best ten and costs 0.1 points; 0.5 pushes harder and costs two.
_AWAY = 0.25
_SAMPLE = 20_000  # vectors that tell the library's covariance: 50 for each of 384 dimensions


@dataclass(frozen=True)
class Parts:
    """What asks together; each like and unlike names its own row in `own`."""

    likes: tuple[Asked, ...] = ()
    unlikes: tuple[Asked, ...] = ()
    text: Asked | None = None

    def __post_init__(self) -> None:
        if not self.likes and self.text is None:
            raise LibraryError("nothing says what to look for; add a liked paper or a text to the unliked ones")

    @property
    def own(self) -> tuple[int, ...]:
        """Rows of all papers that ask; none of them is an answer."""
        return tuple(row for part in (*self.likes, *self.unlikes) for row in part.own)

    @property
    def anchors(self) -> Floats:
        """What the similarity of a result is measured from, (p, dimension): the liked papers, else the text."""
        wanted = self.likes or ((self.text,) if self.text else ())
        return np.stack([part.vector for part in wanted])


@dataclass(frozen=True)
class Spread:
    """How vectors lie around their `mean` (d,): with `variances` (d,) along the columns of `directions` (d, d)."""

    mean: NDArray[np.float64]
    variances: NDArray[np.float64]
    directions: NDArray[np.float64]

    @classmethod
    def of(cls, vectors: Floats) -> Spread:
        """The spread of `vectors` (n, d), of an even sample of them when they are many."""
        sample = vectors[:: max(1, len(vectors) // _SAMPLE)].astype(np.float64)
        mean = sample.mean(axis=0)
        around = sample - mean
        variances, directions = np.linalg.eigh(around.T @ around / len(sample))
        return cls(mean, np.maximum(variances, 0.0), directions)

    def telling(self, vector: Floats) -> Floats:
        """The unit vector (d,) along which papers near to `vector` differ most from the library's other papers.

        Linear discriminant analysis (Fisher 1936) with the library's covariance, shrunk to a sphere as far as
        `_SHRUNK` (Ledoit & Wolf 2004): what all papers here have in common counts less.
        """
        common = float(self.variances.mean())
        if common < 1e-12:  # all papers say the same
            return vector
        widths = (1 - _SHRUNK) * self.variances + _SHRUNK * common
        return _unit(self.directions @ ((self.directions.T @ (vector - self.mean)) / widths))


def joined(index: VectorIndex, parts: Parts, spread: Callable[[], Spread]) -> list[tuple[Asked, int]]:
    """The questions that `parts` ask, one for each interest, and the number of its likes, most first.

    `spread` gives the library's, and is called only when several parts ask together.
    """
    groups = interests(agreement(index, parts.likes)) if len(parts.likes) > 1 else [tuple(range(len(parts.likes)))]
    return [
        (_one(replace(parts, likes=tuple(parts.likes[i] for i in group)), parts.own, spread), max(1, len(group)))
        for group in groups
    ]


def _one(parts: Parts, own: tuple[int, ...], spread: Callable[[], Spread]) -> Asked:
    """One question of likes that agree; `own` are no answers."""
    wanted = [*([_joint(parts.likes, own)] if parts.likes else []), *([parts.text] if parts.text else [])]
    asked = _joint(wanted, own)
    if parts.unlikes:
        away, deviation = _joint(parts.unlikes, own), _deviation(asked.words, own)
        words = asked.words / deviation - _AWAY * away.words / _deviation(away.words, own)
        vector = _unit(asked.vector - _AWAY * away.vector)
        asked = Asked(vector, words.astype(np.float32), asked.bound / deviation, own)
    # From a single paper the mean of its kind cannot be told: with one, the direction loses 3 points.
    several = len(parts.likes) + (parts.text is not None) > 1
    return replace(asked, vector=spread().telling(asked.vector)) if several else asked


def _joint(parts: Sequence[Asked], own: tuple[int, ...]) -> Asked:
    """The mean of `parts`, the words of each on the scale of its own best papers."""
    if len(parts) == 1:
        return replace(parts[0], own=own)
    scales = [_deviation(part.words, own) for part in parts]
    words = np.mean([part.words / scale for part, scale in zip(parts, scales, strict=True)], axis=0)
    bound = float(np.mean([part.bound / scale for part, scale in zip(parts, scales, strict=True)]))
    return Asked(_unit(np.mean([part.vector for part in parts], axis=0)), words.astype(np.float32), bound, own)


def _deviation(scores: Floats, own: tuple[int, ...]) -> float:
    """The deviation of the best of `scores` (n,), the papers that ask left out; 1 where all are equal."""
    others = np.delete(scores, list(own))
    kept = max(0, len(others) - DEFAULT.depth)
    deviation = float(np.partition(others, kept)[kept:].std()) if len(others) else 0.0
    return deviation if deviation > 1e-6 else 1.0


def _unit(vector: NDArray[np.floating]) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


# -------------------------------------------------------------------------------------------- two interests in one


def agreement(index: VectorIndex, likes: Sequence[Asked]) -> Floats:
    """How well liked papers (m) see each other, (m, m) in [0, 1]: the share of the library that each ranks below.

    By meaning and words, in equal parts; the mean of both directions; 1 on the diagonal.
    """
    rows = np.array([part.own[0] for part in likes])
    shares = np.ones((len(likes), len(likes)), np.float32)
    for i, part in enumerate(likes):
        cosines = index.similarities(part.vector)
        ranked = cosines / _deviation(cosines, part.own) + part.words / _deviation(part.words, part.own)
        others = np.delete(ranked, part.own[0])
        below = np.searchsorted(np.sort(others), ranked[rows]) / max(len(others) - 1, 1)
        shares[i] = np.where(rows == part.own[0], 1.0, np.minimum(below, 1.0))
    return np.asarray((shares + shares.T) / 2, np.float32)


def interests(agreement: Floats) -> list[tuple[int, ...]]:
    """Groups of likes, the largest first, then the earliest: joined while they agree on average.

    Average linkage (Sokal & Michener 1958); `agreement` (m, m) is what the function of that name gives.
    """
    groups: list[tuple[int, ...]] = [(i,) for i in range(len(agreement))]
    while len(groups) > 1:
        means = {
            (a, b): float(agreement[np.ix_(groups[a], groups[b])].mean())
            for a in range(len(groups))
            for b in range(a + 1, len(groups))
        }
        a, b = max(means, key=lambda pair: means[pair])
        if means[a, b] < _AGREE:
            break
        groups[a] = tuple(sorted(groups[a] + groups.pop(b)))
    return sorted(groups, key=lambda group: (-len(group), group))


def alternating(lists: Sequence[Sequence[Hit]], sizes: Sequence[int], k: int) -> list[Hit]:
    """The best `k` of several rankings, which take turns; a row that several have found keeps its first place.

    One of four likes comes twice as often as one of a single like: the root serves both and forgives a like that is
    taken for another interest. Of equal turns the earlier ranking's comes first.
    """
    turns = sorted(
        ((rank + 0.5) / size**0.5, number, rank)
        for number, (hits, size) in enumerate(zip(lists, sizes, strict=True))
        for rank in range(len(hits))
    )
    found: dict[int, Hit] = {}
    for _, number, rank in turns:
        found.setdefault(lists[number][rank].row, lists[number][rank])
    return list(found.values())[:k]


def answer(
    index: VectorIndex,
    neighbours: NDArray[np.int32],
    parts: Parts,
    spread: Callable[[], Spread],
    k: int,
    pairs: Floats,
    *,
    allowed: NDArray[np.bool_] | None = None,
) -> list[Hit]:
    """The `k` best rows for `parts` among `allowed` (n,) bool, best first; the arguments are those of `search.answer`
    and of `joined`.
    """
    asked = joined(index, parts, spread)
    found = [ranking.answer(index, neighbours, one, k, pairs, allowed=allowed) for one, _ in asked]
    alone = len(parts.likes) + (parts.text is not None) == 1 and not parts.unlikes
    return found[0] if alone else _measured(alternating(found, [size for _, size in asked], k), index, parts, pairs)


def _measured(hits: Sequence[Hit], index: VectorIndex, parts: Parts, pairs: Floats) -> list[Hit]:
    """The hits with the similarity to the liked paper that is nearest, or to the text when nothing is liked."""
    if not hits:
        return []
    cosines = (index.vectors()[[hit.row for hit in hits]] @ parts.anchors.T).max(axis=1)
    ranks = percentiles(cosines, pairs)
    return [
        replace(hit, similarity=float(cosine), percentile=float(rank), words=max(0.0, hit.words))
        for hit, cosine, rank in zip(hits, cosines, ranks, strict=True)
    ]
