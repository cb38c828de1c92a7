"""Whatever SQLite says of the library file is a sentence with a next step."""

import random
import sqlite3
from contextlib import closing

import pytest

from embeddings.toy import ToyEncoder
from explorer.errors import BusyLibrary, DamagedLibrary, LibraryError
from explorer.library import Library
from explorer.store import FILE, checksums, connection, faults
from explorer.store.faults import as_library_error
from support.damage import replace_bytes
from support.interrupts import interrupted
from support.papers import related


def destroy(folder, seed):
    """Overwrite a page after the first with noise, in a file without a log beside it."""
    path = folder / FILE
    data = bytearray(path.read_bytes())
    chance = random.Random(seed)
    page = chance.randrange(1, len(data) // 4096)
    data[page * 4096 : (page + 1) * 4096] = chance.randbytes(4096)
    path.write_bytes(data)


@pytest.fixture
def folder(toy_with):
    toy = toy_with(related(20))
    toy.close()
    return toy.folder


def errors_of(*steps):
    """What each step raises, or None."""
    errors = []
    for step in steps:
        try:
            step()
            errors.append(None)
        except LibraryError as error:
            errors.append(error)
    return errors


@pytest.mark.parametrize("seed", range(8))
def test_a_destroyed_page_is_a_sentence_for_every_verb(folder, seed):
    destroy(folder, seed)

    def read():
        with Library.open(folder, write=False) as library:
            library.snapshot.papers()
            library.records.info()
            library.marks.collections()
            library.saved.news()

    def write():
        with Library.open(folder) as library:
            library.add(related(22))
            library.records.undo()

    for error in filter(None, errors_of(read, write)):
        assert "library.sqlite" in str(error) or "derived" in str(error)
        assert "Traceback" not in str(error)


def test_a_file_that_another_program_writes_to_is_called_busy(folder, monkeypatch):
    monkeypatch.setattr(connection, "_PATIENCE", 0.0)
    with closing(sqlite3.connect(folder / FILE)) as other, Library.open(folder, write=False) as library:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyLibrary, match=r"library\.sqlite cannot be used now .*try again later"):
            library.marks.put("tag", "new", library.snapshot.papers()[0].id)


def test_a_full_disk_is_called_full_and_loses_nothing(folder):
    with Library.open(folder, encoder=ToyEncoder()) as library:
        pages = library._store._db.execute("PRAGMA page_count").fetchone()[0]
        library._store._db.execute(f"PRAGMA max_page_count = {pages}")  # SQLITE_FULL, as by a full disk
        with pytest.raises(LibraryError, match=r"the disk is full .*make room on it"):
            library.add(related(80))
        library._store._db.execute("PRAGMA max_page_count = 1000000")
        assert library.records.info().papers == 20
        assert library.add(related(80)).added == 60


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_IOERR_WRITE", "the disk failed"),
        ("SQLITE_READONLY_DBMOVED", "may not be written"),
        ("SQLITE_CANTOPEN_ISDIR", "cannot be opened"),
        ("SQLITE_NOMEM", "memory is used up"),
    ],
)
def test_extended_codes_are_told_as_what_they_extend(name, words, tmp_path):
    error = sqlite3.OperationalError("as SQLite puts it")
    error.sqlite_errorcode = getattr(sqlite3, name)
    assert words in str(as_library_error(error, tmp_path / FILE))


def test_text_that_is_no_text_is_damage(folder):
    assert replace_bytes(folder, b"Paper number7", b"Paper number\xff")
    with Library.open(folder, write=False) as library, pytest.raises(DamagedLibrary, match=r"library\.sqlite.*damaged"):
        library.snapshot.papers()


def test_ctrl_c_while_checksums_are_made_is_no_damage(folder):
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(checksum(n)) FROM c"
    with closing(sqlite3.connect(folder / FILE, factory=faults.Connection)) as database:
        checksums.register(database)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt), interrupted():
                database.execute(endless).fetchone()
        assert database.execute("SELECT checksum(1) = checksum(1)").fetchone() == (1,)
