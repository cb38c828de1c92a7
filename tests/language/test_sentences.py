"""Sentences of abstracts, against what a reader would mark."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from explorer.language.sentences import sentences


def split(text, **options):
    return [span.of(text) for span in sentences(text, **options)]


def test_sentences_end_at_full_stops_before_a_capital():
    text = "We train an agent on 2,000 hours of video. It plays Minecraft without any reward! Does it transfer?"
    assert split(text, shortest=10) == [
        "We train an agent on 2,000 hours of video.",
        "It plays Minecraft without any reward!",
        "Does it transfer?",
    ]


def test_abbreviations_initials_and_decimals_do_not_end_one():
    text = "As Smith et al. Show in Fig. 3 and J. B. Doe confirmed (e.g. Table 2), accuracy rose by 3.5. We agree."
    assert split(text, shortest=5) == [text[: text.index(" We")], "We agree."]


def test_a_short_heading_joins_what_follows_and_a_short_end_what_precedes():
    text = "Results. Patients who were treated early recovered within nine days of onset. Yes."
    assert split(text) == [text]


def test_a_blank_line_ends_a_sentence_even_without_a_stop():
    text = "A heading of some length without a stop at its end\n\nThen a paragraph follows that is a sentence."
    assert split(text) == text.split("\n\n")


@given(st.text(alphabet=st.sampled_from('aB1 .!?\n"(é。')))
def test_spans_are_in_order_and_hold_every_character_but_blanks(text):
    spans = sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())
