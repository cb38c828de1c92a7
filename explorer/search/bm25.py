"""How well every paper holds the words of a query: BM25 (Robertson & Zaragoza 2009) over the word index.

Knows words and counts, neither phrases nor vectors. Always true: a score is 0 where none of the words stands, and exact
elsewhere, for all papers at once; names of authors have no length: an author among many scores as if alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import distinct
from explorer.language.tokens import Tokens, tokens
from explorer.search.holders import Counted, Held, Words
from explorer.search.inversion import stem
from explorer.search.segment import AUTHOR, Segment
from explorer.search.words import REMEMBERED, Keys, WordIndex, are_rows, entries_of

# The usual constants (Lucene, tantivy); k1 0.9 to 2 and b 0.5 to 0.9 differ by 0.3 points over five tasks.
_K1, _B = 1.2, 0.75
_REPEATED = (
    0.5  # a word repeated m times in the query counts m ** 0.5: plain repeats lose a point between whole abstracts
)
_WORDS = 64  # of a query, the rarest: a pasted abstract has some 130, the common ones cost the time and tell least
# A query of so few words is a name ("spin glass"): a paper that holds but a single word is worth its share only.
# For questions and abstracts this loses 0.5 to 2 points on three sets.
_NAME = 3
_QUICK = 50_000  # entries that are read in a millisecond
_CALLED = 8  # words of the longest query in which a word of grammar may be a name


@dataclass(frozen=True)
class WordScores:
    """How well papers hold the words of a query: `scores` of all papers (n,), and the `bound` that no paper can reach.

    The bound is the score of holding every word without end. `name`: so few words stand in any
    paper that a name or an acronym is sought.
    """

    scores: NDArray[np.float32]
    bound: float
    name: bool


@dataclass(frozen=True)
class HeldScores:
    """As `WordScores`, but that `scores` are looked up when they are wanted; it is indexed as an array (n,) is."""

    scores: Any
    bound: float
    name: bool


@dataclass(frozen=True)
class _Word:
    """A word of a query, once: how often it occurs, who holds it in text and in names, and its weight."""

    repeats: int
    text: tuple[NDArray[np.int64], NDArray[np.float32]]
    names: tuple[NDArray[np.int64], NDArray[np.float32]]
    papers: int

    @property
    def rarity(self) -> float:
        """The word's weight, ln(1 + (n - f + ½) / (f + ½)) for f papers that hold it; 0 when none does."""
        return _rarity(max(len(self.text[0]), len(self.names[0])), self.papers)


