"""The living library: files that change, merges that are seen and undone, marks that stay, newcomers on the map."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conftest import ROOT, paper
from embeddings.encoder import ToyEncoder
from explorer.errors import LibraryError, UnknownPaper
from explorer.library import Library
from explorer.store import HIDDEN, LIKED, Filter, Kind, Marks
from explorer.store.database import FILE, MIGRATIONS

WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi omicron pi rho sigma tau".split()
Write = Callable[..., Path]


def record(number: int, **fields: object) -> dict[str, object]:
    words = [WORDS[(number * 3 + step) % len(WORDS)] for step in range(4)]
    title = f"Paper about {words[0]}{number} and {words[1]}"
    given = {"id": f"k{number}", "title": title, "abstract": " ".join(words) * 3, "year": 2000 + number}
    return {**given, "authors": [f"Writer{number}, A."], **fields}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(*records: dict[str, object], name: str = "list.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(one) + "\n" for one in records))
        return path

    return write_file


class Counting(ToyEncoder):
    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts):
        self.encoded += texts
        return super().encode(texts)


def ids(library: Library) -> list[str]:
    return [paper.id for paper in library.papers()]


# ------------------------------------------------------------------------------------------------ changed files


def test_a_changed_export_updates_and_embeds_only_what_changed(tmp_path: Path, write: Write) -> None:
    encoder = Counting()
    with Library.open(tmp_path / "library", encoder=encoder) as library:
        library.add(write(*map(record, range(9))))
        library.mark(Kind.COLLECTION, LIKED, "k3")
        encoder.encoded.clear()
        changed = record(3, title="Paper about delta3 and epsilon, revised", venue="New")
        report = library.add(write(record(20), *map(record, range(3)), changed, *map(record, range(4, 9))))
        assert (report.added, report.updated, report.unchanged, report.merged) == (1, 1, 8, 0)
        assert report.read == 10
        assert len(encoder.encoded) == 2
        paper = library.paper("k3")
        assert (paper.title, paper.venue) == ("Paper about delta3 and epsilon, revised", "New")
        assert [source.record for source in paper.sources] == [5]
        assert library.marks(["k3"])[0].collections == (LIKED,)


def test_a_record_without_a_key_is_updated_where_its_title_stays(toy: Library, write: Write) -> None:
    old = {name: value for name, value in record(1).items() if name != "id"}
    toy.add(write(old))
    report = toy.add(write({**old, "abstract": "An abstract at last"}))
    assert (report.added, report.updated) == (0, 1)
    assert toy.papers()[0].abstract == "An abstract at last"
    assert len(toy.papers()[0].sources) == 1


def test_what_a_poorer_export_leaves_out_is_kept(toy: Library, write: Write) -> None:
    toy.add(write(record(1, doi="10.1000/x")))
    poorer = {"id": "k1", "title": record(1)["title"], "venue": "Now known"}
    toy.add(write(poorer))
    paper = toy.paper("k1")
    assert (paper.abstract, paper.doi, paper.venue) == (record(1)["abstract"], "10.1000/x", "Now known")


def test_a_row_number_that_now_belongs_to_another_paper_is_no_update(toy: Library, write: Write) -> None:
    toy.add(write(record(1, id="1"), record(2, id="2")))
    report = toy.add(write(record(5, id="1"), record(2, id="2")))
    assert (report.added, report.updated, report.unchanged) == (1, 0, 1)
    assert toy.info().papers == 3


def test_an_id_that_comes_later_joins_two_papers(toy: Library, write: Write) -> None:
    toy.add(write(record(1, doi="10.1000/x"), name="one.jsonl"))
    toy.add(write(record(2, title="Paper about eta2 and alpha1", authors=record(1)["authors"]), name="two.jsonl"))
    toy.mark(Kind.TAG, "mine", "k2")
    toy.note("k2", "a note")
    assert toy.info().papers == 2
    again = record(2, title="Paper about eta2 and alpha1", doi="10.1000/x", authors=record(1)["authors"])
    report = toy.add(write(again, name="two.jsonl"))
    assert report.updated == 1
    assert ids(toy) == ["k2"]
    assert len(toy.records("k2")) == 2
    assert toy.marks(["k2"]) == [Marks(tags=("mine",), note="a note")]
    toy.undo()
    assert ids(toy) == ["k1", "k2"]
    assert toy.paper("k2").doi == ""


def test_sync_makes_the_library_equal_to_the_file(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(6))))
    toy.add(write(record(4), record(30), name="other.jsonl"))
    file = write(record(0), record(1, venue="V"), *map(record, range(7, 9)))
    before = (toy.version, ids(toy), toy.info().imports)
    tried = toy.add(file, sync=True, dry_run=True)
    assert (toy.version, ids(toy), toy.info().imports) == before
    report = toy.add(file, sync=True)
    assert tried == report
    assert (report.added, report.updated, report.unchanged, report.removed) == (2, 1, 1, 3)
    assert sorted(ids(toy)) == ["k0", "k1", "k30", "k4", "k7", "k8"]  # k4 is in the other file
    assert [source.file for source in toy.paper("k4").sources] == ["other.jsonl"]


def test_sync_removes_nothing_while_a_record_cannot_be_read(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(3))))
    file = write(record(0))
    file.write_text(file.read_text() + '{"title": "broken\n')
    report = toy.add(file, sync=True)
    assert (report.removed, report.lost) == (0, 1)
    assert "2 records are not in the file any more, but were kept" in report.problems[-1].reason
    assert len(ids(toy)) == 3


def test_sync_lets_go_of_a_field_the_file_no_longer_has(toy: Library, write: Write) -> None:
    toy.add(write(record(1, venue="Wrong")))
    toy.add(write(record(1)), sync=True)
    assert toy.paper("k1").venue == ""


# ---------------------------------------------------------------------------------------------- remove and undo


def snapshot(library: Library) -> list[object]:
    return [library.papers(), library.map.tobytes(), [library.records(name) for name in ids(library)]]


def test_removal_and_its_undoing(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(12))))
    toy.mark(Kind.TAG, "method", "k4")
    before = snapshot(toy)
    assert [paper.id for paper in toy.remove("k4", "k7")] == ["k4", "k7"]
    assert "k4" not in ids(toy)
    with pytest.raises(UnknownPaper):
        toy.paper("k4")
    assert toy.undo().kind == "remove"
    papers = before[0]
    assert sorted(toy.papers(), key=lambda paper: paper.id) == sorted(papers, key=lambda paper: paper.id)
    assert toy.marks(["k4"])[0].tags == ("method",)
    with pytest.raises(LibraryError, match="nothing to undo"):
        toy.undo()


def test_an_unknown_name_removes_nothing(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(3))))
    with pytest.raises(UnknownPaper):
        toy.remove("k1", "nonsense beyond doubt")
    assert len(ids(toy)) == 3


@pytest.mark.parametrize("sync", [False, True])
def test_undo_of_an_import_gives_back_what_was(toy: Library, write: Write, sync: bool) -> None:
    toy.add(write(*map(record, range(12))))
    before = snapshot(toy)
    other = [record(0, id="o0", venue="Elsewhere", doi="10.1000/x"), record(40), record(41)]
    toy.add(write(*other, name="other.jsonl"))
    assert len(toy.paper("k0").sources) == 2
    assert toy.undo().files == ("other.jsonl",)
    assert snapshot(toy) == before
    toy.add(write(record(2, title="Paper about zeta2 and eta, again"), *map(record, range(3, 9))), sync=sync)
    assert len(ids(toy)) == (7 if sync else 12)
    toy.undo()  # places in the file stay as they were seen last
    papers, _, records = snapshot(toy)
    assert [replace(paper, sources=()) for paper in papers] == [replace(paper, sources=()) for paper in before[0]]
    assert [[one.paper for one in of] for of in records] == [[one.paper for one in of] for of in before[2]]


def test_undo_takes_back_what_the_import_itself_joined(toy: Library, write: Write) -> None:
    toy.add(write(record(1)))
    same = {"title": "Peat and the water table", "authors": ["Moss, A."], "abstract": ""}
    one, two = {**same, "id": "x", "doi": "10.1000/d", "year": 2001}, {**same, "id": "y", "pmid": "77", "year": 2009}
    third = {**same, "id": "z", "doi": "10.1000/d", "pmid": "77"}
    toy.add(write(one, two, third, name="three.jsonl"))
    assert toy.info().papers == 2
    toy.undo()
    assert ids(toy) == ["k1"]


def test_undo_covers_an_import_that_was_interrupted_and_went_on(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(3))))
    file = write(*map(record, range(10, 1200)), name="big.jsonl")

    class Stop(Exception):
        pass

    def stop(step: object) -> None:
        raise Stop

    with pytest.raises(Stop):
        toy.add(file, progress=stop)
    assert toy.info().papers == 503
    toy.add(file)
    assert toy.info().papers == 3 + 1190
    toy.undo()
    assert toy.info().papers == 3


# ------------------------------------------------------------------------------------------------------- merges


def test_a_merge_can_be_seen_and_undone_for_good(toy: Library, write: Write) -> None:
    toy.add(write(record(1, doi="10.1000/x"), record(2), record(3)))
    file = write(record(1, id="other", doi="10.1000/x", year=2002, abstract="Another text"), name="b.jsonl")
    assert toy.add(file).merged == 1
    assert [paper.id for paper in toy.merged()] == ["k1"]
    first, second = toy.records("k1")
    assert (first.reason, first.version, first.source.file) == ("", False, "list.jsonl")
    assert (second.reason, second.paper.year) == ("same DOI, 10.1000/x", 2002)
    alone = toy.split(second.number)
    assert (alone.id, alone.year, alone.abstract) == ("other", 2002, "Another text")
    assert toy.paper("k1").abstract == record(1)["abstract"]
    assert toy.merged() == []
    assert toy.add(file).unchanged == 1  # and they stay two
    assert toy.info().papers == 4
    with pytest.raises(LibraryError, match="not merged"):
        toy.split(second.number)
    both = toy.join("k1", "other")
    assert [one.reason for one in toy.records(both.id)] == ["", "joined by hand"]
    assert toy.info().papers == 3


def test_versions_of_one_work_are_one_dot_with_a_list_inside(toy: Library, write: Write) -> None:
    text = " ".join(f"{word} is studied with care" for word in WORDS)
    preprint = record(1, arxiv="2206.11795", venue="arXiv", abstract=text)
    article = record(1, id="article", doi="10.1000/x", year=2003, venue="A Journal", abstract=text + " Extended.")
    toy.add(write(preprint, record(2), article))
    assert ids(toy) == ["k1", "k2"]
    paper = toy.paper("k1")
    assert (paper.doi, paper.arxiv, paper.year, paper.venue) == ("10.1000/x", "2206.11795", 2003, "A Journal")
    assert [one.version for one in toy.records("k1")] == [False, True]


def test_near_copies_are_offered_not_merged(toy: Library, write: Write) -> None:
    text = " ".join(f"{word} is studied with care" for word in WORDS)
    toy.add(write(record(1, abstract=text), record(2, abstract=text, title="A thesis on something else"), record(3)))
    assert toy.info().papers == 3
    (pair,) = toy.review()
    assert {pair.one.id, pair.other.id} == {"k1", "k2"}
    assert pair.reason == "100% of the shorter abstract’s words are in the other"
    toy.keep_apart("k1", "k2")
    assert toy.review() == []


# -------------------------------------------------------------------------------------------------------- marks


def test_collections_tags_and_notes_filter_everywhere(toy: Library, write: Write) -> None:
    toy.add(write(*(record(i, collections=["Thesis/One"] if i < 3 else ["Thesis2"]) for i in range(6))))
    toy.mark(Kind.COLLECTION, LIKED, "k1", "k4")
    toy.mark(Kind.TAG, "method", "k4")
    toy.note("k4", "  read this ")
    assert toy.marks(["k4", "k0"]) == [
        Marks(("Thesis2",), (LIKED,), ("method",), "read this"), Marks(("Thesis/One",)),
    ]  # fmt: skip

    def found(**within: str) -> set[str]:
        return {result.paper.id for result in toy.search("alpha", 10, within=Filter(**within))}

    assert found(collection=LIKED) == {"k1", "k4"}
    assert found(collection="Thesis") == {"k0", "k1", "k2"}
    assert found(collection=LIKED, tag="method") == {"k4"}
    assert found(tag="nothing") == set()
    assert [(one.kind, one.name, one.papers) for one in toy.collections()] == [
        (Kind.COLLECTION, LIKED, 2),
        (Kind.FOLDER, "Thesis/One", 3),
        (Kind.FOLDER, "Thesis2", 3),
        (Kind.TAG, "method", 1),
    ]
    toy.unmark(Kind.COLLECTION, LIKED, "k1")
    toy.note("k4", "")
    assert toy.marks(["k1"])[0].collections == ()
    assert toy.marks(["k4"])[0].note == ""
    for label in ("", "  "):
        with pytest.raises(LibraryError, match="needs a name"):
            toy.mark(Kind.TAG, label, "k1")
    with pytest.raises(LibraryError, match="comes from a file"):
        toy.mark(Kind.FOLDER, "Thesis2", "k1")


def test_hidden_papers_are_found_only_where_they_are_asked_for(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(6))))
    toy.mark(Kind.COLLECTION, HIDDEN, "k2")
    assert "k2" not in {result.paper.id for result in toy.search("alpha", 10)}
    assert "k2" not in {result.paper.id for result in toy.similar("k1", 10)}
    assert "k2" not in {result.paper.id for result in toy.search("alpha", 10, within=Filter(year=(1990, None)))}
    assert [result.paper.id for result in toy.search("alpha", 10, within=Filter(collection=HIDDEN))] == ["k2"]
    assert toy.info().hidden == 1


def test_a_mark_can_be_set_while_another_process_writes(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(3))))
    with Library.open(toy.folder, write=False) as reader:
        reader.mark(Kind.COLLECTION, LIKED, "k1")  # `toy` holds the writer's lock
        assert reader.marks(["k1"])[0].collections == (LIKED,)
    assert toy.marks(["k1"])[0].collections == (LIKED,)


def test_folders_follow_the_file(toy: Library, write: Write) -> None:
    toy.add(write(record(1, collections=["Old"])))
    toy.add(write(record(1, collections=["New/Sub"])))
    assert toy.marks(["k1"])[0].folders == ("New/Sub",)
    assert toy.paper("k1").collections == ("New/Sub",)


# ---------------------------------------------------------------------------------------------------------- map


def test_newcomers_are_placed_and_nothing_else_moves(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(60))))
    before = dict(zip(ids(toy), toy.map.tolist(), strict=True))
    copy = record(7, id="copy", title="Wholly other words", doi="10.1000/other", authors=["Else, B."])
    toy.add(write(copy, name="new.jsonl"))
    after = dict(zip(ids(toy), toy.map.tolist(), strict=True))
    assert {name: after[name] for name in before} == before
    drawn = dict(zip(ids(toy), toy.current.drawn.tolist(), strict=True))
    assert [name for name in drawn if not drawn[name]] == ["copy"]
    assert toy.info().provisional == 1
    spread = np.ptp(toy.map, axis=0).max()
    nearest = toy.similar("copy", 1)[0].paper.id
    assert np.hypot(*(np.subtract(after["copy"], after[nearest]))) < 0.5 * spread
    assert toy.topics.levels[0].assignment[toy.row("copy")] in range(len(toy.topics.levels[0].labels))
    toy.redraw()
    assert toy.current.drawn.all()
    assert toy.info().provisional == 0


def test_many_newcomers_draw_the_map_anew(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(12))))
    toy.add(write(*map(record, range(12, 30)), name="more.jsonl"))
    assert toy.current.drawn.all()


def test_a_removed_paper_leaves_the_others_in_place(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(40))))
    before = dict(zip(ids(toy), toy.map.tolist(), strict=True))
    toy.remove("k5")
    after = dict(zip(ids(toy), toy.map.tolist(), strict=True))
    assert after == {name: place for name, place in before.items() if name != "k5"}


def test_all_papers_removed_leave_an_empty_library(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(3))))
    toy.remove("k0", "k1", "k2")
    with pytest.raises(LibraryError, match="holds no papers"):
        toy.search("alpha")
    toy.undo()
    assert len(ids(toy)) == 3


# ------------------------------------------------------------------------------------------------------ old files


def test_a_library_of_the_first_version_is_migrated(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    db = sqlite3.connect(folder / FILE)
    db.executescript(MIGRATIONS[0])
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
        assert library.paper("10.1000/x").id == "k1"
        assert [(s.file, s.record) for s in library.paper("k1").sources] == [("a.csv", 1), ("b.csv", 4)]
    with Library.open(folder, encoder=ToyEncoder()) as library:
        file = tmp_path / "a.csv"
        file.write_text("id,title,abstract,doi\nk1,Paper about moss,The moss and the fern.,10.1000/x\n")
        assert library.add(file).updated == 1
        assert library.paper("k1").abstract == "The moss and the fern."


def test_a_killed_import_can_be_undone(tmp_path: Path, write: Write) -> None:
    """A real process, ended while it embeds; the next one undoes what it had read."""
    folder = tmp_path / "library"
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(write(*map(record, range(3))))
    file = write(*map(record, range(10, 600)), name="big.jsonl")
    code = (
        "import os, sys; from explorer.library import Library; from embeddings.encoder import ToyEncoder\n"
        "def die(step):\n    if step.stage == 'Embedding': os.kill(os.getpid(), 9)\n"
        "Library.open(sys.argv[1], encoder=ToyEncoder()).add(sys.argv[2], progress=die)"
    )
    ended = subprocess.run([sys.executable, "-c", code, folder, file], cwd=ROOT, check=False)
    assert ended.returncode == -9
    with Library.open(folder, encoder=ToyEncoder()) as library:
        assert library.info().papers == 593
        library.undo()
        assert library.info().papers == 3
        assert sorted(ids(library)) == ["k0", "k1", "k2"]


def test_neighbours_go_on_as_if_found_anew(toy):
    """After papers came, went and changed, each paper's stored neighbours are those that the index finds."""
    words = [f"word{i}" for i in range(12)]

    def some(numbers):
        return [
            paper(f"title{i}", " ".join(words[(i * step) % 12] for step in (1, 2, 3, 5)), record=i, key=str(i))
            for i in numbers
        ]

    def check(count):
        build = toy.current
        vectors = build.index.vectors()
        expected = build.index.neighbours(5)[0]
        assert build.neighbours.shape == expected.shape == (count, 5)
        close = np.einsum("id,ijd->ij", vectors, vectors[build.neighbours])
        np.testing.assert_allclose(close, np.einsum("id,ijd->ij", vectors, vectors[expected]), atol=1e-6)
        assert all(row not in others and len(set(others)) == 5 for row, others in enumerate(build.neighbours.tolist()))

    toy.add(some(range(40)))
    toy.add(some(range(40, 43)))
    check(43)
    toy.remove("title7", "title20")
    check(41)
    toy.add([paper("lonely", "nobody says these", record=99, key="lonely")])
    toy.remove("lonely")  # which is nobody's neighbour
    check(41)
