"""Abstracts a second: the bundled encoder beside sentence-transformers as shipped, and how many neighbours stay.

    python benchmarks/encoding.py CORPUS [--papers 2000] [--rounds 3]

CORPUS is JSON lines of papers, gzipped or not. The ways alternate within one run; medians are printed of seconds and of
CPU seconds (these tell more where other programs run), and overlap@10 with the vectors of sentence-transformers in
single precision. ONEDNN_MAX_CPU_ISA=AVX2 caps the instruction set.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from embeddings import bundled
from embeddings.encoder import BundledEncoder
from embeddings.index import VectorIndex
from embeddings.vectors import Matrix, unit_rows


def texts_of(path: Path, count: int) -> list[str]:
    """Title and abstract of `count` papers drawn from the corpus."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        papers = [json.loads(line) for line in file]
    drawn = random.Random(0).sample(papers, min(count, len(papers)))
    return [f"{paper['title']}. {paper.get('abstract') or ''}" for paper in drawn]


def overlap(vectors: Matrix, right: Matrix, k: int = 10) -> float:
    """Share of the `k` nearest of each row that are the same in both."""
    pairs = zip(*(VectorIndex.build(each).neighbours(k)[0] for each in (vectors, right)), strict=True)
    return float(np.mean([len(np.intersect1d(*pair)) / k for pair in pairs]))


def alternated(ways: Mapping[str, Callable[[], Matrix]], papers: int, rounds: int) -> None:
    """Print how fast each of `ways` makes the vectors of so many papers, and how near they are to the first way's."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    work: dict[str, list[float]] = {name: [] for name in ways}
    vectors = {}
    for _ in range(rounds):
        for name, encode in ways.items():
            start, cpu = time.perf_counter(), time.process_time()
            vectors[name] = unit_rows(encode())
            times[name].append(time.perf_counter() - start)
            work[name].append(time.process_time() - cpu)
    right, *_ = vectors.values()
    first, *_ = map(statistics.median, times.values())
    for name, taken in times.items():
        middle = statistics.median(taken)
        rate, ratio, cpu = papers / middle, first / middle, statistics.median(work[name]) / papers
        print(
            f"{name:24} {rate:6.1f} abstracts/s   {ratio:.2f} times   {cpu:.3f} s of CPU each   "
            f"overlap@10 {overlap(vectors[name], right):.4f}"
        )


def options_of(description: str, *, papers: int, rounds: int) -> argparse.Namespace:
    """The corpus, and how many papers and rounds; these by default."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--papers", type=int, default=papers)
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser.parse_args()


def shipped_and_ours(texts: list[str]) -> dict[str, Callable[[], Matrix]]:
    """What makes the vectors of `texts`: sentence-transformers as shipped, and the bundled encoder, block by block."""
    from sentence_transformers import SentenceTransformer

    shipped, encoder = SentenceTransformer(str(bundled.folder())), BundledEncoder()
    blocks = [texts[start : start + 200] for start in range(0, len(texts), 200)]
    return {
        "sentence-transformers": lambda: shipped.encode(texts, batch_size=32, show_progress_bar=False),
        f"ours, {encoder.precision(texts)}": lambda: np.concatenate([encoder.encode(block) for block in blocks]),
    }


def main() -> None:
    options = options_of(__doc__, papers=2000, rounds=3)
    texts = texts_of(options.corpus, options.papers)
    alternated(shipped_and_ours(texts), len(texts), options.rounds)


if __name__ == "__main__":
    main()
