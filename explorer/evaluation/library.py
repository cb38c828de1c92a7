"""How well search, index and map work on the user's own library, measured without labels.

Holds what is measured and the words for it; knows `Library` by its verbs, writes nothing into it. Always true: figures
are means in percent over a random sample drawn from a seed, each with its sample's size and standard error; what cannot
be measured here is left out with its reason; the time is bounded, however big the library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from embeddings.encoder import Encoder
from embeddings.vectors import exact_top
from explorer.errors import LibraryError
from explorer.evaluation.map_quality import NEIGHBOURS, preservation
from explorer.evaluation.methods import EvaluationQuery, Method, RankedPapers
from explorer.evaluation.metrics import metrics_of
from explorer.evaluation.topic_quality import compactness, label_figures
from explorer.library import Library
from explorer.library.report import Progress, Step
from explorer.map.concordance import Concordance
from explorer.map.trust import UNKNOWN, crowd, in_order
from explorer.paper import Paper, embedding_text
from explorer.store import HIDDEN, LIKED, TO_READ, Kind

# Of 11,196 papers: 40 s of one core for gathering, words and neighbours, and 0.1 s more for each paper of the sample.
# The standard error of a share near one half is then 3.5 points, of one near nine tenths 2.
_SAMPLE = 200
_CORPUS = 10_000  # papers that titles are searched among: words of more would take minutes to gather
_SEARCHES = 100  # papers whose neighbours come from the whole search, at some 15 ms each
_MAPPED = 20_000_000  # similarities that are ranked for the map: 2,000 papers of 10,000, some 4 s
_FEW = 5  # papers in a collection worth asking about
_BATCH = 64  # texts embedded between two reports of progress
_STANDING = (LIKED, TO_READ, HIDDEN)  # these say what the user thinks of papers, not what they are about

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean in percent over `sample` papers with its standard error; `chance`: what no skill at all would give."""

    task: str
    method: str
    name: str
    value: float
    error: float
    sample: int
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class LibraryFigures:
    """What was measured on a library; `left_out` are the tasks that could not be, each with the reason."""

    papers: int
    figures: tuple[Figure, ...]
    left_out: tuple[str, ...]


MEANS: Mapping[str, str] = {
    "title to abstract": "a paper is sought by its title among the others, its own text being only its abstract",
    "same folder": "of the ten papers nearest to a paper, how many are in a folder with it",
    "same collection": "of the ten papers nearest to a paper, how many are in a collection of yours with it",
    "same tag": "of the ten papers nearest to a paper, how many have a tag in common with it",
    "index": "of the ten nearest by comparing with every vector in numpy, how many the index finds",
    "topics": "of the ten nearest dots on the map, how many are of the same topic",
    "labels": "how many of a topic's papers hold its label, and of the twenty nearest to it alone are the topic's",
    "map": "how truly the map shows who is near: trustworthiness is lost by false neighbours, recall by missing ones; "
    "of the nearest papers of each, how many are among the dots around it; which of two papers is nearer to a third",
}


def measure(library: Library, encoder: Encoder, *, seed: int = 0, progress: Progress | None = None) -> LibraryFigures:
    """Measure a library with the encoder it was made with; under a minute for 10,000 papers on two cores.

    Raises LibraryError when nothing is built yet, or papers wait for their vectors.
    """
    if coverage := library.snapshot.arrays.coverage:
        raise LibraryError(f"papers wait for their vectors ({coverage.words}); first run: explorer build")
    measurement = _Measurement(library, encoder, seed, progress or (lambda step: None))
    measurement.titles()
    measurement.marks()
    measurement.index()
    measurement.map()
    measurement.topics()
    left_out = "citations: the library keeps none, so papers that cite one another cannot be asked about"
    return LibraryFigures(len(measurement.papers), tuple(measurement.figures), (*measurement.left_out, left_out))


