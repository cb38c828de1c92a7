"""How the app is served to others than this machine: what its owner allows, as options and as variables.

Knows names, values and where they were written, neither HTTP nor Streamlit. Always true: without any of them the app
is local; a value that cannot be meant is refused by its name before anything is served; no message holds a token.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import unquote

from explorer.errors import LibraryError
from explorer.rights import SealedLibrary

HERE = "127.0.0.1"
_LEAST = 16  # characters of a token: drawn by chance nobody guesses it over a network
_READ_ONLY, _YES, _NO = "EXPLORER_READ_ONLY", ("yes", "true", "on", "1"), ("", "no", "false", "off", "0")
_SEGMENT = re.compile(r"[\w.~@!$&'()*+,;=: -]+")
_NAME = re.compile(r"(\[[0-9a-f:]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)(:[0-9]{1,5})?")
_HEADER = re.compile(r"[a-z0-9-]{2,60}")
_TAKEN = {
    "accept", "authorization", "connection", "content-length", "content-type", "cookie", "forwarded", "host", "origin",
    "referer", "upgrade", "user-agent", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
}  # fmt: skip
_TOKEN = re.compile(r"[\w.~+/=-]+", re.ASCII)  # what a link and a header hold as it is


@dataclass(frozen=True)
class Access:
    """What is allowed beyond this machine.

    base_path: "" or "/user/me/proxy/8501": the path below which the app is seen, without a slash at its end.
    trusted_hosts: names, in small letters, with a port where it is not that of http or https, under which a proxy or
    a browser asks for it.
    host: the address of this machine at which it listens.
    token: what everybody has to know, this machine too; "" asks for none and answers this machine only.
    read_only: whether nothing of the library can be changed, marks included.
    user_header, trusted_proxies: a header, in small letters, with the name of a user whom a proxy at these addresses
    has checked; "" and none: no name is believed.
    """

    base_path: str = ""
    trusted_hosts: tuple[str, ...] = ()
    host: str = HERE
    token: str = field(default="", repr=False)
    read_only: bool = False
    user_header: str = ""
    trusted_proxies: tuple[str, ...] = ()

    @classmethod
    def of(cls, variables: Mapping[str, str] = os.environ) -> Access:
        """What the variables EXPLORER_… say. Raises LibraryError, which names the variable and its value."""
        host = variables.get("EXPLORER_HOST", "").strip().lower() or HERE
        names = _names(variables.get("EXPLORER_TRUSTED_HOST", ""))
        access = cls(
            base_path=_path(variables.get("EXPLORER_BASE_PATH", "")),
            trusted_hosts=names if address_of(host) else tuple(dict.fromkeys((*names, *_names(host, "host")))),
            host=host,
            token=_token(variables.get("EXPLORER_TOKEN", "").strip()),
            read_only=read_only(variables),
            user_header=_header(variables.get("EXPLORER_USER_HEADER", "").strip().lower()),
            trusted_proxies=_addresses(variables.get("EXPLORER_TRUSTED_PROXY", "")),
        )
        if bool(access.user_header) != bool(access.trusted_proxies):
            raise LibraryError(
                "--user-header (EXPLORER_USER_HEADER) and --trusted-proxy (EXPLORER_TRUSTED_PROXY) go together: a name "
                "is believed only from the proxy that has checked it"
            )
        if access.exposed and not (access.token or access.user_header):
            raise LibraryError(
                f"--host (EXPLORER_HOST) {host} would let in everybody who can reach this machine; give a token that "
                f"they have to know, such as --token {secrets.token_urlsafe(24)}"
            )
        return access

    @property
    def exposed(self) -> bool:
        """Whether further machines can reach it without a proxy or a tunnel."""
        address = address_of(self.host)
        return not address.is_loopback if address else self.host != "localhost"

    @property
    def variables(self) -> dict[str, str]:
        """The variables that say the same."""
        return {
            "EXPLORER_BASE_PATH": self.base_path,
            "EXPLORER_TRUSTED_HOST": " ".join(self.trusted_hosts),
            "EXPLORER_HOST": self.host,
            "EXPLORER_TOKEN": self.token,
            _READ_ONLY: "yes" if self.read_only else "",
            "EXPLORER_USER_HEADER": self.user_header,
            "EXPLORER_TRUSTED_PROXY": " ".join(self.trusted_proxies),
        }


def read_only(variables: Mapping[str, str] = os.environ) -> bool:
    """Whether this app only reads the library. Raises LibraryError for a word that is neither yes nor no."""
    word = variables.get(_READ_ONLY, "").strip().lower()
    if word not in (*_YES, *_NO):
        raise LibraryError(f"{_READ_ONLY} is {word!r}; write yes or no")
    return word in _YES


def refuse_change() -> None:
    """Raise SealedLibrary when this app only reads the library."""
    if read_only():
        raise SealedLibrary


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address that is written so; None for what is none."""
    try:
        address = ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _path(text: str) -> str:
    """As a server reads it, whose paths come decoded: a hub writes %40 for the @ of a user's name."""
    parts = [part for part in unquote(text.strip()).split("/") if part]
    if not all(_SEGMENT.fullmatch(part) and part.strip(".") for part in parts) or "://" in text:
        raise LibraryError(
            f"--base-path (EXPLORER_BASE_PATH) {text!r} is no path below a host; write it like /user/me/proxy/8501/"
        )
    return "".join(f"/{part}" for part in parts)


def _names(text: str, option: str = "trusted-host") -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.lower().replace(",", " ").split()))
    for name in names:
        if not _NAME.fullmatch(name):
            variable = f"EXPLORER_{option.upper().replace('-', '_')}"
            raise LibraryError(
                f"--{option} ({variable}) {name!r} is no name of a host; write it as it stands in the browser's "
                "address, like papers.example.org or papers.example.org:8443"
            )
    return names


def _header(text: str) -> str:
    if text and (not _HEADER.fullmatch(text) or text in _TAKEN or text.startswith("sec-")):
        raise LibraryError(f"--user-header (EXPLORER_USER_HEADER) {text!r} is no header for a name, like X-Remote-User")
    return text


def _addresses(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.replace(",", " ").split()))
    for name in names:
        if address_of(name) is None:
            raise LibraryError(
                f"--trusted-proxy (EXPLORER_TRUSTED_PROXY) {name!r} is no address of a machine, like 10.0.0.2 or ::1"
            )
    return names


def _token(text: str) -> str:
    if text and (len(text) < _LEAST or not _TOKEN.fullmatch(text)):
        raise LibraryError(
            f"--token (EXPLORER_TOKEN) has {len(text)} characters; it needs {_LEAST} or more, only letters, digits and "
            f". ~ + / = _ -, drawn by chance, such as {secrets.token_urlsafe(24)}"
        )
    return text
