"""A map that is drawn anew: it begins with the old one, and is known again by places, topics and names."""

import shutil

import numpy as np
import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError
from explorer.index import disk
from explorer.library import Library

SUBJECTS = (
    "peat bog moss", "tidal flat mud", "granite wall lichen", "desert dune wind", "river delta silt", "cave bat echo",
)  # fmt: skip
OLD = 140
pytestmark = pytest.mark.slow  # each draws a map of 200 papers


def papers(first, count):
    chance = np.random.default_rng(first)
    made = []
    for number in range(first, first + count):
        subject = SUBJECTS[number % len(SUBJECTS)]
        words = " ".join(chance.permutation(subject.split() * 2 + [f"word{number % 17}", f"term{number % 11}"]))
        made.append(paper(f"{subject} {number}", words, record=number, key=f"k{number}"))
    return made


@pytest.fixture
def grown(tmp_path):
    """A library of which three in ten papers came after the map was drawn."""
    with Library.open(tmp_path / "library", encoder=ToyEncoder()) as library:
        library.add(papers(0, OLD))
        library.add(papers(OLD, 60))
        assert library.records.info().provisional == 60
        yield library


def moved(before, after):
    """Median movement of the old papers, in widths of the map."""
    return float(np.median(np.linalg.norm(after[:OLD] - before[:OLD], axis=1)) / np.ptp(before[:OLD], axis=0).max())


def test_old_papers_stay_about_where_they_were(grown):
    before = grown.map.copy()
    grown.redraw()
    again = moved(before, grown.map)
    assert grown.snapshot.arrays.drawn.all()
    assert 0 < again < 0.05


def test_a_map_from_nothing_is_turned_as_the_old_one_was(grown):
    from explorer.map import layout

    before, arrays = grown.map.copy(), grown.snapshot.arrays
    rows, vectors = arrays.graph, arrays.index.vectors()
    similarities = np.einsum("id,ijd->ij", vectors, vectors[rows])
    grown.redraw(seed=8)
    drawn = layout.lay_out(vectors, rows, similarities, seed=8)
    assert moved(before, grown.map) < moved(before, drawn)
    apart = [np.linalg.norm(places[:OLD] - places[OLD - 1], axis=1) for places in (drawn, grown.map)]
    assert np.corrcoef(*apart)[0, 1] > 1 - 1e-6  # who is near to whom stays as drawn


def test_topics_are_known_again_by_numbers_and_labels(grown):
    before, same, named = grown.topics, 0, 0
    grown.redraw()
    for old, new in zip(before.levels, grown.topics.levels, strict=True):
        for topic, label in enumerate(new.labels):
            inside = new.assignment == topic
            if not inside.any():
                continue
            there = np.bincount(old.assignment[inside])
            likest = int(there.argmax())
            share = there[likest] / max(inside.sum(), (old.assignment == likest).sum())
            if share > 0.5:
                same += 1
                assert topic == likest
            if share > 0.7:
                named += 1
                assert label == old.labels[likest]
        assert len(set(new.labels)) == len(new.labels)
    assert same > named >= 5 and same >= 10


# ------------------------------------------------------------------------------------------------------- versions


def shown(library):
    """Places and topics to the bit, by paper."""
    arrays = library.snapshot.arrays
    of = np.array([level.assignment for level in arrays.topics.levels]).T
    levels = [(level.labels, level.parents, level.seconds) for level in arrays.topics.levels]
    bits = [
        (arrays.positions[row].tobytes(), bool(arrays.drawn[row]), of[row].tolist()) for row in range(len(arrays.keys))
    ]
    return dict(zip((each.id for each in library.snapshot.papers()), bits, strict=True)), levels


def test_a_redraw_is_undone_to_the_bit_and_done_again(grown, tmp_path):
    before, first = shown(grown), grown.drawings.all()
    assert [each.shown for each in first] == [True] and first[0].papers == OLD
    grown.redraw()
    after = shown(grown)
    assert after != before
    latest, old = grown.drawings.all()
    assert (latest.shown, old.shown, latest.papers, old.papers) == (True, False, OLD + 60, OLD + 60)
    grown.build()  # changes nothing
    assert shown(grown) == after
    back = grown.drawings.undo()
    assert (back.number, back.shown) == (old.number, True)
    assert shown(grown) == before
    assert grown.records.info().provisional == 60
    grown.close()
    with Library.open(tmp_path / "library", encoder=ToyEncoder()) as again:
        assert shown(again) == before
        again.build()
        assert shown(again) == before
        again.drawings.go_back(latest.number)
        assert shown(again) == after


