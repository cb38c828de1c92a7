"""A damaged library over HTTP: a status and a sentence as JSON, never a traceback."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.server import routes
from explorer.server.guard import MIDDLEWARE
from explorer.store import FILE
from support.papers import related


@pytest.fixture
def toy(toy_with):
    return toy_with(related(20))


@pytest.fixture
def client(toy, monkeypatch):
    toy.close()
    monkeypatch.setenv("EXPLORER_LIBRARY", str(toy.folder))
    yield TestClient(Starlette(routes=routes.ROUTES, middleware=MIDDLEWARE), base_url="http://localhost")


@pytest.mark.parametrize(
    "path", ["/explorer/api/search?q=alpha", "/explorer/api/similar?q=k3", "/explorer/map/x/points"]
)
def test_a_file_that_is_no_library_is_said_to_be_none(client, toy, path):
    (toy.folder / FILE).write_bytes(b"no database" * 1000)
    for end in ("-wal", "-shm"):
        (toy.folder / (FILE + end)).unlink(missing_ok=True)
    answer = client.get(path)
    assert answer.status_code == 500
    assert "library.sqlite is not a library or is damaged" in answer.json()["error"]


def test_a_page_that_is_destroyed_while_the_library_is_open_is_named(client, toy):
    assert client.get("/explorer/api/similar?q=k3").status_code == 200
    data = (toy.folder / FILE).read_bytes()
    (toy.folder / FILE).write_bytes(data[:4096] + b"\x55" * (len(data) - 4096))
    for path in ("/explorer/api/similar?q=k3", "/explorer/api/search?q=alpha"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "damaged" in answer.json()["error"]


def test_damage_of_the_index_is_named_by_the_question_that_reads_it_until_it_is_mended(client, toy, monkeypatch):
    monkeypatch.setattr("explorer.index.files._sound", {})  # a process that wrote none of it
    folder = next(iter((toy.folder / "derived").iterdir()))
    for name, place in (("index.faiss", -1), ("words/0000/rows.npy", -1)):
        data = bytearray((folder / name).read_bytes())
        data[place] ^= 1
        (folder / name).write_bytes(data)
    answer = client.get("/explorer/api/similar?q=k3")
    assert answer.status_code == 500
    assert "index.faiss cannot be used: its checksum" in answer.json()["error"]
    assert "Nothing is lost; run: explorer build" in answer.json()["error"]
    with Library.open(toy.folder, encoder=ToyEncoder()) as library:
        library.build()
    assert client.get("/explorer/api/similar?q=k3").status_code == 200
    assert client.get("/explorer/api/search?q=alpha").status_code == 200
