"""Renaming the topic that is chosen: the field for its name, the way back to its own, and what undoes it.

Knows the session, the address and the verb of marks. Always true: what is chosen stays chosen under its new name; the
latest renaming can be undone as long as its topic is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explorer.errors import ExplorerError
from explorer.library import Library
from explorer.server import session
from explorer.server.access import read_only
from explorer.ui import address
from explorer.ui.components.text import plain, quoted
from explorer.ui.state import state

NAME = "topic_name"  # key of the field


@dataclass
class Renamed:
    """The latest renaming: what the topic was called, what it is called now; and why the last did not take place."""

    before: str = ""
    now: str = ""
    problem: str = ""


def draw(opened: Library) -> None:
    """Where a topic is chosen by its name: the button to rename it."""
    chosen, latest = address.within().topic, state(Renamed)
    levels = opened.topics.levels
    own = next((lv.own(lv.labels.index(chosen)) for lv in reversed(levels) if chosen in lv.labels), "")
    if not own or read_only():
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="renaming"):
        with (
            st.popover("Rename the topic", icon=":material/edit:", type="tertiary", key=f"rename {chosen}"),
            st.form("rename_topic", border=False, enter_to_submit=True),
        ):
            st.text_input("Name of the topic", value=chosen, key=f"{NAME} {chosen}", max_chars=60)
            st.form_submit_button("Rename", on_click=_rename, args=(chosen,), type="primary")
            st.caption(
                "Kept when papers are added, and when the map is drawn anew, as long as most of them stay together."
            )
            if latest.problem:
                st.error(plain(latest.problem))
        if latest.now == chosen and latest.before:
            st.button(
                plain(f"Undo: {quoted(latest.before, 40)}"), key="undo_topic_name", type="tertiary",
                icon=":material/undo:", on_click=_call, args=(chosen, latest.before),
            )  # fmt: skip
        elif own != chosen:
            st.button(
                plain(f"Its own name: {quoted(own, 40)}"), key="own_topic_name", type="tertiary",
                icon=":material/undo:", on_click=_call, args=(chosen, ""),
            )  # fmt: skip


def _rename(chosen: str) -> None:
    """Take over the name in the field; in a callback."""
    _call(chosen, str(st.session_state.get(f"{NAME} {chosen}") or ""))


def _call(chosen: str, name: str) -> None:
    """Call the chosen topic `name`, or by its own name; in a callback."""
    opened, latest = session.library(), state(Renamed)
    if opened is None:
        return
    try:
        now = opened.marks.rename_topic(chosen, name)
    except ExplorerError as error:
        latest.problem = f"Not renamed: {error}"
        return
    if now != chosen:
        undone = latest.before == now
        latest.before, latest.now = ("" if undone else chosen), now
    latest.problem = ""
    st.session_state[address.TOPIC] = now
