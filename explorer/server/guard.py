"""What the app answers to whom: this machine, local hosts and its own pages; headers that keep out what is foreign.

Knows HTTP and websockets, not what is served. With a token it answers whoever knows that, with a
trusted proxy whom that names, and nobody else. Always true:
no answer names a foreign origin; a request from a page of another origin, which another port is too, ends here,
whichever route it is for. Programs send no Origin and pass.
"""

from __future__ import annotations

import os
from urllib.parse import quote_from_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.server.access import Access, address_of
from explorer.server.login import Login
from explorer.server.visitor import asking

# What Streamlit's page needs beyond 'self', with the reason; a browser test fails when it needs more.
_POLICY = {
    "default-src": "'self'",
    # The script in Streamlit's page by its hash: it sets a variable. blob: Streamlit wraps the script of a component in
    # a blob, which only a script that runs already can make. No eval, no inline script.
    "script-src": "'self' blob: 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='",
    # Emotion, which Streamlit is styled with, writes style elements as it draws.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",  # icons in style sheets, pictures made on a canvas
    "font-src": "'self' data:",
    "connect-src": "'self'",  # the websocket is of the same host and port
    "worker-src": "'self' blob:",
    "frame-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_HEADERS = {
    "Content-Security-Policy": "; ".join(f"{directive} {sources}" for directive, sources in _POLICY.items()),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_REFERRER = "Referrer-Policy"
_FOREIGN_PAGE = "this app answers its own pages only, not those of another site"
_FAR = (
    "this app answers this machine only, as it asks nobody for a password; to reach it from another machine, open a "
    "tunnel: ssh -L 8501:localhost:8501 THIS-MACHINE, then http://localhost:8501; or let its owner start it with a "
    "token: explorer app --host 0.0.0.0 --token …"
)
_OTHER_NAME = (
    "this app does not answer to the name {!r}; if that is its own, as a proxy is before it, start it with "
    "--trusted-host and that name"
)
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
# Whose word on the address of a browser uvicorn takes; `explorer app` empties it, so that a peer is the peer.
_FORWARDERS, _HERE = "FORWARDED_ALLOW_IPS", ("", "127.0.0.1", "::1", "127.0.0.1,::1", "localhost")
_PRINTED = "".join(map(chr, range(32, 127))).replace("%", "")  # what stays as it is in the name of a user
_POLICY_VIOLATION = 1008  # the code of RFC 6455 for a websocket that is refused


class Guard:
    """Refuses what pages of foreign origins ask for, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access
        self._header = access.user_header.encode()
        self._proxies = {address_of(each) for each in access.trusted_proxies}
        self._login = Login(access.token, access.base_path) if access.token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or a websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                sent.update(
                    {**_HEADERS, **({_REFERRER: "no-referrer"} if sent.get(_REFERRER) == "no-referrer" else {})}
                )
            await send(message)

        scope, name = self._with_name(scope)
        headers = Headers(scope=scope)
        status, refused = self._refusal(scope, headers, named=bool(name))
        login = None if refused or name else self._login
        asks = login is not None and (not login.knows(headers) or login.holds_token(scope))
        if not (refused or asks):
            with asking(name):
                await self._app(self._seen_by_browser(scope, headers), receive, with_headers)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            answer = await login.answer(scope, receive) if login else JSONResponse({"error": refused}, status)
            await answer(scope, receive, with_headers)

    def _with_name(self, scope: Scope) -> tuple[Scope, str]:
        """The request, and the name of its user, "" if no trusted proxy names it; from anybody else it is taken out.

        The name is written in ASCII, bytes beyond as in an address, so that all who read it further in read the same.
        """
        if not self._header:
            return scope, ""
        names = [(name, value.strip()) for name, value in scope["headers"] if name.replace(b"_", b"-") == self._header]
        # Where uvicorn believes a header for the address, the peer may be anybody: then no name is believed.
        sure = os.environ.get(_FORWARDERS) == "" or not Headers(scope=scope).get("x-forwarded-for")
        peer = address_of((scope.get("client") or ("",))[0])
        if sure and peer in self._proxies and len(names) == 1 and names[0][0] == self._header and names[0][1]:
            name = quote_from_bytes(names[0][1], safe=_PRINTED)
            passed = [(key, name.encode() if key == self._header else value) for key, value in scope["headers"]]
            return {**scope, "headers": passed}, name
        rest = [each for each in scope["headers"] if each[0].replace(b"_", b"-") != self._header]
        return {**scope, "headers": rest}, ""

    def _refusal(self, scope: Scope, headers: Headers, *, named: bool) -> tuple[int, str]:
        """Status and sentence; an empty sentence for what may go on."""
        if not (self._access.token or named) and not _is_near(scope, headers):
            return 403, _FAR
        if not self._is_own(headers) or _is_foreign(headers):
            return 403, _FOREIGN_PAGE
        # A page on another site could reach a local server through a name of its own (DNS rebinding); it sends that.
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._answers_to(hosts[0].lower()):
            return 400, _OTHER_NAME.format(", ".join(hosts)[:100])
        return 200, ""

    def _answers_to(self, host: str) -> bool:
        """A page on another site cannot make a browser ask under an address: so with a token each address will do."""
        name = _without_port(host)
        if self._access.token and address_of(name):
            return True
        return name in _LOCAL or host in self._access.trusted_hosts or name in self._access.trusted_hosts

    def _is_own(self, headers: Headers) -> bool:
        """Whether the page that asks, if it is one, came from the host and port that it asks, or from a trusted host.

        A proxy may ask in the name of its own upstream: then only the origin says what stands in the browser's address.
        """
        host, trusted = headers.get("host", ""), self._access.trusted_hosts
        return all(
            bool(host) and bool(place) and (place == host or place.lower() in trusted)
            for place in map(_host_of, headers.getlist("origin"))
        )

    def _seen_by_browser(self, scope: Scope, headers: Headers) -> Scope:
        """The request with the host of its trusted origin: whoever compares the two further in finds them equal."""
        origin = _host_of(headers.get("origin", ""))
        if not origin or origin == headers.get("host"):
            return scope
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        return {**scope, "headers": [*others, (b"host", origin.encode("latin-1"))]}


def _host_of(origin: str) -> str:
    """Host and port of an origin; empty for what is no page's."""
    scheme, _, place = origin.partition("://")
    return place if scheme in ("http", "https") else ""


def _without_port(host: str) -> str:
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _is_near(scope: Scope, headers: Headers) -> bool:
    """Whether this machine asks, whatever host it says; a tunnel that ends here counts as this machine.

    Without an address, as over a socket in the file system, nobody far away can ask. A proxy on this machine that says
    for whom it asks is as far as they are; a server that believes that of proxies elsewhere knows nobody's address.
    """
    forwarded = [each for value in headers.getlist("x-forwarded-for") for each in value.split(",")]
    forwarded += headers.getlist("x-real-ip")
    if headers.get("forwarded") or (forwarded and os.environ.get(_FORWARDERS, "127.0.0.1") not in _HERE):
        return False
    peer = address_of((scope.get("client") or ("",))[0])
    further = [address_of(each) for each in forwarded]
    return (peer is None or peer.is_loopback) and all(each is not None and each.is_loopback for each in further)


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that a page of another site, or of another port here, asks for a part of itself.

    Requests for pictures and scripts carry no Origin. A link that opens the app anew is no part.
    """
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    return (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) != ("navigate", "document")


def middleware(access: Access) -> list[Middleware]:
    """What stands before all routes of an app that is served so."""
    return [Middleware(Guard, access=access)]


MIDDLEWARE = middleware(Access())  # for this machine alone
