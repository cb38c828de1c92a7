"""What a ranking is worth by grades of relevance, in the TREC manner; the only importer of pytrec_eval.

Knows ids, scores and grades, not papers. Always true: a run is query → paper → score, grades are query → paper → 0 up;
a query that finds nothing has no metrics.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

Run = Mapping[str, Mapping[str, float]]
Grades = Mapping[str, Mapping[str, int]]

_NAMES = {
    "ndcg_cut_10": "ndcg@10", "ndcg_cut_20": "ndcg@20", "map": "map", "recall_10": "recall@10",
    "recall_20": "recall@20", "recall_100": "recall@100", "recip_rank": "mrr", "P_10": "p@10",
}  # fmt: skip


def metrics_of(run: Run, grades: Grades) -> dict[str, dict[str, float]]:
    """Metrics by name, in [0, 1], of each query of a run."""
    import pytrec_eval

    wanted = {re.sub(r"_(\d+)$", r".\1", name) for name in _NAMES}
    measured = pytrec_eval.RelevanceEvaluator(grades, wanted).evaluate(run)
    return {query: {_NAMES[name]: value for name, value in values.items()} for query, values in measured.items()}


def means_of(run: Run, grades: Grades) -> dict[str, float]:
    """Means of the metrics, in percent, and the number of queries."""
    import pytrec_eval

    measured = metrics_of(run, grades)
    means = {
        name: percent([values[name] for values in measured.values()]) for name in next(iter(measured.values()), {})
    }
    if max((grade for papers in grades.values() for grade in papers.values()), default=0) >= 3:
        strict = pytrec_eval.RelevanceEvaluator(grades, {"map"}, relevance_level=2).evaluate(run)
        means["map (grade 2 up)"] = percent([values["map"] for values in strict.values()])
    return {**means, "queries": len(measured)}


def ndcg_of_fifth(run: Run, grades: Grades, pools: Mapping[str, int]) -> float:
    """NDCG%20 of CSFCube (Mysore et al. 2021), in percent: over the first fifth of each pool.

    `pools` are the numbers of candidates. Ranks 1 and 2 are not discounted.
    """
    shares = []
    for query, scores in run.items():
        k = pools[query] // 5
        weights = 1 / np.log2(np.arange(1, k + 1).clip(2))
        ranked = sorted(scores, key=lambda paper: -scores[paper])[:k]
        gains = np.array([grades[query].get(paper, 0) for paper in ranked])
        best = np.array(sorted(grades[query].values(), reverse=True)[:k])
        shares.append((gains @ weights[: len(gains)]) / max(best @ weights[: len(best)], 1e-9))
    return percent(shares)


def percent(shares: list[float]) -> float:
    """The mean of shares in percent, to two places."""
    return round(100 * float(np.mean(shares)), 2)
