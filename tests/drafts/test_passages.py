"""Passages: where a long text is cut, and that nothing is lost by it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from embeddings.toy import ToyEncoder
from explorer.drafts.passages import LEAST, MOST, Passage, count_words, passages

# Twelve words a sentence; the number makes each its own.
SENTENCES = [f"Sentence number {i} says that agents learn to play games by themselves." for i in range(60)]


def test_a_paragraph_is_a_passage_under_its_heading() -> None:
    text = "# One\n\n" + " ".join(SENTENCES[:3]) + "\n\n## Two, or more ##\n" + " ".join(SENTENCES[3:6]) + "\n"
    first, second = passages(text)
    assert first == Passage(1, "One", " ".join(SENTENCES[:3]), 7, 7 + len(" ".join(SENTENCES[:3])))
    assert (second.number, second.heading, second.text) == (2, "Two, or more", " ".join(SENTENCES[3:6]))
    assert text[second.start : second.end] == second.text


def test_a_long_paragraph_is_cut_at_sentences_into_even_parts() -> None:
    found = passages(" ".join(SENTENCES[:20]))  # 240 words
    assert [count_words(one.text) for one in found] == [120, 120]
    assert found[1].text.startswith("Sentence number 10 says")
    found = passages(" ".join(SENTENCES))
    assert [count_words(one.text) for one in found] == [144, 144, 144, 144, 144]


def test_a_long_paragraph_is_cut_where_its_theme_changes() -> None:
    bogs = [f"Bog {i} of the wet north holds peat, moss and cold water under heather." for i in range(7)]
    stars = [f"Star {i} burns helium in its core and sheds dust into space around it." for i in range(9)]
    text = " ".join(bogs + stars)  # 91 and 126 words: even parts would be cut at 108
    assert count_words(text) > MOST
    assert [one.text.split()[0] for one in passages(text)] == ["Bog", "Star"]
    assert passages(text)[1].text.startswith("Star 1 ")
    first, second = passages(text, encode=ToyEncoder().encode)
    assert (first.text, second.text) == (" ".join(bogs), " ".join(stars))
    short = " ".join(bogs[:5] + stars[:5])  # a passage as it is, though of two themes
    assert len(passages(short, encode=ToyEncoder().encode)) == 1


def test_a_theme_that_lasts_is_still_cut_to_length() -> None:
    found = passages(" ".join(SENTENCES), encode=ToyEncoder().encode)
    assert len(found) >= 5
    assert all(60 <= count_words(part.text) <= MOST for part in found)


def test_what_has_no_sentences_is_cut_at_words() -> None:
    found = passages("word " * (2 * MOST + 30))
    assert [count_words(one.text) for one in found] == [MOST, MOST, 30]


def test_a_tiny_paragraph_joins_its_neighbour_but_never_another_section() -> None:
    text = (
        f"# A\n\nWe make three contributions, as follows.\n\n{' '.join(SENTENCES[:3])}\n\n# B\n\nTiny, but alone here."
    )
    first, second = passages(text)
    assert first.text.startswith("We make three contributions, as follows. Sentence number 0")
    assert (second.heading, second.text) == ("B", "Tiny, but alone here.")
    assert count_words(second.text) < LEAST


def test_references_thanks_and_headings_are_no_passages() -> None:
    aside = "# Acknowledgments\n\nWe thank all.\n\n# References\n\n[1] Smith. A title."
    text = f"# 1 Introduction\n\n{SENTENCES[0]}\n\n{aside}"
    assert [one.heading for one in passages(text)] == ["1 Introduction"]
    assert passages("") == passages(" \n\n ") == passages("# Only\n# Headings\n") == []


def test_print_without_blanks_is_measured_in_characters() -> None:
    found = passages("短い文章です。" * 100)  # six characters and a stop
    assert sum(count_words(one.text) for one in found) == 700
    assert all(100 <= count_words(one.text) <= MOST for one in found[:-1])


@given(
    st.lists(st.sampled_from([*SENTENCES[:4], "Tiny.", "\n\n", "\n", "\n\n# Head\n", "word " * 200, "文。", "e.g. x"])),
    st.booleans(),
)
def test_nothing_is_lost_or_said_twice(parts: list[str], by_theme: bool) -> None:
    text = " ".join(parts)
    found = passages(text, encode=ToyEncoder().encode if by_theme else None)
    said = " ".join(one.text for one in found).split()
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(count_words(one.text) <= MOST for one in found)
    kept = text.split()
    assert [word for word in said if "number" in word] == [word for word in kept if "number" in word]
    assert said.count("word") == kept.count("word")
