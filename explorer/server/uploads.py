"""Batches of files that lie ready to be imported, and what a look into each file shows.

Knows readers and temporary folders, neither Streamlit nor libraries. Always true: an uploaded file lies under its own
name in a folder that lives as long as its batch; a look reads the beginning of a file only, for a limited time, and
writes nothing.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from explorer.errors import ExplorerError, UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers import Column, columns, preview, read
from explorer.server.access import refuse_change
from explorer.text import counted

FIRST = 5  # papers shown of a file
_PREFIX = "explorer-upload-"
# Seconds after which a folder is taken away: when its app has ended without tidying up, and when that is not known.
_ENDED, _ABANDONED = 3600, 7 * 24 * 3600
_LOOK = 1.0  # seconds spent on counting: some 20,000 records
_TABLES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods", ".parquet")
_LABEL = 60  # characters of a format's name
_PROBLEMS = 200  # problems kept of a look
_NAME = 200  # bytes of a file name; file systems take 255

Columns = Mapping[str, str]  # field of a paper → name or number of the column that holds it


@dataclass(frozen=True)
class Look:
    """How a file begins. `records` were counted, `whole` says whether to the end; `error`: why it cannot be read."""

    label: str = ""
    papers: tuple[Paper, ...] = ()
    columns: tuple[Column, ...] = ()
    records: int = 0
    without_abstract: int = 0
    without_title: int = 0
    whole: bool = True
    problems: tuple[Problem, ...] = ()
    error: str = ""

    @property
    def counted(self) -> str:
        """The number of records in words."""
        return ("" if self.whole else "more than ") + counted(self.records, "record")


_numbers = count(1)


class Batch:
    """Uploaded files and paths on this machine, in the order they came."""

    def __init__(self) -> None:
        self.number = next(_numbers)
        self._paths: list[Path] = []
        self._looks: dict[tuple[Path, int, tuple[tuple[str, str], ...]], Look] = {}
        self._folder: Path | None = None
        self._clean: Callable[[], object] | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files and folders."""
        return tuple(self._paths)

    @property
    def names(self) -> tuple[str, ...]:
        """Their names for people."""
        return tuple(path.name or str(path) for path in self._paths)

    def put(self, name: str, content: BinaryIO) -> None:
        """Take in an uploaded file, once. Raises OSError when the disk is full."""
        refuse_change()
        if self._folder is None:
            _sweep()
            self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
            # Also when the process ends, and when the browser's session is forgotten.
            self._clean = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / str(len(list(self._folder.iterdir()))) / safe_name(name)
        path.parent.mkdir()
        with path.open("wb") as file:
            shutil.copyfileobj(content, file, 2**20)
        namesakes = (file for file in self._paths if file.name == path.name and file.is_file())
        if any(filecmp.cmp(file, path, shallow=False) for file in namesakes):
            path.unlink()
        else:
            self._paths.append(path)

    def add_path(self, text: str) -> None:
        """Take in a file or folder of this machine by its path. Raises UnreadableFile when there is none."""
        refuse_change()
        path = path_of(text)
        try:
            there = path.exists()
        except (OSError, ValueError):
            there = False
        if not there:
            raise UnreadableFile(
                f"There is nothing at {path}. Give the whole path of a file or folder on the computer the app runs on"
            )
        if path not in self._paths:
            self._paths.append(path)

    def drop(self, path: Path) -> None:
        """Let go of a file; an uploaded one is deleted."""
        if path in self._paths:
            self._paths.remove(path)
        if self._folder is not None and self._folder in path.parents:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Delete what was uploaded."""
        if self._clean:
            self._clean()

    def look(self, path: Path, chosen: Columns | None = None) -> Look:
        """How a file of this batch begins, with the chosen columns; read once as long as it stays the same."""
        key = (path, _changed(path), tuple(sorted((chosen or {}).items())))
        if key not in self._looks:
            self._looks[key] = look(path, chosen)
        return self._looks[key]


def look(path: Path, chosen: Columns | None = None) -> Look:
    """How a file or folder begins; what keeps it from being read is in `error`."""
    try:
        start = preview(path, chosen or None, FIRST)
        return _count(path, chosen, Look(_short(start.label), start.papers, start.columns))
    except UnreadableFile as error:
        return Look(error=brief(str(error)), columns=_columns(path))
    except (ExplorerError, OSError) as error:
        return Look(error=str(error))
    except Exception as error:  # a reader's fault must not take the page with it
        return Look(error=f"{path.name}: cannot be looked into ({type(error).__name__}: {error})")


def brief(reason: str) -> str:
    """What is wrong with a file, without the list of all that can be read: it stands beside the place to drop files."""
    return re.sub(r" Readable are [^.]*\.", "", reason)


def _changed(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


def _short(label: str) -> str:
    """A label that fits a line; those of folders name every format in them."""
    if len(label) <= _LABEL:
        return label
    return "several formats" if " and " in label.partition("(")[0] else label.partition(" (")[0][:_LABEL]


def _columns(path: Path) -> tuple[Column, ...]:
    """The columns of a table that is refused as it does not say which holds the titles."""
    if not path.name.lower().removesuffix(".gz").endswith(_TABLES):
        return ()
    with suppress(ExplorerError, OSError):
        if {"title", "abstract"} & {column.field for column in columns(path)}:
            return ()  # the names say it; something else is wrong
        names = tuple(Column(column.name, "", column.examples) for column in columns(path, {"title": 1}))
        return names if len(names) > 1 else ()
    return ()


def _count(path: Path, chosen: Columns | None, start: Look) -> Look:
    records = without_abstract = without_title = 0
    problems: list[Problem] = []
    end, whole = time.monotonic() + _LOOK, True
    for record in read(path, chosen or None):
        if isinstance(record, Problem):
            records += record.record > 0  # 0: a remark on the file, no record was lost
            problems.append(record)
        else:
            records += 1
            without_abstract += not record.abstract
            without_title += not record.has_title
        if time.monotonic() > end:
            whole = False
            break
    return replace(
        start, records=records, without_abstract=without_abstract, without_title=without_title, whole=whole,
        problems=tuple(problems[:_PROBLEMS]),
    )  # fmt: skip


def path_of(text: str) -> Path:
    """The path somebody typed or pasted: in quotation marks, as a file:// address, with ~ for the home folder."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    if text.lower().startswith("file://"):
        text = url2pathname(unquote(urlsplit(text).path))
    path = Path(text)
    with suppress(RuntimeError):  # no such user
        path = path.expanduser()
    return path


def safe_name(name: str) -> str:
    """The last part of a file name that a browser sent, so that it leads to no further place and is not too long."""
    last = name.replace("\\", "/").rpartition("/")[2].encode("utf-8", "replace").decode()
    last = "".join(char if char.isprintable() and char not in '<>:"|?*' else "_" for char in last).strip(" ")
    while len(last.encode()) > _NAME:
        last = last[1:]  # the ending says most
    return last if last.strip(".") else "upload"


def zotero_folder() -> Path | None:
    """Where Zotero keeps its library unless its settings say otherwise, if it is there."""
    folder = Path("~/Zotero").expanduser()
    return folder if (folder / "zotero.sqlite").is_file() else None


def _sweep() -> None:
    """Take away what an app that was killed left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            age = time.time() - folder.stat().st_mtime
            if age > (_ENDED if _has_ended(folder.name.removeprefix(_PREFIX).partition("-")[0]) else _ABANDONED):
                shutil.rmtree(folder, ignore_errors=True)


def _has_ended(process: str) -> bool:
    if os.name != "posix" or not process.isdecimal():
        return False  # on Windows there is no signal that does nothing
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
