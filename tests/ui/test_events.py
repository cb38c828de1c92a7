"""What the browser says was done, which is not trusted."""

from explorer.store import Kind
from explorer.ui.components.events import Change, read_event


def event(kind, **message):
    return read_event({"event": {"kind": kind, **message}})


def test_events_from_the_browser_are_not_trusted():
    assert event("click", row=-1) is None
    assert event("click", row="7") is None
    assert event("click", row=7).row == 7
    assert event("area", polygon=[[0, 0], [1, "x"], [1, 1]]) is None
    assert event("area", polygon=[[0, 0], [1, 0], [1, 1]]).area == ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    assert event("open", paper=["list"]) is None
    assert event("open", paper="a").paper == "a"
    assert event("basket", number=3, liked=["a"], unliked=[]).basket.liked == ("a",)
    assert event("basket", number=3, liked=["a", ""], unliked=[]) is None
    assert event("other") is event(["open"]) is read_event({"event": "open"}) is read_event({}) is None


def test_changes_of_marks_from_the_browser_are_not_trusted():
    def of(*changes, **more):
        found = event("mark", **{"number": 3, "changes": list(changes), **more})
        return found and found.marks

    good = {"id": "a", "kind": "tag", "name": " two  words ", "on": True}
    assert of(good).changes == (Change("a", Kind.TAG, "two words", True),)
    assert of({**good, "kind": "note", "text": "x" * 30_000}).changes[0].text == "x" * 20_000
    for bad in (
        7, {**good, "kind": "folder"}, {**good, "on": 1}, {**good, "id": ["a"]}, {**good, "name": " "}, {"id": "a"},
    ):  # fmt: skip
        assert of(bad).changes == ()
    assert of(number=True) is of(number="9") is of(number=-1) is None
    assert of(gather=["x"]).gather == ""
    assert of(changes=7).changes == () and read_event({"event": ["number"]}) is None


def test_messages_about_saved_searches_are_not_trusted():
    assert event("search", name="a").name == event("forget", name="a").name == "a"
    assert event("search", name=["a"]) is event("search") is None
