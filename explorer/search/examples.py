"""Relevance feedback by examples: liked papers, unliked papers and a text become rankings.

Knows vectors and word scores row by row, not papers, files or screens. Always true: an example that stands alone asks
exactly as it does without this module; no liked or unliked paper is returned; a paper that more of the examples are
nearer to never comes after one that fewer are less near to. `benchmarks/profiles.py` and `benchmarks/examples.py` hold
the measurements behind each choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Rows
from explorer.errors import LibraryError
from explorer.search.ranking import (
    DEFAULT,
    SHOWN,
    Corpus,
    Floats,
    Mask,
    Probe,
    Ranking,
    Weights,
    best_words,
    rank,
    score,
    standardise,
)

NEAREST = 3  # liked papers that count for a paper: the nearest ones, as interests have several sides
# Likes are of interests truly apart when they see each other in the lower half of the library on average, and an
# interest is no smaller than a quarter of the likes: else single papers off an author's way cost profiles of 20
# two points.
_AGREE, _LEAST = 0.5, 0.25
# Half the library's covariance, half a sphere: 0.3 to 0.7 are alike, 0.1 and 1 (the plain mean) lose a point or two.
_SHRUNK = 0.5
# What a paper loses of how near it is to unliked ones, where it is nearer than the mean of the 300 best. By the labels
# of profiles 0.25 costs a point more; with half as much the results hardly change.
_AWAY = 0.15
SAMPLE = 20_000  # vectors that estimate the library's covariance: 50 for each of 384 dimensions


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

    @property
    def probes(self) -> tuple[Probe, ...]:
        """All it is made of."""
        return (*self.liked, *self.unliked, *([self.text] if self.text else []))

    def at(self, rows: Rows) -> Examples:
        """The same for the part of a library at `rows` (c,) ascending."""
        liked, unliked = (tuple(probe.at(rows) for probe in probes) for probes in (self.liked, self.unliked))
        return Examples(liked, unliked, self.text.at(rows) if self.text else None)


@dataclass(frozen=True)
class Background:
    """How a library's vectors lie around their `mean` (d,): `variances` (d,) along columns of `directions` (d, d)."""

    mean: NDArray[np.float64]
    variances: NDArray[np.float64]
    directions: NDArray[np.float64]

    @classmethod
    def of(cls, vectors: Floats) -> Background:
        """The background of `vectors` (n, d), of an even sample of them when they are many."""
        sample = vectors[:: max(1, len(vectors) // SAMPLE)].astype(np.float64)
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
class _Together:
    """Examples as what a ranking is made for, in a library with this background. Its members: see `Probe`."""

    examples: Examples
    background: Callable[[], Background]

    @property
    def exclude(self) -> tuple[int, ...]:
        return self.examples.exclude

    @property
    def anchors(self) -> Floats:
        return self.examples.anchors

    @property
    def leads(self) -> Floats:
        """The vectors along which each example is sought, and the middle of the liked ones."""
        examples, around = self.examples, self.background()
        vectors = [around.discriminant(probe.vector) for probe in (*examples.liked, *examples.unliked)]
        middle = [_unit(np.mean(vectors[: len(examples.liked)], axis=0))] if len(examples.liked) > 1 else []
        texts = [probe.vector for probe in examples.liked[:1] if len(examples.liked) == 1]
        texts += [examples.text.vector] if examples.text else []
        return np.stack([*vectors, *middle, *texts])

    @property
    def holders(self) -> Sequence[Floats]:
        return [probe.words for probe in self.examples.probes]

    def at(self, rows: Rows) -> _Together:
        return _Together(self.examples.at(rows), self.background)

    def scores(self, corpus: Corpus, cosines: Floats, weights: Weights) -> Floats:
        return _scores(corpus, self.examples, self.background)

    def moved(self, corpus: Corpus, weights: Weights) -> Floats:
        examples = self.examples
        probes = [*(examples.liked if len(examples.liked) == 1 else ()), *([examples.text] if examples.text else [])]
        probes = [] if examples.unliked else [replace(probe, exclude=examples.exclude) for probe in probes]
        vectors = [probe.moved(corpus, weights) for probe in probes]
        return np.concatenate(vectors) if vectors else np.zeros((0, corpus.index.dimension), np.float32)

    def shares(self, weights: Weights) -> Floats:
        return _words(self.examples)


def rank_by_examples(
    corpus: Corpus,
    examples: Examples,
    background: Callable[[], Background],
    *,
    allowed: Mask | None = None,
    k: int = SHOWN,
    also: Sequence[int] = (),
) -> Ranking:
    """The ranking for `examples` of the rows that are `allowed` (n,) bool; `k` and `also` as for `rank`.

    `background` gives the library's, and is called only when several liked or unliked papers ask together. The
    similarity of a hit is that to the nearest of the examples' anchors.
    """
    if not examples.alone:
        return rank(corpus, _Together(examples, background), allowed=allowed, k=k, also=also)
    [probe] = examples.probes
    return rank(corpus, replace(probe, exclude=examples.exclude), allowed=allowed, k=k, also=also)


def _scores(corpus: Corpus, examples: Examples, background: Callable[[], Background]) -> Floats:
    """What likes, text and unlikes say of every paper together, (n,)."""
    exclude = examples.exclude
    scores = np.zeros(len(corpus.index), np.float32)
    if examples.liked:
        scores = _standard(_liked(corpus, examples, background), exclude)
    if examples.text:
        weight = 1 / (1 + min(len(examples.liked), NEAREST))
        text = _standard(_alone(corpus, examples.text, examples), exclude)
        scores = np.asarray((1 - weight) * scores + weight * text, np.float32)
    if examples.unliked:
        each = [_by_example(corpus, probe, exclude, background()) for probe in examples.unliked]
        unliked = _standard(_nearest_mean(np.stack(each)), exclude)
        scores = np.asarray(scores - _AWAY * np.maximum(unliked, 0), np.float32)
    return _standard(scores, exclude)


def _liked(corpus: Corpus, examples: Examples, background: Callable[[], Background]) -> Floats:
    """What the liked papers say of every paper, (n,): the mean of the `NEAREST` that are nearest to it.

    Interests that are truly apart take turns; the scores of one paper and the next never rise down the order.
    """
    exclude = examples.exclude
    if len(examples.liked) == 1:
        return _alone(corpus, examples.liked[0], examples)
    around = background()
    scores = np.stack([_by_example(corpus, probe, exclude, around) for probe in examples.liked])
    groups = interests(agreement(scores, [probe.exclude[0] for probe in examples.liked], corpus.sample))
    means = np.stack([_standard(_nearest_mean(scores[list(group)]), exclude) for group in groups])
    return means[0] if len(groups) == 1 else take_turns(means, [len(group) for group in groups], corpus.papers)


def _alone(corpus: Corpus, probe: Probe, examples: Examples) -> Floats:
    """What the text or the single liked paper says of every paper, (n,).

    Beside unlikes without feedback, which would draw towards papers that are not wanted.
    """
    weights = replace(DEFAULT, pull=0.0) if examples.unliked else DEFAULT
    return score(corpus, replace(probe, exclude=examples.exclude), weights)


def _by_example(corpus: Corpus, probe: Probe, exclude: tuple[int, ...], background: Background) -> Floats:
    """How near every paper is to one of several examples, (n,), by meaning and words.

    Along the direction that tells the example from the library: what all papers here have in common counts less.
    """
    cosines = corpus.index.similarities(background.discriminant(probe.vector))
    weight = DEFAULT.words * corpus.papers / (corpus.papers + DEFAULT.few)
    words = _standard(probe.words, exclude)
    scores = (1 - weight) * _standard(cosines, exclude) + weight * words
    return scores if corpus.embedded is None else np.where(corpus.embedded, scores, words)


def _nearest_mean(scores: Floats) -> Floats:
    """The mean of the `NEAREST` highest of each column of `scores` (m, n), (n,); of all where m is less."""
    count = min(NEAREST, len(scores))
    return np.asarray(np.partition(scores, len(scores) - count, axis=0)[-count:].mean(axis=0), np.float32)


def take_turns(scores: Floats, sizes: Sequence[int], papers: int = 0) -> Floats:
    """One score of every paper, (n,), from those of several interests, (g, n), of which the larger come first.

    Each interest's papers get, in its order, the scores of one common curve, the mean of all; the fewer likes it has
    (`sizes`), the faster, by their root. Of several scores a paper keeps the highest. `papers`: the library has, 0: n.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    turns = np.arange(scores.shape[1], dtype=np.float64)
    # A little down at every turn: papers that are as good as each other take turns, too.
    curve = np.take_along_axis(scores, order, axis=1).mean(axis=0) - 0.01 * turns / (papers or len(turns))
    made = np.empty_like(scores)
    for number, size in enumerate(sizes):
        made[number, order[number]] = np.interp((turns + 0.5) * (sizes[0] / size) ** 0.5 - 0.5, turns, curve)
    return np.asarray(made.max(axis=0), np.float32)


def _words(examples: Examples) -> Floats:
    """How well papers hold the words of the examples, (n,): of each as a share of its best holder, on average."""
    probes = [*examples.liked, *([examples.text] if examples.text else [])]
    shares = [probe.words / best_words(replace(probe, exclude=examples.exclude)) for probe in probes]
    return np.asarray(np.mean(shares, axis=0), np.float32)


def _standard(scores: Floats, exclude: tuple[int, ...]) -> Floats:
    """`scores` (n,) on the scale of the best of them, the papers of the query left out."""
    others = np.delete(scores, list(exclude))
    below = max(0, len(others) - DEFAULT.depth)
    return standardise(scores, np.partition(others, below)[below:] if len(others) else others)


def _unit(vector: NDArray[np.floating]) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


# -------------------------------------------------------------------------------------------- two interests in one


def agreement(scores: Floats, rows: Sequence[int], sample: Mask | None = None) -> Floats:
    """How well liked papers see each other, (m, m) in [0, 1]: the share of the library that each ranks below.

    `scores` (m, n) are what each says of every paper, `rows` where they are; the mean of both directions; 1 on the
    diagonal. Of the library only the papers of a `sample` (n,) count, if there is a sample.
    """
    shares = np.ones((len(rows), len(rows)), np.float32)
    for place, row in enumerate(rows):
        others = np.sort(np.delete(scores[place], row) if sample is None else scores[place][sample])
        below = np.searchsorted(others, scores[place][list(rows)]) / max(len(others) - 1, 1)
        shares[place] = np.minimum(below, 1.0)
        shares[place, place] = 1.0
    return np.asarray((shares + shares.T) / 2, np.float32)


def interests(agreement: Floats) -> list[tuple[int, ...]]:
    """Groups of likes, the largest first, then the earliest: joined while they agree on average, or are too small.

    Average linkage (Sokal & Michener 1958); `agreement` (m, m) is what the function of that name gives.
    """
    groups: list[tuple[int, ...]] = [(i,) for i in range(len(agreement))]

    def joined(pairs: list[tuple[int, int]], least: float) -> bool:
        """Join the pair that agrees most, if it agrees more than `least`."""
        means = {(a, b): float(agreement[np.ix_(groups[a], groups[b])].mean()) for a, b in pairs}
        a, b = max(means, key=lambda pair: means[pair], default=(0, 0))
        if a == b or means[a, b] < least:
            return False
        groups[a] = tuple(sorted(groups[a] + groups.pop(b)))
        return True

    def small(group: tuple[int, ...]) -> bool:
        return len(group) < _LEAST * len(agreement)

    while joined(list(combinations(range(len(groups)), 2)), _AGREE):
        pass
    while joined([(a, b) for a, b in combinations(range(len(groups)), 2) if small(groups[a]) or small(groups[b])], 0):
        pass
    return sorted(groups, key=lambda group: (-len(group), group))
