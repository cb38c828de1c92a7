"""From what is asked to what the page Explore shows: the list, the highlights on the map, the rows to gather.

Knows the session and the library's verbs; draws nothing. Always true: a selected paper goes before the basket, that
before an area, that before a query; without any of them the papers that pass the filters are shown by topic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.drafts.passages import LONG, count_words
from explorer.library import Library
from explorer.search.answer import Answer, Result
from explorer.search.question import Order, Question
from explorer.store import HIDDEN
from explorer.text import counted
from explorer.ui import address
from explorer.ui.components.cards import Captions, Cards, TopicChip
from explorer.ui.components.cards.card import Entry, near_paper, near_query
from explorer.ui.components.events import Point
from explorer.ui.components.map import Highlights
from explorer.ui.components.text import quoted
from explorer.ui.explore import basket as baskets
from explorer.ui.explore import order as orders
from explorer.ui.explore.basket import Basket
from explorer.ui.state import PAGE, ExploreState, state

_AREA_LIMIT = 200  # cards of an area; more would be slow to draw and nobody reads them
_OVERVIEW_LIMIT = 60  # papers listed without a question: enough to read through a small library or topic


@dataclass(frozen=True)
class View:
    """What the page shows: the list, the highlights on the map, and the vector that similarity is measured from.

    `mask` are the rows (n,) to show plainly, all others faint; None: those that pass the filter. `gather` are rows that
    may be put into a collection at once. `overview`: nothing is asked and nothing filtered.
    """

    cards: Cards
    highlights: Highlights = field(default_factory=Highlights)
    vector: NDArray[np.float32] | None = None  # or several, (m, dimension)
    mask: NDArray[np.bool_] | None = None
    gather: NDArray[np.int64] | None = None
    overview: bool = False


def of_question(opened: Library, basket: Basket, query: str, order: Order) -> View:
    """What answers basket, area and query."""
    area = state(ExploreState).area
    if basket.asks(query):
        return _of_basket(opened, basket, order, query)
    if area:
        return _of_area(opened, area, query)
    return _of_query(opened, query, order) if query else overview(opened)


@lru_cache(maxsize=8)
def _vector(opened: Library, query: str) -> NDArray[np.float32]:
    """The vector of a question; a rerun with the same one, as after each mark, need not ask the model."""
    return opened.encoder.encode_query(query)


def of_paper(opened: Library, paper_id: str, query: str, order: Order) -> View:
    """A paper and those near to it. Raises UnknownPaper when it is gone."""
    row = opened.snapshot.row(paper_id)
    explore, within = state(ExploreState), address.within()
    answer = opened.ask(Question(like=(paper_id,), within=within, order=order), explore.shown + 1)
    results, more = _first(answer.results, explore.shown)
    back = "Back to the list" if within else "Back to the whole map"
    if explore.area:
        back = "Back to the area"
    elif query:
        back = f"Back to “{query[:60]}”"
    subheading = "Nearest papers" if results else "No other paper passes the filters"
    cards = Cards(
        Captions("Selected paper", back=back, subheading=subheading, more=more),
        tuple(Entry(result.paper, result.row, near_paper(result, answer)) for result in results),
        selected=Entry(opened.snapshot.papers([row])[0], row),
    )
    rows = tuple(result.row for result in results)
    highlights = Highlights(results=rows, neighbours=rows[:PAGE], selected=row)
    return View(cards, highlights, opened.snapshot.arrays.index.vectors()[row], gather=np.array(rows, np.int64))


def _of_basket(opened: Library, basket: Basket, order: Order, query: str) -> View:
    area = state(ExploreState).area
    inside = opened.snapshot.mask(address.within(), area) if area else None
    vector = _vector(opened, query) if query else None
    cards = baskets.ranked(opened, basket, query, area=area or (), order=order)
    asking = opened.snapshot.arrays.index.vectors()[list(basket.liked_rows)] if basket.liked else vector
    rows = tuple(entry.row for entry in cards.results)
    highlights = Highlights(results=rows, asking=basket.liked_rows)
    return View(cards, highlights, asking, inside, gather=np.array(rows, np.int64))


def _of_query(opened: Library, query: str, order: Order) -> View:
    vector = _vector(opened, query)
    shown = state(ExploreState).shown
    answer = opened.ask(Question(query, within=address.within(), order=order), shown + 1)
    if withheld := orders.withheld(answer, query):
        return View(withheld, vector=vector)
    results, more = _first(answer.results, shown)
    heading, note = "No paper passes", "Widen or clear the filters, or leave out quotes and -words."
    if results:
        heading, note = f"{counted(len(results), 'paper')} nearest to {quoted(query)}", _remark(query, answer)
    cards = Cards(Captions(heading, note=note, more=more, query=query), _near_query(results, answer))
    rows = tuple(result.row for result in results)
    return View(cards, Highlights(results=rows, query=answer.place), vector, gather=np.array(rows, np.int64))


def _near_query(results: Sequence[Result], answer: Answer) -> tuple[Entry, ...]:
    return tuple(Entry(result.paper, result.row, near_query(result, answer)) for result in results)


def _remark(query: str, answer: Answer) -> str:
    """What must be known of a list of results: how sure it is, and that a long text is not compared whole."""
    long = "Only about the first 200 words are compared. For a longer text, or one of several topics: the page Draft."
    return " ".join(filter(None, (answer.verdict.words, long if count_words(query) > LONG else "")))


def _of_area(opened: Library, polygon: tuple[Point, ...], query: str) -> View:
    answer = opened.ask(Question(query, within=address.within(), area=polygon), _AREA_LIMIT)
    inside = np.zeros(len(opened.map), bool) if answer.passing is None else answer.passing
    count = int(np.count_nonzero(inside))
    vectors = opened.snapshot.arrays.index.vectors()
    # Without a question the most typical papers of the area come first: those nearest to its middle.
    vector = _vector(opened, query) if query else vectors[inside].mean(axis=0) if count else vectors[0]
    order, sure = "the most typical first", ""
    if query:
        entries, order, sure = (
            _near_query(answer.results, answer),
            f"nearest to “{query[:60]}” first",
            answer.verdict.words,
        )
    else:
        entries = tuple(Entry(result.paper, result.row) for result in answer.results)
    first = "first " if count > _AREA_LIMIT else ""
    note = f"The {first}{counted(len(entries), 'paper')}, {order}. {sure}".strip() if count else ""
    heading = f"{counted(count, 'paper')} in the area" if count else "No papers in this area"
    cards = Cards(Captions(heading, note=note, back="Back", query=query), entries)
    highlights = Highlights(results=tuple(entry.row for entry in entries[:PAGE]))
    return View(cards, highlights, vector, inside, gather=np.flatnonzero(inside))


def overview(opened: Library) -> View:
    """The papers that pass the filters, by topic."""
    within = address.within()
    allowed = opened.snapshot.mask(within)
    rows = np.arange(len(opened.map)) if allowed is None else np.flatnonzero(allowed)
    chips = _chips(opened, rows)
    name = within.topic or within.collection or within.tag
    listed = rows[:_OVERVIEW_LIMIT] if name or len(rows) <= _OVERVIEW_LIMIT or not chips else rows[:0]
    heading = counted(len(rows), "paper")
    heading += f" in “{name}”" if name else " pass the filters" if within else ", by topic"
    note = "Search above, click a dot, or choose a topic."
    if 0 < len(listed) < len(rows):
        note = f"The first {len(listed)} are listed. {note}"
    if within.collection == HIDDEN:
        note = "Left out everywhere else. Press the eye of a paper to bring it back."
    if not len(rows):
        note = "Widen or clear the filters to see more."
    papers = opened.snapshot.papers(listed.tolist())
    entries = tuple(Entry(paper, int(row)) for paper, row in zip(papers, listed, strict=True))
    cards = Cards(Captions(heading, note=note, back="All papers" if within else ""), entries, topics=chips)
    return View(cards, gather=rows if within else None, overview=not within)


def _chips(opened: Library, rows: NDArray[np.int64]) -> tuple[TopicChip, ...]:
    """The coarsest topics that tell these papers apart, the largest first; none when no level does."""
    for level in opened.topics.levels[::-1]:
        sizes = np.bincount(level.assignment[rows], minlength=len(level.labels))
        if np.count_nonzero(sizes) > 1:
            chips = [TopicChip(label, int(size)) for label, size in zip(level.labels, sizes, strict=True) if size]
            return tuple(sorted(chips, key=lambda chip: -chip.size))
    return ()


def _first(results: tuple[Result, ...], shown: int) -> tuple[tuple[Result, ...], str]:
    """The results to show, and the words for more when there is one beyond them."""
    return results[:shown], "Show more" if len(results) > shown else ""
