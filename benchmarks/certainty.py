"""How often search says "nothing close here", rightly and wrongly: labelled sets, gibberish, languages.

    python benchmarks/certainty.py SETS [--cache FOLDER] [--size N]

Asks every labelled set (cacm, cranfield, csfcube, scifact, arxiv_topics under SETS) the questions and some titles of
all of them, gibberish, everyday searches and other languages. Those of a set itself belong there (a title is asked
after its paper is left out); those of a set from another field, and the rest, do not. Prints how well single figures
tell the two apart (AUC), and the share of each verdict under the rule in use. With `--size N` only N random papers of
each set are searched, among them one that answers. Vectors are kept in the cache.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix
from scipy.stats import rankdata

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.cache import VectorCache
from embeddings.encoder import BundledEncoder, Encoder
from embeddings.subjects import subject_vectors
from explorer.evaluation.labelled import LabelledSet
from explorer.paper import embedding_text
from explorer.search.certainty import SAMPLE, Certainty, Evidence, judge, scale, weights
from explorer.search.chance import Chance
from explorer.search.words import words_of

_TITLES = 150  # titles asked of each set
_FOREIGN = {  # whose questions and titles have nothing to do with the set; the others are left out as doubtful
    "cacm": ("cranfield", "scifact"),
    "cranfield": ("cacm", "scifact", "csfcube"),
    "csfcube": ("cranfield", "scifact"),
    "scifact": ("cranfield", "cacm", "csfcube"),
    "arxiv_topics": (),
}
_EVERYDAY = (
    "best pizza in Naples", "how to bake sourdough bread at home", "cheap flights to Lisbon in May", "tattoo ideas",
    "football results last night", "my cat does not eat", "how to remove red wine stains from a carpet", "dog names",
    "who won the song contest in 2009", "recipe for chocolate cake without eggs", "used bicycle for sale",
    "the weather in Paris tomorrow", "how to tie a tie", "best horror films of the nineties", "second hand furniture",
    "what time does the supermarket close", "how to write a love letter", "knitting pattern for baby socks",
    "house prices in Dublin", "how to learn the guitar", "garden design with roses", "how to repair a leaking tap",
    "train timetable Berlin Munich", "holiday cottage by the sea", "birthday present for a grandmother",
    "horse riding lessons", "wine tasting in Tuscany", "divorce lawyer", "vegetarian restaurants nearby",
)  # fmt: skip
_LANGUAGES = (
    "Wie koche ich eine gute Gulaschsuppe?", "Wo ist der nächste Bahnhof?", "Ich habe meinen Schlüssel verloren",
    "Où est la gare la plus proche ?", "recette de la tarte aux pommes", "je cherche un appartement à louer",
    "¿Dónde está la biblioteca?", "receta de tortilla de patatas", "quiero comprar un coche usado",
    "dov'è la stazione dei treni", "le più belle chiese di Roma", "Где находится вокзал?", "погода в Москве завтра",
    "今日の天気はどうですか", "北京明天的天气怎么样", "김치찌개 만드는 법", "أين محطة القطار", "bugün hava nasıl",
    "gdzie jest dworzec", "hoe maak ik pannenkoeken", "var ligger stationen", "hol van a pályaudvar",
)  # fmt: skip


@dataclass(frozen=True)
class Queries:
    """Texts with their vectors (q, d); the rows in their set of the papers they are titles of (-1: none), and of a
    paper that answers each."""

    texts: tuple[str, ...]
    vectors: NDArray[np.float32]
    own: tuple[int, ...]
    answers: tuple[int, ...]


@dataclass(frozen=True)
class Figures:
    """What one query gave: the best cosine, its rank among pairs, its z over the query's own cosines …"""

    best: float
    percentile: float
    z: float
    ten: float
    share: float
    closeness: float
    level: Certainty


def gibberish(random: np.random.Generator, count: int = 60) -> list[str]:
    """Keyboard mashing: one to four words of random letters."""
    letters = list("abcdefghijklmnopqrstuvwxyz")
    words = ["".join(random.choice(letters, random.integers(3, 9))) for _ in range(4 * count)]
    return ["asdf", "asdf qwerty", *(" ".join(words[4 * i : 4 * i + 1 + i % 4]) for i in range(count))]


def queries_of(labelled: LabelledSet, encoder: Encoder) -> Queries:
    """The questions of a set, with a paper that answers each, and titles of its papers, with the nearest other one."""
    random = np.random.default_rng(0)
    rows = [row for row, paper in enumerate(labelled.papers) if paper.abstract and len(paper.title.split()) > 2]
    chosen = random.choice(rows, min(_TITLES, len(rows)), replace=False).tolist()
    texts, own = [labelled.papers[row].title for row in chosen], list(chosen)
    similar = labelled.vectors[chosen] @ labelled.vectors.T
    similar[np.arange(len(chosen)), chosen] = -1
    answers = similar.argmax(axis=1).tolist()
    for task in labelled.tasks():
        for query in task.queries if task.name == "queries" else ():
            grades = task.grades[query.id]
            if query.text and any(grades.values()):
                texts.append(query.text)
                own.append(-1)
                answers.append(labelled.rows[max(grades, key=grades.__getitem__)])
    return Queries(tuple(texts), encoder.encode(texts), tuple(own), tuple(answers))


