"""Zotero's database as a file: other versions, writers beside us, damage; the folder is left as it was."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.paper import Paper, Problem
from explorer.readers import UnreadableFile, read, recognise
from explorer.readers.formats.zotero import read_database
from explorer.readers.io import snapshot, sqlite
from explorer.readers.io.files import is_zotero
from explorer.readers.io.stream import Stream
from support.cost import examples, seconds_at_most
from support.files import lost, papers, remarks
from support.interrupts import interrupted
from support.zotero import ATTENTION, SCHEMA, Zotero

# -------------------------------------------------------------------------------------------------- other versions


@pytest.mark.parametrize("size", [512, 1024, 32768, 65536])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_pages_and_letters_of_any_kind(tmp_path: Path, size: int, encoding: str) -> None:
    path = tmp_path / "zotero.sqlite.bak"
    with closing(sqlite3.connect(path)) as tables:
        tables.executescript(f"PRAGMA page_size = {size}; PRAGMA encoding = '{encoding}'; {SCHEMA.read_text()}")
        tables.executescript(
            """
            INSERT INTO itemTypes (itemTypeID, typeName) VALUES (22, 'journalArticle');
            INSERT INTO fields (fieldID, fieldName) VALUES (1, 'title');
            INSERT INTO items (itemID, itemTypeID, libraryID, key) VALUES (1, 22, 1, 'AAAA2222');
            INSERT INTO itemDataValues VALUES (1, 'Größe 数 𝛼');
            INSERT INTO itemData VALUES (1, 1, 1);
            """
        )
    assert recognise(path) == "zotero"
    assert [paper.title for paper in papers(path)] == ["Größe 数 𝛼"]


def test_zotero_4_kept_names_and_libraries_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "zotero.sqlite"
    with closing(sqlite3.connect(path)) as tables:
        tables.executescript(
            """
            CREATE TABLE itemTypes (itemTypeID INTEGER PRIMARY KEY, typeName TEXT, templateItemTypeID INT, display INT);
            CREATE TABLE fields (fieldID INTEGER PRIMARY KEY, fieldName TEXT, fieldFormatID INT);
            CREATE TABLE items (itemID INTEGER PRIMARY KEY, itemTypeID INT NOT NULL, libraryID INT, key TEXT NOT NULL);
            CREATE TABLE itemData (itemID INT, fieldID INT, valueID, PRIMARY KEY (itemID, fieldID));
            CREATE TABLE itemDataValues (valueID INTEGER PRIMARY KEY, value UNIQUE);
            CREATE TABLE itemAttachments (itemID INTEGER PRIMARY KEY, sourceItemID INT, linkMode INT, mimeType TEXT);
            CREATE TABLE creatorTypes (creatorTypeID INTEGER PRIMARY KEY, creatorType TEXT);
            CREATE TABLE creators (creatorID INTEGER PRIMARY KEY, creatorDataID INT NOT NULL, libraryID INT, key TEXT);
            CREATE TABLE creatorData (creatorDataID INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT, shortName TEXT,
                                      fieldMode INT, birthYear INT);
            CREATE TABLE itemCreators (itemID INT, creatorID INT, creatorTypeID INT, orderIndex INT DEFAULT 0);
            CREATE TABLE libraries (libraryID INTEGER PRIMARY KEY, libraryType TEXT NOT NULL);
            CREATE TABLE groups (groupID INTEGER PRIMARY KEY, libraryID INT NOT NULL UNIQUE, name TEXT NOT NULL);
            CREATE TABLE tags (tagID INTEGER PRIMARY KEY, name TEXT NOT NULL, type INT NOT NULL, libraryID INT);
            CREATE TABLE itemTags (itemID INT, tagID INT, PRIMARY KEY (itemID, tagID));
            INSERT INTO itemTypes VALUES (4, 'journalArticle', NULL, 2), (14, 'attachment', NULL, 0);
            INSERT INTO fields VALUES (110, 'title', NULL), (12, 'publicationTitle', NULL);
            INSERT INTO creatorTypes VALUES (1, 'author');
            INSERT INTO libraries VALUES (7, 'group');
            INSERT INTO groups VALUES (99, 7, 'Lab');
            INSERT INTO items VALUES (1, 4, NULL, 'AAAA2222'), (2, 14, NULL, 'BBBB2222'), (3, 4, 7, 'CCCC2222');
            INSERT INTO itemDataValues VALUES (1, 'An old entry'), (2, 'Nature'), (3, 'Another');
            INSERT INTO itemData VALUES (1, 110, 1), (1, 12, 2), (3, 110, 3);
            INSERT INTO itemAttachments VALUES (2, NULL, 1, 'application/pdf');
            INSERT INTO creatorData VALUES (5, 'Rosalind', 'Franklin', '', 0, NULL), (6, '', 'CERN', '', 1, NULL);
            INSERT INTO creators VALUES (1, 6, NULL, 'X'), (2, 5, NULL, 'Y');
            INSERT INTO itemCreators VALUES (1, 1, 1, 1), (1, 2, 1, 0);
            INSERT INTO tags VALUES (1, 'dna', 0, NULL), (2, 'dna', 1, NULL);
            INSERT INTO itemTags VALUES (1, 1), (1, 2);
            """
        )
    first, second = papers(path)
    assert (first.title, first.venue, first.id) == ("An old entry", "Nature", "AAAA2222")
    assert (first.authors, first.keywords) == (("Franklin, Rosalind", "CERN"), ("dna",))
    assert (second.id, second.collections) == ("99_CCCC2222", ("Lab",))
    assert any("1 attached file without the entry" in remark for remark in remarks(path))


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ("CREATE TABLE playlist (name)", "not that of Zotero: items is missing, its tables are playlist …"),
        ("CREATE TABLE Documents (id); CREATE TABLE DocumentContributors (id)", "Mendeley Desktop. Export the papers"),
        ("CREATE VIEW items AS SELECT 1 AS itemID; CREATE TABLE itemTypes (a)", "items is missing"),
    ],
)
def test_other_databases_are_named(tmp_path: Path, tables: str, message: str) -> None:
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(tables)
    with pytest.raises(UnreadableFile, match=message):
        read(path)


def test_a_view_that_computes_without_end_is_not_asked(zotero: Zotero) -> None:
    zotero.add("book", {"title": "T"}, tags=("a",))
    zotero.tables.executescript(
        "DROP TABLE tags; CREATE VIEW tags AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS tagID, 'x' AS name FROM n;"
    )
    with seconds_at_most(5):
        assert [(paper.title, paper.keywords) for paper in papers(zotero.path)] == [("T", ())]


def test_a_question_without_end_is_broken_off(zotero: Zotero, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "DEADLINE", 0.2)
    tables = sqlite.Tables(zotero.path)
    with closing(tables), pytest.raises(sqlite.Damaged, match="reading it takes too long"):
        tables.rows("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")


# --------------------------------------------------------------------------------------------------- left as it was


def test_the_folder_is_left_as_it_was(zotero: Zotero) -> None:
    zotero.add("preprint", ATTENTION)
    zotero.tables.close()
    before = zotero.state()
    assert is_zotero(zotero.folder) and not is_zotero(zotero.path)
    assert not is_zotero(zotero.folder / "storage")
    assert len(papers(zotero.path)) == 1
    assert zotero.state() == before


HOLD = """
import sqlite3, sys
tables = sqlite3.connect(sys.argv[1], isolation_level=None)
tables.execute("PRAGMA locking_mode = EXCLUSIVE")
tables.execute("PRAGMA journal_mode = " + sys.argv[2])
tables.execute("PRAGMA cache_size = 10")  # so that half of what is not committed is already in the file
tables.execute("PRAGMA wal_autocheckpoint = 0")
tables.execute("INSERT INTO itemDataValues VALUES (5000, 'Committed while Zotero runs')")
tables.execute("INSERT INTO items (itemID, itemTypeID, libraryID, key) VALUES (5000, 7, 1, 'LATE2222')")
tables.execute("INSERT INTO itemData VALUES (5000, 1, 5000)")
tables.execute("BEGIN EXCLUSIVE")
tables.execute("UPDATE itemDataValues SET value = value || ' (never saved)'")
for number in range(6000, 9000):
    tables.execute("INSERT INTO itemDataValues VALUES (?, ?)", (number, f"Never saved {number} " + "x" * 500))
    tables.execute("INSERT INTO items (itemID, itemTypeID, libraryID, key) VALUES (?, 7, 1, ?)", (number, f"N{number}"))
    tables.execute("INSERT INTO itemData VALUES (?, 1, ?)", (number, number))
