"""Answers leave at once: what the server's sockets hand on to the connections they take."""

import asyncio
import socket

import pytest

from explorer.server.delivery import hasten
from explorer.ui.shell import ahead


@pytest.fixture
def listening():
    # Without a protocol, as Streamlit makes it: asyncio leaves such a socket as it is.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server


def _waits(server):
    """Whether a connection that `server` takes waits for an acknowledgement before it sends on."""
    with socket.create_connection(server.getsockname(), 10):
        taken, _ = server.accept()
        with taken:
            return not taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_sends_without_waiting(listening):
    assert _waits(listening)  # what asyncio and Streamlit leave
    assert hasten() >= 1
    assert not _waits(listening)


def test_the_app_does_so_when_it_begins(listening, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path))

    async def serve():
        async with ahead.lifespan(None):
            assert not await asyncio.to_thread(_waits, listening)

    asyncio.run(serve())


def test_sockets_that_do_not_listen_are_left_alone(listening):
    with socket.create_connection(listening.getsockname(), 10) as client:
        before = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        hasten()
        assert client.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == before
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as closed:
        closed.close()
        assert hasten() >= 1
