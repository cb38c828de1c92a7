"""Adding papers: the place to drop files, what a look into them shows, and how they are to be imported.

Knows widgets, drafts and `importing`; writes nothing itself. Always true: nothing is imported before its preview was on
the screen; a removal is tried out first, and its number of papers stands on the button.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from explorer.errors import UnreadableFile
from explorer.readers import Column
from explorer.server import jobs, routes
from explorer.server.jobs import Order, Task
from explorer.server.uploads import Draft, Look, brief, zotero_folder
from explorer.ui import session
from explorer.ui.components import tables
from explorer.ui.library import job_panel

FORMATS = (
    "BibTeX, RIS, PubMed, Web of Science, Scopus, EndNote, Zotero, OpenAlex, arXiv, Crossref, CSV, Excel, JSON "
    "and more, also packed"
)
_LISTED = 12  # files of a draft with a line of their own
_EXAMPLE = 40  # characters of a cell beside the name of its column
_COLUMNS = 300  # of a table to choose from; a browser would choke on thousands
_PROBLEMS = 5  # problems shown of a preview
# Fields that a column of a table can be taken for, by their name in the readers and for people.
_FIELDS = {
    "title": "Title", "abstract": "Abstract", "authors": "Authors", "year": "Year", "venue": "Venue", "doi": "DOI",
    "keywords": "Keywords", "arxiv": "arXiv id", "pmid": "PubMed id", "url": "Link", "key": "Record id",
    "collections": "Folders",
}  # fmt: skip


def draw(papers: int) -> None:
    """Draw the form; `papers` are in the library already."""
    _draw_places()
    draft = _draft()
    if draft is not None and draft.paths:
        with st.container(border=True, key="draft"):
            _draw_draft(draft, papers)


def shows_job() -> bool:
    """Whether the form itself shows the job that runs: a trial of the files that lie ready."""
    job = jobs.job()
    if job is None or job.task is not Task.TRIAL or job.order is None:
        return False
    return st.session_state.get(session.DRAFT) is job.order.draft


def _draft() -> Draft | None:
    draft = st.session_state.get(session.DRAFT)
    job = jobs.job()
    if isinstance(draft, Draft) and job is not None and job.order is not None and job.order.draft is draft:
        if job.task is Task.IMPORT and job.running:
            return None
        if job.task is Task.IMPORT and job.report is not None:  # imported: make room for the next
            del st.session_state[session.DRAFT]
            return None
    return draft if isinstance(draft, Draft) else None


def _opened_draft() -> Draft:
    """The draft that files are put into."""
    draft = _draft()
    job = jobs.job()
    if draft is None or (jobs.busy() and job is not None and job.order is not None and job.order.draft is draft):
        draft = st.session_state[session.DRAFT] = Draft()
    return draft


# ----------------------------------------------------------------------------------------------- where they come from


def _draw_places() -> None:
    st.session_state.setdefault(session.UPLOADS, 0)
    key = f"upload-{st.session_state[session.UPLOADS]}"
    st.file_uploader(
        f"Drop files here: {FORMATS}", accept_multiple_files=True, key=key, on_change=_take_uploads, args=(key,)
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Or the path of a file or folder on this computer: a Zotero folder, a big dump",
            key=session.PATH,
            placeholder="/home/me/Zotero",
            on_change=_take_path,
        )
        folder = zotero_folder()
        draft = _draft()
        if folder is not None and not (draft and folder in draft.paths):
            st.button("Use my Zotero library", on_click=_take, args=(str(folder),), icon=":material/folder_open:")
    if wrong := st.session_state.get(session.PATH_WRONG):
        st.error(session.plain(wrong))


def _take_uploads(key: str) -> None:
    """Move the files out of the uploader into the draft, where they outlive a change of page, and empty it."""
    draft = _opened_draft()
    st.session_state[session.PATH_WRONG] = ""
    try:
        for file in st.session_state.get(key) or ():
            draft.put(file.name, file)
    except OSError as error:
        st.session_state[session.PATH_WRONG] = f"The file could not be kept: {error.strerror or error}"
    st.session_state[session.UPLOADS] += 1


def _take_path() -> None:
    text = str(st.session_state.get(session.PATH) or "")
    if text.strip():
        _take(text)
        if not st.session_state[session.PATH_WRONG]:
            st.session_state[session.PATH] = ""
    else:
        st.session_state[session.PATH_WRONG] = ""


def _take(text: str) -> None:
    st.session_state[session.PATH_WRONG] = ""
    try:
        _opened_draft().point(text)
    except UnreadableFile as error:
        st.session_state[session.PATH_WRONG] = str(error)


# ------------------------------------------------------------------------------------------------------ the preview


def _draw_draft(draft: Draft, papers: int) -> None:
    st.markdown("#### Ready to import")
    with st.spinner("Looking into the files …", show_time=True):
        some = draft.paths[:_LISTED]
        for path in some:
            draft.look(path)
    files, choices = st.container(), st.container()
    chosen = _draw_look(draft, _shown(draft))
    with files:
        for path in some:
            _draw_file(draft, path, draft.look(path, chosen))
        if len(draft.paths) > _LISTED:
            st.caption(f"… and {len(draft.paths) - _LISTED:,} more files")
    with choices:
        readable = any(not draft.look(path, chosen).error for path in some) or len(draft.paths) > _LISTED
        _draw_choices(draft, chosen, papers, readable=readable)


def _draw_file(draft: Draft, path: Path, look: Look) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = session.plain(path.name or str(path))
        told = f"{session.plain(look.label)} · {look.counted}"
        if look.error:
            told = ":material/help: which column holds what?" if look.columns else ":material/error: cannot be read"
        st.markdown(f"**{name}** — {told}", width="stretch")
        st.button(
            "Take out",
            key=f"out-{draft.number}-{path}",
            on_click=_drop,
            args=(draft, path),
            type="tertiary",
            icon=":material/close:",
            help=f"Do not import {name}",
        )


def _drop(draft: Draft, path: Path) -> None:
    draft.drop(path)


def _shown(draft: Draft) -> Path:
    """The file whose beginning is shown."""
    if len(draft.paths) == 1:
        return draft.paths[0]
    names = {
        name if draft.names.count(name) == 1 else f"{name} ({place})": path
        for place, (name, path) in enumerate(zip(draft.names, draft.paths, strict=True), 1)
    }
    name: str = st.selectbox("Look into", list(names), key=f"{session.LOOKED}-{draft.number}")
    return names.get(name, draft.paths[0])


def _draw_look(draft: Draft, path: Path) -> dict[str, str]:
    """Draw how a file begins, and the columns of a table; those that were chosen."""
    guessed = draft.look(path)
    above = st.container()
    chosen: dict[str, str] = {}
    if guessed.columns:
        chosen = _draw_columns(draft, path, guessed)
    with above:
        _draw_beginning(draft.look(path, chosen))
    return chosen


def _draw_beginning(look: Look) -> None:
    if look.error and look.columns:
        st.warning("No column of this table is called title or abstract. Say below which one holds what.")
        return
    if look.error:
        st.error(session.plain(look.error))
        return
    counts = [look.counted]
    counts += [f"{look.without_abstract:,} without an abstract"] * bool(look.without_abstract)
    counts += [f"{look.without_title:,} without a title"] * bool(look.without_title)
    begins = f"; the first {len(look.papers)}:" if look.records > len(look.papers) else ""
    st.caption(", ".join(counts) + begins)
    tables.papers(look.papers)
    if look.problems:
        lost = sum(problem.record > 0 for problem in look.problems)
        told = f"{lost:,} of the records looked at cannot be read" if lost else "Worth knowing before the import"
        with st.expander(told, icon=":material/warning:", expanded=not look.papers):
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


def _draw_columns(draft: Draft, path: Path, look: Look) -> dict[str, str]:
    if not _one_table(draft):
        st.caption("To say which column holds what, import these files one at a time.")
        return {}
    known = {column.field for column in look.columns}
    chosen: dict[str, str] = {}
    sure = {"title", "abstract"} <= known
    with st.expander("Which column holds what", icon=":material/view_column:", expanded=not sure):
        with st.container(horizontal=True, key="columns"):
            for field, label in _FIELDS.items():
                guess = next((place for place, column in enumerate(look.columns) if column.field == field), None)
                places = [place for place in range(len(look.columns)) if place < _COLUMNS or place == guess]
                place = st.selectbox(
                    label,
                    places,
                    index=None if guess is None else places.index(guess),
                    format_func=partial(_column_name, look.columns),
                    placeholder="not in this file",
                    key=f"column-{draft.number}-{path}-{field}",
                    width=205,
                )
                if place is not None and place != guess:
                    chosen[field] = _called(look.columns, place)
        if not look.error:
            st.caption("What you choose here shows in the preview above at once.")
    return chosen


def _one_table(draft: Draft) -> bool:
    """Whether one choice of columns fits all files: they have the same ones."""
    headers = {tuple(column.name for column in draft.look(path).columns) for path in draft.paths[:_LISTED]}
    return len(headers) == 1 and len(draft.paths) <= _LISTED


def _column_name(columns: tuple[Column, ...], place: int) -> str:
    column = columns[place]
    name = " ".join(column.name.split())[:40] or f"column {place + 1}"
    example = column.examples[0] if column.examples else ""
    return f"{name} ({example[:_EXAMPLE]}{'…' if len(example) > _EXAMPLE else ''})" if example else name


def _called(columns: tuple[Column, ...], place: int) -> str:
    """How the readers are told of a column: by its name if no other has it and it is no number, else by its number."""
    name = columns[place].name
    unique = sum(column.name.strip().lower() == name.strip().lower() for column in columns) == 1
    return name if unique and name.strip() and not name.strip().isdecimal() else str(place + 1)


# ------------------------------------------------------------------------------------------------------ the choices


def _draw_choices(draft: Draft, columns: dict[str, str], papers: int, *, readable: bool) -> None:
    sync = papers > 0 and _draw_sync()
    order = Order.of(draft, columns, sync=sync)
    job = jobs.job()
    tried = job if job and job.task is Task.TRIAL and job.order == order and job.report else None
    if tried and tried.report:
        _draw_trial(tried.report.removed, tried.report.words)
    waits = sync and tried is None
    label = "Import"
    if tried and tried.report and tried.report.removed:
        label = f"Import and remove {_papers(tried.report.removed)}"
    busy = jobs.busy()
    if shows_job():
        job_panel.draw()
    with st.container(horizontal=True, vertical_alignment="center"):
        folder = routes.library_folder()
        st.button(
            label,
            type="primary",
            on_click=job_panel.start,
            args=(jobs.add, folder, order),
            disabled=busy or not readable or waits,
            help="See first what would change" if waits else None,
        )
        if papers:
            st.button(
                "See what would change",
                type="primary" if waits else "secondary",
                on_click=job_panel.start,
                args=(jobs.try_out, folder, order),
                disabled=busy or not readable or tried is not None,
                help="Reads the files to the end, and changes nothing",
            )
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
        key=session.SYNC,
        label_visibility="collapsed",
    )
    return bool(chosen)


def _draw_trial(removed: int, words: str) -> None:
    told = f"The import would come to: {words}."
    if removed:
        st.warning(f"**{_papers(removed)} would be removed.** {told}")
    else:
        st.info(f"Nothing would be removed. {told}")


def _clear() -> None:
    st.session_state.pop(session.DRAFT, None)
    st.session_state[session.PATH_WRONG] = ""


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"
