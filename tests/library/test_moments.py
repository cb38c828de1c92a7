"""A library can be asked at every moment: between the commit of a change and the end of the new build, too.

Always true: each change ends by a real kill right after its commit; the answers are those of the last build less what
was removed, then, after the next build, those of an undisturbed run.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.export import map_arrays
from explorer.filter import Filter
from explorer.index import disk
from explorer.library import Library
from explorer.library.builder import Builder
from explorer.search.question import Question
from explorer.search.words import WordIndex
from explorer.store import Kind
from support.command import explorer
from support.papers import ids, record

Verb = Callable[[Library, Path], object]
FEWER = [record(number) for number in range(20) if number not in (3, 4, 11)]
SECOND = [record(0, id="o0", venue="Elsewhere", doi="10.1000/x"), record(40), record(41)]


def _list(folder: Path, records: list[dict[str, object]], name: str) -> Path:
    (folder / "again").mkdir(exist_ok=True)
    path = folder / "again" / name
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def _split(library: Library, folder: Path) -> object:
    [merged] = library.records.merged()
    return library.records.split(library.records.of([merged.id])[0][1].number)


VERBS: dict[str, Verb] = {
    "remove": lambda library, folder: library.records.remove("k4", "k7", "k19"),
    "remove most": lambda library, folder: library.records.remove(*(f"k{number}" for number in range(2, 20))),
    "undo": lambda library, folder: library.records.undo(),
    "split": _split,
    "join": lambda library, folder: library.records.join("k3", "k11"),
    "sync": lambda library, folder: library.add(_list(folder, FEWER, "list.jsonl"), sync=True),
    "add": lambda library, folder: library.add([paper("Another one", "alpha beta gamma")]),
}


def opened(folder: Path, *, write: bool = False) -> Library:
    return Library.open(folder, write=write, encoder=ToyEncoder())


@pytest.fixture(scope="module")
def of_two_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    with opened(folder / "library", write=True) as library:
        library.add(_list(folder, list(map(record, range(20))), "list.jsonl"))
        library.add(_list(folder, SECOND, "second.jsonl"))
    return folder / "library"


@pytest.fixture
def base(of_two_files: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(of_two_files, tmp_path / "base"))


def killed_before_the_build(folder: Path, verb: Verb) -> None:
    """Runs a verb in a forked process that is killed when its change is committed and the build is to begin."""
    process = os.fork()
    if not process:
        Builder.build = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
        verb(opened(folder, write=True), folder.parent)
        os._exit(1)
    assert os.waitpid(process, 0)[1] == signal.SIGKILL


def answers(library: Library, among: set[str] | None = None) -> dict[str, object]:
    """What a reader sees, of the papers `among` these."""
    papers = library.snapshot.papers()
    rows = [row for row, one in enumerate(papers) if among is None or one.id in among]
    places = {papers[row].id: library.map[row].tobytes() for row in rows}
    titles = {entry["id"]: entry["title"] for entry in map_arrays.titles(library, 0)}
    vectors = library.snapshot.arrays.index.vectors()
    return {
        "papers": [papers[row].id for row in rows],
        "places": places,
        "titles": {name: titles[name] for name in places},
        "vectors": {papers[row].id: vectors[row].tobytes() for row in rows},
    }


def check_whole(library: Library) -> None:
    """Everything that can be asked answers, and of the same papers."""
    here, arrays = ids(library), library.snapshot.arrays
    count = len(here)
    assert count == len(library.map) == len(arrays.keys) == library.records.info().on_map
    assert arrays.neighbours.min(initial=0) >= 0 and arrays.neighbours.max(initial=0) < count
    everything = library.search("alpha beta gamma", 100)
    assert sorted(result.paper.id for result in everything) == sorted(here)
    assert all(result.paper.id == here[result.row] for result in everything)
    near = library.similar(here[0], 100)
    assert sorted(result.paper.id for result in near) == sorted(here[1:])
    vectors = arrays.index.vectors()
    for result in near:
        assert result.similarity == pytest.approx(float(vectors[0] @ vectors[result.row]), abs=1e-5)
    own = library.ask(Question(within=Filter((2003, 2012)), area=((-99, -99), (99, -99), (99, 99), (-99, 99))))
    assert {result.paper.id for result in own.results} <= set(here)
    assert own.passing is not None and len(own.passing) == count
    assert len(library.search('"alpha3"', 100)) == sum("alpha3" in one.title for one in library.snapshot.papers())
    assert {row for rows in library.marks.members(Kind.TAG).values() for row in rows.tolist()} <= set(range(count))
    assert library.missing("Alpha beta gamma delta. " * 8, k=5).suggestions
    map_arrays.points(library), map_arrays.topics(library), map_arrays.marks(library, Filter())
    assert sum(len(row) for row in [map_arrays.titles(library, 0)]) == count
    assert explorer("export", "-o", library.folder.parent / "out.csv", "--library", library.folder).returncode == 0
    for command in (["search", "alpha"], ["similar", here[0]], ["evaluate"], ["info"], ["topics"], ["news"]):
        ended = explorer(*command, "--library", library.folder)
        assert ended.returncode in (0, 1) and "Traceback" not in ended.stderr, (command, ended.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("name", VERBS)
def test_killed_after_the_commit_and_before_the_build(base: Path, tmp_path: Path, name: str) -> None:
    calm, harried = (Path(shutil.copytree(base, tmp_path / name)) for name in ("calm", "harried"))
    with opened(harried) as library:
        before = answers(library)
        killed_before_the_build(harried, VERBS[name])
        between = answers(library)
        stay = set(between["papers"])
        check_whole(library)
    with opened(harried) as library:
        assert answers(library) == between
        check_whole(library)
        with opened(base) as undisturbed:
            kept = answers(undisturbed, stay)
        assert {key: between[key] for key in ("papers", "places", "vectors")} == {
            key: kept[key] for key in ("papers", "places", "vectors")
        }
    with opened(calm, write=True) as library:
        VERBS[name](library, tmp_path)
        after = answers(library)
        assert stay == set(before["papers"]) & set(after["papers"])
    with opened(harried, write=True) as library:
        library.build()
        assert answers(library) == after
        check_whole(library)


def test_what_is_read_in_a_moment_is_of_one_state(base: Path) -> None:
    with opened(base) as library:
        with library.snapshot.moment():
            early = answers(library)
            with opened(base, write=True) as writer:
                writer.records.remove("k4", "k7")
            library.marks.put(Kind.TAG, "method", "k5")
            assert library.marks.of(["k5"])[0].tags == ("method",)
        with library.snapshot.moment():
            first = answers(library)
            killed_before_the_build(base, VERBS["join"])
            assert answers(library) == first
        assert answers(library) != first != early
        assert not {"k4", "k7"} & set(ids(library))


@pytest.mark.parametrize("times", [2, pytest.param(8, marks=pytest.mark.slow)])
def test_readers_amid_a_writer_see_nothing_but_whole_states(base: Path, times: int) -> None:
    ended, faults, sizes = threading.Event(), list[BaseException](), set[int]()

    def read() -> None:
        try:
            with opened(base) as library:
                while not ended.is_set():
                    with library.snapshot.moment():
                        results = library.search("alpha beta gamma", 100)
                        shown = [one.id for one in library.snapshot.papers([result.row for result in results])]
                        assert shown == [result.paper.id for result in results]
                        assert len(results) == len(library.map) == library.records.info().on_map
                        sizes.add(len(results))
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(times):
        with opened(base, write=True) as writer:
            writer.records.remove("k4", "k7")
        with opened(base, write=True) as writer:
            writer.records.undo()
    ended.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert sizes <= {20, 22}


def test_a_library_of_which_all_was_removed_before_the_build(base: Path) -> None:
    with opened(base) as library:
        names = ids(library)
    killed_before_the_build(base, lambda library, folder: library.records.remove(*names))
    ended = explorer("search", "alpha", "--library", base)
    assert ended.returncode == 2 and "holds no papers" in ended.stderr
    ended = explorer("info", "--json", "--library", base)
    assert ended.returncode == 0 and json.loads(ended.stdout)["papers"] == 0
    assert np.isin(["k4"], names).all()


def test_a_snapshot_that_is_built_anew_while_it_is_read_is_read_again(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name stays, and its words may lie in other segments: half of the one and half of the other are neither."""
    with opened(base, write=False) as reader:
        version = reader.snapshot.version
    folder, load, swapped = base / "derived" / version, WordIndex.load, []

    def loaded(path: Path, **options: object) -> WordIndex:
        if not swapped:
            swapped.append(shutil.copytree(folder, folder.with_name(".new")))
            folder.rename(folder.with_name(".before"))
            folder.with_name(".new").rename(folder)
        return load(path, **options)

    monkeypatch.setattr(WordIndex, "load", loaded)
    with opened(base, write=False) as reader:
        check_whole(reader)
        assert reader.snapshot._common.shown is not None
        assert reader.snapshot._common.shown.place == disk.place_of(base, version)
    assert swapped
