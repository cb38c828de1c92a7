"""What somebody who must not could try at a running app, in a table: nothing of it comes through.

Always true: each attempt fails for the reason that it names, as the same request without the attack is answered.
"""

import json
import shutil
import urllib.error
import urllib.request
from hashlib import sha256
from urllib.parse import urlsplit

import pytest

from support.browser import serving

pytestmark = pytest.mark.slow
TOKEN = "a-token-for-tests-0123456789"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SEARCH, UPLOAD, MCP = "/explorer/api/search?q=games", "/_stcore/upload_file/x/y", "/explorer/mcp"
LARGE = b"x" * 10_000_000


@pytest.fixture(scope="module")
def readers(_built_seeds):
    """An app for readers with a token, and the folder of its library."""
    named = ("--user-header", "X-Remote-User", "--trusted-proxy", "10.9.9.9")
    with serving(_built_seeds, "--token", TOKEN, "--read-only", *named) as url:
        yield url, _built_seeds


@pytest.fixture(scope="module")
def visited(_built_seeds, tmp_path_factory):
    """An app for readers whom a proxy on this machine names, and the folder of its library."""
    folder = shutil.copytree(_built_seeds, tmp_path_factory.mktemp("visited") / "library")
    named = ("--user-header", "X-Remote-User", "--trusted-proxy", "127.0.0.1")
    with serving(folder, "--token", TOKEN, "--read-only", *named) as url:
        yield url, folder


@pytest.fixture(scope="module")
def local(_built_seeds):
    """An app for this machine."""
    with serving(_built_seeds) as url:
        yield url


def answer(url, method="GET", data=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=60) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:  # it stopped listening in the middle of what was sent
        return 0, b""


def handshake(url, **headers):
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    place = urlsplit(url)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        origin = headers.pop("Origin", None)
        with connect(f"ws://{place.netloc}/_stcore/stream", origin=origin, additional_headers=headers):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


