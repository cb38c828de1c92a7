"""The page Draft without a browser: what it shows of a draft. The journey with files is in test_browser.py."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from conftest import ROOT
from explorer.library import Library
from explorer.library.drafts import LibraryDrafts
from explorer.server import session
from explorer.store import HIDDEN, Kind
from explorer.ui.pages import draft
from explorer.ui.state import Pages

FOLDER = ROOT / "tests" / "data" / "manuscripts"
DRAFT = (FOLDER / "draft.txt").read_text()
LEARNED, OFF_BELIEF = "Learned Belief Search: Efficiently", "Off-Belief Learning"


def page() -> None:
    from explorer.ui.pages import draft

    draft.draw()


@pytest.fixture
def app(seed_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(seed_folder))
    monkeypatch.setattr(session, "encoder_ready", _Ready())
    return AppTest.from_function(page, default_timeout=120)


class _Ready:
    """The model is loaded by the page itself: nothing waits for the background."""

    def is_set(self) -> bool:
        return True


def cards(app):
    """What the list component was given; None when the page shows no list."""
    for element in app.main:
        for inner in [element, *getattr(element, "children", {}).values()]:
            proto = getattr(inner, "proto", None)
            if getattr(proto, "component_name", "") == "explorer_cards":
                return json.loads(proto.json)[0]
    return None


def paste(app, text):
    app.run()
    app.text_area[0].set_value(text).run()
    assert not app.exception
    return cards(app)


def titles(shown):
    return [card["title"] for card in shown["results"]]


def said(app):
    return [element.value for element in app.markdown]


def test_nothing_is_compared_before_there_is_a_draft(app):
    app.run()
    assert not app.exception
    assert "Nothing leaves this machine or is written to a disk" in said(app)[0]
    assert cards(app) is None


def test_a_pasted_draft_gets_suggestions_by_passage_without_what_it_cites(app):
    shown = paste(app, DRAFT)
    assert said(app)[1] == "**1** passage; cites **3** papers: **2** in this library, **1** not"
    assert OFF_BELIEF not in titles(shown)
    assert "No-Press Diplomacy from Scratch" not in titles(shown)
    assert len(titles(shown)) == 9  # of the 12 of the library, 2 of which it cites
    assert shown["more"] == "Show 1 more that are not close"
    first = shown["results"][0]["beside"]
    assert (first["number"], first["heading"]) == (1, "1. Introduction")
    assert first["ours"] in DRAFT.replace("\n", " ")
    assert first["theirs"] in shown["results"][0]["abstract"]
    assert "Superhuman AI for multiplayer poker" in re.sub(r"\\", "", said(app)[2])
    assert shown["gather"] == 9


def test_a_draft_about_something_else_is_told_so(app):
    shown = paste(
        app, "The troubadour hides the name of his lady behind a senhal, and sings of joy and of spring. " * 3
    )
    assert shown["heading"] == "12 papers it may have missed"
    assert shown["note"].startswith("Nothing close to this draft") and "by chance" in shown["note"]
    assert len(titles(shown)) == 12 and not shown["more"]


def test_cited_papers_are_shown_when_asked_for(app):
    paste(app, DRAFT)
    app.toggle(key=draft.CITED).set_value(True).run()
    assert not app.exception
    shown = cards(app)
    assert len(shown["results"]) == 11
    noted = {card["title"] for card in shown["results"] if card["beside"]["note"] == "The draft cites it already"}
    assert noted == {OFF_BELIEF, "No-Press Diplomacy from Scratch"}
    assert shown["gather"] == 9


def test_a_rerun_asks_nothing_anew_but_an_import_does(app, monkeypatch, seed_folder, real_encoder):
    paste(app, DRAFT)
    asked = []
    missing = LibraryDrafts.missing
    monkeypatch.setattr(LibraryDrafts, "missing", lambda *given, **named: asked.append(1) or missing(*given, **named))
    app.run()
    assert asked == []
    file = seed_folder / "one.jsonl"
    file.write_text(json.dumps({"title": "Habits of agents", "abstract": "Self-play teaches agents secret habits."}))
    with Library.open(seed_folder, encoder=real_encoder) as library:
        library.add(file)
    app.run()
    assert asked == [1]
    assert "Habits of agents" in titles(cards(app))


def test_hidden_papers_are_not_suggested(app, seed_folder):
    with Library.open(seed_folder) as library:
        library.marks.put(Kind.COLLECTION, HIDDEN, *library.snapshot.ids([LEARNED]))
    assert not [title for title in titles(paste(app, DRAFT)) if title.startswith(LEARNED)]


def test_text_of_drafts_is_shown_as_text(app):
    hostile = "[1] H. Hu. *bold* <script>alert(1)</script> [a](javascript:b) :red[x]. Journal, 2021."
    paste(app, f"{DRAFT.split('References')[0]}\n\nReferences\n\n{hostile}\n[2] B. Two, and so on. 2020.")
    line = next(text for text in said(app) if "alert" in text)
    assert "\\<script\\>" in line
    assert "\\*bold\\*" in line


def test_what_cannot_be_read_is_said(app):
    app.run()
    app.text_area[0].set_value("Hm.").run()
    assert not app.exception
    assert "holds no prose" in app.error[0].value
    app.button[0].click().run()  # Another draft
    assert not app.error
    assert app.text_area[0].value == ""


def test_without_papers_the_way_to_add_some_is_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "none"))
    app = AppTest.from_function(page, default_timeout=60)
    shown = []
    monkeypatch.setattr(draft.st, "page_link", lambda *args, **more: shown.append(more["label"]))
    app.session_state[Pages.__name__] = Pages(library=object())
    app.run()
    assert not app.exception
    assert shown == ["Add papers"]
    assert not (tmp_path / "none").exists()


def test_the_main_file_is_told_from_its_chapters():
    files = {name: (FOLDER / "latex" / name).read_bytes() for name in ("main.tex", "refs.bib")}
    files = {"search.tex": (FOLDER / "latex" / "chapters" / "search.tex").read_bytes(), **files}
    found = draft.read("", files, ["search.tex", "main.tex"])
    assert found.name == "main.tex"
    assert "# Search at decision time" in found.text
    assert {one.key: one.paper.title for one in found.cited}["hu2021off"] == OFF_BELIEF
