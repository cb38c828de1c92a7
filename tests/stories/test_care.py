"""Damage is told and mended: check, repair, copies made by themselves and by hand, and put back."""

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError
from explorer.library import Library, care
from explorer.store import FILE, LOCK, Kind, backups, checksums
from support.command import explorer
from support.damage import flip, replace_bytes, settle
from support.older import make_older
from support.papers import ids, related


def opened(folder, *, write=False):
    return Library.open(folder, write=write, encoder=ToyEncoder())


@pytest.fixture
def folder(toy_with):
    toy = toy_with(related(30))
    toy.marks.put(Kind.TAG, "velvet", "k3")
    toy.close()
    return toy.folder


def test_a_sound_library_is_told_to_be_sound_and_nothing_changes(folder):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = explorer("check", "--library", folder)
    assert (done.returncode, done.stdout) == (0, "all is as it was written\n")
    assert {path: path.read_bytes() for path in before} == before


def test_a_damaged_paper_is_named_and_the_rest_is_saved(folder):
    assert replace_bytes(folder, b"Paper number7", b"Paper number\x17")
    done = explorer("check", "--json", "--library", folder)
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert not told["sound"]
    assert ["k7"] in [each["papers"] for each in told["damages"]]
    done = explorer("check", "--repair", "--library", folder)
    assert done.returncode == 0
    assert "lost: k7" in done.stderr
    with opened(folder) as library:
        assert ids(library) == [f"k{number}" for number in range(30) if number != 7]
        assert [mark.name for mark in library.marks.collections() if mark.papers] == ["velvet"]
    assert care.check(folder).sound
    assert len(list((folder / backups.FOLDER).glob("replaced-*/library.sqlite"))) == 1


def test_a_damaged_paper_comes_back_from_a_copy(folder):
    explorer("backup", "--library", folder)
    assert replace_bytes(folder, b"Paper number7", b"Paper number\x17")
    done = explorer("check", "--repair", "--library", folder)
    assert "no paper was lost" in done.stderr
    with opened(folder) as library:
        assert library.snapshot.paper("k7").title == "Paper number7"
        assert len(ids(library)) == 30


def papers_of(folder):
    with closing(sqlite3.connect(folder / FILE)) as db:
        checksums.register(db)
        return db.execute("SELECT * FROM papers ORDER BY key").fetchall()


def damage_row(folder, text):
    """Change a byte of a text in the row of its paper, not in what its records say, which is JSON."""
    path = settle(folder)
    data = bytearray(path.read_bytes())
    places = [match.end() - 1 for match in re.finditer(b'(?<!")' + re.escape(text.encode()) + rb"(?!\d)", data)]
    assert places
    for place in places:
        data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("text", ["paper number7", "k7Paper number"], ids=["folded title", "id"])
def test_a_row_of_which_the_paper_itself_is_whole_is_made_anew(folder, text):
    before = papers_of(folder)
    if text.startswith("k7"):
        assert replace_bytes(folder, b"k7Paper number7", b"k\x17Paper number7")
    else:
        damage_row(folder, text)
    assert papers_of(folder) != before
    done = explorer("check", "--repair", "--library", folder)
    assert "no paper was lost" in done.stderr
    assert papers_of(folder) == before
    assert care.check(folder).sound


def test_a_paper_of_several_records_is_made_anew_from_them(folder):
    with opened(folder, write=True) as library:
        library.records.join("k7", "k8")
    before = papers_of(folder)
    damage_row(folder, "Paper number7")
    assert papers_of(folder) != before
    repaired = care.repair(folder, care.check(folder))
    assert repaired.lost == ()
    assert papers_of(folder) == before


def test_a_destroyed_page_costs_what_stood_on_it(folder):
    data = bytearray(replace_bytes(folder, b"\0", b"\0") and (folder / FILE).read_bytes())
    page = data.index(b"Paper number7") // 4096
    data[page * 4096 : (page + 1) * 4096] = bytes(4096)
    (folder / FILE).write_bytes(data)
    checkup = care.check(folder)
    assert any("table papers" in each.place for each in checkup.truth)
    lost = set(care.repair(folder, checkup).lost)
    with opened(folder, write=True) as library:
        library.build()
        assert {"k28", "k29"} <= set(ids(library)) < {f"k{number}" for number in range(30)}
        assert lost == {f"k{number}" for number in range(30)} - set(ids(library))  # each is named
    assert care.check(folder).sound


