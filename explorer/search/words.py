"""The word index of a library: which papers hold a word, a phrase, a beginning; what `bm25` ranks by.

One positional index over segments that are never changed; a paper that went or changed is dead in its segment. Knows
papers' keys and words, not tables, vectors or screens. Always true: a word is itself and its plural or singular, never
another of its stem; the words of a phrase stand side by side within one field, of authors within one name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import distinct, places_in
from explorer.language.names import expanded
from explorer.language.plurals import forms
from explorer.language.tokens import is_pair, sought, tokens, unmarked
from explorer.search.inversion import Text, invert, stem
from explorer.search.segment import ABSTRACT, AUTHOR, Load, Segment, mapped

FOLDER = "words"
LIVE = "live.npy"
REMEMBERED = 20_000  # words whose number of papers is remembered: a few MB
FIELDS = ("title", "abstract", "authors")
# In a segment of so many papers few entries are added up by sorting them: an array of all papers takes half a
# millisecond for each word of a million.
_LARGE, _SPARSE = 200_000, 0.2
Keys = NDArray[np.int64]
Mask = NDArray[np.bool_]
Phrase = Sequence[tuple[int, Sequence[int]]]
"""What stands where: (place from the first word, numbers of the words that may stand there)."""


class WordIndex:
    """An open word index; reads only. `of` makes it of texts in memory, `load` reads it from a folder."""

    def __init__(self, segments: Sequence[Segment], live: Mask | None = None) -> None:
        self.segments = tuple(segments)
        ends = np.cumsum([0, *map(len, self.segments)])
        self.starts: list[int] = ends.tolist()  # where each segment's rows begin among all
        self.live = np.ones(ends[-1], bool) if live is None else live
        self._mapped: tuple[Keys, NDArray[np.int64], bool] | None = None
        self._frequencies: dict[str, int] = {}

    @classmethod
    def of(cls, texts: Iterable[Text]) -> WordIndex:
        """The index of `texts`, in memory."""
        return cls(list(invert(texts)))

    @classmethod
    def load(cls, folder: Path, load: Load = mapped) -> WordIndex:
        """The index in `folder`; `load` opens its arrays. Raises OSError or ValueError when it is gone.

        So it counts while another process deletes it, too.
        """
        segments, live = [Segment.load(path, load) for path in segment_folders(folder)], np.array(load(folder / LIVE))
        if sum(map(len, segments)) != len(live):
            raise ValueError(f"{folder} has segments of {sum(map(len, segments)):,} rows, not {len(live):,}")
        return cls(segments, live)

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def all_keys(self) -> Keys:
        """The key of every row, also of dead ones."""
        return np.concatenate([np.zeros(0, np.int64), *(segment.keys for segment in self.segments)])

    @cached_property
    def keys(self) -> Keys:
        """The keys of the papers, (n,) ascending."""
        return np.sort(self.all_keys[self.live])

    # ------------------------------------------------------------------------------------------------ conditions

    def holding(self, phrase: str, keys: Keys, field: str | None = None) -> Mask:
        """Mask (n,) of the papers `keys` (n,) that hold `phrase`, word after word in a single field; all for no words.

        `field` is among FIELDS; None is any of them. Case and accents do not count; a word counts in the singular and
        in the plural, of authors as it is written, ä also as ae.
        """
        words = sought(phrase)
        if not words:
            return np.ones(len(keys), bool)
        return self._any(keys, field, words, lambda segment, word: segment.of_words(forms(word)), phrase)

    def beginning(self, prefix: str, keys: Keys, field: str | None = None) -> Mask:
        """Mask (n,) of the papers `keys` (n,) that hold a word beginning with `prefix`; all for no letters.

        Of several words only the last is a beginning; the others stand before it. `field` as in `holding`.
        """
        words = sought(prefix)
        if not words:
            return np.ones(len(keys), bool)
        last = words[-1]

        def numbers(segment: Segment, word: str) -> Sequence[int]:
            whole = word != last[1] or is_pair(word)
            return segment.of_words(forms(word)) if whole else segment.lexicon.beginning(word)

        return self._any(keys, field, words, numbers, prefix, begins=True)

    def together(self, stems: Sequence[str]) -> int:
        """Number of papers that hold words of these stems side by side in title or abstract."""
        phrase = list(enumerate(stems))
        return int(self._mask(lambda s: _text_rows(s, _numbers(s, phrase, Segment.of_stem), None)).sum())

    def in_names(self, words: Sequence[str]) -> bool:
        """Whether these words stand side by side in the name of an author."""
        phrase = [(place, AUTHOR + word) for place, word in enumerate(words)]
        return bool(self._mask(lambda s: _standing_rows(s, _numbers(s, phrase, exact))).any())

    def naming(self, words: Iterable[str], keys: Keys) -> Mask:
        """Mask (n,) of the papers `keys` (n,) that have any of `words` in an author's name."""
        wanted = [AUTHOR + word for word in words]
        return self._among(keys, self._mask(lambda segment: _union(segment, segment.of_words(wanted))))

    # ---------------------------------------------------------------------------------------------------- entries

    def counted(self, number_of: Callable[[Segment], Iterable[int]]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows (h,) that hold a word in any of its forms, and how often a ranking counts them there, (h,)."""
        rows, counts = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        for start, segment in zip(self.starts, self.segments, strict=False):
            holders, times = _summed(segment, list(number_of(segment)))
            fits = times > 0
            if not self._all_live:
                fits &= self.live[start : start + len(segment)][holders]
            whole = bool(fits.all())
            rows.append((holders if whole else holders[fits]).astype(np.int64) + start)
            counts.append(times if whole else times[fits])
        return np.concatenate(rows), np.concatenate(counts)

    def frequency(self, word: str) -> int:
        """Number of papers with this stem in their text, or this word in their names, whichever is more."""
        if word not in self._frequencies:
            if len(self._frequencies) >= REMEMBERED:
                self._frequencies.clear()
            named = self.counted(lambda segment: segment.of_words([AUTHOR + word]))
            text = self.counted(lambda segment: segment.of_stem(word))
            self._frequencies[word] = max(len(text[0]), len(named[0]))
        return self._frequencies[word]

    def rows_in(self, keys: Keys) -> NDArray[np.int64]:
        """For every row its place in `keys` (n,), which are ascending; n where it is dead or not among them."""
        return self._places(keys)[1]

    # ----------------------------------------------------------------------------------------------------- inside

    def _places(self, keys: Keys) -> tuple[Keys, NDArray[np.int64], bool]:
        """What `rows_in` and `are_rows` say of `keys`, which stand before; kept for the next call."""
        if self._mapped is None or self._mapped[0] is not keys:
            rows = np.searchsorted(keys, self.all_keys)
            here = self.live & (rows < len(keys))
            here[here] = keys[rows[here]] == self.all_keys[here]
            rows = np.where(here, rows, len(keys))
            self._mapped = keys, rows, len(rows) == len(keys) and bool((rows == np.arange(len(keys))).all())
        return self._mapped

    @cached_property
    def _all_live(self) -> bool:
        return bool(self.live.all())

    def _any(
        self,
        keys: Keys,
        field: str | None,
        words: list[tuple[int, str]],
        numbers: Callable[[Segment, str], Sequence[int]],
        typed: str,
        *,
        begins: bool = False,
    ) -> Mask:
        """The papers that hold `words` in `field`: in the text by what `numbers` gives, in names as they are."""
        names = _of_names(words, sought(expanded(typed)))

        def rows(segment: Segment) -> Mask:
            holders = np.zeros(len(segment), bool)
            if field != "authors":
                holders |= _text_rows(segment, _numbers(segment, words, numbers), field)
            if field in (None, "authors"):
                written: list[tuple[int, Sequence[int]]] = [
                    (place, segment.of_words(either)) for place, either in names
                ]
                if begins:
                    ranges = [segment.lexicon.beginning(word) for word in names[-1][1]]
                    ends = ranges[0] if len(ranges) == 1 else [number for part in ranges for number in part]
                    written[-1] = (written[-1][0], ends)
                holders |= _standing_rows(segment, written)
            return holders

        return self._among(keys, self._mask(rows))

    def _mask(self, rows: Callable[[Segment], Mask]) -> Mask:
        masks = [np.zeros(0, bool), *map(rows, self.segments)]
        return np.asarray(np.concatenate(masks) & self.live, bool)

    def _among(self, keys: Keys, mask: Mask) -> Mask:
        result = np.zeros(len(keys) + 1, bool)
        result[self.rows_in(keys)[mask]] = True
        return np.asarray(result[:-1])


def are_rows(index: WordIndex, keys: Keys) -> bool:
    """Whether row i of the index is that of `keys[i]`, for all of them."""
    return index._places(keys)[2]


def segment_folders(folder: Path) -> list[Path]:
    """The folders of the segments of the index in `folder`, in their order."""
    return sorted(path for path in folder.iterdir() if path.is_dir())


def fitting(index: WordIndex, pattern: str, keys: Keys, field: str | None = None) -> Mask:
    """Mask (n,) of the papers `keys` (n,) that hold words fitting `pattern` in a row; none for no words.

    In a word "?" is exactly a single letter, "*" any number of them. `field` as in `holding`.
    """
    words = pattern_words(pattern)

    def rows(segment: Segment) -> Mask:
        holders = np.zeros(len(segment), bool)
        if field != "authors":
            text = [(place, matching(segment, word, "")) for place, word in enumerate(words)]
            holders |= _text_rows(segment, text, field)
        if field in (None, "authors"):
            names = [(place, matching(segment, word, AUTHOR)) for place, word in enumerate(words)]
            holders |= _standing_rows(segment, names)
        return holders

    return where(index, rows, keys) if words else np.zeros(len(keys), bool)


def where(index: WordIndex, rows: Callable[[Segment], Mask], keys: Keys) -> Mask:
    """Mask (n,) of the papers `keys` (n,) whose rows `rows` marks in a segment, (m,)."""
    return index._among(keys, index._mask(rows))


def pattern_words(pattern: str) -> list[str]:
    """The words of a pattern, folded, with their signs for letters."""
    return [word.casefold() for word in re.findall(r"[\w?*]+", unmarked(pattern))]


def entries_of(index: WordIndex, numbers: Callable[[Segment, str], Iterable[int]], word: str) -> int:
    """How many papers, dead ones too, hold the words that `numbers` gives for `word`; no entry is read for it."""
    return sum(len(segment.rows_of(number)) for segment in index.segments for number in numbers(segment, word))


def words_of(text: str) -> list[str]:
    """The words of `text` that a ranking counts: folded, without those of grammar, stemmed, in order."""
    return [stem(word) for word in tokens(text).counted()]


def _of_names(words: list[tuple[int, str]], respelled: list[tuple[int, str]]) -> list[tuple[int, list[str]]]:
    """The words of a phrase as names hold them, beside how `respelled`, of equal length, spells them."""
    pairs = zip(words, respelled if len(respelled) == len(words) else words, strict=True)
    return [(place, sorted({AUTHOR + word, AUTHOR + spelled})) for (place, word), (_, spelled) in pairs]


def exact(segment: Segment, word: str) -> Sequence[int]:
    """The number of `word` itself, if it is there."""
    return segment.of_words([word])


def matching(segment: Segment, word: str, mark: str) -> Sequence[int]:
    """The numbers of the words behind `mark` that fit a word in which "?" and "*" stand for letters."""
    head = re.split(r"[?*]", word, maxsplit=1)[0]
    if head == word:
        return segment.of_words([mark + word] if mark else forms(word))
    first, *parts = (re.escape(part).replace(r"\?", r"\w") for part in re.sub(r"\*+", "*", word).split("*"))
    # What stands between two stars is taken where it comes first and never again: else many stars take for ever.
    middle = "".join(rf"(?>\w*?{part})" for part in parts[:-1])
    pattern = re.compile(mark + first + middle + "".join(rf"\w*{part}" for part in parts[-1:]))
    begin = segment.lexicon.beginning(mark + head)
    words = segment.lexicon.words(begin.start, begin.stop) if len(begin) else []
    return [number for number, candidate in zip(begin, words, strict=True) if pattern.fullmatch(candidate)]


def _numbers(
    segment: Segment, words: Iterable[tuple[int, str]], numbers: Callable[[Segment, str], Sequence[int]]
) -> Phrase:
    return [(place, numbers(segment, word)) for place, word in words]


def _text_rows(segment: Segment, phrase: Phrase, field: str | None) -> Mask:
    """Rows (m,) that hold a phrase in title or abstract, or in `field` alone."""
    if field is None:
        return _standing_rows(segment, phrase)
    mask = np.zeros(len(segment), bool)
    firsts = standing(segment, phrase)
    in_title = (firsts & 0xFFFF) < ABSTRACT
    mask[firsts[in_title if field == "title" else ~in_title] >> 16] = True
    return mask


def _standing_rows(segment: Segment, phrase: Phrase) -> Mask:
    if len(phrase) == 1:
        return _union(segment, phrase[0][1])
    mask = np.zeros(len(segment), bool)
    mask[standing(segment, phrase) >> 16] = True
    return mask


def _union(segment: Segment, numbers: Iterable[int]) -> Mask:
    mask = np.zeros(len(segment), bool)
    for first, end in _runs(numbers):
        mask[segment.rows_of(first, end)] = True
    return mask


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers as runs: a beginning has thousands of words side by side."""
    if isinstance(numbers, range):
        return [(numbers.start, numbers.stop)] if numbers else []
    return [(number, number + 1) for number in numbers]


def standing(segment: Segment, phrase: Phrase) -> NDArray[np.int64]:
    """Where a phrase stands, as row · 2¹⁶ + place of its first word, ascending; its rarest word is looked up first."""
    if any(not len(numbers) for _, numbers in phrase):
        return np.zeros(0, np.int64)
    rarest = sorted(phrase, key=lambda part: sum(len(segment.rows_of(number)) for number in part[1]))
    among: Mask | None = None
    for _, numbers in rarest if len(phrase) > 1 else ():
        holders = _union(segment, numbers)
        among = holders if among is None else among & holders
    begins: NDArray[np.int64] | None = None
    for place, numbers in rarest:
        firsts = _merged([segment.standing(*run, among) - place for run in _runs(numbers)], numbers)
        begins = firsts if begins is None else begins[places_in(firsts, begins) >= 0]
        if not len(begins):
            break
    return np.zeros(0, np.int64) if begins is None else begins


def _merged(standing: list[NDArray[np.int64]], numbers: Sequence[int]) -> NDArray[np.int64]:
    """Where any of some words stands, ascending."""
    return standing[0] if len(numbers) == 1 else distinct(*standing)


def _summed(segment: Segment, numbers: Sequence[int]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Rows that hold any of some words, each once, and how often together."""
    if len(numbers) == 1:
        return segment.rows_of(numbers[0]), segment.counts_of(numbers[0]).astype(np.float32)
    entries = sum(len(segment.rows_of(number)) for number in numbers)
    if len(segment) >= _LARGE and entries < _SPARSE * len(segment):
        # Row and count in a number: these are sorted several times as fast as rows are put in order.
        every = np.sort(np.concatenate([_packed(segment, number) for number in numbers] or [np.zeros(0, np.int64)]))
        rows, times = (every >> 8).astype(np.int32), (every & 0xFF).astype(np.float32)
        begins = np.flatnonzero(np.diff(rows, prepend=np.int32(-1)))
        return rows[begins], np.add.reduceat(times, begins, dtype=np.float32) if len(begins) else times
    total = np.zeros(len(segment), np.float32)
    for number in numbers:
        total[segment.rows_of(number)] += segment.counts_of(number)
    rows = np.flatnonzero(total).astype(np.int32)
    return rows, total[rows]


def _packed(segment: Segment, number: int) -> NDArray[np.int64]:
    """The entries of a word: row · 2⁸ + how often a ranking counts it there."""
    packed: NDArray[np.int64] = segment.rows_of(number).astype(np.int64) << 8
    return packed | segment.counts_of(number)
