"""Neighbours of many rows: nearly those of all pairs, whatever the rows are."""

import numpy as np
import pytest

from embeddings import index
from embeddings.graph import near_rows
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
