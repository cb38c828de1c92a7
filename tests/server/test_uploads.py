"""Files that lie ready to be imported: names, places, what a killed app left."""

import gc
import io
import os
import subprocess
import sys
import tempfile
import time

import pytest

from explorer.errors import UnreadableFile
from explorer.server import tasks
from explorer.server.jobs import ImportPlan
from explorer.server.uploads import Batch, look, path_of, safe_name
from support.app import TABLE, wait
from support.papers import record


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("refs.bib", "refs.bib"), ("../../etc/passwd", "passwd"), ("C:\\Users\\me\\refs.bib", "refs.bib"),
        ("..", "upload"), ("", "upload"), ("a/", "upload"), ("a\x00b\n.ris", "a_b_.ris"),
        ('<i>:"|?*.csv', "_i______.csv"), ("\udcff.ris", "_.ris"), ("文献" * 200 + ".bib", "献" + "文献" * 32 + ".bib"),
    ],
)  # fmt: skip
def test_names_of_uploads_can_be_no_other_place(name, kept):
    assert safe_name(name) == kept


def test_an_upload_is_kept_once_under_its_own_name_and_deleted_with_its_batch():
    batch = Batch()
    for content in (b"one", b"two", b"one"):
        batch.put("savedrecs.txt", io.BytesIO(content))
    paths = batch.paths
    assert [path.name for path in paths] == ["savedrecs.txt"] * 2
    assert [path.read_bytes() for path in paths] == [b"one", b"two"]
    del batch
    gc.collect()
    assert not any(path.exists() for path in paths)
    assert not paths[0].parent.parent.exists()


def test_what_a_killed_app_left_is_taken_away(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    folders = {name: tmp_path / f"explorer-upload-{name}-x" for name in (int(ended.stdout), os.getpid())}
    for folder in folders.values():
        folder.mkdir()
        os.utime(folder, (0, time.time() - 7200))
    Batch().put("a.csv", io.BytesIO(b"x"))
    assert [folder.exists() for folder in folders.values()] == [False, True]


def test_an_imported_upload_is_deleted(folder):
    batch = Batch()
    batch.put("deltas.csv", io.BytesIO(TABLE.encode()))
    path = batch.paths[0]
    tasks.add(ImportPlan.of(batch))
    assert wait().report.added == 3
    assert not path.exists()


def test_paths_are_taken_as_people_paste_them(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert path_of(f"  '{tmp_path}/a b.bib' ") == tmp_path / "a b.bib"
    assert path_of(f"file://{tmp_path}/a%20b.bib") == tmp_path / "a b.bib"
    assert path_of("~/Zotero") == tmp_path / "Zotero"
    with pytest.raises(UnreadableFile, match="There is nothing at"):
        Batch().add_path("\0")


def test_a_look_counts_small_files_and_says_more_of_big_ones(write, monkeypatch):
    file = write(*map(record, range(40)))
    assert look(file).counted == "40 records"
    assert [paper.id for paper in look(file).papers] == ["k0", "k1", "k2", "k3", "k4"]
    monkeypatch.setattr("explorer.server.uploads._LOOK", -1.0)
    assert look(file).counted == "more than 1 record"
