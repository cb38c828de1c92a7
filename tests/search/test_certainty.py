"""How sure an answer is: the rule on numbers worked out by hand, and real questions to the real model."""

import numpy as np
import pytest

from conftest import paper
from explorer.filter import Filter
from explorer.library import Library
from explorer.search.certainty import Certainty, judge, scale, share_held, weights
from explorer.search.question import Question


def test_the_scale_is_the_median_neighbour():
    found = scale(np.array([0.2, 0.5, 0.9], np.float32))
    assert found.usual == pytest.approx(0.5)
    assert found.closeness(0.25) == pytest.approx(0.5)
    assert found.bounds == pytest.approx((0.285, 0.35))
    assert scale(np.zeros(0, np.float32)).usual == 1.0
    assert scale(np.array([-0.3, 0.0], np.float32)).usual == pytest.approx(0.1)  # never nought or below


def test_levels_at_their_bounds_and_by_the_words():
    half = scale(np.array([0.5], np.float32))
    assert half.level(0.351) is Certainty.CLOSE
    assert half.level(0.349) is Certainty.WEAK
    assert half.level(0.286) is Certainty.WEAK
    assert half.level(0.284) is Certainty.NOTHING
    assert half.level(0.1, held=0.8) is Certainty.CLOSE
    assert half.level(0.1, held=0.79) is Certainty.NOTHING
    assert half.level(0.1, held=0.5, words=3) is Certainty.WEAK
    assert half.level(0.1, held=0.49, words=3) is Certainty.NOTHING
    assert half.level(0.1, held=0.5, words=4) is Certainty.NOTHING


def test_the_verdict_is_that_of_the_best():
    half = scale(np.array([0.5], np.float32))
    weak = judge(half, [0.1, 0.3, 0.2], [0.1, 0.0, 0.4])
    assert (weak.level, weak.closeness, weak.held) == (Certainty.WEAK, pytest.approx(0.6), 0.4)
    assert "60%" in weak.remark
    nothing = judge(half, [0.1], [0.2])
    assert nothing.level is Certainty.NOTHING and "20%" in nothing.remark
    close = judge(half, [0.1, 0.45], [0.0, 0.0])
    assert close.level is Certainty.CLOSE and not close.remark
    assert judge(half, [], []).level is Certainty.NOTHING


def test_words_weigh_by_rarity_and_unknown_ones_most():
    # 10 papers: ln(1 + (n - f + 1/2) / (f + 1/2))
    found = weights({"poker", "game", "zebra"}, lambda word: {"poker": 1, "game": 10}.get(word, 0), 10)
    assert found["poker"] == pytest.approx(np.log(1 + 9.5 / 1.5))
    assert found["game"] == pytest.approx(np.log(1 + 0.5 / 10.5))
    assert found["zebra"] == pytest.approx(np.log(1 + 10.5 / 0.5)) == max(found.values())
    total = sum(found.values())
    assert share_held(found, ["poker", "poker", "of"]) == pytest.approx(found["poker"] / total)
    assert share_held(found, ["poker", "game", "zebra"]) == pytest.approx(1.0)
    assert share_held({}, ["poker"]) == 0.0


@pytest.mark.parametrize(
    ("question", "level"),
    [
        ("asdf qwerty", Certainty.NOTHING),
        ("cheap flights to Lisbon in May", Certainty.NOTHING),
        ("Wo ist der nächste Bahnhof?", Certainty.NOTHING),
        ("Hanabi", Certainty.CLOSE),
        ("DORA", Certainty.CLOSE),
        ("Noam Brown", Certainty.CLOSE),
        ("agents that learn to play from videos", Certainty.CLOSE),
        ("playing Diplomacy with humans", Certainty.CLOSE),
    ],
)
def test_questions_to_the_seeds(seed_folder, question, level):
    with Library.open(seed_folder, write=False) as library:
        answer = library.ask(Question(question), k=3)
        assert answer.verdict.level is level
        assert [result.level is not None for result in answer.results] == [
            True
        ] * 3  # how sure it is takes no result away


def test_hidden_copies_and_filters_do_not_move_the_scale(seed_folder):
    with Library.open(seed_folder, write=False) as library:
        vectors = library.snapshot.arrays.index.vectors()
        similar = vectors @ vectors.T
        np.fill_diagonal(similar, -1)
        usual = np.median(similar.max(axis=1))
        assert library.ask(Question("poker"), k=1).scale.usual == pytest.approx(usual, abs=1e-5)
        assert library.ask(Question("x", within=Filter(source="nowhere")), k=1).scale.usual == pytest.approx(
            usual, abs=1e-5
        )


def test_a_library_of_one_paper_answers(toy):
    toy.add([paper("alpha", "alpha beta gamma", key="a")])
    assert toy.ask(Question("alpha")).verdict.level is Certainty.CLOSE
    assert toy.ask(Question("omega")).verdict.level is Certainty.NOTHING
    assert toy.ask(Question()).results == ()
