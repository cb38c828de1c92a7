"""Names that people gave to topics, put on the topics of today."""

import numpy as np

from explorer.map.renamed import name_for, renamed
from explorer.map.topics import Level, Topics

KEYS = np.arange(10, 22)
FINE = np.repeat([0, 1, 2], 4).astype(np.int32)


def topics(fine=FINE, labels=("bogs", "walls", "deltas")):
    coarse = (fine == 2).astype(np.int32)
    return Topics((Level(labels, fine, (0, 0, 1)), Level(("land", "water"), coarse, ())))


def labels_of(found):
    return [level.labels for level in found.levels]


def test_a_topic_is_called_by_its_name_and_keeps_its_own_beside_it():
    made = renamed(topics(), KEYS, [name_for(topics(), KEYS, 0, 1, "Old stones")])
    assert labels_of(made) == [("bogs", "Old stones", "deltas"), ("land", "water")]
    assert made.levels[0].own(1) == "walls" and made.levels[1].own(0) == "land"


def test_without_names_topics_are_as_they_were():
    found = topics()
    assert renamed(found, KEYS, []) is found


def test_it_is_known_again_under_another_number_and_label():
    name = name_for(topics(), KEYS, 0, 1, "Old stones")
    drawn = topics(np.array([0] * 4 + [2] * 3 + [0] + [1] * 4, np.int32), ("moss", "mud", "masonry"))
    assert labels_of(renamed(drawn, KEYS, [name]))[0] == ("moss", "mud", "Old stones")


def test_it_is_another_where_most_of_its_papers_went_elsewhere():
    name = name_for(topics(), KEYS, 0, 1, "Old stones")
    split = topics(np.array([0] * 4 + [0, 0, 2, 2] + [2] * 4, np.int32))
    assert labels_of(renamed(split, KEYS, [name])) == labels_of(split)


def test_newcomers_and_papers_that_went_change_nothing():
    name = name_for(topics(), KEYS, 0, 1, "Old stones")
    keys = np.array([10, 11, 14, 15, 18, 19, *range(22, 42)])  # two of each went, twenty came to the topic
    later = topics(np.array([0, 0, 1, 1, 2, 2, *[1] * 20], np.int32))
    assert labels_of(renamed(later, keys, [name]))[0][1] == "Old stones"
    assert labels_of(renamed(later, keys[6:], [name])) == labels_of(later)  # none is left


def test_of_two_names_for_a_topic_the_likest_stands():
    some = name_for(topics(np.array([0] * 4 + [1] * 3 + [0] + [2] * 4, np.int32)), KEYS, 0, 1, "Some")
    whole = name_for(topics(), KEYS, 0, 1, "Whole")
    assert labels_of(renamed(topics(), KEYS, [some, whole]))[0][1] == "Whole"


def test_no_label_stands_twice():
    name = name_for(topics(), KEYS, 0, 1, "Water")
    assert labels_of(renamed(topics(), KEYS, [name])) == [("bogs", "Water", "deltas"), ("land", "water 2")]


def test_a_topic_of_many_papers_is_known_by_some_of_them():
    keys, many = np.arange(9000), Level(("a", "b"), np.repeat([0, 1], 4500).astype(np.int32), ())
    name = name_for(Topics((many,)), keys, 0, 1, "Second half")
    assert len(name.members) == 2000 and name.papers == 4500
    assert labels_of(renamed(Topics((many,)), keys, [name])) == [("a", "Second half")]
