"""Saved searches in the app: the button that saves, the chips that open one, and what is new in the one that is open.

Knows session keys and the verbs of saved searches. Always true: a search counts as looked at when the user opens it by
its chip, never by a rerun; what was new then stays marked until something else is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from explorer.errors import ExplorerError, UnknownPaper
from explorer.library import Library
from explorer.search.news import News
from explorer.server import routes
from explorer.store import Filter
from explorer.ui import session
from explorer.ui.components.cards import Cards


@dataclass(frozen=True)
class _Opened:
    """A saved search that was opened: what it asks, and the ids of the papers that were new in it then."""

    name: str
    text: str
    like: tuple[str, ...]
    unlike: tuple[str, ...]
    within: Filter
    fresh: frozenset[str]
    since: str


# ------------------------------------------------------------------------------------------------------- saving


def draw_button(opened: Library) -> None:
    """The button by the search box. It is always there, so that nothing moves when a question is asked."""
    text, like, _, _ = _asked()
    with (
        st.container(key="savebox", width="content"),
        st.popover(
            "Save",
            icon=":material/bookmark_add:",
            disabled=not (text or like),
            help="Save this search, to be told what comes",
        ),
    ):
        name = text or _title(opened, like)
        with st.form("save_search", border=False):
            st.text_input("Name", key=session.SAVE_NAME, max_chars=200, placeholder=name[:60])
            st.form_submit_button("Save this search", on_click=_save, type="primary")
        if wrong := st.session_state.get(session.SAVE_WRONG):
            st.error(session.plain(wrong))
        filters = ", with its filters" if session.within() else ""
        st.caption(f"Kept on the first page{filters}. After each import it says which papers are new in it.")


def _title(opened: Library, like: tuple[str, ...]) -> str:
    try:
        return opened.papers([opened.row_of(like[0])])[0].heading if like else ""
    except UnknownPaper:
        return ""


def _save() -> None:
    opened = routes.library()
    if opened is None:
        return
    typed = str(st.session_state.get(session.SAVE_NAME) or "")
    text, like, unlike, within = _asked()
    try:
        name = typed or (text or _title(opened, like))[:60]
        made = opened.save_search(name, text, within, like=like, unlike=unlike)
    except ExplorerError as error:
        st.session_state[session.SAVE_WRONG] = str(error)
        return
    st.session_state[session.SAVE_WRONG], st.session_state[session.SAVE_NAME] = "", ""
    st.toast(f"Saved as {session.plain(made.name)}", icon=":material/bookmark_added:")


# ------------------------------------------------------------------------------------------------- opening, showing


def with_saved(opened: Library, cards: Cards, *, overview: bool) -> Cards:
    """The list, with the saved searches where it is the overview, and with what is new where one is open."""
    if overview:
        return replace(cards, saved=tuple((one.saved.name, len(one.papers)) for one in opened.news()))
    at = st.session_state.get(session.OPENED)
    if at is None or (at.text, at.like, at.unlike, at.within) != _asked():
        return cards
    count = len(at.fresh)
    said = f"{count:,} new since {at.since}" if count else f"Nothing new since {at.since}"
    return replace(cards, fresh=at.fresh, note=f"{said}. {cards.note}".strip(), forget=at.name)


def _asked() -> tuple[str, tuple[str, ...], tuple[str, ...], Filter]:
    """What is asked now, as a search is saved: the selected paper, else the question and the basket; and the filter."""
    if paper := session.selected():
        return "", (paper,), (), session.within()
    liked, unliked = session.basket()
    return session.question(), tuple(liked), tuple(unliked), session.within()


def open_search(opened: Library, name: str) -> None:
    """Ask a saved search again, within its filter, and remember that it was looked at; in a callback."""
    try:
        news = opened.news(name)[0]
        _show(news)
        if not news.problem:
            opened.seen_news(news)
    except ExplorerError as error:  # forgotten in another window, or the library cannot be written
        st.toast(session.plain(str(error)), icon=":material/error:")


def _show(news: News) -> None:
    saved = news.saved
    alone = bool(saved.like) and not (saved.like[1:] or saved.unlike or saved.text)
    session.set_within(saved.within)
    session.ask(saved.text)
    session.pick(() if alone else saved.like, saved.unlike)
    session.select(saved.like[0] if alone else "")
    # All that is new is shown at once, and the page after it as ever.
    st.session_state[session.SHOWN] = max(session.PAGE, min(len(news.papers) + session.PAGE, 60))
    fresh = frozenset(result.paper.id for result in news.papers)
    asked = (saved.text, saved.like, saved.unlike, saved.within)
    st.session_state[session.OPENED] = _Opened(saved.name, *asked, fresh, saved.looked[:10])


def forget(opened: Library, name: str) -> None:
    """Forget a saved search; in a callback."""
    try:
        opened.forget_search(name)
        st.toast(f"Forgotten: {session.plain(name)}", icon=":material/bookmark_remove:")
    except ExplorerError as error:
        st.toast(session.plain(str(error)), icon=":material/error:")
    st.session_state[session.OPENED] = None
