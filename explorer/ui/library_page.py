"""The page Library: what is in it, what the last import could not read, and adding files.

Knows widgets and `importing`; reads the library, never writes it itself. Always true: file names and reasons are shown
as text; progress survives a reload of the page.
"""

from __future__ import annotations

import streamlit as st

from explorer import api
from explorer.library import Library
from explorer.report import Info, Report
from explorer.ui import importing, state

_ENDINGS = ["jsonl", "json", "csv", "tsv", "txt", "gz"]


def draw() -> None:
    """Draw the page."""
    opened = api.library()
    st.title("Library")
    st.text(str(api.library_folder().resolve()))
    if opened is not None:
        _draw_counts(opened.info())
    _draw_upload()
    if opened is not None:
        _draw_imports(opened)


def _draw_counts(info: Info) -> None:
    with st.container(horizontal=True, gap="large"):
        for label, value in (
            ("Papers", info.papers),
            ("On the map", info.on_map),
            ("Without abstract", info.without_abstract),
            ("Without title", info.without_title),
        ):
            st.metric(label, f"{value:,}", width="content")
    job = importing.job()
    if info.on_map < info.papers and not (job is not None and job.running):
        st.warning("Some papers are not on the map yet: an import was interrupted. Add its file again to finish it.")
    st.caption(f"Language model: {state.plain(info.encoder)}")
    with st.expander(f"{len(info.files)} source file{'' if len(info.files) == 1 else 's'}"):
        st.dataframe([{"file": file, "papers": count} for file, count in info.files], hide_index=True, width="stretch")


def _draw_upload() -> None:
    st.subheader("Add papers")
    files = st.file_uploader(
        "JSON lines, CSV or TSV (also gzipped), or the text files of the seeds",
        type=_ENDINGS,
        accept_multiple_files=True,
        key="upload",
    )
    job = importing.job()
    running = job is not None and job.running
    if st.button("Add to the library", type="primary", disabled=not files or running):
        if importing.begin(api.library_folder(), [(file.name, file.getvalue()) for file in files]):
            st.rerun()
        st.warning("Another import is running. Your file was not added: press the button again when it is done.")
    if job is not None:
        st.fragment(_draw_job, run_every=1.0 if running else None)(running)


def _draw_job(was_running: bool) -> None:
    job = importing.job()
    if job is None:
        return
    if was_running and not job.running:
        st.rerun()  # the counts above and the list below have changed
    names = state.plain(", ".join(job.files))
    if job.running:
        step = job.step
        words = f"{step.stage}: {step.done:,}" + (f" of {step.total:,}" if step.total else "") if step else "Starting"
        st.progress(step.share if step else 0.0, text=f"{names} — {words}")
        st.caption("You may leave or reload this page; the import goes on.")
    elif job.error:
        st.error(state.plain(job.error))
    elif job.report:
        st.success(f"{names}: {_summary(job.report)}")


def _summary(report: Report) -> str:
    return (
        f"{report.added:,} added, {report.merged:,} already here, {report.without_abstract:,} without an abstract, "
        f"{report.lost:,} could not be read, of {report.read:,}"
    )


def _draw_imports(opened: Library) -> None:
    imports = opened.info().imports
    if not imports:
        return
    latest = imports[0]
    problems = opened.problems(latest.number)
    st.subheader("Last import")
    st.text(
        f"{', '.join(latest.files)}: {latest.read:,} read, {latest.added:,} added, {latest.merged:,} already here, "
        f"{latest.without_abstract:,} without an abstract, {len(problems):,} problems"
    )
    job = importing.job()
    if not latest.finished and not (job is not None and job.running):
        st.warning("This import was interrupted. Add the file again: it goes on where it stopped.")
    if problems:
        st.dataframe(
            [{"file": p.file, "line": p.line, "record": p.record, "reason": p.reason} for p in problems],
            hide_index=True,
            width="stretch",
        )
    if len(imports) > 1:
        with st.expander("Earlier imports"):
            st.dataframe(
                [
                    {"files": ", ".join(i.files), "when": i.started, "read": i.read, "added": i.added}
                    for i in imports[1:]
                ],
                hide_index=True,
                width="stretch",
            )
