"""One writer in a loop of add, remove, undo, sync and build, and eight readers: commands, HTTP, and pages of the app.

    python benchmarks/readers.py [--minutes 10]

Required: no error, and each answer is a state that was there while it was asked for: before a change, after it, or
before it less what it took away. Exit code 1 when one is not.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import faiss
from clients import PageClient, over_http, serving
from kill_verbs import opened, record, write

from explorer.library import Library

Ids = frozenset[str]


@dataclass(frozen=True)
class Change:
    """A change by the writer, when it began and ended, and the papers before and after."""

    verb: str
    began: float
    ended: float
    before: Ids
    after: Ids


@dataclass(frozen=True)
class Answer:
    """What a reader was given, when it asked and when it had it; or what went wrong."""

    reader: str
    began: float
    ended: float
    ids: Ids = frozenset()
    error: str = ""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args().minutes
    folder = Path(tempfile.mkdtemp(prefix="explorer-readers-"))
    first = filled(folder)
    answers: list[Answer] = []
    with serving(folder / "library") as (port, _):
        end = time.monotonic() + 60 * minutes
        writer = begun(folder, first, end)  # before there are threads
        readers = [("command", lambda: by_command(folder / "library"))] * 3
        readers += [("HTTP", lambda: frozenset(over_http(port, "alpha")))] * 3
        readers += [("page", asking(PageClient(port))) for _ in range(2)]
        threads = [threading.Thread(target=read, args=(name, ask, end, answers)) for name, ask in readers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        changes = done(folder, writer)
    wrong = [answer for answer in answers if answer.error or answer.ids not in allowed(answer, changes, first)]
    tell(changes, answers, wrong)
    if not wrong:
        shutil.rmtree(folder)
    return int(bool(wrong))


def filled(folder: Path) -> Ids:
    (folder / "again").mkdir()
    write(folder / "list.jsonl", map(record, range(40)))
    write(folder / "more.jsonl", map(record, range(40, 54)))
    fewer = [record(number) for number in range(40) if number not in (3, 4, 11)]
    write(folder / "again" / "list.jsonl", [*fewer, *map(record, range(60, 66))])
    with opened(folder / "library") as library:
        library.add(folder / "list.jsonl")
        return ids(library)


def ids(library: Library) -> Ids:
    return frozenset(paper.id for paper in library.snapshot.papers())


# ------------------------------------------------------------------------------------------------------- the writer


def begun(folder: Path, first: Ids, end: float) -> int:
    """A process of its own that changes the library until the end; its id."""
    process = os.fork()
    if not process:
        faiss.omp_set_num_threads(1)  # the threads of this process are not in its fork
        before = first
        with (folder / "changes").open("w") as out:
            while time.monotonic() < end:
                for verb, act in cycle(folder):
                    began = time.monotonic()
                    with opened(folder / "library") as library:
                        act(library)
                        after = ids(library)
                    out.write(json.dumps([verb, began, time.monotonic(), sorted(before), sorted(after)]) + "\n")
                    before = after
        os._exit(0)
    return process


def done(folder: Path, writer: int) -> list[Change]:
    """What the writer did."""
    assert os.waitpid(writer, 0)[1] == 0, "the writer broke"
    lines = map(json.loads, (folder / "changes").read_text().splitlines())
    return [Change(verb, t0, t1, frozenset(before), frozenset(after)) for verb, t0, t1, before, after in lines]


def cycle(folder: Path) -> Iterator[tuple[str, Callable[[Library], object]]]:
    """Nine changes that end where they began."""
    undo = ("undo", lambda library: library.records.undo())
    yield "add", lambda library: library.add(folder / "more.jsonl")
    yield undo
    yield "remove", lambda library: library.records.remove("k3", "k7", "k19")
    yield undo
    yield "build", lambda library: library.build()
    yield "sync", lambda library: library.add(folder / "again" / "list.jsonl", sync=True)
    yield undo
    yield "add", lambda library: library.add(folder / "more.jsonl")
    yield "remove", lambda library: library.records.remove(*(f"k{number}" for number in range(40, 54)))
    yield "build", lambda library: library.redraw(1)


# ------------------------------------------------------------------------------------------------------ the readers


def read(name: str, ask: Callable[[], Ids], end: float, answers: list[Answer]) -> None:
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            shown = ask()
            answers.append(Answer(name, began, time.monotonic(), shown))
        except Exception as error:
            answers.append(Answer(name, began, time.monotonic(), error=f"{type(error).__name__}: {error}"))
        time.sleep(0.1)


def by_command(library: Path) -> Ids:
    command = [sys.executable, "-m", "explorer", "search", "alpha", "-k", "1000", "--json", "--library", str(library)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr}")
    return frozenset(result["id"] for result in json.loads(done.stdout)["results"])


def asking(client: PageClient) -> Callable[[], Ids]:
    def ask() -> Ids:
        shown = client.ask()
        if shown.errors:
            raise RuntimeError("; ".join(shown.errors))
        return frozenset(shown.ids)

    return ask


def allowed(answer: Answer, changes: list[Change], first: Ids) -> set[Ids]:
    """The states that were there while an answer was asked for."""
    before = [change.after for change in changes if change.ended <= answer.began]
    states = {before[-1] if before else first}
    for change in changes:
        if change.began <= answer.ended and answer.began <= change.ended:
            states |= {change.before, change.after, change.before & change.after}
    return states


def tell(changes: list[Change], answers: list[Answer], wrong: list[Answer]) -> None:
    print(f"{len(changes)} changes, {len(answers)} answers, {len(wrong)} wrong")
    for name in ("command", "HTTP", "page"):
        seconds = [answer.ended - answer.began for answer in answers if answer.reader == name]
        during = sum(
            any(change.began < answer.ended and answer.began < change.ended for change in changes)
            for answer in answers if answer.reader == name
        )  # fmt: skip
        print(f"{name:8} {len(seconds):6} answers, {during} amid a change, median {statistics.median(seconds):.2f} s")
    for answer in wrong[:20]:
        print(answer.reader, answer.error or f"{len(answer.ids)} papers: {sorted(answer.ids)[:8]} …")


if __name__ == "__main__":
    sys.exit(main())
