"""A drawing of the map: where papers lie and which topics they are in, apart from all that a snapshot holds beside.

Holds how papers that came since are placed on it; knows no tables. Always true: row i of every array is the paper of
`keys[i]`, and keys grow; a paper that is on it stays where it was, to the bit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from embeddings.vectors import Matrix, Rows
from explorer.index.snapshot import Snapshot
from explorer.map import layout
from explorer.map.topics import Topics

NEIGHBOURS = 15  # of each paper on the map; trustworthiness stops rising there (design figures)
_ENOUGH = 2 / 3  # share of the papers that must have been there for a drawing to begin with their places


@dataclass(frozen=True)
class Drawing:
    """Places and topics of n papers."""

    keys: NDArray[np.int64]  # (n,)
    positions: NDArray[np.float32]  # (n, 2)
    drawn: NDArray[np.bool_]  # (n,) False where the place is provisional
    topics: Topics

    @classmethod
    def of(cls, snapshot: Snapshot) -> Drawing:
        """That of the papers of a snapshot."""
        return cls(snapshot.keys, snapshot.positions, snapshot.drawn, snapshot.topics)

    @property
    def digest(self) -> str:
        """Names what it shows."""
        digest = hashlib.sha256(self.keys.tobytes() + self.positions.tobytes() + self.drawn.tobytes())
        for level in self.topics.levels:
            digest.update(
                level.assignment.tobytes() + repr((level.labels, level.parents, level.seconds, level.hues)).encode()
            )
        return digest.hexdigest()

    def rows(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each of `keys` (m,) here, -1 for a paper that is not on it."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        rows = np.searchsorted(self.keys, keys)
        rows[rows == len(self.keys)] = 0
        return np.where(self.keys[rows] == keys, rows, -1)

    def places(self, rows: Rows) -> Matrix:
        """The places of papers by their rows here, (m, 2), NaN where a row is -1."""
        return np.where((rows >= 0)[:, None], self.positions[rows], np.float32(np.nan))

    def placed(
        self, rows: Rows, index: VectorIndex, vectors: Matrix, among: tuple[Rows, Matrix] | None = None
    ) -> tuple[Matrix, Rows, Matrix]:
        """Places of papers, (m, 2), by their rows here; where a row is -1, among the paper's neighbours that are here.

        Beside those (newcomers, k), -1 where there are fewer, and how similar they are: `among`, where that is at hand.
        """
        here = rows >= 0
        near, similarities = among or neighbours_among(index, vectors[~here], here)
        places = self.places(rows)
        around = np.where((near >= 0)[:, :, None], places[near], np.nan)
        places[~here] = layout.place(around, np.where(near >= 0, similarities, np.nan))
        return places, near, similarities

    def start(self, rows: Rows, index: VectorIndex, vectors: Matrix) -> layout.Start | None:
        """What a new drawing begins with; None where too much has come for this map to be worth beginning with."""
        here = rows >= 0
        tied = here & self.drawn[rows]
        if np.count_nonzero(here) < _ENOUGH * len(here) or not tied.any():
            return None
        return layout.Start(self.placed(rows, index, vectors)[0], tied)

    def has_room(self, rows: Rows, newcomers: float) -> bool:
        """Whether papers fit on it: it still shows what it showed, and papers that are not drawn are few.

        At most `newcomers` times the drawn ones.
        """
        here = rows[rows >= 0]
        drawn = int(self.drawn[here].sum())
        return drawn > 0 and len(rows) - drawn <= newcomers * drawn and 2 * len(here) >= len(self.keys)


def neighbours_among(index: VectorIndex, vectors: Matrix, allowed: NDArray[np.bool_]) -> tuple[Rows, Matrix]:
    """The nearest rows among `allowed` (n,) to `vectors` (m, d): (m, NEIGHBOURS + 1), -1 where there are fewer."""
    wide = NEIGHBOURS + 1  # a paper that is itself allowed finds itself first
    rows = np.full((len(vectors), wide), -1, np.int64)
    similarities = np.full((len(vectors), wide), np.nan, np.float32)
    for start in range(0, len(vectors), 1024):
        part = slice(start, start + 1024)
        nearest, cosines = index.search(vectors[part], wide, allowed)
        rows[part, : nearest.shape[1]], similarities[part, : nearest.shape[1]] = nearest, cosines
    return rows, similarities
