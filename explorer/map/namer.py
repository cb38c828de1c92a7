"""Names for groups of papers: phrases of their texts, each with how well it covers a group and finds it.

Holds what is weighed and how; knows texts, vectors and groups, no levels: who gets which name is for
`explorer.map.labels`. Always true: shares are in [0, 1]; a name is a phrase of the texts, or two of them; the same
input gives the same names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix
from explorer.language.lexicon import FUNCTIONS, GENERICS, SAY_LITTLE
from explorer.map.corpus import Corpus
from explorer.map.runs import Phrase, count_runs, phrase_of
from explorer.map.sought import Encode, Sought
from explorer.map.tree import Span

Rows = NDArray[np.int64]
_Double = NDArray[np.float64]

LENGTH = 44  # characters; two lines of 22 on the map
COVER = 0.2  # a phrase that a smaller share of a group's papers hold does not name it
SOUGHT = 0.6  # nor a phrase whose nearest papers are of the group to a smaller share
READS = 0.6  # nor what hardly ever stands in titles
_LONE_READS = 0.7  # a single word that is no name must be the commoner there: "actuator" names no field
_NEAREST = 20  # papers nearest to a phrase
_DEPTH = 0.35  # share of a group's size that is looked through besides: the nearest 20 may all lie in a corner of it
_CANDIDATES = 30  # phrases weighed for each group, twice
_PAIRED = 12  # of which so many are tried together
_PAIRS = 10  # pairs that may be searched by
_KEPT, _KEPT_PAIRS = 12, 3  # names of a phrase and of two that a group may choose among
# Of a group smaller than a fortieth: each is sought by its vector, and most groups are small. With 12 a fifth more.
_KEPT_BY_SMALL = 8
_LARGE = 40
_MORE_OWN, _MORE_COVER = 0.5, 0.05  # what a phrase must do by itself to be named as well without having been sought
_AT_FIRST = 1  # drafts of a group that are sought at once
_LEAST = 0.04  # cover of a phrase that is weighed at all
_WELL_COVERED = 0.6  # up to which more cover counts
_COVERS = 1.8  # power of cover in the worth of a name: with 0.6 the median cover of 38 labels was 0.26, not 0.33
_WELL_SOUGHT = 0.7
_WELL_REACHED = 0.6
_MOSTLY_OWN, _OWNS = 0.6, 0.4
_TITLE_WEIGHT = 2  # a title holds a tenth of the words, chosen to say what the paper is about
_LIFT = 2.0  # how much more common than elsewhere a phrase must be
_BARE_LIFT = 3.0  # that of those without a telling word: "language model" may pass, "neural network" hardly ever does
_LONE = 0.8  # a lone word says less than two ("localization")
_OF_ANYTHING = frozenset("problem task algorithm method system".split())
_DULL_END = 0.85  # "optimization problem" says no more than "optimization"; "recommender system" is a name all the same
_LONE_OWN = 0.5  # of its papers so many are the group's: "clustering" may be a name, "control" none
_POOR = 0.4  # what a name is worth beside others that does not cover its group, or not find it
_TITLES = 0.4  # how much a name is the better for being in titles: they say what a paper is about, not what it uses
_OFTEN_TITLED = 0.3  # of the papers that hold it
_LONE_TITLED = 0.4  # that of a lone word: "grasping" is in half, "policy" in a seventh
_FEW = 8  # papers that are counted beside them, as titled as that
_PAIR = 0.97  # and two phrases are more to read than a single phrase
_PART_OWN, _PART_COVER, _PART_MORE = 0.17, 0.07, 0.06  # what each of two must do by itself
_ACRONYM = 16  # characters that two names may have beyond the length of a label for the words of an acronym
_BEGINS = 5  # letters that two words have in common when they say the same: "robot" and "robotics"
_ALIKE = 0.64  # cosine of "genetic algorithm" and "evolutionary algorithms" 0.77, of what a pair may say at most 0.63
_AT_MOST = 512  # papers whose mean stands for a phrase where no encoder is
_USUAL = 200  # places of a phrase, enough to tell how it is usually written
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
    lone: bool = False

    @property
    def good(self) -> bool:
        """Whether it covers its group, finds it and reads as a name."""
        return self.cover >= COVER and self.sought >= SOUGHT and self.ease >= (_LONE_READS if self.lone else READS)


@dataclass(frozen=True)
class _Holders:
    """The texts that hold a label, ascending, and the groups of these and of those that do in the title, ascending."""

    rows: Rows
    leaf: NDArray[np.int32]
    titled: NDArray[np.int32]


class Namer:
    """Finds names for intervals of `leaves` groups, of which `leaf` (n,) is that of each of `texts`.

    `vectors` (n, d) of the texts and `encode`, which makes such of phrases: with both, a name is sought as a reader
    would; without `encode` by the mean of the papers that hold it; without either it is not. Only names that may yet be
    the best are sought: what a name would be worth if it found its group alone is known without.
    """

    def __init__(
        self,
        texts: Sequence[str] | Corpus,
        leaf: NDArray[np.int32],
        leaves: int,
        vectors: Matrix | None = None,
        encode: Encode | None = None,
    ) -> None:
        self._vectors = vectors
        self._sought = None if vectors is None else Sought(vectors, encode or self._means)
        corpus = texts if isinstance(texts, Corpus) else Corpus.of(texts)
        self._text, self._runs, self._concordance = corpus.text, corpus.runs, corpus.concordance
        self._phrases: dict[int, Phrase] = {}
        self._rows: dict[str, tuple[Rows, Rows]] = {}
        self.regroup(leaf, leaves)
        self._length = (self._table.words > 0).sum(axis=1)
        self._lone = (self._length == 1) & ~self._text.names[self._table.words[:, 0]]
        little = np.array([word in SAY_LITTLE for word in self._text.words])
        bare = np.array([word in GENERICS for word in self._text.words] or [True])
        bare[0] = True
        self._bare = np.asarray(bare[self._table.words].all(axis=1))
        self._dull = np.asarray((self._length == 1) & little[self._table.words[:, 0]]) | (self._lone & self._bare)

    def regroup(self, leaf: NDArray[np.int32], leaves: int) -> None:
        """Go on with other groups of the same texts."""
        self._leaf = leaf
        self._table = count_runs(self._runs, leaf, leaves)
        self._holders = _summed(self._table.holders)
        self._titled = _summed(self._table.titled)
        self._sizes = np.append(0, np.cumsum(self._table.sizes))
        self._members = np.argsort(leaf, kind="stable")
        self._of: dict[str, _Holders] = {}
        self._drafts: dict[Span, list[Name]] = {}
        self._singles: dict[Span, list[Name]] = {}

    def best(self, nodes: Sequence[Span]) -> dict[Span, Name]:
        """For each node the single phrase that names it best; none for a node without."""
        best = self._foremost({node: self._drafted(node) for node in nodes}, 1)
        return {node: names[0] for node, names in best.items() if names}

    def singles(self, nodes: Sequence[Span]) -> dict[Span, list[Name]]:
        """For each node the single phrases that name it best, at most `_KEPT`, the best first."""
        new = [node for node in dict.fromkeys(nodes) if node not in self._singles]
        for large, count in ((True, _KEPT), (False, _KEPT_BY_SMALL)):
            some = [node for node in new if self._large(node) == large]
            self._singles |= self._foremost({node: self._drafted(node) for node in some}, count)
        return {node: self._singles[node] for node in nodes}

    def more(self, node: Span) -> list[Name]:
        """The single phrases that name a node best, then those that were not sought, the most promising first."""
        best = self.singles([node])[node]
        rest = (name for name in self._drafted(node) if name.own >= _MORE_OWN and name.cover >= _MORE_COVER)
        return [*best, *sorted(rest, key=_best_first)]

    def pairs(self, nodes: Sequence[Span], count: int = _KEPT_PAIRS) -> dict[Span, list[Name]]:
        """For each node at most `count` names of two phrases that say more together, the best first."""
        drafts: dict[Span, list[Name]] = {}
        for node, singles in self.singles(nodes).items():
            parts = [n for n in singles if n.own >= _PART_OWN and n.cover >= _PART_COVER][:_PAIRED]
            cover, at = self._covers(node, parts), range(len(parts))
            some = [(i, j) for i, j in combinations(at, 2) if self._complete(parts[i], parts[j], cover[i, j])]
            some = [(i, j) if parts[i].cover >= parts[j].cover else (j, i) for i, j in some]
            some.sort(key=lambda two: _promise(parts[two[0]], parts[two[1]], float(cover[two])))
            drafts[node] = [self._pair(node, parts[i], parts[j], cover[i, j]) for i, j in some[:_PAIRS]]
        return self._foremost(drafts, count)

    def joined(self, node: Span, twos: Sequence[tuple[Name, Name]]) -> list[Name]:
        """Each two names together, the best first."""
        drafts = [self._pair(node, *two, float(self._covers(node, two)[0, 1])) for two in twos]
        return self._foremost({node: drafts}, len(drafts))[node]

    def differ(self, first: Name, second: Name) -> bool:
        """Whether two names say different things: they have no word in common, nor mean nearly the same."""
        if _beginnings(first.text) & _beginnings(second.text):
            return False
        return self._sought is None or self._sought.alike(first.text, second.text) < _ALIKE

    def _complete(self, first: Name, second: Name, cover: float) -> bool:
        """Whether two names say different things, and together stand in more papers, a share of `cover`."""
        text = f"{first.text}, {second.text}"
        fits = len(text) <= LENGTH + _ACRONYM * ("(" in text)
        return fits and cover - max(first.cover, second.cover) >= _PART_MORE and self.differ(first, second)

    def completed(self, node: Span, name: Name) -> list[Name]:
        """A single name with each of the others that says more beside it, the best first."""
        parts = [name, *(some for some in self.singles([node])[node][:_PAIRED] if some.own >= _PART_OWN)]
        cover = self._covers(node, parts)[0]
        more = [(some, both) for some, both in zip(parts, cover, strict=True) if self._complete(name, some, both)]
        return self._foremost({node: [self._pair(node, name, some, both) for some, both in more]}, len(more))[node]

    def bearers(self, nodes: Sequence[Span]) -> list[tuple[Rows, Rows]]:
        """For each node the texts that hold its best name, and those nearest to it; none where it has no name."""
        singles, pairs = self.singles(nodes), self.pairs(nodes, 1)
        best = [min((*singles[node], *pairs[node]), key=_best_first, default=None) for node in nodes]
        nearest = [self._near(name.text)[:_NEAREST].astype(np.int64) if name else _NONE for name in best]
        return [(self._bearing(name.text) if name else _NONE, near) for name, near in zip(best, nearest, strict=True)]

    # ------------------------------------------------------------------------------------------------- what is weighed

    def _size(self, node: Span) -> int:
        return int(self._sizes[node[1]] - self._sizes[node[0]])

    def _large(self, node: Span) -> bool:
        return _LARGE * self._size(node) >= int(self._sizes[-1])

    def _candidates(self, node: Span) -> list[Phrase]:
        """The phrases that could name a node, by their words alone."""
        low, high = node
        size, all_papers = max(self._size(node), 1), max(int(self._sizes[-1]), 1)
        bearing = self._holders[high] - self._holders[low]
        runs = np.flatnonzero((bearing >= max(_LEAST * size, 1)) & ~self._dull)
        bearing = bearing[runs]
        titled = self._titled[high][runs] - self._titled[low][runs]
        everywhere = self._holders[-1][runs] + _TITLE_WEIGHT * self._titled[-1][runs]
        cover, own = bearing / size, (bearing + _TITLE_WEIGHT * titled) / everywhere
        scores = np.minimum(cover / _WELL_COVERED, 1) * own**0.7 * (1 + _TITLE_WEIGHT * titled / size) ** 0.5
        scores = scores * np.where(self._lone[runs], _LONE, 1.0)
        small = size < all_papers / max(_BARE_LIFT, 1)
        lift = np.where(self._bare[runs], _BARE_LIFT, _LIFT) if small else np.ones(len(runs))
        scores[(cover < _LEAST) | (own * all_papers / size < lift)] = 0
        kept: dict[str, Phrase] = {}
        for order in (scores, scores * cover):  # those that tell the group apart, and those that cover it
            best = np.argsort(-order, kind="stable")[: 2 * _CANDIDATES]
            phrases = (self._phrase(run) for run in runs[best[order[best] > 0]].tolist())
            fit = (phrase for phrase in phrases if phrase.good and len(phrase.spelling) <= LENGTH)
            kept |= {phrase.spelling: phrase for phrase in islice(fit, _CANDIDATES)}
        return list(kept.values())

    def _phrase(self, run: int) -> Phrase:
        if run not in self._phrases:
            start = self._table.starts[run]
            at = self._table.places[start : start + min(_USUAL, self._table.counts[run])]
            self._phrases[run] = phrase_of(self._text, at, int(self._length[run]))
        return self._phrases[run]

    def _bearing(self, label: str) -> Rows:
        return self._holding(label)[0]

    def _holding(self, label: str) -> tuple[Rows, Rows]:
        """The texts that hold a label, and those of them that do in the title."""
        if label not in self._rows:
            self._rows[label] = self._concordance.holding(label)
        return self._rows[label]

    def _holds(self, label: str) -> _Holders:
        if label not in self._of:
            rows, titled = self._holding(label)
            self._of[label] = _Holders(rows, np.sort(self._leaf[rows]), np.sort(self._leaf[titled]))
        return self._of[label]

    def _drafted(self, node: Span) -> list[Name]:
        """The single phrases that could name a node, as if each found it alone."""
        if node not in self._drafts:
            drafts = (self._draft(node, phrase) for phrase in self._candidates(node))
            self._drafts[node] = [draft for draft in drafts if draft.worth > 0]
        return self._drafts[node]

    def _draft(self, node: Span, phrase: Phrase) -> Name:
        holders = self._holds(phrase.spelling)
        (low, high), (first, last) = (
            holders.leaf.searchsorted(node).tolist(),
            holders.titled.searchsorted(node).tolist(),
        )
        inside, in_title = high - low, last - first
        own = inside / len(holders.rows) if len(holders.rows) else 0.0
        often = _LONE_TITLED if phrase.lone else _OFTEN_TITLED
        titled = in_title + often * _FEW  # few papers prove little
        named = min(titled / (often * (inside + _FEW)), 1)
        ease = 1 - _TITLES + _TITLES * named
        if phrase.words[-1].removesuffix("s") in _OF_ANYTHING:
            ease *= _DULL_END
        if phrase.lone:
            ease *= _LONE * named
        elif len(phrase.words) == 1 and not phrase.spelling.removesuffix("s").isupper():
            ease *= ease  # "English"
        if phrase.lone and own < _LONE_OWN:
            ease = 0.0
        cover = inside / max(self._size(node), 1)
        return _name(phrase.spelling, (phrase.telling,), cover, own, ease, lone=phrase.lone)

    def _pair(self, node: Span, first: Name, second: Name, cover: float) -> Name:
        """Two names together, as if they found the node alone; `cover` of both."""
        own, ease = (first.own + second.own) / 2, _PAIR * min(first.ease, second.ease)
        text, telling = f"{first.text}, {second.text}", (*first.telling, *second.telling)
        return _name(text, telling, float(cover), own, ease)

    def _covers(self, node: Span, names: Sequence[Name]) -> _Double:
        """The share of a node's texts that hold either of two names, (names, names)."""
        members = self._members[self._sizes[node[0]] : self._sizes[node[1]]]
        holds = np.zeros((len(names), len(members)), np.float32)
        for row, name in zip(holds, names, strict=True):
            holding = np.zeros(len(self._leaf), bool)
            holding[self._bearing(name.text)] = True
            row[:] = holding[members]
        both = np.einsum("ij,kj->ik", holds, holds)
        each = np.diag(both)
        return np.asarray((each[:, None] + each[None, :] - both) / max(len(members), 1), np.float64)

    def _foremost(self, drafts: Mapping[Span, Sequence[Name]], count: int) -> dict[Span, list[Name]]:
        """Of each node's drafts at most `count`, those worth most, the best first, after the papers near them.

        They are sought a few at a time, the most promising first, until none is left that could be among them.
        """
        waiting = {node: sorted(some, key=_best_first) for node, some in drafts.items()}
        done: dict[Span, list[Name]] = {node: [] for node in drafts}
        step = _AT_FIRST
        while any(waiting.values()):
            now = {n: some if count >= len(drafts[n]) else some[:step] for n, some in waiting.items() if some}
            if self._sought:
                self._sought.seek(name.text for some in now.values() for name in some)
            for node, some in now.items():
                best = sorted((*done[node], *(self._tried(node, name) for name in some)), key=_best_first)[:count]
                least = best[-1].worth if len(best) == count else 0.0
                done[node], left = best, waiting[node][len(some) :]
                waiting[node] = [name for name in left if name.worth > least]
            step += 1
        return done

    def _tried(self, node: Span, name: Name) -> Name:
        """A draft weighed by the papers that are nearest to it."""
        size = max(self._size(node), 1)
        near = self._near(name.text)[: min(max(_NEAREST, int(_DEPTH * size)), size)]
        if not len(near):
            return name
        leaf = self._leaf[near]
        inside = (leaf >= node[0]) & (leaf < node[1])
        sought, reached = (np.count_nonzero(some) / len(some) for some in (inside[:_NEAREST], inside))
        return _name(name.text, name.telling, name.cover, name.own, name.ease, sought, reached, lone=name.lone)

    def _near(self, label: str) -> Rows | NDArray[np.int32]:
        return self._sought.near(label) if self._sought else _NONE

    def _means(self, labels: Sequence[str]) -> Matrix:
        """The mean vector of the papers that hold each label."""
        assert self._vectors is not None
        means = np.zeros((len(labels), self._vectors.shape[1]), np.float32)
        for mean, label in zip(means, labels, strict=True):
            rows = self._bearing(label)[:_AT_MOST]
            mean[:] = self._vectors[rows].mean(axis=0) if len(rows) else 0
        return means


