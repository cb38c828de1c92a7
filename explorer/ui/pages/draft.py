"""The page Draft: which papers of this library a draft does not cite yet, passage by passage.

Knows widgets, manuscripts and the cards; asks the library once a draft. Always true: the draft lives in the session
only, nothing of it is written; of the library, nothing but marks is changed here, and those by `marking`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np
import streamlit as st

from explorer.drafts.manuscript import LIMIT, Manuscript, bibliography, read_manuscript
from explorer.drafts.suggestions import PassageResult, Reference, Suggestion, Suggestions
from explorer.errors import ExplorerError
from explorer.export import bibtex
from explorer.library import Library
from explorer.paper import Paper
from explorer.search.certainty import Certainty
from explorer.search.ranking import Result
from explorer.server import routes
from explorer.ui import session
from explorer.ui.components.cards import Beside, CardEvents, Cards, draw_cards
from explorer.ui.explore import marks

_AT_FIRST = 20  # papers suggested at first, and more by each click
_MOST = 100
_LISTED = 200  # references listed that are not in the library
_PASTED = "the pasted text"
# Ends of names of files that are no draft but lie beside one.
_BESIDE = (".bib", ".bibtex", ".biblatex", ".ris", ".nbib", ".enw", ".json", ".bbl")
_DROP = "Or drop its file (LaTeX, Word, PDF, Markdown, text), and its .bib with it"

STYLE = """<style>
.stMainBlockContainer:has(.st-key-draftpage) { max-width: 64rem; }
</style>"""


@dataclass(frozen=True)
class _Found:
    """What the library says of a draft; `asked` tells for which draft, library and number of papers."""

    asked: tuple[str, str, str, int]
    missing: Suggestions
    cited: tuple[PassageResult, ...] | None = None  # papers cited already, when they were asked for
    matched: bool = False  # whether the sentences that match are there, too: they take longest


def draw() -> None:
    """Draw the page."""
    if opened_paper := st.session_state.pop(session.DRAFT_OPENED, ""):
        st.switch_page(st.session_state[session.EXPLORE_PAGE], query_params={session.PAPER: opened_paper})
    st.html(STYLE)
    with st.container(key="draftpage"):
        opened = routes.library()
        st.title("Draft")
        if opened is None or not opened.version:
            st.write("There are no papers yet to compare a draft with.")
            st.page_link(st.session_state[session.LIBRARY_PAGE], label="Add papers", icon=":material/upload_file:")
            return
        _draw_places()
        try:
            manuscript = _manuscript()
            if manuscript is not None:
                _draw_found(opened, manuscript)
        except ExplorerError as error:
            st.error(session.plain(str(error)))


# ------------------------------------------------------------------------------------------------------- the draft


def _draw_places() -> None:
    st.session_state.setdefault(session.DRAFT_UPLOADS, 0)
    files: Mapping[str, bytes] = st.session_state.setdefault(session.DRAFT_FILES, {})
    text = st.session_state.get(session.DRAFT_TEXT, "")
    key = f"draft-upload-{st.session_state[session.DRAFT_UPLOADS]}"
    if not text and not any(not name.lower().endswith(_BESIDE) for name in files):
        st.write(
            "Which papers of this library does your draft not cite yet? "
            "Nothing leaves this machine, and the draft is not kept."
        )
        pasted = f"draft-text-{st.session_state[session.DRAFT_UPLOADS]}"
        st.text_area("Paste its text, or a part of it", key=pasted, height=180, on_change=_take_text, args=(pasted,))
        with st.container(horizontal=True):
            st.button("Compare", type="primary", on_click=_take_text, args=(pasted,))
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            names = ", ".join([*([_PASTED] if text else []), *files])
            st.markdown(f":material/description: {session.plain(names)}", width="stretch")
            st.button("Another draft", icon=":material/close:", on_click=_clear)
    label = "Add its bibliography or its other files" if files or text else _DROP
    st.file_uploader(
        label,
        accept_multiple_files=True,
        key=key,
        on_change=_take_files,
        args=(key,),
        max_upload_size=LIMIT >> 20,
    )


def _take_text(key: str) -> None:
    text = str(st.session_state.get(key) or "").strip()
    if text:
        st.session_state[session.DRAFT_TEXT] = text
        st.session_state[session.DRAFT_SHOWN] = _AT_FIRST


def _take_files(key: str) -> None:
    """Move the files out of the uploader, where they would not outlive a change of page."""
    held = dict(st.session_state.get(session.DRAFT_FILES) or {})
    held |= {PurePosixPath(file.name).name: file.getvalue() for file in st.session_state.get(key) or ()}
    st.session_state[session.DRAFT_FILES] = held
    st.session_state[session.DRAFT_SHOWN] = _AT_FIRST
    st.session_state[session.DRAFT_UPLOADS] += 1


def _clear() -> None:
    for name in (session.DRAFT_FILES, session.DRAFT_TEXT, session.MANUSCRIPT, session.DRAFT_FOUND, session.DRAFT_CITED):
        st.session_state.pop(name, None)
    st.session_state[session.DRAFT_UPLOADS] += 1


def _manuscript() -> tuple[str, Manuscript] | None:
    """The draft that was given, with a digest of all its files; read once."""
    files: dict[str, bytes] = st.session_state.get(session.DRAFT_FILES) or {}
    text = str(st.session_state.get(session.DRAFT_TEXT) or "")
    drafts = [name for name in files if not name.lower().endswith(_BESIDE)]
    if not drafts and not text:
        if files:
            st.info("These are bibliographies. Paste the draft or drop it as well.")
        return None
    digest = hashlib.sha256(text.encode("utf-8", "replace"))
    for name, data in sorted(files.items()):
        digest.update(name.encode("utf-8", "replace") + hashlib.sha256(data).digest())
    known = st.session_state.get(session.MANUSCRIPT)
    if known is None or known[0] != digest.hexdigest():
        with st.spinner("Reading the draft …", show_time=True):
            known = st.session_state[session.MANUSCRIPT] = digest.hexdigest(), _read(text, files, drafts)
    return (str(known[0]), known[1])


def _read(text: str, files: Mapping[str, bytes], drafts: list[str]) -> Manuscript:
    main = max(drafts, key=lambda name: (b"\\documentclass" in files[name], -drafts.index(name)), default="")
    data = files[main] if main else text.encode("utf-8", "replace")
    beside = {name: held for name, held in files.items() if name != main}
    found = read_manuscript(data, main or _PASTED, beside=beside)
    papers: list[Paper] = []
    for name, held in beside.items():
        if name.lower().endswith(_BESIDE) and not name.lower().endswith(".bbl"):
            papers += bibliography(held, name)
    return found.with_bibliography(papers) if papers else found


# --------------------------------------------------------------------------------------------------- what was found


def _draw_found(opened: Library, draft: tuple[str, Manuscript]) -> None:
    digest, manuscript = draft
    found = _found(opened, digest, manuscript)
    _draw_summary(manuscript, found.missing)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        cited = st.toggle("Also show papers it cites already", key=session.DRAFT_CITED)
        papers = [suggestion.result.paper for suggestion in _near(opened, found)]
        used: set[str] = set()
        st.download_button(
            "Export suggestions (.bib)",
            "\n".join(bibtex.entry(replace(paper, abstract=""), used) for paper in papers),
            file_name="suggestions.bib",
            mime="application/x-bibtex",
            icon=":material/download:",
            on_click="ignore",
            disabled=not papers,
        )
    if cited:
        found = _with_cited(opened, manuscript, found)
    waiting = st.container()
    _draw_list(opened, found, cited=cited)
    if not found.matched:
        with waiting, st.spinner("Looking for the sentences that match …", show_time=True):
            missing = opened.matched(found.missing)
        st.session_state[session.DRAFT_FOUND] = replace(found, missing=missing, matched=True)
        st.rerun()


def _asked(opened: Library, digest: str) -> tuple[str, str, str, int]:
    shown = int(st.session_state.get(session.DRAFT_SHOWN) or _AT_FIRST)
    return digest, str(opened.folder), opened.edition, shown


def _found(opened: Library, digest: str, manuscript: Manuscript) -> _Found:
    """What the library finds for the draft; asked once, as it takes seconds."""
    asked = _asked(opened, digest)
    known = st.session_state.get(session.DRAFT_FOUND)
    if isinstance(known, _Found) and known.asked == asked:
        return known
    if not routes.encoder_ready.is_set():
        with st.spinner("Loading the language model, once …", show_time=True):
            routes.warm(0)
            routes.encoder_ready.wait()
    with st.spinner("Comparing the draft with your papers …", show_time=True):
        found = _Found(asked, opened.missing(manuscript.text, manuscript.cited, asked[-1], sentences=False))
    st.session_state[session.DRAFT_FOUND] = found
    return found


def _with_cited(opened: Library, manuscript: Manuscript, found: _Found) -> _Found:
    """The same with the answers that the draft cites already."""
    if found.cited is None:
        known = {paper.id for reference in found.missing.here for paper in reference.papers}
        rows = np.zeros(len(opened.map), bool)
        rows[[opened.row_of(name) for name in known]] = True
        with st.spinner("Comparing the draft with the papers it cites …", show_time=True):
            answers = opened.answers(manuscript.text, _MOST, among=rows).results if known else ()
        found = st.session_state[session.DRAFT_FOUND] = replace(found, cited=answers)
    return found


def _draw_summary(manuscript: Manuscript, found: Suggestions) -> None:
    passages = f"**{len(found.passages):,}** passage{'' if len(found.passages) == 1 else 's'}"
    if found.references:
        here, elsewhere = len(found.here), len(found.elsewhere)
        st.markdown(
            f"{passages}; cites **{here + elsewhere:,}** paper{'' if here + elsewhere == 1 else 's'}: "
            f"**{here:,}** in this library, **{elsewhere:,}** not"
        )
    else:
        st.markdown(f"{passages}; no list of references was recognised in it")
        st.caption("Drop its bibliography above, and the papers it cites are left out of the suggestions.")
    for note in manuscript.notes[:5]:
        st.caption(f":material/warning: {session.plain(note)}")
    if found.elsewhere:
        with st.expander(f"Cited and not in this library ({len(found.elsewhere):,})"):
            lines = [f"- {_words(reference)}" for reference in found.elsewhere[:_LISTED]]
            more = len(found.elsewhere) - len(lines)
            st.markdown("\n".join([*lines, f"- … and {more:,} more"] if more else lines))


def _words(reference: Reference) -> str:
    reason = f" — {session.plain(reference.reason)}" if reference.reason else ""
    return session.plain(" ".join(reference.label.split())[:300]) + reason


# --------------------------------------------------------------------------------------------------------- the list


def _draw_list(opened: Library, found: _Found, *, cited: bool) -> None:
    results, beside = _listed(_near(opened, found), found.cited if cited else None)
    every, count, asked = len(found.missing.suggestions), len(_near(opened, found)), found.asked[-1]
    more = "Show more" if every == asked < _MOST else ""
    cards = Cards(
        heading=_heading(every, count),
        note=_note(every, count, cited=cited),
        results=tuple(results),
        more=f"Show {every - count} more that are not close" if count < every else more,
        beside=beside,
        picks=False,
    )
    rows = np.array([one.result.row for one in _near(opened, found)], np.int64)
    shelf = marks.shelf(opened, [result.paper for result in results], rows, overview=False)
    draw_cards(cards, shelf, key=session.DRAFT_CARDS, on_event=_on_card)


def _near(opened: Library, found: _Found) -> tuple[Suggestion, ...]:
    """The suggestions that are nearer than chance, unless the others are wanted, too."""
    if st.session_state.get(session.DRAFT_WEAK) == found.asked[0]:
        return found.missing.suggestions
    level = opened.scale.level
    return tuple(one for one in found.missing.suggestions if level(one.result.similarity) is not Certainty.NOTHING)


def _heading(every: int, count: int) -> str:
    if every and not count:
        return "Nothing close to this draft is in this library"
    return f"{count:,} paper{'' if count == 1 else 's'} it may have missed" if count else "Nothing is missing"


def _note(every: int, count: int, *, cited: bool) -> str:
    if not every:
        return "All papers of this library are cited already, or hidden."
    if not count:
        return "Texts about something else get as near as its nearest papers by chance."
    return f"The nearest papers of each passage, {'and' if cited else 'without'} what it cites. Read before you cite."


def _listed(
    suggestions: Sequence[Suggestion], cited: Sequence[PassageResult] | None
) -> tuple[list[Result], dict[str, Beside]]:
    """Results in the order of the passages, and the passage of each paper."""
    listed: dict[int, list[tuple[Result, Beside]]] = {}
    for one in suggestions:
        pair = one.pair
        beside = Beside(
            one.passage.number,
            one.passage.heading,
            one.passage.text,
            pair.ours if pair else "",
            pair.theirs if pair else "",
            f"Near to “{one.cited.heading}”, which the draft cites" if one.cited else "",
        )
        listed.setdefault(one.passage.number, []).append((one.result, beside))
    for answer in cited or ():
        passage = answer.passages[0]
        beside = Beside(passage.number, passage.heading, passage.text, note="The draft cites it already")
        listed.setdefault(passage.number, []).append((answer.result, beside))
    pairs = [pair for number in sorted(listed) for pair in listed[number]]
    return [result for result, _ in pairs], {result.paper.id: beside for result, beside in pairs}


def _holds_back(opened: Library) -> bool:
    found = st.session_state[session.DRAFT_FOUND]
    return len(_near(opened, found)) < len(found.missing.suggestions)


def _on_card() -> None:
    events = CardEvents.of(st.session_state[session.DRAFT_CARDS])
    if opened := routes.library():
        marks.carry_out(opened, events)
    if events.opened:
        st.session_state[session.DRAFT_OPENED] = events.opened
    elif events.more and opened and _holds_back(opened):
        st.session_state[session.DRAFT_WEAK] = st.session_state[session.DRAFT_FOUND].asked[0]
    elif events.more:
        shown = int(st.session_state.get(session.DRAFT_SHOWN) or _AT_FIRST)
        st.session_state[session.DRAFT_SHOWN] = min(_MOST, shown + _AT_FIRST)
