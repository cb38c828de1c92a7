"""Answers to long texts and missing citations: the ranking by hand, the library with toy and real papers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ToyWith, paper
from embeddings.toy import ToyEncoder
from explorer.drafts.manuscript import Citation, read_manuscript
from explorer.drafts.ranking import DEPTH, Ranking, best, best_pair, citation_closeness
from explorer.drafts.suggestions import Suggestions
from explorer.errors import EmptyDraft
from explorer.filter import Filter
from explorer.library import Library
from explorer.paper import Paper

# ------------------------------------------------------------------------------------------------- the ranking


def ranking(*rows: int, similarity: float = 0.5) -> Ranking:
    return Ranking(np.array(rows, np.int64), np.full(len(rows), similarity, np.float32))


def rows_of(rankings: list[Ranking], k: int, evidence: np.ndarray | None = None) -> list[int]:
    return [place.row for place in best(rankings, k, evidence)]


def test_one_passage_keeps_its_order() -> None:
    assert rows_of([ranking(7, 3, 9, 1)], 3) == [7, 3, 9]
    assert best([ranking(7)], 5)[0].passages == (0,)
    assert best([], 5) == best([ranking()], 5) == []


def test_a_row_counts_as_for_its_best_passage_and_once() -> None:
    # 5 is second twice, 1 and 2 are first once; a mean would put 5 first.
    places = best([ranking(1, 5, 3), ranking(2, 5, 4)], 10)
    assert [place.row for place in places] == [1, 2, 5, 3, 4]
    assert [place.passage for place in places] == [0, 1, 0, 0, 1]
    assert places[2].passages == (0, 1)


def test_a_passage_that_the_library_is_close_to_goes_first() -> None:
    places = best([ranking(1, 2, 3, similarity=0.1), ranking(4, 5, 6, similarity=0.6)], 4)
    # e^(4 · 0.5) is 7.4 ranks: all three of the near passage come before the first of the far one.
    assert [place.row for place in places] == [4, 5, 6, 1]


def test_a_row_is_shown_with_the_passage_it_ranks_best_for() -> None:
    # First for the far passage and second for the near one, whose nearness lifts it.
    place = best([ranking(1, 2, similarity=0.1), ranking(3, 1, similarity=0.6)], 2)[1]
    assert (place.row, place.passage, place.passages) == (1, 0, (0, 1))


def test_evidence_lifts_what_lies_beside_the_cited_and_adds_what_no_passage_found() -> None:
    evidence = np.full(10, -np.inf, np.float32)
    evidence[[2, 8]] = 0.9, 0.8
    assert rows_of([ranking(1, 2, 3)], 5) == [1, 2, 3]
    # ranks (passage, evidence): 2 → (2, 1), 1 → (1, 301), 3 → (3, 301), 8 → (301, 2)
    assert rows_of([ranking(1, 2, 3)], 5, evidence) == [2, 1, 3, 8]
    assert 0 not in rows_of([ranking(1)], 10, evidence)  # -inf: never


def test_beside_is_a_soft_maximum_over_the_cited() -> None:
    vectors = np.eye(4, dtype=np.float32)
    vectors[3] = [0.6, 0.8, 0, 0]
    allowed = np.array([False, False, True, True])
    found = citation_closeness(vectors, np.array([0, 1]), allowed)
    assert np.isneginf(found[:2]).all()
    assert found[2] == pytest.approx(0.0, abs=1e-5)
    assert found[3] == pytest.approx(np.log((np.exp(20 * 0.6) + np.exp(20 * 0.8)) / 2) / 20, abs=1e-5)
    assert 0.7 < found[3] < 0.8


def test_the_best_pair_of_sentences() -> None:
    ours = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    theirs = np.array([[0, 0, 1], [0.6, 0.8, 0]], np.float32)
    assert best_pair(ours, theirs) == (1, 1, pytest.approx(0.8))


def test_deep_answers_are_as_many_as_asked_for() -> None:
    assert len(best([ranking(*range(500))], 450)) == 450 > DEPTH


# ------------------------------------------------------------------------------------------------- the library

BOGS = "Peat bogs store carbon because wet moss decays slowly in cold water without air all year."
STARS = "Old stars burn helium in their cores and shed dust that later forms rocky planets nearby."
BIRDS = "Young finches learn their songs from adult birds and repeat them with small errors each spring."
DRAFT = "\n\n".join((f"# Land\n{BOGS} {BOGS}", f"# Sky\n{STARS} {STARS}"))


def shuffled(text: str, seed: int, keep: int = 10) -> str:
    words = text.rstrip(".").split()
    return " ".join(np.random.default_rng(seed).permutation(words)[:keep])


@pytest.fixture
def three(toy_with: ToyWith) -> Library:
    """Eight papers each about bogs, stars and birds."""
    return toy_with(
        paper(
            f"{name} {i}", shuffled(text, i), record=i + 1, key=f"{name}{i}", authors=[f"{name}{i}, A."], year=2000 + i
        )
        for name, text in (("Bog", BOGS), ("Star", STARS), ("Bird", BIRDS))
        for i in range(8)
    )


def names(found: Suggestions) -> list[str]:
    return [one.result.paper.id for one in found.suggestions]


def test_answers_say_which_passage_and_how_similar(three: Library) -> None:
    found = three.drafts.passages(DRAFT, k=16)
    assert [one.heading for one in found.passages] == ["Land", "Sky"]
    assert {one.result.paper.id[:3] for one in found.results} == {"Bog", "Sta"}
    for one in found.results:
        best_passage = one.passages[0]
        assert best_passage.heading == ("Land" if one.result.paper.id.startswith("Bog") else "Sky")
        vectors = ToyEncoder().encode([best_passage.text, f"{one.result.paper.title}. {one.result.paper.abstract}"])
        assert one.similarities[0] == pytest.approx(one.result.similarity, abs=1e-6)
        assert one.result.similarity == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-5)


def test_answers_keep_to_the_filter_and_number_k(three: Library) -> None:
    found = three.drafts.passages(DRAFT, k=9, within=Filter(year=(2004, None)))
    assert len(found.results) == 9
    assert all(one.result.paper.year >= 2004 for one in found.results)
    assert len(three.drafts.passages(DRAFT, k=1000).results) == 24


def test_nothing_cited_is_suggested_however_it_is_named(three: Library) -> None:
    three.add(
        [paper("A long title about bogs", BOGS, key="x", authors=["Moss, P."], doi="10.1000/bog", arxiv="2101.00001")]
    )
    assert "x" in names(three.missing(DRAFT, k=25))
    for cited in (
        "x", "10.1000/BOG", "https://doi.org/10.1000/bog", "arXiv:2101.00001v3", "A long title about Bogs",
        "long title about bogs", "[3] P. Moss: A long title about bogs. Journal of Peat 3, 2020.",
        Paper(title="A long title about bogs"),
        Paper(title="A Long Title About Bogs", authors=("Peter Moss",), year=1990),
        Paper(doi="10.1000/bog"), Citation("3", Paper(arxiv="2101.00001")),
        Citation("3", text="Moss, P. (2020) A long title about bogs, in: Peat."),
    ):  # fmt: skip
        found = three.missing(DRAFT, [cited], k=25)
        assert "x" not in names(found), cited
        assert len(found.suggestions) == 24
        assert [one.papers[0].id for one in found.here] == ["x"]
        assert not found.elsewhere


def test_what_is_not_here_is_told_and_hides_nothing(three: Library) -> None:
    three.add([paper("Learning", BOGS, key="short", authors=["Moss, P."])])
    given = (
        "10.1000/unknown", "Bog", Paper(title="A title nobody knows of"), Citation("smith2020"),
        "A. Smith: Learning from learning. 2020", Paper(title="Learning", authors=("Fern, Q.",)),
    )  # fmt: skip
    found = three.missing(DRAFT, given, k=25)
    assert len(found.suggestions) == 25
    assert not found.here
    reasons = {one.label: one.reason for one in found.elsewhere}
    assert reasons["Bog"] == "8 papers answer to it; say which by its id"
    assert "give the bibliography" in reasons["smith2020"]
    assert reasons["10.1000/unknown"] == reasons["A title nobody knows of"] == ""


def test_versions_of_a_cited_paper_are_cited(three: Library) -> None:
    long = f"{BOGS} {STARS} {BIRDS}"
    three.add(
        [
            paper("Carbon in peat and stars", long, record=1, key="old", authors=["Moss, P."], year=2001, doi="10.1/a"),
            paper(
                "Carbon in peat and stars and birds",
                long,
                record=2,
                key="new",
                authors=["Moss, P."],
                year=2009,
                doi="10.1/b",
            ),
        ]
    )
    assert {"old", "new"} <= {one.id for one in three.snapshot.papers()}
    assert not {"old", "new"} & set(names(three.missing(DRAFT, ["old"], k=30)))


def test_citations_are_evidence(three: Library) -> None:
    # The draft says nothing of birds; what it cites does.
    plain = three.missing(DRAFT, k=26)
    told = three.missing(DRAFT, ["Bird0", "Bird1"], k=22)
    assert min(i for i, name in enumerate(names(told)) if name.startswith("Bird")) < min(
        i for i, name in enumerate(names(plain)) if name.startswith("Bird")
    )
    assert all(one.cited is None for one in plain.suggestions)
    assert all(one.cited.id in ("Bird0", "Bird1") for one in told.suggestions)


def test_suggestions_by_passage_with_the_sentences_that_matter(three: Library) -> None:
    text = f"# Land\n{BIRDS} {BOGS}\n\n# Sky\n{STARS}"
    three.add([paper("Both", f"{shuffled(STARS, 1)} in winter here. {BOGS}", key="both", authors=["Moss, P."])])
    found = three.missing(text, k=6)
    assert [passage.heading for passage, _ in found.by_passage] == ["Land", "Sky"]
    assert sum(len(ones) for _, ones in found.by_passage) == 6
    both = next(one for one in three.missing(text, k=25).suggestions if one.result.paper.id == "both")
    assert both.passage.heading == "Land"
    assert (both.pair.ours, both.pair.theirs, both.pair.similarity) == (BOGS, BOGS, pytest.approx(1.0))
    assert all(one.pair is None for one in three.drafts.missing(text, k=3, sentences=False).suggestions)


@pytest.mark.parametrize("text", ["", "  \n\n ", "# Heading\n", "# References\n\n[1] Moss. Peat. 2020."])
def test_an_empty_draft_is_refused(three: Library, text: str) -> None:
    for verb in (three.drafts.passages, three.missing):
        with pytest.raises(EmptyDraft, match="holds no prose"):
            verb(text)


def test_quotes_and_minus_in_a_draft_are_only_words(three: Library) -> None:
    assert three.missing('He said "moss -bogs year:2090 author:nobody', k=3).suggestions


@settings(max_examples=25, deadline=None)
@given(
    cited=st.lists(st.integers(0, 23), max_size=24, unique=True),
    k=st.integers(1, 30),
    text=st.lists(st.sampled_from([BOGS, STARS, BIRDS, "\n\n", "Unrelated words only."]), min_size=1, max_size=12),
)
def test_always_k_and_never_a_cited_one(tmp_path_factory, cited, k, text) -> None:  # type: ignore[no-untyped-def]
    library = _of_24(tmp_path_factory)
    ids = [one.id for one in library.snapshot.papers()]
    said = " ".join(text)
    if not said.strip():
        return
    found = library.drafts.missing(said, [ids[i] for i in cited], k, sentences=False)
    assert not set(names(found)) & {ids[i] for i in cited}
    assert len(set(names(found))) == len(found.suggestions) == min(k, 24 - len(cited))
    assert len(found.here) == len(cited)


_MADE: list[Library] = []


def _of_24(tmp_path_factory) -> Library:  # type: ignore[no-untyped-def]
    if not _MADE:
        library = Library.open(tmp_path_factory.mktemp("of24"), encoder=ToyEncoder())
        library.add(paper(f"Paper {i}", shuffled(BOGS + " " + STARS, i), record=i + 1, key=f"p{i}") for i in range(24))
        _MADE.append(library)
    return _MADE[0]


# -------------------------------------------------------------------------------------------- the real model

SEED_DRAFT = """# Coordination

