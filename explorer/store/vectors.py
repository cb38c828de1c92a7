"""The vectors of the papers' texts, and the texts that have none yet.

Knows the table vectors. Always true: a vector is kept under (text hash, encoder, revision, precision), once, whatever
becomes of the papers with that text; those of the same encoder and revision may be compared; where a text has several
of them, the most precise counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.store.checksums import SOUND
from explorer.store.database import Table

_WITH_VECTOR = "papers JOIN vectors USING (text_hash) WHERE encoder = ? AND revision = ?"
# SQLite takes the bare columns of a group from the row that has the maximum.
_BEST = "MAX(CASE precision WHEN 'fp32' THEN 2 WHEN 'bf16' THEN 1 ELSE 0 END)"


class Pending(NamedTuple):
    """A text without a vector: the key of a paper that has it, its hash (hexadecimal), its length in characters."""

    key: int
    text_hash: str
    length: int


class VectorTable(Table):
    """The vectors of an open library."""

    def pending(self, encoder: str, revision: str, within: tuple[str, str] = ("", "~")) -> list[Pending]:
        """The texts that have no vector yet, of any precision, each once, in the order of their hashes.

        Only those whose hashes lie `within` two, both included; by default all.
        """
        rows = self._run(
            """SELECT MIN(key), text_hash, MAX(text_length) FROM papers
               WHERE text_hash BETWEEN ? AND ? AND NOT EXISTS (
                   SELECT 1 FROM vectors v
                   WHERE v.text_hash = papers.text_hash AND v.encoder = ? AND v.revision = ?)
               GROUP BY text_hash ORDER BY text_hash""",
            *within,
            encoder,
            revision,
        )
        return [Pending(*row) for row in rows]

    def waiting(self, encoder: str, revision: str) -> int:
        """How many texts have no vector yet."""
        (count,) = self._row(
            """SELECT COUNT(DISTINCT text_hash) FROM papers WHERE NOT EXISTS (
                   SELECT 1 FROM vectors v
                   WHERE v.text_hash = papers.text_hash AND v.encoder = ? AND v.revision = ?)""",
            encoder,
            revision,
        )
        return int(count)

    def put(
        self, encoder: str, revision: str, precision: str, hashes: Sequence[str], vectors: NDArray[np.float32]
    ) -> None:
        """Keep `vectors` (n, dimension) under their texts' hashes, in one transaction."""
        pairs = zip(hashes, vectors, strict=True)
        rows = [(text, encoder, revision, precision, vector.astype("<f4").tobytes()) for text, vector in pairs]
        with self._database.transaction():
            self._db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?, ?)", rows)

    def take(self, source: VectorTable, encoder: str, revision: str, keys: Sequence[int]) -> int:
        """Keep the vectors of the texts of `source`'s papers `keys`, bit by bit; how many texts have any.

        Raises DamagedLibrary, and keeps none, where they are not what was written.
        """
        places = ",".join("?" * len(keys))
        sql = f"""SELECT vectors.text_hash, precision, vector, {SOUND["vectors"]}
                  FROM papers JOIN vectors USING (text_hash)
                  WHERE encoder = ? AND revision = ? AND key IN ({places})"""
        vectors = list(source._sound("vectors", source._run(sql, encoder, revision, *keys)))
        with self._database.transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?, ?)",
                [(text, encoder, revision, precision, vector) for text, precision, vector in vectors],
            )
        return len({text for text, _, _ in vectors})

    def all(self, encoder: str, revision: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Keys (n,) and vectors (n, dimension) of all papers that have one, in the order of adding."""
        sql = f"SELECT key, vector, {_BEST}, {SOUND['vectors']} FROM {_WITH_VECTOR} GROUP BY key ORDER BY key"
        rows = list(self._sound("vectors", self._run(sql, encoder, revision)))
        keys = [key for key, _, _ in rows]
        matrix = np.frombuffer(b"".join(vector for _, vector, _ in rows), dtype="<f4").astype(np.float32, copy=False)
        return np.array(keys, np.int64), matrix.reshape(len(keys), -1 if keys else 0)

    def precisions(self, encoder: str, revision: str) -> dict[str, int]:
        """Number of papers whose vector under this encoder and revision is of each precision; those with none missing.

        In the order of the alphabet.
        """
        best = f"SELECT precision, {_BEST} FROM {_WITH_VECTOR} GROUP BY key"
        sql = f"SELECT precision, COUNT(*) FROM ({best}) GROUP BY precision ORDER BY precision"
        return dict(self._run(sql, encoder, revision).fetchall())

    def texts(self) -> list[tuple[int, str]]:
        """(key, text hash and folded authors) of every paper in the order of adding: what is indexed of it."""
        sql = f"SELECT key, text_hash || folded_authors, {SOUND['papers']} FROM papers ORDER BY key"
        return list(self._sound("papers", self._run(sql)))
