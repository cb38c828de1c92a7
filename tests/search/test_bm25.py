"""BM25: scores worked out by hand, names and acronyms as written, names of authors without length."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.search.bm25 import Bm25
from explorer.search.inversion import Text
from explorer.search.words import WordIndex, are_rows

PAPERS = [
    (3, "Peat bogs", "Rewetting raises the moss cover of poor bogs.", "Müller, Änne"),
    (5, "Human-level play in Diplomacy", "DORA finds a Nash equilibrium from scratch.", "Brown, Noam"),
    (8, "Belief", "Agents play Hanabi, a game of cards.", "Hu, Hengyuan"),
    (9, "Games", "An equilibrium named after Nash.", ""),
]


def scorer(papers: list[Text]) -> Bm25:
    return Bm25(WordIndex.of(papers))


def test_a_score_by_hand() -> None:
    index = WordIndex.of(PAPERS)
    words = Bm25(index)
    # bog: twice in the title's weight and once in the abstract; it is in one paper of four.
    lengths = [2 * 2 + 6, 2 * 4 + 5, 2 * 1 + 5, 2 * 1 + 3]
    assert index.segments[0].lengths[0].tolist() == lengths
    norm = 1.2 * (0.25 + 0.75 * lengths[0] / np.mean(lengths))
    expected = math.log(1 + 3.5 / 1.5) * 2.2 * 3 / (3 + norm)
    assert words.query("bog").scores.tolist() == pytest.approx([expected, 0, 0, 0])
    assert words.query("bog bog").scores.max() == pytest.approx(2**0.5 * expected)
    # Of a name of two words, each as rare, a paper that holds one is worth half.
    assert words.query("bog hanabi").scores.tolist() == pytest.approx(
        [expected / 2, 0, words.query("Hanabi").scores.max() / 2, 0]
    )
    of_four = words.query("bog hanabi diplomacy moss").scores
    assert of_four[0] == pytest.approx(expected + words.query("moss").scores[0])
    assert expected < words.query("bog").bound == pytest.approx(2.2 * math.log(1 + 3.5 / 1.5))


@pytest.mark.parametrize(
    ("text", "first"),
    [("dora", 5), ("Hanabi", 8), ("muller", 3), ("Mueller", 3), ("Noam Brown", 5), ("equilibria of games", 9)],
)
def test_names_acronyms_and_spellings(text: str, first: int) -> None:
    scores = scorer(PAPERS).query(text).scores
    assert PAPERS[int(scores.argmax())][0] == first
    assert scores.max() > 0


def test_words_that_nobody_holds_find_nothing() -> None:
    words, index = scorer(PAPERS), WordIndex.of(PAPERS)
    for text in ("from the of and", "", "zzzunknown"):
        assert not words.query(text).scores.any()
        assert words.query(text).bound == 0.0
    assert index.frequency("nash") == 2
    assert index.frequency("zzzunknown") == 0
    assert scorer([]).query("Nash").scores.tolist() == []


def test_scores_of_some_papers_are_those_of_all() -> None:
    words = scorer(PAPERS)
    keys = np.array([1, 5, 9, 12])
    _, of_five, _, of_nine = words.query("Nash equilibrium").scores.tolist()
    assert words.query("Nash equilibrium", keys).scores.tolist() == [0, of_five, of_nine, 0]


NAMED = [
    (1, "Where it was done", "The study was done at MIT with a new spectrometer; it is what it is.", "Du, Simon S."),
    (2, "Moore mit Wasser", "Die Moore der Alpen mit dem Wasser und dem Torf", "Su, Hao"),
    (3, "Dark energy", "The DES year 3 results of galaxies.", "Will Smith"),
    (4, "Guidelines", "Who follows the guidelines of the WHO? IL-6.", "Hao Li"),
    (5, "What will be", "It will be done by a smith who knows how.", "Sun, H."),
    (6, "SU(2) gauge fields", "Du und mit", "Anna Karenina"),
]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("MIT", 1), ("mit", 1), ("DES", 3), ("WHO", 4), ("IL-6", 4), ("Simon S. Du", 1), ("Hao Su", 2), ("hao su", 2),
        ("Will Smith", 3), ("will smith", 3), ("WHO guidelines", 4), ("Su, Hao", 2),
    ],
)  # fmt: skip
def test_names_and_acronyms_are_no_words_of_grammar(text: str, first: int) -> None:
    scores = scorer(NAMED).query(text).scores
    assert NAMED[int(scores.argmax())][0] == first
    assert (scores == scores.max()).sum() == 1


def test_an_author_among_many_is_found_as_one_alone() -> None:
    crowd = "\n".join(f"Person{n} Family{n}" for n in range(400))
    papers = [(1, "One", "", f"{crowd}\nNoam Brown"), (2, "Two", "", "Noam Smith"), (3, "Three", "", "Noam Brown")]
    scores = scorer(papers).query("Noam Brown").scores
    assert scores[0] == scores[2] > scores[1] > 0


def test_how_many_papers_hold_a_word_is_counted_once(monkeypatch):
    index, read = WordIndex.of([(1, "voles and owls", "voles", "A. Vole"), (2, "owls", "", "")]), []
    counted = WordIndex.counted
    monkeypatch.setattr(WordIndex, "counted", lambda self, of: read.append(1) or counted(self, of))
    assert [index.frequency(word) for word in ("vole", "owl", "vole", "owl")] == [1, 2, 1, 2]
    assert len(read) == 4  # each in texts and in names


def test_papers_that_are_the_rows_of_the_index_score_as_among_fewer_or_more():
    texts = [(key, f"voles {'owls ' * key}", "", "") for key in range(6)]
    index = WordIndex.of(texts)
    bm25, keys = Bm25(index), index.keys
    assert are_rows(index, keys) and not are_rows(index, keys[1:]) and not are_rows(index, np.append(keys, 9))
    whole = bm25.query("voles and owls", keys).scores
    np.testing.assert_array_equal(bm25.query("voles and owls", keys[1:].copy()).scores, whole[1:])
    np.testing.assert_array_equal(bm25.query("voles and owls", np.append(keys, 9)).scores, np.append(whole, 0))
