"""From a file to a library: rate, time of each stage, peak memory; and the cold start of the command line.

    python benchmarks/pipeline.py FILE [LIBRARY]

Without FILE the seed papers are used. A library that has the vectors already shows the stages after embedding alone.
"""

from __future__ import annotations

import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from explorer.library import Library
from explorer.library.report import Step

SEEDS = sorted((Path(__file__).parents[1] / "seeds").iterdir())


def main() -> None:
    files = [Path(sys.argv[1])] if len(sys.argv) > 1 else SEEDS
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp()) / "library"
    stages: list[tuple[str, float, int]] = []

    def note(step: Step) -> None:
        if not stages or stages[-1][0] != step.stage:
            stages.append((step.stage, time.perf_counter(), step.total))

    with Library.open(folder) as library:
        report = library.add(*files, progress=note)
        stages.append(("end", time.perf_counter(), 0))
        papers = library.records.info().papers
        first = library.snapshot.papers([0])[0].id
    print(f"{platform.machine()}, Python {platform.python_version()}, {papers:,} papers, {report.added:,} added")
    for (stage, began, total), (_, ended, _) in pairwise(stages):
        rate = f", {total / (ended - began):.1f} texts/s" if stage == "Embedding" else ""
        print(f"{stage:18} {ended - began:8.2f} s{rate}")
    print(f"peak memory        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")
    command = [sys.executable, "-m", "explorer", "similar", first, "--library", str(folder), "--json"]
    seconds = []
    for _ in range(7):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - began)
    middle = statistics.median(seconds)
    print(f"cold `explorer similar ID`: median {middle:.2f} s, {min(seconds):.2f} to {max(seconds):.2f}")


if __name__ == "__main__":
    main()
