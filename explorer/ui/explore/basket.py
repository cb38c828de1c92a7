"""The basket in the app: papers to find more like, papers to find less like, together with query, area and filters.

Knows the address and the library's verb `similar`; draws nothing. Always true: the basket is what the address says; a
paper that is gone is left out, with a remark; without a liked paper or a query nothing is ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from explorer.errors import UnknownPaper
from explorer.library import Library
from explorer.paper import Paper
from explorer.search.question import Order, Question
from explorer.text import counted
from explorer.ui import address
from explorer.ui.components import cards
from explorer.ui.components.cards import Captions, Cards, Pick
from explorer.ui.components.cards.card import Entry, near_paper, near_query
from explorer.ui.components.events import Event, Point
from explorer.ui.components.text import quoted
from explorer.ui.state import ExploreState, state

_ALONE = "Press + on a paper, too, or type a question: what you do not want does not say what to look for."


@dataclass(frozen=True)
class Basket:
    """The papers of the basket and their rows, the liked before the unliked; `gone` are ids that the library lacks."""

    liked: tuple[Paper, ...] = ()
    unliked: tuple[Paper, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    gone: tuple[str, ...] = ()

    def asks(self, query: str) -> bool:
        """Whether the basket, with this query, says what to look for."""
        return bool(self.liked or (self.unliked and query))

    @property
    def liked_rows(self) -> tuple[int, ...]:
        return tuple(self.rows[paper.id] for paper in self.liked)


def basket(opened: Library) -> Basket:
    """What the address says."""
    rows: dict[str, int] = {}
    gone: list[str] = []
    liked, unliked = address.basket()
    for name in (*liked, *unliked):
        try:
            rows[name] = opened.snapshot.row(name)
        except UnknownPaper:
            gone.append(name)
    papers = dict(zip(rows, opened.snapshot.papers(list(rows.values())), strict=True))
    return Basket(
        tuple(papers[name] for name in liked if name in papers),
        tuple(papers[name] for name in unliked if name in papers),
        {paper.id: rows[name] for name, paper in papers.items()},
        tuple(gone),
    )


def with_basket(shown: Cards, basket: Basket, query: str) -> Cards:
    """The list with the basket above it."""
    notes = [f"Not in this library any more: {', '.join(basket.gone)}."] if basket.gone else []
    if basket.unliked and not basket.asks(query):
        notes.append(_ALONE)
    bar = cards.Basket(_picks(basket.liked), _picks(basket.unliked), " ".join(notes), state(ExploreState).basket)
    return replace(shown, basket=bar)


def _picks(papers: Sequence[Paper]) -> tuple[Pick, ...]:
    return tuple(Pick(paper.id, paper.heading) for paper in papers)


def ranked(
    opened: Library,
    basket: Basket,
    query: str,
    *,
    area: tuple[Point, ...] = (),
    order: Order = Order.BEST,
) -> Cards:
    """The list of what is nearest to basket and query within the filters and the area."""
    k = state(ExploreState).shown
    liked, unliked = (tuple(paper.id for paper in papers) for papers in (basket.liked, basket.unliked))
    answer = opened.ask(Question(query, liked, unliked, address.within(), order, area), k + 1)
    near = near_paper if liked else near_query
    results = tuple(Entry(result.paper, result.row, near(result, answer)) for result in answer.results[:k])
    note = _note(basket, query, within_area=bool(area)) if results else "Widen or clear the filters to see more."
    captions = Captions(
        _heading(len(results), basket, query),
        note=note,
        back="Leave the area" if area else "",
        more="Show more" if len(answer.results) > k else "",
    )
    return Cards(captions, results)


def _note(basket: Basket, query: str, *, within_area: bool) -> str:
    notes = ["Within the area."] if within_area else []
    if basket.liked and (query or len(basket.liked) > 1):
        also = "; the order counts the question as well" if query else ""
        notes.append(f"The number is the similarity to the nearest paper you picked with +{also}.")
    return " ".join(notes)


def _heading(count: int, basket: Basket, query: str) -> str:
    if not count:
        return "No other paper passes"
    words = f"{counted(count, 'paper')} nearest to {quoted(query)}" if query else counted(count, "paper")
    if basket.liked:
        return words + f"{' and' if query else ''} like {_these(len(basket.liked))}"
    return f"{words}, less like {_these(len(basket.unliked))}"


def _these(count: int) -> str:
    return "this one" if count == 1 else f"these {count}"


def carry_out(event: Event) -> None:
    """Take over what the user did to the basket."""
    if event.basket:
        state(ExploreState).basket = event.basket.number
        address.pick(event.basket.liked, event.basket.unliked)
