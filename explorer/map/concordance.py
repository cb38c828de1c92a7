"""Which texts hold a phrase or a variant of it: other endings, hyphens or none, an acronym or its words.

Knows texts and words, no topics. Always true: words are compared by their stems, in a row and in their order; rows are
ascending and no row comes twice; the same texts and phrase give the same rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.language.stems import stems_of

Rows = NDArray[np.int64]

_WORD = re.compile(r"[^\W_]+")
_PLURAL = re.compile(r"\b([A-Z][A-Z0-9]+)s\b")  # "LLMs", which no stemmer takes for a plural
_PARTS = re.compile(r", | \(|\)")


def parts_of(label: str) -> list[str]:
    """What a text may hold of a label: its phrases, the words of an acronym, the acronym itself."""
    return [part for part in _PARTS.split(label) if part.strip()]


def _words(text: str) -> list[str]:
    return _WORD.findall(_PLURAL.sub(r"\1", text).lower())


class Concordance:
    """The words of n texts, each as its stem, and where they stand; `titles` (n,): what each text begins with."""

    def __init__(self, texts: Sequence[str], titles: Sequence[str] = ()) -> None:
        numbers: defaultdict[str, int] = defaultdict(lambda: len(numbers))
        sequence: list[int] = []
        lengths = np.zeros(len(texts), np.int64)
        for row, text in enumerate(texts):
            words = [numbers[word] for word in _words(text)]
            sequence += [*words, -1]
            lengths[row] = len(words) + 1
        self._stems: defaultdict[str, int] = defaultdict(lambda: len(self._stems))
        stem_of = np.array([*(self._stems[stem] for stem in stems_of(list(numbers))), -1])  # -1: the end of a text
        self._word = stem_of[np.array(sequence, np.int64)] if sequence else np.zeros(0, np.int64)
        self._row = np.repeat(np.arange(len(texts)), lengths)
        in_title = np.zeros(len(texts), np.int64)
        in_title[: len(titles)] = [len(_words(title)) for title in titles]
        ends = np.cumsum(lengths) - lengths + in_title
        self._titled = np.arange(len(self._row)) < ends[self._row]

    @cached_property
    def _places(self) -> tuple[Rows, Rows]:
        order = np.argsort(self._word, kind="stable")
        return order, np.searchsorted(self._word[order], np.arange(len(self._stems) + 1))

    def rows(self, label: str) -> Rows:
        """The texts that hold a phrase of `label`, or a variant."""
        return self.holding(label)[0]

    def holding(self, label: str) -> tuple[Rows, Rows]:
        """The texts that hold a phrase of `label`, or a variant; and those of them that do in the title."""
        at = np.concatenate([np.zeros(0, np.int64), *(self._at(part) for part in parts_of(label))])
        return np.unique(self._row[at]), np.unique(self._row[at[self._titled[at]]])

    def _at(self, phrase: str) -> Rows:
        """Where a phrase begins."""
        stems = stems_of(_words(phrase))
        if not stems or any(stem not in self._stems for stem in stems):
            return np.zeros(0, np.int64)
        words = [self._stems[stem] for stem in stems]
        order, starts = self._places
        rarest = min(range(len(words)), key=lambda i: int(starts[words[i] + 1] - starts[words[i]]))
        at = order[starts[words[rarest]] : starts[words[rarest] + 1]] - rarest
        at = at[(at >= 0) & (at + len(words) <= len(self._word))]
        for place, word in enumerate(words):
            at = at[self._word[at + place] == word]
        return np.asarray(at)
