"""Papers as rows: writing one, reading many, finding by name, and the JSON of what a record said.

Knows the tables papers, records and identities; decides nothing. Always true: a paper's folded columns, text hash and
identities follow from its fields and its records; its folders are the union of those its records name.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from explorer.identity import identities
from explorer.paper import Paper, Source, canonical_arxiv, canonical_doi, embedding_text, text_hash
from explorer.paper import canonical_openalex as openalex_id
from explorer.paper import canonical_pmcid as pmcid_id
from explorer.text import fold

_TEXTS = ("title", "abstract", "venue", "doi", "arxiv", "pmid", "pmcid", "openalex", "url")
_LISTS = ("authors", "keywords")
_PAPER = ", ".join(("key", "id", "year", *_TEXTS, *_LISTS))
_STATED = tuple(field.name for field in fields(Paper) if field.name not in ("id", "sources"))
# SQLite allows 32,766 variables in one statement since 3.32.
MANY = 30_000


def insert(db: sqlite3.Connection, paper: Paper) -> int:
    """A new paper's key."""
    columns = {"id": free_id(db, paper), **_columns(paper)}
    cursor = db.execute(
        f"INSERT INTO papers ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", tuple(columns.values())
    )
    return int(cursor.lastrowid or 0)


def update(db: sqlite3.Connection, key: int, paper: Paper) -> None:
    """Write all fields of a paper but its id."""
    columns = _columns(paper)
    assignments = ", ".join(f"{name} = ?" for name in columns)
    db.execute(f"UPDATE papers SET {assignments} WHERE key = ?", (*columns.values(), key))


def free_id(db: sqlite3.Connection, paper: Paper) -> str:
    """The source's own id while it is free, else with a number; without one, an id from the text."""
    wanted = paper.id or paper.doi or paper.arxiv or f"p{text_hash(embedding_text(paper))[:8]}"
    free, number = wanted, 1
    while db.execute("SELECT 1 FROM papers WHERE id = ?", (free,)).fetchone():
        number += 1
        free = f"{wanted}~{number}"
    return free


def fetch(db: sqlite3.Connection, keys: Sequence[int]) -> list[Paper]:
    """The papers with these keys, in their order; a key that is gone is left out."""
    papers = by_key(db, keys)
    return [papers[key] for key in keys if key in papers]


def by_key(db: sqlite3.Connection, keys: Sequence[int]) -> dict[int, Paper]:
    """The papers with these keys, by key; a key that is gone is left out."""
    papers: dict[int, Paper] = {}
    for part in parts(keys):
        marks = ",".join("?" * len(part))
        sources: dict[int, list[Source]] = {}
        for key, *source in db.execute(
            f"SELECT paper, file, record, line, key FROM records WHERE paper IN ({marks}) ORDER BY file, record", part
        ):
            sources.setdefault(key, []).append(Source(*source))
        folders: dict[int, list[str]] = {}
        for key, name in db.execute(
            f"SELECT paper, name FROM marks WHERE kind = 'folder' AND paper IN ({marks}) ORDER BY name", part
        ):
            folders.setdefault(key, []).append(name)
        for row in db.execute(f"SELECT {_PAPER} FROM papers WHERE key IN ({marks})", part):
            papers[row[0]] = _paper(row, tuple(sources.get(row[0], ())), tuple(folders.get(row[0], ())))
    return papers


def find(db: sqlite3.Connection, name: str) -> list[int]:
    """Keys of the papers that answer to `name`: by id, else by a source's id, DOI, arXiv id, PMID …, else by title.

    A title counts when it equals `name` folded; otherwise every title that contains it.
    """
    if keys := by_id(db, name):
        return keys
    folded = fold(name)
    if not folded:
        return []
    whole = db.execute("SELECT key FROM papers WHERE folded_title = ? ORDER BY key", (folded,)).fetchall()
    matches = whole or db.execute("SELECT key FROM papers WHERE instr(folded_title, ?) ORDER BY key", (folded,))
    return [row[0] for row in matches]


