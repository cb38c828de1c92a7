"""What is wrong, said on the page: errors of pages and callbacks as a sentence, never as a traceback.

Always true: what is no `ExplorerError` passes, Streamlit's own ways of ending a run among it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.errors import ExplorerError
from explorer.server import session
from explorer.ui.components.text import plain


@contextmanager
def shown(below: Callable[[], None] = lambda: None) -> Iterator[None]:
    """An error inside is shown in place of what was to be drawn, and `below` draws what follows it."""
    try:
        yield
    except ExplorerError as error:
        st.error(plain(session.in_public(str(error))))
        below()


@contextmanager
def noted() -> Iterator[None]:
    """An error inside, in a callback, is shown beside the page, which is drawn as ever."""
    try:
        yield
    except ExplorerError as error:
        st.toast(plain(session.in_public(str(error))), icon=":material/error:", duration="long")
