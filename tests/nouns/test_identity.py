"""Identity: what is one paper is found as one, what only looks alike stays apart, and merges take the best of each."""

from __future__ import annotations

import pytest

from explorer.identity import family, identities, is_preprint, match, merge, titles_agree
from explorer.paper import Paper, Source, make_paper

TITLE = "Learning to act by watching unlabelled videos"
ABSTRACT = (
    "We study how agents that watch unlabelled videos learn to act, and show that a small inverse dynamics model "
    "labels a large corpus well enough to train a policy that crafts tools in an open world without any reward."
)
OTHER = (
    "The restoration of peat bogs depends on the water table. Across nine sites in two countries, rewetting raised "
    "moss cover within five years, while methane emissions doubled at first and then fell below those of drained land."
)


def made(**fields: object) -> Paper:
    given = {"title": TITLE, "authors": ["Baker, B.", "Akkaya, I."]}
    return make_paper(Source("f", 1, 1), **{**given, **fields})


def joined(one: Paper, other: Paper):
    shared = [key for key in identities(one) if key in identities(other)]
    return next((found for key in shared if (found := match(one, other, key))), None)


def test_strongest_identity_comes_first() -> None:
    keys = identities(
        made(doi="10.1000/x", arxiv="2206.11795", pmid=5, pmcid="PMC7", openalex="W44", abstract=ABSTRACT, year=2000)
    )
    assert [key.split(":")[0] for key in keys] == ["doi", "arxiv", "pmid", "pmcid", "openalex", "title", "text"]
    assert keys[0] == "doi:10.1000/x"
    assert keys[5] == "title:learningactbywatchingunlabelledvideos|baker"


@pytest.mark.parametrize(
    ("one", "other", "version"),
    [
        ({"title": "Off-Belief Learning", "year": 2021}, {"title": "OFF BELIEF LEARNING.", "year": "2021-07"}, False),
        ({"authors": ["Quiñonero, J."], "year": 2021}, {"authors": ["J. Quinonero"], "year": 2022}, False),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": "Learning to act by watching videos"}, False),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": "通过观看无标签视频学习行动"}, False),
        ({"pmid": 5, "year": 2001}, {"pmid": 5, "title": ""}, False),
        ({"arxiv": "2206.11795v2"}, {"arxiv": "2206.11795", "doi": "10.1000/x"}, True),
        ({"arxiv": "1703.1084"}, {"arxiv": "1703.10840"}, False),  # was a number in a spreadsheet
        ({"arxiv": "math.GT/0309136"}, {"arxiv": "math/0309136"}, False),
        # A preprint and its article: another DOI, a later year, a longer author list.
        (
            {"doi": "10.48550/arXiv.2206.11795", "year": 2022, "abstract": ABSTRACT},
            {"doi": "10.1000/x", "year": 2024, "abstract": ABSTRACT + " And more.", "venue": "A Journal"},
            True,
        ),
        ({"doi": "10.1101/2020.01.01.1", "year": 2020}, {"doi": "10.1000/x", "year": 2021}, True),
        # Proceedings and journal: two DOIs, no preprint, the same abstract.
        (
            {"doi": "10.1000/a", "year": 2019, "abstract": ABSTRACT, "venue": "Proceedings of the Peat Conference"},
            {"doi": "10.1000/b", "year": 2021, "abstract": ABSTRACT, "venue": "Journal of Peat"},
            True,
        ),
        # A subtitle more, the same abstract.
        ({"abstract": ABSTRACT}, {"title": TITLE + ": VPT", "abstract": ABSTRACT}, False),
        (
            {"title": "Management of epilepsy", "abstract": ABSTRACT},
            {"title": "Management of epilepsy: drugs and quality of life", "abstract": ABSTRACT},
            False,
        ),
        ({"title": "", "authors": [], "abstract": ABSTRACT}, {"abstract": ABSTRACT}, False),
        ({"title": "RETRACTED: " + TITLE, "doi": "10.1000/x"}, {"doi": "10.1000/x"}, False),
    ],
)  # fmt: skip
def test_one_paper(one: dict[str, object], other: dict[str, object], version: bool) -> None:
    for first, second in ((one, other), (other, one)):
        found = joined(made(**first), made(**second))
        assert found is not None
        assert found.reason
        assert found.version == version


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": "Editorial", "doi": "10.1000/x"}, {"title": "Editorial", "doi": "10.1000/y"}),
        ({"title": "Introduction", "year": 2000}, {"title": "Introduction", "year": 2000}),
        ({"title": "Peat bogs, part I", "doi": "10.1000/x"}, {"title": "Peat bogs, part II", "doi": "10.1000/x"}),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": "Erratum: " + TITLE}),
        ({"year": 2001, "abstract": ABSTRACT}, {"year": 2001, "abstract": ABSTRACT, "authors": ["Else, S."]}),
        # The overview of a yearly task: the same title and authors, another text.
        ({"year": 2019, "abstract": ABSTRACT}, {"year": 2020, "abstract": OTHER}),
        ({"year": 2019, "doi": "10.1000/x"}, {"year": 2020, "doi": "10.1000/y"}),
        ({"year": 2003}, {"year": 2013}),
        # The same text under another title, as a thesis chapter has it: for review, not for merging.
        ({"abstract": ABSTRACT}, {"abstract": ABSTRACT, "title": "Inverse dynamics for policies in open worlds"}),
        # A group's next paper, with the abstract of the last but for a word in the title; half of it another text.
        (
            {"abstract": ABSTRACT, "year": 2012},
            {"abstract": ABSTRACT, "year": 2013, "title": TITLE.replace("videos", "games")},
        ),
        ({"abstract": ABSTRACT, "title": "Snakes on ice"}, {"abstract": ABSTRACT, "title": "Snakes on ice in 3D"}),
        (
            {"abstract": ABSTRACT, "title": "Snake robots under water"},
            {
                "abstract": ABSTRACT.replace("crafts tools in an open world", "swims with gloves below ice at night"),
                "title": "Snake robots under water that swim",
            },
        ),
        # Chapters that all carry the DOI of their book.
        ({"doi": "10.1000/b", "authors": ["A, B"]}, {"doi": "10.1000/b", "title": "Moss cover", "authors": ["C, D"]}),
        ({"authors": [], "year": 2000}, {"authors": [], "year": 2001}),
    ],
)  # fmt: skip
def test_two_papers(one: dict[str, object], other: dict[str, object]) -> None:
    assert joined(made(**one), made(**other)) is None
    assert joined(made(**other), made(**one)) is None


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Cancer statistics, 2019", "Cancer statistics, 2020", False),
        ("Hepatitis A in children", "Hepatitis B in children", False),
        ("A study of moss", "Study of the moss", True),
        ("Deep learning", "Deep learning for peat bogs in Ireland", False),
        ("Peat bogs of Ireland and their moss cover", "Peat bogs of Ireland and their moss cover: a review", True),
        ("Reply to Smith and others", "Smith and others", False),
        ("", "Anything", True),
    ],
)
def test_titles_agree(one: str, other: str, agree: bool) -> None:
    assert titles_agree(one, other) == agree == titles_agree(other, one)


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("van der Berg, Jan", "berg"),
        ("Jan van der Berg", "berg"),
        ("Berg J", "berg"),
        ("Smith JA", "smith"),
        ("García-Lorca, F.", "lorca"),
        ("King, Martin Luther, Jr.", "king"),
        ("世界", "世界"),
        ("", ""),
    ],
)
def test_family_name(author: str, name: str) -> None:
    assert family(author) == name


