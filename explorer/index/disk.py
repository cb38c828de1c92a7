"""Snapshots on disk: a folder each, under `derived` in the library's folder; any may be deleted at any time.

Knows which file holds what, not tables or papers. Always true: a snapshot is written under a temporary name, synced and
renamed, so it is there whole or not at all; nothing of a file is used before it was compared with its checksums.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.graph import Recall
from embeddings.index import VectorIndex
from explorer.errors import LibraryError
from explorer.index import vectors
from explorer.index.files import MANIFEST, CheckedFile, Files, damaged, write_manifest
from explorer.index.snapshot import Snapshot, Texts
from explorer.map.topics import Level, Topics
from explorer.rights import reason_of, share, share_all
from explorer.search.certainty import Scale
from explorer.search.chance import Chance
from explorer.search.words import FOLDER, WordIndex

_PARENT = "derived"
# Field of a snapshot → its file.
_ARRAYS = {
    "keys": "keys.npy", "positions": "map.npy", "pair_similarities": "pairs.npy", "drawn": "drawn.npy",
    "near": "near.npy", "stamps": "stamps.npy", "graph": "neighbours.npy",
}  # fmt: skip
_LATER = {
    "shares": "trust.npy",
    "typicality": "typical.npy",
    "doubt": "doubts.npy",
}  # what snapshots of earlier versions lack
# So do those of models that are not bundled, and those in which papers wait for a vector.
_LATER |= {"illegible": "illegible.npy"}
_SCALE = "scale.npy"
_TOPICS, _LABELS = "topics.npy", "topics.json"

T = TypeVar("T")
Vectors = Callable[[NDArray[np.int64], NDArray[np.uint64]], NDArray[np.float32]]
"""What gives the vectors of papers, (n, d), by their keys and stamps; zeros where a paper is not as it was."""


def folder_of(library: Path, fingerprint: str) -> Path:
    """Where the snapshot of this fingerprint lies."""
    return library / _PARENT / fingerprint


def place_of(library: Path, fingerprint: str) -> tuple[int, int] | None:
    """What tells the folder of this snapshot from what takes its place; None while there is none."""
    try:
        status = folder_of(library, fingerprint).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@contextmanager
def new_folder(target: Path, recall: Recall | None = None) -> Iterator[Path]:
    """A temporary folder to write a snapshot in; when the block ends well, it takes the place of `target`.

    `recall`: of its neighbours, for the manifest.
    """
    library = target.parent.parent
    try:
        target.parent.mkdir(exist_ok=True)
        share(target.parent, library)
        temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    except OSError as error:
        raise _unwritten(library, error) from error
    try:
        share(temporary, library)  # mkdtemp makes it private, a shared library folder need not be
        yield temporary
        share_all(temporary, library)
        write_manifest(temporary, target.name, asdict(recall) if recall else None)
        share(temporary / MANIFEST, library)
        for path in temporary.rglob("*"):
            _sync(path)
        if target.exists():
            target.rename(f"{temporary}-before")  # for `remove_others`: no time is lost until the new one is there
        temporary.rename(target)
        _sync(target.parent)
    except OSError as error:
        raise _unwritten(library, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def save(snapshot: Snapshot, folder: Path) -> None:
    """Write arrays, index and topics into `folder`; the words are written there by who has the texts."""
    for field, file in (_ARRAYS | _LATER).items():
        if (array := getattr(snapshot, field)) is not None:
            np.save(folder / file, array)
    vectors.save(snapshot.index, folder)
    if snapshot.scale is not None:
        np.save(folder / _SCALE, np.array([snapshot.scale.usual, *astuple(snapshot.scale.chance)], np.float64))
    assignments, labels = unmade(snapshot.topics, len(snapshot.keys))
    np.save(folder / _TOPICS, assignments)
    (folder / _LABELS).write_text(labels, encoding="utf-8")


def unmade(topics: Topics, count: int) -> tuple[NDArray[np.int32], str]:
    """The topics of `count` papers as they are written: of each level the topic of each paper, and the rest in JSON."""
    assignments = np.array([level.assignment for level in topics.levels], np.int32).reshape(len(topics.levels), count)
    levels = [
        {
            "labels": level.labels,
            "parents": level.parents,
            "seconds": level.seconds,
            "recipe": level.recipe,
            "hues": level.hues,
        }
        for level in topics.levels
    ]
    return assignments, json.dumps(levels, ensure_ascii=False)


def made(assignments: NDArray[np.int32], labels: str) -> Topics:
    """The topics that were written so."""
    return Topics(
        tuple(
            Level(
                tuple(level["labels"]), assignment, tuple(level["parents"]), tuple(level.get("seconds", ())),
                recipe=level.get("recipe", 0), hues=tuple(level.get("hues", ())),
            )
            for level, assignment in zip(json.loads(labels), assignments, strict=True)
        )
    )  # fmt: skip


def read(library: Path, fingerprint: str, texts: Texts | None = None) -> Snapshot:
    """The snapshot with this fingerprint, of which nothing is read but the manifest; `texts` see `Snapshot`.

    Raises DamagedLibrary, naming the file and the cure, when a file is missing or has another size, and then at the
    first use of whatever is not as it was written.
    """
    return _snapshot(_files(library, fingerprint), texts=texts)


def read_if_whole(library: Path, fingerprint: str, stored: Vectors | None = None) -> Snapshot | None:
    """The snapshot with this fingerprint, None when there is none or it is damaged; every byte of it is read.

    Where only the words are damaged, it is as if it had none; where it is the index, that is made of the vectors
    `stored`; codes are made anew by whoever needs them.
    """
    try:
        files = _files(library, fingerprint) if fingerprint else None
    except LibraryError:
        return None
    wrong = {name for name, _ in files.wrong()} if files else set()
    words = {name for name in wrong if name.startswith(f"{FOLDER}/")}
    if files is None or wrong - words - (vectors.FILES if stored else {vectors.CODES}):
        return None
    snapshot = _snapshot(files, words_damaged=bool(words), damaged=bool(wrong))
    if stored and wrong & (vectors.FILES - {vectors.CODES}):
        snapshot = replace(snapshot, index=VectorIndex.build(stored(snapshot.keys, snapshot.stamps)))
    return snapshot


def _files(library: Path, fingerprint: str) -> Files:
    """The files of the snapshot with this fingerprint. Raises DamagedLibrary."""
    return Files(folder_of(library, fingerprint), spare={vectors.CODES})


def _snapshot(files: Files, **also: Any) -> Snapshot:
    later: dict[str, Callable[[], Any]] = {
        field: partial(_array, files, file) for field, file in (_ARRAYS | _LATER).items()
    }
    later |= {"index": partial(_index, files), "topics": partial(_topics, files), "scale": partial(_scale, files)}
    later["recall"] = partial(_recall, files)
    return Snapshot.read_later(files.folder, later, open_words=partial(WordIndex.load, load=files.mapped), **also)


def damages(library: Path, fingerprint: str) -> list[tuple[str, str]]:
    """What is damaged of the snapshot with this fingerprint: file and reason; every byte of it is read."""
    try:
        wrong = _files(library, fingerprint).wrong()
        return [(f"{_PARENT}/{fingerprint}/{name}", str(error)) for name, error in wrong]
    except LibraryError as error:
        return [(f"{_PARENT}/{fingerprint}", str(error))]


def remove_others(library: Path, *fingerprints: str) -> None:
    """Delete all snapshots but these, and what a kill has left. Readers keep the files they have open."""
    parent = library / _PARENT
    for folder in parent.iterdir() if parent.is_dir() else ():
        if folder.name not in fingerprints:
            shutil.rmtree(folder, ignore_errors=True)


def _array(files: Files, name: str) -> NDArray[Any] | None:
    if name not in files and name in _LATER.values():
        return None
    return _checked(files, name, CheckedFile.array)


def _scale(files: Files) -> Scale | None:
    if _SCALE not in files:
        return None
    usual, *chance = _checked(files, _SCALE, CheckedFile.array).tolist()
    return Scale(usual, Chance(*chance))


def _recall(files: Files) -> Recall | None:
    return Recall(files.measured["share"], int(files.measured["nearest"])) if files.measured else None


def _index(files: Files) -> VectorIndex:
    try:
        return vectors.read(files)
    except (KeyError, ValueError) as error:
        raise damaged(files.folder / (vectors.VECTORS if vectors.VECTORS in files else vectors.INDEX), error) from error


def _topics(files: Files) -> Topics:
    assignments = _checked(files, _TOPICS, CheckedFile.array)
    labels = _checked(files, _LABELS, lambda file: file.read().tobytes().decode("utf-8"))
    return made(assignments, labels)


def _checked(files: Files, name: str, make: Callable[[CheckedFile], T]) -> T:
    """What `make` makes of a file. Raises DamagedLibrary, also when it is not named in the manifest."""
    try:
        return make(files[name])
    except (KeyError, ValueError) as error:
        raise damaged(files.folder / name, error) from error


def _unwritten(library: Path, error: OSError) -> LibraryError:
    return LibraryError(f"index and map of the library in {library} cannot be written: {reason_of(error)}")


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows neither can nor needs to sync a folder
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
