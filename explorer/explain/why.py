"""Why two texts are close: the sentences that say something alike, the rare terms both hold, and those that differ.

Numbers and texts in, frozen values out; knows no papers, libraries, models or screens. Always true: a sentence is in
one pair at most, a text's only one in two; spans count characters of `Text.body`; a term is spelled as there;
where nothing stands out a list is empty, as a made-up reason is worse than none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.language.lexicon import CONTENT, EMPTY, GENERIC, JOINT, NOT_ADVERBS, is_word, kind, singular
from explorer.language.sentences import sentences
from explorer.search.words import words_of

PAIRS, SHARED, OTHER = 3, 6, 4  # at most shown: what a glance takes in
_ALONE_PAIRS = 2  # at most, of a single sentence
SAMPLE = 2000  # papers of the library that a sentence is tried on
_MOST_SENTENCES = 40  # of one text; an abstract has 5 to 15, and each costs some 40 ms of one busy core

# The best of c chance pairs of sentences grows with c. Of random papers of four corpora (medicine, computing, aircraft,
# 500 on "restoration"), 2 to 6 % have a pair that passes all that is asked below (with 0.28), of papers among each
# other's ten nearest 72 to 93 %. Read: without a term in common, those below 0.31 mislead.
_CHANCE, _CHANCE_GROWTH = 0.31, 0.1
_NAMED = 0.03  # less is asked of two sentences that both hold a rare term: "Hanabi"; 0.06 let weak pairs pass
_MARGIN = 0.08  # above the mean of its row and column: else everything here is alike, and this pair says nothing more
_RIVALS = 0.05  # share of the library's papers that a sentence may be closer to than to the other text
_FEW_RIVALS = 5  # and at least so many: in a library of ten all are alike
_RUNNER_UP = 0.85  # a further pair must be as close as this share of the first

_COMMON = 0.08  # a term that more of the library's papers hold is no reason, but the library's subject
_COMMON_ONCE = 0.02  # of a lone word that both say only once
_FEW_COMMON = 4  # and at least so many papers, for a small library
_LONGEST = 4  # words in a phrase
_TITLE = 1.6  # a title is chosen to say what the paper is about
_RUNNER_UP_TERM = 0.4  # a further term must weigh this share of the first
_LONGER = 0.35  # how much more a phrase weighs for each word beyond the first: "no-press Diplomacy" says more
_ROOT = 6  # letters
_SHORT = 40  # words: a question, in which every word counts
_ASKED = (
    25  # phrases whose number of papers is looked up, the rarest by their words: a look-up takes up to a millisecond
)

Frequencies = Callable[[Sequence[str]], Sequence[int]]
"""How many papers of the library hold each term, its words one after the other."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and where it stands: characters `start` to before `end` of the body; both -1 for the title."""

    text: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences that say something alike, and their cosine."""

    one: Sentence
    other: Sentence
    similarity: float


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase as a text spells it, and how many papers of the library hold it."""

    text: str
    papers: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two texts are close, and what tells them apart; each list best first."""

    pairs: tuple[Pair, ...] = ()
    shared: tuple[Term, ...] = ()
    only_one: tuple[Term, ...] = ()
    only_other: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """One side: a title (may be empty), a body, and their sentences; the title is one of its own and comes first."""

    title: str
    body: str
    sentences: tuple[Sentence, ...]


# What publishers hang on an abstract: "© 2019, Springer Nature B.V." is in every paper of theirs.
_IMPRINT = re.compile(r"(?:©|\(c\)\s*(?=\d{4})|Copyright\s*(?=©|\(c\)|\d{4})).{0,200}\Z", re.IGNORECASE | re.DOTALL)


def text_of(title: str, body: str) -> Text:
    """A readable title and body with their sentences, at most 40."""
    found = [Sentence(title)] if title else []
    end = imprint.start() if (imprint := _IMPRINT.search(body)) else len(body)
    for span in sentences(body[:end]):
        found.append(Sentence(span.of(body), span.start, span.end))
    return Text(title, body, tuple(found[:_MOST_SENTENCES]))


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors, float32: of the sentences of the two texts, (m, d) and (n, d), of the texts themselves, (d,) each,
    and of papers of the library to compare with, (p, d)."""

    one: NDArray[np.float32]
    other: NDArray[np.float32]
    one_whole: NDArray[np.float32]
    other_whole: NDArray[np.float32]
    library: NDArray[np.float32]


