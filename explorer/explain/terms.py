"""The rare terms that two texts have in common, and those that only one of them has.

A term is a word, or up to four in a row, that says something by itself (see `explorer.language`). Its weight is the
logarithm of its rarity in the library (Spärck Jones 1972) times how much the text is about it, of shared ones both
texts. Always true: forms of a word are one (stems); a term is spelled as in its text, a shared one as in the second;
no two of a list have a telling word in common.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.explain.texts import Text
from explorer.explain.thresholds import THRESHOLDS
from explorer.language.lexicon import SAY_LITTLE, Kind, is_word, kind, singular
from explorer.language.phrases import could_be_phrase, is_acronym, may_end, uncapitalised
from explorer.search.words import words_of

Frequencies = Callable[[Sequence[str]], Sequence[int]]
"""How many papers of the library hold each term, its words one after the other."""
Stems = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_JOINED = re.compile(r"[\s\-‐‑–/]{1,2}")  # between the words of a phrase; anything else ends it
_DASH = "-‐‑"
_JOINTS = _DASH + "/’'"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase as a text spells it, and how many papers of the library hold it."""

    text: str
    papers: int


class _Word(NamedTuple):
    stem: str
    kind: Kind
    start: int
    end: int
    block: int  # words of one block stand one after the other, without punctuation between them


_Run = tuple[_Word, ...]


@dataclass(frozen=True)
class Words:
    """The words of a text, of the title first, as places in `text`; `title`: where the body begins in it."""

    text: str
    title: int
    words: _Run

    @classmethod
    def of(cls, text: Text) -> Words:
        """The words of `text` but for its imprint."""
        title = f"{text.title} | " if text.title else ""
        whole = title + text.prose
        matches = list(_WORD.finditer(whole))
        forms = [match[0].lower().replace("’", "'").removesuffix("'s") for match in matches]
        singulars = SAY_LITTLE.union(forms)
        values = {form: (" ".join(words_of(form)) or form, _kind(form, singulars)) for form in forms}
        words: list[_Word] = []
        block = end = 0
        for match, form in zip(matches, forms, strict=True):
            block += not _JOINED.fullmatch(whole, end, match.start())
            end = match.end()
            words.append(_Word(*values[form], match.start(), end, block))
        return cls(whole, len(title), tuple(words))

    @cached_property
    def phrases(self) -> dict[Stems, list[_Run]]:
        """Every run of one to four words that could be a term: where it stands."""
        phrases: dict[Stems, list[_Run]] = {}
        for start in range(len(self.words)):
            for end in range(start + 1, min(start + THRESHOLDS.words, len(self.words)) + 1):
                run = self.words[start:end]
                if run[-1].block != run[0].block:
                    break
                if self._could_be_term(run):
                    phrases.setdefault(tuple(word.stem for word in run), []).append(run)
        return phrases

    @cached_property
    def roots(self) -> frozenset[str]:
        """Roots of all words that say something by themselves."""
        return _roots(self.words)

    @property
    def is_short(self) -> bool:
        """Whether it is a question rather than an abstract."""
        return len(self.words) <= THRESHOLDS.short_text

    def weight(self, stems: Stems) -> float:
        """How much of the text is about it: 1 for once in the body, more for often or in the title."""
        runs = self.phrases[stems]
        often = (1 + math.log(len(runs))) * (THRESHOLDS.title if runs[0][0].start < self.title else 1.0)
        return often * (1 + THRESHOLDS.longer * (len(stems) - 1))

    def spelling(self, stems: Stems) -> str:
        """As the body most often spells it, if it can inside a sentence, where capitals mean something."""
        runs = self.phrases[stems]
        inner = [run for run in runs if run[0].start >= self.title and not self._opens_sentence(run)]
        spellings = Counter(self.text[run[0].start : run[-1].end] for run in inner or runs)
        usual = re.sub(r"[’']s$", "", " ".join(spellings.most_common(1)[0][0].split()))
        opening = not inner and runs[-1][0].start >= self.title  # then its capital says nothing
        return uncapitalised(usual) if opening else usual

    def sentences_with(self, stems: Stems, text: Text) -> NDArray[np.bool_]:
        """Which sentences of the text hold a term, (m,)."""
        places = [run[0].start - self.title for run in self.phrases[stems]]
        return np.array(
            [any(s.start <= at < s.end if s.end >= 0 else at < 0 for at in places) for s in text.sentences], bool
        )

    def _could_be_term(self, run: _Run) -> bool:
        if self._joins(run[0].start - 1) or self._joins(run[-1].end):
            return False  # "semi" of "semi-arid"
        last, kinds = self.text[run[-1].start : run[-1].end].lower(), [word.kind for word in run]
        if len(run) == 1 and last.islower() and len(last) < 3 and not self.text[run[0].start].isupper():
            return False  # "cm", "mu"
        if len(run) > 1 and self._joins(run[0].end):  # "no-press"
            kinds[0] = max(kinds[0], Kind.GENERIC)
        if len(run) > 1 and last.isdigit() and self.text[run[-1].start - 1] in _DASH:  # COVID-19
            kinds[-1] = max(kinds[-1], Kind.GENERIC)
        return bool(could_be_phrase(kinds, may_end(last)))

    def _joins(self, at: int) -> bool:
        """Whether the character at this place joins two words to one."""
        inside = 0 < at < len(self.text) - 1 and self.text[at] in _JOINTS
        return inside and self.text[at - 1].isalnum() and self.text[at + 1].isalnum()

    def _opens_sentence(self, run: _Run) -> bool:
        before = self.text[self.title : run[0].start].rstrip(" \"'“‘([")
        return not before or before[-1] in ".!?:\n|"


