"""The page Library: what is in it, adding files, what came of the imports, and undoing the latest.

Knows widgets and jobs; reads the library, never writes it itself. Always true: file names and reasons are shown
as text; of long lists one page is drawn; what an undo would do is said before it is done.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import unquote

import streamlit as st

from explorer.export.provenance import methods
from explorer.export.tables import inert
from explorer.library import Library
from explorer.library.records import repeats_of
from explorer.library.report import Info
from explorer.paper import Problem
from explorer.server import session, tasks
from explorer.server.access import read_only
from explorer.server.jobs import JOBS
from explorer.server.tasks import listed
from explorer.server.visitor import visitor
from explorer.store import Import
from explorer.text import counted
from explorer.ui.components import tables
from explorer.ui.components.text import plain
from explorer.ui.explore import marks
from explorer.ui.library import import_form, job_panel, map_panel, mark_names
from explorer.ui.state import Pages, state

_ROWS = 25  # problems on a page
_FILES = 100  # source files shown
_NAME = 100  # characters of who reads


def draw() -> None:
    """Draw the page."""
    opened = session.library()
    info = opened.records.info() if opened is not None else None
    with st.container(key="librarypage"):
        if read_only():
            _draw_for_readers(opened, info)
            return
        if opened is None or info is None or not (info.papers or info.imports):
            _draw_welcome()
            return
        st.title("Library")
        st.text(str(session.library_folder().resolve()))
        _draw_counts(info)
        if not import_form.shows_job():
            job_panel.draw()
        map_panel.draw(opened, info)
        st.subheader("Add papers")
        import_form.draw(info.papers)
        _draw_imports(opened, info)
        _draw_files(info)
        _draw_methods(opened, info)
        mark_names.draw(opened)
        _draw_seen(opened.marks.count_seen())


def _draw_for_readers(opened: Library | None, info: Info | None) -> None:
    """What is in it, without its place on this machine, its imports and all that changes it."""
    st.title("Library")
    if opened is None or info is None or not info.papers:
        st.write("There are no papers yet.")
        return
    _draw_counts(info)
    st.caption("You can search and read this library; its owner alone can change it.")
    if session.may_mark():
        who = unquote(visitor())[:_NAME]
        st.caption(
            f"What you like, hide, note and save is yours alone: nobody else here sees it. You are {plain(who)}."
        )
    _draw_files(info)
    if session.may_mark():
        mark_names.draw(opened)
        _draw_seen(opened.marks.count_seen())


def _draw_welcome() -> None:
    st.title("Bring your papers")
    st.write(
        "Drop in what your reference manager or a database exports. You see what is in it before anything is kept; "
        "then you can search your papers by meaning and see them on a map. Nothing leaves this computer."
    )
    job_panel.draw()
    if not JOBS.busy:
        import_form.draw(0)


# ----------------------------------------------------------------------------------------------------- the counts


def _draw_counts(info: Info) -> None:
    counts = [("Papers", info.papers), ("Without abstract", info.without_abstract), ("Merged", info.merged)]
    counts += [("Hidden", info.hidden)]
    counts += [("Without title", info.without_title)] * bool(info.without_title)
    counts += [("On the map", info.on_map)] * (info.on_map != info.papers)
    tables.figures(counts)
    if info.merged and (duplicates := state(Pages).duplicates):
        st.page_link(duplicates, label="See which papers were merged, and why", icon=":material/join:")


# ---------------------------------------------------------------------------------------------------- the imports


def _draw_imports(opened: Library, info: Info) -> None:
    if not info.imports:
        return
    st.subheader("Imports")
    names = {_import_name(done): done for done in info.imports[::-1]}
    left, right = st.columns([4, 1.2], vertical_alignment="center")
    with left:
        name = st.selectbox(
            "Import", list(names)[::-1], key=f"import-{info.imports[0].number}", label_visibility="collapsed"
        )
    chosen = names.get(name, info.imports[0])
    chain = opened.records.undoable()
    with right:
        if chosen in chain:
            _draw_undo(chain)
        elif not chosen.undone:
            st.caption("Only the latest can be undone.")
    _draw_import(opened, chosen)


def _import_name(done: Import) -> str:
    when = datetime.fromisoformat(done.started).astimezone().strftime("%d %b %Y, %H:%M")
    what = f"{counted(len(done.files), 'paper')} removed by hand" if done.kind == "remove" else listed(done.files)
    how = " (with removal)" if done.kind == "sync" else ""
    ending = " — undone" if done.undone else "" if done.finished else " — not finished"
    return f"{done.number}. {what}{how} · {when}{ending}"


def _draw_import(opened: Library, done: Import) -> None:
    if done.kind == "remove":
        st.caption("Undone since." if done.undone else "The papers are gone from the library.")
        return
    repeats = opened.snapshot.once(f"repeats {done.number}", lambda: min(repeats_of(opened.records, done), done.merged))
    lost = done.read - done.added - done.merged - done.updated - done.unchanged
    counts = [
        ("read", done.read),
        ("added", done.added),
        ("already here", done.merged + done.unchanged - repeats),
        *[("twice in the files", repeats)] * bool(repeats),
        ("updated", done.updated),
        ("removed", done.removed),
        ("without abstract", done.without_abstract),
        ("could not be read", lost),
    ]
    tables.figures(counts, small=True)
    if done.undone:
        st.caption("This import was undone; the figures say what it had done.")
    elif not done.finished and not JOBS.busy:
        st.warning(
            f"This import was interrupted after {done.read:,} records, or is running in another program. "
            "What was read is kept. Import the same files again: it goes on where it stopped."
        )
    problems = opened.snapshot.once(f"problems {done.number}", lambda: opened.records.problems(done.number))
    _draw_problems(problems, done)


def _draw_problems(problems: Sequence[Problem], done: Import) -> None:
    if not problems:
        return
    pages = -(-len(problems) // _ROWS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{counted(len(problems), 'problem or remark', 'problems and remarks')}**", width="stretch")
        st.download_button(
            "Download as CSV", lambda: as_csv(problems), file_name=f"problems_of_import_{done.number}.csv",
            mime="text/csv", on_click="ignore", icon=":material/download:", key="problems-csv",
        )  # fmt: skip
    space = st.container()
    page = st.pagination(pages, key=f"problems-{done.number}") if pages > 1 else 1
    with space:
        tables.table(
            ("File", "Line", "Record", "Reason"),
            [
                (problem.file, problem.line or "", problem.record or "", problem.reason)
                for problem in problems[(page - 1) * _ROWS : page * _ROWS]
            ],
            caption="Problems of the import",
        )


def as_csv(problems: Sequence[Problem]) -> bytes:
    """The problems as a table for a spreadsheet; no cell is taken for a formula there."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(("file", "line", "record", "reason"))
    for problem in problems:
        rows.writerow((inert(problem.file), problem.line or "", problem.record or "", inert(problem.reason)))
    return text.getvalue().encode("utf-8-sig", "replace")  # Excel needs the mark to see that it is UTF-8


