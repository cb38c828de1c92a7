"""What passes a filter, against plain Python over the papers; areas of the map."""

from __future__ import annotations

import numpy as np
import pytest

from conftest import ToyWith, paper
from explorer.errors import LibraryError
from explorer.filter import All, Condition, Either, Field, Filter, Not, Phrase, Prefix, Years
from explorer.library import Library
from explorer.paper import Paper
from explorer.search.question import Question
from explorer.store import HIDDEN, Kind

LIDAR, VISUAL = Phrase("lidar odometry"), Phrase("visual odometry")


@pytest.fixture
def shelf(toy_with: ToyWith) -> Library:
    texts = ("lidar odometry", "visual odometry", "lidar and visual odometry", "odometry, visual lidar", "muons decay")
    return toy_with(
        paper(f"Paper {n}", text, key=f"k{n}", year=2000 + n, authors=("Brown, Noam",) if n % 2 else ("Li, Ming",))
        for n, text in enumerate(texts * 2)
    )


def ids(library: Library, condition: Condition) -> set[str]:
    mask = library.snapshot.mask(Filter(where=condition))
    rows = range(10) if mask is None else np.flatnonzero(mask)
    return {found.id for found in library.snapshot.papers(list(rows))}


def named(papers: list[Paper], numbers: set[int]) -> set[str]:
    return {found.id for n, found in enumerate(papers) if n % 5 in numbers}


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        (Either((LIDAR, VISUAL)), {0, 1, 2}),
        (All((Prefix("lid"), VISUAL)), {2}),
        (Not(Either((LIDAR, VISUAL))), {3, 4}),
        (Prefix("muo"), {4}),
        (Prefix("MUON"), {4}),
        (Prefix("visu"), {1, 2, 3}),
        (Prefix("zz"), set()),
        (Prefix("*"), {0, 1, 2, 3, 4}),  # nothing but a sign is no condition
        (All(), {0, 1, 2, 3, 4}),
        (Either(), set()),
        (Not(All()), set()),
    ],
)
def test_conditions_on_words(shelf: Library, condition: Condition, numbers: set[int]) -> None:
    assert ids(shelf, condition) == named(shelf.snapshot.papers(), numbers)


def test_conditions_on_fields_hold_alone_together_and_negated(shelf: Library) -> None:
    papers = shelf.snapshot.papers()
    brown, early = Field("author", "noam brown"), Years(None, 2004)
    by_brown = {found.id for found in papers if "Brown, Noam" in found.authors}
    old = {found.id for found in papers if (found.year or 0) <= 2004}
    assert ids(shelf, brown) == by_brown and len(by_brown) == 5
    assert ids(shelf, All((brown, early))) == by_brown & old
    assert ids(shelf, Either((brown, early))) == by_brown | old
    assert ids(shelf, All((early, Not(brown)))) == old - by_brown
    assert ids(shelf, Years(2003, 2003)) == {"k3"}


def test_an_unknown_topic_is_said_wherever_it_stands(shelf: Library) -> None:
    with pytest.raises(LibraryError, match="no topic is called 'nowhere'"):
        ids(shelf, Either((LIDAR, Not(Field("topic", "nowhere")))))


def test_hidden_papers_pass_only_a_filter_that_names_a_mark(shelf: Library) -> None:
    shelf.marks.put(Kind.COLLECTION, HIDDEN, "k0")
    assert "k0" not in ids(shelf, Either((LIDAR, VISUAL)))
    assert "k0" not in ids(shelf, Not(Field("tag", "x")))
    assert ids(shelf, Field("collection", HIDDEN)) == {"k0"}
    assert [result.paper.id for result in shelf.search("lidar odometry in:hidden", k=3)] == ["k0"]


