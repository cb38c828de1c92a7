"""The page Explore for all libraries together: the search box, and a single list that says where each paper lies.

Knows widgets, the cards and `Libraries`; asks all libraries once a run. Always true: nothing is changed here; a paper
opens in its own library, with its map; there is no map of all, and the page says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import streamlit as st

from explorer.errors import ExplorerError
from explorer.libraries.libraries import Holders, Libraries, SharedAnswer
from explorer.libraries.names import ALL
from explorer.search.parse import BadQuery
from explorer.search.question import Question
from explorer.server import choice, session
from explorer.text import counted
from explorer.ui import address
from explorer.ui.components import faults
from explorer.ui.components.cards import Captions, Cards, Shelf, draw_cards
from explorer.ui.components.cards.card import Entry, closeness
from explorer.ui.components.events import EventKind, read_event
from explorer.ui.components.text import plain, quoted
from explorer.ui.explore import interpretation
from explorer.ui.explore import order as orders
from explorer.ui.shell import switch
from explorer.ui.state import PAGE, ExploreState, state

CARDS, AMONG = "cards of all", "among"  # key of the list; of the libraries that are chosen, in the address, too


def draw() -> None:
    """Draw the page."""
    with st.container(key="togetherpage"):
        switch.draw(together=True)
        address.follow()
        st.text_input(
            "Search", key=address.QUERY, type="search", placeholder="A question, a name, a pasted text …",
            label_visibility="collapsed", on_change=address.ask_anew,
        )  # fmt: skip
        libraries = session.libraries()
        names = list(libraries.names)
        among = st.pills("Only papers of", names, selection_mode="multi", key=AMONG, bind="query-params")
        if not address.query():
            sizes = "; ".join(f"**{plain(name)}** {counted(_size(libraries, name), 'paper')}" for name in names)
            st.write(sizes)
            st.caption("Ask all libraries at once. There is no map of all: choose a library above to see its map.")
            return
        orders.draw(ranked=True)
        if not session.encoder_ready.is_set():
            with st.spinner("Loading the language model, once …"):
                session.wait_for_encoder()
        _draw_answer(libraries, [str(name) for name in among or []])


def _draw_answer(libraries: Libraries, among: list[str]) -> None:
    shown, order = state(ExploreState).shown, orders.chosen(ranked=True)
    question = Question(address.query(), order=order, mode=address.mode())
    try:
        shared = libraries.ask(question, shown + 1, among=among)
    except ExplorerError as error:
        st.error(plain(session.in_public(str(error))))
        if isinstance(error, BadQuery):
            interpretation.offer_text()
        return
    interpretation.draw(shared.answer)
    draw_cards(_cards(shared, shown), Shelf(), key=CARDS, on_event=_react)


def _cards(shared: SharedAnswer, shown: int) -> Cards:
    answer = shared.answer
    entries = []
    for result, holders in list(zip(answer.results, shared.holders, strict=True))[:shown]:
        token = replace(result.paper, id=f"{holders[0].library}:{result.paper.id}")
        entries.append(Entry(token, result.row, closeness(result, answer), libraries=_where(holders)))
    counts = Counter(holder.library for holders in shared.holders[:shown] for holder in holders)
    where = ", ".join(f"{count} in {name}" for name, count in counts.most_common())
    heading = f"{counted(len(entries), 'paper')} nearest to {quoted(answer.question.text)}"
    searched = f"Of {shared.papers:,} papers in {len(choice.folders())} libraries: {where}."
    remarks = (answer.verdict.remark, orders.remark(answer.question.order), answer.language)
    note = " ".join(
        filter(None, (searched, *remarks, "Open a card to go to the paper in its own library, on its map."))
    )
    captions = Captions(
        heading if entries else "No paper passes", note=note if entries else "Leave out quotes, conditions and -words.",
        more="Show more" if len(answer.results) > shown else "", query=answer.question.text if entries else "",
    )  # fmt: skip
    return Cards(captions, tuple(entries), picks=False, library=ALL)


def _where(holders: Holders) -> str:
    return "in " + ", ".join(dict.fromkeys(holder.library for holder in holders))


def _size(libraries: Libraries, name: str) -> int:
    return len(libraries.library(name).snapshot.arrays.keys)


def _react() -> None:
    """What a click means; in a callback. What changes marks does nothing: they are of a single library."""
    with faults.noted():
        event = read_event(st.session_state[CARDS])
        if event is None:
            return
        if event.kind is EventKind.OPEN:
            for name in sorted(choice.folders(), key=len, reverse=True):
                if event.paper.startswith(f"{name}:"):
                    return switch.to(name, event.paper[len(name) + 1 :])
        elif event.kind is EventKind.MORE:
            state(ExploreState).shown += PAGE
        elif event.kind is EventKind.ASK:
            address.ask(event.name)
