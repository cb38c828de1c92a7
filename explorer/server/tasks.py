"""The slow verbs of the open library as jobs in the background, and what to say when they are done.

Knows `Jobs` and the verbs of `Library`, not threads. Always true: each function returns at once; False means that
another job is running and nothing begins; the files of a batch are deleted when they have been imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from explorer.errors import UnreadableFile
from explorer.library import Library
from explorer.library.report import Report
from explorer.readers import read
from explorer.search.news import headline
from explorer.server.jobs import JOBS, ImportPlan, Job, Task
from explorer.server.session import library_folder
from explorer.server.uploads import brief
from explorer.text import counted


def add(plan: ImportPlan) -> bool:
    """Import files."""

    def work(library: Library) -> Report:
        report = library.add(*_readable(plan), columns=dict(plan.columns), sync=plan.sync, progress=JOBS.progress)
        plan.batch.close()
        JOBS.note(news=headline(library.saved.news()))
        return report

    return JOBS.begin(library_folder(), Task.IMPORT, work, about=listed(plan.batch.names), plan=plan)


def try_out(plan: ImportPlan) -> bool:
    """Find out what the import would do."""

    def work(library: Library) -> Report:
        files, columns = _readable(plan), dict(plan.columns)
        return library.add(*files, columns=columns, sync=plan.sync, dry_run=True, progress=JOBS.progress)

    return JOBS.begin(library_folder(), Task.TRIAL, work, about=listed(plan.batch.names), plan=plan)


def undo() -> bool:
    """Undo the latest import, sync or removal."""

    def work(library: Library) -> str:
        done = library.records.undo(progress=JOBS.progress)
        what = f"the import of {listed(done.files)}"
        if done.kind == "remove":
            what = f"{counted(len(done.files), 'paper was', 'papers were')} removed"
        return f"Undone: the papers are as they were before {what}."

    return JOBS.begin(library_folder(), Task.UNDO, work)


def remove(*names: str) -> bool:
    """Take papers out of the library."""

    def work(library: Library) -> str:
        gone = library.records.remove(*names, progress=JOBS.progress)
        return f"{counted(len(gone), 'paper')} removed. Undo it on the page Library."

    return JOBS.begin(library_folder(), Task.REMOVE, work, about=counted(len(names), "paper"))


def redraw() -> bool:
    """Draw the map anew."""

    def work(library: Library) -> str:
        library.redraw(progress=JOBS.progress)
        return "The map is drawn anew. You can go back under the drawings of the map."

    return JOBS.begin(library_folder(), Task.REDRAW, work)


def show_drawing(number: int) -> bool:
    """Show an earlier drawing of the map again."""

    def work(library: Library) -> str:
        library.drawings.go_back(number, progress=JOBS.progress)
        return "The map is as it was."

    return JOBS.begin(library_folder(), Task.RETURN, work)


def build() -> bool:
    """Bring everything onto the map that is not there yet."""

    def work(library: Library) -> str:
        library.build(progress=JOBS.progress)
        return "All papers are on the map."

    return JOBS.begin(library_folder(), Task.BUILD, work)


def latest() -> Job | None:
    """The running or the latest job on the library that is shown; None when there was none, or it was on another."""
    job = JOBS.latest
    return job if job is None or job.folder in (None, library_folder()) else None


# ----------------------------------------------------------------------------------------------------- corrections


def split(number: int) -> bool:
    """Make a paper of its own of record `number`; the correction is called by `split_name`."""
    name = split_name(number)
    return JOBS.correct(
        library_folder(), name, lambda library: library.records.split(number, progress=JOBS.progress).id
    )


def join(first: str, second: str) -> bool:
    """Make one paper of two; the correction is called by `pair_name`."""

    def work(library: Library) -> str:
        library.records.join(first, second, progress=JOBS.progress)
        return ""

    return JOBS.correct(library_folder(), pair_name(first, second), work)


def keep_apart(first: str, second: str, *, apart: bool = True) -> bool:
    """Remember that two papers are not one, or forget it; the correction is called by `pair_name`."""

    def work(library: Library) -> str:
        library.records.keep_apart(first, second, apart=apart)
        return ""

    return JOBS.correct(library_folder(), pair_name(first, second), work)


def part(first: str, second: str, numbers: Sequence[int]) -> bool:
    """Undo a join: make a paper of the records `numbers` again; the correction is called by `parted_name`."""

    def work(library: Library) -> str:
        paper = library.records.split(numbers[0], progress=JOBS.progress)
        for number in numbers[1:]:
            piece = library.records.split(number, progress=JOBS.progress)
            paper = library.records.join(paper.id, piece.id, progress=JOBS.progress)
        return paper.id

    return JOBS.correct(library_folder(), parted_name(first, second), work)


def split_name(number: int) -> str:
    """The name of a split in `Job.failed` and `Job.made`."""
    return f"split {number}"


def pair_name(first: str, second: str) -> str:
    """The name of a join or a keeping apart in `Job.failed`."""
    return f"pair {first}\n{second}"


def parted_name(first: str, second: str) -> str:
    """The name of the undoing of a join in `Job.failed` and `Job.made`."""
    return f"part {first}\n{second}"


# ----------------------------------------------------------------------------------------------------------- words


def _readable(plan: ImportPlan) -> list[Path]:
    """The files of a plan that can be read; one that cannot costs no other. Raises UnreadableFile when none can."""
    readable: list[Path] = []
    refused: list[UnreadableFile] = []
    for path in plan.paths:
        try:
            read(path, dict(plan.columns))
            readable.append(path)
        except UnreadableFile as error:
            refused.append(error)
    if not readable and refused:
        raise refused[0]
    JOBS.note(refused=tuple(brief(str(error)) for error in refused))
    return readable


def listed(names: Sequence[str]) -> str:
    """The first three names, and how many more there are."""
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3:,} more" if len(names) > 3 else shown
