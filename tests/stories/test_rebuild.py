"""What is damaged, deleted, newer, foreign or interrupted is named, refused or built again."""

import json
import sqlite3

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError, UnreadableFile
from explorer.library import Library
from explorer.library.report import Step
from support.papers import WORDS, CountingEncoder, related


@pytest.mark.parametrize("name", ["index.faiss", "map.npy", "topics.npy", "topics.json", "pairs.npy", "keys.npy"])
def test_a_flipped_bit_in_any_derived_file_is_noticed_and_mended_by_build(toy_with, name):
    toy = toy_with(related(20))
    whole = toy.map.tobytes()
    path = toy.folder / "derived" / toy.snapshot.version / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    with (
        Library.open(toy.folder, write=False) as reader,
        pytest.raises(LibraryError, match=f"{name} cannot be used.*explorer build"),
    ):
        arrays = reader.snapshot.arrays
        _ = arrays.index, arrays.positions, arrays.topics, arrays.pair_similarities
    toy.build()
    with Library.open(toy.folder, write=False) as reader:
        assert reader.map.tobytes() == whole


def test_deleted_derived_files_are_built_again_without_embedding(tmp_path):
    import shutil

    encoder = CountingEncoder()
    with Library.open(tmp_path / "lib", encoder=encoder) as library:
        library.add(related(20))
        before, count = library.map.tobytes(), len(encoder.encoded)
        shutil.rmtree(tmp_path / "lib" / "derived")
        library.build()
        assert (library.map.tobytes(), len(encoder.encoded)) == (before, count)


def test_a_damaged_library_file_is_named(tmp_path):
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "library.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(LibraryError, match="is not a library or is damaged"):
        Library.open(folder, write=False)


def test_a_newer_library_is_refused(toy_with):
    toy = toy_with(related(2))
    toy.close()
    with sqlite3.connect(toy.folder / "library.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="newer explorer"):
        Library.open(toy.folder)


def test_another_model_is_refused(toy_with):
    toy = toy_with(related(2))
    toy.close()
    with pytest.raises(LibraryError, match="made with the model toy, not all-MiniLM"):
        Library.open(toy.folder, model="all-MiniLM-L6-v2")


def test_an_unreadable_file_changes_nothing(toy_with, tmp_path):
    toy = toy_with(related(2))
    good, bad = tmp_path / "good.jsonl", tmp_path / "picture.png"
    good.write_text(json.dumps({"title": "New", "abstract": "text"}))
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    with pytest.raises(UnreadableFile, match=r"picture\.png"):
        toy.add(bad)
    assert toy.records.info().papers == 2
    assert len(toy.records.info().imports) == 1
    report = toy.add(good, bad)  # beside a file that can be read it costs nothing, and is named
    assert (report.added, report.lost, report.unread) == (1, 0, ("picture.png",))
    assert [problem.file for problem in toy.records.problems()] == ["picture.png"]


def test_problems_are_kept_with_the_import(toy, tmp_path):
    file = tmp_path / "mixed.jsonl"
    file.write_text('{"title": "Good", "abstract": "text"}\n{broken\n{"title": "Also good"}\n')
    report = toy.add(file)
    assert (report.read, report.added, report.without_abstract) == (3, 2, 1)
    assert [(p.file, p.line) for p in report.problems] == [("mixed.jsonl", 2)]
    assert toy.records.problems() == list(report.problems)


def test_an_interrupted_embedding_goes_on_with_what_is_left(tmp_path, small_blocks):
    class Stops(Exception):
        pass

    def stop(step: Step) -> None:
        if step.stage == "Embedding" and step.done >= small_blocks / 4:
            raise Stops

    encoder = CountingEncoder()
    folder = tmp_path / "lib"
    many = [
        paper(f"Paper {i}", f"word{i} " * 5, record=i, key=f"k{i}", year=2000, authors=[f"A{i}, B"])
        for i in range(2 * small_blocks)
    ]
    with Library.open(folder, encoder=encoder) as library, pytest.raises(Stops):
        library.add(many, progress=stop)
    first = len(encoder.encoded)
    assert small_blocks / 4 <= first <= 1.5 * small_blocks  # one block
    with Library.open(folder, encoder=encoder) as library:
        assert library.records.info().vectors == first
        library.build()
        assert library.records.info().vectors == 2 * small_blocks
    assert len(encoder.encoded) == len(set(encoder.encoded)) == 2 * small_blocks


@pytest.mark.slow
def test_redraw_takes_another_seed_and_the_same_steps_give_the_same_bits(tmp_path):
    many = [
        paper(f"T{i}", f"{WORDS[i % 10]} w{i} w{i * 7 % 90}", record=i, key=f"k{i}", year=2000 + i % 20)
        for i in range(90)
    ]
    maps = []
    for name in ("first", "second"):
        with Library.open(tmp_path / name, encoder=ToyEncoder()) as toy:
            toy.add(many)
            version = toy.snapshot.version
            toy.redraw(seed=5)
            assert toy.snapshot.version != version
            toy.redraw()
            maps.append((toy.map.tobytes(), toy.snapshot.version))
    assert maps[0] == maps[1]


def test_an_empty_truth_costs_no_vectors(toy_with):
    toy = toy_with(related(5))
    version = toy.snapshot.version
    toy.close()
    (toy.folder / "library.sqlite").write_bytes(b"")
    with Library.open(toy.folder, encoder=CountingEncoder()) as library:
        library.build()
    assert (toy.folder / "derived" / version / "index.faiss").is_file()