ATTACKS = {
    "another host": ("GET", SEARCH, None, {"Host": "evil.example"}, {400}),
    "another host that looks like it": ("GET", SEARCH, None, {"Host": "localhost.evil.example"}, {400}),
    "a page of another site": ("GET", SEARCH, None, {"Origin": "https://evil.example"}, {403}),
    "a page of another port": ("GET", SEARCH, None, {"Origin": "http://localhost:1"}, {403}),
    "a page without an origin": ("GET", SEARCH, None, {"Origin": "null"}, {403}),
    "an origin that is no address": ("GET", SEARCH, None, {"Origin": "http://["}, {403}),
    "a script in a foreign page": (
        "GET",
        SEARCH,
        None,
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {403},
    ),
    "a form of another site": ("POST", "/", b"token=x", {"Origin": "https://evil.example"}, {403}),
    "an upload of another site": ("PUT", UPLOAD, b"x", {"Origin": "https://evil.example"}, {403}),
    "a call of a tool by another site": ("POST", MCP, b"{}", {"Origin": "https://evil.example"}, {403}),
    "a large body to a route": ("POST", SEARCH, LARGE, {}, {405, 0}),
    "a large body to a tool": ("POST", MCP, LARGE, {}, {413, 0}),
    "a large upload to nobody": ("PUT", UPLOAD, LARGE, {}, {400, 403, 0}),
    "a path out of the folder": ("GET", "/explorer/static/x/cards/..%2f..%2f__init__.py", None, {}, {404, 400}),
    "a path of this machine": ("GET", "/static/..%2f..%2f..%2f..%2f..%2fetc/passwd", None, {}, {404, 400}),
    "an absolute path": ("GET", "//etc/passwd", None, {}, {400}),
}
ADA = {"X-Remote-User": "ada"}
WRITES = {  # by a reader who has a name
    "a mark by a route": ("POST", "/explorer/api/marks", b"{}", ADA, {404, 405}),
    "a mark by a route that reads": ("POST", SEARCH, b"{}", ADA, {405}),
    "another value of the map": ("PUT", "/explorer/values/x", b"x", ADA, {405}),
    "another map": ("DELETE", "/explorer/map/x/points", None, ADA, {405}),
    "another description": ("PUT", "/explorer/api/openapi.json", b"{}", ADA, {405}),
    "a paper taken away": ("DELETE", "/explorer/api/search?q=x", None, ADA, {405}),
    "a file to import": ("PUT", UPLOAD, b"@misc{x}", ADA, {400, 403}),
    "a large note": ("POST", "/explorer/api/notes", LARGE, ADA, {404, 405, 0}),
    "the file of a reader": ("GET", "/visitors/fdee430d40bd57deeac186cd9790033d.sqlite", None, ADA, {200, 404}),
    "the files of readers": ("GET", "/static/..%2fvisitors", None, ADA, {404, 400}),
    "a form of another site": ("POST", "/", b"x", {**ADA, "Origin": "https://evil.example"}, {403}),
    "a name without a letter": ("GET", SEARCH, None, {"X-Remote-User": " "}, {401}),
    "a name that is a path": ("GET", "/explorer/api/search?q=in:liked", None, {"X-Remote-User": "../library"}, {200}),
}
STRANGERS = {
    "no token": {},
    "a wrong token": {"Authorization": "Bearer wrong-token-0123456789"},
    "the beginning of the token": {"Authorization": f"Bearer {TOKEN[:-1]}"},
    "the token as a password": {"Authorization": f"Basic {TOKEN}"},
    "a made-up cookie": {"Cookie": f"explorer-00000000={TOKEN}"},
    "a forged name": {"X-Remote-User": "owner", "X-Forwarded-User": "owner", "Remote-User": "owner"},
    "an address of this machine": {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_of_somebody_who_has_the_token(readers, attack):
    method, path, data, headers, refused = ATTACKS[attack]
    url, _ = readers
    status, body = answer(url + path, method, data, **{**BEARER, **headers})
    assert status in refused, body[:200]
    assert b"root:" not in body and b"No-Press" not in body


@pytest.mark.parametrize("attack", ATTACKS)
def test_of_somebody_on_this_machine(local, attack):
    method, path, data, headers, refused = ATTACKS[attack]
    assert answer(local + path, method, data, **headers)[0] in refused


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("path", ["/", "/library", SEARCH, MCP, UPLOAD, "/_stcore/health", "/_stcore/host-config"])
def test_of_somebody_who_has_no_token(readers, stranger, path):
    url, _ = readers
    for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"):
        status, body = answer(url + path, method, None if method in ("GET", "HEAD") else b"x", **STRANGERS[stranger])
        assert status == 401, (method, status)
        assert b"No-Press" not in body
    assert handshake(url, **STRANGERS[stranger]) == 403


def test_the_websocket_takes_its_own_origin_and_host_only(readers, local):
    url, _ = readers
    for own, headers in ((url, BEARER), (local, {})):
        assert handshake(own, **headers) == 101  # without any attack
        assert handshake(own, Origin=own, **headers) == 101
        for origin in ("https://evil.example", "null", "http://localhost:1", own + "1", "http://["):
            assert handshake(own, Origin=origin, **headers) == 403, origin


def test_a_reader_gets_no_file_of_the_machine_and_changes_nothing(readers):
    url, folder = readers
    before = sha256((folder / "library.sqlite").read_bytes()).digest()
    for path in (
        "/explorer/api/search?q=file:/etc/passwd",
        "/explorer/api/similar?q=/etc/passwd",
        "/explorer/api/about?name=/etc",
    ):
        status, body = answer(url + path, **BEARER)
        assert status in (200, 400, 404) and b"root:" not in body and str(folder).encode() not in body
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in (SEARCH, "/explorer/api/marks", "/explorer/values/x", "/library"):
            assert answer(url + path, method, b"{}", **BEARER)[0] in (404, 405), (method, path)
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "mark", "arguments": {"papers": ["x"]}},
    }
    accept = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    status, body = answer(url + MCP, "POST", json.dumps(call).encode(), **BEARER, **accept)
    assert status in (200, 501) and (status == 501 or b"there is no tool mark" in body)
    assert sha256((folder / "library.sqlite").read_bytes()).digest() == before
    assert answer(url + SEARCH, **BEARER)[0] == 200  # the same without an attack


@pytest.mark.parametrize("attack", WRITES)
def test_of_a_reader_who_has_marks_of_his_own(visited, attack):
    method, path, data, headers, refused = WRITES[attack]
    url, folder = visited
    before = sha256((folder / "library.sqlite").read_bytes()).digest()
    status, body = answer(url + path, method, data, **headers)
    assert status in refused, body[:200]
    assert b"root:" not in body and b"SQLite format" not in body and str(folder).encode() not in body
    assert sha256((folder / "library.sqlite").read_bytes()).digest() == before
    assert not (folder / "visitors").exists()  # nobody has marked anything
    assert answer(url + SEARCH, **ADA)[0] == 200  # the same without an attack


@pytest.mark.parametrize("tool", ["mark", "note", "save_search"])
def test_a_reader_has_no_tool_that_writes(visited, tool):
    url, folder = visited
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}}
    accept = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    status, body = answer(url + MCP, "POST", json.dumps(call).encode(), **ADA, **accept)
    assert status == 501 or (status == 200 and f"there is no tool {tool}".encode() in body)
    assert not (folder / "visitors").exists()
