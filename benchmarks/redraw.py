"""What a redraw does to a map that people know: movement of old papers, how well it shows what is near, going back.

    python benchmarks/redraw.py LIBRARY [--old 7000] [--new 3000] [--subjects]

Works on a copy of LIBRARY: removes papers until OLD are left, draws these, brings NEW back, and redraws, once from the
old places and once from nothing and unaligned, as before. NEW are drawn at random; with --subjects they are the papers
of some of its coarsest topics, which the old map has no room for. Prints a table in Markdown; movement is in percent of
the old map's width.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explorer.evaluation.map_quality import preservation
from explorer.index.snapshot import Snapshot
from explorer.library import Library
from explorer.map import layout
from explorer.map.trust import UNKNOWN, in_order

Places = NDArray[np.float32]
Rows = NDArray[np.int64]
_SAMPLE = 1500  # papers whose neighbourhoods are looked at: standard error 0.001 of trustworthiness
_COLUMNS = "trustworthiness@15", "recall@15", "triplets", "near, all", "near, new", "moved, median", "moved, 9 in 10"


def chosen(arrays: Snapshot, new: int, *, subjects: bool) -> Rows:
    """Rows of `new` papers at random, or of at most as many in whole topics."""
    random = np.random.default_rng(0)
    if not subjects:
        return np.sort(random.choice(len(arrays.keys), new, replace=False))
    assignment = arrays.topics.levels[-1].assignment
    rows = np.zeros(0, np.int64)
    for topic in random.permutation(int(assignment.max()) + 1).tolist():
        inside = np.flatnonzero(assignment == topic)
        if len(rows) + len(inside) <= new:  # more would draw the map anew when they are brought back
            rows = np.append(rows, inside)
    return np.sort(rows)


def movement(before: Places, after: Places) -> tuple[float, float]:
    """Median and ninth decile of how far papers moved, in percent of the width of the map before."""
    gaps = np.linalg.norm(after - before, axis=1) / float(np.ptp(before, axis=0).max())
    return 100 * float(np.median(gaps)), 100 * float(np.quantile(gaps, 0.9))


def row(name: str, arrays: Snapshot, places: Places, old: NDArray[np.bool_], before: Places) -> None:
    """A line of the table: a map of `arrays`' papers at `places`."""
    from explorer.map.trust import near_shares

    vectors = arrays.index.vectors()
    sample = np.random.default_rng(1).choice(len(vectors), min(_SAMPLE, len(vectors)), replace=False)
    trust, recall = preservation(vectors, places, sample)
    shares = near_shares(places, arrays.neighbours)
    known = shares != UNKNOWN
    figures = [f"{trust.mean():.4f}", f"{recall.mean():.3f}", f"{in_order(vectors, places).mean():.3f}"]
    figures += [f"{shares[known & which].mean():.1f} %" for which in (np.ones_like(old), ~old)]
    figures += [f"{value:.2f} %" for value in movement(before[old], places[old])]
    print("|", " | ".join([name, *figures]), "|", flush=True)


def state(library: Library) -> tuple[bytes, ...]:
    """Places and topics to the bit."""
    levels = library.snapshot.arrays.topics.levels
    return library.map.tobytes(), *(level.assignment.tobytes() + repr(level.labels).encode() for level in levels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--old", type=int, default=7000)
    parser.add_argument("--new", type=int, default=3000)
    parser.add_argument("--subjects", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(arguments.library, Path(name) / "library"))
        with Library.open(folder) as library:
            measure(library, arguments.old, arguments.new, subjects=arguments.subjects)


def measure(library: Library, old: int, new: int, *, subjects: bool) -> None:
    """Remove, draw, bring back, redraw, go back; print what came of each."""
    arrays = library.snapshot.arrays
    spare = np.random.default_rng(2).permutation(len(arrays.keys))[old + new :]
    ids = [paper.id for paper in library.snapshot.papers(spare.tolist())]
    if ids:
        library.records.remove(*ids)
        arrays = library.snapshot.arrays
    came = [paper.id for paper in library.snapshot.papers(chosen(arrays, new, subjects=subjects).tolist())]
    library.records.remove(*came)
    library.redraw(seed=1)  # from nothing: what the removed papers taught the map is forgotten
    library.redraw()
    drawn = set(library.snapshot.arrays.keys.tolist())
    library.records.undo()
    arrays, before = library.snapshot.arrays, library.map.copy()
    there = np.isin(arrays.keys, np.array(sorted(drawn)))
    info = library.records.info()
    print(
        f"{int(there.sum()):,} papers drawn, {int((~there).sum()):,} placed. {info.drift.words if info.drift else ''}\n"
    )
    print("| map |", " | ".join(_COLUMNS), "|")
    print("| --- |", " | ".join("---" for _ in _COLUMNS), "|")
    row("placed", arrays, before, there, before)
    nearest, similarities = arrays.index.neighbours(15)
    row("from nothing, unaligned", arrays, layout.lay_out(arrays.index.vectors(), nearest, similarities), there, before)
    bits, topics, start = state(library), library.topics, time.perf_counter()
    library.redraw()
    took, redrawn = time.perf_counter() - start, state(library)
    row("redrawn", arrays, library.map, there, before)
    pairs = list(zip(topics.levels, library.topics.levels, strict=True))
    same = [sum(a == b for a, b in zip(one.labels, two.labels, strict=False)) for one, two in pairs]
    of = [len(one.labels) for one, _ in pairs]
    library.drawings.undo()
    undone = state(library) == bits
    library.drawings.go_back(library.drawings.all()[0].number)
    again = state(library) == redrawn
    sizes = "length(keys) + length(places) + length(drawn) + length(topics) + length(labels)"
    (size,) = library._store._row(f"SELECT {sizes} FROM drawings ORDER BY number DESC LIMIT 1")
    print(f"\nredraw {took:.1f} s; same number and label, by level: {same} of {of}; a drawing takes {size:,} bytes")
    print(f"undone to the bit: {undone}; done again to the bit: {again}")


if __name__ == "__main__":
    main()
