"""Byte strings that a page made for one answer and the browser fetches by their digest.

Knows bytes and arrays, not what they mean. Always true: equal bytes have one digest; only the latest are kept.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

_KEEP = 64  # of one byte a paper each: some tabs with their masks and colours

_lock = threading.Lock()
_data: OrderedDict[str, bytes] = OrderedDict()


def publish(values: NDArray[np.bool_] | NDArray[np.uint8] | None) -> str | None:
    """Path under which the browser finds `values` (n,) as uint8, so that a rerun carries only this path; or None."""
    if values is None:
        return None
    data = np.ascontiguousarray(values, dtype=np.uint8).tobytes()
    digest = hashlib.sha256(data).hexdigest()[:24]
    with _lock:
        _data[digest] = data
        _data.move_to_end(digest)
        while len(_data) > _KEEP:
            _data.popitem(last=False)
    return f"explorer/values/{digest}"


def published(digest: str) -> bytes | None:
    """The bytes of this digest; None when newer ones have taken their place."""
    with _lock:
        return _data.get(digest)
