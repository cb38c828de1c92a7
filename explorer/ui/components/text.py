"""Text of papers and users for Streamlit's widgets.

Always true: what goes through `plain` shows as it is, whatever Markdown it looks like.
"""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """`text` for a Streamlit call that reads Markdown, so that it shows as it is: all punctuation escaped."""
    return _PUNCTUATION.sub(r"\\\1", text)


def quoted(text: str, most: int = 120) -> str:
    """`text` in quotes for a heading, cut after a word."""
    return f"“{text}”" if len(text) <= most else f"“{text[:most].rsplit(' ', 1)[0]} …”"
