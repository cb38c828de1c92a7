"""Who is answered, and with what headers: a scanner of the running app, and a page that tries to load foreign parts."""

import http.server
import re
import socket
import threading
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from explorer.server.guard import MIDDLEWARE
from support.browser import NEEDED, serving

FOREIGN = (
    "http://evil.example", "https://localhost.evil.example", "null", "http://127.0.0.1:1", "http://localhost:1",
    "http://localhost", "file://", "chrome-extension://abc", "http://user@localhost:1", "",
)  # fmt: skip
SITES = ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"})


def policy_of(headers):
    directives = (part.strip().split() for part in headers["content-security-policy"].split(";"))
    return {name: set(sources) for name, *sources in directives}


def check_headers(headers):
    policy = policy_of(headers)
    for name, sources in policy.items():
        for source in sources:
            assert re.fullmatch(r"'(?:self|none)'|blob:|data:|'sha256-[\w+/=]{44}'|'unsafe-inline'", source), source
            assert source != "'unsafe-inline'" or name == "style-src"
            assert source != "data:" or name in ("img-src", "font-src")
    assert policy["default-src"] == {"'self'"}
    assert policy["frame-ancestors"] == policy["object-src"] == policy["frame-src"] == {"'none'"}
    assert policy["base-uri"] == policy["form-action"] == policy["connect-src"] == {"'self'"}
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert headers["cross-origin-resource-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


def _app():
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route, WebSocketRoute

    async def socket_route(websocket):
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.close()

    methods = ["GET", "POST", "PUT", "DELETE"]
    routes = [Route("/", lambda request: PlainTextResponse("hello"), methods=methods)]
    return Starlette(routes=[*routes, WebSocketRoute("/ws", socket_route)], middleware=MIDDLEWARE)


@pytest.fixture
def client():
    from starlette.testclient import TestClient

    return TestClient(_app(), base_url="http://localhost:8501")


@pytest.mark.parametrize(
    "address", ["192.168.1.7", "10.0.0.1", "203.0.113.9", "2001:db8::7", "::ffff:192.168.1.7", "fe80::1%eth0"]
)
def test_another_machine_is_refused_in_words_though_it_says_localhost(address):
    from starlette.testclient import TestClient
    from starlette.websockets import WebSocketDisconnect

    far = TestClient(_app(), base_url="http://localhost:8501", client=(address, 50000))
    answer = far.get("/")
    assert answer.status_code == 403 and "open a tunnel: ssh -L" in answer.json()["error"]
    check_headers(answer.headers)
    with pytest.raises(WebSocketDisconnect), far.websocket_connect("/ws"):
        pass


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", ""])
def test_this_machine_is_answered(address):
    from starlette.testclient import TestClient

    near = TestClient(_app(), base_url="http://localhost:8501", client=(address, 50000))
    assert near.get("/").text == "hello"


def hears(client, **headers):
    from starlette.websockets import WebSocketDisconnect

    try:
        with client.websocket_connect("ws://localhost:8501/ws", headers=headers) as websocket:
            return websocket.receive_text() == "hello"
    except WebSocketDisconnect:
        return False


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("origin", [*FOREIGN, "http://127.0.0.1:8501", "http://[::1]:8501", "http://localhost:8502"])
def test_requests_of_other_origins_end(client, method, origin):
    answer = client.request(method, "/", headers={"origin": origin})
    assert answer.status_code == 403
    check_headers(answer.headers)
    assert not hears(client, origin=origin)


def test_its_own_pages_and_programs_are_answered(client):
    opened = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    for headers in (
        {},
        {"origin": "http://localhost:8501"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none", **opened},
        {"sec-fetch-site": "cross-site", **opened},
    ):
        answer = client.get("/", headers=headers)
        assert (answer.status_code, answer.text) == (200, "hello")
        check_headers(answer.headers)
    assert hears(client)
    assert hears(client, origin="http://localhost:8501")


@pytest.mark.parametrize("site", SITES, ids=lambda site: site["sec-fetch-site"])
@pytest.mark.parametrize(
    ("mode", "dest"), [("no-cors", "image"), ("no-cors", "script"), ("navigate", "iframe"), ("navigate", "object")]
)
def test_no_part_of_a_foreign_page_is_served(client, site, mode, dest):
    answer = client.get("/", headers={**site, "sec-fetch-mode": mode, "sec-fetch-dest": dest})
    assert answer.status_code == 403


def test_two_origins_in_a_request_are_not_its_own(client):
    headers = [("origin", "http://localhost:8501"), ("origin", "http://evil.example")]
    assert client.get("/", headers=headers).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8501", ""])
def test_other_names_of_this_machine_are_refused_with_the_same_headers(client, host):
    answer = client.get("/", headers={"host": host, "origin": f"http://{host}"})
    assert answer.status_code in (400, 403)
    check_headers(answer.headers)


# --------------------------------------------------------------------------------------------- the app as it is started


@pytest.fixture(scope="module")
def running(_built_seeds):
    with serving(_built_seeds) as url:
        yield url


def reply_of(address, method="GET", **headers):
    try:
        with urlopen(
            Request(address, headers={k.replace("_", "-"): v for k, v in headers.items()}, method=method)
        ) as reply:
            return reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.read()
    except HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


PATHS = (
    "/", "/library", "/_stcore/health", "/_stcore/host-config", "/_stcore/script-health-check", "/favicon.png",
    "/explorer/api/search?q=games", "/explorer/api/search?q=%28", "/explorer/map/x/points", "/explorer/values/x",
    "/explorer/static/x/y/z", "/nothing/here", "/_stcore/upload_file/a/b", "/media/x", "/component/x/y",
    "/_stcore/agent/openapi.json", "/static/none.js", "/%2e%2e/%2e%2e/etc/passwd", "/..%5c..%5cx",
)  # fmt: skip


def handshake(address, **headers):
    """The status with which a websocket of the app is answered."""
    split = urlsplit(address)
    lines = [
        "GET /_stcore/stream HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *(f"{name}: {value}" for name, value in headers.items()),
    ]  # fmt: skip
    if "Host" not in headers:
        lines.insert(1, f"Host: {split.netloc}")
    with socket.create_connection((split.hostname, split.port), 20) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(connection.recv(4096).split()[1])


@pytest.mark.slow
def test_every_route_of_the_running_app_has_the_headers_and_takes_its_own_origin_only(running):
    page = reply_of(running + "/")[2].decode()
    scripts = re.findall(r'(?:src|href)="\./(static/[^"]+)"', page)
    assert scripts
    for path in (*PATHS, *(f"/{path}" for path in scripts[:3])):
        check_headers(reply_of(running + path)[1])
        for origin in FOREIGN[:-1]:
            status, headers, _ = reply_of(running + path, Origin=origin)
            assert status == 403, (path, origin)
            check_headers(headers)
        for site in SITES:
            assert reply_of(running + path, sec_fetch_mode="no-cors", sec_fetch_site=site["sec-fetch-site"])[0] == 403
        assert reply_of(running + path, Host="evil.example")[0] == 400
    assert reply_of(running + "/", Origin=running)[0] == 200
    assert handshake(running, Origin=running) == 101
    for origin in (*FOREIGN[:-1], running.replace("localhost", "127.0.0.1"), running + "1"):
        assert handshake(running, Origin=origin) == 403, origin
    assert handshake(running, Host="evil.example", Origin="http://evil.example") in (400, 403)
    for method in ("PUT", "DELETE", "POST"):
        assert reply_of(running + "/_stcore/upload_file/a/b", method, Origin="http://localhost:1")[0] == 403


@pytest.mark.slow
def test_the_hash_in_the_policy_is_that_of_streamlits_page(running):
    import base64
    import hashlib

    page = reply_of(running + "/")[2].decode()
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline}
    assert hashes == {source for source in policy_of(reply_of(running + "/")[1])["script-src"] if "sha256" in source}


INJECTED = """(foreign) => {
  const add = (name, attributes) => document.body.append(Object.assign(document.createElement(name), attributes));
  add("script", {src: foreign + "/script.js"});
  add("script", {type: "module", src: foreign + "/module.js"});
  add("script", {textContent: "window.injected = true"});
  add("img", {src: foreign + "/image.png"});
  add("iframe", {src: foreign + "/frame"});
  add("object", {data: foreign + "/object"});
  add("video", {src: foreign + "/video"});
  add("link", {rel: "stylesheet", href: foreign + "/style.css"});
  add("div", {style: `background: url(${foreign}/background.png)`,
    innerHTML: "<b onclick='window.injected = true'>x</b>"});
  document.body.lastChild.firstChild.click();
  new Image().src = foreign + "/pixel.png";
  fetch(foreign + "/fetch", {mode: "no-cors"}).catch(() => {});
  navigator.sendBeacon(foreign + "/beacon", "x");
  try { new WebSocket(foreign.replace("http", "ws") + "/socket"); } catch {}
  try { new EventSource(foreign + "/events"); } catch {}
  try { new Worker(foreign + "/worker.js"); } catch {}
  const form = document.createElement("form");
  Object.assign(form, {action: foreign + "/form", method: "POST", target: "_blank"});
  document.body.append(form); form.submit();
}"""


@NEEDED
@pytest.mark.slow
def test_a_page_loads_nothing_foreign_whatever_is_injected(running, browser):
    seen = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        foreign = f"http://127.0.0.1:{server.server_port}"
        context = browser.new_context()
        page = context.new_page()
        refused = []
        page.on("console", lambda message: refused.append(message.text))
        page.goto(running)
        page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
        assert not [text for text in refused if "Content Security Policy" in text]  # what the app itself needs
        page.evaluate(INJECTED, foreign)
        page.wait_for_timeout(2_000)
        assert seen == []
        assert page.evaluate("window.injected") is None
        assert len([text for text in refused if "Content Security Policy" in text]) >= 10
        outside = context.new_page()  # and the app in a frame of a foreign page, and its answers in one
        outside.goto(foreign)
        outside.set_content(
            f"<iframe src='{running}'></iframe><script src='{running}/explorer/api/search?q=games'></script>"
        )
        outside.wait_for_timeout(2_000)
        assert outside.frames[1].url in ("chrome-error://chromewebdata/", "about:blank", f"{running}/")
        assert "explorer" not in outside.frames[1].content().lower().replace(running, "")
        read = outside.evaluate(f"fetch('{running}/explorer/api/search?q=games').then(r => r.text(), () => 'refused')")
        assert read == "refused"
        context.close()
        server.shutdown()
