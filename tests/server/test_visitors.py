"""Visitors below the pages: whose marks a route, a tool and a task see, and what is refused whoever asks."""

import json
from hashlib import sha256

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.rights import SealedLibrary
from explorer.server import session, tasks
from explorer.server.access import Access
from explorer.server.guard import middleware
from explorer.server.routes import routes
from explorer.server.uploads import Batch
from explorer.server.visitor import asking, visitor
from explorer.store import HIDDEN, LIKED, Kind
from support.app import TABLE, add

PROXY = "10.0.0.2"


@pytest.fixture
def ids(folder, tmp_path, monkeypatch):
    """The ids of three papers; the owner likes the first and hides the last. The app is for readers."""
    file = tmp_path / "table.csv"
    file.write_text(TABLE)
    add(folder, file)
    monkeypatch.setattr(session, "_latest", {})
    with session.moment() as owner:
        ids = owner.snapshot.ids(["River deltas", "Old walls", "Plain walls"])
        owner.marks.put(Kind.COLLECTION, LIKED, ids[0])
        owner.marks.put(Kind.COLLECTION, "Moss", ids[1])
        owner.marks.note(ids[1], "the owner's thoughts")
        owner.marks.put(Kind.COLLECTION, HIDDEN, ids[2])
    monkeypatch.setattr(session, "_latest", {})
    monkeypatch.setenv("EXPLORER_READ_ONLY", "yes")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "")
    yield ids
    monkeypatch.setattr(session, "_latest", {})


def mark(name, kind, label, paper_id):
    with asking(name), session.moment() as library:
        library.marks.put(kind, label, paper_id)


def client(peer=PROXY, token=""):
    access = Access(
        token=token, read_only=True, user_header="x-remote-user", trusted_proxies=(PROXY,),
        trusted_hosts=("papers.example.org",),
    )  # fmt: skip
    app = Starlette(routes=routes(), middleware=middleware(access))
    return TestClient(app, base_url="http://papers.example.org", client=(peer, 50000))


def named(asking, query, **headers):
    answer = asking.get("/explorer/api/search", params={"q": query, "k": 10}, headers=headers)
    assert answer.status_code == 200, answer.text
    return {result["id"] for result in answer.json()["results"]}


def test_routes_answer_each_from_his_own_marks(ids):
    mark("ada", Kind.COLLECTION, LIKED, ids[1])
    mark("bob", Kind.COLLECTION, LIKED, ids[2])
    mark("bob", Kind.COLLECTION, HIDDEN, ids[0])
    through = client()
    for name, liked, hidden in (("ada", {ids[1]}, set()), ("bob", {ids[2]}, {ids[0]}), ("eve", set(), set())):
        headers = {"x-remote-user": name}
        assert named(through, "in:liked", **headers) == liked
        assert named(through, "in:hidden", **headers) == hidden
        assert named(through, "in:Moss", **headers) == set()
        assert named(through, "walls deltas", **headers) == {*ids} - hidden
    nobody = {"authorization": "Bearer a-token-for-tests-0123456789"}
    without = client("10.0.0.3", "a-token-for-tests-0123456789")
    for headers in (nobody, {**nobody, "x-remote-user": "ada"}):  # a name from elsewhere is none
        assert named(without, "in:liked", **headers) == {ids[0]}
        assert named(without, "in:hidden", **headers) == {ids[2]}


def test_a_name_is_the_same_for_all_who_read_it(ids):
    mark("Jos%C3%A9 (x)", Kind.COLLECTION, LIKED, ids[1])
    assert named(client(), "in:liked", **{"x-remote-user": "José (x)".encode()}) == {ids[1]}
    assert named(client(), "in:liked", **{"x-remote-user": "Jose (x)"}) == set()


def test_who_asks_is_forgotten_with_the_request(ids):
    assert named(client(), "in:liked", **{"x-remote-user": "ada"}) == set()
    assert visitor() == ""
    with session.moment() as library:
        assert library.marks.of([ids[0]])[0].collections == (LIKED,)


def test_marks_of_readers_are_written_where_the_owner_is_refused(ids):
    assert not session.may_mark()
    with asking("ada"):
        assert session.may_mark()
        with session.moment() as library:
            library.marks.put(Kind.COLLECTION, LIKED, ids[1])
            assert library.marks.of(ids[:2])[1].collections == (LIKED,)
    with session.moment() as library, pytest.raises(SealedLibrary):
        library.marks.put(Kind.COLLECTION, LIKED, ids[1])


def test_nothing_of_the_owners_begins_for_a_visitor(ids, folder, tmp_path):
    def digest():
        return sha256((folder / "library.sqlite").read_bytes()).hexdigest()

    before = digest()
    with asking("ada"):
        for task in (
            tasks.undo, tasks.redraw, tasks.build, lambda: tasks.remove(ids[0]), lambda: tasks.split(1),
            lambda: tasks.join(*ids[:2]), lambda: tasks.keep_apart(*ids[:2]), lambda: tasks.show_drawing(1),
            lambda: Batch().add_path(str(tmp_path / "table.csv")),
        ):  # fmt: skip
            with pytest.raises(SealedLibrary):
                task()
        with session.moment() as library, pytest.raises(SealedLibrary):
            library.marks.rename_topic(library.topics.levels[0].labels[0], "Mine")
    assert digest() == before


def test_tools_over_http_show_a_reader_his_own_marks_and_notes_only(ids):
    pytest.importorskip("mcp")
    with asking("ada"), session.moment() as library:
        library.marks.note(ids[1], "Ada's thoughts")
        library.marks.put(Kind.TAG, "Ada's tag", ids[1])
    through = client()
    shown = {}
    for name in ("ada", "bob", "ada"):
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
        call["params"] = {"name": "paper", "arguments": {"papers": [ids[1]]}}
        headers = {"x-remote-user": name, "accept": "application/json, text/event-stream"}
        answer = through.post("/explorer/mcp", json=call, headers=headers)
        assert answer.status_code == 200, answer.text
        (shown[name],) = json.loads(answer.json()["result"]["content"][0]["text"])["results"]
    assert (shown["ada"]["note"], shown["ada"]["tags"], shown["ada"]["in"]) == ("Ada's thoughts", ["Ada's tag"], [])
    assert (shown["bob"]["note"], shown["bob"]["tags"], shown["bob"]["in"]) == ("", [], [])


def test_many_visitors_leave_no_library_open_for_each(ids, monkeypatch):
    monkeypatch.setattr(session, "_VISITORS", 3)
    for number in range(8):
        mark(f"reader {number}", Kind.COLLECTION, LIKED, ids[number % 3])
    [opened] = session._latest.values()
    assert len(opened.visitors) == 3
    for number in range(8):
        assert named(client(), "in:liked", **{"x-remote-user": f"reader {number}"}) == {ids[number % 3]}
