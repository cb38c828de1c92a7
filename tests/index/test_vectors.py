"""Vectors of a large library: read row by row, each compared with its checksum; codes that lack are made anew."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from conftest import ROOT, paper
from embeddings.index import VectorIndex
from embeddings.toy import ToyEncoder
from embeddings.vectors import unit_rows
from explorer.errors import DamagedLibrary
from explorer.index import disk, files
from explorer.index.partial import without_rows
from explorer.index.vectors import sums_of
from explorer.library import Library
from explorer.search import ranking


def papers(*numbers):
    return [paper(f"Paper {n} of voles", f"voles and item{n}", record=n, key=f"k{n}") for n in numbers]


@pytest.fixture
def large(toy, monkeypatch):
    """A library of 40 papers that counts as large, of which this process has compared nothing yet."""
    monkeypatch.setattr(ranking, "WHOLE", 20)
    monkeypatch.setattr(files, "PIECE", 256)
    toy.add(papers(*range(40)))
    toy.close()
    monkeypatch.setattr(files, "_sound", {})
    return toy.folder


def folder_in(library):
    return next(iter((library / "derived").iterdir()))


def flip(file, place):
    data = bytearray(file.read_bytes())
    data[place] ^= 4
    file.write_bytes(data)


def answer(folder):
    with Library.open(folder, write=False, encoder=ToyEncoder()) as reader:
        return [(result.paper.id, round(result.similarity, 5)) for result in reader.search("voles and item7", 12)]


@pytest.fixture
def compared(monkeypatch):
    names = []
    compare = files.CheckedFile._compare
    monkeypatch.setattr(
        files.CheckedFile, "_compare", lambda self, *piece: names.append(self.path.name) or compare(self, *piece)
    )
    return names


def test_a_large_library_answers_as_it_did_when_it_was_small(large, toy, monkeypatch):
    folder = folder_in(large)
    assert {"vectors.npy", "sums.npy", "codes.faiss"} <= {path.name for path in folder.iterdir()}
    assert not (folder / "index.faiss").exists()
    wanted = answer(large)
    monkeypatch.setattr(ranking, "WHOLE", 100)
    assert answer(large) == wanted


def test_a_question_reads_the_rows_that_it_wants_and_no_more(large, compared):
    index = disk.read(large, folder_in(large).name).index
    rows = np.array([3, 7])
    np.testing.assert_array_equal(index.at(rows), index.at(np.array([3, 7])))
    assert compared.count("vectors.npy") == 1  # its beginning
    index.vectors()
    assert compared.count("vectors.npy") == -(-(folder_in(large) / "vectors.npy").stat().st_size // 256)


def test_a_row_that_changed_is_not_used(large):
    flip(folder_in(large) / "vectors.npy", -5)
    index = disk.read(large, folder_in(large).name).index
    assert len(index.at(np.array([3, 7]))) == 2
    with pytest.raises(
        DamagedLibrary, match=r"vectors\.npy cannot be used: the checksum of vector 39 .*explorer build"
    ):
        index.at(np.array([7, 39]))
    with pytest.raises(DamagedLibrary, match=r"vectors\.npy"):
        index.vectors()
    with Library.open(large, encoder=ToyEncoder()) as library:
        places = library.map.tobytes()
        library.build()
        assert library.map.tobytes() == places and disk.damages(large, library.snapshot.version) == []


@pytest.mark.parametrize("how", ["missing", "short", "flipped"])
def test_codes_that_lack_are_made_anew_and_written_by_a_build(large, how):
    wanted, file = answer(large), folder_in(large) / "codes.faiss"
    whole = file.read_bytes()
    files._sound.clear()
    if how == "flipped":
        flip(file, -9)
    elif how == "short":
        file.write_bytes(whole[:-1])
    else:
        file.unlink()
    assert answer(large) == wanted
    [(place, _)] = disk.damages(large, folder_in(large).name)
    assert place.endswith("/codes.faiss")
    with Library.open(large, encoder=ToyEncoder()) as library:
        library.build()
        assert disk.damages(large, library.snapshot.version) == []
    assert (folder_in(large) / "codes.faiss").read_bytes() == whole and answer(large) == wanted


def test_a_large_library_of_the_version_before_answers_the_same(large, monkeypatch):
    """It has its vectors in a single file, and no codes."""
    wanted, folder = answer(large), folder_in(large)
    disk.read(large, folder.name).index.save(folder / "index.faiss")
    for name in ("vectors.npy", "sums.npy", "codes.faiss"):
        (folder / name).unlink()
    files.write_manifest(folder, folder.name)
    assert answer(large) == wanted
    assert disk.read(large, folder.name).recall is None


def test_papers_come_to_a_large_library_and_go(large):
    with Library.open(large, encoder=ToyEncoder()) as library:
        library.add(papers(77))
        assert library.search("item77", 3)[0].paper.title == "Paper 77 of voles"
        library.records.remove("k7")
        assert "k7" not in [result.paper.id for result in library.search("voles and item7", 40)]
        assert len(library.search("voles", 50)) == 40


def test_a_paper_that_goes_copies_no_vectors(large, monkeypatch):
    snapshot = disk.read(large, folder_in(large).name)
    wanted = VectorIndex.build(snapshot.index.vectors()[snapshot.keys != 9])
    monkeypatch.setattr(VectorIndex, "build", lambda vectors: pytest.fail("copied"))
    rest = without_rows(snapshot, snapshot.keys == 9)
    assert len(rest.index) == 39 and 9 not in rest.keys
    np.testing.assert_array_equal(rest.index.vectors(), wanted.vectors())
    assert rest.neighbours.min() >= 0 and rest.neighbours.max() < 39


@pytest.mark.parametrize("dimension", [1, 7, 8, 384])
def test_a_checksum_changes_with_any_bit(dimension):
    vectors = unit_rows(np.random.default_rng(0).normal(size=(1, dimension)))
    whole = sums_of(vectors)[0]
    data = bytearray(vectors.tobytes())
    for bit in range(0, 8 * len(data), 5):
        data[bit // 8] ^= 1 << bit % 8
        assert sums_of(np.frombuffer(bytes(data), np.float32)[None])[0] != whole
        data[bit // 8] ^= 1 << bit % 8
    assert sums_of(vectors)[0] == whole and sums_of(vectors[:0]).shape == (0,)


def test_how_good_the_graph_is_lies_in_the_manifest_and_is_told(toy):
    toy.add(papers(*range(40)))
    assert disk.read(toy.folder, toy.snapshot.version).recall.share == 1.0
    assert toy.records.info().recall.words == "100.0 % of the nearest 15"
    toy.add(papers(99))
    assert toy.records.info().recall.words == "100.0 % of the nearest 15"
    assert VectorIndex.build(np.zeros((0, 4), np.float32)).at(np.zeros(0, np.int64)).shape == (0, 4)


KILLED = """
import os, signal, sys
from pathlib import Path
from conftest import paper
from embeddings.codes import Codes
from embeddings.toy import ToyEncoder
from explorer.index import vectors
from explorer.library import Library
from explorer.search import ranking

