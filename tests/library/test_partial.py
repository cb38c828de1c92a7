"""While a large import is read and embedded, what is there can be searched: words first, then meaning, by block."""

import gzip
import json
import random
from shutil import copytree

import numpy as np
import pytest

from conftest import blocks_of, paper
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError
from explorer.export import map_arrays
from explorer.export.site import write_site
from explorer.export.site.pack import script_data
from explorer.filter import Filter, Phrase
from explorer.library import Library
from explorer.search.answer import Coverage
from explorer.search.question import Order, Question
from support.command import explorer

WORDS = "ice sun moss fen tide rock dune lake storm river glacier lichen basalt pollen kelp heron".split()
SIZE = 40
COUNT = 5 * SIZE


@pytest.fixture(autouse=True, scope="module")
def few_texts_in_a_block():
    with blocks_of(SIZE):
        yield


class Stopped(Exception):
    pass


def some_papers(count, begin=0):
    chance = random.Random(begin)
    return [
        paper(f"Paper{n} on {chance.choice(WORDS)}", " ".join(chance.choices(WORDS, k=12)), record=n, key=f"k{n}",
              year=2000, authors=[f"Author{n % 7}, A"])
        for n in range(begin, begin + count)
    ]  # fmt: skip


def stop_at(condition):
    def show(step):
        if condition(step):
            raise Stopped

    return show


@pytest.fixture(scope="module")
def calm(tmp_path_factory, few_texts_in_a_block):
    folder = tmp_path_factory.mktemp("calm") / "library"
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(some_papers(COUNT))
    return folder


@pytest.fixture(scope="module")
def by_words(tmp_path_factory, few_texts_in_a_block):
    """A library of which nothing is embedded yet."""
    folder = tmp_path_factory.mktemp("words") / "library"
    with Library.open(folder, encoder=ToyEncoder()) as library, pytest.raises(Stopped):
        library.add(some_papers(COUNT), progress=stop_at(lambda step: step.stage == "Embedding"))
    return folder


@pytest.fixture(scope="module")
def half(tmp_path_factory, few_texts_in_a_block):
    """A library of which some blocks are embedded."""
    folder = tmp_path_factory.mktemp("half") / "library"
    with Library.open(folder, encoder=ToyEncoder()) as library, pytest.raises(Stopped):
        library.add(some_papers(COUNT), progress=stop_at(lambda step: step.stage == "Embedding" and step.done > SIZE))
    return folder


def test_words_are_there_before_any_vector(by_words):
    with Library.open(by_words, write=False) as library:
        assert library.snapshot.arrays.coverage == Coverage(0, COUNT)
        assert len(library.snapshot.papers()) == COUNT
        answer = library.ask(Question("Paper77 glacier"))
        assert answer.results[0].paper.title.startswith("Paper77 on ")
        assert not any(result.embedded for result in answer.results)
        assert answer.coverage.remark == f"Meaning: none of {COUNT:,} papers yet; all are ranked by their words only."
        assert answer.place is None
        info = library.records.info()
        assert (info.papers, info.vectors, info.on_map, info.provisional) == (COUNT, 0, 0, 0)
        within = Filter(author="Author3")
        assert len(library.search("glacier", 500, within=within)) == len([n for n in range(COUNT) if n % 7 == 3])
        assert library.topics.levels == ()
        liked = library.similar(answer.results[0].paper.id)
        assert len(liked) == 10


def test_a_ranking_by_words_alone_is_that_of_their_scores(by_words):
    with Library.open(by_words, write=False) as library:
        scores = library.snapshot.arrays.bm25.query("glacier kelp heron lichen").scores
        results = library.ask(Question("glacier kelp heron lichen"), 20).results
        np.testing.assert_array_equal(np.sort(scores)[::-1][: len(results)], [scores[r.row] for r in results])


