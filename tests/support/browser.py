"""A real Chromium and the app as a user starts it; fixtures for the tests that need them. No test stands here."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-background-networking", "--disable-sync", "--disable-component-update",
    "--no-first-run",
]  # fmt: skip

NEEDED = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("EXPLORER_REQUIRE_BROWSER"), reason="no chromium on this machine"
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(library, *options, path="", output=subprocess.PIPE, **variables):
    """The app as `explorer app` starts it with some options, below `path`, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "explorer", "app", "--library", str(library), "--port", str(port), "--headless"]
    command += ["--base-path", path, *options] if path else options
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", **variables}
    process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, cwd="/")
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://localhost:{port}{path}/_stcore/health", timeout=1).close()
                break
            except urllib.error.HTTPError:
                break  # it answers, though not without a token
            except OSError:
                assert process.poll() is None, process.stdout.read().decode() if process.stdout else output.name
                time.sleep(0.25)
        yield f"http://localhost:{port}{path}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def playwright():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright):
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield started
    started.close()
