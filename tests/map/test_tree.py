"""The tree of groups: nodes are intervals of its leaves, a cut covers them all, and names decide between two cuts."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.map.membership import doubtful, doubts, settle, surroundings
from explorer.map.tree import Span, Tree, merge


@pytest.fixture
def tree() -> Tree:
    """Eight groups of five rows in four pairs, of which two and two are near."""
    corners = np.array([(x + d, y, 0) for x, y in ((0, 0), (3, 0), (20, 20), (23, 20)) for d in (0.0, 0.4)])
    rows = np.repeat(corners, 5, axis=0).astype(np.float32)
    return merge(rows, np.repeat(np.arange(8), 5).astype(np.int32))


def covers(tree: Tree, cut: list[Span]) -> bool:
    return [leaf for low, high in sorted(cut) for leaf in range(low, high)] == list(range(len(tree.sizes)))


def test_every_cut_covers_all_leaves_once(tree: Tree) -> None:
    assert all(covers(tree, tree.plain_cut(count)) and len(tree.plain_cut(count)) == count for count in range(1, 9))
    assert tree.size(tree.nodes[-1]) == 40
    assert {tree.size(node) for node in tree.plain_cut(4)} == {10}


def test_of_two_cuts_that_is_taken_whose_topics_have_names(tree: Tree) -> None:
    pair = tree.plain_cut(2)[0]
    halves = list(tree.children[pair])
    unnamed = dict.fromkeys(tree.nodes, 0.1)
    named = {**unnamed, **dict.fromkeys(halves, 1.0)}
    for worth in (named, unnamed):
        cut = tree.cut(4, worth)
        assert covers(tree, cut) and len(cut) <= 4
    assert set(halves) <= set(tree.cut(4, named))
    assert pair in tree.cut(4, {**unnamed, pair: 1.0})


def test_from_when_few_groups_are_left_they_merge_by_broader_vectors() -> None:
    """By the first vectors the third group belongs to the fourth, by the broader ones to the first two."""
    groups = np.repeat(np.arange(4), 5).astype(np.int32)
    close, broad = (np.array(x, np.float32)[groups][:, None] for x in ((0, 0.5, 10, 10.6), (0, 0, 0.1, 9)))
    for broader, sizes in (((), {10}), ([(3, broad)], {5, 15}), ([(4, broad), (3, close)], {10}), ([(1, broad)], {10})):
        tree = merge(close, groups, broader)
        assert {tree.size(node) for node in tree.plain_cut(2)} == sizes
        assert covers(tree, tree.plain_cut(3))


def test_a_coarser_cut_divides_no_topic_of_the_finer(tree: Tree) -> None:
    fine = tree.cut(4, dict.fromkeys(tree.nodes, 1.0))
    coarse = tree.cut(2, dict.fromkeys(tree.nodes, 1.0), fine)
    assert covers(tree, coarse) and len(coarse) <= 2 < len(fine)
    assert all(any(low <= a and b <= high for low, high in coarse) for a, b in fine)


def test_a_paper_moves_to_the_topic_of_those_around_it_if_it_bears_its_name() -> None:
    """Rows 0 to 4 are of topic 0, 5 to 9 of topic 1; row 4 has three neighbours of the latter, row 9 has none."""
    topics = np.repeat([0, 1], 5).astype(np.int32)
    around = np.array([[1, 2, 3, 4]] * 4 + [[0, 5, 6, 7]] + [[6, 7, 8, 9]] * 4 + [[5, 6, 7, 8]])
    around[range(4), range(4)], around[range(5, 9), range(4)] = 0, 5
    none = np.zeros(0, np.int64)
    assert settle(topics, around, [(none, none), (none, none)]).tolist() == topics.tolist()
    bears = (np.array([4]), none)
    assert settle(topics, around, [(none, none), bears]).tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    far = (np.array([0]), none)
    assert settle(topics, around, [(none, none), far]).tolist() == topics.tolist()
    assert doubtful(topics, around).tolist() == [False] * 4 + [True] + [False] * 5


def test_a_paper_amid_another_topic_is_in_doubt_at_the_levels_where_it_is() -> None:
    """Rows 0 to 11 are of topic 0 and 12 to 23 of topic 1, which are one above; row 11 lies amid the latter."""
    fine = np.array([*np.repeat([0, 1], 12), -1], np.int32)  # the last row has neither topic nor place
    places = np.stack([np.where(np.arange(24) < 11, 0, 100), np.arange(24) % 11], axis=1)
    places = np.array([*places.tolist(), [np.nan] * 2], np.float32)
    near = np.array([*[[0, 1, 2]] * 11, *[[13, 14, 15]] * 13, [-1] * 3])
    levels = [fine, np.where(fine < 0, -1, 0).astype(np.int32)]
    assert doubts(levels, near, places).tolist() == [0] * 11 + [1] + [0] * 13
    assert doubts([fine[:1]], near[:1], np.zeros((1, 2), np.float32)).tolist() == [0]


def test_papers_of_a_small_topic_are_not_in_doubt_for_its_size() -> None:
    """Two papers in one place that are nearest to each other: no more of those around them can be of their topic."""
    topics = np.array([0] * 10 + [1, 1], np.int32)
    places = np.array([*[[n, 0] for n in range(10)], [30, 0], [30, 0]], np.float32)
    others = np.array([[n for n in range(10) if n != row][:9] for row in range(10)])
    near = np.array([*others, [11, *range(8)], [10, *range(8)]])
    assert not doubts([topics], near, places).any()


def test_no_topic_loses_all_its_papers() -> None:
    topics = np.array([0, 0, 0, 0, 1], np.int32)
    around = np.array([[1, 2, 3]] + [[0, 2, 3]] + [[0, 1, 3]] + [[0, 1, 2]] * 2)
    everyone = np.arange(5)
    assert 1 in settle(topics, around, [(everyone, everyone), (everyone[:0], everyone[:0])])


def test_those_around_a_paper_are_its_neighbours_and_the_nearest_on_the_map() -> None:
    places = np.array([(0, 0), (0, 0), (1, 0), (9, 9)], np.float32)
    around = surroundings(np.array([[3], [3], [3], [0]]), places)
    assert [set(row) for row in around.tolist()] == [{1, 2, 3}, {0, 2, 3}, {0, 1, 3}, {0, 1, 2}]
