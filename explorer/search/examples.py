"""Relevance feedback by examples: liked papers, unliked papers and a text become rankings.

Knows vectors and word scores row by row, not papers, files or screens. Always true: an example that stands alone asks
exactly as it does without this module; no liked or unliked paper is returned; likes that have nothing to do with each
other ask apart, and their results alternate. `benchmarks/examples.py` holds the measurements behind each choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from explorer.errors import LibraryError
from explorer.search.ranking import DEFAULT, Corpus, Floats, Hit, Mask, Probe, Ranking, percentiles, rank

# Likes of one question see each other above 60 % of the library 9 times in 10, likes of two questions 4 times in 10.
_AGREE = 0.6
# Half the library's covariance, half a sphere: 0.3 to 0.7 are alike, 0.1 and 1 (the plain mean) lose a point or two.
_SHRUNK = 0.5
# Pushes about a sixth of the unliked kind out of the best ten and costs 0.1 points; 0.5 pushes harder and costs two.
_AWAY = 0.25
_SAMPLE = 20_000  # vectors that estimate the library's covariance: 50 for each of 384 dimensions


NOTHING_WANTED = "nothing says what to look for; add a liked paper or a text to the unliked ones"


@dataclass(frozen=True)
class Examples:
    """What a question is made of; each liked and unliked paper names its own row in `exclude`."""

    liked: tuple[Probe, ...] = ()
    unliked: tuple[Probe, ...] = ()
    text: Probe | None = None

    def __post_init__(self) -> None:
        if not self.liked and self.text is None:
            raise LibraryError(NOTHING_WANTED)

    @property
    def exclude(self) -> tuple[int, ...]:
        """Rows of all papers used as the query; never returned."""
        return tuple(row for probe in (*self.liked, *self.unliked) for row in probe.exclude)

    @property
    def anchors(self) -> Floats:
        """What the similarity of a result is measured from, (p, dimension): the liked papers, else the text."""
        probes = self.liked or ((self.text,) if self.text else ())
        return np.stack([probe.vector for probe in probes])

    @property
    def alone(self) -> bool:
        """Whether a single paper or the text is all there is."""
        return len(self.liked) + (self.text is not None) == 1 and not self.unliked


@dataclass(frozen=True)
class Background:
    """How a library's vectors lie around their `mean` (d,): `variances` (d,) along columns of `directions` (d, d)."""

    mean: NDArray[np.float64]
    variances: NDArray[np.float64]
    directions: NDArray[np.float64]

    @classmethod
    def of(cls, vectors: Floats) -> Background:
        """The background of `vectors` (n, d), of an even sample of them when they are many."""
        sample = vectors[:: max(1, len(vectors) // _SAMPLE)].astype(np.float64)
        mean = sample.mean(axis=0)
        around = sample - mean
        variances, directions = np.linalg.eigh(around.T @ around / len(sample))
        return cls(mean, np.maximum(variances, 0.0), directions)

    def discriminant(self, vector: Floats) -> Floats:
        """The unit vector (d,) along which papers near to `vector` differ most from the library's other papers.

        Linear discriminant analysis (Fisher 1936) with the library's covariance, shrunk to a sphere as far as
        `_SHRUNK` (Ledoit & Wolf 2004): what all papers here have in common counts less.
        """
        common = float(self.variances.mean())
        if common < 1e-12:  # all papers say the same
            return vector
        widths = (1 - _SHRUNK) * self.variances + _SHRUNK * common
        return _unit(self.directions @ ((self.directions.T @ (vector - self.mean)) / widths))


@dataclass(frozen=True)
class Interleaving:
    """Rankings of several interests as one; each interest comes the oftener the more likes it has (`sizes`).

    The similarity of a hit is that to the nearest of `anchors` (p, dimension).
    """

    rankings: tuple[Ranking, ...]
    sizes: tuple[int, ...]
    vectors: Floats  # (n, dimension)
    anchors: Floats

    @cached_property
    def similarities(self) -> Floats:
        """The similarity of every paper to the nearest anchor, (n,)."""
        return np.asarray((self.vectors @ self.anchors.T).max(axis=1))

    def hits(self, k: int) -> list[Hit]:
        """The best `k`, best first."""
        hits = interleave([ranking.hits(k) for ranking in self.rankings], self.sizes, k)
        if not hits:
            return []
        cosines = (self.vectors[[hit.row for hit in hits]] @ self.anchors.T).max(axis=1)
        ranks = percentiles(cosines, self.rankings[0].pairs)
        return [
            replace(hit, similarity=float(cosine), percentile=float(rank), words=max(0.0, hit.words))
            for hit, cosine, rank in zip(hits, cosines, ranks, strict=True)
        ]


def rank_by_examples(
    corpus: Corpus, examples: Examples, background: Callable[[], Background], *, allowed: Mask | None = None
) -> Ranking | Interleaving:
    """The ranking for `examples` of the rows that are `allowed` (n,) bool.

    `background` gives the library's, and is called only when several examples ask together.
    """
    interests = probes(corpus.index, examples, background)
    rankings = tuple(rank(corpus, probe, allowed=allowed) for probe, _ in interests)
    if examples.alone:
        return rankings[0]
    return Interleaving(rankings, tuple(size for _, size in interests), corpus.index.vectors(), examples.anchors)


def probes(index: VectorIndex, examples: Examples, background: Callable[[], Background]) -> list[tuple[Probe, int]]:
    """One probe for each interest among `examples`, and the number of its likes, most first."""
    count = len(examples.liked)
    groups = interests(agreement(index, examples.liked)) if count > 1 else [tuple(range(count))]
    return [
        (_probe(replace(examples, liked=tuple(examples.liked[i] for i in group)), examples.exclude, background), size)
        for group in groups
        for size in [max(1, len(group))]
    ]


def _probe(examples: Examples, exclude: tuple[int, ...], background: Callable[[], Background]) -> Probe:
    """The probe of likes that agree; `exclude` are never returned."""
    positive = [mean_of(examples.liked, exclude)] if examples.liked else []
    positive += [examples.text] if examples.text else []
    probe = mean_of(positive, exclude)
    if examples.unliked:
        away, deviation = mean_of(examples.unliked, exclude), _deviation(probe.words, exclude)
        words = probe.words / deviation - _AWAY * away.words / _deviation(away.words, exclude)
        vector = _unit(probe.vector - _AWAY * away.vector)
        probe = Probe(vector, words.astype(np.float32), probe.bound / deviation, exclude)
    # From a single paper the mean of its kind cannot be told: with one, the direction loses 3 points.
    several = len(examples.liked) + (examples.text is not None) > 1
    return replace(probe, vector=background().discriminant(probe.vector)) if several else probe


def mean_of(probes: Sequence[Probe], exclude: tuple[int, ...]) -> Probe:
    """The mean of `probes`, the words of each on the scale of its own best papers."""
    if len(probes) == 1:
        return replace(probes[0], exclude=exclude)
    scales = [_deviation(probe.words, exclude) for probe in probes]
    words = np.mean([probe.words / scale for probe, scale in zip(probes, scales, strict=True)], axis=0)
    bound = float(np.mean([probe.bound / scale for probe, scale in zip(probes, scales, strict=True)]))
    return Probe(_unit(np.mean([probe.vector for probe in probes], axis=0)), words.astype(np.float32), bound, exclude)


def _deviation(scores: Floats, exclude: tuple[int, ...]) -> float:
    """The deviation of the best of `scores` (n,), the papers of the query left out; 1 where all are equal."""
    others = np.delete(scores, list(exclude))
    below = max(0, len(others) - DEFAULT.depth)
    deviation = float(np.partition(others, below)[below:].std()) if len(others) else 0.0
    return deviation if deviation > 1e-6 else 1.0


def _unit(vector: NDArray[np.floating]) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


# -------------------------------------------------------------------------------------------- two interests in one


def agreement(index: VectorIndex, liked: Sequence[Probe]) -> Floats:
    """How well liked papers (m) see each other, (m, m) in [0, 1]: the share of the library that each ranks below.

    By meaning and words, in equal parts; the mean of both directions; 1 on the diagonal.
    """
    rows = np.array([probe.exclude[0] for probe in liked])
    shares = np.ones((len(liked), len(liked)), np.float32)
    for i, probe in enumerate(liked):
        row = probe.exclude[0]
        cosines = index.similarities(probe.vector)
        scores = cosines / _deviation(cosines, probe.exclude) + probe.words / _deviation(probe.words, probe.exclude)
        others = np.delete(scores, row)
        below = np.searchsorted(np.sort(others), scores[rows]) / max(len(others) - 1, 1)
        shares[i] = np.where(rows == row, 1.0, np.minimum(below, 1.0))
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


def interleave(lists: Sequence[Sequence[Hit]], sizes: Sequence[int], k: int) -> list[Hit]:
    """The best `k` of several rankings, which alternate; a row that several rank keeps its first place.

    An interest of four likes comes twice as often as that of a single like: the root serves both and forgives a like
    that is taken for another interest. Of equal turns the earlier ranking's comes first.
    """
    turns = sorted(
        ((place + 0.5) / size**0.5, number, place)
        for number, (hits, size) in enumerate(zip(lists, sizes, strict=True))
        for place in range(len(hits))
    )
    first: dict[int, Hit] = {}
    for _, number, place in turns:
        first.setdefault(lists[number][place].row, lists[number][place])
    return list(first.values())[:k]
