"""Topics on a set with categories: agreement, and how much of one piece they are on the map.

    python benchmarks/topics.py SET VECTORS.npy [--seeds 10]

SET holds corpus.jsonl.gz and labels.tsv (id, fine, coarse); row i of VECTORS is the vector of line i. Topics are
grouped by `explorer.map.topics` with and without neighbours and places; prints mean and deviation over seeds.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.encoder import DEFAULT_MODEL, encoder_named
from embeddings.index import VectorIndex, kmeans
from embeddings.vectors import unit_rows
from explorer.evaluation.topic_quality import compactness
from explorer.map import topics
from explorer.map.labels import Labels
from explorer.map.layout import lay_out

SIZES = (120, 45, 15)


def unnamed(_: object, __: object, levels: list[NDArray[np.int32]], ___: object) -> list[Labels]:
    """Numbers for labels: only the grouping is measured."""
    return [Labels(tuple(map(str, range(int(level.max()) + 1))), ()) for level in levels]


def main() -> None:
    from sklearn.metrics import adjusted_mutual_info_score

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    vectors = unit_rows(np.load(arguments.vectors).astype(np.float32))
    lines = (arguments.set / "labels.tsv").read_text(encoding="utf-8").splitlines()[1:]
    fine, coarse = ([line.split("\t")[column] for line in lines[: len(vectors)]] for column in (1, 2))
    with gzip.open(arguments.set / "corpus.jsonl.gz", "rt", encoding="utf-8") as corpus:
        papers = [json.loads(line) for line, _ in zip(corpus, lines, strict=False)][: len(vectors)]
    texts = [f"{paper['title']}. {paper['abstract']}" for paper in papers]
    encode = encoder_named(DEFAULT_MODEL).encode
    rows, similarities = VectorIndex.build(vectors).neighbours(15)
    everyone = np.arange(len(vectors))
    for name, near, words in (
        ("vectors", rows[:, :0], [""] * len(vectors)),
        ("blended, with places", rows, [""] * len(vectors)),
        ("the same, with names", rows, texts),
    ):
        figures = []
        for seed in range(arguments.seeds):
            places = lay_out(vectors, rows, similarities, seed=seed)
            with (
                mock.patch.object(topics, "name_levels", unnamed),
                mock.patch.object(topics, "level_sizes", lambda _: SIZES),
            ):
                levels = topics.find_topics(vectors, near, places, words, kmeans, encode=encode, seed=seed).levels
            pairs = zip((fine, fine, coarse), levels, strict=True)
            agreement = [adjusted_mutual_info_score(truth, level.assignment) for truth, level in pairs]
            figures.append(agreement + [compactness(places, level.assignment, everyone).mean() for level in levels])
        mean, deviation = np.mean(figures, axis=0), np.std(figures, axis=0)
        words = [f"{value:.3f} ± {error:.3f}" for value, error in zip(mean, deviation, strict=True)]
        print(f"{name}: AMI {', '.join(words[:3])}; of one piece {', '.join(words[3:])}")


if __name__ == "__main__":
    main()
