import struct

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer import api
from explorer.library import Library


@pytest.fixture
def client(seed_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(seed_folder))
    return TestClient(Starlette(routes=api.ROUTES, middleware=api.MIDDLEWARE), base_url="http://localhost")


@pytest.fixture
def version(client):
    return api.library().edition


def test_points_are_the_map_years_and_topics(client, version, seed_folder):
    answer = client.get(f"/explorer/map/{version}/points")
    magic, n, levels, _ = struct.unpack("<4I", answer.content[:16])
    assert (magic, n) == (0x4D415031, 12)
    with Library.open(seed_folder, write=False) as library:
        places = np.frombuffer(answer.content, "<f4", 24, 16).reshape(12, 2)
        assert (places == library.map).all()
        start = 16 + 12 * 8 + 24
        finest = np.frombuffer(answer.content, "<u2", 12, start)
        assert finest.tolist() == library.topics.levels[0].assignment.tolist()
        assert levels == len(library.topics.levels)
    assert "immutable" in answer.headers["cache-control"]
    assert len(answer.content) == start + levels * 24


def test_topics_and_titles(client, version):
    levels = client.get(f"/explorer/map/{version}/topics").json()["levels"]
    assert sum(topic["size"] for topic in levels[0]["topics"]) == 12
    titles = client.get(f"/explorer/map/{version}/titles/0").json()
    assert len(titles) == 12
    assert titles[0]["title"] == "OpenAI o1 System Card"
    assert client.get(f"/explorer/map/{version}/titles/9").json() == []


def test_an_old_version_is_gone(client):
    assert client.get("/explorer/map/other/points").status_code == 404


def test_published_values_come_back_as_bytes(client):
    path = api.publish(np.array([True, False, True]))
    assert client.get(f"/{path}").content == b"\x01\x00\x01"
    assert path == api.publish(np.array([1, 0, 1]))
    assert client.get("/explorer/values/unknown").status_code == 404


def test_json_queries_answer_like_the_command_line(client):
    found = client.get("/explorer/api/search", params={"q": "playing Minecraft from videos", "k": 2}).json()
    assert len(found) == 2
    assert found[0]["title"].startswith("Pretraining on noisy")
    similar = client.get("/explorer/api/similar", params={"q": "No-Press", "k": 1}).json()
    assert similar[0]["title"].startswith("Modeling Strong")
    assert client.get("/explorer/api/similar", params={"q": "nothing like it"}).status_code == 404
    assert client.get("/explorer/api/search", params={"q": "x", "k": "many"}).status_code == 400


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1"])
def test_other_hosts_are_turned_away(client, host):
    assert client.get("/explorer/map/x/points", headers={"host": host}).status_code == 400


def test_only_the_components_scripts_are_served(client):
    folder, name = api.script_path("map").rsplit("/", 1)
    assert "export function mount" in client.get(f"/{folder}/{name}").text
    for other in ("__init__.py", "map.css", "../state.py", "%2e%2e/state.py", "../../api.py"):
        assert client.get(f"/{folder}/{other}").status_code == 404
    assert client.get("/explorer/static/x/../state.py").status_code == 404
