"""Papers with their place on the map and their topics → JSON lines, CSV, Parquet, BibTeX, RIS, text, vectors as .npy.

Holds the files; what an entry of BibTeX, RIS or a reference list looks like stands in `bibtex`, `ris` and `plain`.
Always true: one row a paper, in the order of the map; a file appears under its name only when it is complete.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError
from explorer.export import bibtex, plain, ris
from explorer.export.shapes import of_paper
from explorer.map.topics import Topics
from explorer.paper import Paper
from explorer.rights import reason_of


@dataclass(frozen=True, slots=True)
class Row:
    """A paper, and where it is: `x`, `y`, and the labels `topic_1` (coarsest) to `topic_L` (finest).

    All are None while it has no vector.
    """

    paper: Paper
    place: Mapping[str, object]

    @property
    def cells(self) -> dict[str, object]:
        """The row as one flat record."""
        return {**of_paper(self.paper), **self.place}


def rows(
    papers: Iterable[Paper], positions: NDArray[np.float32], topics: Topics, chosen: Sequence[int] | None = None
) -> list[Row]:
    """The rows of `papers`, which are all of a map or those `chosen` of it; `positions` (n, 2) are of all."""
    coarse_first = list(enumerate(topics.levels[::-1], start=1))
    table = []
    for i, paper in zip(range(len(positions)) if chosen is None else chosen, papers, strict=True):
        x, y = positions[i]
        if np.isfinite(x):
            labels = {f"topic_{number}": level.labels[level.assignment[i]] for number, level in coarse_first}
            table.append(Row(paper, {"x": round(float(x), 6), "y": round(float(y), 6), **labels}))
        else:
            table.append(Row(paper, {"x": None, "y": None, **{f"topic_{number}": None for number, _ in coarse_first}}))
    return table


def write(path: Path, table: Sequence[Row]) -> None:
    """Write rows in the format that `path` ends in. Raises ExplorerError for any other ending."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ExplorerError(f"cannot export to {path.name}: the name must end in {', '.join(WRITERS)}")
    _whole(path, lambda temporary: writer(temporary, table))


def content(ending: str, table: Sequence[Row]) -> bytes:
    """What the file of rows with this ending of `WRITERS` holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"papers{ending}"
        write(path, table)
        return path.read_bytes()


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
        raise ExplorerError(f"cannot write {path}: {reason_of(error)}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _jsonl(path: Path, table: Sequence[Row]) -> None:
    _lines(path, (json.dumps(row.cells, ensure_ascii=False) for row in table))


def _bibtex(path: Path, table: Sequence[Row]) -> None:
    used: set[str] = set()
    places = ({name: value for name, value in row.place.items() if value is not None} for row in table)
    _lines(path, (bibtex.entry(row.paper, used, place) for row, place in zip(table, places, strict=True)))


def _ris(path: Path, table: Sequence[Row]) -> None:
    _lines(path, (ris.entry(row.paper) for row in table))


def _text(path: Path, table: Sequence[Row]) -> None:
    _lines(path, (plain.entry(row.paper) for row in table))


def _lines(path: Path, texts: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(text + "\n" for text in texts)


def _csv(path: Path, table: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=_columns(table))
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.cells.items()} for row in table)


def _cell(value: object) -> object:
    text = "; ".join(value) if isinstance(value, list) else value
    return inert(text) if isinstance(text, str) else text


def inert(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula: an apostrophe goes before what would begin it."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _parquet(path: Path, table: Sequence[Row]) -> None:
    import pyarrow as arrow
    from pyarrow import parquet

    texts = arrow.list_(arrow.string())
    lists = dict.fromkeys(("authors", "keywords", "collections", "notices"), texts)
    types = {**lists, "year": arrow.int16(), "x": arrow.float32(), "y": arrow.float32()}
    schema = arrow.schema([(name, types.get(name, arrow.string())) for name in _columns(table)])
    parquet.write_table(arrow.Table.from_pylist([row.cells for row in table], schema=schema), path)


def _columns(table: Sequence[Row]) -> list[str]:
    return list(table[0].cells) if table else []


WRITERS: Mapping[str, Callable[[Path, Sequence[Row]], None]] = {
    ".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet, ".bib": _bibtex, ".ris": _ris,
    ".txt": _text,
}  # fmt: skip
