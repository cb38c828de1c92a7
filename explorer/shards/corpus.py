"""A corpus: files, folders and addresses in the order they were named, read from any place on.

Knows where files lie, here or behind fsspec, not what is done with their records. Always true: the records are those
that `explorer add` reads, in its order; a remote file is fetched whole before its first record is read, so that a
broken connection ends the command and never a list of records.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from explorer.errors import LibraryError, UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers import numbered, read, state_of

_LEFTOVERS = (".", "_", "~$")  # beginnings of names that engines and systems leave beside data


class Position(NamedTuple):
    """A place in a corpus: the argument, the file in it, how many records of that file stand before; all from 0."""

    argument: int = 0
    file: int = 0
    record: int = 0


@dataclass(frozen=True)
class Corpus:
    """Files, folders and addresses; `columns` as for `explorer add`."""

    arguments: tuple[str, ...]
    columns: Mapping[str, str]

    def origin(self, argument: str) -> str:
        """The name by which a library remembers an argument."""
        return argument.rstrip("/").rpartition("/")[2] if _is_remote(argument) else Path(argument).resolve().name

    def states(self) -> dict[str, str]:
        """A text for each file, that changes with it. Raises LibraryError for what is not there."""
        states: dict[str, str] = {}
        for argument in self.arguments:
            if argument == "-":
                raise LibraryError(
                    "a corpus is read again after an interruption, which what is piped in cannot be; name a file"
                )
            if _is_remote(argument):
                states |= {f"{argument}: {file.name}": file.state for file in self._remote(argument).files}
            elif not argument or not Path(argument).exists():
                raise LibraryError(f"no such file: {argument or '(an empty name)'}")
            else:
                states |= {path: f"{size} {changed}" for path, (size, changed) in state_of(Path(argument)).items()}
        return states

    @cached_property
    def unread(self) -> dict[int, Problem]:
        """The arguments that cannot be read, by number, and why. Raises UnreadableFile when none can."""
        refused: dict[int, UnreadableFile] = {}
        for number, argument in enumerate(self.arguments):
            try:
                if not _is_remote(argument):
                    read(argument, self.columns)
                elif not self._remote(argument).files:
                    raise UnreadableFile(f"{argument}: holds no files")
            except UnreadableFile as error:
                refused[number] = error
        if len(refused) == len(self.arguments):
            raise UnreadableFile("; ".join(str(error) for error in refused.values()))
        return {
            number: Problem(self.origin(self.arguments[number]), 0, 0, f"was not read. {error}")
            for number, error in refused.items()
        }

    def records(self, start: Position = Position()) -> Iterator[tuple[Position, Paper | Problem]]:  # noqa: B008
        """The records from a place on, each with the place after it."""
        for number, argument in enumerate(self.arguments[start.argument :], start.argument):
            if number in self.unread:
                continue
            here = start if number == start.argument else Position(number)
            for file, records in itertools.groupby(self._numbered(argument, here.file), lambda pair: pair[0]):
                before = here.record if file == here.file else 0
                for record, (_, value) in itertools.islice(enumerate(records, 1), before, None):
                    yield Position(number, file, record), value

    def _numbered(self, argument: str, first: int) -> Iterator[tuple[int, Paper | Problem]]:
        if not _is_remote(argument):
            yield from numbered(argument, self.columns, first=first)
            return
        remote = self._remote(argument)
        for number, file in enumerate(remote.files[first:], first):
            with tempfile.TemporaryDirectory(prefix="explorer-") as folder:
                path = Path(folder, Path(file.address).name)
                remote.fetch(file, path)
                for _, record in numbered(path, self.columns, name=file.name):
                    yield number, record

    def _remote(self, argument: str) -> _Remote:
        if argument not in self._remotes:
            self._remotes[argument] = _Remote.at(argument)
        return self._remotes[argument]

    @cached_property
    def _remotes(self) -> dict[str, _Remote]:
        return {}


class _RemoteFile(NamedTuple):
    address: str
    name: str
    size: int | None
    state: str


@dataclass(frozen=True)
class _Remote:
    """The files at an address, in the order of their names."""

    system: Any
    files: tuple[_RemoteFile, ...]

    @classmethod
    def at(cls, address: str) -> _Remote:
        """Lists what lies at an address. Raises LibraryError when it cannot be reached."""
        try:
            import fsspec
        except ImportError:
            raise LibraryError(
                f"{address} is read by fsspec, which is not installed; give: pip install fsspec, and what its protocol "
                "needs (s3fs for s3://, gcsfs for gs://), or copy the files to this disk"
            ) from None
        try:
            system, path = fsspec.core.url_to_fs(address)
            top = system.info(path)
            paths = sorted(system.find(path)) if top["type"] == "directory" else [path]
            base = path.rstrip("/") + "/" if top["type"] == "directory" else path.rpartition("/")[0] + "/"
            entries = [(each, each.removeprefix(base)) for each in paths]
            return cls(system, tuple(_described(system, *entry) for entry in entries if not _is_leftover(entry[1])))
        except Exception as error:  # each protocol has errors of its own, ImportError among them
            raise _unreached(address, error) from error

    def fetch(self, file: _RemoteFile, path: Path) -> None:
        """Copy a file to this disk, whole. Raises LibraryError when it does not arrive."""
        try:
            self.system.get_file(file.address, str(path))
        except Exception as error:  # see `at`
            raise _unreached(file.address, error) from error
        if file.size is not None and path.stat().st_size != file.size:
            raise _unreached(file.address, f"{path.stat().st_size:,} bytes of {file.size:,} came")


def _described(system: Any, address: str, name: str) -> _RemoteFile:
    entry = system.info(address)
    size = entry.get("size")
    return _RemoteFile(address, name, size, f"{size} {system.ukey(address)}")


def _is_leftover(name: str) -> bool:
    return any(part.startswith(_LEFTOVERS) for part in name.split("/"))


def _is_remote(argument: str) -> bool:
    scheme, colon, _ = argument.partition("://")
    return bool(colon) and len(scheme) > 1 and scheme.replace("+", "").isalnum()


def _unreached(address: str, error: object) -> LibraryError:
    why = str(error).strip().split("\n")[0] or type(error).__name__
    return LibraryError(
        f"{address} cannot be read ({why}). Check the address, the rights and the network, then give the same command "
        "again: it goes on from there"
    )
