"""The library under an open app is moved, deleted, put back from a copy or made anew: the app opens what lies there.

Always true: a library is replaced as people do it, by files; no thread keeps a file of the one before.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError, ReplacedLibrary
from explorer.library import Library
from explorer.search.question import Question
from explorer.server import choice, routes, session
from explorer.server.guard import MIDDLEWARE
from explorer.store import LIKED, Kind
from support.papers import WORDS, ids

THREADS = 4
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="open files are listed in /proc")


def made(folder: Path, first: int, count: int = 12) -> Path:
    """A library of papers called s{first} and so on."""
    with Library.open(folder, encoder=ToyEncoder()) as library:
        numbers = range(first, first + count)
        library.add([paper(f"{WORDS[n % 18]} and {WORDS[n % 7]} {n}", WORDS[n % 5], key=f"s{n}") for n in numbers])
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "library"))
    return made(tmp_path / "library", 0)


@pytest.fixture
def client(folder: Path) -> TestClient:
    return TestClient(Starlette(routes=routes.ROUTES, middleware=MIDDLEWARE), base_url="http://localhost")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads that live on while the library is replaced, as those of the server do."""
    with ThreadPoolExecutor(THREADS) as threads:
        yield threads


def everywhere(pool: ThreadPoolExecutor, read: Callable[[], object]) -> list[object]:
    """What `read` gives in each of the threads."""
    meet = threading.Barrier(THREADS)

    def met() -> object:
        meet.wait(30)
        return read()

    return [future.result(30) for future in [pool.submit(met) for _ in range(THREADS)]]


def asked() -> list[str]:
    with session.moment() as opened:
        return ids(opened) if opened else []


def names(client: TestClient) -> list[str]:
    answer = client.get("/explorer/api/search", params={"q": "alpha", "k": 100})
    return sorted(record["id"] for record in answer.json().get("results", []))


def wanted(first: int, count: int = 12) -> list[str]:
    return [f"s{number}" for number in range(first, first + count)]


