"""What the browser draws the map from: points as binary, topics and titles as JSON values, marks and colours.

Knows the library's arrays, not HTTP. Always true: arrays are in the order of the rows; equal maps give equal bytes.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from explorer import __version__
from explorer.filter import Filter
from explorer.index.content import digest_of
from explorer.index.snapshot import Snapshot
from explorer.library import Library
from explorer.map.peaks import peak
from explorer.map.trust import UNKNOWN, crowd, in_order
from explorer.paper import Paper, author_name
from explorer.search.answer import Answer
from explorer.search.pairs import percentiles
from explorer.store import LIKED
from explorer.text import counted, readable

Bytes = NDArray[np.uint8]

TITLES = 256  # titles in one answer: one hover fetches its surroundings in about 45 KB
_MAGIC = 0x4D415034  # "MAP4": raise the digit with every change of the blocks, data.js holds the same number
_NO_TOPIC = 65535
_SHORT = 30  # characters of a name under the pointer
_RUNS = 5000  # of keys: 60 KB
_LIKED, _GONE = 1, 2  # bits of the marks, as in map.js


def points(opened: Library) -> bytes:
    """Places, years, topics and flags of all papers of a library, see `points_of`."""
    return points_of(opened.snapshot.arrays, opened.snapshot.years())


def points_of(build: Snapshot, years: NDArray[np.int16]) -> bytes:
    """Places, `years` (n,), topics and flags of all papers: little endian, every block padded to four bytes.

    uint32 magic, n, levels, 0; float32 x, y interleaved; int16 years (0 unknown); a uint16 block a level, finest first;
    uint8 flags (1: the place is provisional; 2, 4, …: it may as well be of another topic of the finest
    level, of the next …); uint8 percent of its nearest papers that are near to it on the map (255
    unknown); uint8 how typical it is of its finest topic. A paper without a vector has no place: NaN.
    """
    levels = build.topics.levels
    topics = [np.where(level.assignment < 0, _NO_TOPIC, level.assignment) for level in levels]
    blocks = [
        struct.pack("<4I", _MAGIC, len(build.keys), len(levels), 0),
        build.positions.astype("<f4").tobytes(),
        years.astype("<i2").tobytes(),
        *(topic.astype("<u2").tobytes() for topic in topics),
        ((build.embedded & ~build.drawn) | build.doubts << 1).astype(np.uint8).tobytes(),
        build.trust.tobytes(),
        build.typical.tobytes(),
    ]
    return b"".join(block + b"\0" * (-len(block) % 4) for block in blocks)


def topics(opened: Library) -> list[dict[str, object]]:
    """The topics of a library, see `topics_of`."""
    return opened.snapshot.once("topics of the map", lambda: topics_of(opened.snapshot.arrays))


def topics_of(build: Snapshot) -> list[dict[str, object]]:
    """Topics with label, what else they are about, size and place (where their papers lie closest), finest level first.

    `drawn` counts the papers that the place is of: those the map was drawn from, unless none is left. `hue` is the
    colour of a topic on the level that colours the dots, see `explorer.map.hues`; absent in maps of earlier versions.
    """
    levels: list[dict[str, object]] = []
    for level in build.topics.levels:
        topics = []
        members = np.argsort(level.assignment, kind="stable")
        ends = np.searchsorted(level.assignment[members], np.arange(len(level.labels) + 1))
        for number, label in enumerate(level.labels):
            inside = members[ends[number] : ends[number + 1]]
            if not len(inside):
                continue  # all its papers were removed
            drawn = inside[build.drawn[inside]] if build.drawn[inside].any() else inside
            x, y = peak(build.positions[drawn])  # stays where newcomers join
            parent = level.parents[number] if level.parents else None
            place = {"x": float(x), "y": float(y), "drawn": len(drawn)}
            about = {"id": number, "label": label, "second": level.second(number)}
            about |= {"hue": level.hues[number]} if level.hues else {}
            topics.append(about | {"size": len(inside), "parent": parent} | place)
        levels.append({"topics": topics})
    return levels


def about(opened: Library) -> str:
    """Where a picture of the map comes from: Explorer's version, the papers with their digest, and the model."""
    arrays = opened.snapshot.arrays
    papers = f"{counted(len(arrays.keys), 'paper')}, digest {digest_of(arrays.stamps)[:12]}"
    return " · ".join((f"Explorer {__version__}", papers, " ".join(opened.encoder.stored)))


def near_trust(opened: Library) -> dict[str, object]:
    """How far to believe the map of a library without its triplets, for which vectors are read, see `trust_of`."""
    return trust_of(opened.snapshot.arrays, np.zeros(0, bool))


