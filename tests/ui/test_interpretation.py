"""The line under the search box: how a text was read, and a click that reads it the other way."""

from __future__ import annotations

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.server import session
from explorer.ui import address
from support.app import button, labels, shown


@pytest.fixture
def searched(page, folder):
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(
            paper(title, text, record=n, key=f"k{n}")
            for n, (title, text) in enumerate(
                [("SLAM maps", "lidar odometry"), ("SLAM again", "visual odometry"), ("Games", "poker and lidar")], 1
            )
        )
    session.encoder_ready.set()
    page.run()

    def search(text):
        page.text_input(key=address.QUERY).set_value(text).run()
        assert not page.exception
        return page

    return search


def test_a_strategy_is_written_out_under_the_box_and_read_as_text_by_a_click(searched) -> None:
    page = searched('"lidar odometry" OR "visual odometry"')
    assert 'Read as "lidar odometry" OR "visual odometry", ranked by' in shown(page)
    button(page, "Read it as plain text").click().run()
    assert "text" in page.query_params[address.READ]
    assert "Read as plain text" in shown(page) and "Read it as before" in labels(page)
    button(page, "Read it as before").click().run()
    assert address.READ not in page.query_params


def test_bare_words_have_no_line_and_an_exclusion_is_offered(searched) -> None:
    assert "Read" not in shown(searched("lidar odometry"))
    assert "to leave such papers out, write -lidar" in shown(searched("SLAM without lidar"))


def test_what_cannot_be_read_shows_its_place_and_a_click_searches_it_as_text(searched) -> None:
    page = searched("lidar OR")
    assert "nothing stands after OR: “lidar ▸OR◂”" in shown(page)
    button(page, "Read it as plain text").click().run()
    assert not page.exception and "nothing stands" not in shown(page)
