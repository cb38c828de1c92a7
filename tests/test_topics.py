"""Topics: groups nest and cover every paper; labels are phrases of the texts that tell a topic from its siblings."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.topics import Topics, find_topics, level_sizes

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


def found(vectors: Floats, texts: list[str], seed: int = 0) -> Topics:
    topics = find_topics(vectors, texts, k_means, seed=seed)
    for level in topics.levels:
        assert level.assignment.dtype == np.int32 and level.assignment.shape == (len(vectors),)
        assert sorted(set(level.assignment.tolist())) == list(range(len(level.labels)))
        assert all(level.labels) and len(set(level.labels)) == len(level.labels)
    return topics


def labels_of(words: list[str], each: int = 5) -> tuple[str, ...]:
    """Labels of four planted topics, where paper i of topic t has the text `words[t]`, in the order of `words`."""
    vectors, group = planted(4, each)
    (level,) = found(vectors, [words[g] for g in group]).levels[-1:]
    assert len(level.labels) == 4
    return tuple(level.labels[level.assignment[g * each]] for g in range(4))


OTHERS = ["Protein folding. Chains fold.", "Deep sea fishing. Nets are cast.", "Medieval church music. Choirs sing."]


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
    assert level_sizes(10_000) == (135, 45, 15)
    for count in (10, 50, 100, 500, 2000, 87_249, 1_000_000):
        finest, coarsest = level_sizes(count)[0], level_sizes(count)[-1]
        assert coarsest <= 15 and finest <= 2 * count**0.5 + 1


def test_case_is_kept_for_names_and_dropped_for_titles() -> None:
    vectors, group = planted(4, 4)
    endings = ("Indoors", "Revisited", "Outdoors", "Explained")
    about = (
        "Visual SLAM {}. We run visual SLAM on a phone.",
        "Protein Folding {}. Enzymes and their protein folding are old friends.",
        "Queueing Theorems {}. Of customers who wait.",
        "About ImageNet Pretraining {}. Pictures, many pictures.",
    )
    texts = [about[g].format(endings[i % 4]) for i, g in enumerate(group)]
    (level,) = found(vectors, texts).levels
    labels = [level.labels[level.assignment[4 * number]] for number in range(4)]
    expected = ("visual SLAM", "protein folding", "queueing theorems", "ImageNet pretraining")
    assert all(name in label for name, label in zip(expected, labels, strict=True)), labels


def test_a_name_alone_may_be_a_label() -> None:
    texts = ["Playing well. We play Hanabi.", "Partners. They learned Hanabi.", "Hints. It masters Hanabi."]
    vectors, group = planted(4, 3)
    (level,) = found(vectors, [texts[i % 3] if g == 0 else OTHERS[g - 1] for i, g in enumerate(group)]).levels
    assert level.labels[level.assignment[0]].startswith("Hanabi")


def test_singular_and_plural_are_one_phrase() -> None:
    text = "Soft robots. The soft robot bends. Two soft robots bend more."
    (label, *_) = labels_of([text, *OTHERS])
    assert label.lower().count("soft robot") == 1


def test_a_part_of_a_longer_name_is_written_in_full() -> None:
    text = "Sampling by Markov chain Monte Carlo. Here Markov chain Monte Carlo mixes."
    (label, *_) = labels_of([text, *OTHERS])
    assert "Markov chain Monte Carlo" in label
    assert label.count("Monte Carlo") == 1


def test_acronym_and_its_long_form_do_not_both_stand() -> None:
    text = "Unmanned aerial vehicles. An unmanned aerial vehicle (UAV) flies. The UAV lands."
    (label, *_) = labels_of([text, *OTHERS])
    assert "unmanned aerial vehicle" in label and "UAV" not in label


def test_no_latex_numbers_or_links_in_labels() -> None:
    text = r"Sparse recovery, {\bf nuclear norms}. With $\ell_1$ {\bf nuclear norms} takes 95 3.5 steps, https://a.org/b_c."
    (label, *_) = labels_of([text, *OTHERS])
    assert "sparse recovery" in label and "nuclear norms" in label
    assert not any(debris in label for debris in ("$", "\\", "ell", "bf ", "95", "http", "org", "_"))


def test_a_platitude_names_no_topic_even_where_only_one_topic_has_it() -> None:
    text = "Bee dances, improved results. We propose novel experiments, with improved results."
    (label, *_) = labels_of([text, *OTHERS])
    assert "bee dances" in label
    assert not any(word in label for word in ("propose", "novel", "experiments", "improved", "results"))


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


def test_same_input_same_topics() -> None:
    vectors, group = planted(4, 100)
    one, two = (found(vectors, texts_about(group)) for _ in range(2))
    assert [level.labels for level in one.levels] == [level.labels for level in two.levels]
    assert all((a.assignment == b.assignment).all() for a, b in zip(one.levels, two.levels, strict=True))


def test_labels_are_words_of_the_texts() -> None:
    vectors, group = planted(4, 30)
    texts = texts_about(group)
    everything = " ".join(texts).lower()
    for level in found(vectors, texts).levels:
        for label in level.labels:
            for phrase in label.split(", "):
                assert phrase.lower() in everything or phrase.startswith("untitled group")
