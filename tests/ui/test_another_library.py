"""Pages say when another library lies where the one they showed was, and show nothing of the one before."""

import shutil

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.ui import PAGES, address
from explorer.ui.state import ExploreState
from support.app import app_at, folder, shown  # noqa: F401 (a fixture)
from support.papers import WORDS


def fill(place, first):
    with Library.open(place, encoder=ToyEncoder()) as library:
        library.add([paper(f"{WORDS[n]} {n}", WORDS[n % 5], key=f"s{n}") for n in range(first, first + 9)])


@pytest.fixture
def page(folder):  # noqa: F811
    fill(folder, 0)
    page = app_at(PAGES).run()
    page.query_params[address.LIKE] = ["s1", "s2"]
    page.session_state["ExploreState"].area = ((-99.0, -99.0), (99.0, -99.0), (0.0, 99.0))
    return page.run()


def _said(page):
    return [toast.value.replace("\\", "") for toast in page.toast]


def _data(page, name):
    [element] = [each for each in page.main if getattr(getattr(each, "proto", None), "component_name", "") == name]
    return element.proto.json


@pytest.mark.slow
def test_the_page_says_once_that_another_library_lies_there(page, folder):  # noqa: F811
    assert "s1" in _data(page, "explorer_cards")
    shutil.move(folder, folder.parent / "aside")
    fill(folder, 9)
    page.run()
    assert not page.exception
    assert _said(page) == [
        f"Another library lies in {folder} now: it was put back from a copy, moved there or made anew. "
        "From here on this page shows what it holds."
    ]
    assert "Not in this library any more: s1, s2." in _data(page, "explorer_cards")
    focus = page.session_state["ExploreState"].focus
    assert page.session_state["ExploreState"] == ExploreState(focus=focus, drawn_focus=focus)
    page.run()
    assert _said(page) == []


@pytest.mark.slow
def test_a_library_that_is_gone_is_missed_until_it_is_back(page, folder):  # noqa: F811
    aside = shutil.move(folder, folder.parent / "aside")
    for _ in range(2):
        page.run()
        assert not page.exception
        assert f"The library that was open here is not in {folder} any more: it was moved or deleted." in shown(page)
        assert "Bring your papers" in shown(page)
    shutil.move(aside, folder)
    page.run()
    assert not page.exception and not page.warning and _said(page) == []
    assert "9 Papers" in shown(page)
