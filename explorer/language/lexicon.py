"""Words: what a single word is worth in a label or an explanation; see `phrases` for several together.

Holds the lists of lexicon.txt and three questions about a word. Knows no texts. Always true: words are in lower case,
and those of the lists in the singular.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum
from pathlib import Path

from explorer.patterns import regex


class Kind(IntEnum):
    """Kinds of words, the more telling the higher."""

    BREAK = 0  # punctuation, formulas, numbers
    FUNCTION = 1  # of grammar
    JOINT = 2  # of grammar, may stand inside a phrase: "chain of thought"
    EMPTY = 3  # what every paper says
    GENERIC = 4  # says something beside a telling word only
    CONTENT = 5


def lists_of(file: str) -> dict[str, list[str]]:
    """The words of a file beside this by the names of their lists."""
    lines = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
    blocks = "\n".join(line for line in lines if not line.startswith("#")).split("\n\n")
    return {name.strip(): words.split() for name, _, words in (block.partition(":") for block in blocks)}


LISTS = lists_of("lexicon.txt")
JOINTS, NOT_ADVERBS, GENERICS, SAY_LITTLE, FIGURES = (
    frozenset(LISTS[name]) for name in ("joints", "not_adverbs", "generics", "say_little", "figures")
)
FUNCTIONS_BY_LANGUAGE = {
    name.partition("_")[2] or "en": frozenset(words) for name, words in LISTS.items() if name.startswith("functions")
}
FUNCTIONS: frozenset[str] = frozenset().union(*FUNCTIONS_BY_LANGUAGE.values())
_DULL = regex(f"(?:{'|'.join(LISTS['dull'])})(?:{'|'.join(LISTS['dull_endings'])})?")
_DIGIT_FIRST = regex(r"\d(?:d|dof|-[^\W\d]{2,}.*)")  # "3d", "6dof", "5-ht"


def singular(word: str, present: Collection[str]) -> str:
    """`word` without its plural ending, where the singular is among the words `present`."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        for ending, single in (("ies", "y"), ("ches", "ch"), ("xes", "x"), ("sses", "ss"), ("s", "")):
            if word.endswith(ending) and word[: -len(ending)] + single in present:
                return word[: -len(ending)] + single
    return word


def is_word(word: str) -> bool:
    """Whether a token may stand in a phrase: letters, at most led by a digit."""
    return 2 <= len(word) <= 30 and (word[0].isalpha() or _DIGIT_FIRST.fullmatch(word) is not None)


def kind(word: str) -> Kind:
    """What `word` is worth; "." is a break."""
    if word == ".":
        return Kind.BREAK
    if word in JOINTS:
        return Kind.JOINT
    if word in FUNCTIONS:
        return Kind.FUNCTION
    if _DULL.fullmatch(word):
        return Kind.EMPTY
    plain = word in GENERICS or all(piece in GENERICS or piece in FUNCTIONS for piece in word.split("-"))
    return Kind.GENERIC if plain else Kind.CONTENT