def trust(opened: Library) -> dict[str, object]:
    """How far to believe the map of a library, see `trust_of`."""
    arrays = opened.snapshot.arrays
    return trust_of(arrays, opened.snapshot.once("order", lambda: in_order(arrays.index.vectors(), arrays.positions)))


def trust_of(arrays: Snapshot, ordered: NDArray[np.bool_]) -> dict[str, object]:
    """How far to believe the map as a whole: `share`, the percent of the `of` papers nearest to each that are among the
    `near` dots nearest to it; `order`, the percent of random triplets in which the nearer of two is so on the map.

    `ordered` are the triplets, see `in_order`. Both are None for too few papers.
    """
    shares, width = arrays.trust[arrays.trust != UNKNOWN], arrays.neighbours.shape[1]
    return {
        "share": round(float(shares.mean()), 1) if len(shares) else None, "of": width,
        "near": crowd(int(np.count_nonzero(arrays.embedded)), width),
        "order": round(100 * float(ordered.mean()), 1) if len(ordered) else None,
    }  # fmt: skip


def key_runs(keys: NDArray[np.int64]) -> list[list[int]] | None:
    """The keys (n,) of the rows as runs [first, how many], so that a browser knows papers again in a later map.

    None where they are too many to be sent, as after the removal of every second paper.
    """
    breaks = np.flatnonzero(np.diff(keys) != 1) + 1
    if len(breaks) >= _RUNS:
        return None
    starts = np.concatenate([[0], breaks])[: len(keys)]
    counts = np.diff(starts, append=len(keys)).tolist()
    return [[first, count] for first, count in zip(keys[starts].tolist(), counts, strict=True)]


def titles(opened: Library, chunk: int) -> list[dict[str, object]]:
    """What the map says of the papers of one chunk of `TITLES` rows; none beyond the last.

    Id, title, year, who wrote it and where, and the rows nearest to it by meaning, best first.
    """
    start, arrays = chunk * TITLES, opened.snapshot.arrays
    rows = range(start, min(start + TITLES, len(arrays.keys)))
    near = arrays.neighbours[rows.start : rows.stop] if rows else arrays.neighbours[:0]
    return [
        {
            "id": paper.id, "title": _called(paper), "year": paper.year, "by": _by(paper),
            "near": [row for row in nearest if row >= 0],
        }
        for paper, nearest in zip(opened.snapshot.papers(rows), near.tolist(), strict=True)
    ]  # fmt: skip


def _by(paper: Paper) -> str:
    """The first author and the venue, short."""
    names = [readable(author_name(name))[:_SHORT] for name in paper.authors[:2]]
    people = f"{names[0]} et al." if len(paper.authors) > 2 else " and ".join(names)
    venue = readable(paper.venue)
    return " · ".join(filter(None, (people, venue if len(venue) <= 2 * _SHORT else f"{venue[: 2 * _SHORT - 1]}…")))


def _called(paper: Paper) -> str:
    """The title under the pointer, after what became of the paper."""
    return f"{paper.status.upper()} · {paper.heading}" if paper.status else paper.heading


def marks(opened: Library, within: Filter, *, likes: bool = True) -> Bytes | None:
    """(n,) uint8: bit 1 for a liked paper, bit 2 for what is hidden or has no vector; None when no bit is set.

    Without `likes` no paper is liked. Hidden papers are drawn where the filter wants them by a collection or a tag.
    """
    snapshot = opened.snapshot
    liked = snapshot.once("liked", lambda: snapshot.mask(Filter(collection=LIKED)), marked=True) if likes else None
    bits = np.zeros(len(opened.map), np.uint8) if liked is None else liked * np.uint8(_LIKED)
    visible = snapshot.mask()
    if visible is not None:
        wanted = snapshot.mask(within) if within.names_marks() else None
        bits |= ~(visible if wanted is None else visible | wanted) * np.uint8(_GONE)
    bits |= ~snapshot.arrays.embedded * np.uint8(_GONE)
    return bits if bits.any() else None


def colours(opened: Library, answer: Answer) -> Bytes | None:
    """(n,) uint8: how similar each paper is to the question, 255 for the closest; None when nothing was asked."""
    if answer.similarities is None:
        return None
    ranks = percentiles(answer.similarities, opened.snapshot.arrays.pair_similarities)
    # Ranks among random pairs spread the middle and hide the top: the square shows both.
    return np.asarray(255 * (ranks / 100) ** 2, np.uint8)
