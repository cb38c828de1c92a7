"""Labels of the topics of a corpus, measured without a judge, beside those of others for the same topics.

    python benchmarks/labels.py CORPUS.jsonl.gz VECTORS.npy [--show 40] [--peers] [--seeds 2]

Row i of VECTORS is the bundled model's vector of line i. For every level: the median share of a topic's papers that
hold its label, the mean share of the twenty nearest papers to the label alone that are its own, how many labels
are good (a fifth of its papers, or the names of two of its parts; and twelve of the twenty) and wrong (a tenth of
neither), and how many topics of a map from another seed share a phrase with that which is most like them. Others:
c-TF-IDF (BERTopic, Grootendorst 2022), the best of its phrases by likeness to the topic's papers (as KeyBERT), and YAKE
(Campos et al. 2020; where yake is installed, which is no dependency of Explorer).
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embeddings.encoder import DEFAULT_MODEL, encoder_named
from embeddings.index import VectorIndex, kmeans
from embeddings.vectors import Matrix, unit_rows
from explorer.evaluation.topic_quality import duplicates, label_figures
from explorer.map.concordance import Concordance
from explorer.map.layout import lay_out
from explorer.map.topics import Level, find_topics

WORDS = 3  # words that c-TF-IDF names a topic by
CANDIDATES = 30  # phrases of c-TF-IDF that are compared with a topic's papers
SAMPLE = 30  # papers of a topic that YAKE reads

Encode = Callable[[Sequence[str]], Matrix]


def by_counts(level: Level, texts: Sequence[str], words: tuple[int, int]) -> list[list[str]]:
    """The phrases of so many words of each topic, the best by c-TF-IDF first."""
    from scipy.sparse import csr_array
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(ngram_range=words, stop_words="english", min_df=3)
    counts = counter.fit_transform(texts)
    member = csr_array((np.ones(len(texts)), (level.assignment, np.arange(len(texts)))))
    of_topic = (member @ counts).toarray()
    weights = of_topic / np.maximum(of_topic.sum(axis=1, keepdims=True), 1)
    weights *= np.log(1 + of_topic.sum() / len(of_topic) / np.maximum(of_topic.sum(axis=0), 1))
    names = counter.get_feature_names_out()
    return [names[np.argsort(-row, kind="stable")[:CANDIDATES]].tolist() for row in weights]


def ctfidf(level: Level, texts: Sequence[str], _: Matrix, __: Encode) -> list[str]:
    return [", ".join(words[:WORDS]) for words in by_counts(level, texts, (1, 1))]


def keybert(level: Level, texts: Sequence[str], vectors: Matrix, encode: Encode) -> list[str]:
    labels = []
    for topic, phrases in enumerate(by_counts(level, texts, (1, 3))):
        mean = vectors[level.assignment == topic].mean(axis=0)
        labels.append(phrases[int(np.argmax(encode(phrases) @ mean))])
    return labels


def yake(level: Level, texts: Sequence[str], _: Matrix, __: Encode) -> list[str]:
    from yake import KeywordExtractor

    extractor = KeywordExtractor(n=3, top=1)
    labels = []
    for topic in range(len(level.labels)):
        members = np.flatnonzero(level.assignment == topic)
        some = members[np.unique(np.linspace(0, len(members) - 1, SAMPLE).astype(int))]
        labels.append(extractor.extract_keywords(" ".join(texts[row] for row in some.tolist()))[0][0])
    return labels


PEERS = {"c-TF-IDF": ctfidf, "as KeyBERT": keybert, "YAKE": yake}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--show", type=int, default=0, help="labels of each level to print")
    parser.add_argument("--peers", action="store_true", help="also name the same topics as others do")
    parser.add_argument("--seeds", type=int, default=1, help="maps whose labels are compared with those of the first")
    arguments = parser.parse_args()
    vectors = unit_rows(np.load(arguments.vectors).astype(np.float32))
    with gzip.open(arguments.corpus, "rt", encoding="utf-8") as lines:
        papers = [json.loads(line) for line, _ in zip(lines, range(len(vectors)), strict=False)]
    texts = [f"{paper['title']}. {paper['abstract']}" for paper in papers]
    encode = encoder_named(DEFAULT_MODEL).encode
    maps = []
    rows, similarities = VectorIndex.build(vectors).neighbours(15)
    for seed in range(arguments.seeds):
        places = lay_out(vectors, rows, similarities, seed=seed)
        start = time.process_time()
        drawn = find_topics(
            vectors, rows, places, lambda some: [texts[row] for row in some], kmeans, encode=encode, seed=seed
        )
        maps.append(drawn.levels)
        print(f"{len(vectors)} papers; topics and labels: {time.process_time() - start:.1f} CPU s")
    levels, words = maps[0], Concordance(texts)
    for number, level in enumerate(levels):
        finer = levels[number - 1] if number else None
        _report("ours", level.labels, level, finer, words, vectors, encode, arguments.show)
        for again in maps[1:]:
            print(f"     of another seed {_alike(level, again[number]):.2f} share a phrase")
        for name, label in PEERS.items() if arguments.peers else ():
            if name == "YAKE" and not find_spec("yake"):
                print("     YAKE: not run, yake is not installed")
                continue
            _report(name, label(level, texts, vectors, encode), level, None, words, vectors, encode, arguments.show)
    print(f"labels that stand twice: {duplicates([level.labels for level in levels])}")


def _report(
    name: str,
    labels: Sequence[str],
    level: Level,
    finer: Level | None,
    words: Concordance,
    vectors: Matrix,
    encode: Encode,
    show: int,
) -> None:
    figures = label_figures(labels, level.assignment, words, vectors, lambda label: encode([label])[0])
    parts = np.array([_is_of_parts(topic, label, finer) for topic, label in enumerate(labels)])
    good = ((figures.cover >= 0.2) | parts) & (figures.sought >= 0.6)
    wrong = (figures.cover < 0.1) & (figures.sought < 0.1)
    print(
        f"{len(labels):4d} topics, {name}: cover {np.median(figures.cover):.2f}, near {figures.sought.mean():.2f}, "
        f"good {good.sum()} ({good.mean():.2f}), wrong {wrong.sum()}"
    )
    sizes = np.bincount(level.assignment)
    for topic, label in enumerate(labels[:show]):
        mark = "   " if good[topic] else "not"
        print(f"     {mark} {sizes[topic]:5d} {figures.cover[topic]:.2f} {figures.sought[topic]:.2f} {label}")


def _is_of_parts(topic: int, label: str, finer: Level | None) -> bool:
    """Whether a label is two names of a topic's parts."""
    if finer is None or ", " not in label:
        return False
    names = [name for name, parent in zip(finer.labels, finer.parents, strict=True) if parent == topic]
    phrases = {phrase for name in names for phrase in name.split(", ")}
    return set(label.split(", ")) <= phrases


def _alike(level: Level, other: Level) -> float:
    """The share of topics that have a phrase in common with the topic of another map that is most like them."""
    together = np.zeros((len(level.labels), len(other.labels)))
    np.add.at(together, (level.assignment, other.assignment), 1)
    most = (together / (together.sum(1)[:, None] + together.sum(0)[None, :] - together)).argmax(axis=1)
    pairs = zip(level.labels, most.tolist(), strict=True)
    return float(np.mean([bool(_phrases(label) & _phrases(other.labels[topic])) for label, topic in pairs]))


def _phrases(label: str) -> set[str]:
    return {phrase.partition(" (")[0].removesuffix("s").lower() for phrase in label.split(", ")}


if __name__ == "__main__":
    main()
