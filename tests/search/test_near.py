"""What stands near what: worked out by hand, word by word."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.filter import Condition, Either, Filter, Near, Pattern, Phrase, Prefix
from explorer.search.near import near
from explorer.search.words import WordIndex

PAPERS = [
    (1, "Soil and its carbon", "Nothing else.", ""),  # two words between
    (2, "Carbon of the upper soil", "Nothing else.", "Soil, Carbon"),  # three, the other way round
    (3, "Soil", "Carbon is here.", ""),  # a title and an abstract are two places
    (4, "On soils", "Organic carbon in soil; soil organic carbon stocks, soil health.", ""),
    (5, "Nothing", "Soil soil.", ""),
    (6, "病院の感染対策", "土壌の中の炭素。", ""),
]
KEYS = np.array([key for key, *_ in PAPERS])
SOIL, CARBON = Phrase("soil"), Phrase("carbon")


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        (Near((SOIL, CARBON), 1), [4]),
        (Near((SOIL, CARBON), 2), [1, 4]),
        (Near((SOIL, CARBON), 3), [1, 2, 4]),
        (Near((SOIL, CARBON), 3, ordered=True), [1, 4]),
        (Near((CARBON, SOIL), 3, ordered=True), [2, 4]),
        (Near((Phrase("soil", "abstract"), CARBON), 255), [4]),
        (Near((SOIL, SOIL), 0), [4, 5]),  # two words, not a single one twice
        (Near((SOIL, SOIL, SOIL), 3), [4]),
        (Near((SOIL, SOIL, SOIL), 2), []),
        (Near((Phrase("organic carbon"), Prefix("stock")), 0), [4]),
        (Near((Phrase("organic carbon"), CARBON), 0), []),  # the word of the phrase is taken
        (Near((Pattern("c?rb*"), Either((Phrase("health"), Phrase("upper")))), 2), [2, 4]),
        (Near((Near((SOIL, Phrase("stocks")), 2), CARBON), 0), [4]),  # among its words
        (Near((Near((SOIL, Phrase("stocks")), 2), SOIL), 0), [4]),
        (Near((Phrase("absent"), SOIL), 9), []),
        (Near((Phrase("土壌"), Phrase("炭素")), 2), []),
        (Near((Phrase("土壌"), Phrase("炭素")), 3), [6]),
    ],
)
def test_words_between_are_counted(wanted: Near, keys: list[int]) -> None:
    assert KEYS[near(WordIndex.of(PAPERS), wanted, KEYS)].tolist() == keys
    within = Filter(where=wanted)
    assert Filter.of_json(within.as_json()) == within
    assert not any(isinstance(part, Near) for part in within.demands())


def test_nothing_stands_near_words_at_the_end_of_a_text_that_is_too_long() -> None:
    text = "soil " + "moss " * 70_000 + "peat carbon"
    index, keys = WordIndex.of([(1, "", text, "")]), np.array([1])
    assert not near(index, Near((Phrase("peat"), CARBON), 3), keys).any()


@pytest.mark.parametrize("part", [Phrase("a b"), Phrase("..."), Prefix("")])
def test_a_part_without_words_is_nowhere(part: Condition) -> None:
    assert not near(WordIndex.of(PAPERS), Near((part, SOIL), 9), KEYS).any()
