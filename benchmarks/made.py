"""Made papers beyond the real ones, to measure size: vectors between neighbours plus noise, texts of their sentences.

    python benchmarks/made.py CORPUS.jsonl.gz VECTORS.npy [--papers 300000 1000000] [--keep FOLDER]

CORPUS has a paper a line, VECTORS (n, d) its vectors. A made paper lies between a paper and a neighbour of it, moved by
noise along what tells the neighbours from each other; some are near-copies, as often as among the real. Every paper is
used equally often, and none stands among the made ones: without noise it would be a neighbour of too many. It has
sentences of both, and an id and a title of its own. Prints how real that is: a table of the similarity to the 1st, 5th
and 15th neighbour, of hubness and of near-copies. --keep remembers vectors and graphs there.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.index import VectorIndex
from embeddings.vectors import unit_rows

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
WIDTH = 15
NEAR_COPY = 0.95
# Its length where there are 11.5 made papers for a real one, that of a paper being 1, and what each doubling adds, as
# more papers share their makers: so a neighbour is as far away as among the real ones. With more noise the nearest lie
# farther and there are more hubs: of 300,000 a tenth more of it turns a hubness of 2.5 into 2.75.
_NOISE, _DENSER = 0.927, 0.13
# Part of its length that lies among so many neighbours; the rest is as neighbours differ anywhere.
_LOCAL, _WIDE = 0.9, 11
_BESIDE = 5  # of how many neighbours a made paper may lie beside: with all fifteen there are more hubs
_MOST = 0.5  # how far it lies towards it at most
_COPIES = 0.00075  # made near-copies: each makes two papers that have such
_COPY_NOISE = 0.15
_AT_ONCE = 50_000


@dataclass(frozen=True)
class Makers:
    """What made papers are made of: rows of real ones, `of` and `beside` (m,); or a made paper before, `copied`."""

    of: Rows
    beside: Rows
    copied: Rows


def real_vectors(path: Path) -> Vectors:
    """The real vectors, (n, d) float32 unit rows."""
    return unit_rows(np.load(path, mmap_mode="r"))


def makers(neighbours: Rows, count: int, seed: int = 1) -> Makers:
    """Of `count` made papers what each is made of, among papers with these `neighbours` (n, k)."""
    dice, n = np.random.default_rng(seed), len(neighbours)
    rounds = [dice.permutation(n) for _ in range(-(-count // n))]
    of = np.concatenate(rounds)[:count] if rounds else np.zeros(0, np.int64)
    beside = neighbours[of, dice.integers(0, _BESIDE, count)]
    rows = np.arange(count)
    copied = np.where((dice.random(count) < _COPIES) & (rows > 0), dice.integers(0, np.maximum(rows, 1)), -1)
    return Makers(of, beside.astype(np.int64), copied)


def made_vectors(real: Vectors, neighbours: Rows, made: Makers, seed: int = 2) -> Vectors:
    """The vectors of papers `made` (m,) of `real` (n, d) with their `neighbours`: (m, d) float32 unit rows."""
    dice, (n, d), count = np.random.default_rng(seed), real.shape, len(made.of)
    some = dice.integers(0, n, 20_000)
    shape = np.linalg.cholesky(np.cov((real[some] - real[neighbours[some, 7]]).T) + 1e-6 * np.eye(d)).astype(np.float32)
    length = np.float32(_NOISE + _DENSER * np.log2(count / n / 11.5))
    anywhere, local = length * np.float32((1 - _LOCAL**2) ** 0.5), length * np.float32(_LOCAL)
    vectors = np.empty((count, d), np.float32)
    for start in range(0, count, _AT_ONCE):
        of, beside = made.of[start : start + _AT_ONCE], made.beside[start : start + _AT_ONCE]
        share = dice.uniform(0, _MOST, (len(of), 1)).astype(np.float32)
        moved = unit_rows((1 - share) * real[of] + share * real[beside])
        moved += anywhere * unit_rows(dice.standard_normal((len(of), d), dtype=np.float32) @ shape.T)
        weights = dice.standard_normal((len(of), _WIDE), dtype=np.float32)
        weights -= weights.mean(axis=1, keepdims=True)  # so they tell neighbours apart, whatever all have in common
        along = np.zeros((len(of), d), np.float32)
        for place in range(_WIDE):
            along += weights[:, place : place + 1] * real[neighbours[of, place]]
        vectors[start : start + len(of)] = unit_rows(moved + local * unit_rows(along))
    for row in np.flatnonzero(made.copied >= 0).tolist():
        noise = unit_rows(dice.standard_normal((1, d), dtype=np.float32))[0]
        vectors[row] = unit_rows((vectors[made.copied[row]] + np.float32(_COPY_NOISE) * noise)[None])[0]
    return vectors


def texts(corpus: Path, made: Makers | None, seed: int = 3) -> Iterator[tuple[int, str, str, str]]:
    """Key, title, abstract and authors of the `made` papers, else of the real ones, as a word index takes them."""
    papers = read(corpus)
    if made is None:
        for key, paper in enumerate(papers):
            yield key, paper["title"] or "", paper["abstract"] or "", "\n".join(paper.get("authors") or [])
        return
    dice = np.random.default_rng(seed)
    sentences = [(paper["abstract"] or "").split(". ") for paper in papers]
    titles = [(paper["title"] or "").split() for paper in papers]
    authors = [paper.get("authors") or [] for paper in papers]
    for key, (of, beside) in enumerate(zip(made.of.tolist(), made.beside.tolist(), strict=True)):
        first, second = titles[of], titles[beside]
        title = " ".join([*first[: len(first) // 2 + 1], *second[len(second) // 2 :], str(key)])
        cut = dice.random()
        ours, theirs = sentences[of], sentences[beside]
        body = [*ours[: round(len(ours) * cut) + 1], *theirs[round(len(theirs) * cut) :]]
        named = [*authors[of][: len(authors[of]) // 2 + 1], *authors[beside][len(authors[beside]) // 2 + 1 :]]
        yield key, title, ". ".join(body), "\n".join(named)


def read(corpus: Path) -> list[dict[str, Any]]:
    """The papers of a corpus."""
    with gzip.open(corpus, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# --------------------------------------------------------------------------------------------------- how real it is


@dataclass(frozen=True)
class Realism:
    """Means over papers: similarity to the 1st, 5th and 15th neighbour; `hubness`, the skewness of how often a paper is
    a neighbour (Radovanović et al. 2010); the share of near-copies."""

    first: float
    fifth: float
    fifteenth: float
    hubness: float
    copies: float

    @classmethod
    def of(cls, vectors: Vectors, rows: Rows) -> Realism:
        """That of `vectors` (n, d) with their nearest `rows` (n, 15)."""
        means, copies = np.zeros(3), 0
        for start in range(0, len(rows), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            close = [np.einsum("ij,ij->i", vectors[part], vectors[rows[part, place]]) for place in (0, 4, 14)]
            means += [each.sum() for each in close]
            copies += int((close[0] >= NEAR_COPY).sum())
        times = np.bincount(rows.ravel(), minlength=len(rows)).astype(float)
        skewness = ((times - times.mean()) ** 3).mean() / times.std() ** 3
        return cls(*(means / len(rows)).tolist(), float(skewness), copies / len(rows))

    @property
    def cells(self) -> list[str]:
        """Of a row of the table."""
        return [
            f"{self.first:.3f}",
            f"{self.fifth:.3f}",
            f"{self.fifteenth:.3f}",
            f"{self.hubness:.2f}",
            f"{self.copies:.2%}",
        ]


def graph(vectors: Vectors, keep: Path | None) -> Rows:
    """The fifteen nearest of each, (n, 15); from the folder `keep` where they are there."""
    file = keep / f"graph_{len(vectors)}.npy" if keep else None
    if file and file.is_file():
        return np.asarray(np.load(file))
    rows = VectorIndex(vectors).neighbours(WIDTH)[0]
    if file:
        np.save(file, rows)
    return rows


def vectors_of(real: Vectors, count: int, keep: Path | None) -> tuple[Vectors, Makers | None]:
    """The vectors of `count` papers, and what they are made of; None where so many real ones are there."""
    if count <= len(real):
        return real[:count], None
    near = graph(real, keep)
    made = makers(near, count)
    file = keep / f"vectors_{count}.npy" if keep else None
    if file and file.is_file():
        return np.asarray(np.load(file, mmap_mode="r")), made
    vectors = made_vectors(real, near, made)
    if file:
        np.save(file, vectors)
    return vectors, made


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--papers", type=int, nargs="+", default=[300_000, 1_000_000])
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    real = real_vectors(options.vectors)
    print("| papers | 1st neighbour | 5th | 15th | hubness | near-copies |\n| --- | --- | --- | --- | --- | --- |")
    for count in [len(real), *options.papers]:
        vectors, _ = vectors_of(real, count, options.keep)
        cells = Realism.of(vectors, graph(vectors, options.keep)).cells
        print(f"| {count:,}{', real' * (count == len(real))} | {' | '.join(cells)} |", flush=True)
        del vectors


if __name__ == "__main__":
    main()
