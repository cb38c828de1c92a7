"""Papers with their place on the map and their topics → JSON lines, CSV, Parquet, BibTeX, RIS, and vectors as .npy.

Holds the files; what one entry of BibTeX or RIS looks like stand in `bibtex` and `ris`. Always true: one row a paper,
in the order of the map; a file appears under its name only when it is complete.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError
from explorer.export import bibtex, ris
from explorer.export.shapes import of_paper
from explorer.map.topics import Topics
from explorer.paper import Paper


@dataclass(frozen=True, slots=True)
class Row:
    """A paper, and where it is: `x`, `y`, and the labels `topic_1` (coarsest) to `topic_L` (finest)."""

    paper: Paper
    place: Mapping[str, object]

    @property
    def cells(self) -> dict[str, object]:
        """The row as one flat record."""
        return {**of_paper(self.paper), **self.place}


def rows(papers: Iterable[Paper], positions: NDArray[np.float32], topics: Topics) -> list[Row]:
    """The rows of all papers of a map, whose `positions` are (n, 2)."""
    coarse_first = list(enumerate(topics.levels[::-1], start=1))
    table = []
    for i, (paper, (x, y)) in enumerate(zip(papers, positions, strict=True)):
        labels = {f"topic_{number}": level.labels[level.assignment[i]] for number, level in coarse_first}
        table.append(Row(paper, {"x": round(float(x), 6), "y": round(float(y), 6), **labels}))
    return table


def write(path: Path, table: Sequence[Row]) -> None:
    """Write rows in the format that `path` ends in. Raises ExplorerError for any other ending."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ExplorerError(f"cannot export to {path.name}: the name must end in {', '.join(WRITERS)}")
    _whole(path, lambda temporary: writer(temporary, table))


def write_vectors(path: Path, vectors: NDArray[np.float32]) -> None:
    """Write vectors (n, dimension) float32 as .npy, in the order of the rows."""

    def save(temporary: Path) -> None:
        with temporary.open("wb") as file:
            np.save(file, vectors, allow_pickle=False)

    _whole(path, save)


def _whole(path: Path, save: Callable[[Path], None]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        save(temporary)
        temporary.replace(path)
    except OSError as error:
        raise ExplorerError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _jsonl(path: Path, table: Sequence[Row]) -> None:
    _lines(path, (json.dumps(row.cells, ensure_ascii=False) for row in table))


def _bibtex(path: Path, table: Sequence[Row]) -> None:
    used: set[str] = set()
    _lines(path, (bibtex.entry(row.paper, used, row.place) for row in table))


def _ris(path: Path, table: Sequence[Row]) -> None:
    _lines(path, (ris.entry(row.paper) for row in table))


def _lines(path: Path, texts: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(text + "\n" for text in texts)


def _csv(path: Path, table: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=_columns(table))
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.cells.items()} for row in table)


def _cell(value: object) -> object:
    return "; ".join(value) if isinstance(value, list) else value


def _parquet(path: Path, table: Sequence[Row]) -> None:
    import pyarrow as arrow
    from pyarrow import parquet

    texts = arrow.list_(arrow.string())
    lists = dict.fromkeys(("authors", "keywords", "collections"), texts)
    types = {**lists, "year": arrow.int16(), "x": arrow.float32(), "y": arrow.float32()}
    schema = arrow.schema([(name, types.get(name, arrow.string())) for name in _columns(table)])
    parquet.write_table(arrow.Table.from_pylist([row.cells for row in table], schema=schema), path)


def _columns(table: Sequence[Row]) -> list[str]:
    return list(table[0].cells) if table else []


WRITERS: Mapping[str, Callable[[Path, Sequence[Row]], None]] = {
    ".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet, ".bib": _bibtex, ".ris": _ris,
}  # fmt: skip
