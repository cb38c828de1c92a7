"""Lists of the app as files: the papers, all of them, in the order of the list."""

import csv
import io
import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.server import routes, session
from explorer.server.guard import MIDDLEWARE
from explorer.server.published import publish_rows


@pytest.fixture
def client(seed_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(seed_folder))
    return TestClient(Starlette(routes=routes.ROUTES, middleware=MIDDLEWARE), base_url="http://localhost")


def test_a_list_comes_in_its_order_with_the_places_of_its_papers(client):
    opened, rows = session.library(), [7, 2, 11]
    path = f"/{publish_rows(opened.snapshot.edition, rows)}"
    papers = opened.snapshot.papers(rows)
    lines = [json.loads(line) for line in client.get(f"{path}.jsonl").text.splitlines()]
    assert [line["id"] for line in lines] == [paper.id for paper in papers]
    assert [line["x"] for line in lines] == [pytest.approx(float(opened.map[row, 0]), abs=1e-6) for row in rows]
    finest, level = f"topic_{len(opened.topics.levels)}", opened.topics.levels[0]
    assert [line[finest] for line in lines] == [level.labels[level.assignment[row]] for row in rows]
    table = list(csv.DictReader(io.StringIO(client.get(f"{path}.csv").text)))
    assert [line["id"] for line in table] == [paper.id for paper in papers]
    answer = client.get(f"{path}.bib")
    assert answer.text.count("@") >= 3
    assert answer.headers["content-disposition"] == 'attachment; filename="papers.bib"'
    assert client.get(f"{path}.ris").text.count("ER  -") == 3
    references = client.get(f"{path}.txt").text.splitlines()
    assert [paper.heading in line for paper, line in zip(papers, references, strict=True)] == [True] * 3


def test_the_whole_library_is_a_list_too(client):
    opened = session.library()
    answer = client.get(f"/{publish_rows(opened.snapshot.edition, None)}.jsonl")
    assert [json.loads(line)["id"] for line in answer.text.splitlines()] == [p.id for p in opened.snapshot.papers()]


@pytest.mark.parametrize(
    ("name", "reason"), [("0" * 24 + ".bib", "run the query again"), ("all.exe", "there are .jsonl, .csv")]
)
def test_a_list_that_is_gone_and_a_format_that_is_none_are_errors(client, name, reason):
    edition = session.library().snapshot.edition
    answer = client.get(f"/explorer/map/{edition}/papers/{name}")
    assert answer.status_code == 404
    assert reason in answer.json()["error"]


def test_a_list_of_rows_that_are_not_there_is_an_error(client):
    answer = client.get(f"/{publish_rows(session.library().snapshot.edition, [3, 99])}.bib")
    assert answer.status_code == 404
    assert "reload" in answer.json()["error"]


def test_a_list_beside_another_set_says_whose_paper_is_whose_and_numbers_the_topics(client):
    opened = session.library()
    path = f"/{publish_rows(opened.snapshot.edition, [0, 1, 2])}".replace("/papers/", "/compare/")
    label = opened.topics.levels[0].labels[0]
    told = client.get(path, params={"with": label}).json()
    inside = opened.topics.levels[0].assignment == 0
    sides = [int(row < 3) + 2 * int(inside[row]) for row in range(len(opened.map))]
    assert list(client.get(f"/{told['sides']}").content) == sides
    level = opened.topics.levels[told["level"]]
    assert [level.labels[number] for number in told["topic_numbers"]] == [each["label"] for each in told["topics"]]
    assert len(told["topics"]) == told["tests"] > 0
    assert "no topic is called 'nothing'" in client.get(path, params={"with": "nothing"}).json()["failed"]
