"""Marks in the app: what the cards and the map show of them, and what the user's changes do to the library.

Knows the session and the library's marks, draws nothing. Always true: a change is carried out or reported; what the
browser sends again does no harm; the map's points do not depend on marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError, UnknownPaper
from explorer.filter import Filter
from explorer.library import Library
from explorer.library.report import Collection
from explorer.paper import Paper
from explorer.server import session
from explorer.server.published import publish
from explorer.store import HIDDEN, LIKED, TO_READ, Kind
from explorer.text import counted
from explorer.ui import address
from explorer.ui.components.cards import MarkChip, MarkChoices, Notice, Shelf
from explorer.ui.components.events import Change, Event
from explorer.ui.state import state

STANDING = (LIKED, TO_READ, HIDDEN)  # these have buttons of their own
_LIKED, _GONE = 1, 2  # bits of the map's marks, as in map.js


@dataclass
class MarkState:
    """The last message carried out, what to say of it, what "Add these to" means, and what its "Undo" takes back."""

    done: int = 0
    notice: Notice | None = None
    gather: tuple[str, tuple[int, ...]] = ("", ())  # the library's version, and rows
    added: tuple[str, list[str]] = ("", [])  # a collection, and the ids of the papers that were put in


# ------------------------------------------------------------------------------------------- what is shown of them


def shelf(opened: Library, papers: Sequence[Paper], gather: NDArray[np.int64] | None, *, overview: bool) -> Shelf:
    """The marks of `papers`, for their cards; `gather`: the rows that may be put into a collection at once."""
    kept = state(MarkState)
    kept.gather = (opened.snapshot.version, () if gather is None else tuple(gather.tolist()))
    ids = list(dict.fromkeys(paper.id for paper in papers))
    several = {paper.id for paper in papers if len(paper.sources) > 1}
    collections = opened.marks.collections()
    chips = [MarkChip(one.kind, one.name, one.papers) for one in collections if one.kind is not Kind.FOLDER]
    choices = MarkChoices(
        STANDING,
        {kind.value: _names(collections, kind) for kind in (Kind.COLLECTION, Kind.TAG)},
        tuple(sorted(chips, key=_rank)) if overview else (),
        shows_hidden(),
        len(kept.gather[1]),
        kept.done,
        kept.notice,
    )
    marks = dict(zip(ids, opened.marks.of(ids), strict=True))
    return Shelf(choices, marks, {paper_id: tuple(opened.records.of([paper_id])[0]) for paper_id in several})


def _names(collections: Sequence[Collection], kind: Kind) -> tuple[str, ...]:
    return tuple(one.name for one in collections if one.kind is kind and one.name not in STANDING)


def _rank(chip: MarkChip) -> tuple[bool, bool, bool]:
    """Liked and to read come first, then the user's own by name, then tags; hidden last."""
    standing = chip.kind is Kind.COLLECTION and chip.name in STANDING
    return (standing and chip.name == HIDDEN, chip.kind is Kind.TAG, not standing)


def shows_hidden() -> bool:
    """Whether the filter that is set wants papers that are left out otherwise."""
    within = address.within()
    return bool(within.collection or within.tag)


def choices(opened: Library, kind: Kind) -> list[str]:
    """What can be chosen in the filter for collections (folders of the source too) or for tags."""
    collections = opened.marks.collections()
    if kind is Kind.TAG:
        return [one.name for one in collections if one.kind is kind]
    folders = [one.name for one in collections if one.kind is Kind.FOLDER]
    inner = {"/".join(name.split("/")[:depth]) for name in folders for depth in range(1, name.count("/") + 2)}
    own = _names(collections, Kind.COLLECTION)
    return list(dict.fromkeys([*STANDING, *own, *sorted(inner, key=str.casefold)]))


def map_marks(opened: Library) -> str | None:
    """Where the map finds uint8 (n,): 1 for a liked paper, 2 for one that is not drawn at all; None when there is none.

    Hidden papers are drawn where the filter wants them by a collection or a tag.
    """
    bits = np.zeros(len(opened.map), np.uint8)
    names = opened.marks.collections()
    if any(one.kind is Kind.COLLECTION and one.name == LIKED for one in names):
        bits |= _LIKED * _liked(opened, opened.snapshot.edition, _Same(names))
    visible = opened.snapshot.mask(None)
    if visible is not None:
        gone = ~visible
        if shows_hidden() and (passing := opened.snapshot.mask(address.within())) is not None:
            gone &= ~passing
        bits |= _GONE * gone.astype(np.uint8)
    return publish(bits) if bits.any() else None


class _Same:
    """Equal only to what holds the very same object: the library gives a new list after each change of a mark."""

    def __init__(self, held: object) -> None:
        self._held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._held is self._held

    def __hash__(self) -> int:
        return id(self._held)


@lru_cache(maxsize=2)
def _liked(opened: Library, edition: str, names: _Same) -> NDArray[np.uint8]:
    """The liked rows (n,), asked for once a change: 10 ms in 10,000 papers."""
    mask = opened.snapshot.mask(Filter(collection=LIKED))
    return np.zeros(len(opened.map), np.uint8) if mask is None else mask.astype(np.uint8)


# --------------------------------------------------------------------------------------------- what the user does


def carry_out(opened: Library, event: Event) -> None:
    """Write what the user did to marks, and keep what to say of it."""
    message, kept = event.marks, state(MarkState)
    if message is None:
        return
    try:
        for change in message.changes:
            _write(opened, change)
        words = _gather(opened, message.gather) if message.gather else _take_back(opened) if message.undo else ""
    except ExplorerError as error:
        kept.added = ("", [])
        words = f"Not saved: {error}"
    kept.done = message.number
    if words:
        kept.notice = Notice(message.number, words, undo=bool(kept.added[1]) and not message.undo)
    if not shows_hidden() and any(change.hides and change.paper == address.selected() for change in message.changes):
        address.select("")


def note_seen(opened: Library, paper_id: str) -> None:
    """Remember that a paper was looked at; where nothing can be written, that is no loss."""
    with suppress(ExplorerError):
        opened.marks.see(paper_id)


def forget_seen() -> None:
    """Forget which papers were looked at."""
    if opened := session.library():
        opened.marks.forget_seen()


def _write(opened: Library, change: Change) -> None:
    if change.kind is Kind.SEEN:
        note_seen(opened, change.paper)
    elif change.kind is None:
        opened.marks.note(change.paper, change.text)
    elif change.on:
        opened.marks.put(change.kind, change.text, change.paper)
    else:
        opened.marks.drop(change.kind, change.text, change.paper)


def _gather(opened: Library, name: str) -> str:
    """Put the papers of the list into a collection; what to say of it."""
    kept = state(MarkState)
    version, rows = kept.gather
    if version != opened.snapshot.version or not rows:
        raise UnknownPaper("the library has changed in the meantime; try again")
    ids = [paper.id for paper in opened.snapshot.papers(rows)]
    new = [one for one, marks in zip(ids, opened.marks.of(ids), strict=True) if name not in marks.collections]
    kept.added = (name, new)
    if not new:
        return f"All are in “{name}” already"
    opened.marks.put(Kind.COLLECTION, name, *new)
    before = f", {len(ids) - len(new):,} were there already" if len(new) < len(ids) else ""
    return f"{counted(len(new), 'paper')} added to “{name}”{before}"


def _take_back(opened: Library) -> str:
    kept = state(MarkState)
    (name, ids), kept.added = kept.added, ("", [])
    if not ids:
        return ""
    opened.marks.drop(Kind.COLLECTION, name, *ids)
    return f"{len(ids):,} taken out of “{name}” again"
