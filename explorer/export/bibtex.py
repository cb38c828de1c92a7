"""Papers → entries of BibTeX. Always true: braces are balanced, and no two entries of one file share a citation key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from explorer.paper import Paper

_NONE: Mapping[str, object] = MappingProxyType({})


def entry(paper: Paper, used: set[str] | None = None, more: Mapping[str, object] = _NONE) -> str:
    """One entry; `used` holds the citation keys of earlier entries, and gains this one; `more` are further fields."""
    venue = "journal" if paper.venue else "howpublished"
    authors = [name if "," in name or " " in name else f"{{{name}}}" for name in paper.authors]
    values = {
        "title": paper.title, "author": " and ".join(authors), "year": paper.year, venue: paper.venue,
        "doi": paper.doi, "eprint": paper.arxiv, "archiveprefix": "arXiv" if paper.arxiv else "",
        "pmid": paper.pmid, "pmcid": paper.pmcid, "url": paper.url,
        "keywords": ", ".join(paper.keywords), "abstract": paper.abstract, **more,
    }  # fmt: skip
    key = _citation_key(paper, set() if used is None else used)
    lines = [f"  {name} = {{{_balanced(str(value))}}}," for name, value in values.items() if value not in ("", None)]
    return "\n".join([f"@{'article' if paper.venue else 'misc'}{{{key},", *lines, "}"]) + "\n"


def _citation_key(paper: Paper, used: set[str]) -> str:
    base = re.sub(r"[^A-Za-z0-9:._/+-]+", "_", paper.id).strip("_") or "paper"
    key, number = base, 1
    while key in used:
        number += 1
        key = f"{base}_{number}"
    used.add(key)
    return key


def _balanced(text: str) -> str:
    """`text` with every brace that has no partner left out: one such brace would swallow the rest of the file."""
    opened: list[int] = []
    lonely: set[int] = set()
    for place, char in enumerate(text):
        if char == "{":
            opened.append(place)
        elif char == "}" and opened:
            opened.pop()
        elif char == "}":
            lonely.add(place)
    lonely.update(opened)
    return "".join(char for place, char in enumerate(text) if place not in lonely)
