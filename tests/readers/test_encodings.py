"""Encodings of files too short to be sure of by counting."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import shared
from explorer.paper import Paper
from explorer.readers import read, summary
from explorer.readers.io.encodings import guess
from explorer.readers.io.stream import Stream
from support.cost import examples
from support.files import passed_over, titles

_TEXTS = {
    "gb18030": "TI  - 深度学习在医学图像分析中的应用综述\nAU  - 王伟\nJO  - 计算机学报\n",
    "big5hkscs": "TI  - 深度學習於醫學影像分析之應用\nAU  - 陳大文\nJO  - 資訊學報\n",
    "cp932": "TI  - グラフニューラルネットワークによる論文推薦\nAU  - 鈴木一郎\n",
    "euc_jp": "TI  - 深層学習を用いた画像認識の研究\nAU  - 田中太郎\n",
    "iso2022_jp": "TI  - 深層学習を用いた画像認識の研究\nAU  - 田中太郎\n",
    "cp949": "TI  - 딥러닝을 이용한 의료 영상 분석에 관한 연구\nAU  - 김철수\n",
    "cp1251": "TI  - Применение глубокого обучения в анализе изображений\nAU  - Иванов, Иван\n",
    "koi8_r": "TI  - Применение глубокого обучения в анализе изображений\nAU  - Иванов, Иван\n",
    "cp1253": "TI  - Εφαρμογές της βαθιάς μάθησης στην ανάλυση εικόνων\nAU  - Παπαδόπουλος\n",
    "cp1254": "TI  - Türkiye’de sağlık için derin öğrenme ve sınıflandırma uygulamaları\nAU  - Yılmaz, Ayşe\n",
    "utf-16-le": "TI  - Schrödinger’s cat\nAU  - Ł\n",
    "utf-32-be": "TI  - Schrödinger’s cat\nAU  - Ł\n",
}


@pytest.mark.parametrize("encoding", list(_TEXTS))
def test_encodings_of_short_files(tmp_path: Path, encoding: str) -> None:
    text = _TEXTS[encoding]
    found = guess(text.encode(encoding))
    assert codecs.lookup(found.name).name == codecs.lookup(encoding).name
    path = tmp_path / "f.csv"
    path.write_bytes(("title,abstract\n" + text.split("\n")[0][6:] + ",-\n").encode(encoding))
    assert titles(path) == [text.split("\n")[0][6:]]
    [remark] = passed_over(path).values()
    assert found.label
    assert f"it was read as {found.label}" in remark


@pytest.mark.parametrize(
    "text",
    [
        "Étude des réseaux à mémoire — “quoted” it’s",
        "Müller, Jürgen: Über die Größe",
        "García Márquez: España y el año",
        "Kalé",
        "it’s",
        "Sørensen, Åse and Ærø",
        "Conceição, João: ação",
        "a ± b, 5 µm, 30 °C, © 2020",
    ],
)
def test_western_text_stays_windows_1252(tmp_path: Path, text: str) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(f'title,abstract\n"{text}",-\n'.encode("cp1252"))
    assert titles(path) == [text]
    assert "Windows-1252" in passed_over(path)["f.csv"]


def test_real_short_chinese_files_are_decoded() -> None:
    for name, wanted in (
        (("bibtex", "bibtexparser_gbk_test.bib"), "author = {凯撒}"),
        (("hostile", "gb18030.bib"), "title={基于图神经网络的论文推荐}"),
    ):
        assert wanted in Stream(shared("imports", *name)).head()


def test_real_file_of_mixed_lines_keeps_each() -> None:
    path = shared("imports", "csv", "fastread_kitchenham.csv")
    found = summary(path)
    assert (found.format, found.records, found.with_abstract) == ("csv", 1704, 1700)
    assert "Windows-1252" in found.problems[0].reason
    assert any("Jürgen Münch" in " ".join(item.authors) for item in read(path) if isinstance(item, Paper))


@settings(max_examples=examples(300), deadline=None)
@given(raw=st.binary(max_size=300))
def test_any_bytes_have_an_encoding_that_python_knows(raw: bytes) -> None:
    found = guess(raw)
    assert isinstance(raw[found.mark :].decode(found.name, "replace"), str)
