"""The page Draft: which papers of this library a draft does not cite yet, passage by passage.

Knows widgets, manuscripts and the cards; asks the library once a draft. Always true: a draft lives in memory only, for
its tab (`ui/draft/state`); of the library, nothing but marks is changed here, and those by `marks`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import streamlit as st

from explorer.drafts.manuscript import LIMIT, Manuscript, bibliography, read_manuscript
from explorer.drafts.suggestions import PassageResult, Reference, Suggestion, Suggestions
from explorer.errors import ExplorerError
from explorer.export import bibtex
from explorer.library import Library
from explorer.paper import Paper
from explorer.search.certainty import Certainty
from explorer.server import session
from explorer.server.published import publish_rows
from explorer.text import counted
from explorer.ui import address
from explorer.ui.components import faults
from explorer.ui.components.cards import Captions, Cards, Exports, draw_cards
from explorer.ui.components.cards.card import DraftPassage, Entry, near_passage
from explorer.ui.components.empty import open_library
from explorer.ui.components.events import EventKind, read_event
from explorer.ui.components.text import plain
from explorer.ui.draft.state import AT_FIRST, Comparison, DraftState, remember
from explorer.ui.explore import marks
from explorer.ui.state import ExploreState, Pages, state

_MOST = 100
_LISTED = 200  # references listed that are not in the library
_PASTED = "the pasted text"
# Ends of names of files that are no draft but lie beside one.
_COMPANIONS = (".bib", ".bibtex", ".biblatex", ".ris", ".nbib", ".enw", ".json", ".bbl")
_DROP = "Or drop its file (LaTeX, Word, PDF, Markdown, text), and its .bib with it"
CITED, CARDS = "draft_cited", "draft_cards"  # keys: of the toggle, and of the list


def draw() -> None:
    """Draw the page."""
    draft = state(DraftState)
    _leave(draft)
    with st.container(key="draftpage"):
        st.title("Draft")
        opened = open_library()
        if opened is None:
            return
        _draw_places(draft)
        try:
            manuscript = _manuscript(draft)
            if manuscript is not None:
                _draw_comparison(opened, *manuscript)
        except ExplorerError as error:
            st.error(plain(str(error)))
    remember(state(DraftState))


def _leave(draft: DraftState) -> None:
    """Go to the page Explore, if a paper is to be opened there."""
    explore, paper_id = state(Pages).explore, draft.opened
    draft.opened = ""
    if explore and paper_id:
        st.switch_page(explore, query_params={address.PAPER: paper_id})


# ------------------------------------------------------------------------------------------------------- the draft


def _draw_places(draft: DraftState) -> None:
    if not draft.text and not _manuscripts(draft):
        st.write(
            "Which papers of this library does your draft not cite yet? "
            "Nothing leaves this machine or is written to a disk; the draft stays in this tab, for a day at most."
        )
        key = f"draft-text-{draft.uploads}"
        st.text_area("Paste its text, or a part of it", key=key, height=180, on_change=_take_text, args=(key,))
        with st.container(horizontal=True):
            st.button("Compare", type="primary", on_click=_take_text, args=(key,))
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            names = ", ".join([*([_PASTED] if draft.text else []), *draft.files])
            st.markdown(f":material/description: {plain(names)}", width="stretch")
            st.button("Another draft", icon=":material/close:", on_click=_clear)
    key = f"draft-upload-{draft.uploads}"
    st.file_uploader(
        "Add its bibliography or its other files" if draft.files or draft.text else _DROP, accept_multiple_files=True,
        key=key, on_change=_take_files, args=(key,), max_upload_size=LIMIT >> 20,
    )  # fmt: skip


def _take_text(key: str) -> None:
    text = str(st.session_state.get(key) or "").strip()
    if text:
        draft = state(DraftState)
        draft.text, draft.shown = text, AT_FIRST


def _take_files(key: str) -> None:
    """Move the files out of the uploader, where they would not outlive a change of page."""
    draft = state(DraftState)
    draft.files |= {PurePosixPath(file.name).name: file.getvalue() for file in st.session_state.get(key) or ()}
    draft.shown = AT_FIRST
    draft.uploads += 1


def _clear() -> None:
    draft = state(DraftState)
    st.session_state[DraftState.__name__] = DraftState(uploads=draft.uploads + 1, weak=draft.weak, tab=draft.tab)
    st.session_state.pop(CITED, None)


def _manuscripts(draft: DraftState) -> list[str]:
    """Names of the files that are no companions of a draft."""
    return [name for name in draft.files if not name.lower().endswith(_COMPANIONS)]


def _manuscript(draft: DraftState) -> tuple[str, Manuscript] | None:
    """The draft, with a digest of all its files; read once."""
    names = _manuscripts(draft)
    if not names and not draft.text:
        if draft.files:
            st.info("These are bibliographies. Paste the draft or drop it as well.")
        return None
    digest = hashlib.sha256(draft.text.encode("utf-8", "replace"))
    for name, data in sorted(draft.files.items()):
        digest.update(name.encode("utf-8", "replace") + hashlib.sha256(data).digest())
    if draft.manuscript is None or draft.manuscript[0] != digest.hexdigest():
        with st.spinner("Reading the draft …", show_time=True):
            draft.manuscript = digest.hexdigest(), read(draft.text, draft.files, names)
    return draft.manuscript


def read(text: str, files: Mapping[str, bytes], names: Sequence[str]) -> Manuscript:
    """The manuscript among the files called `names`, or the pasted text, with all bibliographies beside it."""
    main = max(names, key=lambda name: (b"\\documentclass" in files[name], -names.index(name)), default="")
    data = files[main] if main else text.encode("utf-8", "replace")
    others = {name: content for name, content in files.items() if name != main}
    manuscript = read_manuscript(data, main or _PASTED, companions=others)
    papers: list[Paper] = []
    for name, content in others.items():
        if name.lower().endswith(_COMPANIONS) and not name.lower().endswith(".bbl"):
            papers += bibliography(content, name)
    return manuscript.with_bibliography(papers) if papers else manuscript


# -------------------------------------------------------------------------------------------------- the comparison


def _draw_comparison(opened: Library, digest: str, manuscript: Manuscript) -> None:
    comparison = _compare(opened, digest, manuscript)
    _draw_summary(manuscript, comparison.missing)
    near = _near(opened, comparison)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.session_state.setdefault(CITED, state(DraftState).cited)
        cited = state(DraftState).cited = st.toggle("Also show papers it cites already", key=CITED)
        _draw_map_button(near)
        _draw_export([suggestion.result.paper for suggestion in near])
    if cited:
        comparison = _with_cited(opened, manuscript, comparison)
    waiting = st.container()
    _draw_list(opened, comparison, near, cited=cited)
    if not comparison.matched:
        with waiting, st.spinner("Looking for the sentences that match …", show_time=True):
            missing = opened.drafts.matched(comparison.missing)
        state(DraftState).comparison = replace(comparison, missing=missing, matched=True)
        st.rerun()


def _compare(opened: Library, digest: str, manuscript: Manuscript) -> Comparison:
    """What the library says of the draft; it takes seconds, and is done once."""
    draft = state(DraftState)
    key = digest, str(opened.folder), opened.snapshot.edition, draft.shown
    if draft.comparison is not None and draft.comparison.of == key:
        return draft.comparison
    if not session.encoder_ready.is_set():
        with st.spinner("Loading the language model, once …", show_time=True):
            session.wait_for_encoder()
    with st.spinner("Comparing the draft with your papers …", show_time=True):
        missing = opened.drafts.missing(manuscript.text, manuscript.cited, draft.shown, sentences=False)
    draft.comparison = Comparison(key, missing)
    return draft.comparison


def _with_cited(opened: Library, manuscript: Manuscript, comparison: Comparison) -> Comparison:
    """The same with the papers that the draft cites already."""
    if comparison.cited is None:
        ids = list({paper.id: None for reference in comparison.missing.here for paper in reference.papers})
        with st.spinner("Comparing the draft with the papers it cites …", show_time=True):
            results = opened.drafts.passages(manuscript.text, _MOST, among=ids).results if ids else ()
        comparison = state(DraftState).comparison = replace(comparison, cited=results)
    return comparison


def _draw_summary(manuscript: Manuscript, missing: Suggestions) -> None:
    passages = _bold(len(missing.passages), "passage")
    here, elsewhere = len(missing.here), len(missing.elsewhere)
    if missing.references:
        papers = _bold(here + elsewhere, "paper")
        st.markdown(f"{passages}; cites {papers}: **{here:,}** in this library, **{elsewhere:,}** not")
    else:
        st.markdown(f"{passages}; no list of references was recognised in it")
        st.caption("Drop its bibliography above, and the papers it cites are left out of the suggestions.")
    for warning in missing.warnings:
        st.warning(plain(f"{warning[0].upper()}{warning[1:]}"), icon=":material/gpp_bad:")
    for note in manuscript.notes[:5]:
        st.caption(f":material/warning: {plain(note)}")
    if elsewhere:
        with st.expander(f"Cited and not in this library ({elsewhere:,})"):
            lines = [f"- {_line(reference)}" for reference in missing.elsewhere[:_LISTED]]
            more = elsewhere - len(lines)
            st.markdown("\n".join([*lines, f"- … and {more:,} more"] if more else lines))


def _bold(number: int, noun: str) -> str:
    count, _, name = counted(number, noun).partition(" ")
    return f"**{count}** {name}"


def _line(reference: Reference) -> str:
    reason = f" — {plain(reference.reason)}" if reference.reason else ""
    return plain(" ".join(reference.label.split())[:300]) + reason


def _draw_map_button(near: Sequence[Suggestion]) -> None:
    """The suggestions on the map, which is a page of its own."""
    explore, draft = state(Pages).explore, state(DraftState)
    draft.marked = tuple(suggestion.result.paper.id for suggestion in near)
    label, icon = "Show these on the map", ":material/travel_explore:"
    if explore and st.button(label, icon=icon, disabled=not near):
        state(ExploreState).focus += 1
        remember(draft)
        st.switch_page(explore, query_params={address.LIST: address.DRAFT})


def _draw_export(papers: Sequence[Paper]) -> None:
    keys: set[str] = set()
    st.download_button(
        "Export suggestions (.bib)", "\n".join(bibtex.entry(replace(paper, abstract=""), keys) for paper in papers),
        file_name="suggestions.bib", mime="application/x-bibtex", icon=":material/download:", on_click="ignore",
        disabled=not papers,
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------------- the list


def _draw_list(opened: Library, comparison: Comparison, near: Sequence[Suggestion], *, cited: bool) -> None:
    every, count = len(comparison.missing.suggestions), len(near)
    more = "Show more" if every == comparison.of[-1] < _MOST else ""
    captions = Captions(
        f"{counted(count, 'paper')} it may have missed" if count else "Nothing is missing",
        note=_note(near, cited=cited),
        more=f"Show {every - count} more that are not close" if count < every else more,
    )
    rows = [suggestion.result.row for suggestion in near]
    exports = Exports(publish_rows(opened.snapshot.edition, rows), count) if rows else None
    cards = Cards(captions, _entries(near, comparison.cited if cited else None), picks=False, exports=exports)
    draw_cards(cards, marks.shelf(opened, cards.papers, rows, overview=False), key=CARDS, on_event=_on_event)


def _near(opened: Library, comparison: Comparison) -> tuple[Suggestion, ...]:
    """The suggestions that are nearer than chance; all where none is, or the others are wanted, too."""
    suggestions = comparison.missing.suggestions
    if state(DraftState).weak == comparison.digest:
        return suggestions
    return tuple(filter(_is_near, suggestions)) or suggestions


def _is_near(suggestion: Suggestion) -> bool:
    return suggestion.result.level is not Certainty.NOTHING


def _note(near: Sequence[Suggestion], *, cited: bool) -> str:
    if not near:
        return "All papers of this library are cited already, or hidden."
    if not any(map(_is_near, near)):
        return "Nothing close to this draft: texts about something else get as near as these papers by chance."
    return f"The nearest papers of each passage, {'and' if cited else 'without'} what it cites. Read before you cite."


def _entries(suggestions: Sequence[Suggestion], cited: Sequence[PassageResult] | None) -> tuple[Entry, ...]:
    """The papers in the order of their passages."""
    entries = []
    for one in suggestions:
        passage, pair = one.passage, one.pair
        sentences = (pair.ours, pair.theirs) if pair else ("", "")
        note = f"Near to “{one.cited.heading}”, which the draft cites" if one.cited else ""
        shown = DraftPassage(passage.number, passage.heading, passage.text, *sentences, note)
        entries.append(Entry(one.result.paper, one.result.row, near_passage(one.result), shown))
    for match in cited or ():
        passage = match.passages[0]
        shown = DraftPassage(passage.number, passage.heading, passage.text, note="The draft cites it already")
        entries.append(Entry(match.result.paper, match.result.row, near_passage(match.result), shown))
    return tuple(sorted(entries, key=lambda entry: entry.passage.number if entry.passage else 0))


def _on_event() -> None:
    """Do what an event of the list means; in a callback."""
    with faults.noted():
        event, opened, draft = read_event(st.session_state[CARDS]), session.library(), state(DraftState)
        if event is None or opened is None:
            return
        if event.kind is EventKind.MARK:
            marks.carry_out(opened, event)
        elif event.kind is EventKind.OPEN:
            draft.opened = event.paper
        elif event.kind is EventKind.MORE:
            _show_more(opened, draft)


def _show_more(opened: Library, draft: DraftState) -> None:
    """Show the papers that are not close, or more of those that are."""
    comparison = draft.comparison
    if comparison is not None and len(_near(opened, comparison)) < len(comparison.missing.suggestions):
        draft.weak = comparison.digest
    else:
        draft.shown = min(_MOST, draft.shown + AT_FIRST)
