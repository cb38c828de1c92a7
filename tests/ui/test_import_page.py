"""The pages Library and Same paper?: previews, jobs in the background, reports, undoing, merges."""

import gc
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

import pytest
from streamlit.testing.v1 import AppTest

import chromium
from embeddings.encoder import ToyEncoder
from explorer.errors import LibraryError, UnreadableFile
from explorer.library import Library
from explorer.paper import Problem
from explorer.server import session, tasks
from explorer.server.jobs import JOBS, ImportPlan, Task
from explorer.server.uploads import Batch, look, path_of, safe_name
from explorer.store import Import
from explorer.ui import PAGES
from explorer.ui.library.import_form import PATH, SYNC, FormState
from explorer.ui.pages import library
from explorer.ui.pages.duplicates import TITLE, VIEW

TABLE = (
    "Title,Abstract,Year,Authors\n"
    'River deltas,"Sediment in deltas over forty years of floods.",1999,"Smith, Jane"\n'
    'Old walls,"Moss grows on old walls where light is low.",2004,"Moss, Karl"\n'
    "Plain walls,,2010,\n"
    ",,,\n"
)
UNNAMED = (
    "Ref,Heading of it,Body,When\n1,River deltas,Sediment in deltas over years of floods.,1999\n"
    "2,Old walls,Moss grows on them.,2004\n"
)
WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu".split()


