"""Explorer behind Jupyter: how `jupyter-server-proxy` starts the app for its user, and asks it in that user's name.

Found by Jupyter through the entry point of this package. Always true: the app listens on this machine only and asks for
a token that nobody but this Jupyter server knows, so that others with an account on the machine do not get in.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

_ICON = Path(__file__).parents[1] / "ui" / "shell" / "icon.svg"
_PATIENCE = 60  # seconds for the app to answer; a cold disk takes some fifteen


def setup() -> dict[str, object]:
    """What `jupyter-server-proxy` needs: command, variables and headers, with {port} and {base_url} to be filled in.

    The library is ./library of the folder in which Jupyter was started, or $EXPLORER_LIBRARY. Whether a page of another
    site asks, the app sees by Sec-Fetch-Site, as Jupyter's own address stands in no header that it could compare.
    """
    token = secrets.token_urlsafe(24)
    here = "127.0.0.1:{port}"
    return {
        "command": [
            sys.executable, "-m", "explorer", "app", "--headless",
            "--port", "{port}", "--base-path", "{base_url}explorer",
        ],
        "environment": {"EXPLORER_TOKEN": token, "EXPLORER_HOST": "127.0.0.1"},
        "request_headers_override": {
            "Host": here, "Origin": f"http://{here}", "Authorization": f"Bearer {token}",
        },
        "absolute_url": True,
        "timeout": _PATIENCE,
        "launcher_entry": {"title": "Explorer", "icon_path": str(_ICON)},
    }  # fmt: skip
