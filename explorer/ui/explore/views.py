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
from explorer.filter import Either, Field, Filter
from explorer.library import Library
from explorer.library.facets import facets
from explorer.library.topics import portions
from explorer.search.answer import Answer
from explorer.search.certainty import Certainty
from explorer.search.question import Order, Question
from explorer.server.published import publish_rows
from explorer.store import HIDDEN
from explorer.text import counted
from explorer.ui import address
from explorer.ui.components.cards import Captions, Cards, Exports, FacetChip, TopicChip
from explorer.ui.components.cards.card import Entry, closeness
from explorer.ui.components.map import Highlights
from explorer.ui.components.text import quoted
from explorer.ui.draft.state import marked
from explorer.ui.explore import order as orders
from explorer.ui.explore.basket import Basket
from explorer.ui.state import PAGE, ExploreState, state

_AREA_LIMIT = 200  # cards of an area; more would be slow to draw and nobody reads them
_RINGED = 200  # papers that pass a filter, up to which each is ringed on the map
_OVERVIEW_LIMIT = 60  # papers listed without a question: enough to read through a small library or topic


@dataclass(frozen=True)
class View:
    """What the page shows of an answer: the list, the highlights on the map, the rows to gather into a collection."""

    answer: Answer
    cards: Cards
    highlights: Highlights = field(default_factory=Highlights)
    gather: Sequence[int] = ()
    overview: bool = False  # nothing is asked and nothing filtered


def view(opened: Library, basket: Basket, within: Filter) -> View:
    """What answers basket, area and query."""
    query, area = address.query(), state(ExploreState).area
    ranked = basket.asks(query)
    if not (ranked or area or query) and (ids := marked()):
        return _of_suggestions(opened, ids, within)
    liked, unliked = (tuple(entry.paper.id for entry in entries) for entries in (basket.liked, basket.unliked))
    order = orders.chosen(ranked=ranked)
    question = Question(query, liked, unliked if ranked else (), within, order, area, address.mode())
    in_area = bool(area) and not ranked
    answer = opened.ask(question, _AREA_LIMIT if in_area else _wanted(order))
    if ranked:
        return _of_basket(answer, basket)
    if in_area:
        return _of_area(answer)
    return _of_query(answer) if query else _overview(opened, answer)


def overview(opened: Library, within: Filter) -> View:
    """The papers that pass the filters, by topic."""
    return _overview(opened, opened.ask(Question(within=within)))


def _of_suggestions(opened: Library, ids: Sequence[str], within: Filter) -> View:
    """What was suggested for a draft, in the order of the suggestions."""
    these = Filter(where=Either(tuple(Field("id", paper_id) for paper_id in ids)))
    answer = opened.ask(Question(within=these & within))
    places, rows = {paper_id: place for place, paper_id in enumerate(ids)}, _passing(answer)
    entries = sorted(
        map(Entry, opened.snapshot.papers(rows), rows), key=lambda entry: places.get(entry.paper.id, len(ids))
    )
    captions = Captions(
        f"{counted(len(entries), 'paper')} suggested for your draft",
        note="Ringed on the map, the best first. Their passages are on the page Draft.", back="All papers",
    )  # fmt: skip
    return View(answer, Cards(captions, tuple(entries)), Highlights(ringed=_rows(entries)), _rows(entries))


def view_of_paper(opened: Library, paper_id: str, within: Filter) -> View:
    """A paper and those near to it. Raises UnknownPaper when it is gone."""
    explore, query = state(ExploreState), address.query()
    question = Question(like=(paper_id,), within=within, order=orders.chosen(ranked=True))
    answer = opened.ask(question, _wanted(question.order))
    row, entries = opened.snapshot.row(paper_id), _entries(answer, explore.shown)
    back = "Back to the list" if within else "Back to the whole map"
    if explore.area:
        back = "Back to the area"
    elif query:
        back = f"Back to “{query[:60]}”"
    subheading = "Nearest papers" if entries else "No other paper passes the filters"
    note = " ".join(filter(None, (_coverage(answer), orders.remark(question.order)))) if entries else ""
    captions = Captions("Selected paper", back=back, subheading=subheading, more=_more(answer), note=note)
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
    notes = [_coverage(answer)] + ["Within the area."] * bool(area)
    notes = list(filter(None, (*notes, answer.verdict.remark, orders.remark(answer.question.order))))
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
    heading, note = "No paper passes", "Widen or clear the filters, or leave out quotes and -words."
    if entries:
        near = "nearest to" if answer.results[0].level else "with"  # conditions alone, to which nothing is near
        heading, note = f"{counted(len(entries), 'paper')} {near} {quoted(query)}", _remark(answer)
    narrow = answer.question.within and (not entries or answer.verdict.level is Certainty.NOTHING)
    back = "Search without the filters" if narrow else ""
    cards = Cards(Captions(heading, note=note, back=back, more=_more(answer), query=query), entries)
    return View(answer, cards, Highlights(results=_rows(entries), query=answer.place), _rows(entries))


def _remark(answer: Answer) -> str:
    """What to know of a list of results: how sure it is, what sorts it, that a long text is not compared whole."""
    filtered = answer.verdict.level is Certainty.NOTHING and answer.question.within
    sure = answer.verdict.remark + (" Or the filters leave too little." if filtered else "")
    long = "Only about the first 200 words are compared. For a longer text, or one of several topics: the page Draft."
    long = long if count_words(answer.question.text) > LONG else ""
    return " ".join(filter(None, (_coverage(answer), sure, orders.remark(answer.question.order), long)))


