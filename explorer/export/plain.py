"""Papers → references for people: a line each, to paste into a letter or a document. Always true: one line a paper."""

from __future__ import annotations

from explorer.paper import Paper, author_name
from explorer.text import readable

_MOST_AUTHORS = 6  # beyond it three names and "et al."; collaborations sign with hundreds


def entry(paper: Paper) -> str:
    """Authors (year). Title. Venue. The address of the paper; what is missing is left out."""
    names = [readable(author_name(name)) for name in paper.authors]
    signed = ", ".join(names if len(names) <= _MOST_AUTHORS else [*names[:3], "et al."])
    head = " ".join(filter(None, (signed, f"({paper.year})" if paper.year else "")))
    status = f"[{paper.status}]" if paper.status else ""
    parts = (head, " ".join(filter(None, (status, paper.heading))), readable(paper.venue))
    ended = [part if part.endswith((".", "?", "!")) else f"{part}." for part in map(_line, parts) if part]
    return " ".join([*ended, *list(paper.links.values())[:1]])


def _line(text: str) -> str:
    return " ".join(text.split())
