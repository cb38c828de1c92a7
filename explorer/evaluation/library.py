"""How well search, index and map work on the user's own library, measured without labels.

Holds what is measured and the words for it; knows `Library` by its verbs, writes nothing into it. Always true: figures
are means in percent over a random sample drawn from a seed, each with its sample's size and standard error; what cannot
be measured here is left out with its reason; the time is bounded, however big the library.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from embeddings.cache import VectorCache
from embeddings.encoder import Encoder
from embeddings.vectors import exact_top
from explorer.evaluation.labelled import LabelledSet, Method, Question, judged
from explorer.evaluation.map_quality import NEIGHBOURS, kept
from explorer.library import Library
from explorer.library.report import Progress, Step
from explorer.paper import Paper, embedding_text
from explorer.store import HIDDEN, LIKED, TO_READ, Kind

# Of 11,196 papers: 40 s of one core for gathering, words and neighbours, and 0.1 s more for each paper of the sample.
# The standard error of a share near one half is then 3.5 points, of one near nine tenths 2.
_SAMPLE = 200
_CORPUS = 10_000  # papers that titles are searched among: words of more would take minutes to gather
_ASKED = 100  # papers whose neighbours are asked of the whole search, at some 15 ms each
_MAPPED = 20_000_000  # similarities that are ranked for the map: 2,000 papers of 10,000, some 4 s
_FEW = 5  # papers in a collection worth asking about
_BATCH = 64  # texts embedded between two tellings
_STANDING = (LIKED, TO_READ, HIDDEN)  # these say what the user thinks of papers, not what they are about


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
class Check:
    """What was measured; `left_out` says of what could not be why."""

    papers: int
    figures: tuple[Figure, ...]
    left_out: tuple[str, ...]


MEANS: Mapping[str, str] = {
    "title to abstract": "a paper is sought by its title among the others, its own text being only its abstract",
    "same folder": "of the ten papers nearest to a paper, how many are in a folder with it",
    "same collection": "of the ten papers nearest to a paper, how many are in a collection of yours with it",
    "same tag": "of the ten papers nearest to a paper, how many have a tag in common with it",
    "index": "of the ten nearest by comparing with every vector in numpy, how many the index finds",
    "map": "how truly the map shows who is near: trustworthiness is lost by false neighbours, recall by missing ones",
}


def measure(library: Library, encoder: Encoder, *, seed: int = 0, progress: Progress | None = None) -> Check:
    """Measure a library with the encoder it was made with; under a minute for 10,000 papers on two cores.

    Raises LibraryError when nothing is built yet.
    """
    tell = progress or (lambda step: None)
    random = np.random.default_rng(seed)
    papers = library.snapshot.papers()
    figures: list[Figure] = []
    left_out: list[str] = []
    for task in (_titles, _collections, _index, _map):
        found = task(library, papers, encoder, random, tell)
        figures += [one for one in found if isinstance(one, Figure)]
        left_out += [one for one in found if isinstance(one, str)]
    left_out.append("citations: the library keeps none, so papers that cite one another cannot be asked about")
    return Check(len(papers), tuple(figures), tuple(left_out))


def _figure(
    task: str, method: str, name: str, values: Sequence[float] | NDArray[np.float64], chance: float | None = None
) -> Figure:
    found = 100 * np.asarray(values, np.float64)
    error = float(found.std(ddof=1) / np.sqrt(len(found))) if len(found) > 1 else 0.0
    rounded = None if chance is None else round(100 * chance, 2)
    return Figure(task, method, name, round(float(found.mean()), 2), round(error, 2), len(found), rounded)


_Found = list[Figure | str]


# --------------------------------------------------------------------------------------------- title to abstract


def _titles(
    library: Library, papers: Sequence[Paper], encoder: Encoder, random: np.random.Generator, tell: Progress
) -> _Found:
    whole = np.array([row for row, paper in enumerate(papers) if paper.title and paper.abstract], np.int64)
    if len(whole) < 2:
        return ["title to abstract: fewer than two papers have both"]
    sample = random.permutation(whole)[:_SAMPLE]
    others = random.permutation(np.setdiff1d(np.arange(len(papers)), sample))[: max(0, _CORPUS - len(sample))]
    vectors = library.snapshot.arrays.index.vectors()
    cache = VectorCache(encoder, keep=None)
    cache.put({embedding_text(papers[row]): vectors[row] for row in others})
    untitled = sorted({embedding_text(replace(papers[row], title="")) for row in sample}, key=len)
    for start in range(0, len(untitled), _BATCH):
        tell(Step("Embedding", start, len(untitled), start / len(untitled)))
        cache.encode(untitled[start : start + _BATCH])
    asked = {str(row): papers[row].title for row in sample.tolist()}
    with tempfile.TemporaryDirectory(prefix="explorer-") as folder:
        records = [
            {"id": str(row), "title": "" if str(row) in asked else papers[row].title, "abstract": papers[row].abstract}
            for row in sorted((*sample.tolist(), *others.tolist()))
        ]
        (Path(folder) / "corpus.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in records))
        return [*_searched(LabelledSet(Path(folder), cache), asked, tell)]


def _searched(searched: LabelledSet, asked: Mapping[str, str], tell: Progress) -> list[Figure]:
    figures: list[Figure] = []
    relevant = {name: {name: 1} for name in asked}
    for place, method in enumerate(Method):
        tell(Step("Searching by titles", place, len(Method), place / len(Method)))
        run = {
            name: {searched.ids[row]: score for row, score in searched.rank(Question(name, title), method, 100)}
            for name, title in asked.items()
        }
        scores = judged(run, relevant)
        for name in ("ndcg@10", "mrr", "recall@10"):
            # A question that finds nothing at all has no scores, and counts as nought.
            values = [scores.get(one, {}).get(name, 0.0) for one in asked]
            figures.append(_figure("title to abstract", method.value, name, values))
    return figures


# ------------------------------------------------------------------------------------------- the same collection


def _collections(
    library: Library, papers: Sequence[Paper], encoder: Encoder, random: np.random.Generator, tell: Progress
) -> _Found:
    found: _Found = []
    for kind in (Kind.FOLDER, Kind.COLLECTION, Kind.TAG):
        groups = [
            rows
            for name, rows in library.marks.members(kind).items()
            if len(rows) >= _FEW and not (kind is Kind.COLLECTION and name in _STANDING)
        ]
        if not groups:
            found.append(f"same {kind.value}: no {kind.value} has {_FEW} papers or more")
            continue
        tell(Step(f"Asking for the same {kind.value}", 0, 1, 0.0))
        belongs = _belonging(groups, len(papers))
        rows = random.permutation(np.unique(np.concatenate(groups)))[:_SAMPLE]
        near = [near[near != row][:10] for row, near in zip(rows, _nearest(library, rows), strict=True)]
        found += _shares(f"same {kind.value}", "vectors", belongs, rows, near)
        rows = rows[:_ASKED]
        near = [
            np.array([result.row for result in library.similar(papers[row].id, 10)], np.int64) for row in rows.tolist()
        ]
        found += _shares(f"same {kind.value}", "default", belongs, rows, near)
    return found


def _nearest(library: Library, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The eleven rows nearest to each of `rows`, itself mostly first, (m, 11) or fewer."""
    index = library.snapshot.arrays.index
    return index.search(index.vectors()[rows], min(11, len(index)))[0]


