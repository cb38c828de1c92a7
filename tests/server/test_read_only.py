"""An app that only reads: what would change the library is refused below every page, whoever asks for it."""

import io
from hashlib import sha256

import pytest

from explorer.errors import LibraryError
from explorer.rights import SealedLibrary
from explorer.search.question import Question
from explorer.server import session, tasks
from explorer.server.access import Access, read_only
from explorer.server.jobs import JOBS, ImportPlan
from explorer.server.mcp import tools
from explorer.server.uploads import Batch
from explorer.store import Kind
from support.app import TABLE, add


@pytest.fixture
def opened(folder, tmp_path, monkeypatch):
    """The library of the app, as a reader has it; it was changed before."""
    file = tmp_path / "table.csv"
    file.write_text(TABLE)
    add(folder, file)
    with session.moment() as before:
        (paper,) = before.snapshot.ids(["Old walls"])
        before.marks.put(Kind.COLLECTION, "Moss", paper)
        before.marks.note(paper, "my own thoughts")
    monkeypatch.setattr(session, "_latest", {})
    monkeypatch.setenv("EXPLORER_READ_ONLY", "yes")
    with session.moment() as library:
        yield library
    monkeypatch.setattr(session, "_latest", {})


def digest(folder):
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("library.sqlite*")}


def test_no_verb_of_the_open_library_changes_it(opened):
    before, ids = digest(opened.folder), [paper.id for paper in opened.snapshot.papers()]
    label = opened.topics.levels[0].labels[0]
    for change in (
        lambda: opened.marks.put(Kind.COLLECTION, "liked", ids[0]),
        lambda: opened.marks.drop(Kind.COLLECTION, "Moss", ids[0]),
        lambda: opened.marks.note(ids[0], "x"),
        lambda: opened.marks.see(ids[0]),
        lambda: opened.marks.forget_seen(),
        lambda: opened.marks.rename(Kind.COLLECTION, "Moss", "Lichen"),
        lambda: opened.marks.delete(Kind.COLLECTION, "Moss"),
        lambda: opened.marks.rename_topic(label, "Mine"),
        lambda: opened.saved.put("mine", Question("walls")),
        lambda: opened.saved.drop("mine"),
    ):
        with pytest.raises((SealedLibrary, LibraryError), match=r"only read here|no saved search"):
            change()
    assert digest(opened.folder) == before


def test_no_task_begins_and_no_file_is_taken_in(opened, tmp_path):
    before = digest(opened.folder)
    ids = [paper.id for paper in opened.snapshot.papers()]
    plan = ImportPlan.of(Batch())
    for task in (
        lambda: tasks.add(plan), lambda: tasks.try_out(plan), tasks.undo, lambda: tasks.remove(ids[0]), tasks.redraw,
        lambda: tasks.show_drawing(1), tasks.build, lambda: tasks.split(1), lambda: tasks.join(*ids[:2]),
        lambda: tasks.keep_apart(*ids[:2]), lambda: tasks.part(*ids[:2], [1]),
        lambda: Batch().add_path(str(tmp_path / "table.csv")), lambda: Batch().put("x.bib", io.BytesIO(b"@misc{x}")),
    ):  # fmt: skip
        with pytest.raises(SealedLibrary, match="only read here"):
            task()
    assert not JOBS.busy and digest(opened.folder) == before


def test_readers_get_neither_the_owners_notes_nor_the_place_of_the_library(opened):
    (paper,) = opened.snapshot.ids(["Old walls"])
    answer = tools.paper(opened, [paper], budget=4000)
    assert "Moss" in answer and "my own thoughts" not in answer
    place = str(opened.folder.resolve())
    assert (
        session.in_public(f"the file {place}/library.sqlite is damaged")
        == "the file its folder/library.sqlite is damaged"
    )


def test_without_the_option_all_is_as_ever(folder):
    assert not read_only()
    place = str(folder.resolve())
    assert session.in_public(place) == place


@pytest.mark.parametrize(("word", "reads"), [("yes", True), ("1", True), ("True", True), ("no", False), ("", False)])
def test_the_variable_says_yes_or_no(word, reads):
    access = Access.of({"EXPLORER_READ_ONLY": word})
    assert access.read_only is reads and Access.of(access.variables) == access


def test_any_further_word_is_refused():
    with pytest.raises(LibraryError, match=r"EXPLORER_READ_ONLY is 'maybe'; write yes or no"):
        Access.of({"EXPLORER_READ_ONLY": "maybe"})
