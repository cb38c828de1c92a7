"""What is asked, as it stands in the address: query, basket, filters, selected paper, order and colour.

Knows Streamlit's session and address, not libraries. Always true: a reload, a link and the browser's Back bring the
same question back; filters, order and colour get there by binding their widgets, the others by hand, so that each
question becomes a step of the browser's history. The map keeps its own view there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from explorer.filter import FIELDS, All, Field, Filter
from explorer.search.parse import BadQuery, Mode, filters_alone
from explorer.search.question import Question
from explorer.ui.state import PAGE, ExploreState, state

# Names in the address and, of those that widgets have, keys in the session.
QUERY, COLOUR, ORDER = "q", "colour", "order"
READ = "read"  # how the query is to be read, where that is not as it looks
PAPER = "paper"  # the selected one
LIKE, UNLIKE = "like", "unlike"  # the basket
LIST, DRAFT = "list", "draft"  # that the suggestions for the draft of this tab are to be shown; they are not in it
FROM, TO = "from", "to"  # years of a Filter
SINCE = "since"  # a day or time since which papers are in the library
TEXTS = AUTHOR, VENUE, TOPIC, SOURCE, COLLECTION, TAG = "author", "venue", "topic", "source", "collection", "tag"
FILTERS = (FROM, TO, SINCE, *TEXTS)  # the texts have the names that they have in a Filter


_DAY = re.compile(r"\d{4}(-\d\d(-\d\d(T[\d:+.Z-]{4,24})?)?)?", re.ASCII)


def query() -> str:
    """What stands in the search box, without blanks around it."""
    return str(st.session_state.get(QUERY) or "").strip()


def mode() -> Mode:
    """How the query is to be read."""
    value = st.query_params.get(READ)
    return Mode(value) if value in list(Mode) else Mode.AUTO


def read_as(mode: Mode) -> None:
    """Read the query in another way; a step of the history."""
    if mode is not Mode.AUTO:
        st.query_params[READ] = mode.value
    elif READ in st.query_params:
        del st.query_params[READ]


def ask(text: str, mode: Mode = Mode.AUTO) -> None:
    """Put a query into the search box and ask it; in a callback."""
    st.session_state[QUERY] = text
    ask_anew()
    read_as(mode)


def ask_anew() -> None:
    """A new query: let go of the selected paper and the area, and show the results on the map.

    What is only a filter (author:Brown) goes where filters are.
    """
    with suppress(BadQuery):
        if within := filters_alone(query()):
            st.session_state.update({name: value for name, value in _values(within).items() if value})
            st.session_state[QUERY] = ""
    explore = state(ExploreState)
    explore.area = ()
    explore.focus += 1
    select("")
    leave_suggestions()
    read_as(Mode.AUTO)
    if query():
        st.query_params[QUERY] = query()
    elif QUERY in st.query_params:
        del st.query_params[QUERY]


def follow() -> None:
    """Put the query of the address into the search box: after a reload, a link, or the browser's Back."""
    wanted = str(st.query_params.get(QUERY, ""))
    if query() != wanted:
        st.session_state[QUERY] = wanted


def selected() -> str:
    """Id of the selected paper; empty when there is none."""
    return str(st.query_params.get(PAPER, ""))


def select(paper_id: str) -> None:
    """Select a paper, or none."""
    state(ExploreState).shown = PAGE
    if paper_id:
        st.query_params[PAPER] = paper_id
    elif PAPER in st.query_params:
        del st.query_params[PAPER]


def suggested() -> bool:
    """Whether the suggestions for the draft of this tab are to be shown."""
    return st.query_params.get(LIST) == DRAFT


def leave_suggestions() -> None:
    """Show all papers again instead."""
    if LIST in st.query_params:
        del st.query_params[LIST]


def basket() -> tuple[list[str], list[str]]:
    """Ids of the liked and of the unliked papers."""
    liked, unliked = (list(dict.fromkeys(st.query_params.get_all(name))) for name in (LIKE, UNLIKE))
    return liked, [name for name in unliked if name not in liked]


def pick(liked: Sequence[str], unliked: Sequence[str]) -> None:
    """Put these papers, and only these, into the basket, and let go of the selected one; one step of the history."""
    explore = state(ExploreState)
    explore.shown = PAGE
    explore.focus += 1
    st.query_params.update({LIKE: list(liked), UNLIKE: list(unliked), PAPER: []})


def question() -> Question:
    """What is asked, as a search is saved: by the selected paper, else by query and basket; within the filter."""
    if paper := selected():
        return Question(like=(paper,), within=within())
    liked, unliked = basket()
    return Question(query(), tuple(liked), tuple(unliked), within(), mode=mode())


# -------------------------------------------------------------------------------------------------------- filters


def within() -> Filter:
    """The filter that is set."""
    chosen = st.session_state
    where = All((Field(SINCE, day),)) if _DAY.fullmatch(day := str(chosen.get(SINCE) or "").strip()) else All()
    texts = (str(chosen.get(name) or "").strip() for name in FIELDS)
    return Filter((chosen.get(FROM), chosen.get(TO)), *texts, where=where)


def since(within: Filter) -> str:
    """The day or time since which papers must be in the library; empty where the filter names none."""
    parts = within.where.parts if isinstance(within.where, All) else ()
    return next((part.value for part in parts if isinstance(part, Field) and part.name == SINCE), "")


def set_within(within: Filter) -> None:
    """Set the filter; to be called before the widgets are drawn, in a callback."""
    st.session_state.update(_values(within))


def clear_filters() -> None:
    """Set every filter to nothing."""
    set_within(Filter())


def count_filters() -> int:
    """How many filters are set; also right in a session's first run, before the widgets have read the address."""
    chosen, address = st.session_state, st.query_params
    return sum(bool(chosen[name] if name in chosen else address.get(name)) for name in FILTERS)


def _values(within: Filter) -> dict[str, int | str | None]:
    """The values of the widgets for a filter; of those that are not set, what the widget has when it is empty."""
    texts = {name: getattr(within, name) or (None if name != AUTHOR else "") for name in TEXTS}
    return {FROM: within.year[0], TO: within.year[1], SINCE: since(within), **texts}
