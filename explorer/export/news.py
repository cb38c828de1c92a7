"""News of saved searches → Markdown: a heading for each search, below it a line for each new paper.

Always true: text of papers and names of searches show as they are, whatever Markdown they look like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from explorer.export.plain import entry
from explorer.search.news import News

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&])")
_SAFE = ":/?#&=%;,+@!$'*~"  # parentheses would end the address


def markdown(fresh: Sequence[News]) -> str:
    """The searches in their order, the papers best first; empty when nothing is new."""
    return "\n".join(_section(news) for news in fresh if news.papers)


def _section(news: News) -> str:
    lines = [f"## {_escaped(news.search.name)} ({len(news.papers):,} new since {news.search.looked[:10]})", ""]
    for result in news.papers:
        links = result.paper.links
        reference = _escaped(entry(result.paper).removesuffix(next(iter(links.values()), "")).rstrip())
        named = [f"[{name}]({quote(address, safe=_SAFE)})" for name, address in links.items()]
        lines.append(" ".join([f"- {reference}", *named, f"(similarity {result.similarity:.2f})"]))
    return "\n".join([*lines, ""])


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