def test_a_question_is_asked_within_its_area_and_without_text_gives_what_is_typical(shelf: Library) -> None:
    (x, y), half = shelf.map[3], 1e-3
    area = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
    inside = {found.id for found, place in zip(shelf.snapshot.papers(), shelf.map, strict=True)
              if abs(place[0] - x) < half and abs(place[1] - y) < half}  # fmt: skip
    for text in ("odometry", ""):
        answer = shelf.ask(Question(text, area=area), k=20)
        assert {result.paper.id for result in answer.results} | {
            copy.id for result in answer.results for copy in result.copies
        } == inside
        assert answer.passing is not None and answer.passing.sum() == len(inside)
    assert [result.level for result in answer.results] == [None] * len(answer.results)


def test_list_marks_similarities_and_star_come_from_one_answer(shelf: Library) -> None:
    answer = shelf.ask(Question("visual odometry", within=Filter(year=(2002, None))), k=4)
    vectors, vector = shelf.snapshot.arrays.index.vectors(), shelf.encoder.encode_query("visual odometry")
    assert answer.similarities is not None
    np.testing.assert_allclose(answer.similarities, vectors @ vector, atol=1e-6)
    assert [round(r.similarity, 5) for r in answer.results] == [
        round(float(answer.similarities[result.row]), 5) for result in answer.results
    ]
    assert answer.passing is not None and answer.passing.tolist() == [n >= 2 for n in range(10)]
    assert answer.place is not None and np.isfinite(answer.place).all()


AUTHORS = (
    ("Li, Ming", "Brown, Noam"), ("M. Li",), ("Li M",), ("Xiaoming Li",), ("Ming Liang",), ("Wang, L.", "Ming Li"),
    ("Tuomas Sandholm",), ("T. W. Sandholm",), ("Müller, Änne",), ("Anne Mueller",), ("Jan van der Berg",),
    ("Jean-Pierre Dupont", "Simon S. Du"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("Ming Li", {0, 1, 2, 5}), ("M. Li", {0, 1, 2, 5}), ("Li, Ming", {0, 1, 2, 5}), ("Li", {0, 1, 2, 3, 5}),
        ("li ming", {0, 1, 2, 5}), ("Ming", {0, 4, 5}), ("T. Sandholm", {6, 7}), ("Tuomas W. Sandholm", {6, 7}),
        ("Sandholm", {6, 7}), ("Sandh", set()), ("Mueller", {8, 9}), ("Änne Müller", {8, 9}), ("van der Berg", {10}),
        ("J. P. Dupont", {11}), ("Simon Du", {11}), ("Du", {11}), ("Dup", set()), ("nobody at all", set()),
    ],
)  # fmt: skip
def test_an_author_is_a_whole_name(toy: Library, name: str, numbers: set[int]) -> None:
    toy.add(paper(f"Paper {n}", f"text {n}", key=f"k{n}", authors=authors) for n, authors in enumerate(AUTHORS))
    wanted = {f"k{n}" for n in numbers}
    assert ids_of(toy, Field("author", name)) == wanted
    everyone = {f"k{n}" for n in range(len(AUTHORS))}
    assert ids_of(toy, Not(Field("author", name))) == everyone - wanted


def ids_of(library: Library, condition: Condition) -> set[str]:
    mask = library.snapshot.mask(Filter(where=condition))
    return {result.id for result in library.snapshot.papers(np.flatnonzero(mask).tolist())}


def test_forms_of_a_name_are_listed_and_not_merged(toy: Library) -> None:
    toy.add(
        paper(f"Paper {n}", f"text {n}", key=f"k{n}", year=2000 + n, authors=authors)
        for n, authors in enumerate((*AUTHORS, ("Li, Ming", "Noam Brown")))
    )
    forms = toy.snapshot.authors("Ming Li")
    assert [(form.name, form.papers, form.first, form.last) for form in forms] == [
        ("Li, Ming", 2, 2000, 2012), ("Li M", 1, 2002, 2002), ("M. Li", 1, 2001, 2001), ("Ming Li", 1, 2005, 2005)
    ]  # fmt: skip
    assert forms[0].coauthors == (("Noam Brown", 2),)
    assert toy.snapshot.authors("Nobody") == []
