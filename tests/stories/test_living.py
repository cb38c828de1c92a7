"""A library that lives: changed files, sync, marks, newcomers on the map."""

from __future__ import annotations

from pathlib import Path
from string import ascii_uppercase as ALPHABET  # noqa: N812

import numpy as np
import pytest

from conftest import paper
from embeddings.index import VectorIndex
from explorer.errors import LibraryError
from explorer.filter import Filter
from explorer.index import content, extension
from explorer.index.drawing import NEIGHBOURS
from explorer.index.snapshot import NEAREST
from explorer.library import Library
from explorer.map import topics
from explorer.map.labels import Labels
from explorer.store import HIDDEN, LIKED, Kind, Marks
from support.files import Write
from support.papers import CountingEncoder, ids, record

# ------------------------------------------------------------------------------------------------ changed files


def test_a_changed_export_updates_and_embeds_only_what_changed(tmp_path: Path, write: Write) -> None:
    encoder = CountingEncoder()
    with Library.open(tmp_path / "library", encoder=encoder) as library:
        library.add(write(*map(record, range(9))))
        library.marks.put(Kind.COLLECTION, LIKED, "k3")
        encoder.encoded.clear()
        changed = record(3, title=f"{record(3)['title']}, revised", venue="New")
        report = library.add(write(record(20), *map(record, range(3)), changed, *map(record, range(4, 9))))
        assert (report.added, report.updated, report.unchanged, report.merged) == (1, 1, 8, 0)
        assert report.read == 10
        assert len(encoder.encoded) == 2
        paper = library.snapshot.paper("k3")
        assert (paper.title, paper.venue) == ("Paper about kappa3 and lamda, revised", "New")
        assert [source.record for source in paper.sources] == [5]
        assert library.marks.of(["k3"])[0].collections == (LIKED,)


def test_a_record_without_a_key_is_updated_where_its_title_stays(toy: Library, write: Write) -> None:
    old = {name: value for name, value in record(1).items() if name != "id"}
    toy.add(write(old))
    report = toy.add(write({**old, "abstract": "An abstract at last"}))
    assert (report.added, report.updated) == (0, 1)
    assert toy.snapshot.papers()[0].abstract == "An abstract at last"
    assert len(toy.snapshot.papers()[0].sources) == 1


def test_what_a_poorer_export_leaves_out_is_kept(toy: Library, write: Write) -> None:
    toy.add(write(record(1, doi="10.1000/x")))
    poorer = {"id": "k1", "title": record(1)["title"], "venue": "Now known"}
    toy.add(write(poorer))
    paper = toy.snapshot.paper("k1")
    assert (paper.abstract, paper.doi, paper.venue) == (record(1)["abstract"], "10.1000/x", "Now known")


def test_a_row_number_that_now_belongs_to_another_paper_is_no_update(toy: Library, write: Write) -> None:
    toy.add(write(record(1, id="1"), record(2, id="2")))
    report = toy.add(write(record(5, id="1"), record(2, id="2")))
    assert (report.added, report.updated, report.unchanged) == (1, 0, 1)
    assert toy.records.info().papers == 3


def test_an_id_that_comes_later_joins_two_papers(toy: Library, write: Write) -> None:
    toy.add(write(record(1, doi="10.1000/x"), name="one.jsonl"))
    toy.add(write(record(2, title=f"{record(1)['title']}, continued", authors=record(1)["authors"]), name="two.jsonl"))
    toy.marks.put(Kind.TAG, "mine", "k2")
    toy.marks.note("k2", "a note")
    assert toy.records.info().papers == 2
    again = record(2, title=f"{record(1)['title']}, continued", doi="10.1000/x", authors=record(1)["authors"])
    report = toy.add(write(again, name="two.jsonl"))
    assert report.updated == 1
    assert ids(toy) == ["k2"]
    assert len(toy.records.of(["k2"])[0]) == 2
    assert toy.marks.of(["k2"]) == [Marks(tags=("mine",), note="a note")]
    toy.records.undo()
    assert ids(toy) == ["k1", "k2"]
    assert toy.snapshot.paper("k2").doi == ""


def test_sync_makes_the_library_equal_to_the_file(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(6))))
    toy.add(write(record(4), record(30), name="other.jsonl"))
    file = write(record(0), record(1, venue="V"), *map(record, range(7, 9)))
    before = (toy.snapshot.version, ids(toy), toy.records.info().imports)
    tried = toy.add(file, sync=True, dry_run=True)
    assert (toy.snapshot.version, ids(toy), toy.records.info().imports) == before
    report = toy.add(file, sync=True)
    assert tried == report
    assert (report.added, report.updated, report.unchanged, report.removed) == (2, 1, 1, 3)
    assert sorted(ids(toy)) == ["k0", "k1", "k30", "k4", "k7", "k8"]  # k4 is in the other file
    assert [source.file for source in toy.snapshot.paper("k4").sources] == ["other.jsonl"]


