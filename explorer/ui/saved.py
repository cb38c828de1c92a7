"""Saved searches in the app: the button that saves, the chips that open one, and what is new in the one that is open.

Knows session keys and the verbs of saved searches. Always true: a search counts as looked at when the user opens it by
its chip, never by a rerun; what was new then stays marked until something else is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from explorer import api
from explorer.errors import ExplorerError, UnknownPaper
from explorer.library import Library
from explorer.news import News
from explorer.store import Filter
from explorer.ui import state
from explorer.ui.cards import Cards


@dataclass(frozen=True)
class _Opened:
    """A saved search that was opened: what it asks, and the ids of the papers that were new in it then."""

    name: str
    text: str
    paper: str
    within: Filter
    fresh: frozenset[str]
    since: str


# ------------------------------------------------------------------------------------------------------- saving


def draw_button(opened: Library) -> None:
    """The button by the search box. It is always there, so that nothing moves when a question is asked."""
    asked = bool(state.question() or state.selected())
    with (
        st.container(key="savebox", width="content"),
        st.popover(
            "Save", icon=":material/bookmark_add:", disabled=not asked, help="Save this search, to be told what comes"
        ),
    ):
        name = state.question() or _title(opened)
        with st.form("save_search", border=False):
            st.text_input("Name", key=state.SAVE_NAME, max_chars=200, placeholder=name[:60])
            st.form_submit_button("Save this search", on_click=_save, type="primary")
        if wrong := st.session_state.get(state.SAVE_WRONG):
            st.error(state.plain(wrong))
        filters = ", with its filters" if state.within() else ""
        st.caption(f"Kept on the first page{filters}. After each import it says which papers are new in it.")


def _title(opened: Library) -> str:
    try:
        return opened.papers([opened.row_of(state.selected())])[0].heading if state.selected() else ""
    except UnknownPaper:
        return ""


def _save() -> None:
    opened = api.library()
    if opened is None:
        return
    typed = str(st.session_state.get(state.SAVE_NAME) or "")
    like = [state.selected()] if state.selected() else []
    text = "" if like else state.question()
    try:
        made = opened.save_search((typed or text or _title(opened))[:60], text, state.within(), like=like)
    except ExplorerError as error:
        st.session_state[state.SAVE_WRONG] = str(error)
        return
    st.session_state[state.SAVE_WRONG], st.session_state[state.SAVE_NAME] = "", ""
    st.toast(f"Saved as {state.plain(made.name)}", icon=":material/bookmark_added:")


# ------------------------------------------------------------------------------------------------- opening, showing


def with_saved(opened: Library, cards: Cards, *, overview: bool) -> Cards:
    """The list, with the saved searches where it is the overview, and with what is new where one is open."""
    if overview:
        return replace(cards, saved=tuple((one.saved.name, len(one.papers)) for one in opened.news()))
    at = st.session_state.get(state.OPENED)
    if at is None or (at.text, at.paper, at.within) != _asked():
        return cards
    count = len(at.fresh)
    said = f"{count:,} new since {at.since}" if count else f"Nothing new since {at.since}"
    return replace(cards, fresh=at.fresh, note=f"{said}. {cards.note}".strip(), forget=at.name)


def _asked() -> tuple[str, str, Filter]:
    paper = state.selected()
    return ("" if paper else state.question(), paper, state.within())


def open_search(opened: Library, name: str) -> None:
    """Ask a saved search again, within its filter, and remember that it was looked at; in a callback."""
    try:
        news = opened.news(name)[0]
        _show(news)
        if not news.problem:
            opened.seen_news(news)
    except ExplorerError as error:  # forgotten in another window, or the library cannot be written
        st.toast(state.plain(str(error)), icon=":material/error:")


def _show(news: News) -> None:
    saved = news.saved
    paper = saved.like[0] if saved.like else ""
    state.set_within(saved.within)
    state.ask(saved.text)
    state.select(paper)
    # All that is new is shown at once, and the page after it as ever.
    st.session_state[state.SHOWN] = max(state.PAGE, min(len(news.papers) + state.PAGE, 60))
    fresh = frozenset(result.paper.id for result in news.papers)
    st.session_state[state.OPENED] = _Opened(saved.name, saved.text, paper, saved.within, fresh, saved.looked[:10])


def forget(opened: Library, name: str) -> None:
    """Forget a saved search; in a callback."""
    try:
        opened.forget_search(name)
        st.toast(f"Forgotten: {state.plain(name)}", icon=":material/bookmark_remove:")
    except ExplorerError as error:
        st.toast(state.plain(str(error)), icon=":material/error:")
    st.session_state[state.OPENED] = None
