"""Names of people: which spellings may be of the same person, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.language.names import fits, name_of, name_tokens

SAME = [
    ("Ming Li", "Li, Ming"), ("Ming Li", "M. Li"), ("Ming Li", "Li M"), ("M. Li", "Ming Li"), ("Li Ming", "Ming Li"),
    ("Li Ming", "M. Li"), ("LI Ming", "Ming Li"), ("T. Sandholm", "Tuomas Sandholm"), ("Sandholm", "Tuomas Sandholm"),
    ("Tuomas W. Sandholm", "Tuomas Sandholm"), ("Tuomas Sandholm", "Sandholm, T. W."),
    ("Sandholm TW", "Sandholm, Tuomas"),
    ("Mueller, Hans", "Hans Müller"), ("Muller, H.", "Müller, Hans"), ("Aenne Müller", "Müller, Änne"),
    ("M. Mueller", "MÜLLER, M."), ("Møller", "Moeller, A"), ("Mueller", "Hans Müller"),
    ("Jean-Pierre Dupont", "J.-P. Dupont"), ("Jean-Pierre Dupont", "J.P. Dupont"), ("Jean-Pierre Dupont", "Dupont JP"),
    ("Jean-Pierre Dupont", "J. Dupont"), ("Jean Pierre Dupont", "Jean-Pierre Dupont"),
    ("Xiao-Ming Li", "Xiaoming Li"), ("Li XM", "Xiao-Ming Li"), ("Kim Min-Jun", "Min-jun Kim"),
    ("J. van der Berg", "van der Berg, Jan"), ("Berg, J. van der", "Jan van der Berg"), ("Berg", "Jan van der Berg"),
    ("van der Berg", "Jan van der Berg"), ("van der Berg J", "Jan van der Berg"),
    ("Vanderberg, Jan", "Jan van der Berg"),
    ("Simon S. Du", "Du SS"), ("Simon Du", "Simon S. Du"), ("du ss", "Simon S. Du"), ("Hao Su", "Su, Hao"),
    ("Yann LeCun", "Yann Le Cun"), ("Nguyen Van Anh", "Van Anh Nguyen"), ("Mary OBrien", "O'Brien, M"),
    ("María García López", "García López, María"), ("John Smith Jr.", "Smith, John"), ("Smith, John, Jr.", "J. Smith"),
    ("鲁迅", "鲁迅"), ("noam brown", "Brown, N."), ("Brown, Noam", "NOAM BROWN"),
]  # fmt: skip
APART = [
    ("Ming Li", "Xiaoming Li"), ("Ming Li", "Ming Liang"), ("Ming Li", "Ming-Yu Li"), ("Ming Li", "Yu Li"),
    ("M. Li", "Xiao Li"), ("A. B. Smith", "A. C. Smith"), ("Noam Brown", "Noel Brown"),
    ("Jan Berg", "Jan van der Berg"),
    ("T. Sandholm", "Sandholm W"), ("Hao Su", "Hao Sun"), ("Ming Li", "Li"), ("Mueller, H", "Muller, H"),
]  # fmt: skip


@pytest.mark.parametrize(("sought", "author"), SAME)
def test_spellings_that_may_be_of_the_same_person(sought: str, author: str) -> None:
    assert fits(sought, author)
    assert len(name_of(sought).words) == 1 or len(name_of(author).words) == 1 or fits(author, sought)


@pytest.mark.parametrize(("sought", "author"), [*APART, ("Sand", "Tuomas Sandholm"), ("Li", "Liang Wu")])
def test_spellings_that_are_not(sought: str, author: str) -> None:
    assert not fits(sought, author)


@pytest.mark.parametrize(("sought", "author"), [*SAME, *APART])
def test_whoever_fits_is_in_the_index_under_the_family_name(sought: str, author: str) -> None:
    """So the word index leaves out nobody."""
    assert not fits(sought, author) or name_of(sought).families & set(name_tokens(author).words)


NAME = st.text(alphabet="Abc .,-'üØ李\n\x00\ud800", max_size=14)


@given(NAME, NAME)
def test_any_text_is_read_and_the_relation_is_symmetric(first: str, second: str) -> None:
    name_tokens(first)
    if min(len(name_of(first).words), len(name_of(second).words)) > 1:
        assert fits(first, second) == fits(second, first)
    if name_of(first).words:
        assert fits(first, first)
