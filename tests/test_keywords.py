"""Keywords: names, acronyms and phrases are found however they are written, exactly within a filter."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from explorer import keywords
from explorer.keywords import Keywords

PAPERS = [
    (3, "Peat bogs and the water table", "Rewetting raises the moss cover of $CO_2$ poor bogs.", "Müller, Änne"),
    (5, "Human-level play in no-press Diplomacy", "DORA finds a Nash equilibrium from scratch.", "Brown, Noam"),
    (8, "Off-Belief Learning", "Agents play Hanabi, a game of cards, without conventions.", "Hu, Hengyuan"),
    (9, "Games", "An equilibrium named after Nash is found by learning.", "Smith, A."),
]
KEYS = np.array([key for key, *_ in PAPERS])


@pytest.fixture
def index(tmp_path: Path) -> Keywords:
    keywords.write(tmp_path / "words", PAPERS)
    return Keywords.load(tmp_path / "words")


def found(index: Keywords, text: str, allowed: np.ndarray | None = None, k: int = 10) -> list[int]:
    return KEYS[index.ask(text, KEYS).best(k, allowed)[0]].tolist()


@pytest.mark.parametrize(
    ("text", "first"),
    [("dora", 5), ("Hanabi", 8), ("muller", 3), ("Noam Brown", 5), ("off belief", 8), ("CO₂", 3), ("bog", 3)],
)
def test_names_acronyms_and_spellings(index: Keywords, text: str, first: int) -> None:
    assert found(index, text)[0] == first


def test_words_of_grammar_find_nothing(index: Keywords) -> None:
    assert found(index, "from the of and") == []
    assert found(index, "") == []
    assert found(index, "zzzunknown") == []


def test_a_phrase_is_word_after_word(index: Keywords) -> None:
    assert KEYS[index.holding(["Nash equilibrium"], KEYS)].tolist() == [5]
    assert KEYS[index.holding(["equilibrium"], KEYS)].tolist() == [5, 9]
    assert KEYS[index.holding(["no-press diplomacy", "nash"], KEYS)].tolist() == [5]
    assert not index.holding(["equilibrium nash"], KEYS).any()
    assert index.holding(["..."], KEYS).all()


def test_scores_are_bounded_and_sorted(index: Keywords) -> None:
    words = index.ask("Nash equilibrium", KEYS)
    rows, scores = words.best(10)
    assert sorted(KEYS[rows].tolist()) == [5, 9]
    assert (np.diff(scores) <= 0).all()
    assert 0 < scores[0] <= words.bound
    assert words.scores(np.array([2, *rows])).tolist() == [0.0, *scores.tolist()]


def test_a_filter_is_exact_and_full(tmp_path: Path) -> None:
    """Against brute force: the best within a filter are the best of all, cut down to the filter."""
    dice = random.Random(5)
    vocabulary = [f"word{i}" for i in range(60)]
    papers = [(key, "", " ".join(dice.choices(vocabulary, k=30)), "") for key in range(3000)]
    keywords.write(tmp_path / "many", papers)
    index = Keywords.load(tmp_path / "many")
    keys = np.arange(3000)
    words = index.ask("word1 word2 word7", keys)
    everything, _ = words.best(3000)
    for share in (0.001, 0.03, 0.5):
        allowed = np.random.default_rng(1).random(3000) < share
        expected = [row for row in everything.tolist() if allowed[row]]
        assert words.best(10, allowed)[0].tolist() == expected[:10]


def test_an_index_goes_on_from_the_previous_one(tmp_path: Path) -> None:
    keywords.write(tmp_path / "one", PAPERS)
    changed = (5, "Another title", "Of other words.", "Brown, Noam")
    new = (12, "Poker", "A Nash equilibrium of poker.", "Brown, Noam")
    keywords.write(tmp_path / "two", [changed, new], previous=tmp_path / "one", gone=[5, 9])
    index = Keywords.load(tmp_path / "two")
    keys = np.array([3, 5, 8, 12])
    assert len(index) == 4
    assert keys[index.ask("Nash equilibrium", keys).best(5)[0]].tolist() == [12]
    assert sorted(keys[index.ask("Noam Brown", keys).best(5)[0]].tolist()) == [5, 12]


def test_a_missing_index_is_named(tmp_path: Path) -> None:
    with pytest.raises((ValueError, OSError)):
        Keywords.load(tmp_path / "none")
