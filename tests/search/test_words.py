"""Keywords: names, acronyms and phrases are found however they are written, exactly within a filter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.search import words
from explorer.search.words import Keywords, words_of

PAPERS = [
    (3, "Peat bogs and the water table", "Rewetting raises the moss cover of $CO_2$ poor bogs.", "Müller, Änne"),
    (5, "Human-level play in no-press Diplomacy", "DORA finds a Nash equilibrium from scratch.", "Brown, Noam"),
    (8, "Off-Belief Learning", "Agents play Hanabi, a game of cards, without conventions.", "Hu, Hengyuan"),
    (9, "Games", "An equilibrium named after Nash is found by learning.", "Smith, A."),
]
KEYS = np.array([key for key, *_ in PAPERS])


@pytest.fixture
def index(tmp_path: Path) -> Keywords:
    words.write(tmp_path / "words", PAPERS)
    return Keywords.load(tmp_path / "words")


def holding(index: Keywords, *phrases: str) -> list[int]:
    return KEYS[np.all([index.holding(phrase, KEYS) for phrase in phrases], axis=0)].tolist()


@pytest.mark.parametrize(
    ("phrase", "keys"),
    [("dora", [5]), ("Hanabi", [8]), ("muller", [3]), ("Noam Brown", []), ("Brown, Noam", [5]), ("CO₂", [3])],
)
def test_names_acronyms_and_spellings(index: Keywords, phrase: str, keys: list[int]) -> None:
    assert holding(index, phrase) == keys


def test_words_are_folded_stemmed_and_without_those_of_grammar() -> None:
    assert words_of("The Bogs of $CO_2$, and Müller’s off-belief learning") == [
        "bog",
        "co2",
        "muller",
        "belief",
        "learn",
    ]
    assert words_of("from the of and") == []


def test_a_phrase_is_word_after_word(index: Keywords) -> None:
    assert holding(index, "Nash equilibrium") == [5]
    assert holding(index, "equilibrium") == [5, 9]
    assert holding(index, "no-press diplomacy", "nash") == [5]
    assert holding(index, "equilibrium nash") == []
    assert holding(index, "...") == KEYS.tolist()


def test_an_index_goes_on_from_the_previous_one(tmp_path: Path) -> None:
    words.write(tmp_path / "one", PAPERS)
    changed = (5, "Another title", "Of other words.", "Brown, Noam")
    new = (12, "Poker", "A Nash equilibrium of poker.", "Brown, Noam")
    words.write(tmp_path / "two", [changed, new], previous=tmp_path / "one", gone=[5, 9])
    index = Keywords.load(tmp_path / "two")
    keys = np.array([3, 5, 8, 12])
    assert len(index) == 4
    assert keys[index.holding("Nash equilibrium", keys)].tolist() == [12]
    assert keys[index.holding("Brown, Noam", keys)].tolist() == [5, 12]


def test_a_missing_index_is_named(tmp_path: Path) -> None:
    with pytest.raises((ValueError, OSError)):
        Keywords.load(tmp_path / "none")
