"""Snapshots on disk: one folder each, under `derived` in the library's folder; any may be deleted at any time.

Knows files and checksums, not tables or papers. Always true: a snapshot is written under a temporary name, synced and
renamed, so it is there whole or not at all; every file is checked against its sha256 before it is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from embeddings.index import VectorIndex
from explorer.errors import LibraryError
from explorer.index.snapshot import Snapshot
from explorer.map.topics import Level, Topics

_PARENT = "derived"
_MANIFEST = "manifest.json"
_FORMAT = 4
# Field of a snapshot → its file.
_ARRAYS = {
    "keys": "keys.npy", "positions": "map.npy", "pair_similarities": "pairs.npy", "drawn": "drawn.npy",
    "near": "near.npy", "stamps": "stamps.npy", "neighbours": "neighbours.npy",
}  # fmt: skip
_INDEX, _TOPICS, _LABELS = "index.faiss", "topics.npy", "topics.json"

_digests: dict[tuple[int, ...], str] = {}  # what this process has read or written is not read again to be checked


def folder_of(library: Path, fingerprint: str) -> Path:
    """Where the snapshot of this fingerprint lies."""
    return library / _PARENT / fingerprint


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A temporary folder to write a snapshot in; when the block ends well, it takes the place of `target`."""
    target.parent.mkdir(exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        temporary.chmod(0o755)  # mkdtemp makes it private, a shared library folder need not be
        yield temporary
        files = sorted(path for path in temporary.rglob("*") if path.is_file())
        digests = {path.relative_to(temporary).as_posix(): _digest(path) for path in files}
        manifest = {"format": _FORMAT, "fingerprint": target.name, "files": digests}
        (temporary / _MANIFEST).write_text(json.dumps(manifest, indent=1))
        for path in temporary.rglob("*"):
            _sync(path)
        if target.exists():
            target.rename(f"{temporary}-before")  # for `remove_others`: no time is lost until the new one is there
        temporary.rename(target)
        _sync(target.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def save(snapshot: Snapshot, folder: Path) -> None:
    """Write arrays, index and topics into `folder`; the words are written there by who has the texts."""
    for field, file in _ARRAYS.items():
        np.save(folder / file, getattr(snapshot, field))
    snapshot.index.save(folder / _INDEX)
    np.save(folder / _TOPICS, np.stack([level.assignment for level in snapshot.topics.levels]))
    levels = [{"labels": level.labels, "parents": level.parents} for level in snapshot.topics.levels]
    (folder / _LABELS).write_text(json.dumps(levels, ensure_ascii=False), encoding="utf-8")


def read(library: Path, fingerprint: str) -> Snapshot:
    """The snapshot with this fingerprint. Raises LibraryError, naming the file and the cure, when it is not whole."""
    folder = folder_of(library, fingerprint)
    try:
        manifest = json.loads((folder / _MANIFEST).read_text())
        files = dict(manifest["files"])
        if manifest["format"] != _FORMAT or manifest["fingerprint"] != fingerprint:
            raise ValueError("another format or fingerprint")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder / _MANIFEST, library, error) from error
    for name, digest in files.items():
        try:
            if _digest(folder / name) != digest:
                raise ValueError("its checksum is not that of what was written")
        except (OSError, ValueError) as error:
            raise _damaged(folder / name, library, error) from error
    arrays = {field: np.load(folder / file, allow_pickle=False) for field, file in _ARRAYS.items()}
    return Snapshot(folder, index=VectorIndex.load(folder / _INDEX), topics=_topics(folder), **arrays)


def read_if_whole(library: Path, fingerprint: str) -> Snapshot | None:
    """The snapshot with this fingerprint, None when there is none or it is damaged."""
    try:
        return read(library, fingerprint) if fingerprint else None
    except LibraryError:
        return None


def remove_others(library: Path, fingerprint: str) -> None:
    """Delete all snapshots but this one, and what a kill has left. Readers keep the files they have open."""
    parent = library / _PARENT
    for folder in parent.iterdir() if parent.is_dir() else ():
        if folder.name != fingerprint:
            shutil.rmtree(folder, ignore_errors=True)


def _topics(folder: Path) -> Topics:
    assignments = np.load(folder / _TOPICS, allow_pickle=False)
    levels = json.loads((folder / _LABELS).read_text(encoding="utf-8"))
    pairs = zip(levels, assignments, strict=True)
    made = [Level(tuple(level["labels"]), assignment, tuple(level["parents"])) for level, assignment in pairs]
    return Topics(tuple(made))


def _damaged(path: Path, library: Path, reason: object) -> LibraryError:
    return LibraryError(f"{path} cannot be used: {reason}. Nothing is lost; run: explorer build --library {library}")


def _digest(path: Path) -> str:
    """sha256 of a file, computed once for as long as nobody writes to it, whatever folder it moves to."""
    status = path.stat()
    version = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    if version not in _digests:
        with path.open("rb") as file:
            _digests[version] = hashlib.file_digest(file, "sha256").hexdigest()
    return _digests[version]


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows neither can nor needs to sync a folder
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
