import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.index import VectorIndex, kmeans
from embeddings.vectors import exact_top, unit_rows
from support.cost import examples


def random_vectors(n: int, seed: int = 0, dimension: int = 16) -> np.ndarray:
    return unit_rows(np.random.default_rng(seed).normal(size=(n, dimension)))


def test_axis_vectors_find_themselves_and_the_near_copy():
    vectors = unit_rows([[1, 0, 0], [0, 1, 0], [0.99, 0.1, 0]])
    rows, similarities = VectorIndex.build(vectors).search(vectors[:1], 2)
    assert rows.tolist() == [[0, 2]]
    assert similarities[0, 0] == pytest.approx(1.0)


@settings(max_examples=examples(60), deadline=None)
@given(
    n=st.integers(1, 300),
    k=st.integers(1, 40),
    share=st.floats(0, 1),
    seed=st.integers(0, 10_000),
)
def test_a_filtered_search_equals_brute_force_and_is_never_short(n, k, share, seed):
    vectors = random_vectors(n, seed)
    allowed = np.random.default_rng(seed + 1).random(n) < share
    query = random_vectors(1, seed + 2)
    rows, similarities = VectorIndex.build(vectors).search(query, k, allowed)
    wanted, wanted_similarities = exact_top(vectors, query[0], k, allowed)
    assert rows[0].tolist() == wanted.tolist()
    assert len(rows[0]) == min(k, allowed.sum())
    np.testing.assert_allclose(similarities[0], wanted_similarities, atol=1e-5)


def test_neighbours_never_hold_the_row_itself_even_among_copies():
    vectors = unit_rows([[1, 0]] * 5 + [[0, 1]])
    rows, similarities = VectorIndex.build(vectors).neighbours(3)
    assert rows.shape == (6, 3)
    assert not (rows == np.arange(6)[:, None]).any()
    np.testing.assert_allclose(similarities[:5], 1.0, atol=1e-6)


@pytest.mark.parametrize(("n", "k"), [(1, 0), (2, 1), (3, 2)])
def test_neighbours_of_tiny_libraries(n, k):
    rows, _ = VectorIndex.build(random_vectors(n)).neighbours(15)
    assert rows.shape == (n, k)


def test_a_saved_index_answers_alike_to_the_last_bit(tmp_path):
    vectors = random_vectors(50)
    VectorIndex.build(vectors).save(tmp_path / "index.faiss")
    theirs = faiss.read_index(str(tmp_path / "index.faiss"))
    assert (theirs.reconstruct_n(0, len(vectors)) == vectors).all() and theirs.metric_type == faiss.METRIC_INNER_PRODUCT
    faiss.write_index(theirs, str(tmp_path / "theirs.faiss"))
    assert (tmp_path / "theirs.faiss").read_bytes() == (tmp_path / "index.faiss").read_bytes()
    loaded = VectorIndex.load(tmp_path / "index.faiss")
    assert (loaded.vectors() == vectors).all()
    assert (loaded.search(vectors, 5)[0] == VectorIndex.build(vectors).search(vectors, 5)[0]).all()


def test_vectors_of_the_index_cannot_be_written():
    view = VectorIndex.build(random_vectors(3)).vectors()
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0] = 5


def test_a_query_of_another_dimension_is_refused():
    with pytest.raises(ValueError, match=r"shape \(1, 3\)"):
        VectorIndex.build(random_vectors(5)).search(np.zeros((1, 3), np.float32), 2)


def test_kmeans_finds_planted_groups_and_repeats():
    centres = np.eye(3, 8)
    vectors = unit_rows(np.repeat(centres, 20, axis=0) + np.random.default_rng(0).normal(0, 0.05, (60, 8)))
    found = kmeans(vectors, 3, 0)
    assert (found == kmeans(vectors, 3, 0)).all()
    groups = found.reshape(3, 20)
    assert all(len(set(group)) == 1 for group in groups.tolist())
    assert len(set(groups[:, 0].tolist())) == 3