def _name(
    text: str,
    telling: tuple[frozenset[str], ...],
    cover: float,
    own: float,
    ease: float,
    sought: float = 1.0,
    reached: float = 1.0,
    *,
    lone: bool = False,
) -> Name:
    """A name with what it is worth; `reached`: the share of all papers looked through for it that are the group's."""
    worth = min(cover / _WELL_COVERED, 1) ** _COVERS * min(sought / _WELL_SOUGHT, 1) ** 1.5
    worth *= min(own / _MOSTLY_OWN, 1) ** _OWNS * min(reached / _WELL_REACHED, 1) ** 0.7 * ease
    if cover < COVER or sought < SOUGHT:
        worth *= _POOR
    return Name(text, telling, cover, own, sought, ease, worth, lone)


def _promise(first: Name, second: Name, cover: float) -> float:
    """The lower, the more two names could say together, which cover so much."""
    return -cover * math.sqrt(first.own * second.own) * first.ease * second.ease


def _best_first(name: Name) -> tuple[float, str]:
    return -name.worth, name.text


def _beginnings(label: str) -> set[str]:
    """How the words of a label begin: "multi-robot systems" begins with a word of "robotics", too."""
    return {word[:_BEGINS] for word in re.findall(r"\w+", label.lower()) if word not in FUNCTIONS}


def _summed(counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each row of `counts` (p, columns) the sums before each column, and of all: (columns + 1, p)."""
    return np.concatenate([np.zeros((1, len(counts)), np.float32), np.cumsum(counts.T, axis=0)])
