"""Copies of the truth in the library's folder: made while it is open, put back, the latest two stay.

Knows files and how SQLite copies a file in use, not what is in it. Always true: a copy is whole or not there; what
a copy takes the place of stays beside the copies; none is begun for which the disk has no room.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from explorer.errors import LibraryError
from explorer.rights import reason_of, share
from explorer.store import checksums, commits, faults, log
from explorer.store.connection import FILE, VISITORS

FOLDER = "backups"
OFF = "EXPLORER_BACKUPS"
_KEPT = 2
_SPARE = 16 << 20  # bytes of the disk that a copy leaves free
_SHARE = 0.1  # of the papers: a change of more is preceded by a copy


def is_large(changed: int, papers: int) -> bool:
    """Whether a change of so many of the papers is preceded by a copy."""
    return changed > _SHARE * papers


def of(folder: Path) -> list[Path]:
    """The copies of the library in `folder`, the latest first."""
    return sorted((folder / FOLDER).glob("library-*.sqlite"), reverse=True)


def before_change(folder: Path, what: str) -> Path | None:
    """Make a copy before `what`, unless $EXPLORER_BACKUPS is 0 or nothing is there. Raises LibraryError as `make`."""
    if os.environ.get(OFF, "") == "0" or not (folder / FILE).is_file() or not (folder / FILE).stat().st_size:
        return None
    try:
        return make(folder)
    except NoRoom as error:
        raise NoRoom(f"{error}. It is made before {what}; without it: {OFF}=0") from None


class Restored(NamedTuple):
    """The copy that was put back, where the state before lies, and how many visitors' marks came back with it."""

    source: Path
    aside: Path | None
    visitors: int


class NoRoom(LibraryError):
    """The disk has no room for a copy."""


def make(folder: Path, target: Path | None = None) -> Path:
    """Copy the library in `folder` as it was last committed, to `target` or among its copies; the copy.

    The marks of visitors, which no change of the library touches, go with it to another place only: beside `target`,
    in the folder of its name with ".visitors". Raises LibraryError when the library is damaged, the disk has no room,
    or `target` is there already.
    """
    path = folder / FILE
    if not path.is_file():
        raise LibraryError(f"no library in {folder}; make one with: explorer add FILE")
    own = target is None
    target = target or folder / FOLDER / f"library-{_now()}.sqlite"
    marks = () if own else tuple(_visitors(folder / VISITORS))
    for place in (target, *([_beside(target)] if marks else [])):
        if place.exists():
            raise LibraryError(f"{place} is there already; choose another name")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"cannot make the folder {target.parent}: {reason_of(error)}") from error
    log.check(path, lambda: sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True))
    _check_room(target.parent, sum(each.stat().st_size for each in (*_files(folder), *marks)))
    temporary = target.with_name(f".{target.name}.part")
    try:
        _copy(path, temporary)
        share(temporary, folder)
        _copy_visitors(marks, _beside(target))
        temporary.replace(target)
    except OSError as error:
        raise LibraryError(f"{target} cannot be written: {reason_of(error)}") from error
    finally:
        temporary.unlink(missing_ok=True)
        if marks and not target.exists():  # else the same command would be refused for what is left of it
            shutil.rmtree(_beside(target), ignore_errors=True)
    for old in of(folder)[_KEPT:] if own else ():
        old.unlink(missing_ok=True)
    return target


def restore(folder: Path, source: Path | None = None) -> Restored:
    """Put a copy in place of the library, by default the latest.

    The marks of visitors that lie beside it come back where a visitor has none here; none are replaced. Call under the
    writer's lock. Raises LibraryError when there is no copy, or it is no whole library.
    """
    copies = of(folder)
    if source is None and not copies:
        raise LibraryError(f"no copy lies in {folder / FOLDER}; name another: explorer restore FILE")
    source = source or copies[0]
    if not source.is_file():
        raise LibraryError(f"no such file: {source}")
    wrong = _wrong(source)
    if wrong:
        raise LibraryError(f"{source} is no whole library ({wrong}); take an earlier copy: explorer restore FILE")
    lost = [file for file in _visitors(_beside(source)) if not (folder / VISITORS / file.name).exists()]
    _check_room(folder, sum(each.stat().st_size for each in (source, *lost)))
    temporary = folder / f".{FILE}.part"
    try:
        _copy(source, temporary)
        _copy_visitors(lost, folder / VISITORS)
        return Restored(source, replace(folder, temporary), len(lost))
    except OSError as error:
        raise LibraryError(f"{folder / FILE} cannot be replaced: {reason_of(error)}") from error
    finally:
        temporary.unlink(missing_ok=True)


def replace(folder: Path, new: Path) -> Path | None:
    """Put `new` in place of the library's file; the folder in which what was there lies."""
    old = _files(folder)
    aside = folder / FOLDER / f"replaced-{_now()}" if old else None
    if aside:
        aside.mkdir(parents=True)
        for file in old:  # the log first: a file without its log is what it was before
            file.rename(aside / file.name)
    (folder / commits.FILE).unlink(missing_ok=True)
    share(new, folder)
    new.replace(folder / FILE)
    return aside


def _files(folder: Path) -> list[Path]:
    return [path for end in ("-wal", "-shm", "") if (path := folder / f"{FILE}{end}").is_file()]


def _beside(copy: Path) -> Path:
    """Where the marks of visitors lie that were copied with a library."""
    return copy.with_name(f"{copy.name}.visitors")


def _visitors(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sqlite"))


def _copy_visitors(files: Iterable[Path], folder: Path) -> None:
    for file in files:
        folder.mkdir(exist_ok=True)
        temporary = folder / f".{file.name}.part"
        try:
            try:
                _copy(file, temporary)
            except LibraryError:  # damaged, which must not keep the rest from being copied
                shutil.copyfile(file, temporary)
            share(temporary, folder)
            temporary.replace(folder / file.name)
        finally:
            temporary.unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")


def _check_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if size + _SPARE > free:
        raise NoRoom(
            f"a copy of the library needs {_megabytes(size + _SPARE)} in {folder}, and {_megabytes(free)} are free; "
            "make room there"
        )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _copy(source: Path, target: Path) -> None:
    """Copy a library file and what its log holds, as of a single commit, also while it is written to; synced."""
    target.unlink(missing_ok=True)
    with (
        faults.translated(source),
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=30)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE").fetchone()  # no log of its own
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _wrong(path: Path) -> str:
    """What SQLite finds wrong with a copy; empty when nothing is."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            checksums.register(db)
            wrong = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
            if wrong != "ok":
                return wrong
            return "" if int(db.execute("PRAGMA user_version").fetchone()[0]) else "it holds nothing"
    except sqlite3.Error as error:
        return str(error)
