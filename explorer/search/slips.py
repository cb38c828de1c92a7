"""Slips of the pen in a question, and what was meant, from the words of the library.

Knows words and how many papers hold them, no papers. Always true: a word that the library or the language has is never
doubted, nor an acronym, a name of a gene, or what has a digit; what is proposed stands in the library.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.language.plurals import forms
from explorer.language.tokens import unmarked
from explorer.search.inversion import stem
from explorer.search.segment import AUTHOR
from explorer.search.words import WordIndex, entries_of, exact

_SHORTEST = 4  # letters of a word that is doubted: shorter ones are acronyms, or have too many neighbours
_MEANT = 5  # letters of a word that is proposed, at least
_TWO_SLIPS = 9  # letters from which two slips are mended
_LONGEST = 30  # words of a question that is looked at; a pasted text has its own spelling
# A word as rare as a slip is doubted where a word next to it is this many times as frequent: slips are printed, too.
_PRINTED, _OFTEN = 2, 100
_FEW = 5_000  # different words of a small library
_COMPARED = 5  # candidates whose neighbours in the question are looked up
_ALPHABET = 26
# Logarithms. Of so many words of questions a slip (a second one) is made in one, and so many are new to the library and
# right; a slip is proposed where it is so much more likely. Chosen with benchmarks/slips.py on three corpora.
_SLIP, _ANOTHER, _NEW, _SURE = math.log(0.03), math.log(0.0002), math.log(0.03), 1.5
_ALONE = 1.0  # how much surer of a slip a question of a single word is: there, less is new and right
_INITIAL = math.log(0.3)  # fewer slips are in the first letter
_KIN = math.log(0.05)  # what has the same stem is rather another form of the word
_TOGETHER = 1.0  # weight of the logarithm of the papers in which a word stands beside its neighbour in the question
_CAPITAL = 6.0  # how much more likely a slip must be in a word with a capital amid a question, which may be a name
_WORD = re.compile(r"[^\W\d_]+")
_MIXED = (0.02, 0.08, 0.3, 0.6)  # weights of any letter, and of letters behind one, two and three
_ENDINGS = (("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("ly", ""))
_BRITISH = (("is", "iz"), ("ys", "yz"), ("our", "or"), ("ae", "e"), ("oe", "e"), ("ll", "l"), ("tre", "ter"))
_BEGINNINGS = (
    "non",
    "un",
    "re",
    "pre",
    "multi",
    "sub",
    "super",
    "inter",
    "micro",
    "nano",
    "bio",
    "neuro",
    "hyper",
    "over",
)


@dataclass(frozen=True)
class Spelling:
    """The words of a library and of the language.

    `papers`: how many papers hold a word of texts; `names`: words of authors' names; `language`: words that are right
    though the library has none of them; `together`: how many papers hold two words side by side.
    """

    papers: Mapping[str, int]
    names: Collection[str]
    language: Collection[str]
    together: Callable[[str, str], int]

    @classmethod
    def of(cls, index: WordIndex, language: Collection[str]) -> Spelling:
        """The spelling of the papers of a word index."""
        papers: dict[str, int] = {}
        names: set[str] = set()
        for segment in index.segments:
            for word, count in zip(segment.lexicon.words(), np.diff(segment.entries).tolist(), strict=True):
                if word.startswith(AUTHOR):
                    names.add(word[1:])
                elif word.isalpha():
                    papers[word] = papers.get(word, 0) + count
        keys = index.keys

        def together(first: str, second: str) -> int:
            return int(np.count_nonzero(index.holding(f"{first} {second}", keys)))

        return cls(papers, names, language, together)

    def mended(self, text: str) -> str:
        """`text` with its slips mended, else as it is; empty where there is nothing to mend."""
        words = list(_WORD.finditer(text))
        if not words or len(words) > _LONGEST:
            return ""
        spelled = [unmarked(word[0]) for word in words]
        pieces, end, mended = list[str](), 0, False
        for at, word in enumerate(words):
            pieces.append(text[end : word.start()])
            end = word.end()
            better = self._better(at, spelled) if _stands_alone(text, word) else ""
            pieces.append(_as(word[0], better) if better else word[0])
            mended |= bool(better)
        return "".join([*pieces, text[end:]]) if mended else ""

    @cached_property
    def _candidates(self) -> list[str]:
        least = (
            1 if len(self.papers) < 20_000 else _PRINTED
        )  # in a large library a word of a single paper is often a slip
        return [word for word, count in self.papers.items() if len(word) >= _MEANT and count >= least]

    @cached_property
    def _total(self) -> float:
        return math.log(max(1, sum(self.papers.values())))

    @cached_property
    def _letters(self) -> Letters:
        return Letters.of(word for word in {*self._candidates, *self.language} if word.isascii())

    def _better(self, at: int, words: Sequence[str]) -> str:
        """What word `at` of a question should be; empty where it is right, or nothing is near enough."""
        word = words[at]
        low = word.lower()
        if len(low) < _SHORTEST or not low.isascii() or not self._is_doubtful(word, low):
            return ""
        least = _OFTEN * self.papers.get(low, 0)
        near = {one: slips for one, slips in self._near(low) if self.papers[one] >= least}
        scores = {candidate: self._score(low, candidate, slips) for candidate, slips in near.items()}
        best = sorted(scores, key=lambda candidate: (-scores[candidate], candidate))[:_COMPARED]
        before, behind = [
            [near.lower() for near in part] for part in (words[max(0, at - 1) : at], words[at + 1 : at + 2])
        ]
        if best and (before or behind):
            for candidate in best:
                pairs = [*((near, candidate) for near in before), *((candidate, near) for near in behind)]
                scores[candidate] += _TOGETHER * sum(math.log1p(self.together(*pair)) for pair in pairs)
        if not best:
            return ""
        chosen = max(best, key=lambda candidate: (scores[candidate], candidate))
        opening = at == 0 and all(near.islower() for near in words[1:])
        sure = _SURE + (0.0 if word.islower() or opening else _CAPITAL) - (_ALONE if len(words) == 1 else 0.0)
        return chosen if scores[chosen] - _NEW - self._letters.likelihood(low) > sure else ""

    def _score(self, word: str, candidate: str, slips: int) -> float:
        """How likely `candidate` is meant and mistyped as `word`: a noisy channel (Kernighan, Church & Gale 1990)."""
        ways = len(candidate)  # to leave out a letter, or to change two about; with a new letter, many more
        if len(word) > len(candidate) or (len(word) == len(candidate) and sorted(word) != sorted(candidate)):
            ways *= _ALPHABET
        channel = _SLIP - math.log(ways) + (slips - 1) * _ANOTHER
        channel += (_INITIAL if candidate[0] != word[0] else 0.0) + (_KIN if stem(candidate) == stem(word) else 0.0)
        return math.log(self.papers[candidate]) - self._total + channel

    def _near(self, word: str) -> list[tuple[str, int]]:
        """Words of the library with their slips: a letter more, less, another, or two changed about."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most = 2 if len(word) >= _TWO_SLIPS else 1
        near = process.extract(word, self._candidates, scorer=OSA.distance, score_cutoff=most, limit=None)
        return [(candidate, int(slips)) for candidate, slips, _ in near if slips]

    def _is_doubtful(self, word: str, low: str) -> bool:
        """Whether a word of a question may be a slip; "BERTopic", "mRNA" and acronyms are none."""
        if not word.islower() and word != word.capitalize():
            return False
        right = self.papers.get(low, 0) > _PRINTED or low in self.names or low in self.language
        return not right and not self._is_derived(low)

    def _is_derived(self, word: str) -> bool:
        """Whether it is made of a word of the library or the language by an ending or a beginning, or British."""
        roots = {form for form in forms(word) if len(form) < len(word)}
        roots |= {word[: -len(end)] + tail for end, tail in _ENDINGS if word.endswith(end)}
        roots |= {word[len(start) :] for start in _BEGINNINGS if word.startswith(start)}
        roots |= {word.replace(british, american) for british, american in _BRITISH if british in word}
        return any(len(root) >= _MEANT - 1 and self._has(root) for root in roots)

    def _has(self, word: str) -> bool:
        return word in self.language or any(self.papers.get(form, 0) >= _PRINTED for form in forms(word))


