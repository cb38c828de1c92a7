"""The search box: what is typed becomes what is meant, and what does not parse says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.filter import All, Condition, Filter, Not, Phrase
from explorer.search.parse import PASTED, BadQuery, Query, filters_alone, parse


def where(*conditions: Condition) -> Filter:
    return Filter(where=All(conditions))


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("agents that learn from video", Query("agents that learn from video")),
        ('games "Nash equilibrium" -poker',
         Query("games Nash equilibrium", where(Phrase("Nash equilibrium"), Not(Phrase("poker"))))),
        ("“off-belief learning”", Query("off-belief learning", where(Phrase("off-belief learning")))),
        ('-"deep learning" bogs', Query("bogs", where(Not(Phrase("deep learning"))))),
        ('author:"Noam Brown" poker', Query("poker", within=Filter(author="Noam Brown"))),
        ("year:2019..2022 venue:ICML peat", Query("peat", within=Filter((2019, 2022), venue="ICML"))),
        ("peat year:2019", Query("peat", within=Filter((2019, 2019)))),
        ("peat year:..2010", Query("peat", within=Filter((None, 2010)))),
        ("peat YEAR:2018..", Query("peat", within=Filter((2018, None)))),
        ("in:liked tag:method topic:bogs file:a.bib moss",
         Query("moss", within=Filter(collection="liked", tag="method", topic="bogs", source="a.bib"))),
        # What only looks like the language is text.
        ("off-belief state-of-the-art", Query("off-belief state-of-the-art")),
        ("arXiv:2206.11795", Query("arXiv:2206.11795")),
        ("DNA:RNA hybrids", Query("DNA:RNA hybrids")),
        ("the death of the author: on reading", Query("the death of the author: on reading")),
        ("effects - and causes", Query("effects - and causes")),
        ("at -5 °C", Query("at °C", where(Not(Phrase("5"))))),
        ('5" pipes of 3"', Query('5" pipes of 3"')),
        ("", Query("")),
    ],
)  # fmt: skip
def test_parse(typed: str, query: Query) -> None:
    assert parse(typed) == query


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ('games "Nash equilibrium', "before “Nash equilibrium” and not closed"),
        ("year:now", "year:now is no year or range"),
        ("year:2020..2010", "is no year or range"),
        ("year:20192020", "is no year or range"),
        ('author:"" poker', 'write author:"Noam Brown"'),
        ("author:brown -poker", "says where to look, but not for what"),
        ("title:Ising", "title: is no filter here; there are year:, author:"),
        ("poker author:", 'write author:"Noam Brown"'),
        ("author: brown", 'write author:"Noam Brown"'),
    ],
)
def test_what_does_not_parse_says_so(typed: str, says: str) -> None:
    with pytest.raises(BadQuery, match=says.replace(".", r"\.")):
        parse(typed)


def test_filters_alone_are_told_from_questions() -> None:
    assert filters_alone('author:"Noam Brown" year:2019..') == Filter((2019, None), author="Noam Brown")
    for typed in ("poker author:brown", "author:brown -poker", 'author:brown "poker"', "poker", ""):
        assert filters_alone(typed) is None


def test_a_pasted_text_means_only_itself() -> None:
    text = 'We call it "deep" -not author:x ' + "word " * PASTED
    assert parse(text) == Query(" ".join(text.split()))


@given(st.text(alphabet='ab:-" .year2019author', max_size=60))
def test_anything_parses_or_says_why(typed: str) -> None:
    try:
        query = parse(typed)
    except BadQuery as error:
        assert str(error)
    else:
        assert set(query.text) <= set(typed) | {" "}
