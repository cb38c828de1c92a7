"""The library that the tests of visitors share."""

import pytest

from support import visitors


@pytest.fixture
def folder(toy_with):
    return visitors.marked(toy_with)


@pytest.fixture
def base(folder):
    """The library, open for reading."""
    with visitors.opened(folder) as library:
        yield library
