"""Titles, identifiers and links that are typed into the box: their paper comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conftest import ToyWith, paper
from explorer.filter import Filter
from explorer.library import Library
from explorer.library.lookup import look_up
from explorer.search.box.identifiers import mentions
from explorer.search.parse import Mode, parse
from explorer.search.question import Order, Question
from explorer.store import HIDDEN, Kind

PAPERS = (
    paper("Attention is all you need", "transformers translate", key="k0", arxiv="1706.03762", record=1),
    paper("Peat bogs", "moss and water", key="k1", doi="10.1000/abc.def", record=2),
    paper("An old theory", "strings", key="k2", arxiv="hep-th/9901001", record=3),
    paper("Trials of moss", "patients and moss", key="k3", pmid="31452104", pmcid="PMC6889000", record=4),
    paper("Graphs", "nodes", key="k4", openalex="W2741809807", record=5),
    paper("Words and more words", "language", key="k5", url="https://openreview.net/forum?id=abC-1", record=6),
    paper("Parsing “AND” gates: NOT a joke", "circuits", key="k6", doi="10.18653/v1/2020.acl-main.1", record=7),
    paper("Editorial", "of March", key="k7", record=8),
    paper("Editorial", "of April, on other things", key="k8", record=9),
    paper("Deep learning in nature", "nets", key="k9", doi="10.1038/nature14539", record=10),
    paper("A preprint", "cells", key="k10", doi="10.1101/2020.01.02.123456", record=11),
    paper('"Open quote and brackets) of moss', "moss", key="k11", record=12),
)


@pytest.fixture
def shelf(toy_with: ToyWith) -> Library:
    return toy_with(replace(each, id="") for each in PAPERS)


def first(library: Library, typed: str) -> str:
    return library.ask(Question(typed), 3).results[0].paper.title


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        *((typed, "Attention is all you need") for typed in (
            "1706.03762", "1706.03762v5", "arXiv:1706.03762", "arxiv: 1706.03762v2", "https://arxiv.org/abs/1706.03762",
            "arxiv.org/pdf/1706.03762v7.pdf", "http://www.arxiv.org/abs/1706.03762?context=cs",
            "https://doi.org/10.48550/arXiv.1706.03762", "Vaswani et al., arXiv:1706.03762, 2017",
            "attention is ALL you need.", "  Attention   is all you need ",
        )),
        *((typed, "Peat bogs") for typed in (
            "10.1000/abc.def", "doi:10.1000/ABC.DEF", "DOI: 10.1000/abc.def.", "https://doi.org/10.1000/abc.def",
            "http://dx.doi.org/10.1000%2Fabc.def", "doi.org/10.1000/abc.def", "(10.1000/abc.def)",
            "https://onlinelibrary.wiley.com/doi/full/10.1000/abc.def", "https://dl.acm.org/doi/pdf/10.1000/abc.def?download=1",
            "see 10.1000/abc.def for moss",
        )),
        ("hep-th/9901001", "An old theory"), ("https://arxiv.org/abs/hep-th/9901001v2", "An old theory"),
        ("31452104", "Trials of moss"), ("PMID: 31452104", "Trials of moss"), ("PMC6889000", "Trials of moss"),
        ("https://pubmed.ncbi.nlm.nih.gov/31452104/", "Trials of moss"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC6889000/", "Trials of moss"),
        ("https://openalex.org/W2741809807", "Graphs"), ("W2741809807", "Graphs"),
        ("https://openreview.net/forum?id=abC-1", "Words and more words"),
        ("https://aclanthology.org/2020.acl-main.1/", "Parsing “AND” gates: NOT a joke"),
        ("https://www.nature.com/articles/nature14539", "Deep learning in nature"),
        ("https://www.biorxiv.org/content/10.1101/2020.01.02.123456v2.full.pdf", "A preprint"),
        ('Parsing "AND" gates: NOT a joke', "Parsing “AND” gates: NOT a joke"),
        ('"Open quote and brackets) of moss', '"Open quote and brackets) of moss'),
        ("editorial", "Editorial"),
    ],
)  # fmt: skip
def test_a_title_an_identifier_or_a_link_gives_its_paper_first(shelf: Library, typed: str, title: str) -> None:
    assert first(shelf, typed) == title


def test_several_identifiers_lead_in_their_order(shelf: Library) -> None:
    answer = shelf.ask(Question("10.1038/nature14539, 1706.03762; PMID 31452104"), 3)
    assert [result.paper.title for result in answer.results] == [
        "Deep learning in nature", "Attention is all you need", "Trials of moss",
    ]  # fmt: skip
    assert answer.query is not None and answer.query.remarks == ("Read as identifiers or links of 3 papers",)


def test_what_is_not_here_is_said_and_the_list_is_not_empty(shelf: Library) -> None:
    answer = shelf.ask(Question("https://doi.org/10.9999/nothing.here"), 3)
    assert answer.query is not None and len(answer.results) == 3
    assert answer.query.remarks == ("No paper here has the identifier or link https://doi.org/10.9999/nothing.here",)


@pytest.mark.parametrize(
    "typed", ["2019", "covid-19 in 2020", "p53 moss", "1:2", "3d", "moss 12345", "graphs", "a, b; c"]
)
def test_words_are_no_identifiers(typed: str) -> None:
    named, rest = mentions(typed)
    assert not named and rest == typed


def test_a_title_is_read_as_a_strategy_by_a_click(shelf: Library) -> None:
    typed = 'Parsing "AND" gates: NOT a joke'
    query = look_up(Question(typed), shelf._store).query
    assert (query.text, query.within, query.both) == (typed, Filter(), True)
    assert look_up(Question(typed, mode=Mode.STRATEGY), shelf._store).query.within
    shelf.saved.put("kept", Question(typed, mode=Mode.STRATEGY))
    assert shelf.saved.all()[0].question.mode is Mode.STRATEGY


def test_a_named_paper_leads_only_where_it_passes(shelf: Library) -> None:
    titles = [r.paper.title for r in shelf.ask(Question("Peat bogs", within=Filter(author="nobody")), 3).results]
    assert titles == []
    key = shelf.snapshot.paper("10.1000/abc.def").id
    shelf.marks.put(Kind.COLLECTION, HIDDEN, key)
    assert first(shelf, "10.1000/abc.def") != "Peat bogs"


def test_a_list_is_sorted_by_what_stands_in_its_papers(toy: Library) -> None:
    rows = (("Zinc moss", 2001, "Adams, B.", ""), ("a moss", 2010, "", "Bogs"), ("Moss", None, "Zuse, A.", "arctic"))
    toy.add(
        paper(
            title, "moss and water", record=n, key=f"k{n}", year=year, authors=[author] if author else [], venue=venue
        )
        for n, (title, year, author, venue) in enumerate(rows, 1)
    )

    def titles(order: Order) -> list[str]:
        return [result.paper.title for result in toy.ask(Question("moss water", order=order), 3).results]

    assert titles(Order.TITLE) == ["a moss", "Moss", "Zinc moss"]
    assert titles(Order.YEAR) == ["a moss", "Zinc moss", "Moss"]
    assert titles(Order.AUTHOR) == ["Zinc moss", "Moss", "a moss"]
    assert titles(Order.VENUE) == ["Moss", "a moss", "Zinc moss"]


WITHOUT = [
    *(f"{rest} {how} {name}" for name, rest in (
        ("lidar", "SLAM"), ("convolution", "image classification"), ("supervision", "object detection"),
        ("pretraining", "language models"), ("cameras", "navigation of robots"),
    ) for how in ("without", "not using", "without any", "but not")),
]  # fmt: skip


@pytest.mark.parametrize("typed", WITHOUT)
def test_what_a_sentence_is_to_be_without_is_not_brought_up(typed: str) -> None:
    """The list is that of the sentence without the phrase, so that the share of what is unwanted cannot be higher."""
    rest = next(rest for rest in ("SLAM", "image classification", "object detection", "language models",
                                  "navigation of robots") if typed.startswith(rest))  # fmt: skip
    query = parse(typed)
    assert query == parse(rest) and query.remarks[0].endswith(f"write -{typed.split()[-1]}")


@pytest.mark.parametrize(
    ("typed", "ranked"),
    [
        ("peat-free bogs", "bogs"), ("No peat bogs", "bogs"), ("bogs, no peat added", "bogs, added"),
        ("non-peat bogs", "bogs"), ("bogs free of peat", "bogs"), ("bogs w/o peat", "bogs"),
        ("moss-free hills", "moss-free hills"),  # papers say so
        ("quartz-free valleys", "quartz-free valleys"),  # no paper holds it
        ("no", "no"), ("peat-free", "peat-free"), ("bogs with no-till farming", "bogs with no-till farming"),
    ],
)  # fmt: skip
def test_what_is_unwanted_in_a_word_is_not_brought_up_unless_it_is_a_name(
    shelf: Library, typed: str, ranked: str
) -> None:
    shelf.add([paper("Moss-free valleys", "stones", key="n1", record=20)])
    query = shelf.ask(Question(typed), 3).query
    assert (query.text, bool(query.remarks)) == (ranked, typed != ranked)


def test_conditions_alone_list_their_papers(shelf: Library) -> None:
    titles = {result.paper.title for result in shelf.ask(Question("-moss -title:editorial"), 20).results}
    assert len(titles) == 7 and "Peat bogs" not in titles
    assert {r.paper.title for r in shelf.ask(Question("moss doi:10.1000/abc.def"), 9).results} == {"Peat bogs"}
    shelf.saved.put("conditions", Question("-moss"))
    shelf.add([paper("New moss", "moss", key="n1", record=20), paper("New stone", "stone", key="n2", record=21)])
    assert [result.paper.title for result in shelf.saved.news("conditions")[0].papers] == ["New stone"]


@pytest.mark.parametrize(
    ("typed", "authors"),
    [
        ("T. Reed", "Reed, Tom"), ("Tom Q. Reed", "Tom Reed"), ("Reed, Tom", "Reed T"), ("Hao Su", "Su, Hao"),
        ("Jan van der Berg", "van der Berg, J."), ("Zoë Müller", "Mueller, Z."),
    ],
)  # fmt: skip
def test_what_an_author_wrote_leads_when_the_name_is_typed(toy: Library, typed: str, authors: str) -> None:
    words = " ".join(typed.replace(",", "").split())
    toy.add(
        [
            *(paper(f"{words} {words} {n}", f"{words} of mosses and $T$ rounds {n}", record=n) for n in range(1, 9)),
            paper("Lakes", "Water in lakes.", key="own", authors=[authors], record=9),
        ]
    )
    answer = toy.ask(Question(typed), 3)
    assert answer.results[0].paper.title == "Lakes"
    assert "Read as a name" in answer.query.remarks[0] and answer.verdict.remark == ""


@pytest.mark.parametrize("typed", ["Tom Reed on mosses", "papers by Tom Reed, mosses", "mosses: T. Q. Reed (rounds)"])
def test_what_an_author_wrote_leads_when_the_name_stands_among_other_words(toy: Library, typed: str) -> None:
    others = (paper(f"Mosses {n}", f"rounds of mosses and papers {n}", record=n) for n in range(1, 9))
    authors = {"own": "Reed, Tom Q.", "initials": "Reed, T.", "brother": "Reed, Tim"}
    own = (paper(f"Lakes of {key}", "Water in lakes.", key=key, authors=[authors[key]]) for key in authors)
    toy.add([*others, *own])
    answer = toy.ask(Question(typed), 4)
    lead = [result.paper.authors for result in answer.results if result.paper.title.startswith("Lakes")]
    assert answer.results[0].paper.title.startswith("Lakes") and ("Reed, Tom Q.",) in lead
    assert answer.results[0].level.value == "close"
    assert "is read as a name" in answer.query.remarks[0]
    assert "T. Q." in typed or all("Tim" not in name for names in lead for name in names)


@pytest.mark.parametrize("typed", ["mosses of Reed", "reeds on Mosses", "Tom Moss Reed Rounds Papers Mosses"])
def test_words_that_are_no_name_in_full_lead_to_nobody(toy: Library, typed: str) -> None:
    toy.add([*(paper(f"Mosses {n}", f"mosses {n}", record=n) for n in range(1, 9)),
             paper("Lakes", "Water in lakes.", key="own", authors=["Reed, Tom"])])  # fmt: skip
    assert not toy.ask(Question(typed), 3).query.remarks


@pytest.mark.parametrize(
    "typed", ["Deep Learning", "deep learning in nature today", "MIT DES", "Graph Neural Networks"]
)
def test_what_nobody_here_is_called_is_no_name(shelf: Library, typed: str) -> None:
    assert not shelf.ask(Question(typed), 3).query.remarks


def test_what_fulfils_conditions_alone_is_no_guess(shelf: Library) -> None:
    answer = shelf.ask(Question("-author:Nobody"), 3)
    assert len(answer.results) == 3
    assert (answer.verdict.level.value, answer.verdict.remark) == ("close", "")
    assert shelf.ask(Question("author:Nobody"), 3).verdict.level.value == "nothing"
