"""An encoder that remembers the vectors of the texts it has lately been given.

Holds vectors in memory by text; knows no files and no papers. Always true: it answers as the encoder itself does, for
as long as that one is the same; never more than `keep` vectors are held; any number of threads may ask.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from embeddings.encoder import Encoder, describe
from embeddings.vectors import Matrix

KEEP = 4096  # sentences of some 400 abstracts: 6 MB at 384 dimensions


class Remembered:
    """Vectors of short texts, each made once."""

    def __init__(self, keep: int = KEEP) -> None:
        self._keep = keep
        self._known: OrderedDict[tuple[str, str], Matrix] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> Matrix:
        """Vectors of `texts` by `encoder`, (m, dimension) float32 unit rows; new ones are made in one batch."""
        if not texts:
            return np.zeros((0, 0), np.float32)
        name = describe(encoder)
        with self._lock:
            found = {text: self._known[name, text] for text in texts if (name, text) in self._known}
        new = list(dict.fromkeys(text for text in texts if text not in found))
        if new:
            found.update(zip(new, encoder.encode(new), strict=True))
        with self._lock:
            for text in texts:
                self._known[name, text] = found[text]
                self._known.move_to_end((name, text))
            while len(self._known) > self._keep:
                self._known.popitem(last=False)
        return np.stack([found[text] for text in texts])
