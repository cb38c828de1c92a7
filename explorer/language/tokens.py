"""Tokens: what a word of a text is, where it stands, and whether a ranking counts it.

Folds case, accents and LaTeX away, keeps symbols that belong to a word ("C++", "C#", ".NET", "CD4+") beside the bare
word, and cuts scripts without blanks into single characters and pairs of them. Knows no papers, stems or indexes.
Always true: places never fall; words that stand side by side have places that differ by 1; no text raises.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from explorer.language.lexicon import FUNCTIONS, FUNCTIONS_BY_LANGUAGE
from explorer.text import readable

ENGLISH = FUNCTIONS_BY_LANGUAGE["en"]
_GAP = 100  # places between two names or lines: no phrase crosses them
_RUNNING = 2  # different words of grammar, in lower case, tell the language of a text; a name has a single such word
_CROWD = 0.05  # of its words at least: "de novo" and "et al" stand in English texts, too

# Han with kana, Hangul, and the scripts of Thailand, Laos, Myanmar and Cambodia: no blank tells their words apart.
_HAN = "々〇\u3041-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN += "\U00020000-\U0003ffff"
_HANGUL = "\uac00-\ud7a3"
_ASIAN = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17d7\u17dc\u17dd"
_JOINED = f"[{_HAN}]+|[{_HANGUL}]+|[{_ASIAN}]+"
# What these write above, below or behind a letter belongs to it; \u1039 and \u17d2 bind the next letter, too.
_MARK = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u1038\u103a-\u103e\u17b4-\u17d1\u17d3"
_MARK += "\u3099\u309a"
_UNIT = re.compile(f"[^{_MARK}](?:[\u1039\u17d2].|[{_MARK}])*|.", re.DOTALL)
# Vowel signs and joiners of Indian and Tibetan letters, which are no letters for `\w`.
_SIGNS = "\u0900-\u0903\u093a-\u094f\u0955-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d"
_SIGNS += "\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b4d\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3c-\u0c56"
_SIGNS += "\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d81-\u0d83\u0dca-\u0ddf\u0f71-\u0f84\u200c\u200d"
_LETTERS = rf"(?:[^\W_{_HAN}{_HANGUL}{_ASIAN}]|[{_SIGNS}])+"
# "C++", "C++11", "C#", "Na+", "CD4+CD25+"; not the plus between two variables. ".NET", not the end of a sentence.
_SYMBOLS = r"\+\+(?![A-Za-z])|#(?!\w)|\+(?!\w)|(?<=\d)\+(?=[A-Z])"
_WORD = re.compile(rf"((?<![\w.])\.(?=[A-Za-z]{{2}}))?({_LETTERS})({_SYMBOLS})?|({_JOINED})")
_PLAIN = re.compile(r"((?<![\w.])\.(?=[A-Za-z]{2}))?([A-Za-z0-9]+)" + f"({_SYMBOLS})?()")
_ALNUM = re.compile(r"[A-Za-z0-9]+")
_SYMBOLIC = re.compile(r"[A-Za-z0-9][+#]|(?<![\w.])\.[A-Za-z]{2}")
_PUNCTUATION = {ord(sign): " " for sign in "“”„‘‚–—‐‑−…•·≥≤×→«»"} | {ord("’"): "'"}
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")
_STROKES = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "Æ": "AE",
     "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th"}
)  # fmt: skip
# Accents and points of Latin, Greek, Cyrillic, Hebrew and Arabic letters; the marks of the rest are vowels.
_ACCENTS = re.compile(
    "(?<=[\0-\u077f\u1e00-\u1fff])[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The t `words` of a text as folded, their `places`, and which of them a ranking `counts`, each (t,)."""

    words: list[str]
    places: list[int]
    counts: list[bool]

    def counted(self) -> list[str]:
        """The words that a ranking counts, in order."""
        return [word for word, counts in zip(self.words, self.counts, strict=True) if counts]


def tokens(text: str, *, names: bool = False) -> Tokens:
    """The tokens of `text`: each bare word, its form with symbols beside it, single characters and their pairs.

    A ranking counts no words of grammar in the languages the text is written in, but an acronym ("WHO") always, and
    of `names`, each on a line, every word. Characters of scripts without blanks count in pairs; alone,
    where they stand alone.
    """
    result = Tokens([], [], [])
    place = -1
    for line in text.split("\n") if names else (text,):
        place = _read(line, result, place + 1, names) + _GAP
    return result