# ------------------------------------------------------------------------------------------------------ undoing


def undo_words(chain: Sequence[Import]) -> str:
    """What undoing these would do, in a sentence."""
    latest = chain[0]
    if latest.kind == "remove":
        return f"brings back the {counted(len(latest.files), 'paper')} removed by hand"
    added, removed, updated, merged = (
        sum(getattr(done, name) for done in chain) for name in ("added", "removed", "updated", "merged")
    )
    parts = [f"removes the {counted(added, 'paper')} added by {listed(latest.files)}"] * bool(added)
    parts += [f"brings back the {counted(removed, 'paper')} it removed"] * bool(removed)
    parts += [f"takes back {counted(updated, 'update')}"] * bool(updated)
    parts += [f"takes back {counted(merged, 'merge')}"] * bool(merged)
    if not parts:
        return f"forgets the import of {listed(latest.files)}, which changed no paper"
    return ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]


def _draw_undo(chain: Sequence[Import]) -> None:
    busy = JOBS.busy
    what = "this removal" if chain[0].kind == "remove" else "this import"
    with st.popover(f"Undo {what} …", icon=":material/undo:", disabled=busy, width="stretch"):
        st.markdown(f"Undoing **{plain(undo_words(chain))}**. Your collections, tags and notes stay.")
        st.button("Undo it", on_click=job_panel.start, args=(tasks.undo,), type="primary", disabled=busy)


def _draw_files(info: Info) -> None:
    if not info.files:
        return
    with st.expander(counted(len(info.files), "source file")):
        tables.table(("Papers", "File"), [(count, file) for file, count in info.files[:_FILES]], caption="Source files")
        if len(info.files) > _FILES:
            st.caption(f"… and {len(info.files) - _FILES:,} more")
    st.caption(f"Language model: {plain(info.encoder)}")


def _draw_methods(opened: Library, info: Info) -> None:
    if info.on_map:
        with st.expander("For the methods section of your paper"):
            paragraph = opened.snapshot.once("methods", lambda: methods(opened))
            st.code(paragraph, language=None, wrap_lines=True)


def _draw_seen(count: int) -> None:
    if count:
        label = f"Forget that I have seen {counted(count, 'paper')}"
        st.button(label, on_click=marks.forget_seen, type="tertiary", help="Their titles are dimmed in lists.")
