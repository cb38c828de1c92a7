"""A topic that is not there (any more): the sentence that says so, and a click for each topic nearest to its name.

Knows the address and the topics of today; looks nothing up. Always true: a click changes the name alone, the rest of
the question stays; what is offered is there.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.errors import UnknownTopic
from explorer.library import Library
from explorer.map.topics import sizes_of
from explorer.search.box.interpretation import with_topic
from explorer.search.parse import parse
from explorer.text import counted
from explorer.ui import address
from explorer.ui.components.text import plain, quoted


def offer(opened: Library, error: UnknownTopic) -> None:
    """Say that a topic is gone, and offer the nearest."""
    if error.name == address.within().topic:
        below = "The list and the map show all topics."
    else:
        below = "The list and the map leave the question out."
    words = f"No topic is called {quoted(error.name)}, or none is since the map was drawn anew. {below}"
    st.warning(plain(f"{words} Nearest to that name:" if error.nearest else words))
    sizes = sizes_of(opened.topics)
    with st.container(horizontal=True, gap="small"):
        for number, label in enumerate(error.nearest):
            st.button(
                plain(f"{label} ({counted(sizes[label], 'paper')})"), key=f"nearest_topic_{number}",
                on_click=take, args=(error.name, label),
            )  # fmt: skip


def take(gone: str, label: str) -> None:
    """Put the topic `label` in the place of `gone`; in a callback."""
    within = address.within()
    if within.topic == gone:
        address.set_within(replace(within, topic=label))
    else:
        address.ask(with_topic(parse(address.query(), address.mode()), gone, label))
