"""Phrases of many texts at once: which runs of words could name a topic, how many papers of each topic hold them.

`find_runs` looks for them once, `count_runs` counts them per topic, `phrase_of` says how a run is written. Knows
tokens and topic numbers, no labels. Always true: a run has up to three words and begins and ends with a word that says
something; the same texts give the same runs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.language.lexicon import FIGURES, SAY_LITTLE, Kind, kind, singular
from explorer.language.phrases import could_be_phrase, uncapitalised
from explorer.map.vocabulary import OF_DATA, Numbers, Text

_MOST_COUNTED = 30_000  # the most common runs; bounds their tables with the topics at about 100 MB
_COMPLETED = 0.6  # "chain Monte Carlo" becomes "Markov chain Monte Carlo" when so often written in full
_CUT = 0.7  # a run that a noun follows so often is the beginning of a name: "minimally invasive"
_TAIL = 0.5  # a run that stands so often behind a hyphen is the end of a name: "shot learning", "armed bandit"
_FIELD = re.compile(  # endings of what is done, or of a field of knowledge, which a lone word may name
    r"\w{3,}(?:tion|sion|ing|ment|ness|ity|ics|ism|sis|logy|graphy|metry|try|ance|ence|ture|ery|oma|itis|emia)|\w{5,}y"
)
_LONG = 7  # letters from which on a lone word may be as telling
_HALVES = frozenset("based driven aware guided oriented inspired conditioned assisted enhanced wise induced".split())


@dataclass(frozen=True)
class Table:
    """All p runs of one to three words that could be a label. `words` (p, 3), 0 where shorter; `holders` (p, topics):
    papers of each finest topic that hold it; `titled` (p, topics): in the title; `sizes` (topics,): papers read of
    each finest topic; run i begins at tokens `places[starts[i] : starts[i] + counts[i]]`."""

    words: Numbers
    holders: NDArray[np.float32]
    titled: NDArray[np.float32]
    sizes: Numbers
    places: Numbers
    starts: Numbers
    counts: Numbers


@dataclass(frozen=True)
class Runs:
    """All p runs, as a `Table` has them, and where: run `run[i]` in paper `paper[i]`, once in each; if in its title."""

    words: Numbers
    places: Numbers
    starts: Numbers
    counts: Numbers
    run: Numbers
    paper: Numbers
    title: NDArray[np.bool_]


def count_runs(runs: Runs, topics: NDArray[np.int32], topic_count: int) -> Table:
    """`topics`: the finest topic of each paper read."""
    cell = runs.run * topic_count + topics[runs.paper]
    size = len(runs.words) * topic_count
    holders, titled = (
        np.bincount(cells, minlength=size).astype(np.float32).reshape(-1, topic_count)
        for cells in (cell, cell[runs.title])
    )
    sizes = np.bincount(topics, minlength=topic_count)
    return Table(runs.words, holders, titled, sizes, runs.places, runs.starts, runs.counts)


def find_runs(text: Text) -> Runs:
    """The runs that could be a label, of those that stand in enough papers."""
    papers, radix = int(text.paper[-1]) + 1, len(text.words)
    fewest = 1 if papers < 40 else 2 if papers < 1000 else 3 + papers // 10_000
    key, place = _runs(text)
    order = np.argsort(key, kind="stable")
    keys, starts, counts = np.unique(key[order], return_index=True, return_counts=True)
    run, place = np.repeat(np.arange(len(keys)), counts), place[order]
    # A run counts once in a paper, where it stands first: in the title if it is there.
    first = np.flatnonzero(np.diff(run * papers + text.paper[place], prepend=-1))
    papers_with = np.bincount(run[first], minlength=len(keys))
    last = place + np.repeat(_lengths(keys.astype(np.int64), radix), counts)
    followed = np.bincount(run, text.kinds[text.word[np.minimum(last, len(text.word) - 1)]] >= Kind.GENERIC) / counts
    whole = (followed <= _CUT) | (_lengths(keys.astype(np.int64), radix) > 1)  # longer ones may yet be completed
    enough = np.flatnonzero((papers_with >= fewest) & whole)
    enough = np.sort(enough[np.argsort(-papers_with[enough], kind="stable")[:_MOST_COUNTED]])
    first = first[np.isin(run[first], enough)]
    words = np.stack([keys[enough] // radix**i % radix for i in (2, 1, 0)], axis=1)
    at, once = np.searchsorted(enough, run[first]), place[first]
    return Runs(words, place, starts[enough], counts[enough], at, text.paper[once], text.title[once])


def _lengths(keys: NDArray[np.int64], radix: int) -> NDArray[np.int64]:
    """Words of each run."""
    return 1 + np.asarray(keys // radix % radix > 0).astype(np.int64) + np.asarray(keys % radix > 0)


def _runs(text: Text) -> tuple[Numbers, Numbers]:
    """Every run of one to three words that could be a label: its key and its first token, in order of length."""
    radix, kinds = len(text.words), text.kinds[text.word]
    ends, begins = text.ends[text.word], ~text.verbs[text.word]
    keys, places = [], []
    for length in (1, 2, 3):
        last = len(kinds) - length + 1
        at = np.flatnonzero(
            could_be_phrase([kinds[i : last + i] for i in range(length)], ends[length - 1 :], bare=length > 1)
            & begins[:last]
        )
        words = [text.word[at + i] if i < length else 0 for i in range(3)]
        keys.append((words[0] * radix + words[1]) * radix + words[2])
        places.append(at)
    return np.concatenate(keys), np.concatenate(places)


@dataclass(frozen=True)
class Phrase:
    """A run as a reader meets it: `words` complete and folded; `telling`: those that make it what it is: phrases with
    the same telling words say the same; `spelling`: as most often written; `lone`: a single word that is no name;
    `good`: whether it is a whole name of a subject, neither cut nor of a data set, and no short lone word."""

    words: tuple[str, ...]
    telling: frozenset[str]
    spelling: str
    lone: bool
    good: bool


def phrase_of(text: Text, at: Numbers, length: int) -> Phrase:
    """The phrase of a run of `length` words that begins at tokens `at`."""
    before, after = _extent(text, at, length) if length > 1 else (0, 1)
    spans = np.minimum(np.maximum(at[:, None] + np.arange(-before, after), 0), len(text.word) - 1)
    usual = _most_common(text.word[spans])
    spans = spans[(text.word[spans] == usual).all(axis=1)]
    # As written inside sentences, if anywhere: titles and openings capitalise.
    inside = ~text.title[spans[:, 0]] & (text.word[spans[:, 0] - 1] != 0)
    forms = [text.forms[form] for form in _most_common(text.form[spans[inside] if inside.any() else spans])]
    if not inside.any():
        named = text.names[list(usual)]
        forms = [form if name else uncapitalised(form) for form, name in zip(forms, named, strict=True)]
    forms = [text.plain(form, word) for form, word in zip(forms, usual, strict=True)]
    words = tuple(text.words[word] for word in usual)
    spelling = " ".join(forms)
    # "GPs" are Gaussian processes, GPS is not.
    short = words[0].removesuffix("s") if spelling.endswith("s") else words[0]
    explained = text.acronyms.get(short) if len(words) == 1 and spelling.removesuffix("s").isupper() else None
    if explained:
        if spelling.endswith("S") and not words[0].endswith("s"):
            spelling = words[0].upper()  # "GPS" is no plural of "GP"
        spelling = f"{' '.join(explained)} ({spelling})"
        words = tuple(word.lower() for word in explained)
    lone = len(words) == 1 and not text.names[usual[0]]
    telling_alone = not lone or len(words[0]) >= _LONG or _FIELD.fullmatch(words[0]) is not None
    good = (
        telling_alone
        and "-".join(words).removesuffix("s") not in FIGURES
        and _whole(text, spans, words)
        and not ((lone or len(words) > 1 < len(usual)) and _is_tail(text, usual, spans[:, 0]))
        and not (text.data_sets[list(usual)] | (text.kinds[list(usual)] < Kind.CONTENT)).all()
    )
    return Phrase(words, _telling(words), spelling, lone, good)


def _telling(words: Sequence[str]) -> frozenset[str]:
    """The words that say something by themselves, in the singular; all where none does."""
    present = {word.removesuffix("s") for word in words}
    kinds = {singular(word, present): kind(word) for word in words}
    return frozenset(w for w, k in kinds.items() if k == Kind.CONTENT) or frozenset(kinds)


def _whole(text: Text, spans: Numbers, words: Sequence[str]) -> bool:
    """Whether tokens `spans` (m, words) are no part of a longer name: neither its beginning nor its end."""
    if words[0] in _HALVES or words[-1] in _HALVES or not {"to", *OF_DATA}.isdisjoint(words):
        return False
    if len(words) > 1 and words[1] == "of" and words[0] in SAY_LITTLE:
        return False
    after = text.word[np.minimum(spans[:, -1] + 1, len(text.word) - 1)]
    before = text.word[spans[:, 0] - 1]
    cut_off = np.count_nonzero(text.kinds[after] >= Kind.GENERIC) / len(after) > _CUT
    behind = np.count_nonzero(text.kinds[before] == Kind.CONTENT) / len(before) > _CUT
    return not (cut_off or behind)


def _is_tail(text: Text, words: Sequence[int], at: Numbers) -> bool:
    """Whether the words of a run, which begins at tokens `at`, ascending, mostly stand behind a hyphen and a word."""
    compounds = text.behind_hyphens.get(words[0], np.zeros(0, np.int64))
    compounds = compounds[compounds <= at[-1]]
    for place, word in enumerate(words[1:], start=1):
        compounds = compounds[text.word[np.minimum(compounds + place, len(text.word) - 1)] == word]
    return len(compounds) > _TAIL * (len(compounds) + len(at))


def _most_common(rows: Numbers) -> tuple[int, ...]:
    if 2 * np.count_nonzero((rows == rows[0]).all(axis=1)) >= len(rows):  # at least half are so
        return tuple(rows[0].tolist())
    return Counter(map(tuple, rows.tolist())).most_common(1)[0][0]


def _extent(text: Text, at: Numbers, length: int) -> tuple[int, int]:
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


def _always(text: Text, at: Numbers, least: int) -> bool:
    """Whether one word, telling at `least` so much, stands at most of these tokens."""
    if len(at) <= 2:
        return False  # too few to tell
    words = text.word[np.minimum(np.maximum(at, 0), len(text.word) - 1)]
    word = np.partition(words, len(words) // 2)[len(words) // 2]  # what most are is in the middle
    return bool(text.kinds[word] >= least and np.count_nonzero(words == word) >= _COMPLETED * len(at))
