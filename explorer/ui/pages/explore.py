"""The page Explore: one search box, results on one side, the map on the other.

Knows widgets and the two components; asks the library one question a run. Always true: a rerun sends the map its
highlights only; of the library, nothing but marks is changed here, and those by `marks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from explorer.errors import ExplorerError, UnknownPaper
from explorer.library import Library
from explorer.server import map_arrays, session
from explorer.server.published import publish
from explorer.ui import address
from explorer.ui.components.cards import draw_cards
from explorer.ui.components.empty import open_library
from explorer.ui.components.events import Event, EventKind, read_event
from explorer.ui.components.map import Colour, draw_map
from explorer.ui.components.text import plain
from explorer.ui.explore import basket as baskets
from explorer.ui.explore import filters, marks, saved, views
from explorer.ui.explore import order as orders
from explorer.ui.explore.basket import Basket
from explorer.ui.explore.views import View
from explorer.ui.state import ExploreState, state

CARDS, MAP = "cards", "map"  # keys of the components


def draw() -> None:
    """Draw the page."""
    opened = open_library()
    if opened is None:
        return
    _draw_search(opened)
    basket = baskets.basket(opened)
    waits = bool(address.query()) and not address.selected() and not session.encoder_ready.is_set()
    shown = views.overview(opened) if waits else _view(opened, basket)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        orders.draw(ranked=basket.asks(address.query()))
        waiting = st.container()
        _draw_list(opened, shown, basket)
    with right, st.container(key="mapside"):
        _draw_map(opened, shown)
    if waits:  # the map is there already; the question is answered as soon as it can be
        with waiting, st.spinner("Loading the language model, once …"):
            session.wait_for_encoder()
        st.rerun()


def _draw_search(opened: Library) -> None:
    with st.container(key="topline", horizontal=True, vertical_alignment="center"):
        address.follow()
        st.text_input(
            "Search", key=address.QUERY, type="search",
            placeholder="A question, a name, a pasted abstract …  also: “exact phrase”  -word  author:…  year:2019..",
            label_visibility="collapsed", on_change=address.ask_anew,
        )  # fmt: skip
        filters.draw(opened)
        saved.draw_button(opened)
        st.segmented_control(
            "Colour by", ["topic", "year", "similarity"], default="topic", required=True, key=address.COLOUR,
            bind="query-params", label_visibility="collapsed", help="What the colours on the map mean",
        )  # fmt: skip


def _view(opened: Library, basket: Basket) -> View:
    """What answers the question; where it cannot be answered, a sentence and the overview."""
    state(ExploreState).withheld = ""
    try:
        if paper_id := address.selected():
            try:
                return views.view_of_paper(opened, paper_id)
            except UnknownPaper:
                st.warning(f"The paper {plain(paper_id)} is not in this library any more.")
        return views.view(opened, basket)
    except ExplorerError as error:
        st.error(plain(str(error)))
        return views.overview(opened)


def _draw_list(opened: Library, shown: View, basket: Basket) -> None:
    cards = saved.with_saved(opened, shown.cards, overview=shown.overview)
    cards = baskets.with_basket(cards, basket, address.query())
    shelf = marks.shelf(opened, cards.papers, shown.gather, overview=shown.overview)
    draw_cards(cards, shelf, key=CARDS, on_event=partial(_on_event, CARDS))


def _draw_map(opened: Library, shown: View) -> None:
    colour: Colour = st.session_state.get(address.COLOUR) or "topic"
    similar = map_arrays.colours(opened, shown.answer) if colour == "similarity" else None
    if colour == "similarity" and similar is None:
        st.caption("Search or click a paper: the colours then show how similar each paper is to it.")
    highlights = replace(
        shown.highlights, colour=colour, mask_url=publish(shown.answer.passing),
        marks_url=publish(map_arrays.marks(opened, address.within())), similarity_url=publish(similar),
        focus=state(ExploreState).focus,
    )  # fmt: skip
    draw_map(key=MAP, edition=opened.snapshot.edition, highlights=highlights, on_event=partial(_on_event, MAP))


# ------------------------------------------------------------------------------------------------------- events


def _on_event(key: str) -> None:
    """Do what an event of the list or the map means; in a callback."""
    event, opened = read_event(st.session_state[key]), session.library()
    if event is not None and opened is not None:
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
    """Leave the selected paper, else the area, else the list that filters made."""
    explore = state(ExploreState)
    if not address.selected() and not explore.area:
        address.clear_filters()
    elif not address.selected():
        explore.area = ()
    address.select("")


def _filter_by(name: str) -> Callable[[Library, Event], None]:
    def handle(opened: Library, event: Event) -> None:
        st.session_state[name] = event.name

    return handle


_HANDLERS: dict[EventKind, Callable[[Library, Event], None]] = {
    EventKind.OPEN: _open,
    EventKind.CLOSE: _close,
    EventKind.MORE: lambda opened, event: orders.show_more(),
    EventKind.TOPIC: _filter_by(address.TOPIC),
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