def by_id(db: sqlite3.Connection, name: str) -> list[int]:
    """Keys of the papers with the id `name`: the library's, else a source's, else a DOI, arXiv id, PMID …"""
    name = name.strip()
    exact: tuple[tuple[str, object], ...] = (
        ("SELECT key FROM papers WHERE id = ?", name),
        ("SELECT DISTINCT paper FROM records WHERE key = ? AND key != ''", name),
        *(("SELECT paper FROM identities WHERE identity = ?", number(key)) for key in _id_keys(name)),
    )
    for query, value in exact:
        if keys := [row[0] for row in db.execute(f"{query} ORDER BY 1", (value,))]:
            return keys
    return []


def put_identities(db: sqlite3.Connection, key: int, papers: Iterable[Paper]) -> None:
    """Let a paper be known under the identities of all `papers`: what its records said, and itself."""
    numbers = {number(identity) for paper in papers for identity in identities(paper)}
    db.executemany("INSERT OR IGNORE INTO identities VALUES (?, ?)", [(identity, key) for identity in sorted(numbers)])


def number(identity: str) -> int:
    """The 64-bit number an identity is kept under: a ninth of its size. Papers of one number must be compared."""
    return int.from_bytes(hashlib.blake2b(identity.encode(), digest_size=8).digest(), "big", signed=True)


def statement(paper: Paper) -> str:
    """What a record says of a paper, as JSON; equal papers give equal texts."""
    values = {name: value for name in _STATED if (value := getattr(paper, name))}
    return json.dumps(values, ensure_ascii=False)


def digest(text: str) -> bytes:
    """The number a record's statement is recognised by when its file is read again."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def stated(text: str, paper_id: str = "", sources: tuple[Source, ...] = ()) -> Paper:
    """The paper that a `statement` was made from."""
    values: dict[str, Any] = json.loads(text)
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Paper(**{**values, **lists}, id=paper_id, sources=sources)


def _columns(paper: Paper) -> dict[str, object]:
    text = embedding_text(paper)
    return {
        **{name: getattr(paper, name) for name in ("year", *_TEXTS)},
        **{name: json.dumps(getattr(paper, name), ensure_ascii=False) for name in _LISTS},
        "folded_title": fold(paper.heading),
        # Both orders of a name, so that "noam brown" and "brown, noam" find it.
        "folded_authors": " | ".join(f"{fold(a)} {fold(a.partition(',')[0])}" for a in paper.authors),
        "folded_venue": fold(paper.venue),
        "text_hash": text_hash(text),
        "text_length": len(text),
    }


def _paper(row: Sequence[Any], sources: tuple[Source, ...], folders: tuple[str, ...]) -> Paper:
    _, paper_id, year, *rest = row
    texts = dict(zip(_TEXTS, rest, strict=False))
    lists = {name: tuple(json.loads(value)) for name, value in zip(_LISTS, rest[len(_TEXTS) :], strict=True)}
    values: dict[str, Any] = {**texts, **lists}
    return Paper(**values, year=year, id=paper_id, sources=sources, collections=folders)


def _id_keys(name: str) -> Iterator[str]:
    for kind, value in (
        ("doi", canonical_doi(name)),
        ("arxiv", canonical_arxiv(name).lower()),
        ("pmcid", pmcid_id(name)),
        ("openalex", openalex_id(name)),
    ):
        if value:
            yield f"{kind}:{value}"
    if name.lower().removeprefix("pmid:").strip().isdigit():
        yield f"pmid:{name.lower().removeprefix('pmid:').strip()}"


def parts(keys: Sequence[int]) -> Iterator[list[int]]:
    """The keys in parts that one statement can hold."""
    for start in range(0, len(keys), MANY):
        yield [int(key) for key in keys[start : start + MANY]]
