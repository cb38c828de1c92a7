"""Which combination of liked papers, unliked papers and a text ranks best, on labelled sets.

    python benchmarks/parts.py SETS [--vectors FOLDER] [--most 60]

SETS holds the folders cacm, cranfield, csfcube, scifact and arxiv_topics; with `--vectors`, SET_whole.npy and
SET_queries_text.npy (SET_queries_train_text.npy) are read from there instead of encoding. Likes are drawn at random
from the papers relevant to one question (of one category, in arxiv_topics), what remains is to be found; unlikes from
the best irrelevant ones (in csfcube those of grade 0, in arxiv_topics those of the nearest other category). Prints
nDCG@10 (arxiv_topics: p@10) in percent, and for two interests in one basket the number of the rarer interest's papers
among the ten best.

Means over the sets with `--most 50` (November 2026); the four columns: 3 and 5 likes (8 tasks), likes and a text (5),
likes and unlikes (15), two interests (9):

    average, vectors only            43.7    46.4    43.0    0.33
    average                          48.0    53.2    46.6    0.33
    average − ¼ unlikes              48.0    53.2    46.1    0.33
    average − ½ unlikes              48.0    53.2    44.1    0.33
    mean of scores                   46.6    52.1    45.4    0.52
    maximum of scores                42.6    52.4    43.4    0.92
    soft maximum                     43.0    52.7    43.7    0.91
    best rank                        40.8    47.5    41.6    1.02
    ridge, vectors only              43.6    45.7    38.1    0.42
    ridge                            47.9    53.6    46.0    0.38
    discriminant                     49.1    55.2    46.8    0.38
    ours without words               46.9    49.7    43.1    0.85
    ours, unlikes left out only      49.1    55.3    46.8    0.94
    OURS                             49.1    55.3    46.7    0.94

The average serves two interests badly, the maximum one; telling interests apart serves both. Against the average ours
wins on cacm, cranfield, scifact and arxiv_topics and is level on csfcube (-0.9 and +0.9). Pushing away from what is
unliked gains nothing by these labels; it is kept as it is what the button says: an eighth to a third less of the
unliked category was among the ten best of arxiv_topics.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.encoder import SentenceEncoder
from embeddings.vectors import unit_rows
from explorer.evaluation.labelled import LabelledSet
from explorer.paper import embedding_text
from explorer.search import examples, ranking
from explorer.search.examples import Parts, Spread
from explorer.search.ranking import DEFAULT, Asked

Rows = NDArray[np.int64]
_NONE = np.zeros(0, np.float32)
# Likes, unlikes, whether the question's text asks too.
_CASES = [(1, 0, False), (3, 0, False), (5, 0, False), (1, 0, True), (3, 0, True), (1, 1, False), (3, 1, False),
          (3, 3, False), (3, 1, True)]  # fmt: skip
_TWO = [(1, 1), (2, 2), (3, 1)]


class Stored:
    """An encoder that has encoded everything before."""

    name, revision, dimension = "stored", "1", 384

    def __init__(self, folder: Path, questions: Path) -> None:
        self._papers = unit_rows(np.load(folder / f"{questions.name}_whole.npy"))
        self._queries: dict[str, NDArray[np.float32]] = {}
        for kind in ("", "_train"):
            stored = folder / f"{questions.name}_queries{kind}_text.npy"
            if stored.is_file():
                texts = [str(one["text"]) for one in records(questions, f"queries{kind}")]
                self._queries |= dict(zip(texts, unit_rows(np.load(stored)), strict=True))

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        return self._papers

    def encode_query(self, text: str) -> NDArray[np.float32]:
        return self._queries[text]


class Corpus(LabelledSet):
    """A set with everything as `Asked`."""

    def __init__(self, folder: Path, encoder: object) -> None:
        super().__init__(folder, encoder)  # type: ignore[arg-type]
        # Ranks that can matter: all where the candidates are few of many papers.
        self.depth = len(self.ids) if self.name == "csfcube" else 500
        self.row = {name: row for row, name in enumerate(self.ids)}
        self.spread = cache(lambda: Spread.of(self.index.vectors()))
        self.paper = cache(self._paper_asks)
        self.text = cache(self._text_asks)

    def _paper_asks(self, row: int) -> Asked:
        words = embedding_text(self.papers[row])
        said = self.bm25.ask(words)
        return Asked(self.index.vectors()[row], said.scores, said.bound, (row,), said.name)

    def _text_asks(self, text: str) -> Asked:
        said = self.bm25.ask(text)
        return Asked(self._encoder.encode_query(text), said.scores, said.bound, name=said.name)


@dataclass(frozen=True)
class Group:
    """Papers that belong together, row → grade, with the question, the candidates and the irrelevant ones if known."""

    relevant: dict[int, int]
    text: str = ""
    pool: frozenset[int] = frozenset()
    wrong: tuple[int, ...] = ()


@dataclass(frozen=True)
class Task:
    """What asks, and what is to be found: row → grade, or two sets of rows."""

    corpus: Corpus
    parts: Parts
    wanted: dict[int, int]
    pool: frozenset[int] = frozenset()
    two: tuple[frozenset[int], frozenset[int]] | None = None


# ------------------------------------------------------------------------------------------------------ tasks


def records(folder: Path, name: str) -> Iterator[dict[str, object]]:
    plain = folder / f"{name}.jsonl"
    with plain.open() if plain.is_file() else gzip.open(f"{plain}.gz", "rt") as file:
        yield from map(json.loads, file)


def table(path: Path) -> list[list[str]]:
    return [line.rstrip("\n").split("\t") for line in path.read_text().splitlines()[1:]]


def groups(corpus: Corpus, folder: Path) -> list[Group]:
    """The groups of a set that are large enough to like some and find others."""
    if (folder / "labels.tsv").is_file():
        return _categories(corpus, folder)
    kinds = [kind for kind in ("", "_doc2doc", "_train") if (folder / f"queries{kind}.jsonl").is_file()]
    return [group for kind in kinds for group in _asked(corpus, folder, kind)]


def _asked(corpus: Corpus, folder: Path, kind: str) -> list[Group]:
    grades: dict[str, dict[int, int]] = {}
    for query, paper, grade in table(folder / f"qrels{kind}.tsv"):
        grades.setdefault(query, {})[corpus.row[paper]] = int(grade)
    least = 2 if folder.name == "csfcube" else 1
    found = []
    for record in records(folder, f"queries{kind}"):
        judged = grades.get(str(record["id"]), {})
        relevant = {row: grade for row, grade in judged.items() if grade >= least}
        own = corpus.row[str(record["doc"])] if "doc" in record else -1
        relevant.pop(own, 0)
        if kind == "_doc2doc":
            relevant[own] = 4  # a paper and those that are cited with it
        pool = frozenset(corpus.row[str(name)] for name in record.get("cands", ())) - {own}  # type: ignore[attr-defined]
        # Only csfcube's zeros are papers that somebody looked at and found off the point; cranfield's are misprints.
        wrong = tuple(row for row, grade in judged.items() if grade == 0 and row != own) if pool else ()
        if len(relevant) >= (2 if folder.name == "scifact" else 4):
            found.append(Group(relevant, str(record.get("text", "")), pool, wrong))
    return found


def _categories(corpus: Corpus, folder: Path) -> list[Group]:
    members: dict[str, list[int]] = {}
    for name, fine, _ in table(folder / "labels.tsv"):
        members.setdefault(fine, []).append(corpus.row[name])
    vectors = corpus.index.vectors()
    centres = unit_rows([vectors[rows].mean(axis=0) for rows in members.values()])
    near = centres @ centres.T - 2 * np.eye(len(centres))
    rows = list(members.values())
    return [Group(dict.fromkeys(own, 1), wrong=tuple(rows[int(near[i].argmax())])) for i, own in enumerate(rows)]


def tasks(corpus: Corpus, found: list[Group], likes: int, unlikes: int, text: bool, most: int) -> list[Task]:
    """At most `most` tasks, drawn by seed."""
    random = np.random.default_rng(100 * likes + 10 * unlikes + text)
    order = np.tile(random.permutation(len(found)), max(1, min(4, most // max(1, len(found)))))
    made = []
    for group in (found[i] for i in order):
        drawn = random.permutation(sorted(group.relevant))[:likes].tolist()
        wanted = {row: grade for row, grade in group.relevant.items() if row not in drawn}
        if len(made) == most or (text and not group.text) or len(drawn) < likes or not wanted:
            continue
        mix = Parts(tuple(map(corpus.paper, drawn)), (), corpus.text(group.text) if text else None)
        wrong = _wrong(corpus, mix, group, random)[:unlikes]
        if len(wrong) == unlikes:
            mix = replace(mix, unlikes=tuple(map(corpus.paper, wrong)))
            made.append(Task(corpus, mix, wanted, group.pool))
    return made


def _wrong(corpus: Corpus, mix: Parts, group: Group, random: np.random.Generator) -> list[int]:
    """Irrelevant papers that are near to what asks, at random."""
    ranked = [int(row) for row in by_average(corpus, mix) if row not in group.relevant]
    if group.wrong:
        ranked = [row for row in ranked if row in group.wrong]
    return [int(row) for row in random.permutation(ranked[:20])]


def two_interests(corpus: Corpus, found: list[Group], first: int, second: int, most: int) -> list[Task]:
    """Baskets with likes of two groups."""
    random = np.random.default_rng(10 * first + second)
    made: list[Task] = []
    while len(made) < most:
        one, other = (found[i] for i in random.permutation(len(found))[:2])
        sides = [sorted(set(one.relevant) - set(other.relevant)), sorted(set(other.relevant) - set(one.relevant))]
        drawn = [random.permutation(side)[:n].tolist() for side, n in zip(sides, (first, second), strict=True)]
        if min(len(side) - len(own) for side, own in zip(sides, drawn, strict=True)) < 5:
            continue
        left, right = (frozenset(side) - set(own) for side, own in zip(sides, drawn, strict=True))
        made.append(Task(corpus, Parts(tuple(map(corpus.paper, drawn[0] + drawn[1]))), {}, two=(left, right)))
    return made


# ------------------------------------------------------------------------------------------------- candidates


def ranked(corpus: Corpus, asked: Asked) -> Rows:
    hits = ranking.answer(corpus.index, corpus.neighbours, asked, corpus.depth, _NONE)
    return np.array([hit.row for hit in hits], np.int64)


def sorted_by(scores: NDArray[np.float32], own: tuple[int, ...]) -> Rows:
    scores = scores.copy()
    scores[list(own)] = -np.inf
    order = np.argsort(-scores, kind="stable")
    return order[: len(order) - len(set(own))]


def standard(scores: NDArray[np.float32], own: tuple[int, ...]) -> NDArray[np.float32]:
    head = np.sort(np.delete(scores, list(own)))[::-1][: DEFAULT.depth]
    return (scores - head.mean()) / max(float(head.std()), 1e-6)


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return unit_rows([vector])[0]


def wanted(mix: Parts) -> list[Asked]:
    return [*mix.likes, *([mix.text] if mix.text else [])]


def mean_vector(mix: Parts, away: float = 0.0) -> NDArray[np.float32]:
    vector = unit(np.mean([part.vector for part in mix.likes], axis=0))
    if mix.text:
        vector = unit(vector + mix.text.vector)
    if mix.unlikes and away:
        vector = unit(vector - away * unit(np.mean([part.vector for part in mix.unlikes], axis=0)))
    return vector


def mean_words(mix: Parts, away: float = 0.0) -> NDArray[np.float32]:
    words = standard(np.mean([standard(part.words, mix.own) for part in mix.likes], axis=0), mix.own)
    if mix.text:
        words = words + standard(mix.text.words, mix.own)
    if mix.unlikes and away:
        unliked = np.mean([standard(part.words, mix.own) for part in mix.unlikes], axis=0)
        words = standard(words, mix.own) - away * standard(unliked, mix.own)
    return np.asarray(words, np.float32)


def by_average(corpus: Corpus, mix: Parts, away: float = 0.0) -> Rows:
    """Rocchio 1971: mean of the likes minus `away` times that of the unlikes, in vectors and in words."""
    return ranked(corpus, Asked(mean_vector(mix, away), mean_words(mix, away), own=mix.own))


def by_average_vector(corpus: Corpus, mix: Parts) -> Rows:
    return sorted_by(corpus.index.vectors() @ mean_vector(mix), mix.own)


def by_turns(corpus: Corpus, mix: Parts) -> Rows:
    """Each part ranks alone; a paper has the best of its ranks."""
    lists = [
        ranking.answer(corpus.index, corpus.neighbours, replace(part, own=mix.own), corpus.depth, _NONE)
        for part in wanted(mix)
    ]
    hits = examples.alternating(lists, [1] * len(lists), corpus.depth)
    return np.array([hit.row for hit in hits], np.int64)


def by_scores(join: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Callable[[Corpus, Parts], Rows]:
    """Each part scores alone, by meaning and words; `join` makes one score (n,) of theirs (p, n)."""

    def method(corpus: Corpus, mix: Parts) -> Rows:
        def fused(part: Asked) -> NDArray[np.float32]:
            return standard(corpus.index.similarities(part.vector), mix.own) + standard(part.words, mix.own)

        scores = standard(join(np.stack([fused(part) for part in mix.likes])), mix.own)
        return sorted_by(scores + (standard(fused(mix.text), mix.own) if mix.text else 0), mix.own)

    return method


def soft(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    top = scores.max(axis=0)
    return np.asarray(top + np.log(np.exp(scores - top).mean(axis=0)), np.float32)


def by_ridge(corpus: Corpus, mix: Parts, words: bool = True) -> Rows:
    """A linear classifier, in closed form: what asks against 300 random papers and the unlikes."""
    random = np.random.default_rng(0).permutation(len(corpus.ids))
    others = [row for row in random[:300].tolist() if row not in mix.own]
    sides = [[part.vector for part in wanted(mix)], [*corpus.index.vectors()[others]]]
    if mix.unlikes:
        sides.append([part.vector for part in mix.unlikes])
    weights = np.concatenate([np.full(len(side), 1 / len(side)) for side in sides])
    weights[len(sides[0]) :] /= len(sides) - 1
    examples, signs = np.concatenate(sides), np.where(np.arange(len(weights)) < len(sides[0]), 1.0, -1.0)
    weights /= weights.sum()
    around = examples - weights @ examples
    pull = (around * weights[:, None]).T
    direction = np.linalg.solve(pull @ around + 0.05 * np.eye(examples.shape[1]), pull @ (signs - weights @ signs))
    asked = Asked(unit(direction), mean_words(mix), own=mix.own)
    return ranked(corpus, asked) if words else sorted_by(corpus.index.vectors() @ asked.vector, mix.own)


def by_discriminant(corpus: Corpus, mix: Parts) -> Rows:
    """The library's covariance instead of random papers, all likes as one interest, unlikes not used."""
    vector = mean_vector(mix)
    vector = corpus.spread().telling(vector) if len(wanted(mix)) > 1 else vector
    return ranked(corpus, Asked(vector, mean_words(mix), own=mix.own))


