"""Building a snapshot: from keys, vectors and words to index, map, topics and words, written to disk.

Holds the order of the steps and when a map is drawn anew; knows no tables. Always true: a snapshot drawn from the same
papers with the same seed is the same to the last bit; an extended one moves no paper that was there. Papers that wait
for a vector are indexed by their words, and have no place on the map.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex, kmeans
from embeddings.vectors import Matrix, Rows
from explorer.index import disk, words
from explorer.index.content import Content, changed, texts_of
from explorer.index.partial import embedded_part, filled_up
from explorer.index.snapshot import Snapshot
from explorer.map import layout, topics
from explorer.paper import embedding_text
from explorer.search.certainty import measured
from explorer.search.ranking import random_pairs
from explorer.search.words import FOLDER

NEIGHBOURS = 15  # of each paper on the map; trustworthiness stops rising there (design figures)
NEAREST = 10  # of each paper, which a snapshot holds: how near they are on the map is how far to trust it
BEARING = 5  # of those, whose scores bear on a paper's own in a search; 3 to 10 are as good
_MANY = 0.1  # share of newcomers from which on finding all neighbours anew is as fast as mending those at hand
# Places found among neighbours are as trustworthy as drawn ones (0.96 against 0.97), but only where there is a crowd to
# be placed in: when newcomers exceed this share of the drawn papers, the map is drawn anew.
_NEWCOMERS = 0.5
# While a large import is embedded, the map is a sketch, which the last step draws anew: newcomers up to this many times
# the drawn papers are placed, so that it is drawn at 1 and 10 % of the import and not at 3 and 30 %.
_OF_A_SKETCH = 3.0
_NEAR = 0.95  # cosine of near-copies: of 10,000 papers 1 in 500 has one, and nine in ten of those share their text
_STEPS = ("Indexing", "Drawing the map", "Finding topics", "Saving")

Tell = Callable[[str, int, int], None]


def build_snapshot(
    library: Path,
    content: Content,
    previous: Snapshot | None,
    tell: Tell,
    *,
    anew: bool = False,
    words_of: Snapshot | None = None,
) -> Snapshot:
    """The snapshot of `content`, written into the folder `library`.

    It extends `previous` where its map has room for the papers; else, or if `anew`, the map is drawn from nothing. The
    words of `words_of`, by default of `previous`, are carried on.
    """
    before = None if previous is None or anew else _Before.of(content, embedded_part(previous))
    if before is not None and before.has_room(_OF_A_SKETCH if content.partial else _NEWCOMERS):
        name = hashlib.sha256(f"{content.state} {before.snapshot.fingerprint}".encode()).hexdigest()[:24]
        snapshot = _extended(disk.folder_of(library, name), content, before, tell)
    else:
        snapshot = _drawn(disk.folder_of(library, content.state), content, tell)
    snapshot = replace(
        _measured(snapshot, content), shares=snapshot.trust, typicality=snapshot.typical, doubt=snapshot.doubts
    )
    snapshot = filled_up(snapshot, content.all_keys, content.all_stamps)
    with disk.new_folder(snapshot.folder) as folder:
        disk.save(snapshot, folder)
        _write_words(folder, content, words_of or previous)
    return snapshot


def _measured(snapshot: Snapshot, content: Content) -> Snapshot:
    """The snapshot with what else the first question after a start would have to find out."""
    if content.partial or content.subjects is None:
        return snapshot
    illegible = snapshot.rows(set(content.illegible))
    rows = np.flatnonzero(~illegible) if not illegible.all() else np.arange(len(illegible))
    scale = measured(snapshot.index.vectors(), snapshot.neighbours, rows, content.subjects)
    return replace(snapshot, illegible=illegible, scale=scale)


def _drawn(folder: Path, content: Content, tell: Tell) -> Snapshot:
    """Index, map, topics and pairs from nothing."""
    keys, vectors, seed = content.keys, content.vectors, content.seed
    tell(_STEPS[0], 0, len(_STEPS))
    index = VectorIndex.build(vectors)
    rows, similarities = index.neighbours(NEIGHBOURS)
    pairs = random_pairs(vectors, seed)
    tell(_STEPS[1], 1, len(_STEPS))
    places = layout.lay_out(vectors, rows, similarities, seed=seed)
    tell(_STEPS[2], 2, len(_STEPS))
    texts = [embedding_text(paper) for paper in content.papers(keys.tolist())]
    groups = topics.find_topics(vectors, rows, places, texts, kmeans, encode=content.phrases(), seed=seed)
    tell(_STEPS[3], 3, len(_STEPS))
    drawn = np.ones(len(keys), bool)
    near = keys[_near_copies(np.arange(len(keys)), rows, similarities)]
    nearest = rows[:, :NEAREST].astype(np.int32)
    return Snapshot(folder, keys, index, places, groups, pairs, drawn, near, content.stamps, nearest)


# ----------------------------------------------------------------------------------------------------- extending


@dataclass(frozen=True)
class _Before:
    """What an earlier snapshot, cut down to its embedded papers, holds of the n papers of a `Content` with a vector."""

    snapshot: Snapshot
    rows: NDArray[np.int64]  # (n,) the row of each there, -1 for a newcomer
    stable: NDArray[np.bool_]  # (n,) whether it has the same vector there

    @classmethod
    def of(cls, content: Content, snapshot: Snapshot) -> _Before:
        vectors = snapshot.index.vectors()
        stable = np.zeros(len(content.keys), bool)
        if not len(vectors) or vectors.shape[1] != content.vectors.shape[1]:
            return cls(snapshot, np.full(len(stable), -1), stable)
        rows = np.searchsorted(snapshot.keys, content.keys)
        rows[rows == len(snapshot.keys)] = 0
        rows = np.where(snapshot.keys[rows] == content.keys, rows, -1)
        here = np.flatnonzero(rows >= 0)
        for start in range(0, len(here), 8192):
            part = here[start : start + 8192]
            stable[part] = (np.abs(vectors[rows[part]] - content.vectors[part]) <= 1e-6).all(axis=1)
        return cls(snapshot, rows, stable)

    def has_room(self, newcomers: float) -> bool:
        """Whether the papers fit on its map: it still shows what it showed, and papers that are not drawn are few.

        At most `newcomers` times the drawn ones.
        """
        rows = self.rows[self.rows >= 0]
        drawn = int(self.snapshot.drawn[rows].sum())
        return drawn > 0 and len(self.rows) - drawn <= newcomers * drawn and 2 * len(rows) >= len(self.snapshot.keys)


def _extended(folder: Path, content: Content, before: _Before, tell: Tell) -> Snapshot:
    """The earlier snapshot with the papers that came and without those that went; the others stay where they are.

    A newcomer gets the place and the topics of its neighbours. A paper whose text changed keeps its place.
    """
    keys, vectors, previous = content.keys, content.vectors, before.snapshot
    here, stable = before.rows >= 0, before.stable
    tell(_STEPS[0], 0, len(_STEPS))
    index = VectorIndex.build(vectors)
    rows, similarities = _neighbours(index, vectors[~here], here)
    tell(_STEPS[1], 1, len(_STEPS))
    places = np.zeros((len(keys), 2), np.float32)
    places[here] = previous.positions[before.rows[here]]
    around = np.where((rows >= 0)[:, :, None], places[rows], np.nan)
    places[~here] = layout.place(around, np.where(rows >= 0, similarities, np.nan))
    tell(_STEPS[2], 2, len(_STEPS))
    groups = topics.extend(previous.topics, before.rows, rows, similarities)
    tell(_STEPS[3], 3, len(_STEPS))
    drawn = np.zeros(len(keys), bool)
    drawn[stable] = previous.drawn[before.rows[stable]]
    copies = _near_copies(np.flatnonzero(~stable), *_neighbours(index, vectors[~stable], np.ones(len(keys), bool)))
    still_near = previous.near[np.isin(previous.near, keys[stable]).all(axis=1)]
    near = np.unique(np.concatenate([still_near, keys[copies]]), axis=0)
    pairs, nearest = previous.pair_similarities, _nearest(index, vectors, before)
    return Snapshot(folder, keys, index, places, groups, pairs, drawn, near, content.stamps, nearest)


def _nearest(index: VectorIndex, vectors: NDArray[np.float32], before: _Before) -> NDArray[np.int32]:
    """The NEAREST other rows of each, (n, k), as `index.neighbours` would find them, from those of the snapshot before.

    Rows that lost one of theirs are searched anew; the others are compared with the papers that came or changed.
    """
    previous, stable = before.snapshot, before.stable
    width, moved = min(NEAREST, len(stable) - 1), np.flatnonzero(~stable)
    if previous.neighbours.shape[1] < width or len(moved) > _MANY * len(stable):
        return index.neighbours(NEAREST)[0].astype(np.int32)
    places = np.full(len(previous.keys), -1)
    places[before.rows[stable]] = np.flatnonzero(stable)
    nearest = np.full((len(stable), width), -1)
    nearest[stable] = places[previous.neighbours[before.rows[stable], :width]]
    whole = (nearest >= 0).all(axis=1)
    lost = np.flatnonzero(~whole)
    for own, rows in zip(lost, _neighbours(index, vectors[lost], np.ones(len(stable), bool))[0], strict=True):
        nearest[own] = rows[rows != own][:width]
    rest = np.flatnonzero(whole)
    for start in range(0, len(rest) if len(moved) else 0, 1024):
        rows = rest[start : start + 1024]
        candidates = np.concatenate([nearest[rows], np.broadcast_to(moved, (len(rows), len(moved)))], axis=1)
        close = np.einsum("id,ijd->ij", vectors[rows], vectors[nearest[rows]])
        close = np.concatenate([close, vectors[rows] @ vectors[moved].T], axis=1)
        order = np.argsort(-close, axis=1, kind="stable")[:, :width]
        nearest[rows] = np.take_along_axis(candidates, order, axis=1)
    return nearest.astype(np.int32)


def _neighbours(index: VectorIndex, vectors: Matrix, allowed: NDArray[np.bool_]) -> tuple[Rows, Matrix]:
    """The nearest rows among `allowed` (n,) to `vectors` (m, d): (m, NEIGHBOURS + 1), -1 where there are fewer."""
    wide = NEIGHBOURS + 1  # a paper that is itself allowed finds itself first
    rows = np.full((len(vectors), wide), -1, np.int64)
    similarities = np.full((len(vectors), wide), np.nan, np.float32)
    for start in range(0, len(vectors), 1024):
        part = slice(start, start + 1024)
        nearest, cosines = index.search(vectors[part], wide, allowed)
        rows[part, : nearest.shape[1]], similarities[part, : nearest.shape[1]] = nearest, cosines
    return rows, similarities


def _near_copies(of: Rows, rows: Rows, similarities: Matrix) -> Rows:
    """Pairs of rows, (p, 2), smaller first, that are near-copies: `rows` (m, k) are the neighbours of `of` (m,)."""
    close = (similarities >= _NEAR) & (rows >= 0) & (rows != of[:, None])
    pairs = np.stack([np.broadcast_to(of[:, None], rows.shape)[close], rows[close]], axis=1).astype(np.int64)
    return np.unique(np.sort(pairs, axis=1), axis=0).reshape(-1, 2)


# --------------------------------------------------------------------------------------------------------- words


def _write_words(folder: Path, content: Content, previous: Snapshot | None) -> None:
    """The word index of the papers; that of `previous` is carried on."""
    previous = previous if previous and previous.has_words else None
    stamped = content.all_keys, content.all_stamps
    carries = (previous.keys, previous.stamps) if previous else None
    new, gone = changed(stamped, carries), changed(carries, stamped) if carries else []
    carried = previous.folder / FOLDER if previous else None
    words.write(folder / FOLDER, texts_of(content.papers, new), previous=carried, gone=gone)
