"""Who is let in with a token: by a link, a form, a cookie, a header; and who is not."""

import re
from urllib.parse import urljoin

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from explorer.errors import LibraryError
from explorer.server.access import Access
from explorer.server.guard import middleware

TOKEN = "right-token-0123456789"
PAGE = {"accept": "text/html,*/*"}
FAR = "203.0.113.9"


def client(path="", peer=FAR, **more):
    async def socket_route(websocket):
        await websocket.accept()
        await websocket.send_text("in")
        await websocket.close()

    def inside(request):
        return PlainTextResponse(f"in {request.url.query}")

    routes = [Route(f"{path}{place}", inside, methods=["GET", "POST", "PUT"]) for place in ("/", "/library", "/api")]
    access = Access(base_path=path, token=TOKEN, trusted_hosts=("papers.example.org",), **more)
    app = Starlette(routes=[*routes, WebSocketRoute(f"{path}/ws", socket_route)], middleware=middleware(access))
    return TestClient(app, base_url="http://papers.example.org", client=(peer, 50000), follow_redirects=False)


def heard(asking, path="/ws", **headers):
    try:
        with asking.websocket_connect(f"ws://papers.example.org{path}", headers=headers) as websocket:
            return websocket.receive_text()
    except WebSocketDisconnect:
        return None


def cookie_of(answer):
    return answer.headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize("peer", [FAR, "127.0.0.1"])
def test_without_the_token_there_is_a_form_for_people_and_a_sentence_for_programs(peer):
    asking = client(peer=peer)
    page = asking.get("/", headers=PAGE)
    assert page.status_code == 401 and "its token" in page.text and 'type="password"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    for method in ("GET", "POST", "PUT", "HEAD", "OPTIONS"):
        answer = asking.request(method, "/api")
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
    assert "Authorization: Bearer" in asking.get("/api").json()["error"]
    assert heard(asking) is None


def test_a_link_with_the_token_sets_a_cookie_and_leaves_the_address():
    asking = client()
    answer = asking.get(f"/library?q=a%26b&token={TOKEN}&colour=year", headers=PAGE)
    assert answer.status_code == 200 and TOKEN not in answer.text + str(answer.headers)
    assert 'content="0;url=./library?q=a%26b&amp;colour=year"' in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    attributes = answer.headers["set-cookie"].split("; ")[1:]
    assert {"HttpOnly", "SameSite=Strict"} <= set(attributes)
    assert not any(each.startswith(("Path", "Domain", "Secure")) for each in attributes)
    asking.cookies.clear()
    kept = {"cookie": cookie_of(answer)}
    assert asking.get("/library?q=a%26b&colour=year", headers=kept).text == "in q=a%26b&colour=year"
    assert heard(asking, **kept) == "in"
    # Whoever is in already and opens the link again does not keep it in the address either.
    again = asking.get(f"/?token={TOKEN}", headers={**PAGE, **kept})
    assert "0;url=./" in again.text and not again.text.startswith("in")


def test_the_cookie_is_for_https_alone_where_the_page_is():
    for asking, headers in ((client(), {"x-forwarded-proto": "https"}), (client(), {})):
        asking.base_url = "http://papers.example.org" if headers else "https://papers.example.org"
        assert "; Secure" in asking.get(f"/?token={TOKEN}", headers={**PAGE, **headers}).headers["set-cookie"]


def test_the_form_sets_the_cookie_and_goes_back_to_the_address():
    asking = client()
    page = asking.get("/library?q=x&token=wrong", headers=PAGE)
    assert page.status_code == 401 and "That is not the token." in page.text and "set-cookie" not in page.headers
    assert re.search('action="(.*?)"', page.text)[1] == "./library?q=x"
    own = {"origin": "http://papers.example.org", **PAGE}
    wrong = asking.post("/library?q=x", data={"token": "wrong"}, headers=own)
    assert wrong.status_code == 401 and "That is not the token." in wrong.text and "set-cookie" not in wrong.headers
    answer = asking.post("/library?q=x", data={"token": f" {TOKEN} "}, headers=own)
    assert (answer.status_code, answer.headers["location"]) == (303, "./library?q=x")
    assert asking.get("/library?q=x", headers={"cookie": cookie_of(answer)}).text == "in q=x"
    asking.cookies.clear()
    assert asking.post("/", data={"token": "x" * 10_000_000}, headers=own).status_code == 401
    foreign = {**own, "origin": "https://evil.example"}
    assert asking.post("/", data={"token": TOKEN}, headers=foreign).status_code == 403  # nobody is logged in unasked


