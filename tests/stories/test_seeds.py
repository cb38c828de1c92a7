"""The seeds with the real model, and ten thousand real papers."""

import pytest

from conftest import SEEDS, shared
from embeddings.toy import ToyEncoder
from explorer.filter import Filter
from explorer.library import Library
from explorer.search.parse import BadQuery


@pytest.fixture
def seeds(seed_folder):
    with Library.open(seed_folder, write=False) as library:
        yield library


def nearest_titles(library, name, k):
    return [r.paper.heading for r in library.similar(name, k=k)]


def test_seeds_give_twelve_papers_of_which_two_have_no_title(seeds):
    info = seeds.records.info()
    assert (info.papers, info.vectors, info.on_map, info.without_title, info.without_abstract) == (12, 12, 12, 2, 0)


def test_the_o1_card_is_one_paper_from_both_files(seeds):
    card = seeds.snapshot.paper("OpenAI o1 System Card")
    assert sorted(s.file for s in card.sources) == sorted(path.name for path in SEEDS)
    assert "Candela, Joaquin Quiñonero" in card.authors
    assert card.abstract.startswith("The o1 model series is trained")


def test_seed_neighbours_are_right(seeds):
    press, search = (
        "No-Press Diplomacy from Scratch",
        "Modeling Strong and Human-Like Gameplay with KL-Regularized Search",
    )
    assert nearest_titles(seeds, press, 1) == [search]
    assert nearest_titles(seeds, search, 1) == [press]
    assert "Off-Belief Learning" in nearest_titles(seeds, "Learned Belief Search", 3)
    assert any("Learned Belief" in title for title in nearest_titles(seeds, "Off-Belief Learning", 3))
    videos, curriculum = "Pretraining on noisy", "An important challenge in reinforcement"
    assert nearest_titles(seeds, videos, 1)[0].startswith(curriculum)
    assert nearest_titles(seeds, curriculum, 1)[0].startswith(videos)


def test_seed_questions_find_what_they_ask_for(seeds):
    found = seeds.search("playing Minecraft from videos", k=1)[0].paper
    assert "online videos of people playing Minecraft" in found.abstract
    first = seeds.search("hidden information in card games", k=1)[0].paper.abstract
    assert "Hanabi" in first or "poker" in first


def test_names_and_phrases_find_their_papers(seeds):
    def titles(question):
        return [result.paper.title for result in seeds.search(question, 3)]

    assert titles("DORA")[0] == "No-Press Diplomacy from Scratch"  # the name of its algorithm
    assert "Hanabi" in seeds.search("Hanabi", 1)[0].paper.abstract
    assert titles('"off-belief learning" -poker') == ["Off-Belief Learning"]
    assert all("Brown, Noam" in result.paper.authors for result in seeds.search('games author:"Noam Brown"'))
    with pytest.raises(BadQuery, match="no year or range"):
        seeds.search("games year:x")


def test_a_pasted_abstract_finds_its_paper(seeds):
    card = seeds.snapshot.paper("Off-Belief Learning")
    best = seeds.search(card.abstract, k=1)[0]
    assert best.paper.id == card.id
    assert best.similarity > 0.9


def test_ten_thousand_real_papers_read_without_loss(tmp_path):
    with Library.open(tmp_path / "lib", encoder=ToyEncoder()) as library:
        report = library.add(shared("corpora", "conferences_10k.jsonl.gz"))
        assert (report.read, report.added, report.merged, len(report.problems)) == (10_000, 10_000, 0, 0)
        assert len(library.map) == 10_000
        inside = library.search("slam", k=10, within=Filter(year=(2015, 2015)))
        assert len(inside) == 10
        assert {r.paper.year for r in inside} == {2015}
