"""The Streamlit pages. Streamlit lives here and in app.py, nowhere else.

Always true: a page gets its choices, makes one library call, draws; text of papers is shown as text.
"""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

from explorer.errors import ExplorerError
from explorer.server.access import HERE, Access
from explorer.server.choice import VARIABLE

PAGES = Path(__file__).parent / "shell" / "page.py"
_DOOR = PAGES.with_name("door.py")
# Those of .streamlit/config.toml, which `streamlit run app.py` reads and an installed package has not.
SETTINGS: dict[str, str | int | bool] = {
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 2000,  # megabytes
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "runner.magicEnabled": False,  # no page is written so, and syntax trees made in several threads at once can fail
    "theme.light.primaryColor": "#2459c9",
    "theme.dark.primaryColor": "#7ea6ff",
}
_DRAFTS = 50  # megabytes of a file that a reader may upload: a draft, nothing else
# Runs beside the server: waits until it answers, at most a minute, then opens the browser if there is one.
_OPEN_BROWSER = """
import sys, time, urllib.error, urllib.request, webbrowser
for _ in range(240):
    try:
        urllib.request.urlopen(sys.argv[1] + "/_stcore/health", timeout=1).close()
    except urllib.error.HTTPError:
        pass  # it asks for a token
    except OSError:
        time.sleep(0.25)
        continue
    webbrowser.open(sys.argv[1])
    break
"""


def start(*libraries: Path, port: int = 8501, headless: bool = False, access: Access | None = None) -> int:
    """Serve the app until it is stopped; the exit code. Raises ExplorerError when the port is taken.

    The first of several libraries is shown first.
    `access` says how it is served to others; None: to nobody.
    """
    access = access or Access()
    check_free(access.host, port)
    # Without a head, else Streamlit's first run stops to ask for an e-mail address.
    settings = {**SETTINGS, "server.address": access.host, "server.port": port, "server.headless": True}
    settings["server.baseUrlPath"] = access.base_path
    if access.read_only:
        settings["server.maxUploadSize"] = _DRAFTS
    flags = [f"--{name}={str(value).lower()}" for name, value in settings.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(_DOOR), *flags]
    screen = sys.platform in {"darwin", "win32"} or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if screen and not headless:
        subprocess.Popen([sys.executable, "-c", _OPEN_BROWSER, url_of(access, port)], stderr=subprocess.DEVNULL)
    environment = {**os.environ, **access.variables, "EXPLORER_LIBRARY": str(libraries[0].resolve())}
    environment[VARIABLE] = "\n".join(str(library.resolve()) for library in libraries) if len(libraries) > 1 else ""
    environment["FORWARDED_ALLOW_IPS"] = ""  # uvicorn then takes no proxy's word for who asks: the guard judges
    if os.name == "posix":
        os.execve(sys.executable, command, environment)
    return subprocess.call(command, env=environment)


def check_free(host: str, port: int) -> None:
    """Raise ExplorerError when nobody can listen there."""
    try:
        family, kind, _, _, place = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise ExplorerError(f"--host {host} is no address of this machine; try 0.0.0.0 for all that it has") from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise ExplorerError(
                    f"--host {host} is no address of this machine; try 0.0.0.0 for all that it has"
                ) from None
            raise ExplorerError(f"port {port} is taken; choose another with: explorer app --port {port + 1}") from None


def url_of(access: Access, port: int) -> str:
    """Where a browser of this machine finds the app; it asks there for the token, if there is any."""
    host = access.host.strip("[]")
    name = "localhost" if host in ("0.0.0.0", "::", HERE) else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}{access.base_path}"
