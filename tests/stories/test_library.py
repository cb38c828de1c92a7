import hashlib
import json
import sqlite3
import threading
from dataclasses import replace

import numpy as np
import pytest

from conftest import SEEDS, paper, shared
from embeddings.encoder import ToyEncoder
from explorer.errors import AmbiguousPaper, LibraryError, UnknownPaper, UnreadableFile
from explorer.library import Library
from explorer.library.report import Step
from explorer.paper import Source
from explorer.search.parse import BadQuery
from explorer.store import Filter

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]


def papers(count: int, **fields: object):
    """Papers whose toy similarity is worked out by their words: i and i + 1 share most of theirs."""
    return [
        paper(
            f"Paper number{i}",
            " ".join(WORDS[(i + step) % len(WORDS)] for step in range(4)),
            record=i + 1,
            key=f"k{i}",
            authors=[f"Author{i % 3}, A."],
            year=2000 + i % 10,
            venue="Odd" if i % 2 else "Even",
            **fields,
        )
        for i in range(count)
    ]


class Counting(ToyEncoder):
    """The toy encoder, counting what it encodes."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts):
        self.encoded += texts
        return super().encode(texts)


def test_add_reports_and_finds(toy):
    report = toy.add(papers(20))
    assert (report.read, report.added, report.merged, report.without_abstract) == (20, 20, 0, 0)
    results = toy.search("alpha beta gamma delta number0 paper", k=3)
    assert results[0].paper.id == "k0"
    assert results[0].similarity == pytest.approx(1.0)
    assert [r.similarity for r in results] == sorted((r.similarity for r in results), reverse=True)


def test_adding_again_embeds_nothing_and_changes_nothing(tmp_path):
    encoder = Counting()
    with Library.open(tmp_path / "lib", encoder=encoder) as library:
        library.add(papers(30))
        before = (library.version, library.map.tobytes(), len(encoder.encoded))
        report = library.add(papers(30))
        assert (report.added, report.unchanged) == (0, 30)
        assert (library.version, library.map.tobytes(), len(encoder.encoded)) == before


def test_equal_texts_are_embedded_once_but_stay_two_papers(tmp_path):
    encoder = Counting()
    with Library.open(tmp_path / "lib", encoder=encoder) as library:
        library.add(
            [
                paper("Editorial", "", authors=["One, A."], year=2001),
                paper("Editorial", "", authors=["Two, B."], year=2002),
            ]
        )
        assert library.info().papers == 2
        assert len(encoder.encoded) == 1
        assert len(library.map) == 2


def test_a_paper_is_never_its_own_neighbour_even_with_copies(toy):
    text = "alpha beta gamma delta"
    first = paper("Paper number0", text, key="k0", doi="10.1000/one", authors=["One, A."])
    copy = paper("Paper (number0)", text, key="copy", doi="10.1000/other", authors=["Else, B."])
    toy.add([*papers(5, pmid="")[1:], first, copy])
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
def test_filters_apply_inside_the_search(toy, within, passes):
    made = papers(60)
    toy.add(made)
    wanted = [p.id for p in made if passes(p)]
    results = toy.search("alpha beta", k=10, within=within)
    assert len(results) == min(10, len(wanted))
    assert all(passes(r.paper) for r in results)
    everything = toy.search("alpha beta", k=60, within=within)
    assert sorted(r.paper.id for r in everything) == sorted(wanted)


def test_topic_filter_keeps_to_the_topic(toy):
    toy.add(papers(60))
    level = toy.topics.levels[-1]
    label = level.labels[0]
    inside = {p.id for p, topic in zip(toy.papers(), level.assignment, strict=True) if level.labels[topic] == label}
    found = {r.paper.id for r in toy.search("alpha", k=60, within=Filter(topic=label))}
    assert found == inside
    with pytest.raises(LibraryError, match="no topic is called 'no such topic'"):
        toy.search("alpha", within=Filter(topic="no such topic"))


def test_a_paper_is_found_by_id_doi_arxiv_and_title(toy):
    toy.add(
        [
            *papers(3),
            paper("Deep Étale Networks", "x", key="d", doi="https://doi.org/10.1234/ABC", arxiv="2101.00001v2"),
        ]
    )
    for name in ("d", "10.1234/abc", "doi:10.1234/ABC", "arXiv:2101.00001", "etale net", "DEEP ÉTALE NETWORKS"):
        assert toy.paper(name).title == "Deep Étale Networks", name


def test_several_candidates_are_listed(toy):
    toy.add(papers(3))
    with pytest.raises(AmbiguousPaper, match=r"3 papers answer to 'paper number'(.|\n)*k0(.|\n)*k2"):
        toy.paper("paper number")
    assert toy.paper("Paper number1").id == "k1"


def test_an_unknown_paper_is_named(toy):
    toy.add(papers(3))
    with pytest.raises(UnknownPaper, match=r"'10\.9/none'"):
        toy.similar("10.9/none")


def test_an_id_taken_by_another_paper_gets_a_number(toy):
    toy.add([paper("One", "first", key="same", year=1999), paper("Two", "second", key="same", year=1998)])
    assert [p.id for p in toy.papers()] == ["same", "same~2"]
    assert toy.paper("same").title == "One"


def test_a_merge_keeps_the_richer_fields_and_both_sources(toy):
    toy.add([paper("A title", "short", authors=["X, Y."], year=2020)])
    other = paper("A Title!", "a much longer abstract", authors=["X, Y."], year=2020, doi="10.5000/q")
    toy.add([replace(other, sources=(Source("other.csv", 7, 8, ""),))])
    merged = toy.papers()[0]
    assert (merged.title, merged.abstract, merged.doi) == ("A title", "a much longer abstract", "10.5000/q")
    assert [s.record for s in merged.sources] == [1, 7]
    assert toy.paper("10.5000/q").id == merged.id


@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_tiny_libraries_have_a_map_topics_and_neighbours(toy, count):
    toy.add(papers(count))
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
        writer.add(papers(5))
        writer.close()
        assert reader.search("alpha beta", k=1)[0].paper.id
        assert reader._encoder.name == "toy"


def test_a_model_that_cannot_be_had_fails_before_anything_is_written(tmp_path):
    from embeddings.encoder import EncoderError, SentenceEncoder

    with Library.open(tmp_path / "lib", encoder=SentenceEncoder(str(tmp_path / "nowhere"))) as library:
        with pytest.raises(EncoderError, match="no model folder"):
            library.add(papers(3))
        assert library.info().papers == 0
        assert library.info().imports == ()


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


def test_one_writer_at_a_time_many_readers(toy):
    toy.add(papers(3))
    with pytest.raises(LibraryError, match="another explorer is writing"):
        Library.open(toy.folder)
    with Library.open(toy.folder, write=False) as first, Library.open(toy.folder, write=False) as second:
        assert first.info().papers == second.info().papers == 3


def test_readers_in_many_threads_agree(toy):
    toy.add(papers(40))
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


def test_a_running_reader_sees_a_new_build(toy):
    toy.add(papers(3))
    with Library.open(toy.folder, write=False) as reader:
        assert len(reader.map) == 3
        toy.add(papers(9))
        assert len(reader.map) == 9
        assert reader.paper("k8").title == "Paper number8"


def test_reading_never_writes(toy):
    toy.add(papers(12))
    toy.close()
    files = lambda: {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in toy.folder.rglob("*") if p.is_file()}  # noqa: E731
    before = files()
    with Library.open(toy.folder, write=False) as reader:
        reader.search("alpha", within=Filter(year=(2001, 2003)))
        reader.similar("k1")
        reader.info()
    assert {name: digest for name, digest in files().items() if not name.endswith(("-wal", "-shm"))} == before


@pytest.mark.parametrize("name", ["index.faiss", "map.npy", "topics.npy", "topics.json", "pairs.npy", "keys.npy"])
def test_a_flipped_bit_in_any_derived_file_is_noticed_and_mended_by_build(toy, name):
    toy.add(papers(20))
    whole = toy.map.tobytes()
    path = toy.folder / "derived" / toy.version / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    with (
        Library.open(toy.folder, write=False) as reader,
        pytest.raises(LibraryError, match=f"{name} cannot be used.*explorer build"),
    ):
        reader.search("alpha")
    toy.build()
    with Library.open(toy.folder, write=False) as reader:
        assert reader.map.tobytes() == whole


def test_deleted_derived_files_are_built_again_without_embedding(tmp_path):
    import shutil

    encoder = Counting()
    with Library.open(tmp_path / "lib", encoder=encoder) as library:
        library.add(papers(20))
        before, count = library.map.tobytes(), len(encoder.encoded)
        shutil.rmtree(tmp_path / "lib" / "derived")
        library.build()
        assert (library.map.tobytes(), len(encoder.encoded)) == (before, count)


def test_a_damaged_library_file_is_named(tmp_path):
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "library.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(LibraryError, match="is not a library or is damaged"):
        Library.open(folder, write=False)


def test_a_newer_library_is_refused(toy):
    toy.add(papers(2))
    toy.close()
    with sqlite3.connect(toy.folder / "library.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="newer explorer"):
        Library.open(toy.folder)


def test_another_model_is_refused(toy):
    toy.add(papers(2))
    toy.close()
    with pytest.raises(LibraryError, match="made with the model toy, not all-MiniLM"):
        Library.open(toy.folder, model="all-MiniLM-L6-v2")


def test_an_unreadable_file_changes_nothing(toy, tmp_path):
    toy.add(papers(2))
    good, bad = tmp_path / "good.jsonl", tmp_path / "picture.png"
    good.write_text(json.dumps({"title": "New", "abstract": "text"}))
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    with pytest.raises(UnreadableFile, match=r"picture\.png"):
        toy.add(good, bad)
    assert toy.info().papers == 2
    assert len(toy.info().imports) == 1


def test_problems_are_kept_with_the_import(toy, tmp_path):
    file = tmp_path / "mixed.jsonl"
    file.write_text('{"title": "Good", "abstract": "text"}\n{broken\n{"title": "Also good"}\n')
    report = toy.add(file)
    assert (report.read, report.added, report.without_abstract) == (3, 2, 1)
    assert [(p.file, p.line) for p in report.problems] == [("mixed.jsonl", 2)]
    assert toy.problems() == list(report.problems)


def test_an_interrupted_embedding_goes_on_with_what_is_left(tmp_path):
    class Stops(Exception):
        pass

    def stop(step: Step) -> None:
        if step.stage == "Embedding" and step.done >= 64:
            raise Stops

    encoder = Counting()
    folder = tmp_path / "lib"
    many = [
        paper(f"Paper {i}", f"word{i} " * 5, record=i, key=f"k{i}", year=2000, authors=[f"A{i}, B"]) for i in range(150)
    ]
    with Library.open(folder, encoder=encoder) as library, pytest.raises(Stops):
        library.add(many, progress=stop)
    assert len(encoder.encoded) == 64
    with Library.open(folder, encoder=encoder) as library:
        assert library.info().vectors == 64
        library.build()
        assert library.info().vectors == 150
    assert len(encoder.encoded) == len(set(encoder.encoded)) == 150


def test_redraw_takes_another_seed_and_comes_back_bit_for_bit(toy):
    toy.add(
        [
            paper(f"T{i}", f"{WORDS[i % 10]} w{i} w{i * 7 % 90}", record=i, key=f"k{i}", year=2000 + i % 20)
            for i in range(90)
        ]
    )
    first, version = toy.map.tobytes(), toy.version
    toy.redraw(seed=5)
    assert toy.version != version
    toy.redraw(seed=0)
    assert toy.map.tobytes() == first


# ------------------------------------------------------------------------------------- the seeds, with the real model


@pytest.fixture
def seeds(seed_folder):
    with Library.open(seed_folder, write=False) as library:
        yield library


def nearest_titles(library, name, k):
    return [r.paper.heading for r in library.similar(name, k=k)]


def test_seeds_give_twelve_papers_of_which_two_have_no_title(seeds):
    info = seeds.info()
    assert (info.papers, info.vectors, info.on_map, info.without_title, info.without_abstract) == (12, 12, 12, 2, 0)


def test_the_o1_card_is_one_paper_from_both_files(seeds):
    card = seeds.paper("OpenAI o1 System Card")
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
    card = seeds.paper("Off-Belief Learning")
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
