from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.index import VectorIndex
from embeddings.vectors import unit_rows
from explorer.filter import Filter
from explorer.library import Library
from explorer.search.pairs import PAIRS, percentiles, random_pairs, relevance
from explorer.search.question import Order, Question
from explorer.search.ranking import Corpus, Probe, Weights, rank

VECTORS = unit_rows([[1, 0], [0.9, 0.4], [0, 1], [-1, 0]])
INDEX = VectorIndex.build(VECTORS)
PAIRS_OF_FOUR = random_pairs(VECTORS)
NO_NEIGHBOURS = np.zeros((4, 0), np.int32)


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


def wordless(row, **options):
    return Probe(VECTORS[row], np.zeros(4, np.float32), **options)


def test_nearest_leaves_out_what_is_excluded_and_still_gives_k():
    hits = rank(Corpus(INDEX, NO_NEIGHBOURS, PAIRS_OF_FOUR), wordless(0, exclude=(0,))).hits(2)
    assert [hit.row for hit in hits] == [1, 2]
    assert hits[0].similarity == pytest.approx(0.9138, abs=1e-3)
    assert hits[0].percentile == pytest.approx(100 * 5 / 6)


def test_exclusion_and_filter_add_up_and_the_filter_stays_as_it_was():
    allowed = np.array([True, False, True, True])
    hits = rank(Corpus(INDEX, NO_NEIGHBOURS, PAIRS_OF_FOUR), wordless(0, exclude=(0,)), allowed=allowed).hits(10)
    assert [hit.row for hit in hits] == [2, 3]
    assert allowed.tolist() == [True, False, True, True]


def test_one_paper_alone_has_no_pairs():
    alone = unit_rows([[1, 0]])
    probe = Probe(alone[0], np.zeros(1, np.float32))
    hits = rank(Corpus(VectorIndex.build(alone), NO_NEIGHBOURS[:1], random_pairs(alone)), probe).hits(5)
    assert [(hit.row, hit.percentile) for hit in hits] == [(0, 0.0)]


RECIPE = Weights()


def brute_force(vectors, neighbours, asked):
    """What every paper is ranked by, without an index or a pool: the formulas of `answer`, over all rows, (n,)."""
    others = np.setdiff1d(np.arange(len(vectors)), asked.exclude)

    def standard(scores):
        head = np.sort(scores[others])[::-1][: RECIPE.depth]
        return (scores - head.mean()) / (head.std() if head.std() > 1e-6 else 1.0)

    def first(scores):
        return others[np.lexsort((others, -scores[others]))][: RECIPE.depth]

    words = standard(asked.words)
    weight = 0.5 * len(vectors) / (len(vectors) + 30)
    cosines = vectors @ asked.vector
    library = np.union1d(first(cosines), first(asked.words))
    ranked = (1 - weight) * standard(cosines) + weight * words
    best = library[np.lexsort((library, -ranked[library]))][:3]
    towards = vectors[best[0]] + vectors[best[1]] / 2 + vectors[best[2]] / 3
    moved = asked.vector + RECIPE.pull * towards / np.linalg.norm(towards)
    cosines = vectors @ (moved / np.linalg.norm(moved))
    head = np.sort(cosines[library])[::-1][: RECIPE.depth]
    ranked = (1 - weight) * (cosines - head.mean()) / head.std() + weight * words
    counted = ~np.isin(neighbours, asked.exclude)
    return 0.75 * ranked + 0.25 * (ranked[neighbours] * counted).sum(axis=1) / counted.sum(axis=1)


@pytest.fixture(scope="module")
def large():
    """100,000 papers with vectors in 2,000 clouds, neighbours from their cloud, and a year each."""
    dice = np.random.default_rng(3)
    n = 100_000
    cloud = dice.integers(0, 2000, n)
    centres = dice.standard_normal((2000, 32))
    vectors = unit_rows((centres[cloud] + 0.5 * dice.standard_normal((n, 32))).astype(np.float32))
    order = np.argsort(cloud, kind="stable")
    place = np.argsort(order)
    neighbours = np.stack([order[(place + step) % n] for step in range(1, 6)], axis=1).astype(np.int32)
    return VectorIndex.build(vectors), neighbours, dice.integers(1990, 2020, n)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), year=st.none() | st.integers(1990, 2019), k=st.sampled_from([1, 10, 50]))
