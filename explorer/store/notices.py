"""What became of papers: retracted, doubted, corrected, by their records, notices, and the table of retractions.

Knows the table retractions and the column `notices` of papers. Always true: they meet by DOI and PMID alone; reading a
table of retractions replaces the one before, and changes no paper; a notice in the library says the same of its paper
as the paper's own record would, and its paper of the notice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from explorer.notices import DONE_BY, Deed, cleaned
from explorer.paper import Paper
from explorer.store.checksums import SOUND
from explorer.store.database import Table
from explorer.store.marks import count_up

# Whether a paper is called `?`, a word or the beginning of its notices, by its records or by the table.
_IS = """SELECT key FROM papers WHERE instr(notices, '"' || ?1) OR (doi != '' AND EXISTS (
           SELECT 1 FROM retractions WHERE id = 'doi:' || doi AND word = ?1)) OR (pmid != '' AND EXISTS (
           SELECT 1 FROM retractions WHERE id = 'pmid:' || pmid AND word = ?1))"""
# By an index of those papers alone.
_POINTING = """SELECT notices, doi, pmid FROM papers
               WHERE notices != '[]' AND (instr(notices, ' doi:') OR instr(notices, ' pmid:'))"""
_OPPOSITE = {state.value: deed.value for state, deed in DONE_BY.items()}
_OPPOSITE |= {deed: state for state, deed in _OPPOSITE.items()}


class NoticeTable(Table):
    """The notices of an open library."""

    def put(self, rows: Iterable[tuple[str, str, str, str, str]]) -> None:
        """Keep what a table says, in place of the one before: id, word, id at the other end, date, reason."""
        with self._database.moment() as db:
            db.execute("DELETE FROM retractions")
            db.executemany("INSERT OR IGNORE INTO retractions VALUES (?, ?, ?, ?, ?)", rows)
            count_up(db)

    def count(self) -> int:
        """How many ids the table tells something of."""
        return int(self._row("SELECT COUNT(*) FROM (SELECT DISTINCT id FROM retractions)")[0])

    def matching(self, state: str) -> set[int]:
        """Keys of the papers that are in a state of `explorer.filter.STATES`."""
        words = [deed.value for deed in Deed] if state == "notice" else [state]
        keys = {key for word in words for key in self._column(_IS, word)}
        ids = [
            paper_id for paper_id, texts in self._pointed().items() if {text.split(" ")[0] for text in texts} & {*words}
        ]
        for kind in ("doi", "pmid"):
            values = [paper_id.partition(":")[2] for paper_id in ids if paper_id.startswith(kind)]
            keys |= {key for (key,) in self._among(f"SELECT key FROM papers WHERE {kind} IN ({{}})", values)}
        return keys

    def reasons(self, paper: Paper) -> list[tuple[str, str, str]]:
        """Word, date and reason of what the table says of a paper."""
        sql = f"SELECT word, date, reason, {SOUND['retractions']} FROM retractions WHERE id IN ({{}}) ORDER BY date"
        return [tuple(row) for row in self._sound("retractions", self._among(sql, ids_of(paper)))]

    def added_to(self, papers: dict[int, Paper]) -> dict[int, tuple[str, ...]]:
        """The notices of those papers of which the table or another paper says something, with it."""
        keys: dict[str, list[int]] = {}
        for key, paper in papers.items():
            for paper_id in ids_of(paper):
                keys.setdefault(paper_id, []).append(key)
        texts_of: dict[int, list[str]] = {}
        sql = f"SELECT id, word, about, {SOUND['retractions']} FROM retractions WHERE id IN ({{}})"
        for paper_id, word, about in self._sound("retractions", self._among(sql, [*keys])):
            for key in keys[paper_id]:
                texts_of.setdefault(key, []).append(f"{word} {about}".strip())
        by_id = self._pointed()
        for paper_id in keys.keys() & by_id.keys():
            for key in keys[paper_id]:
                texts_of.setdefault(key, []).extend(by_id[paper_id])
        return {key: cleaned([*papers[key].notices, *texts]) for key, texts in texts_of.items()}

    def _pointed(self) -> dict[str, list[str]]:
        """What papers say of the ids that their notices point at: "retracts doi:A" of B is "retracted doi:B"."""
        by_id: dict[str, list[str]] = {}
        for notices, doi, pmid in self._run(_POINTING):
            own = f"doi:{doi}" if doi else f"pmid:{pmid}" if pmid else ""
            for word, _, paper_id in (text.partition(" ") for text in json.loads(notices)):
                if paper_id and word in _OPPOSITE:
                    by_id.setdefault(paper_id, []).append(f"{_OPPOSITE[word]} {own}".strip())
        return by_id


def ids_of(paper: Paper) -> Sequence[str]:
    """The ids by which the table knows a paper."""
    return [f"{kind}:{value}" for kind, value in (("doi", paper.doi), ("pmid", paper.pmid)) if value]
