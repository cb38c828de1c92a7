"""Printed references: where they begin, where each ends, what they name."""

from pathlib import Path

import pytest

from conftest import DATA
from explorer.drafts.manuscript import Citation, Manuscript, bibliography
from explorer.drafts.manuscript.citation import entries, is_references, of_entry
from explorer.paper import Paper


def test_headings_of_references_in_several_languages():
    for heading in ("References", "REFERENCES", "7. References", "VI. References", "Bibliography", "Works Cited",
                    "Literatur", "Literaturverzeichnis", "Références", "Referencias:"):  # fmt: skip
        assert is_references(heading), heading
    for heading in ("Reference frames", "Literature review", "Related work", "A bibliography of Milton"):
        assert not is_references(heading), heading


def test_entries_are_split_at_numbers_that_follow_each_other():
    assert entries(["[1] One, 12.", "goes on [2] here", "2019. https://x", "[2] Two"]) == [
        "[1] One, 12. goes on [2] here 2019. https://x",
        "[2] Two",
    ]
    assert entries(["1. One", "365. is a volume", "2. Two"]) == ["1. One 365. is a volume", "2. Two"]
    assert entries(["Hu, H. (2021). One.", "", "Brown, N. (2019). Two."]) == [
        "Hu, H. (2021). One.",
        "Brown, N. (2019). Two.",
    ]


@pytest.mark.parametrize(
    ("text", "doi", "arxiv"),
    [
        ("x doi:10.1126/science.aay2400.", "10.1126/science.aay2400", ""),
        ("x https://doi.org/10.1016/S0004-3702(98)00023-X, 1998", "10.1016/s0004-3702(98)00023-x", ""),
        ("CoRR abs/1706.03762, 2017", "", "1706.03762"),
        ("arXiv preprint arXiv:2103.04000v2 (2021)", "", "2103.04000"),
        ("arXiv:hep-th/9901001", "", "hep-th/9901001"),
        ("pages 1706.03762", "", ""),
    ],
)
def test_identifiers_in_printed_references(text, doi, arxiv):
    found = of_entry("f", 1, text)
    assert (found.paper.doi, found.paper.arxiv) == (doi, arxiv)
    assert found.named == bool(doi or arxiv)


def test_keys_are_looked_up_without_regard_to_case():
    known = bibliography(DATA / "manuscripts" / "refs.bib")
    draft = Manuscript("d", "text", (Citation("HU2021off"), Citation("nobody"))).with_bibliography(known)
    assert [one.paper.title for one in draft.cited] == ["Off-Belief Learning", ""]
    assert [one.paper for one in Manuscript("d", "text").with_bibliography(known).cited] == known
    assert all(isinstance(one, Paper) for one in known)
    assert Path(DATA / "manuscripts" / "refs.bib").exists()
