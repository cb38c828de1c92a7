import struct
from dataclasses import replace

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.export import map_arrays
from explorer.library import Library
from explorer.server import routes, session
from explorer.server.guard import MIDDLEWARE
from explorer.server.published import publish
from explorer.server.scripts import script_path
from explorer.store import HIDDEN, LIKED, Kind
from explorer.text import readable


@pytest.fixture
def client(seed_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(seed_folder))
    return TestClient(Starlette(routes=routes.ROUTES, middleware=MIDDLEWARE), base_url="http://localhost")


@pytest.fixture
def version(client):
    return session.library().snapshot.edition


def test_points_are_the_map_years_and_topics(client, version, seed_folder):
    answer = client.get(f"/explorer/map/{version}/points")
    magic, n, levels, _ = struct.unpack("<4I", answer.content[:16])
    assert (magic, n) == (0x4D415034, 12)
    with Library.open(seed_folder, write=False) as library:
        places = np.frombuffer(answer.content, "<f4", 24, 16).reshape(12, 2)
        assert (places == library.map).all()
        start = 16 + 12 * 8 + 24
        finest = np.frombuffer(answer.content, "<u2", 12, start)
        assert finest.tolist() == library.topics.levels[0].assignment.tolist()
        assert levels == len(library.topics.levels)
        flags, trust, typical = (answer.content[start + levels * 24 :][turn : turn + 12] for turn in (0, 12, 24))
        assert flags == bytes(12)  # no place is provisional
        assert list(trust) == library.snapshot.arrays.trust.tolist()
        assert list(typical) == library.snapshot.arrays.typical.tolist()
    assert "immutable" in answer.headers["cache-control"]


def test_provisional_places_are_flagged_in_the_last_block(tmp_path, monkeypatch):
    from conftest import paper
    from embeddings.toy import ToyEncoder

    with Library.open(tmp_path, encoder=ToyEncoder()) as library:
        library.add([paper(f"Paper {n} about word{n % 7}", f"word{n % 5} and word{n}", record=n) for n in range(1, 41)])
        library.add([paper("A newcomer", "word3 and word4")])
        monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path))
        blocks = map_arrays.points(library)
        flags = blocks[-3 * 44 : -2 * 44]  # before trust and what is typical
        assert list(flags) == [0] * 40 + [1, 0, 0, 0]
        assert library.snapshot.papers([40])[0].title == "A newcomer"


def test_marks_leave_the_edition_and_its_points_alone(client, version, seed_folder):
    before = client.get(f"/explorer/map/{version}/points").content
    opened = session.library()
    opened.marks.put(Kind.COLLECTION, HIDDEN, opened.snapshot.papers([3])[0].id)
    assert opened.snapshot.edition == version
    assert client.get(f"/explorer/map/{version}/points").content == before


def test_queries_know_collections_tags_and_hidden_papers(client, version):
    opened = session.library()
    ids = [paper.id for paper in opened.snapshot.papers()]
    opened.marks.put(Kind.COLLECTION, LIKED, *ids[:3])
    opened.marks.put(Kind.TAG, "method", *ids[2:5])
    opened.marks.put(Kind.COLLECTION, HIDDEN, ids[7])

    def found(path="search", q="games", **within):
        answer = client.get(f"/explorer/api/{path}", params={"q": q, "k": 50, **within})
        return {record["id"] for record in answer.json()["results"]}

    assert found() == set(ids) - {ids[7]}
    assert found(collection=LIKED) == set(ids[:3])
    assert found(tag="method") == set(ids[2:5])
    assert found(collection=LIKED, tag="method") == {ids[2]}
    assert found(collection=HIDDEN) == {ids[7]}
    assert found("similar", ids[0], collection=LIKED) == set(ids[1:3])
    assert found("similar", ids[0]) == set(ids) - {ids[0], ids[7]}


def test_topics_and_titles(client, version):
    levels = client.get(f"/explorer/map/{version}/topics").json()["levels"]
    assert sum(topic["size"] for topic in levels[0]["topics"]) == 12
    titles = client.get(f"/explorer/map/{version}/titles/0").json()
    assert len(titles) == 12
    assert titles[0]["title"] == "OpenAI o1 System Card"
    assert titles[0]["by"]
    assert all(len(set(one["near"])) == 10 and row not in one["near"] for row, one in enumerate(titles))
    assert client.get(f"/explorer/map/{version}/titles/9").json() == []


def test_the_map_waits_for_no_vectors_and_hears_of_far_order_later(client, version):
    opened = session.library()
    at_once = client.get(f"/explorer/map/{version}/topics").json()["trust"]
    later = client.get(f"/explorer/map/{version}/trust").json()
    assert at_once == {**later, "order": None} and 0 <= later["order"] <= 100
    assert later == map_arrays.trust(opened)


def test_a_topic_that_is_gone_is_said_with_the_nearest(client):
    label = session.library().topics.levels[-1].labels[0]
    answer = client.get("/explorer/api/search", params={"q": "games", "topic": f"{label} of old"})
    assert answer.status_code == 404 and label in answer.json()["nearest"]
    assert f"{label} of old" in answer.json()["error"] and f"nearest today: {label!r}" in answer.json()["error"]


def test_an_old_version_is_gone(client):
    assert client.get("/explorer/map/other/points").status_code == 404


