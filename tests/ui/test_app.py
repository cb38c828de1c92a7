"""The pages' logic without a browser: Streamlit's AppTest runs the real page script on a real library."""

import json
import threading
import tomllib

import pytest
from streamlit.testing.v1 import AppTest

from conftest import ROOT
from explorer.errors import LibraryError
from explorer.library import Library
from explorer.library.mask import inside
from explorer.paper import Paper, Source
from explorer.server import session
from explorer.server.published import published
from explorer.store import HIDDEN, LIKED, TO_READ, Kind, Record
from explorer.ui import PAGES, SETTINGS, address
from explorer.ui.components.cards.card import made_of
from explorer.ui.components.text import plain
from explorer.ui.explore.saved import NAME
from explorer.ui.pages import explore
from explorer.ui.state import ExploreState


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
            return json.loads(proto.json)[0]
    raise AssertionError(f"no {name} on the page")


def test_the_first_page_shows_the_pile_by_topic(app):
    app.run()
    assert not app.exception
    assert cards(app)["heading"].startswith("12 papers")


@pytest.mark.parametrize("text", ["cooking pasta with tomatoes", '"playing Minecraft"'])
def test_a_question_that_filters_leave_nothing_close_to_can_be_asked_without_them(app, text):
    app.run()
    app.text_input(key=address.QUERY).set_value("author:Jacob").run()
    assert cards(app)["results"]
    app.text_input(key=address.QUERY).set_value(text).run()
    assert cards(app)["back"] == "Search without the filters"
    app.text_input(key=address.AUTHOR).set_value("").run()
    assert not cards(app)["back"]


def test_a_question_gives_ordered_results_and_a_star(app):
    app.run()
    app.text_input(key=address.QUERY).set_value("playing Minecraft from videos").run()
    assert not app.exception
    shown = cards(app)
    assert shown["results"][0]["title"].startswith("Pretraining on noisy")
    figures = [int(card["figure"]) for card in shown["results"]]
    assert figures == sorted(figures, reverse=True) and 60 < figures[0] <= 100
    assert [round(100 * card["share"]) for card in shown["results"]] == figures
    assert shown["results"][0]["why"].startswith("Relevance, 0 to 100,")
    assert "Cosine similarity with the question is 0." in shown["results"][0]["why"]
    assert shown["results"][0]["words"]
    assert marks(app)["query"] is not None
    assert marks(app)["results"] == [card["row"] for card in shown["results"]]


def test_the_map_moves_to_the_results_of_a_question_that_waited_for_the_model(app, monkeypatch):
    app.run()
    before, drawn, draw = marks(app)["focus"], [], explore.draw_map
    monkeypatch.setattr(
        explore, "draw_map",
        lambda **given: (drawn.append((given["highlights"].focus, len(given["highlights"].results))), draw(**given)),
    )  # fmt: skip
    ready = threading.Event()
    monkeypatch.setattr(session, "encoder_ready", ready)
    monkeypatch.setattr(session, "wait_for_encoder", ready.set)
    app.text_input(key=address.QUERY).set_value("playing Minecraft from videos").run()
    assert drawn == [(before, 0), (before + 1, len(cards(app)["results"]))]


def test_nothing_close_is_said_above_the_results(app):
    app.run()
    app.text_input(key=address.QUERY).set_value("asdf qwerty").run()
    assert not app.exception
    shown = cards(app)
    assert shown["heading"] == "10 papers nearest to “asdf qwerty”"
    assert shown["note"].startswith("Nothing close:") and "by chance" in shown["note"]
    assert len(shown["results"]) == 10 and shown["more"] == "Show more"
    assert {card["rank"] for card in shown["results"]} == {"not close"}
    assert marks(app)["query"] is not None and len(marks(app)["results"]) == 10


def test_a_name_is_close_by_its_words(app):
    app.run()
    app.text_input(key=address.QUERY).set_value("Hanabi").run()
    first = cards(app)["results"][0]
    assert "Hanabi" in first["abstract"]
    assert first["rank"] == "close by its words"


def test_the_order_is_chosen_above_the_list(app):
    app.run()
    assert not [one for one in app.button_group if one.key == address.ORDER]  # nothing is ranked yet
    app.text_input(key=address.QUERY).set_value("learning in games").run()
    best = [card["id"] for card in cards(app)["results"]]
    app.session_state[address.ORDER] = "spread"
    app.run()
    assert not app.exception
    spread = [card["id"] for card in cards(app)["results"]]
    assert best[0] == spread[0] and best != spread


def test_an_opened_paper_is_seen_until_that_is_forgotten(app, seed_folder):
    with Library.open(seed_folder, write=False) as library:
        ids = [paper.id for paper in library.snapshot.papers()]
        before = library.snapshot.edition
        library.marks.see(ids[0])
        library.marks.see(ids[0], ids[1])
        assert library.marks.count_seen() == 2 and library.snapshot.edition == before
        assert [one.seen for one in library.marks.of(ids[:3])] == [True, True, False]
        assert library.marks.collections() == []
        assert len(library.search("games", 12)) == 12  # not hidden
        app.run()
        seen = {card["id"] for card in cards(app)["results"] if card["seen"]}
        assert seen <= {ids[0], ids[1]}
        app.query_params[address.PAPER] = ids[2]
        app.run()
        assert {card["id"] for card in cards(app)["results"] if card["seen"]} == {ids[0], ids[1]}
        assert library.marks.forget_seen() == 2 and library.marks.count_seen() == 0
        with pytest.raises(LibraryError, match="opened"):
            library.marks.put(Kind.SEEN, "x", ids[0])


