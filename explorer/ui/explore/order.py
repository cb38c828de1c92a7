"""How a ranked list is ordered, and how much of it is shown.

Knows the session, not libraries. Always true: the order lives in the address; a note tells when relevance does
not sort.
"""

from __future__ import annotations

import streamlit as st

from explorer.search.question import Order
from explorer.ui import address
from explorer.ui.state import PAGE, ExploreState, state


def chosen(*, ranked: bool) -> Order:
    """The order that is chosen; the best first where there is none to choose. `ranked`: by a basket."""
    value = st.session_state.get(address.ORDER) or st.query_params.get(address.ORDER)
    return Order(value) if _is_offered(ranked) and value in list(Order) else Order.BEST


def draw(*, ranked: bool) -> None:
    """The choice of the order, where there is one."""
    if _is_offered(ranked):
        st.segmented_control(
            "Order",
            [order.value for order in Order],
            default=Order.BEST.value,
            required=True,
            key=address.ORDER,
            bind="query-params",
            label_visibility="collapsed",
            help="best: by relevance, the number on a card: meaning, words and the papers around each together; "
            "spread: near, but unlike each other; newest: the newest of what is near; "
            "year, author, title, venue: the best, sorted",
        )


def _is_offered(ranked: bool) -> bool:
    return ranked or bool(address.selected() or (address.query() and not state(ExploreState).area))


def remark(order: Order) -> str:
    """What the number on a card has to do with the order, where that is not plain; else empty."""
    ways = {Order.SPREAD: "near papers of different kinds", Order.NEWEST: "the newest of what is near first"}
    ways |= {order: f"the best are sorted by {order}" for order in Order if order.sorts}
    return f"The number is relevance; it does not sort this list: {ways[order]}." if order in ways else ""


def show_more() -> None:
    """Show more results; in a callback."""
    state(ExploreState).shown += 2 * PAGE
