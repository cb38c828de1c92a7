"""What a session remembers beside the address: one small typed state for each part of the app.

Knows Streamlit's session and plain values. Always true: a state begins with the values its class gives; what a widget
shows is not in it but under the widget's own key, and what is asked is in the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import streamlit as st
from streamlit.navigation.page import Page

from explorer.search.question import SavedSearch
from explorer.store import Identity

PAGE = 10  # results at first, and more by each click
T = TypeVar("T")


def state(kind: type[T]) -> T:
    """The session's state of this kind."""
    kept: T = st.session_state.setdefault(kind.__name__, kind())
    return kept


@dataclass
class Pages:
    """The pages to link to; None where one is drawn by itself."""

    explore: Page | None = None
    library: Page | None = None
    duplicates: Page | None = None


@dataclass(frozen=True)
class OpenSearch:
    """A saved search that was opened, and the ids of the papers that were new in it then."""

    search: SavedSearch
    fresh: frozenset[str]


@dataclass
class LibraryState:
    """The library that the session shows: its file, None before there was any; and as which visitor it was shown."""

    file: Identity | None = None
    folder: Path | None = None
    visitor: str = ""


@dataclass
class VisitorState:
    """Who has the session, as the connection of the browser says, also after that has ended."""

    name: str = ""


@dataclass
class ExploreState:
    """The page Explore."""

    area: tuple[tuple[float, float], ...] = ()  # corners of what was drawn on the map
    focus: int = 0  # a new number moves the map to the results
    drawn_focus: int = 0  # that of the last answer: a question that waits for the model moves nothing yet
    shown: int = PAGE  # results to show
    basket: int = 0  # number of the browser's last message about the basket
    search: OpenSearch | None = None
    save_error: str = ""
