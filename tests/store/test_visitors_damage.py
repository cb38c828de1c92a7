"""What visitors mark under damage, kills, full files, missing rights, and several who write at once."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from conftest import ROOT
from explorer.errors import DamagedLibrary, LibraryError
from explorer.library import care
from explorer.library.visitors import Visitor
from explorer.search.question import Question
from explorer.store import LIKED, Kind, checksums, visitors
from support.rights import bound_by_rights
from support.visitors import LIKES, digest, in_collection, opened


def test_the_tables_are_those_of_the_library_and_refuse_to_make_damage_right(base):
    ada = Visitor(base, "ada").library
    ada.marks.note("k4", "read the amber chapter")
    with closing(sqlite3.connect(visitors.file_of(base.folder, "ada"))) as db:
        for table in ("marks", "notes", "saved", "shown", "settings"):
            (sql,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
            of_schema = re.search(r"AS \(checksum\(([^)]*)\)\) STORED", sql)[1]
            assert of_schema.split() == checksums.COLUMNS[table].split()
        guards = db.execute("SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'damaged%'")
        assert {name for (name,) in guards} == {"settings", "notes", "saved"}


@pytest.mark.parametrize(
    ("before", "after", "read"),
    [
        (b"velvet", b"velvex", lambda library: library.marks.collections()),
        (b"velvet", b"velvex", lambda library: library.marks.of(["k3"])),
        (b"amber", b"ember", lambda library: library.marks.of(["k4"])),
        (b"ochre", b"ocher", lambda library: library.saved.all()),
    ],
)
def test_damage_is_noticed_and_concerns_nobody_else(folder, before, after, read):
    with opened(folder) as base:
        ada, bob = (Visitor(base, name).library for name in ("ada", "bob"))
        ada.marks.put(Kind.TAG, "velvet", "k3")
        ada.marks.note("k4", "read the amber chapter")
        ada.saved.put("ochre", Question("alpha beta"))
        bob.marks.put(LIKES, LIKED, "k3")
        read(ada)
    path = visitors.file_of(folder, "ada")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = path.read_bytes()
    assert before in data and care.check(folder).sound
    path.write_bytes(data.replace(before, after))
    with opened(folder) as base:
        with pytest.raises(DamagedLibrary, match=rf"{path.name} is damaged .*then the reader begins anew"):
            read(Visitor(base, "ada").library)
        assert in_collection(Visitor(base, "bob").library, LIKED) == ["k3"] and in_collection(base, LIKED) == ["k0"]
    checkup = care.check(folder)
    assert not checkup.sound and not checkup.truth and not checkup.derived
    assert {damage.place for damage in checkup.visitors} == {f"visitors/{path.name}"}


def test_a_file_that_is_no_database_is_named_and_left_as_it_is(base):
    path = visitors.file_of(base.folder, "ada")
    path.parent.mkdir()
    path.write_bytes(b"not a database, but somebody's file" * 200)
    ada = Visitor(base, "ada")
    with pytest.raises(LibraryError, match=path.name):
        in_collection(ada.library, LIKED)
    with pytest.raises(LibraryError, match=path.name):
        Visitor(base, "ada").library.marks.put(LIKES, LIKED, "k3")
    assert path.read_bytes() == b"not a database, but somebody's file" * 200
    assert in_collection(base, LIKED) == ["k0"]


def test_a_file_of_a_newer_version_is_not_touched(base):
    ada = Visitor(base, "ada").library
    ada.marks.put(LIKES, LIKED, "k3")
    with closing(sqlite3.connect(visitors.file_of(base.folder, "ada"))) as db:
        db.execute("PRAGMA user_version = 9")
    for use in (lambda library: in_collection(library, LIKED), lambda library: library.marks.see("k4")):
        with pytest.raises(LibraryError, match=r"newer explorer \(version 9\)"):
            use(Visitor(base, "ada").library)


def test_a_library_that_may_not_be_written_keeps_marks_where_its_owner_lets_it(folder):
    own = folder / "visitors"
    own.mkdir(mode=0o777)
    own.chmod(0o777)
    folder.chmod(0o555)
    try:
        with bound_by_rights(), opened(folder) as base:
            assert visitors.may_mark(folder)
            ada = Visitor(base, "ada").library
            ada.marks.put(LIKES, LIKED, "k5")
            assert in_collection(ada, LIKED) == ["k5"] and in_collection(base, LIKED) == ["k0"]
            own.chmod(0o555)
            assert not visitors.may_mark(folder)
            again = Visitor(base, "ada").library
            assert in_collection(again, LIKED) == ["k5"]
            with pytest.raises(LibraryError, match="may not write in that folder"):
                again.marks.put(LIKES, LIKED, "k6")
            with pytest.raises(LibraryError):
                Visitor(base, "bob").library.marks.put(LIKES, LIKED, "k6")
    finally:
        folder.chmod(0o755)
        own.chmod(0o755)


def test_a_file_has_an_end_and_what_is_in_it_can_be_taken_away(base, monkeypatch):
    monkeypatch.setattr(visitors, "_MOST", 50 * 4096)
    ada = Visitor(base, "ada").library
    with pytest.raises(LibraryError, match="which is the most; take notes or marks away first"):
        for number in range(20):
            ada.marks.note(f"k{number}", "x" * 19_000)
    count = sum(bool(marks.note) for marks in ada.marks.of([f"k{number}" for number in range(20)]))
    assert 5 <= count < 20
    for number in range(3):
        ada.marks.note(f"k{number}", "")
    ada.marks.note("k19", "y" * 19_000)
    assert ada.marks.of(["k19"])[0].note


def test_two_who_write_at_once_lose_nothing(base):
    def like(name, paper_ids):
        for paper_id in paper_ids:
            Visitor(base, name).library.marks.put(LIKES, LIKED, paper_id)

    wanted = [f"k{number}" for number in range(20)]
    threads = [
        threading.Thread(target=like, args=(name, ids))
        for name, ids in (("ada", wanted[:10]), ("ada", wanted[10:]), ("bob", wanted[:5]), ("bob", wanted[5:10]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert in_collection(Visitor(base, "ada").library, LIKED) == sorted(wanted)
    assert in_collection(Visitor(base, "bob").library, LIKED) == sorted(wanted[:10])


_WRITER = """
import sys
from pathlib import Path
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.library.visitors import Visitor
from explorer.store import Kind
base = Library.open(Path(sys.argv[1]), write=False, encoder=ToyEncoder())
ada = Visitor(base, "ada").library
for number in range(100000):
    ada.marks.put(Kind.TAG, f"tag {number}", f"k{number % 20}")
    print(number, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, 1, 7, 30, 31, 32])
