"""How the app is served to others than this machine: what its owner allows, as options and as variables.

Knows names, values and where they were written, neither HTTP nor Streamlit. Always true: without any of them the app
is local; a value that cannot be meant is refused by its name before anything is served.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from explorer.errors import LibraryError

_SEGMENT = re.compile(r"[\w.~@!$&'()*+,;=: -]+")
_NAME = re.compile(r"(\[[0-9a-f:]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Access:
    """What is allowed beyond this machine.

    base_path: "" or "/user/me/proxy/8501": the path below which the app is seen, without a slash at its end.
    trusted_hosts: names, in small letters, with a port where it is not that of http or https, under which a proxy or
    a browser asks for it.
    """

    base_path: str = ""
    trusted_hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, variables: Mapping[str, str] = os.environ) -> Access:
        """What the variables EXPLORER_… say. Raises LibraryError, which names the variable and its value."""
        return cls(
            base_path=_path(variables.get("EXPLORER_BASE_PATH", "")),
            trusted_hosts=_names(variables.get("EXPLORER_TRUSTED_HOST", "")),
        )

    @property
    def variables(self) -> dict[str, str]:
        """The variables that say the same."""
        return {"EXPLORER_BASE_PATH": self.base_path, "EXPLORER_TRUSTED_HOST": " ".join(self.trusted_hosts)}


def _path(text: str) -> str:
    """As a server reads it, whose paths come decoded: a hub writes %40 for the @ of a user's name."""
    parts = [part for part in unquote(text.strip()).split("/") if part]
    if not all(_SEGMENT.fullmatch(part) and part.strip(".") for part in parts) or "://" in text:
        raise LibraryError(
            f"--base-path (EXPLORER_BASE_PATH) {text!r} is no path below a host; write it like /user/me/proxy/8501/"
        )
    return "".join(f"/{part}" for part in parts)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.lower().replace(",", " ").split()))
    for name in names:
        if not _NAME.fullmatch(name):
            raise LibraryError(
                f"--trusted-host (EXPLORER_TRUSTED_HOST) {name!r} is no name of a host; write it as it stands in the "
                "browser's address, like papers.example.org or papers.example.org:8443"
            )
    return names