def words_matrix(labelled: LabelledSet) -> tuple[csc_matrix, dict[str, int]]:
    """Which paper (row) holds which word (column), and the words' columns."""
    columns: dict[str, int] = {}
    entries: list[int] = []
    ends = [0]
    for paper in labelled.papers:
        words = set(words_of(f"{embedding_text(paper)} {' '.join(paper.authors)}"))
        entries += [columns.setdefault(word, len(columns)) for word in words]
        ends.append(len(entries))
    matrix = csr_matrix((np.ones(len(entries), np.float32), entries, ends), shape=(len(ends) - 1, len(columns)))
    return matrix.tocsc(), columns


def figures_of(
    labelled: LabelledSet, words: tuple[csc_matrix, dict[str, int]], queries: Queries, at_home: bool, size: int
) -> list[Figures]:
    """What each query gives in the whole set, or in `size` random papers with one that answers."""
    random = np.random.default_rng(1)
    matrix, columns = words
    sample = np.sort(random.permutation(len(labelled.papers))[: size or None])
    some = random.choice(sample, min(SAMPLE, len(sample)), replace=False)
    among = np.sort(labelled.vectors[some] @ labelled.vectors[sample].T, axis=1)
    background = Chance.of(labelled.vectors, sample, subject_vectors(BundledEncoder()))
    usual, pairs = scale(among[:, -2], background), np.sort(among[:, :-1].ravel())
    figures: list[Figures] = []
    for text, vector, own, answers in zip(queries.texts, queries.vectors, queries.own, queries.answers, strict=True):
        rows = np.setdiff1d(np.union1d(sample, [answers]), [own]) if at_home else sample
        cosines = labelled.vectors[rows] @ vector
        terms = sorted(set(words_of(text)))
        holders = {term: matrix[:, [columns[term]]].toarray()[rows, 0] for term in terms if term in columns}
        counts = {term: int(holders[term].sum()) if term in holders else 0 for term in terms}
        weight = weights(terms, counts.__getitem__, len(rows))
        total = sum(weight.values()) or 1.0
        shares = sum((weight[term] / total * holders[term] for term in holders if term in weight), np.zeros(len(rows)))
        first = np.argsort(-cosines)[:10]
        top = np.union1d(first, np.argsort(shares)[-2:])  # search finds by words, too
        verdict = judge(usual, cosines[top].tolist(), [Evidence(share, len(weight)) for share in shares[top].tolist()])
        best, middle = float(cosines.max()), float(np.median(cosines))
        figures.append(
            Figures(
                best=best,
                percentile=float(np.searchsorted(pairs, best) / len(pairs)),
                z=(best - middle) / (1.4826 * float(np.median(np.abs(cosines - middle))) + 1e-9),
                ten=float(cosines[first].mean()),
                share=float(shares.max()),
                closeness=verdict.closeness,
                level=verdict.level,
            )
        )
    return figures


def auc(right: list[float], wrong: list[float]) -> float:
    """Chance that a question that belongs there has more of a figure than one that does not."""
    ranks = rankdata(right + wrong)[: len(right)]
    return float((ranks.sum() - len(right) * (len(right) + 1) / 2) / (len(right) * len(wrong)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("certainty-cache"))
    parser.add_argument("--size", type=int, default=0)
    options = parser.parse_args()
    encoder = VectorCache(BundledEncoder(), keep=None, folder=options.cache)
    sets = {name: LabelledSet(options.sets / name, encoder) for name in _FOREIGN}
    groups = {name: queries_of(labelled, encoder) for name, labelled in sets.items()}
    nowhere = {
        "gibberish": gibberish(np.random.default_rng(2)),
        "everyday": list(_EVERYDAY),
        "other languages": list(_LANGUAGES),
    }
    for name, texts in nowhere.items():
        none = (-1,) * len(texts)
        groups[name] = Queries(tuple(texts), encoder.encode(texts), none, none)
    print(f"{'searched':13} {'asked':16} {'n':>4} {'nothing':>8} {'weak':>6} {'close':>6}   % of the questions")
    at_home: list[Figures] = []
    elsewhere: list[Figures] = []
    for name, labelled in sets.items():
        words = words_matrix(labelled)
        for group in (name, *_FOREIGN[name], *nowhere):
            figures = figures_of(labelled, words, groups[group], group == name, options.size)
            (at_home if group == name else elsewhere).extend(figures)
            shares = [100 * np.mean([one.level is level for one in figures]) for level in reversed(Certainty)]
            mark = "*" if group == name else " "
            print(f"{name:13} {group + mark:16} {len(figures):4} {shares[0]:8.1f} {shares[1]:6.1f} {shares[2]:6.1f}")
    print("* belongs there\n\nAUC over all sets together:")
    for figure in ("best", "percentile", "z", "ten", "share", "closeness"):
        right, wrong = ([getattr(one, figure) for one in figures] for figures in (at_home, elsewhere))
        print(f"  {figure:10} {auc(right, wrong):.3f}")


if __name__ == "__main__":
    main()
