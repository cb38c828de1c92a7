"""How far the map is to be believed: counted by hand, by brute force, and where little or nothing is there."""

import numpy as np
import pytest

from explorer.map.trust import UNKNOWN, crowd, in_order, near_shares, typical


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_neighbours_that_are_near_are_counted_and_others_are_not():
    places = np.array([[x, 0] for x in range(1000)], np.float32)  # 50 dots around one reach 25 to each side
    neighbours = np.zeros((1000, 4), np.int32)
    neighbours[500] = [499, 525, 526, 900]
    neighbours[600] = [590, 610, 624, -1]
    shares = near_shares(places, neighbours)
    assert crowd(1000, 4) == 50
    assert shares[500] == 50
    assert shares[600] == 100  # of those that there are


def test_shares_are_those_of_brute_force():
    random = np.random.default_rng(3)
    places, vectors = random.normal(size=(400, 2)).astype(np.float32), unit(random.normal(size=(400, 8)))
    order = np.argsort(-(vectors @ vectors.T), axis=1)[:, 1:11].astype(np.int32)
    away = np.linalg.norm(places[:, None] - places[None], axis=2)
    around = np.argsort(away, axis=1)[:, 1 : crowd(400) + 1]
    wanted = [np.isin(near, dots).mean() for near, dots in zip(order, around, strict=True)]
    assert crowd(400) == 40
    assert near_shares(places, order) == pytest.approx(np.rint(100 * np.array(wanted)))


def test_a_paper_without_a_place_has_no_share():
    places = np.array([[0, 0], [1, 0], [np.nan, np.nan], [5, 5]], np.float32)
    neighbours = np.array([[1, 3], [0, 3], [-1, -1], [1, 0]], np.int32)
    assert near_shares(places, neighbours).tolist() == [100, 100, UNKNOWN, 100]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_map_of_hardly_any_papers_has_no_figures_or_full_ones(count):
    places = np.zeros((count, 2), np.float32)
    vectors, neighbours = np.eye(3, dtype=np.float32)[:count], np.full((count, max(0, count - 1)), 0, np.int32)
    assert set(near_shares(places, neighbours)) <= {100, UNKNOWN}
    assert len(typical(vectors, np.zeros(count, np.int32))) == count
    assert len(in_order(vectors, places)) == 0


def test_the_middle_of_a_topic_is_typical_of_it():
    vectors = unit(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]], float))
    values = typical(vectors, np.array([0, 0, 0, 1, -1], np.int32))
    assert values[1] > values[0] == values[2] > 0
    assert (values[3], values[4]) == (255, 0)


def test_a_map_like_the_vectors_keeps_all_triplets_and_a_random_one_half_of_them():
    random = np.random.default_rng(5)
    angles = random.uniform(0, 1, 300)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    places = np.stack([angles, 0 * angles], axis=1).astype(np.float32)
    assert in_order(vectors, places).mean() > 0.999
    assert in_order(vectors, random.permutation(places)).mean() == pytest.approx(0.5, abs=0.03)