def test_sync_removes_nothing_while_a_record_cannot_be_read(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(3))))
    file = write(record(0))
    file.write_text(file.read_text() + '{"title": "broken\n')
    report = toy.add(file, sync=True)
    assert (report.removed, report.lost) == (0, 1)
    assert "2 records are not in the file any more, but were kept" in report.problems[-1].reason
    assert len(ids(toy)) == 3


def test_sync_lets_go_of_a_field_the_file_no_longer_has(toy: Library, write: Write) -> None:
    toy.add(write(record(1, venue="Wrong")))
    toy.add(write(record(1)), sync=True)
    assert toy.snapshot.paper("k1").venue == ""


# -------------------------------------------------------------------------------------------------------- marks


def test_collections_tags_and_notes_filter_everywhere(toy: Library, write: Write) -> None:
    toy.add(write(*(record(i, collections=["Thesis/One"] if i < 3 else ["Thesis2"]) for i in range(6))))
    toy.marks.put(Kind.COLLECTION, LIKED, "k1", "k4")
    toy.marks.put(Kind.TAG, "method", "k4")
    toy.marks.note("k4", "  read this ")
    assert toy.marks.of(["k4", "k0"]) == [
        Marks(("Thesis2",), (LIKED,), ("method",), "read this"), Marks(("Thesis/One",)),
    ]  # fmt: skip

    def found(**within: str) -> set[str]:
        return {result.paper.id for result in toy.search("alpha", 10, within=Filter(**within))}

    assert found(collection=LIKED) == {"k1", "k4"}
    assert found(collection="Thesis") == {"k0", "k1", "k2"}
    assert found(collection=LIKED, tag="method") == {"k4"}
    assert found(tag="nothing") == set()
    assert [(one.kind, one.name, one.papers) for one in toy.marks.collections()] == [
        (Kind.COLLECTION, LIKED, 2),
        (Kind.FOLDER, "Thesis/One", 3),
        (Kind.FOLDER, "Thesis2", 3),
        (Kind.TAG, "method", 1),
    ]
    toy.marks.drop(Kind.COLLECTION, LIKED, "k1")
    toy.marks.note("k4", "")
    assert toy.marks.of(["k1"])[0].collections == ()
    assert toy.marks.of(["k4"])[0].note == ""
    for label in ("", "  "):
        with pytest.raises(LibraryError, match="needs a name"):
            toy.marks.put(Kind.TAG, label, "k1")
    with pytest.raises(LibraryError, match="comes from a file"):
        toy.marks.put(Kind.FOLDER, "Thesis2", "k1")


def test_hidden_papers_are_found_only_where_they_are_asked_for(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(6))))
    toy.marks.put(Kind.COLLECTION, HIDDEN, "k2")
    assert "k2" not in {result.paper.id for result in toy.search("alpha", 10)}
    assert "k2" not in {result.paper.id for result in toy.similar("k1", 10)}
    assert "k2" not in {result.paper.id for result in toy.search("alpha", 10, within=Filter(year=(1990, None)))}
    assert [result.paper.id for result in toy.search("alpha", 10, within=Filter(collection=HIDDEN))] == ["k2"]
    assert toy.records.info().hidden == 1


def test_a_mark_can_be_set_while_another_process_writes(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(3))))
    with Library.open(toy.folder, write=False) as reader:
        reader.marks.put(Kind.COLLECTION, LIKED, "k1")  # `toy` holds the writer's lock
        assert reader.marks.of(["k1"])[0].collections == (LIKED,)
    assert toy.marks.of(["k1"])[0].collections == (LIKED,)


def test_folders_follow_the_file(toy: Library, write: Write) -> None:
    toy.add(write(record(1, collections=["Old"])))
    toy.add(write(record(1, collections=["New/Sub"])))
    assert toy.marks.of(["k1"])[0].folders == ("New/Sub",)
    assert toy.snapshot.paper("k1").collections == ("New/Sub",)


# ---------------------------------------------------------------------------------------------------------- map


@pytest.mark.slow
def test_newcomers_are_placed_and_nothing_else_moves(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(60))))
    before = dict(zip(ids(toy), toy.map.tolist(), strict=True))
    copy = record(7, id="copy", title="Wholly other words", doi="10.1000/other", authors=["Else, B."])
    toy.add(write(copy, name="new.jsonl"))
    after = dict(zip(ids(toy), toy.map.tolist(), strict=True))
    assert {name: after[name] for name in before} == before
    drawn = dict(zip(ids(toy), toy.snapshot.arrays.drawn.tolist(), strict=True))
    assert [name for name in drawn if not drawn[name]] == ["copy"]
    assert toy.records.info().provisional == 1
    spread = np.ptp(toy.map, axis=0).max()
    nearest = toy.similar("copy", 1)[0].paper.id
    assert np.hypot(*(np.subtract(after["copy"], after[nearest]))) < 0.5 * spread
    assert toy.topics.levels[0].assignment[toy.snapshot.row("copy")] in range(len(toy.topics.levels[0].labels))
    toy.redraw()
    assert toy.snapshot.arrays.drawn.all()
    assert toy.records.info().provisional == 0


