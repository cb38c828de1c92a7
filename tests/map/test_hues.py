"""Colours of topics: side by side they differ, and they stay."""

import numpy as np

from explorer.map.hues import coloured
from explorer.map.topics import Level, Topics


def board(count, each=30):
    """Topics on a board of 6 columns, the first the largest."""
    sizes = [each + count - n for n in range(count)]
    assignment = np.repeat(np.arange(count), sizes).astype(np.int32)
    centres = np.array([(n % 6 / 3, n // 6 / 3) for n in range(count)], np.float32)
    places = centres[assignment] + 0.01 * np.random.default_rng(0).normal(size=(len(assignment), 2)).astype(np.float32)
    return Topics((Level(tuple(f"t{n}" for n in range(count)), assignment, ()),)), places.astype(np.float32)


def test_neighbours_have_different_colours_and_many_are_used():
    topics, places = board(30)
    hues = coloured(topics, places, np.ones(len(places), bool)).levels[0].hues
    assert len(hues) == 30 and len(set(hues)) > 8 and set(hues) <= set(range(12))
    assert all(hues[n] != hues[n + 1] for n in range(29) if n % 6 != 5)


def test_topics_that_have_a_colour_keep_it_and_others_get_theirs():
    topics, places = board(12)
    level = topics.levels[0]
    fixed = tuple(7 if n % 2 else -1 for n in range(12))
    made = coloured(
        Topics((Level(level.labels, level.assignment, (), hues=fixed),)), places, np.ones(len(places), bool)
    )
    hues = made.levels[0].hues
    assert hues[1::2] == (7,) * 6 and 7 not in hues[0::2] and min(hues) >= 0


def test_newcomers_change_no_colour():
    topics, places = board(12)
    before = coloured(topics, places, np.ones(len(places), bool)).levels[0].hues
    count = 2000
    came = np.full(count, 11, np.int32)
    more = Level(topics.levels[0].labels, np.concatenate([topics.levels[0].assignment, came]), ())
    spread = np.concatenate([places, np.random.default_rng(1).uniform(-3, 3, (count, 2)).astype(np.float32)])
    drawn = np.arange(len(spread)) < len(places)
    assert coloured(Topics((more,)), spread, drawn).levels[0].hues == before


def test_the_coarsest_level_with_four_topics_is_coloured():
    fine, places = board(12)
    coarse = Level(("left", "right"), (fine.levels[0].assignment % 2).astype(np.int32), ())
    made = coloured(Topics((fine.levels[0], coarse)), places, np.ones(len(places), bool))
    assert len(made.levels[0].hues) == 12 and made.levels[1].hues == ()
    assert coloured(Topics(()), places[:0], np.zeros(0, bool)).levels == ()
