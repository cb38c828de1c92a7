"""Lists of many: a page of them is sent to the browser, and a field finds the others."""

import json
import shutil

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.search.question import Question
from explorer.store import Kind
from explorer.ui import PAGES, address
from explorer.ui.components.choice import PAGE, first_of
from explorer.ui.explore.saved import PICK
from support.app import app_at, folder, library_at, shown  # noqa: F401 (a fixture)

MANY = PAGE + 100


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A library with more tags and saved searches than a page of them has."""
    place = tmp_path_factory.mktemp("many") / "library"
    with Library.open(place, encoder=ToyEncoder()) as library:
        library._store.set(encoder=ToyEncoder.name, revision=ToyEncoder.revision)
        library.add([paper(f"Paper {n} of voles", f"voles and item{n}", key=f"k{n}", record=n + 1) for n in range(3)])
        with library._store.transaction():
            for number in range(MANY):
                library.marks.put(Kind.TAG, f"Tag {number:04}", "k1")
            library.marks.put(Kind.TAG, "Tag 0700 é", "k1", "k2")
        library.saved.put("first", Question("voles"))
        with library._store.transaction():
            for number in range(MANY):
                library.saved.put(f"search {number:04}", Question(like=("k1",)))
    return place


@pytest.fixture
def filled(many, folder):  # noqa: F811
    """The app's library, holding what `many` holds."""
    return shutil.copytree(many, folder, dirs_exist_ok=True)


def _cards(page):
    protos = (getattr(element, "proto", None) for element in page.main)
    [proto] = [proto for proto in protos if getattr(proto, "component_name", "") == "explorer_cards"]
    return json.loads(proto.json)[0]


def test_what_holds_the_words_is_looked_for_in_all_without_case_and_accents():
    options = [f"Tag {number:04}" for number in range(2000)] + ["Época"]
    assert first_of(options, "") == options[:PAGE]
    assert first_of(options, "tag 19") == options[1900:2000]
    assert first_of(options, "epoca") == ["Época"]
    assert first_of(options, "nothing of it") == []


@pytest.mark.slow
def test_of_many_tags_and_searches_a_page_is_sent_and_the_others_are_searched_for(filled):
    page = app_at(PAGES)
    page.run()
    assert not page.exception
    cards = _cards(page)
    assert (len(cards["shelf"]), cards["further"]) == (24, MANY + 1 - 24)
    assert (len(cards["saved"]), cards["searches"]) == (50, MANY + 1 - 50)
    assert len(cards["names"]["tag"]) == PAGE and "Tag 0700 é" in cards["names"]["tag"]  # that with the most papers
    tags = page.selectbox(key=address.TAG)
    assert len(tags.options) == PAGE
    page.text_input(key=f"find-{address.TAG}").set_value("0700 E").run()
    assert page.selectbox(key=address.TAG).options == ["Tag 0700 é"]
    page.selectbox(key=address.TAG).set_value("Tag 0700 é").run()
    assert _cards(page)["heading"] == "2 papers in “Tag 0700 é”"
    page.text_input(key=f"find-{address.TAG}").set_value("0001").run()
    assert page.selectbox(key=address.TAG).value == "Tag 0700 é"  # what is chosen stays


def test_one_of_many_saved_searches_is_opened_by_its_name(filled):
    page = app_at(PAGES)
    page.run()
    page.text_input(key=f"find-{PICK}").set_value("first").run()
    page.selectbox(key=PICK).set_value("first").run()
    assert not page.exception
    assert page.text_input(key=address.QUERY).value == "voles"
    assert _cards(page)["forget"] == "first"


def test_a_tag_among_many_is_renamed_on_the_page_library(filled):
    page = library_at(filled)
    assert not page.exception
    page.text_input(key="find-mark-to-rename").set_value("0700 é").run()
    assert page.selectbox(key="mark-to-rename").options == ["Tag: Tag 0700 é (2 papers)"]
    page.selectbox(key="mark-to-rename").set_value("Tag: Tag 0700 é (2 papers)").run()
    page.text_input(key="mark-new-name").set_value("Voles").run()
    page.button(key="mark-rename").click().run()
    assert "“Tag 0700 é” is called “Voles” now: 2 papers." in shown(page)
