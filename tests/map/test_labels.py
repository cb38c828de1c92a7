"""Labels: phrases of a topic's own texts, spelled as written there, none a platitude, none said twice."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.language.lexicon import Kind, is_word, kind, singular
from explorer.map.labels import label_levels

OTHERS = ["Protein folding. Chains fold.", "Deep sea fishing. Nets are cast.", "Medieval church music. Choirs sing."]


def label(*texts: str) -> str:
    """Label of a topic of these texts, beside three topics of other subjects."""
    papers = [*texts, *(other for other in OTHERS for _ in range(5))]
    assignment = np.repeat([0, 1, 2, 3], [len(texts), 5, 5, 5]).astype(np.int32)
    ((first, *_),) = label_levels(papers, [assignment], [()])
    return first


def test_case_is_kept_for_names_and_dropped_for_titles() -> None:
    endings = ("Indoors", "Revisited", "Outdoors", "Explained")
    for about, expected in (
        ("Visual SLAM {}. We run visual SLAM on a phone.", "visual SLAM"),
        ("Enzyme Catalysis {}. Proteins and their enzyme catalysis are old friends.", "enzyme catalysis"),
        ("Queueing Theorems {}. Of customers who wait.", "queueing theorems"),
        ("About ImageNet Pretraining {}. Pictures, many pictures.", "ImageNet pretraining"),
    ):
        assert expected in label(*(about.format(ending) for ending in endings))


def test_a_name_alone_may_be_a_label() -> None:
    assert (
        label("Playing well. We play Hanabi.", "Partners. They learned Hanabi.", "Hints. It masters Hanabi.")
        == "Hanabi"
    )


def test_singular_and_plural_are_one_phrase() -> None:
    text = "Soft robots. The soft robot bends. Two soft robots bend more."
    assert label(*[text] * 5).lower().count("soft robot") == 1


def test_a_part_of_a_longer_name_is_written_in_full() -> None:
    found = label(*["Sampling by Markov chain Monte Carlo. Here Markov chain Monte Carlo mixes."] * 5)
    assert "Markov chain Monte Carlo" in found and found.count("Monte Carlo") == 1


def test_acronym_and_its_long_form_do_not_both_stand() -> None:
    found = label(*["Unmanned aerial vehicles. An unmanned aerial vehicle (UAV) flies. The UAV lands."] * 5)
    assert "unmanned aerial vehicle" in found and "UAV" not in found


def test_no_latex_numbers_or_links_in_labels() -> None:
    title = r"Sparse recovery, {\bf nuclear norms}."
    text = title + r" With $\ell_1$ {\bf nuclear norms} takes 95 3.5 (cid:12) (cid:12) steps, https://a.org/b_c."
    found = label(*[text] * 5)
    assert "sparse recovery" in found and "nuclear norms" in found
    assert not any(debris in found for debris in ("$", "\\", "ell", "bf ", "95", "http", "org", "_", "cid"))


def test_debris_of_pdf_fonts_is_no_word() -> None:
    assert label(*["The (cid:12). Of (cid:13)."] * 5) == "untitled group 1"


def test_a_platitude_names_no_topic_even_where_only_one_topic_has_it() -> None:
    found = label(*["Bee dances, improved results. We propose novel experiments, with improved results."] * 5)
    assert "bee dances" in found
    assert not any(word in found for word in ("propose", "novel", "experiments", "improved", "results"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OpenAI o1 System Card. The o1 model series is trained to reason.", "OpenAI o1 System Card"),
        ("Hive: a long account of bees, their dances and all they say. They fly.", "Hive"),
        ("Is it a bee? It dances.", "Is it a bee?"),
    ],
)
def test_a_topic_of_one_paper_has_its_title(text: str, expected: str) -> None:
    assert label(text) == expected


def test_a_topic_of_one_paper_with_a_long_title_has_phrases() -> None:
    found = label("A very long account of honey bees and of all the waggle dances they dance. Waggle dances tell.")
    assert "waggle dances" in found and len(found) <= 40


def test_two_papers_of_one_title_are_told_apart() -> None:
    ((one, other, *_),) = label_levels(["Bees. Fly.", "Bees. Sting."], [np.array([0, 1], np.int32)], [()])
    assert (one, other) == ("Bees", "Bees 2")


def test_a_lone_word_that_all_parts_share_leads_the_label_of_a_broad_topic_only() -> None:
    subjects = [f"{initial}owan {initial}istle" for initial in "bcdfghk"]
    papers = [f"{subject}, botany. Lore of {subject}, in botany." for subject in subjects] + OTHERS
    size = [5] * 7 + [40] * 3
    texts = [text for text, times in zip(papers, size, strict=True) for _ in range(times)]
    fine = np.repeat(np.arange(10), size).astype(np.int32)
    parents = (*[0] * 7, 1, 2, 3)
    children, top = label_levels(texts, [fine, np.array(parents, np.int32)[fine]], [parents, ()])
    assert top[0].startswith("botany")
    assert all(subject in name and "botany" not in name for subject, name in zip(subjects, children[:7], strict=True))


def test_an_only_child_has_its_parents_label() -> None:
    texts = [text for text in OTHERS for _ in range(5)]
    fine = np.repeat([0, 1, 2], 5).astype(np.int32)
    children, top = label_levels(texts, [fine, np.minimum(fine, 1)], [(0, 1, 1), ()])
    assert children[0] == top[0] and len({*children, *top}) == 4


def test_kinds_of_words() -> None:
    assert [kind(word) for word in ("of", "the", "proposes", "network", "low-level", "graph")] == [
        Kind.JOINT,
        Kind.FUNCTION,
        Kind.EMPTY,
        Kind.GENERIC,
        Kind.CONTENT,
        Kind.CONTENT,
    ]
    assert (
        kind("development") == Kind.GENERIC
        and kind("comparison") == Kind.GENERIC
        and kind("large-scale") == Kind.GENERIC
    )


def test_what_is_a_word() -> None:
    assert all(map(is_word, ("3d", "5-ht", "o1", "gpt-4", "über")))
    assert not any(map(is_word, ("a", "3", "2024", "3x4", "-", "x" * 31)))


def test_singular_only_where_it_occurs_too() -> None:
    present = {"body", "bus", "class", "box", "branch", "robot"}
    plurals = ("bodies", "buses", "classes", "boxes", "branches", "robots", "physics")
    assert [singular(word, present) for word in plurals] == [
        "body",
        "buses",
        "class",
        "box",
        "branch",
        "robot",
        "physics",
    ]
