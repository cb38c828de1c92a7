"""How sure an answer is: the rule on numbers worked out by hand, and real questions to the real model."""

import numpy as np
import pytest

from conftest import paper
from explorer.filter import Filter
from explorer.library import Library
from explorer.search.certainty import Certainty, Evidence, are_names, judge, scale, share_held, weights
from explorer.search.chance import Chance
from explorer.search.question import Question

HALF = scale(np.array([0.5], np.float32), Chance(reach=0.285, spread=0.4))


def test_the_scale_is_the_median_neighbour():
    found = scale(np.array([0.2, 0.5, 0.9], np.float32))
    assert found.usual == pytest.approx(0.5)
    assert found.closeness(0.25) == pytest.approx(0.5)
    assert HALF.bounds == pytest.approx((0.285, 0.35))
    assert scale(np.zeros(0, np.float32)).usual == 1.0
    assert scale(np.array([-0.3, 0.0], np.float32)).usual == pytest.approx(0.1)  # never nought or below
    near = scale(np.array([0.3], np.float32), Chance(reach=0.285)).bounds
    assert near == pytest.approx((0.285, 0.285))  # what is close is never what chance reaches


def test_levels_at_their_bounds_and_by_the_words():
    assert HALF.level(0.351) is Certainty.CLOSE
    assert HALF.level(0.349) is Certainty.WEAK
    assert HALF.level(0.286) is Certainty.WEAK
    assert HALF.level(0.284) is Certainty.NOTHING
    assert HALF.level(0.23, Evidence(0.8, 4)) is Certainty.CLOSE
    assert HALF.level(0.23, Evidence(0.79, 4)) is Certainty.NOTHING
    assert HALF.level(0.23, Evidence(0.5, 3)) is Certainty.WEAK
    assert HALF.level(0.23, Evidence(0.49, 3)) is Certainty.NOTHING
    assert HALF.level(0.23, Evidence(0.5, 4)) is Certainty.NOTHING


def test_words_in_a_text_of_something_else_are_no_evidence_but_a_name_is():
    assert HALF.level(0.22, Evidence(1.0, 2)) is Certainty.NOTHING  # 0.285 - 0.15 · 0.4 = 0.225
    assert HALF.level(0.05, Evidence(1.0, 2, named=True)) is Certainty.CLOSE


def test_names_and_acronyms_are_told_by_how_they_are_written_and_by_the_language():
    english = {"tie", "dora", "card"}
    assert are_names(["hanabi"], "Hanabi", english) and are_names(["dora", "hanabi"], "DORA Hanabi", english)
    assert not are_names(["dora"], "Dora", english) and not are_names(["hanabi", "card"], "Hanabi card", english)


def test_chance_is_what_the_furthest_quarter_of_the_subjects_reaches():
    subjects = np.eye(8, dtype=np.float32)  # any two have 0, so does each with its nearest
    library = np.array([[0.8, 0.6, 0, 0, 0, 0, 0, 0], [0, 0, 0.6, 0.8, 0, 0, 0, 0]], np.float32)
    none = Chance.of(library, np.arange(2), subjects)
    assert (none.reach, none.spread) == pytest.approx((0.0, 0.0))
    broad = np.eye(8, dtype=np.float32) * 0.5 + 0.1
    broad /= np.linalg.norm(broad, axis=1, keepdims=True)
    reached = float(broad[0, 0])
    assert Chance.of(broad, np.arange(8), subjects).reach == pytest.approx(0.9 * reached)
    assert Chance.of(broad, np.arange(4), subjects).reach == pytest.approx(0.9 * float(broad[0, 1]))


def test_chance_reaches_further_among_more_papers():
    random = np.random.default_rng(0)
    subjects, papers = random.normal(size=(200, 64)), random.normal(size=(60_000, 64))
    subjects, papers = (np.float32(rows / np.linalg.norm(rows, axis=1, keepdims=True)) for rows in (subjects, papers))
    chances = [Chance.of(papers, np.arange(count), subjects).reach for count in (12, 300, 20_000, 60_000)]
    assert chances == sorted(chances) and chances[3] - chances[0] > 0.1
    reached = np.quantile((papers @ subjects.T).max(axis=0), 0.25)
    measured = np.quantile((papers[:20_000] @ subjects.T).max(axis=0), 0.25)
    assert chances[3] - chances[2] == pytest.approx(0.9 * (reached - measured), abs=0.01)  # carried on, not measured


def test_the_rule_is_on_the_scale_of_the_model():
    random = np.random.default_rng(0)
    subjects, papers = np.float32(random.normal(size=(200, 64))), np.float32(random.normal(size=(100, 64)))

    def background(shared: float) -> Chance:
        """With a part that all vectors of a model have in common, as those of some models do."""
        unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (papers, subjects)]
        joined = [np.hstack([rows * np.sqrt(1 - shared), np.full((len(rows), 1), np.sqrt(shared))]) for rows in unit]
        return Chance.of(np.float32(joined[0]), np.arange(100), np.float32(joined[1]))

    plain, narrow = background(0.0), background(0.7)
    assert narrow.reach == pytest.approx(0.7 + 0.3 * plain.reach, abs=1e-3)
    assert narrow.spread == pytest.approx(0.3 * plain.spread, abs=1e-3)


def test_the_verdict_is_that_of_the_best():
    weak = judge(HALF, [0.1, 0.3, 0.2], [Evidence(0.1), Evidence(), Evidence(0.4)])
    assert (weak.level, weak.closeness, weak.words) == (Certainty.WEAK, pytest.approx(0.6), 0.4)
    assert "60%" in weak.remark
    nothing = judge(HALF, [0.1], [Evidence(0.2)])
    assert nothing.level is Certainty.NOTHING and "20%" in nothing.remark
    close = judge(HALF, [0.1, 0.45], [Evidence(), Evidence()])
    assert close.level is Certainty.CLOSE and not close.remark
    assert judge(HALF, [], []).level is Certainty.NOTHING


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
        ("card game", Certainty.WEAK),
        ("Hanabi card game beliefs", Certainty.WEAK),
        ("human compatible AI", Certainty.WEAK),
        ("how to learn the guitar", Certainty.NOTHING),
        ("best pizza in Naples", Certainty.NOTHING),
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


def test_a_library_of_one_paper_answers(toy_with):
    toy = toy_with([paper("alpha", "alpha beta gamma", key="a")])
    assert toy.ask(Question("alpha")).verdict.level is Certainty.CLOSE
    assert toy.ask(Question("omega")).verdict.level is Certainty.NOTHING
    assert toy.ask(Question()).results == ()