def test_hybrid_answers_are_those_of_brute_force(large, seed, year, k):
    """Exactly the k best of all papers that pass a filter, by meaning, words and neighbours; always k of them."""
    index, neighbours, years = large
    dice = np.random.default_rng(seed)
    own = tuple(dice.integers(0, len(index), dice.integers(0, 2)).tolist())
    vector = index.vectors()[own[0]] if own else unit_rows(index.vectors()[:1] + 0.1 * dice.standard_normal((1, 32)))[0]
    words = np.where(dice.random(len(index)) < dice.choice([0.0, 1e-4, 0.02]), dice.gamma(2, 3, len(index)), 0)
    asked = Probe(vector.astype(np.float32), words.astype(np.float32), float(dice.choice([10, 400])), own)
    allowed = np.ones(len(index), bool) if year is None else years == year
    hits = rank(
        Corpus(index, neighbours, np.zeros(0, np.float32)), asked, allowed=None if year is None else allowed
    ).hits(k)

    rows = np.setdiff1d(np.flatnonzero(allowed), own)
    ranked = brute_force(index.vectors(), neighbours, asked)
    assert len(hits) == k
    found = ranked[[hit.row for hit in hits]]
    np.testing.assert_allclose(found, np.sort(ranked[rows])[::-1][:k], atol=1e-4)
    assert {hit.row for hit in hits} <= set(rows.tolist())
    cosines = index.vectors()[[hit.row for hit in hits]] @ vector
    assert [hit.similarity for hit in hits] == pytest.approx(cosines.tolist(), abs=1e-5)


def test_k_beyond_the_pool_and_beyond_the_library():
    dice = np.random.default_rng(0)
    vectors = unit_rows(dice.standard_normal((700, 8)))
    index = VectorIndex.build(vectors)
    neighbours = index.neighbours(5)[0]
    asked = Probe(vectors[3], np.zeros(700, np.float32), exclude=(3,))
    none = np.zeros(0, np.float32)
    everything = [hit.row for hit in rank(Corpus(index, neighbours, none), asked).hits(9999)]
    assert sorted([*everything, 3]) == list(range(700))
    assert everything[:50] == [hit.row for hit in rank(Corpus(index, neighbours, none), asked).hits(50)]


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_libraries_of_a_few_papers(n):
    vectors = unit_rows(np.eye(8)[:n] + 0.1)
    index = VectorIndex.build(vectors)
    words = np.zeros(n, np.float32)
    words[-1] = 4.0
    hits = rank(Corpus(index, index.neighbours(5)[0], PAIRS_OF_FOUR), Probe(vectors[0], words, 5.0)).hits(10)
    assert sorted(hit.row for hit in hits) == list(range(n))
    assert next(hit.words for hit in hits if hit.row == n - 1) == 1.0
    alone = rank(Corpus(index, index.neighbours(5)[0], PAIRS_OF_FOUR), Probe(vectors[0], words, 5.0, (0,))).hits(10)
    assert len(alone) == n - 1


def test_a_name_is_found_however_little_its_papers_mean():
    """The one paper that holds it comes first, though no other is less similar; for a question it need not."""
    dice = np.random.default_rng(1)
    vectors = unit_rows(dice.standard_normal((900, 8)) + 1.5)
    vectors[77] = -vectors[0]
    index = VectorIndex.build(vectors)
    neighbours = index.neighbours(5)[0]
    words = np.zeros(900, np.float32)
    words[77] = 9.0
    first = {}
    for name in (True, False):
        asked = Probe(vectors[0], words, 10.0, name=name)
        first[name] = (
            rank(Corpus(index, neighbours, PAIRS_OF_FOUR), asked, weights=replace(RECIPE, share=0.0)).hits(1)[0].row
        )
    assert first[True] == 77
    assert first[False] != 77


def test_relevance_keeps_the_order_and_stays_between_0_and_100():
    scores = np.array([-1e9, -3.0, 0.0, 1.5, 4.5, 80.0], np.float32)
    assert relevance(scores) == pytest.approx([0.0, 1.0987, 18.2426, 50.0, 95.2574, 100.0], abs=1e-3)


def test_relevance_is_the_same_with_a_filter_in_any_order_and_number(seed_folder):
    question = Question("learning in games")
    with Library.open(seed_folder, write=False) as library:
        results = library.ask(question, 12).results
        relevances = {result.paper.id: result.relevance for result in results}
        assert len(relevances) == 12 and all(0 < value < 100 for value in relevances.values())
        assert list(relevances.values()) == sorted(relevances.values(), reverse=True)
        for asked, k in (
            (replace(question, order=Order.SPREAD), 12),
            (replace(question, order=Order.NEWEST), 5),
            (replace(question, within=Filter(author="Brown")), 12),
        ):
            shown = library.ask(asked, k).results
            assert shown and all(result.relevance == relevances[result.paper.id] for result in shown)
