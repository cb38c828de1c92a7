"""A draft read from a file: its prose, paragraph by paragraph, and what it says it cites.

Knows nothing of libraries, passages or screens. Always true: a draft is parsed in a process of its own, within limits
(`confinement`); the only exception is `UnreadableFile`, which says what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from explorer.drafts.manuscript.citation import Citation, Manuscript
from explorer.drafts.manuscript.confinement import parsed
from explorer.drafts.manuscript.kinds import LIMIT, bibliography
from explorer.errors import UnreadableFile

__all__ = ["LIMIT", "Citation", "Manuscript", "bibliography", "read_manuscript"]


def read_manuscript(
    file: str | Path | bytes, name: str = "", *, companions: Mapping[str, bytes] | None = None
) -> Manuscript:
    r"""The draft in a file, a path or its bytes.

    `name` is what to call it. The bibliographies and the files of \input that it names are looked up in its folder and
    below; of bytes, in `companions`, by name. Raises UnreadableFile, naming the file and the next step, for what is no
    draft: protected, scanned, damaged or too large files, other formats, and what cannot be read within the limits.
    """
    if isinstance(file, bytes):
        name, data, folder = name or "draft", file, None
    else:
        path = Path(file)
        name = name or path.name
        data, folder = _bytes(path, name), path.parent
    if len(data) > LIMIT:
        raise UnreadableFile(
            f"{name}: is larger than {LIMIT >> 20} MB, which no draft is without its pictures. Save it without them, "
            "or paste its text"
        )
    return parsed(data, name, folder, companions or {})


def _bytes(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            raise UnreadableFile(f"{name}: is a folder. Give the file of the draft in it")
        with path.open("rb") as file:
            return file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise UnreadableFile(f"{name}: cannot be opened ({reason}). Check the name and your rights") from error
