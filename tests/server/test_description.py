"""The description of the routes against the routes: each is described, each described answers, and fits its schema."""

import copy
import re
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.testclient import TestClient

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.server import choice, description, routes, session
from explorer.server.description import OPERATIONS, document
from explorer.server.guard import MIDDLEWARE
from explorer.server.published import publish, publish_rows
from explorer.server.scripts import script_path
from support.papers import related

PAGED = ("api/search", "api/similar")


@pytest.fixture
def client(folder, monkeypatch):
    """The routes of a library of 60 papers, some of them near-copies, some without a year."""
    papers = [*related(58), paper("Paper alone", record=59, key="k58"), replace(related(1)[0], id="")]
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(papers)
    monkeypatch.setattr(session, "_latest", {})
    monkeypatch.setattr(routes, "wait_for_encoder", lambda timeout: True)
    yield TestClient(Starlette(routes=routes.ROUTES, middleware=MIDDLEWARE), base_url="http://localhost")
    monkeypatch.setattr(session, "_latest", {})


@pytest.fixture
def edition(client):
    return session.library().snapshot.edition


def exact(schema):
    """The schema without room for keys that it does not name."""
    schema = copy.deepcopy(schema)

    def close(part):
        if isinstance(part, dict):
            if part.get("properties"):
                part["additionalProperties"] = False
            for inner in part.values():
                close(inner)
        elif isinstance(part, list):
            for inner in part:
                close(inner)

    close(schema)
    return schema


def fits(answer, schema):
    whole = exact({**schema, "components": document()["components"]})
    errors = [f"{list(each.absolute_path)}: {each.message}" for each in Draft202012Validator(whole).iter_errors(answer)]
    assert errors == []


def error_fits(answer, status, *words):
    assert answer.status_code == status, answer.text
    fits(answer.json(), {"$ref": "#/components/schemas/Error"})
    assert all(word in answer.json()["error"] for word in words), answer.json()


def examples(edition):
    """A path of each route, with parameters that it answers; every parameter of the description stands in one."""
    label = session.library().topics.levels[0].labels[0]
    rows = publish_rows(edition, range(20)).rpartition("/")[2]
    filters = {
        "from": 1990, "to": 2030, "author": "Author1", "venue": "Odd", "topic": label, "source": "made.jsonl",
        "collection": "Thesis", "tag": "method",
    }  # fmt: skip
    page, here = {"k": 4, "offset": 2, "read": "text"}, choice.name()
    digest, folder, name = script_path("cards").split("/")[-3:]
    return [
        ("api/search", {}, {"q": "alpha beta gamma", **page}),
        ("api/search", {}, {"q": "year:2003.. title:number3"}),
        ("api/search", {}, {"q": "alpha", **filters}),
        ("api/search", {}, {"library": here}),
        ("api/similar", {}, {"q": "k3", "like": ["k4", "k5"], "unlike": ["k20"], "text": "alpha", **page}),
        ("api/similar", {}, {"q": "k3", "library": here, **filters}),
        ("api/explain", {}, {"a": "k3", "b": "k4", "library": here}),
        ("api/why", {}, {"q": "alpha beta", "b": "k4", "library": here}),
        ("api/about", {}, {"name": "year:2003..", "library": here}),
        ("api/compare", {}, {"a": "year:2003", "b": "year:2004..2006", "library": here}),
        ("api/openapi.json", {}, {}),
        ("map/{edition}/points", {"edition": edition}, {}),
        ("map/{edition}/topics", {"edition": edition}, {}),
        ("map/{edition}/trust", {"edition": edition}, {}),
        ("map/{edition}/titles/{chunk}", {"edition": edition, "chunk": 0}, {}),
        ("map/{edition}/titles/{chunk}", {"edition": edition, "chunk": 99}, {}),
        ("map/{edition}/papers/{digest}.{ending}", {"edition": edition, "digest": rows, "ending": "bib"}, {}),
        ("map/{edition}/papers/{digest}.{ending}", {"edition": edition, "digest": "all", "ending": "csv"}, {}),
        ("map/{edition}/about/{digest}", {"edition": edition, "digest": rows}, {}),
        ("map/{edition}/compare/{digest}", {"edition": edition, "digest": rows}, {"with": "year:2008.."}),
        ("map/{edition}/compare/{digest}", {"edition": edition, "digest": rows}, {"with": "no such topic"}),
        ("values/{digest}", {"digest": publish(session.library().snapshot.years() > 2003).rpartition("/")[2]}, {}),
        ("static/{digest}/{folder}/{name}", {"digest": digest, "folder": folder, "name": name}, {}),
    ]  # fmt: skip


def test_the_description_is_served_where_it_says_and_is_well_formed(client):
    answer = client.get("/explorer/api/openapi.json")
    assert answer.status_code == 200 and answer.json() == document()
    assert answer.json()["openapi"].startswith("3.1") and answer.json()["info"]["version"]
    Draft202012Validator.check_schema({"$defs": answer.json()["components"]["schemas"]})
    named = [each["get"]["operationId"] for each in answer.json()["paths"].values()]
    assert len({*named}) == len(named)
    references = re.findall(r"'#/components/(\w+)/(\w+)'", str(answer.json()))
    assert references and all(name in answer.json()["components"][kind] for kind, name in references)


