"""What a page says of its papers: bibliographic facts, links to public places, and abstracts if they are wanted.

Knows papers, not what a user noted about them. Always true: no folder, file, note, tag, collection or keyword of a
record is here; texts are plain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from explorer.paper import Paper, author_name
from explorer.text import fold, readable

_KEY = 8  # hexadecimal digits that name a paper in the page's address


def page_facts(papers: Sequence[Paper]) -> dict[str, Any]:
    """Columns of facts, a value a paper; the years are 0 where they are not known."""
    venues = list(dict.fromkeys(readable(paper.venue) for paper in papers))
    numbers = {venue: number for number, venue in enumerate(venues)}
    return {
        "key": page_keys(papers),
        "title": [paper.heading for paper in papers],
        "untitled": [row for row, paper in enumerate(papers) if not paper.has_title],
        "authors": ["\n".join(readable(author_name(name)) for name in paper.authors) for paper in papers],
        "year": [paper.year or 0 for paper in papers],
        "venues": venues,
        "venue": [numbers[readable(paper.venue)] for paper in papers],
        "status": {row: paper.status for row, paper in enumerate(papers) if paper.status},
        **{name: [getattr(paper, name) for paper in papers] for name in ("doi", "arxiv", "pmid")},
        "url": [paper.links.get("Link", "") for paper in papers],
    }


def page_abstracts(papers: Sequence[Paper]) -> dict[str, Any]:
    """The abstracts as they are read."""
    return {"abstracts": [readable(paper.abstract) for paper in papers]}


def page_keys(papers: Sequence[Paper]) -> list[str]:
    """What papers are called in the page's address: a digest of what they are, not of where they came from."""
    used: dict[str, int] = {}
    made = []
    for paper in papers:
        facts = (
            paper.doi,
            paper.arxiv,
            paper.pmid,
            fold(paper.heading),
            *map(fold, paper.authors[:1]),
            str(paper.year),
        )
        key = hashlib.sha256("\n".join(facts).encode("utf-8", "replace")).hexdigest()[:_KEY]
        used[key] = used.get(key, 0) + 1
        made.append(key if used[key] == 1 else f"{key}-{used[key]}")
    return made
