"""How well every paper holds the words of a query: BM25 (Robertson & Zaragoza 2009) from one sparse matrix.

Holds, word by word, the papers with that word and how often they say it; knows neither phrases (`keywords` does) nor
vectors. Always true: row i is paper i of the build; a score is 0 where no word is held and exact elsewhere, for all
papers at once, which tantivy gives only for the best few; the arrays are read from disk as they are needed.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.search.words import Text, words_of

FOLDER = "bm25"
Keys = NDArray[np.int64]
# The usual constants (Lucene, tantivy); k1 0.9 to 2 and b 0.5 to 0.9 differ by 0.3 points over five tasks.
_K1, _B = 1.2, 0.75
_TITLE = 2  # a title's word counts as often: 3 and 4 are as good, 1 loses 0.2
_REPEATED = 0.5  # a word said m times in the query counts m ** 0.5: plain repeats lose a point between whole abstracts
_WORDS = 64  # of a query, the rarest: a pasted abstract has some 130, the common ones cost the time and tell least
# A query of so few words is a name ("spin glass"): a paper that holds but one of them is worth its share only.
# For questions and abstracts this loses 0.5 to 2 points on three sets.
_NAME = 3
_AUTHOR = "@"  # before words of authors' names, which are a field of their own; no folded word holds it
_MOST = 255  # times a word is counted in one paper


@dataclass(frozen=True)
class WordScores:
    """How well papers hold the words of a query: `scores` of all papers (n,), and the `bound` that no paper can reach.

    The bound is the score of holding every word without end. `name`: so few words are held by any paper that a name or
    an acronym is asked for.
    """

    scores: NDArray[np.float32]
    bound: float
    name: bool


@dataclass(frozen=True)
class Bm25:
    """Words → papers that hold them. Make one with `build`, read one with `load`."""

    vocabulary: tuple[str, ...]  # v words as folded and stemmed, ascending
    starts: NDArray[np.int64]  # (v + 1,) where each word's entries begin
    rows: NDArray[np.int32]  # (e,) the papers that hold it, ascending within a word
    counts: NDArray[np.uint8]  # (e,) how often
    lengths: NDArray[np.float32]  # (2, n) words in title and abstract, and in names

    @classmethod
    def load(cls, folder: Path) -> Bm25:
        """The matrix written by `save`. Raises OSError or ValueError when it is not there."""
        words = (folder / "words.txt").read_text(encoding="utf-8")
        arrays = (np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS)
        return cls(tuple(words.split("\n")) if words else (), *arrays)

    def save(self, folder: Path) -> None:
        """Write it into `folder`, which is made."""
        folder.mkdir(parents=True)
        (folder / "words.txt").write_text("\n".join(self.vocabulary), encoding="utf-8")
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))

    def __len__(self) -> int:
        return int(self.lengths.shape[1])

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.vocabulary)}

    @cached_property
    def _norms(self) -> NDArray[np.float32]:
        """What BM25 adds to a count, (2, n): more for longer texts."""
        means = self.lengths.mean(axis=1, keepdims=True) if len(self) else np.ones((2, 1))
        return (_K1 * (1 - _B + _B * self.lengths / np.maximum(means, 1e-9))).astype(np.float32)

    def frequency(self, word: str) -> int:
        """Number of papers that hold the folded and stemmed `word`, in their text or their names, whichever is more."""
        return max(end - start for start, end in map(self._entries, (word, _AUTHOR + word)))

    def rarity(self, word: str) -> float:
        """The word's weight, ln(1 + (n - f + ½) / (f + ½)) for f papers that hold it; 0 when none does."""
        holders = self.frequency(word)
        return float(np.log1p((len(self) - holders + 0.5) / (holders + 0.5))) if holders else 0.0

    def query(self, text: str) -> WordScores:
        """The scores of all papers for the words of `text`, looked up once."""
        weights = self._weights(text)
        bound = (_K1 + 1) * sum(weight for _, weight in weights)
        return WordScores(self._scores(weights), bound, 0 < len(weights) <= _NAME)

    def _scores(self, weights: list[tuple[str, float]]) -> NDArray[np.float32]:
        total = np.zeros(len(self), np.float32)
        shares = np.zeros(len(self), np.float32) if 1 < len(weights) <= _NAME else None
        for word, weight in weights:
            holders = np.zeros(0, np.int32)
            for field, name in enumerate((word, _AUTHOR + word)):
                start, end = self._entries(name)
                rows, counts = self.rows[start:end], self.counts[start:end].astype(np.float32)
                # A paper stands in a word's entries once, so this adds what it should.
                total[rows] += weight * (_K1 + 1) * counts / (counts + self._norms[field][rows])
                holders = np.union1d(holders, rows) if shares is not None else holders
            if shares is not None:
                shares[holders] += weight
        return total if shares is None else total * shares / sum(weight for _, weight in weights)

    def _weights(self, text: str) -> list[tuple[str, float]]:
        """The words of a query that some paper holds, with their weights, the rarest first."""
        counts = Counter(words_of(text))
        weights = [(word, counts[word] ** _REPEATED * rarity) for word in counts if (rarity := self.rarity(word))]
        return sorted(weights, key=lambda entry: (-self.rarity(entry[0]), entry[0]))[:_WORDS]

    def _entries(self, word: str) -> tuple[int, int]:
        place = self._places.get(word, -1)
        return (int(self.starts[place]), int(self.starts[place + 1])) if place >= 0 else (0, 0)


