"""Topics: groups nest and cover every paper; labels are phrases of the texts that tell a topic from its siblings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.map import sought
from explorer.map import topics as topic_module
from explorer.map.layout import lay_out
from explorer.map.topics import Topics, blended, find_topics, level_sizes

Floats = NDArray[np.float32]

SUBJECTS = {
    "graph neural network": "We study message passing on molecules. A graph neural network reads each molecule.",
    "protein folding": "Structures of enzymes are predicted. Protein folding remains hard for long chains.",
    "visual SLAM": "A camera localises itself while mapping. Our visual SLAM runs indoors and closes loops.",
    "machine translation": "Sentences are rendered into another language. Machine translation of rare words improves.",
}
OPENINGS = ("A study of", "On", "Towards better", "Rethinking", "Fast", "Advances in")
PLATITUDES = "In this paper we propose a novel neural network. Experimental results show state-of-the-art performance."


def k_means(vectors: Floats, k: int, seed: int) -> NDArray[np.int32]:
    """Plain spherical k-means from k spread-out rows; exact enough for planted groups."""
    chosen = [0]
    for _ in range(k - 1):
        chosen.append(int(np.argmin((vectors @ vectors[chosen].T).max(axis=1))))
    centres = vectors[chosen]
    for _ in range(5):
        groups = (vectors @ centres.T).argmax(axis=1)
        sums = np.stack([vectors[groups == group].sum(axis=0) for group in range(k)])
        centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return groups.astype(np.int32)


def planted(groups: int, each: int, dimension: int = 48, noise: float = 0.04) -> tuple[Floats, NDArray[np.int64]]:
    group = np.repeat(np.arange(groups), each)
    rows = np.eye(dimension)[group] + noise * np.random.default_rng(2).normal(size=(len(group), dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), group


def texts_about(group: NDArray[np.int64]) -> list[str]:
    subjects = list(SUBJECTS)
    return [
        f"{OPENINGS[i % len(OPENINGS)]} {subjects[g]}. {SUBJECTS[subjects[g]]} {PLATITUDES}"
        for i, g in enumerate(group)
    ]


def any_text(rows: Sequence[int]) -> list[str]:
    return ["text"] * len(rows)


def on_a_map(vectors: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The 15 nearest of each, and their places on a map."""
    rows, places = _on_a_map(vectors.tobytes(), vectors.shape[1])
    return rows.copy(), places.copy()


@cache
def _on_a_map(data: bytes, dimension: int) -> tuple[NDArray[np.int64], Floats]:
    vectors = np.frombuffer(data, np.float32).reshape(-1, dimension)
    near = (vectors @ vectors.T).astype(np.float32)
    np.fill_diagonal(near, -np.inf)
    rows = np.argsort(-near, axis=1, kind="stable")[:, : min(15, len(vectors) - 1)]
    return rows, lay_out(vectors, rows, np.take_along_axis(near, rows, axis=1))


def found(vectors: Floats, texts: list[str], seed: int = 0) -> Topics:
    topics = find_topics(vectors, *on_a_map(vectors), lambda rows: [texts[row] for row in rows], k_means, seed=seed)
    for level in topics.levels:
        assert level.assignment.dtype == np.int32 and level.assignment.shape == (len(vectors),)
        assert sorted(set(level.assignment.tolist())) == list(range(len(level.labels)))
        assert all(level.labels) and len(set(level.labels)) == len(level.labels)
    return topics


def test_planted_topics_get_their_own_name() -> None:
    vectors, group = planted(4, 4)
    (level,) = found(vectors, texts_about(group)).levels
    for number, subject in enumerate(SUBJECTS):
        mine = set(level.assignment[group == number].tolist())
        assert len(mine) == 1
        assert subject in level.labels[mine.pop()]


def test_platitudes_of_every_abstract_are_in_no_label() -> None:
    vectors, group = planted(4, 30)
    for level in found(vectors, texts_about(group)).levels:
        for label in level.labels:
            for platitude in (
                "paper",
                "novel",
                "propose",
                "experimental",
                "results",
                "state-of-the-art",
                "performance",
            ):
                assert platitude not in label.lower()
            assert "neural network" not in label.replace("graph neural network", "")


