"""The word index at size: made papers of real titles and abstracts, built, extended, and asked.

    python benchmarks/words.py CORPUS.jsonl.gz … [--papers 1000000] [--came 1000]

Every made paper has the title of one paper, the abstract of another, the authors of a third, and a word of its own.
Each abstract is cut into words once, and the time for it is told apart. Prints seconds of CPU, bytes a paper and the
peak of memory of the build, what an extension by --came papers costs, and the milliseconds of each kind of question,
first and again. One thread.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explorer.index import words
from explorer.language.names import name_of, name_tokens
from explorer.language.tokens import tokens
from explorer.search import inversion
from explorer.search.bm25 import Bm25
from explorer.search.inversion import Text
from explorer.search.words import WordIndex

REPEATS = 9
SAMPLE = 5_000  # papers whose cutting into words is timed


def made(papers: list[dict], first: int, count: int) -> Iterator[Text]:
    """`count` made papers from key `first` on."""
    n = len(papers)
    for key in range(first, first + count):
        title, abstract, names = papers[key % n], papers[(key * 7 + key // n) % n], papers[(key * 13 + key // n) % n]
        own = f"{title['title']} x{key:x}"
        yield key, own, abstract["abstract"] or "", "\n".join(names["authors"] or ())


def timed(name: str, ask: Callable[[], object]) -> None:
    """Print the median time of a question, and of its first call."""
    times = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - start))
    print(f"| {name} | {times[0]:.1f} | {statistics.median(times[1:]):.1f} |", flush=True)


def main() -> None:
    """Build, extend, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path, nargs="+")
    parser.add_argument("--papers", type=int, default=1_000_000)
    parser.add_argument("--came", type=int, default=1_000)
    options = parser.parse_args()
    texts = [gzip.decompress(path.read_bytes()).decode() for path in options.corpora]
    papers = [json.loads(line) for text in texts for line in text.splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        for paper in papers[:SAMPLE]:
            for text in (paper["title"], paper["abstract"] or ""):
                tokens(text)
            name_tokens("\n".join(paper["authors"] or ()))
        share = (time.process_time() - start) / min(SAMPLE, len(papers))
        print(f"cutting a paper into words: {1e6 * share:.0f} µs of CPU", flush=True)
        inversion.tokens = lru_cache(maxsize=None)(tokens)
        start = time.process_time()
        words.write(Path(folder) / "one", made(papers, 0, options.papers))
        seconds = time.process_time() - start
        size = sum(path.stat().st_size for path in (Path(folder) / "one").rglob("*.npy"))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{options.papers:,} papers: {seconds:.0f} CPU s, {size / options.papers:.0f} bytes each, {peak:.1f} GB")
        start = time.process_time()
        came = made(papers, options.papers, options.came)
        words.write(Path(folder) / "two", came, previous=Path(folder) / "one", gone=range(10))
        print(f"{options.came:,} more: {time.process_time() - start:.2f} CPU s", flush=True)
        ask(WordIndex.load(Path(folder) / "two"), papers)


def ask(index: WordIndex, papers: list[dict]) -> None:
    """Ask each kind of question."""
    keys, scorer = index.keys, Bm25(index)
    author = papers[0]["authors"][0]
    print("| question | first, ms | again, ms |\n| --- | --- | --- |")
    timed("a common word: network", lambda: index.holding("network", keys))
    timed("a rare word: odometry", lambda: index.holding("odometry", keys))
    timed("a phrase: visual odometry", lambda: index.holding("visual odometry", keys))
    timed("a phrase of common words: state of the art", lambda: index.holding("state of the art", keys))
    timed("a beginning: graph*", lambda: index.beginning("graph", keys))
    timed("a beginning: s*", lambda: index.beginning("s", keys))
    timed("in titles: network", lambda: index.holding("network", keys, "title"))
    timed("an author's name", lambda: index.naming(name_of(author).families, keys))
    timed("ranked: three words", lambda: scorer.query("visual odometry lidar", keys))
    timed("ranked: a question", lambda: scorer.query("how do agents learn to play games from raw video", keys))
    timed("ranked: an abstract", lambda: scorer.query(papers[1]["abstract"] or "", keys))
    assert np.count_nonzero(index.holding("network", keys))


if __name__ == "__main__":
    main()
