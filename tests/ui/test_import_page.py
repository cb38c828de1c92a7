"""Bringing papers: preview, columns, import, report."""

import threading
import time

import pytest

from explorer.errors import LibraryError
from explorer.library import Library
from explorer.library.builder import Builder
from explorer.paper import Problem
from explorer.server import session, tasks
from explorer.server.jobs import JOBS, ImportPlan, Task
from explorer.server.uploads import Batch, look, safe_name
from explorer.store import Import
from explorer.store.imports import ImportTable
from explorer.ui.library.import_form import PATH, SYNC, FormState
from explorer.ui.pages import library
from support.app import TABLE, UNNAMED, add, button, labels, library_at, shown, wait
from support.papers import record


def give(page, path):
    return page.text_input(key=PATH).set_value(str(path)).run()


# ---------------------------------------------------------------------------------------------------- the preview


def test_an_empty_library_invites_to_bring_papers(page):
    page.run()
    assert not page.exception
    assert page.title[0].value == "Bring your papers"
    assert "BibTeX, RIS, PubMed" in page.file_uploader[0].label
    assert page.file_uploader[0].allowed_type == []  # any ending


def test_a_file_is_looked_into_before_anything_is_written(page, folder):
    page.run()
    page.file_uploader[0].set_value([("deltas.csv", TABLE.encode(), "text/csv")]).run()
    assert not page.exception
    words = shown(page)
    assert "deltas.csv** — CSV · 3 records" in words
    assert "3 records, 1 without an abstract" in words
    assert "River deltas Jane Smith · 1999 Sediment in deltas" in words
    assert "Plain walls 2010 no abstract" in words
    assert "Import" in labels(page)
    assert JOBS.latest is None
    with Library.open(folder, write=False) as library:
        assert library.records.info().papers == 0


