"""The files of a snapshot, opened together: a checksum for each MB, and arrays that are compared with them as read.

Knows bytes and numpy's files, no papers. Always true: opening reads the manifest and the sizes; bytes that leave here
are what was written, or DamagedLibrary is raised; a file that is deleted or replaced later is still read as it was.
"""

from __future__ import annotations

import hashlib
import io
import json
import mmap
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from explorer.errors import DamagedLibrary

MANIFEST = "manifest.json"
PIECE = 1 << 20  # bytes under a checksum: read and compared in a millisecond
_FORMAT = 5
_WHOLE = 4  # the format before had a sha256 of each whole file
_ALIGNED = 64  # bytes at which arrays begin in memory
_PLAIN = re.compile(
    rb"\{'descr': '(\|[biu]1|[<>][iu][248]|[<>]f[248])', "
    rb"'fortran_order': (True|False), 'shape': \(([\d, ]*)\), \}\s*"
)
_ALTERED = "its checksum is not that of what was written"

Sums = tuple[int, ...] | str
"""The checksums of a file: crc32 of each piece, or sha256 of the whole."""
Version = tuple[int, ...]
"""What changes when somebody writes to a file."""

_sound: dict[Version, bytearray] = {}  # by file, the pieces that this process has read or written: none is read again


@dataclass(frozen=True)
class Written:
    """What the manifest says of a file."""

    size: int | None  # None where the manifest does not say it
    sums: Sums


def write_manifest(folder: Path, fingerprint: str, measured: Mapping[str, float] | None = None) -> None:
    """Write the checksums of all files in `folder`, of the snapshot `fingerprint`, and what was `measured` of it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    written = {path.relative_to(folder).as_posix(): _measured(path) for path in files}
    entries = {name: [file.size, *file.sums] for name, file in written.items()}
    content = {"format": _FORMAT, "fingerprint": fingerprint, "files": entries}
    content |= {"measured": dict(measured)} if measured else {}
    (folder / MANIFEST).write_text(json.dumps({**content, "checksum": _checksum(content)}), encoding="ascii")


def _checksum(content: Mapping[str, Any]) -> int:
    return crc32(json.dumps(content).encode())


def _manifest(folder: Path) -> tuple[dict[str, Written], dict[str, float]]:
    """What was written of the files in `folder`, by name, and what was measured. Raises OSError or ValueError."""
    content = json.loads((folder / MANIFEST).read_text(encoding="ascii"))
    checksum = content.pop("checksum", None)
    if content["format"] not in (_FORMAT, _WHOLE) or content["fingerprint"] != folder.name:
        raise ValueError("another format or fingerprint")
    if content["format"] == _WHOLE:
        return {name: Written(None, digest) for name, digest in content["files"].items()}, {}
    if _checksum(content) != checksum:
        raise ValueError(_ALTERED)
    files = {name: Written(size, tuple(sums)) for name, (size, *sums) in content["files"].items()}
    return files, content.get("measured", {})


def _measured(path: Path) -> Written:
    """The checksums of a file, which counts as read."""
    with path.open("rb") as file:
        sums = tuple(crc32(piece) for piece in iter(lambda: file.read(PIECE), b""))
    _sound[*_version(path), PIECE] = bytearray(b"\1" * len(sums))
    return Written(path.stat().st_size, sums)


def _version(path: Path) -> Version:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


class CheckedFile:
    """A file of which each piece is compared with its checksum when it is read for the first time."""

    def __init__(self, path: Path, written: Written) -> None:
        self.path = path
        size = path.stat().st_size
        if written.size not in (None, size):
            raise ValueError(f"it has {size:,} bytes, not {written.size:,}")
        self._sums = written.sums
        self._piece = PIECE if isinstance(written.sums, tuple) else max(size, 1)
        self._sound = _sound.setdefault((*_version(path), self._piece), bytearray(-(-size // self._piece)))
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""

    def __len__(self) -> int:
        return len(self._bytes)

    @property
    def sound(self) -> bool:
        """Whether every piece was compared."""
        return 0 not in self._sound

    def check(self, start: int = 0, end: int | None = None) -> None:
        """Compare the pieces that hold the bytes from `start` to before `end`. Raises DamagedLibrary."""
        end = len(self) if end is None else end
        if end > start:
            self._check_size()
            for number in range(start // self._piece, -(-end // self._piece)):
                if not self._sound[number]:
                    self._compare(number, self.view(number * self._piece, (number + 1) * self._piece))

    def read(self, begin: int = 0) -> NDArray[np.uint8]:
        """All bytes, in memory of their own, with the byte `begin` where an array may begin. Raises DamagedLibrary."""
        room = np.empty(len(self) + _ALIGNED, np.uint8)
        first = -(room.ctypes.data + begin) % _ALIGNED
        result = room[first : first + len(self)]
        self._check_size()
        for number in range(len(self._sound)):
            start = number * self._piece
            piece = self.view(start, start + self._piece)
            if not self._sound[number]:
                self._compare(number, piece)
            result[start : start + len(piece)] = np.frombuffer(piece, np.uint8)
            if isinstance(self._bytes, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED") and not start % mmap.PAGESIZE:
                self._bytes.madvise(mmap.MADV_DONTNEED, start, len(piece))  # else it would be in memory twice
        return result

    def array(self) -> NDArray[Any]:
        """The array of a file of numpy's, in memory of its own. Raises DamagedLibrary or ValueError."""
        data = self.read()
        kind, shape, order, start = _header(data[:PIECE].tobytes())
        return data[start:].view(kind).reshape(shape, order=order)

    def mapped(self) -> CheckedArray:
        """The array of a file of numpy's, read from disk as it is needed. Raises DamagedLibrary or ValueError."""
        return CheckedArray(self)

    def unchecked(self) -> NDArray[Any]:
        """The array of a file of numpy's, read from disk as it is needed: only its beginning is compared."""
        self.check(0, 1)
        kind, shape, order, start = _header(bytes(self.view(0, PIECE)))
        return np.frombuffer(self.view(start), kind).reshape(shape, order=order)

    def view(self, start: int, end: int | None = None) -> memoryview:
        """The bytes from `start` to before `end` as they lie there: compared with nothing."""
        return memoryview(self._bytes)[start:end]

    def _check_size(self) -> None:
        """A process that reads beyond the end of a mapped file is killed."""
        if isinstance(self._bytes, mmap.mmap) and self._bytes.size() < len(self):
            raise damaged(self.path, "it was cut short")

    def _compare(self, number: int, piece: memoryview) -> None:
        same = (
            hashlib.sha256(piece).hexdigest() == self._sums
            if isinstance(self._sums, str)
            else number < len(self._sums) and crc32(piece) == self._sums[number]
        )
        if not same:
            raise damaged(self.path, _ALTERED)
        self._sound[number] = 1


