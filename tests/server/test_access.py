"""How the app is served to others: the values that may be given, and what each lets in."""

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from explorer.errors import LibraryError
from explorer.server.access import Access
from explorer.server.guard import middleware
from explorer.server.routes import routes


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ""), ("/", ""), ("/user/me/proxy/8501/", "/user/me/proxy/8501"), ("papers", "/papers"),
        ("/user/me%40example.org/x", "/user/me@example.org/x"), ("//a//b/", "/a/b"),
    ],
)  # fmt: skip
def test_a_path_is_read_however_it_is_written(text, path):
    access = Access.of({"EXPLORER_BASE_PATH": text})
    assert access.base_path == path
    assert Access.of(access.variables) == access


@pytest.mark.parametrize("text", ["https://x.org/a", "/a/../b", "/a?b", "/a#b", "/a/%2e%2e/b", "/<b>", '/a"b', "/a\nb"])
def test_what_is_no_path_is_refused_by_its_name(text):
    with pytest.raises(LibraryError, match=r"--base-path .EXPLORER_BASE_PATH. .* is no path below a host"):
        Access.of({"EXPLORER_BASE_PATH": text})


def test_names_of_hosts_are_read_and_what_is_none_is_refused():
    access = Access.of({"EXPLORER_TRUSTED_HOST": "Papers.Example.org, hub:8443  [fe80::1]"})
    assert access.trusted_hosts == ("papers.example.org", "hub:8443", "[fe80::1]")
    assert Access.of(access.variables) == access
    for text in ("*", "*.example.org", "https://x.org", "x.org/path", "x:port", "a@b"):
        with pytest.raises(LibraryError, match=r"--trusted-host .* is no name of a host"):
            Access.of({"EXPLORER_TRUSTED_HOST": text})


# ------------------------------------------------------------------------------------------------------ who is let in


def client(access, peer="127.0.0.1"):
    async def socket_route(websocket):
        await websocket.accept()
        await websocket.send_text(websocket.headers["host"])
        await websocket.close()

    paths = [Route("/", lambda request: JSONResponse(request.headers["host"]), methods=["GET", "POST"])]
    app = Starlette(routes=[*paths, WebSocketRoute("/ws", socket_route)], middleware=middleware(access))
    return TestClient(app, base_url="http://localhost:8501", client=(peer, 50000))


def heard(asking, **headers):
    try:
        with asking.websocket_connect("ws://localhost:8501/ws", headers=headers) as websocket:
            return websocket.receive_text()
    except WebSocketDisconnect:
        return None


TRUSTED = Access(trusted_hosts=("papers.example.org", "hub.example.org:8443"))


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("papers.example.org", None), ("papers.example.org:8501", None), ("hub.example.org:8443", None),
        ("papers.example.org", "https://papers.example.org"), ("localhost:8501", "https://papers.example.org"),
        ("127.0.0.1:8501", "https://hub.example.org:8443"), ("localhost:8501", "http://localhost:8501"),
    ],
)  # fmt: skip
def test_a_trusted_host_is_answered_and_further_in_host_and_origin_agree(host, origin):
    headers = {"host": host, **({"origin": origin} if origin else {})}
    seen = origin.partition("//")[2] if origin else host
    answer = client(TRUSTED).get("/", headers=headers)
    assert (answer.status_code, answer.json()) == (200, seen)
    assert heard(client(TRUSTED), **headers) == seen


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("evil.example", None), ("evil.example", "https://evil.example"), ("localhost:8501", "https://evil.example"),
        ("localhost:8501", "https://papers.example.org:444"), ("localhost:8501", "https://hub.example.org"),
        ("hub.example.org", None), ("papers.example.org.evil.example", None), ("", "https://papers.example.org"),
        ("papers.example.org", "http://localhost:8501"), ("localhost:8501", "ftp://papers.example.org"),
        ("localhost:8501", "https://me@papers.example.org"),
    ],
)  # fmt: skip
def test_no_other_host_or_origin_is(host, origin):
    headers = {"host": host, **({"origin": origin} if origin else {})}
    assert client(TRUSTED).get("/", headers=headers).status_code in (400, 403)
    assert client(TRUSTED).post("/", headers=headers).status_code in (400, 403)
    assert heard(client(TRUSTED), **headers) is None


def test_another_name_is_refused_by_its_name_with_the_cure():
    refused = client(Access()).get("/", headers={"host": "papers.example.org"})
    assert refused.status_code == 400
    assert "'papers.example.org'" in refused.json()["error"] and "--trusted-host" in refused.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "203.0.113.9"}, {"x-forwarded-for": "127.0.0.1, 203.0.113.9"},
        {"x-forwarded-for": "203.0.113.9, 127.0.0.1"}, {"x-forwarded-for": "unknown"}, {"x-real-ip": "203.0.113.9"},
        {"forwarded": "for=127.0.0.1"}, {"x-forwarded-for": "203.0.113.9:5000"},
    ],
)  # fmt: skip
def test_for_whom_a_proxy_here_asks_is_as_far_as_they_are(headers):
    for access in (Access(), TRUSTED):
        assert client(access).get("/", headers=headers).status_code == 403
        assert heard(client(access), **headers) is None


def test_a_proxy_that_asks_for_this_machine_is_near():
    assert client(Access()).get("/", headers={"x-forwarded-for": "127.0.0.1, ::1"}).status_code == 200


def test_who_says_localhost_to_a_server_that_believes_every_proxy_is_far(monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # then uvicorn takes the address from the header
    assert client(Access()).get("/", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 403


def test_routes_lie_below_the_path_and_nowhere_else():
    app = TestClient(Starlette(routes=routes("/user/me")), base_url="http://localhost")
    assert app.get("/user/me/explorer/values/x").json()["error"].startswith("no longer here")
    assert app.get("/explorer/values/x").text == "Not Found"
