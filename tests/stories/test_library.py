"""A library from the first paper on: add, merge, search, filter, one writer and many readers."""

import hashlib
import threading
from dataclasses import replace

import numpy as np
import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.errors import AmbiguousPaper, LibraryError, UnknownPaper, UnknownTopic
from explorer.filter import Filter
from explorer.library import Library
from explorer.paper import Source
from support.papers import CountingEncoder, related


def test_add_reports_and_finds(toy):
    report = toy.add(related(20))
    assert (report.read, report.added, report.merged, report.without_abstract) == (20, 20, 0, 0)
    results = toy.search("alpha beta gamma delta number0 paper", k=3)
    assert results[0].paper.id == "k0"
    assert results[0].similarity == pytest.approx(1.0)
    assert [r.similarity for r in results] == sorted((r.similarity for r in results), reverse=True)


def test_adding_again_embeds_nothing_and_changes_nothing(tmp_path):
    encoder = CountingEncoder()
    with Library.open(tmp_path / "lib", encoder=encoder) as library:
        library.add(related(30))
        before = (library.snapshot.version, library.map.tobytes(), len(encoder.encoded))
        report = library.add(related(30))
        assert (report.added, report.unchanged) == (0, 30)
        assert (library.snapshot.version, library.map.tobytes(), len(encoder.encoded)) == before


def test_equal_texts_are_embedded_once_but_stay_two_papers(tmp_path):
    encoder = CountingEncoder()
    with Library.open(tmp_path / "lib", encoder=encoder) as library:
        library.add(
            [
                paper("Editorial", "", authors=["One, A."], year=2001),
                paper("Editorial", "", authors=["Two, B."], year=2002),
            ]
        )
        assert library.records.info().papers == 2
        assert len(encoder.encoded) == 1
        assert len(library.map) == 2


def test_a_paper_is_never_its_own_neighbour_even_with_copies(toy):
    text = "alpha beta gamma delta"
    first = paper("Paper number0", text, key="k0", doi="10.1000/one", authors=["One, A."])
    copy = paper("Paper (number0)", text, key="copy", doi="10.1000/other", authors=["Else, B."])
    toy.add([*related(5, pmid="")[1:], first, copy])
    results = toy.similar("k0", k=10)
    assert "k0" not in [r.paper.id for r in results]
    assert results[0].paper.id == "copy"
    assert results[0].similarity == pytest.approx(1.0)
    assert len(results) == 5


@pytest.mark.parametrize(
    ("within", "passes"),
    [
        (Filter(year=(2003, 2005)), lambda p: 2003 <= p.year <= 2005),
        (Filter(year=(None, 2001)), lambda p: p.year <= 2001),
        (Filter(author="author1"), lambda p: p.authors == ("Author1, A.",)),
        (Filter(author="a AUTHOR2"), lambda p: p.authors == ("Author2, A.",)),
        (Filter(venue="odd"), lambda p: p.venue == "Odd"),
        (Filter(source="made.jsonl"), lambda p: True),
        (Filter(source="other.bib"), lambda p: False),
        (Filter(year=(2004, None), venue="Even"), lambda p: p.year >= 2004 and p.venue == "Even"),
    ],
)
def test_filters_apply_inside_the_search(toy_with, within, passes):
    made = related(60)
    toy = toy_with(made)
    wanted = [p.id for p in made if passes(p)]
    results = toy.search("alpha beta", k=10, within=within)
    assert len(results) == min(10, len(wanted))
    assert all(passes(r.paper) for r in results)
    everything = toy.search("alpha beta", k=60, within=within)
    assert sorted(r.paper.id for r in everything) == sorted(wanted)


def test_topic_filter_keeps_to_the_topic(toy_with):
    toy = toy_with(related(60))
    level = toy.topics.levels[-1]
    label = level.labels[0]
    inside = {
        p.id for p, topic in zip(toy.snapshot.papers(), level.assignment, strict=True) if level.labels[topic] == label
    }
    found = {r.paper.id for r in toy.search("alpha", k=60, within=Filter(topic=label))}
    assert found == inside
    with pytest.raises(LibraryError, match="no topic is called 'no such topic'"):
        toy.search("alpha", within=Filter(topic="no such topic"))
    with pytest.raises(UnknownTopic, match=f"nearest today: {label!r}") as gone:
        toy.search("alpha", within=Filter(topic=f"{label} of old"))
    assert label in gone.value.nearest


def test_a_topic_without_a_paper_that_is_left_is_not_gone(toy_with):
    toy = toy_with(related(60))
    level = toy.topics.levels[0]
    members = [p.id for p, topic in zip(toy.snapshot.papers(), level.assignment, strict=True) if topic == 0]
    toy.records.remove(*members)
    assert toy.search("alpha", within=Filter(topic=level.labels[0])) == []


def test_a_paper_is_found_by_id_doi_arxiv_and_title(toy):
    toy.add(
        [
            *related(3),
            paper("Deep Étale Networks", "x", key="d", doi="https://doi.org/10.1038/S41-ABC", arxiv="2101.00001v2"),
        ]
    )
    for name in ("d", "10.1038/s41-abc", "doi:10.1038/S41-ABC", "arXiv:2101.00001", "etale net", "DEEP ÉTALE NETWORKS"):
        assert toy.snapshot.paper(name).title == "Deep Étale Networks", name


