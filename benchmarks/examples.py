"""Which combination of liked papers, unliked papers and a text ranks best, on labelled sets.

    python benchmarks/examples.py SETS [--keep FOLDER] [--most 60]

SETS holds the folders cacm, cranfield, csfcube, scifact and arxiv_topics; --keep remembers the vectors there. Likes are
drawn at random from the papers relevant to one question (of one category, in arxiv_topics), what remains is to be
found; unlikes from the best irrelevant ones (in csfcube those of grade 0, in arxiv_topics those of the nearest other
category). Prints
nDCG@10 (arxiv_topics: p@10) in percent, and for two interests in one basket the number of the rarer interest's papers
among the ten best.

Means over the sets with `--most 50`, as users got them before `benchmarks/profiles.py` (November 2026: likes averaged,
interests interleaved); the four columns: 3 and 5 likes (8 tasks), likes and a text (5),
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

Profiles of real authors say otherwise: there the average loses to the three nearest likes, each along its own telling
direction, and a text that counts half loses to one that counts as a like; so it is done now.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.cache import VectorCache
from embeddings.encoder import BundledEncoder, Encoder
from embeddings.vectors import unit_rows
from explorer.evaluation.labelled import LabelledSet, Task
from explorer.evaluation.methods import EvaluationQuery
from explorer.search.examples import Background, Examples, rank_by_examples
from explorer.search.ranking import DEFAULT, Probe, rank

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
# Likes, unlikes, whether the question's text asks too.
_CASES = [(1, 0, False), (3, 0, False), (5, 0, False), (1, 0, True), (3, 0, True), (1, 1, False), (3, 1, False),
          (3, 3, False), (3, 1, True)]  # fmt: skip
_TWO = [(1, 1), (2, 2), (3, 1)]


class ProbedSet(LabelledSet):
    """A set with its papers and texts as probes, each made once."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        super().__init__(folder, encoder)
        # Ranks that can matter: all where the candidates are few of many papers.
        self.depth = len(self.ids) if self.name == "csfcube" else 500
        self.background = cache(lambda: Background.of(self.vectors))
        self.paper = cache(lambda row: self.probe(EvaluationQuery(self.ids[row], row=row)))
        self.text = cache(lambda text: self.probe(EvaluationQuery(text, text)))


@dataclass(frozen=True)
class Group:
    """Papers that belong together, row → grade, with the question, the candidates and the irrelevant ones if known."""

    relevant: dict[int, int]
    text: str = ""
    pool: frozenset[int] = frozenset()
    wrong: tuple[int, ...] = ()


@dataclass(frozen=True)
class Trial:
    """Examples, and what is to be found by them: row → grade, or two sets of rows."""

    labelled: ProbedSet
    examples: Examples
    wanted: dict[int, int]
    pool: frozenset[int] = frozenset()
    two: tuple[frozenset[int], frozenset[int]] | None = None


# ------------------------------------------------------------------------------------------------------ trials


def groups(labelled: ProbedSet, folder: Path) -> list[Group]:
    """The groups of a set that are large enough to like some and find others."""
    if (folder / "labels.tsv").is_file():
        return _categories(labelled, folder)
    return [group for task in labelled.tasks() for group in _of_task(labelled, task)]


def _of_task(labelled: ProbedSet, task: Task) -> list[Group]:
    least = 2 if labelled.name == "csfcube" else 1
    groups = []
    for query in task.queries:
        grades = {labelled.rows[paper]: grade for paper, grade in task.grades[query.id].items()}
        relevant = {row: grade for row, grade in grades.items() if grade >= least and row != query.row}
        if task.name == "queries_doc2doc" and query.row is not None:
            relevant[query.row] = 4  # a paper and those that are cited with it
        pool = frozenset(np.flatnonzero(query.among).tolist() if query.among is not None else ()) - {query.row}
        # Only csfcube's zeros are papers that somebody looked at and found off the point; cranfield's are misprints.
        wrong = tuple(row for row, grade in grades.items() if grade == 0 and row != query.row) if pool else ()
        if len(relevant) >= (2 if labelled.name == "scifact" else 4):
            groups.append(Group(relevant, query.text, pool, wrong))
    return groups