def _coverage(answer: Answer) -> str:
    """That some papers are ranked by their words only, where they are."""
    return " ".join(filter(None, (answer.coverage.remark if answer.coverage else "", answer.language)))


def _of_area(answer: Answer) -> View:
    query, inside = answer.question.text, _passing(answer)
    entries, count = _entries(answer), len(inside)
    order = f"nearest to “{query[:60]}” first" if query else "the most typical first"
    first = "first " if count > _AREA_LIMIT else ""
    sure = answer.verdict.remark if query else ""
    note = f"The {first}{counted(len(entries), 'paper')}, {order}. {sure}".strip() if count else ""
    heading = f"{counted(count, 'paper')} in the area" if count else "No papers in this area"
    cards = Cards(Captions(heading, note=note, back="Back", query=query), entries, about=bool(count) and not query)
    return View(answer, cards, Highlights(results=_rows(entries[:PAGE])), inside)


def _overview(opened: Library, answer: Answer) -> View:
    within = answer.question.within
    rows = np.arange(len(opened.map)) if answer.passing is None else np.flatnonzero(answer.passing)
    chips = tuple(TopicChip(each.label, each.papers) for each in portions(opened.topics, rows))
    name = within.topic or within.collection or within.tag
    listed = _typical_first(opened, rows) if name or len(rows) <= _OVERVIEW_LIMIT or not chips else rows[:0]
    heading = counted(len(rows), "paper")
    heading += (
        f" in “{name}”"
        if name
        else f" {'passes' if len(rows) == 1 else 'pass'} the filters"
        if within
        else ", by topic"
    )
    note = "Search above, click a dot, or choose a topic."
    if within.topic:
        note = " ".join(filter(None, (_about(opened, within.topic, rows), note)))
    if 0 < len(listed) < len(rows):
        note = f"The {len(listed)} most typical are listed. {note}"
    if answer.coverage:
        note = f"On the map and by {answer.coverage.words} papers; all are searchable by their words. {note}"
    if within.collection == HIDDEN:
        note = "Left out everywhere else. Press the eye of a paper to bring it back."
    if not len(rows):
        note = "Widen or clear the filters to see more."
    entries = tuple(map(Entry, opened.snapshot.papers(listed.tolist()), listed.tolist()))
    apart = tuple(FacetChip(facet.field, facet.value, facet.size) for facet in facets(opened.snapshot, rows))
    captions = Captions(heading, note=note, back="All papers" if within else "")
    cards = Cards(captions, entries, topics=chips, facets=apart, about=bool(within) and 0 < len(rows) < len(opened.map))
    passing = tuple(rows.tolist()) if within else ()
    highlights = Highlights(ringed=passing if len(passing) <= _RINGED else ())
    return View(answer, cards, highlights, passing, overview=not within)


def _about(opened: Library, label: str, rows: NDArray[np.int64]) -> str:
    """What else a topic is about, and how many of its papers at `rows` may as well be of another, in sentences."""
    arrays = opened.snapshot.arrays
    for depth, level in reversed(list(enumerate(arrays.topics.levels))):
        if label in level.labels:
            second = level.second(level.labels.index(label))
            count = int((arrays.doubts[rows] >> depth & 1).sum())
            also = f"Also about {quoted(second)}." if second else ""
            doubt = f"{counted(count, 'paper')} of it may as well be of another topic." if count else ""
            return f"{also} {doubt}".strip()
    return ""


def _typical_first(opened: Library, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """All rows where they are few, else those of the papers most typical of their topics."""
    if len(rows) <= _OVERVIEW_LIMIT:
        return rows
    order = np.argsort(-opened.snapshot.arrays.typical[rows].astype(np.int64), kind="stable")
    return rows[order[:_OVERVIEW_LIMIT]]


# --------------------------------------------------------------------------------------------------- of every answer


def exports(opened: Library, shown: View) -> Exports | None:
    """Where the browser gets the whole list as a file; None when it is empty."""
    passing = shown.answer.passing
    whole = shown.overview and passing is None
    rows = np.flatnonzero(passing) if shown.overview and passing is not None else np.asarray(shown.gather, np.int64)
    count = len(opened.map) if whole else len(rows)
    return Exports(publish_rows(opened.snapshot.edition, None if whole else rows), count) if count else None


def _entries(answer: Answer, most: int | None = None) -> tuple[Entry, ...]:
    return tuple(Entry(result.paper, result.row, closeness(result, answer)) for result in answer.results[:most])


def _rows(entries: Sequence[Entry]) -> tuple[int, ...]:
    return tuple(entry.row for entry in entries)


def _passing(answer: Answer) -> list[int]:
    """Rows of all papers that pass."""
    return [] if answer.passing is None else np.flatnonzero(answer.passing).tolist()


def _more(answer: Answer) -> str:
    """The words for more when there is a result beyond those that are shown."""
    return "Show more" if len(answer.results) >= _wanted(answer.question.order) else ""


def _wanted(order: Order) -> int:
    """How many results to ask for: a further result tells that there are more; of a sorted list it could be any."""
    return state(ExploreState).shown + (not order.sorts)
