"""What a block of code costs, on a busy machine too. No test stands here."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

quick = False  # set while `make check` runs, which leaves the slow tests out


def examples(count: int) -> int:
    """How many random examples a property is tried with: `count`, a quarter of them in `make check`."""
    return count // 4 if quick else count


@contextmanager
def seconds_at_most(limit: float) -> Iterator[None]:
    """Fails when the block takes more seconds of this process; other processes may take the processor meanwhile."""
    start = time.process_time()
    yield
    assert time.process_time() - start < limit


@contextmanager
def bytes_at_most(limit: float) -> Iterator[None]:
    """Fails when the block has, at its peak, more bytes beyond what there was."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < limit