_ARRAYS = ("starts", "rows", "counts", "lengths")


def build(keys: Keys, texts: Iterable[Text], *, previous: Bm25 | None = None, before: Keys | None = None) -> Bm25:
    """The matrix of the papers `keys` (n,) ascending, from the `texts` of those that `previous` lacks or has otherwise.

    `before` (m,) are the keys of `previous` row by row; of them only those without a new text are taken over.
    """
    words: dict[str, int] = {}
    entry_words, entry_rows, entry_counts = array("i"), array("i"), array("B")
    lengths = np.zeros((2, len(keys)), np.float32)
    fresh = np.zeros(len(keys), bool)
    for key, title, abstract, authors in texts:
        row = int(np.searchsorted(keys, key))
        fresh[row] = True
        counts = Counter({word: _TITLE * count for word, count in Counter(words_of(title)).items()})
        counts.update(words_of(abstract))
        names = Counter(_AUTHOR + word for word in words_of(authors))
        lengths[:, row] = counts.total(), names.total()
        for word, count in (counts + names).items():
            entry_words.append(words.setdefault(word, len(words)))
            entry_rows.append(row)
            entry_counts.append(min(count, _MOST))
    entries = [tuple(np.frombuffer(part, part.typecode) for part in (entry_words, entry_rows, entry_counts))]
    if previous is not None and before is not None:
        rows = np.searchsorted(keys, before)
        rows[rows == len(keys)] = 0
        kept = (keys[rows] == before) & ~fresh[rows] if len(keys) else np.zeros(len(before), bool)
        lengths[:, rows[kept]] = previous.lengths[:, kept]
        entries.append(_carried(previous, np.where(kept, rows, -1), words))
    return _sorted(words, [np.concatenate(part) for part in zip(*entries, strict=True)], lengths)


def _carried(previous: Bm25, rows: Keys, words: dict[str, int]) -> tuple[Keys, Keys, NDArray[np.uint8]]:
    """The entries of `previous` under the new numbers of words and rows; `rows` (m,) is -1 for what is gone."""
    numbers = np.array([words.setdefault(word, len(words)) for word in previous.vocabulary], np.int64)
    entry_words = np.repeat(numbers, np.diff(previous.starts))
    entry_rows = rows[previous.rows]
    kept = entry_rows >= 0
    return entry_words[kept], entry_rows[kept], previous.counts[kept]


def _sorted(words: dict[str, int], entries: list[NDArray[np.int64]], lengths: NDArray[np.float32]) -> Bm25:
    """Words in alphabetical order without those that no paper holds any more, so that equal papers give equal files."""
    entry_words, entry_rows, entry_counts = entries
    holders = np.bincount(entry_words, minlength=len(words))
    vocabulary = sorted(word for word, number in words.items() if holders[number])
    places = np.full(len(words), -1, np.int64)
    places[[words[word] for word in vocabulary]] = np.arange(len(vocabulary))
    order = np.lexsort((entry_rows, places[entry_words]))
    starts = np.concatenate([[0], np.cumsum(holders[[words[word] for word in vocabulary]])]).astype(np.int64)
    rows, counts = entry_rows[order].astype(np.int32), entry_counts[order].astype(np.uint8)
    return Bm25(tuple(vocabulary), starts, rows, counts, lengths)
