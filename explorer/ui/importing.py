"""One import at a time in the background of the app, with progress that any page may read.

Knows threads and the library's `add`, not Streamlit. Always true: the import goes on when the page is reloaded or
closed; a failure is kept as words until the next import begins.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from embeddings.encoder import EncoderError
from explorer.errors import ExplorerError
from explorer.library import Library
from explorer.report import Report, Step


@dataclass(frozen=True)
class Job:
    """The latest import of this process: its files, how far it is, and what came of it."""

    files: tuple[str, ...]
    step: Step | None = None
    report: Report | None = None
    error: str = ""

    @property
    def running(self) -> bool:
        return self.report is None and not self.error


_lock = threading.Lock()
_job: Job | None = None


def job() -> Job | None:
    """The running or the latest import of this process; None when there was none."""
    return _job


def begin(folder: Path, files: list[tuple[str, bytes]]) -> bool:
    """Start importing files (name, content) into the library in `folder`; False while another import runs."""
    global _job
    with _lock:
        if _job is not None and _job.running:
            return False
        _job = Job(tuple(name for name, _ in files))
    threading.Thread(target=_run, args=(folder, files), name="import", daemon=True).start()
    return True


def _write(here: Path, files: list[tuple[str, bytes]]) -> Iterator[Path]:
    for number, (name, content) in enumerate(files):
        # Only the end of the last part of the name counts: a browser may send any string.
        path = here / str(number) / (Path(name.replace("\\", "/")).name[-100:] or "upload")
        path.parent.mkdir()
        path.write_bytes(content)
        yield path


def _run(folder: Path, files: list[tuple[str, bytes]]) -> None:
    def progress(step: Step) -> None:
        _note(step=step)

    here = None
    try:
        here = Path(tempfile.mkdtemp(prefix="explorer-upload-"))
        paths = list(_write(here, files))
        with Library.open(folder) as library:
            _note(report=library.add(*paths, progress=progress))
    except (ExplorerError, EncoderError, OSError) as error:
        _note(error=str(error))
    except BaseException as error:
        _note(error=f"the import failed unexpectedly ({type(error).__name__}: {error}); nothing stored is lost")
        raise
    finally:
        if here is not None:
            shutil.rmtree(here, ignore_errors=True)


def _note(step: Step | None = None, report: Report | None = None, error: str = "") -> None:
    global _job
    with _lock:
        if _job is not None:
            _job = replace(_job, step=step or _job.step, report=report or _job.report, error=error or _job.error)
