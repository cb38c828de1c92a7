"""Where the files of an import lie: one file, a folder of them, an archive, or what is piped in.

Holds `at`. Knows nothing of formats, but for the few that are zip archives inside.
Always true: only regular files are opened, and nothing of an archive is ever written under its own name, so that no
name can reach outside; files come in the order of their names; what is passed over is a `Problem` that costs no record.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import BinaryIO, cast

from explorer.errors import UnreadableFile
from explorer.paper import Problem
from explorer.readers.io import limits
from explorer.readers.io.stream import Stream
from explorer.text import repair

STDIN = "-"
ZOTERO = "zotero.sqlite"  # in its folder, nothing else is read: not the files of papers, nor the copies beside it
_DEEPEST = 2  # archives around a file; a bomb packs archives into archives
# What operating systems and Office leave beside people's files.
_LEFTOVERS = frozenset(("thumbs.db", "desktop.ini", "__macosx"))
# Files that are zip archives inside, by a name in each: for the readers to recognise, or to call by their name.
_ONE_FILE = frozenset(("[content_types].xml", "mimetype", "meta-inf/manifest.mf"))
_KINDS = {
    stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"
}  # fmt: skip

Columns = Mapping[str, str | int]
Found = Stream | Problem


@dataclass(frozen=True)
class Place:
    """What a path stands for: `name` for people, a way to go through the files there, and the `file` that is alone."""

    name: str
    streams: Callable[[], Iterator[Found]]
    file: Stream | None = None


def at(path: str | Path, columns: Columns | None = None) -> Place:
    """The place that `path` names; "-" is what is piped in. Raises UnreadableFile when there is nothing to open."""
    if str(path) == STDIN:
        stream = Stream(_piped(sys.stdin.buffer), "stdin", columns)
    else:
        path = Path(path)
        kind = _kind(path)
        if kind == "a folder" and is_zotero(path):
            path, kind = path / ZOTERO, ""
        if kind == "a folder":
            return Place(repair(path.resolve().name), partial(_in_folder, path, columns))
        if kind:
            raise UnreadableFile(f"{path}: cannot be opened ({kind}). Give a file, or pipe it in with {STDIN}")
        stream = Stream(path, columns=columns)
    return _of(stream)


def named(path: Path, name: str, columns: Columns | None = None) -> Place:
    """The place of a file that lies at `path` for the time being, and is to be called `name`."""
    return _of(Stream(path, name, columns))


def _of(stream: Stream) -> Place:
    if _is_archive(stream):
        return Place(stream.name, partial(_opened, stream))
    return Place(stream.name, lambda: iter((stream,)), stream)


def is_zotero(path: Path) -> bool:
    """Whether `path` is the folder where Zotero keeps its library."""
    return path.is_dir() and (path / ZOTERO).is_file()


def _kind(path: Path) -> str:
    """What lies at `path` if it is no file: "a folder", "a pipe", what the system says; empty for a file."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        return (error.strerror if isinstance(error, OSError) else None) or str(error)
    return "" if stat.S_ISREG(mode) else "a folder" if stat.S_ISDIR(mode) else _KINDS.get(stat.S_IFMT(mode), "no file")


@lru_cache(maxsize=1)
def _piped(source: BinaryIO) -> Callable[[], BinaryIO]:
    """An opener of what is piped in; it can be read only once, so it is copied to the disk."""
    handle = tempfile.NamedTemporaryFile(prefix="explorer-")  # noqa: SIM115  lives as long as this process
    shutil.copyfileobj(source, handle)
    handle.flush()
    return lambda: Path(handle.name).open("rb")


# --------------------------------------------------------------------------------------------------------- folders


def _in_folder(folder: Path, columns: Columns | None) -> Iterator[Found]:
    for number, (path, kind) in enumerate(_walk(folder, set())):
        name = repair(path.relative_to(folder).as_posix())
        if number == limits.files():
            yield Problem(repair(folder.name), 0, 0, _too_many("folder"))
            return
        if kind:
            yield Problem(name, 0, 0, f"was passed over: {kind}")
        else:
            yield from _unpacked(Stream(path, name, columns))