def test_a_damaged_index_is_named_and_built_anew(folder):
    with opened(folder) as library:
        file = folder / "derived" / library.snapshot.version / "index.faiss"
    flip(file, file.stat().st_size // 2)
    done = explorer("check", "--library", folder)
    assert done.returncode == 1
    assert "index.faiss" in done.stdout
    assert "explorer build" in done.stderr
    with opened(folder, write=True) as library:
        library.build()
    assert care.check(folder).sound


def test_a_copy_is_made_before_much_is_removed_and_can_be_put_back(folder):
    with opened(folder, write=True) as library:
        library.records.remove("k0")
        assert backups.of(folder) == []
        library.records.remove("k1", "k2", "k3", "k4")
        assert len(backups.of(folder)) == 1
    done = explorer("restore", "--library", folder)
    assert done.returncode == 0, done.stderr
    with opened(folder) as library:
        assert ids(library) == [f"k{number}" for number in range(1, 30)]
    kept = next((folder / backups.FOLDER).glob("replaced-*"))
    (folder / "again").mkdir()
    shutil.copytree(kept, folder / "again", dirs_exist_ok=True)
    with opened(folder / "again", write=True) as library:
        library.build()
        assert len(ids(library)) == 25


def test_a_copy_is_made_before_much_is_rewritten_or_swept(folder, write):
    def records(count, word):
        return write(
            *({"id": f"w{n}", "title": f"Wall number{n}", "abstract": f"moss{n} {word}"} for n in range(count))
        )

    with opened(folder, write=True) as library:
        library.add(records(20, "old"))
        assert backups.of(folder) == []
        library.add(records(20, "new"))
        assert len(backups.of(folder)) == 1
        library.add(records(2, "new"), sync=True)
        assert len(backups.of(folder)) == 2


def test_two_copies_are_kept_and_none_where_they_are_turned_off(folder, monkeypatch):
    made = [backups.make(folder) for _ in range(4)]
    assert backups.of(folder) == [made[3], made[2]]
    monkeypatch.setenv(backups.OFF, "0")
    with opened(folder, write=True) as library:
        library.records.remove(*(f"k{number}" for number in range(20)))
    assert backups.of(folder) == [made[3], made[2]]


def test_a_copy_is_made_before_a_migration(folder):
    make_older(folder, 9)
    with opened(folder) as library:
        assert len(ids(library)) == 30
    assert len(backups.of(folder)) == 1
    old = folder / "old"
    old.mkdir()
    shutil.copy(backups.of(folder)[0], old / FILE)
    with opened(old, write=True) as library:
        library.build()
        assert len(ids(library)) == 30


def test_a_full_disk_refuses_the_change_with_the_size_it_needs(folder, monkeypatch):
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 5, 5))
    with opened(folder, write=True) as library:
        with pytest.raises(LibraryError, match=r"needs \d+ MB in .* 0 MB are free.*EXPLORER_BACKUPS=0"):
            library.records.remove(*(f"k{number}" for number in range(20)))
        assert library.records.info().papers == 30


def test_a_copy_made_while_another_writes_is_of_one_commit(folder, tmp_path):
    with opened(folder, write=True) as library, library._store.transaction():
        library._store._db.execute("DELETE FROM marks")
        target = care.back_up(folder, tmp_path / "copy" / FILE)
    with opened(tmp_path / "copy", write=True) as library:
        library.build()
        assert [mark.name for mark in library.marks.collections() if mark.papers] == ["velvet"]
    with pytest.raises(LibraryError, match="is there already"):
        care.back_up(folder, target)


def test_no_damaged_copy_is_put_back(folder):
    copy = backups.make(folder)
    copy.write_bytes(copy.read_bytes()[:8192])
    before = (folder / FILE).read_bytes()
    with pytest.raises(LibraryError, match="is no whole library"):
        care.restore(folder)
    with pytest.raises(LibraryError, match="no such file"):
        care.restore(folder, folder / "nothing")
    assert (folder / FILE).read_bytes() == before
    assert (folder / LOCK).exists()
