"""Who asks: the name of a visitor as a trusted proxy says it, "" for everybody else.

Knows where it is looked up, neither HTTP nor Streamlit. Always true: a route hears it of the request that it answers,
a page of its session; what runs by itself, for nobody, has no name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_of_request: ContextVar[str | None] = ContextVar("visitor", default=None)
_of_pages: list[Callable[[], str]] = []


def visitor() -> str:
    """The name of who asks."""
    name = _of_request.get()
    if name is not None:
        return name
    return _of_pages[-1]() if _of_pages else ""


@contextmanager
def asking(name: str) -> Iterator[None]:
    """What is answered inside is for this visitor, in the threads too that a route runs in."""
    before = _of_request.set(name)
    try:
        yield
    finally:
        _of_request.reset(before)


def ask_pages(ask: Callable[[], str]) -> None:
    """From now on `ask` says who has the page that a thread draws."""
    _of_pages[:] = [ask]
