"""Growth: made papers from reading to a library that answers, without embedding, step by step and size by size.

    python benchmarks/growth.py CORPUS.jsonl.gz VECTORS.npy FOLDER [--papers 300000 1000000] [--more 1000]

Papers and vectors are made (benchmarks/made.py); all else is done as `Library.add` does it, in a process for each size.
Snapshots that are shown while papers are embedded, a third of the time that takes at most, are left out with it. Then
--more papers are added. Each step's seconds, CPU seconds, peak memory and what the folder has grown to lie in FOLDER
when it ends, beside the library, so that a size that was measured is not measured again. Prints tables in Markdown, and
by how much each step grows from the first size to the last.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from made import Makers, real_vectors, texts, vectors_of
from size import peak, reset_peak

from embeddings.encoder import BundledEncoder
from embeddings.index import VectorIndex
from embeddings.vectors import Matrix, unit_rows
from explorer.index import build, disk, extension, words
from explorer.library import Library, builder
from explorer.library.report import Step
from explorer.paper import Paper, Source, make_paper

MARK = re.compile(r" #(\d+)\. ")
Figures = dict[str, Any]


class Made(BundledEncoder):
    """The bundled model, but that made papers have the vectors in a file, read one by one and not kept in memory."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        shape = np.load(file, mmap_mode="r").shape
        self._file, self._row = file.open("rb"), 4 * shape[1]
        self._header = file.stat().st_size - shape[0] * self._row

    def precision(self, texts: Sequence[str]) -> str:
        return "fp32"

    def encode(self, texts: Sequence[str]) -> Matrix:
        keys = [MARK.search(text) for text in texts]
        if None in keys:
            return super().encode(texts)
        rows = [os.pread(self._file.fileno(), self._row, self._header + int(key[1]) * self._row) for key in keys if key]
        return unit_rows(np.frombuffer(b"".join(rows), np.float32).reshape(len(rows), -1))


class Meter:
    """Seconds, CPU seconds, peak memory and disk of each step; a step ends where the next begins."""

    def __init__(self, file: Path, folder: Path, figures: Figures) -> None:
        self._file, self._folder, self.figures = file, folder, figures
        self._name, self._at = "", (0.0, 0.0)

    def begin(self, name: str) -> None:
        """The step `name` begins, which may have been interrupted; "" for none."""
        if name == self._name:
            return
        if self._name:
            spent = [now - then for now, then in zip(self._now(), self._at, strict=True)]
            before = self.figures.get(self._name, {"seconds": 0.0, "cpu": 0.0, "peak": 0})
            self.figures[self._name] = {
                "seconds": round(before["seconds"] + spent[0], 1),
                "cpu": round(before["cpu"] + spent[1], 1),
                "peak": max(before["peak"], peak()),
                "disk": sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file()),
            }
            self._file.write_text(json.dumps(self.figures, indent=1))
            print(self._name, self.figures[self._name], file=sys.stderr, flush=True)
        reset_peak()
        self._name, self._at = name, self._now()

    def note(self, step: Step) -> None:
        """As a progress of the library."""
        self.begin(step.stage)

    def during(self, owner: Any, name: str, step: str, kind: Any = lambda call: call) -> None:
        """Let a call be a step of its own, amid the one that it is called in."""
        call = getattr(owner, name)

        def measured(*args: Any, **more: Any) -> Any:
            around = self._name
            self.begin(step)
            try:
                return call(*args, **more)
            finally:
                self.begin(around)

        setattr(owner, name, kind(measured))

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()


def papers(corpus: Path, made: Makers, start: int, end: int) -> Iterator[Paper]:
    """The made papers from `start` to before `end`."""
    for key, title, abstract, authors in texts(corpus, made):
        if key >= end:
            return
        if key >= start:
            fields = {
                "title": f"{title.rpartition(' ')[0]} #{key}",
                "abstract": abstract,
                "authors": authors.split("\n"),
            }
            yield make_paper(
                Source("made", key + 1, key + 1), **fields, doi=f"10.5555/made.{key}", year=1980 + key % 45
            )


