"""Each row carries a checksum that is written with it, noticed when it is read, and never made right by a write."""

import re
import sqlite3
from contextlib import closing

import pytest

from embeddings.toy import ToyEncoder
from explorer.errors import DamagedLibrary
from explorer.library import Library
from explorer.search.question import Question
from explorer.store import FILE, Kind, Store, checksums
from support.damage import replace_bytes
from support.older import make_older
from support.papers import related


@pytest.fixture
def folder(toy_with):
    """A library with a row in every table."""
    toy = toy_with(related(20))
    toy.marks.put(Kind.TAG, "velvet", "k3")
    toy.marks.note("k4", "read the amber chapter")
    toy.saved.put("crimson search", Question("alpha beta"))
    toy.records.keep_apart("k1", "k9")
    toy.notices._store.notices.put([("doi:10.1000/z", "retracted", "", "2020-01-01", "umber reasons")])
    toy.records.remove("k19")
    toy.marks.rename_topic(toy.topics.levels[-1].labels[0], "ochre heath")
    toy.close()
    return toy.folder


def open_again(folder):
    return Library.open(folder, write=False, encoder=ToyEncoder())


def test_every_table_has_a_checksum_of_all_its_columns(folder):
    with closing(sqlite3.connect(folder / FILE)) as db:
        tables = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
        made = {name: sql for name, sql in tables if not name.startswith("sqlite_")}
        assert made.keys() == checksums.COLUMNS.keys()
        for name, sql in made.items():
            of_schema = re.search(r"AS \(checksum\(([^)]*)\)\) STORED", sql)[1]
            assert of_schema.split() == checksums.COLUMNS[name].split()
            columns = [column for (column,) in db.execute(f"SELECT name FROM pragma_table_xinfo('{name}')")]
            assert sorted([*re.findall(r"\w+", of_schema), "checksum"]) == sorted(columns)


def test_every_table_that_is_updated_refuses_to_update_a_damaged_row():
    statements = "\n".join(path.read_text() for path in _sources())
    updated = set(re.findall(r"UPDATE (?:OR \w+ )?([a-z]+) SET", statements)) - {"settings"} | {"settings", "notes"}
    with closing(sqlite3.connect(":memory:")) as db:
        from explorer.store.database import migrations

        checksums.register(db)
        for script in migrations():
            db.executescript(script)
        guards = db.execute("SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'damaged%'")
        assert {name for (name,) in guards} == updated


def _sources():
    from conftest import ROOT

    return sorted((ROOT / "explorer" / "store").glob("*.py"))


def test_values_of_any_type_and_order_have_checksums_of_their_own():
    values = [
        ("",),
        (None,),
        ("a", "b"),
        ("ab",),
        ("b", "a"),
        (1,),
        (b"1",),
        ("1", None),
        (b"\x00",),
        (b"",),
        (12, 3),
    ]
    assert len({checksums.checksum(*each) for each in values}) == len(values)


@pytest.mark.parametrize(
    ("before", "after", "read"),
    [
        (b"Paper number3", b"Paper number\x13", lambda library: library.snapshot.paper("k3")),
        (b"velvet", b"velvex", lambda library: library.marks.collections()),
        (b"velvet", b"velvex", lambda library: library.marks.of(["k3"])),
        (b"ochre", b"ocher", lambda library: library.topics),
        (b"amber", b"ember", lambda library: library.marks.of(["k4"])),
        (b"alpha beta", b"alpha zeta", lambda library: library.saved.all()),
        (b"[\"(papers)\"]", b"[\"(vapers)\"]", lambda library: library.records.info()),
    ],
)  # fmt: skip
def test_a_changed_value_is_noticed_when_it_is_read(folder, before, after, read):
    with open_again(folder) as library:
        read(library)
    assert replace_bytes(folder, before, after)
    with open_again(folder) as library, pytest.raises(DamagedLibrary, match=r"library\.sqlite .*what was written of"):
        read(library)


def test_a_changed_vector_is_noticed_by_the_next_build(folder):
    with Library.open(folder, encoder=ToyEncoder()) as library:
        vector = library._store._db.execute("SELECT vector FROM vectors").fetchone()[0]
    assert replace_bytes(folder, vector, vector[:-1] + bytes([vector[-1] ^ 64]))
    with (
        Library.open(folder, encoder=ToyEncoder()) as library,
        pytest.raises(DamagedLibrary, match="in its table vectors"),
    ):
        library.add(related(22))


def test_a_write_to_a_damaged_row_is_refused_and_does_not_make_it_right(folder):
    assert replace_bytes(folder, b"amber", b"ember")
    with open_again(folder) as library:
        for _ in range(2):
            with pytest.raises(DamagedLibrary), library._store._database.moment() as db:
                db.execute("UPDATE notes SET changed = 'now'")
        with pytest.raises(DamagedLibrary):
            library.marks.of(["k4"])


def test_a_library_of_the_version_before_is_the_same_afterwards(folder, tmp_path):
    def told(folder):
        with Library.open(folder, write=False, encoder=ToyEncoder()) as library:
            return (
                library.snapshot.papers(), library.records.of([paper.id for paper in library.snapshot.papers()]),
                library.marks.of(["k3", "k4"]), library.saved.all(), library.records.info(), library.map.tobytes(),
            )  # fmt: skip

    before = told(folder)
    make_older(folder, 9)
    assert told(folder) == before
    with Library.open(folder, encoder=ToyEncoder()) as library:
        assert [change.kind for change in library.records.undoable()] == ["remove"]
        library.records.undo()
        assert library.snapshot.paper("k19").id == "k19"
        library.records.remove("k19")
    with closing(Store.open(folder, write=True)) as store:
        for table in checksums.COLUMNS:
            assert store._db.execute(f"SELECT COUNT(*) FROM {table} WHERE NOT {checksums.SOUND[table]}").fetchone() == (
                0,
            )


def test_keys_are_never_given_again_by_a_migration(folder):
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(related(25))
        library.records.remove("k24", "k23", "k22", "k21", "k20")
        highest = library._store._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'papers'").fetchone()[0]
    make_older(folder, 9)
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(related(30)[26:])
        assert min(library._store._db.execute("SELECT key FROM papers WHERE id = 'k26'").fetchone()) == highest + 1


def test_a_damaged_mark_is_not_copied_under_another_name(folder):
    assert replace_bytes(folder, b"tagvelvet\x04", b"tagvelvet\x05")
    with closing(Store.open(folder, write=False)) as store, pytest.raises(DamagedLibrary, match="marks"):
        store.marks.rename(Kind.TAG, "velvet", "silk")
    with closing(sqlite3.connect(folder / FILE)) as db:
        assert db.execute("SELECT DISTINCT name FROM marks WHERE kind = 'tag'").fetchall() == [("velvet",)]


def test_what_is_underway_is_not_taken_from_a_damaged_row(folder):
    with closing(Store.open(folder, write=True)) as store:
        store.set(underway="remove 3")
    assert replace_bytes(folder, b"underwayremove 3", b"underwayremove 2")
    with closing(Store.open(folder, write=False)) as store, pytest.raises(DamagedLibrary, match="settings"):
        _ = store.imports.underway
