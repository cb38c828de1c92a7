"""Ways to lay out a map side by side: CPU seconds, memory, and how much of the neighbourhoods and the order they keep.

    python benchmarks/layouts.py VECTORS.npy [VECTORS.npy ...] --results RESULTS.json [--peers PYTHON]

Each way runs in a process of its own, on one thread, from vectors to places, finding neighbours included. PYTHON is an
interpreter that has umap-learn, openTSNE and pacmap; a way that cannot run there is "not run". What RESULTS.json holds
already is not run again. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
_FIGURES = ("trustworthiness@15", "recall@15", "triplets")


def read_vectors(path: Path) -> Vectors:
    vectors = np.load(path).astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return np.asarray(vectors)


# --- ways: unit vectors and, for one, our neighbours and similarities to places ---------------------------------------


def ours(vectors: Vectors) -> Vectors:
    from embeddings.index import VectorIndex
    from explorer.map.layout import lay_out

    return lay_out(vectors, *VectorIndex.build(vectors).neighbours(15))


def umap_shipped(vectors: Vectors) -> Vectors:
    import umap

    return np.asarray(umap.UMAP(metric="cosine").fit_transform(vectors))


def umap_our_neighbours(vectors: Vectors, rows: Rows, similarities: Vectors) -> Vectors:
    import umap

    own = np.arange(len(vectors))[:, None]
    near = np.concatenate([own, rows], axis=1).astype(np.int32)
    gaps = np.concatenate([np.zeros_like(similarities[:, :1]), np.maximum(1 - similarities, 0)], axis=1)
    known = near, gaps.astype(np.float32), None
    return np.asarray(umap.UMAP(metric="cosine", n_neighbors=16, precomputed_knn=known).fit_transform(vectors))


def open_tsne(vectors: Vectors) -> Vectors:
    import openTSNE

    return np.asarray(openTSNE.TSNE(metric="cosine").fit(vectors))


def pacmap_shipped(vectors: Vectors) -> Vectors:
    import pacmap

    return np.asarray(pacmap.PaCMAP().fit_transform(vectors))


_WAYS: dict[str, tuple[str, Callable[..., Vectors]]] = {
    "ours": ("Explorer", ours),
    "umap": ("umap-learn as shipped", umap_shipped),
    "umap-near": ("umap-learn with our neighbours", umap_our_neighbours),
    "opentsne": ("openTSNE", open_tsne),
    "pacmap": ("PaCMAP", pacmap_shipped),
}


# --- one run in a process of its own --------------------------------------------------------------------------------


def draw(way: str, source: Path, near: Path | None, target: Path) -> None:
    """Draw and save places; the process tells what it took."""
    vectors = read_vectors(source)
    known = ()
    if way == "umap-near" and near:
        with np.load(near) as stored:
            known = stored["rows"], stored["similarities"]
    start, wall = time.process_time(), time.perf_counter()
    places = _WAYS[way][1](vectors, *known)
    np.savez(
        target,
        places=places.astype(np.float32),
        cpu=time.process_time() - start,
        wall=time.perf_counter() - wall,
        peak=_peak(),
    )


def _peak() -> float:
    """Most memory that this process held, in GB; getrusage would count what its parent held before it began."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e9


def run(way: str, python: str, source: Path, near: Path, folder: Path) -> dict[str, float] | str:
    """Figures of one way, or why there are none."""
    from benchmarks.map_quality import map_figures

    target = folder / f"{way}.npz"
    command = [python, __file__, str(source), "--way", way, "--near", str(near), "--target", str(target)]
    environment = os.environ | dict.fromkeys(_THREADS, "1")
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    with np.load(target) as stored:
        figures = {name: float(stored[name]) for name in ("cpu", "wall", "peak")}
        return figures | map_figures(read_vectors(source), stored["places"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path, nargs="+")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--peers", default=sys.executable)
    for name in ("way", "near", "target"):
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        return draw(arguments.way, arguments.vectors[0], Path(arguments.near), Path(arguments.target))
    if not arguments.results:
        parser.error("--results is missing: a file for the figures")
    known = json.loads(arguments.results.read_text(encoding="utf-8")) if arguments.results.exists() else {}
    for source in arguments.vectors:
        with tempfile.TemporaryDirectory() as name:
            measure(source, arguments.peers, Path(name), known, arguments.results)
    show(known)


def measure(source: Path, peers: str, folder: Path, known: dict[str, dict[str, object]], results: Path) -> None:
    """Run what is not in `known` yet, and keep it there and in the file `results`."""
    from embeddings.index import VectorIndex

    figures = known.setdefault(source.name, {})
    missing = [way for way in _WAYS if not isinstance(figures.get(way), dict)]
    near = folder / "near.npz"
    if missing:
        vectors = read_vectors(source)
        rows, similarities = VectorIndex.build(vectors).neighbours(15)
        np.savez(near, rows=rows, similarities=similarities)
        figures["papers"] = len(vectors)
    for way in missing:
        figures[way] = run(way, sys.executable if way == "ours" else peers, source, near, folder)
        results.write_text(json.dumps(known, indent=1), encoding="utf-8")


def show(known: dict[str, dict[str, object]]) -> None:
    print("| papers | layout | CPU s | memory | trustworthiness@15 | recall@15 | triplets |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for figures in known.values():
        for way, (name, _) in _WAYS.items():
            value = figures.get(way)
            if isinstance(value, dict):
                cells = [f"{value['cpu']:.0f}", f"{value['peak']:.2f} GB", *(f"{value[f]:.3f}" for f in _FIGURES)]
            else:
                cells = [f"not run: {value}", "", "", "", ""]
            print("|", " | ".join([f"{figures['papers']:,}", name, *cells]), "|")


if __name__ == "__main__":
    main()