def explain(one: Text, other: Text, vectors: Vectors, frequencies: Frequencies, papers: int) -> Explanation:
    """Why `one` and `other` are close, in a library of `papers` papers."""
    mine, yours = _read(one), _read(other)
    shared = _best(_both(mine, yours), yours, SHARED, frequencies, papers)
    named = np.zeros((len(one.sentences), len(other.sentences)), bool)
    for stems, _ in shared:
        named |= np.outer(_holding(one, mine, stems), _holding(other, yours, stems))
    return Explanation(
        tuple(Pair(one.sentences[i], other.sentences[j], cosine) for i, j, cosine in aligned(vectors, named)),
        tuple(term for _, term in shared),
        tuple(term for _, term in _best(_alone(mine, yours), mine, OTHER, frequencies, papers, every=_is_short(mine))),
        tuple(term for _, term in _best(_alone(yours, mine), yours, OTHER, frequencies, papers)),
    )


# ------------------------------------------------------------------------------------------------------- sentences


def aligned(vectors: Vectors, named: NDArray[np.bool_] | None = None) -> list[tuple[int, int, float]]:
    """The sentences that belong together: row of one, row of the other, cosine; the most telling first, at most 3.

    Pairs are taken greedily by their margin: the cosine less half the mean of what both sentences have with all others
    here (as the CSLS of Conneau et al. 2018 corrects for hubs), so that one sentence on everything does not win every
    time. A pair stands only if it is closer than the best of as many chance pairs, if it leads its row and column by a
    margin, and if each sentence is closer to the other text than to 95 % of the library: "experiments show that our
    method is better" is close to such a sentence anywhere, and to no paper in particular. `named` (m, n) says which
    pairs of sentences hold a rare term in common: these count for a little closer than they are.
    """
    if not len(vectors.one) or not len(vectors.other):
        return []
    cosines = vectors.one @ vectors.other.T
    close = cosines if named is None else cosines + np.float32(_NAMED) * named
    usual = (_mean_of_others(cosines, 1) + _mean_of_others(cosines, 0)) / 2
    least = _CHANCE + _CHANCE_GROWTH * math.log10(cosines.size)
    telling = np.outer(_points_to(vectors.one, vectors.other_whole, vectors.library),
                       _points_to(vectors.other, vectors.one_whole, vectors.library))  # fmt: skip
    stands = (close >= least) & (cosines - usual >= _MARGIN) & telling
    scores = np.where(stands, close - usual / 2, -np.inf)
    found: list[tuple[int, int, float]] = []
    alone = min(cosines.shape) == 1  # a question of one sentence may be met by two
    while len(found) < (_ALONE_PAIRS if alone else PAIRS):
        i, j = np.unravel_index(int(np.argmax(scores)), scores.shape)
        if not np.isfinite(scores[i, j]) or (found and cosines[i, j] < _RUNNER_UP * found[0][2]):
            break
        found.append((int(i), int(j), float(cosines[i, j])))
        scores[i, j] = -np.inf
        if not alone:
            scores[i, :] = scores[:, j] = -np.inf
    return found


