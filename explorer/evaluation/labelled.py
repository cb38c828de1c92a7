"""How well search works, measured: labelled sets in the TREC manner, by the code that answers users.

Holds sets, methods and metrics; knows nothing of libraries or screens. Always true: the paper that asks is never among
its own results; where a query names its candidates only they are ranked; metrics come from pytrec_eval, in percent.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.cache import VectorCache
from embeddings.encoder import Encoder
from embeddings.index import VectorIndex
from explorer.errors import ExplorerError
from explorer.index.build import NEAREST
from explorer.paper import Paper, Source, embedding_text, make_paper
from explorer.search import bm25
from explorer.search.ranking import DEFAULT, Corpus, Probe, Weights, rank, top_rows

_DEPTH = 1000  # ranks that are judged, as TREC does
_METRICS = ("ndcg_cut.10", "ndcg_cut.20", "map", "recall.10", "recall.20", "recall.100", "recip_rank", "P.10")
_NAMES = {
    "ndcg_cut_10": "ndcg@10", "ndcg_cut_20": "ndcg@20", "map": "map", "recall_10": "recall@10",
    "recall_20": "recall@20", "recall_100": "recall@100", "recip_rank": "mrr", "P_10": "p@10",
}  # fmt: skip


class Method(StrEnum):
    """What is measured: words alone, vectors alone, or what users get."""

    BM25 = "bm25"
    VECTORS = "vectors"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Question:
    """One query: a text, or the row of the paper that asks; `among` (n,) bool are the candidates, None for all."""

    id: str
    text: str = ""
    row: int | None = None
    among: NDArray[np.bool_] | None = None


class LabelledSet:
    """A folder with corpus.jsonl, queries*.jsonl with qrels*.tsv, and perhaps labels.tsv, each plain or gzipped.

    Raises ExplorerError that names the file when one is missing or does not parse.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.name = folder.resolve().name
        self._folder = folder
        self._encoder = VectorCache(encoder, keep=None)  # of the questions, which every method asks again
        self.papers = [_paper(record, line) for line, record in _records(_file(folder, "corpus.jsonl"))]
        self.ids = [paper.id for paper in self.papers]
        self._rows = {name: row for row, name in enumerate(self.ids)}
        self.index = VectorIndex.build(encoder.encode([embedding_text(paper) for paper in self.papers]))
        self.neighbours = self.index.neighbours(NEAREST)[0].astype(np.int32)
        texts = ((row, p.title, p.abstract, " ".join(p.authors)) for row, p in enumerate(self.papers))
        self.bm25 = bm25.build(np.arange(len(self.papers), dtype=np.int64), texts)

    def measure(self, method: Method, weights: Weights = DEFAULT) -> dict[str, dict[str, float]]:
        """Metrics by name, in percent, of every task of the set: its query files, and "labels"."""
        tasks: dict[str, dict[str, float]] = {}
        for file in sorted(self._folder.glob("queries*.jsonl*")):
            name = file.name.partition(".")[0]
            relevant = self._relevant(name)
            questions = [question for question in self._questions(file) if question.id in relevant]
            run = {question.id: self._run(question, method, weights) for question in questions}
            judged = {question: relevant[question] for question in run}
            tasks[name] = _judged(run, judged)
            pools = {one.id: int(one.among.sum()) for one in questions if one.among is not None}
            if run and len(pools) == len(questions):
                tasks[name]["ndcg%20"] = _ndcg_of_fifth(run, judged, pools)
        if (self._folder / "labels.tsv").exists() or (self._folder / "labels.tsv.gz").exists():
            tasks["labels"] = self._same_labels(method, weights)
        return tasks

    # ------------------------------------------------------------------------------------------------ ranking

    def rank(self, question: Question, method: Method, k: int, weights: Weights = DEFAULT) -> list[tuple[int, float]]:
        """Rows and scores, best first."""
        own = () if question.row is None else (question.row,)
        among = np.ones(len(self.ids), bool) if question.among is None else question.among.copy()
        among[list(own)] = False
        if method is Method.VECTORS:
            found, similarities = self.index.search(self._vector(question)[None, :], k, among)
            return list(zip(found[0].tolist(), similarities[0].tolist(), strict=True))
        text = question.text if question.row is None else embedding_text(self.papers[question.row])
        scores = self.bm25.query(text)
        words = scores.scores
        if method is Method.BM25:
            rows = top_rows(words, k, among & (words > 0))
            return list(zip(rows.tolist(), words[rows].tolist(), strict=True))
        probe = Probe(self._vector(question), words, scores.bound, own, scores.name)
        corpus = Corpus(self.index, self.neighbours, np.zeros(0, np.float32))
        hits = rank(corpus, probe, allowed=among, weights=weights).hits(k)
        return [(hit.row, float(k - place)) for place, hit in enumerate(hits)]

    def _vector(self, question: Question) -> NDArray[np.float32]:
        if question.row is not None:
            vectors: NDArray[np.float32] = self.index.vectors()
            return np.asarray(vectors[question.row])
        return self._encoder.encode_query(question.text)

    def _run(self, question: Question, method: Method, weights: Weights) -> dict[str, float]:
        return {self.ids[row]: score for row, score in self.rank(question, method, _DEPTH, weights)}

    def _same_labels(self, method: Method, weights: Weights) -> dict[str, float]:
        """Share of the ten nearest papers that have the label of the paper that asks."""
        columns = list(_table(_file(self._folder, "labels.tsv")))
        names = columns[0][1:]
        labels = {row[0]: row[1:] for row in columns[1:]}
        shares = []
        for row in range(len(self.ids)):
            near = self.rank(Question(self.ids[row], row=row), method, 10, weights)
            own = labels[self.ids[row]]
            same = [[a == b for a, b in zip(own, labels[self.ids[other]], strict=True)] for other, _ in near]
            shares.append(np.mean(same, axis=0) if same else np.zeros(len(names)))
        return {
            f"{name} p@10": round(100 * float(share), 2)
            for name, share in zip(names, np.mean(shares, axis=0), strict=True)
        }

    # -------------------------------------------------------------------------------------------------- files

    def _questions(self, file: Path) -> Iterator[Question]:
        for line, record in _records(file):
            among = record.get("cands") or record.get("pool")
            if "doc" in record:
                row = self._rows.get(str(record["doc"]))
                if row is None:
                    raise ExplorerError(f"{file.name}, line {line}: the paper {record['doc']!r} is not in the corpus")
                yield Question(str(record["id"]), row=row, among=self._mask(among))
            else:
                yield Question(str(record["id"]), str(record.get("text", "")), among=self._mask(among))

    def _mask(self, ids: Sequence[object] | None) -> NDArray[np.bool_] | None:
        if not ids:
            return None
        mask = np.zeros(len(self.ids), bool)
        mask[[self._rows[str(name)] for name in ids if str(name) in self._rows]] = True
        return mask

    def _relevant(self, queries: str) -> dict[str, dict[str, int]]:
        relevant: dict[str, dict[str, int]] = {}
        for query, paper, grade, *_ in list(_table(_file(self._folder, f"{queries.replace('queries', 'qrels')}.tsv")))[
            1:
        ]:
            relevant.setdefault(query, {})[paper] = int(float(grade))
        return relevant


