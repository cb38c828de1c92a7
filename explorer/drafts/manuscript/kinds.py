"""The kinds of files that drafts come in: LaTeX, Word, PDF, Markdown, web page, text, told apart by what they hold.

Knows nothing of libraries, passages or screens. Always true: nothing is fetched, written or run; of other files only
those in the draft's own folder are opened; the only exception is `UnreadableFile`, which says what to do.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from explorer import readers
from explorer.drafts.manuscript import latex, pdf, plain, word
from explorer.drafts.manuscript.citation import Manuscript
from explorer.errors import UnreadableFile
from explorer.paper import Paper
from explorer.readers.io.stream import Stream

LIMIT = 64 * 2**20  # bytes of a draft: arXiv takes 50 MB, and what is larger holds pictures, not prose
_SHORTEST = 40  # characters of prose; less is no draft

_OTHERS = (
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old Word document", "Save it as .docx"),
    (re.compile(rb"\{\\rtf"), "a rich text document", "Save it as .docx"),
    (re.compile(rb"%!PS"), "PostScript", "Save it as PDF"),
    (re.compile(rb"\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf|Rar!"), "a packed archive", "Unpack it, and give the draft in it"),
)  # fmt: skip
_LATEX = re.compile(r"\\(?:documentclass|begin\s?\{|(?:sub)*section\*?\s?\{|chapter\*?\s?\{|cite[a-z]{0,8}\s?[\[{])")
_BIBTEX = re.compile(r"(?:\s|%[^\n]*\n)*@[A-Za-z]{3,20}\s?[{(]")
_HTML = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body|article)\b", re.IGNORECASE)


def manuscript(data: bytes, name: str, companions: Companions) -> Manuscript:
    """The draft in `data`, called `name`; raises UnreadableFile for what is no draft."""
    draft = _read(data, name, companions)
    if len(draft.text) < _SHORTEST and not draft.cited:
        raise UnreadableFile(f"{name}: holds no prose to compare with. Check that it is the draft, or paste its text")
    return draft


def bibliography(file: str | Path | bytes, name: str = "") -> list[Paper]:
    """The papers of a bibliography, each with its citation key as `sources[0].key`; raises UnreadableFile.

    Any format that a library reads, BibTeX above all. Records that cannot be read are left out.
    """
    records = readers.read_bytes(file, name or "bibliography") if isinstance(file, bytes) else readers.read(file)
    return [record for record in records if isinstance(record, Paper)]


def _read(data: bytes, name: str, companions: Companions) -> Manuscript:
    if not data.strip(b"\0 \r\n\t"):
        raise UnreadableFile(f"{name}: is empty. Check that it was saved")
    if b"%PDF-" in data[:1024]:
        return pdf.manuscript(data, name)
    if data.startswith(b"PK"):
        return word.manuscript(data, name)
    for pattern, what, cure in _OTHERS:
        if pattern.match(data):
            raise UnreadableFile(f"{name}: is {what}, which cannot be read. {cure}")
    text = _text(data, name)
    if _BIBTEX.match(text):
        raise UnreadableFile(f"{name}: is a bibliography, not a draft. Give the draft, and this beside it (--bib)")
    if _HTML.match(text):
        return plain.web_page(name, text)
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in (".tex", ".ltx", ".latex") or (
        suffix not in plain.MARKDOWN and len(_LATEX.findall(text[:200_000])) > 1
    ):
        source = latex.source(name, text, companions.text)
        bbl = companions.text(f"{PurePosixPath(name).stem}.bbl") or ""
        return _looked_up(latex.manuscript(name, source, bbl), source.bibliographies, companions)
    if plain.is_markdown(suffix, text):
        return _looked_up(*plain.markdown(name, text), companions)
    return plain.text(name, text)


def _looked_up(manuscript: Manuscript, bibliographies: Sequence[str], companions: Companions) -> Manuscript:
    """The draft with the papers that its keys mean in the bibliographies it names, and notes on what is missing."""
    papers: list[Paper] = []
    notes = list(manuscript.notes)
    for name in bibliographies:
        data = companions.bytes(name)
        if data is None:
            notes.append(f"{manuscript.name} asks for the bibliography {name}, which is not beside it")
            continue
        try:
            papers += bibliography(data, name)
        except UnreadableFile as error:
            notes.append(str(error))
    return replace(manuscript.with_bibliography(papers) if papers else manuscript, notes=tuple(notes))


def _text(data: bytes, name: str) -> str:
    stream = Stream(lambda: io.BytesIO(data), name)
    text = "\n".join(line.text for line in stream.lines())
    head = text[:4096]
    if sum(not char.isprintable() and not char.isspace() for char in head) * 20 > len(head):
        raise UnreadableFile(
            f"{name}: holds no text. Readable are LaTeX, Word (.docx), PDF, Markdown, web pages and plain text"
        )
    if len(text) > latex.LIMIT:
        raise UnreadableFile(f"{name}: has more than {latex.LIMIT:,} characters. Give one chapter at a time")
    return text


class Companions:
    """The files beside a draft: in its folder or below, or, without a folder, `files` by name."""

    def __init__(self, folder: Path | None, files: Mapping[str, bytes]) -> None:
        self._folder = folder
        self._files = {PurePosixPath(name).name: data for name, data in files.items()}

    def bytes(self, name: str) -> bytes | None:
        """The file called `name`; None when there is none, or it lies elsewhere."""
        path = PurePosixPath(name.replace("\\", "/").strip())
        if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
            return None
        if self._folder is None:
            return self._files.get(path.name)
        try:
            root = self._folder.resolve()
            file = (root / path).resolve()
            if not file.is_relative_to(root) or not file.is_file() or file.stat().st_size > LIMIT:
                return None
            return file.read_bytes()
        except (OSError, ValueError):
            return None

    def text(self, name: str) -> str | None:
        """The text of the file called `name`; None when there is none, or it holds no text."""
        data = self.bytes(name)
        try:
            return _text(data, name) if data is not None else None
        except UnreadableFile:
            return None
