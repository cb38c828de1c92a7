"""How well sets of liked papers rank what an author writes next: ours against the mean of the three highest cosines.

    python benchmarks/profiles.py CORPUS.jsonl.gz VECTORS.npy [--half test] [--papers 20000]

A profile is 3, 5 or 20 papers of one author in a row; to be ranked are the author's next papers and papers of others
near to them, half of these by vectors, half by words. Unlikes are some of those near ones, the text is the title of
one of the author's next papers. The loss is the share of pairs of an own and another's paper that stand in the wrong
order, ties half, in percent; a gain is that of three cosines less ours, with its 95 % interval from 10,000 paired
resamplings of authors. The sha256 of an author's name says whether it is for tuning or for the test. CORPUS has id,
title, abstract, authors, year; VECTORS is (n, dimension), line by line.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.encoder import BundledEncoder
from embeddings.vectors import unit_rows
from explorer.evaluation.methods import EvaluationQuery, RankedPapers
from explorer.paper import Paper, Source, make_paper
from explorer.search.examples import Background, Examples, rank_by_examples
from explorer.search.ranking import Probe

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
_SIZES = {3: (8, 11), 5: (12, 24), 20: (29, 80)}  # likes of a profile: papers that its author has, from and to
_AUTHORS = 60  # of each size and half
_NEXT = 8  # papers after the profile
_NEAR = 40  # nearest papers of others that some are drawn from
_KINDS = {"likes": (False, False), "unlikes": (True, False), "text": (False, True), "unlikes, text": (True, True)}


@dataclass(frozen=True)
class Profile:
    """Rows of the likes and unlikes, the row whose title is the text, and what is ranked: own papers and others'."""

    likes: Rows
    unlikes: Rows
    text: int
    own: Rows
    others: Rows


class Shelf:
    """Papers to rank, with each author's."""

    def __init__(self, papers: list[Paper], vectors: Floats, authors: dict[str, Rows]) -> None:
        self.ranked = RankedPapers(papers, BundledEncoder(), vectors)
        self.authors = authors
        self.background = cache(lambda: Background.of(self.ranked.vectors))
        self.probe = cache(lambda row: self.ranked.probe(EvaluationQuery("", row=row)))
        self.text = cache(lambda row: self.ranked.probe(EvaluationQuery("", papers[row].title)))

    def profiles(self, half: str, size: int) -> Iterator[Profile]:
        """The profiles of this many likes."""
        random = np.random.default_rng(size)
        least, most = _SIZES[size]
        chosen = [rows for name, rows in self.authors.items() if half_of(name) == half and least <= len(rows) <= most]
        for rows in chosen[:_AUTHORS]:
            cut = int(random.integers(size, len(rows) - 3))
            near = [row for own in rows[cut : cut + _NEXT] for row in self._near(int(own), rows, random)]
            others = random.permutation(sorted(set(near)))
            unlikes = max(2, size // 4)
            text, *own = rows[cut : cut + _NEXT]
            yield Profile(rows[cut - size : cut], others[:unlikes], int(text), np.array(own), others[unlikes:])

    def _near(self, own: int, rows: Rows, random: np.random.Generator) -> Iterator[int]:
        for scores in (self.ranked.vectors @ self.ranked.vectors[own], self.probe(own).words.copy()):
            scores[rows] = -np.inf
            yield from random.choice(np.argsort(-scores, kind="stable")[:_NEAR], 4, replace=False).tolist()

    def losses(self, profile: Profile, *, unlikes: bool, text: bool) -> tuple[float, float]:
        """That of three cosines and ours."""

        def probes(rows: Rows) -> tuple[Probe, ...]:
            return tuple(self.probe(int(row)) for row in rows)

        unliked = probes(profile.unlikes) if unlikes else ()
        examples = Examples(probes(profile.likes), unliked, self.text(profile.text) if text else None)
        cosines = np.sort(self.ranked.vectors @ self.ranked.vectors[profile.likes].T, axis=1)[:, -3:].mean(axis=1)
        ranking = rank_by_examples(self.ranked.corpus, examples, self.background)
        scores = np.full(len(cosines), -np.inf, np.float32)
        scores[ranking.rows] = ranking.scores
        return loss(cosines, profile), loss(scores, profile)


def loss(scores: Floats, profile: Profile) -> float:
    """Percent of the pairs of an own and another's paper in the wrong order."""
    own, others = scores[profile.own][:, None], scores[profile.others][None, :]
    return float(100 * ((own < others) + 0.5 * (own == others)).mean())


def half_of(name: str) -> str:
    """Whether an author is for tuning or for the test."""
    return ("tuning", "test")[int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2]


def read(corpus: Path, vectors: Path, count: int) -> Shelf:
    """All papers of the authors that could be needed, and others at random up to `count`."""
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    authors: dict[str, list[int]] = {}
    for row, record in enumerate(records):
        for name in record["authors"]:
            authors.setdefault(name, []).append(row)
    random = np.random.default_rng(5)
    chosen: dict[str, list[int]] = {}
    wanted = {(size, half): _AUTHORS for size in _SIZES for half in ("tuning", "test")}
    for name in random.permutation(sorted(name for name in authors if " " in name)).tolist():
        for size, (least, most) in _SIZES.items():
            if least <= len(authors[name]) <= most and wanted[size, half_of(name)]:
                wanted[size, half_of(name)] -= 1
                chosen[name] = sorted(authors[name], key=lambda row: (records[row]["year"] or 0, row))
    rows = sorted({row for own in chosen.values() for row in own})
    left = random.permutation(np.setdiff1d(np.arange(len(records)), rows))
    rows = sorted({*rows, *left[: max(0, count - len(rows))].tolist()})
    place = {row: number for number, row in enumerate(rows)}
    papers = [
        make_paper(
            Source("", row, row, str(record["id"])), **{name: record[name] or "" for name in ("title", "abstract")}
        )
        for row, record in ((row, records[row]) for row in rows)
    ]
    kept = unit_rows(np.load(vectors, mmap_mode="r")[rows].astype(np.float32))
    return Shelf(papers, kept, {name: np.array([place[row] for row in own]) for name, own in chosen.items()})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--half", choices=["tuning", "test"], default="tuning")
    parser.add_argument("--papers", type=int, default=20_000)
    options = parser.parse_args()
    shelf = read(options.corpus, options.vectors, options.papers)
    random = np.random.default_rng(0)
    everyone: list[tuple[float, float]] = []
    print("| likes | with | authors | three cosines | ours | gain | 95 % |\n|" + " --- |" * 7)
    for size in _SIZES:
        profiles = list(shelf.profiles(options.half, size))
        sums = np.zeros((len(profiles), 2))
        for kind, (unlikes, text) in _KINDS.items():
            pairs = [shelf.losses(profile, unlikes=unlikes, text=text) for profile in profiles]
            sums += np.array(pairs) / len(_KINDS)
            row(f"{size} | {kind}", pairs, random)
        everyone += [(theirs, ours) for theirs, ours in sums.tolist()]
    row("all | all", everyone, random)


def row(name: str, pairs: list[tuple[float, float]], random: np.random.Generator) -> None:
    """One line of the table."""
    losses = np.array(pairs)
    gains = losses[:, 0] - losses[:, 1]
    means = gains[random.integers(0, len(gains), (10_000, len(gains)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    theirs, ours = losses.mean(axis=0)
    print(f"| {name} | {len(pairs)} | {theirs:.1f} | {ours:.1f} | {gains.mean():.1f} | {low:.1f} to {high:.1f} |")


if __name__ == "__main__":
    main()
