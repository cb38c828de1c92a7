"""Topics: papers grouped by meaning at several levels, each group under a label of words from its own papers.

Holds the grouping: k-means merged upward by Ward, on vectors that neighbours share and places that the map shows. Knows
texts, vectors and row numbers, not papers; the k-means is the caller's, the labels are written in
`explorer.map.labels`. Always true: every paper has one topic per level; levels are
nested, finest first; topics are numbered from the largest down; no two topics of a level share a label; the same input
and seed give the same topics.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from embeddings.vectors import Matrix
from explorer.map.corpus import Corpus
from explorer.map.labels import Texts, name_levels
from explorer.map.membership import settle, surroundings
from explorer.map.namer import Namer
from explorer.map.sought import THREADS, Encode
from explorer.map.tree import Span, Tree, merge

IntVector = NDArray[np.int32]
IntMatrix = NDArray[np.int32] | NDArray[np.int64]
KMeans = Callable[[Matrix, int, int], IntVector]

RECIPE = 4  # raise it when topics are called otherwise: earlier labels are not carried over to a new map
_SMALLEST = 3  # papers a topic has on average, at least: two papers are a pair, not a topic
MERGE_SINGLY = 300  # so few papers are merged one by one; k-means pays, and is steady, only for more
_GLANCE = 15  # labels a reader takes in at one look, and a small map has room for
_ZOOM = 2.5  # topics that a topic opens into when the map is zoomed one level
_MOST_LEVELS = 5
_MOST_TEXTS = 30_000  # more texts change no label of a level, only the time and memory they take
_MOST_GROUPS = 1500  # of k-means: more cost time in their square, and 1,215 topics are the finest level of a million
# Chosen on 11,200 papers of arXiv with two sets of categories (docs/evaluation.md): what is grouped is a vector blended
# with its neighbours', so that a topic holds together in meaning, beside its place, so that it does on the map. The
# finest topics merge by what is blended further, so that a broad topic is of a single field, whatever its size.
_BLENDS = (3, 6, 30)  # times that each takes in its neighbours: for the finest level, the next, all coarser
_OWN = 0.3  # share of its own vector each time
_NEIGHBOURS = 15
# Power of the similarity by which neighbours count, either way: 0.005 more AMI than all alike and only forward.
_CLOSER = 4
_PLACE = 0.4  # weight of the places, of deviation 1, beside the unit vectors
_DIMENSIONS = 100  # what is blended has hardly more, and k-means takes a quarter of the time
_BLOCK = 1024
_COLUMNS = 32  # of the vectors blended at once by a thread: what lies beside them in memory is a twelfth of them


@dataclass(frozen=True)
class Level:
    """One zoom level. `labels`: a label for each topic; `assignment` (n,) int32: topic of each paper;
    `parents`: for each topic its topic in the next coarser level, empty in the coarsest; `seconds`: what else each
    topic is about, or "", empty where topics are of an earlier version; `written`: the labels as they are by
    themselves, empty where nobody renamed a topic; `recipe`: of the labels, 0 where it is of an earlier version;
    `hues`: a colour for each topic, see `explorer.map.hues`, empty where the level has none."""

    labels: tuple[str, ...]
    assignment: IntVector
    parents: tuple[int, ...]
    seconds: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    recipe: int = 0
    hues: tuple[int, ...] = ()

    def own(self, topic: int) -> str:
        """What a topic is called by itself."""
        return (self.written or self.labels)[topic]

    def second(self, topic: int) -> str:
        """What else a topic is about, a phrase; empty where there is none."""
        return self.seconds[topic] if self.seconds else ""


@dataclass(frozen=True)
class Topics:
    """Nested levels, finest first: every topic lies wholly within its parent."""

    levels: tuple[Level, ...]


def sizes_of(topics: Topics) -> dict[str, int]:
    """How many papers each topic has, by label; of a label that stands on two levels, on the coarser."""
    sizes: dict[str, int] = {}
    for level in topics.levels:
        counts = np.bincount(level.assignment[level.assignment >= 0], minlength=len(level.labels)).tolist()
        sizes |= dict(zip(level.labels, counts, strict=True))
    return sizes


def find_topics(
    vectors: Matrix,
    neighbours: IntMatrix,
    places: Matrix,
    texts: Texts,
    kmeans: KMeans,
    *,
    encode: Encode | None = None,
    seed: int = 0,
) -> Topics:
    """Nested, labelled topics of `vectors` (n, d) float32 unit rows.

    `texts(rows)`: the texts ("title. abstract") of some rows; of many papers not all are read.
    `neighbours` (n, k): rows near to each, best first, -1 where there is none; `places` (n, 2) float32: the map;
    `kmeans(vectors, k, seed)` returns the group of each row, (n,) integers below k. Groups merge upward by Ward's
    criterion (1963): three other ways agreed with the areas of 10,000 papers as well (AMI 0.21 to 0.26), but two of
    them made topics of a quarter of all papers.
    """
    count = len(vectors)
    if count == 0:
        return Topics(())
    rows = np.arange(0, count, -(-count // _MOST_TEXTS))
    with ThreadPoolExecutor(1) as pool:  # texts are read meanwhile, which a single core does
        grown = pool.submit(_grown, vectors, neighbours, places, kmeans, seed)
        corpus = Corpus.of(texts(rows.tolist()))
        tree = grown.result()
    namer = Namer(corpus, tree.leaf[rows], len(tree.sizes), vectors[rows], encode)
    cuts = _cuts(tree, namer)
    if count > MERGE_SINGLY:
        tree = _settled(tree, namer, cuts[0], neighbours, places)
        namer.regroup(tree.leaf[rows], len(tree.sizes))
    assignments = [_numbered(_topic_of_leaf(tree, cut)[tree.leaf]) for cut in cuts]
    parents = [_parents(fine, coarse) for fine, coarse in pairwise(assignments)] + [()]
    labels = name_levels(namer, texts, assignments, tree.leaf)
    return Topics(
        tuple(
            Level(label.first, assignment, above, label.second, recipe=RECIPE)
            for label, assignment, above in zip(labels, assignments, parents, strict=True)
        )
    )


def _grown(vectors: Matrix, neighbours: IntMatrix, places: Matrix, kmeans: KMeans, seed: int) -> Tree:
    """The tree of k-means groups of what is blended, merged by Ward; of few papers each is a group."""
    count = len(vectors)
    features, *broader = blended(vectors, neighbours, places)
    if count <= MERGE_SINGLY:
        groups = np.arange(count, dtype=np.int32)
    else:
        groups = _numbered(kmeans(features, min(_MOST_GROUPS, round(2.5 * count**0.5)), seed))
    return merge(features, groups, list(zip(level_sizes(count), broader, strict=False)))


def _cuts(tree: Tree, namer: Namer) -> list[list[Span]]:
    """The levels of a tree, finest first: of its cuts those whose topics have names that cover and find them."""
    cuts: list[list[Span]] = []
    for size in level_sizes(int(tree.sizes.sum())):
        worth = {node: name.worth for node, name in namer.best(tree.candidates(size)).items()}
        cut = sorted(tree.cut(size, worth, cuts[-1] if cuts else ()))
        if not cuts or len(cut) < len(cuts[-1]):
            cuts.append(cut)
    return cuts


def _topic_of_leaf(tree: Tree, cut: Sequence[Span]) -> IntVector:
    """The number of the node of a cut that each leaf is in."""
    return np.repeat(np.arange(len(cut), dtype=np.int32), [high - low for low, high in cut])


def _settled(tree: Tree, namer: Namer, cut: Sequence[Span], neighbours: IntMatrix, places: Matrix) -> Tree:
    """The same tree with papers moved to the topics of `cut` that those around them are in and whose names they bear.

    A paper that moves joins the leaf of its new topic that most papers around it are in.
    """
    around = surroundings(neighbours, places)
    topic = _topic_of_leaf(tree, cut)
    before = topic[tree.leaf]
    step = -(-len(before) // _MOST_TEXTS)  # names are known by every so many papers
    bearers = [(bearing * step, near * step) for bearing, near in namer.bearers(cut)]
    after = settle(before, around, bearers)
    leaf = tree.leaf.copy()
    for row in np.flatnonzero(after != before).tolist():
        near = tree.leaf[around[row][around[row] >= 0]]
        near = near[topic[near] == after[row]]
        leaf[row] = np.bincount(near).argmax() if len(near) else cut[after[row]][0]
    return replace(tree, leaf=leaf, sizes=np.bincount(leaf, minlength=len(tree.sizes)))


def blended(vectors: Matrix, neighbours: IntMatrix, places: Matrix) -> list[Matrix]:
    """What is grouped, (n, d' + 2) float32 each: vectors blended with those of their neighbours, beside the places.

    The first for the finest topics, the next for those of coarser levels. Of few papers, with few neighbours,
    so that a blend is never of a twentieth of them all, and only the first; under 40, the vectors.
    """
    count = len(vectors)
    width = min(_NEIGHBOURS, neighbours.shape[1], count // 20)
    if width < 2:
        return [vectors]
    mean = _means(vectors, neighbours[:, :width])
    alone = np.diff(mean.indptr)[:, None] == 0
    spread = _PLACE * places / np.maximum(places.std(axis=0), 1e-12)
    now, done, features = vectors, 0, list[Matrix]()
    for times in _BLENDS if count > MERGE_SINGLY else _BLENDS[:1]:
        now = _taken_in(mean, alone, now, times - done)
        done = times
        unit = np.asarray(now / np.maximum(_lengths(now), 1e-12), np.float32)
        if unit.shape[1] > _DIMENSIONS:
            axes = _axes(unit)
            with threadpool_limits(1):
                now, unit = now @ axes, unit @ axes
        features.append(np.concatenate([unit, spread], axis=1).astype(np.float32))
    return features


def _taken_in(mean: Any, alone: NDArray[np.bool_], vectors: Matrix, times: int) -> Matrix:
    """`vectors` (n, d) that took in the mean of their neighbours so often; not those that are `alone`, (n, 1).

    A few columns at a time are summed as if each were by itself: the same bits on any number of threads.
    """
    result = np.empty_like(vectors)

    def blend(start: int) -> None:
        part = np.ascontiguousarray(vectors[:, start : start + _COLUMNS])
        for _ in range(times):
            taken = mean @ part
            taken *= 1 - _OWN
            taken += _OWN * part
            part = np.where(alone, part, taken)
        result[:, start : start + _COLUMNS] = part

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(blend, range(0, vectors.shape[1], _COLUMNS)))
    return result


def _lengths(vectors: Matrix) -> Matrix:
    """The lengths of `vectors` (n, d), (n, 1)."""
    starts = range(0, len(vectors), _BLOCK)
    squares = [(vectors[start : start + _BLOCK] ** 2).sum(axis=1, keepdims=True) for start in starts]
    return np.asarray(np.sqrt(np.concatenate(squares)), np.float32)


def _means(vectors: Matrix, near: IntMatrix) -> Any:
    """A sparse matrix (n, n) whose product with vectors is the mean of those that are near to each, either way."""
    from scipy import sparse  # 0.15 s, and only a redrawn map needs it

    count, width = near.shape
    weight = np.zeros(near.shape, np.float32)
    for start in range(0, count, _BLOCK):
        part = slice(start, start + _BLOCK)
        alike = np.einsum("ijk,ik->ij", vectors[near[part]], vectors[part])  # not BLAS: same bits always
        weight[part] = np.where(near[part] >= 0, np.maximum(alike, 0.01) ** _CLOSER, 0)
    row = np.repeat(np.arange(count), width)
    there = weight.ravel() > 0
    forward = sparse.csr_array((weight.ravel()[there], (row[there], near.ravel()[there])), shape=(count, count))
    both = (forward + forward.T).tocsr()
    total = np.maximum(np.asarray(both.sum(axis=1)).ravel(), 1e-30)
    both.data /= np.repeat(total, np.diff(both.indptr)).astype(np.float32)
    return both


def _axes(vectors: Matrix) -> Matrix:
    """The `_DIMENSIONS` directions in which vectors (n, d) lie most, (d, dimensions)."""
    with threadpool_limits(1):  # so that sums come out the same on any number of cores
        _, axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    return np.asarray(axes[:, : -_DIMENSIONS - 1 : -1], np.float32)


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
    """How many topics each level has for `count` papers, finest first: 12 → (4,), 10,000 → (95, 38, 15)."""
    if count < 2 * _SMALLEST:
        return (1,)
    sizes = [min(_GLANCE, round(2 * count**0.25), count // _SMALLEST)]
    while len(sizes) < _MOST_LEVELS and sizes[-1] * _ZOOM <= 2.02 * count**0.5:
        sizes.append(round(sizes[-1] * _ZOOM))
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
