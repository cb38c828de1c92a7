"""The filters beside the search box: years, author, topic, venue, file, collection and tag.

Knows widgets and what the library offers to choose from. Always true: every choice stands in the address.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explorer.library import Library
from explorer.library.facets import rows_of_files
from explorer.library.snapshot import span_of_years, venues
from explorer.store import Kind
from explorer.ui import address
from explorer.ui.components.cards import FilterChip
from explorer.ui.components.choice import choose
from explorer.ui.explore import marks

_WORDS = {address.SOURCE: "file"}  # where the name in the address is not the word on the page


@dataclass(frozen=True)
class Choices:
    """What the filters offer; depends on papers, not on marks."""

    years: tuple[int, int] | None
    topics: list[str]
    venues: list[str]
    files: list[str]


def choices(opened: Library) -> Choices:
    """What the filters of a library offer."""
    return opened.snapshot.once("filter choices", lambda: _choices(opened))


def _choices(opened: Library) -> Choices:
    coarse_first = [label for level in opened.topics.levels[::-1] for label in level.labels]
    return Choices(
        years=span_of_years(opened.snapshot),
        topics=list(dict.fromkeys(coarse_first)),
        venues=[venue for venue, _ in venues(opened.snapshot)],
        files=list(rows_of_files(opened.snapshot)),
    )


def draw(opened: Library) -> None:
    """The button that unfolds the filters."""
    count = address.count_filters()
    with st.popover(f"Filters ({count})" if count else "Filters", icon=":material/filter_list:"):
        _draw(opened)


def _draw(opened: Library) -> None:
    offered = choices(opened)
    first, last = st.columns(2)
    low, high = offered.years or (None, None)
    for column, name, label, example in ((first, address.FROM, "From year", low), (last, address.TO, "To year", high)):
        column.number_input(
            label, 1500, 2100, value=None, step=1, key=name, bind="query-params", placeholder=str(example or "any")
        )
    st.text_input(
        "In the library since", key=address.SINCE, bind="query-params", placeholder="a day or month, as 2026-11-20",
        help="Only papers that an import brought on that day or later.",
    )  # fmt: skip
    st.text_input("Author", key=address.AUTHOR, bind="query-params", placeholder="any part of a name")
    below = st.container()
    left, right = st.columns(2)
    for place, name, label, options in (
        (below, address.TOPIC, "Topic", offered.topics),
        (below, address.VENUE, "Venue", offered.venues),
        (below, address.SOURCE, "Source file", offered.files),
        (left, address.COLLECTION, "Collection", marks.choices(opened, Kind.COLLECTION)),
        (right, address.TAG, "Tag", marks.choices(opened, Kind.TAG)),
    ):
        chosen = str(st.session_state.get(name) or st.query_params.get(name) or "")  # it may have lost its last paper
        choose(place, label, options, key=name, chosen=chosen, index=None, bind="query-params", placeholder="any")
    st.button("Clear filters", on_click=address.clear_filters, type="tertiary")


def chips() -> tuple[FilterChip, ...]:
    """The filters that are set, in words."""
    within = address.within()
    years = ((address.FROM, "from", within.year[0]), (address.TO, "to", within.year[1]))
    day = address.since(within)[:16].replace("T", " ")
    since = ((address.SINCE, "new since", day),)
    texts = ((name, _WORDS.get(name, name), getattr(within, name)) for name in address.TEXTS)
    return tuple(FilterChip(name, f"{words} {value}") for name, words, value in (*years, *since, *texts) if value)


def remove(*names: str) -> None:
    """Take filters off, whatever the browser believes of their widgets; in a callback."""
    for name in set(names).intersection(address.FILTERS):
        st.session_state[name] = "" if name in (address.AUTHOR, address.SINCE) else None
