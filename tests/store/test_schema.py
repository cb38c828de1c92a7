"""A new library is made by one script, an old one by the migrations: both have the same tables."""

import sqlite3
from contextlib import closing

from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.store import checksums
from explorer.store.database import FILE, migrations, schema
from explorer.store.papers import files_by_paper, venue_by_paper


def _made_by(*scripts):
    """(every statement that SQLite keeps, tables that hold a row) of a file that these scripts make."""
    with closing(sqlite3.connect(":memory:")) as db:
        checksums.register(db)
        for script in scripts:
            db.executescript(script)
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        filled = {name for name in tables if db.execute(f"SELECT * FROM {name}").fetchone()}
        return db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").fetchall(), filled


def test_the_script_of_a_new_library_makes_what_the_migrations_up_to_it_make():
    version, script = schema()
    made, filled = _made_by(script)
    of_migrations, filled_by_them = _made_by(*migrations()[:version])
    assert made == of_migrations
    assert filled == set() and filled_by_them <= {"sqlite_sequence"}


def test_a_new_library_has_the_tables_of_a_migrated_one(tmp_path):
    Library.open(tmp_path, encoder=ToyEncoder()).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        made = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").fetchall()
        assert db.execute("PRAGMA user_version").fetchone() == (len(migrations()),)
    assert made == _made_by(*migrations())[0]


def test_what_lists_read_of_every_paper_is_read_without_its_abstract(tmp_path):
    with Library.open(tmp_path, encoder=ToyEncoder()) as library:
        papers, asked = library.snapshot._store.papers, []
        for read in (papers.years, papers.venues, lambda: venue_by_paper(papers), lambda: files_by_paper(papers)):
            connection = papers._database.connection
            connection.set_trace_callback(asked.append)
            read()
            connection.set_trace_callback(None)
        plans = [" ".join(row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")) for sql in asked]
        assert len(plans) == 4 and all("COVERING INDEX" in plan for plan in plans), plans