class CheckedArray:
    """An array on disk that is indexed as numpy's are; what an index touches is compared with its checksums first.

    Raises DamagedLibrary at any use.
    """

    def __init__(self, file: CheckedFile) -> None:
        self._file = file
        self._sound = False
        self._start = 0

    @cached_property
    def _array(self) -> NDArray[Any]:
        self._file.check(0, 1)
        kind, shape, order, self._start = _header(bytes(self._file.view(0, PIECE)))
        return np.frombuffer(self._file.view(self._start), kind).reshape(shape, order=order)

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, key: Any) -> Any:
        if not self._sound:
            self._check(key)
        return self._array[key]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        self._check(...)
        return np.array(self._array, dtype) if copy else np.asarray(self._array, dtype)

    def _check(self, key: Any) -> None:
        array, begin, end = self._array, 0, None
        if array.ndim == 1 and isinstance(key, slice) and key.step in (None, 1):
            first, last, _ = key.indices(len(array))
            begin, end = (self._start + place * array.itemsize for place in (first, last))
        self._file.check(begin, end)
        self._sound = self._file.sound


def _header(data: bytes) -> tuple[np.dtype[Any], tuple[int, ...], Any, int]:
    """Kind, shape and order of the array in a file of numpy's, and where it begins. Raises ValueError."""
    # numpy asks Python's parser, which in Python 3.11 can break off when another thread asks it at the same moment.
    end = 10 + int.from_bytes(data[8:10], "little")
    if data.startswith(b"\x93NUMPY\1\0") and (plain := _PLAIN.fullmatch(data, 10, end)):
        kind, columns_first, sizes = (part.decode() for part in plain.groups())
        lengths = tuple(int(size) for size in sizes.split(",") if size.strip())
        return np.dtype(kind), lengths, "F" if columns_first == "True" else "C", end
    file = io.BytesIO(data)
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, by_columns, read_kind = read(file)
    if read_kind.hasobject:
        raise ValueError("it holds objects")
    return read_kind, shape, "F" if by_columns else "C", file.tell()


class Files:
    """All files of the snapshot in `folder`. Raises DamagedLibrary when any is missing or has another size.

    Those of `spare` can be done without: where they are so, they are not among the files, and wrong.
    """

    def __init__(self, folder: Path, spare: Set[str] = frozenset()) -> None:
        try:
            written, self.measured = _manifest(folder)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise damaged(folder / MANIFEST, error) from error
        self.folder = folder
        self._lacking: list[tuple[str, DamagedLibrary]] = []
        self._files: dict[str, CheckedFile] = {}
        for name, file in written.items():
            try:
                self._files[name] = _opened(folder / name, file)
            except DamagedLibrary as error:
                if name not in spare:
                    raise
                self._lacking.append((name, error))

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def __getitem__(self, name: str) -> CheckedFile:
        return self._files[name]

    def mapped(self, path: Path) -> Any:
        """The array in the file at `path`, read as it is needed. Raises DamagedLibrary."""
        name = path.relative_to(self.folder).as_posix()
        try:
            return self[name].mapped()
        except (KeyError, ValueError) as error:
            raise damaged(path, error) from error

    def wrong(self) -> Iterator[tuple[str, DamagedLibrary]]:
        """The files that are not what was written, and what is wrong with each; all that was not read is read now."""
        yield from self._lacking
        for name, file in self._files.items():
            try:
                file.check()
            except DamagedLibrary as error:
                yield name, error


def _opened(path: Path, written: Written) -> CheckedFile:
    try:
        return CheckedFile(path, written)
    except (OSError, ValueError) as error:
        raise damaged(path, error) from error


def damaged(path: Path, reason: object) -> DamagedLibrary:
    """The error for a file of a snapshot, or for its folder."""
    library = next((each.parent for each in path.parents if each.name == "derived"), path.parent)
    return DamagedLibrary(f"{path} cannot be used: {reason}. Nothing is lost; run: explorer build --library {library}")
