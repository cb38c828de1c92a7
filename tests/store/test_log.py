"""A log is read into its own file only: whatever is copied over a library, nothing is mixed and nothing is lost."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from embeddings.toy import ToyEncoder
from explorer.errors import DamagedLibrary
from explorer.library import Library, care
from explorer.store import FILE, Kind, commits
from support.papers import related

LOG = f"{FILE}-wal"


def opened(folder, **options):
    return Library.open(folder, encoder=ToyEncoder(), **options)


def tag(folder, *names):
    with opened(folder) as library:
        for name in names:
            library.marks.put(Kind.TAG, name, "k1")


def tags(folder):
    with opened(folder, write=False) as library:
        return {mark.name for mark in library.marks.collections() if mark.kind == Kind.TAG}


def kill_a_writer_of(folder):
    """It leaves a log with the tag "late", which is not in the file: what lies there while it writes."""
    names = (FILE, LOG, commits.FILE)
    with opened(folder) as library:
        library.marks.put(Kind.TAG, "late", "k3")
        left = {name: (folder / name).read_bytes() for name in names}
    (folder / f"{FILE}-shm").unlink(missing_ok=True)
    for name in names:
        (folder / name).write_bytes(left[name])
    assert len(left[LOG]) > 32


@pytest.fixture
def made(toy):
    toy.add(related(12))
    toy.close()
    return toy.folder


def older(folder, tmp_path):
    shutil.copy(folder / FILE, tmp_path / "copy")
    tag(folder, "between")
    kill_a_writer_of(folder)


def newer(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "elsewhere")
    tag(tmp_path / "elsewhere", *"abcdefgh")
    shutil.copy(tmp_path / "elsewhere" / FILE, tmp_path / "copy")
    kill_a_writer_of(folder)


def foreign(folder, tmp_path):
    """Of another library, with a commit number that might be this one's."""
    with opened(tmp_path / "other") as library:
        library.add(related(12))
    tag(folder, "between")
    kill_a_writer_of(folder)
    number = commits.read(folder).settled - commits.read(tmp_path / "other").latest
    tag(tmp_path / "other", *(f"t{n}" for n in range(number)))
    assert commits.read(tmp_path / "other").latest == commits.read(folder).settled
    shutil.copy(tmp_path / "other" / FILE, tmp_path / "copy")


def empty(folder, tmp_path):
    kill_a_writer_of(folder)
    (tmp_path / "copy").touch()


@pytest.mark.parametrize("prepare", [older, newer, foreign, empty])
def test_a_file_copied_over_one_whose_log_lies_there_is_not_mixed_with_it(made, tmp_path, prepare):
    prepare(made, tmp_path)
    with closing(sqlite3.connect(f"{(tmp_path / 'copy').as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        held = db.execute("SELECT name FROM marks WHERE kind = 'tag'").fetchall() if prepare != empty else []
    shutil.copy(tmp_path / "copy", made / FILE)
    log = (made / LOG).read_bytes()
    for write in (False, True):
        with pytest.raises(DamagedLibrary, match=r"library\.sqlite-wal .* another file was copied over.*--repair"):
            opened(made, write=write)
    with pytest.raises(DamagedLibrary, match="another file was copied over"):
        care.back_up(made, tmp_path / "backup")
    checkup = care.check(made)
    assert len(checkup.truth) == 1 and not checkup.sound
    assert (made / LOG).read_bytes() == log
    assert (made / FILE).read_bytes() == (tmp_path / "copy").read_bytes()
    if prepare != empty:
        mended = care.repair(made, checkup)
        assert (mended.aside / LOG).read_bytes() == log
        assert mended.lost == () and tags(made) == {name for (name,) in held}
        with opened(made) as library:
            library.build()


def test_a_log_of_an_earlier_moment_is_not_read_into_the_file(made):
    kill_a_writer_of(made)
    log = (made / LOG).read_bytes()
    assert "late" in tags(made)
    tag(made, "more")
    (made / LOG).write_bytes(log)
    (made / f"{FILE}-shm").unlink(missing_ok=True)
    with pytest.raises(DamagedLibrary, match="another file"):
        tags(made)


def test_pages_that_came_into_the_file_before_a_kill_are_read_with_the_log(made):
    kill_a_writer_of(made)
    log = (made / LOG).read_bytes()
    with closing(sqlite3.connect(made / FILE)) as db:
        db.execute("PRAGMA wal_checkpoint(FULL)")
        (made / "kept").write_bytes(log)
    shutil.copy(made / "kept", made / LOG)
    assert "late" in tags(made)
    tag(made, "more")
    assert tags(made) >= {"late", "more"}


def test_a_kill_after_an_older_copy_was_put_back_leaves_a_log_of_that_copy(made, tmp_path):
    shutil.copy(made / FILE, tmp_path / "copy")
    tag(made, *"abcdef")
    for end in ("-wal", "-shm"):
        (made / f"{FILE}{end}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "copy", made / FILE)
    kill_a_writer_of(made)
    assert tags(made) == {"late"}


def test_an_open_library_tells_of_a_file_copied_over_it(made, tmp_path):
    shutil.copy(made / FILE, tmp_path / "copy")
    tag(made, "between")
    with opened(made, write=False) as reader:
        assert {mark.name for mark in reader.marks.collections()} >= {"between"}
        shutil.copy(tmp_path / "copy", made / FILE)  # no log: it is an older copy
        with reader.snapshot.moment():
            assert "between" not in {mark.name for mark in reader.marks.collections()}
        kill_a_writer_of(made)
        with reader.snapshot.moment():
            assert "late" in {mark.name for mark in reader.marks.collections()}
        with opened(tmp_path / "other") as library:
            library.add(related(20))
        shutil.copy(tmp_path / "other" / FILE, made / FILE)
        with pytest.raises(DamagedLibrary, match="another file was copied over"), reader.snapshot.moment():
            reader.marks.collections()


def test_a_log_whose_file_is_gone_is_not_deleted(made):
    kill_a_writer_of(made)
    (made / FILE).unlink()
    with pytest.raises(DamagedLibrary, match=r"its log library\.sqlite-wal is there"):
        opened(made)
    assert (made / LOG).stat().st_size > 32


def test_a_verb_leaves_an_empty_log_though_the_library_is_open(made):
    with opened(made, write=False) as reader:
        reader.marks.collections()
        tag(made, "late")
        assert (made / LOG).stat().st_size == 0
        assert "late" in {mark.name for mark in reader.marks.collections()}
