"""The map: groups stay together, places are sane for any number of papers, and the same input gives the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from conftest import ROOT
from explorer.map.layout import Start, _fitted, _without_twins, lay_out, place

Floats = NDArray[np.float32]


def unit(rows: NDArray[np.float64]) -> Floats:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def planted(
    sizes: list[int], dimension: int = 32, noise: float = 0.1, seed: int = 1
) -> tuple[Floats, NDArray[np.int64]]:
    """Groups around orthogonal axes: similarity inside a group is high, between groups about 0."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    rng = np.random.default_rng(seed)
    return unit(np.eye(dimension)[group] + noise * rng.normal(size=(len(group), dimension))), group


def graph(vectors: Floats, k: int = 15) -> tuple[NDArray[np.int64], Floats]:
    """Exact neighbours, padded with -1, by brute force."""
    similarities = (vectors @ vectors.T).astype(np.float32)
    np.fill_diagonal(similarities, -2)
    width = min(k, max(len(vectors) - 1, 0))
    found = np.full((len(vectors), k), -1)
    found[:, :width] = np.argsort(-similarities, axis=1, kind="stable")[:, :width]
    scores = np.take_along_axis(similarities, found, axis=1) if len(vectors) else np.zeros((0, k), np.float32)
    return found, np.where(found >= 0, scores, 0).astype(np.float32)


def drawn(vectors: Floats) -> Floats:
    places = lay_out(vectors, *graph(vectors))
    assert places.shape == (len(vectors), 2) and places.dtype == np.float32
    assert np.isfinite(places).all() and np.abs(places).max(initial=0) <= 1
    return places


def same_group_share(places: Floats, group: NDArray[np.int64], k: int) -> float:
    gaps = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(gaps, np.inf)
    near = np.argsort(gaps, axis=1)[:, :k]
    return float((group[near] == group[:, None]).mean())


@pytest.mark.parametrize("sizes", [[4, 4, 4], [20, 20], [50, 50], [150, 100, 50]])
def test_planted_groups_stay_together(sizes: list[int]) -> None:
    vectors, group = planted(sizes)
    assert same_group_share(drawn(vectors), group, 3) > 0.98


def test_two_groups_are_apart_by_more_than_their_own_width() -> None:
    vectors, group = planted([100, 100])
    places = drawn(vectors)
    centres = np.stack([places[group == g].mean(axis=0) for g in (0, 1)])
    width = max(np.linalg.norm(places[group == g] - centres[g], axis=1).mean() for g in (0, 1))
    assert np.linalg.norm(centres[0] - centres[1]) > 2 * width


def test_far_order_is_kept() -> None:
    """Groups on a half circle of meaning: the two ends lie farther apart than the ends from the middle."""
    angles = np.repeat(np.linspace(0, np.pi * 0.9, 5), 60)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rows = np.hstack([circle, 0.15 * np.random.default_rng(3).normal(size=(300, 20))])
    places = drawn(unit(rows))
    centres = places.reshape(5, 60, 2).mean(axis=1)
    gap = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    assert gap[0, 4] > gap[0, 2] and gap[0, 4] > gap[2, 4]


def test_no_papers_one_paper_two_papers() -> None:
    assert drawn(np.zeros((0, 8), np.float32)).shape == (0, 2)
    assert drawn(unit(np.eye(8)[:1])).tolist() == [[0, 0]]
    left, right = sorted(drawn(unit(np.eye(8)[:2])).tolist())
    assert left == pytest.approx([-1, 0], abs=1e-6) and right == pytest.approx([1, 0], abs=1e-6)


def test_of_three_papers_the_two_alike_are_nearest() -> None:
    places = drawn(unit(np.array([[1.0, 0, 0], [0.9, 0.3, 0], [0, 0, 1]])))
    gap = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert gap[0, 1] < 0.5 * min(gap[0, 2], gap[1, 2])


@pytest.mark.parametrize("count", [2, 12, 40, 300])
def test_equal_papers_get_places_of_their_own(count: int) -> None:
    places = drawn(np.tile(unit(np.eye(16)[:1]), (count, 1)))
    assert len(np.unique(places, axis=0)) == count


@pytest.mark.parametrize("count", [8, 12, 29, 120])
def test_a_few_equal_papers_among_others_get_places_of_their_own(count: int) -> None:
    """29 papers of seed 107 once had two at one place: equal ones had stepped from two specks onto each other."""
    for seed in (105, 106, 107) if count < 30 else (0,):
        rng = np.random.default_rng(seed)
        vectors = unit(rng.normal(size=(count, 24)) + 2 * rng.normal(size=24))
        for _ in range(rng.integers(2, 5)):
            vectors[rng.integers(count)] = vectors[rng.integers(count)]
        places = drawn(vectors)
        assert len(np.unique(places, axis=0)) == count
        assert places.tobytes() == drawn(vectors).tobytes()


def test_places_without_twins_stay_on_the_map_and_near() -> None:
    corners = np.array([[1, 1], [-1, -1], [0, 0], [1, -1], [0.5, 0]], np.float32)
    before = np.repeat(corners, 40, axis=0)
    after = _without_twins(before.copy())
    assert len(np.unique(after, axis=0)) == 200
    assert np.abs(after).max() <= 1 and np.abs(after - before).max() < 0.05
    assert (after[::40] == corners).all()


def test_a_twin_lies_beside_its_twin() -> None:
    vectors, _ = planted([60, 60])
    vectors[7] = vectors[3]
    places = drawn(vectors)
    gap = float(np.linalg.norm(places[3] - places[7]))
    assert 5e-4 < gap < 0.1


