"""The basket in the app: papers to find more like, and papers to find less like.

Knows the address and which papers the library has; draws nothing. Always true: the basket is what the address says; a
paper that is gone is left out, with a remark; without a liked paper or a query it asks for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.errors import UnknownPaper
from explorer.library import Library
from explorer.ui import address
from explorer.ui.components import cards
from explorer.ui.components.cards import Cards, Pick
from explorer.ui.components.cards.card import Entry
from explorer.ui.components.events import Event
from explorer.ui.state import ExploreState, state

_ALONE = "Press + on a paper, too, or type a question: what you do not want does not say what to look for."


@dataclass(frozen=True)
class Basket:
    """The papers of the basket; `gone` are ids that the library lacks."""

    liked: tuple[Entry, ...] = ()
    unliked: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()

    def asks(self, query: str) -> bool:
        """Whether the basket, with this query, says what to look for."""
        return bool(self.liked or (self.unliked and query))


def basket(opened: Library) -> Basket:
    """What the address says."""
    gone: list[str] = []

    def entries(ids: Sequence[str]) -> tuple[Entry, ...]:
        rows = []
        for paper_id in ids:
            try:
                rows.append(opened.snapshot.row(paper_id))
            except UnknownPaper:
                gone.append(paper_id)
        return tuple(map(Entry, opened.snapshot.papers(rows), rows))

    liked, unliked = map(entries, address.basket())
    return Basket(liked, unliked, tuple(gone))


def with_basket(shown: Cards, basket: Basket, query: str) -> Cards:
    """The list with the basket above it."""
    notes = [f"Not in this library any more: {', '.join(basket.gone)}."] if basket.gone else []
    if basket.unliked and not basket.asks(query):
        notes.append(_ALONE)
    liked, unliked = (
        tuple(Pick(entry.paper.id, entry.paper.heading) for entry in entries)
        for entries in (basket.liked, basket.unliked)
    )
    return replace(shown, basket=cards.Basket(liked, unliked, " ".join(notes), state(ExploreState).basket))


def carry_out(event: Event) -> None:
    """Take over what the user did to the basket."""
    if event.basket:
        state(ExploreState).basket = event.basket.number
        address.pick(event.basket.liked, event.basket.unliked)
