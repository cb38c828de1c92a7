"""A still copy of a database whose owner may be writing to it.

Holds `still_copy`. Knows nothing of tables, nor of what the database is about.
Always true: nothing is written, made or locked beside the original; the copy is of one moment, with the journals that
undo what was half done then; it is gone when it has been used.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.errors import UnreadableFile
from explorer.readers.io.stream import Stream

MAGIC = b"SQLite format 3\0"
PATIENCE = 15.0  # seconds to wait for a pause between two writes; Zotero's sync pauses every second or so
_JOURNALS = ("-journal", "-wal")
_BLOCK = 2**20
# SQLite locks these bytes and never stores anything there; on Windows a locked byte cannot even be read.
_LOCKED, _LOCKED_LENGTH = 2**30, 512
_TICK = 0.05  # seconds: clocks of file systems tick every 4 to 16 ms; two writes in one tick leave the same time


@contextmanager
def still_copy(stream: Stream) -> Iterator[Path]:
    """The path of a copy of the database that `stream` holds, unpacked if it was packed."""
    with tempfile.TemporaryDirectory(prefix="explorer-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "copy.sqlite"
        try:
            if _is_plain(stream.path):
                _copy_between_writes(stream.path.resolve(), copy, stream.name)
            else:
                with copy.open("wb") as file:
                    file.writelines(stream.blocks())
        except OSError as error:
            raise UnreadableFile(
                f"{stream.name}: cannot be copied to {folder} for reading ({error.strerror or error}). "
                "Check your rights, and that there is room for it"
            ) from error
        yield copy


def _is_plain(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _copy_between_writes(path: Path, copy: Path, name: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        before = _state(path)
        if not _just_written(before):
            for suffix in ("", *_JOURNALS):
                _copy(Path(f"{path}{suffix}"), Path(f"{copy}{suffix}"), must=not suffix)
            if _state(path) == before:
                return
        if time.monotonic() > until:
            raise UnreadableFile(
                f"{name}: is being written to without a pause. Close the program it belongs to, or wait until that "
                "has finished, and read it again"
            )
        time.sleep(_TICK)


def _state(path: Path) -> list[tuple[int, int, int] | None]:
    """Inode, size and time of change of the database and its journals; None for one that is not there."""
    statuses: list[tuple[int, int, int] | None] = []
    for suffix in ("", *_JOURNALS):
        try:
            status = Path(f"{path}{suffix}").stat()
            statuses.append((status.st_ino, status.st_size, status.st_mtime_ns))
        except FileNotFoundError:
            statuses.append(None)
    return statuses


def _just_written(state: list[tuple[int, int, int] | None]) -> bool:
    """Whether one more write could go unseen, because it would leave the same time of change."""
    return any(part is not None and 0 <= time.time() - part[2] / 1e9 < _TICK for part in state)


def _copy(source: Path, target: Path, must: bool) -> None:
    target.unlink(missing_ok=True)
    try:
        with source.open("rb", buffering=0) as file, target.open("wb") as out:
            while block := file.read(_BLOCK if file.tell() >= _LOCKED else min(_BLOCK, _LOCKED - file.tell())):
                out.write(block)
                if file.tell() == _LOCKED:
                    file.seek(_LOCKED_LENGTH, 1)
                    out.seek(_LOCKED_LENGTH, 1)
    except FileNotFoundError:
        if must:
            raise
        target.unlink(missing_ok=True)
