"""Texts as rows of tokens, and what each word of them is: a name, a verb, an adjective, an acronym, a data set.

Knows words and where they stand, no topics and no phrases. Always true: word 0 is a break, and stands between texts;
the same texts give the same tokens.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from explorer.language.chunks import Chunks
from explorer.language.lexicon import Kind, is_word, kind, singular
from explorer.language.phrases import may_end, uncapitalised

Numbers = NDArray[np.int32] | NDArray[np.int64]

_MOST_CHARACTERS = 2_500  # of one text: an abstract is shorter, a whole paper pasted in must not drown the others
_DATA = 0.1  # a name that "data set" follows so often is that of a data set
_BEFORE_NOUNS = frozenset("a an the of in for this these our with by on their its from between as".split())
_BEFORE_VERBS = frozenset("to we can that which may will they not is are be it who could must should might".split())
_ADJECTIVE = re.compile(r"(?:al|ic|ive|ous|ary|ory|able|ible|ful|less|ian|ese|lar)$")
_LEADS = 0.5  # share of a word's places before another noun from which on such a word is an adjective
_PARTICIPLE = re.compile(r"\w{3,}[^e]ed")
_NO_PARTICIPLES = frozenset("embed hundred biped quadruped moped sacred hatred shed bed red".split())
OF_DATA = frozenset("dataset data-set benchmark corpus corpora leaderboard challenge".split())
_FAMOUS_DATA = re.compile(
    r"(?:cifar|imagenet|mnist|coco|ms-coco|kitti|pascal|voc\d*|cityscape|nuscene|scannet|celeba|glue)\b"
)
_CAPITAL = 0.75  # of a word's places inside sentences
_ON = 0.4  # or that stands so often behind "on" or "and": "on KITTI and nuScenes"
_DEBRIS = re.compile(r"https?://\S+|www\.\S+|\$[^$]{1,300}\$|\\[A-Za-z]+\*?|<[^<>]{1,40}>|&\w+;|\(cid:\d+\)")
_MAY_BE_DEBRIS = re.compile(r"[$\\<&]|http|www\.|\(cid:")
_ACCENT = re.compile(r"""\\(["'`^~])\s?\{?([A-Za-z])\}?""")  # Schr\"odinger
_MARKS = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303"}
_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*|[^\s\w]|_")
_TITLE_END = re.compile(r"[.!?]\s")  # a subtitle, after a colon, belongs to the title


@dataclass(frozen=True)
class Text:
    """All texts as a row of tokens, (t,) each: its form (as written), its word (folded), its paper, if in a title.

    Word 0 is a break: punctuation, formulas, numbers. A break stands before the first text and after each.
    """

    form: Numbers
    word: Numbers
    paper: Numbers
    title: NDArray[np.bool_]
    forms: list[str]
    words: list[str]
    kinds: Numbers

    @cached_property
    def names(self) -> NDArray[np.bool_]:
        """For each word whether it is a name or an acronym, (words,)."""
        return _names(self)

    @cached_property
    def acronyms(self) -> dict[str, tuple[str, ...]]:
        """The words of each acronym that the texts explain: "slam" → simultaneous localization and mapping."""
        return _acronyms(self)

    @cached_property
    def ends(self) -> NDArray[np.bool_]:
        """For each word whether a run may end with it: no adverb, no participle and mostly no verb, (words,)."""
        spelled = np.array([may_end(w) and (w in _NO_PARTICIPLES or not _PARTICIPLE.fullmatch(w)) for w in self.words])
        return np.asarray(spelled & ~self.verbs & ~self._adjectives)

    @cached_property
    def verbs(self) -> NDArray[np.bool_]:
        """For each word whether it is mostly a verb, (words,): "generate" in "to generate responses"."""
        follows = np.append(0, self.word[:-1])
        index = {word: number for number, word in enumerate(self.words)}
        noun, verb = (
            np.bincount(self.word[np.isin(follows, [index[w] for w in words if w in index])], minlength=len(self.words))
            for words in (_BEFORE_NOUNS, _BEFORE_VERBS)
        )
        return np.asarray(verb > np.maximum(noun, 2))

    @cached_property
    def _adjectives(self) -> NDArray[np.bool_]:
        """For each word whether it looks like an adjective and mostly stands before what it describes, (words,)."""
        leads = np.append(self.kinds[self.word[1:]] >= Kind.GENERIC, False)
        seen = np.bincount(self.word, minlength=len(self.words))
        often = np.bincount(self.word, leads, len(self.words)) > _LEADS * seen
        return np.asarray(often & [_ADJECTIVE.search(word) is not None for word in self.words])

    @cached_property
    def behind_hyphens(self) -> dict[int, Numbers]:
        """For each word at which tokens it is the last part of one with a hyphen, ascending: "few-shot" for "shot"."""
        index = {word: number for number, word in enumerate(self.words)}
        tails = np.zeros(len(self.words), np.int64)
        for number, word in enumerate(self.words):
            head, _, tail = word.rpartition("-")
            tails[number] = index.get(tail, index.get(singular(tail, index.keys()), 0)) if head and tail else 0
        of_token = tails[self.word]
        at = np.flatnonzero(of_token)
        at = at[np.argsort(of_token[at], kind="stable")]
        words, starts = np.unique(of_token[at], return_index=True)
        return dict(zip(words.tolist(), np.split(at, starts[1:]), strict=False))  # of none, an empty part

    def plain(self, form: str, word: int) -> str:
        """A form as inside a sentence: "Batch" as "batch", which is mostly or often written so; "Markov" stays."""
        return form if self._capital[word] else uncapitalised(form)

    @cached_property
    def _capital(self) -> NDArray[np.bool_]:
        """For each word whether it hardly ever stands without a capital inside sentences, (words,)."""
        inside = ~self.title & (np.append(0, self.word[:-1]) != 0)
        upper = np.array([form != form.lower() for form in self.forms])[self.form[inside]]
        seen = np.bincount(self.word[inside], minlength=len(self.words))
        return np.asarray(np.bincount(self.word[inside], upper, len(self.words)) > _CAPITAL * seen)

    @cached_property
    def data_sets(self) -> NDArray[np.bool_]:
        """For each word whether it is the name of a data set, (words,)."""
        size, before = len(self.words), np.append(0, self.word[:-1])
        index = {word: number for number, word in enumerate(self.words)}
        after = np.append(self.word[1:], 0)
        data = np.isin(after, [index[w] for w in OF_DATA if w in index])
        on = np.isin(before, [index[w] for w in ("on", "and") if w in index])
        seen = np.maximum(np.bincount(self.word, minlength=size), 1)
        share_data, share_on = (np.bincount(self.word, mask, size) / seen for mask in (data, on))
        famous = np.array([_FAMOUS_DATA.match(word) is not None for word in self.words])
        return np.asarray(famous | (self.names & ((share_data > _DATA) | (share_on > _ON))))


def read_texts(texts: Sequence[str]) -> Text:
    return read_chunks(Chunks.of_parts(split_text(text) for text in texts))


def read_chunks(chunks: Chunks) -> Text:
    """As `read_texts`, of titles and what follows."""
    tokens, lengths, forms = chunks.tokens(_TOKEN.findall)
    part = np.repeat(np.arange(len(lengths)), lengths)
    folded, words = _folded(forms)
    kinds = np.array([kind(word) for word in words])
    return Text(tokens, folded[tokens], part // 2 - 1, part % 2 == 0, forms, words, kinds)


def split_text(text: str) -> tuple[str, str]:
    """The title and the rest, without formulas, links and mark-up."""
    text = text[:_MOST_CHARACTERS].replace("’", "'")
    if _MAY_BE_DEBRIS.search(text):
        text = _ACCENT.sub(lambda accent: normalize("NFC", accent[2] + _MARKS[accent[1]]), text)
        text = _DEBRIS.sub(" | ", text)  # a break, but no end of the title
    end = _TITLE_END.search(text, 0, 300)
    return (text[: end.end()], text[end.end() :]) if end else (text, "")


def _folded(forms: Sequence[str]) -> tuple[Numbers, list[str]]:
    """The word of each form, without case and plural; 0, a break, for what is no word."""
    lower = [form.lower().removesuffix("'s") for form in forms]
    present = set(lower)
    words: dict[str, int] = {".": 0}
    folded = [words.setdefault(singular(word, present), len(words)) if is_word(word) else 0 for word in lower]
    return np.array(folded), list(words)


_OPEN, _MOST_LETTERS = "(", 6


def _acronyms(text: Text) -> dict[str, tuple[str, ...]]:
    """ "(SLAM)" behind words that begin with its letters, as texts explain it."""
    if _OPEN not in text.forms:
        return {}
    seen: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    worth = cache(lambda word: kind(word.lower()))
    for at in np.flatnonzero(text.form[:-2] == text.forms.index(_OPEN)).tolist():
        short, closing = (text.forms[text.form[at + i]] for i in (1, 2))
        letters = short.removesuffix("s").replace("-", "")
        if closing != ")" or not (2 <= len(letters) <= _MOST_LETTERS and letters.isupper()):
            continue
        before = [text.forms[form] for form in text.form[max(0, at - len(letters) - 3) : at]]
        for start in (place for place, word in enumerate(before) if worth(word) >= Kind.EMPTY):
            pieces = [piece for word in before[start:] for piece in word.split("-")]
            telling = [piece for piece in pieces if worth(piece) >= Kind.EMPTY]
            if all(word[0].isalpha() for word in before[start:]) and letters.lower() in (
                "".join(piece[0].lower() for piece in some if piece) for some in (pieces, telling)
            ):
                seen[short.removesuffix("s").lower()][tuple(before[start:])] += 1
                break
    number = {word: place for place, word in enumerate(text.words)}
    usual = {short: longs.most_common(1)[0][0] for short, longs in seen.items()}
    return {
        short: tuple(text.plain(word, number.get(word.lower().removesuffix("'s"), 0)) for word in long)
        for short, long in usual.items()
        if is_word(long[-1].lower()) and text.ends[number.get(long[-1].lower(), 0)] and may_end(long[0].lower())
    }


def _names(text: Text) -> NDArray[np.bool_]:
    """For each word whether it is a name or an acronym: written with a capital inside sentences, (words,).

    One that mostly leads another word ("Bayesian", "3D") is an adjective, not a name.
    """
    capital = np.array([form != form.lower() for form in text.forms])
    leads = np.append(text.kinds[text.word[1:]] >= Kind.GENERIC, False)
    inside = ~text.title & (np.append(0, text.word[:-1]) != 0)
    words, size = text.word[inside], len(text.words)
    seen = np.bincount(words, minlength=size)
    upper = np.bincount(words, capital[text.form[inside]], size) > 0.6 * seen
    return np.asarray(upper & (np.bincount(words, leads[inside], size) < 0.6 * seen))
