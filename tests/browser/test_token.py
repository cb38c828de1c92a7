"""The app with a token, in a real Chromium: by a link, by the form, and what stays of the token afterwards."""

import json
import os
import shutil
import subprocess
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from conftest import ROOT
from support.browser import NEEDED, free_port, serving
from support.pages import search, titles
from support.proxy import proxy

pytestmark = [NEEDED, pytest.mark.slow]
TOKEN = "a-token-for-tests-0123456789"
PATH = "/user/me"


@pytest.fixture(scope="module")
def running(_built_seeds, tmp_path_factory):
    log = tmp_path_factory.mktemp("token") / "log"
    folder = shutil.copytree(_built_seeds, log.with_name("library"))
    options = ("--host", "0.0.0.0", "--token", TOKEN)
    with log.open("wb") as output, serving(folder, *options, path=PATH, output=output) as url:
        yield url, log


def ready(page):
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)


def test_a_link_opens_the_app_and_the_token_stays_nowhere(browser, running):
    url, log = running
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    asked, errors = [], []
    page.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    page.on(
        "console", lambda message: errors.append((message.text, message.location)) if message.type == "error" else None
    )
    page.goto(f"{url}/?token={TOKEN}&colour=year")
    ready(page)
    assert TOKEN not in page.url and "colour=year" in page.url
    assert [each for each in asked if TOKEN in each[0]] == [(f"{url}/?token={TOKEN}&colour=year", "")]
    assert not any(TOKEN in referrer for _, referrer in asked)
    (cookie,) = [each for each in context.cookies() if each["name"].startswith("explorer-")]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", PATH)
    assert TOKEN not in cookie["value"] and not page.evaluate("document.cookie.includes('explorer-')")
    search(page, "playing Minecraft from videos")
    assert titles(page)[0].startswith("Pretraining on noisy")
    page.get_by_role("link", name="Library").click()
    page.get_by_text("12 papers").first.wait_for()
    page.reload()
    page.get_by_text("12 papers").first.wait_for()
    assert page.evaluate("history.length") <= 5  # nor is the first address a step to go back to
    for _ in range(4):
        page.go_back()
        assert TOKEN not in page.url
    assert [each for each in errors if "401" in each[0] or "403" in each[0]] == []
    assert TOKEN not in log.read_text()
    context.close()


def test_the_form_opens_it_and_nothing_loads_before(browser, running):
    url, _ = running
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.goto(f"{url}/library")
    field = page.get_by_label("Token")
    field.fill("wrong")
    page.get_by_role("button", name="Open the library").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the token.")
    answers = page.evaluate(
        """async (base) => {
            const paths = ["/explorer/api/search?q=x", "/_stcore/health", "/static/js/x.js", "/_stcore/host-config"];
            const statuses = await Promise.all(paths.map(async (path) => (await fetch(base + path)).status));
            const socket = new WebSocket(base.replace("http", "ws") + "/_stcore/stream");
            const opened = await new Promise((done) => {
                socket.onopen = () => done(true); socket.onerror = () => done(false);
            });
            return [statuses, opened];
        }""",
        url,
    )
    assert answers == [[401, 401, 401, 401], False]
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_label("Token").press("Enter")
    page.get_by_text("12 papers").first.wait_for()
    context.close()


def test_a_link_of_another_site_finds_the_reader_still_in(browser, running):
    url, _ = running
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/?token={TOKEN}")
    ready(page)
    page.goto("about:blank")
    page.set_content(f"<a href='{url}/'>the map</a>")
    page.evaluate("document.querySelector('a').click()")
    ready(page)
    context.close()


def test_whom_a_trusted_proxy_names_needs_no_token(browser, _built_seeds):
    options = ("--token", TOKEN, "--user-header", "X-Remote-User", "--trusted-proxy", "127.0.0.1", "--read-only")
    with (
        serving(_built_seeds, *options) as url,
        proxy(url, X_Remote_User="ada", X_Forwarded_For="203.0.113.9") as named,
        proxy(url, X_Forwarded_For="203.0.113.9") as nameless,
    ):
        page = browser.new_page()
        page.goto(nameless)
        page.get_by_label("Token").wait_for()
        page.goto(named)
        ready(page)
        search(page, "playing Minecraft from videos")
        assert titles(page)[0].startswith("Pretraining on noisy")
        page.close()


def test_programs_and_agents_send_it_as_a_header(running):
    url, _ = running

    def status(path, **headers):
        try:
            with urlopen(Request(url + path, headers=headers)) as reply:
                return reply.status, json.load(reply)
        except HTTPError as error:
            return error.code, json.load(error)

    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert status("/explorer/api/search?q=games", **bearer)[0] == 200
    assert status("/explorer/api/search?q=games")[0] == 401
    assert status("/explorer/mcp")[0] == 401
    assert status("/explorer/mcp", **bearer)[0] in (400, 405, 406, 501)  # the protocol itself wants a POST


_ADDRESS = """
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:  # of a datagram that is never sent
    probe.connect(("203.0.113.1", 9))
    print(probe.getsockname()[0])
"""
_ASK = """
import sys, urllib.error, urllib.request
try:
    reply = urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers={"Host": "localhost"}), timeout=20)
except urllib.error.HTTPError as error:
    reply = error
print(reply.status, reply.read().decode())
"""


def test_all_addresses_without_a_token_answer_this_machine_only(_built_seeds):
    found = subprocess.run([sys.executable, "-c", _ADDRESS], capture_output=True, text=True, check=False)
    address, port = found.stdout.strip(), free_port()
    if not address or address.startswith("127."):
        pytest.skip("this machine has no address but its own")
    command = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.address", "0.0.0.0",
        "--server.port", str(port), "--server.headless", "true",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "EXPLORER_LIBRARY": str(_built_seeds)}, stderr=subprocess.PIPE
    )
    try:
        here = f"http://127.0.0.1:{port}/_stcore/health"
        for _ in range(240):
            asked = subprocess.run([sys.executable, "-c", _ASK, here], capture_output=True, text=True, check=False)
            if asked.stdout.startswith("200"):
                break
            time.sleep(0.25)
        assert asked.stdout == "200 ok\n"
        far = [sys.executable, "-c", _ASK, f"http://{address}:{port}/"]
        asked = subprocess.run(far, capture_output=True, text=True, check=True)
        assert asked.stdout.startswith("403") and "--token" in asked.stdout
    finally:
        process.terminate()
        _, log = process.communicate(timeout=20)
    assert b"no token is set, so this machine alone is answered" in log
