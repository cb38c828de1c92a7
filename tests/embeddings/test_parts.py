"""Parts of an index answer as an index of their rows would, and read each vector once."""

import numpy as np
import pytest

from embeddings import index as module
from embeddings.index import VectorIndex
from embeddings.parts import Gathered, part_of
from embeddings.vectors import places_in, unit_rows

N, DIMENSION = 400, 16
VECTORS = unit_rows(np.random.default_rng(3).normal(size=(N, DIMENSION)))


@pytest.fixture
def read():
    """The rows that were read of `stored`, one after the other."""
    return []


@pytest.fixture
def stored(read):
    """An index whose vectors lie on disk, as far as it knows."""
    return VectorIndex(VECTORS.copy(), check=lambda rows, _: read.extend(range(N) if rows is None else rows.tolist()))


def some(seed, count):
    return np.sort(np.random.default_rng(seed).permutation(N)[:count])


def test_places_are_those_of_what_is_there():
    rows = np.array([2, 5, 9])
    assert places_in(rows, np.array([[5, 9], [1, 10], [-1, 2]])).tolist() == [[1, 2], [-1, -1], [-1, 0]]
    assert places_in(rows[:0], np.array([1])).tolist() == [-1]


def test_parts_that_follow_each_other_read_every_vector_once(stored, read):
    gathered, seen, query = Gathered(stored), set(), VECTORS[7]
    for seed, count in ((1, 30), (2, 80), (1, 30), (3, 200), (4, 0)):
        rows = some(seed, count)
        part = gathered.part(rows)
        seen |= set(rows.tolist())
        assert len(part) == count and part.dimension == DIMENSION
        np.testing.assert_allclose(part.similarities(query), VECTORS[rows] @ query, atol=1e-6)
        np.testing.assert_array_equal(part.vectors(), VECTORS[rows])
        np.testing.assert_array_equal(part.at(np.arange(count)[::-2]), VECTORS[rows[::-2]])
    assert sorted(read) == sorted(seen)


@pytest.mark.parametrize("went", [8, 200])
def test_what_is_left_answers_as_an_index_of_its_own(stored, read, tmp_path, went):
    rows = some(5, N - went)
    part, wanted = part_of(stored, rows), VectorIndex.build(VECTORS[rows])
    assert bool(read) == (went > 20)  # few: nothing was read, so nothing was copied
    assert len(part) == len(rows) and part.dimension == DIMENSION
    np.testing.assert_array_equal(part.vectors(), wanted.vectors())
    np.testing.assert_array_equal(part.at(np.array([3, 1])), wanted.at(np.array([3, 1])))
    np.testing.assert_allclose(part.similarities(VECTORS[0]), wanted.similarities(VECTORS[0]), atol=1e-6)
    allowed = np.arange(len(rows)) % 3 == 0
    for mask in (None, allowed):
        (own, close), (theirs, their) = (each.search(VECTORS[:5], 12, mask) for each in (part, wanted))
        np.testing.assert_array_equal(own, theirs)
        np.testing.assert_allclose(close, their, atol=1e-6)
    np.testing.assert_array_equal(part.neighbours(4)[0], wanted.neighbours(4)[0])
    part.save(tmp_path / "index.faiss")
    np.testing.assert_array_equal(VectorIndex.load(tmp_path / "index.faiss").vectors(), VECTORS[rows])
    nearly = part.nearly(VECTORS[:5], 40)
    assert nearly.shape == (5, 40) and nearly.min() >= 0
    theirs = wanted.nearly(VECTORS[:5], 40)[:, :10]
    assert np.mean([np.isin(theirs[at], nearly[at]) for at in range(5)]) > 0.9


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 1.0])
def test_many_vectors_are_compared_piece_by_piece_and_never_copied_whole(monkeypatch, share):
    index, allowed = VectorIndex.build(VECTORS), np.random.default_rng(6).random(N) < share
    wanted = index.search(VECTORS[:7], 20, allowed), index.search(VECTORS[:7], 20)
    monkeypatch.setattr(module, "_COPIED", 50)
    monkeypatch.setattr(module, "_AT_ONCE", 64)
    fresh = VectorIndex.build(VECTORS)
    for mask, (theirs, their) in zip((allowed, None), wanted, strict=True):
        rows, close = fresh.search(VECTORS[:7], 20, mask)
        np.testing.assert_array_equal(rows, theirs)
        np.testing.assert_allclose(close, their, atol=1e-6)
    assert "_flat" not in fresh.__dict__
