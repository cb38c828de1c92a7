"""The page Explore: one search box, results on one side, the map on the other.

Knows widgets and the two components; asks the library one question a run. Always true: a rerun sends the map its
highlights only; of the library, nothing but marks is changed here, and those by `marking`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.drafts.passages import LONG, count_words
from explorer.errors import ExplorerError, UnknownPaper
from explorer.library import Library
from explorer.map import layout
from explorer.search.answer import Answer
from explorer.search.diversity import Order
from explorer.search.ranking import Result, percentiles
from explorer.server import routes
from explorer.store import HIDDEN, Kind
from explorer.ui import session
from explorer.ui.components.cards import CardEvents, Cards, draw_cards
from explorer.ui.components.map import Colour, Highlights, MapEvents, draw_map
from explorer.ui.explore import basket, marks, saved
from explorer.ui.explore import order as ordering

_AREA_LIMIT = 200  # cards of an area; more would be slow to draw and nobody reads them
_OVERVIEW_LIMIT = 60  # papers listed without a question: enough to read through a small library or topic
_STAR_NEIGHBOURS = 10


@dataclass(frozen=True)
class _Answer:
    """What the page shows: the list, the marks on the map, and the vector that similarity is measured from."""

    cards: Cards
    marks: Highlights
    vector: NDArray[np.float32] | None = None  # or several, (m, dimension)
    mask: NDArray[np.bool_] | None = None  # rows to show plainly, all others faint; None: those that pass the filter
    gather: NDArray[np.int64] | None = None  # rows that may be put into a collection at once
    overview: bool = False  # nothing is asked and nothing filtered
    waits: bool = False  # for the language model


def draw() -> None:
    """Draw the page."""
    opened = routes.library()
    if opened is None or not opened.version:
        _draw_empty()
        return
    _draw_search(opened)
    held = basket.held(opened)
    told = st.container()
    left, right = st.columns([5, 7], gap="medium")
    with left:
        order = ordering.draw(ranked=held.asks(session.question()))
    with told:
        try:
            waits = _asks_for_text() and not routes.encoder_ready.is_set()
            answer = replace(_overview(opened), waits=True) if waits else _answer(opened, held, order)
        except ExplorerError as error:
            st.error(session.plain(str(error)))
            answer = _overview(opened)
    with left:
        spinning = st.container()
        cards = saved.with_saved(opened, answer.cards, overview=answer.overview)
        cards = basket.shown(cards, held, session.question())
        papers = [*(result.paper for result in cards.results), *(cards.selected or ())[:1]]
        shelf = marks.shelf(opened, papers, answer.gather, overview=answer.overview)
        draw_cards(cards, shelf, key=session.CARDS, on_event=_on_card)
    with right, st.container(key="mapside"):
        _draw_map(opened, answer)
    if answer.waits:  # the map is there already; the question is answered as soon as it can be
        routes.warm(0)
        with spinning, st.spinner("Loading the language model, once …"):
            routes.encoder_ready.wait()
        st.rerun()


def _asks_for_text() -> bool:
    """Whether this run needs the language model: a question, and nothing that goes before it."""
    return bool(session.question()) and not session.selected()


def _draw_empty() -> None:
    st.title("Nothing here yet")
    st.write("Bring some papers, and this page will let you search them and show them on a map.")
    st.page_link(st.session_state[session.LIBRARY_PAGE], label="Add papers", icon=":material/upload_file:")


# ------------------------------------------------------------------------------------------------------ controls


def _draw_search(opened: Library) -> None:
    with st.container(key="topline", horizontal=True, vertical_alignment="center"):
        session.follow_address()
        st.text_input(
            "Search",
            key=session.QUERY,
            type="search",
            placeholder="A question, a name, a pasted abstract …  also: “exact phrase”  -word  author:…  year:2019..",
            label_visibility="collapsed",
            on_change=session.ask_anew,
        )
        count = session.count_filters()
        with st.popover(f"Filters ({count})" if count else "Filters", icon=":material/filter_list:"):
            _draw_filters(opened)
        saved.draw_button(opened)
        st.segmented_control(
            "Colour by",
            ["topic", "year", "similarity"],
            default="topic",
            required=True,
            key=session.COLOUR,
            bind="query-params",
            label_visibility="collapsed",
            help="What the colours on the map mean",
        )


@lru_cache(maxsize=8)
def _vector(opened: Library, query: str) -> NDArray[np.float32]:
    """The vector of a question; a rerun with the same one, as after each mark, need not ask the model."""
    return opened.encode(query)


@dataclass(frozen=True)
class _Choices:
    """What the filters offer; depends on papers, not on marks."""

    years: tuple[int, int] | None
    topics: list[str]
    venues: list[str]
    files: list[str]


@st.cache_resource(max_entries=2, show_spinner=False)  # else each mark would ask for the years of all papers anew
def _choices(_opened: Library, folder: str, edition: str) -> _Choices:
    years = _opened.years()
    known = years[years > 0]
    coarse_first = [label for level in _opened.topics.levels[::-1] for label in level.labels]
    return _Choices(
        years=(int(known.min()), int(known.max())) if len(known) else None,
        topics=list(dict.fromkeys(coarse_first)),
        venues=[venue for venue, _ in _opened.venues()],
        files=[file for file, _ in _opened.info().files],
    )


def _draw_filters(opened: Library) -> None:
    choices = _choices(opened, str(opened.folder), opened.edition)
    first, last = st.columns(2)
    low, high = choices.years or (None, None)
    for column, name, label, example in ((first, session.FROM, "From year", low), (last, session.TO, "To year", high)):
        column.number_input(
            label, 1500, 2100, value=None, step=1, key=name, bind="query-params", placeholder=str(example or "any")
        )
    st.text_input("Author", key=session.AUTHOR, bind="query-params", placeholder="any part of a name")
    below = st.container()
    left, right = st.columns(2)
    for place, name, label, options in (
        (below, session.TOPIC, "Topic", choices.topics),
        (below, session.VENUE, "Venue", choices.venues),
        (below, session.SOURCE, "Source file", choices.files),
        (left, session.COLLECTION, "Collection", marks.choices(opened, Kind.COLLECTION)),
        (right, session.TAG, "Tag", marks.choices(opened, Kind.TAG)),
    ):
        options = _with_chosen(options, name)
        place.selectbox(label, options, index=None, key=name, bind="query-params", placeholder="any")
    st.button("Clear filters", on_click=session.clear_filters, type="tertiary")


def _with_chosen(options: list[str], name: str) -> list[str]:
    """The options, and the one that is set, which may have lost its last paper just now."""
    chosen = str(st.session_state.get(name) or st.query_params.get(name) or "")
    return [*options, chosen] if chosen and chosen not in options else options


# ------------------------------------------------------------------------------------------------------- answers


def _answer(opened: Library, held: basket.Held, order: Order) -> _Answer:
    st.session_state[session.WITHHELD] = ""
    paper_id, query = session.selected(), session.question()
    if paper_id:
        try:
            return _of_paper(opened, paper_id, query, order)
        except UnknownPaper:
            st.warning(f"The paper {session.plain(paper_id)} is not in this library any more.")
    if held.asks(query):
        return _of_basket(opened, held, order, query)
    if st.session_state[session.AREA]:
        return _of_area(opened, st.session_state[session.AREA], query)
    return _of_query(opened, query, order) if query else _overview(opened)


def _of_paper(opened: Library, paper_id: str, query: str, order: Order) -> _Answer:
    row = opened.row_of(paper_id)
    vector = opened.current.index.vectors()[row]
    shown = st.session_state[session.SHOWN]
    found = opened.ask_like(paper_id, shown + 1, within=session.within(), order=order)
    results, more = _first(found.results, shown)
    back = "Back to the list" if session.within() else "Back to the whole map"
    if st.session_state[session.AREA]:
        back = "Back to the area"
    if query and not st.session_state[session.AREA]:
        back = f"Back to “{query[:60]}”"
    cards = Cards(
        heading="Selected paper",
        back=back,
        selected=(opened.papers([row])[0], row),
        subheading="Nearest papers" if results else "No other paper passes the filters",
        results=results,
        answer=found,
        of_paper=True,
        more=more,
    )
    rows = tuple(result.row for result in results)
    marks = Highlights(results=rows, neighbours=rows[: session.PAGE], selected=row)
    return _Answer(cards, marks, vector, gather=_rows(results))


def _of_basket(opened: Library, held: basket.Held, order: Order, query: str) -> _Answer:
    area = st.session_state[session.AREA]
    inside, allowed = _inside(opened.map, area) if area else None, opened.mask(session.within())
    inside = inside if inside is None or allowed is None else inside & allowed
    vector = _vector(opened, query) if query else None
    cards = basket.ranked(opened, held, query, among=inside, vector=vector, order=order)
    asking = opened.current.index.vectors()[list(held.liked_rows)] if held.liked else vector
    marks = Highlights(results=tuple(result.row for result in cards.results), asking=held.liked_rows)
    return _Answer(cards, marks, asking, inside, gather=_rows(list(cards.results)))


def _of_query(opened: Library, query: str, order: Order) -> _Answer:
    vector = _vector(opened, query)
    shown = st.session_state[session.SHOWN]
    found = opened.ask(query, shown + 1, within=session.within(), vector=vector, order=order)
    if withheld := ordering.withheld(found, query):
        return _Answer(withheld, Highlights(), vector)
    results, more = _first(found.results, shown)
    cards = Cards(
        heading=f"{_papers(len(results))} nearest to {session.quoted(query)}" if results else "No paper passes",
        note=_remark(query, found) if results else "Widen or clear the filters, or leave out quotes and -words.",
        results=results,
        answer=found,
        more=more,
        asked=query,
    )
    star = _place(opened, opened.nearest(vector, _STAR_NEIGHBOURS))
    marks = Highlights(results=tuple(result.row for result in results), query=star)
    return _Answer(cards, marks, vector, gather=_rows(results))


def _remark(query: str, found: Answer) -> str:
    """What must be known of a list of results: how sure it is, and that a long text is not compared whole."""
    long = "Only about the first 200 words are compared. For a longer text, or one of several topics: the page Draft."
    return " ".join(filter(None, (found.verdict.words, long if count_words(query) > LONG else "")))


def _of_area(opened: Library, polygon: tuple[tuple[float, float], ...], query: str) -> _Answer:
    inside = _inside(opened.map, polygon)
    allowed = opened.mask(session.within())
    inside = inside if allowed is None else inside & allowed
    count = int(np.count_nonzero(inside))
    vectors = opened.current.index.vectors()
    # Without a question the most typical papers of the area come first: those nearest to its middle.
    vector = _vector(opened, query) if query else vectors[inside].mean(axis=0) if count else vectors[0]
    found = opened.ask(query, _AREA_LIMIT, among=inside, vector=vector) if query else None
    results = found.results if found else tuple(opened.nearest(vector, _AREA_LIMIT, among=inside))
    sure = found.verdict.words if found else ""
    order = f"nearest to “{query[:60]}” first" if query else "the most typical first"
    cards = Cards(
        heading=f"{_papers(count)} in the area" if count else "No papers in this area",
        note=" ".join((f"The {'first ' if count > _AREA_LIMIT else ''}{_papers(len(results))}, {order}.", sure)).strip()
        if count
        else "",
        back="Back",
        results=results,
        answer=found,
        calibrated=bool(query),
        asked=query,
    )
    marks = Highlights(results=tuple(result.row for result in results[: session.PAGE]))
    return _Answer(cards, marks, vector, inside, gather=np.flatnonzero(inside))


def _overview(opened: Library) -> _Answer:
    within = session.within()
    allowed = opened.mask(within)
    rows = np.arange(len(opened.map)) if allowed is None else np.flatnonzero(allowed)
    chips = _chips(opened, rows)
    named = within.topic or within.collection or within.tag
    listed = rows[:_OVERVIEW_LIMIT] if named or len(rows) <= _OVERVIEW_LIMIT or not chips else rows[:0]
    if named:
        heading = f"{_papers(len(rows))} in “{named}”"
    else:
        heading = _papers(len(rows)) + (" pass the filters" if within else ", by topic")
    note = "Search above, click a dot, or choose a topic."
    if 0 < len(listed) < len(rows):
        note = f"The first {len(listed)} are listed. {note}"
    if within.collection == HIDDEN:
        note = "Left out everywhere else. Press the eye of a paper to bring it back."
    papers = opened.papers(listed.tolist())
    cards = Cards(
        heading=heading,
        back="All papers" if within else "",
        note=note if len(rows) else "Widen or clear the filters to see more.",
        topics=chips,
        results=tuple(Result(paper, int(row), 0.0, 0.0) for paper, row in zip(papers, listed, strict=True)),
        calibrated=False,
    )
    return _Answer(cards, Highlights(), gather=rows if within else None, overview=not within)


def _chips(opened: Library, rows: NDArray[np.int64]) -> tuple[tuple[str, int], ...]:
    """The coarsest topics that tell these papers apart, the largest first; none when no level does."""
    for level in opened.topics.levels[::-1]:
        sizes = np.bincount(level.assignment[rows], minlength=len(level.labels))
        if np.count_nonzero(sizes) > 1:
            found = [(label, int(size)) for label, size in zip(level.labels, sizes, strict=True) if size]
            return tuple(sorted(found, key=lambda chip: -chip[1]))
    return ()


def _first(results: tuple[Result, ...], shown: int) -> tuple[tuple[Result, ...], str]:
    """The results to show, and the words for more when one beyond them was found."""
    return results[:shown], "Show more" if len(results) > shown else ""


def _rows(results: Sequence[Result]) -> NDArray[np.int64]:
    return np.array([result.row for result in results], np.int64)


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"


def _place(opened: Library, results: list[Result]) -> tuple[float, float] | None:
    if not results:
        return None
    rows = [result.row for result in results]
    similarities = np.array([[result.similarity for result in results]], np.float32)
    x, y = layout.place(opened.map[rows][None, :, :], similarities)[0]
    return float(x), float(y)


def _inside(points: NDArray[np.float32], polygon: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    """Which points (n, 2) lie in a polygon, by the parity of edges crossed to the right."""
    x, y = points[:, 0], points[:, 1]
    inside = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        inside ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return inside


# ------------------------------------------------------------------------------------------------------- the map


def _draw_map(opened: Library, answer: _Answer) -> None:
    colour: Colour = st.session_state.get(session.COLOUR) or "topic"
    shown = opened.mask(session.within()) if answer.mask is None else answer.mask
    highlights = replace(
        answer.marks,
        colour=colour,
        mask_url=None if shown is None else routes.publish(shown),
        marks_url=marks.map_marks(opened),
        similarity_url=_similarity_path(opened, answer) if colour == "similarity" else None,
        focus=st.session_state[session.FOCUS],
    )
    if colour == "similarity" and answer.vector is None:
        st.caption("Search or click a paper: the colours then show how similar each paper is to it.")
    draw_map(
        key=session.MAP,
        version=opened.edition,
        highlights=highlights,
        on_click=_on_map,
        on_area=_on_map,
    )


def _similarity_path(opened: Library, answer: _Answer) -> str | None:
    if answer.vector is None:
        return None
    build = opened.current
    # Of several papers that ask, the nearest counts, as in the list.
    similarities = (build.index.vectors() @ np.atleast_2d(answer.vector).T).max(axis=1)
    # Ranks among random pairs spread the middle and hide the top: the square shows both.
    return routes.publish(255 * (percentiles(similarities, build.pair_similarities) / 100) ** 2)


# ------------------------------------------------------------------------------------------------------- events


def _on_map() -> None:
    events = MapEvents.of(st.session_state[session.MAP])
    opened = routes.library()
    if opened is None:
        return
    if events.area:
        session.select("")
        st.session_state[session.AREA] = events.area
    elif events.clicked is not None and events.clicked < len(opened.map):
        clicked = opened.papers([events.clicked])[0].id
        marks.saw(opened, clicked)
        session.select(clicked)
    elif events.cleared:
        session.select("")
        st.session_state[session.AREA] = None


def _on_card() -> None:
    events = CardEvents.of(st.session_state[session.CARDS])
    if opened := routes.library():
        marks.carry_out(opened, events)
    basket.carry_out(events)
    if events.opened:
        if opened:
            marks.saw(opened, events.opened)
        session.select(events.opened)
    elif events.topic:
        st.session_state[session.TOPIC] = events.topic
    elif events.collection:
        st.session_state[session.COLLECTION] = events.collection
    elif events.tag:
        st.session_state[session.TAG] = events.tag
    elif opened and events.search:
        saved.open_search(opened, events.search)
    elif opened and events.forget:
        saved.forget(opened, events.forget)
    elif events.more:
        session.show_more()
    elif events.closed:
        if not session.selected() and not st.session_state[session.AREA]:  # the way back from a list that filters made
            session.clear_filters()
        elif not session.selected():
            st.session_state[session.AREA] = None
        session.select("")
