"""Kills `explorer add` of a real file at random moments, adds again, and compares with an undisturbed run.

    python benchmarks/kill.py FILE [KILLS] [SEED]

Prints the moment of each kill, what was stored by then, and whether papers, vectors and map are equal to the last bit.
"""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from explorer.errors import ExplorerError
from explorer.library import Library


def main() -> None:
    file = Path(sys.argv[1]).resolve()
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else time.time_ns() % 100_000
    chance = random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="explorer-kill-"))
    print(f"seed {seed}, in {folder}", flush=True)
    began = time.monotonic()
    add(file, folder / "calm").wait()
    whole = time.monotonic() - began
    print(f"undisturbed: {whole:.0f} s", flush=True)
    for _ in range(kills):
        process = add(file, folder / "harried")
        wait = chance.uniform(0.0, 1.8 * whole / kills)
        try:
            process.wait(wait)
            print(f"done before the kill at {wait:.0f} s", flush=True)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            print(f"killed after {wait:.1f} s: {stored(folder / 'harried')}", flush=True)
    began = time.monotonic()
    code = add(file, folder / "harried").wait()
    print(f"last add: exit code {code}, {time.monotonic() - began:.0f} s", flush=True)
    calm, harried = state(folder / "calm"), state(folder / "harried")
    for what in calm:
        print(f"{what:8} {'equal' if calm[what] == harried[what] else 'DIFFERENT'}  {calm[what][:16]}")


def add(file: Path, library: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "explorer", "add", str(file), "--library", str(library)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stored(folder: Path) -> str:
    try:
        with Library.open(folder, write=False) as library:
            info = library.records.info()
    except ExplorerError as error:
        return str(error)
    return f"{info.papers} papers, {info.vectors} vectors"


def state(folder: Path) -> dict[str, str]:
    with Library.open(folder, write=False) as library:
        parts = {
            "papers": repr(library.snapshot.papers()).encode(),
            "vectors": library.snapshot.arrays.index.vectors().tobytes(),
            "map": library.map.tobytes(),
            "topics": repr([(level.labels, level.assignment.tolist()) for level in library.topics.levels]).encode(),
        }
    return {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}


if __name__ == "__main__":
    main()
