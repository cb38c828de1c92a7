"""Number: the singular and the plurals of a word, by the rules of English and of the Latin and Greek in it.

Knows single words as folded, no texts and no library. Always true: a word is among its own forms; the relation is
symmetric; nothing else counts: "experience" has "experiences", neither "experienced" nor "experiment".
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from explorer.language.lexicon import FUNCTIONS, LISTS

_IRREGULAR: defaultdict[str, set[str]] = defaultdict(set)
for _pair in LISTS["plurals"]:
    _single, _, _plural = _pair.partition("/")
    _IRREGULAR[_single].add(_plural)
    _IRREGULAR[_plural].add(_single)
_UNLIKE = frozenset(LISTS["not_plurals"])
_OF_IC = frozenset(LISTS["plurals_in_ics"])
# Endings of Latin and Greek words, singular and plural: the others are irregular words of the list.
_CLASSICAL = (
    ("sis", "ses"),
    ("xis", "xes"),
    ("trix", "trices"),
    ("rion", "ria"),
    ("ulum", "ula"),
    ("nomenon", "nomena"),
)


@lru_cache(maxsize=65536)
def forms(word: str) -> frozenset[str]:
    """`word` with its plurals and its singulars; of a word of grammar, or a word that is no English, only itself."""
    if not word.isascii() or not word.isalnum() or word in FUNCTIONS or not word[-1].isalpha():
        return frozenset((word,))
    candidates = _plurals(word) | _singulars(word) | _IRREGULAR.get(word, set())
    return frozenset((word, *(form for form in candidates if form not in FUNCTIONS)))


def _plurals(word: str) -> set[str]:
    if len(word) < 2 or word in _UNLIKE:
        return set()
    for single, plural in _CLASSICAL:
        if word.endswith(single) and len(word) > len(single) + 1:
            return {word[: -len(single)] + plural} | (set() if plural.endswith("es") else {word + "s"})
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "as", "os")):
        return set()  # a plural itself
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return {word + "es"}
    if word.endswith("y") and word[-2] not in "aeiou":
        return {word[:-1] + "ies"}
    if word.endswith("ic") and word not in _OF_IC:
        return set()  # "robotics" is no plural of "robotic"
    return {word + "s"} | ({word + "es"} if word.endswith("o") else set())


@lru_cache(maxsize=65536)
def _singulars(word: str) -> set[str]:
    """The words of which `word` is a plural by the rules above."""
    if not word.endswith(("s", "a")) or word.endswith("ss"):
        return set()
    stems = {word[:-1], word[:-2], word[:-3] + "y", word[:-2] + "is"}
    stems |= {word[: -len(plural)] + single for single, plural in _CLASSICAL if word.endswith(plural)}
    return {stem for stem in stems if len(stem) > 1 and word in _plurals(stem)}