def test_a_paper_in_the_address_is_selected_with_its_neighbours(app, seed_folder):
    with Library.open(seed_folder, write=False) as library:
        app.query_params["paper"] = library.snapshot.paper("OpenAI o1 System Card").id
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
    app.text_input(key=address.AUTHOR).set_value("Sokota").run()
    app.text_input(key=address.QUERY).set_value("games").run()
    assert not app.exception
    assert len(cards(app)["results"]) == 3
    assert all("Samuel Sokota" in card["authors"] for card in cards(app)["results"])
    assert marks(app)["mask_url"]


def test_a_filter_that_nothing_passes_says_so(app):
    app.run()
    app.text_input(key=address.AUTHOR).set_value("Nobody").run()
    app.text_input(key=address.QUERY).set_value("games").run()
    assert not app.exception
    assert cards(app)["heading"] == "No paper passes"


def test_an_empty_folder_asks_for_papers(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "none"))
    app = AppTest.from_file(str(PAGES), default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "Bring your papers"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "text",
    ["*bold* _it_", "<script>alert(1)</script>", ":red[x] :material/home:", "$\\pi$", "[a](javascript:b)", "`c` # d"],
)
def test_text_of_papers_is_escaped_for_markdown(text):
    escaped = plain(text)
    for char in "*_<>:[]()$`#":
        assert escaped.count(char) == escaped.count("\\" + char)
    assert escaped.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == text


def test_points_inside_a_polygon():
    import numpy as np

    triangle = ((0.0, 0.0), (4.0, 0.0), (0.0, 4.0))
    points = np.array([[1, 1], [3, 3], [-1, 1], [0.5, 3], [1, 5]], np.float32)
    assert inside(points, triangle).tolist() == [True, False, False, True, False]


def test_a_chosen_topic_lists_its_papers(app):
    app.run()
    label = cards(app)["topics"][0]["label"]
    size = cards(app)["topics"][0]["size"]
    app.selectbox(key=address.TOPIC).set_value(label).run()
    assert not app.exception
    shown = cards(app)
    assert shown["heading"] == f"{size} papers in “{label}”"
    assert len(shown["results"]) == size
    assert all(card["figure"] is None for card in shown["results"])


# ------------------------------------------------------------------------------------------------------- marks


@pytest.fixture
def marked(app):
    """The app's own open library and its papers' ids, to mark them as a click would."""
    app.run()
    opened = session.library()
    return opened, [paper.id for paper in opened.snapshot.papers()]


def values(path):
    """What the map would fetch from a published path."""
    return list(published(path.rsplit("/", 1)[1]))


def test_cards_show_the_marks_of_their_papers(app, marked):
    opened, ids = marked
    opened.marks.put(Kind.COLLECTION, LIKED, ids[0])
    opened.marks.put(Kind.COLLECTION, "Thesis", ids[0], ids[1])
    opened.marks.put(Kind.TAG, "method", ids[0])
    opened.marks.note(ids[0], "read *this*")
    app.run()
    assert not app.exception
    shown = cards(app)
    first, second = shown["results"][:2]
    assert (first["collections"], first["tags"], first["note"]) == (["Thesis", LIKED], ["method"], "read *this*")
    assert (second["collections"], second["tags"], second["note"]) == (["Thesis"], [], "")
    assert shown["toggles"] == [LIKED, TO_READ, HIDDEN]
    assert shown["names"] == {"collection": ["Thesis"], "tag": ["method"]}


def test_hidden_papers_leave_the_list_the_topics_and_the_map(app, marked):
    opened, ids = marked
    opened.marks.put(Kind.COLLECTION, HIDDEN, ids[4])
    app.run()
    shown = cards(app)
    assert shown["heading"] == "11 papers, by topic"
    assert ids[4] not in [card["id"] for card in shown["results"]]
    assert sum(topic["size"] for topic in shown["topics"]) == 11
    assert values(marks(app)["marks_url"]) == [2 * (row == 4) for row in range(12)]
    app.text_input(key=address.QUERY).set_value("games").run()
    assert ids[4] not in [card["id"] for card in cards(app)["results"]]


def test_an_area_leaves_hidden_papers_out(app, marked):
    opened, ids = marked
    opened.marks.put(Kind.COLLECTION, HIDDEN, ids[4])
    app.session_state[ExploreState.__name__].area = ((-1e9, -1e9), (1e9, -1e9), (1e9, 1e9), (-1e9, 1e9))
    app.run()
    assert cards(app)["heading"] == "11 papers in the area"
    assert cards(app)["gather"] == 11
    assert values(marks(app)["mask_url"])[4] == 0


