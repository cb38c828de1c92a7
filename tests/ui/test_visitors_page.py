"""The pages as a visitor has them: his own marks and searches, and no control that changes the library."""

import pytest

from explorer.library import Library
from explorer.search.question import Question
from explorer.server import session
from explorer.server.visitor import ask_pages, asking
from explorer.store import Kind
from explorer.ui.shell import entrance
from explorer.ui.state import VisitorState, state
from support.app import TABLE, add, cards, labels, library_at, shown


@pytest.fixture
def ids(folder, page, tmp_path, monkeypatch):
    """A library with marks, a note and a saved search of its owner, for readers; `ada` asks."""
    file = tmp_path / "table.csv"
    file.write_text(TABLE)
    add(folder, file)
    with Library.open(folder) as library:
        ids = library.snapshot.ids(["River deltas", "Old walls", "Plain walls"])
        library.marks.put(Kind.COLLECTION, "Moss", ids[1])
        library.marks.put(Kind.COLLECTION, "liked", ids[1])
        library.marks.note(ids[1], "the owner's thoughts")
        library.saved.put("the owner's question", Question("walls"))
    monkeypatch.setattr(session, "_latest", {})
    monkeypatch.setenv("EXPLORER_READ_ONLY", "yes")
    with monkeypatch.context() as patch:
        patch.setattr("explorer.server.visitor._of_pages", [])
        ask_pages(lambda: "ada")
        yield ids
    monkeypatch.setattr(session, "_latest", {})


def test_explore_has_marks_and_searches_of_the_visitor_alone(ids, page):
    with asking("ada"), session.moment() as library:
        library.marks.put(Kind.COLLECTION, "liked", ids[0])
        library.marks.put(Kind.TAG, "mine", ids[0])
        library.saved.put("my question", Question("deltas"))
    page.run()
    assert not page.exception
    data = cards(page)
    assert data["toggles"] and [chip["name"] for chip in data["shelf"]] == ["liked", "mine"]
    assert [chip["name"] for chip in data["saved"]] == ["my question"]
    assert [word for word in ("the owner", "'Moss'") if word in str(data)] == []
    assert "Save this search" in labels(page) and "Rename" not in labels(page)
    offered = [option for box in page.selectbox for option in box.options]
    assert {"liked", "to read", "hidden", "mine"} <= {*offered} and "Moss" not in offered


def test_library_says_whose_marks_they_are_and_takes_back_his_own_alone(ids, folder):
    with asking("ada"), session.moment() as library:
        library.marks.put(Kind.COLLECTION, "Own list", ids[0])
        library.marks.see(*ids[:2])
    page = library_at(folder)
    assert not page.exception and "You are ada" in shown(page) and str(folder) not in shown(page)
    assert labels(page) == ["Rename", "Delete", "Forget that I have seen 2 papers"]
    assert page.get("file_uploader") == []
    page.button[2].click().run()
    assert "Forget that I have seen" not in " ".join(labels(page))
    page.button(key="mark-delete").click().run()
    assert labels(page) == []
    with Library.open(folder, write=False) as library:
        assert library.marks.of([ids[1]])[0].collections == ("Moss", "liked")


def test_a_name_with_letters_beyond_ascii_is_shown_as_it_is_written(ids, folder):
    ask_pages(lambda: "Jos%C3%A9 *x*")
    assert "You are José *x*" in shown(library_at(folder))


class Headers(dict):
    def get_all(self, name):
        return [value for key, value in self.items() if key == name]


def test_who_has_a_session_is_remembered_when_the_browser_has_gone(monkeypatch):
    class Context:
        headers = Headers({"x-remote-user": "ada", "host": "x"})

    monkeypatch.setattr(entrance.st, "context", Context)
    monkeypatch.setattr(entrance, "get_script_run_ctx", lambda **options: object())
    monkeypatch.setattr(entrance.st, "session_state", {})
    monkeypatch.setattr("explorer.ui.state.st.session_state", entrance.st.session_state)
    assert entrance._visitor("x-remote-user") == "ada"
    Context.headers = Headers()
    assert entrance._visitor("x-remote-user") == "ada"  # what he clicked last is carried out for him
    Context.headers = Headers({"host": "x"})
    assert entrance._visitor("x-remote-user") == "" and state(VisitorState).name == ""
    monkeypatch.setattr(entrance, "get_script_run_ctx", lambda **options: None)
    assert entrance._visitor("x-remote-user") == ""
