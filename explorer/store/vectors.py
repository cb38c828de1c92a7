"""The vectors of the papers' texts, and the texts that have none yet.

Knows the table vectors. Always true: a vector is kept under (text hash, encoder, revision), once, whatever becomes of
the papers with that text.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.store.database import Table

_WITH_VECTOR = "papers JOIN vectors USING (text_hash) WHERE encoder = ? AND revision = ?"


class VectorTable(Table):
    """The vectors of an open library."""

    def pending(self, encoder: str, revision: str) -> list[tuple[int, int]]:
        """(key, length of text) of one paper per text that has no vector yet, the longest text first.

        The order depends on the texts alone, so an interrupted embedding goes on with the same batches.
        """
        return self._run(
            """SELECT MIN(key), MAX(text_length) FROM papers WHERE NOT EXISTS (
                   SELECT 1 FROM vectors v
                   WHERE v.text_hash = papers.text_hash AND v.encoder = ? AND v.revision = ?)
               GROUP BY text_hash ORDER BY MAX(text_length) DESC, text_hash""",
            encoder,
            revision,
        ).fetchall()

    def put(self, encoder: str, revision: str, hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep `vectors` (n, dimension) under their texts' hashes, in one transaction."""
        rows = [(h, encoder, revision, v.astype("<f4").tobytes()) for h, v in zip(hashes, vectors, strict=True)]
        with self._database.transaction():
            self._db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?)", rows)

    def all(self, encoder: str, revision: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Keys (n,) and vectors (n, dimension) of all papers that have one, in the order of adding."""
        sql = f"SELECT key, vector FROM {_WITH_VECTOR} ORDER BY key"
        rows = self._run(sql, encoder, revision).fetchall()
        keys = [key for key, _ in rows]
        matrix = np.frombuffer(b"".join(vector for _, vector in rows), dtype="<f4").astype(np.float32, copy=False)
        return np.array(keys, np.int64), matrix.reshape(len(keys), -1 if keys else 0)

    def count(self, encoder: str, revision: str) -> int:
        """Number of papers that have a vector under this encoder and revision."""
        return int(self._row(f"SELECT COUNT(*) FROM {_WITH_VECTOR}", encoder, revision)[0])

    def texts(self) -> list[tuple[int, str]]:
        """(key, text hash and folded authors) of every paper in the order of adding: what is indexed of it."""
        return self._run("SELECT key, text_hash || folded_authors FROM papers ORDER BY key").fetchall()
