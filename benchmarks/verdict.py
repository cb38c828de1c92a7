"""How often search says "nothing close here", rightly and wrongly: what `explorer/search/certainty.py` rests on.

    python benchmarks/verdict.py DATA [--vectors FOLDER] [--all] [--show]

Asks the ten corpora of benchmarks/data/verdict_questions.toml, samples of the files under DATA, the questions to their
field, names of their authors, and what is foreign to them; each is answered by the code that answers users. A sample
holds the paper of the whole field that is nearest to each own question (of a small one, to as many as are half of it;
only these are asked). Prints, by corpus and kind, the share of questions that are told "nothing". Questions for
choosing a rule are left out, unless `--all`. `--show` prints own questions told so and foreign ones that are not.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.bundled import vocabulary
from embeddings.encoder import BundledEncoder
from embeddings.index import VectorIndex
from embeddings.subjects import subject_vectors
from explorer.library.search import _words_in
from explorer.paper import Paper, Source, embedding_text, make_paper
from explorer.readers import read
from explorer.search import certainty
from explorer.search.answer import Criteria, answer
from explorer.search.bm25 import Bm25, query_words
from explorer.search.certainty import Certainty, Scale
from explorer.search.chance import Chance
from explorer.search.inversion import stem
from explorer.search.pairs import random_pairs
from explorer.search.question import Question
from explorer.search.ranking import Corpus, Probe, rank
from explorer.search.words import WordIndex

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ROOT / "benchmarks" / "data" / "verdict_questions.toml"
FILES = {  # of each field: its file, and how many of its papers are drawn; None for all
    "learning": ("corpora/conferences_87k.jsonl.gz", None),
    "sciences": ("corpora/arxiv_30k.jsonl.gz", 2500),
    "biomedicine": ("corpora/biomed_10k.jsonl.gz", 2500),
    "aerodynamics": ("sets/cranfield/corpus.jsonl.gz", None),
}
NAMES = 30  # authors of a corpus that are asked for
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Field:
    """The papers of a field with their vectors (n, d)."""

    papers: list[Paper]
    vectors: Vectors


def field_of(name: str, data: Path, vectors: Path, encoder: BundledEncoder) -> Field:
    """The papers of a field; vectors are read from the folder `vectors`, or made and written there."""
    if name == "agents":
        papers = [paper for file in sorted((ROOT / "seeds").iterdir()) for paper in papers_in(file)]
    else:
        file, count = FILES[name]
        with gzip.open(data / file, "rt", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        records = random.Random(1).sample(records, count) if count else records
        papers = [paper_of(name, at, record) for at, record in enumerate(records)]
    cache = vectors / f"{name}.npy"
    if name == "learning" and not cache.is_file():
        cache = data / "vectors" / "conferences_87k.f16.npy"
    if not cache.is_file():
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.save(cache, encoder.encode([embedding_text(paper) for paper in papers]))
    made = np.load(cache).astype(np.float32)
    return Field(papers, made / np.linalg.norm(made, axis=1, keepdims=True))


def papers_in(file: Path) -> list[Paper]:
    """The papers of a file of a user."""
    return [record for record in read(file) if isinstance(record, Paper)]


def paper_of(name: str, at: int, record: dict[str, Any]) -> Paper:
    """A paper of a line of a corpus."""
    fields = {key: record.get(key) or "" for key in ("title", "abstract", "authors", "year")}
    return make_paper(Source(name, at, at, str(record["id"])), **fields)


class Sample:
    """A library of some papers of a field."""

    def __init__(self, field: Field, rows: NDArray[np.int64], subjects: Vectors) -> None:
        self.papers = [field.papers[row] for row in rows.tolist()]
        self.vectors = field.vectors[rows]
        texts = enumerate(self.papers)
        self.words = WordIndex.of((key, p.title, p.abstract, "\n".join(p.authors)) for key, p in texts)
        self.bm25 = Bm25(self.words)
        some = np.unique(np.linspace(0, len(rows) - 1, certainty.SAMPLE).astype(np.int64))
        nearest = np.sort(self.vectors[some] @ self.vectors.T, axis=1)[:, -2]
        self.scale: Scale = certainty.scale(nearest, Chance.of(self.vectors, np.arange(len(rows)), subjects))
        nobody = np.zeros((len(rows), 0), np.int32)  # no scores of neighbours: they move an order, hardly its best ten
        self.corpus = Corpus(VectorIndex.build(self.vectors), nobody, random_pairs(self.vectors, 0))

    def level(self, text: str, vector: Vectors) -> Certainty:
        """The verdict on what this library answers."""
        scores = self.bm25.query(text)
        ranking = rank(self.corpus, Probe(vector, scores.scores, scores.bound, (), scores.name))
        words = query_words(text, self.words)
        weights = certainty.weights({*map(stem, words)}, self.words.frequency, len(self.papers))
        names = certainty.are_names(words, text, vocabulary())
        none = np.zeros((0, 2), np.int64)
        fetch = lambda rows: [self.papers[row] for row in rows]  # noqa: E731
        criteria = Criteria(self.vectors, self.scale, none, weights, _words_in, fetch, names=names)
        return answer(Question(text), ranking, 10, criteria).verdict.level

    def names(self) -> list[str]:
        """Names of some of its authors, in full."""
        names = sorted({name for paper in self.papers for name in paper.authors if len(name.split()) > 1})
        return random.Random(0).sample(names, min(NAMES, len(names)))


def rows_of(field: Field, count: int, own: Vectors) -> tuple[NDArray[np.int64], list[int]]:
    """Rows of a sample of `count` papers, and the places of the questions `own` (q, d) that it has a paper for."""
    everything = np.arange(len(field.papers))
    if count + 1 >= len(everything):  # the seeds are thirteen entries of twelve papers
        return everything, list(range(len(own)))
    dice = np.random.default_rng(count)
    nearest = (own @ field.vectors.T).argmax(axis=1)
    asked = dice.permutation(len(own))[: max(1, count // 2)]
    wanted = np.unique(nearest[asked])
    others = np.setdiff1d(everything, wanted)
    rows = np.concatenate([wanted, dice.permutation(others)[: count - len(wanted)]])
    return np.sort(rows), sorted(asked.tolist())


def interval(hits: int, count: int) -> str:
    """The 95 % interval of a share, in percent (Clopper and Pearson)."""
    low = beta.ppf(0.025, hits, count - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, count - hits) if hits < count else 1.0
    return f"{100 * low:.0f}–{100 * high:.0f}"


class Questions:
    """The questions of the file, those that are asked, and their vectors."""

    def __init__(self, encoder: BundledEncoder, part: slice) -> None:
        self._table = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))
        self._part, self._encoder, self._vectors = part, encoder, dict[str, Vectors]()
        self.corpora: list[dict[str, Any]] = self._table["corpora"]

    def vector(self, text: str) -> Vectors:
        """The vector of a question, made once."""
        if text not in self._vectors:
            self._vectors[text] = self._encoder.encode_query(text)
        return self._vectors[text]

    def own(self, field: str) -> list[tuple[str, str]]:
        """The questions to a field, each with its kind."""
        here = self._table["fields"][field]
        return [(kind, text) for kind in ("loose", "everyday") for text in here[kind][self._part]]

    def foreign(self, field: str) -> dict[str, list[str]]:
        """By kind, the questions that have nothing to do with a field."""
        fields = [self._table["fields"][name] for name in self._table["fields"][field]["foreign"]]
        everyday = [text for there in fields for text in there.get("everyday", [])[self._part]]
        return {
            "foreign loose": [text for there in fields for text in there["loose"][self._part]],
            "foreign everyday": [*everyday, *self._table["everyday"]["searches"][self._part]],
            "foreign names": self._table["names"]["foreign"][self._part],
        }


def measured(
    corpus: dict[str, Any], field: Field, questions: Questions, subjects: Vectors, show: bool
) -> dict[str, float]:
    """Ask a corpus, print, and give the share of "nothing" of each kind, in percent."""
    kinds = questions.own(corpus["field"])
    rows, asked = rows_of(field, corpus["papers"], np.stack([questions.vector(text) for _, text in kinds]))
    sample, shares = Sample(field, rows, subjects), dict[str, float]()
    own = {f"own {kind}": [text for at in asked for of, text in [kinds[at]] if of == kind] for kind, _ in kinds}
    for kind, texts in {**own, "own names": sample.names(), **questions.foreign(corpus["field"])}.items():
        levels = [sample.level(text, questions.vector(text)) for text in texts]
        nothing = sum(level is Certainty.NOTHING for level in levels)
        shares[kind] = 100 * nothing / max(1, len(texts))
        figures = f"{len(texts):4} {shares[kind]:9.1f} {interval(nothing, len(texts))}"
        print(f"{corpus['name']:17}{' ' if corpus['choosing'] else '*'}{len(rows):9,} {kind:16} {figures}", flush=True)
        if show:
            pairs = zip(texts, levels, strict=True)
            wrong = [text for text, level in pairs if (level is Certainty.NOTHING) == kind.startswith("own")]
            print("       ", "; ".join(wrong[:14]))
    return shares


def print_means(name: str, results: list[dict[str, float]]) -> None:
    """The means over corpora of each kind, and over kinds."""
    for side in ("own", "foreign"):
        kinds = [kind for kind in results[0] if kind.startswith(side)]
        means = {kind: float(np.mean([shares[kind] for shares in results])) for kind in kinds}
        each = ", ".join(f"{kind} {share:.1f}" for kind, share in means.items())
        print(f"  {name} {side}: {np.mean(list(means.values())):.1f} % nothing ({each})")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--vectors", type=Path, default=Path("verdict-vectors"))
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--choosing", action="store_true", help="only corpora and questions for choosing")
    parser.add_argument("--between", type=int, nargs=2, default=(0, 10**9), help="only corpora of so many papers")
    options = parser.parse_args()
    encoder, fields = BundledEncoder(), dict[str, Field]()
    part = slice(None) if options.all else slice(0 if options.choosing else 1, None, 2)
    questions, subjects = Questions(encoder, part), subject_vectors(encoder)
    results: list[tuple[bool, dict[str, float]]] = []
    print(f"{'corpus':18}{'papers':>9} {'kind':15} {'asked':>5} {'nothing %':>9} 95 % interval")
    for corpus in questions.corpora:
        name, (least, most) = corpus["field"], options.between
        if not least <= corpus["papers"] <= most or (options.choosing and not corpus["choosing"]):
            continue
        if name not in fields:
            fields[name] = field_of(name, options.data, options.vectors, encoder)
        shares = measured(corpus, fields[name], questions, subjects, options.show)
        if corpus["papers"] >= 300:
            results.append((corpus["choosing"], shares))
    print("\nmeans over corpora of 300 papers or more")
    for choosing in (True, False):
        if of_these := [shares for chosen, shares in results if chosen is choosing]:
            print_means("used for choosing," if choosing else "not used for choosing (*),", of_these)
    if results:
        print_means("all,", [shares for _, shares in results])


if __name__ == "__main__":
    main()
