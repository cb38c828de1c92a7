"""Damages every file of a library, bit by bit and by cutting it short, and tells what became of it.

    python benchmarks/damage.py [FLIPS] [CUTS] [SEED]

Each trial damages one file of a copy, reads all that can be read, checks, and builds. Its verdict: found when it was
read (by a sentence), found by the check alone, healed by the build, harmless (every row and every array is as it was),
silent (something is otherwise and nothing was told), or a traceback. Asked: none of the last two.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from embeddings.toy import ToyEncoder
from explorer.errors import ExplorerError
from explorer.library import Library, care
from explorer.paper import Paper, Source, make_paper
from explorer.search.question import Question
from explorer.store import FILE, Kind
from explorer.store.checksums import COLUMNS, register

PAPERS = 200
_DRAWN = -2  # what is read of the map stands last
VERDICTS = ("found when read", "found by check", "healed", "harmless", "silent", "traceback")
_WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi omicron pi rho sigma tau".split()


@dataclass(frozen=True)
class Trial:
    """What was done to which file, and what became of it."""

    file: str
    what: str
    verdict: str
    detail: str = ""


def papers(count: int) -> list[Paper]:
    return [
        make_paper(
            Source("made.jsonl", number + 1, number + 1, f"k{number}"), title=f"Paper number{number}",
            abstract=" ".join(_WORDS[(number * step + step) % len(_WORDS)] for step in range(1, 40)),
            authors=[f"Author{number % 17}, A."], year=1990 + number % 30, venue=f"Venue {number % 7}",
        )
        for number in range(count)
    ]  # fmt: skip


def make(folder: Path, count: int = PAPERS) -> None:
    """A library with something in every table, and, in its log, a commit that a kill left there."""
    with Library.open(folder / "whole", encoder=ToyEncoder()) as library:
        library.add(papers(count))
        library.records.remove("k5")
        for number in range(0, count, 9):
            library.marks.put(Kind.TAG, f"tag {number % 5}", f"k{number}")
            library.marks.note(f"k{number}", f"a note on {number}")
        library.saved.put("a search", Question("alpha beta"))
        library.records.keep_apart("k1", "k9")
    with Library.open(folder / "whole", encoder=ToyEncoder()) as library:
        shutil.copytree(folder / "whole", folder / "killed")
        library.marks.put(Kind.TAG, "late", "k7")
        for end in ("", "-wal", "-shm"):  # as it lies there when the process is killed now
            shutil.copy(folder / "whole" / f"{FILE}{end}", folder / "killed" / f"{FILE}{end}")
        shutil.copy(folder / "whole" / "library.commit", folder / "killed" / "library.commit")


def read(folder: Path) -> tuple[object, ...]:
    """All that can be read of a library."""
    with Library.open(folder, write=False, encoder=ToyEncoder()) as library, library.snapshot.moment():
        held = library.snapshot.papers()
        ids = [paper.id for paper in held]
        levels = [(level.labels, level.assignment.tolist()) for level in library.topics.levels]
        answers = [library.ask(Question(text), 20) for text in ("alpha beta", "number7", 'author:"Author3"', "zeta")]
        return (
            held, library.records.of(ids), library.marks.of(ids), library.marks.collections(), library.saved.all(),
            library.records.info().papers, [[(r.paper.id, r.similarity) for r in a.results] for a in answers],
            library.snapshot.years().tobytes(), library.records.problems(), library.map.tobytes(), levels,
        )  # fmt: skip


def rows(folder: Path) -> object:
    """Every value of every table, and every array; what cannot be read is told as such."""
    told: list[object] = []
    with suppress(sqlite3.Error), closing(sqlite3.connect(folder / FILE)) as db:
        register(db)
        told += [
            sorted(db.execute(f"SELECT {columns} FROM {table}"), key=repr)
            for table, columns in COLUMNS.items()
        ]  # fmt: skip
    return told


def verdict(folder: Path, reference: tuple[object, ...], content: object) -> tuple[str, str]:
    """What becomes of a damaged library."""
    told, same, wrong = "", False, ""
    try:
        try:
            same = read(folder) == reference
        except ExplorerError as error:
            told = str(error)
        checkup = care.check(folder)
        found = [*checkup.truth, *checkup.derived]
        wrong = found[0].reason if found else ""
        if checkup.derived and not checkup.truth:
            with Library.open(folder, encoder=ToyEncoder()) as library:
                library.build()
            # But for places and topics, which are drawn anew where the map before was lost.
            healed = read(folder)[:_DRAWN] == reference[:_DRAWN] and care.check(folder).sound
            return (
                ("healed", told or wrong)
                if healed
                else ("found when read" if told else "found by check", told or wrong)
            )
    except Exception:
        return "traceback", traceback.format_exc()
    if told or wrong:
        return ("found when read", told) if told else ("found by check", wrong)
    if same and rows(folder) == content:
        return "harmless", ""
    return "silent", "all that was read is the same" if same else "what was read is otherwise"


def trial(source: Path, file: str, damage: Callable[[bytearray], str], folder: Path, known: dict[Path, tuple]) -> Trial:
    """Damage one file of a copy of `source`."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy)
    data = bytearray((copy / file).read_bytes())
    what = damage(data)
    (copy / file).write_bytes(data)
    return Trial(file.split("/")[-1] if "derived" in file else file, what, *verdict(copy, *known[source]))


