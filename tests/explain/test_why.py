"""Why two papers are close: with vectors worked out by hand, and with the real model on the seeds."""

import json

import numpy as np
import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.__main__ import main
from explorer.errors import UnknownPaper
from explorer.explain.alignment import aligned
from explorer.explain.why import Vectors, explain, text_of
from explorer.library import Library


def axes(*rows, dimension=12):
    """Unit vectors, each the sum of some axes."""
    vectors = np.zeros((len(rows), dimension), np.float32)
    for vector, row in zip(vectors, rows, strict=True):
        vector[list(row)] = 1
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def vectors(one, other, library=()):
    one, other = axes(*one), axes(*other)
    wholes = [np.asarray(side.sum(axis=0) / np.linalg.norm(side.sum(axis=0))) for side in (one, other)]
    return Vectors(one, other, *wholes, axes(*library) if library else np.zeros((0, 12), np.float32))


def test_sentences_are_paired_one_to_one_the_closest_first():
    found = aligned(vectors([(0, 1), (2,), (5, 6, 7)], [(8,), (2,), (0, 1, 3)]))
    assert [(i, j) for i, j, _ in found] == [(1, 1)]  # 0.816 is less than 0.85 of the first
    assert found[0][2] == pytest.approx(1)
    found = aligned(vectors([(0, 1), (2,), (5, 6, 7)], [(8,), (2,), (0, 1)]))
    assert sorted((i, j) for i, j, _ in found) == [(0, 2), (1, 1)]


def test_a_sentence_on_everything_does_not_win_every_time():
    # Row 0 is close to all, row 1 to one only, and less so: the margin prefers the pair that says something of its own.
    hub = vectors([(0, 1, 2, 3), (3, 4)], [(0, 1, 2), (0, 1, 2, 5), (3, 4, 5)])
    assert aligned(hub)[0][:2] == (1, 2)


def test_nothing_is_paired_where_all_are_alike_or_none_is():
    assert aligned(vectors([(0,), (0,)], [(0,), (0,)])) == []
    assert aligned(vectors([(0,), (1,)], [(2,), (3,)])) == []
    assert aligned(vectors([(0,)], [(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)])) == []  # 0.29: as close as chance


def test_a_sentence_that_suits_many_other_papers_explains_nothing():
    # Both texts end in "experiments show …", axis 9, and so does half the library.
    one, other = [(0, 1), (0, 2), (9,)], [(3, 4), (3, 5), (9,)]
    assert aligned(vectors(one, other)) == [(2, 2, pytest.approx(1))]
    assert aligned(vectors(one, other, library=[(9, 10)] * 50 + [(10, 11)] * 50)) == []


def test_a_question_of_one_sentence_is_met_by_two():
    found = aligned(vectors([(0, 1, 2, 3)], [(0, 1, 2), (4,), (0, 1, 2, 3), (5,), (0, 6)]))
    assert [j for _, j, _ in found] == [2, 0]


def counted(held):
    return lambda names: [held.get(name, 1) for name in names]


def terms(one, other, frequencies, papers):
    sides = [axes(*[(n,) for n in range(len(side.sentences))]) for side in (one, other)]
    found = explain(one, other, Vectors(*sides, sides[0][0], sides[1][0], sides[0]), frequencies, papers)
    return found.shared, found.only_one, found.only_other


def test_terms_are_told_as_they_are_written_the_longest_first():
    one = text_of(
        "Regret in No-Press Diplomacy", "Agents for no-press Diplomacy have minimised regrets for long. Regret!"
    )
    other = text_of("", "Our agents play no-press Diplomacy; minimizing their regret. We study no-press Diplomacy.")
    shared, mine, yours = terms(one, other, counted({}), 100)
    assert [term.text for term in shared] == ["no-press Diplomacy", "regret"]
    assert "Diplomacy" not in [term.text for term in (*mine, *yours)]


def test_common_and_dull_words_are_no_terms():
    one = text_of("Gameplay with zebras", "We propose a novel method with good results. Zebras differ in gameplay.")
    other = text_of("Zebras of gameplay", "We propose a novel approach with good results. Gameplay of zebras.")
    shared, *_ = terms(one, other, counted({"gameplay": 60}), 100)
    assert [term.text.lower() for term in shared] == ["zebras"]


