"""What tabs of the browser work on: who gets it, and when it goes."""

from __future__ import annotations

import pytest

from explorer.server import tabs


@pytest.fixture(autouse=True)
def _empty(monkeypatch):
    monkeypatch.setattr(tabs, "_works", type(tabs._works)())


def test_a_tab_gets_what_it_had_last_and_no_tab_anything_else():
    tabs.put("a", "first", 10)
    tabs.put("a", "second", 10)
    assert tabs.get("a") == "second"
    assert tabs.get("b") is None
    tabs.drop("a")
    tabs.drop("a")
    assert tabs.get("a") is None


def test_the_least_recently_used_goes_when_there_are_too_many():
    for number in range(tabs._TABS):
        tabs.put(f"tab {number}", number, 1)
    tabs.put("tab 0", 0, 1)
    tabs.put("newest", "draft", 1)
    assert tabs.get("tab 1") is None
    assert (tabs.get("tab 0"), tabs.get("newest")) == (0, "draft")
    assert len(tabs._works) == tabs._TABS


def test_bytes_have_a_bound_and_what_is_larger_alone_is_not_remembered():
    tabs.put("a", "half", tabs._MOST // 2)
    tabs.put("b", "more", tabs._MOST // 2 + 1)
    assert (tabs.get("a"), tabs.get("b")) == (None, "more")
    tabs.put("b", "huge", tabs._MOST + 1)
    assert tabs.get("b") is None


def test_what_nobody_used_for_a_day_is_gone(monkeypatch):
    now = tabs.time.monotonic()
    tabs.put("a", "draft", 1)
    monkeypatch.setattr(tabs.time, "monotonic", lambda: now + tabs._DAY - 1)
    assert tabs.get("a") == "draft"
    monkeypatch.setattr(tabs.time, "monotonic", lambda: now + tabs._DAY + 1)
    assert tabs.get("a") is None
    assert not tabs._works
