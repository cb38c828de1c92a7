"""The folder of a page: written whole beside its place, then put there; what is not such a page is never replaced.

Knows files, not what they hold. Always true: the folder is either as it was or whole; a file that somebody put into it
is never lost.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from explorer.errors import ExplorerError

MARK = "explorer-site.json"  # names the files of a page, so that the next export knows which are its own


def refuse_other(folder: Path) -> None:
    """Raise ExplorerError where `folder` holds anything but a page that was written before."""
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise ExplorerError(f"cannot write a page to {folder}: it is a file; name a folder")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    if not there:
        return
    try:
        own = set(json.loads((folder / MARK).read_text(encoding="utf-8"))["files"]) | {MARK}
    except (OSError, ValueError, KeyError, TypeError):
        raise ExplorerError(
            f"{folder} is no page written by explorer, so nothing in it is replaced; name another folder"
        ) from None
    if others := sorted(there - own):
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        raise ExplorerError(
            f"{folder} also holds {others[0]}{more}, which is not of the page; move it away, or name another folder"
        )


def write_folder(folder: Path, files: Mapping[str, bytes], facts: Mapping[str, object]) -> int:
    """Write `files` by their names, and MARK with `facts`, as `folder`; the number of bytes on the disk."""
    folder = folder.resolve()
    refuse_other(folder)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    mark = json.dumps({**facts, "files": digests}, indent=1, ensure_ascii=False).encode()
    temporary, old = (folder.with_name(f".{folder.name}.{kind}.{os.getpid()}") for kind in ("new", "old"))
    try:
        for name, data in {**files, MARK: mark}.items():
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if folder.exists():
            folder.rename(old)
        temporary.rename(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise ExplorerError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
    return sum(map(len, files.values())) + len(mark)
