"""Whether this command should end: Ctrl-C as an exception, and as a fact that no exception can lose.

Always true: a wish to end is remembered until the command has ended. The exception alone is not enough: Python drops
what is raised while it tidies up an object, SQLite what is raised in a function that it calls, and the command would go
on as if nobody had pressed Ctrl-C, or would take it for damage.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_wish = threading.local()  # signals come to the main thread, and what they end runs there


def wanted() -> bool:
    """Whether what this thread does should end."""
    return getattr(_wish, "wanted", False)


@contextmanager
def heard(*signals: signal.Signals) -> Iterator[None]:
    """Inside, these signals raise KeyboardInterrupt in the main thread and are remembered."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _take) for number in signals}
    try:
        yield
    finally:
        _wish.wanted = False
        for number, handler in before.items():
            signal.signal(number, handler)


def forget() -> None:
    """To be called when a KeyboardInterrupt was answered, so that the command's exit code holds.

    `python -m` ends by the signal, whatever is returned, when it came while a string was executed, as dataclasses and
    torch do; executing another lets it forget that.
    """
    exec("")


def _take(number: int, frame: FrameType | None) -> None:
    _wish.wanted = True
    raise KeyboardInterrupt
