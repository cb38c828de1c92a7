"""Making a build: from keys, vectors and texts to index, map, topics and the pairs that calibrate similarity.

Holds the order of the steps and when a map is drawn anew; knows neither tables nor files. Always true: a build drawn
from the same papers with the same seed is the same to the last bit; an extended one moves no paper that was there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex, kmeans
from explorer.index.disk import Build
from explorer.map import layout, topics
from explorer.search.ranking import random_pairs

NEIGHBOURS = 15  # of each paper on the map; trustworthiness stops rising there (design figures)
NEAREST = 5  # of each paper, whose scores bear on its own in a search; 3 to 10 are as good
_MANY = 0.1  # share of newcomers from which on finding all neighbours anew is as fast as mending the known ones
# Places found among neighbours are as trustworthy as drawn ones (0.96 against 0.97), but only where there is a crowd to
# be placed in: when newcomers exceed this share of the drawn papers, the map is drawn anew.
_NEWCOMERS = 0.5
_NEAR = 0.95  # cosine of near-copies: of 10,000 papers 1 in 500 has one, and nine in ten of those share their text
_STEPS = ("Indexing", "Drawing the map", "Finding topics", "Saving")

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be built: keys (n,), vectors (n, d) unit rows, word stamps (n,), and a way to get all texts."""

    keys: NDArray[np.int64]
    vectors: NDArray[np.float32]
    stamps: NDArray[np.uint64]
    texts: Callable[[], Sequence[str]]


def can_extend(content: Content, previous: Build) -> bool:
    """Whether the papers fit on the previous map: most of them are there, and it still shows what it showed."""
    kept, _ = _previous_rows(content, previous)
    drawn = int(previous.drawn[kept[kept >= 0]].sum())
    return len(content.keys) - drawn <= _NEWCOMERS * drawn and 2 * (kept >= 0).sum() >= len(previous.keys)


def draw(content: Content, fingerprint: str, seed: int, tell: Tell) -> Build:
    """Index, map, topics and pairs from nothing."""
    tell(_STEPS[0], 0, len(_STEPS))
    index = VectorIndex.build(content.vectors)
    rows, similarities = index.neighbours(NEIGHBOURS)
    pairs = random_pairs(content.vectors, seed)
    tell(_STEPS[1], 1, len(_STEPS))
    positions = layout.lay_out(content.vectors, rows, similarities, seed=seed)
    tell(_STEPS[2], 2, len(_STEPS))
    found = topics.find_topics(content.vectors, content.texts(), kmeans, seed=seed)
    tell(_STEPS[3], 3, len(_STEPS))
    near = content.keys[_near(np.arange(len(rows)), rows, similarities)]
    drawn = np.ones(len(rows), bool)
    nearest = rows[:, :NEAREST].astype(np.int32)
    return Build(fingerprint, content.keys, index, positions, found, pairs, drawn, near, content.stamps, nearest)


def extend(content: Content, previous: Build, fingerprint: str, tell: Tell) -> Build:
    """`previous` with the papers that came and without those that went; the others stay where they are.

    A newcomer gets the place and the topics of its neighbours. A paper whose text changed keeps its place.
    """
    tell(_STEPS[0], 0, len(_STEPS))
    index = VectorIndex.build(content.vectors)
    kept, changed = _previous_rows(content, previous)
    here = kept >= 0
    new = np.flatnonzero(~here)
    rows, similarities = _neighbours(index, content.vectors[new], here)
    tell(_STEPS[1], 1, len(_STEPS))
    positions = np.zeros((len(kept), 2), np.float32)
    positions[here] = previous.positions[kept[here]]
    around = np.where((rows >= 0)[:, :, None], positions[rows], np.nan)
    positions[new] = layout.place(around, np.where(rows >= 0, similarities, np.nan))
    tell(_STEPS[2], 2, len(_STEPS))
    found = topics.extend(previous.topics, kept, rows, similarities)
    tell(_STEPS[3], 3, len(_STEPS))
    drawn = here & ~changed
    drawn[here] &= previous.drawn[kept[here]]
    moved = np.flatnonzero(~here | changed)
    near = content.keys[_near(moved, *_neighbours(index, content.vectors[moved], np.ones(len(kept), bool)))]
    old = previous.near[np.isin(previous.near, content.keys[~np.isin(np.arange(len(kept)), moved)]).all(axis=1)]
    pairs = np.unique(np.concatenate([old, near]), axis=0)
    similar = previous.pair_similarities
    nearest = _nearest(index, content.vectors, previous, kept, here & ~changed)
    return Build(fingerprint, content.keys, index, positions, found, similar, drawn, pairs, content.stamps, nearest)


