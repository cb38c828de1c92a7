"""The drawings of a library's map: which there were, going back to them, and how far the map of now has drifted.

Joins store and index. Always true: going back brings places and topics of the papers that were there to the bit, and is
itself a change that can be taken back; papers that came since are placed among their neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.errors import LibraryError
from explorer.index import disk
from explorer.index.drawing import Drawing
from explorer.index.partial import embedded_part
from explorer.index.snapshot import Snapshot
from explorer.library.report import Progress
from explorer.map.trust import UNKNOWN
from explorer.store import DrawingArrays, Store

REDRAWN = "redrawn"  # setting: which change of the map has just been shown, until all is done that follows it
_SETTING = "drawing"


@dataclass(frozen=True, slots=True)
class Version:
    """A drawing of the map: its number, when it was `made` ("" for a map of an earlier Explorer) and from which seed,
    the `papers` on it, the percent of nearest papers that were near on it then (None: unknown), whether it is shown."""

    number: int
    made: str
    seed: int
    papers: int
    fit: int | None
    shown: bool


class LibraryDrawings:
    """The drawings of an open library."""

    def __init__(self, store: Store, show: Callable[[int, Progress | None], None]) -> None:
        self._store = store
        self._show = show

    def all(self) -> list[Version]:
        """The last few drawings, the latest first."""
        shown = shown_number(self._store)
        return [
            Version(
                each.number,
                each.made,
                each.seed,
                each.papers,
                each.fit if each.fit >= 0 else None,
                each.number == shown,
            )
            for each in self._store.drawings.all()
        ]

    def undo(self, *, progress: Progress | None = None) -> Version:
        """Go back to the drawing that was shown before this was drawn; raises LibraryError when there is none."""
        verb, _, underway = self._store.setting(REDRAWN).partition(" ")
        if verb == "show":  # the same command, which was killed
            return self.go_back(int(underway), progress=progress)
        entries, shown = {each.number: each for each in self._store.drawings.all()}, shown_number(self._store)
        before = entries[shown].before if shown in entries else 0
        if before not in entries:
            raise LibraryError("there is no earlier drawing to go back to; see: explorer drawings")
        return self.go_back(before, progress=progress)

    def go_back(self, number: int, *, progress: Progress | None = None) -> Version:
        """Show an earlier drawing again, or a later; raises LibraryError when there is none with that number."""
        if number not in {each.number for each in self._store.drawings.all()}:
            raise LibraryError(f"no drawing {number} is there any more; see: explorer drawings")
        if number != shown_number(self._store) or self._store.setting(REDRAWN):
            self._show(number, progress)
        return next(each for each in self.all() if each.number == number)


def shown_number(store: Store) -> int:
    """The number of the drawing that the map shows; 0 while there is none."""
    return int(store.setting(_SETTING) or 0)


def drawing(store: Store, number: int) -> Drawing | None:
    """What a drawing shows; None when it is not there."""
    stored = store.drawings.get(number) if number else None
    if stored is None:
        return None
    return Drawing(stored.keys, stored.places, stored.drawn, disk.made(stored.topics, stored.labels))


def remember(store: Store, before: Snapshot | None, now: Snapshot | None, made: str, seed: int, number: int) -> None:
    """Write down which drawing is shown `now`, and what was shown `before`. Call inside the transaction that shows it.

    With a `number` it is that drawing again. Else it is new, unless all papers are where they were before.
    """
    shown = shown_number(store)
    if now is None or number == shown != 0:
        store.set(**{_SETTING: str(number if now else 0)})
        return
    if not number and before is not None and not moved(before, now):
        return
    if before is not None:
        left = _arrays(before)
        if store.drawings.get(shown) is None:
            shown = store.drawings.add("", int(store.setting("seed") or 0), 0, -1, left)
        else:
            store.drawings.update(shown, left)
    number = number or store.drawings.add(made, seed, shown if before is not None else 0, fit_of(now), _arrays(now))
    store.set(**{_SETTING: str(number)})


def moved(before: Snapshot, now: Snapshot) -> bool:
    """Whether any paper lies elsewhere now, or is in another topic."""
    old, new = Drawing.of(embedded_part(before)), Drawing.of(embedded_part(now))
    rows = old.rows(new.keys)
    here = rows >= 0
    levels = len(old.topics.levels), len(new.topics.levels)
    return bool(
        levels[0] != levels[1]
        or (old.positions[rows[here]] != new.positions[here]).any()
        or any(
            (first.assignment[rows[here]] != second.assignment[here]).any()
            for first, second in zip(old.topics.levels, new.topics.levels, strict=True)
        )
    )


def fit_of(arrays: Snapshot) -> int:
    """The percent of the papers nearest to each that are near on the map; -1 where nobody knows."""
    shares = arrays.trust[arrays.trust != UNKNOWN]
    return round(float(shares.mean())) if len(shares) else -1


def _arrays(snapshot: Snapshot) -> DrawingArrays:
    part = embedded_part(snapshot)
    assignments, labels = disk.unmade(part.topics, len(part.keys))
    return DrawingArrays(part.keys, part.positions, part.drawn, assignments, labels)
