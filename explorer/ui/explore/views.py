"""From the question of the address to what the page Explore shows: the list, and the highlights on the map.

Knows the session and answers; asks the library once, draws nothing. Always true: a selected paper goes before the
basket, that before an area, that before a query; without any of them the papers that pass the filters are shown by
topic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.drafts.passages import LONG, count_words
from explorer.library import Library
from explorer.search.answer import Answer
from explorer.search.question import Question
from explorer.store import HIDDEN
from explorer.text import counted
from explorer.ui import address
from explorer.ui.components.cards import Captions, Cards, TopicChip
from explorer.ui.components.cards.card import Entry, closeness
from explorer.ui.components.map import Highlights
from explorer.ui.components.text import quoted
from explorer.ui.explore import order as orders
from explorer.ui.explore.basket import Basket
from explorer.ui.state import PAGE, ExploreState, state

_AREA_LIMIT = 200  # cards of an area; more would be slow to draw and nobody reads them
_OVERVIEW_LIMIT = 60  # papers listed without a question: enough to read through a small library or topic


@dataclass(frozen=True)
class View:
    """What the page shows of an answer: the list, the highlights on the map, the rows to gather into a collection."""

    answer: Answer
    cards: Cards
    highlights: Highlights = field(default_factory=Highlights)
    gather: Sequence[int] = ()
    overview: bool = False  # nothing is asked and nothing filtered


def view(opened: Library, basket: Basket) -> View:
    """What answers basket, area and query."""
    query, area = address.query(), state(ExploreState).area
    ranked = basket.asks(query)
    liked, unliked = (tuple(entry.paper.id for entry in entries) for entries in (basket.liked, basket.unliked))
    order = orders.chosen(ranked=ranked)
    question = Question(query, liked, unliked if ranked else (), address.within(), order, area)
    in_area = bool(area) and not ranked
    answer = opened.ask(question, _AREA_LIMIT if in_area else state(ExploreState).shown + 1)
    if ranked:
        return _of_basket(answer, basket)
    if in_area:
        return _of_area(answer)
    return _of_query(answer) if query else _overview(opened, answer)


def overview(opened: Library) -> View:
    """The papers that pass the filters, by topic."""
    return _overview(opened, opened.ask(Question(within=address.within())))


def view_of_paper(opened: Library, paper_id: str) -> View:
    """A paper and those near to it. Raises UnknownPaper when it is gone."""
    explore, within, query = state(ExploreState), address.within(), address.query()
    question = Question(like=(paper_id,), within=within, order=orders.chosen(ranked=True))
    answer = opened.ask(question, explore.shown + 1)
    row, entries = opened.snapshot.row(paper_id), _entries(answer, explore.shown)
    back = "Back to the list" if within else "Back to the whole map"
    if explore.area:
        back = "Back to the area"
    elif query:
        back = f"Back to “{query[:60]}”"
    subheading = "Nearest papers" if entries else "No other paper passes the filters"
    captions = Captions("Selected paper", back=back, subheading=subheading, more=_more(answer))
    rows = _rows(entries)
    return View(
        answer, Cards(captions, entries, selected=Entry(opened.snapshot.papers([row])[0], row)),
        Highlights(results=rows, neighbours=rows[:PAGE], selected=row), rows,
    )  # fmt: skip


def _of_basket(answer: Answer, basket: Basket) -> View:
    query, area = answer.question.text, answer.question.area
    entries = _entries(answer, state(ExploreState).shown)
    words = counted(len(entries), "paper") + (f" nearest to {quoted(query)}" if query else "")
    if basket.liked:
        words += f"{' and' if query else ''} like {_these(len(basket.liked))}"
    else:
        words += f", less like {_these(len(basket.unliked))}"
    notes = ["Within the area."] if area else []
    if basket.liked and (query or len(basket.liked) > 1):
        also = "; the order counts the question as well" if query else ""
        notes.append(f"The number is the similarity to the nearest paper you picked with +{also}.")
    captions = Captions(
        words if entries else "No other paper passes",
        note=" ".join(notes) if entries else "Widen or clear the filters to see more.",
        back="Leave the area" if area else "",
        more=_more(answer),
    )
    rows = _rows(entries)
    return View(answer, Cards(captions, entries), Highlights(results=rows, asking=_rows(basket.liked)), rows)


def _these(count: int) -> str:
    return "this one" if count == 1 else f"these {count}"


def _of_query(answer: Answer) -> View:
    query, entries = answer.question.text, _entries(answer, state(ExploreState).shown)
    if orders.withholds(answer):
        note = answer.verdict.remark + (" Or the filters leave too little." if answer.question.within else "")
        heading = f"Nothing close here to {quoted(query)}"
        return View(answer, Cards(Captions(heading, note=note, more="Show the weak results anyway")))
    heading, note = "No paper passes", "Widen or clear the filters, or leave out quotes and -words."
    if entries:
        heading, note = f"{counted(len(entries), 'paper')} nearest to {quoted(query)}", _remark(answer)
    cards = Cards(Captions(heading, note=note, more=_more(answer), query=query), entries)
    return View(answer, cards, Highlights(results=_rows(entries), query=answer.place), _rows(entries))


def _remark(answer: Answer) -> str:
    """What must be known of a list of results: how sure it is, and that a long text is not compared whole."""
    long = "Only about the first 200 words are compared. For a longer text, or one of several topics: the page Draft."
    return " ".join(filter(None, (answer.verdict.remark, long if count_words(answer.question.text) > LONG else "")))


def _of_area(answer: Answer) -> View:
    query, inside = answer.question.text, _passing(answer)
    entries, count = _entries(answer), len(inside)
    order = f"nearest to “{query[:60]}” first" if query else "the most typical first"
    first = "first " if count > _AREA_LIMIT else ""
    sure = answer.verdict.remark if query else ""
    note = f"The {first}{counted(len(entries), 'paper')}, {order}. {sure}".strip() if count else ""
    heading = f"{counted(count, 'paper')} in the area" if count else "No papers in this area"
    cards = Cards(Captions(heading, note=note, back="Back", query=query), entries)
    return View(answer, cards, Highlights(results=_rows(entries[:PAGE])), inside)


def _overview(opened: Library, answer: Answer) -> View:
    within = answer.question.within
    rows = np.arange(len(opened.map)) if answer.passing is None else np.flatnonzero(answer.passing)
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
    entries = tuple(map(Entry, opened.snapshot.papers(listed.tolist()), listed.tolist()))
    cards = Cards(Captions(heading, note=note, back="All papers" if within else ""), entries, topics=chips)
    return View(answer, cards, gather=rows.tolist() if within else (), overview=not within)


def _chips(opened: Library, rows: NDArray[np.int64]) -> tuple[TopicChip, ...]:
    """The coarsest topics that tell these papers apart, the largest first; none when no level does."""
    for level in opened.topics.levels[::-1]:
        sizes = np.bincount(level.assignment[rows], minlength=len(level.labels))
        if np.count_nonzero(sizes) > 1:
            chips = [TopicChip(label, int(size)) for label, size in zip(level.labels, sizes, strict=True) if size]
            return tuple(sorted(chips, key=lambda chip: -chip.size))
    return ()


# --------------------------------------------------------------------------------------------------- of every answer


def _entries(answer: Answer, most: int | None = None) -> tuple[Entry, ...]:
    return tuple(Entry(result.paper, result.row, closeness(result, answer)) for result in answer.results[:most])


def _rows(entries: Sequence[Entry]) -> tuple[int, ...]:
    return tuple(entry.row for entry in entries)


def _passing(answer: Answer) -> list[int]:
    """Rows of all papers that pass."""
    return [] if answer.passing is None else np.flatnonzero(answer.passing).tolist()


def _more(answer: Answer) -> str:
    """The words for more when there is a result beyond those that are shown."""
    return "Show more" if len(answer.results) > state(ExploreState).shown else ""
