"""A reverse proxy before the app, as a hub or a web server is. No test stands here.

Always true: a connection carries a single request, whose head is rewritten, and then whatever both sides send.
"""

import re
import socket
import threading
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


@contextmanager
def proxy(upstream, *, port=0, host=None, strip="", **headers):
    """Address of a proxy before `upstream`: hands on the browser's Host or sends `host`; takes `strip` off the paths.

    `headers` are set on each request, with - for _.
    """
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    with socket.create_server(("127.0.0.1", port)) as server:
        stopped = threading.Event()

        def serve():
            while not stopped.is_set():
                with suppress(OSError):
                    connection, _ = server.accept()
                    threading.Thread(
                        target=_hand_on, args=(connection, urlsplit(upstream), host, strip, headers), daemon=True
                    ).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        stopped.set()
        server.shutdown(socket.SHUT_RDWR)


def _hand_on(browser, upstream, host, strip, headers):
    with browser, suppress(OSError), socket.create_connection((upstream.hostname, upstream.port)) as app:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := browser.recv(65536)):
                return
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        app.sendall(_rewritten(head.decode("latin-1"), host, strip, headers).encode("latin-1") + b"\r\n\r\n" + body)
        back = threading.Thread(target=_pipe, args=(app, browser), daemon=True)
        back.start()
        _pipe(browser, app)
        back.join()


def _rewritten(head, host, strip, headers):
    request, *lines = head.split("\r\n")
    if strip:
        request = request.replace(f" {strip}", " ", 1).replace("  ", " / ", 1)
    replaced = {name.lower() for name in headers} | ({"host"} if host else set())
    upgrades = re.search(r"(?im)^upgrade: *websocket", head)
    lines = [
        line
        for line in lines
        if line.partition(":")[0].lower() not in replaced | (set() if upgrades else {"connection"})
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Host: {host}"] if host else []
    return "\r\n".join([request, *lines, *([] if upgrades else ["Connection: close"])])


def _pipe(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
