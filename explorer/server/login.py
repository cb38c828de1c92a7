"""Who knows the token: a browser by a cookie that a link or a form brought it, a program by a header.

Knows HTTP, and which token it is; neither pages nor routes. Always true: tokens are compared in constant time; none
is in an answer, an address that stays or a log of this app; the cookie, which scripts cannot read, does not hold it.
"""

from __future__ import annotations

import hmac
from html import escape
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request, cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope

_FIELD = "token"  # of a link and of the form
_MOST = 4096  # bytes of a form
_DAYS = 30  # a cookie lasts so long
_LACKING = (
    "this library is for those who have its token: open its address with ?token=… once in a browser, or send the "
    "header Authorization: Bearer …"
)
_WRONG = "That is not the token."
_UNCACHED = {"Cache-Control": "no-store"}
_UNTOLD = {**_UNCACHED, "Referrer-Policy": "no-referrer"}  # a form under this policy would come from no origin
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width">{again}<title>Explorer</title><style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 26rem; margin: 18vh auto 0; padding: 0 1rem }}
h1 {{ font-size: 1.5rem; margin: 0 0 .5rem }}
label, input, button {{ display: block; font: inherit }}
input {{ box-sizing: border-box; width: 100%; margin: .25rem 0 1rem; padding: .5rem }}
input {{ border: 1px solid #888; border-radius: .5rem }}
button {{ padding: .5rem 1.5rem; border: 0; border-radius: .5rem; background: #2459c9; color: #fff; cursor: pointer }}
[role=alert] {{ font-weight: 600 }}
</style></head><body><main><h1>Explorer</h1>{body}</main></body></html>
"""
_FORM = """<p>This library is for those who have its token. You have it from whoever runs this page, alone or at the end
of a link.</p>{wrong}<form method="post" action="{action}"><label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Open the library</button></form>"""


class Login:
    """Asks for a token of at least 16 characters."""

    def __init__(self, token: str, base_path: str = "") -> None:
        self._token, self._base_path = token.encode(), base_path
        self._value = hmac.digest(self._token, b"explorer cookie", "sha256").hex()
        # Cookies are the same for all ports of a host: each token has its own.
        self._name = f"explorer-{hmac.digest(self._token, b'explorer cookie name', 'sha256').hex()[:8]}"

    def knows(self, headers: Headers) -> bool:
        """Whether the request comes from somebody who knows the token, and does not hold it in its address."""
        scheme, _, word = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._is_right(word.strip()):
            return True
        cookie = cookie_parser(headers.get("cookie", "")).get(self._name, "")
        return hmac.compare_digest(cookie.encode(), self._value.encode())

    def holds_token(self, scope: Scope) -> bool:
        """Whether a page is wanted with a token in its address, which has to go from there."""
        return _is_page(scope) and any(name == _FIELD for name, _ in _query(scope))

    async def answer(self, scope: Scope, receive: Receive) -> Response:
        """What somebody hears who does not show that he knows the token, or shows it in the address."""
        if scope["method"] == "POST" and _is_form(scope):
            return await self._posted(Request(scope, receive))
        if not _is_page(scope):
            return JSONResponse({"error": _LACKING}, 401, {**_UNTOLD, "WWW-Authenticate": "Bearer"})
        if self._base_path and scope["path"] == self._base_path:  # a cookie is for all below the last slash
            query = scope["query_string"].decode("latin-1")
            last = quote(self._base_path.rpartition("/")[2])
            return RedirectResponse(f"./{last}/{query and '?' + query}", 307, _UNTOLD)
        shown = [value for name, value in _query(scope) if name == _FIELD]
        if shown and self._is_right(shown[-1]):
            return self._with_cookie(_again(scope), scope)
        if not shown and Headers(scope=scope).get("sec-fetch-site") in ("cross-site", "same-site"):
            return _again(scope)  # a link of another site brings no cookie; from this page it comes
        return _form(scope, _WRONG if shown else "")

    async def _posted(self, request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST:
                return _form(request.scope, _WRONG)
        words = dict(parse_qsl(body.decode("utf-8", "replace")))
        if not self._is_right(words.get(_FIELD, "").strip()):
            return _form(request.scope, _WRONG)
        return self._with_cookie(RedirectResponse(_here(request.scope), 303, _UNTOLD), request.scope)

    def _is_right(self, word: str) -> bool:
        return hmac.compare_digest(word.encode("utf-8", "replace"), self._token)

    def _with_cookie(self, response: Response, scope: Scope) -> Response:
        """No path: a browser takes the folder in its own address, which a proxy may have lengthened."""
        connection = HTTPConnection(scope)
        secure = "https" in (connection.url.scheme, connection.headers.get("x-forwarded-proto"))
        parts = [f"{self._name}={self._value}", f"Max-Age={_DAYS * 86400}", "HttpOnly", "SameSite=Strict"]
        response.headers["Set-Cookie"] = "; ".join([*parts, *["Secure"] * secure])
        return response


def _is_page(scope: Scope) -> bool:
    return (
        scope["type"] == "http" and scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
    )


def _is_form(scope: Scope) -> bool:
    return Headers(scope=scope).get("content-type", "").partition(";")[0] == "application/x-www-form-urlencoded"


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _here(scope: Scope) -> str:
    """The address of the request, from itself and without a token."""
    query = urlencode([(name, value) for name, value in _query(scope) if name != _FIELD])
    return f"./{quote(scope['path'].rpartition('/')[2])}{query and '?' + query}"


def _again(scope: Scope) -> Response:
    """A page that opens the same address once more: in the history that takes the place of the one with the token."""
    here = escape(_here(scope))
    again = f'<meta http-equiv="refresh" content="0;url={here}">'
    return HTMLResponse(
        _PAGE.format(again=again, body=f'<p><a href="{here}">Open the library</a></p>'), headers=_UNTOLD
    )


def _form(scope: Scope, wrong: str) -> Response:
    alert = f'<p role="alert">{wrong}</p>' if wrong else ""
    page = _PAGE.format(again="", body=_FORM.format(wrong=alert, action=escape(_here(scope))))
    return HTMLResponse(page, 401, _UNCACHED)
