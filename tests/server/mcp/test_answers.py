"""What fits the budget of an answer, and how the rest is reached."""

import json

from hypothesis import given
from hypothesis import strategies as st

from explorer.server.mcp.answers import paged, shortened, tokens_of, written

ITEMS = [{"id": f"p{n}", "title": "moss on walls " * 5} for n in range(40)]


@given(st.integers(300, 3000), st.integers(1, 40))
def test_pages_hold_every_item_once_and_none_is_over_budget(budget, limit):
    offset, seen = 0, []
    while offset is not None:
        page = paged({"scope": {}}, "results", ITEMS[offset : offset + limit], offset=offset, total=40, budget=budget)
        assert tokens_of(written(page)) <= budget
        assert page["results"]
        seen += [item["id"] for item in page["results"]]
        offset = page["next_offset"]
    assert seen == [item["id"] for item in ITEMS]


def test_a_text_that_alone_is_too_long_is_cut_and_says_so():
    page = paged({}, "results", [{"id": "a", "abstract": "peat " * 5000}], offset=0, total=1, budget=300)
    (item,) = page["results"]
    assert tokens_of(written(page)) <= 300 and item["id"] == "a"
    assert item["abstract"].endswith("[…]") and "larger budget" in item["cut"] and page["next_offset"] is None


def test_a_page_beyond_the_end_is_empty_and_the_last():
    assert paged({}, "results", [], offset=50, total=40, budget=300) == {
        "results": [], "total": 40, "next_offset": None,
    }  # fmt: skip


def test_long_lists_are_cut_as_long_texts_are():
    item = shortened({"id": "a", "years": [{"year": 1900 + n, "papers": n} for n in range(120)]}, 200)
    assert tokens_of(written(item)) <= 200 and item["years"][0] == {"year": 1900, "papers": 0}


def test_a_script_of_syllables_counts_by_its_characters():
    assert tokens_of("深度学习") == 4 and tokens_of("deep") == 2
    assert json.loads(written({"title": "深度学习"})) == {"title": "深度学习"}
