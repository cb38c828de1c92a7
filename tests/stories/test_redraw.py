"""A map that is drawn anew: it begins with the old one, and is known again by places, topics and names."""

import numpy as np
import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
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
    rows, similarities = arrays.index.neighbours(15)
    grown.redraw(seed=8)
    drawn = layout.lay_out(arrays.index.vectors(), rows, similarities, seed=8)
    assert moved(before, grown.map) < moved(before, drawn)
    apart = [np.linalg.norm(places[:OLD] - places[OLD - 1], axis=1) for places in (drawn, grown.map)]
    assert np.corrcoef(*apart)[0, 1] > 1 - 1e-6  # who is near to whom stays as drawn


def test_topics_are_known_again_by_numbers_and_labels(grown):
    before, same = grown.topics, 0
    grown.redraw()
    for old, new in zip(before.levels, grown.topics.levels, strict=True):
        for topic, label in enumerate(new.labels):
            inside = new.assignment == topic
            if not inside.any():
                continue
            there = np.bincount(old.assignment[inside])
            likest = int(there.argmax())
            if 2 * there[likest] > max(inside.sum(), (old.assignment == likest).sum()):
                same += 1
                assert (topic, label) == (likest, old.labels[likest])
        assert len(set(new.labels)) == len(new.labels)
    assert same >= 10
