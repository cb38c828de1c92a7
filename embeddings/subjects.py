"""What people ask about at large: some three hundred subjects, from cooking to number theory, as an encoder has them.

Knows nothing of papers or libraries. Always true: the vectors of the bundled model lie beside the list (int8, written
by `python -m embeddings.subjects`), so that no question waits for them; another model makes its own.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from embeddings import bundled
from embeddings.encoder import BundledEncoder, Encoder
from embeddings.vectors import Matrix, unit_rows

_FOLDER = files("embeddings")
_LIST, _VECTORS = _FOLDER.joinpath("subjects.txt"), _FOLDER.joinpath("subjects.npy")

_made: dict[tuple[str, str], Matrix] = {}  # 0.4 MB each


@cache
def subjects() -> tuple[str, ...]:
    """The subjects, in a few plain words each."""
    return tuple(_LIST.read_text(encoding="utf-8").split("\n")[:-1])


def subject_vectors(encoder: Encoder) -> Matrix:
    """Vectors of the subjects, (s, dimension) float32 unit rows; of another than the bundled model, a second or two."""
    if (stored := stored_vectors(encoder)) is not None:
        return stored
    key = encoder.name, encoder.revision
    if key not in _made:
        _made[key] = encoder.encode(subjects())
    return _made[key]


def stored_vectors(encoder: Encoder) -> Matrix | None:
    """As `subject_vectors`, None where a model would have to make them."""
    if encoder.revision != bundled.REVISION:
        return None
    with _VECTORS.open("rb") as file:
        return unit_rows(np.load(file, allow_pickle=False).astype(np.float32))


def _in_a_byte(vectors: Matrix) -> NDArray[np.int8]:
    """Unit rows (s, d) with each number in a byte: cosines stay right to 0.005."""
    return np.asarray(np.rint(vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True))), np.int8)


if __name__ == "__main__":
    np.save(str(_VECTORS), _in_a_byte(BundledEncoder().encode(subjects())))
