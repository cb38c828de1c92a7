"""Figures of topics and labels that can be worked out by hand."""

from __future__ import annotations

import numpy as np

from explorer.evaluation.topic_quality import compactness, duplicates, label_figures
from explorer.map.concordance import Concordance


def test_a_topic_of_one_piece_has_all_its_neighbours_and_a_scattered_paper_none() -> None:
    places = np.array([[x, 0] for x in range(12)] + [[x + 100, 0] for x in range(12)], np.float32)
    assignment = np.repeat([0, 1], 12).astype(np.int32)
    rows = np.arange(24)
    assert (compactness(places, assignment, rows) == 1).all()
    assignment[5] = 1  # amid the first piece
    shares = compactness(places, assignment, rows)
    assert shares[5] == 0 and 0.85 < shares[6] < 0.95


def test_dots_on_one_place_count_no_dot_as_its_own_neighbour() -> None:
    assert (compactness(np.zeros((30, 2), np.float32), np.arange(30, dtype=np.int32), np.arange(30)) == 0).all()


def test_cover_counts_plurals_acronyms_and_either_part() -> None:
    texts = Concordance(["On Markov-chains.", "A Markov chain.", "MCs run.", "Bees.", "Markovian chain.", "Wax."])
    vectors = np.eye(6, dtype=np.float32)
    assignment = np.array([0, 0, 0, 1, 1, 1], np.int32)
    figures = label_figures(["Markov chain (MC)", "bee, wax"], assignment, texts, vectors, lambda _: vectors[0])
    assert figures.cover.tolist() == [1.0, 2 / 3]
    assert figures.sought.tolist() == [0.5, 0.5]


def test_a_label_on_two_levels_is_a_duplicate() -> None:
    assert duplicates([("bees", "wax"), ("Bees", "honey")]) == 1
