"""Phrases: which words in a row could name a subject, and how they are written; for labels and explanations.

Holds the rules that both share; knows kinds of words, no texts. Always true: a phrase begins and ends with a word that
says something, and at least one of its words says something by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.language.lexicon import NOT_ADVERBS, Kind


def may_end(word: str) -> bool:
    """Whether a phrase may end with `word`: not with an adverb ("strongly")."""
    return not word.endswith("ly") or word in NOT_ADVERBS


def could_be_phrase(kinds: Sequence[Any], ends: Any, *, bare: bool = False) -> Any:
    """Whether words of these kinds in a row could name a subject; `ends`: whether a phrase may end with the last.

    `bare`: also without a telling word, as "language model". Kinds and `ends` are numbers,
    or arrays for many rows of words at once.
    """
    fits = (kinds[0] >= Kind.GENERIC) & (kinds[-1] >= Kind.GENERIC) & ends
    for kind in kinds[1:-1]:
        fits = fits & ((kind >= Kind.GENERIC) | (kind == Kind.JOINT))
    telling = kinds[0] == Kind.CONTENT
    for kind in kinds[1:]:
        telling = telling | (kind == Kind.CONTENT)
    return fits if bare else fits & telling


def is_acronym(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether `words` is a single word, the initials of `phrase`: "uavs" and "unmanned aerial vehicle"."""
    initials = "".join(word[0] for word in phrase)
    return len(words) == 1 and len(phrase) > 1 and words[0] in (initials, f"{initials}s")


def uncapitalised(spelling: str) -> str:
    """`spelling` as inside a sentence, where only its first letter is a capital and it is no name."""
    return spelling[0].lower() + spelling[1:] if spelling[1:].islower() else spelling
