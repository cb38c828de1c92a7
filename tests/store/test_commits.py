"""The number beside the library tells when its log gave back less than was committed."""

import os
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT
from embeddings.toy import ToyEncoder
from explorer.errors import DamagedLibrary
from explorer.library import Library, care
from explorer.store import FILE, commits
from support.papers import related

KILLED = """
import os, sys
from pathlib import Path
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.store import Kind
library = Library.open(Path(sys.argv[1]), encoder=ToyEncoder())
library.marks.put(Kind.TAG, "late", "k3")
os._exit(9)
"""


@pytest.fixture
def killed(toy_with):
    """A library whose last writer was killed before it brought its commit into the file itself."""
    toy = toy_with(related(20))
    toy.close()
    done = subprocess.run([sys.executable, "-c", KILLED, str(toy.folder)], env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 9
    return toy.folder


def tags(folder):
    with Library.open(folder, write=False, encoder=ToyEncoder()) as library:
        return [mark.name for mark in library.marks.collections() if mark.name == "late"]


def test_a_log_that_was_left_is_read(killed):
    assert (killed / f"{FILE}-wal").stat().st_size
    assert commits.read(killed).settled < commits.read(killed).latest
    assert tags(killed) == ["late"]
    assert care.check(killed).sound


@pytest.mark.parametrize("write", [False, True])
def test_a_log_that_was_lost_is_noticed_and_what_is_there_can_be_gone_on_with(killed, write):
    for end in ("-wal", "-shm"):
        (killed / f"{FILE}{end}").unlink()
    with pytest.raises(DamagedLibrary, match=r"lacks the latest 1 of its commits.*check --repair"):
        Library.open(killed, write=write, encoder=ToyEncoder())
    care.repair(killed, care.check(killed))
    assert tags(killed) == []
    with Library.open(killed, encoder=ToyEncoder()) as library:
        library.build()
        assert library.records.info().papers == 20


def test_a_log_cut_short_is_noticed(killed):
    log = killed / f"{FILE}-wal"
    log.write_bytes(log.read_bytes()[:-4096])
    (killed / f"{FILE}-shm").unlink()
    with pytest.raises(DamagedLibrary, match="lacks the latest"):
        Library.open(killed, write=False, encoder=ToyEncoder())


def test_an_older_copy_put_back_by_hand_is_no_loss(toy_with, tmp_path):
    toy = toy_with(related(10))
    toy.close()
    shutil.copy(toy.folder / FILE, tmp_path / "copy")
    with Library.open(toy.folder, encoder=ToyEncoder()) as library:
        library.add(related(20))
    shutil.copy(tmp_path / "copy", toy.folder / FILE)
    with Library.open(toy.folder, encoder=ToyEncoder()) as library:
        library.build()
        assert library.records.info().papers == 10


def test_a_verb_ends_with_all_in_the_file_itself(toy_with):
    toy = toy_with(related(10))
    toy.close()
    numbers = commits.read(toy.folder)
    assert numbers.latest == numbers.settled > 0
    for end in ("-wal", "-shm"):
        (toy.folder / f"{FILE}{end}").unlink(missing_ok=True)
    with Library.open(toy.folder, write=False, encoder=ToyEncoder()) as library:
        assert library.records.info().papers == 10


def test_a_damaged_number_is_no_number(tmp_path):
    commits.write(tmp_path, commits.Commits(12, 9))
    assert commits.read(tmp_path) == commits.Commits(12, 9)
    path = tmp_path / commits.FILE
    path.write_text(path.read_text().replace("12", "13"))
    assert commits.read(tmp_path) is None
    assert commits.is_damaged(tmp_path)
