"""Chunks: the same tokens as text by text, numbered in the order they first come in."""

from __future__ import annotations

import re

import pytest

from explorer.language.chunks import Chunks
from explorer.map.concordance import _words
from explorer.map.vocabulary import _TOKEN

TEXTS = (
    "On few-shot learning: Schrödinger's cat, e.g. 3D-GANs (SLAM)!",
    "",
    " \u00a0GPUs\u2003and\x1fLLMs… a_b; ΣΑΣ ΟΔΟΣ, x.",
    "Few-shot learning. learning of cats",
    "\n",
)


@pytest.mark.parametrize("tokens", [_TOKEN.findall, _words, list], ids=["tokens", "words", "letters"])
def test_a_text_has_the_tokens_it_has_by_itself(tokens) -> None:
    numbers, lengths, forms = Chunks(TEXTS).tokens(tokens)
    if tokens is list:  # a chunk that is a word in lower case is not taken apart
        tokens = lambda text: [t for c in text.split() for t in ([c] if c.isalpha() and c.islower() else c)]  # noqa: E731
    expected = [tokens(text) for text in TEXTS]
    assert lengths.tolist() == [len(some) for some in expected]
    assert [forms[number] for number in numbers] == [form for some in expected for form in some]
    assert forms == list(dict.fromkeys(form for some in expected for form in some))


def test_parts_stand_behind_a_break_and_end_with_one() -> None:
    numbers, lengths, forms = Chunks.of_parts([("A cat. ", "It sat."), ("", "")]).tokens(_TOKEN.findall)
    assert [forms[number] for number in numbers] == [".", "A", "cat", ".", "It", "sat", ".", ".", "."]
    assert lengths.tolist() == [0, 1, 3, 4, 0, 1]


def test_no_texts_have_no_tokens() -> None:
    numbers, lengths, forms = Chunks([]).tokens(re.findall)  # type: ignore[arg-type]
    assert (numbers.tolist(), lengths.tolist(), forms) == ([], [], [])