def flipped(chance: random.Random) -> Callable[[bytearray], str]:
    def damage(data: bytearray) -> str:
        if not data:
            return "nothing"
        place = chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        return f"flip at {place}"

    return damage


def cut(chance: random.Random) -> Callable[[bytearray], str]:
    def damage(data: bytearray) -> str:
        size = chance.randrange(max(1, len(data)))
        del data[size:]
        return f"cut to {size}"

    return damage


def run(flips: int, cuts: int, seed: int, count: int = PAPERS) -> Iterator[Trial]:
    """The trials, cuts among flips: half on the library's file and its log, half over all files."""
    chance = random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="explorer-damage-"))
    try:
        make(folder, count)
        sources = [folder / "whole", folder / "killed"]
        known = {}
        for source in sources:
            shutil.copytree(source, folder / "first")
            known[source] = read(folder / "first"), rows(folder / "first")
            shutil.rmtree(folder / "first")
        files = {
            source: [path.relative_to(source).as_posix() for path in sorted(source.rglob("*")) if path.stat().st_size
                     and path.is_file() and not path.name.endswith("-shm") and path.name != "library.lock"]
            for source in sources
        }  # fmt: skip
        cutting = set(chance.sample(range(flips + cuts), cuts))
        for number in range(flips + cuts):
            source = sources[1] if number % 5 == 4 else sources[0]
            among = files[source]
            file = f"{FILE}-wal" if source == sources[1] else FILE if number % 2 else chance.choice(among)
            yield trial(source, file, cut(chance) if number in cutting else flipped(chance), folder, known)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    flips, cuts, seed = (int(word) for word in (sys.argv[1:] + ["400", "100", "0"][len(sys.argv) - 1 :])[:3])
    began, trials = time.monotonic(), list[Trial]()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):  # what was tried by then is told
        for each in run(flips, cuts, seed):
            trials.append(each)
            if each.verdict in ("silent", "traceback"):
                print(f"{each.verdict}: {each.file}, {each.what}\n{each.detail}\n", flush=True)
    done = f"{len(trials)} of {flips + cuts} trials, {cuts} of them cuts"
    print(f"seed {seed}, {done}, {PAPERS} papers, {time.monotonic() - began:.0f} s\n")
    kinds = sorted({each.file for each in trials})
    print("| file | " + " | ".join(VERDICTS) + " |")
    for kind in [*kinds, "all"]:
        counts = Counter(each.verdict for each in trials if kind in (each.file, "all"))
        print(f"| {kind} | " + " | ".join(str(counts[name]) for name in VERDICTS) + " |")


if __name__ == "__main__":
    main()
