"""One segment of the word index: some papers' words, where each stands, and which stem it has. Never changed.

Holds arrays that are read from disk as they are needed, and looks up words, beginnings and stems in them. Knows neither
texts nor scores. Always true: words and stems grow by code points; a word's entries grow by row, the places of an entry
grow; words of names begin with AUTHOR.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

AUTHOR = "@"  # before words of authors' names, which are a field of their own; no word of a text begins with it
ABSTRACT = 2**14  # the place of an abstract's first word; titles lie below
LAST = 2**16 - 1  # place: what stands behind it is in the index, but in no phrase
MOST = 255  # places kept of a word in a paper
_LATE = 500  # words whose numbers are remembered, those of a few questions

Rows = NDArray[np.int32]
Places = NDArray[np.int64]


Load = Callable[[Path], NDArray[Any]]
"""What opens the array in a file: of numpy, or what is indexed as its arrays are."""


def mapped(path: Path) -> NDArray[Any]:
    """The array in a file, read from disk as it is needed. Raises OSError or ValueError."""
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)  # slicing a memmap is slow


@dataclass(frozen=True)
class Lexicon:
    """Different strings in the order of their code points, as a run of UTF-8 bytes; `starts` (v + 1,)."""

    letters: NDArray[np.uint8]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, words: Iterable[str]) -> Lexicon:
        """The lexicon of `words`, which are different and ascending."""
        coded = [word.encode() for word in words]
        starts = np.zeros(len(coded) + 1, np.int64)
        np.cumsum([len(word) for word in coded], out=starts[1:])
        return cls(np.frombuffer(b"".join(coded), np.uint8), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def words(self, first: int = 0, end: int | None = None) -> list[str]:
        """The strings from number `first` to before `end`."""
        starts = self.starts[first : (len(self) if end is None else end) + 1].tolist()
        letters = self.letters[starts[0] : starts[-1]].tobytes()
        return [letters[start - starts[0] : end - starts[0]].decode() for start, end in pairwise(starts)]

    def place(self, word: str) -> int:
        """The number of `word`, -1 when it is not there; remembered for a while, as a question asks several times."""
        at = self._late.get(word)
        if at is None:
            first = self.first(word)
            at = first if first < len(self) and self._bytes(first) == word.encode() else -1
            if len(self._late) >= _LATE:
                self._late.clear()
            self._late[word] = at
        return at

    def first(self, word: str) -> int:
        """The number of the first string that is not before `word`."""
        coded = word.encode()
        return self._bisect(lambda letters: letters < coded)

    def beginning(self, prefix: str) -> range:
        """The numbers of the strings that begin with `prefix`."""
        coded = prefix.encode()
        first = self.first(prefix)
        return range(first, max(first, self._bisect(lambda letters: letters[: len(coded)] <= coded)))

    def _bisect(self, before: Callable[[bytes], bool]) -> int:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if before(self._bytes(middle)) else (low, middle)
        return low

    def _bytes(self, number: int) -> bytes:
        letters, starts = self._views
        return bytes(letters[starts[number] : starts[number + 1]])

    @cached_property
    def _late(self) -> dict[str, int]:
        return {}

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview]:
        """Letters and starts: single ones are read from these in a sixth of the time that an array takes."""
        return np.ascontiguousarray(self.letters).data, np.ascontiguousarray(self.starts).data


@dataclass(frozen=True)
class Segment:
    """The words of m papers: v words with e entries (a word in a paper) and p places, and s stems.

    Row i is the paper `keys[i]`; a place is below ABSTRACT in a title, else in an abstract, of a word of names a place
    in the list of authors.
    """

    keys: NDArray[np.int64]  # (m,) ascending
    lengths: NDArray[np.float32]  # (2, m) words that a ranking counts, in title and abstract, and in names
    letters: NDArray[np.uint8]  # of the words, see Lexicon
    words: NDArray[np.int64]  # (v + 1,) where each word's letters begin
    stem_letters: NDArray[np.uint8]
    stems: NDArray[np.int64]  # (s + 1,)
    members: NDArray[np.int32]  # (v,) numbers of the words, stem by stem
    member_starts: NDArray[np.int64]  # (s + 1,) where each stem's begin
    entries: NDArray[np.int64]  # (v + 1,) where each word's entries begin
    rows: Rows  # (e,)
    counts: NDArray[np.uint8]  # (e,) how often a ranking counts the word, 0 to MOST
    sizes: NDArray[np.uint8]  # (e,) how many places it has, 1 to MOST
    place_starts: NDArray[np.int64]  # (v + 1,) where each word's places begin
    places: NDArray[np.uint16]  # (p,)

    @classmethod
    def load(cls, folder: Path, load: Load = mapped) -> Segment:
        """The segment that `save` wrote; `load` opens its arrays. Raises OSError or ValueError when it is not there."""
        return cls(**{name: load(folder / f"{name}.npy") for name in _names()})

    def save(self, folder: Path) -> None:
        """Write it into `folder`, which is made."""
        folder.mkdir(parents=True)
        for name in _names():
            np.save(folder / f"{name}.npy", np.asarray(getattr(self, name)))

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words."""
        return Lexicon(np.asarray(self.letters), np.asarray(self.words))

    @cached_property
    def stem_lexicon(self) -> Lexicon:
        """The stems."""
        return Lexicon(np.asarray(self.stem_letters), np.asarray(self.stems))

    def of_stem(self, stem: str) -> list[int]:
        """The numbers of the words with this stem."""
        at = self.stem_lexicon.place(stem)
        members: list[int] = self.members[self.member_starts[at] : self.member_starts[at + 1]].tolist()
        return members if at >= 0 else []

    def of_words(self, words: Iterable[str]) -> list[int]:
        """The numbers of those of `words` that are there."""
        return [at for at in map(self.lexicon.place, words) if at >= 0]

    def rows_of(self, number: int, end: int | None = None) -> Rows:
        """The rows that hold a word, ascending; with `end`, those of the words before it too, word by word."""
        return self.rows[self.entries[number] : self.entries[number + 1 if end is None else end]]

    def counts_of(self, number: int) -> NDArray[np.uint8]:
        """How often a ranking counts a word in each of its rows."""
        return self.counts[self.entries[number] : self.entries[number + 1]]

    def standing(self, number: int, end: int | None = None, among: NDArray[np.bool_] | None = None) -> Places:
        """Where a word stands, as row · 2¹⁶ + place, ascending; in all rows, or in those `among` (m,).

        With `end`, where any of the words from `number` to before it stands, word by word.
        """
        end = number + 1 if end is None else end
        rows, sizes = self.rows_of(number, end), self.sizes[self.entries[number] : self.entries[end]]
        places = self.places[self.place_starts[number] : self.place_starts[end]]
        if among is not None:  # only what is wanted is read
            wanted = among[rows]
            starts = (np.cumsum(sizes, dtype=np.int64) - sizes)[wanted]
            rows, sizes = rows[wanted], sizes[wanted]
            new = np.cumsum(sizes, dtype=np.int64)
            size = int(new[-1]) if len(new) else 0
            places = places[np.repeat(starts - (new - sizes), sizes) + np.arange(size)]
        standing: Places = np.repeat(rows.astype(np.int64) << 16, sizes) + places.astype(np.int64)
        return standing


@cache
def _names() -> tuple[str, ...]:
    return tuple(field.name for field in fields(Segment))
