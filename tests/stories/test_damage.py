"""A sample of `benchmarks/damage.py`: bits flipped and files cut short are found, healed or harmless, never silent."""

import sys

import pytest

from conftest import ROOT

pytestmark = pytest.mark.slow


def test_no_damage_is_silent_and_none_is_a_traceback(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import damage

    trials = list(damage.run(flips=30, cuts=10, seed=5, count=60))
    sys.modules.pop("damage")
    assert [each for each in trials if each.verdict in ("silent", "traceback")] == []
    assert {"found when read", "healed"} <= {each.verdict for each in trials}