def test_several_candidates_are_listed(toy_with):
    toy = toy_with(related(3))
    with pytest.raises(AmbiguousPaper, match=r"3 papers answer to 'paper number'(.|\n)*k0(.|\n)*k2"):
        toy.snapshot.paper("paper number")
    assert toy.snapshot.paper("Paper number1").id == "k1"


def test_an_unknown_paper_is_named(toy_with):
    toy = toy_with(related(3))
    with pytest.raises(UnknownPaper, match=r"'10\.9/none'"):
        toy.similar("10.9/none")


def test_an_id_taken_by_another_paper_gets_a_number(toy_with):
    toy = toy_with([paper("One", "first", key="same", year=1999), paper("Two", "second", key="same", year=1998)])
    assert [p.id for p in toy.snapshot.papers()] == ["same", "same~2"]
    assert toy.snapshot.paper("same").title == "One"


def test_a_merge_keeps_the_richer_fields_and_both_sources(toy_with):
    toy = toy_with([paper("A title", "short", authors=["X, Y."], year=2020)])
    other = paper("A Title!", "a much longer abstract", authors=["X, Y."], year=2020, doi="10.5000/q")
    toy.add([replace(other, sources=(Source("other.csv", 7, 8, ""),))])
    merged = toy.snapshot.papers()[0]
    assert (merged.title, merged.abstract, merged.doi) == ("A title", "a much longer abstract", "10.5000/q")
    assert [s.record for s in merged.sources] == [1, 7]
    assert toy.snapshot.paper("10.5000/q").id == merged.id


@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_tiny_libraries_have_a_map_topics_and_neighbours(toy_with, count):
    toy = toy_with(related(count))
    assert toy.map.shape == (count, 2)
    assert np.isfinite(toy.map).all()
    assert len({tuple(place) for place in toy.map.tolist()}) == count
    assert toy.topics.levels[0].assignment.shape == (count,)
    assert len(toy.similar("k0", k=20)) == count - 1


def test_a_reader_follows_the_model_that_the_first_import_chose(tmp_path):
    class Other(ToyEncoder):
        name = "toy"

    writer = Library.open(tmp_path / "lib", encoder=Other())
    with Library.open(tmp_path / "lib", write=False) as reader:  # as a running app, before the first embedding
        writer.add(related(5))
        writer.close()
        assert reader.search("alpha beta", k=1)[0].paper.id
        assert reader.encoder.name == "toy"


def test_a_model_that_cannot_be_had_fails_before_anything_is_written(tmp_path):
    from embeddings.encoder import EncoderError, SentenceEncoder

    with Library.open(tmp_path / "lib", encoder=SentenceEncoder(str(tmp_path / "nowhere"))) as library:
        with pytest.raises(EncoderError, match="no model folder"):
            library.add(related(3))
        assert library.records.info().papers == 0
        assert library.records.info().imports == ()


def test_a_library_without_tables_says_that_it_is_empty(tmp_path):
    (tmp_path / "library.sqlite").touch()
    with pytest.raises(LibraryError, match="holds nothing yet"):
        Library.open(tmp_path, write=False)


def test_an_empty_library_says_so(tmp_path):
    with pytest.raises(LibraryError, match="no library in"):
        Library.open(tmp_path / "none", write=False)
    assert not (tmp_path / "none").exists()
    with (
        Library.open(tmp_path / "empty", encoder=ToyEncoder()) as library,
        pytest.raises(LibraryError, match="holds no papers"),
    ):
        library.search("x")


def test_one_writer_at_a_time_many_readers(toy_with):
    toy = toy_with(related(3))
    with pytest.raises(LibraryError, match="another explorer is writing"):
        Library.open(toy.folder)
    with Library.open(toy.folder, write=False) as first, Library.open(toy.folder, write=False) as second:
        assert first.records.info().papers == second.records.info().papers == 3


def test_readers_in_many_threads_agree(toy_with):
    toy = toy_with(related(40))
    found: list[list[str]] = []
    with Library.open(toy.folder, write=False) as reader:
        ask = lambda: found.append([r.paper.id for r in reader.search("alpha beta", k=5)])  # noqa: E731
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 8
    assert len({tuple(ids) for ids in found}) == 1


def test_a_running_reader_sees_a_new_build(toy_with):
    toy = toy_with(related(3))
    with Library.open(toy.folder, write=False) as reader:
        assert len(reader.map) == 3
        toy.add(related(9))
        assert len(reader.map) == 9
        assert reader.snapshot.paper("k8").title == "Paper number8"


def test_reading_never_writes(toy_with):
    toy = toy_with(related(12))
    toy.close()
    files = lambda: {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in toy.folder.rglob("*") if p.is_file()}  # noqa: E731
    before = files()
    with Library.open(toy.folder, write=False) as reader:
        reader.search("alpha", within=Filter(year=(2001, 2003)))
        reader.similar("k1")
        reader.records.info()
    assert {name: digest for name, digest in files().items() if not name.endswith(("-wal", "-shm"))} == before
