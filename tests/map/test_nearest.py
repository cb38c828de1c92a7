"""The topics of today nearest to a name that none has."""

import numpy as np

from explorer.map.nearest import MOST, nearest_topics
from explorer.map.topics import Level, Topics

PAIRS = np.repeat(np.arange(4, dtype=np.int32), 2)
FINE = Level(("peat bogs", "old walls", "river deltas", "tidal flats"), PAIRS, (0, 0, 1, 1))
COARSE = Level(("land", "water"), PAIRS // 2, ())


def nearest(name, *holders):
    """`holders`: rows of the papers that hold the words of each phrase of the name."""
    phrases = dict(zip(name.split(", "), holders, strict=False))
    scores = {phrase: np.isin(np.arange(8), rows).astype(np.float32) for phrase, rows in phrases.items()}
    return nearest_topics(Topics((FINE, COARSE)), name, lambda phrase: scores.get(phrase, np.zeros(8, np.float32)))


def test_a_topic_that_the_papers_with_its_words_are_in_comes_first():
    assert nearest("sediment", [4, 5]) == ("river deltas", "water")
    assert nearest("sediment", [4, 5, 6, 7])[0] == "water"  # of both parts, the whole


def test_each_phrase_of_a_name_counts_alike():
    assert nearest("moss, mud", [0], [6, 7]) == ("peat bogs", "tidal flats", "land")


def test_a_slip_of_the_pen_is_nearest_to_what_was_meant():
    assert nearest("River dletas")[0] == "river deltas"
    assert nearest("peat bog", [6, 7])[0] == "peat bogs"


def test_nothing_is_proposed_where_nothing_speaks_for_it():
    assert nearest("quantum gravity") == ()
    assert nearest_topics(Topics(()), "peat", lambda _: np.zeros(0, np.float32)) == ()


def test_never_more_than_a_few_and_each_once():
    every = nearest("mud", range(8))
    assert len(every) == MOST == len(set(every))
