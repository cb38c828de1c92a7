"""Papers as rows: writing one, making one of its row, and the JSON of what a record said.

Knows the tables papers, records and identities; decides nothing. Always true: a paper's folded columns, text hash and
identities follow from its fields and its records; its folders are the union of those its records name.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from explorer.arxiv import canonical_arxiv
from explorer.doi import canonical_doi
from explorer.identity import identities
from explorer.paper import (
    Paper,
    Source,
    canonical_openalex,
    canonical_pmcid,
    embedding_text,
    text_hash,
)
from explorer.text import fold

_TEXTS = ("title", "abstract", "venue", "doi", "arxiv", "pmid", "pmcid", "openalex", "url")
_LISTS = ("authors", "keywords", "notices")
PAPER = ", ".join(("key", "id", "year", *_TEXTS, *_LISTS))
_STATED = tuple(field.name for field in fields(Paper) if field.name not in ("id", "sources"))


def insert(db: sqlite3.Connection, paper: Paper) -> int:
    """A new paper's key."""
    row = {"id": free_id(db, paper), **columns(paper)}
    cursor = db.execute(
        f"INSERT INTO papers ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
    )
    return int(cursor.lastrowid or 0)


def update(db: sqlite3.Connection, key: int, paper: Paper) -> None:
    """Write all fields of a paper but its id."""
    row = columns(paper)
    assignments = ", ".join(f"{name} = ?" for name in row)
    db.execute(f"UPDATE papers SET {assignments} WHERE key = ?", (*row.values(), key))


def free_id(db: sqlite3.Connection, paper: Paper) -> str:
    """The source's own id while it is free, else with a number; without one, an id from the text."""
    wanted = paper.id or paper.doi or paper.arxiv or f"p{text_hash(embedding_text(paper))[:8]}"
    free, number = wanted, 1
    while db.execute("SELECT 1 FROM papers WHERE id = ?", (free,)).fetchone():
        number += 1
        free = f"{wanted}~{number}"
    return free


def put_identities(db: sqlite3.Connection, key: int, papers: Iterable[Paper]) -> None:
    """Let a paper be known under the identities of all `papers`: what its records say, and itself."""
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


def columns(paper: Paper) -> dict[str, object]:
    """The columns of a paper's row but its key and id."""
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


def paper_of(row: Sequence[Any], sources: tuple[Source, ...], folders: tuple[str, ...]) -> Paper:
    """The paper of a row of the columns `PAPER`, less its key."""
    paper_id, year, *rest = row
    values: dict[str, Any] = dict(zip((*_TEXTS, *_LISTS), rest, strict=True))
    values |= {name: tuple(json.loads(values[name])) for name in _LISTS}
    return Paper(**values, year=year, id=paper_id, sources=sources, collections=folders)


def id_keys(name: str) -> list[str]:
    """The identities that `name` may be: a DOI, an arXiv id, …"""
    pmid = name.lower().removeprefix("pmid:").strip()
    ids = {"doi": canonical_doi(name), "arxiv": canonical_arxiv(name).lower(), "pmcid": canonical_pmcid(name)}
    ids |= {"openalex": canonical_openalex(name), "pmid": pmid if pmid.isdigit() else ""}
    return [f"{kind}:{value}" for kind, value in ids.items() if value]
