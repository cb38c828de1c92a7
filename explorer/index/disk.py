"""What is computed from the store and may be deleted at any time: index, words, map, topics, pair similarities.

Knows files and checksums, not tables or papers. Always true: a build is one folder, written under a temporary name,
synced and renamed, so it is there whole or not at all; every file is checked against its sha256 before it is used;
row i of every array belongs to `keys[i]`, and keys grow.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from explorer.errors import LibraryError
from explorer.map.topics import Level, Topics
from explorer.search import bm25, words
from explorer.search.bm25 import Bm25
from explorer.search.words import Keywords

FOLDER = "derived"
_MANIFEST = "manifest.json"
_FORMAT = 4


@dataclass(frozen=True)
class Build:
    """Everything derived from one state of the library."""

    fingerprint: str
    keys: NDArray[np.int64]  # (n,) the store's key of each row
    index: VectorIndex  # n unit vectors
    positions: NDArray[np.float32]  # (n, 2) the map
    topics: Topics
    pair_similarities: NDArray[np.float32]  # (p,) of random pairs of papers, ascending
    drawn: NDArray[np.bool_]  # (n,) False where the place is provisional: found among neighbours, not by drawing
    near: NDArray[np.int64]  # (q, 2) keys of near-copies, the smaller first
    stamps: NDArray[np.uint64]  # (n,) changes with the words that are indexed
    neighbours: NDArray[np.int32]  # (n, k) the nearest other rows of each, best first
    folder: Path | None = None  # where it was read from

    @cached_property
    def keywords(self) -> Keywords:
        """The keyword index, opened when it is first used. Raises LibraryError when it is gone."""
        try:
            return Keywords.load(self.folder / words.FOLDER if self.folder else Path(words.FOLDER))
        except (ValueError, OSError) as error:
            raise LibraryError(f"the keyword index of {self.folder} is gone; run: explorer build ({error})") from error

    @cached_property
    def bm25(self) -> Bm25:
        """The words of all papers, opened when they are first asked for. Raises LibraryError when they are gone."""
        try:
            return Bm25.load(self.folder / bm25.FOLDER if self.folder else Path(bm25.FOLDER))
        except (ValueError, OSError) as error:
            raise LibraryError(f"the words of {self.folder} are gone; run: explorer build ({error})") from error

    def rows(self, keys: set[int]) -> NDArray[np.bool_]:
        """Mask (n,) of the rows whose key is in `keys`."""
        return np.isin(self.keys, np.fromiter(keys, np.int64, len(keys)))

    def row(self, key: int) -> int | None:
        """Row of a key, None when the paper came after this build."""
        row = int(np.searchsorted(self.keys, key))
        return row if row < len(self.keys) and self.keys[row] == key else None


def write(library: Path, build: Build, write_words: Callable[[Path], None]) -> None:
    """Write `build` into `library`/derived under its fingerprint; a folder of that name is replaced.

    `write_words` is given the folder in which to make the folders `keywords` and `bm25`.
    """
    parent = library / FOLDER
    parent.mkdir(exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=parent))
    try:
        _write_files(temporary, build)
        write_words(temporary)
        files = sorted(path for path in temporary.rglob("*") if path.is_file())
        manifest = {
            "format": _FORMAT,
            "fingerprint": build.fingerprint,
            "files": {path.relative_to(temporary).as_posix(): _digest(path) for path in files},
        }
        (temporary / _MANIFEST).write_text(json.dumps(manifest, indent=1))
        for path in temporary.rglob("*"):
            _sync(path)
        target = parent / build.fingerprint
        if target.exists():
            shutil.rmtree(target)
        temporary.rename(target)
        _sync(parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_files(folder: Path, build: Build) -> None:
    folder.chmod(0o755)  # mkdtemp makes it private, a shared library folder need not be
    np.save(folder / "keys.npy", build.keys)
    np.save(folder / "map.npy", build.positions)
    np.save(folder / "pairs.npy", build.pair_similarities)
    np.save(folder / "drawn.npy", build.drawn)
    np.save(folder / "near.npy", build.near)
    np.save(folder / "stamps.npy", build.stamps)
    np.save(folder / "neighbours.npy", build.neighbours)
    np.save(folder / "topics.npy", np.stack([level.assignment for level in build.topics.levels]))
    levels = [{"labels": level.labels, "parents": level.parents} for level in build.topics.levels]
    (folder / "topics.json").write_text(json.dumps(levels, ensure_ascii=False), encoding="utf-8")
    build.index.save(folder / "index.faiss")


def read(library: Path, fingerprint: str) -> Build:
    """The build with this fingerprint. Raises LibraryError, naming the file and the cure, when it is not whole."""
    folder = library / FOLDER / fingerprint
    try:
        manifest = json.loads((folder / _MANIFEST).read_text())
        files = dict(manifest["files"])
        if manifest["format"] != _FORMAT or manifest["fingerprint"] != fingerprint:
            raise ValueError("another format or fingerprint")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder / _MANIFEST, library, error) from error
    for name, digest in files.items():
        try:
            found = _digest(folder / name)
        except OSError as error:
            raise _damaged(folder / name, library, error) from error
        if found != digest:
            raise _damaged(folder / name, library, "its checksum is not that of what was written")
    return _read_files(folder, fingerprint)


def _read_files(folder: Path, fingerprint: str) -> Build:
    assignments = np.load(folder / "topics.npy", allow_pickle=False)
    levels = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
    return Build(
        fingerprint=fingerprint,
        keys=np.load(folder / "keys.npy", allow_pickle=False),
        index=VectorIndex.load(folder / "index.faiss"),
        positions=np.load(folder / "map.npy", allow_pickle=False),
        topics=Topics(
            tuple(
                Level(tuple(level["labels"]), assignment, tuple(level["parents"]))
                for level, assignment in zip(levels, assignments, strict=True)
            )
        ),
        pair_similarities=np.load(folder / "pairs.npy", allow_pickle=False),
        drawn=np.load(folder / "drawn.npy", allow_pickle=False),
        near=np.load(folder / "near.npy", allow_pickle=False),
        stamps=np.load(folder / "stamps.npy", allow_pickle=False),
        neighbours=np.load(folder / "neighbours.npy", allow_pickle=False),
        folder=folder,
    )


def remove_others(library: Path, fingerprint: str) -> None:
    """Delete all builds but this one, and what a killed build left. Readers keep the files they have open."""
    parent = library / FOLDER
    for folder in parent.iterdir() if parent.is_dir() else ():
        if folder.name != fingerprint:
            shutil.rmtree(folder, ignore_errors=True)


def _damaged(path: Path, library: Path, reason: object) -> LibraryError:
    return LibraryError(f"{path} cannot be used: {reason}. Nothing is lost; run: explorer build --library {library}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows neither can nor needs to sync a folder
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
