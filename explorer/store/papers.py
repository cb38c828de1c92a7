"""The papers of a library: by key, by name, and by what they must fulfil.

Knows the table papers and what hangs on it. Always true: a paper's key grows in the order of adding and never changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from explorer.filter import Field, Years
from explorer.paper import Paper, Source
from explorer.store import rows
from explorer.store.checksums import SOUND
from explorer.store.database import Database, Table
from explorer.store.notices import NoticeTable
from explorer.text import fold

# What a paper must be for a field of the filter; venues are compared without case and accents.
_FIELDS = {
    "venue": "instr(folded_venue, ?)",
    "source": "EXISTS (SELECT 1 FROM records WHERE paper = papers.key AND file = ?)",
    "collection": """EXISTS (SELECT 1 FROM marks WHERE paper = papers.key AND kind IN ('collection', 'folder')
                     AND instr(name || '/', ? || '/') = 1)""",
    "since": """(SELECT started FROM imports
                 WHERE import = (SELECT MIN(added) FROM records WHERE paper = papers.key)) >= ?""",
    "tag": "EXISTS (SELECT 1 FROM marks WHERE paper = papers.key AND kind = 'tag' AND name = ?)",
}
_FOLDED = ("venue",)


class PaperTable(Table):
    """The papers of an open library; with `notices`, papers say what the table of retractions says of them, too."""

    def __init__(self, database: Database, notices: NoticeTable | None = None) -> None:
        super().__init__(database)
        self._notices = notices

    def count(self, without: str = "") -> int:
        """Number of papers, of all or of those that lack a field ("abstract" or "title")."""
        condition = {"": "", "abstract": " WHERE abstract = ''", "title": " WHERE title = ''"}[without]
        return int(self._row(f"SELECT COUNT(*) FROM papers{condition}")[0])

    def fetch(self, keys: Sequence[int]) -> list[Paper]:
        """The papers with these keys, in their order; a key that is gone is left out."""
        papers = self.by_key(keys)
        return [papers[key] for key in keys if key in papers]

    def find(self, name: str) -> list[int]:
        """Keys of the papers that answer to `name`: by id, else by a source's id, DOI, arXiv id, PMID …, else by title.

        A title counts when it equals `name` folded; otherwise every title that contains it.
        """
        if (keys := self.by_id(name)) or not (folded := fold(name)):
            return keys
        whole = self._column("SELECT key FROM papers WHERE folded_title = ? ORDER BY key", folded)
        return whole or self._column("SELECT key FROM papers WHERE instr(folded_title, ?) ORDER BY key", folded)

    def by_id(self, name: str) -> list[int]:
        """Keys of the papers with this id, id in a source, DOI, arXiv id, PMID or link; never by title."""
        name = name.strip()
        exact: tuple[tuple[str, object], ...] = (
            ("SELECT key FROM papers WHERE id = ?", name),
            ("SELECT DISTINCT paper FROM records WHERE key = ? AND key != ''", name),
            *(("SELECT paper FROM identities WHERE identity = ?", rows.number(key)) for key in rows.id_keys(name)),
        )
        if "://" in name:
            link = name.partition("://")[2].rstrip("/")
            links = [f"{scheme}://{link}{end}" for scheme in ("https", "http") for end in ("", "/")]
            exact += tuple(("SELECT key FROM papers WHERE url = ?", value) for value in links)
        for query, value in exact:
            if keys := self._column(f"{query} ORDER BY 1", value):
                return keys
        return []

    def keys_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Keys of the papers with exactly these ids, by id; an id that is not there is left out."""
        return dict(self._among("SELECT id, key FROM papers WHERE id IN ({})", ids))

    def by_key(self, keys: Sequence[int]) -> dict[int, Paper]:
        """The papers with these keys, by key; a key that is gone is left out."""
        keys = list(map(int, keys))
        sources: defaultdict[int, list[Source]] = defaultdict(list)
        of_records = f"""SELECT paper, file, record, line, key, {SOUND["records"]} FROM records WHERE paper IN ({{}})
                         ORDER BY file, record"""
        for key, *source in self._sound("records", self._among(of_records, keys)):
            sources[key].append(Source(*source))
        folders: defaultdict[int, list[str]] = defaultdict(list)
        of_marks = f"""SELECT paper, name, {SOUND["marks"]} FROM marks WHERE kind = 'folder' AND paper IN ({{}})
                       ORDER BY name"""
        for key, name in self._sound("marks", self._among(of_marks, keys)):
            folders[key].append(name)
        of_papers = self._among(f"SELECT {rows.PAPER}, {SOUND['papers']} FROM papers WHERE key IN ({{}})", keys)
        sound = self._sound("papers", of_papers)
        papers = {key: rows.paper_of(row, tuple(sources[key]), tuple(folders[key])) for key, *row in sound}
        if self._notices:
            for key, notices in self._notices.added_to(papers).items():
                papers[key] = replace(papers[key], notices=notices)
        return papers

    def matching(self, conditions: Sequence[Field | Years]) -> set[int]:
        """Keys of the papers that fulfil all `conditions`; the store knows every field but topic and author."""
        clauses, values = ["1"], list[object]()
        for condition in conditions:
            if isinstance(condition, Field):
                clauses.append(_FIELDS[condition.name])
                values.append(fold(condition.value) if condition.name in _FOLDED else condition.value)
            else:
                clauses.append("(? IS NULL OR year >= ?) AND (? IS NULL OR year <= ?)")
                values += [condition.first] * 2 + [condition.last] * 2
        return set(self._column(f"SELECT key FROM papers WHERE {' AND '.join(clauses)}", *values))

    def titled(self, title: str) -> list[int]:
        """Keys of the papers whose title equals `title` folded, the earliest first."""
        folded = fold(title)
        return self._column("SELECT key FROM papers WHERE folded_title = ? ORDER BY key", folded) if folded else []

    def titles(self) -> list[tuple[int, str]]:
        """Key and folded title of every paper, in the order of adding."""
        return self._run("SELECT key, folded_title FROM papers ORDER BY key").fetchall()

    def years(self) -> dict[int, int]:
        """Year by key, for the papers that have one."""
        return dict(self._run("SELECT key, year FROM papers WHERE year IS NOT NULL").fetchall())

    def venues(self) -> list[tuple[str, int]]:
        """Venues with their number of papers, the commonest first."""
        sql = "SELECT venue, COUNT(*) FROM papers WHERE venue != '' GROUP BY venue ORDER BY 2 DESC, 1"
        return self._run(sql).fetchall()

    def files(self) -> list[tuple[str, int]]:
        """Source files with their number of papers."""
        return self._run("SELECT file, COUNT(DISTINCT paper) FROM records GROUP BY file ORDER BY 1").fetchall()


