"""Search by size: ours beside numpy, FAISS flat, hnswlib and usearch, and as the whole ranking would answer.

    python benchmarks/size.py CORPUS.jsonl.gz VECTORS.npy FOLDER [--papers 87249 300000 1000000] [--questions 1000]

Papers beyond the real ones are made (benchmarks/made.py). Every step is done once: what it made and its figures lie in
FOLDER, so that a run that was ended goes on. Prints Markdown tables. A question is a title or a sentence of a paper,
encoded before; times are in ms without the encoder, of one question at a time and of 32 at once. `hnswlib` and
`usearch` are measured where they are installed. OMP_NUM_THREADS=1 gives figures of one core.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from made import Makers, Realism, Rows, Vectors, graph, read, real_vectors, texts, vectors_of

from embeddings.encoder import DEFAULT_MODEL, encoder_named
from embeddings.graph import recall
from embeddings.index import VectorIndex
from explorer.index import vectors as stored
from explorer.index import words
from explorer.index.build import BEARING
from explorer.index.files import Files, write_manifest
from explorer.search.bm25 import Bm25
from explorer.search.pairs import random_pairs
from explorer.search.ranking import Corpus, Probe, rank
from explorer.search.words import FOLDER, WordIndex

AT_ONCE = 32
Figures = dict[str, Any]
Search = Callable[[int], Any]


class Bench:
    """The papers of one size: their files in a folder of their own, and the figures of what was measured."""

    def __init__(self, folder: Path, corpus: Path, vectors: Path, count: int, questions: int) -> None:
        self.count, self.corpus_file, self.vectors_file = count, corpus, vectors
        self.keep, self.folder = folder, folder / f"papers_{count}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file = self.folder / "figures.json"
        self.figures: Figures = json.loads(self._file.read_text()) if self._file.is_file() else {}
        self.texts, self.queries = asked(folder, corpus, questions)

    def step(self, name: str, make: Callable[[], Figures]) -> None:
        """The figures of a step, measured now where they are not there yet."""
        if name not in self.figures:
            reset_peak()
            begun, cpu = time.perf_counter(), time.process_time()
            figures = make()
            spent = {"seconds": round(time.perf_counter() - begun, 1), "cpu": round(time.process_time() - cpu, 1)}
            self.figures = json.loads(self._file.read_text()) if self._file.is_file() else {}  # of steps meanwhile
            self.figures[name] = {**figures, **spent, "peak": peak()}
            self._file.write_text(json.dumps(self.figures, indent=1))
        print(f"{self.count:,} {name}: {json.dumps(self.figures[name])}", file=sys.stderr, flush=True)

    def made(self) -> tuple[Vectors, Makers | None]:
        """The vectors and what the made papers are made of."""
        return vectors_of(real_vectors(self.vectors_file), self.count, self.keep)

    @property
    def snapshot(self) -> Path:
        """Where what the search reads lies, as in a library."""
        return self.folder / "snapshot"

    # ---------------------------------------------------------------------------------------------------- building

    def build_graph(self) -> Figures:
        """The neighbours, and how real the papers are."""
        vectors, _ = self.made()
        begun, cpu = time.perf_counter(), time.process_time()
        rows = graph(vectors, self.keep)
        took = {"graph": time.perf_counter() - begun, "graph cpu": time.process_time() - cpu}
        return {**took, "recall": recall(vectors, rows).share, "realism": Realism.of(vectors, rows).cells}

    def build_vectors(self) -> Figures:
        """Vectors, checksums and codes on disk."""
        vectors, _ = self.made()
        self.snapshot.mkdir(exist_ok=True)
        index = VectorIndex(vectors)
        begun = time.perf_counter()
        index.codes.save(self.snapshot / stored.CODES)
        coded = time.perf_counter() - begun
        np.save(self.snapshot / stored.VECTORS, vectors)
        sums = [stored.sums_of(vectors[start : start + 65_536]) for start in range(0, len(vectors), 65_536)]
        np.save(self.snapshot / stored.SUMS, np.concatenate(sums))
        return {"codes": coded, "code bytes": (self.snapshot / stored.CODES).stat().st_size}

    def build_words(self) -> Figures:
        """The word index on disk."""
        shutil.rmtree(self.snapshot / FOLDER, ignore_errors=True)  # of a run that was ended amid it
        _, made = self.made()
        words.write(self.snapshot / FOLDER, texts(self.corpus_file, made))
        write_manifest(self.snapshot, self.snapshot.name)
        return {"bytes": sum(file.stat().st_size for file in (self.snapshot / FOLDER).rglob("*"))}

    # ---------------------------------------------------------------------------------------------------- searching

    def search(self) -> Figures:
        """Ours among candidates: cold, one question at a time, many at once, and filtered to one paper in a hundred."""
        ask, corpus = self.ours()
        one_percent = np.random.default_rng(7).random(self.count) < 0.01
        cold = timed(lambda number: ask(number, corpus, None), range(1))[0]
        alone = timed(lambda number: ask(number, corpus, None), range(len(self.texts)))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            many = list(
                pool.map(lambda n: timed(lambda number: ask(number, corpus, None), [n])[0], range(len(self.texts)))
            )
        filtered = timed(lambda number: ask(number, corpus, one_percent), range(min(200, len(self.texts))))
        return {"cold": cold, **spread_of(alone), **spread_of(many, " at once"), **spread_of(filtered, " filtered")}

    def equality(self) -> Figures:
        """In how many questions the ten best are those of the whole ranking, alone, and under a filter."""
        ask, corpus = self.ours()
        whole = replace(corpus, whole=self.count)
        half = np.random.default_rng(8).random(self.count) < 0.3
        same, order, share, filtered = [], [], [], []
        for number in range(len(self.texts)):
            wanted, hits = ask(number, whole, None), ask(number, corpus, None)
            same.append(set(wanted) == set(hits))
            order.append(wanted == hits)
            share.append(len(set(wanted) & set(hits)) / len(wanted))
            if number % 10 == 0:
                filtered.append(set(ask(number, whole, half)) == set(ask(number, corpus, half)))
        named = {"same ten": same, "same order": order, "of the ten": share, "same ten, filtered": filtered}
        return {name: float(np.mean(values)) for name, values in named.items()}

    def ours(self) -> tuple[Callable[[int, Corpus, Any], list[int]], Corpus]:
        """What asks question number i, and what is ranked: opened as a library opens it, candidates forced."""
        files = Files(self.snapshot)
        index = stored.read(files)
        keyed = WordIndex.load(self.snapshot / FOLDER, files.mapped)
        bm25, keys = Bm25(keyed), keyed.keys
        near = np.load(self.keep / f"graph_{self.count}.npy", mmap_mode="r")[:, :BEARING].astype(np.int32)
        pairs = random_pairs(np.asarray(index.at(np.arange(0, self.count, max(1, self.count // 5000)))))

        def ask(number: int, corpus: Corpus, allowed: Any) -> list[int]:
            scores = (bm25.lookup if corpus.is_large else bm25.query)(self.texts[number], keys)
            probe = Probe(self.queries[number], scores.scores, scores.bound, name=scores.name)
            return [hit.row for hit in rank(corpus, probe, allowed=allowed).hits(10)]

        return ask, Corpus(index, near, pairs, whole=0)

    # ----------------------------------------------------------------------------------------------------- the peers

    def peers(self) -> Figures:
        """The ten nearest by vectors alone: seconds to build, ms a question, share of the truly nearest."""
        vectors, _ = self.made()
        truth = [np.argsort(-(vectors @ query), kind="stable")[:10] for query in self.queries[:200]]
        figures: Figures = {}
        for name, build in PEERS.items():
            module = {"hnswlib": "hnswlib", "usearch": "usearch"}.get(name)
            if module and importlib.util.find_spec(module) is None:
                continue
            begun = time.perf_counter()
            search = build(vectors)
            built = time.perf_counter() - begun
            times = timed(lambda number, search=search: search(self.queries[number]), range(len(self.queries)))
            right = [np.isin(search(query), rows).sum() / 10 for query, rows in zip(self.queries, truth, strict=False)]
            figures[name] = {"build": built, **spread_of(times), "recall@10": float(np.mean(right))}
            print(f"{self.count:,} {name}: {figures[name]}", file=sys.stderr, flush=True)
        return figures


def by_codes(vectors: Vectors) -> Search:
    """Ours: codes scanned whole, the best 400 compared."""
    index = VectorIndex(vectors)
    _ = index.codes

    def search(query: Vectors) -> Rows:
        rows = np.sort(index.nearly(query[None], min(400, len(vectors)))[0])
        close = index.at(rows) @ query
        return np.asarray(rows[np.argsort(-close, kind="stable")[:10]])

    return search


def by_numpy(vectors: Vectors) -> Search:
    """A matrix product and a partition."""

    def search(query: Vectors) -> Rows:
        close = vectors @ query
        best = np.argpartition(-close, 10)[:10]
        return np.asarray(best[np.argsort(-close[best], kind="stable")])

    return search


def by_faiss(vectors: Vectors) -> Search:
    """IndexFlatIP."""
    index = VectorIndex(vectors)
    index.search(vectors[:1], 1)
    return lambda query: index.search(query[None], 10)[0][0]


def by_hnswlib(vectors: Vectors) -> Search:
    """M 32, ef_construction 100, ef 64."""
    import hnswlib

    index = hnswlib.Index(space="ip", dim=vectors.shape[1])
    index.init_index(max_elements=len(vectors), M=32, ef_construction=100)
    index.add_items(vectors)
    index.set_ef(64)
    return lambda query: index.knn_query(query[None], 10)[0][0].astype(np.int64)


def by_usearch(vectors: Vectors) -> Search:
    """As it is shipped, half precision."""
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="ip", dtype="f16")
    index.add(np.arange(len(vectors)), vectors)
    return lambda query: index.search(query, 10).keys.astype(np.int64)


PEERS: dict[str, Callable[[Vectors], Any]] = {
    "ours": by_codes,
    "numpy": by_numpy,
    "FAISS flat": by_faiss,
    "hnswlib": by_hnswlib,
    "usearch": by_usearch,
}


def reset_peak() -> None:
    """Let the peak of memory begin anew."""
    Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    """The most memory that this process has had since `reset_peak`, what is read of files included, bytes."""
    return 1024 * int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])


def timed(call: Callable[[int], Any], numbers: Any) -> list[float]:
    """How long each call took, in ms."""
    took = []
    for number in numbers:
        begun = time.perf_counter()
        call(number)
        took.append(1000 * (time.perf_counter() - begun))
    return took


def spread_of(times: list[float], what: str = "") -> Figures:
    """Median and 99th percentile, in ms."""
    return {f"p50{what}": round(float(np.median(times)), 2), f"p99{what}": round(float(np.quantile(times, 0.99)), 2)}


def asked(folder: Path, corpus: Path, count: int) -> tuple[list[str], Vectors]:
    """Questions, titles and sentences in turn, and their vectors (count, d)."""
    papers = read(corpus)
    step, questions = max(1, len(papers) // count), list[str]()
    for number, paper in enumerate(papers[3::step][:count]):
        sentences = (paper["abstract"] or "").split(". ")
        questions.append(paper["title"] if number % 2 else sentences[len(sentences) // 2])
    file = folder / f"questions_{count}.npy"
    if not file.is_file():
        encoder = encoder_named(DEFAULT_MODEL)
        np.save(file, np.stack([encoder.encode_query(text) for text in questions]))
    return questions, np.load(file)


def main() -> None:
    """Measure what is not measured yet, then print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--papers", type=int, nargs="+", default=[87_249, 300_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--steps", nargs="+", default=["graph", "vectors", "words", "search", "equality", "peers"])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    benches = [
        Bench(options.folder, options.corpus, options.vectors, count, options.questions) for count in options.papers
    ]
    for bench in benches:
        steps = {
            "graph": bench.build_graph, "vectors": bench.build_vectors, "words": bench.build_words,
            "search": bench.search, "equality": bench.equality, "peers": bench.peers,
        }  # fmt: skip
        for name in options.steps:
            bench.step(name, steps[name])
    print_tables(benches)


def print_tables(benches: list[Bench]) -> None:
    """What was measured, a size a row."""
    for name in ("search", "equality"):
        measured = [bench for bench in benches if name in bench.figures]
        if measured:
            columns = list(measured[0].figures[name])
            print(f"\n| papers | {' | '.join(columns)} |\n|{' --- |' * (len(columns) + 1)}")
            for bench in measured:
                values = [f"{bench.figures[name][column]:.4g}" for column in columns]
                print(f"| {bench.count:,} | {' | '.join(values)} |")
    columns = ["build", "p50", "p99", "recall@10"]
    print(f"\n| papers | vectors alone | {' | '.join(columns)} |\n|{' --- |' * (len(columns) + 2)}")
    for bench in benches:
        for name, figures in bench.figures.get("peers", {}).items():
            if isinstance(figures, dict):
                values = [f"{figures[column]:.4g}" for column in columns]
                print(f"| {bench.count:,} | {name} | {' | '.join(values)} |")


if __name__ == "__main__":
    main()