ranking.WHOLE = 20
folder, first, end, moment = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def half(self, path):
    path.write_bytes(bytes(100))
    kill()

if moment == "codes":
    Codes.save = half
elif moment == "sums":
    vectors.sums_of = kill
papers = [paper(f"Paper {n} of voles", f"voles and item{n}", record=n, key=f"k{n}") for n in range(first, end)]
with Library.open(folder, encoder=ToyEncoder()) as library:
    library.add(papers)
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["codes", "sums"])
def test_killed_while_vectors_are_written_nothing_is_lost_and_the_end_is_the_same(tmp_path, moment, monkeypatch):
    monkeypatch.setattr(ranking, "WHOLE", 20)

    def add(folder, *arguments):
        where = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
        command = [sys.executable, "-c", KILLED, str(tmp_path / folder), *map(str, arguments)]
        return subprocess.run(command, env=where, capture_output=True, text=True, check=False).returncode

    for folder in ("calm", "harried"):
        assert add(folder, 0, 30, "") == 0
    before = answer(tmp_path / "harried")
    assert add("harried", 30, 50, moment) == -signal.SIGKILL
    assert answer(tmp_path / "harried") == before  # the snapshot that was there
    for folder in ("calm", "harried"):
        assert add(folder, 30, 50, "") == 0
    assert answer(tmp_path / "harried") == answer(tmp_path / "calm")
    ends = [folder_in(tmp_path / folder) for folder in ("calm", "harried")]
    assert len(list(ends[1].parent.iterdir())) == 1
    for name in ("vectors.npy", "sums.npy", "codes.faiss", "map.npy"):
        assert (ends[0] / name).read_bytes() == (ends[1] / name).read_bytes()