def all_keys(papers: PaperTable) -> NDArray[np.int64]:
    """Key of every paper, (n,) ascending."""
    return np.sort(np.array(papers._column("SELECT key FROM papers"), np.int64))


def venue_by_paper(papers: PaperTable) -> dict[int, str]:
    """Venue by key, as it is written, for the papers that have one."""
    return dict(papers._run("SELECT key, venue FROM papers WHERE venue != ''").fetchall())


def first_imports(papers: PaperTable) -> dict[int, int]:
    """The number of the import that a paper came with, by key."""
    return dict(papers._run("SELECT paper, MIN(added) FROM records GROUP BY paper").fetchall())


def files_by_paper(papers: PaperTable) -> dict[str, NDArray[np.int64]]:
    """Keys of the papers that each file holds, by its name."""
    pairs = papers._run("SELECT DISTINCT file, paper FROM records ORDER BY file, paper").fetchall()
    return {file: np.array([key for _, key in some], np.int64) for file, some in groupby(pairs, lambda pair: pair[0])}


def in_other_alphabets(papers: PaperTable) -> list[int]:
    """Keys of the papers whose title and abstract are mostly beyond ASCII, by their bytes a character."""
    text = "title || abstract"
    return papers._column(f"SELECT key FROM papers WHERE length(CAST({text} AS BLOB)) > 1.3 * length({text})")
