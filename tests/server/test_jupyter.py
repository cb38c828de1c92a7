"""What Jupyter is told starts the app below its path, and lets in nobody but Jupyter; what a container starts."""

import json
import os
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from conftest import ROOT
from explorer.server import jupyter
from support.pages import eventually


def test_jupyter_finds_it_by_the_entry_point_and_can_fill_it_in():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, name = project["entry-points"]["jupyter_serverproxy_servers"]["explorer"].split(":")
    assert (module, getattr(jupyter, name)) == (jupyter.__name__, jupyter.setup)
    first, second = jupyter.setup(), jupyter.setup()
    assert first["environment"]["EXPLORER_TOKEN"] != second["environment"]["EXPLORER_TOKEN"]
    assert Path(first["launcher_entry"]["icon_path"]).is_file()


@pytest.mark.slow
def test_the_app_answers_jupyter_only(seed_folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = jupyter.setup()
    command = [part.format(port=port, base_url="/user/me/") for part in told["command"]]
    own = {name: value.format(port=port) for name, value in told["request_headers_override"].items()}
    variables = {**os.environ, **told["environment"], "EXPLORER_LIBRARY": str(seed_folder), "PYTHONPATH": str(ROOT)}

    def ask(path, **headers):
        request = Request(
            f"http://127.0.0.1:{port}{path}", headers={name.replace("_", "-"): v for name, v in headers.items()}
        )
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, ""
        except OSError:
            return 0, ""

    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        page = "/user/me/explorer/"
        assert "<title>" in eventually(lambda: ask(page, **own), lambda answer: answer[0] == 200)[1]
        search = f"{page}explorer/api/search?q=minecraft"
        assert ask(search, **own)[0] == 200
        assert ask(search)[0] == 401
        assert ask(search, **{**own, "Authorization": "Bearer of-somebody-else-00"})[0] == 401
        assert ask(search, **own, Sec_Fetch_Site="cross-site")[0] == 403
    finally:
        process.terminate()
        process.wait(30)


CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")


def test_the_container_has_the_torch_that_was_tested():
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert [word for word in CONTAINER.split() if word.startswith("torch==")] == [
        p for p in pins if p.startswith("torch==")
    ]


@pytest.mark.slow
def test_what_a_container_starts_refuses_to_be_open_to_all(tmp_path):
    settings = dict(
        word.split("=") for line in CONTAINER.splitlines() if line.startswith("ENV ") for word in line.split()[1:]
    )
    command = json.loads(CONTAINER.rpartition("CMD ")[2])
    assert command[0] == "explorer"
    variables = {**os.environ, **settings, "EXPLORER_LIBRARY": str(tmp_path), "PYTHONPATH": str(ROOT)}
    variables.pop("EXPLORER_TOKEN", None)
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, env=variables, timeout=120, check=False
    )
    assert done.returncode == 2 and "give a token that" in done.stderr
