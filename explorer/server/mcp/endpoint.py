"""The tools beside the app's routes, over streamable HTTP.

Knows ASGI and the open library of this process. Always true: nothing of the SDK is imported before an agent asks; it
only reads; hosts and origins are those of all routes.
"""

from __future__ import annotations

import asyncio
from contextvars import Context

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from explorer.server.mcp.protocol import http_app, missing_extra
from explorer.server.session import moment

_MOST = 4 << 20  # bytes of a message: the text of a book


class Endpoint:
    """Answers agents at `path`; the protocol's server runs from the first question to the end of the event loop."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None], asyncio.Future[Starlette]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; status 501 where the SDK is missing."""
        if lacking := missing_extra():
            await JSONResponse({"error": lacking}, 501)(scope, receive, send)
            return
        messages, size = [await receive()], 0
        while (size := size + len(messages[-1].get("body", b""))) <= _MOST and messages[-1].get("more_body"):
            messages.append(await receive())
        if size > _MOST:
            await JSONResponse({"error": f"a message may have {_MOST >> 20} MB"}, 413)(scope, receive, send)
            return

        async def received() -> Message:
            return messages.pop(0) if messages else await receive()

        app = await self._app()
        await app(scope, received, send)

    async def _app(self) -> Starlette:
        loop = asyncio.get_running_loop()
        if self._running is None or self._running[0] is not loop or self._running[1].done():
            ready: asyncio.Future[Starlette] = loop.create_future()
            # In a context of its own: what runs for all must not be of who asks first.
            self._running = loop, loop.create_task(self._run(ready), context=Context()), ready
        return await asyncio.shield(self._running[2])

    async def _run(self, ready: asyncio.Future[Starlette]) -> None:
        try:
            app = await asyncio.to_thread(http_app, moment, self._path)
            async with app.router.lifespan_context(app):
                ready.set_result(app)
                await asyncio.Event().wait()
        except Exception as error:
            if not ready.done():
                ready.set_exception(error)
            raise
