"""Slow work on the library, one job at a time in the background of the app, with progress that any page may read.

Knows threads and the verbs of `Library`, not Streamlit. Always true: a job goes on when the page is reloaded or closed;
what came of the latest is kept until the next begins; a draft lives as long as its job; small corrections (`split`,
`join`, `keep_apart`) wait in line behind one another, everything else begins at once or not at all.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from embeddings.encoder import EncoderError
from explorer.errors import ExplorerError, UnreadableFile
from explorer.library import Library
from explorer.library.report import Progress, Report, Step
from explorer.readers import read
from explorer.search.news import headline
from explorer.server.uploads import Choices, Draft, brief


class Task(Enum):
    """What a job does, in the words for it while it runs."""

    IMPORT = "Importing"
    TRIAL = "Trying out"
    UNDO = "Undoing"
    REMOVE = "Removing"
    CORRECTION = "Correcting"
    REDRAW = "Drawing the map anew"
    BUILD = "Finishing the map"


# Jobs that can be stopped at any step and gone on with later.
STOPPABLE = frozenset((Task.IMPORT, Task.TRIAL, Task.BUILD))


@dataclass(frozen=True)
class Order:
    """What is to be imported, and how: an import is tried out and run by the same order."""

    draft: Draft
    paths: tuple[Path, ...]
    columns: tuple[tuple[str, str], ...] = ()
    sync: bool = False

    @classmethod
    def of(cls, draft: Draft, columns: Choices | None = None, *, sync: bool = False) -> Order:
        """All files of a draft."""
        return cls(draft, draft.paths, tuple(sorted((columns or {}).items())), sync)


@dataclass(frozen=True)
class Job:
    """The latest job of this process: what it is about, how far it is, and what came of it."""

    number: int
    task: Task
    about: str = ""
    order: Order | None = None
    step: Step | None = None
    began: float = field(default_factory=time.monotonic)  # when the present stage began
    moved: float = field(default_factory=time.monotonic)  # when it was last heard of
    ended: bool = False
    stopped: bool = False
    report: Report | None = None
    news: str = ""  # which saved searches have new papers now
    done: str = ""  # what came of it, where there is no report
    error: str = ""
    refused: tuple[str, ...] = ()  # why some of several files were left out
    waiting: int = 0  # corrections in line
    failed: Mapping[str, str] = field(default_factory=dict)  # correction → why it could not be done
    made: Mapping[str, str] = field(default_factory=dict)  # split → id of the paper it made

    @property
    def running(self) -> bool:
        return not self.ended

    @property
    def left(self) -> float | None:
        """Seconds until the present stage is done, as far as can be told."""
        share, spent = (self.step.share, time.monotonic() - self.began) if self.step else (0.0, 0.0)
        return spent * (1 - share) / share if share > 0.02 and spent > 3 else None


class _Stopped(Exception):
    """The user has had enough."""


_Work = Callable[[Library, Progress], Report | str]

_lock = threading.Lock()
_job: Job | None = None
_line: deque[tuple[str, _Work]] = deque()
_stop = threading.Event()
_is_open = threading.Event()


def job() -> Job | None:
    """The running or the latest job of this process; None when there was none."""
    return _job


def busy() -> bool:
    """Whether a job is running."""
    return _job is not None and _job.running


def stop() -> None:
    """Ask the running job to stop after its present step; what it has stored stays."""
    _stop.set()


def forget() -> None:
    """Let go of what the latest job came to."""
    global _job
    with _lock:
        if _job is not None and _job.ended:
            _job = None


# --------------------------------------------------------------------------------------------------- the jobs
# Each returns False while another job runs, and nothing begins.


def add(folder: Path, order: Order) -> bool:
    """Import files into the library in `folder`."""

    def work(library: Library, progress: Progress) -> Report:
        report = library.add(*_readable(order), columns=_columns(order), sync=order.sync, progress=progress)
        order.draft.close()
        _keep_news(headline(library.news()))
        return report

    return _begin(folder, Task.IMPORT, _named(order.draft.names), work, order)


def try_out(folder: Path, order: Order) -> bool:
    """Find out what the import would do."""

    def work(library: Library, progress: Progress) -> Report:
        return library.add(*_readable(order), columns=_columns(order), sync=order.sync, dry_run=True, progress=progress)

    return _begin(folder, Task.TRIAL, _named(order.draft.names), work, order)


def undo(folder: Path) -> bool:
    """Undo the latest import, sync or removal."""

    def work(library: Library, progress: Progress) -> str:
        done = library.undo(progress=progress)
        return f"Undone: the papers are as they were before {_called(done.kind, done.files)}."

    return _begin(folder, Task.UNDO, "", work)


def remove(folder: Path, *names: str) -> bool:
    """Take papers out of the library."""

    def work(library: Library, progress: Progress) -> str:
        gone = library.remove(*names, progress=progress)
        return f"{len(gone):,} paper{'' if len(gone) == 1 else 's'} removed. Undo it on the page Library."

    return _begin(folder, Task.REMOVE, f"{len(names):,} paper{'' if len(names) == 1 else 's'}", work)


def redraw(folder: Path) -> bool:
    """Draw the map anew."""

    def work(library: Library, progress: Progress) -> str:
        library.redraw(progress=progress)
        return "The map is drawn anew."

    return _begin(folder, Task.REDRAW, "", work)


def build(folder: Path) -> bool:
    """Bring everything onto the map that is not there yet."""

    def work(library: Library, progress: Progress) -> str:
        library.build(progress=progress)
        return "All papers are on the map."

    return _begin(folder, Task.BUILD, "", work)


def split(folder: Path, number: int) -> bool:
    """Make a paper of its own of record `number`; the correction is called by `split_name`."""

    def work(library: Library, progress: Progress) -> str:
        return library.split(number, progress=progress).id

    return _correct(folder, split_name(number), work)


def join(folder: Path, one: str, other: str) -> bool:
    """Make one paper of two; the correction is called by `pair_name`."""

    def work(library: Library, progress: Progress) -> str:
        library.join(one, other, progress=progress)
        return ""

    return _correct(folder, pair_name(one, other), work)


def keep_apart(folder: Path, one: str, other: str) -> bool:
    """Remember that two papers are not one; the correction is called by `pair_name`."""

    def work(library: Library, progress: Progress) -> str:
        library.keep_apart(one, other)
        return ""

    return _correct(folder, pair_name(one, other), work)


def split_name(number: int) -> str:
    """The name of a split in `Job.failed`."""
    return f"split {number}"


def pair_name(one: str, other: str) -> str:
    """The name of a join or a keeping apart in `Job.failed`."""
    return f"pair {one}\n{other}"


# --------------------------------------------------------------------------------------------------- running


def _begin(folder: Path, task: Task, about: str, work: _Work, order: Order | None = None) -> bool:
    if not _take(task, about, order):
        return False
    _is_open.clear()
    threading.Thread(target=_run, args=(folder, work), name=task.name.lower(), daemon=True).start()
    _is_open.wait(2)  # so that no page meets a library that is half made
    return True


def _take(task: Task, about: str, order: Order | None = None) -> bool:
    """Become the running job unless there is one."""
    global _job
    with _lock:
        if _job is not None and _job.running:
            return False
        _stop.clear()
        _job = Job((_job.number if _job else 0) + 1, task, about, order)
        return True


def _correct(folder: Path, name: str, work: _Work) -> bool:
    """Put a correction in line, and begin with the line if nobody is at it."""
    global _job
    with _lock:
        if _job is not None and _job.running:
            if _job.task is not Task.CORRECTION:
                return False
            _line.append((name, work))
            failed = {other: why for other, why in _job.failed.items() if other != name}
            _job = replace(_job, waiting=len(_line), failed=failed)
            return True
        _stop.clear()
        _line.append((name, work))
        _job = Job((_job.number if _job else 0) + 1, Task.CORRECTION, waiting=1)
    threading.Thread(target=_work_off, args=(folder,), name="correction", daemon=True).start()
    return True


def _run(folder: Path, work: _Work) -> None:
    try:
        with Library.open(folder) as library:
            _is_open.set()
            came = work(library, _progress)
        _end(report=came) if isinstance(came, Report) else _end(done=came)
    except _Stopped:
        _end(stopped=True)
    except (ExplorerError, EncoderError, OSError) as error:
        _end(error=str(error))
    except BaseException as error:
        _end(error=_unexpected(error))
        raise
    finally:
        _is_open.set()


def _work_off(folder: Path) -> None:
    name = ""
    try:
        with Library.open(folder) as library:
            while (correction := _next()) is not None:
                name, work = correction
                try:
                    _keep_made(name, str(work(library, _progress)))
                except (ExplorerError, EncoderError) as error:
                    _fail(name, str(error))
    except (ExplorerError, EncoderError, OSError) as error:
        _give_up(name, str(error))
    except BaseException as error:
        _give_up(name, _unexpected(error))
        raise


def _next() -> tuple[str, _Work] | None:
    """The next correction; None ends the job in the same breath, so that none slips into a line nobody works off."""
    global _job
    with _lock:
        if _job is None:
            return None
        if _line:
            _job = replace(_job, waiting=len(_line))
            return _line.popleft()
        _job = replace(_job, ended=True, waiting=0, done="Done.")
        return None


def _keep_made(name: str, paper_id: str) -> None:
    global _job
    with _lock:
        if _job is not None and paper_id:
            _job = replace(_job, made={**_job.made, name: paper_id})


def _keep_news(news: str) -> None:
    global _job
    with _lock:
        if _job is not None:
            _job = replace(_job, news=news)


def _fail(name: str, reason: str) -> None:
    global _job
    with _lock:
        if _job is not None:
            _job = replace(_job, failed={**_job.failed, name: reason})


def _give_up(name: str, reason: str) -> None:
    """End the corrections: neither the one at hand nor those in line can be done."""
    global _job
    with _lock:
        names = [name, *(waiting for waiting, _ in _line)]
        _line.clear()
        if _job is not None:
            failed = {**_job.failed, **{name: reason for name in names if name}}
            _job = replace(_job, ended=True, waiting=0, error=reason, failed=failed)


def _progress(step: Step) -> None:
    global _job
    if _stop.is_set():
        with _lock:
            stoppable = _job is not None and _job.task in STOPPABLE
        if stoppable:
            raise _Stopped
    with _lock:
        if _job is not None:
            now = time.monotonic()
            same = _job.step is not None and _job.step.stage == step.stage
            _job = replace(_job, step=step, moved=now, began=_job.began if same else now)


def _end(report: Report | None = None, done: str = "", error: str = "", stopped: bool = False) -> None:
    global _job
    with _lock:
        if _job is not None:
            _job = replace(_job, ended=True, report=report, done=done, error=error, stopped=stopped)


def _unexpected(error: BaseException) -> str:
    return f"it failed unexpectedly ({type(error).__name__}: {error}); nothing stored is lost"


def _readable(order: Order) -> list[Path]:
    """The files of an order that can be read; one that cannot costs no other. Raises UnreadableFile when none can."""
    global _job
    readable: list[Path] = []
    refused: list[UnreadableFile] = []
    for path in order.paths:
        try:
            read(path, _columns(order))
            readable.append(path)
        except UnreadableFile as error:
            refused.append(error)
    if not readable and refused:
        raise refused[0]
    with _lock:
        if _job is not None:
            _job = replace(_job, refused=tuple(brief(str(error)) for error in refused))
    return readable


def _columns(order: Order) -> dict[str, str] | None:
    return dict(order.columns) or None


def _named(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3:,} more" if len(names) > 3 else shown


def _called(kind: str, files: tuple[str, ...]) -> str:
    if kind == "remove":
        return f"{len(files):,} paper{' was' if len(files) == 1 else 's were'} removed"
    return f"the import of {_named(files)}"