def by_parts(corpus: Corpus, mix: Parts) -> Rows:
    """What users get."""
    hits = examples.answer(corpus.index, corpus.neighbours, mix, corpus.spread, corpus.depth, _NONE)
    return np.array([hit.row for hit in hits], np.int64)


def without_words(corpus: Corpus, mix: Parts) -> Rows:
    def plain(part: Asked) -> Asked:
        return replace(part, words=np.zeros_like(part.words))

    text = plain(mix.text) if mix.text else None
    return by_parts(corpus, Parts(tuple(map(plain, mix.likes)), tuple(map(plain, mix.unlikes)), text))


def without_push(corpus: Corpus, mix: Parts) -> Rows:
    """Unlikes are left out of the results and do no more."""
    rows = by_parts(corpus, Parts(mix.likes, (), mix.text))
    unliked = {row for part in mix.unlikes for row in part.own}
    return np.array([row for row in rows if row not in unliked], np.int64)


METHODS: dict[str, Callable[[Corpus, Parts], Rows]] = {
    "average, vectors only": by_average_vector,
    "average": by_average,
    "average − ¼ unlikes": lambda corpus, mix: by_average(corpus, mix, 0.25),
    "average − ½ unlikes": lambda corpus, mix: by_average(corpus, mix, 0.5),
    "mean of scores": by_scores(lambda scores: scores.mean(axis=0)),
    "maximum of scores": by_scores(lambda scores: scores.max(axis=0)),
    "soft maximum": by_scores(soft),
    "best rank": by_turns,
    "ridge, vectors only": lambda corpus, mix: by_ridge(corpus, mix, False),
    "ridge": by_ridge,
    "discriminant": by_discriminant,
    "ours without words": without_words,
    "ours, unlikes left out only": without_push,
    "OURS": by_parts,
}


