"""The pages of an app that only reads: no control that changes the library is left on them."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.library import Library
from explorer.search.question import Question
from explorer.server import session
from explorer.store import Kind
from support.app import TABLE, add, cards, labels, library_at, shown


@pytest.fixture
def reader(folder, page, tmp_path, monkeypatch):
    """The page of a reader; the library holds marks, a note and a saved search of its owner."""
    file = tmp_path / "table.csv"
    file.write_text(TABLE)
    add(folder, file)
    with Library.open(folder) as library:
        (paper,) = library.snapshot.ids(["Old walls"])
        library.marks.put(Kind.COLLECTION, "Moss", paper)
        library.marks.put(Kind.COLLECTION, "liked", paper)
        library.marks.note(paper, "my own thoughts")
        library.saved.put("my own question", Question("walls"))
    monkeypatch.setattr(session, "_latest", {})
    monkeypatch.setenv("EXPLORER_READ_ONLY", "yes")
    yield page
    monkeypatch.setattr(session, "_latest", {})


def test_explore_has_no_save_and_no_marks(reader):
    reader.run()
    assert not reader.exception
    assert not set(labels(reader)) & {"Save this search", "Rename"}
    data = cards(reader)
    assert (data["toggles"], data["gather"], data["saved"], data["searches"]) == ([], 0, [], 0)
    assert [chip["name"] for chip in data["shelf"]] == ["Moss"]  # a list of the owner's may be opened
    assert "my own" not in json.dumps(data)
    assert len(data["results"]) == 3
    offered = [option for box in reader.selectbox for option in box.options]
    assert "Moss" in offered and not {"liked", "to read", "hidden"} & set(offered)


def test_a_topic_that_is_chosen_keeps_its_name(reader, folder, monkeypatch):
    with Library.open(folder, write=False) as library:
        reader.query_params["topic"] = library.topics.levels[0].labels[0]
    reader.run()
    assert not reader.exception and "Rename" not in labels(reader)
    monkeypatch.delenv("EXPLORER_READ_ONLY")
    assert "Rename" in labels(reader.run())


def test_library_shows_counts_and_files_and_nothing_else(reader, folder):
    page = library_at(folder)
    assert not page.exception
    text = shown(page)
    assert str(folder) not in text and str(folder.resolve()) not in text
    assert "its owner alone can change it" in text
    assert labels(page) == [] and list(page.text_input) == [] and list(page.selectbox) == []
    assert page.get("file_uploader") == []


def test_an_empty_library_offers_no_import(folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_READ_ONLY", "yes")
    page = library_at(folder)
    assert not page.exception and "There are no papers yet." in shown(page)
    assert labels(page) == [] and page.get("file_uploader") == []


def test_the_page_on_which_papers_are_joined_is_not_there(reader):
    reader.run()
    assert reader.session_state["Pages"].duplicates is None
    assert reader.session_state["Pages"].library is not None


_SENT = """
import streamlit as st
from explorer.server import session
from explorer.store import Kind
from explorer.ui.components.events import Change, Event, EventKind, MarkMessage
from explorer.ui.explore import marks
from explorer.ui.state import state
with session.moment() as opened:
    change = Change({paper!r}, Kind.COLLECTION, "liked", on=True)
    marks.carry_out(opened, Event(EventKind.MARK, marks=MarkMessage(1, (change,))))
st.write(state(marks.MarkState).notice.text)
"""


def test_a_mark_that_a_browser_sends_all_the_same_is_not_written(reader, folder):
    with Library.open(folder, write=False) as library:
        (paper,) = library.snapshot.ids(["River deltas"])
    page = AppTest.from_string(_SENT.format(paper=paper), default_timeout=60).run()
    assert not page.exception and "Not saved: this library is only read here" in shown(page)
    with Library.open(folder, write=False) as library:
        assert library.marks.of([paper])[0].collections == ()
