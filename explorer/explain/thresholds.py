"""What is asked of a reason before it is shown. Every figure has its measurement or an example beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Of pairs of sentences first, then of terms."""

    pairs: int = 3  # at most shown, as of terms: what a glance takes in
    pairs_of_one: int = 2  # at most, of a single sentence
    sentences: int = 40  # of one text; an abstract has 5 to 15, and each costs some 40 ms of one busy core
    # The best of c chance pairs of sentences grows with c. Of random papers of four corpora (medicine, computing,
    # aircraft, 500 on "restoration"), 2 to 6 % have a pair that passes all that is asked below (with 0.28), of papers
    # among each other's ten nearest 72 to 93 %. Read: without a term in common, those below 0.31 mislead.
    chance: float = 0.31
    chance_growth: float = 0.1
    named: float = 0.03  # less is asked of two sentences that both hold a rare term: "Hanabi"; 0.06 let weak pairs pass
    margin: float = 0.08  # above the mean of its row and column: else all here is alike, and this pair says no more
    rivals: float = 0.05  # share of the library's papers that a sentence may be closer to than to the other text
    few_rivals: int = 5  # and at least so many: in a library of ten all are alike
    next_pair: float = 0.85  # a further pair must be as close as this share of the first

    shared: int = 6
    distinct: int = 4
    common: float = 0.08  # a term that more of the library's papers hold is no reason, but the library's subject
    common_once: float = 0.02  # of a single word that occurs once in each text: "actual", "incorporates"
    few_common: int = 4  # and at least so many papers, for a small library
    words: int = 4  # in a phrase
    title: float = 1.6  # a title is chosen to say what the paper is about
    next_term: float = 0.4  # a further term must weigh this share of the first
    longer: float = 0.35  # more for each word beyond the first: "no-press Diplomacy" says more
    root: int = 6  # letters
    short_text: int = 40  # words: a question, in which every word counts
    phrases: int = 25  # looked up, the rarest by their words: counting the papers of one takes up to a millisecond


THRESHOLDS = Thresholds()