def flat(tasks: dict[str, dict[str, float]]) -> dict[str, float]:
    """The metrics of all tasks under one name each: those of the first task plainly, the others with their task."""
    first = next(iter(tasks), "")
    return {
        (name if task == first else f"{task} {name}"): value
        for task, metrics in tasks.items()
        for name, value in metrics.items()
    }


def judged(run: dict[str, dict[str, float]], relevant: dict[str, dict[str, int]]) -> dict[str, dict[str, float]]:
    """Metrics by name, in [0, 1], of each query of a `run` (query → paper → score), by grades (query → paper → 0…)."""
    import pytrec_eval

    found = pytrec_eval.RelevanceEvaluator(relevant, set(_METRICS)).evaluate(run)
    return {query: {_NAMES[name]: value for name, value in scores.items()} for query, scores in found.items()}


def _judged(run: dict[str, dict[str, float]], relevant: dict[str, dict[str, int]]) -> dict[str, float]:
    import pytrec_eval

    found = judged(run, relevant)
    means = {
        name: round(100 * float(np.mean([scores[name] for scores in found.values()])), 2)
        for name in next(iter(found.values()), {})
    }
    if max((grade for grades in relevant.values() for grade in grades.values()), default=0) >= 3:
        strict = pytrec_eval.RelevanceEvaluator(relevant, {"map"}, relevance_level=2).evaluate(run)
        means["map (grade 2 up)"] = round(100 * float(np.mean([scores["map"] for scores in strict.values()])), 2)
    return {**means, "queries": len(found)}


def _ndcg_of_fifth(
    run: dict[str, dict[str, float]], relevant: dict[str, dict[str, int]], pools: dict[str, int]
) -> float:
    """NDCG%20 of CSFCube (Mysore et al. 2021): over the first fifth of each pool; ranks 1 and 2 are not discounted."""
    shares = []
    for question, scores in run.items():
        k = pools[question] // 5
        weights = 1 / np.log2(np.arange(1, k + 1).clip(2))
        grades = relevant[question]
        gains = np.array([grades.get(paper, 0) for paper in sorted(scores, key=lambda one: -scores[one])[:k]])
        best = np.array(sorted(grades.values(), reverse=True)[:k])
        shares.append((gains @ weights[: len(gains)]) / max(best @ weights[: len(best)], 1e-9))
    return round(100 * float(np.mean(shares)), 2)


def _paper(record: dict[str, Any], line: int) -> Paper:
    given = {name: record.get(name) or "" for name in ("title", "abstract", "authors", "year")}
    return make_paper(Source("corpus.jsonl", line, line, str(record["id"])), **given)


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
    for number, line in enumerate(_lines(path), start=1):
        if line.strip():
            try:
                record = json.loads(line)
                yield number, {**record, "id": str(record["id"])}
            except (ValueError, KeyError, TypeError) as error:
                raise ExplorerError(f"{path}, line {number}: not a JSON object with an id ({error})") from error


def _table(path: Path) -> Iterator[list[str]]:
    return (line.rstrip("\n").split("\t") for line in _lines(path) if line.strip())
