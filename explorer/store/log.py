"""Whether the log beside a library's file is of that file: SQLite reads whatever log lies there into whatever file.

A file that was copied over another, whose writer had been killed, would be mixed with the latest pages of that; of an
empty file SQLite deletes the log. Knows two rows of settings. Always true: nothing is written here; a log that a kill
has left is taken for its file's own, at whatever moment it was; in doubt it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from explorer.errors import DamagedLibrary
from explorer.store import checksums, commits, faults
from explorer.store.commits import COUNTED

_HEADER = 32  # bytes of a log in which nothing is
_DAMAGED = -1
Open = Callable[[], sqlite3.Connection]


class State(NamedTuple):
    """What tells a library from others, empty in an old file, and the number of its latest commit or _DAMAGED."""

    lineage: str
    commit: int


def check(path: Path, opened: Open) -> None:
    """Raise DamagedLibrary when the log beside the file at `path` is of another file.

    `opened` opens both together, and only to read.
    """
    if not holds_something(path):
        return
    beside = commits.read(path.parent)  # first: what it says had been brought into the file before
    if not path.is_file():
        raise faults.orphaned(path)
    if not path.stat().st_size:
        raise faults.foreign(path)  # even a new library has a page before it has a log
    alone = _state(lambda: _alone(path))
    if alone is None:  # its writer was killed while it brought pages into the file
        return
    both = _state(opened)
    if both is None or (alone.lineage and both.lineage != alone.lineage) or both.commit < alone.commit:
        raise faults.foreign(path)
    if beside and 0 <= alone.commit < beside.settled:
        raise faults.foreign(path)


def holds_something(path: Path) -> bool:
    """Whether there is anything in the log beside the file at `path`."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > _HEADER
    except OSError:
        return False


def _alone(path: Path) -> sqlite3.Connection:
    """A connection that does not see the log."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _state(opened: Open) -> State | None:
    """The state as a connection shows it; None when it cannot be read."""
    with suppress(DamagedLibrary, sqlite3.DatabaseError), closing(opened()) as db:
        checksums.register(db)
        rows = "SELECT name, value, {} FROM settings WHERE name IN ('commit', 'lineage')"
        counted = int(db.execute("PRAGMA user_version").fetchone()[0]) >= COUNTED
        values = {name: value if sound else None for name, value, sound in db.execute(
            rows.format(f"COALESCE({checksums.SOUND['settings']}, 0)" if counted else "1"))}  # fmt: skip
        number = values.get("commit", "0")
        return State(values.get("lineage") or "", int(number) if number and number.isdecimal() else _DAMAGED)
    return None
