"""Names of people: how they are written, and whether two spellings may be of the same person.

Knows single names, no papers. Always true: between names of several words the relation is symmetric; a part of a word
is no name ("Ming Li" is neither "Xiaoming Li" nor "Ming Liang"); no person is identified, only whether the
spellings fit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from explorer.language.lexicon import lists_of
from explorer.language.tokens import Tokens, tokens, unmarked

_LISTS = lists_of("names.txt")
PARTICLES, SUFFIXES, SURNAMES = (frozenset(_LISTS[name]) for name in ("particles", "suffixes", "surnames"))
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "oe", "Ø": "Oe", "å": "aa", "Å": "Aa"}
)
_SIGNS = re.compile(r"[\W_]+")
_FULL = re.compile(r"[^\W\d_]{2,}(?![.])")
_QUESTION = 12  # words of a question in which a name is looked for
_INITIALS = 3  # letters of initials run together, in capitals or without a vowel: "SS", "jps"


def expanded(text: str) -> str:
    """`text` with ä, ö, ü, ø, å as those write them who cannot type them: ae, oe, ue, oe, aa."""
    return unicodedata.normalize("NFC", text).translate(_UMLAUTS)


@dataclass(frozen=True, slots=True)
class _Forename:
    """A forename: its spellings, joined where it has hyphens; initials have none. Its first `letters`."""

    spellings: frozenset[str]
    letters: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A name read as family name, in its spellings with all its words joined, and forenames in their order."""

    family: frozenset[str]
    forename: tuple[_Forename, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in all its possible readings; `words`: all of it, each in its spellings."""

    readings: tuple[_Reading, ...]
    words: tuple[frozenset[str], ...]

    @property
    def families(self) -> frozenset[str]:
        """What the family name may be, folded; who fits has any of these as word or family."""
        return frozenset().union(*(reading.family for reading in self.readings))


def fits(sought: str, author: str) -> bool:
    """Whether `author` may be who is sought: a whole word of the name, or all of it in any usual way of writing.

    Given names may be initials or, behind the first, be missing; the family name may stand first.
    """
    first, second = name_of(sought), name_of(author)
    if len(first.words) == 1:
        return bool(first.words[0] & second.families.union(*second.words))
    if not first.words or len(second.words) < 2:
        return False
    if len(first.words) == len(second.words) and _same_words(first, second):
        return True
    return any(a.family & b.family and _agree(a.forename, b.forename) for a in first.readings for b in second.readings)


def may_be_name(text: str) -> bool:
    """Whether `text` is written as a person's name in full is: two to five words, capitals in front, no digits."""
    words = [word for word in re.split(r"[\s,]+", text.strip()) if word]
    capital = [word for word in words if word[:1].isupper() and not (word.isupper() and len(word) > _INITIALS)]
    others = {word.casefold() for word in words if word not in capital}
    spelled = all(re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[.'’‐-])*", word) for word in words)
    return spelled and 2 <= len(words) <= 5 and len(capital) >= 2 and others <= PARTICLES


def names_within(text: str) -> list[str]:
    """What in a question is written as a person's name in full, the longest first: runs of two to four of its words.

    None of a text of more than twelve words; an initial makes a name of a word only where it stands in front, dotted.
    """
    words = text.split()
    lengths = (4, 3, 2) if len(words) <= _QUESTION else ()
    runs = (" ".join(words[at : at + length]) for length in lengths for at in range(len(words) - length + 1))
    stripped = (run.strip(',;:?!()"“”') for run in runs)
    return [run for run in stripped if may_be_name(run) and (run[1:2] == "." or len(_FULL.findall(run)) > 1)]


def in_full(sought: str, author: str) -> bool:
    """Whether `author` may be who is sought, and has every word of the name that is more than an initial."""
    written = frozenset().union(*name_of(author).words)
    return fits(sought, author) and all(word & written or len(min(word)) == 1 for word in name_of(sought).words)


def names(sought: str, authors: Iterable[str]) -> bool:
    """Whether any of `authors` may be who is sought."""
    return any(fits(sought, author) for author in authors)


@lru_cache(maxsize=2**14)
def name_of(name: str) -> Name:
    """The readings of a name as written: "Brown, Noam", "Noam Brown", "Brown N", "Li Ming", "Berg, J. van der"."""
    parts = [_words(part) for part in name.split(",")]
    parts = [part[:-1] if len(part) > 2 and part[-1].lower() in SUFFIXES else part for part in parts if part]
    if len(parts) > 1 and all(word.lower() in SUFFIXES for word in parts[-1]):
        parts.pop()
    words = [word for part in parts for word in part]
    mixed = not all(word.isupper() for word in words if len(word) > 1)
    if len(parts) > 1:
        family, forename = parts[0], [word for part in parts[1:] for word in part]
        behind = len(forename)
        while behind > 1 and forename[behind - 1].lower() in PARTICLES:  # "Berg, J. van der"
            behind -= 1
        divided = [(forename[behind:] + family, forename[:behind])]
    else:
        divided = _divided(words, mixed)
    readings = tuple(_Reading(_joined(family), _forenames(forename, mixed)) for family, forename in divided)
    return Name(readings, tuple(_joined([word]) for word in words))


def _divided(words: list[str], mixed: bool) -> list[tuple[list[str], list[str]]]:
    """The words of a name without a comma as (family, forename) in every way that is usual."""
    if len(words) < 2:
        return [(words, [])] if words else []
    end = len(words)
    while end > 1 and _initials(words[end - 1], mixed):  # "Li M", "van der Berg JH"
        end -= 1
    if end < len(words) and not _initials(words[0], mixed):
        ways = [(words[:end], words[end:])]
        return ways if words[-1].lower() not in SURNAMES else [*ways, (words[-1:], words[:-1])]
    start = len(words) - 1
    while start > 0 and words[start - 1].lower() in PARTICLES:
        start -= 1
    ways = [(words[start:], words[:start])]
    if 0 < start < len(words) - 1 and not words[start].islower():  # "Anh Van Nguyen": part of the forenames
        ways.append((words[-1:], words[:-1]))
    full = not any(_initials(word, mixed) for word in words)
    if full and start == len(words) - 1 > 1:
        ways.append((words[-2:], words[:-2]))  # "María García López"
    if words[0].lower() in SURNAMES:
        ways.append((words[:1], words[1:]))
    return ways


def _words(part: str) -> list[str]:
    """Words of a part of a name; a hyphen stays in a word, dots and apostrophes go."""
    joined = re.sub(r"\.?\s*[-‐‑–]\s*", "-", part)
    joined = re.sub(r"['’ʼ`]", "", joined)
    return [
        word.strip("-") for word in re.split(r"[\s.()\[\]*†‡]+", joined) if word.strip("-") and re.search(r"\w", word)
    ]


def _initials(word: str, mixed: bool) -> bool:
    """Whether a word is initials: single letters, or up to three capitals of a name that is not all in capitals."""
    pieces = word.split("-")
    if all(len(piece) == 1 for piece in pieces):
        return word[0].isascii() or unicodedata.category(word[0]) in ("Lu", "Ll")
    if len(word) > _INITIALS or not word.isascii():
        return False
    return (word.isupper() and mixed) or (word.islower() and not re.search("[aeiouy]", word) and word not in SURNAMES)


def _forenames(words: list[str], mixed: bool) -> tuple[_Forename, ...]:
    forenames: list[_Forename] = []
    for word in words:
        parts = [folded(part) for part in word.split("-") if part]
        if not _initials(word, mixed):
            forenames.append(_Forename(_joined([word]), "".join(part[:1] for part in parts), tuple(parts)))
            continue
        whole = _joined([word]) if "-" not in word and len(word) > 1 else frozenset[str]()
        letters = [letter for part in parts for letter in part]
        if word.lower() in SURNAMES and len(word) > 1:  # "LI Ming", where it is no initials
            forenames.append(_Forename(whole, letters[0], (parts[0],)))
        else:
            forenames += [_Forename(frozenset(), letter, (letter,)) for letter in letters]
    return tuple(forenames)


def _agree(first: tuple[_Forename, ...], second: tuple[_Forename, ...]) -> bool:
    """Whether forenames may be of the same person: the first fits, and of the others none contradicts."""
    if not first or not second:
        return True
    if _all_joined(first) & _all_joined(second):
        return True
    if any(
        not forename.spellings for forename in (*first, *second)
    ):  # initials of the parts: "J.-P." and "Jean-Pierre"
        first, second = _split(first), _split(second)
    if not _fit(first[0], second[0]):
        return False
    fewer, more = sorted((first[1:], second[1:]), key=len)
    waiting = iter(more)
    return all(any(_fit(forename, candidate) for candidate in waiting) for forename in fewer)


def _fit(first: _Forename, second: _Forename) -> bool:
    if first.spellings and second.spellings:
        return bool(first.spellings & second.spellings)
    return first.letters.startswith(second.letters) or second.letters.startswith(first.letters)


def _split(forenames: tuple[_Forename, ...]) -> tuple[_Forename, ...]:
    return tuple(
        _Forename(frozenset((part,)) if forename.spellings else forename.spellings, part[:1], (part,))
        if len(forename.parts) > 1
        else forename
        for forename in forenames
        for part in (forename.parts if len(forename.parts) > 1 else (forename.parts[0],))
    )


def _all_joined(forenames: tuple[_Forename, ...]) -> frozenset[str]:
    """The forenames as a single word, where all are written out: "Xiao Ming" is "Xiaoming"."""
    if any(not forename.spellings for forename in forenames):
        return frozenset()
    return frozenset(("".join(part for forename in forenames for part in forename.parts),))


def _same_words(first: Name, second: Name) -> bool:
    """Whether two names are the same words in any order."""
    left = list(second.words)
    for spellings in first.words:
        match = next((word for word in left if spellings & word), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _joined(words: list[str]) -> frozenset[str]:
    """The spellings of words run together, folded; ä also as ae."""
    whole = "".join(words)
    return frozenset((folded(whole),) if whole.isascii() else (folded(whole), folded(expanded(whole))))


def folded(text: str) -> str:
    """Letters and digits of `text` without case and accents."""
    return _SIGNS.sub("", text.lower() if text.isascii() else unmarked(text).casefold())


# ---------------------------------------------------------------------------------------------------- in the index


def name_tokens(authors: str) -> Tokens:
    """The tokens of names, each on a line: as written, then turned round, with its further spellings beside it.

    The words as written count for a ranking, and so do their spellings; a phrase crosses no name.
    """
    result = Tokens([], [], [])
    start = 0
    for author in authors.split("\n"):
        if author.strip():
            start = _put_name(author, result, start)
    return result


def _put_name(author: str, into: Tokens, start: int) -> int:
    """Put the tokens of a name behind `into`, from place `start` on; where the next may begin."""
    words, places, counts = _tokens_of(author)
    into.words.extend(words)
    into.places.extend([start + place for place in places])
    into.counts.extend(counts)
    return start + (places[-1] if places else 0) + 2


@lru_cache(maxsize=2**16)
def _tokens_of(author: str) -> tuple[list[str], list[int], list[bool]]:
    """Words, places and counts of a name."""
    read = tokens(author, names=True)
    spelled = read if author.isascii() else tokens(expanded(author), names=True)
    name = name_of(author)
    more = {0: sorted(name.families.union(*name.words))} if read.words else {}
    if len(read.words) == len(spelled.words):
        for word, place in zip(spelled.words, spelled.places, strict=True):
            more.setdefault(place, []).append(word)
    words, places, counts = list[str](), list[int](), list[bool]()
    here = set(read.words)
    for at, (word, place) in enumerate(zip(read.words, read.places, strict=True)):
        words.append(word)
        places.append(place)
        counts.append(True)
        if at + 1 == len(read.words) or read.places[at + 1] > place:
            for variant in dict.fromkeys(more.get(place, ())):
                if variant not in here:
                    words.append(variant)
                    places.append(place)
                    counts.append(True)
                    here.add(variant)
    if len(read.words) > 1:  # turned round: "Noam Brown" for "Brown, Noam", "Brown Noam" for "Noam Brown"
        before, comma, _ = author.partition(",")
        turned = read.words[len(tokens(before, names=True).words) :] if comma else read.words[-1:]
        rest = read.words[: len(read.words) - len(turned)]
        first = read.places[-1] + 2
        words += [*turned, *rest]
        places += range(first, first + len(read.words))
        counts += [False] * len(read.words)
    return words, places, counts
