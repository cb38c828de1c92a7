"""Damage to the files of a library, as disks and copies do it. No test stands here."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from explorer.store import FILE


def settle(folder: Path) -> Path:
    """Bring all that was committed into the library's file itself; the file."""
    with closing(sqlite3.connect(folder / FILE)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / FILE


def replace_bytes(folder: Path, before: bytes, after: bytes) -> int:
    """Replace bytes everywhere in the library's file by as many others; how often they stood there."""
    assert len(before) == len(after)
    path = settle(folder)
    data = path.read_bytes()
    path.write_bytes(data.replace(before, after))
    return data.count(before)


def flip(path: Path, place: int, bit: int = 0) -> None:
    """Flip one bit of a file."""
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ (1 << bit)]))
