"""BM25: scores worked out by hand, and a matrix that went on equal to one made anew."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.search import bm25
from explorer.search.bm25 import Bm25

PAPERS = [
    (3, "Peat bogs", "Rewetting raises the moss cover of poor bogs.", "Müller, Änne"),
    (5, "Human-level play in Diplomacy", "DORA finds a Nash equilibrium from scratch.", "Brown, Noam"),
    (8, "Belief", "Agents play Hanabi, a game of cards.", "Hu, Hengyuan"),
    (9, "Games", "An equilibrium named after Nash.", ""),
]


def built(papers: list[bm25.Text], **options: object) -> Bm25:
    return bm25.build(np.array([key for key, *_ in papers], np.int64), papers, **options)


def test_a_score_by_hand() -> None:
    index = built(PAPERS)
    # bog: twice in the title's weight and once in the abstract; it is in one paper of four.
    lengths = [2 * 2 + 6, 2 * 4 + 5, 2 * 1 + 5, 2 * 1 + 3]
    assert index.lengths[0].tolist() == lengths
    norm = 1.2 * (0.25 + 0.75 * lengths[0] / np.mean(lengths))
    expected = math.log(1 + 3.5 / 1.5) * 2.2 * 3 / (3 + norm)
    assert index.query("bog").scores.tolist() == pytest.approx([expected, 0, 0, 0])
    assert index.query("bog bog").scores.max() == pytest.approx(2**0.5 * expected)
    # Of a name of two words, each as rare, a paper that holds one is worth half.
    assert index.query("bog hanabi").scores.tolist() == pytest.approx(
        [expected / 2, 0, index.query("Hanabi").scores.max() / 2, 0]
    )
    of_four = index.query("bog hanabi diplomacy moss").scores
    assert of_four[0] == pytest.approx(expected + index.query("moss").scores[0])
    assert expected < index.query("bog").bound == pytest.approx(2.2 * math.log(1 + 3.5 / 1.5))


@pytest.mark.parametrize(
    ("text", "first"), [("dora", 5), ("Hanabi", 8), ("muller", 3), ("Noam Brown", 5), ("equilibria of games", 9)]
)
def test_names_acronyms_and_spellings(text: str, first: int) -> None:
    scores = built(PAPERS).query(text).scores
    assert PAPERS[int(scores.argmax())][0] == first
    assert scores.max() > 0


def test_words_that_nobody_holds_find_nothing() -> None:
    index = built(PAPERS)
    for text in ("from the of and", "", "zzzunknown"):
        assert not index.query(text).scores.any()
        assert index.query(text).bound == 0.0
    assert index.frequency("nash") == 2
    assert index.rarity("zzzunknown") == 0.0


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    index = built(PAPERS)
    index.save(tmp_path / "words")
    again = Bm25.load(tmp_path / "words")
    assert again.vocabulary == index.vocabulary
    assert again.query("Nash equilibrium").scores.tolist() == index.query("Nash equilibrium").scores.tolist()
    built([]).save(tmp_path / "none")
    assert Bm25.load(tmp_path / "none").query("Nash").scores.tolist() == []
    with pytest.raises(OSError):
        Bm25.load(tmp_path / "nowhere")


WORDS = st.text(alphabet="abc ", max_size=12)
LIBRARY = st.dictionaries(st.integers(0, 9), st.tuples(WORDS, WORDS, WORDS))


@given(before=LIBRARY, after=LIBRARY)
def test_a_matrix_that_goes_on_equals_one_made_anew(before: dict, after: dict) -> None:
    """Papers come, go and change in any way; nothing is left of what was."""
    old, new = ([(key, *library[key]) for key in sorted(library)] for library in (before, after))
    changed = [paper for paper in new if paper not in old]
    keys = np.array([key for key, *_ in new], np.int64)
    went_on = bm25.build(keys, changed, previous=built(old), before=np.array([key for key, *_ in old], np.int64))
    anew = built(new)
    assert went_on.vocabulary == anew.vocabulary
    for name in ("starts", "rows", "counts", "lengths"):
        np.testing.assert_array_equal(getattr(went_on, name), getattr(anew, name))