def measure(corpus: Path, vectors: Path, folder: Path, count: int, more: int) -> None:
    """Build the library of one size, and add to it."""
    folder.mkdir(parents=True, exist_ok=True)
    file, own = folder / f"growth_{count}.json", folder / f"library_{count}"
    figures: Figures = json.loads(file.read_text()) if file.is_file() else {}
    real = real_vectors(vectors)
    made = vectors_of(real, count + more, folder)[1]
    del real
    if made is None:
        raise SystemExit(f"{count:,} papers are fewer than the real ones; give more with --papers")
    meter = Meter(file, own, figures)
    builder._FEWEST = 1 << 60  # no snapshots amid the embedding
    meter.during(words, "write", "words")
    meter.during(disk, "save", "vectors, codes and arrays written")
    meter.during(extension, "recall", "recall measured")
    meter.during(build, "measured", "scale of the verdict")
    meter.during(VectorIndex, "neighbours", "neighbours")
    with Library.open(own, encoder=Made(folder / f"vectors_{count + more}.npy")) as library:
        if "papers" not in figures:
            library.add(papers(corpus, made, 0, count), progress=meter.note)
            meter.begin("")
            figures["papers"] = library.records.info().papers
            file.write_text(json.dumps(figures, indent=1))
        if more and "added" not in figures:
            begun, cpu = time.perf_counter(), time.process_time()
            reset_peak()
            steps = dict(figures)
            report = library.add(papers(corpus, made, count, count + more), progress=lambda step: None)
            figures.clear()
            figures.update(steps)
            spent = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu, "peak": peak()}
            figures["added"] = {**spent, "papers": report.added}
            file.write_text(json.dumps(figures, indent=1))


def show(folder: Path, counts: Sequence[int]) -> None:
    """The tables."""
    every = {count: json.loads((folder / f"growth_{count}.json").read_text()) for count in counts}
    print("| papers | step | seconds | CPU s | peak memory | on disk when it ends | bytes a paper |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for count, figures in every.items():
        steps = {name: each for name, each in figures.items() if isinstance(each, dict) and name != "added"}
        before = 0
        for name, each in steps.items():
            size, grown = each["disk"], each["disk"] - before
            before = size
            cells = [f"{each['seconds']:.0f}", f"{each['cpu']:.0f}", f"{each['peak'] / 1e9:.2f} GB"]
            print(f"| {count:,} | {name} | {' | '.join(cells)} | {size / 1e9:.2f} GB | {grown / count:,.0f} |")
        total = [sum(each[what] for each in steps.values()) for what in ("seconds", "cpu")]
        most = max(each["peak"] for each in steps.values())
        print(f"| {count:,} | **in all** | {total[0]:.0f} | {total[1]:.0f} | {most / 1e9:.2f} GB | | |")
        if "added" in figures:
            added = figures["added"]
            cells = [f"{added['seconds']:.0f}", f"{added['cpu']:.0f}", f"{added['peak'] / 1e9:.2f} GB"]
            print(f"| {count:,} | {added['papers']:,} more | {' | '.join(cells)} | | |")
    for fewer, most in pairwise(counts):
        growth = {
            name: [every[most][name][what] / max(each[what], 1e-9) for what in ("seconds", "cpu", "peak")]
            for name, each in every[fewer].items()
            if isinstance(each, dict) and name in every[most]
        }
        print(f"\n| {fewer:,} to {most:,} | seconds | CPU s | peak memory |\n| --- | --- | --- | --- |")
        for name, ratios in growth.items():
            print(f"| {name} | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} |")


def main() -> None:
    """Measure each size in a process of its own, then print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--papers", type=int, nargs="+", default=[300_000, 1_000_000])
    parser.add_argument("--more", type=int, default=1000)
    parser.add_argument("--alone", action="store_true", help="measure one size in this process")
    options = parser.parse_args()
    if options.alone:
        measure(options.corpus, options.vectors, options.folder, options.papers[0], options.more)
        return
    for count in options.papers:
        command = [sys.executable, __file__, options.corpus, options.vectors, options.folder, "--alone"]
        subprocess.run([*command, "--papers", str(count), "--more", str(options.more)], check=True)
    show(options.folder, options.papers)


if __name__ == "__main__":
    main()