def _nearest(
    index: VectorIndex,
    vectors: NDArray[np.float32],
    previous: Build,
    kept: NDArray[np.int64],
    stable: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """The NEAREST other rows of each, (n, k), as `index.neighbours` would find them, from those of `previous`.

    `kept` (n,) are rows of `previous`, `stable` (n,) says whose vector is the same there.
    """
    width, moved = min(NEAREST, len(kept) - 1), np.flatnonzero(~stable)
    if previous.neighbours.shape[1] < width or len(moved) > _MANY * len(kept):
        return index.neighbours(NEAREST)[0].astype(np.int32)
    places = np.full(len(previous.keys), -1)
    places[kept[stable]] = np.flatnonzero(stable)
    nearest = np.full((len(kept), width), -1)
    nearest[stable] = places[previous.neighbours[kept[stable], :width]]
    whole = (nearest >= 0).all(axis=1)
    lost = np.flatnonzero(~whole)
    found = _neighbours(index, vectors[lost], np.ones(len(kept), bool))[0]
    for own, rows in zip(lost, found, strict=True):
        nearest[own] = rows[rows != own][:width]
    rest = np.flatnonzero(whole)
    for start in range(0, len(rest) if len(moved) else 0, 1024):
        rows = rest[start : start + 1024]
        others = np.concatenate([nearest[rows], np.broadcast_to(moved, (len(rows), len(moved)))], axis=1)
        close = np.einsum("id,ijd->ij", vectors[rows], vectors[nearest[rows]])
        close = np.concatenate([close, vectors[rows] @ vectors[moved].T], axis=1)
        order = np.argsort(-close, axis=1, kind="stable")[:, :width]
        nearest[rows] = np.take_along_axis(others, order, axis=1)
    return nearest.astype(np.int32)


def _previous_rows(content: Content, previous: Build) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Row of each paper in `previous`, -1 for a newcomer, (n,); and whether its vector is another now, (n,)."""
    kept = np.searchsorted(previous.keys, content.keys)
    kept[kept == len(previous.keys)] = 0
    if not len(previous.keys):
        return np.full(len(content.keys), -1), np.zeros(len(content.keys), bool)
    kept = np.where(previous.keys[kept] == content.keys, kept, -1)
    before = previous.index.vectors()
    changed = np.zeros(len(kept), bool)
    here = np.flatnonzero(kept >= 0)
    if before.shape[1] != content.vectors.shape[1]:
        return np.full(len(kept), -1), changed
    for start in range(0, len(here), 8192):
        part = here[start : start + 8192]
        changed[part] = (np.abs(before[kept[part]] - content.vectors[part]) > 1e-6).any(axis=1)
    return kept, changed


def _neighbours(
    index: VectorIndex, vectors: NDArray[np.float32], allowed: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The nearest rows among `allowed` to `vectors` (m, d): (m, NEIGHBOURS + 1), -1 where there are fewer."""
    wide = NEIGHBOURS + 1  # a paper that is itself allowed finds itself first
    rows = np.full((len(vectors), wide), -1, np.int64)
    similarities = np.full((len(vectors), wide), np.nan, np.float32)
    for start in range(0, len(vectors), 1024):
        found, similar = index.search(vectors[start : start + 1024], wide, allowed)
        rows[start : start + 1024, : found.shape[1]] = found
        similarities[start : start + 1024, : found.shape[1]] = similar
    return rows, similarities


def _near(of: NDArray[np.int64], rows: NDArray[np.int64], similarities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Pairs of rows, (p, 2), smaller first, that are near-copies: `rows` (m, k) are the neighbours of `of` (m,)."""
    close = (similarities >= _NEAR) & (rows >= 0) & (rows != of[:, None])
    pairs = np.stack([np.broadcast_to(of[:, None], rows.shape)[close], rows[close]], axis=1).astype(np.int64)
    return np.unique(np.sort(pairs, axis=1), axis=0).reshape(-1, 2)


def changed_words(content: Content, previous: Build) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keys whose words the previous keyword index lacks or has otherwise, and keys it must let go of."""
    before = dict(zip(previous.keys.tolist(), previous.stamps.tolist(), strict=True))
    after = dict(zip(content.keys.tolist(), content.stamps.tolist(), strict=True))
    new = [key for key, stamp in after.items() if before.get(key) != stamp]
    gone = [key for key, stamp in before.items() if after.get(key) != stamp]
    return np.array(new, np.int64), np.array(gone, np.int64)
