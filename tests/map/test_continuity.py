"""Topics of a map drawn anew that go on with earlier ones: their numbers and labels, and what becomes of the others."""

import numpy as np

from explorer.map.continuity import continued, matched
from explorer.map.topics import RECIPE, Level, Topics


def level(labels, assignment, parents=(), seconds=(), recipe=RECIPE):
    return Level(tuple(labels), np.array(assignment, np.int32), tuple(parents), tuple(seconds), recipe=recipe)


EVERYONE = np.arange(8)


def test_more_than_half_of_either_must_be_in_both():
    before = np.array([0, 0, 0, 0, 1, 1, 2, 2], np.int32)
    assert matched(np.array([1, 1, 1, 0, 0, 0, 2, 2], np.int32), before, EVERYONE) == {1: 0, 0: 1, 2: 2}
    assert matched(np.array([1, 1, 0, 0, 0, 0, 0, 0], np.int32), before, EVERYONE) == {}  # half is not more than half


def test_numbers_labels_and_parents_go_with_the_papers():
    before = Topics((level("abcd", [0, 0, 1, 1, 2, 2, 3, 3], [0, 0, 1, 1]), level("XY", [0, 0, 0, 0, 1, 1, 1, 1])))
    now = Topics((level("pqrs", [3, 3, 2, 2, 0, 0, 1, 1], [0, 0, 1, 1]), level("UV", [1, 1, 1, 1, 0, 0, 0, 0])))
    made = continued(now, before, EVERYONE)
    assert [each.labels for each in made.levels] == [tuple("abcd"), ("X", "Y")]
    assert [each.assignment.tolist() for each in made.levels] == [each.assignment.tolist() for each in before.levels]
    assert made.levels[0].parents == (0, 0, 1, 1)


def test_colours_go_with_the_topics():
    old = Level(("a", "b"), np.array([0, 0, 1, 1, 1], np.int32), (), hues=(5, 9))
    now = level("yz", [1, 1, 0, 0, 0])
    assert continued(Topics((now,)), Topics((old,)), np.arange(5)).levels[0].hues == (5, 9)
    assert continued(Topics((now,)), Topics((old,)), np.array([-1, -1, 2, 3, 4])).levels[0].hues == (-1, 9)


def test_new_topics_take_the_numbers_that_are_free_and_labels_that_nobody_has():
    before = Topics((level("abc", [0, 0, 1, 1, 2, 2, 2, 2]),))
    now = Topics((level("zca", [1, 1, 0, 2, 2, 0, 0, 0], seconds=["", "second", "a thing"]),))
    made = continued(now, before, EVERYONE).levels[0]
    # `c` goes on with `a`; what was called `a`, and is new, is called by its second phrase; `z` goes on with `c`.
    assert made.labels == ("a", "a thing", "c") and made.seconds == ("", "a", "")
    assert made.assignment.tolist() == [0, 0, 2, 1, 1, 2, 2, 2]


def test_a_topic_that_lost_much_keeps_its_number_and_takes_a_name_of_its_own():
    rows = np.arange(10)
    before = Topics((level(["slam, sound"], [0] * 10),))
    now = Topics((level(["hearing", "slam"], [1] * 6 + [0] * 4),))
    made = continued(now, before, rows).levels[0]
    assert (made.labels, made.assignment.tolist()) == (("slam", "hearing"), [0] * 6 + [1] * 4)


def test_newcomers_do_not_count_and_papers_that_went_do_not():
    before = Topics((level("ab", [0, 0, 1, 1, 0, 0]),))
    now = Topics((level("yz", [1, 1, 0, 0, 0, 0, 0]),))
    assert continued(now, before, np.array([0, 1, 2, 3, -1, -1, -1])).levels[0].labels == ("a", "b")


def test_labels_of_an_earlier_recipe_end_and_numbers_stay():
    before = Topics((level("ab", [0, 0, 0, 1, 1], recipe=RECIPE - 1),))
    made = continued(Topics((level("yz", [1, 1, 1, 0, 0]),)), before, np.arange(5)).levels[0]
    assert made.labels == ("z", "y") and made.assignment.tolist() == [0, 0, 0, 1, 1]


def test_more_and_fewer_levels_are_compared_from_the_coarsest():
    old = level("XY", [0, 0, 0, 0, 1, 1, 1, 1])
    fine, coarse = level("pqrs", [0, 0, 1, 1, 2, 2, 3, 3], [1, 1, 0, 0]), level("UV", [1, 1, 1, 1, 0, 0, 0, 0])
    more = continued(Topics((fine, coarse)), Topics((old,)), EVERYONE)
    assert [each.labels for each in more.levels] == [tuple("pqrs"), ("X", "Y")] and more.levels[0].parents == (
        0,
        0,
        1,
        1,
    )
    assert continued(Topics((coarse,)), Topics((fine, old)), EVERYONE).levels[0].labels == ("X", "Y")


def test_no_topic_before_and_no_paper_before():
    now = Topics((level("yz", [1, 1, 0, 0]),))
    assert continued(now, Topics(()), np.arange(4)).levels[0].labels == ("y", "z")
    assert continued(now, Topics((level("ab", [0, 1]),)), np.full(4, -1)).levels[0].labels == ("y", "z")
