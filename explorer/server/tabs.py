"""What a tab of the browser works on, so that a reload or a lost connection brings it back.

Knows names of tabs, values and their sizes, not what they are. Always true: nothing is written to a disk; only who has
the name of a tab gets its value; a value goes after a day in which nobody used it, or when newer ones need its place.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

_DAY = 24 * 3600.0  # seconds: a laptop that slept over night finds its draft again
_TABS = 32  # more than anybody has open at a time
_MOST = 1 << 28  # bytes of all together


@dataclass(frozen=True)
class _Work:
    value: object
    size: int
    used: float


_lock = threading.Lock()
_works: OrderedDict[str, _Work] = OrderedDict()


def put(tab: str, value: object, size: int) -> None:
    """Remember `value`, of about `size` bytes, for a tab, in place of what it had, unless it is too large."""
    with _lock:
        _works.pop(tab, None)
        if size <= _MOST:
            _works[tab] = _Work(value, size, time.monotonic())
        _shrink()


def get(tab: str) -> object | None:
    """The value of a tab; None when it has none, or not any more."""
    with _lock:
        _shrink()
        work = _works.get(tab)
        return work.value if work else None


def drop(tab: str) -> None:
    """Forget the value of a tab."""
    with _lock:
        _works.pop(tab, None)


def _shrink() -> None:
    """Let go of what is old or too much; whoever calls holds the lock."""
    ends = time.monotonic() - _DAY
    while _works:
        oldest = next(iter(_works))
        if len(_works) <= _TABS and sum(work.size for work in _works.values()) <= _MOST and _works[oldest].used >= ends:
            break
        del _works[oldest]
