"""Names of groups: only those that may be the best are sought, and what is best does not depend on it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from explorer.map import namer as names
from explorer.map.namer import Name, Namer

SUBJECTS = ("waggle dances", "honey bees", "queen bumblebees", "wax combs", "royal jelly", "nectar robbing")
GROUPS = 4


def texts_of_groups() -> tuple[list[str], np.ndarray]:
    """40 texts of each group, which hold some subjects more often than texts of other groups do."""
    random, texts = np.random.default_rng(0), []
    leaf = np.repeat(np.arange(GROUPS), 40).astype(np.int32)
    for group in leaf.tolist():
        some = [s for n, s in enumerate(SUBJECTS) if random.random() < (0.6 if n % GROUPS == group else 0.1)]
        texts.append(". ".join(f"On {subject}" for subject in some) + ". Of zeal.")
    return texts, leaf


def namer_of(encoded: list[str]) -> Namer:
    texts, leaf = texts_of_groups()
    axes = np.eye(len(SUBJECTS), dtype=np.float32)
    vectors = np.stack([sum((axes[n] for n, s in enumerate(SUBJECTS) if s in text), axes[0] * 0) for text in texts])
    vectors += np.random.default_rng(1).normal(size=vectors.shape).astype(np.float32) * 0.3

    def encode(labels):  # type: ignore[no-untyped-def]
        encoded.extend(labels)
        return np.stack([np.eye(len(SUBJECTS), dtype=np.float32)[len(label) % len(SUBJECTS)] for label in labels])

    return Namer(texts, leaf, GROUPS, vectors, encode)


NODES = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 2), (2, 4), (0, 4)]


def test_the_best_of_few_is_the_best_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    few: list[str] = []
    every: list[str] = []
    best = namer_of(few).best(NODES[-1:])
    monkeypatch.setattr(names, "_KEPT", 10_000)
    singles = namer_of(every).singles(NODES[-1:])
    assert best == {node: some[0] for node, some in singles.items()}
    assert len(few) < len(every)


def test_what_is_kept_are_the_best_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_KEPT", 2)
    kept = namer_of([]).singles(NODES)
    monkeypatch.setattr(names, "_KEPT", 10_000)
    everything = namer_of([]).singles(NODES)
    assert kept == {node: some[:2] for node, some in everything.items()}


def test_cover_of_two_names_is_that_of_the_texts_that_hold_either() -> None:
    texts, leaf = texts_of_groups()
    namer = namer_of([])
    for (low, high), pairs in namer.pairs(NODES).items():
        mine = [text for text, group in zip(texts, leaf.tolist(), strict=True) if low <= group < high]
        for pair in pairs:
            parts = [re.compile(rf"\b{part}", re.I) for part in pair.text.split(", ")]
            assert pair.cover == pytest.approx(np.mean([any(part.search(text) for part in parts) for text in mine]))


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        ("teams of robots", "multi-robot systems", False),
        ("reinforcement learning", "robot learning", False),
        ("locomotion", "legged robots", True),
        ("theory of games", "theatre of war", True),
    ],
)
def test_two_names_that_share_a_word_say_a_thing_twice(first: str, second: str, differ: bool) -> None:
    one, two = (Name(text, (frozenset(text.split()),), 0.5, 0.5, 1, 1, 1) for text in (first, second))
    assert Namer(["Bees. Fly."], np.zeros(1, np.int32), 1).differ(one, two) is differ


def test_two_names_that_mean_the_same_say_a_thing_twice() -> None:
    namer = Namer(
        ["Bees. Fly."], np.zeros(1, np.int32), 1, np.eye(2, dtype=np.float32)[:1], lambda _: np.eye(2)[[0] * len(_)]
    )
    one, two = (Name(text, (frozenset([text]),), 0.5, 0.5, 1, 1, 1) for text in ("genetic", "evolutionary"))
    namer._sought.seek(["genetic", "evolutionary"])
    assert not namer.differ(one, two)


@pytest.mark.parametrize(("ease", "lone", "good"), [(0.65, False, True), (0.65, True, False), (0.75, True, True)])
def test_a_lone_word_must_be_the_commoner_in_titles(ease: float, lone: bool, good: bool) -> None:
    assert Name("wax", (frozenset({"wax"}),), 0.5, 0.9, 1.0, ease, 0.5, lone).good == good


def test_small_groups_choose_among_fewer_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_LARGE", 2)  # (0, 2) is half of all, (0, 1) a quarter
    monkeypatch.setattr(names, "_KEPT_BY_SMALL", 1)
    namer = namer_of([])
    assert {node: len(some) for node, some in namer.singles([(0, 1), (0, 2)]).items()} == {(0, 1): 1, (0, 2): 3}
    more = namer.more((0, 1))
    assert more[0] == namer.singles([(0, 1)])[0, 1][0]
    assert all(name.own >= 0.5 for name in more[1:])