def _walk(folder: Path, seen: set[tuple[int, int]]) -> Iterator[tuple[Path, str]]:
    """Files below `folder` in the order of their names, each with what keeps it from being read, or nothing."""
    waiting = [(folder, "a folder")]
    while waiting:
        path, kind = waiting.pop()
        if kind != "a folder":
            yield path, kind
            continue
        try:
            status = path.stat()
            if (status.st_dev, status.st_ino) in seen:  # a link that leads back
                continue
            seen.add((status.st_dev, status.st_ino))
            inside = [path / ZOTERO] if is_zotero(path) else sorted(path.iterdir(), reverse=True)
        except OSError as error:
            yield path, error.strerror or str(error)
            continue
        waiting += [(entry, _kind(entry)) for entry in inside if not _is_leftover(entry.name)]


def state_of(path: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of each file that would be read of a file or folder, by its path; empty where nothing is.

    Of a database also its log, which changes first.
    """
    states = {}
    for file, _ in _walk(path, set()) if path.is_dir() else [(path, "")]:
        for each in (file, file.with_name(f"{file.name}-wal")):
            with suppress(OSError):
                status = each.stat()
                states[str(each)] = status.st_size, status.st_mtime_ns
    return states


def _is_leftover(name: str) -> bool:
    return name.startswith((".", "~$")) or name.casefold() in _LEFTOVERS


def _too_many(what: str) -> str:
    return (
        f"the {what} holds more than {limits.files():,} files; the others were left. EXPLORER_LIMIT_FILES sets how many"
    )


def passed_over(name: str, error: UnreadableFile) -> Problem:
    """The remark that a file of several was passed over, for the reason of `error`."""
    return Problem(name, 0, 0, str(error).removeprefix(f"{name}: "))


# -------------------------------------------------------------------------------------------------------- archives


def _unpacked(stream: Stream, depth: int = 0) -> Iterator[Found]:
    """The file, or the files in it if it is an archive; at `depth` 2 that is one in an archive in an archive."""
    try:
        archive = _is_archive(stream)
    except UnreadableFile as error:
        yield passed_over(stream.name, error)
        return
    if archive and depth == _DEEPEST:
        reason = "is an archive in an archive in an archive, and was passed over. Unpack it first"
        yield Problem(stream.name, 0, 0, reason)
    elif archive:
        yield from _opened(stream, depth)
    else:
        yield stream


def _is_archive(stream: Stream) -> bool:
    """Whether the file is a zip archive of files, rather than a document that is one inside."""
    if not stream.magic().startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    with stream.open() as file, _zip(file, stream.name) as archive:
        return _ONE_FILE.isdisjoint(info.filename.casefold() for info in archive.infolist())


def _zip(file: BinaryIO, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(
            f"{name}: is a zip archive that is damaged or was not copied whole ({error}). Get it again"
        ) from error


def _opened(stream: Stream, depth: int = 0) -> Iterator[Found]:
    """The members of an archive, each a stream that unpacks it when read; of archives in it, theirs."""
    with stream.open() as file, _zip(file, stream.name) as archive:
        members = archive.infolist()
        size = file.seek(0, os.SEEK_END)
        if reason := limits.unpacked(sum(info.file_size for info in members), size):
            yield Problem(stream.name, 0, 0, f"the archive {reason}. Nothing of it was read")
            return
        for number, info in enumerate(sorted(members, key=lambda info: info.filename)):
            if number == limits.files():
                yield Problem(stream.name, 0, 0, _too_many("archive"))
                return
            # Not `info.is_dir()`: it raises on a name that begins with a NUL, which is an empty one.
            if not info.filename.endswith("/") and not any(map(_is_leftover, _parts(info.filename))):
                yield from _member(archive, info, stream, depth)


def _parts(name: str) -> list[str]:
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, outer: Stream, depth: int) -> Iterator[Found]:
    name = f"{outer.name}/{' '.join(repair(info.filename).replace(chr(92), '/').split())[:300]}"
    if info.flag_bits & 1:
        yield Problem(name, 0, 0, "is encrypted in the archive and was passed over. Unpack it with its password")
    else:
        stream = Stream(lambda: cast(BinaryIO, archive.open(info)), name, dict(outer.columns))
        yield from _unpacked(stream, depth + 1)
