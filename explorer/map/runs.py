"""Phrases of many texts at once: which runs of words could name a topic, how many papers of each topic hold them.

Two steps: texts become tokens (`read_texts`), tokens become runs counted per topic (`count_runs`); `phrase_of` says how
a run is written. Knows texts and topic numbers, no labels. Always true: a run has up to three words and begins and
ends with a word that says something; the same texts give the same runs.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from explorer.language.lexicon import FIGURES, SAY_LITTLE, Kind, is_word, kind, singular
from explorer.language.phrases import could_be_phrase, may_end, uncapitalised

Numbers = NDArray[np.int32] | NDArray[np.int64]

_MOST_CHARACTERS = 2_500  # of one text: an abstract is shorter, a whole paper pasted in must not drown the others
_MOST_COUNTED = 30_000  # the most common runs; bounds their tables with the topics at about 100 MB
_COMPLETED = 0.6  # "chain Monte Carlo" becomes "Markov chain Monte Carlo" when so often written in full
_CUT = 0.7  # a run that a noun follows so often is the beginning of a name: "minimally invasive"
_TAIL = 0.5  # a run that stands so often behind a hyphen is the end of a name: "shot learning", "armed bandit"
_DATA = 0.1  # a name that "data set" follows so often is that of a data set
_BEFORE_NOUNS = frozenset("a an the of in for this these our with by on their its from between as".split())
_BEFORE_VERBS = frozenset("to we can that which may will they not is are be it who could must should might".split())
_ADJECTIVE = re.compile(r"(?:al|ic|ive|ous|ary|ory|able|ible|ful|less|ian|ese|lar)$")
_LEADS = 0.5  # share of a word's places before another noun from which on such a word is an adjective
_FIELD = re.compile(  # endings of what is done, or of a field of knowledge, which a lone word may name
    r"\w{3,}(?:tion|sion|ing|ment|ness|ity|ics|ism|sis|logy|graphy|metry|try|ance|ence|ture|ery|oma|itis|emia)|\w{5,}y"
)
_LONG = 7  # letters from which on a lone word may be as telling
_PARTICIPLE = re.compile(r"\w{3,}[^e]ed")
_NO_PARTICIPLES = frozenset("embed hundred biped quadruped moped sacred hatred shed bed red".split())
_HALVES = frozenset("based driven aware guided oriented inspired conditioned assisted enhanced wise induced".split())
_OF_DATA = frozenset("dataset data-set benchmark corpus corpora leaderboard challenge".split())
_FAMOUS_DATA = re.compile(
    r"(?:cifar|imagenet|mnist|coco|ms-coco|kitti|pascal|voc\d*|cityscape|nuscene|scannet|celeba|glue)\b"
)
_CAPITAL = 0.75  # of a word's places inside sentences
_ON = 0.4  # or that stands so often behind "on" or "and": "on KITTI and nuScenes"

# --- tokens ----------------------------------------------------------------------------------------------------------

_DEBRIS = re.compile(r"https?://\S+|www\.\S+|\$[^$]{1,300}\$|\\[A-Za-z]+\*?|<[^<>]{1,40}>|&\w+;|\(cid:\d+\)")
_MAY_BE_DEBRIS = re.compile(r"[$\\<&]|http|www\.|\(cid:")
_ACCENT = re.compile(r"""\\(["'`^~])\s?\{?([A-Za-z])\}?""")  # Schr\"odinger
_MARKS = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303"}
_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*|[^\s\w]|_")
_TITLE_END = re.compile(r"[.!?]\s")  # a subtitle, after a colon, belongs to the title


@dataclass(frozen=True)
class Text:
    """All texts as one row of tokens, (t,) each: its form (as written), its word (folded), its paper, if in a title.

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
        return dict(zip(words.tolist(), np.split(at, starts[1:]), strict=False))  # of none, one empty part

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
        data = np.isin(after, [index[w] for w in _OF_DATA if w in index])
        on = np.isin(before, [index[w] for w in ("on", "and") if w in index])
        seen = np.maximum(np.bincount(self.word, minlength=size), 1)
        share_data, share_on = (np.bincount(self.word, mask, size) / seen for mask in (data, on))
        famous = np.array([_FAMOUS_DATA.match(word) is not None for word in self.words])
        return np.asarray(famous | (self.names & ((share_data > _DATA) | (share_on > _ON))))


def read_texts(texts: Sequence[str]) -> Text:
    numbers: defaultdict[str, int] = defaultdict(lambda: len(numbers))
    form, lengths = array("q", [numbers["."]]), [0, 1]  # tokens in and out of the title, in turn
    for text in texts:
        title, rest = (_TOKEN.findall(part) for part in split_text(text))
        rest.append(".")
        form.extend(map(numbers.__getitem__, (*title, *rest)))
        lengths += [len(title), len(rest)]
    part = np.repeat(np.arange(len(lengths)), lengths)
    forms, tokens = list(numbers), np.array(form)
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


# --- phrases ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """All p runs of one to three words that could be a label. `words` (p, 3), 0 where shorter; `holders` (p, topics):
    papers of each finest topic that hold it; `titled` (p, topics): in the title; `sizes` (topics,): papers read of
    each finest topic; run i begins at tokens `places[starts[i] : starts[i] + counts[i]]`."""

    words: Numbers
    holders: NDArray[np.float32]
    titled: NDArray[np.float32]
    sizes: Numbers
    places: Numbers
    starts: Numbers
    counts: Numbers


def count_runs(text: Text, topics: NDArray[np.int32], topic_count: int) -> Table:
    """`topics`: the finest topic of each paper read."""
    papers, radix = len(topics), len(text.words)
    fewest = 1 if papers < 40 else 2 if papers < 1000 else 3 + papers // 10_000
    key, place = _runs(text)
    order = np.argsort(key, kind="stable")
    keys, starts, counts = np.unique(key[order], return_index=True, return_counts=True)
    run, place = np.repeat(np.arange(len(keys)), counts), place[order]
    # A run counts once in a paper, where it stands first: in the title if it is there.
    first = np.flatnonzero(np.diff(run * papers + text.paper[place], prepend=-1))
    papers_with = np.bincount(run[first], minlength=len(keys))
    last = place + np.repeat(_lengths(keys.astype(np.int64), radix), counts)
    followed = np.bincount(run, text.kinds[text.word[np.minimum(last, len(text.word) - 1)]] >= Kind.GENERIC) / counts
    whole = (followed <= _CUT) | (_lengths(keys.astype(np.int64), radix) > 1)  # longer ones may yet be completed
    enough = np.flatnonzero((papers_with >= fewest) & whole)
    enough = np.sort(enough[np.argsort(-papers_with[enough], kind="stable")[:_MOST_COUNTED]])
    first = first[np.isin(run[first], enough)]
    cell = np.searchsorted(enough, run[first]) * topic_count + topics[text.paper[place[first]]]
    size = len(enough) * topic_count
    holders, titled = (
        np.bincount(cells, minlength=size).astype(np.float32).reshape(-1, topic_count)
        for cells in (cell, cell[text.title[place[first]]])
    )
    words = np.stack([keys[enough] // radix**i % radix for i in (2, 1, 0)], axis=1)
    return Table(
        words, holders, titled, np.bincount(topics, minlength=topic_count), place, starts[enough], counts[enough]
    )


def _lengths(keys: NDArray[np.int64], radix: int) -> NDArray[np.int64]:
    """Words of each run."""
    return 1 + np.asarray(keys // radix % radix > 0).astype(np.int64) + np.asarray(keys % radix > 0)


def _runs(text: Text) -> tuple[Numbers, Numbers]:
    """Every run of one to three words that could be a label: its key and its first token, in order of length."""
    radix, kinds = len(text.words), text.kinds[text.word]
    ends, begins = text.ends[text.word], ~text.verbs[text.word]
    keys, places = [], []
    for length in (1, 2, 3):
        last = len(kinds) - length + 1
        at = np.flatnonzero(
            could_be_phrase([kinds[i : last + i] for i in range(length)], ends[length - 1 :], bare=length > 1)
            & begins[:last]
        )
        words = [text.word[at + i] if i < length else 0 for i in range(3)]
        keys.append((words[0] * radix + words[1]) * radix + words[2])
        places.append(at)
    return np.concatenate(keys), np.concatenate(places)


@dataclass(frozen=True)
class Phrase:
    """A run as a reader meets it: `words` complete and folded; `telling`: those that make it what it is: phrases with
    the same telling words say the same; `spelling`: as most often written; `lone`: a single word that is no name;
    `good`: whether it is a whole name of a subject, neither cut nor of a data set, and no short lone word."""

    words: tuple[str, ...]
    telling: frozenset[str]
    spelling: str
    lone: bool
    good: bool


def phrase_of(text: Text, at: Numbers, length: int) -> Phrase:
    """The phrase of a run of `length` words that begins at tokens `at`."""
    before, after = _extent(text, at, length) if length > 1 else (0, 1)
    spans = np.minimum(np.maximum(at[:, None] + np.arange(-before, after), 0), len(text.word) - 1)
    usual = _most_common(text.word[spans])
    spans = spans[(text.word[spans] == usual).all(axis=1)]
    # As written inside sentences, if anywhere: titles and openings capitalise.
    inside = ~text.title[spans[:, 0]] & (text.word[spans[:, 0] - 1] != 0)
    forms = [text.forms[form] for form in _most_common(text.form[spans[inside] if inside.any() else spans])]
    if not inside.any():
        named = text.names[list(usual)]
        forms = [form if name else uncapitalised(form) for form, name in zip(forms, named, strict=True)]
    forms = [text.plain(form, word) for form, word in zip(forms, usual, strict=True)]
    words = tuple(text.words[word] for word in usual)
    spelling = " ".join(forms)
    # "GPs" are Gaussian processes, GPS is not.
    short = words[0].removesuffix("s") if spelling.endswith("s") else words[0]
    explained = text.acronyms.get(short) if len(words) == 1 and spelling.removesuffix("s").isupper() else None
    if explained:
        if spelling.endswith("S") and not words[0].endswith("s"):
            spelling = words[0].upper()  # "GPS" is no plural of "GP"
        spelling = f"{' '.join(explained)} ({spelling})"
        words = tuple(word.lower() for word in explained)
    lone = len(words) == 1 and not text.names[usual[0]]
    telling_alone = not lone or len(words[0]) >= _LONG or _FIELD.fullmatch(words[0]) is not None
    good = (
        telling_alone
        and "-".join(words).removesuffix("s") not in FIGURES
        and _whole(text, spans, words)
        and not ((lone or len(words) > 1 < len(usual)) and _is_tail(text, usual, spans[:, 0]))
        and not (text.data_sets[list(usual)] | (text.kinds[list(usual)] < Kind.CONTENT)).all()
    )
    return Phrase(words, _telling(words), spelling, lone, good)


def _telling(words: Sequence[str]) -> frozenset[str]:
    """The words that say something by themselves, in the singular; all where none does."""
    present = {word.removesuffix("s") for word in words}
    kinds = {singular(word, present): kind(word) for word in words}
    return frozenset(w for w, k in kinds.items() if k == Kind.CONTENT) or frozenset(kinds)


def _whole(text: Text, spans: Numbers, words: Sequence[str]) -> bool:
    """Whether tokens `spans` (m, words) are no part of a longer name: neither its beginning nor its end."""
    if words[0] in _HALVES or words[-1] in _HALVES or not {"to", *_OF_DATA}.isdisjoint(words):
        return False
    if len(words) > 1 and words[1] == "of" and words[0] in SAY_LITTLE:
        return False
    after = text.word[np.minimum(spans[:, -1] + 1, len(text.word) - 1)]
    before = text.word[spans[:, 0] - 1]
    cut_off = np.count_nonzero(text.kinds[after] >= Kind.GENERIC) / len(after) > _CUT
    behind = np.count_nonzero(text.kinds[before] == Kind.CONTENT) / len(before) > _CUT
    return not (cut_off or behind)


def _is_tail(text: Text, words: Sequence[int], at: Numbers) -> bool:
    """Whether the words of a run, which begins at tokens `at`, ascending, mostly stand behind a hyphen and a word."""
    compounds = text.behind_hyphens.get(words[0], np.zeros(0, np.int64))
    compounds = compounds[compounds <= at[-1]]
    for place, word in enumerate(words[1:], start=1):
        compounds = compounds[text.word[np.minimum(compounds + place, len(text.word) - 1)] == word]
    return len(compounds) > _TAIL * (len(compounds) + len(at))


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


def _most_common(rows: Numbers) -> tuple[int, ...]:
    return Counter(map(tuple, rows.tolist())).most_common(1)[0][0]


def _extent(text: Text, at: Numbers, length: int) -> tuple[int, int]:
    """How many tokens before and after its first one a phrase reaches when completed: "chain Monte Carlo" and
    "obstructive pulmonary" are parts of names that hardly ever stand without the rest."""
    before, after = 0, length
    for _ in range(2):
        if _always(text, at - before - 1, Kind.CONTENT):
            before += 1
        if _always(text, at + after, Kind.GENERIC):
            after += 1
        elif _always(text, at + after, Kind.FUNCTION) and _always(text, at + after + 1, Kind.GENERIC):
            after += 2  # localization and mapping
    return before, after


def _always(text: Text, at: Numbers, least: int) -> bool:
    """Whether one word, telling at `least` so much, stands at most of these tokens."""
    if len(at) <= 2:
        return False  # too few to tell
    words = text.word[np.minimum(np.maximum(at, 0), len(text.word) - 1)]
    word, seen = Counter(words.tolist()).most_common(1)[0]
    return seen >= _COMPLETED * len(at) and bool(text.kinds[word] >= least)


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
