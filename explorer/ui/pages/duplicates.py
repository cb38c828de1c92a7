"""The page Same paper?: which papers were made of several records and why, which merges are in doubt, and which pairs
may be one.

Knows widgets and jobs; reads the library, never writes it itself. Always true: one short page of a list is
drawn; what is on it keeps its place until one turns the page, so that no click hits what slid under it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Literal

import streamlit as st

from explorer.errors import ExplorerError
from explorer.library import Library
from explorer.library.report import Doubt, Pair
from explorer.paper import Paper
from explorer.server import tasks
from explorer.server.jobs import JOBS, Task
from explorer.store import Record
from explorer.text import fold, readable
from explorer.ui.components import tables
from explorer.ui.components.empty import open_library
from explorer.ui.components.text import plain
from explorer.ui.library import job_panel
from explorer.ui.state import state

_MERGED, _DOUBT, _REVIEW = "Merged", "In doubt", "To review"
_JOINED = "One paper now"
_PAPERS, _PAIRS = 8, 5  # on one page
VIEW, TITLE, LIST = (
    "same_view",
    "same_title",
    "same_list",
)  # keys: which list, words of a title, page of a list


@dataclass(frozen=True)
class _Entry:
    """A merged paper with its records and doubts about some, by number; or a pair and the records of the second."""

    papers: tuple[Paper, ...]
    records: tuple[Record, ...] = ()
    reason: str = ""
    doubts: Mapping[int, str] = field(default_factory=dict)


@dataclass
class _List:
    """What the list shows until one turns the page, and what was decided on it: name of the correction → words.

    `view` are what is shown, which page of it, and words of a title; `source` is what it was made from; `made`: name of
    a split → id of the paper it made, to be joined again.
    """

    view: tuple[str, int, str]
    source: object
    entries: tuple[_Entry, ...]
    decided: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)


@dataclass
class DuplicatesState:
    """The list as it is shown until one turns the page."""

    list: _List | None = None


def draw() -> None:
    """Draw the page."""
    with st.container(key="samepage"):
        st.title("Same paper?")
        opened = open_library()
        if opened is not None:
            job = JOBS.latest
            if job is not None and job.task is not Task.CORRECTION:
                job_panel.draw()
            _draw_lists(opened)


def _draw_lists(opened: Library) -> None:
    with st.spinner("Comparing …", show_time=True):
        pairs = opened.snapshot.once("pairs to review", opened.records.review, marked=True)
        doubts = opened.snapshot.once("merges in doubt", opened.records.doubts, marked=True)
    merged = opened.records.info().merged
    names = {_MERGED: f"Merged ({merged:,})", _DOUBT: f"In doubt ({len(doubts):,})"}
    names[_REVIEW] = f"To review ({len(pairs):,})"
    view = st.segmented_control(
        "Show", list(names), format_func=names.__getitem__, default=_REVIEW if pairs else _MERGED, required=True,
        key=VIEW, label_visibility="collapsed",
    )  # fmt: skip
    if view == _MERGED:
        _draw_merged(opened, merged)
    elif view == _DOUBT:
        _draw_doubts(opened, doubts)
    else:
        _draw_review(opened, pairs)


# ------------------------------------------------------------------------------------------------------- the lists


def _list(view: tuple[str, int, str], source: object, make: Callable[[], tuple[_Entry, ...]]) -> _List:
    """What the list shows: as it was when something on it was decided, else as it is now."""
    page = state(DuplicatesState)
    if page.list is None or page.list.view != view or (page.list.source != source and not page.list.decided):
        page.list = _List(view, source, make())
    return page.list


def _renew() -> None:
    state(DuplicatesState).list = None


def _key(view: str) -> str:
    return f"{LIST}-{view}"


def _page_of(view: str, count: int, size: int) -> int:
    """The page that is chosen, from the session, as the widget itself stands below the list."""
    pages = max(1, -(-count // size))
    return min(max(int(st.session_state.get(_key(view)) or 1), 1), pages)


def _draw_pages(view: str, count: int, size: int, shown: _List) -> None:
    pages = max(1, -(-count // size))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if pages > 1:
            if st.session_state.get(_key(view), 1) > pages:
                st.session_state[_key(view)] = pages
            st.pagination(pages, key=_key(view), on_change=_renew)
        if shown.decided and JOBS.busy:
            job_panel.draw_small()
        elif shown.decided:
            st.button("Show what is left", on_click=_renew, icon=":material/refresh:")


# ---------------------------------------------------------------------------------------------------------- merged


def _draw_merged(opened: Library, merged: int) -> None:
    st.caption(
        "Papers that came in several records with the same identifier, or title and authors. Split off what is wrong."
    )
    if merged > _PAPERS:
        st.text_input(
            "Find by title", key=TITLE, placeholder="Words of a title", label_visibility="collapsed",
            icon=":material/search:", on_change=_first_page,
        )  # fmt: skip
    words = fold(str(st.session_state.get(TITLE) or "")).split() if merged > _PAPERS else []
    matches: list[str] = []
    if words:
        headings = opened.snapshot.once("headings of merged papers", lambda: _headings(opened))
        matches = [paper_id for paper_id, heading in headings if all(word in heading for word in words)]
    count = len(matches) if words else merged
    page = _page_of(_MERGED, count, _PAPERS)

    def make() -> tuple[_Entry, ...]:
        first, last = (page - 1) * _PAPERS, page * _PAPERS
        ids = matches[first:last] if words else [paper.id for paper in opened.records.merged(last)[first:]]
        return tuple(entry for paper_id in ids if (entry := _merged_entry(opened, paper_id)))

    shown = _list((_MERGED, page, " ".join(words)), opened.snapshot.edition, make)
    if not shown.entries:
        st.write("No title has these words." if words else "No paper was merged from several records.")
    for entry in shown.entries:
        with st.container(border=True):
            _draw_merged_paper(entry, shown)
    _draw_pages(_MERGED, count, _PAPERS, shown)


def _headings(opened: Library) -> list[tuple[str, str]]:
    """Id and folded heading of every merged paper, the latest merge first; takes a second for 10,000."""
    return [(paper.id, fold(paper.heading)) for paper in opened.records.merged()]


def _first_page() -> None:
    st.session_state[_key(_MERGED)] = 1
    _renew()


def _merged_entry(opened: Library, paper_id: str) -> _Entry | None:
    try:
        return _Entry((opened.snapshot.paper(paper_id),), tuple(opened.records.of([paper_id])[0]))
    except ExplorerError:  # it went this moment
        return None


def _draw_doubts(opened: Library, doubts: Sequence[Doubt]) -> None:
    st.caption(
        "Papers merged on little evidence, or against the rules of today. Split off what is wrong; the rest stays."
    )
    ids = list(dict.fromkeys(doubt.paper.id for doubt in doubts))
    page = _page_of(_DOUBT, len(ids), _PAPERS)

    def make() -> tuple[_Entry, ...]:
        entries = (_merged_entry(opened, paper_id) for paper_id in ids[(page - 1) * _PAPERS : page * _PAPERS])
        reasons = {doubt.record.number: doubt.reason for doubt in doubts}
        return tuple(replace(entry, doubts=reasons) for entry in entries if entry)

    shown = _list((_DOUBT, page, ""), doubts, make)
    if not shown.entries:
        st.write("No merge is in doubt.")
    for entry in shown.entries:
        with st.container(border=True):
            _draw_merged_paper(entry, shown)
    _draw_pages(_DOUBT, len(ids), _PAPERS, shown)


def _draw_merged_paper(entry: _Entry, shown: _List) -> None:
    (paper,) = entry.papers
    st.markdown(f"**{plain(paper.heading)}**")
    for place, record in enumerate(entry.records):
        left, right = st.columns([5, 1], vertical_alignment="center", gap="small")
        with left:
            st.html(_record(record, paper, first=place == 0, doubt=entry.doubts.get(record.number, "")))
        if place:
            with right:
                _draw_split(record, paper, shown)


def _record(record: Record, paper: Paper, *, first: bool, doubt: str = "") -> str:
    version = record.paper
    where = f"{record.source.file}" + (f", record {record.source.record}" if record.source.record else "")
    facts = [
        where,
        str(version.year or ""),
        readable(version.venue),
        version.doi or (f"arXiv {version.arxiv}" if version.arxiv else ""),
    ]
    by = " · ".join(escape(fact) for fact in facts if fact)
    title = f"<div>{escape(version.heading)}</div>" if version.heading != paper.heading else ""
    why = "came first" if first else record.reason or "the same paper"
    tag = ' <span class="tag">another version</span>' if record.version else ""
    but = f"<div><b>but:</b> {escape(doubt)}</div>" if doubt else ""
    return f'<div class="same-record">{title}<div class="by">{by}</div><div>{escape(why)}{tag}</div>{but}</div>'


def _draw_split(record: Record, paper: Paper, shown: _List) -> None:
    name, file = tasks.split_name(record.number), plain(record.source.file)
    if (job := tasks.latest()) and name in job.made:
        shown.made[name] = job.made[name]
    pair = tasks.pair_name(paper.id, shown.made.get(name, ""))
    if _draw_decision(pair, shown):
        return
    if _draw_decision(name, shown):
        if name in shown.made:
            again = _Decision("Join again", pair, "One paper again", tasks.join, (paper.id, shown.made[name]))
            _draw_button(again, shown, f"Take the record from {file} back into this paper", width="stretch")
    else:
        split = _Decision("Split off", name, "Now its own paper", tasks.split, (record.number,))
        _draw_button(split, shown, f"Make a paper of its own of the record from {file}", width="stretch")


# ---------------------------------------------------------------------------------------------------------- review


def _draw_review(opened: Library, pairs: Sequence[Pair]) -> None:
    st.caption(
        "Papers with an identifier, a title and first author or nearly a text in common that were not merged by"
        " themselves. You decide; it is remembered."
    )
    page = _page_of(_REVIEW, len(pairs), _PAIRS)

    def make() -> tuple[_Entry, ...]:
        some = pairs[(page - 1) * _PAIRS : page * _PAIRS]
        records = opened.records.of([pair.other.id for pair in some])
        return tuple(
            _Entry((pair.one, pair.other), tuple(own), pair.reason) for pair, own in zip(some, records, strict=True)
        )

    shown = _list((_REVIEW, page, ""), pairs, make)
    if not shown.entries:
        st.write("No two papers look like copies of one another.")
    for entry in shown.entries:
        with st.container(border=True):
            _draw_pair(entry, shown)
    _draw_pages(_REVIEW, len(pairs), _PAIRS, shown)


def _draw_pair(entry: _Entry, shown: _List) -> None:
    for column, paper in zip(st.columns(2, gap="medium"), entry.papers, strict=True):
        with column:
            file = paper.sources[0].file if paper.sources else ""
            tables.paper(paper, [paper.doi, file])
    ids = tuple(paper.id for paper in entry.papers)
    titles = " and ".join(plain(paper.heading[:80]) for paper in entry.papers)
    name = tasks.pair_name(*ids)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":small[{plain(entry.reason)}]", width="stretch")
        if _draw_decision(tasks.parted_name(*ids), shown):
            return
        if _draw_decision(name, shown):
            _draw_undo(entry, name, shown)
        else:
            for decision in (
                _Decision("Same paper", name, _JOINED, tasks.join, ids),
                _Decision("Not the same", name, "Kept apart", tasks.keep_apart, ids),
            ):
                _draw_button(decision, shown, f"{decision.label}: {titles}")


def _draw_undo(entry: _Entry, name: str, shown: _List) -> None:
    """Draw what takes a decision on a pair back."""
    ids = tuple(paper.id for paper in entry.papers)
    if shown.decided[name] == _JOINED:
        numbers = tuple(record.number for record in entry.records)
        parted = _Decision("Undo", tasks.parted_name(*ids), "Two papers again", tasks.part, (*ids, numbers))
        _draw_button(parted, shown, "Make two papers of them again")
    else:
        st.button("Undo", key=f"Undo-{name}", on_click=_forget, args=(ids, name, shown), help="Decide it again")


def _forget(ids: tuple[str, str], name: str, shown: _List) -> None:
    if tasks.keep_apart(*ids, apart=False):
        del shown.decided[name]


# ------------------------------------------------------------------------------------------------------- decisions


@dataclass(frozen=True)
class _Decision:
    """What a button does: the name of the correction, the words for it when it is made, the task and its arguments."""

    label: str
    name: str
    words: str
    task: Callable[..., bool]
    arguments: tuple[object, ...]


def _draw_button(
    decision: _Decision, shown: _List, help: str, *, width: Literal["stretch", "content"] = "content"
) -> None:
    job = JOBS.latest
    st.button(
        decision.label, key=f"{decision.label}-{decision.name}", on_click=_decide, args=(decision, shown),
        disabled=job is not None and job.running and job.task is not Task.CORRECTION, help=help, width=width,
    )  # fmt: skip


def _decide(decision: _Decision, shown: _List) -> None:
    if decision.task(*decision.arguments):
        shown.decided[decision.name] = decision.words


def _draw_decision(name: str, shown: _List) -> bool:
    """Draw what became of a decision; False when there is none, or it could not be carried out."""
    if name not in shown.decided:
        return False
    job = tasks.latest()
    if job is not None and (reason := job.failed.get(name)):
        st.markdown(f":small[:red[:material/error:] {plain(reason)}]")
        return False
    st.markdown(f":small[:material/check: {shown.decided[name]}]")
    return True