def test_zero_vectors_and_missing_neighbours_are_placed() -> None:
    vectors, _ = planted([40])
    vectors[5] = 0
    found, similarities = graph(vectors)
    found[9] = -1
    places = lay_out(vectors, found, similarities)
    assert np.isfinite(places).all() and len(np.unique(places, axis=0)) == 40


def test_a_graph_in_two_pieces_fills_one_map() -> None:
    """Neither piece may shrink to a dot because repulsion drove the pieces apart."""
    vectors, group = planted([120, 60], noise=0.25)
    places = drawn(vectors)
    assert min(places[group == g].std() for g in (0, 1)) > 0.05


def test_a_few_strangers_do_not_squash_the_rest() -> None:
    vectors, group = planted([400, 1, 1], noise=0.2)
    places = drawn(vectors)
    crowd = places[group == 0]
    assert np.ptp(crowd, axis=0).max() > 1.2


def test_a_far_straggler_is_drawn_in_and_still_the_farthest() -> None:
    crowd = np.random.default_rng(0).uniform(-1, 1, size=(500, 2))
    places = _fitted(np.vstack([crowd, [[100.0, 0.0]]]))
    assert np.ptp(places[:-1], axis=0).min() > 1.2
    assert places[-1, 0] == places[:, 0].max() == 1


_DIGEST = """
import hashlib, numpy as np, sys
sys.path[:0] = {tests!r}
from test_layout import planted, graph
from explorer.map.layout import lay_out
digest = hashlib.sha256()
for sizes in ([5, 5, 10], [300, 200, 100]):
    vectors, _ = planted(sizes, dimension=384, noise=0.2)
    rng = np.random.default_rng(0)
    found = np.argsort(rng.random((len(vectors), len(vectors))), axis=1)[:, :15]
    similarities = np.einsum("ij,ikj->ik", vectors, vectors[found])
    digest.update(lay_out(vectors, found, similarities).tobytes())
print(digest.hexdigest())
"""


@pytest.mark.slow
def test_same_bits_whatever_the_number_of_threads() -> None:
    here = Path(__file__).parent
    code = _DIGEST.format(tests=[str(here), str(here.parent)])
    digests = set()
    for threads in ("1", "2", "4"):
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads)
        command = [sys.executable, "-c", code]
        ran = subprocess.run(command, env=os.environ | limits, cwd=ROOT, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        digests.add(ran.stdout.strip())
    assert len(digests) == 1


def test_the_seed_matters_little_but_is_honoured() -> None:
    vectors, _ = planted([50, 50])
    found, similarities = graph(vectors)
    first, again = (lay_out(vectors, found, similarities, seed=4) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != lay_out(vectors, found, similarities, seed=5).tobytes()


def test_input_is_left_as_it_was() -> None:
    vectors, _ = planted([50, 50])
    found, similarities = graph(vectors)
    before = [vectors.copy(), found.copy(), similarities.copy()]
    lay_out(vectors, found, similarities)
    for old, new in zip(before, (vectors, found, similarities), strict=True):
        assert (old == new).all()


def test_a_newcomer_lands_with_the_majority_not_in_between() -> None:
    crowd = np.array([[0.5, 0.5], [0.52, 0.5], [0.5, 0.52], [-0.9, -0.9]])
    found = place(crowd[None].astype(np.float32), np.full((1, 4), 0.7, np.float32))
    assert found[0] == pytest.approx([0.505, 0.505], abs=0.02)


def test_a_newcomer_follows_the_more_similar_neighbours() -> None:
    positions = np.array([[[-1, 0], [1, 0]]], np.float32)
    assert place(positions, np.array([[0.9, 0.3]], np.float32))[0, 0] < -0.9
    assert place(positions, np.array([[0.3, 0.9]], np.float32))[0, 0] > 0.9


def test_newcomers_with_one_neighbour_hide_neither_it_nor_each_other() -> None:
    positions = np.full((3, 1, 2), 0.25, np.float32)
    found = place(positions, np.ones((3, 1), np.float32))
    assert len(np.unique(np.vstack([found, positions[0]]), axis=0)) == 4
    assert np.abs(found - 0.25).max() < 0.01


def test_missing_neighbours_of_a_newcomer_are_ignored() -> None:
    nan = np.nan
    positions = np.array([[[0.4, 0.1], [nan, nan]], [[nan, nan], [nan, nan]]], np.float32)
    found = place(positions, np.array([[0.8, nan], [nan, nan]], np.float32))
    assert found[0] == pytest.approx([0.4, 0.1], abs=0.01)
    assert found[1] == pytest.approx([0, 0], abs=0.01)


def test_a_drawing_that_begins_with_old_places_keeps_them_and_newcomers_find_their_own() -> None:
    """Two of six groups came since, and were placed in a heap: the others stay, these come apart."""
    vectors, group = planted([60] * 6, noise=0.2)
    old = lay_out(vectors, *graph(vectors))
    tied = group < 4
    heap = 0.05 * np.random.default_rng(0).normal(size=old.shape)
    heaped = np.where(tied[:, None], old, old[tied].mean(axis=0) + heap).astype(np.float32)
    places = lay_out(vectors, *graph(vectors), start=Start(heaped, tied))
    centres, olds = (np.stack([of[group == g].mean(axis=0) for g in range(4)]) for of in (places, old))
    gaps, before = (np.linalg.norm(of[:, None] - of[None], axis=2)[np.triu_indices(4, 1)] for of in (centres, olds))
    assert np.corrcoef(gaps, before)[0, 1] > 0.95
    assert same_group_share(places, group, 10) > 0.95 > same_group_share(heaped, group, 10)
