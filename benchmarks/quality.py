"""How right search is: the labelled sets, by words alone, by vectors alone, by ours with each part removed, by ours.

    python benchmarks/quality.py SETS [--keep FOLDER] [--only NAME …]

SETS is a folder of sets (corpus.jsonl, queries*.jsonl, qrels*.tsv, labels.tsv, plain or gzipped). Prints one Markdown
table in percent: nDCG@10 of every query file, the metric of its authors beside it where that is another one, and the
share of the ten nearest with the same label. --keep remembers the vectors there: encoding takes most of the time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.encoder import DEFAULT_MODEL, Encoder, encoder_named
from explorer.evaluation.labelled import LabelledSet, Method
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


class Remembering:
    """An encoder that keeps what it made in a folder, by the texts."""

    def __init__(self, encoder: Encoder, folder: Path | None) -> None:
        self._encoder, self._folder = encoder, folder

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._folder is None:
            return self._encoder.encode(texts)
        digest = sha256(f"{self._encoder.name} {self._encoder.revision}".encode())
        for text in texts:
            digest.update(f"\0{text}".encode("utf-8", "replace"))
        file = self._folder / f"{digest.hexdigest()[:20]}.npy"
        if not file.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            np.save(file, self._encoder.encode(texts))
        return np.load(file)

    def encode_query(self, text: str) -> NDArray[np.float32]:
        return self._encoder.encode_query(text)


def columns(folder: Path, encoder: Remembering) -> dict[str, list[float]]:
    """Figures of one set: column → one figure a row of the table."""
    labelled = LabelledSet(folder, encoder)  # type: ignore[arg-type]
    found: dict[str, list[float]] = {}
    for name, (method, recipe) in ROWS.items():
        for task, metrics in labelled.measure(method, recipe).items():
            extra = task.removeprefix("queries").strip("_")
            for metric in SHOWN:
                if metric in metrics and (metric != "map" or "ndcg%20" not in metrics):
                    found.setdefault(" ".join(filter(None, (labelled.name, extra, metric))), []).append(metrics[metric])
        print(f"{labelled.name}: {name}", file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    encoder = Remembering(encoder_named(DEFAULT_MODEL), options.keep)
    table: dict[str, list[float]] = {}
    for folder in sorted(path for path in options.sets.iterdir() if path.is_dir()):
        if not options.only or folder.name in options.only:
            table |= columns(folder, encoder)
    print("| | " + " | ".join(table) + " |")
    print("|" + " --- |" * (len(table) + 1))
    for place, name in enumerate(ROWS):
        print(f"| {name} | " + " | ".join(f"{figures[place]:.1f}" for figures in table.values()) + " |")


if __name__ == "__main__":
    main()