def test_what_differs_has_no_telling_word_in_the_other_text():
    filler = "This is what we have shown, and it is good. " * 5
    one = text_of(
        "Whales and prosthesis",
        filler + "Whales eat plankton. Prosthesis of whales, and one accordion in passing, of course.",
    )
    other = text_of("Whales and prostheses", filler + "Prostheses for whales, by good makers of harpoons. Harpoons!")
    _, mine, yours = terms(one, other, counted({}), 100)
    assert mine == ()  # prosthesis has kin there; plankton and accordion are said but once
    assert [term.text for term in yours] == ["harpoons"]


def test_the_imprint_of_a_publisher_is_no_sentence_and_no_term():
    text = text_of("", "A phrase on wombats that is long enough to stand. © 2019, Springer Nature B.V. All rights.")
    assert [sentence.text for sentence in text.sentences] == ["A phrase on wombats that is long enough to stand."]
    assert "wombats" in [term.text for term in terms(text, text, counted({}), 9)[0]]
    assert "Springer" not in str(terms(text, text, counted({}), 9))


def test_a_span_counts_characters_of_the_body():
    body = "𝒱 is a set of many things. Ünder the sea there are very many of them, too many."
    for sentence in text_of("T", body).sentences[1:]:
        assert body[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize("one", ["", "?", "the of and", "x" * 30_000, "\ud800", "a " * 3000])
def test_any_text_can_be_explained(toy_with, one):
    toy = toy_with([paper("Of rabbits", "A paper on rabbits and hares in the fields of England."), paper("Of hares")])
    found = toy.explain("Of rabbits", text=one)
    assert len(found.pairs) <= 2
    assert toy.explain("Of rabbits", "Of hares").only_other == ()
    nothing, none = text_of("", ""), np.zeros((0, 12), np.float32)
    assert explain(nothing, nothing, Vectors(none, none, none[:0], none[:0], none), counted({}), 0).shared == ()


def test_a_toy_library_explains_and_encodes_each_sentence_once(toy, monkeypatch):
    same = "The quick brown foxes jump over lazy dogs at noon."
    toy.add([
        paper("Alpha", f"{same} Then nothing happens for a very long while in here.", record=1),
        paper("Beta", f"Some words that are unlike all of the others stand first. {same}", record=2),
    ])  # fmt: skip
    asked = []
    encode = ToyEncoder.encode
    monkeypatch.setattr(ToyEncoder, "encode", lambda self, texts: asked.extend(texts) or encode(self, texts))
    first = toy.explain("Alpha", "Beta")
    assert [(pair.one.text, pair.other.text) for pair in first.pairs] == [(same, same)]
    assert first.pairs[0].one.start == 0
    assert first.pairs[0].other.start == 58
    assert len(asked) == len(set(asked)) == 5
    assert toy.explain("Alpha", "Beta") == first
    assert len(asked) == 5


# ------------------------------------------------------------------------------------------------------ real model


def test_the_seeds_are_explained_by_the_sentences_a_reader_would_point_at(seed_folder, real_encoder):
    with Library.open(seed_folder, write=False, encoder=real_encoder) as library:
        found = library.explain("No-Press Diplomacy from Scratch", "KL-Regularized Search")
        assert "Diplomacy" in found.pairs[0].one.text
        assert "Diplomacy" in found.pairs[0].other.text
        assert "no-press Diplomacy" in [term.text for term in found.shared]
        asked = library.explain("Pretraining on noisy", text="playing Minecraft by watching people do it")
        assert any("Minecraft" in pair.other.text or "video" in pair.other.text for pair in asked.pairs)
        far = library.explain("OpenAI o1 System Card", "Learned Belief Search")
        assert far.pairs == ()


def test_a_name_nobody_has_is_told(seed_folder):
    with Library.open(seed_folder, write=False) as library, pytest.raises(UnknownPaper, match="no paper with id"):
        library.explain("unheard of", text="x")


def test_the_command_line_explains(seed_folder, capsys):
    command = ["explain", "--library", str(seed_folder), "No-Press Diplomacy", "KL-Regularized Search"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "A  No-Press Diplomacy from Scratch" in printed
    assert "both hold" in printed
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["other"]["title"].startswith("Modeling Strong")
    assert set(told) == {"one", "other", "pairs", "shared", "only_one", "only_other"}
    assert main(["explain", "--library", str(seed_folder), "--question", "hidden cards", "Learned Belief"]) == 0
    assert "A  “hidden cards”" in capsys.readouterr().out
