"""Topics on a set with categories: agreement, and how much of one piece they are on the map, beside others'.

    python benchmarks/topics.py SET VECTORS.npy [--seeds 10] [--every 1] [--only leiden,ours]

SET holds corpus.jsonl.gz and labels.tsv (id, fine, coarse); row i of VECTORS is the vector of line i. All methods see
the same vectors, neighbours and maps, which change with the seed, and make 120, 45 and 15 topics, or as many as come
closest. Prints adjusted mutual information with the categories (fine, fine, coarse), the share of a dot's ten nearest
dots that are of its topic, mean and deviation over seeds, and how many topics there were. Leiden needs leidenalg and
igraph, which are no dependency of Explorer; without them it is not run.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.encoder import DEFAULT_MODEL, encoder_named
from embeddings.index import VectorIndex, kmeans
from embeddings.vectors import Matrix, unit_rows
from explorer.evaluation.topic_quality import compactness
from explorer.map import topics
from explorer.map.layout import lay_out
from explorer.map.membership import nearest_dots
from explorer.map.tree import merge

SIZES = (120, 45, 15)
SMALLEST = (5, 8, 12, 16, 22, 30, 45, 65, 100, 150, 220, 320)  # sizes of clusters that HDBSCAN is asked for
STEPS = 12  # of bisection for the resolution of Leiden

Groups = NDArray[np.int32]


@dataclass(frozen=True)
class Papers:
    """What every method sees of n papers: texts, vectors, neighbours and their similarities, the map of a seed."""

    texts: Sequence[str]
    vectors: Matrix
    rows: NDArray[np.int64]
    similarities: Matrix
    places: Matrix
    encode: Callable[[Sequence[str]], Matrix]


def on_vectors(papers: Papers, seed: int) -> list[Groups]:
    """k-means merged upward by Ward, on the vectors."""
    return _merged([papers.vectors], seed)


def on_blends(papers: Papers, seed: int) -> list[Groups]:
    """The same on what Explorer groups: vectors blended with their neighbours', beside the places."""
    return _merged(topics.blended(papers.vectors, papers.rows, papers.places), seed)


def ours(papers: Papers, seed: int) -> list[Groups]:
    """Explorer's topics: of those cuts the ones whose topics have names, and papers moved to where they belong."""
    with mock.patch.object(topics, "level_sizes", lambda _: SIZES):
        seen = papers.vectors, papers.rows, papers.places, lambda rows: [papers.texts[row] for row in rows]
        return [level.assignment for level in topics.find_topics(*seen, kmeans, encode=papers.encode, seed=seed).levels]


def hdbscan(papers: Papers, _: int) -> list[Groups]:
    """HDBSCAN (Campello et al. 2013) on the map; dots in no cluster join that of the nearest dot in any."""
    from sklearn.cluster import HDBSCAN

    clusterings = [HDBSCAN(min_cluster_size=size, copy=True).fit_predict(papers.places) for size in SMALLEST]
    counts = [int(groups.max()) + 1 for groups in clusterings]
    return [
        _joined(clusterings[int(np.argmin([abs(count - size) for count in counts]))], papers.places) for size in SIZES
    ]


def leiden(papers: Papers, seed: int) -> list[Groups]:
    """Leiden (Traag et al. 2019) on the graph of fifteen neighbours, weighted by similarity."""
    import igraph
    import leidenalg

    count, width = papers.rows.shape
    edges = np.stack([np.repeat(np.arange(count), width), papers.rows.ravel()], axis=1)
    graph = igraph.Graph(n=count, edges=edges.tolist())
    graph.es["weight"] = np.maximum(papers.similarities.ravel(), 0).tolist()
    graph.simplify(combine_edges="max")

    def at(resolution: float) -> Groups:
        kind = leidenalg.RBConfigurationVertexPartition
        partition = leidenalg.find_partition(
            graph, kind, weights="weight", resolution_parameter=resolution, seed=seed, n_iterations=2
        )
        return np.array(partition.membership, np.int32)

    levels = []
    for size in SIZES:
        low, high, best = 0.01, 100.0, np.zeros(count, np.int32)
        for _ in range(STEPS):
            middle = (low * high) ** 0.5
            groups = at(middle)
            best = min(best, groups, key=lambda some: abs(int(some.max()) + 1 - size))
            low, high = (middle, high) if int(groups.max()) + 1 < size else (low, middle)
        levels.append(best)
    return levels