def test_a_kill_amid_writing_loses_nothing_that_was_committed(folder, after):
    before = digest(folder)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _WRITER, str(folder)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as writer:
        committed = [int(writer.stdout.readline()) for _ in range(after + 1)]
        writer.send_signal(signal.SIGKILL)
        committed += [int(line) for line in writer.stdout if line.strip()]
    with opened(folder) as base:
        ada = Visitor(base, "ada").library
        tags = {tag for marks in ada.marks.of([f"k{n}" for n in range(20)]) for tag in marks.tags}
        assert {f"tag {number}" for number in committed} <= tags and len(tags) <= len(committed) + 1
        ada.marks.put(Kind.TAG, "after", "k1")
        assert "after" in ada.marks.of(["k1"])[0].tags
    assert care.check(folder).sound and digest(folder) == before


def test_check_says_what_to_do_about_a_readers_file(base, capsys):
    from explorer.cli.main import main

    Visitor(base, "ada").library.marks.put(Kind.TAG, "velvet", "k3")
    path = visitors.file_of(base.folder, "ada")
    path.write_bytes(path.read_bytes().replace(b"velvet", b"velvex"))
    assert main(["check", "--json", "--library", str(base.folder)])
    output = capsys.readouterr()
    assert [each["place"] for each in json.loads(output.out)["damages"]] == [f"visitors/{path.name}"]
    assert "their readers begin anew" in output.err