class _Measurement:
    """The tasks, one after the other, on one sequence of random numbers."""

    def __init__(self, library: Library, encoder: Encoder, seed: int, tell: Progress) -> None:
        self.papers = library.snapshot.papers()
        self.figures: list[Figure] = []
        self.left_out: list[str] = []
        self._library = library
        self._index = library.snapshot.arrays.index
        self._vectors: NDArray[np.float32] = self._index.vectors()
        self._encoder = encoder
        self._random = np.random.default_rng(seed)
        self._tell = tell

    def _add(self, task: str, method: str, name: str, shares: ArrayLike, chance: float | None = None) -> None:
        percent = 100 * np.asarray(shares, np.float64)
        error = float(percent.std(ddof=1) / np.sqrt(len(percent))) if len(percent) > 1 else 0.0
        rounded = None if chance is None else round(100 * chance, 2)
        mean = round(float(percent.mean()), 2)
        self.figures.append(Figure(task, method, name, mean, round(error, 2), len(percent), rounded))

    # ----------------------------------------------------------------------------------------- title to abstract

    def titles(self) -> None:
        """Each paper of a sample is searched by its title, in the whole corpus, where it has none."""
        rows = np.array([row for row, paper in enumerate(self.papers) if paper.title and paper.abstract], np.int64)
        if len(rows) < 2:
            self.left_out.append("title to abstract: fewer than two papers have both")
            return
        sample = self._random.permutation(rows)[:_SAMPLE]
        others = self._random.permutation(np.setdiff1d(np.arange(len(self.papers)), sample))
        corpus = np.sort(np.concatenate([sample, others[: max(0, _CORPUS - len(sample))]]))
        titles = {str(row): self.papers[row].title for row in sample.tolist()}
        papers = [replace(self.papers[row], id=str(row), authors=()) for row in corpus.tolist()]
        papers = [replace(paper, title="") if paper.id in titles else paper for paper in papers]
        ranked = RankedPapers(papers, self._encoder, self._with_abstracts(papers, corpus, sample))
        for place, method in enumerate(Method):
            self._tell(Step("Searching by titles", place, len(Method), place / len(Method)))
            run = {
                name: {ranked.ids[row]: score for row, score in ranked.rank(EvaluationQuery(name, title), method, 100)}
                for name, title in titles.items()
            }
            metrics = metrics_of(run, {name: {name: 1} for name in titles})
            for metric in ("ndcg@10", "mrr", "recall@10"):
                # A query that finds nothing at all has no metrics, and counts as nought.
                shares = [metrics.get(name, {}).get(metric, 0.0) for name in titles]
                self._add("title to abstract", method.value, metric, shares)

    def _with_abstracts(self, papers: Sequence[Paper], corpus: Rows, sample: Rows) -> NDArray[np.float32]:
        """The vectors of `papers`, which are the rows `corpus`; those of the `sample` have lost their titles."""
        vectors = self._vectors[corpus]
        texts = {row: embedding_text(papers[row]) for row in np.flatnonzero(np.isin(corpus, sample)).tolist()}
        shortest_first = sorted(texts, key=lambda row: len(texts[row]))
        for start in range(0, len(texts), _BATCH):
            self._tell(Step("Embedding", start, len(texts), start / len(texts)))
            batch = shortest_first[start : start + _BATCH]
            vectors[batch] = self._encoder.encode([texts[row] for row in batch])
        return vectors

    # --------------------------------------------------------------------------------------- the same collection

    def marks(self) -> None:
        """Whether the nearest papers of a paper share a folder, collection or tag with it."""
        for kind in (Kind.FOLDER, Kind.COLLECTION, Kind.TAG):
            groups = [
                rows
                for name, rows in self._library.marks.members(kind).items()
                if len(rows) >= _FEW and not (kind is Kind.COLLECTION and name in _STANDING)
            ]
            task = f"same {kind.value}"
            if not groups:
                self.left_out.append(f"{task}: no {kind.value} has {_FEW} papers or more")
                continue
            self._tell(Step(f"Asking for the {task}", 0, 1, 0.0))
            belongs = _memberships(groups, len(self.papers))
            rows = self._random.permutation(np.unique(np.concatenate(groups)))[:_SAMPLE]
            nearest, _ = self._index.search(self._vectors[rows], min(11, len(self._index)))
            near = [some[some != row][:10] for row, some in zip(rows, nearest, strict=True)]
            self._add_shares(task, "vectors", belongs, rows, near)
            rows = rows[:_SEARCHES]
            results = [self._library.similar(self.papers[row].id, 10) for row in rows.tolist()]
            near = [np.array([result.row for result in some], np.int64) for some in results]
            self._add_shares(task, "default", belongs, rows, near)

    def _add_shares(self, task: str, method: str, belongs: csr_array, rows: Rows, near: Sequence[Rows]) -> None:
        """Share of `near` that has a group in common with each of `rows`; by chance: of all other papers."""
        shares, chances = [], []
        for row, neighbours in zip(rows.tolist(), near, strict=True):
            together = np.asarray((belongs @ belongs[[row]].T).todense()).ravel() > 0
            shares.append(float(together[neighbours].mean()) if len(neighbours) else 0.0)
            chances.append((together.sum() - 1) / max(1, len(self.papers) - 1))
        self._add(task, method, "among 10 nearest", shares, float(np.mean(chances)))

    # --------------------------------------------------------------------------------------------- index and map

    def index(self) -> None:
        """How many of the ten nearest the index finds."""
        self._tell(Step("Comparing with every vector", 0, 1, 0.0))
        k = min(10, len(self.papers))
        rows = self._random.permutation(len(self.papers))[:_SEARCHES]
        nearest, _ = self._index.search(self._vectors[rows], k)
        shares = []
        for row, near in zip(rows.tolist(), nearest, strict=True):
            exact, similarities = exact_top(self._vectors, self._vectors[row], k)
            # Of papers with the very same similarity any may be the tenth.
            level = self._vectors[near] @ self._vectors[row] >= similarities[-1] - 1e-6
            shares.append(float((np.isin(near, exact) | level).mean()))
        self._add("index", "vectors", f"recall@{k}", shares)

    def map(self) -> None:
        """How much of the neighbourhoods the map keeps."""
        count = len(self.papers)
        k = min(NEIGHBOURS, (count - 1) // 2)
        if k < 1:
            self.left_out.append("map: it needs three papers to be right or wrong about neighbours")
            return
        self._tell(Step("Looking at the map", 0, 1, 0.0))
        rows = self._random.permutation(count)[: max(50, _MAPPED // count)]
        trust, recall = preservation(self._vectors, self._library.map, rows, k)
        self._add("map", "map", f"trustworthiness@{k}", trust)
        self._add("map", "map", f"recall@{k}", recall)
        arrays = self._library.snapshot.arrays
        shares = arrays.trust[arrays.trust != UNKNOWN]
        self._add("map", "map", f"nearest {arrays.neighbours.shape[1]} among {crowd(count)} dots", shares / 100)
        if len(ordered := in_order(self._vectors, self._library.map)):
            self._add("map", "map", "triplets in order", ordered, 0.5)

    def topics(self) -> None:
        """How much of one piece the topics of each level are, and how well their labels name them."""
        count, levels = len(self.papers), self._library.topics.levels
        if count < 2 or not levels:
            self.left_out.append("topics: they need two papers")
            return
        self._tell(Step("Searching by labels", 0, 1, 0.0))
        rows = np.sort(self._random.permutation(count)[:_CORPUS])
        texts = Concordance([embedding_text(self.papers[row]) for row in rows.tolist()])
        for level in levels:
            method = str(len(level.labels))  # a level goes by the number of its topics
            self._add("topics", method, "of one piece", compactness(self._library.map, level.assignment, rows))
            figures = label_figures(
                level.labels, level.assignment[rows], texts, self._vectors[rows], self._encoder.encode_query
            )
            self._add("labels", method, "cover", figures.cover)
            self._add("labels", method, "nearest 20", figures.sought)


def _memberships(groups: Sequence[Rows], count: int) -> csr_array:
    """Which of `count` papers is in which group, (count, groups)."""
    rows = np.concatenate(groups)
    columns = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=(count, len(groups)))
