"""Looking after a library that may be damaged: what is, what can be saved of it, copies made and put back.

Takes folders: a damaged library cannot be opened. Always true: a check changes nothing; what a repair or a copy takes
the place of lies in the library's folder `backups`.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import LibraryError
from explorer.index import disk
from explorer.store import FILE, Store, backups, visitors
from explorer.store.backups import Restored
from explorer.store.check import Damage, damages, save
from explorer.store.database import locked


@dataclass(frozen=True)
class Checkup:
    """What is damaged in a library: in its truth, in what can be built anew, and in what visitors have marked."""

    truth: tuple[Damage, ...]
    derived: tuple[Damage, ...]
    visitors: tuple[Damage, ...] = ()

    @property
    def sound(self) -> bool:
        return not (self.truth or self.derived or self.visitors)


@dataclass(frozen=True)
class Repair:
    """What a repair did: the papers that were lost, by id, and the folder with the damaged file."""

    lost: tuple[str, ...] = ()
    aside: Path | None = None


def check(folder: Path) -> Checkup:
    """Read the whole library in `folder` and tell what is damaged. Raises LibraryError when there is none."""
    _must_be_there(folder)
    marked = (Damage(path.relative_to(folder).as_posix(), reason) for path, reason in visitors.damages(folder))
    return Checkup(tuple(damages(folder)), tuple(_derived(folder)), tuple(marked))


def _derived(folder: Path) -> list[Damage]:
    try:
        with closing(Store.open(folder, write=False)) as store:
            names = [name for name in (store.setting("build"), store.setting("whole")) if name]
    except LibraryError:
        return []  # of a truth that cannot be read, this says nothing more
    return [Damage(path, reason) for name in names for path, reason in disk.damages(folder, name)]


def repair(folder: Path, checkup: Checkup) -> Repair:
    """Save what is whole of a damaged truth, as a new file; index and map are for the next build to mend."""
    if not checkup.truth:
        return Repair()
    with locked(folder):
        saved = save(folder)
    return Repair(saved.lost, saved.aside)


def back_up(folder: Path, target: Path | None = None) -> Path:
    """Copy the library in `folder`, also while it is in use; the copy. Raises LibraryError as `backups.make`."""
    return backups.make(folder, target)


def restore(folder: Path, source: Path | None = None) -> Restored:
    """Put a copy in place of the library, by default its latest. Raises LibraryError as `backups.restore`."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        return backups.restore(folder, source)


def _must_be_there(folder: Path) -> None:
    if not (folder / FILE).is_file():
        raise LibraryError(f"no library in {folder}; make one with: explorer add FILE --library {folder}")
