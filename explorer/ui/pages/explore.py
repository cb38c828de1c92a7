"""The page Explore: the map as large as the window, and over it a panel with the search box and the list.

Knows widgets and the two components; asks the library one question a run. Always true: a rerun sends the map its
highlights only; of the library, nothing but marks is changed here, and those by `marks`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from explorer.errors import ExplorerError, UnknownPaper, UnknownTopic
from explorer.export import map_arrays
from explorer.filter import Filter
from explorer.library import Library, facets
from explorer.library.arrivals import arrivals
from explorer.library.facets import Kinds
from explorer.library.snapshot import venues
from explorer.search.parse import BadQuery
from explorer.server import choice, session
from explorer.server.published import publish
from explorer.store import HIDDEN, Kind
from explorer.ui import address
from explorer.ui.components.cards import Arrived, draw_cards
from explorer.ui.components.empty import open_library
from explorer.ui.components.map import Colour, draw_map
from explorer.ui.components.text import plain
from explorer.ui.explore import basket as baskets
from explorer.ui.explore import filters, gone, interpretation, marks, saved, topic_names, views
from explorer.ui.explore import order as orders
from explorer.ui.explore.basket import Basket
from explorer.ui.explore.reactions import react
from explorer.ui.explore.views import View
from explorer.ui.shell import switch
from explorer.ui.state import ExploreState, state

CARDS, MAP = "cards", "map"  # keys of the components


def draw() -> None:
    """Draw the page."""
    opened = open_library()
    if opened is None:
        return
    with st.container(key="panel"):
        switch.draw(together=True)
        _draw_search(opened)
        basket = baskets.basket(opened)
        waits = bool(address.query()) and not address.selected() and not session.encoder_ready.is_set()
        with st.container(key="reading"):
            shown = _view(opened, basket, address.within(), asks=not waits)
            interpretation.draw(shown.answer)
            topic_names.draw(opened)
        orders.draw(ranked=basket.asks(address.query()))
        waiting = st.container(key="waiting")
        _draw_list(opened, shown, basket)
    with st.container(key="mapside"):
        _draw_colours(opened)
        if not waits:
            state(ExploreState).drawn_focus = state(ExploreState).focus
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
            placeholder="A question, a name, a pasted text …  also: “exact phrase”  -word  OR  author:…  year:2019..",
            label_visibility="collapsed", on_change=address.ask_anew,
        )  # fmt: skip
        filters.draw(opened)
        saved.draw_button(opened)


def _draw_colours(opened: Library) -> None:
    chosen = st.query_params.get(address.COLOUR)
    collections = [each for each in opened.marks.collections() if each.kind is Kind.COLLECTION and each.name != HIDDEN]
    kinds = {"venue": len(venues(opened.snapshot)), "collection": len(collections)}
    more = [name for name, number in kinds.items() if name == chosen or number > 1]
    with st.container(key="colourbar"):
        st.segmented_control(
            "Colour by", ["topic", "year", "similarity", "trust", *more], default="topic", required=True,
            key=address.COLOUR, bind="query-params", label_visibility="collapsed",
            help="What the colours on the map mean; trust: how many of the papers nearest to each are near to it here",
        )  # fmt: skip


def _view(opened: Library, basket: Basket, within: Filter, *, asks: bool = True) -> View:
    """What answers the question within a filter; where it cannot be answered, a sentence and the overview.

    Where the filter names a topic that is not there, a sentence with the nearest, and the answer without it.
    """
    try:
        if not asks:
            return views.overview(opened, within)
        if paper_id := address.selected():
            try:
                return views.view_of_paper(opened, paper_id, within)
            except UnknownPaper:
                st.warning(f"The paper {plain(paper_id)} is not in this library any more.")
        return views.view(opened, basket, within)
    except UnknownTopic as error:
        gone.offer(opened, error)
        if error.name == within.topic:
            return _view(opened, basket, replace(within, topic=""), asks=asks)
    except ExplorerError as error:
        if not asks:
            raise
        st.error(plain(str(error)))
        if isinstance(error, BadQuery):
            interpretation.offer_text()
    return _view(opened, basket, within, asks=False)


def _draw_list(opened: Library, shown: View, basket: Basket) -> None:
    cards = saved.with_saved(opened, shown.cards, overview=shown.overview)
    cards = baskets.with_basket(cards, basket, address.query())
    came = tuple(Arrived(each.when, each.papers, each.row) for each in arrivals(opened.snapshot))
    cards = replace(
        cards,
        library=choice.name() if choice.several() else "",
        exports=views.exports(opened, shown),
        filters=filters.chips(),
        arrivals=came,
    )
    shelf = marks.shelf(opened, cards.papers, shown.gather, overview=shown.overview)
    draw_cards(cards, shelf, key=CARDS, on_event=partial(react, CARDS))


def _kinds(opened: Library, name: str) -> Kinds:
    """The venues or collections that the map can be coloured by."""
    if name == "venue":
        return opened.snapshot.once("kinds of venues", lambda: facets.venues(opened.snapshot))
    collections = opened.marks.members
    return opened.snapshot.once(
        "kinds of collections", lambda: facets.collections(collections(Kind.COLLECTION), len(opened.map)), marked=True
    )


def _draw_map(opened: Library, shown: View) -> None:
    colour: Colour = st.session_state.get(address.COLOUR) or "topic"
    similar = map_arrays.colours(opened, shown.answer) if colour == "similarity" else None
    if colour == "similarity" and similar is None:
        st.caption("Search or click a paper: the colours then show how similar each paper is to it.")
    kinds = _kinds(opened, colour) if colour in ("venue", "collection") else None
    highlights = replace(
        shown.highlights.among(opened.snapshot.arrays.embedded), colour=colour, mask_url=publish(shown.answer.passing),
        marks_url=publish(marks.flags(opened, shown.answer.question.within)), similarity_url=publish(similar),
        kinds_url=publish(kinds.codes if kinds else None), kinds=kinds.names if kinds else (),
        focus=state(ExploreState).drawn_focus, title=shown.cards.captions.heading,
    )  # fmt: skip
    draw_map(key=MAP, edition=opened.snapshot.edition, highlights=highlights, on_event=partial(react, MAP))
