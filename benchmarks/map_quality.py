"""How good the map and the topics are on a real corpus.

    python benchmarks/map_quality.py CORPUS.jsonl.gz VECTORS.npy

Prints CPU seconds of the process, trustworthiness@15, recall@15, the share of random triplets in the right order, and
the agreement (NMI, AMI) of every level of topics with the corpus's own `area` labels.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.index import kmeans
from explorer.evaluation.map_quality import preservation
from explorer.map.layout import lay_out
from explorer.map.topics import Topics, find_topics

_K = 15
_SAMPLE = 5000  # rows whose ranks are looked at: all pairs of 87,000 papers would take an hour


def neighbours(vectors: NDArray[np.float32], k: int = _K) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The k nearest rows of every row, (n, k), itself excluded, and their similarities."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    similarities, found = index.search(vectors, k + 1)
    self_at = (found == np.arange(len(found))[:, None]).argmax(axis=1)
    keep = (
        np.arange(k + 1)[None, :]
        != np.where((found == np.arange(len(found))[:, None]).any(axis=1), self_at, k)[:, None]
    )
    return found[keep].reshape(-1, k), similarities[keep].reshape(-1, k)


def map_figures(vectors: NDArray[np.float32], places: NDArray[np.float32], seed: int = 0) -> dict[str, float]:
    """Trustworthiness@15 (Venna and Kaski 2001), recall@15 and random triplet accuracy of a map, each in [0, 1]."""
    count = len(vectors)
    rng = np.random.default_rng(seed)
    trust, recall = preservation(vectors, places, rng.permutation(count)[:_SAMPLE], _K)
    a, b, c = rng.integers(0, count, (3, 200_000))
    truth = (vectors[a] * vectors[b]).sum(1) > (vectors[a] * vectors[c]).sum(1)
    drawn = ((places[a] - places[b]) ** 2).sum(1) < ((places[a] - places[c]) ** 2).sum(1)
    real = (a != b) & (a != c) & (b != c)
    return {
        "trustworthiness@15": float(trust.mean()),
        "recall@15": float(recall.mean()),
        "triplets": float((truth == drawn)[real].mean()),
    }


def topic_figures(topics: Topics, areas: list[str]) -> list[str]:
    """One line a level: how many topics, and NMI and AMI with the areas of those papers that have one."""
    from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score

    known = [i for i, area in enumerate(areas) if area]
    truth = [areas[i] for i in known]
    lines = []
    for level in topics.levels:
        found = level.assignment[known]
        nmi, ami = normalized_mutual_info_score(truth, found), adjusted_mutual_info_score(truth, found)
        lines.append(f"{len(level.labels):4d} topics: NMI {nmi:.3f}, AMI {ami:.3f}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--labels", action="store_true", help="print every topic's label")
    arguments = parser.parse_args()
    vectors = np.load(arguments.vectors)
    with gzip.open(arguments.corpus, "rt", encoding="utf-8") as lines:
        papers = [json.loads(line) for line, _ in zip(lines, range(len(vectors)), strict=False)]
    found, similarities = neighbours(vectors)
    start = time.process_time()
    places = lay_out(vectors, found, similarities)
    print(f"{len(vectors)} papers; map: {time.process_time() - start:.1f} CPU s")
    for name, value in map_figures(vectors, places).items():
        print(f"  {name} {value:.3f}")
    start = time.process_time()
    texts = [f"{p['title']}. {p['abstract']}" for p in papers]
    topics = find_topics(vectors, found, places, lambda rows: [texts[row] for row in rows], kmeans)
    print(f"topics: {time.process_time() - start:.1f} CPU s")
    for line in topic_figures(topics, [p["area"] for p in papers]):
        print(" ", line)
    if arguments.labels:
        for level in topics.levels:
            sizes = np.bincount(level.assignment)
            print(*(f"  {size:5d}  {label}" for size, label in zip(sizes, level.labels, strict=True)), "", sep="\n")


if __name__ == "__main__":
    main()
