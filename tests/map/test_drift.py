"""When a redraw pays: counted by hand."""

import numpy as np
import pytest

from explorer.map.drift import Drift, drift_of
from explorer.map.trust import UNKNOWN


def test_the_shares_of_drawn_and_placed_papers():
    shares = np.array([60, 80, 10, 30, UNKNOWN, 50], np.uint8)
    drawn = np.array([1, 1, 0, 0, 0, 1], bool)
    there = np.array([1, 1, 1, 1, 1, 0], bool)  # the last waits for a vector
    drift = drift_of(shares, drawn, there)
    assert drift == Drift(papers=5, placed=3, drawn_share=70, placed_share=20)
    assert drift.lost == pytest.approx(50 * 3 / 5)


def test_nothing_is_said_where_nothing_came_or_nothing_is_known():
    known, all_of_them = np.full(4, 50, np.uint8), np.ones(4, bool)
    assert drift_of(known, all_of_them, all_of_them) is None
    assert drift_of(np.full(4, UNKNOWN, np.uint8), np.array([1, 1, 0, 0], bool), all_of_them) is None


@pytest.mark.parametrize(
    ("drift", "pays"),
    [
        (Drift(10_000, 3000, 57, 46), True),
        (Drift(10_000, 500, 57, 46), False),  # half a point of all
        (Drift(10_000, 50, 57, 20), True),  # few, but torn apart
        (Drift(10_000, 5, 57, 20), False),
        (Drift(10_000, 3000, 50, 60), False),
    ],
)
def test_when_a_redraw_pays(drift, pays):
    assert drift.pays is pays
    assert ("A redraw pays." in drift.words) is pays


def test_the_words():
    assert Drift(10_000, 3000, 56.6, 46.1).words == (
        "3,000 papers have a provisional place on the map, which was drawn before they came. Of the papers nearest to "
        "each of them, 46 % lie near it there; for drawn papers it is 57 %. A redraw pays."
    )
    assert Drift(40, 1, 80, 70).words.startswith(
        "1 paper has a provisional place on the map, which was drawn before it"
    )
