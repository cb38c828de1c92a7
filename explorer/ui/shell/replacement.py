"""What a page says when another library lies where that lay which it showed, and what the session forgets then.

Knows the session's states, not why a library changed. Always true: it is said once; rows, areas and papers of the
library before, or of a visitor before, are never taken for those of the new; the question in the address stays, its
papers by their ids.
"""

from __future__ import annotations

import streamlit as st

from explorer.server import session
from explorer.server.visitor import visitor
from explorer.store import Identity
from explorer.ui.components.text import plain
from explorer.ui.explore.marks import MarkState
from explorer.ui.pages.duplicates import DuplicatesState
from explorer.ui.state import PAGE, ExploreState, LibraryState, state


def draw(file: Identity | None) -> None:
    """Say it, if `file`, which the page is about to show, is another than the last; None: there is none any more."""
    if state(LibraryState).visitor != visitor():
        state(LibraryState).visitor = visitor()
        _forget()
    shown, folder = state(LibraryState), plain(session.in_public(str(session.library_folder().resolve())))
    if shown.folder != (at := session.library_folder()):  # another of several was chosen
        shown.folder, shown.file, before = at, file, shown.folder
        if before is not None:
            _forget()
    elif shown.file is None:
        shown.file = file
    elif file is None:
        st.warning(
            f"The library that was open here is not in {folder} any more: it was moved or deleted. Put it back, or add "
            "papers to begin anew.",
            icon=":material/folder_off:",
        )
    elif file != shown.file:
        shown.file = file
        _forget()
        st.toast(
            f"Another library lies in {folder} now: it was put back from a copy, moved there or made anew. "
            "From here on this page shows what it holds.",
            icon=":material/published_with_changes:", duration="infinite",
        )  # fmt: skip


def _forget() -> None:
    explore, marks = state(ExploreState), state(MarkState)
    explore.area, explore.search, explore.shown = (), None, PAGE
    explore.focus += 1
    state(DuplicatesState).list = None
    marks.gather, marks.added = ("", ()), ("", [])
