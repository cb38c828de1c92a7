"""Names for groups of papers: phrases of their texts, each with how well it covers a group and finds it.

Holds what is weighed and how; knows texts, vectors and groups, no levels: who gets which name is for
`explorer.map.labels`. Always true: shares are in [0, 1]; a name is a phrase of the texts, or two of them; the same
input gives the same names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from embeddings.vectors import Matrix
from explorer.boilerplate import without_repeats
from explorer.language.lexicon import GENERICS, SAY_LITTLE
from explorer.map.concordance import Concordance
from explorer.map.runs import Phrase, count_runs, phrase_of, read_texts, split_text
from explorer.map.tree import Span

Encode = Callable[[Sequence[str]], Matrix]
Rows = NDArray[np.int64]
_Double = NDArray[np.float64]

LENGTH = 44  # characters; two lines of 22 on the map
COVER = 0.2  # a phrase that a smaller share of a group's papers hold does not name it
SOUGHT = 0.6  # nor a phrase whose nearest papers are of the group to a smaller share
READS = 0.6  # nor what hardly ever stands in titles
_NEAREST = 20  # papers nearest to a phrase
_DEEP = 400  # of which so many at most are looked through for a large group: the nearest 20 may all lie in a corner
_DEPTH = 0.35  # share of a group's size that is looked through
_CANDIDATES = 30  # phrases weighed for each group, twice
_PAIRED = 12  # of which so many are tried together
_PAIRS = 16  # pairs that are searched by
_LEAST = 0.04  # cover of a phrase that is weighed at all
_WELL_COVERED = 0.5  # up to which more cover counts
_COVERS = 1.5  # power of cover in the worth of a name: with 0.6 the median cover of 38 labels was 0.26, not 0.33
_WELL_SOUGHT = 0.7
_WELL_REACHED = 0.6
_MOSTLY_OWN = 0.6
_TITLE_WEIGHT = 2  # a title holds a tenth of the words, chosen to say what the paper is about
_LIFT = 2.0  # how much more common than elsewhere a phrase must be
_BARE_LIFT = 3.0  # that of those without a telling word: "language model" may pass, "neural network" hardly ever does
_LONE = 0.75  # a lone word says less than two ("localization")
_OF_ANYTHING = frozenset("problem task algorithm method system".split())
_DULL_END = 0.85  # "optimization problem" says no more than "optimization"; "recommender system" is a name all the same
_LONE_OWN = 0.5  # of its papers so many are the group's: "clustering" may be a name, "control" none
_POOR = 0.4  # what a name is worth beside others that does not cover its group, or not find it
_TITLES = 0.4  # how much a name is the better for being in titles: they say what a paper is about, not what it uses
_OFTEN_TITLED = 0.3  # of the papers that hold it
_LONE_TITLED = 0.4  # that of a lone word: "grasping" is in half, "policy" in a seventh
_FEW = 8  # papers that are counted beside them, as titled as that
_PAIR = 0.97  # and two phrases are more to read than a single phrase
_PART_OWN, _PART_COVER, _PART_MORE = 0.15, 0.07, 0.06  # what each of two must do by itself
_BLOCK = 512  # phrases compared with all papers at once
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Name:
    """What could be written at a group: `telling`: of each of its phrases the words that make it what it is; `cover`:
    share of the group's papers that hold it or a variant; `own`: share of the papers that hold it that are the group's;
    `sought`: share of the papers nearest to it that are; `ease`: how well it reads as a name; `worth`: all of that in
    one number, at most 1."""

    text: str
    telling: tuple[frozenset[str], ...]
    cover: float
    own: float
    sought: float
    ease: float
    worth: float
    rows: Rows = field(repr=False)
    lone: bool = False

    @property
    def good(self) -> bool:
        """Whether it covers its group, finds it and reads as a name."""
        return self.cover >= COVER and self.sought >= SOUGHT and self.ease >= READS


class Namer:
    """Finds names for intervals of `leaves` groups, of which `leaf` (n,) is that of each of `texts`.

    `vectors` (n, d) of the texts and `encode`, which makes such of phrases: with both, a name is sought as a reader
    would; without `encode` by the mean of the papers that hold it; without either it is not.
    """

    def __init__(
        self,
        texts: Sequence[str],
        leaf: NDArray[np.int32],
        leaves: int,
        vectors: Matrix | None = None,
        encode: Encode | None = None,
    ) -> None:
        self._vectors, self._encode = vectors, encode
        self._text = read_texts(without_repeats(texts))
        parts = [split_text(text) for text in texts]
        self._concordance = Concordance([" ".join(part) for part in parts], [title for title, _ in parts])
        self._phrases: dict[int, Phrase] = {}
        self._rows: dict[str, tuple[Rows, Rows]] = {}
        self._near: dict[str, Rows] = {}
        self.regroup(leaf, leaves)
        self._length = (self._table.words > 0).sum(axis=1)
        self._lone = (self._length == 1) & ~self._text.names[self._table.words[:, 0]]
        little = np.array([word in SAY_LITTLE for word in self._text.words])
        bare = np.array([word in GENERICS for word in self._text.words] or [True])
        bare[0] = True
        self._bare = bare[self._table.words].all(axis=1)
        self._dull = ((self._length == 1) & little[self._table.words[:, 0]]) | (self._lone & self._bare)

    def regroup(self, leaf: NDArray[np.int32], leaves: int) -> None:
        """Go on with other groups of the same texts."""
        self._leaf = leaf
        self._table = count_runs(self._text, leaf, leaves)
        self._holders = _summed(self._table.holders)
        self._titled = _summed(self._table.titled)
        self._sizes = np.append(0, np.cumsum(self._table.sizes))
        self._singles: dict[Span, list[Name]] = {}

    def singles(self, nodes: Sequence[Span]) -> dict[Span, list[Name]]:
        """For each node the single phrases that could name it, the best first."""
        new = [node for node in dict.fromkeys(nodes) if node not in self._singles]
        phrases = {node: self._candidates(node) for node in new}
        self._seek(phrase.spelling for some in phrases.values() for phrase in some)
        for node, some in phrases.items():
            names = [self._name(node, phrase) for phrase in some]
            self._singles[node] = sorted((name for name in names if name.worth > 0), key=_best_first)
        return {node: self._singles[node] for node in nodes}

    def pairs(self, nodes: Sequence[Span]) -> dict[Span, list[Name]]:
        """For each node names of two phrases that say more together, the best first."""
        tried: dict[Span, list[tuple[Name, Name]]] = {}
        for node in nodes:
            parts = [n for n in self._singles[node] if n.own >= _PART_OWN and n.cover >= _PART_COVER]
            some = [(a, b) for a, b in combinations(parts[:_PAIRED], 2) if _complete(a, b, self._size(node))]
            some = [(a, b) if a.cover >= b.cover else (b, a) for a, b in some]
            some.sort(key=_promise)
            tried[node] = some[:_PAIRS]
        self._seek(f"{a.text}, {b.text}" for some in tried.values() for a, b in some)
        return {
            node: sorted((self.joined(node, *pair) for pair in some), key=_best_first) for node, some in tried.items()
        }

    def joined(self, node: Span, first: Name, second: Name) -> Name:
        """Two names together."""
        text = f"{first.text}, {second.text}"
        self._seek([text])
        rows = np.union1d(self._bearing(first.text), self._bearing(second.text))
        own, ease = (first.own + second.own) / 2, _PAIR * min(first.ease, second.ease)
        return self._weighed(node, text, (*first.telling, *second.telling), rows, own, ease)

    def completed(self, node: Span, name: Name) -> list[Name]:
        """A single name with each of the others that says more beside it, the best first."""
        more = [some for some in self._singles[node][:_PAIRED] if _complete(name, some, self._size(node))]
        self._seek(f"{name.text}, {some.text}" for some in more)
        return sorted((self.joined(node, name, some) for some in more), key=_best_first)

    def bearers(self, nodes: Sequence[Span]) -> list[tuple[Rows, Rows]]:
        """For each node the texts that hold its best name, and those nearest to it; none where it has no name."""
        none = _NONE
        singles, pairs = self.singles(nodes), self.pairs(nodes)
        best = [min((*singles[node], *pairs[node]), key=_best_first, default=None) for node in nodes]
        nearest = [self._near.get(name.text, none)[:_NEAREST] if name else none for name in best]
        return [(self._bearing(name.text) if name else none, near) for name, near in zip(best, nearest, strict=True)]

    # ------------------------------------------------------------------------------------------------- what is weighed

    def _size(self, node: Span) -> int:
        return int(self._sizes[node[1]] - self._sizes[node[0]])

    def _candidates(self, node: Span) -> list[Phrase]:
        """The phrases that could name a node, by their words alone."""
        low, high = node
        size, all_papers = max(self._size(node), 1), max(int(self._sizes[-1]), 1)
        bearing = self._holders[:, high] - self._holders[:, low]
        titled = self._titled[:, high] - self._titled[:, low]
        everywhere = self._holders[:, -1] + _TITLE_WEIGHT * self._titled[:, -1]
        cover, own = bearing / size, (bearing + _TITLE_WEIGHT * titled) / everywhere
        scores = np.minimum(cover / _WELL_COVERED, 1) * own**0.7 * (1 + _TITLE_WEIGHT * titled / size) ** 0.5
        scores = scores * np.where(self._lone, _LONE, 1.0)
        lift = np.where(self._bare, _BARE_LIFT, _LIFT) if size < all_papers / max(_BARE_LIFT, 1) else 1.0
        scores[self._dull | (cover < _LEAST) | (own * all_papers / size < lift)] = 0
        kept: dict[str, Phrase] = {}
        for order in (scores, scores * cover):  # those that tell the group apart, and those that cover it
            best = np.argsort(-order, kind="stable")[: 2 * _CANDIDATES]
            phrases = (self._phrase(run) for run in best[order[best] > 0].tolist())
            fit = (phrase for phrase in phrases if phrase.good and len(phrase.spelling) <= LENGTH)
            kept |= {phrase.spelling: phrase for phrase in islice(fit, _CANDIDATES)}
        return list(kept.values())

    def _phrase(self, run: int) -> Phrase:
        if run not in self._phrases:
            start = self._table.starts[run]
            at = self._table.places[start : start + min(500, self._table.counts[run])]  # enough to tell the usual
            self._phrases[run] = phrase_of(self._text, at, int(self._length[run]))
        return self._phrases[run]

    def _bearing(self, label: str) -> Rows:
        return self._holding(label)[0]

    def _holding(self, label: str) -> tuple[Rows, Rows]:
        """The texts that hold a label, and those of them that do in the title."""
        if label not in self._rows:
            self._rows[label] = self._concordance.holding(label)
        return self._rows[label]

    def _name(self, node: Span, phrase: Phrase) -> Name:
        rows, in_title = self._holding(phrase.spelling)
        inside = _inside(self._leaf[rows], node)
        own = float(inside.mean()) if len(rows) else 0.0
        often = _LONE_TITLED if phrase.lone else _OFTEN_TITLED
        titled = int(_inside(self._leaf[in_title], node).sum()) + often * _FEW  # few papers prove little
        named = min(titled / (often * (int(inside.sum()) + _FEW)), 1)
        ease = 1 - _TITLES + _TITLES * named
        if phrase.words[-1].removesuffix("s") in _OF_ANYTHING:
            ease *= _DULL_END
        if phrase.lone:
            ease *= _LONE * named
        elif len(phrase.words) == 1 and not phrase.spelling.removesuffix("s").isupper():
            ease *= ease  # "English"
        if phrase.lone and own < _LONE_OWN:
            ease = 0.0
        return self._weighed(node, phrase.spelling, (phrase.telling,), rows, own, ease, lone=phrase.lone)

    def _weighed(
        self,
        node: Span,
        text: str,
        telling: tuple[frozenset[str], ...],
        rows: Rows,
        own: float,
        ease: float,
        *,
        lone: bool = False,
    ) -> Name:
        mine = rows[_inside(self._leaf[rows], node)]
        size = max(self._size(node), 1)
        sought, reached = (self._reached(node, text, deep) for deep in (_NEAREST, max(_NEAREST, int(_DEPTH * size))))
        cover = len(mine) / size
        worth = min(cover / _WELL_COVERED, 1) ** _COVERS * min(sought / _WELL_SOUGHT, 1) ** 1.5
        worth *= min(own / _MOSTLY_OWN, 1) ** 0.3 * min(reached / _WELL_REACHED, 1) ** 0.7 * ease
        if cover < COVER or sought < SOUGHT:
            worth *= _POOR
        return Name(text, telling, cover, own, sought, ease, worth, mine, lone)

    def _reached(self, node: Span, text: str, deep: int) -> float:
        """The share of the `deep` papers nearest to a label that are a node's."""
        near = self._near.get(text, _NONE)[: min(deep, max(self._size(node), 1))]
        return float(_inside(self._leaf[near], node).mean()) if len(near) else 1.0

    def _seek(self, labels: Iterable[str]) -> None:
        """Find the papers nearest to each label; those of the same are not looked for twice."""
        if self._vectors is None:
            return
        new = [label for label in dict.fromkeys(labels) if label not in self._near]
        for start in range(0, len(new), _BLOCK):
            part = new[start : start + _BLOCK]
            sought = self._encode(part) if self._encode else np.stack([self._mean(label) for label in part])
            with threadpool_limits(1):  # so that sums come out the same on any number of cores
                close = sought @ self._vectors.T
            count = min(_DEEP, close.shape[1])
            nearest = np.argpartition(-close, count - 1, axis=1)[:, :count]
            order = np.argsort(-np.take_along_axis(close, nearest, 1), axis=1, kind="stable")
            for label, rows in zip(part, np.take_along_axis(nearest, order, 1), strict=True):
                self._near[label] = rows.astype(np.int32)

    def _mean(self, label: str) -> Matrix:
        assert self._vectors is not None
        rows = self._bearing(label)[:_BLOCK]
        return self._vectors[rows].mean(axis=0) if len(rows) else np.zeros(self._vectors.shape[1], np.float32)


def _inside(leaf: NDArray[np.int32], node: Span) -> NDArray[np.bool_]:
    return np.asarray((leaf >= node[0]) & (leaf < node[1]))


def _promise(pair: tuple[Name, Name]) -> float:
    """The lower, the more two names could say together."""
    first, second = pair
    together = len(np.union1d(first.rows, second.rows))
    return -together * math.sqrt(first.own * second.own) * first.ease * second.ease


def _best_first(name: Name) -> tuple[float, str]:
    return -name.worth, name.text


def _complete(first: Name, second: Name, size: int) -> bool:
    """Whether two names say different things, and together stand in more papers."""
    alike = {word[:5] for some in first.telling for word in some} & {
        word[:5] for some in second.telling for word in some
    }
    if alike or len(first.text) + len(second.text) + 2 > LENGTH:
        return False
    both = len(np.union1d(first.rows, second.rows))
    return both - max(len(first.rows), len(second.rows)) >= _PART_MORE * size


def _summed(counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sums of all columns before each, and of all: (p, columns + 1)."""
    none = np.zeros((len(counts), 1), np.float32)
    return np.concatenate([none, np.cumsum(counts, axis=1)], axis=1)