# ---------------------------------------------------------------------------------------------------- judging


def judged(task: Task, rows: Rows) -> float:
    top = [int(row) for row in rows if not task.pool or int(row) in task.pool][:10]
    if task.two:
        return float(min(sum(row in side for row in top) for side in task.two))
    if task.corpus.name == "arxiv_topics":
        return 10.0 * sum(row in task.wanted for row in top)
    gains = [task.wanted.get(row, 0) / np.log2(rank + 2) for rank, row in enumerate(top)]
    best = sorted(task.wanted.values(), reverse=True)[:10]
    return float(100 * sum(gains) / sum(grade / np.log2(rank + 2) for rank, grade in enumerate(best)))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sets", type=Path)
    asked.add_argument("--vectors", type=Path)
    asked.add_argument("--most", type=int, default=60)
    options = asked.parse_args()
    lines: list[tuple[str, str, list[float]]] = []
    print(" " * 33 + "".join(f"{number:>7}" for number in range(len(METHODS))))
    for name in ("cacm", "cranfield", "csfcube", "scifact", "arxiv_topics"):
        folder = options.sets / name
        corpus = Corpus(folder, Stored(options.vectors, folder) if options.vectors else SentenceEncoder())
        found = groups(corpus, folder)
        cases = [(f"{a}+ {b}−{' text' if text else ''}", tasks(corpus, found, a, b, text, options.most))
                 for a, b, text in _CASES]  # fmt: skip
        if name in ("cacm", "cranfield", "arxiv_topics"):
            cases += [(f"two interests, {a}+{b}", two_interests(corpus, found, a, b, options.most)) for a, b in _TWO]
        for case, made in cases:
            if len(made) >= 10 and (name != "scifact" or case[0] == "1"):  # its claims have one or two abstracts each
                means = [float(np.mean([judged(task, method(task.corpus, task.parts)) for task in made]))
                         for method in METHODS.values()]  # fmt: skip
                lines.append((name, case, means))
                print(f"{name:13}{case:20}" + "".join(f"{mean:7.2f}" for mean in means), flush=True)
    print()
    for number, method in enumerate(METHODS):
        kinds = (
            [means[number] for _, case, means in lines if " 0−" in case and "text" not in case and case[0] != "1"],
            [means[number] for _, case, means in lines if " 0− text" in case],
            [means[number] for _, case, means in lines if "−" in case and " 0−" not in case],
            [means[number] for _, case, means in lines if case.startswith("two")],
        )
        print(f"{number:3} {method:30}" + "".join(f"{np.mean(kind):8.2f}" for kind in kinds))


if __name__ == "__main__":
    main()
