"""The number of the latest commit, beside the library's file: it tells when a log that was left gave back less.

Knows two numbers, no tables. Always true: what the file says was committed had been committed; it says less where a
process was killed in between, or another wrote at the same time. The file may be deleted at any time.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from explorer.rights import share

FILE = "library.commit"
COUNTED = 10  # version of a library's file from which on its commits are counted


@dataclass(frozen=True, slots=True)
class Commits:
    """Numbers of two commits: the latest, and the latest that the library's file holds without its log."""

    latest: int
    settled: int

    def lacks(self, number: int) -> bool:
        """Whether a file that holds commit `number` has lost some; what is from before `settled` is an older copy."""
        return self.settled <= number < self.latest


def read(folder: Path) -> Commits | None:
    """The numbers beside the library in `folder`; None when there are none or they are damaged."""
    try:
        words = (folder / FILE).read_bytes().split()
        latest, settled, checksum = map(int, words)
    except (OSError, ValueError):
        return None
    return Commits(latest, settled) if checksum == _checksum(latest, settled) else None


def is_damaged(folder: Path) -> bool:
    """Whether the file is there and does not hold what was written."""
    return (folder / FILE).is_file() and read(folder) is None


def write(folder: Path, commits: Commits) -> None:
    """Keep the numbers; where that cannot be, there will be none."""
    path = folder / FILE
    new = path.with_name(f".{FILE}-{os.getpid()}-{threading.get_ident()}")
    text = f"{commits.latest} {commits.settled} {_checksum(commits.latest, commits.settled)}\n"
    with suppress(OSError):
        new.write_text(text, encoding="ascii")
        share(new, folder)
        new.replace(path)


def committed(folder: Path, number: int) -> None:
    """Keep that commit `number` was made, which the log of the library in `folder` holds."""
    before = read(folder)
    write(folder, Commits(number, min(number, before.settled if before else number - 1)))


def count_from(folder: Path, number: int) -> None:
    """Mend the numbers where the file is an older copy that was put back: they are of a later file."""
    beside = read(folder)
    if beside and number < beside.settled:
        write(folder, Commits(number, number))


def count(db: sqlite3.Connection) -> int:
    """Count a commit of the file that `db` writes, and get its number."""
    db.execute(
        """INSERT INTO settings VALUES ('commit', '1')
           ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1"""
    )
    # What tells this library from others is written with each commit, so that every log has it, see `store.log`.
    db.execute(
        """INSERT INTO settings VALUES ('lineage', lower(hex(randomblob(8))))
           ON CONFLICT (name) DO UPDATE SET value = value"""
    )
    return number(db)


def number(db: sqlite3.Connection) -> int:
    """The number of the latest commit that `db` sees; 0 when none was counted."""
    row = db.execute("SELECT value FROM settings WHERE name = 'commit'").fetchone()
    return int(row[0]) if row and str(row[0]).isdecimal() else 0


def _checksum(latest: int, settled: int) -> int:
    return crc32(f"{latest} {settled}".encode())
