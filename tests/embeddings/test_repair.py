"""A mended graph is that of all pairs, whatever came, changed or went; in one comparison."""

import numpy as np
import pytest

from embeddings import repair
from embeddings.index import VectorIndex
from embeddings.repair import mended
from embeddings.vectors import exact_top, unit_rows

WIDTH = 7


def graph_of(vectors, width=WIDTH):
    return VectorIndex.build(vectors).neighbours(width)[0].astype(np.int32)


def changed(old, gone, moved, came, dice):
    """The vectors after `gone` rows went, `moved` got other vectors and `came` came; the lists that are left; which
    came or changed, which were there."""
    left = np.setdiff1d(np.arange(len(old)), gone)
    vectors = old[left].copy()
    vectors[moved] = unit_rows(dice.normal(size=(len(moved), old.shape[1])))
    vectors = np.concatenate([vectors, unit_rows(vectors[:came] + 0.3 * dice.normal(size=(came, old.shape[1])))])
    places = np.full(len(old) + 1, -1, np.int32)
    places[left] = np.arange(len(left))
    places[left[moved]] = -1
    known = np.full((len(vectors), WIDTH), -1, np.int32)
    known[: len(left)] = places[graph_of(old)[left]]
    known[moved] = -1
    new = np.arange(len(left), len(vectors))
    return vectors, known, np.concatenate([moved, new]).astype(np.int64), np.arange(len(vectors)) < len(left)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    for name, value in (("_ROWS", 90), ("_COLUMNS", 13), ("_PAIRS", 100), ("_AROUND", 5)):
        monkeypatch.setattr(repair, name, value)


@pytest.mark.parametrize(("gone", "moved", "came"), [(0, 0, 40), (30, 0, 0), (0, 9, 0), (20, 9, 31), (0, 0, 0)])
def test_the_lists_are_those_of_all_pairs(gone, moved, came):
    dice = np.random.default_rng(gone + moved + came)
    old = unit_rows(dice.normal(size=(8, 24))[dice.integers(0, 8, 400)] + dice.normal(size=(400, 24)))
    left = 400 - gone
    went, moved = dice.choice(400, gone, replace=False), np.sort(dice.choice(left, moved, replace=False))
    vectors, known, those, here = changed(old, went, moved, came, dice)
    made = mended(vectors, known, those, here, WIDTH + 1)
    np.testing.assert_array_equal(made.graph, graph_of(vectors))
    for place, row in enumerate(those.tolist()):
        allowed = here.copy()
        allowed[row] = False
        rows, close = exact_top(vectors, vectors[row], WIDTH + 1, allowed)
        np.testing.assert_array_equal(made.near[place], rows)
        np.testing.assert_allclose(made.close[place], close, atol=1e-6)


def test_of_many_rows_who_lost_a_neighbour_looks_around_the_others():
    dice = np.random.default_rng(2)
    old = unit_rows(dice.normal(size=(20, 24))[dice.integers(0, 20, 1000)] + 0.7 * dice.normal(size=(1000, 24)))
    vectors, known, those, here = changed(old, dice.choice(1000, 30, replace=False), [], 25, dice)
    made, wanted = mended(vectors, known, those, here, WIDTH + 1, exact=False), graph_of(vectors)
    whole = (known >= 0).all(axis=1) | ~here
    np.testing.assert_array_equal(made.graph[whole], wanted[whole])
    assert (made.graph >= 0).all() and (made.graph != np.arange(len(vectors))[:, None]).all()
    assert all(len(set(row)) == WIDTH for row in made.graph.tolist())
    lost = ~whole
    same = np.mean([len(np.intersect1d(*pair)) / WIDTH for pair in zip(made.graph[lost], wanted[lost], strict=True)])
    assert lost.sum() > 100 and same > 0.95


def test_who_lost_all_neighbours_is_compared_with_every_row():
    dice = np.random.default_rng(3)
    old = unit_rows(np.concatenate([np.tile(np.eye(24)[0], (9, 1)), dice.normal(size=(300, 24))]))
    old[:9] = unit_rows(old[:9] + 1e-3 * dice.normal(size=(9, 24)))
    vectors, known, those, here = changed(old, np.arange(1, 9), [], 0, dice)
    assert (known[0] < 0).all()
    made = mended(vectors, known, those, here, WIDTH + 1, exact=False)
    np.testing.assert_array_equal(made.graph[0], graph_of(vectors)[0])


def test_few_papers_that_have_fewer_neighbours():
    vectors = unit_rows(np.eye(4) + 0.1)
    made = mended(vectors, np.full((4, 3), -1, np.int32), np.arange(4), np.arange(4) < 2, WIDTH)
    assert sorted(made.graph[0].tolist()) == [1, 2, 3]
    assert (made.near >= 0).sum(axis=1).tolist() == [1, 1, 2, 2] and np.isnan(made.close[0, 1:]).all()
