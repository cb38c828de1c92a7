"""A real encoder whose vectors can be worked out by hand, for tests.

It lies here and not among the tests because a library made with it is opened again by its name, "toy", also by the
programs that tests start. Always true: it needs no model, no network and no torch.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from embeddings.vectors import Matrix, unit_rows


class ToyEncoder:
    """Counts words into 64 axes by their digest."""

    name = "toy"
    revision = "1"
    dimension = 64

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors (n, 64): each word adds 1 to its axis; the text without words gets axis 0."""
        counts = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()) or [""]:
                counts[row, self.axis(word) if word else 0] += 1
        return unit_rows(counts)

    def precision(self, texts: Sequence[str]) -> str:
        """As `Encoder.precision`."""
        return "fp32"

    def encode_query(self, text: str) -> Matrix:
        """As `encode`, one text."""
        return np.asarray(self.encode([text])[0])

    @classmethod
    def axis(cls, word: str) -> int:
        """The axis a word adds to."""
        return int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % cls.dimension
