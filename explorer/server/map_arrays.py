"""What the browser draws the map from: points as binary, topics and titles as JSON values, marks and colours.

Knows the library's arrays, not HTTP. Always true: arrays are in the order of the rows; equal maps give equal bytes.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from explorer.filter import Filter
from explorer.library import Library
from explorer.search.answer import Answer
from explorer.search.ranking import percentiles
from explorer.store import LIKED

Bytes = NDArray[np.uint8]

TITLES = 256  # titles in one answer: one hover fetches its surroundings in about 20 KB
_MAGIC = 0x4D415032  # "MAP2": raise the digit with every change of the blocks, data.js holds the same number
_NO_TOPIC = 65535
_LIKED, _GONE = 1, 2  # bits of the marks, as in map.js


def points(opened: Library) -> bytes:
    """Places, years, topics and flags of all papers: little endian, every block padded to four bytes.

    uint32 magic, n, levels, 0; float32 x, y interleaved; int16 years (0 unknown); a uint16 block a level, finest first;
    uint8 flags (1: the place is provisional).
    """
    build = opened.snapshot.arrays
    levels = build.topics.levels
    topics = [np.where(level.assignment < 0, _NO_TOPIC, level.assignment) for level in levels]
    blocks = [
        struct.pack("<4I", _MAGIC, len(build.keys), len(levels), 0),
        build.positions.astype("<f4").tobytes(),
        opened.snapshot.years().astype("<i2").tobytes(),
        *(topic.astype("<u2").tobytes() for topic in topics),
        (~build.drawn).astype(np.uint8).tobytes(),
    ]
    return b"".join(block + b"\0" * (-len(block) % 4) for block in blocks)


def topics(opened: Library) -> list[dict[str, object]]:
    """Topics with label, size and place (the median of their papers) on the map, finest level first."""
    build = opened.snapshot.arrays
    levels: list[dict[str, object]] = []
    for level in build.topics.levels:
        topics = []
        for number, label in enumerate(level.labels):
            inside = build.positions[level.assignment == number]
            if not len(inside):
                continue  # all its papers were removed
            x, y = np.median(inside, axis=0)
            parent = level.parents[number] if level.parents else None
            topics.append(
                {"id": number, "label": label, "x": float(x), "y": float(y), "size": len(inside), "parent": parent}
            )
        levels.append({"topics": topics})
    return levels


def titles(opened: Library, chunk: int) -> list[dict[str, object]]:
    """Id, title and year of the papers of one chunk of `TITLES` rows; none beyond the last."""
    start = chunk * TITLES
    rows = range(start, min(start + TITLES, len(opened.snapshot.arrays.keys)))
    return [{"id": paper.id, "title": paper.heading, "year": paper.year} for paper in opened.snapshot.papers(rows)]


def marks(opened: Library, within: Filter) -> Bytes | None:
    """(n,) uint8: bit 1 for a liked paper, bit 2 for one that is not drawn at all; None when no bit is set.

    Hidden papers are drawn where the filter wants them by a collection or a tag.
    """
    snapshot = opened.snapshot
    liked = snapshot.once("liked", lambda: snapshot.mask(Filter(collection=LIKED)), marked=True)
    bits = np.zeros(len(opened.map), np.uint8) if liked is None else liked * np.uint8(_LIKED)
    visible = snapshot.mask()
    if visible is not None:
        wanted = snapshot.mask(within) if within.names_marks() else None
        bits |= ~(visible if wanted is None else visible | wanted) * np.uint8(_GONE)
    return bits if bits.any() else None


def colours(opened: Library, answer: Answer) -> Bytes | None:
    """(n,) uint8: how similar each paper is to the question, 255 for the closest; None when nothing was asked."""
    if answer.similarities is None:
        return None
    ranks = percentiles(answer.similarities, opened.snapshot.arrays.pair_similarities)
    # Ranks among random pairs spread the middle and hide the top: the square shows both.
    return np.asarray(255 * (ranks / 100) ** 2, np.uint8)