def test_levels_are_nested_and_parents_say_so() -> None:
    vectors, _ = planted(40, 30)
    topics = found(vectors, [f"word{i // 30} thing{i % 30}. Some text." for i in range(1200)])
    assert len(topics.levels) >= 2
    for fine, coarse in zip(topics.levels, topics.levels[1:], strict=False):
        assert len(fine.labels) > len(coarse.labels) == len(set(fine.parents))
        assert (np.array(fine.parents)[fine.assignment] == coarse.assignment).all()
    assert topics.levels[-1].parents == ()


def test_planted_groups_are_found_whole() -> None:
    """40 groups, 33 finest topics: a topic is whole groups merged, never a group cut in two."""
    vectors, group = planted(40, 30)
    finest = found(vectors, [f"text {i}" for i in range(1200)]).levels[0]
    for number in range(40):
        assert len(set(finest.assignment[group == number].tolist())) == 1


def test_topics_are_numbered_from_the_largest() -> None:
    vectors, _ = planted(5, 50)
    rows = np.concatenate([np.arange(50), np.arange(50, 250, 3)])
    for level in found(vectors[rows], ["text"] * len(rows)).levels:
        assert (np.diff(np.bincount(level.assignment)) <= 0).all()


@pytest.mark.parametrize(("count", "levels"), [(0, 0), (1, 1), (4, 1), (12, 1), (400, 2), (1200, 2)])
def test_number_of_levels_follows_the_number_of_papers(count: int, levels: int) -> None:
    vectors, _ = planted(40, 30)
    rows = np.linspace(0, 1199, count).astype(int)
    topics = found(vectors[rows], [f"title {i}. abstract" for i in rows])
    assert len(topics.levels) == levels
    if 0 < count < 5:
        assert topics.levels[0].assignment.tolist() == [0] * count


def test_sizes_of_levels() -> None:
    assert level_sizes(3) == (1,)
    assert level_sizes(12) == (4,)
    assert level_sizes(10_000) == (95, 38, 15)
    for count in (10, 50, 100, 500, 2000, 87_249, 1_000_000):
        finest, coarsest = level_sizes(count)[0], level_sizes(count)[-1]
        assert coarsest <= 15 and finest <= 2.02 * count**0.5


def test_children_do_not_repeat_their_parent() -> None:
    vectors, group = planted(30, 20)
    topics = found(vectors, [f"Shared subject matter. Peculiar beast{g} lives in forest{g} caves." for g in group])
    fine, coarse = topics.levels[0], topics.levels[1]
    families = np.bincount(fine.parents)
    for label, parent in zip(fine.labels, fine.parents, strict=True):
        if families[parent] > 1:
            assert set(label.split(", ")).isdisjoint(coarse.labels[parent].split(", "))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "!!! ???",
        "12 34",
        "of the",
        "深度学习 用于 图像",
        "Über die Lage der Dinge. Es ist so.",
        "$x^2$ \\alpha",
        "a",
    ],
)
def test_odd_texts_get_a_label_all_the_same(text: str) -> None:
    vectors, _ = planted(10, 40)
    for level in found(vectors, [text] * 400).levels:
        assert all(label.strip() for label in level.labels)


