"""Byte strings that a page made for one answer and the browser fetches by their digest.

Knows bytes and arrays, not what they mean. Always true: equal bytes have a single digest; only the latest stay.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_KEEP = 1024  # mostly of a byte a paper: what some tabs were drawn from after some hundred questions of others
_MOST = 1 << 28  # bytes of all together, whatever their number

_lock = threading.Lock()
_data: OrderedDict[str, bytes] = OrderedDict()


def publish(values: NDArray[np.bool_] | NDArray[np.uint8] | None) -> str | None:
    """Path under which the browser finds `values` (n,) as uint8, so that a rerun carries only this path; or None."""
    if values is None:
        return None
    return f"explorer/values/{_put(np.ascontiguousarray(values, dtype=np.uint8).tobytes())}"


def publish_rows(edition: str, rows: Sequence[int] | NDArray[np.int64] | None) -> str:
    """Path of a list of papers as files, but for the ending that says in which format; None stands for all papers."""
    name = "all" if rows is None else _put(np.asarray(rows, dtype="<u4").tobytes())
    return f"explorer/map/{edition}/papers/{name}"


def published_rows(digest: str) -> list[int] | None:
    """The rows of a list; None when newer ones have taken their place."""
    data = published(digest)
    return None if data is None else np.frombuffer(data, "<u4").tolist()


def published(digest: str) -> bytes | None:
    """The bytes of this digest; None when newer ones have taken their place."""
    with _lock:
        return _data.get(digest)


def _put(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()[:24]
    with _lock:
        _data[digest] = data
        _data.move_to_end(digest)
        while len(_data) > _KEEP or (len(_data) > 1 and sum(map(len, _data.values())) > _MOST):
            _data.popitem(last=False)
    return digest
