import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.index import VectorIndex
from embeddings.vectors import unit_rows
from explorer import keywords
from explorer.keywords import Keywords
from explorer.search import PAIRS, answer, nearest, percentiles, random_pairs

VECTORS = unit_rows([[1, 0], [0.9, 0.4], [0, 1], [-1, 0]])
INDEX = VectorIndex.build(VECTORS)
PAIRS_OF_FOUR = random_pairs(VECTORS)


def test_all_pairs_of_a_small_library_count():
    wanted = sorted(float(VECTORS[i] @ VECTORS[j]) for i in range(4) for j in range(i + 1, 4))
    np.testing.assert_allclose(PAIRS_OF_FOUR, wanted, atol=1e-6)


def test_pairs_of_a_large_library_are_sampled_by_seed_and_never_a_paper_with_itself():
    vectors = unit_rows(np.eye(700))
    pairs = random_pairs(vectors, seed=3)
    assert len(pairs) == PAIRS
    assert pairs.max() == 0  # axis vectors: only a paper with itself would give 1
    noise = unit_rows(np.random.default_rng(0).normal(size=(700, 8)))
    assert (random_pairs(noise, 1) == random_pairs(noise, 1)).all()
    assert (random_pairs(noise, 1) != random_pairs(noise, 2)).any()


def test_percentile_is_the_share_of_less_similar_pairs():
    pairs = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    assert percentiles(np.array([0.05, 0.25, 0.3, 0.9], np.float32), pairs).tolist() == [0, 50, 50, 87.5]


def test_nearest_leaves_out_what_is_excluded_and_still_gives_k():
    hits = nearest(INDEX, VECTORS[0], 2, PAIRS_OF_FOUR, exclude=[0])
    assert [hit.row for hit in hits] == [1, 2]
    assert hits[0].similarity == pytest.approx(0.9138, abs=1e-3)
    assert hits[0].percentile == pytest.approx(100 * 5 / 6)


def test_exclusion_and_filter_add_up_and_the_filter_stays_as_it_was():
    allowed = np.array([True, False, True, True])
    hits = nearest(INDEX, VECTORS[0], 10, PAIRS_OF_FOUR, allowed=allowed, exclude=[0])
    assert [hit.row for hit in hits] == [2, 3]
    assert allowed.tolist() == [True, False, True, True]


def test_one_paper_alone_has_no_pairs():
    alone = unit_rows([[1, 0]])
    hits = nearest(VectorIndex.build(alone), alone[0], 5, random_pairs(alone))
    assert [(hit.row, hit.percentile) for hit in hits] == [(0, 0.0)]


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """100,000 papers of eight words each, and a year each."""
    dice = np.random.default_rng(3)
    n = 100_000
    vocabulary = np.array([f"word{i}" for i in range(2000)])
    texts = vocabulary[np.minimum(dice.geometric(0.004, (n, 8)) - 1, 1999)]
    folder = tmp_path_factory.mktemp("large") / "words"
    keywords.write(folder, ((row, "", " ".join(words), "") for row, words in enumerate(texts.tolist())))
    vectors = unit_rows(dice.standard_normal((n, 32)).astype(np.float32))
    return VectorIndex.build(vectors), Keywords.load(folder), dice.integers(1990, 2020, n)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), year=st.none() | st.integers(1990, 2019), k=st.sampled_from([1, 10, 50]))
def test_hybrid_answers_are_those_of_brute_force(large, seed, year, k):
    """Exactly the k best by cosine and words of all papers that pass a filter, and always k of them."""
    index, words, years = large
    dice = np.random.default_rng(seed)
    keys = np.arange(len(index))
    vector = unit_rows(dice.standard_normal((1, 32)).astype(np.float32))[0]
    asked = words.ask(" ".join(f"word{i}" for i in dice.integers(0, 900, dice.integers(0, 6))), keys)
    allowed = None if year is None else years == year
    hits = answer(index, vector, asked, k, np.zeros(0, np.float32), allowed=allowed)

    rows = keys if allowed is None else keys[allowed]
    scores = asked.scores(rows)
    top = max(float(scores.max()), 0.4 * asked.bound, 1e-9)
    ranked = 0.6 * (index.vectors()[rows] @ vector) + 0.4 * scores / top
    expected = np.sort(ranked)[::-1][:k]
    assert len(hits) == k
    found = ranked[np.searchsorted(rows, [hit.row for hit in hits])]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert [hit.similarity for hit in hits] == pytest.approx((index.vectors()[[h.row for h in hits]] @ vector).tolist())
