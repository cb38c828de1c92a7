"""Files that are written once: under a temporary name, synced, renamed to a name that holds the sum of their bytes.

Knows names and bytes, not what they mean. Always true: a file that is there under its name is whole, or `whole` says
that it is not; whoever writes the same bytes again, at the same time even, changes nothing.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from explorer.errors import LibraryError
from explorer.rights import reason_of, share

_PART = ".part"  # end of the names under which files are begun


def sum_of(data: bytes) -> str:
    """16 hexadecimal digits that change with any bit of `data`."""
    return blake2b(data, digest_size=8).hexdigest()


def write_once(folder: Path, stem: str, suffix: str, data: bytes) -> str:
    """Write STEM-SUM.SUFFIX, unless it is there already and whole; its name. Raises LibraryError when it cannot be."""
    name = f"{stem}-{sum_of(data)}{suffix}"
    if whole(folder / name) is None:
        try:
            replace(folder / name, data)
        except LibraryError:  # Windows refuses a second writer, say: what counts is that the file is there
            if whole(folder / name) is None:
                raise
    return name


def whole(path: Path) -> bytes | None:
    """The bytes of a file that was written by `write_once`, None where it is missing or damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if path.stem.rpartition("-")[2] == sum_of(data) else None


def replace(path: Path, data: bytes) -> None:
    """Write a file whole, or not at all; synced. Raises LibraryError when the disk refuses."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}{_PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        share(part, path.parent)
        part.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {reason_of(error)}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def first_to_write(path: Path, data: bytes) -> bytes:
    """Write a file unless there is such a file; its bytes, which are those of whoever came first."""
    mine = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}{_PART}")
    if not path.exists():
        replace(mine, data)
        try:
            os.link(mine, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links: two who begin within the same moment might both write
            replace(path, data)
        finally:
            mine.unlink(missing_ok=True)
    return path.read_bytes()


def sweep(*folders: Path) -> None:
    """Take away what was begun by jobs that were killed."""
    for folder in folders:
        for part in folder.glob(f".*{_PART}"):
            with suppress(OSError):
                part.unlink()


def sealed(content: Mapping[str, Any]) -> str:
    """`content` as a line of JSON, with its sum; equal contents give equal lines."""
    text = json.dumps(content, sort_keys=True)
    return json.dumps({"content": content, "sum": sum_of(text.encode())}, sort_keys=True)


def unsealed(line: str) -> dict[str, Any] | None:
    """The content of a `sealed` line, None where it is damaged."""
    try:
        read = json.loads(line)
        content = read["content"]
        text = json.dumps(content, sort_keys=True)
        return dict(content) if read["sum"] == sum_of(text.encode()) else None
    except (ValueError, TypeError, KeyError):
        return None


def _sync(folder: Path) -> None:
    """Let the names in a folder outlast a loss of power; where folders cannot be opened, the system sees to it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
