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
        "note": f"{paper.status}." if paper.status else "",
        "keywords": ", ".join(paper.keywords), "abstract": paper.abstract, **more,
    }  # fmt: skip
    key = citation_key(paper, used)
    lines = [f"  {name} = {{{_safe(str(value))}}}," for name, value in values.items() if value not in ("", None)]
    return "\n".join([f"@{'article' if paper.venue else 'misc'}{{{key},", *lines, "}"]) + "\n"


def citation_key(paper: Paper, used: set[str] | None = None) -> str:
    """The citation key of a paper, by its id; as in `entry`, none of `used`, which gains it."""
    used = set() if used is None else used
    base = re.sub(r"[^A-Za-z0-9:._/+-]+", "_", paper.id).strip("_") or "paper"
    key, number = base, 1
    while key in used:
        number += 1
        key = f"{base}_{number}"
    used.add(key)
    return key


def _safe(text: str) -> str:
    r"""`text` as a value that ends where it should for all readers, whether they count `\}` as a brace or not.

    Braces without a partner of their kind are left out, an @ that looks like the beginning of an entry gets a pair of
    braces, a backslash at the end is spelled.
    """
    opened: list[re.Match[str]] = []
    lonely: set[int] = set()
    for match in _BRACE.finditer(text):
        if match[0].endswith("{"):
            opened.append(match)
        elif opened and len(opened[-1][0]) % 2 == len(match[0]) % 2:
            opened.pop()
        else:
            lonely.add(match.start())
    lonely.update(match.start() for match in opened)
    text = _BRACE.sub(lambda match: "" if match.start() in lonely else match[0], text)
    text = text.replace("@", "{@}") if _ENTRY.search(text) else text
    bare = text.rstrip("\\")
    odd = (len(text) - len(bare)) % 2
    return text[:-1] + "\\textbackslash{}" if odd else text


_BRACE = re.compile(r"(?<!\\)(?:\\\\)*\\?[{}]")
_ENTRY = re.compile(r"@\s*[A-Za-z][\w-]*\s*[{(]")
