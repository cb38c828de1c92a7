"""The tools over both transports, by the SDK's own client: stdin and stdout, and beside the app's routes."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time

import pytest
import uvicorn
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from starlette.applications import Starlette
from starlette.testclient import TestClient

from conftest import ROOT
from explorer.server import routes
from explorer.server.guard import MIDDLEWARE
from explorer.server.mcp import endpoint


async def _story(client):
    """Search, explain, similar, missing; the ids."""

    async def ask(tool, **arguments):
        result = await client.call_tool(tool, arguments)
        assert not result.is_error, result.content[0].text
        return json.loads(result.content[0].text)

    assert len((await client.list_tools()).tools) == 9
    results = (await ask("search", query="playing Minecraft from videos", limit=3))["results"]
    one, two, three = (entry["id"] for entry in results)
    assert (await ask("explain", paper=one, second=two))["pairs"]
    near = await ask("similar", papers=[one, two], unlike=[three], limit=3)
    draft = "Agents learn to play Minecraft from unlabelled videos of people."
    missing = await ask("missing", draft=draft, cited=[one], limit=3)
    assert missing["suggestions"][0]["id"] != one
    return [one, two, three, *(entry["id"] for entry in near["results"])]


@pytest.mark.slow
def test_an_agent_over_stdin_and_over_http_hears_the_same(seed_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(seed_folder))
    app = Starlette(routes=routes.ROUTES, middleware=MIDDLEWARE)
    served = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, log_level="error"))
    thread = threading.Thread(target=served.run, daemon=True)
    thread.start()
    for _ in range(200):
        if served.started:
            break
        time.sleep(0.05)
    port = served.servers[0].sockets[0].getsockname()[1]
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "explorer", "mcp", "--library", str(seed_folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip

    async def both():
        async with Client(command) as client:
            first = await _story(client)
        async with Client(f"http://127.0.0.1:{port}/explorer/mcp") as client:
            return first, await _story(client)

    try:
        first, second = asyncio.run(both())
    finally:
        served.should_exit = True
        thread.join(20)
    assert first == second


def _client(seed_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(seed_folder))
    return TestClient(Starlette(routes=routes.ROUTES, middleware=MIDDLEWARE), base_url="http://localhost")


PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
ACCEPT = {"accept": "application/json, text/event-stream"}


def test_pages_of_foreign_origins_reach_no_tool(seed_folder, monkeypatch):
    with _client(seed_folder, monkeypatch) as client:
        assert client.post("/explorer/mcp", json=PING, headers=ACCEPT).status_code == 200
        foreign = {**ACCEPT, "origin": "http://evil.example"}
        assert client.post("/explorer/mcp", json=PING, headers=foreign).status_code == 403
        named = {**ACCEPT, "host": "evil.example"}
        assert client.post("/explorer/mcp", json=PING, headers=named).status_code == 400


def test_without_the_extra_there_is_a_sentence_with_the_cure(seed_folder, monkeypatch):
    monkeypatch.setattr(endpoint, "missing_extra", lambda: 'this needs the MCP SDK: pip install "paper-explorer[mcp]"')
    with _client(seed_folder, monkeypatch) as client:
        answer = client.post("/explorer/mcp", json=PING)
    assert answer.status_code == 501 and "pip install" in answer.json()["error"]


def test_nothing_of_the_sdk_is_imported_before_an_agent_asks():
    modules = "explorer.server.routes, explorer.cli.main"
    code = f"import sys, {modules}; print([name for name in ('mcp', 'pydantic') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_folder_without_a_library_ends_with_a_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "explorer", "mcp", "--library", str(tmp_path / "none")],
        cwd=ROOT, capture_output=True, text=True, check=False, input="",
    )  # fmt: skip
    assert done.returncode == 2 and done.stdout == "" and "make one with" in done.stderr
