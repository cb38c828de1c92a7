"""Pairs of records of kinds tried late: columns of journals, copyright for an abstract, names in two scripts."""

from __future__ import annotations

import pytest

from explorer.identity import identities, match
from explorer.paper import Paper, Source, make_paper

ABSTRACT = (
    "Climate of the north was warm in all years but three, as tree rings and lake sediments show, and the peat grew "
    "where the water stood high through summer, at nine of the twelve sites that were cored."
)
LICENCE = (
    "© 2020 The Author(s). Published by Elsevier Ltd. This is an open access article under the CC BY license "
    "(http://creativecommons.org/licenses/by/4.0/)."
)


def record(**fields: object) -> Paper:
    said = {"title": "Peat and climate in the north of Sweden since 1900", "authors": "Weber, H.", "year": 2012}
    return make_paper(Source("a", 1, 1), **(said | fields))


def joined(first: Paper, second: Paper) -> bool:
    shared = [key for key in identities(first) if key in identities(second)]
    answers = {any(match(*pair, key) for key in shared) for pair in ((first, second), (second, first))}
    assert len(answers) == 1
    return answers.pop()


@pytest.mark.parametrize(
    "title",
    [
        "The authors respond", "From the Editor-in-Chief", "Image of the month", "Journal Club", "Clinical images",
        "President's message", "Case report", "Poster abstracts", "Picture quiz",
    ],
)  # fmt: skip
def test_columns_of_a_journal_that_come_each_month_stay_apart(title: str) -> None:
    assert not joined(record(title=title, venue="J Peat"), record(title=title, venue="J Peat"))


def test_a_copyright_notice_is_no_abstract_that_agrees() -> None:
    both = record(title="Editorial", abstract=LICENCE)
    assert not joined(both, record(title="Editorial", abstract=LICENCE))
    assert joined(record(abstract=ABSTRACT), record(abstract=f"{ABSTRACT} {LICENCE}"))


def test_a_copyright_notice_is_no_abstract_that_differs() -> None:
    assert joined(record(doi="10.1000/a", abstract=LICENCE), record(doi="10.1000/a", abstract=ABSTRACT))


def test_names_in_two_alphabets_may_be_the_same() -> None:
    ours, theirs = (record(authors=names, abstract=ABSTRACT) for names in ("王伟; 李明", "Wei Wang; Ming Li"))
    assert joined(ours, theirs)
    assert not joined(ours, record(authors="王伟; 李明", title="Ditches", abstract=ABSTRACT))
    latin = record(authors="Petrov, P.", title="Peat of the south and its chemistry")
    assert not joined(record(authors="Иванов, И."), latin)
