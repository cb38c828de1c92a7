"""The check of one's own library: figures that can be worked out by hand, their chance and their errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conftest import ToyWith, paper
from embeddings.toy import ToyEncoder
from embeddings.vectors import exact_top, unit_rows
from explorer.evaluation.library import MEANS, Figure, LibraryFigures, measure
from explorer.evaluation.map_quality import preservation
from explorer.library import Library
from explorer.store import Kind

FIELDS = ("peat bog water", "jet wing shock", "poker bluff chips", "gene cell enzyme")


def figures(found: LibraryFigures, task: str, method: str) -> dict[str, Figure]:
    return {one.name: one for one in found.figures if (one.task, one.method) == (task, method)}


@pytest.fixture
def sorted_papers(toy_with: ToyWith) -> Library:
    """24 papers of four fields, each field a collection; a title and its abstract share a word of their own."""
    toy = toy_with(
        [
            paper(f"own{n} of {FIELDS[n % 4]}", f"{FIELDS[n % 4]} own{n} {FIELDS[n % 4]}", record=n, key=f"k{n}")
            for n in range(24)
        ]
    )
    for field in range(4):
        toy.marks.put(Kind.COLLECTION, FIELDS[field], *(f"k{n}" for n in range(field, 24, 4)))
    return toy


def test_what_is_right_by_construction_is_a_hundred_percent(sorted_papers: Library) -> None:
    found = measure(sorted_papers, ToyEncoder())
    title = figures(found, "title to abstract", "bm25")
    assert {name: one.value for name, one in title.items()} == {"ndcg@10": 100, "mrr": 100, "recall@10": 100}
    assert {(one.error, one.sample) for one in title.values()} == {(0.0, 24)}
    for method in ("vectors", "default"):  # some words share an axis
        assert figures(found, "title to abstract", method)["recall@10"].value == 100
    same = figures(found, "same collection", "vectors")["among 10 nearest"]
    assert same.value == 50.0  # the five others of its collection come first, then five more
    assert same.chance == pytest.approx(100 * 5 / 23, abs=0.01)
    assert figures(found, "index", "vectors")["recall@10"].value == 100
    assert set(MEANS) >= {one.task for one in found.figures}
    assert found.papers == 24
    assert [line.partition(":")[0] for line in found.left_out] == ["same folder", "same tag", "citations"]


def test_a_title_that_says_nothing_of_its_abstract_is_not_found(toy: Library) -> None:
    good = [paper(f"own{n}", f"own{n} {FIELDS[n % 4]}", record=n, key=f"k{n}") for n in range(12)]
    odd = [paper(f"riddle{n}", f"own{n} {FIELDS[n % 4]}", record=n, key=f"k{n}") for n in range(12, 24)]
    toy.add([*good, *odd])
    mrr = figures(measure(toy, ToyEncoder()), "title to abstract", "bm25")["mrr"]
    assert mrr.value == 50
    assert mrr.error == pytest.approx(100 * 0.5 * np.sqrt(24 / 23) / np.sqrt(24), abs=0.01)


def test_a_random_arrangement_is_as_good_as_chance(sorted_papers: Library) -> None:
    for field in range(4):
        sorted_papers.marks.drop(Kind.COLLECTION, FIELDS[field], *(f"k{n}" for n in range(field, 24, 4)))
    for tag in range(3):  # each tag is spread evenly over the fields
        sorted_papers.marks.put(Kind.TAG, f"t{tag}", *(f"k{n}" for n in range(24) if (n // 4) % 3 == tag))
    same = figures(measure(sorted_papers, ToyEncoder()), "same tag", "vectors")["among 10 nearest"]
    assert same.chance == pytest.approx(100 * 7 / 23, abs=0.01)
    assert abs(same.value - same.chance) < 12


def test_libraries_of_any_size_are_measured_or_say_why_not(toy_with: ToyWith) -> None:
    toy = toy_with([paper("only one", "alone", key="a")])
    found = measure(toy, ToyEncoder())
    assert {one.task for one in found.figures} == {"index"}
    assert found.left_out[0] == "title to abstract: fewer than two papers have both"
    toy.add([paper("a title alone", key="b"), paper("", "an abstract alone", key="c"), paper("x y", "x z", key="d")])
    named = {"topics", "labels"}
    assert {one.task for one in measure(toy, ToyEncoder()).figures} == {"title to abstract", "index", "map", *named}


def test_a_title_is_no_question_in_the_language_of_the_box(toy_with: ToyWith) -> None:
    toy = toy_with(
        [paper(f'{word} "open author: year:x -{word}', f"{word} text", key=word) for word in ("aa", "bb", "cc")]
    )
    assert figures(measure(toy, ToyEncoder()), "title to abstract", "default")["mrr"].value == 100


def test_the_same_seed_gives_the_same_figures(sorted_papers: Library, tmp_path: Path) -> None:
    assert measure(sorted_papers, ToyEncoder(), seed=3) == measure(sorted_papers, ToyEncoder(), seed=3)
    assert list(tmp_path.iterdir()) == [tmp_path / "toy"]


def test_preservation_by_brute_force() -> None:
    random = np.random.default_rng(5)
    vectors = unit_rows(random.normal(size=(40, 6)))
    places = random.normal(size=(40, 2)).astype(np.float32)
    trust, recall = preservation(vectors, places, np.arange(40), 5)
    for row in range(40):
        others = np.arange(40) != row
        near = exact_top(vectors, vectors[row], 39, others)[0].tolist()
        drawn = np.lexsort((np.arange(40), ((places - places[row]) ** 2).sum(axis=1)))
        drawn = [one for one in drawn.tolist() if one != row][:5]
        assert recall[row] == len(set(near[:5]) & set(drawn)) / 5
        penalty = sum(max(near.index(one) + 1 - 5, 0) for one in drawn)
        assert trust[row] == pytest.approx(1 - 2 * penalty / (5 * (2 * 40 - 3 * 5 - 1)))
    angles = random.uniform(size=40)
    flat = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert [figure.min() for figure in preservation(flat, flat, np.arange(40), 5)] == [1.0, 1.0]
    with pytest.raises(ValueError, match="20 neighbours of 40 papers"):
        preservation(vectors, places, np.arange(40), 20)
