"""Files and folders that are watched: which of them have changed, once they have come to rest.

Knows files and who tells of changes, no libraries. Always true: the state of the files decides, a message only wakes;
so no change is missed that came while nobody listened, and what merely reads a file is no change.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from explorer.errors import LibraryError
from explorer.interruption import wanted
from explorer.readers import state_of

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

REST = 2.0
"""Seconds without a change after which a file counts as written to its end."""
_PULSE = 1.0  # seconds after which a wish to end is heard at the latest
_LOOK = 60.0  # seconds after which the files are looked at in any case: some network drives tell nobody


class Watcher:
    """Watches files and folders from `with` on; those that are not there yet are awaited."""

    def __init__(self, paths: Sequence[Path], every: float = 0.0) -> None:
        """`every`: seconds between looks, in place of messages from the system; 0 for messages."""
        self._paths = list(dict.fromkeys(path.absolute() for path in paths))
        self._every = every
        self._seen: dict[Path, dict[str, tuple[int, int]]] = {path: {} for path in self._paths}
        self._woken = threading.Event()
        self._observer: BaseObserver | None = None

    def __enter__(self) -> Self:
        """Listen. Raises LibraryError when what the system needs for it is missing."""
        if not self._every:
            self._observer = _observer(self._paths, self._woken)
        return self

    def __exit__(self, *_: object) -> None:
        if self._observer:
            self._observer.stop()
            self._observer.join()

    def changed(self) -> list[Path]:
        """Wait until files that are at rest differ from those before; their paths, none once it should end."""
        while not wanted():
            self._woken.clear()
            now = {path: state_of(path) for path in self._paths}
            changed = [path for path in self._paths if now[path] and now[path] != self._seen[path]]
            if changed and not self._woken.wait(REST) and now == {path: state_of(path) for path in self._paths}:
                self._seen = now
                return changed
            if not changed:
                again, pulse = time.monotonic() + (self._every or _LOOK), min(_PULSE, self._every or _PULSE)
                while not wanted() and not self._woken.wait(pulse) and time.monotonic() < again:
                    pass
        return []


def _observer(paths: Sequence[Path], woken: threading.Event) -> BaseObserver:
    try:
        from watchdog.events import FileSystemEventHandler
        from watchdog.observers import Observer
    except ImportError:
        raise LibraryError(
            'to watch files, install what hears of changes: pip install "paper-explorer[watch]"; or look every minute: '
            "explorer watch --every 60"
        ) from None

    class Wake(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            if event.event_type not in ("opened", "closed_no_write"):
                woken.set()

    logging.getLogger("watchdog").addHandler(logging.NullHandler())  # it remarks on changes that come while it ends
    observer = Observer()
    for place in {path if path.is_dir() else path.parent for path in paths}:
        try:
            observer.schedule(Wake(), str(place), recursive=place in paths)
        except OSError as error:  # not there, or more folders than the system watches
            observer.unschedule_all()
            raise LibraryError(
                f"{place} cannot be watched: {error.strerror or error}. Give a folder that is there, or look every "
                "minute: explorer watch --every 60"
            ) from error
    observer.start()
    return observer
