"""Snapshots on disk: whole or not there, checked once, written over without a gap."""

import hashlib
import json

import numpy as np
import pytest

from conftest import paper
from explorer.errors import LibraryError
from explorer.index import disk


def papers(*numbers):
    return [paper(f"Paper {n} of voles", f"voles and item{n}", record=n, key=f"k{n}") for n in numbers]


@pytest.fixture
def hashed(monkeypatch):
    """Names of the files that were read to the end for their checksum."""
    names = []
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda file, name: names.append(file.name) or digest(file, name))
    return names


def test_adding_a_paper_computes_the_checksums_of_the_new_files_only(toy, hashed):
    toy.add(papers(*range(12)))
    files = len(json.loads((toy.folder / "derived" / toy.snapshot.version / "manifest.json").read_text())["files"])
    assert len(hashed) == files
    assert len(toy.search("voles", 3)) == 3
    assert len(hashed) == files  # what was just written is not read again
    hashed.clear()
    toy.add(papers(99))
    assert sum(name.endswith("index.faiss") for name in hashed) == 1


def test_a_file_that_changed_is_checked_again(toy):
    toy.add(papers(*range(12)))
    file = toy.folder / "derived" / toy.snapshot.version / "map.npy"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(LibraryError, match=r"map\.npy cannot be used: its checksum"):
        disk.read(toy.folder, toy.snapshot.version)
    assert disk.read_if_whole(toy.folder, toy.snapshot.version) is None
    toy.build()
    assert disk.read_if_whole(toy.folder, toy.snapshot.version) is not None


def test_a_block_that_fails_leaves_the_snapshot_before(tmp_path):
    target = disk.folder_of(tmp_path, "f1")
    for content in ("old", "new"):
        with disk.new_folder(target) as folder:
            (folder / "keys.npy").write_text(content)
    assert (target / "keys.npy").read_text() == "new"
    with pytest.raises(KeyboardInterrupt), disk.new_folder(target) as folder:
        (folder / "keys.npy").write_text("half")
        raise KeyboardInterrupt
    assert (target / "keys.npy").read_text() == "new"
    disk.remove_others(tmp_path, "f1")
    assert [path.name for path in target.parent.iterdir()] == ["f1"]


def test_what_was_written_is_what_is_read(toy):
    toy.add(papers(*range(12)))
    toy.add(papers(40, 41))
    read = disk.read(toy.folder, toy.snapshot.version)
    for name in ("keys", "positions", "pair_similarities", "drawn", "near", "stamps", "neighbours"):
        np.testing.assert_array_equal(getattr(read, name), getattr(toy.snapshot.arrays, name), err_msg=name)
    assert read.fingerprint == toy.snapshot.version
    assert [level.labels for level in read.topics.levels] == [level.labels for level in toy.topics.levels]
    assert (read.index.vectors() == toy.snapshot.arrays.index.vectors()).all()
