"""Several libraries together answer as a single library of all their papers."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.errors import AmbiguousPaper, LibraryError, UnknownPaper, UnknownTopic
from explorer.filter import Filter
from explorer.libraries.libraries import Libraries
from explorer.libraries.names import names_of
from explorer.library import Library
from explorer.search.question import Question
from explorer.store import Kind

WORDS = [first + second for first in ("bra", "cle", "dro", "fli", "gru") for second in ("kon", "mel", "nas", "pir")]
QUESTIONS = ["brakon clemel", "dronas flipir grukon", "brapir", "gramel brakon brakon droman clekon", "flinas"]


def some_papers(count, seed=0, begin=0):
    random = Random(seed)
    return [
        paper(
            " ".join(random.choices(WORDS, k=4)) + f" {begin + i}x",
            ". ".join(" ".join(random.choices(WORDS, k=random.randint(3, 17))) for _ in range(4)) + ".",
            key=f"k{begin + i}", record=begin + i + 1, year=2000 + i % 20, authors=[f"Name{begin + i}, Ann"],
        )
        for i in range(count)
    ]  # fmt: skip


@pytest.fixture
def libraries(tmp_path):
    """Opens libraries of these papers together, each under its name."""
    opened = []

    def together(**papers):
        for name, its in papers.items():
            opened.append((name, Library.open(tmp_path / name, encoder=ToyEncoder())))
            if its:
                opened[-1][1].add(its)
        return Libraries(opened)

    yield together
    for _, library in opened:
        library.close()


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_list_over_halves_is_that_of_the_whole(libraries, tmp_path, monkeypatch, question, large):
    """Also where candidates are ranked instead of all."""
    if large:
        monkeypatch.setattr("explorer.search.ranking.WHOLE", 30)
        monkeypatch.setattr("explorer.libraries.joined.WHOLE", 30)
    papers = some_papers(120)
    halves = libraries(a=papers[:50], b=papers[50:])
    with Library.open(tmp_path / "whole", encoder=ToyEncoder()) as whole:
        whole.add(papers)
        there = whole.ask(Question(question), 15)
        shared = halves.ask(Question(question), 15)
        assert [each.paper.title for each in shared.answer.results] == [each.paper.title for each in there.results]
        scores = [[each.relevance for each in answer.results] for answer in (there, shared.answer)]
        assert np.allclose(*scores, atol=1e-3)
        assert shared.answer.scale.usual == pytest.approx(there.scale.usual, abs=1e-4)
        liked = whole.ask(Question(like=(papers[60].id,)), 10)
        near = halves.ask(Question(like=halves.ids([papers[60].id])), 10)
        assert [each.paper.id for each in near.answer.results] == [each.paper.id for each in liked.results]
    assert {holder.library for its in shared.holders for holder in its} == {"a", "b"}
    for result, (holder,) in zip(shared.answer.results, shared.holders, strict=True):
        library = halves.library(holder.library)
        assert library.snapshot.papers([holder.row])[0].title == result.paper.title


def test_a_paper_of_several_libraries_is_a_single_result_and_weighs_once(libraries, tmp_path):
    papers = some_papers(60)
    again = [paper(each.title, each.abstract, key=f"other-{each.id}", authors=each.authors, year=each.year)
             for each in papers[10:40]]  # fmt: skip
    shared = libraries(a=papers[:30], b=[*again, *papers[40:]], c=papers[30:45])
    with Library.open(tmp_path / "whole", encoder=ToyEncoder()) as whole:
        whole.add(papers)
        for question in QUESTIONS:
            there, here = whole.ask(Question(question), 12), shared.ask(Question(question), 12)
            assert here.papers == 60
            assert [each.paper.title for each in here.answer.results] == [each.paper.title for each in there.results]
            assert np.allclose(
                *([each.relevance for each in answer.results] for answer in (there, here.answer)), atol=1e-3
            )
    everything = shared.ask(Question("brakon"), 60)
    holders = {
        result.paper.title: its for result, its in zip(everything.answer.results, everything.holders, strict=True)
    }
    named = [(holder.library, holder.paper) for holder in holders[papers[20].title]]
    assert named == [("a", "k20"), ("b", "other-k20")]
    assert [holder.library for holder in holders[papers[35].title]] == ["b", "c"]
    assert [holder.library for holder in holders[papers[2].title]] == ["a"]


def test_libraries_can_be_chosen_without_changing_a_score(libraries):
    papers = some_papers(60)
    shared = libraries(a=papers[:40], b=papers[20:])
    every = {each.paper.title: each.relevance for each in shared.ask(Question("brakon clemel"), 60).answer.results}
    chosen = shared.ask(Question("brakon clemel"), 60, among=["b"])
    assert len(chosen.holders) == 40
    assert all(its[0].library == "b" for its in chosen.holders)
    assert {its[1].library for its in chosen.holders if len(its) > 1} == {"a"}
    assert all(each.relevance == pytest.approx(every[each.paper.title]) for each in chosen.answer.results)
    with pytest.raises(LibraryError, match="'c'; there are: a, b"):
        shared.ask(Question("brakon"), among=["c"])


def test_filters_and_marks_count_where_they_are(libraries):
    papers = some_papers(30)
    shared = libraries(a=papers[:20], b=papers[15:])
    years = shared.ask(Question("brakon", within=Filter((2004, 2006))), 30).answer.results
    assert {each.paper.year for each in years} == {2004, 2005, 2006}
    shared.library("a").marks.put(Kind.COLLECTION, "hidden", "k1", "k17")
    titles = {each.paper.title for each in shared.ask(Question("brakon"), 30).answer.results}
    assert papers[1].title not in titles
    assert papers[17].title in titles  # b shows it
    shared.library("b").marks.put(Kind.TAG, "mine", "k18", "k25")
    tagged = shared.ask(Question("brakon", within=Filter(tag="mine")), 30)
    assert {each.paper.title for each in tagged.answer.results} == {papers[18].title, papers[25].title}
    with pytest.raises(UnknownTopic):
        shared.ask(Question("brakon", within=Filter(topic="no such topic")))


def test_names_of_papers(libraries):
    shared = libraries(a=[paper("First of a", "words of it", key="same")], b=[paper("Second of b", "more", key="same")])
    assert shared.ids(["b:same", "First of a"]) == ("b:same", "a:same")
    with pytest.raises(
        AmbiguousPaper, match=r"(?s)2 papers answer to 'same'; say which by LIBRARY:ID:.*a:same.*b:same"
    ):
        shared.ids(["same"])
    with pytest.raises(UnknownPaper, match="'nowhere' in any of: a, b"):
        shared.ids(["nowhere"])
    exact = shared.ask(Question("Second of b")).answer
    assert exact.results[0].paper.title == "Second of b"
    assert "title of a paper" in exact.query.remarks[0]


def test_what_changes_is_taken_up(libraries):
    papers = some_papers(30)
    shared = libraries(a=papers[:10], b=papers[10:20])
    assert shared.ask(Question("brakon")).papers == 20
    shared.library("b").add(papers[20:])
    assert shared.ask(Question("brakon")).papers == 30
    shared.library("a").records.remove("k3")
    answer = shared.ask(Question("brakon"), 30)
    assert answer.papers == 29
    assert papers[3].title not in {each.paper.title for each in answer.answer.results}


def test_a_library_without_papers_takes_no_part(libraries):
    shared = libraries(a=some_papers(5), b=[])
    assert shared.ask(Question("brakon")).papers == 5
    with pytest.raises(LibraryError, match="none of the libraries c holds papers"):
        Libraries([("c", shared.library("b"))]).ask(Question("brakon"))


def test_two_models_are_refused_with_both_and_the_next_step(libraries, tmp_path):
    shared = libraries(a=some_papers(3))
    stranger = ToyEncoder()
    stranger.name = "another"
    with Library.open(tmp_path / "b", encoder=stranger) as library:
        library.add(some_papers(3))
        pair = Libraries([("a", shared.library("a")), ("b", library)])
        with pytest.raises(LibraryError) as error:
            pair.ask(Question("brakon"))
    assert "a with toy" in str(error.value)
    assert "b with another" in str(error.value)
    assert "explorer export --library DIR" in str(error.value)


def test_names_are_short_and_differ(tmp_path):
    folders = [Path("/x/work/papers"), Path("/x/home/papers"), Path("/x/thesis"), Path("/y/ALL")]
    assert names_of(folders) == ("work/papers", "home/papers", "thesis", "y/ALL")
    assert names_of(folders[::-1]) == names_of(folders)[::-1]
    with pytest.raises(LibraryError, match="stands twice"):
        names_of([tmp_path, tmp_path / ".." / tmp_path.name])