@pytest.mark.parametrize("threads", [1, 3])
def test_same_input_same_topics(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, group = planted(4, 100)
    one = found(vectors, texts_about(group))
    _on_a_map.cache_clear()
    monkeypatch.setattr(topic_module, "THREADS", threads)
    monkeypatch.setattr(sought, "THREADS", threads)
    two = found(vectors, texts_about(group))
    assert [level.labels for level in one.levels] == [level.labels for level in two.levels]
    assert all((a.assignment == b.assignment).all() for a, b in zip(one.levels, two.levels, strict=True))


def test_labels_are_words_of_the_texts() -> None:
    vectors, group = planted(4, 30)
    texts = texts_about(group)
    everything = " ".join(texts).lower()
    for level in found(vectors, texts).levels:
        for label in level.labels:
            for phrase in label.split(", "):
                words = re.sub(r" \d+$", "", phrase.lower())  # a number tells two topics of the same words apart
                assert words in everything or phrase.startswith("untitled group")


def test_a_paper_astray_belongs_where_its_neighbours_and_its_place_are() -> None:
    """Its vector alone is a little nearer to the second group; all its neighbours and its place are in the first."""
    rng = np.random.default_rng(1)
    vectors, group = planted(2, 60)
    vectors[0] = (0.66 * np.eye(48)[0] + 0.75 * np.eye(48)[1]).astype(np.float32)
    near, _ = on_a_map(vectors)
    near[0] = np.arange(1, 16)
    places = (np.array([[-1, 0], [1, 0]])[group] + 0.1 * rng.normal(size=(120, 2))).astype(np.float32)
    coarsest = find_topics(vectors, near, places, any_text, k_means).levels[-1].assignment
    assert coarsest[0] in coarsest[1:60] and coarsest[0] not in coarsest[60:]
    alone = find_topics(vectors, near[:, :0], places, any_text, k_means).levels[-1].assignment
    assert alone[0] not in alone[1:60], "without neighbours it goes by its vector"


def test_a_paper_that_names_no_neighbour_is_blended_with_those_that_name_it() -> None:
    vectors, _ = planted(2, 60)
    vectors[0] = np.eye(48)[0] * 0.7 + np.eye(48)[1] * 0.714
    near, places = on_a_map(vectors)
    near[0], near[1:60, 0], near[60:] = -1, 0, np.where(near[60:] == 0, 61, near[60:])
    (features,) = blended(vectors, near, places)
    assert features.shape == (120, 50) and features[0, 0] > 0.9 > 0.3 > features[0, 1]
    near[1:60, 0] = 1
    (features,) = blended(vectors, near, places)
    assert features[0, 0] < 0.71, "and by nobody, it stays what it is"


def test_many_papers_are_blended_further_for_broader_topics() -> None:
    vectors, _ = planted(8, 50, dimension=120, noise=0.3)
    near, places = on_a_map(vectors)
    features = blended(vectors, near, places)
    assert [some.shape for some in features] == [(400, 102)] * 3
    spread = [np.linalg.norm(some[:50, :-2] - some[:50, :-2].mean(axis=0)) for some in features]
    assert spread[0] > spread[1] > spread[2]
    assert all((features[0][:, -2:] == some[:, -2:]).all() for some in features)


def test_missing_neighbours_are_no_papers() -> None:
    vectors, _ = planted(4, 30)
    near, places = on_a_map(vectors)
    few = np.where(np.arange(15) < 3, near, -1)
    few[7] = -1
    (one, two) = (find_topics(vectors, rows, places, any_text, k_means) for rows in (few, few[:, :3]))
    assert all((a.assignment == b.assignment).all() for a, b in zip(one.levels, two.levels, strict=True))


def test_groups_merge_where_variance_grows_least() -> None:
    """Brute force as referee: every merge of Ward's criterion, worked out from the rows themselves."""
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(24, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    (level,) = found(vectors, [f"text {i}" for i in range(24)]).levels
    groups = [[row] for row in range(24)]

    def scatter(rows: list[int]) -> float:
        return float(((vectors[rows] - vectors[rows].mean(axis=0)) ** 2).sum())

    while len(groups) > len(level.labels):
        pairs = [(one, other) for i, one in enumerate(groups) for other in groups[:i]]
        one, other = min(pairs, key=lambda pair: scatter(pair[0] + pair[1]) - scatter(pair[0]) - scatter(pair[1]))
        groups = [group for group in groups if group not in (one, other)] + [one + other]
    mine = [np.flatnonzero(level.assignment == topic).tolist() for topic in range(len(level.labels))]
    assert sorted(mine) == sorted(sorted(group) for group in groups)


def test_fewer_groups_than_topics_wanted_give_one_level() -> None:
    """400 papers of three texts: k-means can tell no more than three groups, and 13 topics cannot be had."""
    vectors, group = planted(3, 134, noise=0.0)
    topics = find_topics(vectors, *on_a_map(vectors), any_text, lambda *_: group.astype(np.int32) * 5)
    assert [sorted(np.bincount(level.assignment).tolist()) for level in topics.levels] == [[134, 134, 134]]
    assert topics.levels[0].parents == ()
