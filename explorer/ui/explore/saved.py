"""Saved searches in the app: the button that saves, the chips that open one, and what is new in the one that is open.

Knows the session and the verbs of saved searches. Always true: a search counts as looked at when the user opens it by
its chip, never by a rerun; what was new then stays marked until something else is asked.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.errors import ExplorerError, UnknownPaper
from explorer.library import Library
from explorer.search.news import News
from explorer.search.question import Question
from explorer.server import session
from explorer.ui import address
from explorer.ui.components.cards import Cards, SearchChip
from explorer.ui.components.choice import choose
from explorer.ui.components.text import plain
from explorer.ui.explore import interpretation
from explorer.ui.state import PAGE, ExploreState, OpenSearch, state

NAME, PICK = "save_name", "saved_pick"  # keys of the fields
_CHIPS = 50  # saved searches on the overview, those first in which something may be new


# ------------------------------------------------------------------------------------------------------- saving


def draw_button(opened: Library) -> None:
    """The button by the search box. For who may save it is always there: nothing moves when a question comes."""
    if not session.may_mark():
        return
    question = address.question()
    with (
        st.container(key="savebox", width="content"),
        st.popover(
            "Save",
            icon=":material/bookmark_add:",
            disabled=not question,
            help="Save this search, and see later what is new in it",
        ),  # fmt: skip
    ):
        with st.form("save_search", border=False):
            st.text_input("Name", key=NAME, max_chars=200, placeholder=_name(opened, question))
            st.form_submit_button("Save this search", on_click=_save, type="primary")
        if error := state(ExploreState).save_error:
            st.error(plain(error))
        _draw_others(opened)
        filters = ", with its filters" if question.within else ""
        st.caption(f"Kept on the first page{filters}. After each import it says which papers are new in it.")


def _draw_others(opened: Library) -> None:
    """Where to open those of many that have no chips."""
    names = opened.saved.names()
    if len(names) > _CHIPS:
        choose(
            st.container(), f"Open one of {len(names):,} saved searches", names, key=PICK, index=None,
            placeholder="name", on_change=_open_picked,
        )  # fmt: skip


def _open_picked() -> None:
    opened, name = session.library(), st.session_state.get(PICK)
    if opened is not None and name:
        open_search(opened, name)
    st.session_state[PICK] = None


def _name(opened: Library, question: Question) -> str:
    """What a search is called if nothing is typed: its query, or the title of the first liked paper."""
    try:
        first = question.like[:1] if not question.text else ()
        titles = [paper.heading for paper in opened.snapshot.papers([opened.snapshot.row(name) for name in first])]
    except UnknownPaper:
        titles = []
    return (question.text or "".join(titles))[:60]


def _save() -> None:
    typed = str(st.session_state.get(NAME) or "")
    question = address.question()
    try:
        opened = session.library()
        if opened is None:
            return
        made = opened.saved.put(typed or _name(opened, question), question)
    except ExplorerError as error:
        state(ExploreState).save_error = str(error)
        return
    state(ExploreState).save_error, st.session_state[NAME] = "", ""
    st.toast(f"Saved as {plain(made.name)}", icon=":material/bookmark_added:")


# ------------------------------------------------------------------------------------------------- opening, showing


def with_saved(opened: Library, cards: Cards, *, overview: bool) -> Cards:
    """The list, with the saved searches where it is the overview, and with what is new where one is open."""
    if not session.may_mark():  # they are the owner's, and so is what he has seen of them
        return cards
    if overview:
        names = opened.saved.names()
        first = sorted(names[:_CHIPS])
        news = opened.saved.news(*first) if first else []
        chips = tuple(SearchChip(each.search.name, len(each.papers)) for each in news)
        return replace(cards, saved=chips, searches=len(names) - len(chips))
    shown = state(ExploreState).search
    if shown is None or shown.search.question != address.question():
        return cards
    new = f"{len(shown.fresh):,} new" if shown.fresh else "Nothing new"
    note = f"{new} since {shown.search.looked[:10]}. {cards.captions.note}".strip()
    results = tuple(replace(entry, fresh=entry.paper.id in shown.fresh) for entry in cards.results)
    return replace(cards, captions=replace(cards.captions, note=note, forget=shown.search.name), results=results)


def open_search(opened: Library, name: str) -> None:
    """Ask a saved search again, within its filter, and remember that it was looked at; in a callback."""
    try:
        news = opened.saved.news(name)[0]
        _show(news)
        if not news.problem:
            opened.saved.look(news)
    except ExplorerError as error:  # forgotten in another window, or the library cannot be written
        st.toast(plain(str(error)), icon=":material/error:")


def _show(news: News) -> None:
    question, explore = news.search.question, state(ExploreState)
    alone = len(question.like) == 1 and not (question.unlike or question.text)
    address.set_within(question.within)
    address.ask(*interpretation.text_of(question))
    address.pick(() if alone else question.like, question.unlike)
    address.select(question.like[0] if alone else "")
    # All that is new is shown at once, and the page after it as ever.
    explore.shown = max(PAGE, min(len(news.papers) + PAGE, 60))
    explore.search = OpenSearch(news.search, frozenset(result.paper.id for result in news.papers))


def forget(opened: Library, name: str) -> None:
    """Forget a saved search; in a callback."""
    try:
        opened.saved.drop(name)
        st.toast(f"Forgotten: {plain(name)}", icon=":material/bookmark_remove:")
    except ExplorerError as error:
        st.toast(plain(str(error)), icon=":material/error:")
    state(ExploreState).search = None
