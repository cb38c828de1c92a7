"""`explorer doctor`: what it says of a machine, and of what is wrong with it."""

import json
import os
import shutil
import socket
import subprocess
import sys

import pytest

from conftest import ROOT
from embeddings import bundled
from explorer.cli.machine import Verdict, examine
from explorer.cli.main import main
from support.browser import CHROMIUM, NEEDED
from support.command import explorer


def findings(folder, port=0, **more):
    return {each.subject: each for each in examine(folder, port, **more)}


@pytest.mark.slow
def test_a_machine_that_is_as_it_should_be(seed_folder):
    done = explorer("doctor", "--json", "--library", seed_folder)
    seen = {each["subject"]: each for each in json.loads(done.stdout)}
    assert list(seen) == ["python", "explorer", "processor", "memory", "model", "torch", "library", "port"]
    assert done.returncode == 0
    assert bundled.SHA256[:12] in seen["model"]["words"]
    assert str(seed_folder) in seen["library"]["words"] and ": the library" in seen["library"]["words"]
    words = explorer("doctor", "--library", seed_folder).stdout
    assert f"{seen['processor']['verdict']:5} processor {seen['processor']['words']}" in words


@pytest.mark.slow
def test_a_port_in_use_and_a_place_without_room_are_said_with_the_cure(tmp_path, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        seen = findings(tmp_path / "not" / "yet", port)
        assert (seen["port"].verdict, seen["port"].cure.endswith(f"--port {port + 1}")) == (Verdict.NOTE, True)
    assert "no library yet" in seen["library"].words
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=1 << 20))
    assert findings(tmp_path)["library"].verdict is Verdict.NOTE


@pytest.mark.slow
def test_a_damaged_model_is_wrong_and_the_command_ends_so(tmp_path, monkeypatch, capsys):
    shutil.copytree(bundled.folder(), tmp_path / "model")
    with (tmp_path / "model" / "model.safetensors").open("r+b") as file:
        file.seek(1000)
        file.write(b"damage")
    monkeypatch.setattr(bundled, "folder", lambda: tmp_path / "model")
    assert main(["doctor", "--library", str(tmp_path)]) == 1
    words = capsys.readouterr().out
    assert "wrong model" in words
    assert "pip install --force-reinstall" in words


@NEEDED
@pytest.mark.slow
def test_a_browser_says_who_draws_for_it(tmp_path, monkeypatch):
    script = tmp_path / "browser"
    script.write_text(
        f'#!/bin/sh\nexec {CHROMIUM} --headless --no-sandbox --virtual-time-budget=9000 --dump-dom "$1"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{script} %s")
    command = [sys.executable, "-m", "explorer", "doctor", "--browser", "--json", "--library", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    seen = json.loads(done.stdout[done.stdout.index("[\n") :])[-1]
    assert seen["subject"] == "browser"
    assert seen["words"].startswith("WebGL2 by ")


@pytest.mark.parametrize("name", ["embeddings.py", "embeddings/__init__.py"])
def test_a_foreign_package_of_the_same_name_is_named_with_the_cure(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine = True\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, "-c", "import explorer"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60)
    assert done.returncode == 1
    assert f"Python has that in {tmp_path / name}" in done.stderr
    assert "run Explorer from another folder" in done.stderr
