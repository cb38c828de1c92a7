"""Which texts hold a phrase or a variant of it: other endings, hyphens or none, an acronym or its words, another order.

Knows texts and words, no topics. Always true: words are compared by their stems; those of a phrase stand in a row, or
close together in a sentence ("localization of mobile robots" is a robot localization); rows are ascending and no row
comes twice; the same texts and phrase give the same rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.language.chunks import Chunks
from explorer.language.lexicon import FUNCTIONS
from explorer.language.stems import stems_of

Rows = NDArray[np.int64]
Standing = NDArray[np.int32]

_WORD = re.compile(r"[^\W_]+|[.;:!?](?=\s|$)")
_PLURAL = re.compile(r"\b([A-Z][A-Z0-9]+)s\b")  # "LLMs", which no stemmer takes for a plural
_PARTS = re.compile(r", | \(|\)")
_BREAK = -1  # the end of a sentence, or of a text
_BETWEEN = 3  # words that may stand between those of a phrase: "localization of several mobile robots"


def parts_of(label: str) -> list[str]:
    """What a text may hold of a label: its phrases, the words of an acronym, the acronym itself."""
    return [part for part in _PARTS.split(label) if part.strip()]


def _words(text: str) -> list[str]:
    return _WORD.findall(_PLURAL.sub(r"\1", text).lower())


class Concordance:
    """The words of n texts, each as its stem, and where they stand; `titles` (n,): what each text begins with.

    Or of what `parts` holds: see `Chunks.of_parts`.
    """

    def __init__(self, texts: Sequence[str] = (), titles: Sequence[str] = (), *, parts: Chunks | None = None) -> None:
        if parts is None:
            ahead = titles or [""] * len(texts)
            pairs = zip(ahead, texts, strict=True)
            parts = Chunks.of_parts((title, text[len(title) :]) for title, text in pairs)
        sequence, lengths, forms = parts.tokens(_words)
        stems: defaultdict[str, int] = defaultdict(lambda: len(stems))
        stem_of = [stems[stem] if stem[-1:].isalnum() else _BREAK for stem in stems_of(forms)]
        self._stems = dict(stems)
        self._word = np.array(stem_of, np.int32)[sequence]  # half as much to look about in
        part = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        self._row, self._titled = part // 2 - 1, part % 2 == 0
        self._texts = len(lengths) // 2 - 1

    @cached_property
    def _places(self) -> tuple[Standing, Rows]:
        order = np.argsort(self._word, kind="stable").astype(np.int32)
        return order, np.searchsorted(self._word[order], np.arange(len(self._stems) + 1))

    @cached_property
    def _sentence(self) -> NDArray[np.int32]:
        """The number of the sentence that each word is of."""
        return np.cumsum(self._word == _BREAK, dtype=np.int32)

    def rows(self, label: str) -> Rows:
        """The texts that hold a phrase of `label`, or a variant."""
        return self.holding(label)[0]

    def holding(self, label: str) -> tuple[Rows, Rows]:
        """The texts that hold a phrase of `label`, or a variant; and those of them that do in the title."""
        at = np.concatenate([np.zeros(0, np.int32), *(self._at(part) for part in parts_of(label))])
        rows = self._row[at]
        return self._each(rows), self._each(rows[self._titled[at]])

    def _each(self, rows: NDArray[np.int32]) -> Rows:
        """Each of some rows once, ascending."""
        there = np.zeros(self._texts, bool)
        there[rows] = True
        return np.flatnonzero(there)

    def _at(self, phrase: str) -> Standing:
        """Where a phrase begins, or a word of a variant stands."""
        words = _words(phrase)
        stems = stems_of(words)
        joined = [stems_of([*words[:at], "".join(pair), *words[at + 2 :]]) for at, pair in enumerate(pairwise(words))]
        telling = [stem for word, stem in zip(words, stems, strict=True) if word not in FUNCTIONS]
        ways = [self._in_a_row(some) for some in (stems, *joined) if some]
        return np.concatenate([np.zeros(0, np.int32), *ways, self._close(telling)])

    def _standing(self, stem: str) -> Standing:
        """Where a stem stands, ascending."""
        order, starts = self._places
        number = self._stems[stem]
        return order[starts[number] : starts[number + 1]]

    def _in_a_row(self, stems: Sequence[str]) -> Standing:
        """Where words of these stems stand in a row, in their order."""
        if any(stem not in self._stems for stem in stems):
            return np.zeros(0, np.int32)
        standing = [self._standing(stem) for stem in stems]
        rarest = min(range(len(stems)), key=lambda i: len(standing[i]))
        at = standing[rarest] - rarest
        at = at[(at >= 0) & (at + len(stems) <= len(self._word))]
        for place, stem in enumerate(stems):
            if place != rarest:
                at = at[self._word[at + place] == self._stems[stem]]
        return np.asarray(at)

    def _close(self, stems: Sequence[str]) -> Standing:
        """Where the rarest of these stems stands with all of them about it in its sentence, in any order."""
        if len(stems) < 2 or len(set(stems)) < len(stems) or any(stem not in self._stems for stem in stems):
            return np.zeros(0, np.int32)
        first, *more = sorted((self._standing(stem) for stem in stems), key=len)
        low, high = first.copy(), first.copy()
        for standing in more:
            after = np.searchsorted(standing, first)
            before, behind = standing[np.maximum(after - 1, 0)], standing[np.minimum(after, len(standing) - 1)]
            nearest = np.where(np.abs(first - before) <= np.abs(behind - first), before, behind)
            low, high = np.minimum(low, nearest), np.maximum(high, nearest)
        together = (high - low < len(stems) + _BETWEEN) & (self._sentence[low] == self._sentence[high])
        return np.asarray(first[together])
