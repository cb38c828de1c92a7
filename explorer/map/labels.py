"""Labels: the noun phrase that covers a topic and finds it, out of the texts of its own papers.

Holds the choice among the names of `explorer.map.namer`: all topics of all levels choose together, whom a name suits
best gets it; where none covers a topic, it has two that do together, or the names of its two largest parts. Knows
topics and names, no vectors. Always true: no label stands twice, on any level; a phrase stands at topics within
each other only; the same input gives the same labels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from itertools import count as numbers_from

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix
from explorer.map.namer import LENGTH, READS, SOUGHT, Name, Namer
from explorer.map.sought import Encode
from explorer.map.tree import Span
from explorer.map.vocabulary import split_text

Texts = Callable[[Sequence[int]], Sequence[str]]

_MOST_TEXTS = 30_000  # more texts change no label of a level, only the time and memory they take
_BETTER = 1.0  # worth of a single phrase beside which no pair is tried
_PARTS = 4  # of a topic, the largest, whose names are tried together
_TELLS = 0.5  # power of the share of a name's papers that are its part's, beside cover: "robotic systems" covers much
_LONGER = 16  # characters that two borrowed names may have beyond the length of a label
_BROAD = 3.0  # worth that each coarser level adds to a good name: its topics have fewer, and are seen first
_SECOND = 0.75  # ease of a second phrase: "English" covers many papers and names no subject
_UNTITLED = "untitled group"


@dataclass(frozen=True)
class Labels:
    """Of the topics of a level, (topics,) each: what stands on the map, and what more their papers are about, or ""."""

    first: tuple[str, ...]
    second: tuple[str, ...]


def label_levels(
    texts: Sequence[str],
    assignments: Sequence[NDArray[np.int32]],
    vectors: Matrix | None = None,
    encode: Encode | None = None,
) -> list[Labels]:
    """Labels of every level, in the order of `assignments`: finest first.

    `texts`: n, "title. abstract"; `assignments`: for each level the topic of each text, (n,), nested; `vectors` (n, d)
    of the texts and `encode`, which makes such of phrases: see `Namer`.
    """
    rows = np.arange(0, len(texts), -(-len(texts) // _MOST_TEXTS))
    first = np.unique(assignments[0], return_index=True)[1]  # a paper of each finest topic
    order = np.lexsort([assignment[first] for assignment in assignments])
    place = np.empty(len(first), np.int32)
    place[order] = np.arange(len(first), dtype=np.int32)
    leaf = place[assignments[0]]
    some = [texts[row] for row in rows.tolist()]
    namer = Namer(some, leaf[rows], len(first), None if vectors is None else vectors[rows], encode)
    return name_levels(namer, lambda rows: [texts[row] for row in rows], assignments, leaf)


def name_levels(
    namer: Namer, texts: Texts, assignments: Sequence[NDArray[np.int32]], leaf: NDArray[np.int32]
) -> list[Labels]:
    """Labels of every level by a `namer` whose groups are `leaf` (n,): every topic is an interval of them.

    `texts(rows)`: the texts of some rows, of which a topic of a single paper has its label.
    """
    levels = [_spans(assignment, leaf) for assignment in assignments]
    chosen = _Choice(namer, levels).labels()
    used: set[str] = set()
    written: list[Labels] = []
    for assignment, names in zip(assignments, chosen, strict=True):
        alone = np.flatnonzero(np.bincount(assignment) == 1).tolist()
        rows = [int(np.argmax(assignment == topic)) for topic in alone]
        titles = {topic: _short_title(text) for topic, text in zip(alone, texts(rows), strict=True)}
        firsts = [titles.get(topic) or first or _UNTITLED for topic, (first, _) in enumerate(names)]
        seconds = ["" if titles.get(topic) else second for topic, (_, second) in enumerate(names)]
        written.append(Labels(tuple(_once(firsts, used)), tuple(seconds)))
    return written


def _spans(assignment: NDArray[np.int32], leaf: NDArray[np.int32]) -> list[Span]:
    """The interval of groups that each topic is."""
    topics = int(assignment.max()) + 1
    low, high = np.full(topics, np.iinfo(np.int32).max), np.zeros(topics, np.int64)
    np.minimum.at(low, assignment, leaf)
    np.maximum.at(high, assignment, leaf)
    return [(int(a), int(b) + 1) for a, b in zip(low, high, strict=True)]


def _once(labels: Iterable[str], used: set[str]) -> list[str]:
    """Each label; with a number where another topic of any level has it."""
    written = []
    for topic, label in enumerate(labels, start=1):
        forms = (label if number == 1 else f"{label} {number}" for number in numbers_from(1))
        if label == _UNTITLED:
            forms = (f"{label} {number}" for number in numbers_from(topic))
        form = next(form for form in forms if form.lower() not in used)
        used.add(form.lower())
        written.append(form)
    return written


def _short_title(text: str) -> str:
    """The title, or what stands before its colon, if short enough for a label; else nothing."""
    title = split_text(text)[0].strip(" .|")
    parts = (title, title.split(": ")[0])
    fits = (part for part in parts if len(part) <= LENGTH and any(map(str.isalpha, part)))
    return next((part for part in fits if not set(part) & set("{}\\$^_|")), "")


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _phrases(name: Name) -> list[tuple[str, frozenset[str]]]:
    """The phrases of a name, and of each what makes it what it is."""
    return list(zip(name.text.split(", "), name.telling, strict=True))


def _improves(name: Name, now: Name | None, sought: float) -> bool:
    """Whether a name is better than that of now, which is none that is good: worth more, or at least as easily sought,
    or it reads as a name and finds the topic, where that of now does not read so."""
    if now is None or name.worth > now.worth or name.sought >= max(sought, now.sought) > 0:
        return True
    return now.ease < READS <= name.ease and name.sought >= SOUGHT


class _Choice:
    """Who gets which name. A topic is its level and its span."""

    def __init__(self, namer: Namer, levels: Sequence[Sequence[Span]]) -> None:
        self._namer, self._levels = namer, levels
        self._names: dict[tuple[int, Span], Name] = {}
        self._texts: set[str] = set()
        self._places: defaultdict[frozenset[str], list[tuple[Span, bool]]] = defaultdict(list)

    def labels(self) -> list[list[tuple[str, str]]]:
        """For each level the two labels of each topic, "" where there is none."""
        topics = [(number, node) for number, level in enumerate(self._levels) for node in level]
        singles = self._namer.singles([node for _, node in topics])
        poor = [node for node, names in singles.items() if not names or names[0].worth < _BETTER]
        pairs = self._namer.pairs(poor)
        options = [
            (-name.worth * (1 + _BROAD * number * name.good), number, node, name)
            for number, node in topics
            for name in (*singles[node], *pairs.get(node, ()))
        ]
        for _, number, node, name in sorted(options, key=lambda option: (*option[:3], option[3].text)):
            if (number, node) not in self._names and self._free(node, name):
                self._take(number, node, name)
        for number, node in sorted(topics, key=lambda topic: self._again(*topic)):
            now = self._names.get((number, node))
            if now is None or not now.good:
                self._borrow(number, node)
                self._repeat(number, node, pairs.get(node, ()))
        return [[self._label(number, node, singles) for node in level] for number, level in enumerate(self._levels)]

    def _take(self, number: int, node: Span, name: Name) -> None:
        self._names[number, node] = name
        self._texts.add(name.text.lower())
        for telling in name.telling:
            self._places[telling].append((node, len(name.telling) == 1))

    def _free(self, node: Span, name: Name) -> bool:
        """Whether no topic apart from it says so, nor a single phrase that lies within it or it within."""
        single = len(name.telling) == 1
        if name.text.lower() in self._texts:
            return False
        for telling in name.telling:
            for place, alone in self._places[telling]:
                apart = not (_within(place, node) or _within(node, place))
                if apart or (alone and (single or (place != node and _within(node, place)))):
                    return False
        return True

    def _again(self, number: int, node: Span) -> bool:
        """Whether a topic stands on the next coarser level as it is, where it is seen, and so named, first."""
        return number + 1 < len(self._levels) and node in self._levels[number + 1]

    def _borrow(self, number: int, node: Span) -> None:
        """Names a topic that has no good name after its two largest parts, where these find it."""
        below = (
            [(finer, part) for part in self._levels[finer] if _within(part, node)] for finer in range(number)[::-1]
        )
        parts = next((parts for parts in below if len(parts) > 1), [])
        names = [self._names[part] for part in parts if part in self._names]
        # What does not find its part will not find the whole, and what does not read as a name ("English") is none.
        names.sort(key=lambda name: name.sought < SOUGHT or name.ease < READS)
        phrases = [
            [replace(name, text=text, telling=(telling,)) for text, telling in _phrases(name)]
            for name in names[:_PARTS]
        ]
        two = ((a, b) for first, second in combinations(phrases, 2) for a in first for b in second)
        both = self._namer.joined(node, [(a, b) for a, b in two if self._namer.differ(a, b)])
        both.sort(key=lambda name: (name.sought < SOUGHT, -name.cover * name.own**_TELLS))
        self._improve(number, node, both, SOUGHT)

    def _repeat(self, number: int, node: Span, pairs: Sequence[Name]) -> None:
        """Names a topic that has no good name by two phrases, of which the second may stand at another, too."""
        free = (name for name in pairs if self._free(node, replace(name, telling=name.telling[:1])))
        self._improve(number, node, [name for name in free if name.good])
        now = self._names.get((number, node))
        if now is not None and len(now.telling) == 1 and not now.good:
            self._improve(number, node, [name for name in self._namer.completed(node, now) if name.good])
        if (number, node) not in self._names:
            singles = self._namer.singles([node])[node]
            both = self._namer.joined(node, list(combinations(singles[:4], 2)))
            self._improve(number, node, sorted((*singles, *pairs, *both), key=lambda name: -name.worth))

    def _improve(self, number: int, node: Span, names: Sequence[Name], sought: float = 0.0) -> None:
        """Takes the first of `names` that no topic has, where it finds the topic or is worth more than its name."""
        now = self._names.get((number, node))
        if now is not None and now.good:
            return
        for name in names:
            if now is not None and name.text == now.text:
                return  # it has the best of them
            if (
                _improves(name, now, sought)
                and name.text.lower() not in self._texts
                and len(name.text) <= LENGTH + _LONGER
            ):
                self._take(number, node, name)
                return

    def _label(self, number: int, node: Span, singles: dict[Span, list[Name]]) -> tuple[str, str]:
        name = self._names.get((number, node))
        if name is None:
            return "", ""
        words = {word[:5] for telling in name.telling for word in telling}
        seconds = (
            more.text
            for more in self._namer.more(node)
            if not more.lone
            and more.ease >= _SECOND
            and not words & {word[:5] for word in more.telling[0]}
            and self._free(node, more)
        )
        return name.text, next(seconds, "")
