"""A library that counts as large answers every kind of question as it does when all its papers are scored."""

import numpy as np
import pytest

from conftest import paper
from explorer.search import candidates, ranking
from explorer.search.question import Order, Question

KINDS = {
    "text": Question("voles in wet meadows"),
    "name": Question("Ada Lund"),
    "name among words": Question("Bo Ek tundra"),
    "title": Question("Study 17 of voles"),
    "identifier": Question("10.1000/17"),
    "phrase": Question('voles "wet meadows"'),
    "filter": Question("voles year:2003"),
    "filter alone": Question("year:2003"),
    "spread": Question("voles", order=Order.SPREAD),
    "paper": Question(like=("10.1000/5",)),
    "papers": Question(like=("10.1000/5", "10.1000/40", "10.1000/61")),
    "unlike": Question("tundra", like=("10.1000/5",), unlike=("10.1000/9",)),
    "nothing passes": Question("voles year:1850"),
}


@pytest.fixture
def asked(toy):
    subjects = ["voles in wet meadows", "mosses of the tundra", "peat and bogs", "rivers in spring"]
    toy.add(
        [
            paper(
                f"Study {n} of {subjects[n % 4].split()[0]}", f"{subjects[n % 4]}, {subjects[n % 3]}, site{n % 7}",
                record=n, key=f"k{n}", doi=f"10.1000/{n}", year=2000 + n % 5,
                authors=["Lund, Ada"] if n % 9 == 0 else ["Ek, Bo"] if n % 11 == 0 else ["Vik, Cy"],
            )
            for n in range(90)
        ]
    )  # fmt: skip
    return toy


def said(answer):
    results = [
        (result.paper.id, result.level, result.holds, [copy.id for copy in result.copies]) for result in answer.results
    ]
    passing = None if answer.passing is None else int(answer.passing.sum())
    return results, answer.verdict.level, passing, answer.query.remarks


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question(asked, kind, monkeypatch):
    question = KINDS[kind]
    monkeypatch.setattr(ranking, "WHOLE", 1000)
    whole = asked.ask(question)
    for name, value in (("WHOLE", 10), ("_DEPTH", 60), ("_HOLDERS", 40), ("_FINALS", 40)):
        monkeypatch.setattr(ranking, name, value)
    monkeypatch.setattr(candidates, "_FEW", 5)
    answer = asked.ask(question)
    assert said(answer) == said(whole)
    assert (answer.place is None) == (whole.place is None)
    if whole.place:
        assert answer.place == pytest.approx(whole.place, rel=1e-3)
    if whole.similarities is not None:
        np.testing.assert_allclose(answer.similarities, whole.similarities, atol=1e-5)


def test_as_many_results_come_as_are_wanted(asked, monkeypatch):
    wanted = [result.paper.id for result in asked.ask(Question("voles"), 90).results]
    monkeypatch.setattr(ranking, "WHOLE", 10)
    assert [result.paper.id for result in asked.ask(Question("voles"), 90).results] == wanted