Agents that learn by self-play invent arbitrary conventions, and fail with partners they have never met. We learn
policies that are grounded in beliefs about hidden cards, tested in Hanabi.

# Learning from video

Unlabelled videos hold a wealth of behaviour. We infer the actions of players from few labels and let an agent imitate
people who play Minecraft online.
"""


def test_the_seeds_answer_the_passage_they_are_about(seed_folder, real_encoder) -> None:  # type: ignore[no-untyped-def]
    with Library.open(seed_folder, encoder=real_encoder) as library:
        found = library.missing(SEED_DRAFT, k=4)
        groups = {passage.heading: [one.result.paper.heading for one in ones] for passage, ones in found.by_passage}
        assert "Off-Belief Learning" in groups["Coordination"][:2]
        assert groups["Learning from video"][0].startswith("Pretraining on noisy")
        video = next(one for one in found.suggestions if one.passage.heading == "Learning from video")
        assert "Minecraft" in video.pair.ours
        assert "Minecraft" in video.pair.theirs
        draft = read_manuscript(
            f"{SEED_DRAFT}\n# References\n\n[1] Hu et al. Off-Belief Learning. ICML 2021.".encode(), "d.md"
        )
        told = library.missing(draft.text, draft.cited, k=4)
        assert [one.papers[0].title for one in told.here] == ["Off-Belief Learning"]
        assert "Off-Belief Learning" not in [one.result.paper.title for one in told.suggestions]