def test_papers_in_doubt_are_flagged_a_bit_a_level(client, version):
    arrays = session.library().snapshot.arrays
    for change in ({"doubt": np.full(12, 3, np.uint8)}, {"doubt": np.zeros(12, np.uint8)}):
        content = map_arrays.points_of(replace(arrays, **change), np.zeros(12, np.int16))
        flags = content[16 + 12 * 8 + 24 + 24 * len(arrays.topics.levels) :][:12]
        assert set(flags) == {2 * int(change["doubt"][0])}


def test_published_values_come_back_as_bytes(client):
    path = publish(np.array([True, False, True]))
    assert client.get(f"/{path}").content == b"\x01\x00\x01"
    assert path == publish(np.array([1, 0, 1]))
    assert client.get("/explorer/values/unknown").status_code == 404


def test_json_queries_answer_like_the_command_line(client):
    found = client.get("/explorer/api/search", params={"q": "playing Minecraft from videos", "k": 2}).json()["results"]
    assert len(found) == 2
    assert found[0]["title"].startswith("Pretraining on noisy")
    similar = client.get("/explorer/api/similar", params={"q": "No-Press", "k": 1}).json()["results"]
    assert similar[0]["title"].startswith("Modeling Strong")
    assert client.get("/explorer/api/similar", params={"q": "nothing like it"}).status_code == 404
    assert client.get("/explorer/api/search", params={"q": "x", "k": "many"}).status_code == 400


@pytest.mark.parametrize("k", ["0", "-1", "1001", "1e3", "2.5", "", "٣", "9" * 5000])
def test_a_count_out_of_range_is_a_wrong_parameter_that_is_named(client, k):
    for address in ("search", "similar"):
        answer = client.get(f"/explorer/api/{address}", params={"q": "No-Press", "k": k})
        assert answer.status_code == 400
        assert answer.json()["error"] == f"k={k[:40]} is no whole number from 1 to 1000"
    assert len(client.get("/explorer/api/search", params={"q": "games", "k": 1000}).json()["results"]) == 12


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize("year", ["-1", "10000", "x", "2001.5"])
def test_a_year_that_is_none_is_a_wrong_parameter_that_is_named(client, name, year):
    answer = client.get("/explorer/api/search", params={"q": "games", name: year})
    assert answer.status_code == 400
    assert answer.json()["error"] == f"{name}={year} is no whole number from 0 to 9999"


@pytest.mark.parametrize(
    ("text", "place"),
    [("games AND", "▸AND◂"), ("(games OR poker", "▸(◂"), ('"games', '▸"◂'), ("games[xy] AND a[tiab]", "▸[xy]◂")],
)
def test_an_error_of_syntax_is_a_wrong_parameter_with_its_place(client, text, place):
    answer = client.get("/explorer/api/search", params={"q": text, "read": "strategy"})
    assert answer.status_code == 400
    assert place in answer.json()["error"]


def test_several_papers_and_a_text_ask_together(client):
    asked = {"like": ["Safe Search", "Abstracting"], "unlike": ["o1 System"], "text": "planning", "k": 12}
    found = [record["title"] for record in client.get("/explorer/api/similar", params=asked).json()["results"]]
    assert len(found) == 9
    assert found[0].startswith("The Update Equivalence")
    assert found == [one.paper.heading for one in session.library().similar(
        k=12, like=asked["like"], unlike=asked["unlike"], text="planning"
    )]  # fmt: skip
    nothing = client.get("/explorer/api/similar", params={"unlike": "o1 System"})
    assert nothing.status_code == 404
    assert "add a liked paper or a text" in nothing.json()["error"]


def test_an_explanation_comes_for_a_paper_and_for_a_question(client, version):
    found = client.get("/explorer/api/explain", params={"a": "No-Press", "b": "Learned Belief"}).json()
    assert found["pairs"][0]["similarity"] > 0.5
    opened = session.library()
    abstract = readable(opened.snapshot.paper("Learned Belief").abstract)
    told = [pair["one"] for pair in client.get(
        "/explorer/api/explain", params={"a": "Learned Belief", "b": "No-Press"}
    ).json()["pairs"]]  # fmt: skip
    assert all(one["text"] == abstract[one["start"] : one["end"]] for one in told if one["end"] >= 0)
    asked = client.get("/explorer/api/why", params={"q": "agents for Diplomacy", "b": "No-Press"}).json()
    assert "diplomacy" in [term["text"].lower() for term in asked["shared"]]
    assert client.get("/explorer/api/explain", params={"a": "No-Press", "b": "nothing like it"}).status_code == 404
    assert client.get("/explorer/api/why", params={"q": 'an "open quote', "b": "No-Press"}).status_code == 200
    assert client.get("/explorer/api/why", params={"b": "No-Press"}).status_code == 400


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1"])
def test_other_hosts_are_turned_away(client, host):
    assert client.get("/explorer/map/x/points", headers={"host": host}).status_code == 400


def test_only_the_components_scripts_are_served(client):
    folder, name = script_path("map").rsplit("/", 1)
    assert "export function mount" in client.get(f"/{folder}/{name}").text
    for other in ("__init__.py", "map.css", "../state.py", "%2e%2e/state.py", "../../api.py"):
        assert client.get(f"/{folder}/{other}").status_code == 404
    assert client.get("/explorer/static/x/../state.py").status_code == 404