def test_the_map_survives_that_everything_derived_is_deleted(grown, tmp_path):
    before = shown(grown)
    grown.redraw(seed=3)
    after = shown(grown)
    shutil.rmtree(tmp_path / "library" / "derived")
    grown.build()
    assert shown(grown) == after
    shutil.rmtree(tmp_path / "library" / "derived")
    grown.drawings.undo()
    assert shown(grown) == before


def test_papers_that_came_since_are_placed_on_the_older_drawing(grown):
    before = shown(grown)[0]
    grown.redraw()
    grown.add(papers(OLD + 60, 10))
    grown.records.remove("k3")
    grown.drawings.undo()
    now = shown(grown)[0]
    assert {name: now[name] for name in before if name != "k3"} == {n: v for n, v in before.items() if n != "k3"}
    assert len(now) == len(before) + 9 and np.isfinite(grown.map).all()
    assert grown.records.info().provisional == 70


def test_a_map_that_an_import_draws_anew_can_be_had_back_too(grown):
    before = shown(grown)[0]
    grown.add(papers(OLD + 60, 240))
    assert grown.snapshot.arrays.drawn.all()
    grown.drawings.undo()
    now = shown(grown)[0]
    assert {name: now[name] for name in before} == before


def test_the_last_five_stay_and_the_shown_is_among_them(grown):
    for seed in range(7):
        grown.redraw(seed)
    numbers = [each.number for each in grown.drawings.all()]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) == 5
    grown.drawings.go_back(numbers[-1])
    grown.redraw()
    grown.drawings.undo()
    assert [each.number for each in grown.drawings.all() if each.shown] == [numbers[-1]]
    with pytest.raises(LibraryError, match="no drawing 999"):
        grown.drawings.go_back(999)


def test_nothing_to_undo_says_so(grown):
    with pytest.raises(LibraryError, match="no earlier drawing"):
        grown.drawings.undo()


def test_a_name_that_somebody_gave_goes_back_with_the_map(grown):
    label = grown.topics.levels[-1].labels[0]
    grown.marks.rename_topic(label, "Mine")
    before = shown(grown)
    grown.redraw(seed=2)
    grown.drawings.undo()
    assert shown(grown) == before and "Mine" in grown.topics.levels[-1].labels


class Killed(BaseException):
    """What ends a verb where it is."""


@pytest.mark.parametrize("stage", ["Indexing", "Drawing the map", "Finding topics", "Saving"])
def test_a_redraw_that_ends_amid_leaves_the_old_map_whole(grown, tmp_path, stage):
    before, drawings = shown(grown), grown.drawings.all()

    def end(step):
        if step.stage == stage:
            raise Killed

    with pytest.raises(Killed):
        grown.redraw(seed=4, progress=end)
    grown.close()
    with Library.open(tmp_path / "library", write=False, encoder=ToyEncoder()) as reader:
        assert shown(reader) == before and reader.drawings.all() == drawings
    with Library.open(tmp_path / "library", encoder=ToyEncoder()) as again:
        again.build()
        assert shown(again) == before and again.drawings.all() == drawings
        again.redraw(seed=4)
        assert shown(again) != before
        again.drawings.undo()
        assert shown(again) == before


@pytest.mark.parametrize("undone", [False, True])
def test_a_redraw_that_ends_after_it_is_shown_and_is_repeated_is_done_once(grown, tmp_path, monkeypatch, undone):
    before = shown(grown)
    if undone:
        grown.redraw()

    def end(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(disk, "remove_others", end)
        with pytest.raises(Killed):
            grown.drawings.undo() if undone else grown.redraw()
    after = shown(grown)
    grown.close()
    with Library.open(tmp_path / "library", encoder=ToyEncoder()) as again:
        assert shown(again) == after
        again.drawings.undo() if undone else again.redraw()
        assert shown(again) == after and (after == before) is undone
        again.redraw()  # a new command
        assert shown(again) != after


def test_a_library_of_an_earlier_version_gets_its_map_back(grown):
    with grown._store.transaction():
        grown._store._run("DELETE FROM drawings")
        grown._store.set(drawing="")
    before = shown(grown)
    grown.redraw()
    assert [each.made == "" for each in grown.drawings.all()] == [False, True]
    grown.drawings.undo()
    assert shown(grown) == before
