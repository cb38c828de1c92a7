"""Which texts hold a phrase: endings, hyphens, acronyms and their words count, and another order close together."""

from __future__ import annotations

import pytest

from explorer.map.concordance import Concordance, parts_of

TEXTS = (
    "Grasping with robotic hands",
    "It grasps. The robot hand closes.",
    "Object-detection by SLAM",
    "Simultaneous localization and mapping of objects, detection",
    "",
)


@pytest.mark.parametrize(
    ("label", "rows"),
    [
        ("grasping", [0, 1]),
        ("robot hands", [0, 1]),
        ("hand robots", [0, 1]),
        ("object detection", [2, 3]),
        ("simultaneous localization and mapping (SLAM)", [2, 3]),
        ("grasping, SLAM", [0, 1, 2]),
        ("detection by", [2]),
        ("grasping zebra hands", []),
        ("by by", []),
        ("zebra", []),
        ("", []),
    ],
)
def test_rows_that_hold_a_label(label: str, rows: list[int]) -> None:
    assert Concordance(TEXTS).rows(label).tolist() == rows


def test_the_words_of_a_phrase_may_stand_close_together_in_one_sentence() -> None:
    texts = Concordance(
        (
            "Localization of several mobile robots",
            "We localize, as is said of us, a robot",
            "On localization. Robots move.",
            "Localization of what is carried by robots",
            "A robot",
        )
    )
    assert texts.rows("robot localization").tolist() == [0]
    assert texts.rows("robot robots").tolist() == []


def test_words_that_are_written_as_one_are_a_variant() -> None:
    texts = Concordance(("Multiagent planning", "multi-agent plans", "planning multi agent", "an agent's multi plan"))
    assert texts.rows("multi-agent planning").tolist() == [0, 1, 2, 3]
    assert Concordance(("A dataset", "data sets", "a setting")).rows("data set").tolist() == [0, 1]


def test_plurals_of_acronyms_are_variants() -> None:
    texts = Concordance(("GPUs", "a GPU", "LLMs and an LLM", "gps"))
    assert texts.rows("graphics processing units (GPUs)").tolist() == [0, 1]
    assert texts.rows("LLM").tolist() == [2]


def test_rows_whose_titles_hold_a_label() -> None:
    texts = ("Robot hands grasp. Of bees.", "Of bees. Robot hands grasp.", "Bees. Wax.")
    held, titled = Concordance(texts, [text.partition(".")[0] for text in texts]).holding("robot hand, wax")
    assert held.tolist() == [0, 1, 2] and titled.tolist() == [0]


def test_parts_of_a_label() -> None:
    assert parts_of("point clouds, inertial measurement unit (IMU)") == [
        "point clouds",
        "inertial measurement unit",
        "IMU",
    ]
