"""A damaged row of a paper made anew: from what its records say, or from what is left of the row itself.

Knows the tables papers and records. Always true: what is made is what was written, as the row's checksum or the digest
of a record says, or else the merge of what all its whole records say; without any of these a paper stays lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from explorer.errors import LibraryError
from explorer.identity import merge
from explorer.notices import cleaned
from explorer.paper import Paper, embedding_text, text_hash
from explorer.store import faults, rows
from explorer.store.checksums import COLUMNS, checksum

_COLUMNS = COLUMNS["papers"].split(", ")
Row = dict[str, object]


def mend(old: faults.Connection, new: sqlite3.Connection, lost: dict[int, str]) -> None:
    """Write those of the papers `lost` (id by key) into `new` whose rows can be made anew; they are lost no more.

    `new` has the whole rows of all tables, `old` what can be read of the damaged.
    """
    for key in list(lost):
        if row := _made(old, new, key):
            if new.execute("SELECT 1 FROM papers WHERE id = ?", (row["id"],)).fetchone():
                row["id"] = rows.free_id(new, Paper(id=str(row["id"])))
            sql = f"INSERT INTO papers ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
            new.execute(sql, tuple(row.values()))
            del lost[key]


def missing(new: sqlite3.Connection) -> dict[int, str]:
    """The papers whose records are there and whose rows are not: by key, the id that a record has for it."""
    sql = """SELECT paper, COALESCE(NULLIF(MIN(key), ''), 'number ' || paper) FROM records
             WHERE paper NOT IN (SELECT key FROM papers) GROUP BY paper"""
    return dict(new.execute(sql))


def _made(old: faults.Connection, new: sqlite3.Connection, key: int) -> Row | None:
    left = _left(old, key)
    records = new.execute("SELECT said, digest, key FROM records WHERE paper = ? ORDER BY number", (key,)).fetchall()
    folders = new.execute("SELECT name FROM marks WHERE kind = 'folder' AND paper = ? ORDER BY name", (key,)).fetchall()
    names = [str(left["id"])] if left else []
    names += [str(name) for *_, name in records if name]
    sure: Row | None = None
    for paper, certain in _papers(left, records, tuple(name for (name,) in folders)):
        for name in dict.fromkeys([*names, paper.doi, paper.arxiv, f"p{text_hash(embedding_text(paper))[:8]}"]):
            row: Row = {"key": key, "id": name, **rows.columns(paper)}
            if name and left and checksum(*(row[column] for column in _COLUMNS)) == left["checksum"]:  # type: ignore[arg-type]
                return row
            sure = sure or (row if name and certain else None)
    return sure


def _left(old: faults.Connection, key: int) -> Row | None:
    """What can be read of a row."""
    with suppress(LibraryError):
        cursor = old.execute(f"SELECT {COLUMNS['papers']}, checksum FROM papers WHERE key = ?", (key,))
        if values := cursor.fetchone():
            return dict(zip([*_COLUMNS, "checksum"], values, strict=True))
    return None


def _papers(
    left: Row | None, records: Sequence[tuple[str | None, bytes, str]], folders: tuple[str, ...]
) -> Iterator[tuple[Paper, bool]]:
    """What the paper may be, and whether the records say that it is."""
    if records and (texts := [text for text, *_ in records if text is not None]) and len(texts) == len(records):
        stated = list(map(rows.stated, texts))
        notices = cleaned(notice for paper in stated for notice in paper.notices)
        yield replace(merge(stated), notices=notices), True
    if left:
        with suppress(ValueError, TypeError):  # its lists are none any more
            paper = rows.paper_of([left[name] for name in rows.PAPER.split(", ")[1:]], (), folders)
            digest = rows.digest(rows.statement(paper))
            yield paper, any(digest == of_record for _, of_record, _ in records)
