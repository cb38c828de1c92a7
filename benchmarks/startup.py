"""How long a cold process takes to an answer: `explorer similar` and `explorer search TEXT`, beside another version.

    python benchmarks/startup.py LIBRARY [--other PYTHON] [--runs 7]

Each command runs in a process of its own, versions alternating; medians of its seconds and CPU seconds are printed.
LIBRARY is opened by both, so give a copy of one that the older version made. `--other` is the Python of the other
version's environment. Run it from a folder without the project's sources.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time


def timed(python: str, *arguments: str) -> tuple[float, float]:
    """Seconds and CPU seconds of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([python, "-m", "explorer", *arguments], check=True, capture_output=True)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("library")
    parser.add_argument("--other", help="Python of the other version's environment")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    pythons = {"this": sys.executable, **({"other": options.other} if options.other else {})}
    shown = [sys.executable, "-m", "explorer", "search", "learning", "-k", "1", "--json", "--library", options.library]
    answer = json.loads(subprocess.run(shown, check=True, capture_output=True, text=True).stdout)
    paper = (answer["results"] if isinstance(answer, dict) else answer)[0]["id"]
    commands = {"similar": ("similar", paper), "search": ("search", "how do robots learn to grasp unseen objects")}
    for name, command in commands.items():
        times: dict[str, list[tuple[float, float]]] = {version: [] for version in pythons}
        for _ in range(options.runs + 1):
            for version, python in pythons.items():
                times[version].append(timed(python, *command, "--library", options.library))
        for version, taken in times.items():
            seconds, cpu = (statistics.median(values) for values in zip(*taken[1:], strict=True))
            print(f"{name:8} {version:6} {seconds:6.2f} s   CPU {cpu:6.2f} s   (median of {options.runs})")


if __name__ == "__main__":
    main()
