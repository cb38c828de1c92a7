"""What the words, the feedback and the neighbours add to a warm query: real texts, random vectors, 100,000 papers.

    python benchmarks/query.py CORPUS.jsonl.gz [--papers 100000]

Prints medians of 30 queries in ms and their ratio to the scan of the vectors by FAISS alone, which is what a query
without words costs. The kinds alternate, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.index import VectorIndex
from embeddings.vectors import unit_rows
from explorer.search.bm25 import Bm25
from explorer.search.ranking import Corpus, Probe, rank
from explorer.search.words import WordIndex

TIMES = 30


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--papers", type=int, default=100_000)
    options = parser.parse_args()
    with gzip.open(options.corpus, "rt", encoding="utf-8") as file:
        read = [json.loads(line) for line in file]
    papers = list(itertools.islice(itertools.cycle(read), options.papers))
    n = len(papers)
    dice = np.random.default_rng(0)
    index = VectorIndex.build(unit_rows(dice.standard_normal((n, 384), dtype=np.float32)))
    neighbours = dice.integers(0, n, (n, 5)).astype(np.int32)
    start = time.process_time()
    texts = (
        (i, p["title"] or "", p["abstract"] or "", "\n".join(p.get("authors") or [])) for i, p in enumerate(papers)
    )
    gathered = WordIndex.of(texts)
    words = Bm25(gathered)
    print(f"{n:,} papers, words gathered in {time.process_time() - start:.0f} CPU s")

    year = dice.integers(1990, 2020, n) == 2005
    pairs = np.sort(dice.standard_normal(1000).astype(np.float32))
    queries = dice.integers(0, n, TIMES)

    corpus = Corpus(index, neighbours, pairs)

    def hybrid(text: str, row: int, allowed: np.ndarray | None) -> None:
        scores = words.query(text)
        probe = Probe(index.vectors()[row], scores.scores, scores.bound, (row,), scores.name)
        rank(corpus, probe, allowed=allowed).hits(10)

    kinds: dict[str, Callable[[int], object]] = {
        "vectors alone": lambda row: index.search(index.vectors()[row][None], 10),
        "vectors alone, one year of thirty": lambda row: index.search(index.vectors()[row][None], 10, year),
        "question": lambda row: hybrid(papers[row]["title"] or "", row, None),
        "whole abstract": lambda row: hybrid(f"{papers[row]['title']} {papers[row]['abstract']}", row, None),
        "question, one year of thirty": lambda row: hybrid(papers[row]["title"] or "", row, year),
        "words of a question alone": lambda row: words.query(papers[row]["title"] or ""),
        "words of an abstract alone": lambda row: words.query(papers[row]["abstract"] or ""),
    }
    took: dict[str, list[float]] = {name: [] for name in kinds}
    for row in queries.tolist():
        for name, ask in kinds.items():
            begun = time.perf_counter()
            ask(row)
            took[name].append(1000 * (time.perf_counter() - begun))
    scan = float(np.median(took["vectors alone"]))
    for name, times in took.items():
        median = float(np.median(times))
        print(f"{name:35} {median:6.1f} ms   {median - scan:+6.1f}   x {median / scan:.2f}")


if __name__ == "__main__":
    main()
