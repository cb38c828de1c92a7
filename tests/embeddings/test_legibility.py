"""What the bundled model can read, by its vocabulary alone."""

import pytest

from embeddings.encoder import BundledEncoder
from embeddings.legibility import Legibility
from embeddings.toy import ToyEncoder

BUNDLED = Legibility.of(BundledEncoder())


@pytest.mark.parametrize(
    "text",
    [
        "การเรียนรู้ของเครื่อง",
        "ქართული ენის ისტორია",
        "የኢትዮጵያ ታሪክ",
        "ភាសាខ្មែរ",
        "糖尿病患者的饮食管理",
        "鲁迅",
        "機械学習による画像認識",
        "머신 러닝",
        "Машинное обучение в медицине",
        "שלום עולם לכולם",
        "हिन्दी भाषा",
        "μηχανική μάθηση",
    ],
)
def test_scripts_that_it_has_no_words_for_are_not_legible(text):
    assert not BUNDLED.reads(text)
    assert not BUNDLED.reads(f"{text} (2019)")


@pytest.mark.parametrize(
    "text",
    [
        "", "IL-6", "naïve Bayes", "β-catenin", "α", "học máy có giám sát", "Wo ist der nächste Bahnhof?",
        "Erdős–Rényi", "Größe und Übermaß", "şehirlerde trafik akışı", "\ud800",
        "การเรียนรู้: machine learning in Thai hospitals, a study of ten years and its results",
    ],
)  # fmt: skip
def test_what_it_has_words_for_is_legible(text):
    assert BUNDLED.reads(text)


def test_an_encoder_without_a_tokenizer_reads_everything():
    assert Legibility.of(ToyEncoder()).reads("鲁迅")
