import numpy as np
import pytest

from embeddings.vectors import exact_top, unit_rows


def test_rows_get_unit_length_and_zero_stays_zero():
    made = unit_rows([[3, 4], [0, 0], [0, -2]])
    assert made.dtype == np.float32
    np.testing.assert_allclose(made, [[0.6, 0.8], [0, 0], [0, -1]], atol=1e-7)


def test_a_row_of_nan_is_named():
    with pytest.raises(ValueError, match="vector 1 holds NaN"):
        unit_rows([[1, 0], [np.nan, 1]])


def test_one_dimension_is_refused():
    with pytest.raises(ValueError, match="two dimensions"):
        unit_rows([1, 2, 3])


def test_exact_top_orders_by_similarity_then_row():
    matrix = unit_rows([[0, 1], [1, 0], [1, 0], [1, 1]])
    rows, similarities = exact_top(matrix, np.array([1, 0], np.float32), 3)
    assert rows.tolist() == [1, 2, 3]
    np.testing.assert_allclose(similarities, [1, 1, np.sqrt(0.5)], atol=1e-6)


def test_exact_top_keeps_to_the_filter():
    matrix = unit_rows(np.eye(4))
    rows, _ = exact_top(matrix, matrix[0], 3, np.array([False, True, False, True]))
    assert rows.tolist() == [1, 3]
