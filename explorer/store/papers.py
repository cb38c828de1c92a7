"""The papers of a library: by key, by name, and by what they must fulfil.

Knows the table papers and what hangs on it. Always true: a paper's key grows in the order of adding and never changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from explorer.filter import Field, Years
from explorer.paper import Paper
from explorer.store import rows
from explorer.store.database import Table
from explorer.text import fold

# What a paper must be for a field of the filter; authors and venues are compared without case and accents.
_FIELDS = {
    "author": "instr(folded_authors, ?)",
    "venue": "instr(folded_venue, ?)",
    "source": "EXISTS (SELECT 1 FROM records WHERE paper = papers.key AND file = ?)",
    "collection": """EXISTS (SELECT 1 FROM marks WHERE paper = papers.key AND kind IN ('collection', 'folder')
                     AND instr(name || '/', ? || '/') = 1)""",
    "tag": "EXISTS (SELECT 1 FROM marks WHERE paper = papers.key AND kind = 'tag' AND name = ?)",
}
_FOLDED = ("author", "venue")


class PaperTable(Table):
    """The papers of an open library."""

    def count(self, without: str = "") -> int:
        """Number of papers, of all or of those that lack a field ("abstract" or "title")."""
        column = {"": "", "abstract": "abstract", "title": "title"}[without]
        condition = f" WHERE {column} = ''" if column else ""
        return int(self._db.execute(f"SELECT COUNT(*) FROM papers{condition}").fetchone()[0])

    def fetch(self, keys: Sequence[int]) -> list[Paper]:
        """The papers with these keys, in their order; a key that is gone is left out."""
        return rows.fetch(self._db, keys)

    def find(self, name: str) -> list[int]:
        """Keys of the papers that answer to `name`: by id, else by a source's id, DOI, arXiv id, PMID …, else by title.

        A title counts when it equals `name` folded; otherwise every title that contains it.
        """
        return rows.find(self._db, name)

    def by_id(self, name: str) -> list[int]:
        """Keys of the papers with this id, id in a source, DOI, arXiv id or PMID; unlike `find`, never by title."""
        return rows.by_id(self._db, name)

    def keys_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Keys of the papers with exactly these ids, by id; an id that is not there is left out."""
        keys: dict[str, int] = {}
        for start in range(0, len(ids), rows.MANY):
            part = list(ids[start : start + rows.MANY])
            places = ",".join("?" * len(part))
            keys.update(self._db.execute(f"SELECT id, key FROM papers WHERE id IN ({places})", part))
        return keys

    def by_key(self, keys: Sequence[int]) -> dict[int, Paper]:
        """The papers with these keys, by key; a key that is gone is left out."""
        return rows.by_key(self._db, keys)

    def matching(self, conditions: Sequence[Field | Years]) -> set[int]:
        """Keys of the papers that fulfil all `conditions`; the store knows every field but the topic."""
        clauses, values = ["1"], list[object]()
        for condition in conditions:
            if isinstance(condition, Field):
                clauses.append(_FIELDS[condition.name])
                values.append(fold(condition.value) if condition.name in _FOLDED else condition.value)
                continue
            for clause, year in (("year >= ?", condition.first), ("year <= ?", condition.last)):
                if year is not None:
                    clauses.append(clause)
                    values.append(year)
        return {row[0] for row in self._db.execute(f"SELECT key FROM papers WHERE {' AND '.join(clauses)}", values)}

    def titles(self) -> list[tuple[int, str]]:
        """Key and folded title of every paper, in the order of adding."""
        return self._db.execute("SELECT key, folded_title FROM papers ORDER BY key").fetchall()

    def years(self) -> dict[int, int]:
        """Year by key, for the papers that have one."""
        return dict(self._db.execute("SELECT key, year FROM papers WHERE year IS NOT NULL").fetchall())

    def venues(self) -> list[tuple[str, int]]:
        """Venues with their number of papers, the commonest first."""
        return self._db.execute(
            "SELECT venue, COUNT(*) FROM papers WHERE venue != '' GROUP BY venue ORDER BY 2 DESC, 1"
        ).fetchall()

    def files(self) -> list[tuple[str, int]]:
        """Source files with their number of papers."""
        return self._db.execute("SELECT file, COUNT(DISTINCT paper) FROM records GROUP BY file ORDER BY 1").fetchall()
