"""What a page makes for one answer: found by its digest, shared by tabs, kept only for a while."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from explorer.server import published as store
from explorer.server.published import publish, published


@pytest.fixture(autouse=True)
def _nothing_published(monkeypatch):
    monkeypatch.setattr(store, "_data", type(store._data)())


def mask(number):
    """As many different masks of a hundred papers as one likes."""
    return np.unpackbits(np.frombuffer(number.to_bytes(13, "big"), np.uint8))[4:]


def fetched(path):
    data = published(path.rpartition("/")[2])
    return None if data is None else list(data)


def test_two_tabs_with_one_filter_share_one_path_and_others_have_their_own():
    first, again, other = publish(mask(7)), publish(mask(7)), publish(mask(8))
    assert first == again != other
    assert fetched(first) == list(mask(7))
    assert fetched(other) == list(mask(8))


def test_of_more_than_64_the_oldest_goes_and_comes_back_when_its_tab_runs_again():
    old = publish(mask(0))
    paths = [publish(mask(number)) for number in range(1, 64)]
    assert fetched(old) == list(mask(0))
    publish(mask(0))  # the old tab runs again: its mask is the latest now
    paths += [publish(mask(number)) for number in range(64, 100)]
    assert fetched(old) == list(mask(0))
    assert [fetched(path) is None for path in paths] == [True] * 36 + [False] * 63
    paths += [publish(mask(number)) for number in range(100, 164)]
    assert fetched(old) is None
    assert publish(mask(0)) == old
    assert fetched(old) == list(mask(0))


def test_tabs_in_many_threads_lose_nothing_that_is_among_the_latest():
    def tab(number):
        path = publish(mask(number % 32))
        return fetched(path) == list(mask(number % 32))

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(tab, range(2000)))
    assert len(store._data) == 32
