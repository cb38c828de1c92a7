"""Abstracts, compared: how much of the shorter is in the longer, whether two clearly differ, how an abstract begins.

Holds pure functions on strings. Always true: a stub agrees with nothing, an equal stub included; texts in two languages
or alphabets do not differ, as their words cannot be compared.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from explorer.boilerplate import is_boilerplate, without_boilerplate
from explorer.text import fold

AGREE = 0.6  # share of the shorter abstract's words that are in the longer; versions of a text have 0.7 up
DIFFER = 0.35  # below it two texts are two; chance alone gives 0.1 to 0.3 within a field
COPIED = 0.95  # share at which an abstract outweighs a title that was changed, not only shortened
ENOUGH = 30  # words from which an abstract can outweigh something else; below half of it it is a stub

_LONGEST = 20_000  # characters compared
_BEGINNING = 12  # words: two papers rarely share so many at the beginning, and versions seldom change them
# The commonest little words: what a text is written in shows in any two sentences.
_LANGUAGES = {
    "en": "the of and in to is was were with for that by this are from as on we an be which",
    "fr": "le la les des du et est une dans pour que qui par sur sont avec aux au ce ont",
    "de": "der die das und ist von den mit zu im eine ein auf für wurde werden des sind bei nicht",
    "es": "el los las del y en una un por con para que se es como su fue al entre más",
    "pt": "o os as da do dos das e em uma um por com para que foi ao na no são",
    "it": "il lo gli della di e in una un per con che sono è del nel dei delle alla da",
    "nl": "de het een van en in is dat op te met voor zijn werd aan door bij werden uit naar",
}
_LITTLE = {language: frozenset(fold(words).split()) for language, words in _LANGUAGES.items()}


def abstract_overlap(first: str, second: str) -> float | None:
    """Share of the shorter abstract's different words found in the longer; None when either is missing or a stub."""
    ours, theirs = words_of(first), words_of(second)
    if min(len(ours), len(theirs)) < ENOUGH // 2:
        return None
    return len(ours & theirs) / min(len(ours), len(theirs))


def abstracts_differ(first: str, second: str) -> bool:
    """Whether two abstracts of the same language are clearly two texts."""
    shared = abstract_overlap(first, second)
    if shared is None or shared >= DIFFER:
        return False
    return script(first) == script(second) and language(first) == language(second)


def numbers_differ(first: str, second: str) -> bool:
    """Whether the numbers in two texts differ, as they do in the reports of two years that share all words."""
    ours, theirs = (frozenset(re.findall(r"\d+(?:[.,]\d+)*", text[:_LONGEST])) for text in (first, second))
    return bool(ours and theirs) and not (ours <= theirs or theirs <= ours)


def beginning(abstract: str) -> str:
    """The first words, folded; empty for a stub. Some databases begin with a label: folding cannot help that."""
    words = fold(abstract[:400]).split()
    return " ".join(words[:_BEGINNING]) if len(words) >= _BEGINNING or not abstract.isascii() else ""


@lru_cache(maxsize=1024)
def words_of(text: str) -> frozenset[str]:
    """The different words of a text, folded, less what publishers add; without blanks, pairs of its letters."""
    bare = without_boilerplate(text[:_LONGEST])
    if bare == text[:_LONGEST] and is_boilerplate(bare):
        return frozenset()
    words = fold(bare).split()
    pairs = (word[i : i + 2] for word in words if len(word) > 1 and not word[0].isascii() for i in range(len(word) - 1))
    unspaced = script(text) in ("CJK", "HIRAGANA", "KATAKANA", "THAI", "HANGUL")
    return frozenset(words) | frozenset(pairs if unspaced else ())


@lru_cache(maxsize=1024)
def language(text: str) -> str:
    """The language that the little words of a text are of, or an empty string when they tell nothing."""
    words = fold(text[:_LONGEST]).split()
    counts = {name: sum(word in little for word in words) for name, little in _LITTLE.items()}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] >= 3 else ""


def title_language(title: str) -> str:
    """The language whose little words alone a title has, or an empty string."""
    words = set(fold(title).split())
    spoken = [name for name, little in _TELLING.items() if words & little]
    return spoken[0] if len(spoken) == 1 else ""


# Of the little words, those of a single language of the list.
_TELLING = {
    name: frozenset(word for word in little if len(word) > 1 and sum(word in words for words in _LITTLE.values()) == 1)
    for name, little in _LITTLE.items()
}


@lru_cache(maxsize=4096)
def script(text: str) -> str:
    """The alphabet of most letters of a text ("LATIN", "CJK", …): single foreign letters do not count."""
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else ""
    counts: dict[str, int] = {}
    for char in text[:500]:
        if char.isalpha():
            name = "LATIN" if char.isascii() else unicodedata.name(char, "").partition(" ")[0]
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else ""
