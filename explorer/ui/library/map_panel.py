"""The map on the page Library: how far it has drifted since it was drawn, drawing it anew, and going back.

Knows widgets and jobs; reads the library, never writes it itself. Always true: beside a button stands what it would do;
nothing is offered while a job runs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import streamlit as st

from explorer.library import Library
from explorer.library.drawings import Version
from explorer.library.report import Info
from explorer.server import tasks
from explorer.server.jobs import JOBS
from explorer.text import counted
from explorer.ui.library import job_panel


def draw(opened: Library, info: Info) -> None:
    """What is left to do on the map and what can be taken back, with the buttons that do it."""
    if JOBS.busy:
        return
    if info.on_map < info.papers:
        left = info.papers - info.on_map
        words = (
            f"**{counted(left, 'paper is', 'papers are')} not on the map yet**: an import was interrupted, or is "
            "running in another program."
        )
        _draw_task(words, "Finish the map", tasks.build, "primary")
        return
    if info.provisional:
        _draw_task(drift_words(info), "Draw the map anew", tasks.redraw, _looks(info))
    _draw_versions(opened.snapshot.once("drawings", opened.drawings.all))


def drift_words(info: Info) -> str:
    """How the papers that came since lie on the map, and what drawing it anew does."""
    came = f"{counted(info.provisional, 'paper has', 'papers have')} a provisional place on the map"
    words = info.drift.words if info.drift else f"{came}, among the nearest papers."
    first, rest = words[: len(came)], words[len(came) :]
    return (
        f"**{first}**{rest} Drawn anew, the map stays as it is on the whole, topics that stay together keep their "
        "names, and you can go back."
    )


def _looks(info: Info) -> Literal["primary", "secondary"]:
    return "primary" if info.drift and info.drift.pays else "secondary"


def _draw_task(words: str, label: str, begin: Callable[[], bool], looks: Literal["primary", "secondary"]) -> None:
    with st.container(border=True):
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.markdown(words)
        right.button(label, on_click=job_panel.start, args=(begin,), type=looks, width="stretch")


def _draw_versions(versions: list[Version]) -> None:
    """The drawings that can be shown again, where there are several."""
    if len(versions) < 2:
        return
    with st.expander(f"{len(versions)} drawings of the map"):
        st.caption("Going back brings places and topics as they were; papers that came since are placed among them.")
        for version in versions:
            left, right = st.columns([4, 1], vertical_alignment="center")
            left.text(version_name(version))
            right.button(
                "Shown now" if version.shown else "Go back to it", on_click=job_panel.start, type="secondary",
                args=(lambda number=version.number: tasks.show_drawing(number),), disabled=version.shown,
                key=f"drawing-{version.number}", width="stretch",
            )  # fmt: skip


def version_name(version: Version) -> str:
    """A drawing in words: when, of how many papers, and how well it showed what is near."""
    made = datetime.fromisoformat(version.made).astimezone().strftime("%d %b %Y, %H:%M") if version.made else "Earlier"
    fit = "" if version.fit is None else f" · nearest papers near: {version.fit} %"
    seed = f" · seed {version.seed}" if version.seed else ""
    return f"{made} · {counted(version.papers, 'paper')}{seed}{fit}"
