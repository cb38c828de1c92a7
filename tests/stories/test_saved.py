"""Saved searches: what counts as new through imports, updates, undo, sync, merges and splits."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError, UnknownPaper
from explorer.filter import Filter
from explorer.library import Library
from explorer.library.imports import Importer, ImportSource
from explorer.search import parse
from explorer.search.answer import Result
from explorer.search.news import BEST, MOST, headline, new_results, rank_bound, similarity_bound
from explorer.search.parse import BadQuery, Query
from explorer.search.question import Question
from explorer.store.database import migrations
from support.files import Write
from support.older import make_older

OTHERS = "beta gamma delta epsilon zeta eta theta iota kappa lamda".split()


def bog(number: int, **fields: object) -> dict[str, object]:
    """A paper on peat bogs."""
    given = {"id": f"bog{number}", "title": f"Peat bog restoration, site {number}", "year": 2000 + number}
    return {**given, "abstract": f"peat bog restoration peat bog water level site{number}", **fields}


def other(number: int) -> dict[str, object]:
    """A paper on something else."""
    words = [OTHERS[(number * step) % len(OTHERS)] for step in (1, 3, 7)]
    title = f"{words[0]} number {number} with {words[1]}"
    return {"id": f"other{number}", "title": title, "abstract": f"{' '.join(words)} item{number} " * 3}


def flood(numbers: range) -> list[dict[str, object]]:
    """Papers on something else, without those whose number shares an axis of the toy encoder with a word on bogs."""
    axes = {ToyEncoder.axis(word) for word in ("peat", "bog", "restoration")}
    return [other(n) for n in numbers if not axes & {ToyEncoder.axis(str(n)), ToyEncoder.axis(f"item{n}")}]


PILE = [*(other(n) for n in range(40)), *(bog(n) for n in range(4))]


@pytest.fixture
def library(toy: Library, write: Write) -> Library:
    """44 papers, 4 of them on bogs, and a search for bogs that was looked at."""
    toy.add(write(*PILE))
    toy.saved.put("bogs", Question("peat bog restoration"))
    return toy


def new(library: Library, name: str = "bogs") -> list[str]:
    return [result.paper.id for result in library.saved.news(name)[0].papers]


def test_only_what_came_since_is_new_and_looking_at_it_ends_that(library: Library, write: Write) -> None:
    assert new(library) == []
    library.add(write(bog(7), other(70), name="more.jsonl"))
    assert new(library) == ["bog7"]
    assert new(library) == ["bog7"]  # reading does not mark it
    library.saved.look("bogs")
    assert new(library) == []
    library.add(write(bog(8), name="third.jsonl"))
    assert new(library) == ["bog8"]


@pytest.mark.slow
def test_a_flood_of_papers_on_other_things_tells_nothing(library: Library, write: Write) -> None:
    library.add(write(*flood(range(100, 400)), name="flood.jsonl"))
    assert new(library) == []
    library.add(write(*flood(range(400, 500)), bog(9), name="second.jsonl"))
    assert new(library) == ["bog9"]


def test_undo_takes_news_back_and_the_same_import_again_brings_them_again(library: Library, write: Write) -> None:
    more = write(bog(7), name="more.jsonl")
    library.add(more)
    library.records.undo()
    assert new(library) == []
    library.add(more)
    assert new(library) == ["bog7"]
    library.saved.look("bogs")
    library.records.undo()
    library.add(more)  # under a new key, but it was seen
    assert new(library) == []


def test_a_removed_paper_that_comes_back_is_not_new(library: Library) -> None:
    library.records.remove("bog1")
    library.records.undo()
    assert new(library) == []


def test_updates_and_further_records_of_a_known_paper_are_not_new(library: Library, write: Write) -> None:
    changed = bog(1, abstract="peat bog restoration again, now with other words")
    library.add(write(*PILE[:-4], *(bog(n) for n in (0, 2, 3)), changed))
    assert library.snapshot.paper("bog1").abstract.endswith("other words")
    assert new(library) == []
    library.add(write(bog(2, id="elsewhere"), name="second_source.jsonl"))
    assert len(library.records.of(["bog2"])[0]) == 2
    assert new(library) == []


def test_sync_that_drops_the_older_record_or_brings_a_seen_paper_back_is_not_new(
    library: Library, write: Write
) -> None:
    library.add(write(bog(2), name="second_source.jsonl"))
    library.add(write(*(one for one in PILE if one["id"] != "bog2")), sync=True)  # its newer record remains
    assert library.snapshot.paper("bog2").sources[0].file == "second_source.jsonl"
    assert new(library) == []
    library.add(write(*(one for one in PILE if one["id"] != "bog3")), sync=True)
    library.add(write(*PILE), sync=True)
    assert library.snapshot.paper("bog3")
    assert new(library) == []


def test_a_split_or_joined_paper_is_not_new(library: Library, write: Write) -> None:
    doi = {"doi": "10.1000/bog"}
    library.add(
        write(bog(5, **doi), bog(6, title="Peat bog restoration, site 5: the preprint", **doi), name="more.jsonl")
    )
    assert len(library.records.of(["bog5"])[0]) == 2
    library.saved.look("bogs")
    made = library.records.split(library.records.of(["bog5"])[0][1].number)
    assert new(library) == []
    library.records.join("bog5", made.id)
    assert new(library) == []


def test_what_an_import_has_read_but_not_embedded_is_told_later(library: Library, write: Write) -> None:
    """Looking at the search in between must not count as having seen it."""
    more = write(bog(7), name="more.jsonl")
    records = [paper("Peat bog restoration 8", "peat bog", key="bog8")]
    Importer(library._store).run([ImportSource("more.jsonl", records)], print)
    library.saved.look("bogs")
    library.build()
    assert new(library) == ["bog8"]
    library.add(more)
    assert set(new(library)) == {"bog7", "bog8"}


def test_news_of_a_moment_does_not_hide_what_came_after(library: Library, write: Write) -> None:
    library.add(write(bog(7), name="more.jsonl"))
    (news,) = library.saved.news()
    library.add(write(bog(8), name="third.jsonl"))
    library.saved.look(news)
    assert new(library) == ["bog8"]


def test_filters_and_the_language_of_the_box_hold(library: Library, write: Write) -> None:
    library.saved.put("late", Question("peat bog -water", within=Filter(year=(2010, None))))
    library.saved.put("phrase", Question('"site 31"'))
    library.add(write(bog(5), bog(15), bog(31, abstract="peat bog restoration, dry"), name="more.jsonl"))
    assert new(library, "late") == ["bog31"]
    assert new(library, "phrase") == ["bog31"]


def test_a_search_by_a_paper(library: Library, write: Write) -> None:
    library.saved.put("like it", Question(like=("bog1",)))
    library.add(write(bog(7), other(90), name="more.jsonl"))
    assert new(library, "like it") == ["bog7"]
    library.records.remove("bog1")
    assert "no paper with id" in library.saved.news("like it")[0].problem


def test_a_search_by_a_paper_that_has_been_merged_with_another(library: Library, write: Write) -> None:
    library.saved.put("near bog0", Question(like=("bog0",)))
    library.saved.put("near bog1", Question(like=("bog1",)))
    joined = library.records.join("bog0", "bog1")
    library.add(write(bog(5), name="more.jsonl"))
    with pytest.raises(UnknownPaper):
        library.marks.of(["bog0" if joined.id == "bog1" else "bog1"])  # the other id is no paper's any more
    assert [(news.problem, [result.paper.id for result in news.papers]) for news in library.saved.news()[1:]] == [
        ("", ["bog5"]),
        ("", ["bog5"]),
    ]


def test_a_search_by_liked_and_unliked_papers_and_a_question(library: Library, write: Write) -> None:
    made = library.saved.put(
        "mix",
        Question(
            "water level",
            like=(
                "bog1",
                "bog2",
            ),
            unlike=("other3",),
        ),
    )
    assert (made.question.like, made.question.unlike) == (("bog1", "bog2"), ("other3",))
    assert [one for one in library.saved.all() if one.name == "mix"] == [made]
    library.add(write(bog(7), other(90), name="more.jsonl"))
    assert new(library, "mix") == ["bog7"]


def test_no_model_is_needed_for_news(library: Library, write: Write, tmp_path: Path) -> None:
    class Dumb(ToyEncoder):
        def encode_query(self, text: str) -> np.ndarray:
            raise AssertionError("asked the model")

    library.add(write(bog(7), name="more.jsonl"))
    with Library.open(library.folder, write=False, encoder=Dumb()) as reader:
        assert new(reader) == ["bog7"]


def test_a_question_gets_the_vector_of_a_changed_model_with_the_next_import(library: Library, write: Write) -> None:
    class Changed(ToyEncoder):
        revision = "2"

    library.close()
    with Library.open(library.folder, encoder=Changed()) as again:
        again.add(write(bog(7), name="more.jsonl"))
        assert again._store.saved.vector("bogs", "toy", "2") is not None
        assert new(again) == ["bog7"]


def test_saving_and_looking_work_while_another_writes(library: Library, write: Write) -> None:
    library.add(write(bog(7), name="more.jsonl"))
    with Library.open(library.folder, write=False) as reader:  # `library` holds the writer's lock
        reader.saved.put("again", Question("peat bog"))
        assert new(reader) == ["bog7"]
        reader.saved.look("bogs")
        assert new(reader) == []
        reader.saved.drop("again")
    assert [saved.name for saved in library.saved.all()] == ["bogs"]
    assert new(library) == []


def test_many_readers_at_once(library: Library) -> None:
    names: list[str] = []

    def look() -> None:
        with Library.open(library.folder, write=False) as reader:
            names.extend(one.search.name for one in reader.saved.news())

    threads = [threading.Thread(target=look) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert names == ["bogs"] * 4


def test_names_are_kept_apart_and_bad_questions_refused(library: Library) -> None:
    with pytest.raises(LibraryError, match="there is a saved search 'bogs' already"):
        library.saved.put(" bogs ", Question("alpha"))
    with pytest.raises(LibraryError, match="needs a name"):
        library.saved.put("  ", Question("alpha"))
    with pytest.raises(LibraryError, match="needs a question"):
        library.saved.put("empty", Question())
    with pytest.raises(BadQuery):
        library.saved.put("open", Question('an "open quote'))
    with pytest.raises(LibraryError, match="no saved search is called 'nothing'"):
        library.saved.news("nothing")
    with pytest.raises(LibraryError, match="no saved search"):
        library.saved.drop("nothing")
    assert [(one.name, one.question.text) for one in library.saved.all()] == [("bogs", "peat bog restoration")]


def test_a_search_that_cannot_be_run_any_more_says_why_and_the_others_go_on(library: Library, write: Write) -> None:
    label = library.topics.levels[-1].labels[0]
    library.saved.put("topical", Question("peat bog", within=Filter(topic=label)))
    library.add(write(bog(7), name="more.jsonl"))
    with library._store.transaction():
        library._store.saved._db.execute("UPDATE saved SET filter = '{\"topic\": \"gone\"}' WHERE name = 'topical'")
    assert "no topic is called 'gone'" in library.saved.news("topical")[0].problem
    assert new(library) == ["bog7"]


def test_a_library_of_the_version_before_gets_the_tables(library: Library, tmp_path: Path) -> None:
    library.close()
    old = shutil.copytree(library.folder, tmp_path / "old")
    make_older(old, 2)
    with Library.open(old, write=False) as reader:
        assert reader.saved.all() == []
        reader.saved.put("bogs", Question("peat bog"))
        assert new(reader) == []
    assert len(migrations()) >= 3


# ---------------------------------------------------------------------------------------------------- the rule alone


def ranked(*rows: int) -> list[Result]:
    return [Result(paper(f"p{row}"), row, 0.5, 50.0) for row in rows]


def test_told_are_those_before_the_last_that_counts() -> None:
    came = np.array([False, True, False, True, False, True])
    found = ranked(1, 0, 3, 2, 5, 4)
    assert [one.row for one in new_results(found, came, 2, 0.4)] == [1, 3]
    assert [one.row for one in new_results(found, came, 3, 0.4)] == [1, 3, 5]
    assert new_results(found, came, 3, 0.6) == ()  # further than chance
    assert len(new_results(ranked(*[1] * 500), came, 1, 0.0)) == MOST


def test_the_last_that_counts() -> None:
    assert [rank_bound(n, strict=False) for n in (1, 10, 11, 44, 200, 100_000)] == [1, 1, 2, 5, 20, 20]
    assert (rank_bound(0, strict=False), rank_bound(3, strict=True)) == (BEST, BEST)
    similarities, pairs = np.array([0.0, 0.2], np.float32), np.linspace(0, 1, 101, dtype=np.float32)
    assert similarity_bound(similarities, pairs) == pytest.approx(0.1 + 3 * 0.1)
    assert similarity_bound(similarities, pairs / 10) == pytest.approx(
        (0.1 + 0.2) / 2
    )  # the best is closer than random pairs
    assert similarity_bound(similarities[:0], pairs) == -1


def test_the_headline(library: Library, write: Write) -> None:
    assert headline(library.saved.news()) == ""
    library.saved.put("peat", Question("peat"))
    library.add(write(bog(7), name="more.jsonl"))
    assert headline(library.saved.news()) == "2 saved searches have new papers"
    library.saved.look("peat")
    assert headline(library.saved.news()) == "1 saved search has new papers"


def test_a_search_keeps_its_text_and_what_the_text_asked_for(library: Library, tmp_path: Path) -> None:
    question = Question('peat -water "site 31" year:2010..', within=Filter(venue="Bogs"))
    library.saved.put("kept", question)
    row, search = library._store.saved.all()[-1], library.saved.all()[-1]
    assert (row.text, row.language) == (question.text, parse.VERSION)
    assert Query.of_json(row.tree or "") == parse.parse(question.text)
    assert (search.name, search.question, search.question.query) == ("kept", question, parse.parse(question.text))


def test_a_later_language_of_the_box_does_not_change_what_was_saved(
    library: Library, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.saved.put("kept", Question("peat bog -water"))
    library.add(write(bog(7), bog(31, abstract="peat bog restoration, dry"), name="more.jsonl"))
    monkeypatch.setattr("explorer.library.saved.VERSION", parse.VERSION + 1)
    monkeypatch.setattr("explorer.search.question.parse", lambda text: pytest.fail("the text is not parsed anew"))
    assert library.saved.all()[-1].question.query == parse.parse("peat bog -water")
    assert new(library, "kept") == ["bog31"]
