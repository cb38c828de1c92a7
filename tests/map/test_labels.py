"""Labels: phrases of a topic's own texts, spelled as written there, none a platitude, none said twice."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.language.lexicon import Kind, is_word, kind, singular
from explorer.map.labels import label_levels
from explorer.map.runs import phrase_of
from explorer.map.vocabulary import read_texts

OTHERS = ["Protein folding. Chains fold.", "Deep sea fishing. Nets are cast.", "Medieval church music. Choirs sing."]


def label(*texts: str) -> str:
    """Label of a topic of these texts, beside three topics of other subjects."""
    papers = [*texts, *(other for other in OTHERS for _ in range(5))]
    assignment = np.repeat([0, 1, 2, 3], [len(texts), 5, 5, 5]).astype(np.int32)
    (labels,) = label_levels(papers, [assignment])
    return labels.first[0]


def test_case_is_kept_for_names_and_dropped_for_titles() -> None:
    endings = ("Indoors", "Revisited", "Outdoors", "Explained")
    for about, expected in (
        ("Visual SLAM {}. We run visual SLAM on a phone.", "visual SLAM"),
        ("Enzyme Catalysis {}. Proteins and their enzyme catalysis are old friends.", "enzyme catalysis"),
        ("Queueing Theorems {}. Of those who wait.", "queueing theorems"),
        ("About ImageNet Pretraining {}. Of many things.", "ImageNet pretraining"),
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
    found = label(*["Sampling by Markov chain Monte Carlo. Here Markov chain Monte Carlo mixes."] * 4)
    assert "Markov chain Monte Carlo" in found and found.count("Monte Carlo") == 1


def test_acronym_and_its_long_form_do_not_both_stand() -> None:
    found = label(*["Unmanned aerial vehicles. An unmanned aerial vehicle (UAV) flies. The UAV lands."] * 5)
    assert "unmanned aerial vehicle" in found and "UAV" not in found


def test_no_latex_numbers_or_links_in_labels() -> None:
    title = r"Sparse recovery, {\bf nuclear norms}."
    text = title + r" With $\ell_1$ {\bf nuclear norms} takes 95 3.5 (cid:12) (cid:12) steps, https://a.org/b_c."
    found = label(*[text] * 5)
    assert found in ("sparse recovery", "nuclear norms")
    assert not any(debris in found for debris in ("$", "\\", "ell", "bf ", "95", "http", "org", "_", "cid"))


def test_accents_of_latex_are_letters_of_the_word() -> None:
    texts = [r"Nonlinear Schr\"odinger equations. Of Schr\"{o}dinger waves. By nonlinear Schr\"odinger equations."]
    found = label(*texts * 4)
    assert "Schrödinger" in found and "Schr " not in f"{found} "


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
    assert found in ("waggle dances", "honey bees")


def test_two_papers_of_one_title_are_told_apart() -> None:
    (labels,) = label_levels(["Bees. Fly.", "Bees. Sting."], [np.array([0, 1], np.int32)])
    assert labels.first == ("Bees", "Bees 2")


def test_a_lone_word_that_all_parts_share_leads_the_label_of_a_broad_topic_only() -> None:
    subjects = [f"{initial}owan {initial}istle" for initial in "bcdfghk"]
    papers = [f"{subject}, botany. Lore of {subject}, in botany." for subject in subjects] + OTHERS
    size = [5] * 7 + [40] * 3
    texts = [text for text, times in zip(papers, size, strict=True) for _ in range(times)]
    fine = np.repeat(np.arange(10), size).astype(np.int32)
    parents = (*[0] * 7, 1, 2, 3)
    children, top = (labels.first for labels in label_levels(texts, [fine, np.array(parents, np.int32)[fine]]))
    assert top[0].startswith("botany")
    assert all(subject in name and "botany" not in name for subject, name in zip(subjects, children[:7], strict=True))


def test_no_label_stands_twice_not_even_that_of_an_only_child() -> None:
    texts = [text for text in OTHERS for _ in range(5)]
    fine = np.repeat([0, 1, 2], 5).astype(np.int32)
    children, top = (labels.first for labels in label_levels(texts, [fine, np.minimum(fine, 1)]))
    assert len({*children, *top}) == 5
    assert children[0] in ("protein folding", "chains fold") and top[0] in ("protein folding", "chains fold")


def test_a_topic_that_no_phrase_covers_has_the_names_of_its_two_largest_parts() -> None:
    """Ten subjects under one topic, each held by a tenth of it; beside it, one of a single subject."""
    subjects = [f"{initial}owan {initial}istle" for initial in "bcdfghklmn"]
    size = [9, 8, *[5] * 8, 40]
    texts = [
        f"On {subject}. Lore of {subject}."
        for subject, n in zip([*subjects, "deep sea"], size, strict=True)
        for _ in range(n)
    ]
    fine = np.repeat(np.arange(11), size).astype(np.int32)
    parents = (*[0] * 10, 1)
    _, top = label_levels(texts, [fine, np.array(parents, np.int32)[fine]])
    assert top.first[0] == "bowan bistle, cowan cistle"


def test_of_the_names_of_parts_those_are_taken_that_cover_most() -> None:
    """The largest of twenty parts has a name of two phrases, of which the second stands in six more parts."""
    subjects = [f"{first}{second}owan {first}{second}istle" for first in "bcdf" for second in "aeiou"]
    size = [12, 8, *[5] * 18, 60]
    about = [[subject] * n for subject, n in zip([*subjects, "deep sea"], size, strict=True)]
    about[0] = [subjects[0]] * 5 + ["amber beetle"] * 4 + ["zeal", "wrath", "sloth"]
    texts = [f"On {subject}. Lore of {subject}." for some in about for subject in some]
    for part in range(2, 8):
        texts[sum(size[:part])] += " Here with an amber beetle."
    fine = np.repeat(np.arange(21), size).astype(np.int32)
    part, whole = label_levels(texts, [fine, np.maximum(fine - 19, 0).astype(np.int32)])
    assert part.first[0] == f"{subjects[0]}, amber beetle"
    assert whole.first[0] == f"amber beetle, {subjects[1]}"


def test_a_phrase_of_a_corner_names_no_topic() -> None:
    """Of 40 papers 4 hold the one phrase that nobody else has, 30 another: the label covers the topic."""
    texts = [*["Waggle dances. Of honey bees."] * 4, *["Honey bees. They fly."] * 26, *["Wax. They build."] * 10]
    texts += [other for other in OTHERS for _ in range(40)]
    assignment = np.repeat([0, 1, 2, 3], 40).astype(np.int32)
    (labels,) = label_levels(texts, [assignment])
    assert labels.first[0] == "honey bees"


@pytest.mark.parametrize(
    ("text", "whole", "cut"),
    [
        ("Minimally invasive {}. A minimally invasive {} heals.", "{}", "minimally invasive"),
        ("Vision based {}. We show a vision based {} in flight.", "{}", "based {}"),
    ],
)
def test_no_label_is_half_a_name(text: str, whole: str, cut: str) -> None:
    nouns = ("surgery", "suture", "biopsy", "stapling")
    found = label(*(text.format(noun, noun) for noun in nouns for _ in range(2)))
    assert found != cut and not any(found == cut.format(noun) for noun in nouns)


@pytest.mark.parametrize(
    ("often", "seldom", "whole", "cut"),
    [
        ("few-shot learning", "few shot learning", "few-shot learning", "shot learning"),
        ("a multi-armed bandit", "an armed bandit", "multi-armed bandit", "armed bandit"),
        ("angiotensin-converting enzymes", "converting enzymes", "angiotensin-converting enzyme", "converting enzyme"),
    ],
)
def test_what_mostly_stands_behind_a_hyphen_begins_no_label(often: str, seldom: str, whole: str, cut: str) -> None:
    found = label(*[f"Of {often}. We study {often} and go on."] * 4, f"Of {seldom}. We study {seldom} and go on.")
    assert whole in found and f" {cut}" not in f" {found.replace(whole, '')}"


def test_a_word_that_stands_behind_a_hyphen_may_begin_another_name() -> None:
    assert "ray tracing" in label(*["Ray tracing. We do ray tracing of glass. An X-ray, an X-ray and an X-ray."] * 5)


def test_an_acronym_stands_with_its_words() -> None:
    texts = [
        f"SLAM {place}. By simultaneous localization and mapping (SLAM) {place}."
        for place in ("here", "there", "inside", "outside", "uphill")
    ]
    assert label(*texts) in ("simultaneous localization and mapping (SLAM)", "simultaneous localization and mapping")


def test_the_plural_of_an_acronym_is_no_longer_acronym() -> None:
    texts = read_texts(
        [
            "Gaussian processes (GPs). By GPs and a Gaussian process (GP), and Gaussian processes (GPs).",
            "Global positioning system (GPS). By GPS outdoors, GPS and GPS.",
        ]
    )
    assert texts.acronyms["gp"][0] == "Gaussian" and texts.acronyms["gps"] == ("global", "positioning", "system")
    first = texts.words.index("gps")
    assert phrase_of(texts, np.flatnonzero(texts.word == first), 1).spelling == "global positioning system (GPS)"


def test_a_name_in_an_acronym_has_its_capital() -> None:
    texts = [
        f"HD {at}. In Huntington's disease (HD) {at}. It is Huntington's disease." for at in ("here", "there", "now")
    ]
    assert label(*texts * 2) in ("Huntington's disease (HD)", "Huntington's disease")


def test_figures_of_studies_name_no_topic() -> None:
    text = read_texts(["A confidence interval. By confidence intervals.", "Honey bees. Of honey bees."])
    for words, good in (("confidence interval", False), ("honey bee", True)):
        first = text.words.index(words.split()[0])
        assert phrase_of(text, np.flatnonzero(text.word == first), 2).good == good


def test_a_data_set_names_no_topic() -> None:
    texts = [
        "Counting birds. We count on Birdy. The Birdy dataset holds birds.",
        "Birds seen. Results on Birdy dataset.",
    ]
    assert "Birdy" not in label(*texts * 4)


def test_a_phrase_names_a_topic_only_where_the_papers_that_hold_it_lie() -> None:
    """With vectors: the papers that say "deep sea" lie by the other topic, whatever share of this one says it."""
    texts = ["Deep sea nets. Of fishing."] * 6 + ["Of fishing. Boats."] * 4 + OTHERS * 5
    assignment = np.array([0] * 10 + [1, 2, 3] * 5, np.int32)
    vectors = np.eye(5, dtype=np.float32)[assignment]
    vectors[:6] = np.eye(5, dtype=np.float32)[[3]] + 0.1 * np.eye(5, dtype=np.float32)[[2]]
    (labels,) = label_levels(texts, [assignment], vectors)
    assert labels.first[0] and "medieval" not in labels.first[0].lower()


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


def test_no_name_begins_with_what_is_mostly_a_verb() -> None:
    text = "Of answers. We want to generate answers, and models that generate answers, and can generate them."
    assert label(*[text] * 5) == "answers"


def test_a_word_that_hardly_ever_stands_in_titles_names_no_topic() -> None:
    """All papers say "microscope"; what they are about are the dances of which a fifth of their titles speak."""
    texts = ["Waggle dances. With a microscope, here."] * 8 + ["Those dears. With a microscope, here."] * 32
    assert label(*texts) == "waggle dances"


def test_what_covers_a_topic_and_its_part_names_the_topic() -> None:
    """Both could be called after bees; the part has its dances, too."""
    papers = ["Waggle dances of honey bees. Honey bees and waggle dances."] * 20
    papers += ["Wax of honey bees. Honey bees build."] * 10 + [other for other in OTHERS for _ in range(30)]
    fine = np.repeat([0, 1, 2, 3, 4], [20, 10, 30, 30, 30]).astype(np.int32)
    part, whole = label_levels(papers, [fine, np.maximum(fine - 1, 0).astype(np.int32)])
    assert whole.first[0] == "honey bees" and part.first[0] == "waggle dances"


def test_a_topic_of_two_levels_has_its_best_name_on_the_coarser() -> None:
    papers = ["Waggle dances of bees. Waggle dances, as bees do."] * 20 + [other for other in OTHERS for _ in range(20)]
    fine = np.repeat(np.arange(4), 20).astype(np.int32)
    below, above = label_levels(papers, [fine, np.minimum(fine, 2).astype(np.int32)])
    assert above.first[0] == "waggle dances" != below.first[0]


def test_a_phrase_whose_papers_lie_in_a_corner_finds_less_than_one_whose_papers_lie_all_over() -> None:
    """Half of 200 papers say a phrase; the twenty nearest to either are the topic's, the next of the bees are not."""
    texts = ["Honey bees. They sting."] * 100 + ["Waggle dances. They fly."] * 100 + ["Church music. Choirs."] * 200
    axes = np.repeat([0, 1, 2], [100, 100, 200])
    vectors = np.eye(3, dtype=np.float32)[axes]
    vectors[200:] += 0.99 * np.eye(3, dtype=np.float32)[0]  # other papers lie by the bees
    vectors[20:100] += np.eye(3, dtype=np.float32)[1] * 1.5
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    topics = (np.arange(400) >= 200).astype(np.int32)
    at = {"honey bees": vectors[0], "waggle dances": vectors[150]}
    (labels,) = label_levels(
        texts, [topics], vectors, lambda phrases: np.stack([at.get(phrase, vectors[399]) for phrase in phrases])
    )
    assert labels.first[0] == "waggle dances"
