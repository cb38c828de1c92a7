"""Two read-only apps over one folder behind a balancer, while builds are swapped in (benchmarks/replicas.py)."""

import pytest

from conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]


def test_no_question_is_dropped_and_each_answer_is_of_one_state(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import replicas

    met = replicas.measure(tmp_path, seconds=20, clients=8, builds=3, replicas=2, papers=120)
    assert met.wrong == []
    assert sum(met.states.values()) == len(met.seconds) > 20
    assert {0, 3} <= set(met.states)  # the first and the last, at least
