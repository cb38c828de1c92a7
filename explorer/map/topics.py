"""Topics: papers grouped by meaning at several levels, each group under a label of words from its own papers.

Holds the grouping: k-means merged upward by Ward. Knows texts, vectors and row numbers, not papers; the k-means is the
caller's, the labels are written in `explorer.map.labels`. Always true: every paper has one topic per level; levels are
nested, finest first; topics are numbered from the largest down; no two topics of a level share a label; the same input
and seed give the same topics.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix
from explorer.map.labels import label_levels

IntVector = NDArray[np.int32]
KMeans = Callable[[Matrix, int, int], IntVector]

_SMALLEST = 3  # papers a topic has on average, at least: two papers are a pair, not a topic
_MERGE_SINGLY = 300  # so few papers are merged one by one; k-means pays, and is steady, only for more
_GLANCE = 15  # labels a reader takes in at one look, and a small map has room for
_ZOOM = 3  # topics that a topic opens into when the map is zoomed one level


@dataclass(frozen=True)
class Level:
    """One zoom level. `labels`: a label for each topic; `assignment` (n,) int32: topic of each paper;
    `parents`: for each topic its topic in the next coarser level, empty in the coarsest."""

    labels: tuple[str, ...]
    assignment: IntVector
    parents: tuple[int, ...]


@dataclass(frozen=True)
class Topics:
    """Nested levels, finest first: every topic lies wholly within its parent."""

    levels: tuple[Level, ...]


def find_topics(vectors: Matrix, texts: Sequence[str], kmeans: KMeans, *, seed: int = 0) -> Topics:
    """Nested, labelled topics of `vectors` (n, d) float32 unit rows and their `texts` ("title. abstract"), n strings.

    `kmeans(vectors, k, seed)` returns the group of each row, (n,) integers below k. Groups merge upward by Ward's
    criterion (1963): three other ways agreed with the areas of 10,000 papers as well (AMI 0.21 to 0.26), but two of
    them made topics of a quarter of all papers.
    """
    count = len(vectors)
    if count == 0:
        return Topics(())
    if count <= _MERGE_SINGLY:
        groups = np.arange(count, dtype=np.int32)
    else:
        groups = _numbered(kmeans(vectors, round(2.5 * count**0.5), seed))
    assignments = _merge_upward(vectors, groups, level_sizes(count))
    parents = [_parents(fine, coarse) for fine, coarse in pairwise(assignments)] + [()]
    labels = label_levels(texts, assignments, parents)
    return Topics(tuple(Level(*level) for level in zip(labels, assignments, parents, strict=True)))


def extend(topics: Topics, before: NDArray[np.int64], rows: NDArray[np.int64], similarities: Matrix) -> Topics:
    """The same topics for the papers of now: `before` (n,) is the former row of each, -1 for the m newcomers.

    A newcomer joins the finest topic that most of its neighbours are in: `rows` (m, k), new row numbers of papers that
    were there before (-1: none), weighted by `similarities` (m, k). Topics keep their numbers, even when empty.
    """
    if not topics.levels:
        return topics
    here = before >= 0
    assignments = [level.assignment[np.where(here, before, 0)] for level in topics.levels]
    finest = assignments[0]
    weights = np.where(rows >= 0, np.maximum(similarities, 1e-3), 0)
    for new, among, weight in zip(np.flatnonzero(~here), rows, weights, strict=True):
        finest[new] = np.bincount(finest[among[weight > 0]], weight[weight > 0], 1).argmax()
    for number, level in enumerate(topics.levels[:-1]):
        parents = np.array(level.parents, np.int32)
        assignments[number + 1][~here] = parents[assignments[number][~here]]
    pairs = zip(topics.levels, assignments, strict=True)
    return Topics(tuple(replace(level, assignment=assignment) for level, assignment in pairs))


def level_sizes(count: int) -> tuple[int, ...]:
    """How many topics each level has for `count` papers, finest first: 12 → (4,), 10,000 → (135, 45, 15)."""
    if count < 2 * _SMALLEST:
        return (1,)
    sizes = [min(_GLANCE, round(2 * count**0.25), count // _SMALLEST)]
    while sizes[-1] * _ZOOM <= 2 * count**0.5:
        sizes.append(sizes[-1] * _ZOOM)
    return tuple(reversed(sizes))


def _numbered(groups: NDArray[np.integer]) -> IntVector:
    """The same groups numbered from the largest down, ties by first member, without empty numbers."""
    values, first, inverse, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(values), np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(values), dtype=np.int32)
    return rank[inverse]


def _parents(fine: IntVector, coarse: IntVector) -> tuple[int, ...]:
    _, first = np.unique(fine, return_index=True)
    return tuple(coarse[first].tolist())


def _merge_upward(vectors: Matrix, groups: IntVector, sizes: Sequence[int]) -> list[IntVector]:
    """Merge groups two at a time, always the pair that costs least variance; keep the state at each of `sizes`."""
    weight = np.bincount(groups).astype(np.float64)
    count = len(weight)
    cost = _ward_costs(vectors, groups, weight)
    wanted = {min(size, count) for size in sizes}
    merged = np.arange(count)
    states: list[IntVector] = []
    for left in range(count, 0, -1):
        if left in wanted:
            states.append(_numbered(merged[groups]))
        if left == min(wanted):
            break
        a, b = sorted(divmod(int(np.argmin(cost)), count))
        together = (weight + weight[a]) * cost[a] + (weight + weight[b]) * cost[b] - weight * cost[a, b]
        cost[a] = cost[:, a] = together / (weight + weight[a] + weight[b])  # Lance and Williams 1967
        cost[b] = cost[:, b] = np.inf
        weight[a] += weight[b]
        merged[merged == b] = a
    return states


def _ward_costs(vectors: Matrix, groups: IntVector, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much the variance within groups grows when two of them are merged, (groups, groups)."""
    centre = np.zeros((len(weight), vectors.shape[1]))
    np.add.at(centre, groups, vectors)
    centre /= weight[:, None]
    square = (centre**2).sum(axis=1)
    gap = square[:, None] + square[None, :] - 2 * np.einsum("ij,kj->ik", centre, centre)  # not BLAS: same bits always
    cost = weight[:, None] * weight[None, :] / (weight[:, None] + weight[None, :]) * np.maximum(gap, 0)
    np.fill_diagonal(cost, np.inf)
    return np.asarray(cost)
