"""Made papers beyond the real ones, to measure size: vectors between neighbours plus noise, texts of their sentences.

    python benchmarks/made.py CORPUS.jsonl.gz VECTORS.npy [--papers 300000 1000000] [--keep FOLDER]

CORPUS has a paper a line, VECTORS (n, d) its vectors. A made paper lies between a paper and a neighbour of it, moved by
noise that is shaped like the differences of neighbours; some are near-copies, as often as among the real. It has
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
# Its length among 300,000, that of a paper being 1, and what each doubling adds, as more papers share their makers: so
# a neighbour is as far away as among the real ones.
_NOISE, _DENSER = 0.65, 0.05
_MIDDLE = (0.35, 0.65)  # where between the two a made paper lies
_COPIES = 0.0008  # made near-copies: each makes two papers that have such
_COPY_NOISE = 0.15
_AT_ONCE = 50_000


@dataclass(frozen=True)
class Makers:
    """What made papers are made of: rows of real ones, `of` and `beside` (m,); or a made one before, `copied`."""

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
    beside = neighbours[of, dice.integers(0, neighbours.shape[1], count)]
    rows = np.arange(count)
    copied = np.where((dice.random(count) < _COPIES) & (rows > 0), dice.integers(0, np.maximum(rows, 1)), -1)
    return Makers(of, beside.astype(np.int64), copied)


def made_vectors(real: Vectors, neighbours: Rows, made: Makers, seed: int = 2) -> Vectors:
    """The `real` vectors (n, d), and behind them those of the `made` papers (m,): (n + m, d) float32 unit rows."""
    dice, (n, d), count = np.random.default_rng(seed), real.shape, len(made.of)
    some = dice.integers(0, n, 20_000)
    shape = np.linalg.cholesky(np.cov((real[some] - real[neighbours[some, 7]]).T) + 1e-6 * np.eye(d)).astype(np.float32)
    length = np.float32(_NOISE + _DENSER * np.log2((n + count) / 300_000))
    vectors = np.empty((n + count, d), np.float32)
    vectors[:n] = real
    for start in range(0, count, _AT_ONCE):
        part = slice(start, min(start + _AT_ONCE, count))
        share = dice.uniform(*_MIDDLE, (part.stop - start, 1)).astype(np.float32)
        between = unit_rows((1 - share) * real[made.of[part]] + share * real[made.beside[part]])
        noise = unit_rows(dice.standard_normal((len(share), d), dtype=np.float32) @ shape.T)
        vectors[n + start : n + part.stop] = unit_rows(between + length * noise)
    for row in np.flatnonzero(made.copied >= 0).tolist():
        noise = unit_rows(dice.standard_normal((1, d), dtype=np.float32))[0]
        vectors[n + row] = unit_rows((vectors[n + made.copied[row]] + np.float32(_COPY_NOISE) * noise)[None])[0]
    return vectors


def texts(corpus: Path, made: Makers, seed: int = 3) -> Iterator[tuple[int, str, str, str]]:
    """Key, title, abstract and authors of the real papers, then of the made ones, as a word index takes them."""
    papers = read(corpus)
    for key, paper in enumerate(papers):
        yield key, paper["title"] or "", paper["abstract"] or "", "\n".join(paper.get("authors") or [])
    dice = np.random.default_rng(seed)
    sentences = [(paper["abstract"] or "").split(". ") for paper in papers]
    titles = [(paper["title"] or "").split() for paper in papers]
    authors = [paper.get("authors") or [] for paper in papers]
    for number, (of, beside) in enumerate(zip(made.of.tolist(), made.beside.tolist(), strict=True)):
        first, second = titles[of], titles[beside]
        title = " ".join([*first[: len(first) // 2 + 1], *second[len(second) // 2 :], str(number)])
        cut = dice.random(2)
        ours, theirs = sentences[of], sentences[beside]
        body = [*ours[: round(len(ours) * cut[0]) + 1], *theirs[round(len(theirs) * cut[0]) :]]
        named = [*authors[of][: len(authors[of]) // 2 + 1], *authors[beside][len(authors[beside]) // 2 + 1 :]]
        yield len(papers) + number, title, ". ".join(body), "\n".join(named)


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


def vectors_of(real: Vectors, count: int, keep: Path | None) -> tuple[Vectors, Makers]:
    """The vectors of `count` papers in all, of which the first are real, and what the others are made of."""
    near = graph(real, keep)
    made = makers(near, max(0, count - len(real)))
    file = keep / f"vectors_{count}.npy" if keep else None
    if file and file.is_file():
        return np.asarray(np.load(file)), made
    vectors = made_vectors(real, near, made) if count > len(real) else real[:count]
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
