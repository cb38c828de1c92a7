"""The pass over an existing library when a later version knows more values that mean nothing.

Holds `clean`. Always true: nothing is lost that means something: a paper of which nothing would be left stays as it is;
only texts that changed have a new hash, and so are embedded again; to do it twice changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace

from explorer import notices
from explorer.paper import Paper, embedding_text, text_hash
from explorer.placeholders import is_placeholder, uses_missing
from explorer.store import rows


def clean(db: sqlite3.Connection, papers: Iterable[tuple[int, Paper]], refresh: Callable[[int], None]) -> None:
    """Clean these papers, by key, and their records; `refresh` makes a paper anew from its records."""
    for key, paper in papers:
        records = db.execute("SELECT number, said FROM records WHERE paper = ? AND said IS NOT NULL", (key,)).fetchall()
        changed = [(number, new) for number, text in records if (new := _cleaner(text)) != text]
        for number, text in changed:
            db.execute("UPDATE records SET said = ?, digest = ? WHERE number = ?", (text, rows.digest(text), number))
        if changed:
            refresh(key)
        elif not records and (after := cleaned(paper)) != paper:
            rows.update(db, key, after)
            digest = rows.digest(rows.statement(after))
            db.execute("UPDATE records SET digest = ? WHERE paper = ? AND digest != x''", (digest, key))
        else:
            text = embedding_text(paper)
            values = text_hash(text), len(text), key
            db.execute("UPDATE papers SET text_hash = ?1, text_length = ?2 WHERE key = ?3 AND text_hash != ?1", values)


def _cleaner(text: str) -> str:
    paper = rows.stated(text)
    after = cleaned(paper)
    return rows.statement(after) if after != paper else text


def cleaned(paper: Paper) -> Paper:
    """The paper without values that mean nothing, and with what its title says became of it."""
    names = ("title", "abstract", "venue", "url", "doi", "pmid")
    missing = uses_missing({name: getattr(paper, name) for name in names})
    empty: dict[str, object] = {
        name: "" for name in names[:4] if (text := getattr(paper, name)) and is_placeholder(name, text, missing)
    }
    if not ((paper.title and "title" not in empty) or (paper.abstract and "abstract" not in empty)):
        empty = {name: value for name, value in empty.items() if name not in ("title", "abstract")}
    alone = len(paper.authors) == 1
    people = tuple(name for name in paper.authors if not is_placeholder("authors", name, missing and alone))
    words = paper.keywords if not all(is_placeholder("keywords", word) for word in paper.keywords) else ()
    became = notices.cleaned(paper.notices, paper.title)
    return replace(paper, **empty, authors=people, keywords=words, notices=became)  # type: ignore[arg-type]
