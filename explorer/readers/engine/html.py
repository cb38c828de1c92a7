"""HTML, JATS and MathML that stand in a title or an abstract, made plain text.

Holds `plain`. Knows nothing of papers or files.
Always true: text without tags and entities comes back as it was; "p<0.05", "a < b and c > d" are no tags; every
pattern is linear in the length of the text.
"""

from __future__ import annotations

import html
import re

from explorer.tables import tables_of

_NAMES: dict[str, str] = tables_of(__file__)
_HEADING = r"(?:title|label|h[1-6])"
_PREFIX = r"(?:[a-z][\w-]{0,20}:)?"
_REST = r"(?:\s+[\w:.-]{1,60}\s{0,3}=\s{0,3}(?:\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'|[^\s\"'<>]{1,500})){0,20}\s{0,9}/?>"


def _tags(kind: str) -> re.Pattern[str]:
    names = sorted(map(re.escape, _NAMES[kind].split()), key=len, reverse=True)
    return re.compile(rf"</?{_PREFIX}(?:{'|'.join(names)}){_REST}", re.I)


_INLINE_TAG, _BLOCK_TAG = _tags("inline"), _tags("block")
_OTHER_TAG = re.compile(rf"</?(?:jats|mml|m|xhtml):[a-z][\w-]{{0,40}}{_REST}", re.IGNORECASE)
_NOTHING = re.compile(r"<!--[^<>]{0,2000}-->|<!\[CDATA\[|\]\]>|<\?[^<>]{0,500}\?>")
_HEADING_TEXT = re.compile(
    rf"<{_PREFIX}{_HEADING}{_REST}\s*([^<>]{{0,200}}?)\s*</{_PREFIX}{_HEADING}\s{{0,9}}>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_HIDDEN_TAG = re.compile(r"&lt;/?[a-z][\w:-]{0,40}(?:\s[^&<>]{0,200})?/?&gt;", re.IGNORECASE)
_ABOUT_ITSELF = {"", "abstract", "abstracts"}


def plain(text: str) -> str:
    """`text` without tags and entities; paragraphs are lines, a section's heading is its first words: "Methods: …"."""
    if "&" in text:
        if _HIDDEN_TAG.search(text):
            text = html.unescape(text)
        if "<" not in text:
            return _ENTITY.sub(_character, text)
    if "<" not in text:
        return text
    return _ENTITY.sub(_character, _without_tags(text))


def _without_tags(text: str) -> str:
    bare = _NOTHING.sub("", text)
    if not _BLOCK_TAG.search(bare):
        return _OTHER_TAG.sub("", _INLINE_TAG.sub("", bare))
    bare = " ".join(_INLINE_TAG.sub("", bare).split())
    bare = _BLOCK_TAG.sub("\n", _HEADING_TEXT.sub(_heading, bare))
    lines = [" ".join(line.split()) for line in _OTHER_TAG.sub("", bare).replace("\0", " ").split("\n")]
    paragraphs: list[str] = []
    for line in filter(None, lines):
        if paragraphs and paragraphs[-1].endswith("\x01"):
            paragraphs[-1] = paragraphs[-1][:-1] + " " + line
        else:
            paragraphs.append(line)
    return "\n".join(paragraphs).replace("\x01", "")


def _heading(match: re.Match[str]) -> str:
    # The mark at the end joins the heading with the paragraph after it.
    words = match[1].strip(" :.")
    return "\n" if words.casefold() in _ABOUT_ITSELF else f"\n{words}:\x01\n"


def _character(match: re.Match[str]) -> str:
    character = html.unescape(match[0])
    return " " if character == "\xa0" else character
