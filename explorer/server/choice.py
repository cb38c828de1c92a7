"""Which libraries the app shows, what they are called, and which of them whoever asks means.

Knows folders, names and threads, opens nothing. Always true: a name that no library has means the first; of a single
library nothing has to be chosen; what a thread has chosen no further thread sees.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from explorer.libraries.names import ALL, names_of

VARIABLE = "EXPLORER_LIBRARIES"
"""The folders of several libraries, each on a line; EXPLORER_LIBRARY is the first of them, or the only library."""

_chosen: ContextVar[str | None] = ContextVar("library", default=None)
_ask: Callable[[], str] | None = None


def folders() -> dict[str, Path]:
    """The folders by the names of their libraries, in their order; never empty."""
    lines = os.environ.get(VARIABLE, "").strip()
    return _named(lines or os.environ.get("EXPLORER_LIBRARY", "library"), several=bool(lines))


@lru_cache(8)
def _named(lines: str, *, several: bool) -> dict[str, Path]:
    paths = [Path(line) for line in lines.splitlines() if line] if several else [Path(lines)]
    return dict(zip(names_of(paths), paths, strict=True))


def show(paths: Sequence[Path]) -> None:
    """Let this process show these libraries. Raises LibraryError for a folder twice."""
    names_of(paths)
    os.environ[VARIABLE] = "\n".join(str(path.resolve()) for path in paths)


def several() -> bool:
    """Whether there is a choice."""
    return bool(os.environ.get(VARIABLE)) and len(folders()) > 1


def ask(whom: Callable[[], str]) -> None:
    """Let `whom` say which library is meant, where a thread has chosen none; of a page that is its address."""
    global _ask
    _ask = whom


def wanted() -> str:
    """The name that was chosen, as it was: perhaps ALL, or no library's."""
    if not several():
        return ""
    chosen = _chosen.get()
    return chosen if chosen is not None else _ask() if _ask is not None else ""


def name() -> str:
    """The name of the library that is shown."""
    names = folders()
    return chosen if (chosen := wanted()) in names else next(iter(names))


def folder() -> Path:
    """The folder of the library that is shown."""
    return folders()[name()] if several() else next(iter(folders().values()))


def all_together() -> bool:
    """Whether all libraries are to be searched."""
    return wanted() == ALL


def name_of(path: Path) -> str:
    """What the library in a folder is called, where there are several; else empty."""
    return next((called for called, each in folders().items() if each == path), "") if several() else ""


@contextmanager
def choosing(library: str) -> Iterator[None]:
    """What this thread asks inside is of the library with this name."""
    token = _chosen.set(library)
    try:
        yield
    finally:
        _chosen.reset(token)
