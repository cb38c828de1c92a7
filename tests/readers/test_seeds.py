"""The two seed documents and files like them."""

from __future__ import annotations

import pytest

from conftest import DATA, ROOT
from explorer.paper import Paper
from explorer.readers import read, recognise
from explorer.readers.formats.seeds import author_pairs
from support.files import Write, papers, reasons, titles

ABSTRACTS = ROOT / "seeds" / "000_e31c5f9634a5315c.txt"
AUTHOR_LIST = ROOT / "seeds" / "003_4fb6813f9c0b5c43.txt"


# ----------------------------------------------------------------------------------------------------------- seeds


def test_abstracts_seed_has_three_untitled_papers() -> None:
    found = list(read(ABSTRACTS))
    assert recognise(ABSTRACTS) == "abstracts"
    assert [(item.title, item.authors, item.year) for item in found if isinstance(item, Paper)] == [("", (), None)] * 3
    assert [item.sources[0].line for item in found if isinstance(item, Paper)] == [1, 2, 3]
    assert [item.abstract[:24] for item in found if isinstance(item, Paper)] == [
        "The o1 model series is t",
        "Pretraining on noisy, in",
        "An important challenge i",
    ]
    assert papers(ABSTRACTS)[1].abstract.endswith("(24,000 environment actions) of gameplay to accomplish.")


def test_author_list_seed_titles_in_order() -> None:
    assert recognise(AUTHOR_LIST) == "author list"
    assert reasons(AUTHOR_LIST) == []
    assert titles(AUTHOR_LIST) == [
        "OpenAI o1 System Card",
        "Abstracting Imperfect Information Away from Two-Player Zero-Sum Games",
        "The Update Equivalence Framework for Decision-Time Planning",
        "A Unified Approach to Reinforcement Learning, Quantal Response Equilibria, and Two-Player Zero-Sum Games",
        "Modeling Strong and Human-Like Gameplay with KL-Regularized Search",
        "No-Press Diplomacy from Scratch",
        "Scalable Online Planning via Reinforcement Learning Fine-Tuning",
        "Learned Belief Search: Efficiently Improving Policies in Partially Observable Settings",
        "Off-Belief Learning",
        "Safe Search for Stackelberg Equilibria in Extensive-Form Games",
    ]


def test_author_list_seed_authors() -> None:
    # Counted with paste, sort and uniq: 263 pairs, of which ":" is nobody and "Chowdhury, Neil" stands twice.
    found = papers(AUTHOR_LIST)
    assert len(found[0].authors) == 261
    assert found[0].authors[:3] == ("OpenAI", "Jaech, Aaron", "Kalai, Adam")
    assert found[0].authors[-1] == "Li, Zhuohan"
    assert {"Candela, Joaquin Quiñonero", "O'Connell, Ian", "Li, Chak Ming", "Guan, Melody Y."} <= set(found[0].authors)
    assert [len(paper.authors) for paper in found[1:]] == [6, 7, 8, 7, 4, 5, 4, 7, 2]
    assert found[4].authors == (
        "Jacob, Athul Paul", "Wu, David J.", "Farina, Gabriele", "Lerer, Adam", "Bakhtin, Anton", "Andreas, Jacob",
        "Brown, Noam",
    )  # fmt: skip


def test_author_list_seed_keeps_latex_and_the_shared_abstract() -> None:
    found = papers(AUTHOR_LIST)
    assert r"\emph{Learned Belief Search} (LBS)" in found[7].abstract
    assert r"55% ~ 91% of the benefit" in found[7].abstract
    assert r"$35.8 \times$ ~ $4.6 \times$" in found[7].abstract
    assert r"off-belief learning} (OBL)" in found[8].abstract
    assert r"($\pi_0$)" in found[8].abstract
    assert found[0].abstract == papers(ABSTRACTS)[0].abstract


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("OpenAI, null, :, null, Jaech, Aaron", ["OpenAI", "Jaech, Aaron"]),
        ("Ling, Chun Kai, Brown, Noam", ["Ling, Chun Kai", "Brown, Noam"]),
        ("Brown, Noam, Lerer", ["Brown, Noam", "Lerer"]),
        (":, null", []),
    ],
)
def test_author_pairs(text: str, pairs: list[str]) -> None:
    assert author_pairs(text) == pairs


def test_incomplete_triple_at_the_end_is_a_problem_with_its_line() -> None:
    path = DATA / "incomplete_triple.txt"
    assert titles(path) == ["First title"]
    [(record, line, reason)] = reasons(path)
    assert (record, line) == (2, 5)
    assert reason.startswith("the abstract is missing after “Second title”")


def test_missing_abstract_does_not_shift_the_papers_after_it() -> None:
    path = DATA / "missing_abstract.txt"
    assert [(paper.title, paper.abstract) for paper in papers(path)] == [("Second title", "Second abstract.")]
    assert [(record, line) for record, line, _ in reasons(path)] == [(1, 2)]


def test_odd_author_parts_are_read_and_noted() -> None:
    path = DATA / "flattened_odd.txt"
    assert papers(path)[0].authors == ("Brown, Noam", "Lerer")
    assert [(record, line) for record, line, _ in reasons(path)] == [(0, 3)]


def test_abstract_over_several_lines_and_an_empty_one(write: Write) -> None:
    path = write("a.txt", "Abstract: One\ntwo.\n\nAbstract:\nAbstract:three")
    assert [paper.abstract for paper in papers(path)] == ["One\ntwo.", "three"]
    assert [(record, line) for record, line, _ in reasons(path)] == [(2, 4)]
