"""Building a snapshot: from keys, vectors and words to index, map, topics and words, written to disk.

Holds the order of the steps and when a map is drawn anew; knows no tables. Always true: a snapshot drawn from the same
papers with the same seed is the same to the last bit; an extended one moves no paper that was there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex, kmeans
from embeddings.vectors import Matrix, Rows
from explorer.index import disk
from explorer.index.snapshot import Snapshot
from explorer.map import layout, topics
from explorer.paper import Paper, embedding_text
from explorer.search import bm25, words
from explorer.search.ranking import random_pairs

NEIGHBOURS = 15  # of each paper on the map; trustworthiness stops rising there (design figures)
NEAREST = 5  # of each paper, whose scores bear on its own in a search; 3 to 10 are as good
_MANY = 0.1  # share of newcomers from which on finding all neighbours anew is as fast as mending those at hand
# Places found among neighbours are as trustworthy as drawn ones (0.96 against 0.97), but only where there is a crowd to
# be placed in: when newcomers exceed this share of the drawn papers, the map is drawn anew.
_NEWCOMERS = 0.5
_NEAR = 0.95  # cosine of near-copies: of 10,000 papers 1 in 500 has one, and nine in ten of those share their text
_STEPS = ("Indexing", "Drawing the map", "Finding topics", "Saving")
_BATCH = 500  # papers read at once for the word indexes
_RECIPE = 4  # raise it when index, layout, topics or the random pairs would come out differently

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Content:
    """What a snapshot is built from: n papers that have a vector."""

    state: str  # see `state_of`
    seed: int
    keys: NDArray[np.int64]  # (n,) ascending
    vectors: NDArray[np.float32]  # (n, d) unit rows
    words: Mapping[int, str]  # of each key: changes with the words that are indexed
    papers: Callable[[Sequence[int]], Sequence[Paper]]  # the papers of some keys, in their order

    @cached_property
    def stamps(self) -> NDArray[np.uint64]:
        """`words` as numbers, (n,)."""
        return np.array([_stamp(self.words[key]) for key in self.keys.tolist()], np.uint64)


def state_of(words: Iterable[tuple[int, str]], encoder: str, revision: str, seed: int) -> str:
    """Names the state of a library: of its papers' words by key, the model of its vectors, and the seed of its map."""
    digest = hashlib.sha256(f"{_RECIPE} {encoder} {revision} {seed}".encode())
    for key, text in words:
        digest.update(f"\n{key} {text}".encode())
    return digest.hexdigest()[:24]


def build_snapshot(
    library: Path, content: Content, previous: Snapshot | None, tell: Tell, *, anew: bool = False
) -> Snapshot:
    """The snapshot of `content`, written into the folder `library`.

    It extends `previous` where its map has room for the papers; else, or if `anew`, the map is drawn from nothing.
    """
    before = None if previous is None or anew else _Before.of(content, previous)
    if before is not None and before.has_room:
        name = hashlib.sha256(f"{content.state} {before.snapshot.fingerprint}".encode()).hexdigest()[:24]
        snapshot = _extended(disk.folder_of(library, name), content, before, tell)
    else:
        snapshot = _drawn(disk.folder_of(library, content.state), content, tell)
    with disk.new_folder(snapshot.folder) as folder:
        disk.save(snapshot, folder)
        _write_words(folder, content, previous)
    return snapshot


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
    groups = topics.find_topics(vectors, texts, kmeans, seed=seed)
    tell(_STEPS[3], 3, len(_STEPS))
    drawn = np.ones(len(keys), bool)
    near = keys[_near_copies(np.arange(len(keys)), rows, similarities)]
    nearest = rows[:, :NEAREST].astype(np.int32)
    return Snapshot(folder, keys, index, places, groups, pairs, drawn, near, content.stamps, nearest)


# ----------------------------------------------------------------------------------------------------- extending


@dataclass(frozen=True)
class _Before:
    """What an earlier snapshot holds of the n papers of a `Content`."""

    snapshot: Snapshot
    rows: NDArray[np.int64]  # (n,) the row of each there, -1 for a newcomer
    stable: NDArray[np.bool_]  # (n,) whether it has the same vector there

    @classmethod
    def of(cls, content: Content, snapshot: Snapshot) -> _Before:
        vectors = snapshot.index.vectors()
        stable = np.zeros(len(content.keys), bool)
        if vectors.shape[1] != content.vectors.shape[1]:
            return cls(snapshot, np.full(len(stable), -1), stable)
        rows = np.searchsorted(snapshot.keys, content.keys)
        rows[rows == len(snapshot.keys)] = 0
        rows = np.where(snapshot.keys[rows] == content.keys, rows, -1)
        here = np.flatnonzero(rows >= 0)
        for start in range(0, len(here), 8192):
            part = here[start : start + 8192]
            stable[part] = (np.abs(vectors[rows[part]] - content.vectors[part]) <= 1e-6).all(axis=1)
        return cls(snapshot, rows, stable)

    @property
    def has_room(self) -> bool:
        """Whether the papers fit on its map: most of them are there, and it still shows what it showed."""
        rows = self.rows[self.rows >= 0]
        drawn = int(self.snapshot.drawn[rows].sum())
        return len(self.rows) - drawn <= _NEWCOMERS * drawn and 2 * len(rows) >= len(self.snapshot.keys)


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
    """Both word indexes of the papers; those of `previous` are carried on."""
    new, gone = _changed(content, previous), _changed(previous, content) if previous else ()
    carried = previous.folder / words.FOLDER if previous else None
    words.write(folder / words.FOLDER, _texts(content, new), previous=carried, gone=gone)
    matrix, before = (previous.bm25, previous.keys) if previous else (None, None)
    bm25.build(content.keys, _texts(content, new), previous=matrix, before=before).save(folder / bm25.FOLDER)


def _changed(papers: Content | Snapshot, others: Content | Snapshot | None) -> list[int]:
    """Keys of `papers` that `others` lack or hold with other words."""
    stamps = dict(zip(others.keys.tolist(), others.stamps.tolist(), strict=True)) if others else {}
    pairs = zip(papers.keys.tolist(), papers.stamps.tolist(), strict=True)
    return [key for key, stamp in pairs if stamps.get(key) != stamp]


def _texts(content: Content, keys: Sequence[int]) -> Iterator[words.Text]:
    for start in range(0, len(keys), _BATCH):
        part = keys[start : start + _BATCH]
        for key, paper in zip(part, content.papers(part), strict=True):
            yield key, paper.title, paper.abstract, " ".join(paper.authors)


def _stamp(words: str) -> int:
    return int.from_bytes(hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