@dataclass(frozen=True)
class Letters:
    """How likely words are made of their letters: the shares of each letter behind the three, two and one before it."""

    counts: Mapping[str, int]

    @classmethod
    def of(cls, words: Iterable[str]) -> Letters:
        """Counted in `words`."""
        counts: Counter[str] = Counter()
        for word in words:
            padded = f"^^^{word}$"
            for size in (1, 2, 3, 4):
                counts.update(padded[at : at + size] for at in range(len(padded) - size + 1))
        return cls(counts)

    def likelihood(self, word: str) -> float:
        """The logarithm of the probability of `word`."""
        padded, total = f"^^^{word}$", 0.0
        for at in range(3, len(padded)):
            share = _MIXED[0] / (_ALPHABET + 1)
            for size, weight in enumerate(_MIXED[1:], 1):
                before = self.counts.get(padded[at - size : at], 0)
                share += weight * self.counts.get(padded[at - size : at + 1], 0) / before if before else 0.0
            total += math.log(share)
        return total


def is_doubtful(text: str, index: WordIndex, language: Collection[str]) -> bool:
    """Whether a text is a question with a word that neither the papers of an index nor the language have."""
    words = {unmarked(word).lower() for word in _WORD.findall(text)}
    unusual = [word for word in words if len(word) >= _SHORTEST and word not in language]
    return len(words) <= _LONGEST and any(entries_of(index, exact, word) <= _PRINTED for word in unusual)


def _stands_alone(text: str, word: re.Match[str]) -> bool:
    """Whether a word is all letters between blanks or punctuation: not of a field, a formula, or a link."""
    before, behind = text[: word.start()][-1:], text[word.end() :][:1]
    if before.isdigit() or behind.isdigit() or before in (*"_@#/\\:.*", "$") or behind in (*"_@#/\\*", "$"):
        return not (before or behind)
    start = text.rfind(" ", 0, word.start()) + 1
    return behind != ":" and ":" not in text[start : word.start()]


def _as(word: str, better: str) -> str:
    """`better` with the capitals of `word`."""
    return better.capitalize() if word[:1].isupper() else better