def _categories(labelled: ProbedSet, folder: Path) -> list[Group]:
    members: dict[str, list[int]] = {}
    for line in (folder / "labels.tsv").read_text().splitlines()[1:]:
        paper, fine, _ = line.split("\t")
        members.setdefault(fine, []).append(labelled.rows[paper])
    centres = unit_rows([labelled.vectors[rows].mean(axis=0) for rows in members.values()])
    near = centres @ centres.T - 2 * np.eye(len(centres))
    rows = list(members.values())
    return [Group(dict.fromkeys(own, 1), wrong=tuple(rows[int(near[i].argmax())])) for i, own in enumerate(rows)]


def trials(labelled: ProbedSet, groups: list[Group], likes: int, unlikes: int, text: bool, most: int) -> list[Trial]:
    """At most `most` trials, drawn by seed."""
    random = np.random.default_rng(100 * likes + 10 * unlikes + text)
    order = np.tile(random.permutation(len(groups)), max(1, min(4, most // max(1, len(groups)))))
    made = []
    for group in (groups[i] for i in order):
        drawn = random.permutation(sorted(group.relevant))[:likes].tolist()
        wanted = {row: grade for row, grade in group.relevant.items() if row not in drawn}
        if len(made) == most or (text and not group.text) or len(drawn) < likes or not wanted:
            continue
        examples = Examples(tuple(map(labelled.paper, drawn)), (), labelled.text(group.text) if text else None)
        wrong = _wrong(labelled, examples, group, random)[:unlikes]
        if len(wrong) == unlikes:
            examples = replace(examples, unliked=tuple(map(labelled.paper, wrong)))
            made.append(Trial(labelled, examples, wanted, group.pool))
    return made


def _wrong(labelled: ProbedSet, examples: Examples, group: Group, random: np.random.Generator) -> list[int]:
    """Irrelevant papers that are near to the examples, at random."""
    ranked = [int(row) for row in by_average(labelled, examples) if row not in group.relevant]
    if group.wrong:
        ranked = [row for row in ranked if row in group.wrong]
    return [int(row) for row in random.permutation(ranked[:20])]


def two_interests(labelled: ProbedSet, groups: list[Group], first: int, second: int, most: int) -> list[Trial]:
    """Baskets with likes of two groups."""
    random = np.random.default_rng(10 * first + second)
    made: list[Trial] = []
    while len(made) < most:
        left, right = (set(groups[i].relevant) for i in random.permutation(len(groups))[:2])
        sides = [sorted(left - right), sorted(right - left)]
        drawn = [random.permutation(side)[:n].tolist() for side, n in zip(sides, (first, second), strict=True)]
        if min(len(side) - len(own) for side, own in zip(sides, drawn, strict=True)) < 5:
            continue
        two = tuple(frozenset(side) - set(own) for side, own in zip(sides, drawn, strict=True))
        made.append(
            Trial(labelled, Examples(tuple(map(labelled.paper, drawn[0] + drawn[1]))), {}, two=(two[0], two[1]))
        )
    return made


# ------------------------------------------------------------------------------------------------- candidates


def ranked(labelled: ProbedSet, probe: Probe) -> Rows:
    return np.array([hit.row for hit in rank(labelled.corpus, probe).hits(labelled.depth)], np.int64)


def sorted_by(scores: Floats, own: tuple[int, ...]) -> Rows:
    scores = scores.copy()
    scores[list(own)] = -np.inf
    order = np.argsort(-scores, kind="stable")
    return order[: len(order) - len(set(own))]


def standard(scores: Floats, own: tuple[int, ...]) -> Floats:
    head = np.sort(np.delete(scores, list(own)))[::-1][: DEFAULT.depth]
    return (scores - head.mean()) / max(float(head.std()), 1e-6)


def unit(vector: Floats) -> Floats:
    return unit_rows([vector])[0]


def positive(examples: Examples) -> list[Probe]:
    return [*examples.liked, *([examples.text] if examples.text else [])]


def mean_vector(examples: Examples, away: float = 0.0) -> Floats:
    vector = unit(np.mean([probe.vector for probe in examples.liked], axis=0))
    if examples.text:
        vector = unit(vector + examples.text.vector)
    if examples.unliked and away:
        vector = unit(vector - away * unit(np.mean([probe.vector for probe in examples.unliked], axis=0)))
    return vector


def mean_words(examples: Examples, away: float = 0.0) -> Floats:
    words = standard(
        np.mean([standard(probe.words, examples.exclude) for probe in examples.liked], axis=0), examples.exclude
    )
    if examples.text:
        words = words + standard(examples.text.words, examples.exclude)
    if examples.unliked and away:
        unliked = np.mean([standard(probe.words, examples.exclude) for probe in examples.unliked], axis=0)
        words = standard(words, examples.exclude) - away * standard(unliked, examples.exclude)
    return np.asarray(words, np.float32)


def by_average(labelled: ProbedSet, examples: Examples, away: float = 0.0) -> Rows:
    """Rocchio 1971: mean of the likes minus `away` times that of the unlikes, in vectors and in words."""
    return ranked(labelled, Probe(mean_vector(examples, away), mean_words(examples, away), exclude=examples.exclude))


def by_average_vector(labelled: ProbedSet, examples: Examples) -> Rows:
    return sorted_by(labelled.vectors @ mean_vector(examples), examples.exclude)


def by_turns(labelled: ProbedSet, examples: Examples) -> Rows:
    """Each part ranks alone; a paper has the best of its ranks."""
    best = np.full(len(labelled.ids), len(labelled.ids), np.int64)
    for probe in positive(examples):
        hits = rank(labelled.corpus, replace(probe, exclude=examples.exclude)).hits(labelled.depth)
        places = np.array([hit.row for hit in hits])
        best[places] = np.minimum(best[places], np.arange(len(places)))
    return np.argsort(best, kind="stable")[: labelled.depth]


def by_scores(join: Callable[[Floats], Floats]) -> Callable[[ProbedSet, Examples], Rows]:
    """Each part scores alone, by meaning and words; `join` makes one score (n,) of theirs (p, n)."""

    def method(labelled: ProbedSet, examples: Examples) -> Rows:
        def fused(probe: Probe) -> Floats:
            return standard(labelled.corpus.index.similarities(probe.vector), examples.exclude) + standard(
                probe.words, examples.exclude
            )

        scores = standard(join(np.stack([fused(probe) for probe in examples.liked])), examples.exclude)
        return sorted_by(
            scores + (standard(fused(examples.text), examples.exclude) if examples.text else 0), examples.exclude
        )

    return method


def soft(scores: Floats) -> Floats:
    top = scores.max(axis=0)
    return np.asarray(top + np.log(np.exp(scores - top).mean(axis=0)), np.float32)


def by_ridge(labelled: ProbedSet, examples: Examples, words: bool = True) -> Rows:
    """A linear classifier, in closed form: what asks against 300 random papers and the unlikes."""
    random = np.random.default_rng(0).permutation(len(labelled.ids))
    others = [row for row in random[:300].tolist() if row not in examples.exclude]
    sides = [[probe.vector for probe in positive(examples)], [*labelled.vectors[others]]]
    if examples.unliked:
        sides.append([probe.vector for probe in examples.unliked])
    weights = np.concatenate([np.full(len(side), 1 / len(side)) for side in sides])
    weights[len(sides[0]) :] /= len(sides) - 1
    points, signs = np.concatenate(sides), np.where(np.arange(len(weights)) < len(sides[0]), 1.0, -1.0)
    weights /= weights.sum()
    around = points - weights @ points
    pull = (around * weights[:, None]).T
    direction = np.linalg.solve(pull @ around + 0.05 * np.eye(points.shape[1]), pull @ (signs - weights @ signs))
    probe = Probe(unit(direction), mean_words(examples), exclude=examples.exclude)
    return ranked(labelled, probe) if words else sorted_by(labelled.vectors @ probe.vector, examples.exclude)


def by_discriminant(labelled: ProbedSet, examples: Examples) -> Rows:
    """The library's covariance instead of random papers, all likes as one interest, unlikes not used."""
    vector = mean_vector(examples)
    vector = labelled.background().discriminant(vector) if len(positive(examples)) > 1 else vector
    return ranked(labelled, Probe(vector, mean_words(examples), exclude=examples.exclude))


def as_users(labelled: ProbedSet, examples: Examples) -> Rows:
    """What users get."""
    hits = rank_by_examples(labelled.corpus, examples, labelled.background).hits(labelled.depth)
    return np.array([hit.row for hit in hits], np.int64)


def without_words(labelled: ProbedSet, examples: Examples) -> Rows:
    def plain(probe: Probe) -> Probe:
        return replace(probe, words=np.zeros_like(probe.words))

    text = plain(examples.text) if examples.text else None
    return as_users(labelled, Examples(tuple(map(plain, examples.liked)), tuple(map(plain, examples.unliked)), text))


def without_push(labelled: ProbedSet, examples: Examples) -> Rows:
    """Unlikes are left out of the results and do no more."""
    rows = as_users(labelled, Examples(examples.liked, (), examples.text))
    unliked = {row for probe in examples.unliked for row in probe.exclude}
    return np.array([row for row in rows if row not in unliked], np.int64)


METHODS: dict[str, Callable[[ProbedSet, Examples], Rows]] = {
    "average, vectors only": by_average_vector,
    "average": by_average,
    "average − ¼ unlikes": lambda labelled, examples: by_average(labelled, examples, 0.25),
    "average − ½ unlikes": lambda labelled, examples: by_average(labelled, examples, 0.5),
    "mean of scores": by_scores(lambda scores: scores.mean(axis=0)),
    "maximum of scores": by_scores(lambda scores: scores.max(axis=0)),
    "soft maximum": by_scores(soft),
    "best rank": by_turns,
    "ridge, vectors only": lambda labelled, examples: by_ridge(labelled, examples, False),
    "ridge": by_ridge,
    "discriminant": by_discriminant,
    "ours without words": without_words,
    "ours, unlikes left out only": without_push,
    "OURS": as_users,
}


# ---------------------------------------------------------------------------------------------------- judging


def worth(trial: Trial, rows: Rows) -> float:
    """What a ranking is worth: nDCG@10 or p@10 in percent, or papers of the rarer interest."""
    top = [int(row) for row in rows if not trial.pool or int(row) in trial.pool][:10]
    if trial.two:
        return float(min(sum(row in side for row in top) for side in trial.two))
    if trial.labelled.name == "arxiv_topics":
        return 10.0 * sum(row in trial.wanted for row in top)
    gains = [trial.wanted.get(row, 0) / np.log2(rank + 2) for rank, row in enumerate(top)]
    best = sorted(trial.wanted.values(), reverse=True)[:10]
    return float(100 * sum(gains) / sum(grade / np.log2(rank + 2) for rank, grade in enumerate(best)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--most", type=int, default=60)
    options = parser.parse_args()
    encoder = VectorCache(BundledEncoder(), keep=None, folder=options.keep)
    lines: list[tuple[str, str, list[float]]] = []
    print(" " * 33 + "".join(f"{number:>7}" for number in range(len(METHODS))))
    for name in ("cacm", "cranfield", "csfcube", "scifact", "arxiv_topics"):
        for case, made in cases(ProbedSet(options.sets / name, encoder), options.sets / name, options.most):
            means = [float(np.mean([worth(trial, method(trial.labelled, trial.examples)) for trial in made]))
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
        print(f"{number:3} {method:30}" + "".join(f"{np.mean(kind):8.2f}" for kind in kinds if kind))


def cases(labelled: ProbedSet, folder: Path, most: int) -> list[tuple[str, list[Trial]]]:
    """The trials of a set by their kind, where there are ten or more."""
    found = groups(labelled, folder)
    made = [(f"{a}+ {b}−{' text' if text else ''}", trials(labelled, found, a, b, text, most))
            for a, b, text in _CASES]  # fmt: skip
    if labelled.name in ("cacm", "cranfield", "arxiv_topics"):
        made += [(f"two interests, {a}+{b}", two_interests(labelled, found, a, b, most)) for a, b in _TWO]
    # The claims of scifact have one or two abstracts each.
    return [(case, some) for case, some in made if len(some) >= 10 and (labelled.name != "scifact" or case[0] == "1")]


if __name__ == "__main__":
    main()
