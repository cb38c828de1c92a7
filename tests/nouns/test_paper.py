"""Papers: raw fields made clean, what makes two records one paper, how a paper is called."""

from __future__ import annotations

import pytest

from explorer.paper import (
    Paper,
    Source,
    author_name,
    canonical_doi,
    embedding_text,
    make_paper,
    text_hash,
)

SOURCE = Source("refs.csv", 3, 7, "k3")


def made(**fields: object) -> Paper:
    return make_paper(SOURCE, **fields)


def test_make_paper_cleans_every_field() -> None:
    paper = made(
        title="  A\n title  ",
        abstract=" Line one\r\nline two ",
        authors=["Brown, Noam", "null", ":", "Brown, Noam", {"family": "Li", "given": "Bo"}],
        year="published 12 June 2017",
        venue=" NeurIPS ",
        doi="https://doi.org/10.1000/ABC.",
        pmid="PMID: 123",
        url="https://example.org",
        keywords="a; b c;",
    )
    assert (paper.title, paper.abstract) == ("A title", "Line one\nline two")
    assert paper.authors == ("Brown, Noam", "Li, Bo")
    assert (paper.year, paper.venue, paper.doi, paper.pmid) == (2017, "NeurIPS", "10.1000/abc", "123")
    assert (paper.keywords, paper.id, paper.sources) == (("a", "b c"), "k3", (SOURCE,))


def test_make_paper_refuses_unknown_fields() -> None:
    with pytest.raises(TypeError):
        made(titel="x")


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Smith, John A.", ("Smith, John A.",)),
        ("J. Smith, A. Jones", ("J. Smith", "A. Jones")),
        ("Smith, J., Jones, A. B.", ("Smith, J.", "Jones, A. B.")),
        ("Liu R., Adler D.G.", ("Liu R.", "Adler D.G.")),
        ("Marx, Karl and Engels, Friedrich", ("Marx, Karl", "Engels, Friedrich")),
        ("A. Smith, B. Jones, and C. White", ("A. Smith", "B. Jones", "C. White")),
        ("van der Berg, Jan", ("van der Berg, Jan",)),
        ("A. Hayashi; S. Raj Paul", ("A. Hayashi", "S. Raj Paul")),
        ("Alexander and Brown", ("Alexander", "Brown")),
        ("OpenAI", ("OpenAI",)),
        ("", ()),
    ],
)
def test_authors_in_one_string(written: str, authors: tuple[str, ...]) -> None:
    assert made(authors=written).authors == authors


@pytest.mark.parametrize(
    ("written", "year"),
    [
        (1500, 1500),
        (2100, 2100),
        (1499, None),
        (2101, None),
        ("2014//", 2014),
        ("12345", None),
        (True, None),
        ("", None),
    ],
)
def test_year(written: object, year: int | None) -> None:
    assert made(year=written).year == year


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        ("10.1109/IPDPSW50202.2020.00117", "10.1109/ipdpsw50202.2020.00117"),
        ("doi:10.1000/X)", "10.1000/x"),
        ("https://doi.org/10.1016/S0140-6736(05)", "10.1016/s0140-6736(05)"),
        ("10.1", ""),
        (None, ""),
    ],
)
def test_canonical_doi(written: object, doi: str) -> None:
    assert canonical_doi(written) == doi


@pytest.mark.parametrize(("author", "spoken"), [("Brown, Noam", "Noam Brown"), ("OpenAI", "OpenAI")])
def test_author_name(author: str, spoken: str) -> None:
    assert author_name(author) == spoken


def test_heading_is_the_title_or_the_first_sentence() -> None:
    assert Paper(title=r"The $\pi_0$ policy").heading == "The π₀ policy"
    assert Paper(abstract="We study poker games. Then we stop.").heading == "We study poker games."
    assert Paper().heading == "(no title, no abstract)"
    long = Paper(abstract="word " * 60).heading
    assert len(long) <= 122
    assert long.endswith("word …")
    assert (Paper(title="T").has_title, Paper(abstract="A").has_title) == (True, False)


def test_links_are_web_addresses_only() -> None:
    assert Paper(doi="10.1000/x", arxiv="2206.11795", pmid="1").links == {
        "DOI": "https://doi.org/10.1000/x",
        "arXiv": "https://arxiv.org/abs/2206.11795",
        "PubMed": "https://pubmed.ncbi.nlm.nih.gov/1/",
    }
    assert Paper(url="https://example.org/x").links == {"Link": "https://example.org/x"}
    for url in ("javascript:alert(1)", 'https://x" onclick="y', "file:///etc/passwd", ""):
        assert Paper(url=url).links == {}


def test_embedding_text_joins_readable_title_and_abstract() -> None:
    assert embedding_text(Paper(title=r"On $\alpha$", abstract="We do.")) == "On α. We do."
    assert embedding_text(Paper(title="Why?", abstract="So.")) == "Why? So."
    assert embedding_text(Paper(abstract="Only.")) == "Only."


def test_text_hash_tells_texts_apart() -> None:
    assert text_hash("a") == "ca978112ca1bbdcafac231b39a23dc4d"
    assert text_hash("a") != text_hash("b")
