"""The switch between several libraries, and which of them a page shows: as it stands in the address.

Knows the session, the address and the names of libraries. Always true: of a single library nothing is drawn, and no
address holds a name; another library comes whole: what was selected, filtered or liked before is let go.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.errors import ExplorerError
from explorer.libraries.names import ALL
from explorer.library.snapshot import arrays_or_none
from explorer.server import choice, session
from explorer.text import counted
from explorer.ui import address
from explorer.ui.state import ExploreState, state

_KEY, _WIDGET = "library", "library-switch"  # in the address; of the widget


@dataclass
class Shown:
    """The library that the session shows, and on which page it did so last."""

    library: str = ""
    page: str | None = None  # empty for the first


def wanted() -> str:
    """The name in the address of this run; empty outside of a page."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""
    return str(st.query_params.get(_KEY, ""))


def follow(page: str, *, together: bool) -> None:
    """Show the library of the address; on another `page` that of the page before, whose links hold no name.

    Only a page that shows all `together` can show them all.
    """
    if not choice.several():
        return
    shown = state(Shown)
    moved = shown.page is not None and page != shown.page
    if _KEY not in st.query_params and moved and shown.library:
        st.query_params[_KEY] = shown.library
    name = choice.wanted()
    if name not in choice.folders() and not (name == ALL and together):
        name = next(iter(choice.folders()))
        if _KEY in st.query_params:
            st.query_params[_KEY] = name
    if shown.library and name != shown.library and not moved:
        _let_go()
    shown.library, shown.page = name, page
    st.session_state[_WIDGET] = name


def draw(*, together: bool) -> None:
    """Draw the switch; nothing of a single library. With `together`, all can be chosen, too."""
    if not choice.several():
        return
    options = [*choice.folders(), *([ALL] if together else [])]
    sizes = {name: _size(name) for name in choice.folders()}

    def words(name: str) -> str:
        if name == ALL:
            return f"All {len(sizes)} libraries"
        return f"{name} · {counted(sizes[name], 'paper')}"

    with st.container(key="switch"):
        st.selectbox(
            "Library", options, format_func=words, key=_WIDGET, label_visibility="collapsed", on_change=_switch
        )


def to(name: str, paper: str = "") -> None:
    """Show another library, and a paper of it; in a callback."""
    _let_go()
    st.query_params[_KEY] = name
    state(Shown).library = name
    if paper:
        address.select(paper)


def _switch() -> None:
    to(str(st.session_state[_WIDGET]))


def _let_go() -> None:
    """Let go of all that is of the library before: papers, filters, area. The question stays."""
    address.clear_filters()
    address.pick((), ())
    address.leave_suggestions()
    explore = state(ExploreState)
    explore.area, explore.search = (), None


def _size(name: str) -> int:
    """Number of papers, 0 where it cannot be opened: its own page says why."""
    with suppress(ExplorerError):
        opened = session.library_of(name)
        arrays = arrays_or_none(opened.snapshot) if opened is not None else None
        return 0 if arrays is None else len(arrays.keys)
    return 0
