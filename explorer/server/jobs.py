"""Slow work on the library, one job at a time in the background of the app, with progress that any page may read.

Knows threads and opens the library for writing; what the work is, `tasks` says. Always true: all that threads share
changes under one lock; a job goes on when the page is reloaded or closed; what came of the latest is kept until the
next begins; corrections wait in line behind one another, everything else begins at once or not at all.
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
from explorer.errors import ExplorerError
from explorer.library import Library
from explorer.library.report import Report, Step
from explorer.rights import sentence_of
from explorer.server.access import refuse_change
from explorer.server.uploads import Batch, Columns


class Task(Enum):
    """What a job does, in the words for it while it runs."""

    IMPORT = "Importing"
    TRIAL = "Trying out"
    UNDO = "Undoing"
    REMOVE = "Removing"
    CORRECTION = "Correcting"
    REDRAW = "Drawing the map anew"
    RETURN = "Going back to an earlier drawing of the map"
    BUILD = "Finishing the map"


# Jobs that can be stopped at any step and gone on with later.
STOPPABLE = frozenset((Task.IMPORT, Task.TRIAL, Task.BUILD))


@dataclass(frozen=True)
class ImportPlan:
    """What is to be imported, and how: an import is tried out and run by the same plan."""

    batch: Batch
    paths: tuple[Path, ...]
    columns: tuple[tuple[str, str], ...] = ()
    sync: bool = False

    @classmethod
    def of(cls, batch: Batch, columns: Columns | None = None, *, sync: bool = False) -> ImportPlan:
        """All files of a batch."""
        return cls(batch, batch.paths, tuple(sorted((columns or {}).items())), sync)


@dataclass(frozen=True)
class Job:
    """The latest job of this process: what it is about, how far it is, and what came of it."""

    number: int
    task: Task
    about: str = ""
    plan: ImportPlan | None = None
    folder: Path | None = None  # of the library
    step: Step | None = None
    stage_began: float = field(default_factory=time.monotonic)
    last_step: float = field(default_factory=time.monotonic)  # when it last reported
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
        """Seconds until the present stage is done; None while that cannot be estimated."""
        share, spent = (self.step.share, time.monotonic() - self.stage_began) if self.step else (0.0, 0.0)
        return spent * (1 - share) / share if share > 0.02 and spent > 3 else None


class _Stopped(Exception):
    """The user has had enough."""


class Jobs:
    """The jobs of one process; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: Job | None = None
        self._line: deque[tuple[str, Work]] = deque()  # corrections by name; the first is being carried out
        self._stop = threading.Event()

    @property
    def latest(self) -> Job | None:
        """The running or the latest job; None when there was none."""
        return self._latest

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        job = self._latest
        return job is not None and job.running

    def stop(self) -> None:
        """Ask the running job to stop after its present step; what it has stored stays."""
        self._stop.set()

    def forget(self) -> None:
        """Drop the latest job if it has ended."""
        with self._lock:
            if not self.busy:
                self._latest = None

    def begin(self, folder: Path, task: Task, work: Work, *, about: str = "", plan: ImportPlan | None = None) -> bool:
        """Start a job on the library in `folder`; False when another runs, and nothing begins.

        Raises SealedLibrary, as `correct` does, where the library is only read.
        """
        refuse_change()
        with self._lock:
            if self.busy:
                return False
            self._start(task, folder, about=about, plan=plan)
        opened = threading.Event()
        threading.Thread(target=self._run, args=(folder, work, opened), name=task.name.lower(), daemon=True).start()
        opened.wait(2)  # so that no page meets a library that is half made
        return True

    def correct(self, folder: Path, name: str, work: Work) -> bool:
        """Put a correction in line, and begin with the line if nobody is at it; False when another job runs."""
        refuse_change()
        with self._lock:
            job = self._latest
            if job is not None and job.running:
                if job.task is not Task.CORRECTION or job.folder != folder:
                    return False
                self._line.append((name, work))
                failed = {key: reason for key, reason in job.failed.items() if key != name}
                self._latest = replace(job, waiting=len(self._line), failed=failed)
                return True
            self._line.append((name, work))
            self._start(Task.CORRECTION, folder, waiting=1)
        threading.Thread(target=self._work_off, args=(folder,), name="correction", daemon=True).start()
        return True

    # -------------------------------------------------------------------------------- called by the work of a job

    def progress(self, step: Step) -> None:
        """Report a step. Raises an exception that ends the job when the user has stopped it."""
        with self._lock:
            job = self._job
            if self._stop.is_set() and job.task in STOPPABLE:
                raise _Stopped
            now = time.monotonic()
            same = job.step is not None and job.step.stage == step.stage
            self._latest = replace(job, step=step, last_step=now, stage_began=job.stage_began if same else now)

    def note(self, *, refused: tuple[str, ...] = (), news: str = "") -> None:
        """Note of the running job which files were left out, and which saved searches have new papers."""
        with self._lock:
            job = self._job
            self._latest = replace(job, refused=refused or job.refused, news=news or job.news)

    # -------------------------------------------------------------------------------------------------- in threads

    def _run(self, folder: Path, work: Work, opened: threading.Event) -> None:
        try:
            with Library.open(folder) as library:
                opened.set()
                outcome = work(library)
            self._end(report=outcome) if isinstance(outcome, Report) else self._end(done=outcome)
        except _Stopped:
            self._end(stopped=True)
        except (ExplorerError, EncoderError) as error:
            self._end(error=str(error))
        except OSError as error:
            self._end(error=sentence_of(error))
        except BaseException as error:
            self._end(error=_unexpected(error))
            raise
        finally:
            opened.set()

    def _work_off(self, folder: Path) -> None:
        try:
            while not self._all_corrected():
                with Library.open(folder) as library:
                    while self._line:
                        self._carry_out(library, *self._line[0])
        except (ExplorerError, EncoderError) as error:
            self._give_up(str(error))
        except OSError as error:
            self._give_up(sentence_of(error))
        except BaseException as error:
            self._give_up(_unexpected(error))
            raise

    def _carry_out(self, library: Library, name: str, work: Work) -> None:
        try:
            result, reason = work(library), ""
        except (ExplorerError, EncoderError) as error:
            result, reason = "", str(error)
        with self._lock:
            self._line.popleft()
            job = self._job
            made = {**job.made, name: str(result)} if result else job.made
            failed = {**job.failed, name: reason} if reason else job.failed
            self._latest = replace(job, waiting=len(self._line), made=made, failed=failed)

    def _all_corrected(self) -> bool:
        """End the job if its line is empty, in one breath: no correction may slip into a line nobody works off."""
        with self._lock:
            if not self._line:
                self._latest = replace(self._job, ended=True, waiting=0, done="Done.")
            return not self._line

    def _give_up(self, reason: str) -> None:
        """End the corrections: neither the present one nor those in line can be carried out."""
        with self._lock:
            failed = {**self._job.failed, **{name: reason for name, _ in self._line}}
            self._line.clear()
            self._latest = replace(self._job, ended=True, waiting=0, error=reason, failed=failed)

    def _end(self, *, report: Report | None = None, done: str = "", error: str = "", stopped: bool = False) -> None:
        with self._lock:
            self._latest = replace(self._job, ended=True, report=report, done=done, error=error, stopped=stopped)

    # ------------------------------------------------------------------------------------------- under the lock

    def _start(
        self, task: Task, folder: Path, *, about: str = "", plan: ImportPlan | None = None, waiting: int = 0
    ) -> None:
        self._stop.clear()
        number = self._latest.number + 1 if self._latest else 1
        self._latest = Job(number, task, about, plan, folder, waiting=waiting)

    @property
    def _job(self) -> Job:
        """The running job, which nobody can forget."""
        assert self._latest is not None
        return self._latest


Work = Callable[[Library], Report | str]  # the report of an import, else what to say when it is done
JOBS = Jobs()


def _unexpected(error: BaseException) -> str:
    return f"it failed unexpectedly ({type(error).__name__}: {error}); nothing stored is lost"
