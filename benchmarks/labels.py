"""Labels of the topics of a corpus, measured without a judge.

    python benchmarks/labels.py CORPUS.jsonl.gz VECTORS.npy [--show 40]

Row i of VECTORS is the bundled model's vector of line i. For every level: the median share of a topic's papers that
hold its label, the mean share of the twenty nearest papers to the label alone that are its own, and how many labels
are good (a fifth of its papers and twelve of the twenty, or the names of two parts and twelve) and wrong
(a tenth of neither).
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.encoder import DEFAULT_MODEL, encoder_named
from embeddings.index import VectorIndex, kmeans
from embeddings.vectors import unit_rows
from explorer.evaluation.topic_quality import duplicates, label_figures
from explorer.map.layout import lay_out
from explorer.map.topics import find_topics


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--show", type=int, default=0, help="labels of each level to print")
    arguments = parser.parse_args()
    vectors = unit_rows(np.load(arguments.vectors).astype(np.float32))
    with gzip.open(arguments.corpus, "rt", encoding="utf-8") as lines:
        papers = [json.loads(line) for line, _ in zip(lines, range(len(vectors)), strict=False)]
    texts = [f"{paper['title']}. {paper['abstract']}" for paper in papers]
    rows, similarities = VectorIndex.build(vectors).neighbours(15)
    places = lay_out(vectors, rows, similarities)
    start = time.process_time()
    encoder = encoder_named(DEFAULT_MODEL)
    topics = find_topics(vectors, rows, places, texts, kmeans, encode=encoder.encode)
    print(f"{len(vectors)} papers; topics and labels: {time.process_time() - start:.1f} CPU s")
    encode = encoder.encode_query
    for level in topics.levels:
        figures = label_figures(level.labels, level.assignment, texts, vectors, encode)
        borrowed = np.array([", " in label for label in level.labels]) & (level is not topics.levels[0])
        good = ((figures.cover >= 0.2) | borrowed) & (figures.sought >= 0.6)
        wrong = (figures.cover < 0.1) & (figures.sought < 0.1)
        print(
            f"{len(level.labels):4d} topics: cover {np.median(figures.cover):.2f}, near {figures.sought.mean():.2f}, "
            f"good {good.mean():.2f}, wrong {wrong.mean():.2f}"
        )
        for topic, label in enumerate(level.labels[: arguments.show]):
            print(f"     {figures.cover[topic]:.2f} {figures.sought[topic]:.2f} {label}")
    print(f"labels that stand twice: {duplicates([level.labels for level in topics.levels])}")


if __name__ == "__main__":
    main()
