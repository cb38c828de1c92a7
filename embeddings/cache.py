"""An encoder in front of another that makes the vector of a text once.

Holds vectors in memory by text, and in a folder if it has one; knows no papers. Always true: it gives what the encoder
behind it gives; never more than `keep` texts and `keep` questions are in memory, the latest; any number of threads
may ask.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, describe
from embeddings.vectors import Matrix

KEEP = 4096  # sentences of some 400 abstracts: 6 MB at 384 dimensions

_Vectors = OrderedDict[str, NDArray[np.float32]]


class VectorCache:
    """An `Encoder` with a memory of `keep` texts, None for no bound.

    With `folder`, what is encoded is also kept there, one file for each list of new texts.
    """

    def __init__(self, encoder: Encoder, *, keep: int | None = KEEP, folder: Path | None = None) -> None:
        self.encoder = encoder
        self._keep, self._folder = keep, folder
        self._texts, self._queries = _Vectors(), _Vectors()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """That of the encoder behind it, as is the revision."""
        return self.encoder.name

    @property
    def revision(self) -> str:
        return self.encoder.revision

    def precision(self, texts: Sequence[str]) -> str:
        """As `Encoder.precision`."""
        return self.encoder.precision(texts)

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of `texts`, (n, dimension) float32 unit rows; new ones are made in one batch."""
        return self._cached(self._texts, texts, self._made)

    def encode_query(self, text: str) -> Matrix:
        """Vector of a question, (dimension,) float32, unit length."""
        return np.asarray(self._cached(self._queries, [text], lambda _: [self.encoder.encode_query(text)])[0])

    def put(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Take over vectors that are there already, by their texts."""
        self._put(self._texts, vectors)

    def _cached(
        self, memory: _Vectors, texts: Sequence[str], make: Callable[[list[str]], Iterable[NDArray[np.float32]]]
    ) -> Matrix:
        if not texts:
            return np.zeros((0, 0), np.float32)
        with self._lock:
            vectors = {text: memory[text] for text in texts if text in memory}
        new = list(dict.fromkeys(text for text in texts if text not in vectors))
        if new:
            vectors.update(zip(new, make(new), strict=True))
        self._put(memory, {text: vectors[text] for text in texts})
        return np.stack([vectors[text] for text in texts])

    def _put(self, memory: _Vectors, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        with self._lock:
            for text, vector in vectors.items():
                memory[text] = vector
                memory.move_to_end(text)
            while self._keep is not None and len(memory) > self._keep:
                memory.popitem(last=False)

    def _made(self, texts: list[str]) -> Matrix:
        """Vectors of new texts, read from the folder if it has them."""
        if self._folder is None:
            return self.encoder.encode(texts)
        digest = sha256("\0".join([describe(self), *texts]).encode("utf-8", "replace"))
        file = self._folder / f"{digest.hexdigest()[:20]}.npy"
        if not file.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            np.save(file, self.encoder.encode(texts))
        return np.asarray(np.load(file, allow_pickle=False))