def _belonging(groups: Sequence[NDArray[np.int64]], count: int) -> csr_array:
    """Which of `count` papers is in which group, (count, groups)."""
    rows = np.concatenate(groups)
    columns = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=(count, len(groups)))


def _shares(
    task: str, method: str, belongs: csr_array, rows: NDArray[np.int64], near: Sequence[NDArray[np.int64]]
) -> list[Figure]:
    """Share of `near` that has a group in common with each of `rows`; by chance: of all other papers."""
    shares, chances = [], []
    for row, found in zip(rows.tolist(), near, strict=True):
        together = np.asarray((belongs @ belongs[[row]].T).todense()).ravel() > 0
        shares.append(float(together[found].mean()) if len(found) else 0.0)
        chances.append((together.sum() - 1) / max(1, belongs.shape[0] - 1))
    return [_figure(task, method, "among 10 nearest", shares, float(np.mean(chances)))]


# ------------------------------------------------------------------------------------------------- index and map


def _index(
    library: Library, papers: Sequence[Paper], encoder: Encoder, random: np.random.Generator, tell: Progress
) -> _Found:
    tell(Step("Comparing with every vector", 0, 1, 0.0))
    index, k = library.snapshot.arrays.index, min(10, len(papers))
    vectors = index.vectors()
    rows = random.permutation(len(papers))[:_ASKED]
    found, _ = index.search(vectors[rows], k)
    shares = []
    for row, near in zip(rows.tolist(), found, strict=True):
        exact, similarities = exact_top(vectors, vectors[row], k)
        # Of papers with the very same similarity any may be the tenth.
        level = vectors[near] @ vectors[row] >= similarities[-1] - 1e-6
        shares.append(float((np.isin(near, exact) | level).mean()))
    return [_figure("index", "vectors", f"recall@{k}", shares)]


def _map(
    library: Library, papers: Sequence[Paper], encoder: Encoder, random: np.random.Generator, tell: Progress
) -> _Found:
    k = min(NEIGHBOURS, (len(papers) - 1) // 2)
    if k < 1:
        return ["map: it needs three papers to be right or wrong about neighbours"]
    tell(Step("Looking at the map", 0, 1, 0.0))
    rows = random.permutation(len(papers))[: max(50, _MAPPED // len(papers))]
    trust, recall = kept(library.snapshot.arrays.index.vectors(), library.map, rows, k)
    return [_figure("map", "map", f"trustworthiness@{k}", trust), _figure("map", "map", f"recall@{k}", recall)]
