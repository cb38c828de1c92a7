"""What the first page shows, made ready while the browser still loads its own scripts.

Knows the page that opens first, no session. Always true: what is made here is what the page would make itself, only
sooner; the page tells whatever is wrong with the library.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from explorer.errors import ExplorerError
from explorer.export import map_arrays
from explorer.filter import Filter
from explorer.library.snapshot import arrays_or_none
from explorer.server import session
from explorer.server.delivery import hasten


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Make it ready in the background as soon as the server runs."""
    hasten()  # it listens by now
    threading.Thread(target=_prepare, daemon=True, name="ahead").start()
    yield


def _prepare() -> None:
    from explorer.ui.explore import filters, views
    from explorer.ui.pages import draft, duplicates, explore, library  # noqa: F401  # which the script imports

    with suppress(ExplorerError), session.moment() as opened:
        if opened is not None and arrays_or_none(opened.snapshot) is not None:
            filters.choices(opened)
            views.overview(opened, Filter())
            map_arrays.topics(opened)