METHODS = {
    "k-means and Ward on vectors": on_vectors,
    "the same, blended and with places": on_blends,
    "HDBSCAN on the map": hdbscan,
    "Leiden on the graph": leiden,
    "ours": ours,
}


def _merged(features: Sequence[Matrix], seed: int) -> list[Groups]:
    groups = topics._numbered(kmeans(features[0], round(2.5 * len(features[0]) ** 0.5), seed))
    tree = merge(features[0], groups, list(zip(SIZES, features[1:], strict=False)))
    levels = []
    for size in SIZES:
        cut = sorted(tree.plain_cut(size))
        levels.append(topics._topic_of_leaf(tree, cut)[tree.leaf])
    return levels


def _joined(groups: NDArray[np.int64], places: Matrix) -> Groups:
    groups = groups.astype(np.int32)
    while (groups < 0).any() and (groups >= 0).any():
        loose = np.flatnonzero(groups < 0)
        near = nearest_dots(places, loose, 50)
        inside = groups[near] >= 0
        first = near[np.arange(len(loose)), inside.argmax(axis=1)]
        groups[loose[inside.any(axis=1)]] = groups[first][inside.any(axis=1)]
        if not inside.any():
            break
    return groups


def main() -> None:
    from sklearn.metrics import adjusted_mutual_info_score

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--every", type=int, default=1, help="take every so many papers")
    parser.add_argument("--only", default="", help="methods whose names hold one of these words")
    arguments = parser.parse_args()
    vectors = unit_rows(np.load(arguments.vectors).astype(np.float32)[:: arguments.every])
    lines = (arguments.set / "labels.tsv").read_text(encoding="utf-8").splitlines()[1 :: arguments.every]
    fine, coarse = ([line.split("\t")[column] for line in lines[: len(vectors)]] for column in (1, 2))
    with gzip.open(arguments.set / "corpus.jsonl.gz", "rt", encoding="utf-8") as corpus:
        papers = [json.loads(line) for line in corpus][:: arguments.every][: len(vectors)]
    texts = [f"{paper['title']}. {paper['abstract']}" for paper in papers]
    rows, similarities = VectorIndex.build(vectors).neighbours(15)
    everyone, encode = np.arange(len(vectors)), _remembering(encoder_named(DEFAULT_MODEL).encode)
    maps = [lay_out(vectors, rows, similarities, seed=seed) for seed in range(arguments.seeds)]
    words = arguments.only.lower().split(",")
    for name, method in METHODS.items():
        if not any(word in name.lower() for word in words):
            continue
        if method is leiden and not (find_spec("leidenalg") and find_spec("igraph")):
            print(f"{name}: not run, leidenalg or igraph is not installed")
            continue
        figures = []
        for seed, places in enumerate(maps):
            levels = method(Papers(texts, vectors, rows, similarities, places, encode), seed)
            pairs = zip((fine, fine, coarse), levels, strict=True)
            agreement = [adjusted_mutual_info_score(truth, groups) for truth, groups in pairs]
            pieces = [compactness(places, groups, everyone).mean() for groups in levels]
            figures.append([*agreement, *pieces, *(len(np.unique(groups)) for groups in levels)])
        mean, deviation = np.mean(figures, axis=0), np.std(figures, axis=0)
        shown = [f"{value:.3f} ± {error:.3f}" for value, error in zip(mean, deviation, strict=True)]
        counts = ", ".join(f"{count:.0f}" for count in mean[6:])
        print(f"{name}: AMI {', '.join(shown[:3])}; of one piece {', '.join(shown[3:6])}; topics {counts}", flush=True)


def _remembering(encode: Callable[[Sequence[str]], Matrix]) -> Callable[[Sequence[str]], Matrix]:
    """`encode`, which encodes no phrase twice: seeds have most of them in common."""
    known: dict[str, NDArray[np.float32]] = {}

    def encoded(phrases: Sequence[str]) -> Matrix:
        if new := [phrase for phrase in dict.fromkeys(phrases) if phrase not in known]:
            known.update(zip(new, encode(new), strict=True))
        return np.stack([known[phrase] for phrase in phrases])

    return encoded


if __name__ == "__main__":
    main()
