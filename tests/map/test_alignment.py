"""A map laid onto the one before: turns, mirrors and sizes are undone, papers that went elsewhere do not count."""

import numpy as np
import pytest

from explorer.map.alignment import aligned


def some(count=400, seed=2):
    return np.random.default_rng(seed).normal(size=(count, 2)).astype(np.float32)


def turned(places, angle, mirrored=False, size=1.0, by=(0.0, 0.0)):
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    flipped = places * [-1, 1] if mirrored else places
    return (size * flipped @ rotation.T + by).astype(np.float32)


@pytest.mark.parametrize("angle", [0, 1.0, np.pi, 4.5])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_turned_mirrored_larger_and_moved_map_comes_back(angle, mirrored):
    before = some()
    new = turned(before, angle, mirrored, size=1.7, by=(3.0, -2.0))
    assert aligned(new, before) == pytest.approx(before, abs=1e-5)


def test_papers_that_went_elsewhere_do_not_turn_the_others():
    before = some()
    new = turned(before, 2.0, mirrored=True)
    new[:120] = some(120, seed=9) + 4  # 30 % of all, in one direction
    assert np.abs(aligned(new, before) - before)[120:].max() < 0.02


def test_noise_does_not_make_the_map_smaller():
    before = some(3000)
    new = turned(before, 1.0) + some(3000, seed=5)
    assert aligned(new, before).std() == pytest.approx(before.std(), rel=0.05)


def test_newcomers_turn_with_the_others():
    before = some()
    new = turned(before, 1.2)
    known = before.copy()
    known[300:] = np.nan
    assert aligned(new, known) == pytest.approx(before, abs=1e-5)


def test_where_most_is_new_the_map_is_turned_and_has_its_own_size():
    before = some()
    new = turned(before, 1.2, mirrored=True, size=0.3)
    known = before.copy()
    known[100:] = np.nan
    assert aligned(new, known) == pytest.approx(0.3 * before, abs=0.05)


@pytest.mark.parametrize("known", [0, 1, 2])
def test_too_few_papers_turn_nothing(known):
    before = some(10)
    before[known:] = np.nan
    new = some(10, seed=7)
    assert aligned(new, before).tobytes() == new.tobytes()


def test_a_map_in_one_place_is_no_reason_to_fail():
    assert np.isfinite(aligned(np.zeros((5, 2), np.float32), np.zeros((5, 2), np.float32))).all()
    assert np.isfinite(aligned(some(5), np.zeros((5, 2), np.float32))).all()
