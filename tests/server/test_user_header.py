"""A user's name in a header: believed from the proxy that was named, from nobody else."""

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from explorer.errors import LibraryError
from explorer.server.access import Access
from explorer.server.guard import middleware

PROXY, TOKEN = "10.0.0.2", "right-token-0123456789"
NAMED = {"x-remote-user": "ada"}


@pytest.fixture(autouse=True)
def _peers(monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "")  # as `explorer app` starts it


def client(peer, token="", header="x-remote-user"):
    def name(request):
        return JSONResponse([request.headers.get("x-remote-user"), request.headers.get("x_remote_user")])

    async def socket_route(websocket):
        await websocket.accept()
        await websocket.send_json(websocket.headers.get("x-remote-user"))
        await websocket.close()

    proxies = (PROXY, "::1") if header else ()
    access = Access(token=token, user_header=header, trusted_proxies=proxies, trusted_hosts=("papers.example.org",))
    routes = [Route("/", name), WebSocketRoute("/ws", socket_route)]
    app = Starlette(routes=routes, middleware=middleware(access))
    return TestClient(app, base_url="http://papers.example.org", client=(peer, 50000))


def heard(asking, headers):
    try:
        with asking.websocket_connect("ws://papers.example.org/ws", headers=headers) as websocket:
            return [websocket.receive_json()]
    except WebSocketDisconnect:
        return []


@pytest.mark.parametrize("peer", [PROXY, f"::ffff:{PROXY}", "::1"])
@pytest.mark.parametrize("token", ["", TOKEN])
def test_whom_the_proxy_names_is_let_in_without_a_token(peer, token):
    asking = client(peer, token)
    forwarded = {**NAMED, "x-forwarded-for": "203.0.113.9"}
    for headers in (NAMED, forwarded):
        answer = asking.get("/", headers=headers)
        assert (answer.status_code, answer.json()[0]) == (200, "ada")
        assert heard(asking, headers) == ["ada"]


@pytest.mark.parametrize("peer", ["10.0.0.3", "203.0.113.9", "2001:db8::7"])
def test_a_name_from_anybody_else_lets_nobody_in(peer):
    for headers in (
        NAMED,
        {**NAMED, "x-forwarded-for": PROXY},
        {**NAMED, "x-real-ip": PROXY},
        {**NAMED, "forwarded": PROXY},
    ):
        assert client(peer).get("/", headers=headers).status_code == 403
        assert client(peer, TOKEN).get("/", headers=headers).status_code == 401
        assert heard(client(peer), headers) == heard(client(peer, TOKEN), headers) == []


def test_a_name_that_is_not_believed_is_taken_out():
    for peer in ("127.0.0.1", "203.0.113.9"):
        for header in ("x-remote-user", "x_remote_user", "X-Remote-User"):
            headers = {header: "ada", "authorization": f"Bearer {TOKEN}"}
            answer = client(peer, TOKEN).get("/", headers=headers)
            assert (answer.status_code, answer.json()) == (200, [None, None])
            assert heard(client(peer, TOKEN), headers) == [None]
    assert client("127.0.0.1").get("/", headers=NAMED).json() == [None, None]  # this machine, without a name


@pytest.mark.parametrize(
    "headers",
    [
        [("x-remote-user", "")], [("x-remote-user", "  ")], [], [("x-remote-user", "ada"), ("x-remote-user", "owner")],
        [("x_remote_user", "ada")], [("x-remote-user", "ada"), ("x_remote_user", "owner")],
    ],
)  # fmt: skip
def test_no_name_or_two_from_the_proxy_let_nobody_in(headers):
    assert client(PROXY).get("/", headers=headers).status_code == 403
    assert client(PROXY, TOKEN).get("/", headers=headers).status_code == 401


def test_the_proxy_is_no_excuse_for_another_origin_or_host():
    for headers in ({"origin": "https://evil.example"}, {"host": "evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client(PROXY).get("/", headers={**NAMED, **headers}).status_code in (400, 403)
        assert "host" in headers or heard(client(PROXY), {**NAMED, **headers}) == []


@pytest.mark.parametrize("forwarders", [None, "*", "10.0.0.2"])
def test_where_a_header_may_say_who_the_peer_is_no_name_is_believed(monkeypatch, forwarders):
    monkeypatch.delenv("FORWARDED_ALLOW_IPS")
    if forwarders:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", forwarders)
    assert client(PROXY).get("/", headers={**NAMED, "x-forwarded-for": PROXY}).status_code == 403


def test_header_and_proxy_go_together_and_are_checked():
    both = {"EXPLORER_USER_HEADER": "X-Remote-User", "EXPLORER_TRUSTED_PROXY": "10.0.0.2, ::1"}
    access = Access.of({**both, "EXPLORER_HOST": "0.0.0.0"})
    assert (access.user_header, access.trusted_proxies) == ("x-remote-user", ("10.0.0.2", "::1"))
    assert Access.of(access.variables) == access
    for name in both:
        with pytest.raises(LibraryError, match="go together"):
            Access.of({name: both[name]})
    for header in ("Host", "Cookie", "Authorization", "Sec-Fetch-Site", "a b", "x:y", "X-Forwarded-For"):
        with pytest.raises(LibraryError, match="is no header for a name"):
            Access.of({**both, "EXPLORER_USER_HEADER": header})
    for proxy in ("proxy.example.org", "10.0.0.0/8", "*"):
        with pytest.raises(LibraryError, match="is no address of a machine"):
            Access.of({**both, "EXPLORER_TRUSTED_PROXY": proxy})