class Bm25:
    """The scores of the papers of a word index."""

    def __init__(self, index: WordIndex) -> None:
        self._index = index
        lengths = np.concatenate([np.zeros((2, 0), np.float32), *(part.lengths for part in index.segments)], axis=1)
        mean = float(lengths[0, index.live].mean()) if index.live.any() else 1.0
        self._norms = (_K1 * (1 - _B + _B * lengths[0] / max(mean, 1e-9))).astype(
            np.float32
        )  # what is added to a count
        self._frequencies: dict[tuple[tuple[int, ...], ...], int] = {}  # of the words of questions so far
        self._entries = Words(index, self._norms, _K1)
        self._looked: tuple[Keys, NDArray[np.int64] | None, NDArray[np.int64] | None] | None = None

    def query(self, text: str, keys: Keys | None = None) -> WordScores:
        """The scores for the words of `text` of the papers `keys` (n,) ascending, or of all of the index in this order.

        Words of grammar count where they are sought as a name or an acronym, or where there are no others.
        """
        words = self._words(text)
        weights = [(word, word.repeats**_REPEATED * word.rarity) for word in words]
        bound = (_K1 + 1) * sum(weight for _, weight in weights)
        keys = self._index.keys if keys is None else keys
        scores = self._scores(weights)
        if not are_rows(self._index, keys):
            placed = np.zeros(len(keys) + 1, np.float32)
            placed[self._index.rows_in(keys)] = scores
            scores = placed[:-1]
        return WordScores(scores, bound, 0 < len(weights) <= _NAME)

    def lookup(self, text: str, keys: Keys) -> HeldScores:
        """As `query`, for a large library: what few entries tell is not read from many. Where that is quick, all is."""
        repeats, spelled = self._spelled(text)
        counted = [self._counted(word, times, spelled[word]) for word, times in repeats.items()]
        here = sorted((each for each in counted if each[0].weight), key=lambda each: (-each[1], each[2]))[:_WORDS]
        rows, papers = self._rows(keys)
        if len(here) <= _NAME or rows is None or sum(word.entries for word, _, _ in here) < _QUICK:
            scores = self.query(text, keys)
            return HeldScores(scores.scores, scores.bound, scores.name)
        words = [word for word, _, _ in here]
        bound = (_K1 + 1) * sum(word.weight for word in words)
        return HeldScores(Held(self._entries, words, rows, papers), bound, name=False)

    def _counted(self, word: str, times: int, names: set[str]) -> tuple[Counted, float, str]:
        """A word with its forms' numbers; its rarity, and itself, by which words are chosen."""
        segments = self._index.segments
        text = tuple(tuple(segment.of_stem(word)) for segment in segments)
        named = tuple(tuple(segment.of_words(names)) for segment in segments)
        rarity = _rarity(max(self._holders(text), self._holders(named, names=True)), len(self._index))
        entries = sum(
            len(segment.rows_of(number))
            for segment, *both in zip(segments, text, named, strict=True)
            for number in (*both[0], *both[1])
        )
        return Counted(times**_REPEATED * rarity, text, named, entries), rarity, word

    def _holders(self, numbers: tuple[tuple[int, ...], ...], *, names: bool = False) -> int:
        """How many papers hold any of some words, by their numbers in each segment; counted once."""
        if numbers not in self._frequencies:
            if len(self._frequencies) > REMEMBERED:
                self._frequencies.clear()
            self._frequencies[numbers] = self._entries.holders(numbers, names=names)
        return self._frequencies[numbers]

    def _rows(self, keys: Keys) -> tuple[NDArray[np.int64] | None, NDArray[np.int64] | None]:
        """The row of the index of each of `keys` (n,), None where it lacks any; and which of them each row is, (r,), -1
        for none, None where each has its own number."""
        if self._looked is None or self._looked[0] is not keys:
            places = self._index.rows_in(keys)
            rows = np.full(len(keys) + 1, -1)
            rows[places] = np.arange(len(places))
            papers = None if are_rows(self._index, keys) else np.where(places < len(keys), places, -1)
            self._looked = keys, rows[:-1] if (rows[:-1] >= 0).all() else None, papers
        return self._looked[1:]

    def _scores(self, weights: list[tuple[_Word, float]]) -> NDArray[np.float32]:
        total = np.zeros(len(self._index.live), np.float32)
        shares = np.zeros(len(total), np.float32) if 1 < len(weights) <= _NAME else None
        for word, weight in weights:
            # A paper stands in a word's entries once, so this adds what it should.
            (rows, counts), (named, times) = word.text, word.names
            total[rows] += weight * (_K1 + 1) * counts / (counts + self._norms[rows])
            total[named] += weight * (_K1 + 1) * times / (times + _K1)
            if shares is not None:
                shares[distinct(rows, named)] += weight
        return total if shares is None else total * shares / sum(weight for _, weight in weights)

    def _words(self, text: str) -> list[_Word]:
        """The words of a query that some paper holds, the rarest first, at most _WORDS."""
        repeats, spelled = self._spelled(text)
        words = {word: self._word(word, times, spelled[word]) for word, times in repeats.items()}
        here = [word for word in words if words[word].rarity]
        return [words[word] for word in sorted(here, key=lambda word: (-words[word].rarity, word))[:_WORDS]]

    def _spelled(self, text: str) -> tuple[Counter[str], dict[str, set[str]]]:
        """The stems of a query with how often each stands in it, and the words of names that have each."""
        repeats = Counter[str]()
        spelled: dict[str, set[str]] = {}
        for word in query_words(text, self._index):
            repeats[stem(word)] += 1
            spelled.setdefault(stem(word), set()).add(AUTHOR + word)
        if len(repeats) > _WORDS:  # the rarest are among those with few entries, which are quickly counted
            entries = {word: entries_of(self._index, Segment.of_stem, word) for word in repeats}
            most = 2 * sorted(entries.values())[_WORDS]
            repeats = Counter({word: repeats[word] for word in repeats if entries[word] <= most})
        return repeats, spelled

    def _word(self, word: str, times: int, names: set[str]) -> _Word:
        segments = self._index.segments
        text = self._entries.of(tuple(tuple(segment.of_stem(word)) for segment in segments))
        named = self._entries.of(tuple(tuple(segment.of_words(names)) for segment in segments), names=True)
        return _Word(times, text.listed, named.listed, len(self._index))


def _rarity(holders: int, papers: int) -> float:
    """The weight of a word that `holders` of `papers` hold, see `_Word.rarity`."""
    return float(np.log1p((papers - holders + 0.5) / (holders + 0.5))) if holders else 0.0


def query_words(text: str, index: WordIndex) -> list[str]:
    """The words of a query that count: those that count in any text, and those of grammar that are names here.

    A word of grammar is a name where it stands beside another in an author's name ("Will Smith"). Of a query of such
    words alone ("who") all count.
    """
    read = tokens(text)
    counts = [counts or _is_name(read, at, index) for at, counts in enumerate(read.counts)]
    chosen = [word for word, counts in zip(read.words, counts, strict=True) if counts]
    return chosen or read.words


def _is_name(read: Tokens, at: int, index: WordIndex) -> bool:
    word = read.words[at]
    if len(word) == 1 or len(read.words) > _CALLED:
        return False  # an initial or the article, a character of a pair; a sentence
    pairs = [read.words[max(0, at - 1) : at + 1], read.words[at : at + 2]]
    return any(len(pair) == 2 and min(map(len, pair)) > 1 and index.in_names(pair) for pair in pairs)