def record(number: int, **fields: object) -> dict[str, object]:
    one, other = WORDS[number % 12], WORDS[number * 5 % 12]
    return {
        "id": f"k{number}", "title": f"Paper about {one}{number} and {other}", "authors": [f"Writer, {one.title()}."],
        "abstract": f"{one} {other} paper number{number}", "year": 2000 + number, **fields,
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An app of its own with a toy library that holds nothing yet."""
    folder = tmp_path / "library"
    Library.open(folder, encoder=ToyEncoder()).close()
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library._store.set(encoder=ToyEncoder.name, revision=ToyEncoder.revision)
    monkeypatch.setenv("EXPLORER_LIBRARY", str(folder))
    monkeypatch.setattr(JOBS, "_latest", None)
    session._opened.cache_clear()
    return folder


@pytest.fixture
def write(tmp_path):
    def make(*records, name="list.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(one) + "\n" for one in records))
        return path

    return make


@pytest.fixture
def page(folder):
    return AppTest.from_file(str(PAGES), default_timeout=60)


def wait():
    for _ in range(600):
        if not JOBS.busy:
            return JOBS.latest
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def add(folder, *files):
    with Library.open(folder) as library:
        return library.add(*files)


def shown(page):
    """All words on the page; HTML without its tags."""
    parts = [
        str(element.value)
        for kind in ("title", "subheader", "markdown", "caption", "text", "success", "error", "warning", "info")
        for element in page.get(kind)
    ]
    parts += [re.sub("<[^>]*>", " ", element.proto.body) for element in page.get("html")]
    return " ".join(" ".join(parts).replace("\\", "").split())


def button(page, label):
    return next(element for element in page.button if element.label == label)


def labels(page):
    return [element.label for element in page.button]


def give(page, path):
    return page.text_input(key=PATH).set_value(str(path)).run()


def library_at(folder):
    """The page Library by itself: AppTest cannot click a link."""
    return AppTest.from_string("from explorer.ui.pages import library\nlibrary.draw()", default_timeout=60).run()


def same(folder):
    """The page Same paper? by itself."""
    return AppTest.from_string("from explorer.ui.pages import duplicates\nduplicates.draw()", default_timeout=60)


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
        assert library.info().papers == 0


def test_titles_that_no_column_gives_are_counted(tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text(UNNAMED)
    found = look(file, {"abstract": "Body"})
    assert (found.records, found.without_title, found.without_abstract) == (2, 2, 0)
    assert look(file, {"abstract": "Body", "title": "Heading of it"}).without_title == 0


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
    assert session.library().paper("River deltas").venue == "1999"


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
    assert session.library().paper("Old walls").abstract == "Moss grows on them."


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
    assert session.library().info().papers == 12
    button(library, "Import and remove 2 papers").click().run()
    wait()
    assert session.library().info().papers == 10
    library.run()
    assert "Undoing brings back the 2 papers it removed" in shown(library).replace("**", "")
    button(library, "Undo it").click().run()
    wait()
    assert session.library().info().papers == 12


def test_one_bad_file_costs_no_other(folder, write, tmp_path):
    bad = tmp_path / "bad.ris"
    bad.write_text("<html>")
    batch = Batch()
    for path in (bad, write(record(1))):
        batch.add_path(str(path))
    assert tasks.add(folder, ImportPlan.of(batch))
    job = wait()
    assert job.report.added == 1
    assert len(job.refused) == 1
    assert job.refused[0].startswith("bad.ris: ")


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
    assert tasks.add(folder, ImportPlan.of(batch))
    assert begun.wait(20)
    assert not tasks.redraw(folder)
    assert not tasks.split(folder, 1)
    JOBS.stop()
    go.set()
    job = wait()
    assert job.stopped
    assert session.library().info().papers == 500
    panel = library_at(folder)
    assert "Stopped. What was read is kept" in shown(panel)
    assert "interrupted after 500 records" in shown(panel)
    assert "500 papers are not on the map yet" in shown(panel)
    button(panel, "Go on").click().run()
    wait()
    assert session.library().info().papers == 600
    assert JOBS.latest.report.added == 100


def test_an_error_is_told_and_the_next_job_can_begin(folder, write, monkeypatch):
    def busy(*_, **__):
        raise LibraryError("another explorer is writing")

    batch = Batch()
    batch.add_path(str(write(record(1))))
    with monkeypatch.context() as patched:
        patched.setattr(Library, "add", busy)
        tasks.add(folder, ImportPlan.of(batch))
        assert wait().error == "another explorer is writing"
    tasks.add(folder, ImportPlan.of(batch))
    assert wait().report.added == 1


def test_provisional_places_are_told_and_drawn_anew(folder, write):
    add(folder, write(*map(record, range(60))))
    add(folder, write(record(70), name="new.jsonl"))
    page = library_at(folder)
    assert "1 paper has a provisional place on the map" in shown(page)
    button(page, "Draw the map anew").click().run()
    assert wait().task is Task.REDRAW
    page.run()
    assert "provisional place" not in shown(page)


def test_removed_papers_can_be_brought_back(folder, write):
    add(folder, write(*map(record, range(6))))
    assert tasks.remove(folder, "k1", "k2")
    assert wait().done == "2 papers removed. Undo it on the page Library."
    page = library_at(folder)
    assert "brings back the 2 papers removed by hand" in shown(page)
    button(page, "Undo it").click().run()
    wait()
    assert session.library().info().papers == 6


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
    imports = [done(3, added=5), done(2, finished=None, added=2), done(1, files=("b",), added=9)]
    assert [one.number for one in library.undoable(imports)] == [3, 2]
    assert library.undo_words(library.undoable(imports)) == "removes the 7 papers added by a.ris"
    assert library.undoable([done(3, undone="x"), done(2)]) == []


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


# ------------------------------------------------------------------------------------------------------ same paper?


def test_merged_papers_show_their_records_and_are_split_off(folder, write):
    add(folder, write(record(1, doi="10.1000/x"), record(2), record(3)))
    again = record(1, id="other", doi="10.1000/x", year=2002, venue="A Journal", abstract="Another text")
    add(folder, write(again, name="b.jsonl"))
    page = same(folder).run()
    assert not page.exception
    words = shown(page)
    assert "list.jsonl, record 1 · 2001 · 10.1000/x came first" in words
    assert "b.jsonl, record 1 · 2002 · A Journal · 10.1000/x same DOI, 10.1000/x" in words
    button(page, "Split off").click().run()
    wait()
    page.run()
    assert "Now its own paper" in shown(page)  # it stays where it was until one asks for the rest
    assert session.library().info().papers == 4
    button(page, "Show what is left").click().run()
    assert "No paper was merged" in shown(page)


def test_what_was_split_off_is_joined_again(folder, write):
    add(folder, write(record(1, doi="10.1000/x"), record(2)))
    add(folder, write(record(1, id="other", doi="10.1000/x", year=2002), name="b.jsonl"))
    page = same(folder).run()
    button(page, "Split off").click().run()
    wait()
    page.run()
    button(page, "Join again").click().run()
    wait()
    page.run()
    assert not page.exception
    assert "One paper again" in shown(page)
    assert [paper.id for paper in session.library().merged()] == ["k1"]
    button(page, "Show what is left").click().run()
    assert "joined by hand" in shown(page)
    button(page, "Split off").click().run()
    wait()
    page.run()
    assert "Now its own paper" in shown(page)


def near_copies(*numbers):
    text = " ".join(f"{word} is studied with care" for word in WORDS)
    for number in numbers:
        title = f"{WORDS[number]} {WORDS[number - 1]} {WORDS[-number]}"
        yield record(number, abstract=f"{text} {WORDS[number]}", title=title)


def test_near_copies_are_reviewed_side_by_side(folder, write):
    add(folder, write(*near_copies(1, 2), record(3)))
    page = same(folder).run()
    assert not page.exception
    assert "of the shorter abstract’s words are in the other" in shown(page)
    button(page, "Not the same").click().run()
    wait()
    page.run()
    assert "Kept apart" in shown(page)
    button(page, "Show what is left").click().run()
    assert "No two papers look like copies" in shown(page)
    assert session.library().review() == []


def test_decisions_wait_in_line_behind_one_another(folder, write):
    add(folder, write(*near_copies(1, 2, 3, 4), *map(record, range(20, 30))))
    pairs = [(pair.one.id, pair.other.id) for pair in session.library().review()]
    assert len(pairs) == 6
    assert tasks.join(folder, "k1", "k2")
    for pair in (("k3", "k4"), ("k1", "nobody")):
        assert tasks.join(folder, *pair)
    job = wait()
    assert session.library().info().papers == 12
    assert list(job.failed) == [tasks.pair_name("k1", "nobody")]
    assert "no paper with id" in job.failed[tasks.pair_name("k1", "nobody")]


def test_a_library_that_is_locked_fails_every_decision_in_line(folder, write):
    add(folder, write(*map(record, range(4))))
    with Library.open(folder):
        tasks.join(folder, "k1", "k2")
        job = wait()
    assert "is writing to" in job.error
    assert list(job.failed) == [tasks.pair_name("k1", "k2")]
    assert tasks.join(folder, "k1", "k2")
    assert wait().failed == {}


def test_many_merges_come_in_pages_and_are_found_by_title(folder, write):
    add(folder, write(*(record(number, doi=f"10.1000/{number}") for number in range(300))))
    add(folder, write(*(record(number, id=f"b{number}", doi=f"10.1000/{number}") for number in range(300)), name="b"))
    page = same(folder).run()
    page.segmented_control(key=VIEW).set_value("Merged").run()
    assert not page.exception
    assert labels(page).count("Split off") == 8
    page.text_input(key=TITLE).set_value("IOTA128").run()
    assert labels(page).count("Split off") == 1
    assert "iota128" in shown(page)


# ------------------------------------------------------------------------------------------------------ batches


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
    tasks.add(folder, ImportPlan.of(batch))
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


# ------------------------------------------------------------------------------------------------- in a real browser


@pytest.mark.browser
@pytest.mark.skipif(chromium.CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.parametrize("width", [1400, 420])
def test_the_journey_of_a_file(browser, folder, tmp_path, width):
    """Upload, preview, import, leave the page, come back, undo; without an error in the console."""
    file = tmp_path / "deltas.csv"
    file.write_text(TABLE)
    with chromium.serving(folder) as url:
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if width < 900 else "light"
        )
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        page.get_by_text("Bring your papers").wait_for(timeout=60_000)
        page.locator("input[type=file]").set_input_files(str(file))
        page.get_by_text("3 records, 1 without an abstract").wait_for(timeout=30_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text("3 added, ").first.wait_for(timeout=60_000)
        page.reload()
        page.get_by_text("3 added, ").first.wait_for(timeout=60_000)
        page.get_by_role("button", name="Undo this import").click()
        page.get_by_text("removes the 3 papers added by deltas.csv").wait_for()
        page.get_by_role("button", name="Undo it").click()
        page.get_by_text("Undone: the papers are as they were before").wait_for(timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()
        assert errors == []