def open_below(*folders: Path) -> set[str]:
    """The files below these folders that this process has open or mapped."""
    open_files = {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
    mapped = {line.split(maxsplit=5)[-1] for line in Path("/proc/self/maps").read_text().splitlines()}
    return {name for name in open_files | mapped if any(str(folder) in name for folder in folders)}


def _moved(folder: Path, aside: Path) -> None:
    folder.rename(aside)
    made(aside.parent / "new", 50)
    (aside.parent / "new").rename(folder)


def _deleted(folder: Path, aside: Path) -> None:
    shutil.rmtree(folder)
    made(folder, 50)


def _restored(folder: Path, aside: Path) -> None:
    made(aside.parent / "copy", 50)
    shutil.rmtree(folder)
    shutil.copytree(aside.parent / "copy", folder)


def _file_moved_over(folder: Path, aside: Path) -> None:
    made(aside.parent / "copy", 50)
    shutil.copytree(aside.parent / "copy" / "derived", folder / "derived", dirs_exist_ok=True)
    (aside.parent / "copy" / "library.sqlite").rename(folder / "library.sqlite")


WAYS = {"moved": _moved, "deleted": _deleted, "restored": _restored, "file moved over": _file_moved_over}


@pytest.mark.slow
@ON_LINUX
@pytest.mark.parametrize("way", WAYS)
def test_what_lies_in_the_folder_now_is_opened_and_no_thread_keeps_the_old(way, folder, client, pool):
    assert everywhere(pool, asked) == [wanted(0)] * THREADS
    assert names(client) == sorted(wanted(0))
    before, edition = session.file(), session.library().snapshot.edition
    WAYS[way](folder, folder.parent / "aside")
    assert everywhere(pool, asked) == [wanted(50)] * THREADS
    assert names(client) == sorted(wanted(50))
    assert session.file() != before
    assert client.get(f"/explorer/map/{edition}/points").status_code == 404
    assert client.get(f"/explorer/map/{session.library().snapshot.edition}/points").status_code == 200
    gone = {name for name in open_below(folder) if name.endswith("(deleted)")}
    assert gone | open_below(folder.parent / "aside") == set()


@ON_LINUX
@pytest.mark.parametrize("way", WAYS)
def test_what_several_libraries_were_together_keeps_no_file_of_one_that_was_replaced(way, folder, monkeypatch):
    second = made(folder.parent / "second", 100)
    monkeypatch.setenv(choice.VARIABLE, f"{folder}\n{second}")
    question = Question("alpha")
    assert {each.paper.id for each in session.libraries().ask(question, 100).answer.results} & set(wanted(0))
    WAYS[way](folder, folder.parent / "aside")
    assert asked() == wanted(50)
    gone = {name for name in open_below(folder) if name.endswith("(deleted)")}
    assert gone | open_below(folder.parent / "aside") == set()
    assert not {each.paper.id for each in session.libraries().ask(question, 100).answer.results} & set(wanted(0))


@ON_LINUX
def test_moved_away_and_back_it_is_the_same_library(folder, client, pool):
    everywhere(pool, asked)
    before, edition, aside = session.file(), session.library().snapshot.edition, folder.parent / "aside"
    folder.rename(aside)
    assert everywhere(pool, asked) == [[]] * THREADS
    answer = client.get("/explorer/api/search", params={"q": "alpha"})
    assert (answer.status_code, answer.json()) == (404, {"error": f"no library in {folder}"})
    assert open_below(folder, aside) == set()
    aside.rename(folder)
    assert everywhere(pool, asked) == [wanted(0)] * THREADS
    assert (session.file(), session.library().snapshot.edition) == (before, edition)


def test_an_answer_that_has_begun_is_of_the_library_it_began_with(folder):
    with session.moment() as opened:
        paper_ids = ids(opened)
        _moved(folder, folder.parent / "aside")
        with ThreadPoolExecutor(1) as another:
            assert another.submit(asked).result(30) == wanted(50)
        assert session.library() is opened
        assert ids(opened) == paper_ids == wanted(0)
        assert {result.paper.id for result in opened.search("alpha", 100)} == set(wanted(0))
        assert opened.records.info().papers == 12
    assert asked() == wanted(50)


@pytest.mark.slow
def test_the_same_build_is_drawn_from_the_library_that_lies_there(folder, client):
    """A copy that went another way since has the same counts; nothing that was kept of the first is shown of it."""
    copy = shutil.copytree(folder, folder.parent / "copy")
    opened = session.library()
    opened.marks.put(Kind.COLLECTION, LIKED, "s1")
    assert [each.papers for each in opened.marks.collections()] == [1]
    edition = opened.snapshot.edition
    with Library.open(copy, write=False) as other:
        other.marks.put(Kind.COLLECTION, LIKED, "s2", "s3")
        assert other.snapshot.version == opened.snapshot.version
    folder.rename(folder.parent / "aside")
    copy.rename(folder)
    assert [each.papers for each in session.library().marks.collections()] == [2]
    assert session.library().snapshot.edition != edition


def test_a_copy_written_over_the_file_where_it_lies_is_read(folder):
    """The number of the file stays; pages that a connection remembers, and counts of marks, are those of before."""
    opened = session.library()
    subprocess.run(["cp", folder / "library.sqlite", folder.parent / "copy.sqlite"], check=True)
    with Library.open(folder) as library:
        library.marks.put(Kind.TAG, "first", "s1")
        library.add([paper("Another one", "alpha", key="s99")])
    assert asked() == [*wanted(0), "s99"]
    assert [each.name for each in opened.marks.collections()] == ["first"]
    checkpoint = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA wal_checkpoint(TRUNCATE)')"
    subprocess.run([sys.executable, "-c", checkpoint, folder / "library.sqlite"], check=True)
    subprocess.run(["cp", folder.parent / "copy.sqlite", folder / "library.sqlite"], check=True)
    with Library.open(folder) as library:
        library.build()
        library.marks.put(Kind.TAG, "second", "s2")
    assert asked() == wanted(0)
    assert [each.name for each in opened.marks.collections()] == ["second"]


@pytest.mark.parametrize("way", WAYS)
def test_an_open_library_writes_nothing_to_another(way, folder):
    reader, writer = Library.open(folder, write=False), Library.open(folder, encoder=ToyEncoder())
    assert ids(reader) == wanted(0)
    if way == "deleted":
        shutil.rmtree(folder)
        made(folder.parent / "new", 50).rename(folder)  # the writer's lock went with the folder
    else:
        WAYS[way](folder, folder.parent / "aside")
    content = {path: path.stat().st_ino for path in folder.rglob("*")}
    with pytest.raises(ReplacedLibrary, match="is not the file any more that was opened"):
        reader.marks.put(Kind.COLLECTION, LIKED, "s1")
    for change in (
        lambda: writer.add([paper("More", "alpha")]),
        lambda: writer.records.remove("s1"),
        lambda: writer.marks.note("s1", "a note"),
        lambda: writer.build(),
    ):
        with pytest.raises(ReplacedLibrary):
            change()
    reader.close()
    writer.close()
    assert {path: path.stat().st_ino for path in folder.rglob("*")}.items() >= content.items()
    with Library.open(folder, write=False) as library:
        assert ids(library) == wanted(50)
        assert library.marks.collections() == []


@pytest.mark.slow
def test_a_library_of_another_model_or_none_at_all_may_take_its_place(folder, client):
    assert asked() == wanted(0)
    shutil.rmtree(folder)
    folder.mkdir()
    assert asked() == []
    (folder / "library.sqlite").write_bytes(b"no library, but something else" * 100)
    with pytest.raises(LibraryError, match=r"library\.sqlite"):
        session.library()
    assert "library.sqlite" in client.get("/explorer/api/search", params={"q": "x"}).json()["error"]
    (folder / "library.sqlite").unlink()
    made(folder, 30)
    assert asked() == wanted(30)
