"""Shared and read-only folders, and full disks: files get the rights of their folder, a log that was left is read.

Always true: what cannot be written is a sentence.
"""

import os
import shutil
import stat
import sys

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from conftest import ROOT
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError
from explorer.library import Library
from explorer.server import routes
from explorer.store import Kind
from support.command import explorer
from support.papers import ids, record, related
from support.rights import bound_by_rights, on_small_disks

ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="rights are inherited elsewhere")


def modes(folder):
    """Rights of all that lies in a folder, by what it is."""
    made = {}
    for path in folder.rglob("*"):
        made.setdefault("folder" if path.is_dir() else "file", set()).add(oct(stat.S_IMODE(path.stat().st_mode)))
    return made


@pytest.fixture
def narrow():
    """New files are for nobody else, if nothing is done about it."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@ON_POSIX
@pytest.mark.parametrize(("folder_mode", "file", "below"), [(0o2775, "0o664", "0o2775"), (0o755, "0o644", "0o755")])
def test_files_have_the_rights_of_their_folder(narrow, tmp_path, folder_mode, file, below):
    folder = tmp_path / "library"
    folder.mkdir()
    folder.chmod(folder_mode)
    for papers in (related(12), related(40)):
        with Library.open(folder, encoder=ToyEncoder()) as library:
            library.add(papers)
            library.marks.put(Kind.TAG, "new", "k1")
            assert modes(folder) == {"file": {file}, "folder": {below}}
    with Library.open(folder, write=False) as library:
        library.marks.put(Kind.TAG, "new", "k2")
        assert library.search("alpha")
        assert modes(folder) == {"file": {file}, "folder": {below}}


@ON_POSIX
def test_a_private_folder_stays_private(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    folder.chmod(0o700)
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(related(12))
    assert modes(folder) == {"file": {"0o600"}, "folder": {"0o700"}}


@pytest.fixture
def left(toy_with, tmp_path):
    """A library whose last tag is in its log alone, as a kill or a copy leaves it."""
    toy = toy_with(related(12))
    toy.close()
    folder = tmp_path / "left"
    with (
        Library.open(toy.folder, write=False) as reader,
        Library.open(toy.folder, write=False) as marker,
        reader.snapshot.moment(),  # what it reads of is not written over
    ):
        assert len(ids(reader)) == 12
        marker.marks.put(Kind.TAG, "in the log", "k3")
        shutil.copytree(toy.folder, folder)
    log = folder / "library.sqlite-wal"
    assert log.stat().st_size
    return folder


@ON_POSIX
@pytest.mark.parametrize("index", [True, False], ids=["with its index", "without"])
def test_a_log_that_was_left_in_a_folder_that_may_not_be_written_is_read(left, index):
    if not index:
        (left / "library.sqlite-shm").unlink()
    before = {path: path.read_bytes() for path in left.glob("*") if path.is_file() and path.suffix != ".sqlite-shm"}
    left.chmod(0o555)
    with bound_by_rights():
        with Library.open(left, write=False) as library:
            assert [each.name for each in library.marks.collections()] == ["in the log"]
            assert len(library.search("alpha", 50)) == 12
        listed = explorer("collections", "--library", left)
        assert (listed.returncode, "in the log" in listed.stdout) == (0, True)
    assert {path: path.read_bytes() for path in before} == before
    left.chmod(0o755)


@ON_POSIX
def test_a_reader_of_a_folder_that_it_may_not_write_sees_what_others_write(toy_with):
    toy = toy_with(related(12))
    toy.close()
    toy.folder.chmod(0o555)
    with bound_by_rights():
        reader = Library.open(toy.folder, write=False)
        assert ids(reader) == [f"k{n}" for n in range(12)]
    with Library.open(toy.folder, write=False) as owner:
        toy.folder.chmod(0o755)
        owner.marks.put(Kind.TAG, "new", "k3")
        toy.folder.chmod(0o555)
        with bound_by_rights():
            assert [each.name for each in reader.marks.collections()] == ["new"]
            assert len(reader.search("alpha", 50)) == 12
    reader.close()
    toy.folder.chmod(0o755)


COMMANDS = [
    ("add", "FILE"), ("remove", "k1"), ("undo",), ("build",), ("mark", "mine", "k1"), ("note", "k1", "a note"),
    ("rename", "new", "--tag", "--delete"), ("save", "name", "alpha"), ("join", "k1", "k2"),
]  # fmt: skip


@ON_POSIX
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_that_may_not_write_says_so(toy_with, write, command):
    toy = toy_with(related(12))
    toy.marks.put(Kind.TAG, "new", "k1")
    toy.close()
    file = write(record(50))
    toy.folder.chmod(0o555)
    with bound_by_rights():
        ended = explorer(*(str(file) if part == "FILE" else part for part in command), "--library", toy.folder)
    toy.folder.chmod(0o755)
    assert ended.returncode == 2
    assert ended.stderr == (
        f"explorer: the library in {toy.folder} cannot be changed: this account may not write in that folder. Ask its "
        "owner for the right to, or copy the folder and use the copy\n"
    )


@ON_POSIX
def test_what_may_not_be_read_is_a_sentence_at_the_command_line_and_over_http(toy_with, monkeypatch):
    toy = toy_with(related(12))
    toy.close()
    file = toy.folder / "library.sqlite"
    file.chmod(0o000)
    monkeypatch.setenv("EXPLORER_LIBRARY", str(toy.folder))
    client = TestClient(Starlette(routes=routes.ROUTES), base_url="http://localhost", raise_server_exceptions=False)
    with bound_by_rights(also_reading=True):
        ended = explorer("info", "--library", toy.folder)
        with pytest.raises(LibraryError, match="it cannot be opened"):
            Library.open(toy.folder, write=False)
    assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
    assert f"{file}: it cannot be opened" in ended.stderr
    assert client.get("/explorer/api/search", params={"q": "alpha"}).status_code == 200  # root reads on
    file.chmod(0o644)


@ON_POSIX
def test_a_library_of_an_earlier_version_that_may_not_be_written_says_what_is_to_be_done(tmp_path):
    folder = shutil.copytree(ROOT / "tests" / "data" / "library_0_1" / "library", tmp_path / "library")
    folder.chmod(0o555)
    with bound_by_rights():
        ended = explorer("info", "--library", folder)
    folder.chmod(0o755)
    assert ended.returncode == 2
    assert "is of an earlier version and has to be brought up to date once" in ended.stderr


_ON_A_DISK = """
add() {{ {python} -m explorer add {file} --model toy --library {disk}/library 2>&1; echo "code $?"; }}
mount -t tmpfs -o size={size}k tmpfs {disk}
echo first; add
mount -o remount,size=64m {disk}
echo second; add
{python} -m explorer info --json --library {disk}/library
"""


@pytest.mark.slow
@pytest.mark.parametrize("size", [40, 250, 330, 500, 800])
def test_a_full_disk_is_told_and_with_more_room_the_same_command_goes_on(tmp_path, write, size):
    disk = tmp_path / "disk"
    disk.mkdir()
    python = f"PYTHONPATH={ROOT} {sys.executable}"
    file = write(*map(record, range(120)))
    said = on_small_disks(disk, _ON_A_DISK.format(python=python, file=file, disk=disk, size=size))
    first, second = said.partition("second\n")[::2]
    assert "Traceback" not in said and "code 13" not in said, said  # 135: killed for a page without room
    assert "code 0" in first or ("full" in first and "make room" in first), said
    assert "code 0" in second and '"papers": 120' in second and '"vectors": 120' in second, said