tables.execute("DELETE FROM itemCreators")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("journal", ["delete", "truncate", "persist", "wal"])
def test_what_zotero_has_not_saved_yet_is_not_read(zotero: Zotero, journal: str) -> None:
    zotero.tables.execute("BEGIN")
    for number in range(300):
        fields = {"title": f"Title {number}", "abstractNote": f"About {number} " * 40}
        zotero.add("book", fields, (("author", "Berg", "A."),))
    zotero.tables.execute("COMMIT")
    zotero.tables.close()
    command = [sys.executable, "-c", HOLD, str(zotero.path), journal]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        with (
            closing(sqlite3.connect(f"file:{zotero.path}?mode=ro", uri=True, timeout=0)) as locked,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            locked.execute("SELECT * FROM items").fetchall()
        before = zotero.state()
        found = papers(zotero.path)
        assert zotero.state() == before
        process.communicate()
    assert any(name.endswith(("-journal", "-wal")) for name in before)
    assert [paper.title for paper in found] == [f"Title {n}" for n in range(300)] + ["Committed while Zotero runs"]
    assert {paper.authors for paper in found[:300]} == {("Berg, A.",)}
    assert not remarks(zotero.path)


def test_a_copy_made_between_two_writes_is_thrown_away(zotero: Zotero, monkeypatch: pytest.MonkeyPatch) -> None:
    zotero.add("book", {"title": "Old title"})
    zotero.tables.close()
    copies = []
    copy = snapshot._copy

    def disturbed(source: Path, target: Path, must: bool) -> None:
        copy(source, target, must)
        copies.append(source)
        if len(copies) == 1:
            with closing(sqlite3.connect(source)) as tables, tables:
                tables.execute("UPDATE itemDataValues SET value = 'New title'")

    monkeypatch.setattr(snapshot, "_copy", disturbed)
    assert [item.title for item in read_database(Stream(zotero.path)) if isinstance(item, Paper)] == ["New title"]
    assert len(copies) == 6


def test_a_database_that_never_rests_says_so(zotero: Zotero, monkeypatch: pytest.MonkeyPatch) -> None:
    zotero.add("book", {"title": "T"})
    monkeypatch.setattr(snapshot, "PATIENCE", 0.2)
    monkeypatch.setattr(snapshot, "_just_written", lambda state: True)
    with pytest.raises(UnreadableFile, match=r"is being written to without a pause\. Close the program"):
        read(zotero.path)


def test_the_locked_bytes_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_LOCKED", 2**12)
    monkeypatch.setattr(snapshot, "_BLOCK", 1000)
    whole = bytes(range(1, 251)) * 40
    (tmp_path / "a").write_bytes(whole)
    snapshot._copy(tmp_path / "a", tmp_path / "b", must=True)
    assert (tmp_path / "b").read_bytes() == whole[:4096] + bytes(512) + whole[4608:]


def test_a_packed_database_is_unpacked(zotero: Zotero) -> None:
    zotero.add("preprint", ATTENTION)
    zotero.tables.close()
    packed = zotero.folder.parent / "zotero.sqlite.gz"
    packed.write_bytes(gzip.compress(zotero.path.read_bytes()))
    assert [paper.title for paper in papers(packed)] == ["Attention Is All You Need"]


# ------------------------------------------------------------------------------------------------------- damage


def fill(zotero: Zotero, count: int) -> bytes:
    zotero.tables.execute("BEGIN")
    for number in range(count):
        zotero.add(
            "journalArticle",
            {"title": f"Title {number}", "abstractNote": f"Words about {number}. " * 30},
            (("author", f"Family{number % 50}", "A."),),
            tags=(f"tag{number % 7}",),
        )
    zotero.tables.execute("COMMIT")
    zotero.tables.close()
    return zotero.path.read_bytes()


def pages_of(path: Path, table: str) -> list[int]:
    """Where in the file the leaves of a table lie."""
    with closing(sqlite3.connect(path)) as tables:
        size = tables.execute("PRAGMA page_size").fetchone()[0]
        root = tables.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    content = path.read_bytes()
    start = (root - 1) * size
    assert content[start] == 5  # an inner page of a table
    cells = int.from_bytes(content[start + 3 : start + 5])
    at = [int.from_bytes(content[start + 12 + 2 * n : start + 14 + 2 * n]) for n in range(cells)]
    return [(int.from_bytes(content[start + place : start + place + 4]) - 1) * size for place in at]


def test_a_lost_page_of_entries_costs_those_entries(zotero: Zotero) -> None:
    content = bytearray(fill(zotero, 1000))
    leaf = pages_of(zotero.path, "items")[2]
    content[leaf : leaf + 4096] = b"\xff" * 4096
    zotero.path.write_bytes(content)
    found = papers(zotero.path)
    titles = {int(paper.title.removeprefix("Title ")) for paper in found}
    missing = sorted(set(range(1000)) - titles)
    assert 10 < len(missing) < 150 and missing == list(range(missing[0], missing[-1] + 1))
    (problem,) = lost(zotero.path)
    assert problem.record == missing[0] + 1
    assert problem.reason.startswith(f"entries after number {missing[0]} up to {missing[-1] + 1} could not be read")
    assert any(
        remark.startswith("the database is damaged, and papers or fields may be") for remark in remarks(zotero.path)
    )


def test_a_lost_page_of_texts_costs_the_entries_it_belongs_to(zotero: Zotero) -> None:
    content = bytearray(fill(zotero, 1000))
    leaf = pages_of(zotero.path, "itemDataValues")[40]
    content[leaf : leaf + 4096] = b"\xff" * 4096
    zotero.path.write_bytes(content)
    missing = lost(zotero.path)
    assert 1 <= len(missing) < 30
    assert len(papers(zotero.path)) == 1000 - len(missing)
    assert all("could not be read: database disk image is malformed" in problem.reason for problem in missing)


@pytest.mark.parametrize("number", [8, 20, 33])
def test_an_index_that_leads_to_other_entries_costs_one_entry(zotero: Zotero, number: int) -> None:
    content = bytearray(fill(zotero, 40))
    with closing(sqlite3.connect(zotero.path)) as tables:
        size = tables.execute("PRAGMA page_size").fetchone()[0]
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_itemTags_1'"
        page = (tables.execute(query).fetchone()[0] - 1) * size
    at = 8 + 2 * number
    row = page + int.from_bytes(content[page + at : page + at + 2])
    assert content[page] == 10 and 0 < content[row + 5] <= 40  # one page holds the index; the row is of some entry
    content[row + 4 : row + 6] = b"\0\0"  # now it is of entry 0
    zotero.path.write_bytes(content)
    (problem,) = lost(zotero.path)
    assert "could not be read: an index is damaged, it leads to entry 0. In Zotero choose" in problem.reason
    assert len(papers(zotero.path)) == 39


@pytest.mark.parametrize("keep", [16, 100, 500, 4096, 5000, 40_000])
def test_a_file_cut_short_is_a_plain_message(zotero: Zotero, keep: int) -> None:
    zotero.path.write_bytes(fill(zotero, 300)[:keep])
    with pytest.raises(
        UnreadableFile, match=r"zotero.sqlite: is damaged and cannot be read \(.+\). Read zotero.sqlite.bak"
    ):
        list(read(zotero.path))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Zotero(tmp_path_factory.mktemp("sound") / "Zotero")
    fill(made, 120)
    return made.path


@pytest.mark.slow
@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(16, 2**18), st.binary(min_size=1, max_size=300)), min_size=1, max_size=6),
    keep=st.one_of(st.none(), st.integers(16, 2**18)),
)
def test_no_damage_makes_it_raise(
    sound: Path, tmp_path: Path, changes: list[tuple[int, bytes]], keep: int | None
) -> None:
    content = bytearray(sound.read_bytes())
    for place, new in changes:
        place = 16 + place % (len(content) - 400)
        content[place : place + len(new)] = new
    path = tmp_path / "zotero.sqlite"
    path.write_bytes(bytes(content[:keep]))
    records = []
    try:
        for item in read(path):
            assert isinstance(item, (Paper, Problem))
            number = item.record if isinstance(item, Problem) else item.sources[0].record
            records += [number] if number else []
    except UnreadableFile as error:
        assert str(error).startswith("zotero.sqlite: ")
    assert records == list(range(1, len(records) + 1))


def test_ctrl_c_while_a_database_is_read_is_no_fault_of_the_file(tmp_path):
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c"
    zotero = Zotero(tmp_path)
    zotero.add("preprint", ATTENTION)
    tables = sqlite.Tables(zotero.path)
    with closing(tables):
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt), interrupted():
                tables.rows(endless)
        assert tables.rows("SELECT count(*) FROM items") == [(1,)]
