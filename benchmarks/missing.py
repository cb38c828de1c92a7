"""How many hidden citations come back: a fifth of what a paper cites is hidden, the rest is its bibliography.

    python benchmarks/missing.py SET [--drafts 50] [--seeds 5] [--keep FOLDER]

SET is a folder with corpus.jsonl, queries*.jsonl and qrels*.tsv whose grades from 2 up are citations (or what experts
would cite); papers (or questions) with five of them or more are drafts. Prints recall@20 of the hidden ones, mean and
spread over the seeds, for BM25, for the encoder alone, and for `Library.missing` without and with the known citations;
then the same for drafts of five texts joined, where the first rows take the text whole. The paper that asks stays in
the library, but is never suggested. --keep remembers the vectors there: encoding takes most of the time.

What it measured, in recall@20 (November 2026). Ways to join the five passages of a draft (CACM): maximum 29 to 30 %,
mean of the two best 26, mean 14, reciprocal ranks 10 to 27, one vector for the whole draft 10. What is cited raised it
from 48 to 53 % (CACM), 62 to 63 (Cranfield), 64 to 64 (CSFCube), and in drafts of five texts from 30 to 30, 18 to 24
and 27 to 31; the nearest cited paper alone gave up to 5 points less than the soft maximum, the mean of them 0 to 3.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.cache import VectorCache
from embeddings.encoder import BundledEncoder
from explorer.evaluation.labelled import LabelledSet
from explorer.evaluation.methods import EvaluationQuery, Method
from explorer.library import Library
from explorer.paper import embedding_text

_K = 20
_HIDDEN = 0.2
_LEAST = 5  # citations that a draft needs to be one
_JOINED = 5


Citing = tuple[EvaluationQuery, list[int]]
"""A query, and the rows of the papers it cites."""


@dataclass(frozen=True)
class Draft:
    """Paragraphs, the rows of the papers they are (never found), what they cite and what is hidden of it."""

    texts: tuple[str, ...]
    own: tuple[int, ...]
    cited: tuple[int, ...]
    hidden: tuple[int, ...]
    among: NDArray[np.bool_] | None  # candidates (n,), None for all


def drafts(queries: Sequence[Citing], texts: dict[str, str], number: int, joined: int, seed: int) -> list[Draft]:
    """`number` drafts of `joined` texts each, every text once while they last."""
    random = np.random.default_rng(seed)
    order = np.concatenate([random.permutation(len(queries)) for _ in range(1 + number * joined // len(queries))])
    made = []
    for start in range(0, number * joined, joined):
        chosen = [queries[i] for i in dict.fromkeys(order[start : start + joined].tolist())]
        own = tuple(query.row for query, _ in chosen if query.row is not None)
        cited: set[int] = set()
        hidden: set[int] = set()
        for _, links in chosen:
            shuffled = random.permutation(links).tolist()
            least = max(1, round(_HIDDEN * len(links)))
            hidden |= set(shuffled[:least])
            cited |= set(shuffled[least:])
        hidden -= cited | set(own)
        masks = [query.among for query, _ in chosen if query.among is not None]
        if hidden:
            among = np.logical_or.reduce(masks) if masks else None
            paragraphs = tuple(texts[query.id] for query, _ in chosen)
            made.append(Draft(paragraphs, own, tuple(sorted(cited - set(own))), tuple(sorted(hidden)), among))
    return made


def recalls(draft: Draft, labelled: LabelledSet, library: Library, rows: NDArray[np.int64]) -> dict[str, float]:
    """Recall@20 of the hidden citations by method; `rows` (n,) are the library's rows in the order of the set."""
    among = np.ones(len(labelled.ids), bool) if draft.among is None else draft.among.copy()
    among[[*draft.own, *draft.cited]] = False
    text = "\n\n".join(draft.texts)
    whole = EvaluationQuery(text, text, among=among)
    ranked = {
        "BM25": [row for row, _ in labelled.rank(whole, Method.BM25, _K)],
        "encoder alone": [row for row, _ in labelled.rank(whole, Method.VECTORS, _K)],
        "search": [row for row, _ in labelled.rank(whole, Method.DEFAULT, _K)],
    }
    recall = {name: float(np.isin(draft.hidden, ids).mean()) for name, ids in ranked.items()}
    closed = set(rows[~among].tolist())  # also records that the library has merged with one of those
    candidates = [paper.id for paper in library.snapshot.papers(sorted(set(rows[among].tolist()) - closed))]
    names = [labelled.ids[row] for row in draft.cited]
    for name, cited in (("missing, citations unknown", []), ("missing", names)):
        suggestions = library.drafts.missing(text, cited, _K, among=candidates, sentences=False).suggestions
        recall[name] = float(np.isin(rows[list(draft.hidden)], [one.result.row for one in suggestions]).mean())
    return recall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--drafts", type=int, default=50)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    encoder = VectorCache(BundledEncoder(), keep=None, folder=options.keep)
    labelled = LabelledSet(options.set, encoder)
    queries = citing(labelled)
    texts = {q.id: q.text if q.row is None else embedding_text(labelled.papers[q.row]) for q, _ in queries}
    with tempfile.TemporaryDirectory() as folder, Library.open(folder, encoder=encoder) as library:
        library.add(labelled.papers)
        rows = np.array([library.snapshot.row(library.snapshot.paper(name).id) for name in labelled.ids], np.int64)
        for joined in (1, _JOINED):
            runs = [drafts(queries, texts, options.drafts, joined, seed) for seed in range(options.seeds)]
            _print(labelled, runs, [[recalls(one, labelled, library, rows) for one in run] for run in runs], joined)


def _print(
    labelled: LabelledSet, runs: Sequence[list[Draft]], found: Sequence[list[dict[str, float]]], joined: int
) -> None:
    hidden = np.mean([len(draft.hidden) for run in runs for draft in run])
    kind = f"{len(runs[0])} drafts of {joined} text{'s' * (joined > 1)}"
    print(f"{labelled.name}: {kind}, {len(runs)} seeds, {hidden:.1f} citations hidden of each; recall@{_K}, %")
    for name in found[0][0]:
        means = [100 * np.mean([one[name] for one in run]) for run in found]
        print(f"  {name:28} {np.mean(means):5.1f} ± {np.std(means):.1f}", flush=True)


def citing(labelled: LabelledSet) -> list[Citing]:
    """Queries with at least five links, each with the rows it is linked to."""
    queries = []
    for task in labelled.tasks():
        for query in task.queries:
            cited = {labelled.rows[paper] for paper, grade in task.grades[query.id].items() if grade >= 2}
            links = sorted(cited - {query.row})
            if len(links) >= _LEAST and (query.text or labelled.papers[query.row or 0].abstract):
                queries.append((query, links))
    return queries


if __name__ == "__main__":
    main()
