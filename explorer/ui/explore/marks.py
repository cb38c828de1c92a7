"""Marks in the app: what the cards and the map are told of them, and what the user's changes do to the library.

Knows session keys and the library's marks, draws nothing. Always true: a change is carried out once or reported; what
the browser sends again does no harm; the map's points do not depend on marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.errors import ExplorerError, UnknownPaper
from explorer.library import Library
from explorer.library.report import Collection
from explorer.paper import Paper
from explorer.server import routes
from explorer.store import HIDDEN, LIKED, TO_READ, Filter, Kind
from explorer.ui import session
from explorer.ui.components.cards import CardEvents, Change, Shelf, Told

STANDING = (LIKED, TO_READ, HIDDEN)  # these have buttons of their own
_LIKED, _GONE = 1, 2  # bits of the map's marks, as in map.js


# ------------------------------------------------------------------------------------------- what is shown of them


def shelf(opened: Library, papers: Sequence[Paper], gather: NDArray[np.int64] | None, *, overview: bool) -> Shelf:
    """The marks of `papers`, for their cards; `gather`: the rows that may be put into a collection at once."""
    st.session_state[session.GATHER] = (opened.version, () if gather is None else tuple(gather.tolist()))
    ids = list(dict.fromkeys(paper.id for paper in papers))
    made_of_several = {paper.id for paper in papers if len(paper.sources) > 1}
    names = opened.collections()
    state = st.session_state
    return Shelf(
        marks=dict(zip(ids, opened.marks(ids), strict=True)),
        records={name: tuple(opened.records(name)) for name in made_of_several},
        toggles=STANDING,
        collections=_names(names, Kind.COLLECTION),
        tags=_names(names, Kind.TAG),
        sizes=tuple(sorted((one for one in names if one.kind is not Kind.FOLDER), key=_rank)) if overview else (),
        shows_hidden=shows_hidden(),
        gather=0 if gather is None else len(gather),
        done=state.get(session.DONE, 0),
        told=state.get(session.TOLD),
    )


def _names(names: Sequence[Collection], kind: Kind) -> tuple[str, ...]:
    return tuple(one.name for one in names if one.kind is kind and one.name not in STANDING)


def _rank(one: Collection) -> tuple[bool, bool, bool]:
    """Liked and to read come first, then the user's own by name, then tags; hidden last."""
    standing = one.kind is Kind.COLLECTION and one.name in STANDING
    return (standing and one.name == HIDDEN, one.kind is Kind.TAG, not standing)


def shows_hidden() -> bool:
    """Whether the filter that is set asks for papers that are left out otherwise."""
    within = session.within()
    return bool(within.collection or within.tag)


def choices(opened: Library, kind: Kind) -> list[str]:
    """What can be chosen in the filter for collections (folders of the source too) or for tags."""
    names = opened.collections()
    if kind is Kind.TAG:
        return [one.name for one in names if one.kind is kind]
    own = [one.name for one in names if one.kind is Kind.COLLECTION and one.name not in STANDING]
    folders = [one.name for one in names if one.kind is Kind.FOLDER]
    inner = {"/".join(name.split("/")[:depth]) for name in folders for depth in range(1, name.count("/") + 2)}
    return list(dict.fromkeys([*STANDING, *own, *sorted(inner, key=str.casefold)]))


def map_marks(opened: Library) -> str | None:
    """Where the map finds uint8 (n,): 1 for a liked paper, 2 for one that is not drawn at all; None when there is none.

    Hidden papers are drawn where the filter asks for them by a collection or a tag.
    """
    bits = np.zeros(len(opened.map), np.uint8)
    names = opened.collections()
    if any(one.kind is Kind.COLLECTION and one.name == LIKED for one in names):
        bits |= _LIKED * _liked(opened, opened.edition, _Same(names))
    visible = opened.mask(None)
    if visible is not None:
        gone = ~visible
        if shows_hidden() and (passing := opened.mask(session.within())) is not None:
            gone &= ~passing
        bits |= _GONE * gone.astype(np.uint8)
    return routes.publish(bits) if bits.any() else None


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
    mask = opened.mask(Filter(collection=LIKED))
    return np.zeros(len(opened.map), np.uint8) if mask is None else mask.astype(np.uint8)


# --------------------------------------------------------------------------------------------- what the user does


def carry_out(opened: Library, events: CardEvents) -> None:
    """Write what the user did to marks, and keep what to say of it."""
    if events.number <= st.session_state.get(session.DONE, 0):
        return  # Streamlit calls once for each kind of event, with all of them
    said = ""
    try:
        if events.gather:
            said = _gather(opened, events.gather)
        elif events.undo:
            said = _take_back(opened)
        else:
            for change in events.changes:
                _write(opened, change)
    except ExplorerError as error:
        st.session_state[session.UNDO] = None
        said = f"Not saved: {error}"
    st.session_state[session.DONE] = events.number
    if said:
        undo = st.session_state.get(session.UNDO) is not None and not events.undo
        st.session_state[session.TOLD] = Told(events.number, said, undo)
    if not shows_hidden() and any(change.hides and change.paper == session.selected() for change in events.changes):
        session.select("")


def saw(opened: Library, paper_id: str) -> None:
    """Remember that a paper was looked at; where nothing can be written, that is no loss."""
    with suppress(ExplorerError):
        opened.see(paper_id)


def forget_seen() -> None:
    """Forget which papers were looked at."""
    if opened := routes.library():
        opened.forget_seen()


def _write(opened: Library, change: Change) -> None:
    if change.kind is Kind.SEEN:
        saw(opened, change.paper)
    elif change.kind is None:
        opened.note(change.paper, change.text)
    elif change.on:
        opened.mark(change.kind, change.text, change.paper)
    else:
        opened.unmark(change.kind, change.text, change.paper)


def _gather(opened: Library, name: str) -> str:
    """Put the papers of the list into a collection; what to say of it."""
    version, rows = st.session_state.get(session.GATHER, ("", ()))
    if version != opened.version or not rows:
        raise UnknownPaper("the library has changed in the meantime; try again")
    ids = [paper.id for paper in opened.papers(rows)]
    new = [one for one, marks in zip(ids, opened.marks(ids), strict=True) if name not in marks.collections]
    st.session_state[session.UNDO] = (name, new) if new else None
    if not new:
        return f"All are in “{name}” already"
    opened.mark(Kind.COLLECTION, name, *new)
    before = f", {len(ids) - len(new):,} were there already" if len(new) < len(ids) else ""
    return f"{len(new):,} paper{'' if len(new) == 1 else 's'} added to “{name}”{before}"


def _take_back(opened: Library) -> str:
    name, ids = st.session_state.get(session.UNDO) or ("", [])
    st.session_state[session.UNDO] = None
    if not ids:
        return ""
    opened.unmark(Kind.COLLECTION, name, *ids)
    return f"{len(ids):,} taken out of “{name}” again"
