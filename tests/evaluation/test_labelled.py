"""Evaluation: metrics of small sets that can be worked out by hand, in every form a set may have."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from embeddings.toy import ToyEncoder
from explorer.errors import ExplorerError
from explorer.evaluation.labelled import LabelledSet, flat
from explorer.evaluation.methods import Method

CORPUS = [
    {"id": "a", "title": "alpha beta", "abstract": "alpha beta gamma"},
    {"id": "b", "title": "alpha", "abstract": "delta epsilon zeta"},
    {"id": "c", "title": "delta", "abstract": "delta epsilon alpha"},
    {"id": "d", "title": "eta", "abstract": "theta iota kappa"},
]


def write(folder: Path, name: str, records: list[dict[str, object]], packed: bool = False) -> None:
    text = "".join(json.dumps(record) + "\n" for record in records)
    if packed:
        (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    else:
        (folder / name).write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "corpus.jsonl", CORPUS, packed=True)
    write(tmp_path, "queries.jsonl", [{"id": "q1", "text": "gamma"}, {"id": "q2", "text": "kappa"}])
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\ta\t1\nq2\td\t0\n")
    return tmp_path


def test_text_queries(folder: Path) -> None:
    measured = LabelledSet(folder, ToyEncoder()).measure(Method.BM25)["queries"]
    assert (measured["queries"], measured["ndcg@10"], measured["mrr"]) == (2, 50.0, 50.0)  # q1 first, q2 never
    measured = LabelledSet(folder, ToyEncoder()).measure(Method.VECTORS)["queries"]
    assert 50 < measured["ndcg@10"] < 100  # vectors rank every paper


def test_paper_queries_leave_themselves_out_and_keep_to_their_candidates(folder: Path) -> None:
    asked = [{"id": "p1", "doc": "c", "cands": ["a", "b"]}, {"id": "p2", "doc": "c", "pool": ["a", "d"]}]
    write(folder, "queries_doc.jsonl", asked)
    (folder / "qrels_doc.tsv").write_text("query-id\tcorpus-id\tscore\np1\tb\t2\np2\ta\t1\n")
    labelled = LabelledSet(folder, ToyEncoder())
    for method in Method:
        tasks = labelled.measure(method)
        assert tasks["queries_doc"]["mrr"] == 100.0, method
    assert flat(tasks)["queries_doc mrr"] == 100.0
    assert flat(tasks)["ndcg@10"] == tasks["queries"]["ndcg@10"]


def test_ndcg_over_the_first_fifth_of_a_pool(folder: Path) -> None:
    """Ranks 1 and 2 count whole: by hand, with ten candidates of which two are looked at."""
    more = [{"id": f"x{i}", "title": f"other{i}", "abstract": ""} for i in range(8)]
    write(folder, "corpus.jsonl", [*CORPUS, *more], packed=True)
    pool = ["a", "b", *(f"x{i}" for i in range(8))]
    write(folder, "queries.jsonl", [{"id": "q", "text": "alpha", "cands": pool}])
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\tb\t2\nq\tx1\t1\n")
    # The titles of both hold the word; a says it again, so b is second: 2 of 2 + 1 are found.
    assert LabelledSet(folder, ToyEncoder()).measure(Method.BM25)["queries"]["ndcg%20"] == 66.67


def test_labels(folder: Path) -> None:
    (folder / "labels.tsv").write_text("id\tfine\tcoarse\na\tx\tX\nb\tx\tX\nc\ty\tX\nd\tz\tZ\n")
    labels = LabelledSet(folder, ToyEncoder()).measure(Method.VECTORS)["labels"]
    # Of the three others, a and b have one with their fine label, c and d none; a, b and c two with the coarse one.
    assert labels == {"fine p@10": 16.67, "coarse p@10": 50.0}


def test_what_is_missing_is_named(folder: Path) -> None:
    with pytest.raises(ExplorerError, match=r"no corpus.jsonl \(nor corpus.jsonl.gz\)"):
        LabelledSet(folder / "nowhere", ToyEncoder())
    write(folder, "queries_doc.jsonl", [{"id": "p", "doc": "unknown"}])
    (folder / "qrels_doc.tsv").write_text("query-id\tcorpus-id\tscore\np\ta\t1\n")
    with pytest.raises(ExplorerError, match="line 1: the paper 'unknown' is not in the corpus"):
        LabelledSet(folder, ToyEncoder()).measure(Method.DEFAULT)
