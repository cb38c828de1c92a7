"""Texts of papers → segments of the word index: every word with the papers that hold it and where it stands there.

Knows keys and texts, not files, vectors or scores. Always true: equal texts give equal arrays; a segment has at most
BLOCK papers, so that memory does not grow with the library.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np

from explorer.language.names import name_tokens
from explorer.language.stems import stemmer
from explorer.language.tokens import Tokens, tokens
from explorer.search.segment import ABSTRACT, AUTHOR, LAST, MOST, Lexicon, Segment

BLOCK = 20_000  # papers; some 3.5 million places are sorted at once
TITLE = 2  # a title's word counts as often: 3 and 4 are as good, 1 loses 0.2

Text = tuple[int, str, str, str]
"""Key, title, abstract and authors (each on a line) of a paper."""


def invert(texts: Iterable[Text]) -> Iterator[Segment]:
    """The segments of `texts`, whose keys are different; each block's rows are in the order of its keys."""
    waiting = iter(texts)
    while block := list(islice(waiting, BLOCK)):
        yield _segment(sorted(block, key=lambda text: text[0]))


class _Numbers(dict[str, int]):
    """Words in the order of their coming."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


class _Places:
    """The places of a block, text by text."""

    def __init__(self) -> None:
        self.numbers = _Numbers()
        self.words, self.places, self.counts = array("I"), array("H"), array("B")
        self.sizes = array("I")  # of each text

    def put(self, read: Tokens, first: int, weight: int, mark: str = "") -> int:
        """Put a field whose first word stands at place `first`; how much of it a ranking counts."""
        numbers = self.numbers
        self.words.extend([numbers[mark + word] for word in read.words] if mark else [numbers[w] for w in read.words])
        self.places.extend([min(first + place, LAST) for place in read.places])
        self.counts.extend([weight if counts else 0 for counts in read.counts])
        self.sizes.append(len(read.words))
        return weight * sum(read.counts)


def _segment(texts: Sequence[Text]) -> Segment:
    block = _Places()
    lengths = np.zeros((2, len(texts)), np.float32)
    for row, (_, title, abstract, authors) in enumerate(texts):
        lengths[0, row] = block.put(_before(tokens(title), ABSTRACT), 0, TITLE)
        lengths[0, row] += block.put(tokens(abstract), ABSTRACT, 1)
        lengths[1, row] = block.put(name_tokens(authors), 0, 1, AUTHOR)
    vocabulary = sorted(block.numbers)
    ranks = np.zeros(len(vocabulary), np.int64)
    ranks[[block.numbers[word] for word in vocabulary]] = np.arange(len(vocabulary))
    words = ranks[np.frombuffer(block.words, np.uint32)]
    rows = np.repeat(np.repeat(np.arange(len(texts)), 3), np.frombuffer(block.sizes, np.uint32))
    order = np.argsort(words, kind="stable")  # within a word, rows and places come in order
    words, rows = words[order], rows[order]
    places = np.frombuffer(block.places, np.uint16)[order]
    counts = np.frombuffer(block.counts, np.uint8)[order].astype(np.int64)
    new = np.ones(len(words), bool)
    new[1:] = (words[1:] != words[:-1]) | (rows[1:] != rows[:-1])
    starts = np.flatnonzero(new)
    sizes = np.diff(np.append(starts, len(words)))
    within = np.arange(len(words)) - np.repeat(starts, sizes)
    numbers = np.arange(len(vocabulary) + 1)
    kept = within < MOST
    return Segment(
        keys=np.array([key for key, *_ in texts], np.int64),
        lengths=lengths,
        **vocabulary_arrays(vocabulary),
        entries=np.searchsorted(words[starts], numbers),
        rows=rows[starts].astype(np.int32),
        counts=np.minimum(np.add.reduceat(counts, starts) if len(starts) else counts, MOST).astype(np.uint8),
        sizes=np.minimum(sizes, MOST).astype(np.uint8),
        place_starts=np.searchsorted(words[kept], numbers),
        places=places[kept],
    )


def vocabulary_arrays(vocabulary: Sequence[str]) -> dict[str, Any]:
    """The arrays of a segment that hold its words, ascending, and their stems."""
    of_word = [stem(word) for word in vocabulary]
    stems = sorted(set(of_word))
    numbers = {name: number for number, name in enumerate(stems)}
    belongs = np.array([numbers[name] for name in of_word], np.int64)
    lexicon, roots = Lexicon.of(vocabulary), Lexicon.of(stems)
    return {
        "letters": lexicon.letters,
        "words": lexicon.starts,
        "stem_letters": roots.letters,
        "stems": roots.starts,
        "members": np.argsort(belongs, kind="stable").astype(np.int32),
        "member_starts": np.searchsorted(np.sort(belongs), np.arange(len(stems) + 1)),
    }


def _before(read: Tokens, end: int) -> Tokens:
    """Only the words at places before `end`: a title of 16,000 words is none."""
    if not read.places or read.places[-1] < end:
        return read
    cut = next(at for at, place in enumerate(read.places) if place >= end)
    return Tokens(read.words[:cut], read.places[:cut], read.counts[:cut])


@lru_cache(maxsize=2**17)
def stem(word: str) -> str:
    """The stem of a word as folded (Porter 2, by Snowball); a word of names or with symbols is its own."""
    if word.startswith(AUTHOR) or not word.isascii() or not word.isalnum():
        return word
    return str(stemmer().stemWord(word))
