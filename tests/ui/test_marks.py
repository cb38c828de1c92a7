"""What a message of the browser about marks does to the library, without a page."""

import pytest

from explorer.errors import LibraryError
from explorer.library import Library
from explorer.store import LIKED, Kind
from explorer.ui.components.events import read_event
from explorer.ui.explore import marks
from explorer.ui.explore.marks import MarkState


@pytest.fixture
def messages(monkeypatch):
    kept = MarkState()
    monkeypatch.setattr(marks, "state", lambda kind: kept)
    monkeypatch.setattr(marks.address, "selected", lambda: "")
    return kept


def test_changes_that_come_with_a_collection_for_all_papers_are_written_too(seed_folder, messages):
    with Library.open(seed_folder) as library:
        first, second, third = (paper.id for paper in library.snapshot.papers([0, 1, 2]))
        messages.gather = (library.snapshot.edition, (1, 2))
        liked = {"id": first, "kind": "collection", "name": LIKED, "on": True}
        message = {"kind": "mark", "number": 5, "changes": [liked], "gather": "Thesis"}
        marks.carry_out(library, read_event({"event": message}))
        assert [one.collections for one in library.marks.of([first, second, third])] == [
            (LIKED,), ("Thesis",), ("Thesis",),
        ]  # fmt: skip
        assert (messages.done, messages.notice.text, messages.notice.undo) == (5, "2 papers added to “Thesis”", True)
        marks.carry_out(library, read_event({"event": {"kind": "mark", "number": 6, "changes": [], "undo": True}}))
        assert {one.name for one in library.marks.collections() if one.kind is Kind.COLLECTION} == {LIKED}
        assert (messages.notice.text, messages.notice.undo) == ("2 taken out of “Thesis” again", False)


def test_a_list_that_has_changed_is_not_gathered(seed_folder, messages):
    with Library.open(seed_folder) as library:
        messages.gather = ("another version", (1, 2))
        message = {"kind": "mark", "number": 5, "changes": [], "gather": "Thesis"}
        marks.carry_out(library, read_event({"event": message}))
        assert messages.notice.text == "Not saved: the library has changed in the meantime; try again"
        assert library.marks.collections() == []


def test_a_tag_gets_another_name_and_is_deleted_and_papers_stay(seed_folder):
    with Library.open(seed_folder) as library:
        first, second, third = (paper.id for paper in library.snapshot.papers([0, 1, 2]))
        library.marks.put(Kind.TAG, "mos", first, second)
        library.marks.put(Kind.TAG, "moss", second, third)
        library.marks.put(Kind.COLLECTION, "mos", third)
        assert library.marks.rename(Kind.TAG, "mos", "moss") == 3
        assert [mark.tags for mark in library.marks.of([first, second, third])] == [("moss",)] * 3
        assert library.marks.delete(Kind.TAG, "moss") == 3
        assert library.marks.of([third])[0].collections == ("mos",)
        assert len(library.snapshot.papers([0, 1, 2])) == 3
        with pytest.raises(LibraryError, match="no tag is called 'moss'; there are: none"):
            library.marks.rename(Kind.TAG, "moss", "peat")
        with pytest.raises(LibraryError, match="belongs to every library"):
            library.marks.delete(Kind.COLLECTION, LIKED)
