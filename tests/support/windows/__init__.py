"""Windows where there is none: a layer between the code and this system that refuses what Windows refuses.

A plugin (`pytest -p support.windows`); processes that a test starts get the same layer, by sitecustomize.py. Refused
are: to delete, rename or replace what any program has open or mapped, or a folder that holds such a file; names that
Windows reserves or that end in a dot or a blank; two names in a folder that differ by case alone; paths of over 259
characters. Text is cp1252 unless an encoding is named, processes are spawned, and modules of POSIX are not there.
"""

from __future__ import annotations

import builtins
import io
import locale
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ABSENT = {"fcntl", "grp", "pwd", "resource", "termios"}
RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
LONGEST = 259  # characters of a path
OWN = ("explorer", "embeddings")
REAL = {name: getattr(os, name) for name in ("unlink", "remove", "rename", "replace", "rmdir", "mkdir", "open")}


def in_use(path: str) -> bool:
    """Whether this process or one that it started has the file, or one below the folder, open or mapped."""
    below = path + os.sep
    return any(
        place == path or place.startswith(below) for process in ["self", *_children()] for place in _held(process)
    )


def _held(process: str) -> Iterator[str]:
    folder = f"/proc/{process}/fd"
    with suppress(OSError):  # it has ended
        for number in Path(folder).iterdir():
            with suppress(OSError):  # that by which the folder is listed
                yield str(number.readlink())
        with open(f"/proc/{process}/maps", encoding="utf-8", errors="surrogateescape") as maps:  # noqa: PTH123
            yield from (line.rstrip("\n").split(maxsplit=5)[-1] for line in maps if " /" in line)


def _children() -> list[str]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [child for task in tasks for child in task.read_text(encoding="ascii").split()]


def _at(path: Any, folder: int | None) -> str:
    path = os.fsdecode(path)
    return os.path.realpath(path if folder is None else f"/proc/self/fd/{folder}/{path}")


def _used(place: str) -> PermissionError:
    error = PermissionError(13, "The process cannot access the file because it is being used", place)
    error.winerror = 32  # type: ignore[attr-defined]
    return error


def check_name(path: str) -> None:
    """Raise OSError when Windows could not have such a name there."""
    if path.startswith(("/proc", "/dev/", "/sys")):
        return
    name, folder = Path(path).name, Path(path).parent
    if len(path) > LONGEST or RESERVED.fullmatch(name) or re.search(r'[<>:"|?*\x00-\x1f\\]|[. ]$', name):
        raise OSError(22, "The filename, directory name, or volume label syntax is incorrect", path)
    if not os.path.lexists(path):
        try:
            beside = [each.name for each in folder.iterdir()]
        except OSError:
            return
        if name.casefold() in map(str.casefold, beside):
            raise OSError(183, "The name differs from one that is there by case alone: on Windows they are one", path)


def _removing(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def remove(path: Any, *, dir_fd: int | None = None) -> Any:
        place = _at(path, dir_fd)
        if _is_ours() and os.path.lexists(place) and in_use(place):
            raise _used(place)
        return call(path, dir_fd=dir_fd)

    return remove


def _moving(call: Callable[..., Any], *, onto: bool) -> Callable[..., Any]:
    @wraps(call)
    def move(source: Any, target: Any, **options: Any) -> Any:
        if not _is_ours():
            return call(source, target, **options)
        places = [_at(source, options.get("src_dir_fd")), _at(target, options.get("dst_dir_fd"))]
        check_name(places[1])
        for place in places:
            if os.path.lexists(place) and in_use(place):
                raise _used(place)
        if not onto and os.path.lexists(places[1]):
            raise FileExistsError(17, "Cannot create a file when that file already exists", places[1])
        return call(source, target, **options)

    return move


def _named(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def make(path: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(path, (str, bytes, os.PathLike)) and _is_ours():
            check_name(_at(path, options.get("dir_fd")))
        return call(path, *arguments, **options)

    return make


def _opened(call: Callable[..., Any]) -> Callable[..., Any]:
    """`open` with the encoding of a Western Windows, where this project's own code names none."""

    @wraps(call)
    def opened(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if _is_ours():
            if isinstance(file, (str, bytes, os.PathLike)) and set(mode) & set("wax"):
                check_name(_at(file, None))
            if "b" not in mode and len(arguments) < 2 and options.get("encoding") in (None, "locale"):
                options["encoding"] = "cp1252"
        return call(file, mode, *arguments, **options)

    return opened


def _is_ours() -> bool:
    """Whether this project's own code calls, not a test or a library of others."""
    frame = sys._getframe(2)
    while frame.f_back and frame.f_globals.get("__name__") in {"pathlib", "shutil", "tempfile", "contextlib"}:
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", "")).split(".")[0] in OWN


def install() -> None:
    """Put the layer in place, for good."""
    os.unlink, os.remove = _removing(REAL["unlink"]), _removing(REAL["remove"])
    os.rmdir = _removing(REAL["rmdir"])
    os.rename, os.replace = _moving(REAL["rename"], onto=False), _moving(REAL["replace"], onto=True)
    os.mkdir = _named(REAL["mkdir"])
    builtins.open = io.open = _opened(builtins.open)
    shutil._use_fd_functions = False  # type: ignore[attr-defined]
    locale.getpreferredencoding = lambda do_setlocale=True: "cp1252"
    if multiprocessing.get_start_method(allow_none=True) != "spawn":
        multiprocessing.set_start_method("spawn", force=True)
    builtins.__import__ = _importing(builtins.__import__)
    _spawned_too()


def _importing(call: Callable[..., Any]) -> Callable[..., Any]:
    """`import` that finds no module of POSIX for this project's own code."""

    @wraps(call)
    def load(name: str, namespace: Any = None, *arguments: Any, **options: Any) -> Any:
        if name in ABSENT and str((namespace or {}).get("__name__", "")).split(".")[0] in OWN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return call(name, namespace, *arguments, **options)

    return load


def _spawned_too() -> None:
    plain = subprocess.Popen.__init__

    @wraps(plain)
    def start(self: Any, *arguments: Any, **options: Any) -> None:
        environment = dict(options.get("env") or os.environ)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(HERE), environment.get("PYTHONPATH"))))
        environment.setdefault("PYTHONIOENCODING", "cp1252")
        plain(self, *arguments, **{**options, "env": environment})

    subprocess.Popen.__init__ = start  # type: ignore[method-assign]


def pytest_configure() -> None:
    """Of a plugin that was named; who merely imports this module changes nothing."""
    install()
