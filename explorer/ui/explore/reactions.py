"""What the page Explore does when something is clicked in the list or on the map.

Knows the address, the session and the verbs of marks, basket and saved searches; draws nothing. Always true: every kind
of event has one reaction; the run that follows shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from explorer.library import Library
from explorer.server import session
from explorer.ui import address
from explorer.ui.components import faults
from explorer.ui.components.events import Event, EventKind, read_event
from explorer.ui.explore import basket as baskets
from explorer.ui.explore import filters, marks, saved
from explorer.ui.explore import order as orders
from explorer.ui.state import ExploreState, LibraryState, state


def react(key: str) -> None:
    """Do what the event under `key`, of the list or the map, means; in a callback."""
    with faults.noted():
        event, opened = read_event(st.session_state[key]), session.library()
        of_map = event is not None and event.kind in (EventKind.CLICK, EventKind.AREA)
        if of_map and session.file() != state(LibraryState).file:
            return  # rows and places of a library that another has replaced; the page says so
        if event is not None and opened is not None:
            filters.remove(*event.unfilter)
            _HANDLERS[event.kind](opened, event)


def _open(opened: Library, event: Event) -> None:
    marks.note_seen(opened, event.paper)
    address.select(event.paper)


def _click(opened: Library, event: Event) -> None:
    if event.row is not None and event.row < len(opened.map):
        _open(opened, replace(event, paper=opened.snapshot.papers([event.row])[0].id))


def _clear(opened: Library, event: Event) -> None:
    address.select("")
    state(ExploreState).area = ()


def _draw_area(opened: Library, event: Event) -> None:
    address.select("")
    state(ExploreState).area = event.area


def _close(opened: Library, event: Event) -> None:
    """Leave the selected paper, else the area, else the suggestions for a draft, else the list that filters made."""
    explore = state(ExploreState)
    if address.selected():
        address.select("")
    elif explore.area:
        explore.area = ()
    elif address.suggested():
        address.leave_suggestions()
    else:
        address.clear_filters()


def _filter_by(name: str) -> Callable[[Library, Event], None]:
    def handle(opened: Library, event: Event) -> None:
        st.session_state[name] = event.name

    return handle


_HANDLERS: dict[EventKind, Callable[[Library, Event], None]] = {
    EventKind.OPEN: _open,
    EventKind.CLOSE: _close,
    EventKind.MORE: lambda opened, event: orders.show_more(),
    EventKind.TOPIC: _filter_by(address.TOPIC),
    EventKind.UNFILTER: lambda opened, event: filters.remove(event.name),
    EventKind.VENUE: _filter_by(address.VENUE),
    EventKind.SOURCE: _filter_by(address.SOURCE),
    EventKind.AUTHOR: _filter_by(address.AUTHOR),
    EventKind.SINCE: _filter_by(address.SINCE),
    EventKind.ASK: lambda opened, event: address.ask(event.name),
    EventKind.COLLECTION: _filter_by(address.COLLECTION),
    EventKind.TAG: _filter_by(address.TAG),
    EventKind.SEARCH: lambda opened, event: saved.open_search(opened, event.name),
    EventKind.FORGET: lambda opened, event: saved.forget(opened, event.name),
    EventKind.MARK: marks.carry_out,
    EventKind.BASKET: lambda opened, event: baskets.carry_out(event),
    EventKind.CLICK: _click,
    EventKind.CLEAR: _clear,
    EventKind.AREA: _draw_area,
}
