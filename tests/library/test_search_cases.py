"""The shared cases of search, with what is right: a small library of many scripts, signs, names and identifiers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from conftest import shared
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.search.parse import parse
from explorer.search.question import Question


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    file = Path(shared("..", "cases", "search", "mixed.jsonl"))
    with Library.open(tmp_path_factory.mktemp("mixed") / "library", encoder=ToyEncoder()) as library:
        library.add(file)
        yield library


def found(library: Library, typed: str, k: int = 5) -> list[str]:
    return [result.paper.id for result in library.ask(Question(typed), k).results]


@pytest.mark.parametrize(
    ("typed", "paper"),
    [
        # Scripts without blanks: any piece of a text finds it.
        ("鲁迅", "zh1"), ("铁路12306", "zh2"), ("12306", "zh2"), ("图像分割", "zh3"), ("深度学习 综述", "zh3"),
        ("領域分割", "ja1"), ("医用画像", "ja1"), ("의료영상", "ko1"), ("การเรียนรู้เชิงลึก", "th1"), ("แบ่งส่วนภาพ", "th1"),
        # Signs belong to words.
        ("C++", "s1"), ("C#", "s3"), (".NET", "s13"), ("IL-6", "s4"), ("IL6", "s5"),
        ("β-amyloid", "s6"), ("R package", "s12"),
        ("GPT4", "s10"), ("GPT-4", "s11"), ("CO2 reduction", "s8"), ("CO₂", "s8"), ("H₂O", "s9"), ("H2O", "s9"),
        # Names with accents, without them, and in other orders.
        ("Mézard", "d1"), ("Mezard Parisi", "d1"), ("Müller", "d2"), ("Wojcik", "d2"),
        ("Braganca", "d3"),
        ("Kurtén", "d4"), ("O'Brien", "d5"), ("van der Maaten", "d5"), ("L. van der Maaten", "d5"),
        ("Garcia-Molina", "d5"),
        ("田中太郎", "ja1"), ("张伟", "zh3"),
        # Identifiers, links, titles.
        ("1706.03762", "id1"), ("arXiv:1706.03762v5", "id1"), ("https://arxiv.org/abs/1706.03762", "id1"),
        ("10.48550/arXiv.1706.03762", "id1"), ("attention is all you need", "id1"),
        ("https://doi.org/10.3115/v1/D14-1162", "id2"), ("https://aclanthology.org/D14-1162/", "id2"),
        ("Search for B0s → mu+ mu- decays", "s14"),
        # Years are words of a title.
        ("TREC 2004", "y1"), ("TREC 2019", "y2"),
    ],
)  # fmt: skip
def test_the_paper_comes_first(mixed: Library, typed: str, paper: str) -> None:
    assert found(mixed, typed)[0] == paper


@pytest.mark.parametrize(
    ("typed", "papers"),
    [
        ('"university"', {"t1"}), ('"universal"', {"t2"}), ('"universe"', {"t3"}), ('"animal"', {"t4"}),
        ('"organ"', {"t6"}), ('"organization"', {"t7"}), ('"police"', {"t9"}),
        ('"policy" -"article withdrawal"', {"t10"} | {"t1"}), ('"news"', {"t11"}),
        ("author:Müller", {"d2"}), ("author:Mueller", {"d2"}), ('author:"Laurens van der Maaten"', {"d5"}),
        ("author:Maaten", {"d5"}), ("author:obrien", {"d5"}), ('author:"Wójcik, Ł."', {"d2"}),
        ('"C++"', {"s1"}), ('"C#"', {"s3"}), ('".NET"', {"s13"}), ("is:retracted", {f"re{n}" for n in range(5)}),
        ("venue:LNCS", {"in0"}), ('"鲁迅"', {"zh1"}),
    ],
)  # fmt: skip
def test_a_condition_holds_for_these_alone(mixed: Library, typed: str, papers: set[str]) -> None:
    assert {name for name in found(mixed, typed, 50) if not name.startswith("b")} == papers


@pytest.mark.parametrize("typed", ["No abstract available", "retracted at the request of the editor"])
def test_equal_notices_are_no_near_copies(mixed: Library, typed: str) -> None:
    answer = mixed.ask(Question(typed), 10)
    assert all(not result.copies for result in answer.results)


def test_each_editorial_is_a_paper_of_its_own(mixed: Library) -> None:
    titles = [paper.title for paper in mixed.snapshot.papers()]
    assert titles.count("Editorial") == 8 and titles.count("Introduction") == 5
    assert [paper.abstract for paper in mixed.snapshot.papers() if paper.id.startswith("na")] == [""] * 5


@pytest.fixture(scope="module")
def conferences(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    file = Path(shared("corpora", "conferences_10k.jsonl.gz"))
    with Library.open(tmp_path_factory.mktemp("conferences") / "library", encoder=ToyEncoder()) as library:
        library.add(file)
        yield library


def passing(library: Library, typed: str) -> set[int]:
    mask = library.snapshot.mask(parse(typed).within)
    return set(range(len(library.snapshot.papers()))) if mask is None else set(np.flatnonzero(mask).tolist())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_rows_of_the_table_on_ten_thousand_papers(conferences: Library) -> None:
    papers = conferences.snapshot.papers()
    every = set(range(len(papers)))

    def written_by(name: str) -> set[int]:
        return {row for row in every if any(name in author for author in papers[row].authors)}

    for typed in ('author:"Ming Li"', 'author:"M. Li"', 'author:"Li M"', 'author:"Li, Ming"'):
        named = passing(conferences, typed)
        assert {row for row in named if "Ming Li" in papers[row].authors} == {
            row for row in every if "Ming Li" in papers[row].authors
        }
        assert not any(
            {"Xiaoming Li", "Yiming Li", "Ming Liang"} & set(papers[row].authors)
            and "Ming Li" not in papers[row].authors
            for row in passing(conferences, 'author:"Ming Li"')
        )
    sandholm = written_by("Sandholm")
    assert (
        passing(conferences, 'author:"T. Sandholm"') == passing(conferences, 'author:"Tuomas W. Sandholm"') == sandholm
    )
    assert passing(conferences, "games -author:Sandholm") == every - sandholm
    both = passing(conferences, "author:Sandholm author:Brown")
    assert both == passing(conferences, "author:Sandholm") & passing(conferences, "author:Brown")
    of_2019 = {row for row in every if papers[row].year == 2019}
    assert passing(conferences, "-year:2019") == every - of_2019
    for typed in ("games –poker", "games -poker", "games NOT poker"):
        assert passing(conferences, typed) == every - passing(conferences, '"poker"')
    assert passing(conferences, '("lidar odometry")') == passing(conferences, '"lidar odometry"')
    assert passing(conferences, '"lidar odometry", x') == passing(conferences, '"lidar odometry"')
    for name in ("Simon S. Du", "Hao Su", "Tuomas W. Sandholm", "T. Sandholm"):
        first = conferences.ask(Question(name), 1).results[0].paper
        assert any(author.split()[-1] == name.split()[-1] for author in first.authors)
    for typed in ("MIT", "DES", "WHO", "IL-6"):
        assert conferences.ask(Question(typed), 1).results
    assert conferences.ask(Question("reinforcment lerning"), 3).suggestion == "reinforcement learning"
    lidar = passing(conferences, '"lidar"')
    share = {
        typed: sum(result.row in lidar for result in conferences.ask(Question(typed), 20).results)
        for typed in ("SLAM", "SLAM without lidar", "SLAM NOT lidar")
    }
    assert share["SLAM without lidar"] <= share["SLAM"] and share["SLAM NOT lidar"] == 0
