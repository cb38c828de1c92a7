"""Clients of a running app: its pages over the websocket, as a browser holds them but without drawing, and HTTP.

Holds Streamlit's messages; knows no library. Always true: a client is a session of its own; what it gives is of the run
that it asked for.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

_MOST = 2**27  # bytes of a message
_PATIENCE = 120.0  # seconds until an answer counts as none


@dataclass(frozen=True)
class Shown:
    """What a run of the page Explore showed: the heading of the list, the ids of its cards, errors, seconds."""

    heading: str
    ids: tuple[str, ...]
    errors: tuple[str, ...]
    seconds: float


class PageClient:
    """A page of the app, held open over its websocket; `raw` is all that its last run was sent."""

    raw = ""

    def __init__(self, port: int) -> None:
        self._socket = connect(
            f"ws://localhost:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=_MOST,  # type: ignore[list-item]
            open_timeout=_PATIENCE, ping_interval=None, origin=f"http://localhost:{port}", proxy=None,  # type: ignore[arg-type]
        )  # fmt: skip

    def ask(self, **address: str) -> Shown:
        """What the page Explore shows for an address."""
        message = BackMsg()
        message.rerun_script.query_string = urlencode(address)
        began = time.monotonic()
        self._socket.send(message.SerializeToString())
        cards: dict[str, Any] = {}
        errors, sent = list[str](), list[str]()
        while time.monotonic() < began + _PATIENCE:
            forward = ForwardMsg()
            forward.ParseFromString(self._socket.recv(timeout=_PATIENCE))  # type: ignore[arg-type]
            kind = forward.WhichOneof("type")
            if kind == "delta":
                element = forward.delta.new_element
                sent.append(str(element))
                errors += _errors(element)
                cards = _cards(element) or cards
            elif kind == "script_finished" and (cards or errors):
                self.raw = "".join(sent)
                results = tuple(card["id"] for card in cards.get("results", ()))
                return Shown(cards.get("heading", ""), results, tuple(errors), time.monotonic() - began)
        raise TimeoutError(f"no answer to {address}")

    def close(self) -> None:
        """End the session."""
        self._socket.close()


def _errors(element: Any) -> list[str]:
    kind = element.WhichOneof("type")
    if kind == "exception":
        return [f"{element.exception.type}: {element.exception.message}"]
    return [element.alert.body] if kind == "alert" and element.alert.format == element.alert.ERROR else []


def _cards(element: Any) -> dict[str, Any]:
    """The list of cards, if the element is it."""
    kind = element.WhichOneof("type")
    proto = getattr(element, kind) if kind else None
    if getattr(proto, "component_name", "") != "explorer_cards":
        return {}
    [made] = json.loads(proto.json)  # data come in a list, see `ui/components/delivery`
    return dict(made)


def over_http(port: int, text: str, k: int = 1000) -> tuple[str, ...]:
    """Ids of the results of a question."""
    address = f"http://localhost:{port}/explorer/api/search?q={quote(text)}&k={k}"
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE) as answer:
            return tuple(record["id"] for record in json.load(answer)["results"])
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{error}: {error.read().decode()}") from error


@contextmanager
def serving(library: Path, *options: str) -> Iterator[tuple[int, int]]:
    """The app on a library, until the block ends: its port and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    here = str(Path(__file__).parents[1])
    command = [sys.executable, "-m", "explorer", "app", "--library", str(library), "--port", str(port), "--headless"]
    command += options
    environment = {**os.environ, "PYTHONPATH": here, "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    try:
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)
