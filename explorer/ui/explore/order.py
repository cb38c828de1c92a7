"""How a ranked list is ordered, and what stands in its place when nothing is close.

Knows session keys and answers, not libraries. Always true: weak results are shown when they are asked for, for this
question only; the order lives in the address.
"""

from __future__ import annotations

import streamlit as st

from explorer.search.answer import Answer
from explorer.search.certainty import Certainty
from explorer.search.diversity import Order
from explorer.ui import session
from explorer.ui.components.cards import Cards


def draw(*, ranked: bool) -> Order:
    """How a ranked list is ordered; nothing to choose where there is none. `ranked`: by a basket."""
    plain = not session.question() or st.session_state[session.AREA]
    if plain and not ranked and not session.selected():
        return Order.BEST
    chosen = st.segmented_control(
        "Order",
        [order.value for order in Order],
        default=Order.BEST.value,
        required=True,
        key=session.ORDER,
        bind="query-params",
        label_visibility="collapsed",
        help="best: by meaning, words and the papers around each together, the number on a card is meaning alone; "
        "spread: near, but unlike each other; newest: the newest of what is near",
    )
    return Order(chosen)


def withheld(found: Answer, query: str) -> Cards | None:
    """What to show instead of results when none is close; None when they are to be shown."""
    if not found.results or found.verdict.level is not Certainty.NOTHING or st.session_state.get(session.WEAK) == query:
        return None
    st.session_state[session.WITHHELD] = query
    why = found.verdict.words + (" Or the filters leave too little." if session.within() else "")
    return Cards(
        heading=f"Nothing close here to {session.quoted(query)}", note=why, more="Show the weak results anyway"
    )
