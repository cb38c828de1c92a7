"""Neighbours of many rows: nearly those of all pairs, whatever the rows are."""

import numpy as np
import pytest

from embeddings import graph, index
from embeddings.graph import Recall, near_rows, recall
from embeddings.index import VectorIndex, kmeans
from embeddings.vectors import unit_rows


def crowds(n, centres=60, spread=0.8, seed=0):
    """Unit rows around random centres, so wide that crowds touch."""
    rng = np.random.default_rng(seed)
    middle = unit_rows(rng.normal(size=(centres, 24)).astype(np.float32))
    return unit_rows((middle[rng.integers(0, centres, n)] + spread / 24**0.5 * rng.normal(size=(n, 24))).astype("f4"))


def test_nearly_all_true_neighbours_are_found_with_their_similarities_best_first():
    vectors = crowds(1500)
    exact, _ = VectorIndex.build(vectors).neighbours(15)
    rows, similarities = near_rows(vectors, 15, kmeans)
    assert (rows[:, :, None] == exact[:, None, :]).any(axis=2).mean() > 0.95
    np.testing.assert_allclose(similarities, np.einsum("id,ijd->ij", vectors, vectors[rows]), atol=1e-5)
    assert (np.diff(similarities, axis=1) <= 0).all()


@pytest.mark.parametrize("copies", [17, 900, 1500])
def test_copies_have_others_for_neighbours_and_none_twice(copies):
    vectors = crowds(1500)
    vectors[:copies] = vectors[0]
    rows, similarities = near_rows(vectors, 15, kmeans)
    assert (rows != np.arange(1500)[:, None]).all()
    assert (np.diff(np.sort(rows, axis=1), axis=1) > 0).all()
    np.testing.assert_allclose(similarities[:copies], 1.0, atol=1e-5)


def test_few_rows_have_all_others():
    rows, _ = near_rows(crowds(16), 15, kmeans)
    assert [sorted(row) for row in rows.tolist()] == [
        [other for other in range(16) if other != row] for row in range(16)
    ]


def test_an_index_of_many_rows_answers_as_one_of_few(monkeypatch):
    vectors = crowds(400)
    exact, _ = VectorIndex.build(vectors).neighbours(5)
    monkeypatch.setattr(index, "_ALL_PAIRS", 100)
    rows, similarities = VectorIndex.build(vectors).neighbours(5)
    assert rows.dtype == np.int64 and similarities.dtype == np.float32
    assert (rows == exact).mean() > 0.95
    assert (rows == VectorIndex.build(vectors).neighbours(5)[0]).all()


def test_recall_is_what_brute_force_counts(monkeypatch):
    vectors = crowds(700)
    exact, _ = VectorIndex.build(vectors).neighbours(6)
    assert recall(vectors, exact) == Recall(1.0, 6) and recall(vectors, exact[:, :0]).share == 1.0
    rows = exact.copy()
    rows[:, 2] = np.where(exact[:, 2] % 3 == 0, (np.arange(700) + 350) % 700, exact[:, 2])
    hits = (rows[:, :, None] == exact[:, None, :]).any(axis=2)
    for at_once in (64, 699, 700):
        monkeypatch.setattr(graph, "_AT_ONCE", at_once)
        assert recall(vectors, rows).share == pytest.approx(hits.mean())
    monkeypatch.setattr(graph, "_SAMPLE", 50)
    sample = np.linspace(0, 699, 50).astype(int)
    assert recall(vectors, rows).share == pytest.approx(hits[sample].mean())


def test_of_rows_that_are_equally_near_either_is_right():
    vectors = unit_rows([[1, 0]] * 4 + [[0, 1]] * 3)
    rows = np.array([[1], [0], [3], [2], [5], [6], [4]])
    assert recall(vectors, rows).share == 1.0
    assert recall(vectors, np.array([[1], [0], [3], [4], [5], [6], [4]])).share == pytest.approx(6 / 7)


def test_a_graph_is_sought_on_until_enough_is_there(monkeypatch):
    """A first search that finds little, as among a million papers."""
    vectors = crowds(1500)
    monkeypatch.setattr(graph, "_ROUNDS", (graph._Round(1, 0),))
    monkeypatch.setattr(graph, "_MOST_FURTHER", 0)
    assert recall(vectors, near_rows(vectors, 15, kmeans)[0]).share < 0.9
    monkeypatch.setattr(graph, "_MOST_FURTHER", 9)
    rows, _ = near_rows(vectors, 15, kmeans)
    exact, _ = VectorIndex.build(vectors).neighbours(15)
    assert (rows[:, :, None] == exact[:, None, :]).any(axis=2).mean() >= 0.98
    assert recall(vectors, rows).sure
