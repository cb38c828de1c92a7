"""What the app answers to whom: this machine, local hosts and its own pages; headers that keep out what is foreign.

Knows HTTP and websockets, not what is served. Always true: no answer names a foreign origin; a request from a page of
another origin, which another port is too, ends here, whichever route it is for. Programs send no Origin and pass.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
_FOREIGN_PAGE = "this app answers its own pages only, not those of another site"
_FAR = (
    "this app answers this machine only, as it asks nobody for a password; to reach it from another machine, open a "
    "tunnel: ssh -L 8501:localhost:8501 THIS-MACHINE, then http://localhost:8501"
)
_POLICY_VIOLATION = 1008  # the code of RFC 6455 for a websocket that is refused


class Guard:
    """Refuses what pages of foreign origins ask for, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or a websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        headers = Headers(scope=scope)
        refused = "" if _is_own(headers) and not _is_foreign(headers) else _FOREIGN_PAGE
        if not _is_near(scope):
            refused = _FAR
        if not refused:
            await self._app(scope, receive, with_headers)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await JSONResponse({"error": refused}, 403)(scope, receive, with_headers)


def _is_near(scope: Scope) -> bool:
    """Whether this machine asks, whatever host it says; a tunnel that ends here counts as this machine.

    Without an address, as over a socket in the file system, nobody far away can ask.
    """
    address = (scope.get("client") or ("",))[0]
    try:
        asking = ip_address(address.partition("%")[0])
    except ValueError:
        return True
    return bool((getattr(asking, "ipv4_mapped", None) or asking).is_loopback)


def _is_own(headers: Headers) -> bool:
    """Whether the page that asks, if it is one, came from the host and port that it asks."""
    origins = headers.getlist("origin")
    host = headers.get("host", "")
    return all(
        urlsplit(origin).scheme in ("http", "https") and urlsplit(origin).netloc == host and bool(host)
        for origin in origins
    )


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that a page of another site, or of another port here, asks for a part of itself.

    Requests for pictures and scripts carry no Origin. A link that opens the app anew is no part.
    """
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    return (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) != ("navigate", "document")


# A page on another site could reach a local server through a name of its own (DNS rebinding); it sends that name.
MIDDLEWARE = [
    Middleware(Guard),
    Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]"]),
]
