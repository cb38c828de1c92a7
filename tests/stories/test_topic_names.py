"""A topic that somebody renamed: its name is kept over imports and redraws, and can be taken back."""

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError, UnknownTopic
from explorer.filter import Filter
from explorer.library import Library

SUBJECTS = ("peat bog moss", "tidal flat mud", "granite wall lichen")


def papers(first, count):
    return [
        paper(f"{SUBJECTS[n % 3]} {n}", f"{SUBJECTS[n % 3]} study {n}", record=n, key=f"k{n}")
        for n in range(first, first + count)
    ]


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", encoder=ToyEncoder()) as opened:
        opened.add(papers(0, 60))
        yield opened


def members(library, label):
    passing = library.snapshot.mask(Filter(topic=label))
    return {each.id for each, inside in zip(library.snapshot.papers(), passing, strict=True) if inside}


def labels(library):
    return [label for level in library.topics.levels for label in level.labels]


def test_a_name_is_kept_over_imports_redraws_and_another_opening(library, tmp_path):
    label = library.topics.levels[-1].labels[0]
    inside, edition = members(library, label), library.snapshot.edition
    assert library.marks.rename_topic(label, "  What I came\nfor ") == "What I came for"
    assert library.snapshot.edition != edition
    assert label not in labels(library) and members(library, "What I came for") == inside
    assert members(library, label) == inside  # links and saved searches with the old name still lead there
    library.add(papers(60, 6))
    assert inside <= members(library, "What I came for")
    library.redraw(seed=3)
    now = members(library, "What I came for")
    assert len(now & inside) > len(now | inside) / 2 - 6
    with Library.open(tmp_path / "library", write=False, encoder=ToyEncoder()) as reader:
        assert labels(reader).count("What I came for") == 1
        assert reader.marks.rename_topic("What I came for") in labels(reader)  # a reader may, too
        assert "What I came for" not in labels(reader)


def test_a_name_waits_while_its_topic_is_not_there(library):
    label = library.topics.levels[-1].labels[0]
    gone = members(library, label)
    library.marks.rename_topic(label, "Mine")
    library.records.remove(*sorted(gone))
    library.redraw()
    assert "Mine" not in labels(library)
    library.records.undo()
    library.redraw()
    assert labels(library).count("Mine") == 1


def test_renaming_again_and_back(library):
    label = library.topics.levels[-1].labels[0]
    library.marks.rename_topic(label, "First")
    library.marks.rename_topic("First", "Second")
    assert "First" not in labels(library) and len(library._store.topic_names.all()) == 1
    assert library.marks.rename_topic("Second", label.upper()) == label  # its own name is no name of yours
    assert label in labels(library) and library._store.topic_names.all() == []
    assert library.marks.rename_topic(label) == label


def test_a_name_that_a_topic_has_is_taken_and_one_that_none_has_is_unknown(library):
    first, second = library.topics.levels[-1].labels[:2]
    with pytest.raises(LibraryError, match=r"a topic is called .* already"):
        library.marks.rename_topic(first, second.upper())
    with pytest.raises(UnknownTopic, match="no topic is called 'nobody'"):
        library.marks.rename_topic("nobody", "somebody")


def test_a_name_survives_the_removal_of_a_paper_without_a_build(library):
    label = library.topics.levels[-1].labels[0]
    library.marks.rename_topic(label, "Mine")
    library.records.remove(sorted(members(library, "Mine"))[0])
    assert labels(library).count("Mine") == 1
