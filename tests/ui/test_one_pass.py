"""A question from the box to the page: parsed once, masked once, and two passes over the vectors."""

from __future__ import annotations

from collections import Counter

import pytest
from streamlit.testing.v1 import AppTest

from embeddings.index import VectorIndex
from explorer.library import mask, snapshot
from explorer.search import parse
from explorer.ui import PAGES, address


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the work of a question is done."""
    calls: Counter[str] = Counter()

    def count(home: object, name: str, label: str) -> None:
        work = getattr(home, name)

        def counting(*arguments: object, **named: object) -> object:
            calls[label] += 1
            return work(*arguments, **named)

        monkeypatch.setattr(home, name, counting)

    parse.parse.cache_clear()
    count(parse, "_read", "parsed")
    count(snapshot, "mask_of", "masked")
    for name in ("similarities", "search"):
        count(VectorIndex, name, "passes")
    assert mask.mask_of is not snapshot.mask_of
    return calls


def test_a_question_is_parsed_and_masked_once_and_takes_two_passes(seed_folder, monkeypatch, counted):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(seed_folder))
    app = AppTest.from_file(str(PAGES), default_timeout=60)
    app.run()
    app.run()  # the language model may have been waited for
    counted.clear()
    app.text_input(key=address.QUERY).set_value('agents "learn" year:2000..').run()
    assert not app.exception
    first = dict(counted)
    counted.clear()
    app.run()  # a rerun with the same question parses nothing anew
    assert not app.exception
    assert dict(counted) == {"masked": 1, "passes": 2}
    assert first["parsed"] == 1
    assert first["masked"] <= 2 and first["passes"] == 2  # before the model is there, the overview stands in once