def test_what_is_embedded_is_ranked_by_meaning_and_the_rest_by_words_and_it_says_so(half):
    with Library.open(half, write=False) as library:
        arrays = library.snapshot.arrays
        coverage = arrays.coverage
        assert SIZE / 2 <= coverage.embedded < COUNT == coverage.papers
        assert f"{coverage.embedded:,} of {COUNT:,} papers so far" in coverage.remark
        assert np.isfinite(arrays.positions[arrays.embedded]).all()
        assert np.isnan(arrays.positions[~arrays.embedded]).all()
        for level in arrays.topics.levels:
            assert ((level.assignment >= 0) == arrays.embedded).all()
        assert ((arrays.neighbours >= 0).all(axis=1) == arrays.embedded).all()
        assert arrays.embedded[arrays.neighbours[arrays.embedded]].all()
        answer = library.ask(Question("storm over the glacier"), COUNT // 5)
        mixed = [result.embedded for result in answer.results]
        assert True in mixed and False in mixed
        for result in answer.results:
            assert (result.similarity > 0) == result.embedded
        # Every query reaches every paper: an embedded and a waiting paper each are best for their own title.
        for row in (int(np.argmax(arrays.embedded)), int(np.argmin(arrays.embedded))):
            [sought] = library.snapshot.papers([row])
            assert library.search(sought.title, 1)[0].paper.id == sought.id
            others = library.similar(sought.id, 5)
            assert sought.id not in [other.paper.id for other in others]
            library.explain(sought.id, others[0].paper.id)
        spread = library.ask(Question("storm over the glacier", order=Order.SPREAD), 20).results
        assert len(spread) == 20
        square = ((-2, -2), (2, -2), (2, 2), (-2, 2))
        inside = library.ask(Question(area=square), COUNT)
        assert inside.passing.sum() == coverage.embedded


def test_marks_tell_the_map_what_has_no_place(half):
    with Library.open(half, write=False) as library:
        gone = map_arrays.marks(library, Filter()) & 2 > 0
        np.testing.assert_array_equal(gone, ~library.snapshot.arrays.embedded)
        assert len(map_arrays.points(library)) > 8 * COUNT
        assert sum(topic["size"] for topic in map_arrays.topics(library)[0]["topics"]) == gone.size - gone.sum()


def test_phrases_and_prefixes_reach_all_papers(half):
    with Library.open(half, write=False) as library:
        waiting = library.snapshot.papers([int(np.argmin(library.snapshot.arrays.embedded))])[0]
        name = waiting.title.split()[0]
        assert [r.paper.id for r in library.search("moss", 10, within=Filter(where=Phrase(name)))] == [waiting.id]


@pytest.mark.slow
def test_the_end_is_the_same_as_without_any_interruption(calm, half, by_words, tmp_path):
    with Library.open(calm, write=False) as library:
        wanted = library.snapshot.arrays
        assert wanted.coverage is None
    for folder in (half, by_words):
        library_folder = tmp_path / folder.parent.name
        copytree(folder, library_folder)
        with Library.open(library_folder, encoder=ToyEncoder()) as library:
            library.add(some_papers(COUNT))
            made = library.snapshot.arrays
            assert library.ask(Question("glacier")).coverage is None
        assert made.index.vectors().tobytes() == wanted.index.vectors().tobytes()
        assert made.positions.tobytes() == wanted.positions.tobytes()
        assert made.topics.levels[0].labels == wanted.topics.levels[0].labels
        assert made.bm25.query("glacier kelp").scores.tobytes() == wanted.bm25.query("glacier kelp").scores.tobytes()
        assert len(list((library_folder / "derived").iterdir())) == 1


@pytest.mark.slow
def test_a_library_that_grows_by_much_keeps_what_it_showed_and_ends_as_if_grown_at_once(calm, tmp_path):
    more = some_papers(COUNT, begin=10_000)
    at_once, slowly = copytree(calm, tmp_path / "at_once"), copytree(calm, tmp_path / "slowly")
    with Library.open(calm, write=False) as library:
        before = library.map.copy()
    with Library.open(at_once, encoder=ToyEncoder()) as library:
        library.add(more)
        wanted = library.map.copy()
    for blocks in (0, 2):
        with Library.open(slowly, encoder=ToyEncoder()) as library, pytest.raises(Stopped):
            library.add(
                more, progress=stop_at(lambda step, n=blocks: step.stage == "Embedding" and step.done > n * SIZE)
            )
        with Library.open(slowly, write=False) as library:
            assert library.snapshot.arrays.coverage.embedded >= COUNT
            np.testing.assert_array_equal(library.map[:COUNT], before)
    with Library.open(slowly, encoder=ToyEncoder()) as library:
        library.add(more)
        np.testing.assert_array_equal(library.map, wanted)


@pytest.mark.slow
def test_progress_says_what_can_be_searched(tmp_path):
    steps = []
    with Library.open(tmp_path, encoder=ToyEncoder()) as library:
        library.add(some_papers(COUNT), progress=steps.append)
    notes = [step.note for step in steps if step.note]
    assert notes[0] == f"{COUNT:,} papers are listed and searchable by their words; meaning: 0 of {COUNT:,}"
    assert len(notes) >= 3
    assert all(note.endswith(f" of {COUNT:,}") for note in notes)
    shares = [step.share for step in steps if step.stage == "Embedding"]
    assert shares == sorted(shares)


def test_few_papers_are_embedded_without_detours(tmp_path):
    steps = []
    with Library.open(tmp_path, encoder=ToyEncoder()) as library:
        library.add(some_papers(SIZE), progress=steps.append)
    assert not any(step.note for step in steps)
    stages = list(dict.fromkeys(step.stage for step in steps))
    assert stages == ["Reading", "Embedding", "Indexing", "Drawing the map", "Finding topics", "Saving"]


@pytest.mark.slow
def test_saved_searches_wait_for_what_waits(half, tmp_path):
    folder = copytree(half, tmp_path / "library")
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.saved.put("ice", Question("storm over the glacier"))
        assert not library.saved.news()[0].papers
        library.add(some_papers(COUNT))
        news = library.saved.news()[0]
        assert not news.problem


@pytest.mark.slow
def test_the_command_line_says_it_once_and_in_json(half, tmp_path):
    folder = copytree(half, tmp_path / "library")
    done = explorer("search", "storm over the glacier", "-k", "100", "--library", folder)
    assert "papers so far; the rest are ranked by their words only" in done.stderr
    assert "by words" in done.stdout
    done = explorer("search", "storm over the glacier", "--json", "-k", "100", "--library", folder)
    assert {result["by_words_only"] for result in json.loads(done.stdout)["results"]} == {True, False}
    info = explorer("info", "--library", folder).stdout
    assert f" of {COUNT:,}; " in info and "run: explorer build" in info
    done = explorer("evaluate", "--library", folder)
    assert done.returncode == 2 and "papers wait for their vectors (meaning: " in done.stderr
    out = tmp_path / "out.jsonl"
    assert explorer("export", "-o", out, "--library", folder).returncode == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == COUNT
    assert {row["x"] is None for row in rows} == {True, False}
    for ending in ("csv", "parquet", "bib"):
        assert explorer("export", "-o", tmp_path / f"out.{ending}", "--library", folder).returncode == 0
    assert explorer("topics", "--library", folder).returncode == 0
    assert explorer("build", "--library", folder).returncode == 0
    done = explorer("search", "storm over the glacier", "--json", "--library", folder)
    assert "by_words_only" not in done.stdout and "words only" not in done.stderr


@pytest.mark.slow
def test_a_damaged_partial_snapshot_is_made_anew(half, tmp_path):
    folder = copytree(half, tmp_path / "library")
    for file in (folder / "derived").rglob("map.npy"):
        file.write_bytes(file.read_bytes()[:-1] + b"\0")
    with Library.open(folder, encoder=ToyEncoder()) as library:
        with pytest.raises(LibraryError, match="run: explorer build"):
            library.search("glacier")
        library.build()
        assert library.ask(Question("glacier")).coverage is None


def test_a_page_can_be_written_of_what_is_embedded_so_far(half, by_words, tmp_path):
    for name, folder in (("half", half), ("words", by_words)):
        with Library.open(folder, write=False) as library:
            assert write_site(library, tmp_path / name).papers == COUNT
            embedded = int(library.snapshot.arrays.embedded.sum())
        data = gzip.decompress(script_data((tmp_path / name / "data" / "meaning.js").read_bytes()))
        [entry] = [
            entry
            for entry in json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])
            if entry["name"] == "embedded"
        ]
        assert sum(data[entry["start"] : entry["start"] + entry["length"]]) == embedded
