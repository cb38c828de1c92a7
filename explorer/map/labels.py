"""Labels: a few phrases that tell a topic from its siblings, out of the texts of its own papers.

Three steps: texts become tokens (`_read`), tokens become phrases counted per topic (`_count`), and each topic takes
the phrases that suit it best (`_Chooser`), by class-based TF-IDF (Grootendorst 2022). Knows texts and topic numbers, no
vectors. Always true: a label is 1 to 40 characters unless a single phrase is longer; labels of a level differ; a child
repeats no phrase of its parent unless it is the only one; the same input gives the same labels.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.language.lexicon import Kind, is_word, kind, singular
from explorer.language.phrases import could_be_phrase, is_acronym, may_end, uncapitalised

_Numbers = NDArray[np.int32] | NDArray[np.int64]
_Double = NDArray[np.float64]

_LENGTH = 40  # characters; two lines of 20 on the map
_MOST_PHRASES = 3
_MOST_TEXTS = 30_000  # more texts change no label of a level, only the time and memory they take
_MOST_CHARACTERS = 2_500  # of one text: an abstract is shorter, a whole paper pasted in must not drown the others
_MOST_COUNTED = 40_000  # the most common phrases; bounds their table with the topics at about 100 MB
_CANDIDATES = 40  # phrases weighed for each topic; the labels of 400 siblings together used fewer
_LONE_WEIGHT = 0.05  # a lone word rarely says enough ("localization"), unless it is a name
_NAME_WEIGHT = 0.35  # "Hanabi", "SLAM"
_BROAD_WEIGHT = 0.1  # of a lone word at the top: "control" is in 65 % of a topic, no phrase in 10 %; 0.15 said "robot"
_TITLE_WEIGHT = 2  # a title holds a tenth of the words, chosen to say what the paper is about
_RUNNER_UP = 0.4  # a further phrase must score this share of the first, or the first says it all
_SWALLOWED = 0.6  # "neural radiance" goes when that share of its papers has it within "neural radiance fields"
_COMPLETED = 0.6  # "chain Monte Carlo" becomes "Markov chain Monte Carlo" when so often written in full
_BREADTH = 0.35  # how much a phrase of all a topic's parts is preferred to a corner's; 0 named 649 papers after 87


def label_levels(
    texts: Sequence[str], assignments: Sequence[NDArray[np.int32]], parents: Sequence[tuple[int, ...]]
) -> list[tuple[str, ...]]:
    """Labels of every level, in the order of `assignments`: finest first.

    `texts`: n, "title. abstract"; `assignments`: for each level the topic of each text, (n,); `parents`: for each level
    the topic above each of its topics, empty at the top.
    """
    rows = np.arange(0, len(texts), -(-len(texts) // _MOST_TEXTS))
    text = _read([texts[row] for row in rows.tolist()])
    first = np.unique(assignments[0], return_index=True)[1]  # a paper of each finest topic
    chooser = _Chooser(text, _count(text, assignments[0][rows], len(first)))
    levels: list[tuple[str, ...]] = []
    above: list[list[_Phrase]] = []
    for assignment, parent in zip(reversed(assignments), reversed(parents), strict=True):
        above = chooser.choose(assignment[first], parent, above)
        alone = np.flatnonzero(np.bincount(assignment) == 1).tolist()
        titles = {topic: _short_title(texts[int(np.argmax(assignment == topic))]) for topic in alone}
        levels.append(_written(above, titles))
    return levels[::-1]


def _written(chosen: Sequence[list[_Phrase]], titles: dict[int, str]) -> tuple[str, ...]:
    """Labels from phrases, or from the title of a single paper; with a number where two papers share it."""
    labels: list[str] = []
    for topic, phrases in enumerate(chosen):
        label = titles.get(topic) or ", ".join(phrase.spelling for phrase in phrases)
        labels.append(label if label and label not in labels else f"{label or 'untitled group'} {topic + 1}")
    return tuple(labels)


def _short_title(text: str) -> str:
    """The title, or what stands before its colon, if short enough for a label; else nothing."""
    title = _split(text)[0].strip(" .|")
    parts = (title, title.split(": ")[0])
    return next((part for part in parts if len(part) <= _LENGTH and any(map(str.isalpha, part))), "")


# --- tokens ----------------------------------------------------------------------------------------------------------

_DEBRIS = re.compile(r"https?://\S+|www\.\S+|\$[^$]{1,300}\$|\\[A-Za-z]+\*?|<[^<>]{1,40}>|&\w+;|\(cid:\d+\)")
_MAY_BE_DEBRIS = re.compile(r"[$\\<&]|http|www\.|\(cid:")
_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*|[^\s\w]|_")
_TITLE_END = re.compile(r"[.!?]\s")  # a subtitle, after a colon, belongs to the title


@dataclass(frozen=True)
class _Text:
    """All texts as one row of tokens, (t,) each: its form (as written), its word (folded), its paper, if in a title.

    Word 0 is a break: punctuation, formulas, numbers. A break stands before the first text and after each.
    """

    form: _Numbers
    word: _Numbers
    paper: _Numbers
    title: NDArray[np.bool_]
    forms: list[str]
    words: list[str]
    kinds: _Numbers


def _read(texts: Sequence[str]) -> _Text:
    numbers: defaultdict[str, int] = defaultdict(lambda: len(numbers))
    form, lengths = [numbers["."]], [0, 1]  # tokens in and out of the title, in turn
    for text in texts:
        title, rest = (_TOKEN.findall(part) for part in _split(text))
        form += [numbers[token] for token in (*title, *rest, ".")]
        lengths += [len(title), len(rest) + 1]
    part = np.repeat(np.arange(len(lengths)), lengths)
    forms = list(numbers)
    folded, words = _folded(forms)
    kinds = np.array([kind(word) for word in words])
    return _Text(np.array(form), folded[form], part // 2 - 1, part % 2 == 0, forms, words, kinds)


def _split(text: str) -> tuple[str, str]:
    """The title and the rest, without formulas, links and mark-up."""
    text = text[:_MOST_CHARACTERS].replace("’", "'")
    if _MAY_BE_DEBRIS.search(text):
        text = _DEBRIS.sub(" | ", text)  # a break, but no end of the title
    end = _TITLE_END.search(text, 0, 300)
    return (text[: end.end()], text[end.end() :]) if end else (text, "")


def _folded(forms: Sequence[str]) -> tuple[_Numbers, list[str]]:
    """The word of each form, without case and plural; 0, a break, for what is no word."""
    lower = [form.lower().removesuffix("'s") for form in forms]
    present = set(lower)
    words: dict[str, int] = {".": 0}
    folded = [words.setdefault(singular(word, present), len(words)) if is_word(word) else 0 for word in lower]
    return np.array(folded), list(words)


# --- phrases ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    """All p runs of one to three words that could be a label. `words` (p, 3), 0 where shorter; `shares` (p, topics):
    papers of each finest topic that hold it, a title counting more; `sizes` (topics,): papers read of each finest
    topic; run i begins at tokens `places[starts[i] : starts[i] + counts[i]]`."""

    words: _Numbers
    shares: NDArray[np.float32]
    sizes: _Numbers
    places: _Numbers
    starts: _Numbers
    counts: _Numbers


def _count(text: _Text, topics: NDArray[np.int32], topic_count: int) -> _Table:
    """`topics`: the finest topic of each paper read."""
    papers, radix = len(topics), len(text.words)
    fewest = 1 if papers < 40 else 2 if papers < 1000 else 3 + papers // 10_000
    key, place = _runs(text)
    order = np.argsort(key, kind="stable")
    keys, starts, counts = np.unique(key[order], return_index=True, return_counts=True)
    run, place = np.repeat(np.arange(len(keys)), counts), place[order]
    # A run counts once in a paper, where it stands first: in the title if it is there.
    first = np.flatnonzero(np.diff(run * papers + text.paper[place], prepend=-1))
    papers_with = np.bincount(run[first], minlength=len(keys))
    enough = np.flatnonzero(papers_with >= fewest)
    enough = np.sort(enough[np.argsort(-papers_with[enough], kind="stable")[:_MOST_COUNTED]])
    first = first[np.isin(run[first], enough)]
    cell = np.searchsorted(enough, run[first]) * topic_count + topics[text.paper[place[first]]]
    worth = np.where(text.title[place[first]], 1.0 + _TITLE_WEIGHT, 1.0)
    shares = np.bincount(cell, worth, len(enough) * topic_count).astype(np.float32).reshape(-1, topic_count)
    words = np.stack([keys[enough] // radix**i % radix for i in (2, 1, 0)], axis=1)
    return _Table(words, shares, np.bincount(topics, minlength=topic_count), place, starts[enough], counts[enough])


def _runs(text: _Text) -> tuple[_Numbers, _Numbers]:
    """Every run of one to three words that could be a label: its key and its first token, in order of length."""
    radix, kinds = len(text.words), text.kinds[text.word]
    ends = np.array([may_end(word) for word in text.words])[text.word]
    keys, places = [], []
    for length in (1, 2, 3):
        last = len(kinds) - length + 1
        at = np.flatnonzero(could_be_phrase([kinds[i : last + i] for i in range(length)], ends[length - 1 :]))
        words = [text.word[at + i] if i < length else 0 for i in range(3)]
        keys.append((words[0] * radix + words[1]) * radix + words[2])
        places.append(at)
    return np.concatenate(keys), np.concatenate(places)


@dataclass(frozen=True)
class _Phrase:
    """A run as a reader meets it: `words` complete and folded; `telling`: those that make it what it is: phrases with
    the same telling words say the same; `spelling`: as most often written; `lone`: a single word that is no name."""

    words: tuple[str, ...]
    telling: frozenset[str]
    spelling: str
    lone: bool

    def goes_with(self, other: _Phrase) -> bool:
        """Whether both may stand in one label: no common word, nor its beginning ("robot", "robotic"), no acronym."""
        alike = {word[:5] for word in self.telling} & {word[:5] for word in other.telling}
        return not (alike or is_acronym(self.words, other.words) or is_acronym(other.words, self.words))


def _phrase(text: _Text, names: NDArray[np.bool_], at: _Numbers, length: int) -> _Phrase:
    """The phrase of a run of `length` words that begins at tokens `at`."""
    before, after = _extent(text, at, length) if length > 1 else (0, 1)
    spans = np.clip(at[:, None] + np.arange(-before, after), 0, len(text.word) - 1)
    usual = _most_common(text.word[spans])
    spans = spans[(text.word[spans] == usual).all(axis=1)]
    # As written inside sentences, if anywhere: titles and openings capitalise.
    inside = ~text.title[spans[:, 0]] & (text.word[spans[:, 0] - 1] != 0)
    forms = [text.forms[form] for form in _most_common(text.form[spans[inside] if inside.any() else spans])]
    if not inside.any():
        named = names[list(usual)]
        forms = [form if name else uncapitalised(form) for form, name in zip(forms, named, strict=True)]
    telling = frozenset(text.words[word] for word in usual if text.kinds[word] == Kind.CONTENT)
    lone = length == 1 and not names[usual[0]]
    return _Phrase(tuple(text.words[word] for word in usual), telling, " ".join(forms), lone)


def _most_common(rows: _Numbers) -> tuple[int, ...]:
    return Counter(map(tuple, rows.tolist())).most_common(1)[0][0]


def _extent(text: _Text, at: _Numbers, length: int) -> tuple[int, int]:
    """How many tokens before and after its first one a phrase reaches when completed: "chain Monte Carlo" and
    "obstructive pulmonary" are parts of names that hardly ever stand without the rest."""
    before, after = 0, length
    for _ in range(2):
        if _always(text, at - before - 1, Kind.CONTENT):
            before += 1
        if _always(text, at + after, Kind.GENERIC):
            after += 1
        elif _always(text, at + after, Kind.FUNCTION) and _always(text, at + after + 1, Kind.GENERIC):
            after += 2  # localization and mapping
    return before, after


def _always(text: _Text, at: _Numbers, least: int) -> bool:
    """Whether one word, telling at `least` so much, stands at most of these tokens."""
    words = text.word[np.clip(at, 0, len(text.word) - 1)]
    word, seen = Counter(words.tolist()).most_common(1)[0]
    return len(at) > 2 and seen >= _COMPLETED * len(at) and bool(text.kinds[word] >= least)


def _names(text: _Text) -> NDArray[np.bool_]:
    """For each word whether it is a name or an acronym: written with a capital inside sentences, (words,).

    One that mostly leads another word ("Bayesian", "3D") is an adjective, not a name.
    """
    capital = np.array([form != form.lower() for form in text.forms])
    leads = np.append(text.kinds[text.word[1:]] >= Kind.GENERIC, False)
    inside = ~text.title & (np.append(0, text.word[:-1]) != 0)
    words, size = text.word[inside], len(text.words)
    seen = np.bincount(words, minlength=size)
    upper = np.bincount(words, capital[text.form[inside]], size) > 0.6 * seen
    return np.asarray(upper & (np.bincount(words, leads[inside], size) < 0.6 * seen))


# --- choice ----------------------------------------------------------------------------------------------------------


class _Chooser:
    """Chooses the phrases of the topics, a level at a time, from the top down."""

    def __init__(self, text: _Text, table: _Table) -> None:
        self._text, self._table = text, table
        self._names = _names(text)
        self._length = (table.words > 0).sum(axis=1)
        self._lone = (self._length == 1) & ~self._names[table.words[:, 0]]
        self._phrases: dict[int, _Phrase] = {}

    def choose(self, chain: _Numbers, parents: Sequence[int], above: Sequence[list[_Phrase]]) -> list[list[_Phrase]]:
        """Phrases of each topic of a level, best first.

        `chain`: the level's topic of each finest topic; `parents`: the topic above each; `above`: phrases of those.
        """
        topics = range(int(chain.max()) + 1)
        only = {topic for topic in topics if parents and parents.count(parents[topic]) == 1}
        chosen = [list(above[parents[topic]]) if topic in only else [] for topic in topics]  # same papers, same label
        taken = {phrase.telling for phrases in chosen for phrase in phrases}
        best: dict[int, float] = {}
        for score, topic, run in sorted(self._candidates(chain, parents)):  # a phrase goes to the topic it suits best
            phrase = self._phrase(run)
            of_parent = {phrase.telling for phrase in above[parents[topic]]} if parents else set()
            good = topic not in only and score <= _RUNNER_UP * best.get(topic, 0)
            if good and phrase.telling not in taken | of_parent and _fits(chosen[topic], phrase):
                taken.add(phrase.telling)
                best.setdefault(topic, score)
                chosen[topic].append(phrase)
        return chosen

    def _candidates(self, chain: _Numbers, parents: Sequence[int]) -> Iterator[tuple[float, int, int]]:
        """The candidates of every topic: score, less is better, topic, run."""
        member = np.eye(int(chain.max()) + 1)[chain]  # which finest topic belongs to which of the level
        shares = self._table.shares @ member
        scores = self._scores(member, parents)
        for topic in range(member.shape[1]):
            for run in self._best_runs(scores[:, topic], shares[:, topic]):
                yield -float(scores[run, topic]), topic, run

    def _scores(self, member: _Double, parents: Sequence[int]) -> _Double:
        """Class-based TF-IDF, (p, topics): how common a phrase is in a topic times the log of how much more common
        than elsewhere. For a child, elsewhere is half the corpus and half its parent; in a topic of several finest
        topics, a phrase of all of them counts for more than a phrase of a corner."""
        shares, sizes = self._table.shares @ member, self._table.sizes @ member  # whole numbers: exact in any order
        floor = 0.5 / sizes.sum()
        rate = shares / np.maximum(sizes, 1)
        lift = np.log((rate + floor) / (shares.sum(axis=1, keepdims=True) / sizes.sum() + floor))
        if parents:
            family = np.eye(max(parents) + 1)[list(parents)]
            wide = (shares @ family / np.maximum(sizes @ family, 1))[:, parents]
            lift = (lift + np.log((rate + floor) / (wide + floor))) / 2
        breadth = shares**2 / np.maximum(self._table.shares**2 @ member, 1e-12) / member.sum(axis=0)
        lone = _BROAD_WEIGHT if not parents and len(sizes) < len(member) else _LONE_WEIGHT
        weight = np.where(self._lone, lone, np.where(self._length == 1, _NAME_WEIGHT, 1.0))
        return np.asarray(rate * np.maximum(lift, 0) * breadth**_BREADTH * weight[:, None])

    def _best_runs(self, scores: _Double, shares: _Double) -> list[int]:
        """The best runs of a topic, without those that mostly occur as part of a longer one of them."""
        best = np.argsort(-scores, kind="stable")[:_CANDIDATES]
        best = best[scores[best] > 0].tolist()
        words = {run: " ".join(["", *map(str, self._table.words[run, : self._length[run]]), ""]) for run in best}
        longer = {run: [other for other in best if words[run] in words[other] != words[run]] for run in best}
        return [run for run in best if all(shares[other] < _SWALLOWED * shares[run] for other in longer[run])]

    def _phrase(self, run: int) -> _Phrase:
        if run not in self._phrases:
            start = self._table.starts[run]
            at = self._table.places[start : start + min(500, self._table.counts[run])]  # enough to tell the usual
            self._phrases[run] = _phrase(self._text, self._names, at, int(self._length[run]))
        return self._phrases[run]


def _fits(chosen: Sequence[_Phrase], phrase: _Phrase) -> bool:
    """Whether a label may go on with a phrase."""
    short = len(chosen) < _MOST_PHRASES and len(", ".join(p.spelling for p in [*chosen, phrase])) <= _LENGTH
    return not chosen or (short and not phrase.lone and all(phrase.goes_with(other) for other in chosen))
