"""Papers copied and moved between libraries: all of them, with what belongs to them, and nothing lost by a kill."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace

import numpy as np
import pytest

from conftest import ROOT, paper
from embeddings.toy import ToyEncoder
from explorer.errors import UnknownPaper
from explorer.libraries.transfer import copy, move
from explorer.library import Library
from explorer.paper import Source
from explorer.store import Kind
from support.command import explorer
from support.papers import CountingEncoder

PAPERS = [
    paper("Peat and carbon", "Bogs hold carbon.", key="peat", record=1, doi="10.1000/peat", year=2001,
          authors=["Roe, J."], venue="Soils", keywords=["peat"], collections=["Thesis/Bogs"], url="https://example.org/peat"),
    paper("Birds of the sea", "Gulls eat fish.", key="birds", record=2, year=2002, authors=["Doe, A."]),
    paper("Moss in the wood", "Moss is green.", key="moss", record=3, year=2003, authors=["Ash, B."]),
]  # fmt: skip


@pytest.fixture
def pair(tmp_path):
    """Two libraries: the first of three papers, the second of a record of the first of them, without abstract."""
    with (
        Library.open(tmp_path / "a", encoder=ToyEncoder()) as a,
        Library.open(tmp_path / "b", encoder=CountingEncoder()) as b,
    ):
        a.add(PAPERS)
        bare = paper("Peat and carbon", key="roe2001", doi="10.1000/peat", authors=["Roe, J."])
        b.add([replace(bare, sources=(Source("roe.bib", 1, 1, "roe2001"),))])
        b.encoder.current.encoded.clear()
        yield a, b


def vectors(library):
    with sqlite3.connect(library.folder / "library.sqlite") as db:
        return dict(db.execute("SELECT text_hash, vector FROM vectors"))


def fields(each):
    return {name: value for name, value in vars(each).items() if name not in ("id", "sources", "heading")}


def test_a_copy_has_all_fields_and_the_vectors_bit_by_bit(pair):
    a, b = pair
    done = copy(a, b, ["birds", "moss"], name="a")
    assert (done.report.added, done.vectors, done.removed) == (2, 2, ())
    assert b.encoder.current.encoded == []
    assert vectors(a).items() & vectors(b).items() >= {item for item in vectors(a).items() if item[0] in vectors(b)}
    for name in ("birds", "moss"):
        assert fields(b.snapshot.paper(name)) == fields(a.snapshot.paper(name))
        assert b.snapshot.paper(name).sources == a.snapshot.paper(name).sources
    rows = [(library.snapshot, library.snapshot.row("moss")) for library in pair]
    assert np.array_equal(*(snapshot.arrays.index.at(np.array([row])) for snapshot, row in rows))
    assert len(a.snapshot.papers()) == 3
    latest = b.records.info().imports[0]
    assert (latest.files, latest.kind, latest.added) == (("library a",), "add", 2)


def test_it_is_merged_as_by_an_import_and_undone(pair):
    a, b = pair
    before = [fields(each) for each in b.snapshot.papers()]
    done = copy(a, b, ["peat", "birds"], name="a")
    assert (done.report.added, done.report.merged) == (1, 1)
    peat = b.snapshot.paper("10.1000/peat")
    assert (peat.id, peat.abstract, peat.collections) == ("roe2001", "Bogs hold carbon.", ("Thesis/Bogs",))
    assert [record.reason for record in b.records.of([peat.id])[0]][1] == "same DOI, 10.1000/peat"
    again = copy(a, b, ["peat", "birds"], name="a")
    assert (again.report.added, again.report.unchanged) == (0, 2)
    b.records.undo()
    assert len(b.snapshot.papers()) == 2  # the second copy changed nothing
    b.records.remove("birds")
    with Library.open(b.folder.parent / "c", encoder=ToyEncoder()) as c:
        c.add([PAPERS[1]])
        copy(a, c, ["peat"], name="a")
        c.records.undo()
        assert [each.id for each in c.snapshot.papers()] == ["birds"]
    assert len(before) == 1


def test_a_move_takes_marks_along_and_can_be_brought_back(pair):
    a, b = pair
    a.marks.put(Kind.COLLECTION, "liked", "peat")
    a.marks.put(Kind.TAG, "wet", "peat", "moss")
    a.marks.note("peat", "Read again.")
    a.marks.see("moss")
    b.marks.note("roe2001", "From Roe.")
    done = move(a, b, ["peat", "moss"], name="a")
    assert [each.id for each in done.removed] == ["peat", "moss"]
    assert [each.id for each in a.snapshot.papers()] == ["birds"]
    [peat, moss] = b.marks.of(["roe2001", "moss"])
    assert (peat.collections, peat.tags, peat.note) == (("liked",), ("wet",), "From Roe.\nRead again.")
    assert (moss.tags, moss.seen) == (("wet",), True)
    a.records.undo()
    assert [fields(each) for each in a.snapshot.papers()] == [fields(each) for each in PAPERS]
    assert a.marks.of(["peat"])[0].note == "Read again."


def test_what_was_joined_by_hand_stays_joined(pair):
    a, b = pair
    a.records.join("birds", "moss")
    copy(a, b, ["birds"], name="a")
    assert len(b.snapshot.papers()) == 2
    assert [record.paper.title for record in b.records.of(["birds"])[0]] == [PAPERS[1].title, PAPERS[2].title]


def test_of_another_model_the_texts_are_embedded_anew(pair, tmp_path):
    stranger = CountingEncoder()
    stranger.name = "stranger"
    with Library.open(tmp_path / "c", encoder=stranger) as c:
        assert copy(pair[0], c, ["moss"], name="a").vectors is None
        assert stranger.encoded[0].startswith("Moss in the wood.")


def test_what_is_not_there_changes_nothing(pair):
    a, b = pair
    with pytest.raises(UnknownPaper):
        move(a, b, ["moss", "nowhere"], name="a")
    assert (len(a.snapshot.papers()), len(b.snapshot.papers())) == (3, 1)
    assert len(b.records.info().imports) == 1


# ------------------------------------------------------------------------------------------------ the command line


@pytest.fixture
def folders(pair):
    """The two libraries, closed."""
    for library in pair:
        library.close()
    return [library.folder for library in pair]


def test_the_command_copies_by_name_filter_and_query(folders):
    a, b = folders
    done = explorer("copy", "moss", "--library", a, "--to", b)
    assert (done.returncode, done.stdout) == (0, "b: 1 added, 0 already here, of 1 record\n")
    assert f"explorer undo --library {b}" in done.stderr
    made = explorer("copy", "--year", "2002..", "--library", a, "--to", b.parent / "new")
    assert made.stdout == "new: 2 added, 0 already here, of 2 records\n", made.stderr
    best = explorer("copy", "--query", "gulls", "-k", "1", "--move", "--library", a, "--to", b)
    assert best.stdout == "b: 1 added, 0 already here, of 1 record\na: 1 paper taken out\n", best.stderr
    with Library.open(b, write=False) as library:
        assert {each.id for each in library.snapshot.papers()} == {"roe2001", "moss", "birds"}


def test_the_command_says_what_it_lacks(folders):
    a, b = folders
    for arguments, words in (
        ((), "say which papers"),
        (("moss", "--year", "2003"), "say which papers"),
        (("--query", "gulls"), "'gulls' ranks all papers; say how many of the best with -k"),
        (("nowhere",), "no paper with id, DOI or title 'nowhere'"),
    ):
        assert words in explorer("copy", *arguments, "--library", a, "--to", b).stderr
    assert "stands twice" in explorer("copy", "moss", "--library", a, "--to", a).stderr
    assert explorer("copy", "--year", "1900", "--library", a, "--to", b).returncode == 1
    assert not (a.parent / "no").exists()
    assert "no library in" in explorer("copy", "moss", "--library", a.parent / "no", "--to", b).stderr


KILLED = """
    import os, signal, sys
    from explorer.cli.main import main
    from explorer.store.database import Database

    left, commit = int(sys.argv[1]), Database.transaction
    def counted(self):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return commit(self)
    Database.transaction = counted
    sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.slow
