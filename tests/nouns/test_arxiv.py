"""arXiv's ids: the same one however and wherever it is written, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.arxiv import arxiv_in, arxiv_of_doi, canonical_arxiv
from explorer.paper import Source, make_paper

PAPER = "2101.00001"
IN_A_FIELD = (
    "2101.00001", "2101.00001v12", "2101.00001 [cs.CL]", "[2101.00001]", "abs/2101.00001", "arxiv.2101.00001",
    "eprint:2101.00001", "2101.00001)", "{arXiv}:2101.00001",
)  # fmt: skip
IN_ANY_TEXT = (
    "arXiv:2101.00001", "arXiv: 2101.00001v2 [cs.LG]", "ARXIV:2101.00001V1", "arXiv 2101.00001", "arXiv：2101.00001",
    "arXiv:2101.00001.", "(arXiv:2101.00001)", "arXiv preprint arXiv:2101.00001 (2021)", "ArXiv, abs/2101.00001",
    "arXiv e-prints, arXiv:2101.00001", "CoRR abs/2101.00001", "CoRR, abs/2101.00001v3", "oai:arXiv.org:2101.00001",
    "http://arxiv.org/pdf/2101.00001.pdf", "https://arxiv.org/pdf/2101.00001v1.pdf", "arxiv.org/html/2101.00001v1",
    "https://www.arxiv.org/abs/2101.00001?context=cs", "https://arxiv.org/abs/2101.00001#S1",
    "https://export.arxiv.org/abs/2101.00001", "https://arxiv.org/abs/arXiv:2101.00001",
    "https://ar5iv.labs.arxiv.org/html/2101.00001", "https://ar5iv.org/abs/2101.00001",
    "https://www.alphaxiv.org/abs/2101.00001", "https://huggingface.co/papers/2101.00001",
    "10.48550/arXiv.2101.00001", "https://doi.org/10.48550/arxiv.2101.00001v2",
    "https%3A%2F%2Farxiv.org%2Fabs%2F2101.00001",
    r"\url{https://arxiv.org/abs/2101.00001}", "Accepted at X; arXiv:2101.00001", "arXiv (2021), 2101.00001",
)  # fmt: skip


@pytest.mark.parametrize("written", [*IN_A_FIELD, *IN_ANY_TEXT])
def test_an_id_is_the_same_however_a_field_writes_it(written: str) -> None:
    assert canonical_arxiv(written) == PAPER


@pytest.mark.parametrize("written", IN_ANY_TEXT)
def test_an_id_behind_its_name_is_found_in_any_text(written: str) -> None:
    assert arxiv_in(written) == PAPER


@pytest.mark.parametrize(
    ("written", "arxiv"),
    [
        ("arXiv:hep-th/9901001v2", "hep-th/9901001"), ("https://arxiv.org/abs/cond-mat/0406093", "cond-mat/0406093"),
        ("math.GT/0309136", "math.GT/0309136"), ("HEP-TH/9901001", "hep-th/9901001"), ("0704.0001", "0704.0001"),
        # Numbers that look like an id, and are none.
        ("2213.11795", ""), ("paper 17", ""), ("10.1101/2101.00001", ""), ("10.1000/x.2101.00001", ""),
        ("sci/1234567", ""), ("12101.00001", ""), ("2101.000012", ""), ("2101.00001.7", ""), ("", ""), ("NA", ""),
    ],
)  # fmt: skip
def test_what_is_an_id(written: str, arxiv: str) -> None:
    assert canonical_arxiv(written) == arxiv


@pytest.mark.parametrize(
    "text",
    [
        "see pages 2101.00001 of it",
        "https://example.org/2101.00001",
        "a corr of 2101.00001",
        "arXiv, 10.1000/2101.00001",
    ],
)
def test_a_number_without_its_name_is_none(text: str) -> None:
    assert arxiv_in(text) == ""


@given(st.text("arXiv:/.corabs hep-th2101000v ()[]%#?", max_size=60) | st.text())
def test_no_text_raises_and_an_id_is_its_own(text: str) -> None:
    for found in (canonical_arxiv(text), arxiv_in(text)):
        assert canonical_arxiv(found) == found


def test_the_doi_that_arxiv_gives() -> None:
    assert arxiv_of_doi("10.48550/arxiv.2206.11795") == "2206.11795"
    assert arxiv_of_doi("10.1000/arxiv.2206.11795") == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"doi": "10.48550/arXiv.2101.00001"}, {"doi": "https://arxiv.org/abs/2101.00001"},
        {"url": "http://arxiv.org/abs/2101.00001v1"}, {"url": "https://huggingface.co/papers/2101.00001"},
        {"venue": "ArXiv abs/2101.00001"}, {"venue": "CoRR abs/2101.00001"}, {"venue": "e-print arXiv:2101.00001"},
    ],
)  # fmt: skip
def test_the_other_fields_of_a_record_give_it(fields: dict[str, str]) -> None:
    assert make_paper(Source("a", 1, 1), title="T", **fields).arxiv == PAPER


def test_the_key_of_a_record_of_arxiv_is_one() -> None:
    assert make_paper(Source("a", 1, 1, "1302.5208"), venue="arXiv").arxiv == "1302.5208"
    assert make_paper(Source("a", 1, 1, "1302.5208"), venue="Nature").arxiv == ""