def _mean_of_others(cosines: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """For each cosine the mean of the others along an axis; where there are none, 0."""
    size = cosines.shape[axis]
    others = (cosines.sum(axis=axis, keepdims=True) - cosines) / max(size - 1, 1)
    return np.asarray(others if size > 1 else np.zeros_like(cosines))


def _points_to(
    rows: NDArray[np.float32], whole: NDArray[np.float32], library: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Which sentences (m, d) are closer to the text `whole` (d,) than to nearly all of the library (p, d), (m,)."""
    closer = (rows @ library.T > (rows @ whole)[:, None] + 1e-6).sum(axis=1)
    return np.asarray(closer <= max(_FEW_RIVALS, _RIVALS * len(library)))


# ----------------------------------------------------------------------------------------------------------- terms

# A term is a word, or up to four in a row, that says something by itself (see `explorer.language.lexicon`). Its
# weight is the logarithm of its rarity in the library (Spärck Jones 1972) times how much the text is about it, of
# shared ones both texts; these are spelled as in the other text. What differs has no telling word in common with the
# other text. Forms of a word are one (stems).

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_JOINED = re.compile(r"[\s\-‐‑–/]{1,2}")  # between the words of a phrase; anything else ends it
_DASH = "-‐‑"
_JOINTS = _DASH + "/’'"


# Words that name no subject, though a label may hold them in a phrase ("critical load").
_SAY_LITTLE = frozenset(
    """activity actual addition administer administered amount attempt attention attribute capability choice choose
    cm combination concept concerning conclusion core critical degree detail difficulty divide divided door
    entire feature former hand help impact implication individual induce induced insight instrument job
    latter link list look looked mail maintaining maximize member minimize mol name number opportunity pair
    part period picture piece play powerful product project proving question reason region relating
    representative service social special step strong sum thing today total type unit usual vertical view
    volume widespread word""".split()
)


class _Word(NamedTuple):
    stem: str
    kind: int  # what it is worth, see `explorer.language.lexicon`
    start: int
    end: int
    block: int  # words of one block stand one after the other, without punctuation between them


_Stems = tuple[str, ...]


@dataclass(frozen=True)
class _Read:
    """The words of a text, of the title first, as places in `text`; `title`: where the body begins in it."""

    text: str
    title: int
    words: tuple[_Word, ...]

    @cached_property
    def phrases(self) -> dict[_Stems, list[tuple[_Word, ...]]]:
        """Every run of one to four words that could be a term: where it stands."""
        found: dict[_Stems, list[tuple[_Word, ...]]] = {}
        for start in range(len(self.words)):
            for end in range(start + 1, min(start + _LONGEST, len(self.words)) + 1):
                run = self.words[start:end]
                if run[-1].block != run[0].block:
                    break
                if self._tells(run):
                    found.setdefault(tuple(word.stem for word in run), []).append(run)
        return found

    @cached_property
    def roots(self) -> frozenset[str]:
        """Roots of all words that say something by themselves."""
        return _roots(self.words)

    def _tells(self, run: tuple[_Word, ...]) -> bool:
        """Whether a run could be a term: a telling word in it, nothing dull, no adverb at its end ("strongly")."""
        if self._dashed(run[0].start - 1) or self._dashed(run[-1].end):
            return False  # "semi" of "semi-arid"
        last = self._form(run[-1])
        adverb = last.endswith("ly") and last not in NOT_ADVERBS
        numbered = last.isdigit() and len(run) > 1 and self.text[run[-1].start - 1] in _DASH  # COVID-19
        opens = run[0].kind >= GENERIC or (len(run) > 1 and self._dashed(run[0].end))  # "no-press"
        if len(run) == 1 and last.islower() and len(last) < 3 and not self.text[run[0].start].isupper():
            return False  # "cm", "mu"
        closes = numbered or (run[-1].kind >= GENERIC and not adverb)
        inside = all(word.kind >= GENERIC or word.kind == JOINT for word in run[1:-1])
        return opens and closes and inside and any(word.kind == CONTENT for word in run)

    def _form(self, word: _Word) -> str:
        return self.text[word.start : word.end].lower()

    def _dashed(self, at: int) -> bool:
        """Whether the character at this place joins two words to one."""
        inside = 0 < at < len(self.text) - 1 and self.text[at] in _JOINTS
        return inside and self.text[at - 1].isalnum() and self.text[at + 1].isalnum()

    def weight(self, stems: _Stems) -> float:
        """How much of the text is about it: 1 for once in the body, more for often or in the title."""
        runs = self.phrases[stems]
        often = (1 + math.log(len(runs))) * (_TITLE if runs[0][0].start < self.title else 1.0)
        return often * (1 + _LONGER * (len(stems) - 1))

    def spelling(self, stems: _Stems) -> str:
        """As the body most often spells it, if it can inside a sentence, where capitals mean something."""
        runs = self.phrases[stems]
        inner = [run for run in runs if run[0].start >= self.title and not self._opens(run)]
        spellings = Counter(self.text[run[0].start : run[-1].end] for run in inner or runs)
        usual = re.sub(r"[’']s$", "", " ".join(spellings.most_common(1)[0][0].split()))
        opening = not inner and runs[-1][0].start >= self.title  # then its capital says nothing
        return usual[0].lower() + usual[1:] if opening and usual[1:].islower() else usual

    def _opens(self, run: tuple[_Word, ...]) -> bool:
        before = self.text[self.title : run[0].start].rstrip(" \"'“‘([")
        return not before or before[-1] in ".!?:\n|"


def _roots(words: Iterable[_Word]) -> frozenset[str]:
    """What telling words have in common with kin that no stemmer joins: "prosthesis", "prostheses"."""
    return frozenset(word.stem[:_ROOT] for word in words if word.kind == CONTENT)


def _both(mine: _Read, yours: _Read) -> dict[_Stems, float]:
    """Terms of two texts with their weight: how much both are about them."""
    return {
        stems: math.sqrt(mine.weight(stems) * yours.weight(stems)) for stems in mine.phrases if stems in yours.phrases
    }


def _holding(text: Text, read: _Read, stems: _Stems) -> NDArray[np.bool_]:
    """Which sentences of a text hold a term, (m,)."""
    places = [run[0].start - read.title for run in read.phrases[stems]]
    return np.array(
        [any(s.start <= at < s.end if s.end >= 0 else at < 0 for at in places) for s in text.sentences], bool
    )


def _is_short(text: _Read) -> bool:
    return len(text.words) <= _SHORT


def _alone(text: _Read, other: _Read) -> dict[_Stems, float]:
    """Terms of `text` without a telling word in common with `other`; what a long text says but once is no term."""
    short = _is_short(text)
    found: dict[_Stems, float] = {}
    theirs = {word.stem for word in other.words}
    for stems, runs in text.phrases.items():
        weight = text.weight(stems)
        often = len(runs) > 1 or (runs[0][0].start < text.title and all(word.kind != JOINT for word in runs[0]))
        if (short or often) and not _roots(runs[0]) & other.roots and not theirs.issuperset(stems):
            found[stems] = weight
    return found


def _best(
    weights: dict[_Stems, float],
    text: _Read,
    most: int,
    frequencies: Frequencies,
    papers: int,
    *,
    every: bool = False,
) -> list[tuple[_Stems, Term]]:
    """The heaviest terms, no two with a telling word in common, without those common in the library but for `every`.

    A question's own word that a paper lacks is worth telling however common it is.
    """
    words = list(dict.fromkeys(stem for stems in weights for stem in stems))
    counts = dict(zip(words, frequencies(words), strict=True))
    # At most so many papers hold a phrase; words of grammar are not counted.
    held = {stems: min((counts[stem] for stem in stems if counts[stem]), default=0) for stems in weights}
    long = sorted((stems for stems in weights if len(stems) > 1), key=lambda stems: (held[stems], stems))
    asked = sorted(long, key=lambda stems: -weights[stems] * _rarity(held[stems], papers))[:_ASKED]
    held.update(zip(asked, frequencies([" ".join(stems) for stems in asked]), strict=True))
    ranked = sorted(
        (-weights[stems] * _rarity(held[stems], papers), -len(stems), stems)
        for stems in (*(stems for stems in weights if len(stems) == 1), *asked)
        if (every or held[stems] <= _limit(weights[stems] > 1, papers)) and (held[stems] or len(stems) == 1)
    )
    found: list[tuple[_Stems, Term]] = []
    taken: set[str] = set()
    for score, _, stems in ranked:
        roots = _roots(text.phrases[stems][0])
        if len(found) == most or score > _RUNNER_UP_TERM * ranked[0][0]:
            break
        if not roots & taken and not any(_shortens(stems, other) or _shortens(other, stems) for other, _ in found):
            found.append((stems, Term(text.spelling(stems), held[stems])))
            taken |= roots
    return found


def _limit(weighty: bool, papers: int) -> float:
    """Most papers that may hold a term; a lone word said but once has to be rare: "actual", "incorporates"."""
    return max(_FEW_COMMON, (_COMMON if weighty else _COMMON_ONCE) * papers)


def _shortens(stems: _Stems, other: _Stems) -> bool:
    """Whether one is the acronym of the other: "DGs" and "distributed generation"."""
    return len(stems) == 1 and len(other) > 1 and stems[0].rstrip("s") == "".join(stem[0] for stem in other)


def _rarity(count: int, papers: int) -> float:
    return math.log(1 + papers / (count + 2))  # 2: a slip of the pen is in one paper, and no better than a rare word


def _read(text: Text) -> _Read:
    title = f"{text.title} | " if text.title else ""
    imprint = _IMPRINT.search(text.body)
    whole = title + (text.body[: imprint.start()] if imprint else text.body)
    matches = list(_WORD.finditer(whole))
    forms = [match[0].lower().replace("’", "'").removesuffix("'s") for match in matches]
    present = set(forms)
    known = {form: (" ".join(words_of(form)) or form, _kind(form, present)) for form in present}
    words: list[_Word] = []
    block = end = 0
    for match, form in zip(matches, forms, strict=True):
        block += not _JOINED.fullmatch(whole, end, match.start())
        end = match.end()
        words.append(_Word(*known[form], match.start(), end, block))
    return _Read(whole, len(title), tuple(words))


def _kind(form: str, present: set[str]) -> int:
    word = singular(form, present | _SAY_LITTLE)
    return (GENERIC if word in _SAY_LITTLE else kind(word)) if is_word(form) else EMPTY
