"""What the running or the latest job is at, on any page: progress, what came of it, how to go on.

Knows widgets and jobs, not libraries. Always true: while a job runs only this panel is drawn every second; when
it has ended the whole page is drawn once.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from explorer.library.snapshot import arrays_or_none
from explorer.server import choice, session, tasks
from explorer.server.jobs import JOBS, STOPPABLE, Job, Task
from explorer.ui.components.text import plain
from explorer.ui.state import Pages, state

_SILENT = 90  # seconds without news after which people begin to wonder
_REFUSED = 10  # files named that were left out
_GO_ON = "What was read is kept. Import the same files again to go on where it stopped, or undo the import below."


def draw() -> None:
    """Draw the panel; nothing when there was no job."""
    job = JOBS.latest
    if job is not None:
        st.fragment(_draw, run_every=1.0 if job.running else None)(job.number, job.running)


def draw_small() -> None:
    """One line instead of the panel; the page is drawn anew when the job has ended."""
    job = JOBS.latest
    if job is not None:
        st.fragment(_draw_small, run_every=0.5 if job.running else None)(job.number)


def draw_waiting() -> None:
    """As `draw_small` below an error, whose reason the running job may be; nothing when none runs."""
    if JOBS.busy:
        draw_small()


def _draw_small(number: int) -> None:
    job = JOBS.latest
    if job is None or job.number != number or not job.running:
        st.rerun()
    else:
        st.caption(f":material/hourglass: {job.task.value} — {_words(job)}")


def start(begin: Callable[..., bool], *arguments: object) -> None:
    """Begin a job, as the callback of a button; says so when another is running."""
    if not begin(*arguments):
        st.toast("Something else is running. Try again when it is done.", icon=":material/hourglass:")


def _draw(number: int, was_running: bool) -> None:
    job = JOBS.latest
    if job is None or job.number != number or (was_running and not job.running):
        st.rerun()
    elif job.running:
        _draw_running(job)
    else:
        _draw_ended(job)


def _draw_running(job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        about = f" {plain(job.about)}" if job.about else ""
        about += f" ({plain(name)})" if job.folder and (name := choice.name_of(job.folder)) else ""
        share = min(max(job.step.share if job.step else 0.0, 0.0), 1.0)
        st.progress(share, text=f"{job.task.value}{about} — {_words(job)}", width="stretch")
        if job.task in STOPPABLE:
            st.button("Stop", on_click=JOBS.stop, help="Stops after the present step; what was read is kept.")
    silent = time.monotonic() - job.last_step
    if silent > _SILENT:
        st.caption(
            f"No news for {silent // 60 + 1:.0f} minutes. Big steps take long; should it be stuck, end the app with "
            "Ctrl-C and start it again: what was read and embedded is kept, and the import can go on."
        )
    else:
        st.caption(f"You may leave or reload this page; it goes on.{_meanwhile(job)}")


def _meanwhile(job: Job) -> str:
    """What can be searched of an import while it runs."""
    if job.task not in (Task.IMPORT, Task.BUILD):
        return ""
    opened = session.library()
    arrays = arrays_or_none(opened.snapshot) if opened is not None else None
    coverage = arrays.coverage if arrays is not None else None
    if coverage is None:
        return " New papers are on the map when it is done."
    return f" On the page Explore all that was read is searchable by its words; {coverage.words} papers so far."


def _words(job: Job) -> str:
    step = job.step
    if job.task is Task.CORRECTION and job.waiting:
        return f"{job.waiting:,} waiting"
    if step is None:
        return "starting"
    of_all = step.total and step.stage == "Embedding"
    words = step.stage.lower() + (f", {step.done:,}" if step.done or of_all or not step.total else "")
    words += f" of {step.total:,}" if of_all else ""
    if step.stage == "Embedding" and job.left is not None:
        words += f", about {_duration(job.left)} left"
    return words


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(5, round(seconds / 5) * 5)} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"


def _draw_ended(job: Job) -> None:
    about = f"{plain(job.about)}: " if job.about else ""
    about = f"{plain(name)}: {about}" if job.folder and (name := choice.name_of(job.folder)) else about
    if job.stopped:
        st.info("Stopped. Nothing was changed." if job.task is Task.TRIAL else f"Stopped. {_GO_ON}")
    elif job.error:
        st.error(f"{about}{plain(job.error)}")
    elif job.report and job.task is Task.IMPORT:
        st.success(f"{about}{job.report.words}." + (f" {job.news}: they are on the page Explore." if job.news else ""))
    elif job.done and job.task not in (Task.CORRECTION, Task.TRIAL):
        st.success(about + plain(job.done))
    else:
        return
    if job.refused and not job.error:
        st.warning("Left out: " + "  \n".join(map(plain, job.refused[:_REFUSED])))
        if len(job.refused) > _REFUSED:
            st.caption(f"… and {len(job.refused) - _REFUSED:,} more files")
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.plan and (job.error or job.stopped) and job.task is Task.IMPORT and job == tasks.latest():
            st.button("Go on", on_click=start, args=(tasks.add, job.plan), type="primary")
        if not job.error and not job.stopped and (explore := state(Pages).explore):
            st.page_link(explore, label="Show the map", icon=":material/travel_explore:")
        st.button("Dismiss", on_click=JOBS.forget, type="tertiary")
