"""What a page shows while there are no papers."""

from __future__ import annotations

import streamlit as st

from explorer.library import Library
from explorer.library.snapshot import arrays_or_none
from explorer.server import session
from explorer.server.access import read_only
from explorer.ui.state import Pages, state


def open_library() -> Library | None:
    """The library, if it has papers; else None, and the way to add some is on the page."""
    opened = session.library()
    if opened is not None and arrays_or_none(opened.snapshot) is not None:
        return opened
    st.write("There are no papers yet.")
    if (page := state(Pages).library) and not read_only():
        st.page_link(page, label="Add papers", icon=":material/upload_file:")
    return None