def test_titles_that_no_column_gives_are_counted(tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text(UNNAMED)
    found = look(file, {"abstract": "Body"})
    assert (found.records, found.without_title, found.without_abstract) == (2, 2, 0)
    assert look(file, {"abstract": "Body", "title": "Heading of it"}).without_title == 0


@pytest.mark.slow
def test_a_batch_outlives_a_change_of_page(page):
    page.run()
    page.file_uploader[0].set_value([("deltas.csv", TABLE.encode(), "text/csv")]).run()
    batch = page.session_state[FormState.__name__].batch
    page.run()  # the uploader was emptied; the file is still there
    assert page.session_state[FormState.__name__].batch is batch
    assert batch.paths[0].read_text() == TABLE
    assert batch.paths[0].name == "deltas.csv"
    assert "deltas.csv" in shown(page)
    button(page, "Take out").click().run()
    assert "Ready to import" not in shown(page)
    assert batch.paths == ()


@pytest.mark.slow
def test_a_path_can_be_given_and_a_wrong_one_is_said(page, tmp_path):
    page.run()
    give(page, tmp_path / "nothing here.bib")
    assert "There is nothing at" in page.error[0].value
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.csv").write_text(TABLE)
    give(page, f'"{tmp_path / "folder"}"')
    assert [error.value for error in page.error] == []
    assert "folder** — CSV · 3 records" in shown(page)


def test_what_cannot_be_read_is_said_and_cannot_be_imported(page, tmp_path):
    (tmp_path / "page.ris").write_text("<!DOCTYPE html><html><body>Please log in</body></html>")
    page.run()
    give(page, tmp_path / "page.ris")
    assert "looks like a web page" in shown(page)
    assert "Readable are" not in shown(page)
    assert button(page, "Import").disabled


@pytest.mark.slow
def test_columns_are_guessed_shown_and_overridden(page, tmp_path):
    (tmp_path / "table.csv").write_text(TABLE)
    page.run()
    give(page, tmp_path / "table.csv")
    boxes = {box.label: box for box in page.selectbox}
    assert boxes["Title"].value == 0
    assert boxes["Abstract"].value == 1
    assert boxes["Venue"].value is None
    assert boxes["Title"].options[1] == "Abstract (Sediment in deltas over forty years of f…)"
    boxes["Venue"].set_value(2).run()
    assert "River deltas Jane Smith · 1999 Sediment" in shown(page)
    button(page, "Import").click().run()
    assert wait().report.added == 3
    assert session.library().snapshot.paper("River deltas").venue == "1999"


@pytest.mark.slow
def test_a_table_with_names_of_its_own_asks_which_column_holds_what(page, tmp_path):
    (tmp_path / "own.csv").write_text(UNNAMED)
    page.run()
    give(page, tmp_path / "own.csv")
    assert "which column holds what?" in shown(page)
    assert button(page, "Import").disabled
    next(box for box in page.selectbox if box.label == "Title").set_value(1).run()
    next(box for box in page.selectbox if box.label == "Abstract").set_value(2).run()
    assert "River deltas Sediment in deltas over years of floods." in shown(page)
    button(page, "Import").click().run()
    assert wait().report.added == 2
    assert session.library().snapshot.paper("Old walls").abstract == "Moss grows on them."


@pytest.mark.slow
def test_names_and_texts_are_no_markdown(page, tmp_path):
    nasty = "<script>x</script> **b** :red[c].csv"
    file = tmp_path / safe_name(nasty)
    file.write_text(f"Title,Abstract\n{nasty},<img src=x>\n")
    page.run()
    give(page, file)
    assert not page.exception
    html = " ".join(element.proto.body for element in page.get("html"))
    assert "&lt;script&gt;x&lt;/script&gt; **b**" in html
    assert "<img" not in html
    assert not any("**b**" in element.value for element in page.markdown)


# ------------------------------------------------------------------------------------------------------ the import


def test_an_import_reports_what_came_of_it(page, tmp_path):
    (tmp_path / "deltas.csv").write_text(TABLE + "a,b,c,d,e,f\n")
    page.run()
    give(page, tmp_path / "deltas.csv")
    button(page, "Import").click().run()
    wait()
    page.run()
    assert not page.exception
    words = shown(page)
    assert "3 added, 0 already here, 1 could not be read, of 4 records" in words
    assert "Ready to import" not in words
    assert "4 read 3 added 0 already here 0 updated 0 removed 1 without abstract 1 could not be read" in words
    assert "deltas.csv 6 4 6 cells in the row" in words
    assert "3 Papers" in words


@pytest.mark.slow
def test_a_sync_says_what_would_be_removed_before_it_can_be_done(folder, write):
    add(folder, write(*map(record, range(12))))
    library = library_at(folder)
    give(library, write(*map(record, range(10))))
    library.radio(key=SYNC).set_value(True).run()
    assert button(library, "Import").disabled
    button(library, "See what would change").click().run()
    assert wait().report.removed == 2
    library.run()
    assert "2 papers would be removed" in shown(library)
    assert session.library().records.info().papers == 12
    button(library, "Import and remove 2 papers").click().run()
    wait()
    assert session.library().records.info().papers == 10
    library.run()
    assert "Undoing brings back the 2 papers it removed" in shown(library).replace("**", "")
    button(library, "Undo it").click().run()
    wait()
    assert session.library().records.info().papers == 12


def test_one_bad_file_costs_no_other(folder, write, tmp_path):
    bad = tmp_path / "bad.ris"
    bad.write_text("<html>")
    batch = Batch()
    for path in (bad, write(record(1))):
        batch.add_path(str(path))
    assert tasks.add(ImportPlan.of(batch))
    job = wait()
    assert job.report.added == 1
    assert len(job.refused) == 1
    assert job.refused[0].startswith("bad.ris: ")


@pytest.mark.slow
def test_one_job_at_a_time_and_a_stopped_one_goes_on(folder, write, monkeypatch):
    go, begun, real = threading.Event(), threading.Event(), Library.add

    def slow(self, *files, progress, **settings):
        def tell(step):
            begun.set()
            go.wait(20)
            progress(step)

        return real(self, *files, progress=tell, **settings)

    monkeypatch.setattr(Library, "add", slow)
    batch = Batch()
    batch.add_path(str(write(*map(record, range(600)))))
    assert tasks.add(ImportPlan.of(batch))
    assert begun.wait(20)
    assert not tasks.redraw()
    assert not tasks.split(1)
    JOBS.stop()
    go.set()
    job = wait()
    assert job.stopped
    assert session.library().records.info().papers == 500
    panel = library_at(folder)
    assert "Stopped. What was read is kept" in shown(panel)
    assert "interrupted after 500 records" in shown(panel)
    assert "500 papers are not on the map yet" in shown(panel)
    button(panel, "Go on").click().run()
    wait()
    assert session.library().records.info().papers == 600
    assert JOBS.latest.report.added == 100


def test_an_error_is_told_and_the_next_job_can_begin(folder, write, monkeypatch):
    def busy(*_, **__):
        raise LibraryError("another explorer is writing")

    batch = Batch()
    batch.add_path(str(write(record(1))))
    with monkeypatch.context() as patched:
        patched.setattr(Library, "add", busy)
        tasks.add(ImportPlan.of(batch))
        assert wait().error == "another explorer is writing"
    tasks.add(ImportPlan.of(batch))
    assert wait().report.added == 1


@pytest.mark.slow
def test_provisional_places_are_told_and_drawn_anew(folder, write):
    add(folder, write(*map(record, range(60))))
    add(folder, write(record(70), name="new.jsonl"))
    page = library_at(folder)
    assert "1 paper has a provisional place on the map" in shown(page)
    button(page, "Draw the map anew").click().run()
    assert wait().task is Task.REDRAW
    page.run()
    assert "provisional place" not in shown(page)
    assert "2 drawings of the map" in [box.label for box in page.expander]
    button(page, "Go back to it").click().run()
    assert wait().task is Task.RETURN
    page.run()
    assert "1 paper has a provisional place on the map" in shown(page)
    assert len([each for each in session.library().drawings.all() if each.shown]) == 1


@pytest.mark.slow
def test_removed_papers_can_be_brought_back(folder, write):
    add(folder, write(*map(record, range(6))))
    assert tasks.remove("k1", "k2")
    assert wait().done == "2 papers removed. Undo it on the page Library."
    page = library_at(folder)
    assert "brings back the 2 papers removed by hand" in shown(page)
    button(page, "Undo it").click().run()
    wait()
    assert session.library().records.info().papers == 6


# ------------------------------------------------------------------------------------------------------- the report


def done(number, files=("a.ris",), **fields):
    plain = dict.fromkeys(("read", "added", "merged", "updated", "unchanged", "removed", "without_abstract"), 0)
    values = {"started": "2026-01-01T10:00:00+00:00", "finished": "x", "kind": "add", "undone": None, **plain, **fields}
    return Import(number=number, files=files, **values)


def test_an_undo_is_put_into_words():
    assert library.undo_words([done(1, added=286)]) == "removes the 286 papers added by a.ris"
    assert library.undo_words([done(2, added=1, updated=2, merged=1)]) == (
        "removes the 1 paper added by a.ris, takes back 2 updates and takes back 1 merge"
    )
    assert library.undo_words([done(3, kind="remove", files=("k1", "k2"))]) == (
        "brings back the 2 papers removed by hand"
    )
    assert "changed no paper" in library.undo_words([done(4)])


def test_an_interrupted_import_is_undone_together_with_the_one_that_finished_it():
    class Table(ImportTable):
        def __init__(self, imports):
            self.imports = imports

        def all(self):
            return self.imports

    chain = Table([done(3, added=5), done(2, finished=None, added=2), done(1, files=("b",), added=9)]).undoable()
    assert [one.number for one in chain] == [3, 2]
    assert library.undo_words(chain) == "removes the 7 papers added by a.ris"
    assert Table([done(3, undone="x"), done(2)]).undoable() == []


def test_problems_as_csv_hold_no_formula():
    text = library.as_csv([Problem("=x.csv", 3, 7, 'a "quote", and\nmore'), Problem("b", 0, 0, "-1")])
    assert text.decode("utf-8-sig").replace("\r\n", "|").split("|")[:-1] == [
        "file,line,record,reason", "'=x.csv,7,3,\"a \"\"quote\"\", and\nmore\"", "b,,,'-1",
    ]  # fmt: skip


def test_thousands_of_problems_come_in_pages(folder, write):
    file = write(record(1))
    file.write_text(file.read_text() + '{"broken\n' * 3000)
    add(folder, file)
    page = library_at(folder)
    table = next(element.proto.body for element in page.get("html") if "Problems of the import" in element.proto.body)
    assert table.count("<tr>") == 26
    began = time.perf_counter()
    page.run()
    assert time.perf_counter() - began < 1


def test_pages_while_the_only_import_is_being_undone(page, folder, tmp_path, monkeypatch):
    """All papers are gone, and the build without them has not ended: the last one still names them."""
    (tmp_path / "deltas.csv").write_text(TABLE)
    add(folder, tmp_path / "deltas.csv")
    go_on, gone, build = threading.Event(), threading.Event(), Builder.build

    def late(*arguments, **options):
        gone.set()
        assert go_on.wait(60)
        return build(*arguments, **options)

    monkeypatch.setattr(Builder, "build", late)
    tasks.undo()
    assert gone.wait(60)
    during = page.run()
    opened = session.library()
    removed = opened.snapshot.version, opened.records.info().papers
    go_on.set()
    assert wait().done.startswith("Undone: ")
    assert removed[0] and removed[1] == 0
    assert not during.exception
    assert [error.value for error in during.error] == []
    assert "Undoing — starting" in shown(during) + str([bar.proto for bar in during.get("progress")])
