"""Why two texts are close: the sentences that say something alike, the rare terms both hold, and those that differ.

Numbers and texts in, frozen values out; knows no papers, libraries, models or screens. Always true: where nothing
stands out a list is empty, as a made-up reason is worse than none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.explain.alignment import SAMPLE, Vectors, aligned
from explorer.explain.terms import Chooser, Frequencies, Term, Words
from explorer.explain.texts import Sentence, Text, text_of

__all__ = ["SAMPLE", "Explanation", "Pair", "Sentence", "Term", "Text", "Vectors", "explain", "text_of"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences that say something alike, and their cosine."""

    one: Sentence
    other: Sentence
    similarity: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two texts are close, and what tells them apart; each list best first."""

    pairs: tuple[Pair, ...] = ()
    shared: tuple[Term, ...] = ()
    only_one: tuple[Term, ...] = ()
    only_other: tuple[Term, ...] = ()


def explain(first: Text, second: Text, vectors: Vectors, frequencies: Frequencies, papers: int) -> Explanation:
    """Why `first` and `second` are close, in a library of `papers` papers."""
    words, other_words = Words.of(first), Words.of(second)
    chooser = Chooser(frequencies, papers)
    shared = chooser.shared(words, other_words)
    named = np.zeros((len(first.sentences), len(second.sentences)), bool)
    for stems in shared:
        named |= np.outer(words.sentences_with(stems, first), other_words.sentences_with(stems, second))
    return Explanation(
        tuple(Pair(first.sentences[i], second.sentences[j], cosine) for i, j, cosine in aligned(vectors, named)),
        tuple(shared.values()),
        tuple(chooser.distinct(words, other_words, common=words.is_short).values()),
        tuple(chooser.distinct(other_words, words).values()),
    )
