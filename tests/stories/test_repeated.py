"""A repeated command is the command: killed at any commit and repeated, it ends as an undisturbed run; undo as well."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import faiss
import pytest

from embeddings.toy import ToyEncoder
from explorer.errors import ExplorerError
from explorer.library import Library, blocks
from explorer.store import Kind
from explorer.store.database import Database
from support.command import explorer
from support.files import Write
from support.papers import record

MOST = 40  # commits of a verb


def opened(folder: Path, *, write: bool = True) -> Library:
    return Library.open(folder, write=write, encoder=ToyEncoder())


def state(folder: Path) -> dict[str, object]:
    """Papers, vectors, places, marks and notes."""
    with opened(folder, write=False) as library:
        papers = library.snapshot.papers()
        vectors = library.snapshot.arrays.index.vectors()
        return {
            one.id: (one, vectors[row].tobytes(), marks.tags, marks.note, marks.collections)
            for row, (one, marks) in enumerate(zip(papers, library.marks.of([p.id for p in papers]), strict=True))
        }


@contextmanager
def killed_after(commits: int) -> Iterator[None]:
    """This process is killed right after so many commits; with half a commit more, right before the next."""
    transaction, count = Database.transaction, 0

    @contextmanager
    def counted(self: Database) -> Iterator[None]:
        nonlocal count
        if self.connection.in_transaction:
            yield
            return
        with transaction(self):
            yield
            if count >= commits - 0.5 and commits % 1:
                os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        if count >= commits:
            os.kill(os.getpid(), signal.SIGKILL)

    Database.transaction = counted  # type: ignore[method-assign]
    yield


def is_killed(folder: Path, verb: Callable[[Library], object], commits: float) -> bool:
    """Runs a verb in a forked process that is killed after some commits; False when it ended before."""
    process = os.fork()
    if not process:
        faiss.omp_set_num_threads(1)  # the threads of this process are not in its fork
        with opened(folder) as library, killed_after(commits):  # type: ignore[arg-type]
            verb(library)
        os._exit(0)
    status = os.waitpid(process, 0)[1]
    assert status in (0, signal.SIGKILL), status
    return bool(status)


@pytest.fixture
def base(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(blocks, "SIZE", 8)  # several commits while embedding
    folder = tmp_path / "base"
    with opened(folder) as library:
        library.add(write(*map(record, range(20))))
        library.marks.put(Kind.TAG, "method", *(f"k{number}" for number in range(20)))
        library.marks.note("k3", "a note on it")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", ["add", "sync", "remove", "undo"])
def test_killed_after_each_commit_and_repeated(base: Path, tmp_path: Path, write: Write, name: str) -> None:
    kept = [record(number, venue="New") for number in range(20) if number not in (3, 4, 11)]
    path = write(*kept, *map(record, range(30, 50)), name="list.jsonl" if name == "sync" else "more.jsonl")
    verbs: dict[str, Callable[[Library], object]] = {
        "add": lambda library: library.add(path),
        "sync": lambda library: library.add(path, sync=True),
        "remove": lambda library: library.records.remove("k3", "k7"),
        "undo": lambda library: library.records.undo(),
    }
    if name == "undo":
        with opened(base) as library:
            verbs["sync"](library)
    before = state(base)
    calm = Path(shutil.copytree(base, tmp_path / "calm"))
    with opened(calm) as library:
        verbs[name](library)
    wanted = state(calm)
    kills = 0
    for half in range(1, 2 * MOST):
        folder = Path(shutil.copytree(base, tmp_path / f"at {half}"))
        if not is_killed(folder, verbs[name], half / 2):
            break
        kills += 1
        state(folder)
        with opened(folder, write=False) as library, opened(base, write=False) as untouched:
            if library.snapshot.version != untouched.snapshot.version and not library._store.setting("underway"):
                assert state(folder) == wanted
                continue  # it was killed when all was done
        with opened(folder) as library:
            verbs[name](library)
        assert state(folder) == wanted, half
        if name != "undo":
            with opened(folder) as library:
                library.records.undo()
            assert state(folder) == before, half
        shutil.rmtree(folder)
    assert kills >= 4


def test_another_command_ends_an_interrupted_import_and_says_so(base: Path, write: Write) -> None:
    path = write(*map(record, range(30, 50)), name="more.jsonl")
    assert is_killed(base, lambda library: library.add(path), 2)
    ended = explorer("remove", "k5", "--library", base)
    assert ended.returncode == 0 and "more.jsonl: this add" in ended.stderr and "is over now" in ended.stderr
    with opened(base) as library:
        assert library.records.undo().kind == "remove"


def test_a_removal_that_was_killed_and_is_repeated_on_the_command_line(base: Path) -> None:
    assert is_killed(base, lambda library: library.records.remove("k5", "k6"), 1)
    ended = explorer("remove", "k5", "k6", "--library", base)
    assert ended.returncode == 0
    assert [line.split(":")[0] for line in ended.stdout.splitlines()] == ["removed k5", "removed k6"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["split", "join"])
def test_a_correction_that_was_killed_before_index_and_map_followed(base: Path, tmp_path: Path, name: str) -> None:
    def correct(library: Library) -> object:
        return library.records.split(number) if name == "split" else library.records.join("k3", "k11")

    with opened(base) as library:
        library.records.join("k5", "k6")
        number = library.records.of(["k5"])[0][1].number
    calm = Path(shutil.copytree(base, tmp_path / "calm"))
    with opened(calm) as library:
        correct(library)
    for commits in (1, 1.5):  # right after the commit of the correction, and right before the next
        folder = Path(shutil.copytree(base, tmp_path / f"at {commits}"))
        assert is_killed(folder, correct, commits)
        with opened(folder) as library:
            correct(library)
        assert state(folder) == state(calm)
        with opened(folder) as library, pytest.raises(ExplorerError):
            correct(library)  # that is another command, and it was done