@pytest.mark.parametrize(
    ("path", "here"), [("//evil.example/", "./"), ("/x:y", "./x%3Ay"), ('/"><script>', "./%22%3E%3Cscript%3E")]
)
def test_an_address_leads_nowhere_else(path, here):
    answer = client().post(path, data={"token": TOKEN}, headers=PAGE)
    assert answer.headers["location"] == here
    assert urljoin(f"http://papers.example.org{path}", here).startswith("http://papers.example.org/")
    page = client().get(f"{path}?token={TOKEN}&next=%22%3E%3Cscript%3E", headers=PAGE).text
    assert "<script" not in page


def test_programs_send_the_token_as_a_header():
    asking = client()
    assert asking.get("/api", headers={"authorization": f"Bearer {TOKEN}"}).text == "in "
    assert heard(asking, authorization=f"bearer {TOKEN}") == "in"
    for wrong in (
        "",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        TOKEN,
        "Bearer é",
    ):
        headers = {"authorization": wrong.encode()}
        assert asking.get("/api", headers=headers).status_code == 401, wrong
        assert heard(asking, authorization=wrong.encode()) is None
    refused = asking.get(f"/api?token={TOKEN}")  # which might end in the log of a proxy
    assert refused.status_code == 401 and TOKEN not in refused.text


def test_wrong_cookies_let_nobody_in():
    asking = client()
    name, _, value = cookie_of(asking.get(f"/?token={TOKEN}", headers=PAGE)).partition("=")
    asking.cookies.clear()
    for wrong in (
        f"{name}=",
        f"{name}={TOKEN}",
        f"{name}={value}0",
        f"{name}={value.upper()}",
        f"x={value}",
        f"{name}",
    ):
        assert asking.get("/", headers={"cookie": wrong}).status_code == 401, wrong
        assert heard(asking, cookie=wrong) is None
    other = Access(token=f"{TOKEN}2")
    assert other.token not in repr(other)


def test_a_link_of_another_site_is_opened_once_more_from_the_apps_own_page():
    foreign = {**PAGE, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    page = client().get("/?q=x", headers=foreign)
    assert page.status_code == 200 and 'content="0;url=./?q=x"' in page.text and "set-cookie" not in page.headers
    assert client().get("/?q=x", headers={**foreign, "sec-fetch-site": "same-origin"}).status_code == 401


def test_below_a_path_the_cookie_is_for_what_lies_below_it():
    asking = client("/user/me")
    answer = asking.get(f"/user/me?token={TOKEN}", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (307, f"./me/?token={TOKEN}")
    answer = asking.get(f"/user/me/?token={TOKEN}", headers=PAGE)
    assert "Path" not in answer.headers["set-cookie"] and "0;url=./" in answer.text
    assert heard(asking, "/user/me/ws", cookie=cookie_of(answer)) == "in"


def test_an_address_for_a_host_is_answered_with_a_token_only():
    bearer = {"authorization": f"Bearer {TOKEN}"}
    for host in ("192.168.1.7:8501", "[2001:db8::7]:8501"):
        assert client().get("/", headers={**bearer, "host": host}).status_code == 200
    assert client().get("/", headers={**bearer, "host": "evil.example"}).status_code == 400


# ------------------------------------------------------------------------------------------------------- at the start


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "[2001:db8::7]", "papers.example.org"])
def test_exposing_it_without_a_token_is_refused_in_words(host):
    with pytest.raises(LibraryError, match=r"would let in everybody who can reach this machine.* --token \S{32}$"):
        Access.of({"EXPLORER_HOST": host})
    access = Access.of({"EXPLORER_HOST": host, "EXPLORER_TOKEN": TOKEN})
    assert access.exposed and Access.of(access.variables) == access


@pytest.mark.parametrize("host", ["", "127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_needs_none(host):
    assert not Access.of({"EXPLORER_HOST": host}).exposed


@pytest.mark.parametrize(
    "token", ["short", "x" * 15, "sixteen letters and blanks", "ümläüte-ümläüte-x", 'x"' * 10, "a&b" * 9]
)
def test_a_token_that_is_short_or_cannot_stand_in_a_link_is_refused_and_not_repeated(token):
    with pytest.raises(LibraryError, match=r"--token .EXPLORER_TOKEN. has") as refused:
        Access.of({"EXPLORER_TOKEN": token})
    assert token not in str(refused.value)
