"""The word index on disk: written segment by segment, extended by what came, merged at times.

Knows files and segments, not texts' meaning or scores. Always true: a segment is never rewritten while it lives, its
files are the same (hard links) in the next snapshot; so an extension costs what came, and a paper is merged some
log₂ n times in all (a log-structured merge tree, O'Neil et al. 1996); the same steps give the same bytes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from explorer.search.inversion import Text, invert, vocabulary_arrays
from explorer.search.segment import Segment
from explorer.search.words import LIVE, segment_folders

_RATIO = 2  # a segment is merged with those behind it when it is at most so many times as large
_CHUNK = 4_000_000  # entries merged at once: some 200 MB
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Part:
    """A segment in its folder, and which of its rows live, (m,)."""

    folder: Path
    segment: Segment
    live: Mask

    @property
    def size(self) -> int:
        """Papers that live."""
        return int(self.live.sum())


def write(folder: Path, texts: Iterable[Text], *, previous: Path | None = None, gone: Iterable[int] = ()) -> None:
    """Make an index of `texts` in `folder`; with `previous`, go on from there without the papers `gone`.

    A paper in `texts` that `previous` has must be among `gone`, too.
    """
    folder.mkdir(parents=True)
    parts = _carried(previous, np.fromiter(gone, np.int64)) if previous else []
    for number, segment in enumerate(invert(texts)):
        segment.save(folder / f"new{number:06}")
        parts.append(_Part(folder / f"new{number:06}", segment.load(folder / f"new{number:06}"), _all(segment)))
    live: list[Mask] = []
    whole: list[tuple[Path, Path]] = []
    for number, group in enumerate(_groups([part for part in parts if part.size])):
        target = folder / f"{number:04}"
        if len(group) == 1 and 2 * group[0].size >= len(group[0].live):
            whole.append((group[0].folder, target))
            live.append(group[0].live)
        else:
            merge([(part.segment, part.live) for part in group], target)
            live.append(np.ones(sum(part.size for part in group), bool))
        del group
    del parts  # Windows neither moves nor deletes a file that is mapped
    for source, target in whole:
        _take(source, target, folder)
    for path in folder.glob("new*"):
        shutil.rmtree(path, ignore_errors=True)
    np.save(folder / LIVE, np.concatenate([np.zeros(0, bool), *live]))


def _all(segment: Segment) -> Mask:
    return np.ones(len(segment), bool)


def _carried(previous: Path, gone: NDArray[np.int64]) -> list[_Part]:
    """The segments of an index without the papers `gone`."""
    live = np.load(previous / LIVE, allow_pickle=False)
    parts: list[_Part] = []
    start = 0
    for path in segment_folders(previous):
        segment = Segment.load(path)
        own = live[start : start + len(segment)]
        start += len(segment)
        parts.append(_Part(path, segment, own & ~np.isin(segment.keys, gone) if len(gone) else own))
    return parts


def _groups(parts: Sequence[_Part]) -> list[list[_Part]]:
    """Which segments are merged: the last ones, from the first on that those behind it outweigh by _RATIO."""
    cut, behind = max(0, len(parts) - 1), parts[-1].size if parts else 0
    while cut > 0 and parts[cut - 1].size <= _RATIO * behind:
        cut -= 1
        behind += parts[cut].size
    last = list(parts[cut:])
    return [[part] for part in parts[:cut]] + ([last] if last else [])


def _take(source: Path, target: Path, own: Path) -> None:
    """Put the files of a segment at `target`, by links where the file system has them; what lies in `own` is moved."""
    if source.parent == own:
        source.rename(target)
        return
    target.mkdir()
    for file in sorted(source.iterdir()):
        try:
            os.link(file, target / file.name)
        except OSError:
            shutil.copyfile(file, target / file.name)


# -------------------------------------------------------------------------------------------------------- merging


def merge(parts: Sequence[tuple[Segment, Mask]], folder: Path) -> None:
    """Write the rows that live of some segments as a single segment into `folder`, which is made.

    Memory does not grow with them.
    """
    folder.mkdir()
    keys = np.concatenate([segment.keys[live] for segment, live in parts])
    order = np.argsort(keys, kind="stable")
    rows = _new_rows([live for _, live in parts], order)
    holders = [_held(segment, live) for segment, live in parts]
    spelled = [segment.lexicon.words() for segment, _ in parts]
    vocabulary = sorted(
        {w for words, counts in zip(spelled, holders, strict=True) for w, c in zip(words, counts, strict=True) if c}
    )
    numbers = {word: number for number, word in enumerate(vocabulary)}
    joined = [
        _Joined(segment, new, _renumbered(words, counts, numbers))
        for (segment, _), new, words, counts in zip(parts, rows, spelled, holders, strict=True)
    ]
    totals = np.zeros(len(vocabulary), np.int64)
    for part, counts in zip(joined, holders, strict=True):
        np.add.at(totals, part.numbers[counts > 0], counts[counts > 0])
    lengths = np.concatenate([segment.lengths[:, live] for segment, live in parts], axis=1)[:, order]
    whole = {"keys": keys[order], "lengths": lengths, **vocabulary_arrays(vocabulary)}
    whole["entries"] = np.concatenate([[0], np.cumsum(totals)]).astype(np.int64)
    whole["place_starts"] = _write_entries(joined, whole["entries"], folder)
    for name, array in whole.items():
        np.save(folder / f"{name}.npy", array)


def _new_rows(lives: Sequence[Mask], order: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """For each segment the new row of each of its rows, -1 where it does not live."""
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    result: list[NDArray[np.int64]] = []
    start = 0
    for live in lives:
        rows = np.full(len(live), -1)
        rows[live] = ranks[start : start + int(live.sum())]
        start += int(live.sum())
        result.append(rows)
    return result


def _held(segment: Segment, live: Mask) -> NDArray[np.int64]:
    """How many live rows hold each word, (v,)."""
    if live.all():
        return np.diff(segment.entries)
    sums = np.concatenate([[0], np.cumsum(live[segment.rows])])
    return np.asarray(np.diff(sums[segment.entries]), np.int64)


def _renumbered(words: Sequence[str], holders: NDArray[np.int64], numbers: dict[str, int]) -> NDArray[np.int64]:
    """New numbers of words, (v,) ascending; a word that no live row holds has that of the word before it."""
    new = np.array(
        [numbers[word] if count else 0 for word, count in zip(words, holders.tolist(), strict=True)], np.int64
    )
    return np.maximum.accumulate(new) if len(new) else new


@dataclass(frozen=True)
class _Joined:
    """A segment with the new numbers of its rows (m,) and words (v,)."""

    segment: Segment
    rows: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def entries(self, first: int, end: int) -> tuple[NDArray[Any], ...]:
        """Of the new words `first` to before `end`: words, rows, counts and sizes of the live entries; their places."""
        segment = self.segment
        start, stop = np.searchsorted(self.numbers, [first, end])
        entries = segment.entries[start : stop + 1]
        own = slice(int(entries[0]), int(entries[-1]))
        rows, sizes = self.rows[segment.rows[own]], segment.sizes[own].astype(np.int64)
        live = rows >= 0
        words = np.repeat(self.numbers[start:stop], np.diff(entries))
        places = segment.places[segment.place_starts[start] : segment.place_starts[stop]]
        return words[live], rows[live], segment.counts[own][live], sizes[live], places[np.repeat(live, sizes)]


def _allocated(path: Path, kind: Any, size: int) -> NDArray[Any]:
    """An array (size,) in the file `path`, for which there is room. Raises OSError when there is none.

    A process that writes where the disk has no room for a mapped page is killed.
    """
    array = open_memmap(path, "w+", kind, (size,))
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(path)) from error
    return array


def _write_entries(parts: Sequence[_Joined], starts: NDArray[np.int64], folder: Path) -> NDArray[np.int64]:
    """Write rows, counts, sizes and places, a range of words after another; where each word's places begin."""
    total = int(starts[-1])
    kinds = {"rows": np.int32, "counts": np.uint8, "sizes": np.uint8}
    files = {name: _allocated(folder / f"{name}.npy", kind, total) for name, kind in kinds.items()}
    size = sum(int(part.segment.sizes[part.rows[part.segment.rows] >= 0].sum(dtype=np.int64)) for part in parts)
    places = _allocated(folder / "places.npy", np.uint16, size)
    of_word = np.zeros(len(starts) - 1, np.int64)
    first = entry = place = 0
    while first < len(of_word):
        end = max(first + 1, int(np.searchsorted(starts, starts[first] + _CHUNK, side="right")) - 1)
        words, rows, counts, sizes, standing = (
            np.concatenate(arrays) for arrays in zip(*(part.entries(first, end) for part in parts), strict=True)
        )
        order = np.argsort((words << 32) + rows, kind="stable")
        files["rows"][entry : entry + len(order)] = rows[order]
        files["counts"][entry : entry + len(order)] = counts[order]
        files["sizes"][entry : entry + len(order)] = sizes[order]
        begins, new = np.cumsum(sizes) - sizes, np.cumsum(sizes[order]) - sizes[order]
        places[place : place + len(standing)] = standing[
            np.repeat(begins[order] - new, sizes[order]) + np.arange(len(standing))
        ]
        of_word[first:end] = np.bincount(words - first, weights=sizes, minlength=end - first)[: end - first]
        first, entry, place = end, entry + len(order), place + len(standing)
    return np.concatenate([[0], np.cumsum(of_word)]).astype(np.int64)
