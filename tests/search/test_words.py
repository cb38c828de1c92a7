"""The word index: names, acronyms, symbols and phrases are found as written, exactly within a filter."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.language.plurals import forms
from explorer.search.inversion import Text
from explorer.search.words import WordIndex, fitting, words_of

PAPERS = [
    (3, "Peat bogs and the water table", "Rewetting raises the moss cover of $CO_2$ poor bogs.", "Müller, Änne"),
    (5, "Human-level play in no-press Diplomacy", "DORA finds a Nash equilibrium from scratch.", "Brown, Noam"),
    (8, "Off-Belief Learning", "Agents play Hanabi, a game of cards, without conventions.", "Hu, Hengyuan\nJan Brown"),
    (9, "Games", "An equilibrium named after Nash is found by learning. C++ and CD4+ cells.", "Smith, A."),
    (11, "Experiments on IL-6", "TNF-α, β-carotene and C# in .NET; our experiences. The end.Network", "Carol Off"),
]
KEYS = np.array([key for key, *_ in PAPERS])


@pytest.fixture(scope="module")
def index() -> WordIndex:
    return WordIndex.of(PAPERS)


def holding(index: WordIndex, *phrases: str, field: str | None = None) -> list[int]:
    return KEYS[np.all([index.holding(phrase, KEYS, field) for phrase in phrases], axis=0)].tolist()


@pytest.mark.parametrize(
    ("phrase", "keys"),
    [
        ("dora", [5]), ("Hanabi", [8]), ("muller", [3]), ("Mueller", [3]), ("Noam Brown", [5]), ("Brown, Noam", [5]),
        ("CO₂", [3]), ("Brown Smith", []), ("hengyuan jan", []), ("the", [3, 11]), ("of cards", [8]),
        # The word itself and its plural, not its stem.
        ("experience", [11]), ("experiment", [11]), ("experiments", [11]),
        ("finding", []), ("finds", [5]), ("bog", [3]),
        ("game", [8, 9]), ("games", [8, 9]), ("equilibria", [5, 9]), ("nash equilibria", [5]), ("learn", []),
        # Symbols inside words.
        ("C++", [9]), ("C#", [11]), (".NET", [11]), ("net", [11]), ("IL-6", [11]), ("il 6", [11]), ("β", [11]),
        ("TNF-α", [11]), ("CD4+", [9]), ("CD4", [9]), ("C", [9, 11]), ("beta", []),
    ],
)  # fmt: skip
def test_what_holds_a_phrase(index: WordIndex, phrase: str, keys: list[int]) -> None:
    assert holding(index, phrase) == keys


def test_a_phrase_is_word_after_word_within_one_field(index: WordIndex) -> None:
    assert holding(index, "Nash equilibrium") == [5]
    assert holding(index, "no-press diplomacy", "nash") == [5]
    assert holding(index, "equilibrium nash") == []
    assert holding(index, "water table rewetting") == []  # the end of the title, the beginning of the abstract
    assert holding(index, "...") == KEYS.tolist()
    assert holding(index, "games", field="title") == [9]
    assert holding(index, "games", field="abstract") == [8]
    assert holding(index, "off", field="authors") == [11]
    assert holding(index, "off", field="title") == [8]
    assert holding(index, "off") == [8, 11]


@pytest.mark.parametrize(
    ("prefix", "field", "keys"),
    [
        ("exper", None, [11]), ("equil", None, [5, 9]), ("diplomac", "abstract", []), ("diplomac", "title", [5]),
        ("nash equil", None, [5]), ("brow", None, [5, 8]), ("brow", "title", []), ("", None, KEYS.tolist()),
        ("zzz", None, []), ("muell", "authors", [3]), ("lear", "title", [8]),
    ],
)  # fmt: skip
def test_what_begins_with_a_prefix(index: WordIndex, prefix: str, field: str | None, keys: list[int]) -> None:
    assert KEYS[index.beginning(prefix, KEYS, field)].tolist() == keys


def test_keys_that_are_not_there_hold_nothing(index: WordIndex) -> None:
    keys = np.array([1, 5, 9, 40])
    assert index.holding("Nash", keys).tolist() == [False, True, True, False]
    assert WordIndex.of([]).holding("Nash", keys).tolist() == [False] * 4


SCRIPTS = [
    (1, "鲁迅小说研究", "本文研究鲁迅的小说。", ""),
    (2, "深度学习图像识别CNN", "", "张三丰"),
    (3, "การเรียนรู้ของเครื่อง", "", ""),
    (4, "기계 학습을 이용한 연구", "", ""),
    (5, "機械学習による画像認識", "ディープラーニング", ""),
    (6, "हिन्दी भाषा का इतिहास", "", ""),
    (7, "การปลูกข้าวในภาคอีสาน", "", ""),
]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("鲁迅", [1]), ("小说", [1]), ("迅", [1]), ("学习", [2]), ("学習", [5]), ("像识", [2]), ("识别CNN", [2]),
        ("学", [2, 5]), ("เรียนรู้", [3]), ("ข้าว", [7]), ("เครื่อง", [3]), ("학습", [4]), ("연구", [4]),
        ("ラーニング", [5]), ("हिन्दी", [6]), ("हि", []), ("张三丰", [2]), ("图像 识别", [2]), ("识别图像", []),
    ],
)  # fmt: skip
def test_scripts_without_blanks(text: str, keys: list[int]) -> None:
    every = np.arange(1, 8)
    index = WordIndex.of(SCRIPTS)
    assert every[index.holding(text, every)].tolist() == keys


def test_words_are_folded_stemmed_and_without_those_of_grammar() -> None:
    folded = words_of("The Bogs of $CO_2$, and Müller’s off-belief learning")
    assert folded == ["bog", "co2", "muller", "belief", "learn"]
    assert words_of("from the of and") == []
    assert words_of("Guidelines of the WHO on who is ill") == ["guidelin", "who", "ill"]
    assert words_of("GUIDELINES OF THE WHO") == ["guidelin"]  # where all is in capitals, they say nothing
    assert words_of("Die Moore der Alpen und das Wasser mit Torf am MIT") == [
        "moor", "alpen", "wasser", "torf", "mit"
    ]  # fmt: skip
    assert words_of("Hao Su") == ["hao", "su"]


WORDS = st.text(alphabet="ab. ", max_size=9)
PHRASE = st.lists(st.text(alphabet="ab", min_size=1, max_size=2), min_size=1, max_size=3)


def by_reading(text: Text, phrase: list[str]) -> bool:
    """Whether a paper holds a phrase, by regular expression."""
    pattern = "[^ab]+".join(f"(?:{'|'.join(forms(word))})" for word in phrase)
    return any(re.search(rf"(?<![ab]){pattern}(?![ab])", field) for field in text[1:3])


@given(st.lists(st.tuples(WORDS, WORDS), max_size=6), PHRASE)
def test_phrases_against_reading_the_texts(texts: list[tuple[str, str]], phrase: list[str]) -> None:
    papers = [(key, title, abstract, "") for key, (title, abstract) in enumerate(texts)]
    keys = np.arange(len(papers))
    held = WordIndex.of(papers).holding(" ".join(phrase), keys)
    assert held.tolist() == [by_reading(paper, phrase) for paper in papers]


@given(st.text("ab", min_size=1, max_size=12), st.text("ab*?", min_size=1, max_size=8))
def test_signs_for_letters_fit_as_a_shell_fits_names(word: str, pattern: str) -> None:
    if not re.search(r"[*?]", pattern):
        return
    index = WordIndex.of([(1, word, "", "")])
    assert fitting(index, pattern, np.array([1]))[0] == fnmatch.fnmatchcase(word, pattern)


def test_many_stars_take_no_time() -> None:
    index = WordIndex.of([(1, "a" * 60, "", "")])
    assert not fitting(index, "*a" * 20 + "b", np.array([1])).any()  # ten to the power of fifteen ways to try


@pytest.mark.parametrize("call", [WordIndex.holding, WordIndex.beginning])
def test_no_text_raises(index: WordIndex, call: Callable[..., np.ndarray]) -> None:
    for text in ("\x00", "\ud800", "$\\frac", "+++", "#", "๏", "่", "a" * 10_000, "．ｎｅｔ", "\u1039", "🙂🙂"):
        assert call(index, text, KEYS).shape == KEYS.shape
