"""Topics in the app: what is said of a chosen topic, and of a name that none has, with a click for the nearest."""

from dataclasses import replace

import numpy as np
import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.map.topics import Topics
from explorer.server import session
from explorer.ui import address
from explorer.ui.explore.topic_names import NAME
from support.app import cards, shown


@pytest.fixture
def opened(page, folder):
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(
            paper(f"{words} {n}", words, record=n, key=f"k{n}")
            for n, words in enumerate(["peat bog moss"] * 6 + ["tidal flat mud"] * 6)
        )
        label = next(label for label in library.topics.levels[-1].labels if "peat" in label)
        papers = int((library.topics.levels[-1].assignment == library.topics.levels[-1].labels.index(label)).sum())
    session.encoder_ready.set()
    return page, label, papers


def test_an_address_with_a_topic_that_is_gone_says_so_and_offers_the_nearest(opened):
    page, label, papers = opened
    page.query_params[address.TOPIC] = "moss of a bog"
    page.run()
    assert not page.exception
    assert "No topic is called “moss of a bog”, or none is since the map was drawn anew." in shown(page)
    assert cards(page)["heading"].startswith("12 papers")  # all of them, and not none in silence
    press(page, f"{label} ({papers} papers)")
    assert not page.exception and "No topic" not in shown(page)
    assert cards(page)["heading"] == f"{papers} papers in “{label}”"


def test_a_question_in_the_address_is_answered_without_the_topic(opened):
    page, _, _ = opened
    page.query_params.update({address.TOPIC: "moss of a bog", address.QUERY: "tidal mud"})
    page.run()
    assert "No topic is called “moss of a bog”" in shown(page)
    assert "“tidal mud”" in cards(page)["heading"] and len(cards(page)["results"]) == 10


def test_an_opened_paper_stays_open(opened, folder):
    page, _, _ = opened
    with Library.open(folder, write=False) as library:
        first = library.snapshot.papers([0])[0].id
    page.query_params.update({address.TOPIC: "moss of a bog", address.PAPER: first})
    page.run()
    assert "No topic is called “moss of a bog”" in shown(page) and cards(page)["heading"] == "Selected paper"


def test_a_question_that_names_the_topic_is_asked_with_the_nearest(opened):
    page, label, _ = opened
    page.run()
    page.text_input(key=address.QUERY).set_value('bog topic:"moss of a bog" -"tidal mud"').run()
    assert not page.exception and "No topic is called “moss of a bog”" in shown(page)
    press(page, label)
    assert not page.exception and "No topic" not in shown(page)
    assert f'topic:"{label}"' in address_of(page) and 'NOT "tidal mud"' in address_of(page)


def test_a_name_that_nothing_is_near_to_is_said_alone(opened):
    page, _, _ = opened
    page.query_params[address.TOPIC] = "qzx"
    page.run()
    assert "No topic is called “qzx”" in shown(page) and "Nearest" not in shown(page)


def test_a_chosen_topic_says_what_else_it_is_about_and_how_many_are_in_doubt(opened):
    page, label, _ = opened
    page.run()
    snapshot = session.library().snapshot
    *finer, level = snapshot.arrays.topics.levels
    topics = Topics((*finer, replace(level, seconds=tuple(f"also {name}" for name in level.labels))))
    inside = level.assignment == level.labels.index(label)
    doubt = ((inside & (np.cumsum(inside) <= 2)) << len(finer)).astype(np.uint8)
    snapshot._common.shown = replace(snapshot._common.shown, whole=replace(snapshot.arrays, topics=topics, doubt=doubt))
    page.selectbox(key=address.TOPIC).set_value(label).run()
    note = cards(page)["note"]
    assert f"Also about “also {label}”. 2 papers of it may as well be of another topic." in note


@pytest.mark.slow
def test_a_chosen_topic_is_renamed_and_that_is_undone(opened, folder):
    page, label, papers = opened
    page.query_params[address.TOPIC] = label
    page.run()
    rename(page, label, "What grows in bogs")
    assert cards(page)["heading"] == f"{papers} papers in “What grows in bogs”"
    assert page.selectbox(key=address.TOPIC).value == "What grows in bogs"
    press(page, f"Undo: “{label}”")
    assert cards(page)["heading"] == f"{papers} papers in “{label}”"
    rename(page, label, "Bogs")
    rename(page, "Bogs", "Mires")
    with Library.open(folder, write=False) as library:
        assert "Mires" in library.topics.levels[-1].labels
    press(page, "Undo: “Bogs”")
    press(page, f"Its own name: “{label}”")
    assert cards(page)["heading"] == f"{papers} papers in “{label}”"


def test_a_name_that_is_taken_is_said_and_changes_nothing(opened):
    page, label, papers = opened
    page.query_params[address.TOPIC] = label
    page.run()
    rename(page, label, next(other for other in session.library().topics.levels[-1].labels if other != label))
    assert "Not renamed: a topic is called" in shown(page)
    assert cards(page)["heading"] == f"{papers} papers in “{label}”"


def rename(page, label, name):
    page.text_input(key=f"{NAME} {label}").set_value(name)
    press(page, "Rename")
    assert not page.exception


def address_of(page):
    return page.text_input(key=address.QUERY).value


def press(page, words):
    """Click the button whose label, without its escapes, begins with `words`."""
    next(each for each in page.button if each.label.replace("\\", "").startswith(words)).click().run()
