"""The filter as a tree: what it means, what it demands, and that its JSON gives it back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.filter import FIELDS, PLACES, All, Condition, Either, Field, Filter, Not, Pattern, Phrase, Prefix, Years

leaves = st.one_of(
    st.builds(Field, st.sampled_from(FIELDS), st.text(max_size=5)),
    st.builds(Years, st.none() | st.integers(1900, 2030), st.none() | st.integers(1900, 2030)),
    st.builds(Phrase, st.text(max_size=5)),
    st.builds(Prefix, st.text(max_size=5), st.sampled_from(PLACES)),
    st.builds(Pattern, st.text(max_size=5), st.sampled_from(PLACES)),
)
trees = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.lists(parts, max_size=3).map(lambda found: All(tuple(found))),
        st.lists(parts, max_size=3).map(lambda found: Either(tuple(found))),
        parts.map(Not),
    ),
    max_leaves=6,
)


@given(where=trees, author=st.text(max_size=5), year=st.tuples(st.none() | st.integers(), st.none() | st.integers()))
def test_json_gives_back_what_was_written(where: Condition, author: str, year: tuple[int | None, int | None]) -> None:
    within = Filter(year, author=author, where=where)
    assert Filter.of_json(within.as_json()) == within


def test_filters_of_earlier_versions_are_read() -> None:
    assert Filter.of_json('{"year": [2010, null], "collection": "liked"}') == Filter((2010, None), collection="liked")
    assert json.loads(Filter((2010, None), tag="x").as_json()) == {"year": [2010, None], "tag": "x"}


def test_the_flat_fields_are_a_tree() -> None:
    assert Filter().tree == All()
    assert not Filter() and Filter(tag="x")
    assert Filter(author="Brown").tree == Field("author", "Brown")
    both = Filter((2010, None), venue="ICML", where=Not(Phrase("poker")))
    assert both.tree == All((Years(2010, None), Field("venue", "ICML"), Not(Phrase("poker"))))


def test_both_filters_hold() -> None:
    first, second = Filter(author="Brown"), Filter(author="Sandholm", where=Phrase("poker"))
    assert (first & Filter()) == first == (Filter() & first)
    assert (first & second).tree == All((Field("author", "Brown"), All((Field("author", "Sandholm"), Phrase("poker")))))


@pytest.mark.parametrize(
    ("where", "named"),
    [
        (Field("collection", "liked"), True),
        (Either((Field("tag", "x"), Prefix("y"))), True),
        (Not(Field("tag", "x")), False),  # hidden papers must not come by a tag they lack
        (Phrase("collection"), False),
    ],
)
def test_marks_are_named_only_where_they_are_wanted(where: Condition, named: bool) -> None:
    assert Filter(where=where).names_marks() is named
