"""The part of the page Library where collections and tags get another name or are deleted.

Knows widgets and marks. Always true: papers stay whatever becomes of a name; the collections of every library and the
folders of files are not offered.
"""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from explorer.library import Library
from explorer.library.report import Collection
from explorer.server import session
from explorer.store import Kind
from explorer.text import counted
from explorer.ui.components.choice import choose
from explorer.ui.components.text import plain
from explorer.ui.explore.marks import STANDING

_NEW, _CHOSEN, _RESULT = "mark-new-name", "mark-to-rename", "mark-renamed"
_WORDS = {Kind.COLLECTION: "Collection", Kind.TAG: "Tag"}


def draw(opened: Library) -> None:
    """Draw it, where the library has a collection or tag of the user's."""
    each = [mark for mark in opened.marks.collections() if mark.kind in _WORDS and mark.name not in STANDING]
    if result := st.session_state.pop(_RESULT, ""):
        st.caption(plain(result))
    if not each:
        return
    with st.expander("Collections and tags"):
        labels = opened.snapshot.once("marks by label", lambda: {_label(mark): mark for mark in each}, marked=True)
        chosen = choose(st.container(), "Collection or tag", list(labels), key=_CHOSEN)
        mark = labels.get(chosen or "", each[0])
        left, middle, right = st.columns([3, 1, 1], vertical_alignment="bottom")
        left.text_input("New name", key=_NEW, placeholder=mark.name)
        middle.button("Rename", on_click=_rename, args=(mark.kind, mark.name), width="stretch", key="mark-rename")
        right.button("Delete", on_click=_delete, args=(mark.kind, mark.name), width="stretch", key="mark-delete")
        st.caption("Papers stay in the library. A name that is there already takes the papers of both.")


def _label(mark: Collection) -> str:
    return f"{_WORDS[mark.kind]}: {mark.name} ({counted(mark.papers, 'paper')})"


def _rename(kind: Kind, name: str) -> None:
    new = " ".join(str(st.session_state.get(_NEW, "")).split())
    try:
        opened = session.library()
        if not new or opened is None:
            st.session_state[_RESULT] = "Write the new name first."
            return
        count = opened.marks.rename(kind, name, new)
        st.session_state[_RESULT] = f"“{name}” is called “{new}” now: {counted(count, 'paper')}."
        st.session_state[_NEW] = ""
    except ExplorerError as error:
        st.session_state[_RESULT] = f"Not renamed: {error}"


def _delete(kind: Kind, name: str) -> None:
    try:
        opened = session.library()
        count = opened.marks.delete(kind, name) if opened else 0
        st.session_state[_RESULT] = f"“{name}” is deleted; its {counted(count, 'paper')} stay in the library."
    except ExplorerError as error:
        st.session_state[_RESULT] = f"Not deleted: {error}"