def test_a_library_of_an_earlier_recipe_keeps_map_topics_and_names_until_it_is_redrawn(
    toy: Library, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an earlier recipe drew stays as it is, also when papers come; its owner alone decides to draw it anew."""
    monkeypatch.setattr(content, "_RECIPE", content._RECIPE - 1)
    monkeypatch.setattr(topics, "RECIPE", topics.RECIPE - 1)
    monkeypatch.setattr(
        topics,
        "name_levels",
        lambda _, __, levels, ___: [Labels(tuple(ALPHABET[: max(of) + 1]), ("",) * 26) for of in levels],
    )
    toy.add(write(*map(record, range(60))))
    monkeypatch.undo()
    before = {
        name: (place, topic) for name, place, topic in zip(ids(toy), toy.map.tolist(), topics_of(toy), strict=True)
    }
    toy.add(write(record(7, id="copy", title="Wholly other words", doi="10.1000/other"), name="new.jsonl"))
    after = {
        name: (place, topic) for name, place, topic in zip(ids(toy), toy.map.tolist(), topics_of(toy), strict=True)
    }
    assert {name: after[name] for name in before} == before
    assert set(toy.topics.levels[0].labels) <= set(ALPHABET)
    toy.redraw()
    assert not set(toy.topics.levels[0].labels) & set(ALPHABET)


def topics_of(library: Library) -> list[str]:
    """The label of each paper's finest topic."""
    level = library.topics.levels[0]
    return [level.labels[topic] for topic in level.assignment.tolist()]


def test_many_newcomers_draw_the_map_anew(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(12))))
    toy.add(write(*map(record, range(12, 30)), name="more.jsonl"))
    assert toy.snapshot.arrays.drawn.all()


def test_a_removed_paper_leaves_the_others_in_place(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(40))))
    before = dict(zip(ids(toy), toy.map.tolist(), strict=True))
    toy.records.remove("k5")
    after = dict(zip(ids(toy), toy.map.tolist(), strict=True))
    assert after == {name: place for name, place in before.items() if name != "k5"}


def test_all_papers_removed_leave_an_empty_library(toy: Library, write: Write) -> None:
    toy.add(write(*map(record, range(3))))
    toy.records.remove("k0", "k1", "k2")
    with pytest.raises(LibraryError, match="holds no papers"):
        toy.search("alpha")
    toy.records.undo()
    assert len(ids(toy)) == 3


# ------------------------------------------------------------------------------------------------------ old files


def test_neighbours_go_on_as_if_found_anew(toy):
    """After papers came, went and changed, each paper's stored neighbours are those that the index finds."""
    words = [f"word{i}" for i in range(12)]

    def some(numbers):
        return [
            paper(f"title{i}", " ".join(words[(i * step) % 12] for step in (1, 2, 3, 5)), record=i, key=str(i))
            for i in numbers
        ]

    def check(count):
        build = toy.snapshot.arrays
        vectors = build.index.vectors()
        expected = build.index.neighbours(NEAREST)[0]
        assert build.neighbours.shape == expected.shape == (count, NEAREST)
        close = np.einsum("id,ijd->ij", vectors, vectors[build.neighbours])
        np.testing.assert_allclose(close, np.einsum("id,ijd->ij", vectors, vectors[expected]), atol=1e-6)
        assert all(
            row not in others and len(set(others)) == NEAREST for row, others in enumerate(build.neighbours.tolist())
        )

    toy.add(some(range(40)))
    toy.add(some(range(40, 43)))
    check(43)
    toy.records.remove(*toy.snapshot.ids(["title7", "title20"]))
    check(41)
    toy.add([paper("lonely", "nobody says these", record=99, key="lonely")])
    toy.records.remove("lonely")  # which is nobody's neighbour
    check(41)


def test_a_redraw_goes_on_with_the_neighbours_that_are_there(toy, monkeypatch):
    """None is sought or measured again, and the map is to the bit that which neighbours found anew give."""
    words = [f"word{i}" for i in range(12)]
    texts = [" ".join(words[(i * step) % 12] for step in (1, 2, 3, 5, i + 1)) for i in range(60)]
    toy.add([paper(f"title{i}", text, record=i, key=str(i)) for i, text in enumerate(texts)])
    searched, measured, seek, measure = [], [], VectorIndex.neighbours, extension.recall
    monkeypatch.setattr(VectorIndex, "neighbours", lambda index, k: searched.append(k) or seek(index, k))
    monkeypatch.setattr(extension, "recall", lambda *graph: measured.append(graph) or measure(*graph))
    before = toy.snapshot.arrays.recall
    toy.redraw(seed=1)
    graph, drawn = toy.snapshot.arrays.graph, toy.map.tobytes()
    assert not searched and not measured
    assert toy.snapshot.arrays.recall == before
    assert graph.shape == (60, NEIGHBOURS)
    monkeypatch.setattr(extension, "_mended", lambda *_: None)
    toy.drawings.undo()
    toy.redraw(seed=1)
    assert searched == [NEIGHBOURS, NEIGHBOURS]
    np.testing.assert_array_equal(toy.snapshot.arrays.graph, graph)
    assert toy.map.tobytes() == drawn
