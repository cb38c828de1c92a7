"""What a snapshot is built from: the papers of a state of a library, those of them with a vector, and their words.

Holds values and what names them; builds nothing, knows no tables. Always true: the same papers, model and seed have the
same name, and any other has another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix
from explorer.map.sought import Encode
from explorer.paper import Paper
from explorer.search.inversion import Text

_BATCH = 500  # papers read at once for the word index
_RECIPE = 13  # raise it when index, layout, topics, the random pairs or the scale would come out differently

Papers = Callable[[Sequence[int]], Sequence[Paper]]
Stamped = tuple[NDArray[np.int64], NDArray[np.uint64]]  # keys of papers, and what changes with their words


@dataclass(frozen=True)
class Content:
    """What a snapshot is built from: n papers, of which m have a vector."""

    state: str  # see `state_of`
    seed: int
    all_keys: NDArray[np.int64]  # (n,) ascending
    keys: NDArray[np.int64]  # (m,) ascending: those that have a vector
    vectors: NDArray[np.float32]  # (m, d) unit rows
    words: Mapping[int, str]  # of each key: changes with the words that are indexed
    papers: Papers  # the papers of some keys, in their order
    illegible: Set[int] = frozenset()  # keys of papers that the model cannot read
    subjects: Matrix | None = None  # (s, d) general subjects, where the model's vectors of them are at hand
    phrases: Callable[[], Encode | None] = lambda: None  # what makes vectors of phrases, None where the model is gone

    @property
    def partial(self) -> bool:
        """Whether some papers wait for a vector."""
        return len(self.keys) < len(self.all_keys)

    @cached_property
    def all_stamps(self) -> NDArray[np.uint64]:
        """`words` as numbers, (n,)."""
        return np.array([stamp(self.words[key]) for key in self.all_keys.tolist()], np.uint64)

    @property
    def stamps(self) -> NDArray[np.uint64]:
        """Those of the papers that have a vector, (m,)."""
        return self.all_stamps[np.searchsorted(self.all_keys, self.keys)] if self.partial else self.all_stamps


def state_of(words: Iterable[tuple[int, str]], encoder: str, revision: str, seed: int) -> str:
    """Names the state of a library: of its papers' words by key, the model of its vectors, and the seed of its map."""
    digest = hashlib.sha256(f"{_RECIPE} {encoder} {revision} {seed}".encode())
    for key, text in words:
        digest.update(f"\n{key} {text}".encode())
    return digest.hexdigest()[:24]


def changed(papers: Stamped, others: Stamped | None) -> list[int]:
    """Keys of `papers` that `others` lack or hold with other words."""
    stamps = dict(zip(*(column.tolist() for column in others), strict=True)) if others else {}
    pairs = zip(*(column.tolist() for column in papers), strict=True)
    return [key for key, stamp in pairs if stamps.get(key) != stamp]


def texts_of(papers: Papers, keys: Sequence[int]) -> Iterator[Text]:
    """What is indexed by words of the papers `keys`."""
    for start in range(0, len(keys), _BATCH):
        part = keys[start : start + _BATCH]
        for key, paper in zip(part, papers(part), strict=True):
            yield key, paper.title, paper.abstract, "\n".join(paper.authors)


def stamp(words: str) -> int:
    """A number that changes with the words of a paper."""
    return int.from_bytes(hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def digest_of(stamps: NDArray[np.uint64]) -> str:
    """SHA-256 over papers in any order, of what changes with title, abstract and authors of each, (n,)."""
    return hashlib.sha256(np.sort(stamps).astype("<u8").tobytes()).hexdigest()