def test_a_kill_at_any_commit_loses_nothing_and_the_same_command_goes_on(folders, tmp_path):
    program = tmp_path / "killed.py"
    program.write_text(textwrap.dedent(KILLED))
    with Library.open(folders[0], encoder=ToyEncoder()) as library:
        library.marks.note("peat", "Read again.")
    kills, both = 0, 0
    for count in range(60):
        a, b = (shutil.copytree(folder, tmp_path / f"{count}" / folder.name) for folder in folders)
        command = ["copy", "--move", "peat", "moss", "--library", str(a), "--to", str(b)]
        started = [sys.executable, program, str(count), *command]
        done = subprocess.run(started, cwd=ROOT, capture_output=True, check=False)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        kills += 1
        with Library.open(a, write=False) as first, Library.open(b, write=False) as second:
            ours, theirs = ({each.title for each in _stored(library)} for library in (first, second))
        assert ours | theirs == {each.title for each in PAPERS}
        both += "Moss in the wood" in ours & theirs
        again = explorer(*command)
        assert again.returncode == 0, again.stderr
        with Library.open(a, write=False) as first, Library.open(b, write=False) as second:
            assert {each.id for each in first.snapshot.papers()} == {"birds"}
            assert {each.title for each in second.snapshot.papers()} == {PAPERS[0].title, PAPERS[2].title}
            assert second.marks.of(["roe2001"])[0].note == "Read again."
    assert kills > 5
    assert 0 < both < kills


def _stored(library):
    """All papers that are committed, on the map or not."""
    return library._store.papers.fetch([key for key, _ in library._store.papers.titles()])
