"""Did you mean: slips are mended from the library's own words, and right words are left alone."""

from __future__ import annotations

import pytest

from explorer.search.slips import Spelling, is_doubtful
from explorer.search.words import WordIndex

TITLES = (
    "Reinforcement learning of games", "Visual odometry with lidar", "Neural networks for image segmentation",
    "Cortical thickness of the human brain", "Particle filters and graph models", "Hidden Markov models",
)  # fmt: skip
PAPERS = [
    (n, title, f"We study {title.lower()} in detail.", "Sandholm, Tuomas\nKingma, Diederik")
    for n, title in enumerate(TITLES * 20)
]
INDEX = WordIndex.of(PAPERS)
LANGUAGE = frozenset("morphine cortisol filter filters whereas sandwich field human image guide".split())


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling.of(INDEX, LANGUAGE)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("reinforcment lerning", "reinforcement learning"), ("reinforcement laerning", "reinforcement learning"),
        ("Reinforcment learning", "Reinforcement learning"), ("visual odomtry", "visual odometry"),
        ("segmentatoin", "segmentation"), ("sgementtaion", "segmentation"), ("neurral networks", "neural networks"),
        ('"hiden markov" AND lidar', '"hidden markov" AND lidar'), ("imge", ""), ("partcle filtrs", "particle filters"),
    ],
)  # fmt: skip
def test_slips_are_mended(spelling: Spelling, typed: str, meant: str) -> None:
    if meant:
        assert spelling.mended(typed) == meant
        assert is_doubtful(typed, INDEX, LANGUAGE)


@pytest.mark.parametrize(
    "typed",
    [
        "reinforcement learning", "", "morphine", "cortisol response", "LIDR", "BERTopic", "p53", "mRNA", "GAN",
        "TNF-α",
        "Kingma", "sandholm", "Sandhelm", "author:sandhlom", "author:Lerning", "10.1000/lerning", "https://lerning.org/x",
        "networked", "modelling", "neurl_networks", "$lerning$", "学习", "обучение", "word " * 40 + "lerning",
    ],
)  # fmt: skip
def test_right_words_names_and_fields_are_left_alone(spelling: Spelling, typed: str) -> None:
    assert spelling.mended(typed) == ""


def test_nothing_is_looked_up_where_all_words_are_there() -> None:
    assert not is_doubtful("reinforcement learning of games", INDEX, LANGUAGE)
    assert Spelling.of(WordIndex.of([]), LANGUAGE).mended("lerning") == ""
