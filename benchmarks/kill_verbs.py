"""What `kills.py` kills: each verb on a small library with everything in it, and the states that are compared.

Always true: a state holds papers, vectors, places, marks and notes of each paper by its id, and the saved searches.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings import index
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError
from explorer.index import disk
from explorer.index.vectors import CODES, SUMS, VECTORS
from explorer.library import Library, blocks
from explorer.search import bm25, candidates, ranking
from explorer.search.question import Question
from explorer.server import jobs, tasks
from explorer.server.uploads import Batch
from explorer.store import LIKED, Kind

State = dict[str, object]
Step = Callable[[Path], object]
WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi omicron pi rho sigma tau".split()
_SEARCHES = "saved searches"
blocks.SIZE = 8  # several commits while embedding


@dataclass(frozen=True)
class Verb:
    """A verb: how its library is made, how it runs, or as which command; whether `undo` takes it back.

    `lines` are the arguments of a real command; empty for a verb that runs in a fork.
    """

    run: Step = lambda folder: None
    after: Step = lambda folder: None
    undone: bool = False
    lines: Sequence[str] = ()

    def prepare(self, base: Path) -> None:
        """Make the library that the verb begins with, and the files it reads."""
        base.mkdir(parents=True)
        write(base / "list.jsonl", map(record, range(40)))
        again = [
            record(0, id="o0", venue="Elsewhere", doi="10.1000/x"),
            record(5, id="o5"),
            *map(record, range(40, 50)),
        ]
        write(base / "second.jsonl", again)
        with opened(base / "library") as library:
            library.add(base / "list.jsonl")
            library.add(base / "second.jsonl")
            library.marks.put(Kind.TAG, "method", *(f"k{number}" for number in range(0, 40, 3)))
            library.marks.put(Kind.COLLECTION, "mine", "k1", "k2", "k41")
            library.marks.put(Kind.COLLECTION, LIKED, "k2")
            library.marks.note("k3", "a note on it")
            library.saved.put("greek", Question("alpha beta"))
            (base / "merged").write_text(str(library.records.of(["k0"])[0][1].number))
        write(base / "more.jsonl", [*map(record, range(60, 90)), record(7, venue="New")])
        fewer = [record(number, venue="New") for number in range(40) if number not in (3, 4, 11)]
        (base / "again").mkdir()
        write(base / "again" / "list.jsonl", [*fewer, *map(record, range(100, 120))])
        self.after(base)

    @property
    def command(self) -> list[str]:
        """The arguments of the command line."""
        return list(self.lines)


def record(number: int, **fields: object) -> dict[str, object]:
    words = [WORDS[(number * 3 + step) % len(WORDS)] for step in range(4)]
    title = f"Paper about {words[0]}{number} and {words[1]}"
    made = {"id": f"k{number}", "title": title, "abstract": " ".join(words) * 3, "year": 2000 + number % 24}
    return {**made, "authors": [f"Writer{number}, A."], **fields}


def write(path: Path, records: object) -> None:
    path.write_text("".join(json.dumps(one) + "\n" for one in records))  # type: ignore[attr-defined]


def opened(folder: Path, *, write: bool = True) -> Library:
    return Library.open(folder, write=write, encoder=ToyEncoder())


# ------------------------------------------------------------------------------------------------------------ states


def as_large() -> None:
    """Let libraries from 20 papers on take the steps that those of more than 30,000 or 100,000 take."""
    index._ALL_PAIRS = ranking.WHOLE = 20
    candidates._FEW = bm25._QUICK = 0


def state(folder: Path) -> State:
    """What a reader sees; it also asks everything that can be asked."""
    with opened(folder, write=False) as library:
        if ranking.WHOLE == 20:
            files = {path.name for path in library.snapshot.arrays.folder.iterdir()}
            assert {VECTORS, SUMS, CODES} <= files, files
            assert disk.damages(folder, library.snapshot.arrays.fingerprint) == []
        papers = library.snapshot.papers()
        vectors, marks = library.snapshot.arrays.index.vectors(), library.marks.of([paper.id for paper in papers])
        made: State = {
            paper.id: (paper, vectors[row].tobytes(), library.map[row].tobytes(), marks[row])
            for row, paper in enumerate(papers)
        }
        news = [(each.search.name, each.search.question.text, len(each.papers)) for each in library.saved.news()]
        made[_SEARCHES] = news, sorted(library._store.records.apart())
        assert {result.paper.id for result in library.search("alpha beta", 500)} <= set(made)
        library.similar(papers[0].id), library.records.info(), library.records.review()
        return made


def lost(folder: Path, before: State, after: State) -> list[str]:
    """What is gone that was there before and is there after an undisturbed run, also marks and notes."""
    now = state(folder)
    gone = [name for name in before if name in after and name not in now]
    changed = [
        name for name in before if name != _SEARCHES and name in now and name in after
        and _marks(now[name]) not in (_marks(before[name]), _marks(after[name]))
    ]  # fmt: skip
    return [f"lost: {gone[:5]}"] * bool(gone) + [f"marks: {changed[:5]}"] * bool(changed)


def _marks(entry: object) -> object:
    assert isinstance(entry, tuple)
    return entry[3]


def differences(now: State, wanted: State, when: str) -> list[str]:
    """In what a state is not the wanted one."""
    if now == wanted:
        return []
    missing, more = sorted(set(wanted) - set(now)), sorted(set(now) - set(wanted))
    other = [name for name in wanted if name in now and now[name] != wanted[name]]
    parts = [
        names
        for names, one, two in zip(("paper", "vector", "place", "marks"), *_pair(now, wanted, other), strict=False)
        if one != two
    ]
    return [f"{when}: {missing[:3]} missing, {more[:3]} more, {len(other)} differ {other[:3]} {parts}"]


def _pair(now: State, wanted: State, names: list[str]) -> tuple[tuple[object, ...], tuple[object, ...]]:
    entries = [(now[name], wanted[name]) for name in names if isinstance(now[name], tuple)]
    return entries[0] if entries else ((), ())  # type: ignore[return-value]


# ------------------------------------------------------------------------------------------------------------- verbs


def _with(act: Callable[[Library, Path], object]) -> Step:
    """A step that opens the library for writing, as commands do."""

    def step(folder: Path) -> None:
        with opened(folder / "library") as library:
            act(library, folder)

    return step


def _marking(act: Callable[[Library], object]) -> Step:
    """A step that opens it for reading, and writes for a moment."""

    def step(folder: Path) -> None:
        with opened(folder / "library", write=False) as library:
            act(library)

    return step


def _in_app(begin: Callable[[Path], object]) -> Step:
    """A step that the app takes as a job."""

    def step(folder: Path) -> None:
        os.environ["EXPLORER_LIBRARY"] = str(folder / "library")
        begin(folder)
        while jobs.JOBS.busy:
            time.sleep(0.002)
        job = jobs.JOBS.latest
        assert job is not None and not job.error, job
        if job.failed:
            raise LibraryError(str(job.failed))

    return step


def _app_import(folder: Path, *, sync: bool = False) -> None:
    batch = Batch()
    batch.add_path(str(folder / ("again/list.jsonl" if sync else "more.jsonl")))
    tasks.add(jobs.ImportPlan.of(batch, sync=sync))


def _merged(folder: Path) -> int:
    """The record that is split off, which was noted when the library was made."""
    return int((folder / "merged").read_text())


_add = _with(lambda library, folder: library.add(folder / "more.jsonl"))
_sync = _with(lambda library, folder: library.add(folder / "again/list.jsonl", sync=True))
_remove = _with(lambda library, folder: library.records.remove("k3", "k7", "k41"))
undo = _with(lambda library, folder: library.records.undo())
build = _with(lambda library, folder: library.build())


def _unbuilt(folder: Path) -> None:
    """An import whose texts have no vectors yet."""
    from explorer.library.imports import Importer, readable

    with opened(folder / "library") as library:
        library.encoder.settle()
        Importer(library._store).run(readable((folder / "more.jsonl",), None)[0], lambda step: None)


_redrawn = _with(lambda library, folder: library.redraw(3))

VERBS: dict[str, Verb] = {
    "add": Verb(_add, undone=True),
    "add --sync": Verb(_sync, undone=True),
    "remove": Verb(_remove, undone=True),
    "undo of an add": Verb(undo, after=_add),
    "undo of a sync": Verb(undo, after=_sync),
    "undo of a removal": Verb(undo, after=_remove),
    "build": Verb(build, after=_unbuilt),
    "build --redraw": Verb(_with(lambda library, folder: library.redraw(3))),
    "drawings --undo": Verb(_with(lambda library, folder: library.drawings.undo()), after=_redrawn),
    "split": Verb(_with(lambda library, folder: library.records.split(_merged(folder)))),
    "join": Verb(_with(lambda library, folder: library.records.join("k3", "k11"))),
    "join --never": Verb(_with(lambda library, folder: library.records.keep_apart("k3", "k11"))),
    "mark": Verb(_marking(lambda library: library.marks.put(Kind.COLLECTION, "mine", *(f"k{n}" for n in range(9))))),
    "rename": Verb(_marking(lambda library: library.marks.rename(Kind.TAG, "method", "way"))),
    "rename --delete": Verb(_marking(lambda library: library.marks.delete(Kind.TAG, "method"))),
    "note": Verb(_marking(lambda library: library.marks.note("k3", "another note"))),
    "save": Verb(_marking(lambda library: library.saved.put("letters", Question("gamma delta")))),
    "saved --forget": Verb(_marking(lambda library: library.saved.drop("greek"))),
    "news": Verb(_marking(lambda library: library.saved.look("greek")), after=_add),
    "app: import": Verb(_in_app(_app_import), undone=True),
    "app: import with removal": Verb(_in_app(lambda folder: _app_import(folder, sync=True)), undone=True),
    "app: remove": Verb(_in_app(lambda folder: tasks.remove("k3", "k7")), undone=True),
    "app: undo": Verb(_in_app(lambda folder: tasks.undo()), after=_add),
    "app: split": Verb(_in_app(lambda folder: tasks.split(_merged(folder)))),
    "app: join": Verb(_in_app(lambda folder: tasks.join("k3", "k11"))),
    "app: redraw": Verb(_in_app(lambda folder: tasks.redraw())),
}
BUILDING = (
    "add", "add --sync", "remove", "undo of an add", "undo of a removal", "build", "build --redraw", "drawings --undo",
    "join", "app: import",
)  # fmt: skip
"""Those that write a snapshot."""
_FILES = ("more.jsonl", "again/list.jsonl")
COMMANDS: dict[str, Verb] = {
    "explorer add": Verb(lines=("add", _FILES[0]), undone=True),
    "explorer add --sync": Verb(lines=("add", "--sync", _FILES[1]), undone=True),
    "explorer remove": Verb(lines=("remove", "k3", "k7", "k41"), undone=True),
    "explorer undo": Verb(lines=("undo",), after=_add),
    "explorer undo of a sync": Verb(lines=("undo",), after=_sync),
    "explorer build": Verb(lines=("build",), after=_unbuilt),
    "explorer build --redraw": Verb(lines=("build", "--redraw")),
    "explorer join": Verb(lines=("join", "k3", "k11")),
    "explorer mark": Verb(lines=("mark", "mine", "k5", "k6")),
    "explorer note": Verb(lines=("note", "k3", "another note")),
}