def test_each_route_that_is_served_is_described_and_no_further():
    served = {re.sub(r":\w+}", "}", route.path) for route in routes.ROUTES} - {"/explorer/mcp"}
    assert served == document()["paths"].keys() == {f"/explorer/{path}" for path in OPERATIONS}
    below = {re.sub(r":\w+}", "}", route.path) for route in routes.routes("/user/me")}
    assert below == {f"/user/me{path}" for path in {*served, "/explorer/mcp"}}


def test_each_parameter_of_a_path_is_described():
    for path, operation in OPERATIONS.items():
        in_path = {each.name for each in operation.parameters if each.place == "path"}
        assert in_path == {*re.findall(r"{(\w+)}", path)}, path


def test_each_route_answers_what_is_described(client, edition):
    asked = dict.fromkeys(OPERATIONS, frozenset())
    for path, parts, params in examples(edition):
        answer = client.get(f"/explorer/{path.format(**parts)}", params=params)
        assert answer.status_code == 200, (path, params, answer.text)
        ((media, content),) = document()["paths"][f"/explorer/{path}"]["get"]["responses"]["200"]["content"].items()
        assert media in ("*/*", answer.headers["content-type"].partition(";")[0]), path
        if "schema" in content:
            fits(answer.json(), content["schema"])
        asked[path] |= {*parts, *params}
    assert asked == {path: {each.name for each in operation.parameters} for path, operation in OPERATIONS.items()}


def test_a_route_reads_no_parameter_that_is_not_described(client, monkeypatch, edition):
    """By what the handlers ask of their parameters while they answer."""
    from starlette.datastructures import QueryParams

    read = set()

    class Watched(QueryParams):
        def get(self, key, default=None):
            read.add(key)
            return super().get(key, default)

        def getlist(self, key):
            read.add(key)
            return super().getlist(key)

    monkeypatch.setattr("starlette.requests.QueryParams", Watched)
    ever = set()
    for path, parts, params in examples(edition):
        read.clear()
        client.get(f"/explorer/{path.format(**parts)}", params=params)
        described = {each.name for each in OPERATIONS[path].parameters if each.place == "query"}
        assert read <= described, path
        ever |= read
    assert ever == {
        each.name for operation in OPERATIONS.values() for each in operation.parameters if each.place == "query"
    }


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_are_those_of_a_single_list(client, path, size):
    for asked in ({"q": "k3"}, {"q": "k3", "from": 2003}) if path == "api/similar" else (
        {"q": "alpha beta gamma"}, {"q": "number3"}, {"q": "year:2003.."}, {"q": "k1 k2"}
    ):  # fmt: skip
        whole = client.get(f"/explorer/{path}", params={**asked, "k": 1000}).json()
        results, offset = [], 0
        while offset is not None:
            answer = client.get(f"/explorer/{path}", params={**asked, "k": size, "offset": offset}).json()
            assert answer["offset"] == offset
            results += answer["results"]
            offset = answer["next_offset"]
        assert results == whole["results"] and whole["next_offset"] is None
        again = client.get(f"/explorer/{path}", params={**asked, "k": size, "offset": size}).json()
        assert again == client.get(f"/explorer/{path}", params={**asked, "k": size, "offset": size}).json()


def test_errors_have_the_shape_that_is_described(client, edition):
    for path in PAGED:
        error_fits(client.get(f"/explorer/{path}", params={"q": "k3", "k": 0}), 400, "k=0", "1 to 1000")
        error_fits(client.get(f"/explorer/{path}", params={"q": "k3", "offset": -1}), 400, "offset=-1", "0 to 999")
        beyond = client.get(f"/explorer/{path}", params={"q": "k3", "offset": 900, "k": 101})
        error_fits(beyond, 400, "offset=900", "k=101", "1,000")
        error_fits(client.get(f"/explorer/{path}", params={"q": "k3", "read": "backwards"}), 400, "read=backwards")
    error_fits(client.get("/explorer/api/similar", params={"q": "no such paper"}), 404, "no such paper")
    error_fits(client.get("/explorer/api/search", params={"q": "x", "topic": "none such"}), 404, "none such")
    error_fits(client.get("/explorer/api/explain", params={"a": "k1"}), 400, "b=")
    error_fits(client.get("/explorer/map/old/points"), 404, "replaced")
    error_fits(client.get(f"/explorer/map/{edition}/papers/all.exe"), 404, ".exe")
    error_fits(client.get("/explorer/values/none"), 404, "no longer here")
    error_fits(client.get("/explorer/static/x/cards/none.js"), 404, "none.js")
    error_fits(client.get("/explorer/api/search?q=x", headers={"origin": "https://evil.example"}), 403, "own pages")


def test_each_status_that_a_route_may_give_is_described(client):
    statuses = {int(status) for status in re.findall(r"_error\((\d+)", Path(routes.__file__).read_text())}
    described = {status for operation in OPERATIONS.values() for status in operation.errors}
    assert statuses <= described and described | {401, 403} == {*description._MEANS}
