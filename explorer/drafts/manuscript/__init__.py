"""A draft read from a file: its prose, paragraph by paragraph, and what it says it cites.

Holds `read_manuscript`, which picks the kind of file by what it holds: LaTeX, Word, PDF, Markdown, web page, text.
Knows nothing of libraries, passages or screens. Always true: nothing is fetched, written or run; only files in the
draft's own folder are opened beside it; the only exception is `UnreadableFile`, which says what to do.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from explorer import readers
from explorer.drafts.manuscript import latex, pdf, plain, word
from explorer.drafts.manuscript.citation import Citation, Manuscript
from explorer.errors import UnreadableFile
from explorer.paper import Paper
from explorer.readers.io.stream import Stream

__all__ = ["LIMIT", "Citation", "Manuscript", "bibliography", "read_manuscript"]

LIMIT = 64 * 2**20  # bytes of a draft: arXiv takes 50 MB, and what is larger holds pictures, not prose
_SHORTEST = 40  # characters of prose; less is no draft

_KINDS = (
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old Word document", "Save it as .docx"),
    (re.compile(rb"\{\\rtf"), "a rich text document", "Save it as .docx"),
    (re.compile(rb"%!PS"), "PostScript", "Save it as PDF"),
    (re.compile(rb"\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf|Rar!"), "a packed archive", "Unpack it, and give the draft in it"),
)  # fmt: skip
_LATEX = re.compile(r"\\(?:documentclass|begin\s?\{|(?:sub)*section\*?\s?\{|chapter\*?\s?\{|cite[a-z]{0,8}\s?[\[{])")
_BIBTEX = re.compile(r"(?:\s|%[^\n]*\n)*@[A-Za-z]{3,20}\s?[{(]")
_HTML = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body|article)\b", re.IGNORECASE)


def read_manuscript(
    file: str | Path | bytes, name: str = "", *, beside: Mapping[str, bytes] | None = None
) -> Manuscript:
    r"""The draft in a file, given by its path or as bytes.

    `name` is what to call it. Bibliographies that it names and that lie beside it (in its folder or below; of bytes,
    in `beside`, by name) are looked up; so are the files of \input. Raises UnreadableFile, naming the file and the next
    step, for what is no draft: protected, scanned, damaged or too large files, other formats.
    """
    if isinstance(file, bytes):
        data, folder = file, None
        name = name or "draft"
    else:
        path = Path(file)
        name = name or path.name
        data, folder = _bytes(path, name), path.parent
    if len(data) > LIMIT:
        raise UnreadableFile(
            f"{name}: is larger than {LIMIT >> 20} MB, which no draft is without its pictures. Save it without them, "
            "or paste its text"
        )
    place = _Beside(folder, beside or {})
    found = _read(data, name, place)
    if len(found.text) < _SHORTEST and not found.cited:
        raise UnreadableFile(f"{name}: holds no prose to compare with. Check that it is the draft, or paste its text")
    return found


def bibliography(file: str | Path | bytes, name: str = "") -> list[Paper]:
    """The papers of a bibliography, each with its citation key as `sources[0].key`; raises UnreadableFile.

    Any format that a library reads, BibTeX above all. Records that cannot be read are left out.
    """
    records = readers.read_bytes(file, name or "bibliography") if isinstance(file, bytes) else readers.read(file)
    return [record for record in records if isinstance(record, Paper)]


def _bytes(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            raise UnreadableFile(f"{name}: is a folder. Give the file of the draft in it")
        with path.open("rb") as file:
            return file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        said = (error.strerror if isinstance(error, OSError) else None) or error
        raise UnreadableFile(f"{name}: cannot be opened ({said}). Check the name and your rights") from error


def _read(data: bytes, name: str, place: _Beside) -> Manuscript:
    if not data.strip(b"\0 \r\n\t"):
        raise UnreadableFile(f"{name}: is empty. Check that it was saved")
    if b"%PDF-" in data[:1024]:
        return pdf.manuscript(data, name)
    if data.startswith(b"PK"):
        return word.manuscript(data, name)
    for pattern, what, cure in _KINDS:
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
        return _latex(name, text, place)
    found, wanted = plain.markdown(name, text) if plain.is_markdown(suffix, text) else (plain.text(name, text), ())
    return _looked_up(found, wanted, place)


def _latex(name: str, text: str, place: _Beside) -> Manuscript:
    found = latex.source(name, text, place.text)
    bbl = place.text(f"{PurePosixPath(name).stem}.bbl") or ""
    return _looked_up(latex.manuscript(name, found, bbl), found.bibliographies, place)


def _looked_up(found: Manuscript, wanted: tuple[str, ...], place: _Beside) -> Manuscript:
    papers: list[Paper] = []
    missing: list[str] = []
    for one in wanted:
        data = place.bytes(one)
        try:
            papers += bibliography(data, one) if data is not None else ()
        except UnreadableFile as error:
            missing.append(str(error))
        if data is None:
            missing.append(f"{found.name} asks for the bibliography {one}, which is not beside it")
    if papers:
        found = found.with_bibliography(papers)
    return Manuscript(found.name, found.text, found.cited, found.whole, (*found.notes, *missing))


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


class _Beside:
    """Files beside a draft: in its folder or below, or those given with it."""

    def __init__(self, folder: Path | None, given: Mapping[str, bytes]) -> None:
        self._folder = folder
        self._given = {PurePosixPath(name).name: data for name, data in given.items()}

    def bytes(self, name: str) -> bytes | None:
        """The file called `name`; None when there is none, or it lies elsewhere."""
        asked = PurePosixPath(name.replace("\\", "/").strip())
        if asked.is_absolute() or ".." in asked.parts or ":" in name or "\0" in name:
            return None
        if self._folder is None:
            return self._given.get(asked.name)
        try:
            root = self._folder.resolve()
            path = (root / asked).resolve()
            if not path.is_relative_to(root) or not path.is_file() or path.stat().st_size > LIMIT:
                return None
            return path.read_bytes()
        except (OSError, ValueError):
            return None

    def text(self, name: str) -> str | None:
        """The text of the file called `name`; None when there is none, or it holds no text."""
        data = self.bytes(name)
        try:
            return _text(data, name) if data is not None else None
        except UnreadableFile:
            return None
