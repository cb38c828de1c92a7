"""The scripts of the components, served under the digest of all that lie in one folder.

Knows the files of the package, not HTTP. Always true: a path names one content for ever; nothing but a script of a
component is given out.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

_COMPONENTS = ("cards", "map", "tab")


@cache
def script_path(component: str) -> str:
    """Path of the script `component`.js; scripts it imports lie beside it, all under one digest."""
    digest = hashlib.sha256(b"".join(data for _, data in sorted(_scripts(component).items()))).hexdigest()[:16]
    return f"explorer/static/{digest}/{component}/{component}.js"


def script(component: str, name: str) -> bytes | None:
    """The script `name` of a component; None when there is none."""
    return _scripts(component).get(name) if component in _COMPONENTS else None


@cache
def _scripts(component: str) -> dict[str, bytes]:
    files = (resources.files("explorer.ui.components") / component).iterdir()
    return {file.name: file.read_bytes() for file in files if file.name.endswith(".js")}
