"""Rights and room in a folder: what new files there may be read and written by, and what to say when they cannot be.

Knows files of the operating system, not what is in them. Always true: whoever may write in the folder may write what
was made in it, and whoever may read the folder may read that.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from explorer.errors import LibraryError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM}
_IN_USE = {32, 33}  # what Windows says of a file that is open or locked, also as errno.EACCES


class SealedLibrary(LibraryError):
    """A library that is only read here, by people whose marks it must not keep."""

    def __init__(self) -> None:
        super().__init__("this library is only read here: nothing in it can be changed, but by its owner elsewhere")


def share(path: Path, folder: Path) -> None:
    """Give what was made at `path` the rights of `folder`; a file gets none to be run. Those of others' files stay."""
    if os.name != "posix":
        return  # elsewhere rights are inherited
    with suppress(OSError):
        mode = folder.stat().st_mode & 0o2777
        mode = mode if path.is_dir() else mode & 0o666
        if path.stat().st_mode & 0o2777 != mode:
            path.chmod(mode)


def share_all(folder: Path, parent: Path) -> None:
    """Give `folder` and all that lies in it the rights of `parent`."""
    for path in (folder, *folder.rglob("*")):
        share(path, parent)


def may_write(folder: Path) -> bool:
    """Whether this account may make files in `folder`."""
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def reason_of(error: OSError) -> str:
    """What is wrong with a file or folder, and what helps, in words that follow a colon."""
    if error.errno in _FULL:
        return "the disk is full. Nothing that was stored is lost; make room, then give the same command again"
    if error.errno == errno.EFBIG:
        return "a file may not grow any more. Nothing that was stored is lost; raise the limit, then go on"
    if error.errno == errno.EROFS:
        return "the disk is read-only; copy the folder to a disk that may be written"
    if getattr(error, "winerror", 0) in _IN_USE:
        return "another program has it open; close that program or command, then give the same command again"
    if error.errno in _REFUSED:
        return "this account has not the right to do that; ask the owner for it, or take another folder"
    return str(error.strerror or error)


def sentence_of(error: OSError) -> str:
    """The same after the file or folder that it is about."""
    place = error.filename2 or error.filename
    where = f"{os.fsdecode(place)}: " if isinstance(place, (str, bytes, os.PathLike)) else ""
    return where + reason_of(error)


def refused(folder: Path) -> LibraryError:
    """The error for a library in a folder that this account may not write."""
    return LibraryError(
        f"the library in {folder} cannot be changed: this account may not write in that folder. Ask its owner for the "
        "right to, or copy the folder and use the copy"
    )
