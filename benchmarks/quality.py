"""How right search is: the labelled sets, by words alone, by vectors alone, by ours with each part removed, by ours.

    python benchmarks/quality.py SETS [--keep FOLDER] [--only NAME …]

SETS is a folder of sets (corpus.jsonl, queries*.jsonl, qrels*.tsv, labels.tsv, plain or gzipped). Prints one Markdown
table in percent: nDCG@10 of every query file, the metric of its authors beside it where that is another one, and the
share of the ten nearest with the same label. --keep remembers the vectors there: encoding takes most of the time.
--candidates ranks only candidates, as in libraries of more than 100,000 papers, words looked up as there: so many by
codes for each vector, an eighth by words, and the neighbours of a sixteenth; in large libraries it is 8000.
--rows names rows of the table that are wanted.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.cache import VectorCache
from embeddings.encoder import DEFAULT_MODEL, Encoder, encoder_named
from explorer.evaluation import methods
from explorer.evaluation.labelled import LabelledSet
from explorer.evaluation.methods import EvaluationQuery, Method, RankedPapers
from explorer.paper import embedding_text
from explorer.search import bm25, candidates, ranking
from explorer.search.bm25 import HeldScores
from explorer.search.ranking import DEFAULT

ROWS = {
    "BM25": (Method.BM25, DEFAULT),
    "MiniLM": (Method.VECTORS, DEFAULT),
    "ours without words": (Method.DEFAULT, replace(DEFAULT, words=0.0)),
    "ours without feedback": (Method.DEFAULT, replace(DEFAULT, pull=0.0)),
    "ours without neighbours": (Method.DEFAULT, replace(DEFAULT, share=0.0)),
    "ours without both": (Method.DEFAULT, replace(DEFAULT, pull=0.0, share=0.0)),
    "ours": (Method.DEFAULT, DEFAULT),
}
SHOWN = ("ndcg@10", "ndcg%20", "map", "fine p@10", "coarse p@10")


def columns(folder: Path, encoder: Encoder, rows: list[str]) -> dict[str, list[float]]:
    """Figures of one set: column → one figure a row of the table."""
    labelled = LabelledSet(folder, encoder)
    figures: dict[str, list[float]] = {}
    for name, (method, weights) in [(name, ROWS[name]) for name in rows]:
        for task, metrics in labelled.measure(method, weights).items():
            extra = task.removeprefix("queries").strip("_")
            for metric in SHOWN:
                if metric in metrics and (metric != "map" or "ndcg%20" not in metrics):
                    column = " ".join(filter(None, (labelled.name, extra, metric)))
                    figures.setdefault(column, []).append(metrics[metric])
        print(f"{labelled.name}: {name}", file=sys.stderr, flush=True)
    return figures


def only_candidates(depth: int) -> None:
    """Rank candidates alone, whatever the size, `depth` for each vector, and look words up."""
    ranking.WHOLE = candidates._FEW = bm25._QUICK = 0
    ranking._HOLDERS, ranking._FINALS = depth // 8, depth // 16
    ranking._depth = lambda corpus, k: depth
    methods.rank = lambda *what, k, **more: ranking.rank(*what, k=10, **more)  # of what is judged, the ten best

    def looked_up(papers: RankedPapers, query: EvaluationQuery) -> HeldScores:
        text = query.text if query.row is None else embedding_text(papers.papers[query.row])
        return papers.bm25.lookup(text, np.arange(len(papers.papers)))

    RankedPapers._words = looked_up


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--candidates", type=int)
    options = parser.parse_args()
    if options.candidates:
        only_candidates(options.candidates)
    encoder = VectorCache(encoder_named(DEFAULT_MODEL), keep=None, folder=options.keep)
    table: dict[str, list[float]] = {}
    for folder in sorted(path for path in options.sets.iterdir() if path.is_dir()):
        if not options.only or folder.name in options.only:
            table |= columns(folder, encoder, options.rows)
    print("| | " + " | ".join(table) + " |")
    print("|" + " --- |" * (len(table) + 1))
    for place, name in enumerate(options.rows):
        print(f"| {name} | " + " | ".join(f"{figures[place]:.1f}" for figures in table.values()) + " |")


if __name__ == "__main__":
    main()
