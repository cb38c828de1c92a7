"""Markdown, web pages and plain text as prose, with pandoc's citations.

Holds how these mark headings, code, tables and citations. Fetches nothing. Always true: every pass takes time linear in
the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from explorer.drafts.manuscript import citation
from explorer.drafts.manuscript.blocks import Block, assembled, clean, manuscript_of, without
from explorer.drafts.manuscript.citation import Citation, Manuscript
from explorer.text import readable

MARKDOWN = (".md", ".markdown", ".mkd", ".qmd", ".rmd", ".mdx")
_FRONT = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_YAML_TITLE = re.compile(r"^title:[ \t]*[\"']?(.{1,500}?)[\"']?[ \t]*$", re.MULTILINE)
_YAML_BIB = re.compile(r"^bibliography:[ \t]*((?:.*)(?:\n[ \t]*-[^\n]*)*)", re.MULTILINE)
_KEY = r"(?:\{[^{}\s]{1,200}\}|[\w](?:[\w]|[:.#$%&+?<>~/\-](?=[\w])){0,200})"
_CITED = re.compile(rf"(?<![\w@.\\])-?@({_KEY})")
_GROUP = re.compile(rf"[ \t]{{0,3}}\[[^\[\]]{{0,500}}@{_KEY}[^\[\]]{{0,500}}\](?![(:])")
_ATX = re.compile(r" {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*(?:[ \t]*\{[^{}]*\})?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_TABLE = re.compile(r"[ \t]*(?:\|.*|.*\|[ \t]*|\+[-=+]{3,}|[-:| ]{5,})$")
_IMAGE = re.compile(r"!\[([^\[\]]{0,2000})\](?:\([^()\n]{0,2000}\)|\[[^\[\]]{0,200}\])(?:\{[^{}]{0,300}\})?")
_LINK = re.compile(r"\[([^\[\]]{1,1000})\](?:\([^()\n]{0,2000}\)|\[[^\[\]]{0,200}\])")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_MARK = re.compile(r"(?<!\w)(?:\*{1,3}|_{1,3}|~~)(?=\S)|(?<=\S)(?:\*{1,3}|_{1,3}|~~)(?!\w)|`+")
_LIST = re.compile(r"[ \t]{0,12}(?:[-*+]|\d{1,3}[.)])[ \t]+|[ \t]{0,3}>[ \t]?")
_NOTE = re.compile(r"\[\^[^\[\]\s]{1,80}\]:?")
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?[ \t]+\S")
_HEADING_LENGTH = 90  # characters: longer lines are sentences


def is_markdown(suffix: str, text: str) -> bool:
    """Whether a text is Markdown, by its name or by headings or citations in it."""
    if suffix in MARKDOWN:
        return True
    head = text[:200_000]
    return bool(_GROUP.search(head)) or any(_ATX.match(line) for line in head.split("\n", 500))


def markdown(name: str, text: str) -> tuple[Manuscript, tuple[str, ...]]:
    """The draft in Markdown, and the bibliographies that it names."""
    text = text.replace("\r\n", "\n")
    title, bibliographies = "", ()
    if front := _FRONT.match(text):
        text = text[front.end() :]
        if match := _YAML_TITLE.search(front[1]):
            title = f"# {match[1]}\n\n"
        if match := _YAML_BIB.search(front[1]):
            bibliographies = tuple(re.findall(r"[\w./\-]+\.(?:bib|json|ris|biblatex)\b", match[1]))
    blocks = list(_markdown_blocks(title + without(text, "<!--", "-->")))
    prose, references = assembled(blocks)
    keys = dict.fromkeys(match[1].strip("{}") for block in blocks for match in _CITED.finditer(block.text))
    whole = "*" in text and bool(re.search(r"^nocite:.*@\*", front[1] if front else "", re.MULTILINE | re.DOTALL))
    prose = "\n\n".join(line if line.startswith("# ") else _without_citations(line) for line in prose.split("\n\n"))
    listed = citation.of_list(name, [_inline(line) for line in references])
    return Manuscript(name, prose, citation.unique((*map(Citation, keys), *listed)), whole), bibliographies


def _without_citations(text: str) -> str:
    text = _GROUP.sub("", text)
    return _CITED.sub(lambda match: f"[{match[1].strip('{}')}]", text)


def _markdown_blocks(text: str) -> Iterator[Block]:
    lines: list[str] = []  # of the paragraph so far
    fence = ""

    def paragraph(*, heading: bool = False) -> Iterator[Block]:
        if lines:
            yield Block(_inline("\n".join(lines)), heading=heading)
            lines.clear()

    for line in text.split("\n"):
        match = _FENCE.match(line)
        if fence or match:
            if match and not fence:
                yield from paragraph()
                fence = match[1]
            elif match and match[1].startswith(fence) and not line[match.end() :].strip():
                fence = ""
            continue
        if heading := _ATX.match(line):
            yield from paragraph()
            yield Block(_inline(heading[1]), heading=True)
        elif len(lines) == 1 and len(line.strip()) > 1 and _SETEXT.match(line):
            yield from paragraph(heading=True)
        elif not line.strip() or line.strip() in ("---", "***", "___"):
            yield from paragraph()
        elif not _TABLE.match(line):
            if _LIST.match(line) and lines and not line.lstrip().startswith(">"):
                yield from paragraph()
            lines.append(_LIST.sub("", line, count=1))
    yield from paragraph()


def _inline(text: str) -> str:
    text = _NOTE.sub(" ", _TAG.sub(" ", _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))))
    return readable(_MARK.sub("", text).replace("\\@", "@"))


# ------------------------------------------------------------------------------------------------------ plain text


def text(name: str, text: str) -> Manuscript:
    """The draft in plain text: paragraphs by blank lines, or one a line; short lines alone are headings."""
    text = text.replace("\r\n", "\n").replace("\f", "\n\n")
    pieces = re.split(r"\n[ \t]*\n\s*", text)
    if len(pieces) == 1 and max(map(len, text.split("\n"))) > 200:
        pieces = text.split("\n")
    return manuscript_of(name, _text_blocks(pieces))


def _text_blocks(pieces: list[str]) -> Iterator[Block]:
    for piece in pieces:
        lines = [line.strip() for line in piece.split("\n") if line.strip()]
        if len(lines) > 1 and (citation.is_references(lines[0]) or _NUMBERED.match(lines[0])) and _is_heading(lines[0]):
            yield Block(lines.pop(0), heading=True)
        if len(lines) == 1 and _is_heading(lines[0]):
            yield Block(lines[0], heading=True)
        elif lines:
            yield Block("\n".join(lines))


def _is_heading(line: str) -> bool:
    if len(line) > _HEADING_LENGTH or line[-1] in ".,;:!?" or not any(char.isalpha() for char in line):
        return citation.is_references(line)
    return line[0].isupper() or bool(_NUMBERED.match(line)) or line.startswith("# ")


# -------------------------------------------------------------------------------------------------------- web pages


# A parser looks for the end of each tag that has none through all of the rest, so of 50,000 "<!--" in hours.
_DECLARATION = re.compile(r"<[!?][^<>]*+>?")
_NO_TAG = re.compile(r"<(?!/?[A-Za-z](?:[^<>\"']++|\"[^\"]{0,500}+\"|'[^']{0,500}+'){0,100}+>)")


def _whole_tags(text: str) -> str:
    """`text` without comments and declarations, every "<" that begins no whole tag as a character."""
    return _NO_TAG.sub("&lt;", _DECLARATION.sub(" ", without(text, "<!--", "-->")))


def web_page(name: str, text: str) -> Manuscript:
    """The draft in a web page: its headings and paragraphs, without navigation, code and tables."""
    page = _Page()
    page.feed(_whole_tags(text))
    page.close()
    page.flush()
    return manuscript_of(name, page.blocks)


_SKIPPED = frozenset(
    "head script style table nav header footer pre code noscript template svg math form select button".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PARTS = frozenset("p li blockquote figcaption div section article main dd dt body hr ul ol figure aside".split())


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._skipping = ""
        self._depth = 0
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping:
            self._depth += tag == self._skipping
        elif tag in _SKIPPED:
            self._skipping, self._depth = tag, 1
        elif tag == "br":
            self._text.append(" ")
        elif tag in _HEADINGS or tag in _PARTS:
            self.flush()
            self._heading = tag in _HEADINGS

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._depth -= tag == self._skipping
            if not self._depth:
                self._skipping = ""
        elif tag in _HEADINGS or tag in _PARTS:
            self.flush()
            self._heading = False

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._text.append(data)

    def flush(self) -> None:
        """Make a block of the text since the last one."""
        text = clean("".join(self._text))
        self._text.clear()
        if text:
            self.blocks.append(Block(text, heading=self._heading and len(text) < 300))
