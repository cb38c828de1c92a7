"""The basket in the app: papers to find more like, papers to find less like, together with question, area and filters.

Knows the address and the library's verb `similar`; draws nothing. Always true: the basket is what the address says; a
paper that is gone is told of and left out; without a liked paper or a question nothing is ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.errors import UnknownPaper
from explorer.library import Library
from explorer.paper import Paper
from explorer.search.diversity import Order
from explorer.ui import session
from explorer.ui.components.cards import Basket, CardEvents, Cards

_ALONE = "Press + on a paper, too, or type a question: what you do not want does not say what to look for."


@dataclass(frozen=True)
class Held:
    """The papers of the basket and their rows, the liked before the unliked; `gone` are ids that the library lacks."""

    liked: tuple[Paper, ...] = ()
    unliked: tuple[Paper, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    gone: tuple[str, ...] = ()

    def asks(self, query: str) -> bool:
        """Whether the basket, with this question, says what to look for."""
        return bool(self.liked or (self.unliked and query))

    @property
    def liked_rows(self) -> tuple[int, ...]:
        return tuple(self.rows[paper.id] for paper in self.liked)


def held(opened: Library) -> Held:
    """What the address says."""
    rows: dict[str, int] = {}
    gone: list[str] = []
    liked, unliked = session.basket()
    for name in (*liked, *unliked):
        try:
            rows[name] = opened.row_of(name)
        except UnknownPaper:
            gone.append(name)
    found = dict(zip(rows, opened.papers(list(rows.values())), strict=True))
    return Held(
        tuple(found[name] for name in liked if name in found),
        tuple(found[name] for name in unliked if name in found),
        {paper.id: rows[name] for name, paper in found.items()},
        tuple(gone),
    )


def shown(cards: Cards, basket: Held, query: str) -> Cards:
    """The list with the basket above it."""
    notes = [f"Not in this library any more: {', '.join(basket.gone)}."] if basket.gone else []
    if basket.unliked and not basket.asks(query):
        notes.append(_ALONE)
    bar = Basket(_named(basket.liked), _named(basket.unliked), " ".join(notes), st.session_state.get(session.BASKET, 0))
    return replace(cards, basket=bar)


def _named(papers: Sequence[Paper]) -> tuple[tuple[str, str], ...]:
    return tuple((paper.id, paper.heading) for paper in papers)


def ranked(
    opened: Library,
    basket: Held,
    query: str,
    *,
    among: NDArray[np.bool_] | None = None,
    vector: NDArray[np.float32] | None = None,
    order: Order = Order.BEST,
) -> Cards:
    """The list of what is nearest to basket and question within the filters and the area `among` (n,)."""
    k = st.session_state[session.SHOWN]
    liked, unliked = ([paper.id for paper in papers] for papers in (basket.liked, basket.unliked))
    within = session.within()
    answer = opened.ask_like(
        k=k + 1, like=liked, unlike=unliked, text=query, within=within, among=among, vector=vector, order=order
    )
    found = answer.results
    return Cards(
        heading=_heading(min(k, len(found)), basket, query),
        note=_note(basket, query, within_area=among is not None)
        if found
        else "Widen or clear the filters to see more.",
        back="" if among is None else "Leave the area",
        results=found[:k],
        answer=answer,
        of_paper=bool(liked),
        more="Show more" if len(found) > k else "",
    )


def _note(basket: Held, query: str, *, within_area: bool) -> str:
    notes = ["Within the area."] if within_area else []
    if basket.liked and (query or len(basket.liked) > 1):
        counted = "; the order counts the question as well" if query else ""
        notes.append(f"The number is the similarity to the nearest paper you picked with +{counted}.")
    return " ".join(notes)


def _heading(count: int, basket: Held, query: str) -> str:
    if not count:
        return "No other paper passes"
    words = f"{count:,} paper{'' if count == 1 else 's'}"
    words += f" nearest to {session.quoted(query)}" if query else ""
    if basket.liked:
        return words + f"{' and' if query else ''} like {_counted(len(basket.liked))}"
    return f"{words}, less like {_counted(len(basket.unliked))}"


def _counted(count: int) -> str:
    return "this one" if count == 1 else f"these {count}"


def carry_out(events: CardEvents) -> None:
    """Take over what the user did to the basket."""
    picked = events.picked
    if picked is None or picked.number <= st.session_state.get(session.BASKET, 0):
        return  # Streamlit calls once for each kind of event, with all of them
    st.session_state[session.BASKET] = picked.number
    session.pick(picked.liked, picked.unliked)
