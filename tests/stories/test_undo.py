"""Undo, removal and merges: everything an import did can be taken back."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import ROOT
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError, UnknownPaper
from explorer.library import Library
from explorer.store import Kind
from explorer.store.database import FILE, migrations
from support.files import Write
from support.papers import WORDS, ids, record

# ---------------------------------------------------------------------------------------------- remove and undo


def snapshot(library: Library) -> list[object]:
    return [library.snapshot.papers(), library.map.tobytes(), [library.records.of([name])[0] for name in ids(library)]]


def test_removal_and_its_undoing(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(12))))
    toy.marks.put(Kind.TAG, "method", "k4")
    before = snapshot(toy)
    assert [paper.id for paper in toy.records.remove("k4", "k7")] == ["k4", "k7"]
    assert "k4" not in ids(toy)
    with pytest.raises(UnknownPaper):
        toy.snapshot.paper("k4")
    assert toy.records.undo().kind == "remove"
    papers = before[0]
    assert sorted(toy.snapshot.papers(), key=lambda paper: paper.id) == sorted(papers, key=lambda paper: paper.id)
    assert toy.marks.of(["k4"])[0].tags == ("method",)
    with pytest.raises(LibraryError, match="nothing to undo"):
        toy.records.undo()


def test_an_unknown_name_removes_nothing(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(3))))
    with pytest.raises(UnknownPaper):
        toy.records.remove("k1", "nonsense beyond doubt")
    assert len(ids(toy)) == 3


@pytest.mark.parametrize("sync", [False, True])
def test_undo_of_an_import_gives_back_what_was(toy: Library, write: Write, sync: bool) -> None:
    toy.add(write(*map(record, range(12))))
    before = snapshot(toy)
    other = [record(0, id="o0", venue="Elsewhere", doi="10.1000/x"), record(40), record(41)]
    toy.add(write(*other, name="other.jsonl"))
    assert len(toy.snapshot.paper("k0").sources) == 2
    assert toy.records.undo().files == ("other.jsonl",)
    assert snapshot(toy) == before
    toy.add(write(record(2, title=f"{record(2)['title']}, again"), *map(record, range(3, 9))), sync=sync)
    assert len(ids(toy)) == (7 if sync else 12)
    toy.records.undo()  # places in the file stay as they were seen last
    papers, _, records = snapshot(toy)
    assert [replace(paper, sources=()) for paper in papers] == [replace(paper, sources=()) for paper in before[0]]
    assert [[one.paper for one in of] for of in records] == [[one.paper for one in of] for of in before[2]]


def test_undo_takes_back_what_the_import_itself_joined(toy: Library, write: Write) -> None:
    toy.add(write(record(1)))
    same = {"title": "Peat and the water table", "authors": ["Moss, A."], "abstract": ""}
    one, two = {**same, "id": "x", "doi": "10.1000/d", "year": 2001}, {**same, "id": "y", "pmid": "77", "year": 2009}
    third = {**same, "id": "z", "doi": "10.1000/d", "pmid": "77"}
    toy.add(write(one, two, third, name="three.jsonl"))
    assert toy.records.info().papers == 2
    toy.records.undo()
    assert ids(toy) == ["k1"]


@pytest.mark.slow
def test_undo_covers_an_import_that_was_interrupted_and_went_on(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(3))))
    file = write(*map(record, range(10, 620)), name="big.jsonl")

    class Stop(Exception):
        pass

    def stop(step: object) -> None:
        raise Stop

    with pytest.raises(Stop):
        toy.add(file, progress=stop)
    assert toy.records.info().papers == 503
    toy.add(file)
    assert toy.records.info().papers == 3 + 610
    toy.records.undo()
    assert toy.records.info().papers == 3


# ------------------------------------------------------------------------------------------------------- merges


def test_a_merge_can_be_seen_and_undone_for_good(toy: Library, write: Write) -> None:
    toy.add(write(record(1, doi="10.1000/x"), record(2), record(3)))
    file = write(record(1, id="other", doi="10.1000/x", year=2002, abstract="Another text"), name="b.jsonl")
    assert toy.add(file).merged == 1
    assert [paper.id for paper in toy.records.merged()] == ["k1"]
    first, second = toy.records.of(["k1"])[0]
    assert (first.reason, first.version, first.source.file) == ("", False, "list.jsonl")
    assert (second.reason, second.paper.year) == ("same DOI, 10.1000/x", 2002)
    alone = toy.records.split(second.number)
    assert (alone.id, alone.year, alone.abstract) == ("other", 2002, "Another text")
    assert toy.snapshot.paper("k1").abstract == record(1)["abstract"]
    assert toy.records.merged() == []
    assert toy.add(file).unchanged == 1  # and they stay two
    assert toy.records.info().papers == 4
    with pytest.raises(LibraryError, match="not merged"):
        toy.records.split(second.number)
    both = toy.records.join("k1", "other")
    assert [one.reason for one in toy.records.of([both.id])[0]] == ["", "joined by hand"]
    assert toy.records.info().papers == 3


def test_versions_of_one_work_are_one_dot_with_a_list_inside(toy: Library, write: Write) -> None:
    text = " ".join(f"{word} is studied with care" for word in WORDS)
    preprint = record(1, arxiv="2206.11795", venue="arXiv", abstract=text)
    article = record(1, id="article", doi="10.1000/x", year=2003, venue="A Journal", abstract=text + " Extended.")
    toy.add(write(preprint, record(2), article))
    assert ids(toy) == ["k1", "k2"]
    paper = toy.snapshot.paper("k1")
    assert (paper.doi, paper.arxiv, paper.year, paper.venue) == ("10.1000/x", "2206.11795", 2003, "A Journal")
    assert [one.version for one in toy.records.of(["k1"])[0]] == [False, True]


def test_near_copies_are_offered_not_merged(toy: Library, write: Write) -> None:
    text = " ".join(f"{word} is studied with care" for word in WORDS)
    toy.add(write(record(1, abstract=text), record(2, abstract=text, title="A thesis on something else"), record(3)))
    assert toy.records.info().papers == 3
    (pair,) = toy.records.review()
    assert {pair.one.id, pair.other.id} == {"k1", "k2"}
    assert pair.reason == "100% of the shorter abstract’s words are in the other"
    toy.records.keep_apart("k1", "k2")
    assert toy.records.review() == []


# ------------------------------------------------------------------------------------------------------ old files


def test_a_library_of_the_first_version_is_migrated(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    db = sqlite3.connect(folder / FILE)
    db.executescript(migrations()[0])
    db.execute("PRAGMA user_version = 1")
    row = (1, "k1", "Paper about moss", "The moss.", '["Writer, A."]', 2001, "V", "10.1000/x", "", "", "", "[]",
           "paper about moss", "writer a writer", "v", "0" * 32, 20)  # fmt: skip
    db.execute(f"INSERT INTO papers VALUES ({','.join('?' * 17)})", row)
    db.executemany("INSERT INTO sources VALUES (1, ?, ?, ?, 'k1')", [("a.csv", 1, 2), ("b.csv", 4, 5)])
    db.execute("INSERT INTO identities VALUES ('doi:10.1000/x', 1)")
    db.execute("INSERT INTO settings VALUES ('encoder', 'toy'), ('revision', '1')")
    db.commit()
    db.close()
    with Library.open(folder, write=False, encoder=ToyEncoder()) as library:  # a reader migrates, too
        assert library.snapshot.paper("10.1000/x").id == "k1"
        assert [(s.file, s.record) for s in library.snapshot.paper("k1").sources] == [("a.csv", 1), ("b.csv", 4)]
    with Library.open(folder, encoder=ToyEncoder()) as library:
        file = tmp_path / "a.csv"
        file.write_text("id,title,abstract,doi\nk1,Paper about moss,The moss and the fern.,10.1000/x\n")
        assert library.add(file).updated == 1
        assert library.snapshot.paper("k1").abstract == "The moss and the fern."


@pytest.mark.slow
def test_a_killed_import_can_be_undone(tmp_path: Path, write: Write) -> None:
    """A real process, ended while it embeds; the next one undoes what it had read."""
    folder = tmp_path / "library"
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(write(*map(record, range(3))))
    file = write(*map(record, range(10, 600)), name="big.jsonl")
    code = (
        "import os, sys; from explorer.library import Library; from embeddings.toy import ToyEncoder\n"
        "def die(step):\n    if step.stage == 'Embedding': os.kill(os.getpid(), 9)\n"
        "Library.open(sys.argv[1], encoder=ToyEncoder()).add(sys.argv[2], progress=die)"
    )
    ended = subprocess.run([sys.executable, "-c", code, folder, file], cwd=ROOT, check=False)
    assert ended.returncode == -9
    with Library.open(folder, encoder=ToyEncoder()) as library:
        assert library.records.info().papers == 593
        library.records.undo()
        assert library.records.info().papers == 3
        assert sorted(ids(library)) == ["k0", "k1", "k2"]
