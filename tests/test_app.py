"""The pages' logic without a browser: Streamlit's AppTest runs the real page script on a real library."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.library import Library
from explorer.ui import PAGES, state
from explorer.ui.cards import CardEvents
from explorer.ui.explore import _inside
from explorer.ui.map import MapEvents


@pytest.fixture
def app(seed_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(seed_folder))
    return AppTest.from_file(str(PAGES), default_timeout=60)


def cards(app):
    """What the list component was given."""
    return _data(app, "explorer_cards")


def marks(app):
    return _data(app, "explorer_map")


def _data(app, name):
    for element in app.main:
        proto = getattr(element, "proto", None)
        if getattr(proto, "component_name", "") == name:
            return json.loads(proto.json)
    raise AssertionError(f"no {name} on the page")


def test_the_first_page_shows_the_pile_by_topic(app):
    app.run()
    assert not app.exception
    assert cards(app)["heading"].startswith("12 papers")


def test_a_question_gives_ordered_results_and_a_star(app):
    app.run()
    app.text_input(key=state.QUERY).set_value("playing Minecraft from videos").run()
    assert not app.exception
    shown = cards(app)
    assert shown["results"][0]["title"].startswith("Pretraining on noisy")
    similarities = [card["similarity"] for card in shown["results"]]
    assert similarities == sorted(similarities, reverse=True)
    assert marks(app)["query"] is not None
    assert marks(app)["results"] == [card["row"] for card in shown["results"]]


def test_a_paper_in_the_address_is_selected_with_its_neighbours(app, seed_folder):
    with Library.open(seed_folder, write=False) as library:
        app.query_params["paper"] = library.paper("OpenAI o1 System Card").id
    app.run()
    assert not app.exception
    shown = cards(app)
    assert shown["selected"]["title"] == "OpenAI o1 System Card"
    assert shown["selected"]["row"] not in [card["row"] for card in shown["results"]]
    assert marks(app)["selected"] == shown["selected"]["row"]
    assert marks(app)["neighbours"] == marks(app)["results"][:10]


def test_a_paper_that_is_gone_is_said_to_be(app):
    app.query_params["paper"] = "no *such* paper"
    app.run()
    assert not app.exception
    assert "is not in this library any more" in app.warning[0].value


def test_filters_narrow_the_results(app):
    app.run()
    app.text_input(key=state.AUTHOR).set_value("Sokota").run()
    app.text_input(key=state.QUERY).set_value("games").run()
    assert not app.exception
    assert len(cards(app)["results"]) == 3
    assert all("Samuel Sokota" in card["authors"] for card in cards(app)["results"])
    assert marks(app)["mask_url"]


def test_a_filter_that_nothing_passes_says_so(app):
    app.run()
    app.text_input(key=state.AUTHOR).set_value("Nobody").run()
    app.text_input(key=state.QUERY).set_value("games").run()
    assert not app.exception
    assert cards(app)["heading"] == "No paper passes the filters"


def test_an_empty_folder_asks_for_papers(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "none"))
    app = AppTest.from_file(str(PAGES), default_timeout=60).run()
    assert not app.exception
    assert "Nothing here yet" in app.title[0].value
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "text",
    ["*bold* _it_", "<script>alert(1)</script>", ":red[x] :material/home:", "$\\pi$", "[a](javascript:b)", "`c` # d"],
)
def test_text_of_papers_is_escaped_for_markdown(text):
    escaped = state.plain(text)
    for char in "*_<>:[]()$`#":
        assert escaped.count(char) == escaped.count("\\" + char)
    assert escaped.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == text


def test_events_from_the_browser_are_not_trusted():
    assert MapEvents.of({"clicked": {"row": -1}}).clicked is None
    assert MapEvents.of({"clicked": {"row": "7"}}).clicked is None
    assert MapEvents.of({"clicked": {"row": 7}}).clicked == 7
    assert MapEvents.of({"area": {"polygon": [[0, 0], [1, "x"], [1, 1]]}}).area is None
    assert CardEvents.of({"open": {"id": ["list"]}}).opened == ""
    assert CardEvents.of({"open": {"id": "a"}}).opened == "a"


def test_points_inside_a_polygon():
    import numpy as np

    triangle = ((0.0, 0.0), (4.0, 0.0), (0.0, 4.0))
    points = np.array([[1, 1], [3, 3], [-1, 1], [0.5, 3], [1, 5]], np.float32)
    assert _inside(points, triangle).tolist() == [True, False, False, True, False]


def test_a_chosen_topic_lists_its_papers(app):
    app.run()
    label = cards(app)["topics"][0]["label"]
    size = cards(app)["topics"][0]["size"]
    app.selectbox(key=state.TOPIC).set_value(label).run()
    assert not app.exception
    shown = cards(app)
    assert shown["heading"] == f"{size} papers in “{label}”"
    assert len(shown["results"]) == size
    assert all(card["similarity"] is None for card in shown["results"])
