"""Labelled sets in the TREC manner: their files, and how well each method ranks by their labels, in percent.

Knows sets and metrics, nothing of libraries or screens. Always true: a set is measured by the code that answers users;
a file that is missing or does not parse is named.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from explorer.errors import ExplorerError
from explorer.evaluation.methods import EvaluationQuery, Method, RankedPapers
from explorer.evaluation.metrics import Grades, means_of, ndcg_of_fifth
from explorer.paper import Paper, Source, make_paper
from explorer.search.ranking import DEFAULT, Weights

_DEPTH = 1000  # ranks that are judged, as TREC does


@dataclass(frozen=True)
class Task:
    """The queries of one file that have grades, and the grades."""

    name: str
    queries: tuple[EvaluationQuery, ...]
    grades: Grades


class LabelledSet(RankedPapers):
    """A folder with corpus.jsonl, queries*.jsonl with qrels*.tsv, and perhaps labels.tsv, each plain or gzipped.

    Raises ExplorerError that names the file when one is missing or does not parse.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        super().__init__(read_papers(folder), encoder)
        self.name = folder.resolve().name
        self.rows = {name: row for row, name in enumerate(self.ids)}
        self._folder = folder

    def tasks(self) -> Iterator[Task]:
        """The tasks of the set, one a file of queries."""
        for file in sorted(self._folder.glob("queries*.jsonl*")):
            name = file.name.partition(".")[0]
            grades: dict[str, dict[str, int]] = {}
            for query, paper, grade, *_ in _table(_file(self._folder, f"{name.replace('queries', 'qrels')}.tsv"))[1:]:
                grades.setdefault(query, {})[paper] = int(float(grade))
            yield Task(name, tuple(query for query in self._queries(file) if query.id in grades), grades)

    def measure(self, method: Method, weights: Weights = DEFAULT) -> dict[str, dict[str, float]]:
        """Metrics by name, in percent, of every task of the set, and of "labels"."""
        measured: dict[str, dict[str, float]] = {}
        for task in self.tasks():
            run = {
                query.id: {self.ids[row]: score for row, score in self.rank(query, method, _DEPTH, weights)}
                for query in task.queries
            }
            grades = {query: task.grades[query] for query in run}
            measured[task.name] = means_of(run, grades)
            pools = {query.id: int(query.among.sum()) for query in task.queries if query.among is not None}
            if run and len(pools) == len(run):
                measured[task.name]["ndcg%20"] = ndcg_of_fifth(run, grades, pools)
        if (self._folder / "labels.tsv").exists() or (self._folder / "labels.tsv.gz").exists():
            measured["labels"] = self._same_labels(method, weights)
        return measured

    def _same_labels(self, method: Method, weights: Weights) -> dict[str, float]:
        """Share of the ten nearest papers that have the label of the paper that is the query."""
        (_, *names), *lines = _table(_file(self._folder, "labels.tsv"))
        labels = {paper: np.array(values) for paper, *values in lines}
        shares = []
        for row, paper in enumerate(self.ids):
            near = self.rank(EvaluationQuery(paper, row=row), method, 10, weights)
            same = [labels[paper] == labels[self.ids[neighbour]] for neighbour, _ in near]
            shares.append(np.mean(same, axis=0) if same else np.zeros(len(names)))
        means = np.mean(shares, axis=0)
        return {f"{name} p@10": round(100 * float(share), 2) for name, share in zip(names, means, strict=True)}

    def _queries(self, file: Path) -> Iterator[EvaluationQuery]:
        for line, record in _records(file):
            among = self._mask(record.get("cands") or record.get("pool"))
            if "doc" not in record:
                yield EvaluationQuery(record["id"], str(record.get("text", "")), among=among)
            elif (row := self.rows.get(str(record["doc"]))) is not None:
                yield EvaluationQuery(record["id"], row=row, among=among)
            else:
                raise ExplorerError(f"{file.name}, line {line}: the paper {record['doc']!r} is not in the corpus")

    def _mask(self, ids: Sequence[object] | None) -> NDArray[np.bool_] | None:
        if not ids:
            return None
        mask = np.zeros(len(self.ids), bool)
        mask[[self.rows[str(name)] for name in ids if str(name) in self.rows]] = True
        return mask


def flat(measured: dict[str, dict[str, float]]) -> dict[str, float]:
    """The metrics of all tasks under one name each: those of the first task plainly, the others with their task."""
    first = next(iter(measured), "")
    return {
        (name if task == first else f"{task} {name}"): value
        for task, metrics in measured.items()
        for name, value in metrics.items()
    }


def read_papers(folder: Path) -> list[Paper]:
    """The papers of a set, in its order; their ids are those of the set."""
    papers = []
    for line, record in _records(_file(folder, "corpus.jsonl")):
        stated = {name: record.get(name) or "" for name in ("title", "abstract", "authors", "year")}
        papers.append(make_paper(Source("corpus.jsonl", line, line, record["id"]), **stated))
    return papers


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise ExplorerError(
        f"{folder} has no {name} (nor {name}.gz); a set needs corpus.jsonl, queries.jsonl and qrels.tsv"
    )


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from file


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers and JSON objects, whose id is a string."""
    for number, line in enumerate(_lines(path), start=1):
        if line.strip():
            try:
                record = json.loads(line)
                yield number, {**record, "id": str(record["id"])}
            except (ValueError, KeyError, TypeError) as error:
                raise ExplorerError(f"{path}, line {number}: not a JSON object with an id ({error})") from error


def _table(path: Path) -> list[list[str]]:
    return [line.rstrip("\n").split("\t") for line in _lines(path) if line.strip()]
