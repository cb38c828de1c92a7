"""How a ranked list is ordered, how much of it is shown, and whether it is withheld as nothing is close.

Knows the session and answers, not libraries. Always true: weak results are shown when they are wanted, for this query
only; the order lives in the address.
"""

from __future__ import annotations

import streamlit as st

from explorer.search.answer import Answer
from explorer.search.certainty import Certainty
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
            help="best: by meaning, words and the papers around each together, the number on a card is meaning alone; "
            "spread: near, but unlike each other; newest: the newest of what is near",
        )


def _is_offered(ranked: bool) -> bool:
    return ranked or bool(address.selected() or (address.query() and not state(ExploreState).area))


def withholds(answer: Answer) -> bool:
    """Whether nothing is close, and the weak results are not wanted for this query all the same."""
    explore, query = state(ExploreState), answer.question.text
    if not answer.results or answer.verdict.level is not Certainty.NOTHING or explore.weak == query:
        return False
    explore.withheld = query
    return True


def show_more() -> None:
    """Show more results, or those that were withheld because nothing is close; in a callback."""
    explore = state(ExploreState)
    if explore.withheld:
        explore.weak = explore.withheld
    else:
        explore.shown += 2 * PAGE