def test_the_filter_hidden_is_the_way_back(app, marked):
    opened, ids = marked
    opened.marks.put(Kind.COLLECTION, HIDDEN, ids[4])
    app.run()
    app.selectbox(key=address.COLLECTION).set_value(HIDDEN).run()
    shown = cards(app)
    assert shown["heading"] == "1 paper in “hidden”"
    assert shown["back"] == "All papers"
    assert [card["id"] for card in shown["results"]] == [ids[4]]
    assert shown["shows_hidden"]
    assert marks(app)["marks_url"] is None  # it is drawn, and can be clicked
    opened.marks.drop(Kind.COLLECTION, HIDDEN, ids[4])
    app.run()
    assert not app.exception
    assert cards(app)["heading"] == "0 papers in “hidden”"


def test_filters_by_collection_and_tag_are_in_the_address_and_in_the_box(app, marked):
    opened, ids = marked
    opened.marks.put(Kind.COLLECTION, "Thesis", *ids[:3])
    opened.marks.put(Kind.TAG, "method", *ids[2:5])
    app.run()
    assert app.selectbox(key=address.COLLECTION).options == [LIKED, TO_READ, HIDDEN, "Thesis"]
    assert app.selectbox(key=address.TAG).options == ["method"]
    app.selectbox(key=address.COLLECTION).set_value("Thesis").run()
    assert cards(app)["heading"] == "3 papers in “Thesis”"
    app.selectbox(key=address.TAG).set_value("method").run()
    assert [card["id"] for card in cards(app)["results"]] == [ids[2]]
    fresh = AppTest.from_file(str(PAGES), default_timeout=60)
    fresh.query_params["tag"] = "method"
    fresh.run()
    assert cards(fresh)["heading"] == "3 papers in “method”"


def test_liked_papers_are_marked_on_the_map_and_no_mark_moves_its_points(app, marked):
    opened, ids = marked
    before = marks(app)["version"]
    assert marks(app)["marks_url"] is None
    opened.marks.put(Kind.COLLECTION, LIKED, ids[2], ids[6])
    app.run()
    assert values(marks(app)["marks_url"]) == [int(row in (2, 6)) for row in range(12)]
    opened.marks.drop(Kind.COLLECTION, LIKED, ids[6])
    opened.marks.put(Kind.COLLECTION, LIKED, ids[7])  # as many as before
    app.run()
    assert values(marks(app)["marks_url"]) == [int(row in (2, 7)) for row in range(12)]
    assert marks(app)["version"] == before


def test_versions_are_counted_in_words():
    def record(version):
        return Record(1, Paper(title="T"), Source("a.csv", 1, 2), "why", version)

    assert made_of([record(False)]) == ""
    assert made_of([record(False), record(True)]) == "2 versions"
    assert made_of([record(False), record(False)]) == "2 records"
    assert made_of([record(False), record(False), record(True)]) == "3 records, 2 versions"


def save(app, name=""):
    app.text_input(key=NAME).set_value(name)
    next(button for button in app.button if button.label == "Save this search").click()
    app.run()
    assert not app.exception


def test_a_search_is_saved_and_listed_with_what_is_new_in_it(app, seed_folder, real_encoder):
    app.run()
    assert cards(app)["saved"] == []
    app.text_input(key=address.QUERY).set_value("playing Minecraft from videos").run()
    save(app, "craft")
    save(app, "craft")
    assert "there is a saved search 'craft' already" in app.error[0].value.replace("\\", "")
    app.text_input(key=address.QUERY).set_value("").run()
    assert cards(app)["saved"] == [{"name": "craft", "fresh": 0}]
    new = Paper(title="Diamonds in Minecraft, learned from videos", abstract="An agent plays Minecraft.", id="new")
    with Library.open(seed_folder, encoder=real_encoder) as library:
        library.add([new])
        assert [(one.name, one.question.text) for one in library.saved.all()] == [
            ("craft", "playing Minecraft from videos")
        ]
    app.run()
    app.run()
    assert cards(app)["saved"] == [{"name": "craft", "fresh": 1}]  # a rerun does not count as looking
    app.text_input(key=address.QUERY).set_value("playing Minecraft from videos").run()
    assert not any(card["fresh"] for card in cards(app)["results"])  # nor does asking the same by hand


def test_a_saved_paper_is_near_to_that_paper(app, seed_folder):
    with Library.open(seed_folder, write=False) as library:
        app.query_params["paper"] = library.snapshot.paper("OpenAI o1 System Card").id
        app.run()
        save(app)
        (made,) = library.saved.all()
        assert (made.name, made.question.text, library.snapshot.paper(made.question.like[0]).title) == (
            "OpenAI o1 System Card", "", "OpenAI o1 System Card",
        )  # fmt: skip


def test_the_settings_of_the_app_are_those_of_the_repository():
    text = (ROOT / ".streamlit" / "config.toml").read_text()
    sections = tomllib.loads(text)
    themes = sections.pop("theme")
    sections |= {f"theme.{name}": values for name, values in themes.items()}
    flat = {f"{section}.{name}": value for section, values in sections.items() for name, value in values.items()}
    assert flat == SETTINGS
