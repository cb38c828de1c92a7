"""The order of results: the best of a ranking, best first, newest, unlike each other, or sorted by what they say.

Knows results, not rankings or libraries. Always true: what is sorted is the best; what lacks a year, an author or a
venue comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.identity.names import family
from explorer.paper import Paper
from explorer.search import diversity
from explorer.search.certainty import Certainty
from explorer.search.question import Order
from explorer.text import fold

Vectors = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""What gives the vectors of rows (m,), (m, d)."""

if TYPE_CHECKING:
    from explorer.search.answer import Result


def places(pool: Sequence[Result], k: int, order: Order, vectors: Vectors) -> Sequence[int]:
    """Places in `pool`, which is best first, in `order`; `vectors` gives those of some rows."""
    if order is Order.SPREAD:
        return _spread(pool, k, vectors)
    if order is Order.NEWEST:
        near = [result.level is Certainty.CLOSE for result in pool]
        return diversity.newest([result.paper.year for result in pool], near)
    if order.sorts:
        return sorted(range(min(k, len(pool))), key=lambda place: _sort_key(pool[place].paper, order))
    return range(len(pool))


def _sort_key(paper: Paper, order: Order) -> tuple[bool, int | str]:
    """What a list is sorted by; what lacks it comes last."""
    if order is Order.YEAR:
        return paper.year is None, -(paper.year or 0)
    author = family(paper.authors[0]) if paper.authors else ""
    value = author if order is Order.AUTHOR else fold(paper.title if order is Order.TITLE else paper.venue)
    return not value, value


def _spread(pool: Sequence[Result], k: int, vectors: Vectors) -> list[int]:
    """Near but unlike; what has no vector, and so no distance, comes after them."""
    embedded = [place for place, result in enumerate(pool) if result.embedded]
    chosen = diversity.spread(vectors(np.array([pool[place].row for place in embedded], np.int64)), k)
    return [embedded[place] for place in chosen] + [i for i, result in enumerate(pool) if not result.embedded]