def _kind(form: str, singulars: frozenset[str]) -> Kind:
    word = singular(form, singulars)
    return (Kind.GENERIC if word in SAY_LITTLE else kind(word)) if is_word(form) else Kind.EMPTY


def _roots(words: Iterable[_Word]) -> frozenset[str]:
    """What telling words have in common with kin that no stemmer joins: "prosthesis", "prostheses"."""
    return frozenset(word.stem[: THRESHOLDS.root] for word in words if word.kind == Kind.CONTENT)


# ------------------------------------------------------------------------------------------------------- choice


@dataclass(frozen=True, slots=True)
class Chooser:
    """Chooses the terms that say most in a library of so many papers."""

    frequencies: Frequencies
    papers: int

    def shared(self, first: Words, second: Words) -> dict[Stems, Term]:
        """Terms of both texts, those first that both are most about."""
        weights = {
            stems: math.sqrt(first.weight(stems) * second.weight(stems))
            for stems in first.phrases
            if stems in second.phrases
        }
        return self._best(weights, second, THRESHOLDS.shared)

    def distinct(self, text: Words, other: Words, *, common: bool = False) -> dict[Stems, Term]:
        """Terms of `text` without a telling word in common with `other`; what a long text says once is no term.

        With `common`, a term may be common in the library: a question's own word that a paper lacks is worth telling.
        """
        stems_of_other = {word.stem for word in other.words}
        weights = {
            stems: text.weight(stems)
            for stems, runs in text.phrases.items()
            if (text.is_short or len(runs) > 1 or _in_title(text, runs[0]))
            and not _roots(runs[0]) & other.roots
            and not stems_of_other.issuperset(stems)
        }
        return self._best(weights, text, THRESHOLDS.distinct, common=common)

    def _best(
        self, weights: Mapping[Stems, float], text: Words, most: int, *, common: bool = False
    ) -> dict[Stems, Term]:
        """The heaviest terms, no two with a telling word in common."""
        counts = self._counts(weights)
        scores = {
            stems: weights[stems] * self._rarity(count)
            for stems, count in counts.items()
            if (common or count <= self._most_papers(weights[stems])) and (count or len(stems) == 1)
        }
        least = THRESHOLDS.next_term * max(scores.values(), default=0.0)
        best: dict[Stems, Term] = {}
        taken: set[str] = set()
        for stems in sorted(scores, key=lambda stems: (-scores[stems], -len(stems), stems)):
            if len(best) == most or scores[stems] < least:
                break
            roots = _roots(text.phrases[stems][0])
            if not roots & taken and not any(_abbreviates(stems, term) or _abbreviates(term, stems) for term in best):
                best[stems] = Term(text.spelling(stems), counts[stems])
                taken |= roots
        return best

    def _counts(self, weights: Mapping[Stems, float]) -> dict[Stems, int]:
        """Papers that hold each single word, and each of the phrases that promise most."""
        words = list(dict.fromkeys(stem for stems in weights for stem in stems))
        of_word = dict(zip(words, self.frequencies(words), strict=True))
        # At most so many papers hold a phrase; words of grammar are not counted.
        bounds = {stems: min((of_word[stem] for stem in stems if of_word[stem]), default=0) for stems in weights}
        phrases = sorted(
            (stems for stems in weights if len(stems) > 1),
            key=lambda stems: (-weights[stems] * self._rarity(bounds[stems]), bounds[stems], stems),
        )[: THRESHOLDS.phrases]
        of_phrase = zip(phrases, self.frequencies([" ".join(stems) for stems in phrases]), strict=True)
        return {stems: of_word[stems[0]] for stems in weights if len(stems) == 1} | dict(of_phrase)

    def _most_papers(self, weight: float) -> float:
        """Most papers that may hold a term of this weight."""
        return max(THRESHOLDS.few_common, (THRESHOLDS.common if weight > 1 else THRESHOLDS.common_once) * self.papers)

    def _rarity(self, count: int) -> float:
        # 2 more: a slip of the pen is in one paper, and no better than a rare word.
        return math.log(1 + self.papers / (count + 2))


def _in_title(text: Words, run: _Run) -> bool:
    return run[0].start < text.title and all(word.kind != Kind.JOINT for word in run)


def _abbreviates(stems: Stems, phrase: Stems) -> bool:
    """Whether `stems` are the acronym of `phrase`, in the plural or not: "DGs" and "distributed generation"."""
    return is_acronym([stem.rstrip("s") for stem in stems], phrase)
