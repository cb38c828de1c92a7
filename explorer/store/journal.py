"""The journal: records as they were before the latest import changed them or took them away.

Knows the tables replaced and records; the papers made of the records, `records` makes anew. Always true: what the
latest import replaced can be brought back, with the paper it was of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from explorer.paper import Paper
from explorer.store import rows
from explorer.store.checksums import SOUND
from explorer.store.database import Table

ROW = "number, paper, origin, file, record, line, key, digest, said, reason, version, added, seen"
PLACES = ", ".join("?" * 13)


class Journal(Table):
    """What `undo` needs, in an open library. All methods are called inside a transaction."""

    def keep(self, numbers: Iterable[int], import_number: int) -> None:
        """Keep these records as they are now; -1 when it is no import that changes them."""
        if import_number < 0:
            return
        for number in numbers:
            rows_of = self._run(f"SELECT {ROW}, {SOUND['records']} FROM records WHERE number = ?", number)
            (row,) = self._sound("records", rows_of)
            (paper_id,) = self._row("SELECT id FROM papers WHERE key = ?", row[1])
            values = [value.hex() if isinstance(value, bytes) else value for value in row]
            self._run("INSERT INTO replaced VALUES (?, ?, ?, ?)", import_number, number, paper_id, json.dumps(values))

    def taken(self, import_number: int) -> list[Paper]:
        """The papers whose records an import took away, as the first record of each says."""
        firsts = {paper_id: json.loads(row)[8] for paper_id, row in self._replaced(import_number)}
        return [rows.stated(text or "{}", paper_id) for paper_id, text in reversed(firsts.items())]

    def restore(self, import_number: int) -> set[int]:
        """Bring the records back to what they were before an import, the latest; keys of the papers it concerns."""
        touched = set(self._column("SELECT paper FROM records WHERE added = ?", import_number))
        self._run("DELETE FROM records WHERE added = ?", import_number)
        for paper_id, text in self._replaced(import_number):
            values = json.loads(text)
            number, key, added = values[0], values[1], values[11]
            if added == import_number:
                continue  # it came with this import, and was moved by it
            touched |= {key, *self._column("SELECT paper FROM records WHERE number = ?", number)}
            self._restore_paper(key, paper_id)
            values[7] = bytes.fromhex(values[7])
            self._run(f"INSERT OR REPLACE INTO records ({ROW}) VALUES ({PLACES})", *values)
        self._run("DELETE FROM replaced WHERE import = ?", import_number)
        return touched

    def _replaced(self, import_number: int) -> list[tuple[str, str]]:
        """Paper and record that an import replaced, the latest first."""
        sql = f"SELECT paper_id, row, {SOUND['replaced']} FROM replaced WHERE import = ? ORDER BY rowid DESC"
        return list(self._sound("replaced", self._run(sql, import_number)))

    def _restore_paper(self, key: int, paper_id: str) -> None:
        if not self._row("SELECT 1 FROM papers WHERE key = ?", key):
            new = rows.insert(self._db, Paper(id=paper_id))  # its records fill it
            self._run("UPDATE papers SET key = ? WHERE key = ?", key, new)
