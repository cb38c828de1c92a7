"""Marks in the app: what the cards show of them, and what the user's changes do to the library.

Knows the session and the library's marks, draws nothing. Always true: a change is carried out or reported; what the
browser sends again does no harm; the map's points do not depend on marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from heapq import nlargest, nsmallest

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError, UnknownPaper
from explorer.export import map_arrays
from explorer.filter import Filter
from explorer.library import Library
from explorer.library.report import Collection
from explorer.paper import Paper
from explorer.server import session
from explorer.store import HIDDEN, LIKED, TO_READ, Kind
from explorer.text import counted
from explorer.ui import address
from explorer.ui.components import faults
from explorer.ui.components.cards import MarkChip, MarkChoices, Notice, Shelf
from explorer.ui.components.events import Change, Event
from explorer.ui.state import state

_CHIPS = 24  # collections and tags on the overview; the filters find the others
_NAMES = 500  # offered where a name is typed, those with the most papers; all may be typed
STANDING = (LIKED, TO_READ, HIDDEN)  # these have buttons of their own


@dataclass
class MarkState:
    """The last message carried out, what to say of it, what "Add these to" means, and what its "Undo" takes back."""

    done: int = 0
    notice: Notice | None = None
    gather: tuple[str, tuple[int, ...]] = ("", ())  # the map's edition, and rows
    added: tuple[str, list[str]] = ("", [])  # a collection, and the ids of the papers that were put in


# ------------------------------------------------------------------------------------------- what is shown of them


def shelf(opened: Library, papers: Sequence[Paper], gather: Sequence[int], *, overview: bool) -> Shelf:
    """The marks of `papers`, for their cards; `gather`: the rows that may be put into a collection at once."""
    messages = state(MarkState)
    messages.gather = (opened.snapshot.edition, tuple(gather))
    offer = opened.snapshot.once("marks on offer", lambda: _offer(opened), marked=True)
    ids = list(dict.fromkeys(paper.id for paper in papers))
    merged = list({paper.id for paper in papers if len(paper.sources) > 1})
    records = dict(zip(merged, map(tuple, opened.records.of(merged)), strict=True))
    if not session.may_mark():  # collections and tags of the owner can be opened; his notes are his own
        chips = tuple(chip for chip in offer.shelf if chip.name not in STANDING)
        return Shelf(MarkChoices(shelf=chips if overview else ()), records=records)
    choices = MarkChoices(
        STANDING, offer.names, offer.shelf if overview else (), address.within().names_marks(), len(gather),
        messages.done, messages.notice, offer.further if overview else 0,
    )  # fmt: skip
    return Shelf(choices, dict(zip(ids, opened.marks.of(ids), strict=True)), records)


def flags(opened: Library, within: Filter) -> NDArray[np.uint8] | None:
    """The marks (n,) that the map shows: what the owner likes is not for readers who have no marks of their own."""
    return map_arrays.marks(opened, within, likes=session.may_mark())


@dataclass(frozen=True)
class _Offer:
    """Names to offer where something is typed, chips for the overview, and how many more there are."""

    names: dict[str, tuple[str, ...]]
    shelf: tuple[MarkChip, ...]
    further: int


def _offer(opened: Library) -> _Offer:
    collections = opened.marks.collections()
    chips = [MarkChip(each.kind, each.name, each.papers) for each in collections if each.kind is not Kind.FOLDER]
    names = {
        kind.value: _names(nlargest(_NAMES, (each for each in collections if each.kind is kind), key=_size), kind)
        for kind in (Kind.COLLECTION, Kind.TAG)
    }
    return _Offer(names, tuple(nsmallest(_CHIPS, chips, key=_rank)), max(0, len(chips) - _CHIPS))


def _size(collection: Collection) -> int:
    return collection.papers


def _names(collections: Sequence[Collection], kind: Kind) -> tuple[str, ...]:
    return tuple(sorted(each.name for each in collections if each.kind is kind and each.name not in STANDING))


def _rank(chip: MarkChip) -> tuple[bool, bool, bool]:
    """Liked and to read come first, then the user's own by name, then tags; hidden last."""
    standing = chip.kind is Kind.COLLECTION and chip.name in STANDING
    return (standing and chip.name == HIDDEN, chip.kind is Kind.TAG, not standing)


def choices(opened: Library, kind: Kind) -> list[str]:
    """What can be chosen in the filter for collections (folders of the source too) or for tags."""
    collections = opened.marks.collections()
    if kind is Kind.TAG:
        return [each.name for each in collections if each.kind is kind]
    folders = [each.name for each in collections if each.kind is Kind.FOLDER]
    inner = {"/".join(name.split("/")[:depth]) for name in folders for depth in range(1, name.count("/") + 2)}
    own = _names(collections, Kind.COLLECTION)
    standing = STANDING if session.may_mark() else ()
    return list(dict.fromkeys([*standing, *own, *sorted(inner, key=str.casefold)]))


# --------------------------------------------------------------------------------------------- what the user does


def carry_out(opened: Library, event: Event) -> None:
    """Write what the user did to marks, and keep what to say of it."""
    message, messages = event.marks, state(MarkState)
    if message is None:
        return
    try:
        for change in message.changes:
            _write(opened, change)
        words = _gather(opened, message.gather) if message.gather else _take_back(opened) if message.undo else ""
    except ExplorerError as error:
        messages.added = ("", [])
        words = f"Not saved: {error}"
    messages.done = message.number
    if words:
        messages.notice = Notice(message.number, words, undo=bool(messages.added[1]) and not message.undo)
    hidden = {change.paper for change in message.changes if change.hides}
    if address.selected() in hidden and not address.within().names_marks():
        address.select("")


def note_seen(opened: Library, paper_id: str) -> None:
    """Remember that a paper was looked at; where nothing can be written, that is no loss."""
    with suppress(ExplorerError):
        opened.marks.see(paper_id)


def forget_seen() -> None:
    """Forget which papers were looked at; in a callback."""
    with faults.noted():
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
    messages = state(MarkState)
    edition, rows = messages.gather
    if edition != opened.snapshot.edition or not rows:
        raise UnknownPaper("the library has changed in the meantime; try again")
    ids = [paper.id for paper in opened.snapshot.papers(rows)]
    new = [paper_id for paper_id, marks in zip(ids, opened.marks.of(ids), strict=True) if name not in marks.collections]
    messages.added = (name, new)
    if not new:
        return f"All are in “{name}” already"
    opened.marks.put(Kind.COLLECTION, name, *new)
    before = f", {len(ids) - len(new):,} were there already" if len(new) < len(ids) else ""
    return f"{counted(len(new), 'paper')} added to “{name}”{before}"


def _take_back(opened: Library) -> str:
    messages = state(MarkState)
    (name, ids), messages.added = messages.added, ("", [])
    if not ids:
        return ""
    opened.marks.drop(Kind.COLLECTION, name, *ids)
    return f"{len(ids):,} taken out of “{name}” again"
