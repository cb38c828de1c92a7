"""Building a snapshot: from keys, vectors and words to index, map, topics and words, written to disk.

Holds the order of the steps and when a map is drawn anew; knows no tables. Always true: a snapshot drawn from the same
papers with the same seed and the same map before is the same to the last bit; an extended one moves no paper that was
there. Papers that wait for a vector are indexed by their words, and have no place on the map.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from embeddings.index import VectorIndex, kmeans
from explorer.index import disk, words
from explorer.index.content import Content, changed, texts_of
from explorer.index.drawing import Drawing
from explorer.index.extension import STEPS, Before, Graph, Tell, extended
from explorer.index.partial import embedded_part, filled_up
from explorer.index.snapshot import Snapshot
from explorer.map import layout, topics
from explorer.map.alignment import aligned
from explorer.map.continuity import continued
from explorer.map.hues import coloured
from explorer.paper import embedding_text
from explorer.search.certainty import measured
from explorer.search.pairs import random_pairs
from explorer.search.words import FOLDER

BEARING = 5  # of the nearest, whose scores bear on a paper's own in a search; 3 to 10 are as good
# Places found among neighbours are as trustworthy as drawn ones (0.96 against 0.97), but only where there is a crowd to
# be placed in: when newcomers exceed this share of the drawn papers, the map is drawn anew.
NEWCOMERS = 0.5
# While a large import is embedded, the map is a sketch, which the last step draws anew: newcomers up to this many times
# the drawn papers are placed, so that it is drawn at 1 and 10 % of the import and not at 3 and 30 %.
_OF_A_SKETCH = 3.0


def build_snapshot(
    library: Path,
    content: Content,
    previous: Snapshot | None,
    tell: Tell,
    *,
    anew: bool = False,
    fresh: bool = False,
    drawing: Drawing | None = None,
    words_of: Snapshot | None = None,
) -> Snapshot:
    """The snapshot of `content`, written into the folder `library`.

    It extends `previous` where its map has room for the papers; else, or if `anew`, the map is drawn anew: from the
    places that papers had, or with `fresh` from nothing, and turned as it was. With a `drawing`, the map is that. The
    words of `words_of`, by default of `previous`, are carried on.
    """
    before = None if previous is None else Before.of(content, embedded_part(previous))
    if drawing:
        snapshot = _returned(disk.folder_of(library, _name(content, drawing.digest)), content, drawing, before, tell)
    elif before is None or (before.rows < 0).all():
        snapshot = _drawn(disk.folder_of(library, content.state), content, None, tell)
    elif not anew and before.drawing.has_room(before.rows, _OF_A_SKETCH if content.partial else NEWCOMERS):
        name = _name(content, before.snapshot.fingerprint)
        snapshot = extended(disk.folder_of(library, name), content, before, tell)
    else:
        name = _name(content, f"{before.snapshot.fingerprint} anew")
        snapshot = _drawn(disk.folder_of(library, name), content, before, tell, fresh=fresh)
    snapshot = replace(
        _measured(snapshot, content), shares=snapshot.trust, typicality=snapshot.typical, doubt=snapshot.doubts
    )
    snapshot = filled_up(snapshot, content.all_keys, content.all_stamps)
    with disk.new_folder(snapshot.folder, snapshot.recall) as folder:
        disk.save(snapshot, folder)
        _write_words(folder, content, words_of or previous)
    return snapshot


def _name(content: Content, before: str) -> str:
    """The fingerprint of what is made of `content` and what was there `before`."""
    return hashlib.sha256(f"{content.state} {before}".encode()).hexdigest()[:24]


def _measured(snapshot: Snapshot, content: Content) -> Snapshot:
    """The snapshot with what else the first question after a start would have to find out."""
    if content.partial or content.subjects is None:
        return snapshot
    illegible = snapshot.rows(set(content.illegible))
    rows = np.flatnonzero(~illegible) if not illegible.all() else np.arange(len(illegible))
    scale = measured(snapshot.index.vectors(), snapshot.neighbours, rows, content.subjects)
    return replace(snapshot, illegible=illegible, scale=scale)


def _drawn(folder: Path, content: Content, before: Before | None, tell: Tell, *, fresh: bool = False) -> Snapshot:
    """Index, map, topics and pairs; the map begins with what was there before, unless it is to be `fresh`."""
    keys, vectors, seed = content.keys, content.vectors, content.seed
    tell(STEPS[0], 0, len(STEPS))
    index = VectorIndex.build(vectors)
    graph = Graph.of(index, content, before)
    tell(STEPS[1], 1, len(STEPS))
    start = before.drawing.start(before.rows, index, vectors) if before and not fresh else None
    places = layout.lay_out(vectors, graph.rows, graph.similarities, seed=seed, start=start)
    tell(STEPS[2], 2, len(STEPS))

    def texts(some: Sequence[int]) -> list[str]:
        return [embedding_text(paper) for paper in content.papers(keys[list(some)].tolist())]

    groups = topics.find_topics(vectors, graph.rows, places, texts, kmeans, encode=content.phrases(), seed=seed)
    if before:
        places = aligned(places, before.drawing.places(before.rows))
        old = before.snapshot
        groups = continued(groups, coloured(old.topics, old.positions, old.drawn), before.rows)
    tell(STEPS[3], 3, len(STEPS))
    drawn = np.ones(len(keys), bool)
    shown = Drawing(keys, places, drawn, coloured(groups, places, drawn))
    return _with_map(folder, content, index, graph, shown)


def _returned(folder: Path, content: Content, drawing: Drawing, before: Before | None, tell: Tell) -> Snapshot:
    """The map of a drawing; papers that are not on it are placed among their neighbours."""
    keys, vectors, at = content.keys, content.vectors, drawing.rows(content.keys)
    tell(STEPS[0], 0, len(STEPS))
    index = VectorIndex.build(vectors)
    graph = Graph.of(index, content, before)
    tell(STEPS[1], 1, len(STEPS))
    places, rows, similarities = drawing.placed(at, index, vectors)
    groups = topics.extend(drawing.topics, at, rows, similarities)
    tell(STEPS[3], 3, len(STEPS))
    shown = Drawing(keys, places, (at >= 0) & drawing.drawn[at], groups)
    return _with_map(folder, content, index, graph, shown)


def _with_map(folder: Path, content: Content, index: VectorIndex, graph: Graph, shown: Drawing) -> Snapshot:
    """The snapshot with this map."""
    return Snapshot(
        folder, shown.keys, index, shown.positions, shown.topics, random_pairs(content.vectors, content.seed),
        shown.drawn, shown.keys[graph.copies], content.stamps, graph.rows, recall=graph.recall,
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------------- words


def _write_words(folder: Path, content: Content, previous: Snapshot | None) -> None:
    """The word index of the papers; that of `previous` is carried on."""
    previous = previous if previous and previous.has_words else None
    stamped = content.all_keys, content.all_stamps
    carries = (previous.keys, previous.stamps) if previous else None
    new, gone = changed(stamped, carries), changed(carries, stamped) if carries else []
    carried = previous.folder / FOLDER if previous else None
    words.write(folder / FOLDER, texts_of(content.papers, new), previous=carried, gone=gone)
