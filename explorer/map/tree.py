"""Groups merged two at a time into a tree, and the levels it is cut into.

Holds Ward's criterion (1963) and the choice of a cut; knows vectors and group numbers, no texts. Always true: the
leaves stand in such an order that every node of the tree is an interval of them; equal input gives equal trees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix

Span = tuple[int, int]  # a node: its leaves are those from the first to before the second

_BAND = 2.0  # a topic is a node that some plain cut has into between a half and twice as many as are wanted
_LARGEST = 2.5  # times the mean size: of larger topics a plain cut has only what it must
_AGAIN = 0.3  # worth of a topic that the finer level has as it is
_PLAIN = 0.05  # what nodes of the plain cut are worth more, which decides where no names do
_COLUMNS = 8  # of vectors summed at once: of a million 64 MB
_STEPS = 40  # of bisection, beyond which the price of a topic is known to the last bit


@dataclass(frozen=True)
class Tree:
    """`leaf` (n,): the place of each row's group among the leaves; `sizes` (leaves,): rows of each; `nodes`: every
    node, children before parents; `children`: of those that have any; `alive`: of each node the fewest and the most
    groups that are left while it stands alone."""

    leaf: NDArray[np.int32]
    sizes: NDArray[np.int64]
    nodes: tuple[Span, ...]
    children: Mapping[Span, tuple[Span, Span]]
    alive: Mapping[Span, tuple[int, int]]

    def size(self, node: Span) -> int:
        """Rows of a node."""
        return int(self.sizes[node[0] : node[1]].sum())

    def plain_cut(self, count: int) -> list[Span]:
        """The nodes that are left when `count` are, or all leaves where there are fewer."""
        count = min(count, len(self.sizes))
        return [node for node in self.nodes if self.alive[node][0] <= count <= self.alive[node][1]]

    def candidates(self, count: int) -> list[Span]:
        """The nodes that may stand in a level of about `count` topics."""
        plain = set(self.plain_cut(count))
        largest = _LARGEST * self.sizes.sum() / count

        def may(node: Span) -> bool:
            fewest, most = self.alive[node]
            return most >= count / _BAND and fewest <= count * _BAND and self.size(node) <= largest

        return [node for node in self.nodes if node in plain or may(node)]

    def cut(self, count: int, worth: Mapping[Span, float], above: Sequence[Span] = ()) -> list[Span]:
        """The at most `count` nodes that together cover all leaves and are worth most, each times its size.

        `worth` of the `candidates`; `above`: a finer cut that it lies on: none of its nodes is divided. A node of
        both is worth less, for a level should say something new.
        """
        finer = set(above)
        plain = set(self.plain_cut(count))
        values: dict[Span, float] = {}
        barred = self._within(above)
        for node in self.candidates(count):
            if node not in barred:
                value = worth.get(node, 0.0) * (_AGAIN if node in finer else 1.0)
                values[node] = self.size(node) * (value + _PLAIN * (node in plain))
        low, high = -float(self.sizes.sum()), float(self.sizes.sum())
        for _ in range(_STEPS):
            price = (low + high) / 2
            if len(self._cheapest(values, price, finer)) > count:
                low = price
            else:
                high = price
        return self._cheapest(values, high, finer)

    def _within(self, above: Sequence[Span]) -> set[Span]:
        """The nodes that lie within a node of a cut."""
        inside: set[Span] = set()
        todo = [child for node in above for child in self.children.get(node, ())]
        while todo:
            node = todo.pop()
            inside.add(node)
            todo.extend(self.children.get(node, ()))
        return inside

    def _cheapest(self, values: Mapping[Span, float], price: float, finer: set[Span]) -> list[Span]:
        """The cut of the greatest value, when every node costs `price`."""
        best: dict[Span, float] = {}
        alone: set[Span] = set()
        children = self.children
        for node in self.nodes:  # children before parents
            apart = -np.inf
            if node in children and node not in finer:
                first, second = children[node]
                apart = best[first] + best[second]
            own = values.get(node, -np.inf) - price
            if own >= apart:
                alone.add(node)
            best[node] = own if own >= apart else apart
        cut, todo = [], [self.nodes[-1]]
        while todo:
            node = todo.pop()
            if node in alone or node not in self.children:
                cut.append(node)
            else:
                todo.extend(self.children[node])
        return cut


def merge(vectors: Matrix, groups: NDArray[np.int32], broader: Sequence[tuple[int, Matrix]] = ()) -> Tree:
    """The tree of `groups` (n,) of `vectors` (n, d): always the pair is merged that costs least variance.

    `broader`: numbers of groups, falling, and the vectors (n, d') whose variance counts from when so many are left.
    """
    weight = np.bincount(groups).astype(np.float64)
    count = len(weight)
    cost = _ward_costs(vectors, groups, weight)
    at = list(range(count))  # the tree's number of what stands at each place
    pairs: dict[int, tuple[int, int]] = {}
    alive = {number: [1, count] for number in at}
    waiting, now = list(broader), np.arange(count, dtype=np.int32)  # and the place that each group is at
    for left in range(count, 1, -1):
        while waiting and left <= waiting[0][0]:
            fresh = _ward_costs(waiting.pop(0)[1], now[groups], weight)
            cost = np.where(np.isfinite(cost), fresh, np.inf)
        a, b = sorted(divmod(int(np.argmin(cost)), count))
        together = (weight + weight[a]) * cost[a] + (weight + weight[b]) * cost[b] - weight * cost[a, b]
        cost[a] = cost[:, a] = together / (weight + weight[a] + weight[b])  # Lance and Williams 1967
        cost[b] = cost[:, b] = np.inf
        weight[a] += weight[b]
        now[now == b] = a
        number = 2 * count - left
        pairs[number] = (at[a], at[b])
        alive[at[a]][0] = alive[at[b]][0] = left
        alive[number] = [1, left - 1]
        at[a] = number
    return _ordered(groups, count, pairs, alive)


def _ordered(
    groups: NDArray[np.int32], count: int, pairs: Mapping[int, tuple[int, int]], alive: Mapping[int, list[int]]
) -> Tree:
    """The tree with its leaves in order."""
    order: list[int] = []
    todo = [2 * count - 2]
    while todo:
        number = todo.pop()
        if number < count:
            order.append(number)
        else:
            todo.extend(pairs[number][::-1])
    place = np.empty(count, np.int32)
    place[order] = np.arange(count, dtype=np.int32)
    spans = {number: (int(place[number]), int(place[number]) + 1) for number in range(count)}
    for number, (a, b) in pairs.items():
        spans[number] = (spans[a][0], spans[b][1])
    return Tree(
        place[groups],
        np.bincount(groups)[order].astype(np.int64),
        tuple(spans.values()),
        {spans[number]: (spans[a], spans[b]) for number, (a, b) in pairs.items()},
        {span: (alive[number][0], alive[number][1]) for number, span in spans.items()},
    )


def _ward_costs(vectors: Matrix, groups: NDArray[np.int32], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much the variance within groups grows when two of them are merged, (groups, groups)."""
    centre = sums_of(vectors, groups, len(weight))
    centre /= np.maximum(np.bincount(groups, minlength=len(weight)), 1)[:, None]
    square = (centre**2).sum(axis=1)
    gap = square[:, None] + square[None, :] - 2 * np.einsum("ij,kj->ik", centre, centre)  # not BLAS: same bits always
    cost = weight[:, None] * weight[None, :] / (weight[:, None] + weight[None, :]) * np.maximum(gap, 0)
    np.fill_diagonal(cost, np.inf)
    return np.asarray(cost)


def sums_of(vectors: Matrix, groups: NDArray[np.integer[Any]], count: int) -> NDArray[np.float64]:
    """The sum of the `vectors` (n, d) of each of `count` groups, (count, d); `groups` (n,), below 0 for none.

    Added up row by row, as `np.add.at` would: the same bits in less than a third of the time.
    """
    from scipy import sparse  # 0.15 s, and a question needs none

    rows = np.flatnonzero(groups >= 0)
    rows = rows[np.argsort(groups[rows], kind="stable")]
    starts = np.searchsorted(groups[rows], np.arange(count + 1))
    table = sparse.csr_array((np.ones(len(rows)), rows, starts), shape=(count, len(vectors)))
    sums = np.empty((count, vectors.shape[1]))
    for start in range(0, vectors.shape[1], _COLUMNS):
        sums[:, start : start + _COLUMNS] = table @ vectors[:, start : start + _COLUMNS].astype(np.float64)
    return sums
