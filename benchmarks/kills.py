"""Kills every verb of a library, and the app's jobs, at random moments; then repeats the command, and undoes it.

    python benchmarks/kills.py [--forked 250] [--commands 50] [--seed N] [--table FILE] [--large]

Forked workers have everything imported and are killed at the n-th commit, right before it, at the n-th change of a
file, or after a time; real commands after a time. Required of each: the library can be asked at once, nothing is lost
that the verb was not to take, the repeated command ends as an undisturbed run did (papers, vectors, places, marks,
notes, saved searches), and what can be undone is undone to the state before. Exit code 1 when a kill breaks that.
With --large, workers build as libraries of more than 100,000 papers are built, and only verbs that build are killed:
neighbours found nearly, vectors read row by row, codes, candidates; each file must be what was written.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faiss
import kill_verbs
from kill_verbs import COMMANDS, VERBS, State, Verb, opened, state

from explorer.errors import ExplorerError
from explorer.store.database import Database

# What changes files, of the events that Python tells of: https://docs.python.org/3/library/audit_events.html
_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate", "shutil.rmtree"}


@dataclass
class Outcome:
    """What became of a kill; `wrong` is empty when all was as required."""

    verb: str
    moment: str
    ended: str = ""  # killed, or done before
    repeated: str = ""
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--forked", type=int, default=250)
    parser.add_argument("--commands", type=int, default=50)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--large", action="store_true")
    arguments = parser.parse_args()
    chance, kinds = random.Random(arguments.seed), [(forked, VERBS, arguments.forked)]
    if arguments.large:
        kill_verbs.as_large()
        kinds = [(forked, {name: VERBS[name] for name in kill_verbs.BUILDING}, arguments.forked)]
    else:
        kinds.append((command, COMMANDS, arguments.commands))
    root = Path(tempfile.mkdtemp(prefix="explorer-kills-"))
    print(f"seed {arguments.seed}, in {root}", flush=True)
    outcomes: list[Outcome] = []
    for kill, verbs, count in kinds:
        calm = {name: Calm.of(root, name, verb, kill) for name, verb in verbs.items()} if count else {}
        names = [name for _ in range(-(-count // len(verbs))) for name in verbs][:count]
        for number, name in enumerate(names):
            outcomes.append(attempt(root / f"{kill.__name__}{number}", calm[name], kill, chance))
            if outcomes[-1].wrong:
                print(f"{outcomes[-1]}", flush=True)
    tell(outcomes, arguments.table)
    if not any(outcome.wrong for outcome in outcomes):
        shutil.rmtree(root)
    return int(any(outcome.wrong for outcome in outcomes))


# ----------------------------------------------------------------------------------------------- an undisturbed run


@dataclass(frozen=True)
class Calm:
    """An undisturbed run of a verb: what it began and ended with, its seconds, commits and changes of files."""

    name: str
    verb: Verb
    base: Path
    before: State
    after: State
    undone: State
    seconds: float
    commits: int
    changes: int

    @classmethod
    def of(cls, root: Path, name: str, verb: Verb, kill: Kill) -> Calm:
        base = root / kill.__name__ / name.replace(" ", "-")
        in_fork(lambda: verb.prepare(base))
        before = state(base / "library")
        folder = Path(shutil.copytree(base, base.with_name(f"{base.name}-calm")))
        counts = folder / "counts"
        began = time.monotonic()
        if verb.command:
            subprocess.run(argv(folder, verb), check=True, capture_output=True, **settings(folder))
        else:

            def run() -> None:
                with counting(counts):
                    verb.run(folder)

            in_fork(run)
        seconds = time.monotonic() - began
        commits, changes = map(int, counts.read_text().split()) if counts.exists() else (0, 0)
        after = state(folder / "library")
        if verb.undone:
            in_fork(lambda: kill_verbs.undo(folder))
        return cls(name, verb, base, before, after, state(folder / "library"), seconds, commits, changes)


def in_fork(run: Callable[[], object]) -> int:
    """Runs it in a process that has everything imported; its wait status. Raises when it breaks."""
    process = os.fork()
    if not process:
        faiss.omp_set_num_threads(1)  # the threads of this process are not in its fork
        try:
            run()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(process, 0)[1]
    assert status in (0, signal.SIGKILL), f"it ended with {status}"
    return status


# ---------------------------------------------------------------------------------------------------- counted moments


class Clock:
    """Counts commits and changes of files in this process, and ends it when one of the counts is full."""

    def __init__(self, kind: str = "", at: float = 0.0) -> None:
        self.counts = {"commit": 0.0, "file": 0.0}
        self._kind, self._at = kind, at

    def tick(self, kind: str, by: float) -> None:
        self.counts[kind] += by
        if kind == self._kind and self.counts[kind] >= self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def running(self) -> Iterator[None]:
        transaction = Database.transaction

        @contextmanager
        def counted(database: Database) -> Iterator[None]:
            if database.connection.in_transaction:
                yield
                return
            with transaction(database):
                yield
                self.tick("commit", 0.5)  # right before
            self.tick("commit", 0.5)

        def hook(event: str, values: tuple[object, ...]) -> None:
            written = event == "open" and isinstance(values[1], str) and set(values[1]) & set("wax+")
            if event in _CHANGES or written:
                self.tick("file", 1.0)

        Database.transaction = counted  # type: ignore[method-assign]
        sys.addaudithook(hook)
        yield


@contextmanager
def counting(file: Path) -> Iterator[None]:
    clock = Clock()
    with clock.running():
        yield
    file.write_text(f"{clock.counts['commit']:.0f} {clock.counts['file']:.0f}")


# ------------------------------------------------------------------------------------------------------------- kills


def forked(folder: Path, calm: Calm, chance: random.Random) -> tuple[str, str]:
    """Kills a forked worker; the moment, and whether it was in time."""
    counts = {"commit": calm.commits, "file": calm.changes, "time": 1}
    kind = chance.choice([kind for kind, count in counts.items() if count])
    if kind == "time":
        wait = chance.uniform(0, 1.1 * calm.seconds)
        process = os.fork()
        if not process:
            faiss.omp_set_num_threads(1)
            os._exit(0 if broken(lambda: calm.verb.run(folder)) is None else 1)
        return f"after {wait:.2f} s", ended(process, wait)
    most = 2 * calm.commits if kind == "commit" else calm.changes
    at = chance.randint(1, most) / (2 if kind == "commit" else 1)

    def run() -> None:
        with Clock(kind, at).running():
            calm.verb.run(folder)

    status = in_fork(run)
    before = "right before " if kind == "commit" and at % 1 else ""
    return f"{before}{kind} {-(-at // 1):.0f} of {most if kind == 'file' else calm.commits}", (
        "killed" if status else "done before"
    )


def broken(run: Callable[[], object]) -> BaseException | None:
    try:
        run()
    except BaseException as error:
        traceback.print_exc()
        return error
    return None


def ended(process: int, wait: float) -> str:
    end = time.monotonic() + wait
    while time.monotonic() < end:
        if os.waitpid(process, os.WNOHANG)[0]:
            return "done before"
        time.sleep(0.002)
    os.kill(process, signal.SIGKILL)
    status = os.waitpid(process, 0)[1]
    assert status in (0, signal.SIGKILL), f"it ended with {status}"
    return "killed" if status else "done before"


def command(folder: Path, calm: Calm, chance: random.Random) -> tuple[str, str]:
    """Kills a real command; the moment, and whether it was in time."""
    wait = chance.uniform(0.2, 1.05) * calm.seconds
    process = subprocess.Popen(
        argv(folder, calm.verb), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **settings(folder)
    )
    try:
        said = process.communicate(timeout=wait)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return f"after {wait:.1f} s", "killed"
    return f"after {wait:.1f} s", "done before" if "Traceback" not in said else said


def argv(folder: Path, verb: Verb) -> list[str]:
    return [sys.executable, "-m", "explorer", *verb.command, "--library", str(folder / "library")]


def settings(folder: Path) -> dict[str, Any]:
    here = str(Path(__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": here, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    return {"cwd": folder, "env": environment}


Kill = Callable[[Path, Calm, random.Random], tuple[str, str]]


def attempt(folder: Path, calm: Calm, kill: Kill, chance: random.Random) -> Outcome:
    """A kill, and whether all is as required afterwards."""
    shutil.copytree(calm.base, folder)
    outcome = Outcome(calm.name, "")
    try:
        outcome.moment, outcome.ended = kill(folder, calm, chance)
        outcome.wrong += kill_verbs.lost(folder / "library", calm.before, calm.after)
        with opened(folder / "library", write=False) as library:
            underway = library._store.setting("underway")
        if state(folder / "library") == calm.after and not underway:
            outcome.repeated = "it was done"
        else:
            outcome.repeated = repeated(folder, calm)
            outcome.wrong += kill_verbs.differences(state(folder / "library"), calm.after, "repeated")
        if calm.verb.undone:
            in_fork(lambda: kill_verbs.undo(folder))
            outcome.wrong += kill_verbs.differences(state(folder / "library"), calm.undone, "undone")
            outcome.wrong += kill_verbs.lost(folder / "library", calm.before, calm.before)
    except BaseException as error:
        outcome.wrong.append(f"{type(error).__name__}: {error}")
        traceback.print_exc()
    if not outcome.wrong:
        shutil.rmtree(folder)
    return outcome


def repeated(folder: Path, calm: Calm) -> str:
    """Gives the command again; what came of it, in a word."""
    if calm.verb.command:
        done = subprocess.run(argv(folder, calm.verb), capture_output=True, text=True, **settings(folder))
        if done.returncode:
            assert "Traceback" not in done.stderr, done.stderr
            in_fork(lambda: kill_verbs.build(folder))
            return "it says that it is done"
        return "repeated"
    words = folder / "words"

    def run() -> None:
        try:
            calm.verb.run(folder)
            words.write_text("repeated")
        except ExplorerError:
            kill_verbs.build(folder)
            words.write_text("it says that it is done")

    in_fork(run)
    return words.read_text()


def tell(outcomes: list[Outcome], table: Path | None) -> None:
    lines = [
        f"{one.verb}\t{one.moment}\t{one.ended}\t{one.repeated}\t{'; '.join(one.wrong) or 'as required'}"
        for one in outcomes
    ]
    if table:
        table.write_text("verb\tmoment\tended\trepeated\toutcome\n" + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{'verb':28}{'kills':>6}{'in time':>9}{'repeated':>10}{'was done':>10}{'wrong':>7}")
    for verb in dict.fromkeys(one.verb for one in outcomes):
        own = [one for one in outcomes if one.verb == verb]
        counts = Counter(one.repeated for one in own)
        killed, wrong = sum(one.ended == "killed" for one in own), sum(bool(one.wrong) for one in own)
        done = len(own) - counts["repeated"]
        print(f"{verb:28}{len(own):6}{killed:9}{counts['repeated']:10}{done:10}{wrong:7}")
    wrong = sum(bool(one.wrong) for one in outcomes)
    print(f"{len(outcomes)} kills, {sum(one.ended == 'killed' for one in outcomes)} in time, {wrong} wrong")


if __name__ == "__main__":
    sys.exit(main())