def _read(text: str, into: Tokens, place: int, names: bool) -> int:
    """Put the tokens of `text` behind those of `into`, from `place` on; the place behind the last."""
    plain = _POSSESSIVE.sub("", readable(text))
    if not plain.isascii():
        plain = plain.translate(_PUNCTUATION)
    start = len(into.words)
    if plain.isascii() and not _SYMBOLIC.search(plain):  # nine of ten texts, three times as fast
        spelled = _ALNUM.findall(plain)
        words = _ALNUM.findall(plain.lower())
        into.words.extend(words)
        into.places.extend(range(place, place + len(words)))
        into.counts.extend([True] * len(words))
        place += len(words)
        grammar = {start + at: spelled[at] for at, word in enumerate(words) if word in FUNCTIONS}
    else:
        place, grammar = _read_any(plain, into, place)
    if grammar and not names:
        _leave_out(grammar, into, len(into.words) - start, loud=plain.isupper())
    return place


def _read_any(plain: str, into: Tokens, place: int) -> tuple[int, dict[int, str]]:
    """Put the tokens of any text behind `into`; the place behind the last, and the words of grammar as spelled."""
    grammar: dict[int, str] = {}
    pattern = _PLAIN if plain.isascii() else _WORD
    for dot, word, symbols, joined in pattern.findall(plain if plain.isascii() else unmarked(plain)):
        if joined:
            place = _cut(joined, into, place)
            continue
        low = word.lower() if word.isascii() else word.casefold()
        if low in FUNCTIONS:
            grammar[len(into.words)] = word
        for form in (low, f"{dot}{low}{symbols}") if dot or symbols else (low,):
            into.words.append(form)
            into.places.append(place)
            into.counts.append(True)
        place += 1
    return place, grammar


def _leave_out(grammar: dict[int, str], read: Tokens, size: int, *, loud: bool) -> None:
    """Let words of grammar not count: `grammar` says where they stand, and how they are spelled.

    `size`: words of the text; `loud`: it is in capitals, which then tell no acronym.
    """
    foreign = _languages(list(grammar.values()), size)
    for at, word in grammar.items():
        acronym = len(word) > 1 and word.isupper() and not loud
        read.counts[at] = acronym or not (read.words[at] in ENGLISH or read.words[at] in foreign)


def _languages(grammar: list[str], size: int) -> frozenset[str]:
    """The words of grammar of the languages but English in which a text of `size` words is written.

    `grammar`: those of any language that it holds, as spelled.
    """
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word in grammar:
        if word not in ENGLISH:  # in lower case only: "Du" is a name
            for language, own in FUNCTIONS_BY_LANGUAGE.items():
                if word in own:
                    seen[language][word] += 1
    written = [
        FUNCTIONS_BY_LANGUAGE[language]
        for language, counts in seen.items()
        if len(counts) >= _RUNNING and counts.total() >= _CROWD * size
    ]
    return frozenset().union(*written)


def _cut(run: str, into: Tokens, place: int) -> int:
    """Put the characters of a run without blanks and their pairs behind `into`; the place behind it."""
    units = _UNIT.findall(run)
    for at, unit in enumerate(units):
        into.words.append(unit)
        into.places.append(place + at)
        into.counts.append(len(units) == 1)
        if at + 1 < len(units):
            into.words.append(unit + units[at + 1])
            into.places.append(place + at)
            into.counts.append(True)
    return place + len(units)


def sought(text: str) -> list[tuple[int, str]]:
    """What stands where in a phrase: (place from 0, word), of several words at a place the most telling.

    "C++" is the form with its symbols; of a run without blanks its pairs, the character where it stands alone.
    """
    read = tokens(text)
    best: dict[int, str] = {}
    for word, place in zip(read.words, read.places, strict=True):
        if len(word) > len(best.get(place, "")):
            best[place] = word
    # The last character of a run lies in the pair before it.
    phrase = [
        (place, word)
        for place, word in best.items()
        if not (place - 1 in best and best[place - 1].endswith(word) and is_pair(best[place - 1]))
    ]
    return [(place - phrase[0][0], word) for place, word in phrase]


@lru_cache(maxsize=65536)
def is_pair(word: str) -> bool:
    """Whether a token is two characters of a script without blanks."""
    return not word.isascii() and re.fullmatch(_JOINED, word) is not None and len(_UNIT.findall(word)) == 2


def unmarked(text: str) -> str:
    """`text` without the accents of alphabets whose accents may be left out, with wide and raised letters as usual."""
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_STROKES))))
