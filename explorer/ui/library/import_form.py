"""Adding papers: the place to drop files, what a look into them shows, and how they are to be imported.

Knows widgets, batches of files and jobs; writes nothing itself. Always true: nothing is imported before its preview was
on the screen; a removal is tried out first, and its number of papers stands on the button.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from explorer.errors import UnreadableFile
from explorer.readers import Column
from explorer.rights import reason_of
from explorer.server import tasks
from explorer.server.jobs import JOBS, ImportPlan, Job, Task
from explorer.server.uploads import Batch, Look, brief, zotero_folder
from explorer.text import counted
from explorer.ui.components import tables
from explorer.ui.components.text import plain
from explorer.ui.library import job_panel
from explorer.ui.state import state

FORMATS = (
    "BibTeX, RIS, PubMed, Web of Science, Scopus, EndNote, Zotero, OpenAlex, arXiv, Crossref, CSV, Excel, JSON "
    "and more, also packed"
)
_LISTED = 12  # files of a batch with a line of their own
_EXAMPLE = 40  # characters of a cell beside the name of its column
_COLUMNS = 300  # of a table to choose from; a browser would choke on thousands
_PROBLEMS = 5  # problems shown of a preview
PATH, SYNC = "path", "sync"  # keys of the fields
# Fields that a column of a table can be taken for, by their name in the readers and for people.
_FIELDS = {
    "title": "Title", "abstract": "Abstract", "authors": "Authors", "year": "Year", "venue": "Venue", "doi": "DOI",
    "keywords": "Keywords", "arxiv": "arXiv id", "pmid": "PubMed id", "url": "Link", "key": "Record id",
    "collections": "Folders",
}  # fmt: skip


@dataclass
class FormState:
    """The files that lie ready, how often the uploader was emptied, and what is wrong with a path."""

    batch: Batch | None = None
    uploads: int = 0
    path_error: str = ""


def draw(papers: int) -> None:
    """Draw the form; `papers` are in the library already."""
    _draw_places()
    batch = _batch()
    if batch is not None and batch.paths:
        with st.container(border=True, key="draft"):
            _draw_batch(batch, papers)


def shows_job() -> bool:
    """Whether the form itself shows the job that runs: a trial of the files that lie ready."""
    job = JOBS.latest
    return job is not None and job.task is Task.TRIAL and _is_of(job, state(FormState).batch)


def _is_of(job: Job | None, batch: Batch | None) -> bool:
    """Whether a job is about this batch."""
    return batch is not None and job is not None and job.plan is not None and job.plan.batch is batch


def _batch() -> Batch | None:
    """The files that lie ready; none while they are being imported and when they have been."""
    form, job = state(FormState), JOBS.latest
    if job is not None and job.task is Task.IMPORT and _is_of(job, form.batch):
        if job.report is not None:  # imported: make room for the next
            form.batch = None
        if job.running:
            return None
    return form.batch


def _open_batch() -> Batch:
    """The batch that files are put into: a new one where a job is at work on the present one."""
    form, batch = state(FormState), _batch()
    if batch is None or (JOBS.busy and _is_of(JOBS.latest, batch)):
        batch = form.batch = Batch()
    return batch


# ----------------------------------------------------------------------------------------------- where they come from


def _draw_places() -> None:
    form = state(FormState)
    key = f"upload-{form.uploads}"
    st.file_uploader(
        f"Drop files here: {FORMATS}", accept_multiple_files=True, key=key, on_change=_take_uploads, args=(key,)
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Or the path of a file or folder on this computer: a Zotero folder, a big dump", key=PATH,
            placeholder="/home/me/Zotero", on_change=_take_path,
        )  # fmt: skip
        folder, batch = zotero_folder(), _batch()
        if folder is not None and not (batch and folder in batch.paths):
            st.button("Use my Zotero library", on_click=_take, args=(str(folder),), icon=":material/folder_open:")
    if form.path_error:
        st.error(plain(form.path_error))


def _take_uploads(key: str) -> None:
    """Move the files out of the uploader into the batch, where they outlive a change of page, and empty it."""
    form, batch = state(FormState), _open_batch()
    form.path_error = ""
    try:
        for file in st.session_state.get(key) or ():
            batch.put(file.name, file)
    except OSError as error:
        form.path_error = f"The file could not be taken in: {reason_of(error)}"
    form.uploads += 1


def _take_path() -> None:
    form, text = state(FormState), str(st.session_state.get(PATH) or "")
    form.path_error = ""
    if text.strip():
        _take(text)
        if not form.path_error:
            st.session_state[PATH] = ""


def _take(text: str) -> None:
    form = state(FormState)
    form.path_error = ""
    try:
        _open_batch().add_path(text)
    except UnreadableFile as error:
        form.path_error = str(error)


# ------------------------------------------------------------------------------------------------------ the preview


def _draw_batch(batch: Batch, papers: int) -> None:
    st.markdown("#### Ready to import")
    with st.spinner("Looking into the files …", show_time=True):
        some = batch.paths[:_LISTED]
        for path in some:
            batch.look(path)
    files, choices = st.container(), st.container()
    chosen = _draw_look(batch, _shown(batch))
    with files:
        for path in some:
            _draw_file(batch, path, batch.look(path, chosen))
        if len(batch.paths) > _LISTED:
            st.caption(f"… and {len(batch.paths) - _LISTED:,} more files")
    with choices:
        readable = any(not batch.look(path, chosen).error for path in some) or len(batch.paths) > _LISTED
        _draw_choices(batch, chosen, papers, readable=readable)


def _draw_file(batch: Batch, path: Path, look: Look) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = plain(path.name or str(path))
        words = f"{plain(look.label)} · {look.counted}"
        if look.error:
            words = ":material/help: which column holds what?" if look.columns else ":material/error: cannot be read"
        st.markdown(f"**{name}** — {words}", width="stretch")
        st.button(
            "Take out", key=f"out-{batch.number}-{path}", on_click=batch.drop, args=(path,), type="tertiary",
            icon=":material/close:", help=f"Do not import {name}",
        )  # fmt: skip


def _shown(batch: Batch) -> Path:
    """The file whose beginning is shown."""
    if len(batch.paths) == 1:
        return batch.paths[0]
    names = {
        name if batch.names.count(name) == 1 else f"{name} ({place})": path
        for place, (name, path) in enumerate(zip(batch.names, batch.paths, strict=True), 1)
    }
    name: str = st.selectbox("Look into", list(names), key=f"look-{batch.number}")
    return names.get(name, batch.paths[0])


def _draw_look(batch: Batch, path: Path) -> dict[str, str]:
    """Draw how a file begins, and the columns of a table; those that were chosen."""
    guessed = batch.look(path)
    above = st.container()
    chosen: dict[str, str] = {}
    if guessed.columns:
        chosen = _draw_columns(batch, path, guessed)
    with above:
        _draw_beginning(batch.look(path, chosen))
    return chosen


def _draw_beginning(look: Look) -> None:
    if look.error and look.columns:
        st.warning("No column of this table is called title or abstract. Say below which one holds what.")
        return
    if look.error:
        st.error(plain(look.error))
        return
    counts = [look.counted]
    counts += [f"{look.without_abstract:,} without an abstract"] * bool(look.without_abstract)
    counts += [f"{look.without_title:,} without a title"] * bool(look.without_title)
    begins = f"; the first {len(look.papers)}:" if look.records > len(look.papers) else ""
    st.caption(", ".join(counts) + begins)
    tables.papers(look.papers)
    if look.problems:
        lost = sum(problem.record > 0 for problem in look.problems)
        label = f"{lost:,} of the records looked at cannot be read" if lost else "Worth knowing before the import"
        with st.expander(label, icon=":material/warning:", expanded=not look.papers):
            tables.table(
                ("File", "Line", "What"),
                [
                    (problem.file, problem.line or "", brief(problem.reason))  # of an archive: the file in it
                    for problem in look.problems[:_PROBLEMS]
                ],
            )
            if len(look.problems) > _PROBLEMS:
                st.caption("The full list comes with the report of the import.")


# ------------------------------------------------------------------------------------------------------ the columns


def _draw_columns(batch: Batch, path: Path, look: Look) -> dict[str, str]:
    if not _one_table(batch):
        st.caption("To say which column holds what, import these files one at a time.")
        return {}
    chosen: dict[str, str] = {}
    sure = {"title", "abstract"} <= {column.field for column in look.columns}
    with st.expander("Which column holds what", icon=":material/view_column:", expanded=not sure):
        with st.container(horizontal=True, key="columns"):
            for field, label in _FIELDS.items():
                guess = next((place for place, column in enumerate(look.columns) if column.field == field), None)
                places = [place for place in range(len(look.columns)) if place < _COLUMNS or place == guess]
                place = st.selectbox(
                    label, places, index=None if guess is None else places.index(guess),
                    format_func=partial(_column_name, look.columns), placeholder="not in this file",
                    key=f"column-{batch.number}-{path}-{field}", width=205,
                )  # fmt: skip
                if place is not None and place != guess:
                    chosen[field] = _called(look.columns, place)
        if not look.error:
            st.caption("What you choose here shows in the preview above at once.")
    return chosen


def _one_table(batch: Batch) -> bool:
    """Whether one choice of columns fits all files: they have the same ones."""
    headers = {tuple(column.name for column in batch.look(path).columns) for path in batch.paths[:_LISTED]}
    return len(headers) == 1 and len(batch.paths) <= _LISTED


def _column_name(columns: tuple[Column, ...], place: int) -> str:
    column = columns[place]
    name = " ".join(column.name.split())[:40] or f"column {place + 1}"
    example = column.examples[0] if column.examples else ""
    return f"{name} ({example[:_EXAMPLE]}{'…' if len(example) > _EXAMPLE else ''})" if example else name


def _called(columns: tuple[Column, ...], place: int) -> str:
    """What the readers call a column: its name if no other has it and it is no number, else its number."""
    name = columns[place].name
    unique = sum(column.name.strip().lower() == name.strip().lower() for column in columns) == 1
    return name if unique and name.strip() and not name.strip().isdecimal() else str(place + 1)


# ------------------------------------------------------------------------------------------------------ the choices


def _draw_choices(batch: Batch, columns: dict[str, str], papers: int, *, readable: bool) -> None:
    sync = papers > 0 and _draw_sync()
    plan = ImportPlan.of(batch, columns, sync=sync)
    job, busy = tasks.latest(), JOBS.busy
    trial = job.report if job and job.task is Task.TRIAL and job.plan == plan else None
    label = "Import"
    if trial:
        _draw_trial(trial.removed, trial.words)
        label += f" and remove {counted(trial.removed, 'paper')}" if trial.removed else ""
    waits = sync and trial is None
    if shows_job():
        job_panel.draw()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            label, type="primary", on_click=job_panel.start, args=(tasks.add, plan),
            disabled=busy or not readable or waits, help="See first what would change" if waits else None,
        )  # fmt: skip
        if papers:
            st.button(
                "See what would change", type="primary" if waits else "secondary", on_click=job_panel.start,
                args=(tasks.try_out, plan), disabled=busy or not readable or trial is not None,
                help="Reads the files to the end, and changes nothing",
            )  # fmt: skip
        st.button("Import nothing", type="tertiary", on_click=_clear)
    if busy and not (job and job.task is Task.TRIAL):
        st.caption("Something else is running; import these when it is done.")


def _draw_sync() -> bool:
    chosen: bool = st.radio(
        "How",
        (False, True),
        format_func={False: "Add and update", True: "Add, update and remove"}.__getitem__,
        captions=(
            "New papers are added, known ones updated; nothing is removed.",
            "Papers that came from files of these names earlier, and are not in them any more, are removed as well.",
        ),
        key=SYNC,
        label_visibility="collapsed",
    )
    return bool(chosen)


def _draw_trial(removed: int, words: str) -> None:
    outcome = f"The import would come to: {words}."
    if removed:
        st.warning(f"**{counted(removed, 'paper')} would be removed.** {outcome}")
    else:
        st.info(f"Nothing would be removed. {outcome}")


def _clear() -> None:
    form = state(FormState)
    form.batch, form.path_error = None, ""