def test_what_is_a_preprint() -> None:
    assert is_preprint(made(doi="10.48550/arXiv.2206.11795"))
    assert is_preprint(made(venue="bioRxiv"))
    assert is_preprint(made(arxiv="2206.11795"))
    assert not is_preprint(made(arxiv="2206.11795", venue="NeurIPS"))
    assert not is_preprint(made(doi="10.1000/x", arxiv="2206.11795"))
    assert not is_preprint(made())


def test_merge_fills_gaps_and_keeps_the_longer() -> None:
    known = Paper(title="T", abstract="Short", authors=("A",), year=2000, id="7", sources=(Source("a", 1, 1),))
    new = Paper(title="U", abstract="Much longer", authors=("A", "B"), year=2001, doi="10.1000/x", collections=("C",),
                sources=(Source("b", 1, 1), Source("a", 1, 1)))  # fmt: skip
    merged = merge([known, new])
    assert (merged.title, merged.abstract, merged.authors) == ("T", "Much longer", ("A", "B"))
    assert (merged.year, merged.doi, merged.id, merged.collections) == (2000, "10.1000/x", "7", ("C",))
    assert merged.sources == (Source("a", 1, 1), Source("b", 1, 1))


def test_the_published_version_leads() -> None:
    preprint = made(title="Old title", arxiv="2206.11795", doi="10.48550/arXiv.2206.11795", year=2022, venue="arXiv")
    article = made(title="New title", doi="10.1000/x", year=2024, venue="A Journal")
    for merged in (merge([preprint, article]), merge([article, preprint])):
        assert (merged.title, merged.year, merged.venue) == ("New title", 2024, "A Journal")
        assert (merged.doi, merged.arxiv) == ("10.1000/x", "2206.11795")
