"""Copies folded, Spread and Newest: worked out by hand, against brute force, and on a library."""

import itertools

import numpy as np
import pytest

from conftest import paper
from explorer.library import Library
from explorer.search.diversity import collapse, newest, spread
from explorer.search.question import Order, Question


def test_copies_are_folded_into_the_best_of_them():
    assert collapse([7, 3, 9, 1], []) == {7: [], 3: [], 9: [], 1: []}
    assert collapse([7, 3, 9, 1], [(1, 3)]) == {7: [], 3: [1], 9: []}
    assert collapse([7, 3, 9, 1], [(1, 3), (1, 7), (2, 9)]) == {7: [3, 1], 9: []}  # 3 is a copy of 7 by way of 1


def test_collapse_does_not_depend_on_the_order_of_the_pairs():
    pairs = [(1, 2), (2, 3), (4, 5), (3, 6)]
    expected = collapse([6, 5, 4, 3, 2, 1], pairs)
    assert expected == {6: [3, 2, 1], 5: [4]}
    assert all(collapse([6, 5, 4, 3, 2, 1], list(order)) == expected for order in itertools.permutations(pairs))


def test_spread_takes_what_is_unlike_before_what_is_alike():
    x, y = [1.0, 0.0], [0.0, 1.0]
    # Ranks 1 to 4 are worth 1, 0.63, 0.5, 0.43. After the first: 0.8 * 0.63 - 0.2 = 0.305 for its twin, and
    # 0.8 * 0.5 = 0.4 for the third, which is orthogonal.
    vectors = np.array([x, x, y, y], np.float32)
    assert spread(vectors, 4) == [0, 2, 1, 3]
    assert spread(vectors, 2) == [0, 2]
    assert spread(vectors[:0], 3) == []


def test_spread_is_maximal_marginal_relevance():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(30, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    taken = []
    while len(taken) < 30:
        gains = {
            i: 0.8 / np.log2(i + 2) - 0.2 * max([0.0, *(float(vectors[i] @ vectors[j]) for j in taken)])
            for i in range(30)
            if i not in taken
        }
        taken.append(max(gains, key=gains.get))
    assert spread(vectors, 30) == taken


def test_newest_moves_only_what_is_near():
    assert newest([2001, 2020, None, 2020, 2024], [True, True, True, True, False]) == [1, 3, 0, 2, 4]
    assert newest([], []) == []


WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi omikron pi rho sigma tau".split()
TEXT = " ".join(WORDS)


@pytest.fixture
def copies(toy_with):
    """Three versions of one text, two parts of another, and ten papers that share a word with them."""
    versions = [("A study of games", "p1"), ("A study of games revised", "p2"), ("A study of games extended", "p3")]
    papers = [
        paper(title, TEXT, key=key, doi=f"10.1000/{key}", year=2000 + i) for i, (title, key) in enumerate(versions)
    ]
    other = " ".join(word[::-1] for word in WORDS)
    papers += [paper(f"Reversed words part {n}", other, key=f"r{n}", doi=f"10.2000/{n}") for n in (1, 2)]
    papers += [
        paper(f"Paper number{n}", f"alpha filler{n} other{n}", key=f"o{n}", doi=f"10.3000/{n}") for n in range(10)
    ]
    return toy_with(papers)


def test_versions_count_once_and_k_results_come_when_k_exist(copies):
    assert len(copies.snapshot.arrays.keys) == 15
    assert len(copies.snapshot.arrays.near) >= 4  # three pairs of versions, and the two parts
    answer = copies.ask(Question(TEXT), k=5)
    assert len(answer.results) == 5
    titles = [result.paper.title for result in answer.results]
    assert sum(title.startswith("A study") for title in titles) == 1
    first = answer.results[0]
    assert first.paper.title.startswith("A study") and len(first.copies) == 2
    assert len(copies.search(TEXT, k=15)) == 13
    assert all(len(copies.search("alpha", k=k)) == k for k in range(1, 14))


def test_parts_of_a_series_stay_two(copies):
    answer = copies.ask(Question(" ".join(word[::-1] for word in WORDS)), k=2)
    assert [result.paper.title[:14] for result in answer.results] == ["Reversed words"] * 2


def test_papers_said_to_be_two_are_not_folded(copies):
    versions = copies.snapshot.ids(("10.1000/p1", "10.1000/p2", "10.1000/p3"))
    for one, other in itertools.combinations(versions, 2):
        copies.records.keep_apart(one, other)
    assert len(copies.search(TEXT, k=15)) == 15


def test_a_paper_does_not_lose_its_own_copies(copies):
    answer = copies.ask(Question(like=copies.snapshot.ids(["10.1000/p1"])), k=3)
    assert answer.results[0].paper.title.startswith("A study")
    assert len(answer.results[0].copies) == 1


def test_orders_on_the_seeds(seed_folder):
    with Library.open(seed_folder, write=False) as library:
        best = library.ask(Question("learning in games"), k=12).results
        spreads = library.ask(Question("learning in games", order=Order.SPREAD), k=12).results
        assert best[0] == spreads[0]
        assert {result.row for result in best} == {result.row for result in spreads}
        vectors = library.snapshot.arrays.index.vectors()

        def alike(results):
            rows = [result.row for result in results[:8]]
            return np.triu(vectors[rows] @ vectors[rows].T, 1).sum()

        assert alike(spreads) < alike(best)


def test_newest_on_a_library(toy):
    toy.add(
        [paper(f"Number{year}", f"alpha beta word{year}", key=str(year), year=year) for year in (1990, 2020, 2005)]
        + [paper("Elsewhere", "nothing shared here at all", key="x", year=2025)]
    )
    found = [result.paper.year for result in toy.ask(Question("alpha beta", order=Order.NEWEST), k=4).results]
    assert found == [2020, 2005, 1990, 2025]
